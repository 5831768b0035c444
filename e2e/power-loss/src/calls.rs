//! System calls that ask something of a disk, as the kernel is asked: what their arguments are.

use nix::libc;

/// A path: the folder that it begins in unless it is absolute, and where its text is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub folder: i32,
    pub text: u64,
}

/// Where bytes are that are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Bytes(u64),
    /// Addresses and lengths, so many.
    Pieces(u64, u64),
}

/// A call that matters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Open {
        at: At,
        flags: i32,
    },
    MakeFolder(At),
    /// Another name, of a file that has one.
    Link(At),
    Remove(At),
    Rename {
        from: At,
        to: At,
        flags: u64,
    },
    /// The length is that of the bytes, or the number of pieces.
    Write {
        file: i32,
        source: Source,
        length: u64,
        offset: Option<u64>,
    },
    Resize {
        file: i32,
        length: u64,
    },
    /// With how it is done, where zero is growing.
    Allocate {
        file: i32,
        mode: u64,
        length: u64,
    },
    Flush(i32),
    /// A file becomes memory.
    Map {
        file: i32,
        protection: u64,
        flags: u64,
    },
    /// Something that the model does not have, done to a file.
    Unknown {
        file: i32,
        name: &'static str,
    },
    /// The same, done to a path.
    UnknownAt {
        at: At,
        name: &'static str,
    },
    /// The same, whatever it is done to.
    Never(&'static str),
}

const HERE: i32 = libc::AT_FDCWD;

impl Call {
    /// What a call is, if it matters.
    pub(crate) fn of(number: u64, arguments: [u64; 6]) -> Option<Self> {
        let [first, second, third, fourth, fifth, _] = arguments;
        let at = |folder: u64, text| At { folder: folder as i32, text };
        let number = number as i64;
        let file = first as i32;
        Some(match number {
            libc::SYS_openat => Self::Open { at: at(first, second), flags: third as i32 },
            libc::SYS_openat2 => Self::UnknownAt { at: at(first, second), name: "openat2" },
            libc::SYS_mkdirat => Self::MakeFolder(at(first, second)),
            libc::SYS_linkat => Self::Link(at(third, fourth)),
            libc::SYS_symlinkat => Self::UnknownAt { at: at(second, third), name: "symlinkat" },
            libc::SYS_unlinkat => Self::Remove(at(first, second)),
            libc::SYS_renameat => Self::Rename { from: at(first, second), to: at(third, fourth), flags: 0 },
            libc::SYS_renameat2 => {
                Self::Rename { from: at(first, second), to: at(third, fourth), flags: fifth }
            }
            libc::SYS_write => {
                Self::Write { file, source: Source::Bytes(second), length: third, offset: None }
            }
            libc::SYS_writev => {
                Self::Write { file, source: Source::Pieces(second, third), length: third, offset: None }
            }
            libc::SYS_pwrite64 => {
                Self::Write { file, source: Source::Bytes(second), length: third, offset: Some(fourth) }
            }
            libc::SYS_pwritev | libc::SYS_pwritev2 => {
                let offset = Some(fourth).filter(|offset| *offset != u64::MAX);
                Self::Write { file, source: Source::Pieces(second, third), length: third, offset }
            }
            libc::SYS_ftruncate => Self::Resize { file, length: second },
            libc::SYS_truncate => Self::UnknownAt { at: at(HERE as u64, first), name: "truncate" },
            libc::SYS_fallocate => Self::Allocate { file, mode: second, length: third + fourth },
            libc::SYS_fsync | libc::SYS_fdatasync => Self::Flush(file),
            libc::SYS_mmap => Self::Map { file: fifth as i32, protection: third, flags: fourth },
            libc::SYS_sendfile => Self::Unknown { file, name: "sendfile" },
            libc::SYS_copy_file_range => Self::Unknown { file: third as i32, name: "copy_file_range" },
            libc::SYS_splice => Self::Unknown { file: third as i32, name: "splice" },
            libc::SYS_io_uring_setup => Self::Never("io_uring_setup"),
            _ => return Self::of_old(number, first, second),
        })
    }

    /// Calls that other processors never had.
    #[cfg(target_arch = "x86_64")]
    fn of_old(number: i64, first: u64, second: u64) -> Option<Self> {
        let at = |text| At { folder: HERE, text };
        Some(match number {
            libc::SYS_open => Self::Open { at: at(first), flags: second as i32 },
            libc::SYS_creat => {
                Self::Open { at: at(first), flags: libc::O_CREAT | libc::O_TRUNC | libc::O_WRONLY }
            }
            libc::SYS_mkdir => Self::MakeFolder(at(first)),
            libc::SYS_link => Self::Link(at(second)),
            libc::SYS_symlink => Self::UnknownAt { at: at(second), name: "symlink" },
            libc::SYS_unlink | libc::SYS_rmdir => Self::Remove(at(first)),
            libc::SYS_rename => Self::Rename { from: at(first), to: at(second), flags: 0 },
            _ => return None,
        })
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn of_old(_: i64, _: u64, _: u64) -> Option<Self> {
        None
    }
}

/// What a processor's registers say of a call: its number, its arguments, and its result once it is done.
pub(crate) struct Registers {
    pub number: u64,
    pub arguments: [u64; 6],
    pub result: i64,
}

impl Registers {
    /// Whether the call ends the process, with all its threads.
    pub(crate) fn is_end(&self) -> bool {
        self.number as i64 == libc::SYS_exit_group
    }
}

#[cfg(target_arch = "x86_64")]
impl From<libc::user_regs_struct> for Registers {
    fn from(all: libc::user_regs_struct) -> Self {
        Self {
            number: all.orig_rax,
            arguments: [all.rdi, all.rsi, all.rdx, all.r10, all.r8, all.r9],
            result: all.rax as i64,
        }
    }
}

#[cfg(target_arch = "aarch64")]
impl From<libc::user_regs_struct> for Registers {
    fn from(all: libc::user_regs_struct) -> Self {
        let [first, second, third, fourth, fifth, sixth, ..] = all.regs;
        Self {
            number: all.regs[8],
            arguments: [first, second, third, fourth, fifth, sixth],
            result: first as i64,
        }
    }
}
