//! Which walls this machine really gives to functions: a jailed child of ours is asked, nothing is assumed.

use std::io::{Read, Write, pipe};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jail::{CgroupLimits, Limits, Spec};

/// The argument that asks a worker for its walls.
pub(crate) const ARGUMENT: &str = "isolation";
/// How long it may take; it takes milliseconds.
const ANSWER: Duration = Duration::from_secs(5);
/// What the child may use: next to nothing.
const LIMITS: CgroupLimits = CgroupLimits { memory_bytes: 64 << 20, tasks: 8 };

/// The walls in words, or why there are none.
pub(crate) async fn probe() -> String {
    match tokio::task::spawn_blocking(ask).await {
        Ok(Ok(walls)) => walls,
        Ok(Err(error)) => format!("NONE: functions will not run here ({error:#})"),
        Err(error) => format!("unknown ({error})"),
    }
}

fn ask() -> Result<String> {
    let (mut answer, theirs) = pipe().context("failed to make a pipe")?;
    let mut command = Command::new(std::env::current_exe().context("failed to find this program")?);
    command.args(["worker", ARGUMENT]).stdout(theirs);
    let spec = Spec { limits: Limits { open_files: Some(64), ..Limits::default() }, ..Spec::default() };
    let mut child = jail::launch(command, spec, LIMITS).context("failed to start a jailed process")?;
    match child.wait_for(ANSWER).context("failed to wait for a jailed process")? {
        Some(status) if status.success() => {}
        Some(status) => bail!("a jailed process ended with {status}"),
        None => bail!("a jailed process did not answer"),
    }
    let mut text = String::new();
    answer.read_to_string(&mut text).context("failed to read what a jailed process said")?;
    Ok(text)
}

/// The child's side: puts the walls up and says which stand. Called before any thread is started.
pub(crate) fn report(orders: &str) -> ExitCode {
    let said = jail::enter(orders)
        .map_err(anyhow::Error::from)
        .and_then(|entered| Ok(write!(std::io::stdout(), "{}", entered.isolation)?));
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            crate::complain(&error);
            ExitCode::FAILURE
        }
    }
}
