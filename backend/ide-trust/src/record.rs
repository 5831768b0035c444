//! `trust.json`: what was decided about folders, each under its real path, in the data directory. A decision holds for
//! the folder that lay there, not for another one that takes its place, nor for the ones above and below.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Largest file read, in bytes: a data directory is one folder's, or that of a few that followed each other.
const MAX_SIZE: u64 = 256 * 1024;
/// Folders remembered; the one decided longest ago makes room.
const MAX_FOLDERS: usize = 100;

/// Where decisions are kept.
#[derive(Clone, Debug)]
pub struct Record {
    folder: PathBuf,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether what the folder brings along may run.
    pub trusted: bool,
    /// Whose decision: a member's id, or the template that we made the folder from.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Which folder lies at a path: inodes are used again, but not with the same moment of birth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    inode: u64,
    /// In nanoseconds since 1970; none where the file system does not tell.
    born: Option<u64>,
}

impl Identity {
    /// That of the folder at `path`.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let seen = fs::metadata(path)?;
        let born = seen.created().ok().and_then(|born| born.duration_since(UNIX_EPOCH).ok());
        Ok(Self { inode: seen.ino(), born: born.and_then(|born| born.as_nanos().try_into().ok()) })
    }
}

/// A decision, and the folder that it is about.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    answer: Answer,
    /// None in records of versions that did not look at it: then nobody knows which folder was meant.
    #[serde(default)]
    folder: Option<Identity>,
}

type Answers = BTreeMap<String, Kept>;

impl Record {
    /// That of a data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: data_dir.to_owned() }
    }

    /// What was decided about the folder at `path`; nothing where nobody has, or about another one that was there. Fails
    /// where the record is unreadable or damaged: then nobody knows.
    pub fn answer(&self, path: &Path) -> io::Result<Option<Answer>> {
        let there = Identity::at(path)?;
        let kept = self.read()?.remove(&key(path)?);
        Ok(kept.filter(|kept| kept.folder.as_ref() == Some(&there)).map(|kept| kept.answer))
    }

    /// Keeps a decision, safe from power cuts when it returns. A damaged record is replaced: its folders are asked again.
    pub fn keep(&self, path: &Path, answer: Answer) -> io::Result<()> {
        let mut answers = self.read().unwrap_or_else(|error| {
            tracing::warn!(%error, "the record of trusted folders is damaged and begun anew");
            Answers::new()
        });
        answers.insert(key(path)?, Kept { answer, folder: Some(Identity::at(path)?) });
        while answers.len() > MAX_FOLDERS {
            let oldest = answers.iter().min_by_key(|(_, kept)| kept.answer.at).map(|(path, _)| path.clone());
            oldest.and_then(|path| answers.remove(&path));
        }
        self.write(&serde_json::to_vec_pretty(&answers)?)
    }

    fn read(&self) -> io::Result<Answers> {
        let mut bytes = Vec::new();
        match File::open(self.file()) {
            Ok(file) => file.take(MAX_SIZE).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Answers::new()),
            Err(error) => return Err(error),
        };
        Ok(serde_json::from_slice(&bytes)?)
    }

    fn write(&self, content: &[u8]) -> io::Result<()> {
        let new = self.folder.join("trust.json.new");
        // One that a crash left behind may have been made with other rights.
        let _ = fs::remove_file(&new);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(new, self.file())?;
        File::open(&self.folder)?.sync_all()
    }

    fn file(&self) -> PathBuf {
        self.folder.join("trust.json")
    }
}

/// The folder's real path as text; every byte that is no plain character is escaped, so that no two share one.
fn key(path: &Path) -> io::Result<String> {
    Ok(path.canonicalize()?.as_os_str().as_bytes().escape_ascii().to_string())
}

#[cfg(test)]
mod tests {
    use std::os::unix::{ffi::OsStringExt, fs::PermissionsExt};

    use super::*;

    fn answer(trusted: bool, second: i64) -> Answer {
        Answer { trusted, by: "ada".into(), at: Timestamp::from_second(second).unwrap() }
    }

