//! The system calls a jailed worker may make: what threads, memory, its socket and its own `/tmp` take.
//!
//! Not on the list, and so failing with EPERM: new processes and programs, sockets other than the inherited one,
//! namespaces, mounts, tracing, keys, BPF, `io_uring`, modules, clocks, and whatever a later kernel brings.

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

#[cfg(test)]
mod tests {
    #[test]
    fn the_filters_compile() {
        assert_eq!(super::programs().expect("both compile").len(), 2);
        assert_eq!(super::waiting().expect("it compiles").len(), 1);
    }
}
