//! What is on a disk: folders and files by their paths.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a path is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A folder.
    Folder,
    /// A file, with its bytes.
    File(Vec<u8>),
}

/// Folders and files, by paths from the disk's root. A folder comes before what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image(pub BTreeMap<PathBuf, Content>);

impl Image {
    /// What lies in a folder.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut image = Self::default();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                let content = if entry.file_type()?.is_dir() {
                    folders.push(path.clone());
                    Content::Folder
                } else {
                    Content::File(fs::read(entry.path())?)
                };
                image.0.insert(path, content);
            }
        }
        Ok(image)
    }

    /// Lays it into an empty folder.
    pub fn lay(&self, root: &Path) -> io::Result<()> {
        for (path, content) in &self.0 {
            match content {
                Content::Folder => fs::create_dir(root.join(path))?,
                Content::File(bytes) => fs::write(root.join(path), bytes)?,
            }
        }
        Ok(())
    }

    /// The paths where two differ.
    pub fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let all = self.0.keys().chain(other.0.keys());
        let mut differ: Vec<_> =
            all.filter(|path| self.0.get(*path) != other.0.get(*path)).cloned().collect();
        differ.sort();
        differ.dedup();
        differ
    }
}
