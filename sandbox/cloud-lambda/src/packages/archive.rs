//! A deployment package's zip file: looked through before anything of it is written, then unpacked.
//!
//! It may mean to harm: names that lead outside, that come twice or differ between its two lists of them, contents that
//! never end. What is done before a refusal is linear in the size of the zip file.

mod bounded;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::path::Path;

use bytes::Bytes;
use cloud_core::AwsError;
use zip::ZipArchive;
use zip::read::ZipFile;

use self::bounded::Bounded;
use crate::quotas::UNZIPPED;
use crate::shapes::Code;

/// Files and folders in a package, those included that are named only as parts of a path.
const MAX_FILES: usize = 100_000;

/// A path below `/var/task/` that a system call takes, in bytes, and one name of it.
const MAX_PATH: usize = 4085;
const MAX_NAME: usize = 255;

/// How much of a name is shown back.
const SHOWN: usize = 80;

/// Unpacks into a folder that is made for it. Says how many bytes it wrote.
pub(super) fn unpack(folder: &Path, zip: &[u8], limit: u64) -> Result<u64, AwsError> {
    let archive = bounded::open(zip, MAX_FILES).map_err(|error| bad_zip().because(error))?;
    let mut archive = archive.ok_or_else(too_many)?;
    let names = checked_names(&mut archive, zip)?;
    fs::create_dir_all(folder).map_err(AwsError::internal)?;
    let mut left = limit;
    for (index, name) in names.iter().enumerate() {
        let mut entry = archive.by_index(index).map_err(|error| bad_zip().because(error))?;
        let path = folder.join(name);
        if entry.is_dir() {
            fs::create_dir_all(&path).map_err(|error| not_made(name, error))?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| not_made(name, error))?;
        }
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mut file = File::create_new(&path).map_err(|error| not_made(name, error))?;
        left = copy(&mut entry, &mut file, left)?;
        set_mode(&path, executable).map_err(AwsError::internal)?;
    }
    Ok(limit - left)
}

/// Copies one entry, by what it really unpacks to and not by what the archive says.
fn copy(entry: &mut impl Read, file: &mut File, mut left: u64) -> Result<u64, AwsError> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = entry.read(&mut buffer).map_err(|error| bad_zip().because(error))?;
        if read == 0 {
            return Ok(left);
        }
        left = left.checked_sub(read as u64).ok_or_else(too_large)?;
        file.write_all(buffer.get(..read).unwrap_or_default()).map_err(AwsError::internal)?;
    }
}

fn set_mode(path: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

/// Every entry's name, before the first is written: plain files and folders, inside, each once.
// LIMIT: AWS takes packages with symbolic links; here they are refused.
fn checked_names(archive: &mut ZipArchive<Bounded<'_>>, zip: &[u8]) -> Result<Vec<String>, AwsError> {
    // The archive's own list has each name once, whichever of several entries that may be.
    if listed(zip, archive.central_directory_start(), MAX_FILES) != archive.len() {
        return Err(refused("An entry is in it twice."));
    }
    let mut names = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| bad_zip().because(error))?;
        let name = entry.name();
        if !is_told_alike(zip, &entry) {
            return Err(refused(&format!("The entry {} is described twice, differently.", shown(name))));
        }
        if !has_plain_kind(&entry) || !is_plain(name) {
            return Err(refused(&format!(
                "The entry {} is not a plain file inside the package.",
                shown(name)
            )));
        }
        names.push((name.to_owned(), entry.is_dir()));
    }
    let mut tree = Tree::default();
    for (name, is_folder) in &names {
        tree.add(name, *is_folder)?;
    }
    Ok(names.into_iter().map(|(name, _)| name).collect())
}

