//! What a store held, remembered beside it, so that its loss is told from emptiness.
//!
//! A witness names the store and counts the commits that were answered with success. It is written after each flush and
//! not flushed itself: a killed process leaves it exact, a power failure may leave it behind its store, and nothing
//! leaves it ahead. So a store that is behind its witness lost what it had promised.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::private;

/// Which store, and how far it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// The store's id, as its file has it.
    pub id: String,
    /// How many groups of commits it flushed.
    pub generation: u64,
}

impl Held {
    /// One line of the same length for every generation, so that writing it over the last one needs no room.
    fn line(&self) -> String {
        let text = format!("{} {:020}", self.id, self.generation);
        format!("{text} {:08x}\n", crc32fast::hash(text.as_bytes()))
    }

    fn parse(line: &str) -> Option<Self> {
        let (text, sum) = line.strip_suffix('\n')?.rsplit_once(' ')?;
        let (id, generation) = text.split_once(' ')?;
        let held = Self { id: id.to_owned(), generation: generation.parse().ok()? };
        (u32::from_str_radix(sum, 16).ok()? == crc32fast::hash(text.as_bytes())).then_some(held)
    }
}

/// What lies where a witness belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Testimony {
    /// Nothing: the store is new, or older than witnesses are.
    None,
    /// A witness.
    Held(Held),
    /// A file that says nothing.
    Illegible,
}

/// The file of a store's witness: in another folder, so that who removes `s3.db*` does not take it along.
pub(crate) fn path(store: &Path) -> PathBuf {
    private::beside(store, "witness")
}

pub(crate) fn read(path: &Path) -> io::Result<Testimony> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let held = String::from_utf8(bytes).ok().and_then(|text| Held::parse(&text));
            Ok(held.map_or(Testimony::Illegible, Testimony::Held))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Testimony::None),
        Err(error) => Err(error),
    }
}

/// A witness that is kept up to date.
pub(crate) struct Witness {
    file: File,
    held: Held,
}

impl Witness {
    /// Writes it anew, durably and whole.
    pub(crate) fn create(path: &Path, held: Held) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        folders::make_private(folder)?;
        let new = path.with_extension("new");
        let mut file = private::create(&new)?;
        file.write_all(held.line().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        File::open(folder)?.sync_all()?;
        Ok(Self { file, held })
    }

    /// Counts a flush that succeeded.
    pub(crate) fn count(&mut self, generation: u64) {
        self.held.generation = generation;
        if let Err(error) = self.file.write_all_at(self.held.line().as_bytes(), 0) {
            // It stays behind its store, which is no damage.
            tracing::warn!(%error, "a store's witness could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_is_read_as_it_was_written_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(&folder.path().join("s3.db"));
        assert_eq!(path, folder.path().join("witness/s3"));
        assert_eq!(read(&path).unwrap(), Testimony::None);
        let mut witness = Witness::create(&path, Held { id: "ab".into(), generation: 0 }).unwrap();
        witness.count(u64::MAX);
        let held = Held { id: "ab".into(), generation: u64::MAX };
        assert_eq!(read(&path).unwrap(), Testimony::Held(held));
        let whole = std::fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            std::fs::write(&path, flipped).unwrap();
            assert_eq!(read(&path).unwrap(), Testimony::Illegible, "byte {place}");
            std::fs::write(&path, &whole[..place]).unwrap();
            assert_eq!(read(&path).unwrap(), Testimony::Illegible, "cut at {place}");
        }
    }
}
