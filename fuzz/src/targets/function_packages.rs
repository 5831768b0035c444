//! Zip files of functions: what is unpacked of one stays in its folder and within its limit, and is what both lists of its
//! entries say; all else is refused in Lambda's words, and nothing of it lies anywhere else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cloud_lambda::unpack;

use crate::draw::Draw;

/// Bytes that may be unpacked.
const LIMIT: u64 = 64 << 10;

/// By its first byte: a zip file, or what one is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let (zip, expected) = if from.byte().is_multiple_of(2) {
        (from.0.to_vec(), None)
    } else {
        let drawn = Drawn::of(&mut from);
        (drawn.zip(), drawn.files())
    };
    let outside = tempfile::tempdir().expect("a folder is made");
    let folder = outside.path().join("inside");
    fs::write(outside.path().join("beside"), "beside").expect("a file is written");
    let unpacked = unpack(&folder, &zip, LIMIT);
    assert_eq!(fs::read(outside.path().join("beside")).expect("it is there still"), b"beside");
    let around = fs::read_dir(outside.path()).expect("it is there").count();
    assert!(around <= 2, "something was written beside the folder");
    let mut found = BTreeMap::new();
    if folder.exists() {
        gather(&folder, "", &mut found);
    }
    let bytes: u64 = found.values().map(|contents| contents.len() as u64).sum();
    match unpacked {
        Ok(said) => {
            assert!(said == bytes && bytes <= LIMIT, "{said} bytes were said, {bytes} are there");
            if let Some(expected) = expected {
                assert_eq!(found, expected, "what is there is not what was packed");
            }
            true
        }
        Err(error) => {
            assert!(bytes <= LIMIT, "{bytes} bytes were written before it was refused");
            let words = ["Could not unzip uploaded file. ", "Unzipped size must be smaller than "];
            assert_eq!(
                (error.code(), error.http_status()),
                ("InvalidParameterValueException", 400),
                "{error}"
            );
            assert!(words.iter().any(|words| error.message().starts_with(words)), "{error}");
            assert!(error.message().len() < 600, "{error}");
            zip.windows(4).any(|four| four == b"PK\x01\x02")
        }
    }
}

/// The files below a folder. There is nothing else in it but folders, and their modes are ours.
fn gather(folder: &Path, path: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let entry = entry.expect("it is there");
        let name = format!("{path}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("it has one");
        if kind.is_dir() {
            gather(&entry.path(), &format!("{name}/"), found);
        } else {
            assert!(kind.is_file(), "{name} is no plain file");
            let mode = entry.metadata().expect("it is there").permissions().mode() & 0o7777;
            assert!(matches!(mode, 0o644 | 0o755 | 0o600), "{name} has the mode {mode:o}");
            found.insert(name, fs::read(entry.path()).expect("it is read"));
        }
    }
}

/// Entries of a zip file as no honest program may write them.
struct Drawn {
    entries: Vec<Entry>,
}

/// What two headers say of an entry, and its contents.
struct Entry {
    name: String,
    /// The name in the central directory, where that is another one.
    listed: Option<String>,
    contents: Vec<u8>,
    /// Of the size that is told, how much it is off; in both headers, or in the central one alone.
    off: (u8, u8),
    /// The kind and the mode of the file.
    mode: u16,
    is_checked: bool,
}

impl Drawn {
    fn of(from: &mut Draw<'_>) -> Self {
        let mut entries = Vec::new();
        while !from.is_empty() && entries.len() < 12 {
            entries.push(Entry::of(from));
        }
        Self { entries }
    }

    /// The files, where both lists say the same of all that is drawn.
    fn files(&self) -> Option<BTreeMap<String, Vec<u8>>> {
        let honest = self.entries.iter().all(|entry| entry.listed.is_none() && entry.off == (0, 0));
        let files = self.entries.iter().filter(|entry| !entry.name.ends_with('/'));
        let path = |name: &str| name.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        honest.then(|| files.map(|entry| (path(&entry.name), entry.contents.clone())).collect())
    }

    fn zip(&self) -> Vec<u8> {
        let (mut zip, mut central) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let start = zip.len() as u32;
            let checksum = if entry.is_checked { crc32fast::hash(&entry.contents) } else { 0 };
            let size = entry.contents.len() as u32 + u32::from(entry.off.0);
            let head = |size: u32| {
                let sizes = [size.to_le_bytes(), size.to_le_bytes()].concat();
                // Names are UTF-8, as the flag says.
                [[20, 0, 0, 8, 0, 0, 0, 0, 0, 0].as_slice(), &checksum.to_le_bytes(), &sizes].concat()
            };
            zip.extend(*b"PK\x03\x04");
            zip.extend(head(size));
            zip.extend((entry.name.len() as u16).to_le_bytes());
            zip.extend([0; 2]);
            zip.extend(entry.name.as_bytes());
            zip.extend(&entry.contents);
            let listed = entry.listed.as_ref().unwrap_or(&entry.name);
            central.extend(*b"PK\x01\x02");
            central.extend([20, 3]);
            central.extend(head(size + u32::from(entry.off.1)));
            central.extend((listed.len() as u16).to_le_bytes());
            central.extend([0; 8]);
            central.extend((u32::from(entry.mode) << 16).to_le_bytes());
            central.extend(start.to_le_bytes());
            central.extend(listed.as_bytes());
        }
        let count = (self.entries.len() as u16).to_le_bytes();
        let (start, size) = (zip.len() as u32, central.len() as u32);
        zip.extend(central);
        zip.extend([b"PK\x05\x06".as_slice(), &[0; 4], &count, &count].concat());
        zip.extend([size.to_le_bytes().as_slice(), &start.to_le_bytes(), &[0; 2]].concat());
        zip
    }
}

impl Entry {
    fn of(from: &mut Draw<'_>) -> Self {
        const NAMES: [&str; 16] = [
            "a", "b", "d/", "d/a", "d/b", "d/d/a", "a/b", "../a", "/a", "d/../a", "d//a", "a\\b", "./a", "d",
            "a/", "é",
        ];
        const MODES: [u16; 8] =
            [0o100_644, 0o100_755, 0, 0o100_600, 0o040_755, 0o120_777, 0o010_644, 0o104_755];
        let name = |from: &mut Draw<'_>| match from.below(NAMES.len() + 2) {
            drawn if drawn < NAMES.len() => NAMES[drawn].to_owned(),
            _ => from.text(),
        };
        let own = name(from);
        let how = from.byte();
        let listed = (how & 7 == 1).then(|| name(from)).filter(|listed| *listed != own);
        let off = match how & 0x38 {
            0x08 => (from.byte(), 0),
            0x10 => (0, from.byte()),
            _ => (0, 0),
        };
        let mode = MODES[from.below(MODES.len())];
        let length = from.below(40) * usize::from(!own.ends_with('/'));
        let contents = from.bytes(length).to_vec();
        Self { name: own, listed, contents, off, mode, is_checked: how & 0xc0 != 0xc0 }
    }
}
