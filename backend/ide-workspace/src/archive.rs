//! A folder as a zip archive, for downloading. Symbolic links and special files are left out.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use cap_std::fs::{Dir, OpenOptionsExt, PermissionsExt};
use rustix::fs::OFlags;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{copy::open_folder, tree::TEMPORARY};

/// Entries of an archive at most.
const MAX_ENTRIES: usize = 100_000;

/// Packs a folder into a nameless file in `scratch`, at most `limit` bytes before packing.
pub(crate) fn pack(folder: &Dir, scratch: &Path, limit: u64) -> io::Result<File> {
    let place = scratch.join(format!("{}.zip", uuid::Uuid::new_v4().simple()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&place)?;
    std::fs::remove_file(&place)?;
    let mut packing = Packing { zip: ZipWriter::new(file), left: limit, entries: 0 };
    packing.folder(folder, "")?;
    let mut file = packing.zip.finish()?;
    file.rewind()?;
    Ok(file)
}

struct Packing {
    zip: ZipWriter<File>,
    left: u64,
    entries: usize,
}

impl Packing {
    fn folder(&mut self, folder: &Dir, prefix: &str) -> io::Result<()> {
        for entry in folder.entries()? {
            let entry = entry?;
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            if name.as_bytes().starts_with(TEMPORARY.as_bytes()) {
                continue;
            }
            // LIMIT: names that are not UTF-8 are replaced in the archive; zip has no bytes for them.
            let inside = format!("{prefix}{}", name.to_string_lossy());
            if kind.is_dir() {
                self.count()?;
                self.zip.add_directory(&*inside, options(0o755))?;
                self.folder(&open_folder(folder, Path::new(&name))?, &format!("{inside}/"))?;
            } else if kind.is_file() {
                self.count()?;
                self.file(folder, Path::new(&name), &inside)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, folder: &Dir, name: &Path, inside: &str) -> io::Result<()> {
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let mut reading = cap_std::fs::OpenOptions::new();
        reading.read(true).custom_flags(flags.bits().cast_signed());
        let file = folder.open_with(name, &reading)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(());
        }
        let mode = metadata.permissions().mode() & 0o777;
        self.zip.start_file(inside, options(mode))?;
        let copied = io::copy(&mut io::Read::take(file, self.left + 1), &mut self.zip)?;
        self.left = self.left.checked_sub(copied).ok_or(rustix::io::Errno::FBIG)?;
        Ok(())
    }

    fn count(&mut self) -> io::Result<()> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES { Err(rustix::io::Errno::FBIG.into()) } else { Ok(()) }
    }
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
        let mut archive = zip::ZipArchive::new(pack(&from, folder.path(), 1000).unwrap()).unwrap();
        let mut names: Vec<_> = archive.file_names().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names, ["sub/", "sub/empty/", "sub/file"]);
        let mut text = String::new();
        archive.by_name("sub/file").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "x".repeat(1000));
        assert_eq!(pack(&from, folder.path(), 999).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no scratch file stays");
    }
}