/// Entries of the central directory, which begins there; counted to one beyond `most`.
fn listed(zip: &[u8], start: u64, most: usize) -> usize {
    let mut left = usize::try_from(start).ok().and_then(|start| zip.get(start..)).unwrap_or_default();
    let mut count = 0;
    while count <= most && left.starts_with(b"PK\x01\x02") {
        let lengths = [28, 30, 32].map(|at| number(left, at).unwrap_or_default());
        count += 1;
        left = left.get(46 + lengths.iter().sum::<usize>()..).unwrap_or_default();
    }
    count
}

/// Whether the header before an entry's contents says the same as the one in the central directory: its name, how it is
/// packed, and its sizes, unless those follow the contents or are beside it because they might have been too large.
fn is_told_alike(zip: &[u8], entry: &ZipFile<'_, impl Read>) -> bool {
    let header = |at: u64| usize::try_from(at).ok().and_then(|at| zip.get(at..)).unwrap_or_default();
    let (local, central) = (header(entry.header_start()), header(entry.central_header_start()));
    let same = |ours: usize, theirs: usize, length: usize| {
        let one = local.get(ours..ours + length);
        one.is_some() && one == central.get(theirs..theirs + length)
    };
    let (Some(flags), Some(length)) = (number(local, 6), number(local, 26)) else { return false };
    let sizes_elsewhere = flags & 8 != 0 || local.get(18..26) == Some([0xff; 8].as_slice());
    let is_encrypted_alike = number(central, 8).is_some_and(|theirs| theirs & 1 == flags & 1);
    local.starts_with(b"PK\x03\x04")
        && local.get(30..30 + length) == Some(entry.name_raw())
        && same(8, 10, 2)
        && is_encrypted_alike
        && (sizes_elsewhere || same(14, 16, 12))
}

/// A number of two bytes.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let (low, high) = (bytes.get(at)?, bytes.get(at + 1)?);
    Some(usize::from(u16::from_le_bytes([*low, *high])))
}

/// Whether an entry is a file or a folder, as far as it says: no link, pipe, socket or device.
fn has_plain_kind(entry: &ZipFile<'_, impl Read>) -> bool {
    entry.unix_mode().is_none_or(|mode| matches!(mode & 0o170_000, 0 | 0o040_000 | 0o100_000))
}

fn is_plain(name: &str) -> bool {
    let inside = !name.starts_with('/') && !name.contains(['\\', '\0']) && name.len() <= MAX_PATH;
    let mut parts = name.split('/').filter(|part| !part.is_empty()).peekable();
    inside
        && parts.peek().is_some()
        && parts.all(|part| part != "." && part != ".." && part.len() <= MAX_NAME)
}

/// The files and folders that entries make. Each part of each name is looked at once.
#[derive(Default)]
struct Tree<'n> {
    /// By the folder's number and the name in it: the number, and whether it is a folder.
    nodes: HashMap<(usize, &'n str), (usize, bool)>,
}

impl<'n> Tree<'n> {
    fn add(&mut self, name: &'n str, is_folder: bool) -> Result<(), AwsError> {
        let mut here = 0;
        let mut parts = name.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            let wanted = is_folder || parts.peek().is_some();
            let next = self.nodes.len() + 1;
            match self.nodes.get(&(here, part)) {
                Some((number, true)) if wanted => here = *number,
                // A file that is there already, or is a folder as well: the archive means two things at once.
                Some(_) => return Err(refused(&format!("The entry {} is in it twice.", shown(name)))),
                None if next > MAX_FILES => return Err(too_many()),
                None => {
                    self.nodes.insert((here, part), (next, wanted));
                    here = next;
                }
            }
        }
        Ok(())
    }
}

/// A path that is too long together with the folder that it goes into is the package's fault, all else is ours.
fn not_made(name: &str, error: io::Error) -> AwsError {
    match error.kind() {
        io::ErrorKind::InvalidFilename => refused(&format!("The path {} is too long.", shown(name))),
        _ => AwsError::internal(error),
    }
}

fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(SHOWN).collect();
    if text.len() < name.len() {
        text.push('…');
    }
    format!("{text:?}")
}