    fn folder(parent: &Path, name: &[u8]) -> PathBuf {
        let path = parent.join(std::ffi::OsString::from_vec(name.to_vec()));
        fs::create_dir(&path).unwrap();
        path
    }

    #[test]
    fn each_real_path_has_its_own_answer() {
        let place = tempfile::tempdir().unwrap();
        let record = Record::of(place.path());
        let (one, odd, escaped) =
            (folder(place.path(), b"one"), folder(place.path(), b"\xff"), folder(place.path(), b"\\xff"));
        assert_eq!(record.answer(&one).unwrap(), None);
        record.keep(&one, answer(true, 1)).unwrap();
        record.keep(&odd, answer(false, 2)).unwrap();
        assert_eq!(record.answer(&one).unwrap(), Some(answer(true, 1)));
        assert_eq!(record.answer(&odd).unwrap(), Some(answer(false, 2)));
        assert_eq!(record.answer(&escaped).unwrap(), None, "no other name is taken for it");
        let link = place.path().join("link");
        std::os::unix::fs::symlink(&one, &link).unwrap();
        assert_eq!(record.answer(&link).unwrap(), Some(answer(true, 1)), "a link is what it leads to");
        let mode = fs::metadata(record.file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_answer_is_about_one_folder_and_not_about_its_place() {
        let place = tempfile::tempdir().unwrap();
        let record = Record::of(place.path());
        let one = folder(place.path(), b"one");
        let inner = folder(&one, b"inner");
        record.keep(&one, answer(true, 1)).unwrap();
        assert_eq!(record.answer(&inner).unwrap(), None, "a folder inside is asked about by itself");
        assert_eq!(record.answer(place.path()).unwrap(), None, "and so is the one around it");
        let moved = place.path().join("moved");
        fs::rename(&one, &moved).unwrap();
        assert_eq!(record.answer(&moved).unwrap(), None, "it is asked about where it lies now");
        let other = folder(place.path(), b"one");
        assert_eq!(record.answer(&other).unwrap(), None, "another folder under the name is not trusted");
        fs::remove_dir(&other).unwrap();
        fs::rename(&moved, &one).unwrap();
        assert_eq!(record.answer(&one).unwrap(), Some(answer(true, 1)), "the same one is");
        fs::remove_dir_all(&one).unwrap();
        for _ in 0..20 {
            // The inode comes back sooner or later.
            let again = folder(place.path(), b"one");
            assert_eq!(record.answer(&again).unwrap(), None);
            fs::remove_dir(&again).unwrap();
        }
    }

    #[test]
    fn what_was_decided_before_folders_were_told_apart_is_asked_again() {
        let place = tempfile::tempdir().unwrap();
        let record = Record::of(place.path());
        let line = serde_json::json!({ (key(place.path()).unwrap()): answer(true, 1) });
        fs::write(record.file(), line.to_string()).unwrap();
        assert_eq!(record.answer(place.path()).unwrap(), None);
        record.keep(place.path(), answer(true, 2)).unwrap();
        assert_eq!(record.answer(place.path()).unwrap(), Some(answer(true, 2)));
    }

    #[test]
    fn a_damaged_record_trusts_nothing_and_can_be_begun_anew() {
        let place = tempfile::tempdir().unwrap();
        let record = Record::of(place.path());
        for damaged in ["", "{", "[true]", "{\"/\":true}"] {
            fs::write(record.file(), damaged).unwrap();
            record.answer(place.path()).unwrap_err();
        }
        record.keep(place.path(), answer(true, 1)).unwrap();
        assert_eq!(record.answer(place.path()).unwrap(), Some(answer(true, 1)));
    }

    #[test]
    fn the_oldest_make_room() {
        let place = tempfile::tempdir().unwrap();
        let record = Record::of(place.path());
        let folders: Vec<_> =
            (0..=MAX_FOLDERS).map(|number| folder(place.path(), number.to_string().as_bytes())).collect();
        for (second, path) in folders.iter().enumerate() {
            record.keep(path, answer(true, second as i64)).unwrap();
        }
        assert_eq!(record.answer(&folders[0]).unwrap(), None);
        assert!(record.answer(&folders[1]).unwrap().is_some());
    }
}
