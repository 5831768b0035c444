//! The screens kept on disk, so that terminals of an agent that died can still be read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use protocol::{
    PersonId,
    terminal::{Size, TerminalId},
};
use serde::{Deserialize, Serialize};

/// A folder with one file per terminal: a line of JSON, then the drawing.
#[derive(Clone, Debug)]
pub(crate) struct SavedScreens(PathBuf);

/// A terminal as it is kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) id: TerminalId,
    pub(crate) name: String,
    pub(crate) size: Size,
    #[serde(default)]
    pub(crate) opened_by: Option<PersonId>,
    #[serde(skip)]
    pub(crate) drawing: Vec<u8>,
}

impl SavedScreens {
    pub(crate) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// All that is kept; files that cannot be read are left out.
    pub(crate) fn all(&self) -> io::Result<Vec<Kept>> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(&self.0)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        Ok(files.iter().filter_map(|file| read(file)).collect())
    }

    pub(crate) fn keep(&self, kept: &Kept) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(kept)?;
        bytes.push(b'\n');
        bytes.extend(&kept.drawing);
        let file = self.file(&kept.id);
        let new = file.with_extension("new");
        fs::write(&new, bytes)?;
        fs::rename(new, file)
    }

    pub(crate) fn drop(&self, id: &TerminalId) {
        // It may never have been kept.
        let _ = fs::remove_file(self.file(id));
    }

    fn file(&self, id: &TerminalId) -> PathBuf {
        self.0.join(format!("{}.screen", id.0))
    }
}

fn read(file: &Path) -> Option<Kept> {
    if file.extension()? != "screen" {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (head, drawing) = bytes.split_at(end);
    let kept: Kept = serde_json::from_slice(head).ok()?;
    Some(Kept { drawing: drawing.get(1..)?.to_vec(), ..kept })
}