fn too_many() -> AwsError {
    refused(&format!("More than {MAX_FILES} files and folders are in it."))
}

fn refused(reason: &str) -> AwsError {
    Code::InvalidParameterValueException.error(format!("Could not unzip uploaded file. {reason}"))
}

fn bad_zip() -> AwsError {
    refused("Please check your file, then try to upload again.")
}

/// More than a package may have.
pub(crate) fn too_large() -> AwsError {
    Code::InvalidParameterValueException.error(format!("Unzipped size must be smaller than {UNZIPPED} bytes"))
}

/// A zip file of those files: for templates that carry code as text, and for tests.
pub(crate) fn zip_of(files: &[(&str, &[u8])]) -> io::Result<Bytes> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, contents) in files {
        writer.start_file(*name, options).map_err(io::Error::other)?;
        writer.write_all(contents)?;
    }
    Ok(writer.finish().map_err(io::Error::other)?.into_inner().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stored zip of empty files as no honest program writes it: local and central names, one by one.
    fn raw(entries: &[(&str, &str)]) -> Vec<u8> {
        let (mut zip, mut central) = (Vec::new(), Vec::new());
        let number = |number: usize, bytes: usize| number.to_le_bytes()[..bytes].to_vec();
        for (local, listed) in entries {
            let start = zip.len();
            zip.extend(
                [b"PK\x03\x04".as_slice(), &[10, 0], &[0; 20], &number(local.len(), 2), &[0; 2]].concat(),
            );
            zip.extend(local.as_bytes());
            let head =
                [b"PK\x01\x02".as_slice(), &[10, 0, 10, 0], &[0; 20], &number(listed.len(), 2), &[0; 12]];
            central.extend(head.concat());
            central.extend(number(start, 4));
            central.extend(listed.as_bytes());
        }
        let (start, size, count) = (zip.len(), central.len(), number(entries.len(), 2));
        zip.extend(central);
        zip.extend([b"PK\x05\x06".as_slice(), &[0; 4], &count, &count].concat());
        zip.extend([number(size, 4), number(start, 4), vec![0; 2]].concat());
        zip
    }

    #[track_caller]
    fn check_zip(zip: &[u8], limit: u64, expected: Result<&[&str], &str>) {
        let folder = ::tempfile::tempdir().expect("a folder");
        let target = folder.path().join("x");
        match (unpack(&target, zip, limit), expected) {
            (Ok(_), Ok(paths)) => {
                for path in paths {
                    assert!(target.join(path).exists(), "{path}");
                }
            }
            (Err(error), Err(words)) => {
                assert!(error.message().contains(words), "{error}");
                assert_eq!((error.code(), error.http_status()), ("InvalidParameterValueException", 400));
                assert!(error.message().len() < 500, "{error}");
            }
            (seen, _) => panic!("{expected:?}: {seen:?}"),
        }
    }

    #[track_caller]
    fn check(files: &[(&str, &[u8])], limit: u64, expected: Result<&[&str], &str>) {
        check_zip(&zip_of(files).expect("a zip"), limit, expected);
    }

    /// One stored file, of which single bytes are changed: by their place in the local header, or from the central one on.
    fn changed(local: &[(usize, u8)], central: &[(usize, u8)]) -> Vec<u8> {
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("a", options.unix_permissions(0o644)).expect("a file");
        writer.write_all(b"content").expect("written");
        let mut zip = writer.finish().expect("a zip").into_inner();
        let start = zip.windows(4).position(|four| four == b"PK\x01\x02").expect("a header");
        for (at, byte) in local {
            zip[*at] = *byte;
        }
        for (at, byte) in central {
            zip[start + at] = *byte;
        }
        zip
    }

    #[test]
    fn what_cannot_be_read_whole_is_refused_and_nothing_of_it_run() {
        let words = "Please check your file";
        check_zip(&changed(&[], &[]), 9, Ok(&["a"]));
        check_zip(&changed(&[(6, 1)], &[(8, 1)]), 9, Err(words));
        check_zip(&changed(&[(8, 97)], &[(10, 97)]), 9, Err(words));
        check_zip(&changed(&[(14, 0)], &[(16, 0)]), 9, Err(words));
        check_zip(&changed(&[(31, b'C')], &[]), 9, Err(words));
        check_zip(&changed(&[(6, 1)], &[]), 9, Err("described twice"));
        check_zip(&changed(&[(14, 0)], &[]), 9, Err("described twice"));
        check_zip(&changed(&[(18, 1)], &[]), 9, Err("described twice"));
        let whole = changed(&[], &[]);
        for length in 0..whole.len() {
            check_zip(&whole[..length], 9, Err("Could not unzip uploaded file."));
        }
    }

    #[test]
    fn only_files_and_folders_are_unpacked_and_with_modes_of_ours() {
        use std::os::unix::fs::PermissionsExt;

        // The kind and the mode are in the upper half of the external attributes.
        let of_kind = |mode: u16| {
            let [low, high] = mode.to_le_bytes();
            changed(&[], &[(5, 3), (40, low), (41, high)])
        };
        for kind in [0o010_644, 0o020_644, 0o060_644, 0o120_777, 0o140_644] {
            check_zip(&of_kind(kind), 9, Err("\"a\" is not a plain file inside the package"));
        }
        for (mode, expected) in [(0o106_777, 0o755), (0o100_666, 0o644), (0o000_600, 0o644)] {
            let folder = ::tempfile::tempdir().expect("a folder");
            unpack(folder.path(), &of_kind(mode), 9).expect("unpacked");
            let found = fs::metadata(folder.path().join("a")).expect("a file").permissions().mode();
            assert_eq!(found & 0o7777, expected, "{mode:o}");
        }
    }

    #[test]
    fn a_link_first_and_a_file_through_it_write_nothing() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.add_symlink("x", "/tmp", options).expect("a link");
        writer.start_file("x/evil", options).expect("a file");
        let zip = writer.finish().expect("a zip").into_inner();
        let folder = ::tempfile::tempdir().expect("a folder");
        let target = folder.path().join("target");
        let error = unpack(&target, &zip, 9).expect_err("refused");
        assert!(error.message().contains("\"x\" is not a plain file"), "{error}");
        assert!(!target.exists(), "nothing was written");
        for name in ["../../.ssh/authorized_keys", "/etc/cron.d/x", "C:\\x", "..\\x", "a/../../x", "a\0"] {
            let error = unpack(&target, &raw(&[("ok", "ok"), (name, name)]), 9).expect_err(name);
            assert!(error.message().contains(&format!("{name:?} is not a plain file")), "{error}");
            assert!(!target.exists(), "nothing was written");
        }
        check_zip(&raw(&[("a", "a"), ("A", "A")]), 9, Ok(&["a", "A"]));
    }

    #[test]
    fn a_million_entries_and_ends_are_refused_before_they_are_read() {
        let entry = [b"PK\x01\x02".as_slice(), &[0; 42]].concat();
        check_zip(&entry.repeat(1_000_000), 9, Err("More than 100000 files and folders"));
        // Each end names the same directory, whose last header is none: without a limit all is read for each of them.
        let headers = entry.repeat(50_000);
        let size = u32::try_from(headers.len()).expect("small").to_le_bytes();
        let mut zip = headers;
        for _ in 0..20_000 {
            zip.extend(
                [b"PK\x05\x06".as_slice(), &[0; 4], &[0x51, 0xc3, 0x51, 0xc3], &size, &[0; 6]].concat(),
            );
        }
        check_zip(&zip, 9, Err("Please check your file"));
    }

    #[test]
    fn packages_stay_inside_and_small() {
        check(&[("bootstrap.wasm", b"w"), ("a/b", b"x")], 2, Ok(&["bootstrap.wasm", "a/b"]));
        check(&[("bootstrap.wasm", b"www")], 2, Err("Unzipped size must be smaller than 262144000 bytes"));
        check(&[("ok", b""), ("../evil", b"x")], 9, Err("\"../evil\" is not a plain file"));
        check(&[("/etc/evil", b"x")], 9, Err("not a plain file"));
        check(&[("a\\b", b"x")], 9, Err("not a plain file"));
        check(&[("a/./b", b"x")], 9, Err("not a plain file"));
        check(&[("a", b"x"), ("a/b", b"y")], 9, Err("\"a/b\" is in it twice"));
        check(&[("a/b", b"x"), ("a", b"y")], 9, Err("\"a\" is in it twice"));
        check(&[("a/b", b"x"), ("a//b", b"y")], 9, Err("\"a//b\" is in it twice"));
    }

    #[test]
    fn names_are_told_once_and_alike() {
        check_zip(&raw(&[("a", "a"), ("d/", "d/"), ("d/b", "d/b")]), 9, Ok(&["a", "d/b"]));
        check_zip(&raw(&[("a", "a"), ("a", "a")]), 9, Err("twice"));
        check_zip(&raw(&[("a", "a"), ("b", "b"), ("a", "a")]), 9, Err("twice"));
        check_zip(&raw(&[("b", "a")]), 9, Err("\"a\" is described twice, differently"));
        check_zip(&raw(&[("aa", "a")]), 9, Err("described twice"));
        check_zip(&raw(&[("", "")]), 9, Err("not a plain file"));
        check_zip(&raw(&[("/", "/")]), 9, Err("not a plain file"));
        check_zip(&raw(&[("a\0b", "a\0b")]), 9, Err("not a plain file"));
        let mut elsewhere = raw(&[("a", "a")]);
        elsewhere[18..26].fill(0xff);
        check_zip(&elsewhere, 9, Ok(&["a"]));
        let mut other = raw(&[("a", "a")]);
        other[8] = 8;
        check_zip(&other, 9, Err("described twice"));
    }

    #[test]
    fn paths_are_no_longer_than_a_system_takes() {
        let long = "n".repeat(MAX_NAME);
        check_zip(&raw(&[(&long, &long)]), 9, Ok(&[&long]));
        let longer = "n".repeat(MAX_NAME + 1);
        check_zip(&raw(&[(&longer, &longer)]), 9, Err("not a plain file"));
        let deep = format!("{}f", "d/".repeat(1500));
        check_zip(&raw(&[(&deep, &deep)]), 9, Ok(&[&deep]));
        for levels in [2042, 2100, 32_000] {
            let deep = format!("{}f", "d/".repeat(levels));
            let error = unpack(Path::new(&format!("/tmp/{}", "x".repeat(64))), &raw(&[(&deep, &deep)]), 9);
            assert_eq!(error.expect_err("too long").code(), "InvalidParameterValueException", "{levels}");
        }
    }

    #[test]
    fn folders_count_and_cost_no_more_than_their_names() {
        // 30,000 entries in 30,000 folders of their own would be 60,000 of each; every one a level deeper, half a billion.
        let names: Vec<String> = (0..60_000).map(|number| format!("{number}/x")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        check_zip(&raw(&pairs), 9, Err("More than 100000 files and folders"));
        let deep: Vec<String> = (0..2000).map(|number| format!("{}{number}", "d/".repeat(2000))).collect();
        let mut tree = Tree::default();
        for name in &deep {
            tree.add(name, false).expect("a file");
        }
        assert_eq!(tree.nodes.len(), 4000);
    }

    #[test]
    fn what_is_no_zip_is_told_so() {
        let words = "Could not unzip uploaded file. Please check your file, then try to upload again.";
        check_zip(b"hello", 9, Err(words));
        let mut whole = raw(&[("a", "a")]);
        whole.truncate(whole.len() - 5);
        check_zip(&whole, 9, Err(words));
    }
}
