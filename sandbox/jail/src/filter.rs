//! The system calls a jailed worker may make: what threads, memory, its socket and its own `/tmp` take.
//!
//! Not on a worker's list, and so failing with EPERM: new processes and programs, sockets other than the inherited one,
//! namespaces, mounts, tracing, keys, BPF, `io_uring`, modules, clocks, and whatever a later kernel brings.
//!
//! Programs that we did not write, in a cell, may make what ordinary programs make: all that there was when this was written
//! but what is `CLOSED` to them, and sockets of two kinds alone.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// The filters, in the order to install them. All of them judge every call; the strictest answer wins.
pub(crate) fn programs() -> Result<Vec<BpfProgram>, Error> {
    Ok(vec![without_clone3()?, allow_list()?])
}

/// For a process that only waits for another and passes its end on.
pub(crate) fn waiting() -> Result<Vec<BpfProgram>, Error> {
    let rules = WAITING.iter().map(|call| (*call, vec![])).collect();
    Ok(vec![compile(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow)?])
}

/// For programs that we did not write.
pub(crate) fn ordinary() -> Result<Vec<BpfProgram>, Error> {
    Ok(vec![known()?, without_closed()?, without_clone3()?])
}

/// What a later kernel brings "does not exist", so that the C library falls back on what does.
fn known() -> Result<BpfProgram, Error> {
    let rules = (0..=LAST_KNOWN).map(|call| (call, vec![])).collect();
    compile(rules, SeccompAction::Errno(libc::ENOSYS as u32), SeccompAction::Allow)
}

fn without_closed() -> Result<BpfProgram, Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        CLOSED.iter().chain(CLOSED_HERE).map(|call| (*call, vec![])).collect();
    rules.insert(libc::SYS_clone, new_namespaces()?);
    rules.insert(libc::SYS_socket, strange_sockets()?);
    rules.insert(libc::SYS_ioctl, typing()?);
    compile(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))
}

/// A process with a namespace of its own.
fn new_namespaces() -> Result<Vec<SeccompRule>, BackendError> {
    let flags = [
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWCGROUP,
    ];
    flags.map(|flag| masked(0, flag as u64, flag as u64)).into_iter().collect()
}

/// All but Unix sockets and those of IP, and of these all but streams and datagrams.
fn strange_sockets() -> Result<Vec<SeccompRule>, BackendError> {
    let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];
    let others = families
        .map(|family| SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family as u64));
    let others = SeccompRule::new(others.into_iter().collect::<Result<_, _>>()?)?;
    let kinds = [libc::SOCK_RAW, libc::SOCK_RDM, SOCK_PACKET].map(|kind| masked(1, 0xf, kind as u64));
    std::iter::once(Ok(others)).chain(kinds).collect()
}

/// Typing into a terminal for somebody else.
fn typing() -> Result<Vec<SeccompRule>, BackendError> {
    [libc::TIOCSTI, libc::TIOCLINUX]
        .map(|request| {
            SeccompRule::new(vec![SeccompCondition::new(
                1,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::Eq,
                request,
            )?])
        })
        .into_iter()
        .collect()
}

fn masked(argument: u8, mask: u64, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(
        argument,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(mask),
        value,
    )?])
}

/// `clone3` hides its flags in memory, where a filter cannot look. It "does not exist", and the C library falls back
/// on `clone`.
fn without_clone3() -> Result<BpfProgram, Error> {
    let rules = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    compile(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32))
}

fn allow_list() -> Result<BpfProgram, Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().chain(ALLOWED_HERE).map(|call| (*call, vec![])).collect();
    rules.insert(libc::SYS_clone, vec![threads_only()?]);
    // Passes this filter so that the other one's ENOSYS is the answer.
    rules.insert(libc::SYS_clone3, vec![]);
    compile(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow)
}

/// A new thread, never a new process.
fn threads_only() -> Result<SeccompRule, BackendError> {
    let thread = libc::CLONE_THREAD as u64;
    let flags = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), thread)?;
    SeccompRule::new(vec![flags])
}

fn compile(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    on_match: SeccompAction,
) -> Result<BpfProgram, Error> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, otherwise, on_match, arch)?.try_into()?)
}

const WAITING: &[i64] = &[
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigreturn,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_close,
    // What giving memory back takes.
    libc::SYS_munmap,
    libc::SYS_madvise,
    libc::SYS_brk,
];

