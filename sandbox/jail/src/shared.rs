//! Memory that a jailed process shares with us. Either side writes when it likes: nothing in there is what it was a moment
//! ago, and whoever reads copies first and judges then. So there are no bytes to borrow, only words to load and store.

use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

use rustix::fs::{MemfdFlags, SealFlags};

/// Bytes in front, in which the bell is.
const FRONT: usize = 64;

/// Words that two processes have, and a bell to wait at.
#[derive(Debug)]
pub struct Shared {
    base: NonNull<u8>,
    words: usize,
}

// SAFETY: all that is ever reached through `base` are atomics.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// New memory of so many words, all zero, and the file by which another process has it too. Its size is sealed: nobody
    /// can take pages away from under us.
    pub fn create(words: usize) -> io::Result<(Self, OwnedFd)> {
        let file = rustix::fs::memfd_create("shared", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        rustix::fs::ftruncate(&file, (FRONT + words * 8) as u64)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Self::open(&file, words)?, file))
    }

    /// The same memory in another process.
    pub fn open(file: &impl AsFd, words: usize) -> io::Result<Self> {
        let length = FRONT + words * 8;
        let sealed = rustix::fs::fcntl_get_seals(file)?.contains(SealFlags::SHRINK);
        if !sealed || rustix::fs::fstat(file)?.st_size as u64 != length as u64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "this is not the memory that was expected",
            ));
        }
        let (access, file) = (libc::PROT_READ | libc::PROT_WRITE, file.as_fd().as_raw_fd());
        // SAFETY: a new mapping where the kernel likes, of a file that stays as long as that.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), length, access, libc::MAP_SHARED, file, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { base, words })
    }

    /// A word to wait at and to wake at, across processes.
    pub fn bell(&self) -> &AtomicU32 {
        // SAFETY: within the mapping, aligned as a page is, and never reached as anything but this.
        unsafe { self.base.cast().as_ref() }
    }
}

impl Deref for Shared {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        // SAFETY: so many words lie behind the front, aligned to 64 bytes, as long as `self`; atomics may change under a
        // shared reference, whoever changes them.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr().add(FRONT).cast(), self.words) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: exactly what was mapped, and nobody borrows from it any more.
        unsafe { libc::munmap(self.base.as_ptr().cast(), FRONT + self.words * 8) };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn both_see_what_either_writes() {
        let (ours, file) = Shared::create(1000).expect("memory");
        let theirs = Shared::open(&file, 1000).expect("memory");
        ours[999].store(7, Ordering::Release);
        theirs.bell().fetch_add(3, Ordering::AcqRel);
        assert_eq!((theirs[999].load(Ordering::Acquire), ours.bell().load(Ordering::Acquire)), (7, 3));
        assert_eq!((ours.len(), ours[0].load(Ordering::Acquire)), (1000, 0));
    }

    #[test]
    fn nobody_changes_its_size_and_nothing_else_is_taken_for_it() {
        let (_ours, file) = Shared::create(8).expect("memory");
        for size in [0, 1 << 20] {
            rustix::fs::ftruncate(&file, size).expect_err("sealed");
        }
        assert_eq!(Shared::open(&file, 9).expect_err("another size").kind(), io::ErrorKind::InvalidData);
        let plain = tempfile::tempfile().expect("a file");
        plain.set_len(64 + 64).expect("sized");
        Shared::open(&plain, 8).expect_err("no sealed memory");
    }
}
