//! The walls a process cannot take down again: capabilities, Landlock, seccomp.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use seccompiler::BpfProgram;

use crate::{JailError, Landlocked, filter};

/// The newest rules this program knows; an older kernel enforces those it has.
const KNOWN: ABI = ABI::V6;

/// Nothing of the user namespace's powers is left, and no program can bring any back.
pub(crate) fn drop_capabilities() -> Result<(), JailError> {
    rustix::thread::set_no_new_privs(true).map_err(crate::os("forbid new privileges"))?;
    for set in
        [caps::CapSet::Ambient, caps::CapSet::Inheritable, caps::CapSet::Effective, caps::CapSet::Permitted]
    {
        caps::clear(None, set)
            .map_err(|error| JailError::Os("drop the capabilities", std::io::Error::other(error)))?;
    }
    Ok(())
}

/// For the process that waits for the jailed one: no power, no file, no system call but those that waiting takes. What
/// the kernel does not have is left out, as inside.
pub(crate) fn only_wait() -> Result<(), JailError> {
    drop_capabilities()?;
    // Its death must still end the one inside: that is a signal of this process to another.
    landlock(&[], Scope::AbstractUnixSocket.into());
    install(filter::waiting());
    Ok(())
}

/// All that Landlock closes to the outside beside files and TCP: signals and abstract sockets.
pub(crate) fn all_scopes() -> BitFlags<Scope> {
    Scope::from_all(KNOWN)
}

/// No file but those below `writable`, no TCP, and none of what is `closed`.
pub(crate) fn landlock(writable: &[PathBuf], closed: BitFlags<Scope>) -> Landlocked {
    told(restrict(writable, closed))
}

fn told(status: Result<RulesetStatus, RulesetError>) -> Landlocked {
    match status {
        Ok(RulesetStatus::FullyEnforced) => Landlocked::Fully,
        Ok(RulesetStatus::PartiallyEnforced) => Landlocked::Partly,
        Ok(RulesetStatus::NotEnforced) => Landlocked::No,
        Err(error) => {
            tracing::debug!(%error, "landlock is not to be had");
            Landlocked::No
        }
    }
}

fn restrict(writable: &[PathBuf], closed: BitFlags<Scope>) -> Result<RulesetStatus, RulesetError> {
    let allowed = AccessFs::from_all(KNOWN) & !(AccessFs::Execute | AccessFs::MakeSock | AccessFs::MakeFifo);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(closed)?
        .create()?
        .add_rules(path_beneath_rules(writable, allowed))?
        .restrict_self()?;
    Ok(status.ruleset)
}

/// For programs that we did not write: all that is in the root of theirs may be read and run, what is below `writable` may be
/// written, and what is `closed` is.
pub(crate) fn landlock_programs(writable: &[&str], closed: BitFlags<Scope>) -> Landlocked {
    let readable = AccessFs::from_read(KNOWN);
    let devices = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let rules = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(KNOWN))?
            .scope(closed)?
            .create()?
            .add_rules(path_beneath_rules(["/"], readable))?
            .add_rules(path_beneath_rules(["/dev"], devices))?
            .add_rules(path_beneath_rules(writable, AccessFs::from_all(KNOWN)))?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    told(rules())
}

/// The system calls that programs may make which we did not write.
pub(crate) fn seccomp_programs() -> Result<Vec<BpfProgram>, filter::Error> {
    filter::ordinary()
}

/// Every system call that is not on the list fails.
pub(crate) fn seccomp() -> bool {
    install(filter::programs())
}

fn install(programs: Result<Vec<BpfProgram>, filter::Error>) -> bool {
    programs.is_ok_and(|programs| apply(&programs))
}

/// Whether these filters are in force from now on.
pub(crate) fn apply(programs: &[BpfProgram]) -> bool {
    match programs.iter().try_for_each(|program| seccompiler::apply_filter(program)) {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "seccomp is not to be had");
            false
        }
    }
}
