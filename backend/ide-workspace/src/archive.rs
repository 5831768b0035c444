//! A folder as a zip archive, for downloading. Symbolic links and special files are left out, and counted.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs::{File, OpenOptions},
    io::{self, Read, Seek},
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::Path,
};

use cap_std::fs::Dir;
use folders::{Entry, Error, Kind, Limits, Trail, Visitor};
use protocol::path::MAX_PATH;
use rustix::{
    fs::{Mode, OFlags, openat},
    io::Errno,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::tree::is_temporary;

/// Entries of an archive at most, and folders within folders.
const LIMITS: Limits = Limits { depth: MAX_PATH / 2, entries: 100_000 };

/// A folder in a file that has no name.
pub(crate) struct Archive {
    pub(crate) file: File,
    /// Links and special files that are not in it.
    pub(crate) left_out: u64,
}

/// Packs a folder into a nameless file in `scratch`, at most `limit` bytes before packing.
pub(crate) fn pack(folder: &Dir, scratch: &Path, limit: u64) -> Result<Archive, Error> {
    let failed = |source| Error::Io { action: "pack", path: String::new(), source };
    let file = nameless(scratch).map_err(failed)?;
    let mut packing = Packing { zip: ZipWriter::new(file), left: limit, left_out: 0, inside: Vec::new() };
    folders::walk(folder, LIMITS, &mut packing)?;
    let mut file = packing.zip.finish().map_err(|error| failed(error.into()))?;
    file.rewind().map_err(failed)?;
    Ok(Archive { file, left_out: packing.left_out })
}

fn nameless(scratch: &Path) -> io::Result<File> {
    let place = scratch.join(format!("{}.zip", uuid::Uuid::new_v4().simple()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&place)?;
    std::fs::remove_file(&place)?;
    Ok(file)
}

struct Packing {
    zip: ZipWriter<File>,
    left: u64,
    left_out: u64,
    /// The names of the folders on the way here.
    inside: Vec<String>,
}

impl Visitor for Packing {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        match entry.kind() {
            Kind::File if is_temporary(entry.name()) => Ok(()),
            Kind::File => self.file(entry).map_err(|error| entry.error("pack", error)),
            _ => {
                self.left_out += 1;
                Ok(())
            }
        }
    }

    fn wants(&mut self, folder: &Entry<'_>) -> Result<bool, Error> {
        Ok(!is_temporary(folder.name()))
    }

    fn enter(&mut self, folder: &Trail) -> Result<bool, Error> {
        let Some(name) = folder.name() else { return Ok(true) };
        self.inside.push(told(name));
        let added = self.name("").and_then(|name| Ok(self.zip.add_directory(name, options(0o755))?));
        added.map(|()| true).map_err(|error| folder.error("pack", OsStr::new(""), error))
    }

    fn leave(&mut self, _folder: &Trail) -> Result<(), Error> {
        self.inside.pop();
        Ok(())
    }
}

impl Packing {
    fn file(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(openat(entry.folder(), entry.name(), flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            self.left_out += 1;
            return Ok(());
        }
        if metadata.len() > self.left {
            return Err(Errno::FBIG.into());
        }
        let name = self.name(&told(entry.name()))?;
        self.zip.start_file(name, options(metadata.mode() & 0o777))?;
        let copied = io::copy(&mut file.take(self.left + 1), &mut self.zip)?;
        self.left = self.left.checked_sub(copied).ok_or(Errno::FBIG)?;
        Ok(())
    }

    /// A name's path in the archive: no longer than a path may be, for whoever unpacks it.
    fn name(&self, name: &str) -> io::Result<String> {
        let length = self.inside.iter().map(|folder| folder.len() + 1).sum::<usize>() + name.len();
        if length > MAX_PATH {
            return Err(Errno::NAMETOOLONG.into());
        }
        Ok(self.inside.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("/"))
    }
}

/// A name as the archive has it. What would be a path or a drive to another system that unpacks it is written as in URLs.
// LIMIT: zip has no bytes for names: those that are not UTF-8 are written as in URLs, too.
fn told(name: &OsStr) -> String {
    let mut told = String::with_capacity(name.len());
    let write = |told: &mut String, byte: u8| {
        // A string takes all that is written.
        let _ = write!(told, "%{byte:02X}");
    };
    for chunk in name.as_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' | ':' => write(&mut told, letter as u8),
                letter => told.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|&byte| write(&mut told, byte));
    }
    told
}

fn options(mode: u32) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true)
        .unix_permissions(mode)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read};

    use super::*;

    #[test]
    fn packs_files_and_folders_but_no_links() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("from/sub/empty")).unwrap();
        fs::write(at("from/sub/file"), "x".repeat(1000)).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("from/link")).unwrap();
        let from = Dir::open_ambient_dir(at("from"), cap_std::ambient_authority()).unwrap();
        let packed = pack(&from, folder.path(), 1000).unwrap();
        assert_eq!(packed.left_out, 1);
        let mut archive = zip::ZipArchive::new(packed.file).unwrap();
        let mut names: Vec<_> = archive.file_names().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names, ["sub/", "sub/empty/", "sub/file"]);
        let mut text = String::new();
        archive.by_name("sub/file").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "x".repeat(1000));
        let error = pack(&from, folder.path(), 999).err().unwrap();
        assert!(matches!(&error, Error::Io { path, source, .. }
            if path == "sub/file" && source.kind() == io::ErrorKind::FileTooLarge));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no scratch file stays");
    }

    #[test]
    fn folders_deeper_than_a_path_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let here = Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
        let mut inner = here.try_clone().unwrap();
        for _ in 0..MAX_PATH {
            inner.create_dir("dd").unwrap();
            inner = inner.open_dir("dd").unwrap();
        }
        assert!(pack(&here, Path::new("/tmp"), 1000).is_err());
        folders::clear(&here).unwrap();
    }
}