#[rustfmt::skip]
const ALLOWED: &[i64] = &[
    // Its socket, pipes and open files.
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64, libc::SYS_pwrite64,
    libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_preadv2, libc::SYS_pwritev2, libc::SYS_close, libc::SYS_lseek,
    libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx, libc::SYS_fcntl, libc::SYS_dup, libc::SYS_ioctl,
    libc::SYS_recvmsg, libc::SYS_recvfrom, libc::SYS_sendmsg, libc::SYS_sendto, libc::SYS_shutdown,
    libc::SYS_getsockopt, libc::SYS_socketpair, libc::SYS_pipe2, libc::SYS_eventfd2, libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl, libc::SYS_epoll_pwait, libc::SYS_ppoll,
    // Files below its own directories: which, is the mount namespace's and Landlock's to say.
    libc::SYS_openat, libc::SYS_openat2, libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat,
    libc::SYS_renameat2, libc::SYS_linkat, libc::SYS_symlinkat, libc::SYS_readlinkat, libc::SYS_getdents64,
    libc::SYS_ftruncate, libc::SYS_fallocate, libc::SYS_fadvise64, libc::SYS_fsync, libc::SYS_fdatasync,
    libc::SYS_utimensat, libc::SYS_faccessat, libc::SYS_faccessat2, libc::SYS_fstatfs, libc::SYS_statfs,
    libc::SYS_getcwd, libc::SYS_fchmod,
    // Memory.
    libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk,
    libc::SYS_memfd_create, libc::SYS_mlock, libc::SYS_munlock,
    // Threads, signals to itself, time.
    libc::SYS_futex, libc::SYS_set_robust_list, libc::SYS_rseq, libc::SYS_set_tid_address, libc::SYS_membarrier,
    libc::SYS_sched_yield, libc::SYS_sched_getaffinity, libc::SYS_getcpu, libc::SYS_gettid, libc::SYS_getpid,
    libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid, libc::SYS_getegid,
    libc::SYS_prctl, libc::SYS_prlimit64, libc::SYS_getrusage, libc::SYS_sysinfo, libc::SYS_uname,
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_sigaltstack,
    libc::SYS_tgkill, libc::SYS_restart_syscall, libc::SYS_exit, libc::SYS_exit_group,
    libc::SYS_nanosleep, libc::SYS_clock_nanosleep, libc::SYS_clock_gettime, libc::SYS_clock_getres,
    libc::SYS_gettimeofday, libc::SYS_getrandom, libc::SYS_timerfd_create, libc::SYS_timerfd_settime,
];

#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const ALLOWED_HERE: &[i64] = &[
    libc::SYS_poll, libc::SYS_epoll_wait, libc::SYS_epoll_create, libc::SYS_dup2, libc::SYS_open, libc::SYS_stat,
    libc::SYS_lstat, libc::SYS_readlink, libc::SYS_mkdir, libc::SYS_rmdir, libc::SYS_unlink, libc::SYS_rename,
    libc::SYS_access, libc::SYS_arch_prctl, libc::SYS_time,
];

#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[i64] = &[];

/// What raw sockets were before `AF_PACKET`.
const SOCK_PACKET: i32 = 10;

/// `mseal`, of Linux 6.10.
const LAST_KNOWN: i64 = 462;

#[rustfmt::skip]
const CLOSED: &[i64] = &[
    // Other processes' memory.
    libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_kcmp,
    libc::SYS_process_madvise, libc::SYS_pidfd_getfd,
    // Mounts, roots and namespaces.
    libc::SYS_mount, libc::SYS_umount2, libc::SYS_pivot_root, libc::SYS_chroot, libc::SYS_move_mount,
    libc::SYS_open_tree, libc::SYS_fsopen, libc::SYS_fsconfig, libc::SYS_fsmount, libc::SYS_fspick,
    libc::SYS_mount_setattr, libc::SYS_unshare, libc::SYS_setns, libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at, libc::SYS_quotactl, libc::SYS_fanotify_init,
    // The kernel itself: programs of it, modules, its log, its keys, and what was often its way in.
    libc::SYS_bpf, libc::SYS_perf_event_open, libc::SYS_userfaultfd, libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_init_module, libc::SYS_finit_module,
    libc::SYS_delete_module, libc::SYS_kexec_load, libc::SYS_kexec_file_load, libc::SYS_syslog,
    libc::SYS_add_key, libc::SYS_request_key, libc::SYS_keyctl, libc::SYS_lookup_dcookie,
    libc::SYS_memfd_secret, libc::SYS_personality,
    // The machine.
    libc::SYS_reboot, libc::SYS_swapon, libc::SYS_swapoff, libc::SYS_acct, libc::SYS_sethostname,
    libc::SYS_setdomainname, libc::SYS_settimeofday, libc::SYS_clock_settime, libc::SYS_clock_adjtime,
    libc::SYS_adjtimex, libc::SYS_vhangup, libc::SYS_nfsservctl, libc::SYS_move_pages, libc::SYS_mbind,
    libc::SYS_set_mempolicy, libc::SYS_migrate_pages,
];

#[cfg(target_arch = "x86_64")]
const CLOSED_HERE: &[i64] = &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt, libc::SYS_uselib];

#[cfg(not(target_arch = "x86_64"))]
const CLOSED_HERE: &[i64] = &[];

#[cfg(test)]
mod tests {
    #[test]
    fn the_filters_compile() {
        assert_eq!(super::programs().expect("both compile").len(), 2);
        assert_eq!(super::waiting().expect("it compiles").len(), 1);
        assert_eq!(super::ordinary().expect("all compile").len(), 3);
    }
}
