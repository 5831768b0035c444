//! What files were before something was replaced in them, kept until the step is taken back or forgotten: a folder a step,
//! with a file for each file that it changed. It changes none of those itself. Calls block.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use protocol::{WorkspacePath, search::Replacement};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Steps that are kept; the oldest are forgotten.
const MAX_STEPS: usize = 20;
/// Bytes that all of them may take.
const MAX_BYTES: u64 = 512 << 20;
/// What a step is about.
const ABOUT: &str = "step.json";

/// All steps.
#[derive(Debug)]
pub(crate) struct Steps {
    folder: PathBuf,
}

/// What a step is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) at_ms: i64,
    pub(crate) pattern: String,
    pub(crate) replacement: String,
}

/// A file's text before a step and after it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) path: WorkspacePath,
    pub(crate) matches: u64,
    pub(crate) before: Arc<str>,
    pub(crate) after: Arc<str>,
}

impl Change {
    /// What it takes in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// A step, open to be added to or taken back.
#[derive(Debug)]
pub(crate) struct Step {
    folder: PathBuf,
    /// The number of the next change.
    next: AtomicU64,
}

impl Steps {
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let folder = state.join("replacements");
        folders::make_private(&folder)?;
        Ok(Self { folder })
    }

    /// Begins a step, or goes on with it. Older ones are forgotten where there are too many.
    pub(crate) fn begin(&self, id: Uuid, about: &About) -> io::Result<Step> {
        let folder = self.place(id);
        if !folder.join(ABOUT).is_file() {
            self.forget_all_but(MAX_STEPS - 1)?;
            folders::make_private(&folder)?;
            write(&folder.join(ABOUT), about)?;
            sync(&folder)?;
        }
        Step::at(folder)
    }

    /// A step that was begun.
    pub(crate) fn find(&self, id: Uuid) -> io::Result<Step> {
        Step::at(self.place(id))
    }

    /// Forgets a step.
    pub(crate) fn forget(&self, id: Uuid) -> io::Result<()> {
        self.remove(&self.place(id))
    }

    /// All steps that changed something, the last one first.
    pub(crate) fn list(&self) -> io::Result<Vec<Replacement>> {
        let mut list = Vec::new();
        for (id, folder) in self.folders()? {
            let About { at_ms, pattern, replacement } = match read(&folder.join(ABOUT)) {
                Ok(about) => about,
                Err(error) => {
                    tracing::warn!(%error, step = %id, "what was replaced in a step cannot be read");
                    continue;
                }
            };
            let files = numbers(&folder)?.len() as u64;
            if files > 0 {
                list.push(Replacement { step: id.to_string(), at_ms, pattern, replacement, files });
            }
        }
        list.sort_by_key(|step| std::cmp::Reverse(step.at_ms));
        Ok(list)
    }

    /// Bytes that may still be kept beside a step, after the oldest of the others are forgotten where `wanted` are more.
    pub(crate) fn room(&self, own: &Step, wanted: u64) -> io::Result<u64> {
        let mut others = self.by_age()?;
        others.retain(|folder| *folder != own.folder);
        others.reverse();
        loop {
            let used: io::Result<Vec<_>> =
                others.iter().chain([&own.folder]).map(|folder| size(folder)).collect();
            let room = MAX_BYTES.saturating_sub(used?.iter().sum());
            match others.pop().filter(|_| room < wanted) {
                Some(oldest) => self.remove(&oldest)?,
                None => return Ok(room),
            }
        }
    }

    fn forget_all_but(&self, most: usize) -> io::Result<()> {
        let steps = self.by_age()?;
        let many = steps.len().saturating_sub(most);
        steps.iter().take(many).try_for_each(|folder| self.remove(folder))
    }

    /// The folders of all steps, the oldest first.
    fn by_age(&self) -> io::Result<Vec<PathBuf>> {
        let mut steps = self.folders()?;
        steps.sort_by_cached_key(|(_, folder)| {
            let about: io::Result<About> = read(&folder.join(ABOUT));
            about.map_or(0, |about| about.at_ms)
        });
        Ok(steps.into_iter().map(|(_, folder)| folder).collect())
    }

    fn folders(&self) -> io::Result<Vec<(Uuid, PathBuf)>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Some(id) = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok()) {
                folders.push((id, entry.path()));
            }
        }
        Ok(folders)
    }

    fn place(&self, id: Uuid) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn remove(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir_all(folder)?;
        sync(&self.folder)
    }
}

impl Step {
    fn at(folder: PathBuf) -> io::Result<Self> {
        let next = numbers(&folder)?.last().map_or(0, |last| last + 1);
        Ok(Self { folder, next: AtomicU64::new(next) })
    }

    /// Keeps a change that is to be made, and gives its number. [`Self::sync`] has it last.
    pub(crate) fn keep(&self, change: &Change) -> io::Result<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        write(&self.record(number), change)?;
        Ok(number)
    }

    /// Makes what was kept durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        sync(&self.folder)
    }

    /// The numbers of its changes, in the order in which they were made.
    pub(crate) fn numbers(&self) -> io::Result<Vec<u64>> {
        numbers(&self.folder)
    }

    pub(crate) fn change(&self, number: u64) -> io::Result<Change> {
        read(&self.record(number))
    }

    /// Forgets a change: it was not made, or is taken back.
    pub(crate) fn forget(&self, number: u64) -> io::Result<()> {
        fs::remove_file(self.record(number))
    }

    fn record(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number}.json"))
    }
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.strip_suffix(".json")?.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn size(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}

/// Writes a file whole or not at all; its name lasts when the folder is flushed.
fn write(place: &Path, value: &impl Serialize) -> io::Result<()> {
    let part = place.with_extension("part");
    let mut file = io::BufWriter::new(File::create(&part)?);
    serde_json::to_writer(&mut file, value)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(part, place)
}

fn read<T: DeserializeOwned>(place: &Path) -> io::Result<T> {
    Ok(serde_json::from_reader(io::BufReader::new(File::open(place)?))?)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod power;

#[cfg(test)]
mod tests {
    use super::*;

    fn about(at_ms: i64) -> About {
        About { at_ms, pattern: "a".into(), replacement: "b".into() }
    }

    fn change(text: &str) -> Change {
        let path = WorkspacePath::parse("a.txt").unwrap();
        Change { path, matches: 1, before: text.into(), after: "".into() }
    }

    #[test]
    fn the_last_steps_are_kept_and_listed() {
        let folder = tempfile::tempdir().unwrap();
        let steps = Steps::open(folder.path()).unwrap();
        let ids: Vec<_> = (0..25).map(Uuid::from_u128).collect();
        for (at, id) in ids.iter().enumerate() {
            let step = steps.begin(*id, &about(at as i64)).unwrap();
            assert_eq!(step.keep(&change("x")).unwrap(), 0);
        }
        let steps = Steps::open(folder.path()).unwrap();
        let list = steps.list().unwrap();
        assert_eq!(list.len(), MAX_STEPS);
        assert_eq!((list[0].at_ms, list[0].files, list[19].at_ms), (24, 1, 5));
        let step = steps.begin(ids[24], &about(99)).unwrap();
        assert_eq!(step.keep(&change("y")).unwrap(), 1, "it goes on");
        assert_eq!(&*step.change(1).unwrap().before, "y");
        step.forget(0).unwrap();
        assert_eq!(step.numbers().unwrap(), [1]);
        steps.forget(ids[24]).unwrap();
        assert_eq!(steps.list().unwrap().len(), MAX_STEPS - 1);
        assert!(steps.find(ids[24]).is_err());
    }
}
