//! The files of a log: on the disk, or, in tests, on one that loses what was not flushed.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::private;

/// What a log asks of a disk. Nothing is durable before it was flushed: neither bytes nor names.
pub(crate) trait Files: Send + Sync + 'static {
    /// Makes a folder where it is missing.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// A new, empty file in place of an old one, for its owner alone.
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>>;

    /// A file that is there, to be read.
    fn read(&self, path: &Path) -> io::Result<Box<dyn File>>;

    /// A file that is there, to be read and written.
    fn open(&self, path: &Path) -> io::Result<Box<dyn File>>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The names in a folder with the lengths of what they name, in bytes.
    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>>;

    /// Flushes a folder's names.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// An open file.
pub(crate) trait File: Send + Sync {
    /// Fills the buffer from that offset on.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of it there.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Flushes what was written.
    fn sync(&self) -> io::Result<()>;

    /// Bytes of it.
    fn len(&self) -> io::Result<u64>;

    /// Leaves so many bytes of it.
    fn cut(&self, length: u64) -> io::Result<()>;
}

/// The machine's disk.
pub(crate) struct Disk;

impl Files for Disk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        folders::make_private(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(private::create(path)?))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(fs::File::open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(fs::OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string() {
                found.push((name, entry.metadata()?.len()));
            }
        }
        Ok(found)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        fs::File::open(folder)?.sync_all()
    }
}

impl File for fs::File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// The name of a segment's file. Each time it is written anew it has another.
pub(crate) fn name(segment: u32, revision: u32) -> String {
    format!("{segment:08x}-{revision}")
}

/// The segment and revision that a file's name says.
pub(crate) fn parse(name: &str) -> Option<(u32, u32)> {
    let (segment, revision) = name.split_once('-')?;
    let parsed = (u32::from_str_radix(segment, 16).ok()?, revision.parse().ok()?);
    (self::name(parsed.0, parsed.1) == name).then_some(parsed)
}

/// A log's folder.
pub(crate) struct Folder {
    pub files: Box<dyn Files>,
    pub path: PathBuf,
    /// Bytes after which a segment ends.
    pub segment: u32,
}

impl Folder {
    pub(crate) fn file(&self, segment: u32, revision: u32) -> PathBuf {
        self.path.join(name(segment, revision))
    }

    /// Makes the names in it durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.files.sync_folder(&self.path)
    }
}
