//! The journal: what was typed, on disk before it is acknowledged. One file per document: a snapshot, then
//! updates, each framed with its length and checksum. It knows bytes and paths, not what the updates mean.
//!
//! `journal/<hash>.log` belongs to a document that is open or has unsaved text; `journal/closed/<hash>.log` to
//! one that was closed clean, kept for a while so that a tab that slept meanwhile still meets the same document.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use protocol::WorkspacePath;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[cfg(test)]
mod power;

const MAGIC: &[u8; 8] = b"CUMULOJ1";
const SNAPSHOT: u8 = 1;
const UPDATE: u8 = 2;
const FRAME: usize = 8;
/// Updates beyond this, and beyond the snapshot's own size, are worth a new snapshot.
const COMPACT_AFTER: u64 = 1024 * 1024;
/// A closed document's journal is kept this long …
const KEEP_CLOSED: Duration = Duration::from_hours(7 * 24);
/// … and this many of them.
const MAX_CLOSED: usize = 500;
/// A journal larger than this is not kept after a clean close.
const MAX_KEPT: u64 = 4 * 1024 * 1024;

/// Bytes that are looked through for the record behind a damaged one.
const MAX_SEARCHED: usize = 16 * 1024 * 1024;

/// A document at one moment, and the file it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) path: WorkspacePath,
    /// The document's identity.
    pub(crate) id: String,
    /// The file as it was last read or written; none where there was none.
    pub(crate) base: Option<Vec<u8>>,
    /// In which encoding it was read; none in what was kept before encodings were guessed.
    pub(crate) encoding: Option<Chosen>,
    /// The shared text's whole state.
    pub(crate) state: Vec<u8>,
}

/// An encoding by its name, and whether a person chose it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) by_hand: bool,
}

/// What a journal held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) snapshot: Snapshot,
    pub(crate) updates: Vec<Vec<u8>>,
    /// Bytes of damaged records that had other records behind them: what they held is lost.
    pub(crate) lost: usize,
}

/// What there is of a document's journal.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// Nothing.
    Missing,
    /// Bytes that hold no document any more. They are put aside.
    Damaged,
    /// The journal, to be written on, and what it held.
    Found(Journal, Box<Contents>),
}

/// The folder of all journals.
#[derive(Clone, Debug)]
pub(crate) struct Journals {
    folder: PathBuf,
}

/// One document's journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    at: PathBuf,
    size: u64,
    snapshot_size: u64,
    /// The last write failed: what the file holds after `size` is unknown.
    damaged: bool,
}

impl Journals {
    /// Opens the folder, making it where it is missing.
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let folder = state.join("journal");
        folders::make_private(&folder.join("closed"))?;
        Ok(Self { folder })
    }

    fn active(&self, path: &WorkspacePath) -> PathBuf {
        self.folder.join(file_name(path))
    }

    fn closed(&self, path: &WorkspacePath) -> PathBuf {
        self.folder.join("closed").join(file_name(path))
    }

    /// Documents whose journal is not closed: they were open, or had unsaved text, when the agent last ended.
    pub(crate) fn unfinished(&self) -> io::Result<Vec<WorkspacePath>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("log") => match fs::read(&path).map(|bytes| parse(&bytes)) {
                    Ok(Some((contents, _))) => paths.push(contents.snapshot.path),
                    _ => {
                        tracing::warn!(journal = %path.display(), "a journal cannot be read; it is left alone");
                    }
                },
                Some("part") => fs::remove_file(&path)?,
                _ => {}
            }
        }
        Ok(paths)
    }

    /// Reads a document's journal, cutting off a damaged end.
    pub(crate) fn load(&self, path: &WorkspacePath) -> io::Result<Loaded> {
        let at = self.active(path);
        if !at.exists() {
            match fs::rename(self.closed(path), &at) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::Missing),
                renamed => renamed?,
            }
        }
        let bytes = fs::read(&at)?;
        let Some((contents, size)) = parse(&bytes).filter(|(contents, _)| contents.snapshot.path == *path)
        else {
            self.put_aside(path)?;
            return Ok(Loaded::Damaged);
        };
        if size < bytes.len() {
            tracing::warn!(journal = %at.display(), cut = bytes.len() - size, "a journal's damaged end is cut off");
        }
        if contents.lost > 0 {
            let aside = at.with_extension("damaged");
            fs::write(&aside, &bytes)?;
            let (path, lost) = (&contents.snapshot.path, contents.lost);
            tracing::error!(%path, lost, kept = %aside.display(), "records of what was typed are damaged");
        }
        let file = OpenOptions::new().append(true).open(&at)?;
        file.set_len(size as u64)?;
        file.sync_all()?;
        // What is typed from now on is looked for by this name.
        File::open(&self.folder)?.sync_all()?;
        let (size, snapshot_size) = (size as u64, size_of(&contents.snapshot));
        let journal = Journal { file, at, size, snapshot_size, damaged: false };
        Ok(Loaded::Found(journal, Box::new(contents)))
    }

    /// Keeps a journal that cannot be read out of the way, for whoever can.
    pub(crate) fn put_aside(&self, path: &WorkspacePath) -> io::Result<()> {
        let at = self.active(path);
        let aside = at.with_extension("damaged");
        tracing::error!(%path, kept = %aside.display(), "what was typed and not saved cannot be read; it is put aside");
        fs::rename(at, aside)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Begins a document's journal, or replaces it by a snapshot: afterwards it is on disk wholly, or as before.
    pub(crate) fn write(&self, snapshot: &Snapshot) -> io::Result<Journal> {
        let at = self.active(&snapshot.path);
        let part = at.with_extension("part");
        let mut bytes = MAGIC.to_vec();
        frame(&mut bytes, SNAPSHOT, &encode(snapshot));
        let mut file = File::create(&part)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&part, &at)?;
        File::open(&self.folder)?.sync_all()?;
        let file = OpenOptions::new().append(true).open(&at)?;
        let size = bytes.len() as u64;
        Ok(Journal { file, at, size, snapshot_size: size, damaged: false })
    }

    /// Ends a journal of a document without unsaved text.
    pub(crate) fn close(
        &self,
        path: &WorkspacePath,
        journal: &Journal,
        now: jiff::Timestamp,
    ) -> io::Result<()> {
        if journal.size > MAX_KEPT {
            return fs::remove_file(&journal.at);
        }
        fs::rename(&journal.at, self.closed(path))?;
        self.prune(now)
    }

    /// Forgets a journal.
    pub(crate) fn forget(&self, journal: Journal) -> io::Result<()> {
        fs::remove_file(journal.at)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Removes closed journals that are old or too many. Meanwhile other documents may be opened, which takes theirs away.
    fn prune(&self, now: jiff::Timestamp) -> io::Result<()> {
        let mut closed = Vec::new();
        for entry in fs::read_dir(self.folder.join("closed"))? {
            let entry = entry?;
            if let Some(metadata) = unless_gone(entry.metadata())? {
                closed.push((metadata.modified()?, entry.path()));
            }
        }
        closed.sort_unstable_by(|one, other| other.cmp(one));
        let oldest = std::time::SystemTime::from(now) - KEEP_CLOSED;
        for (index, (modified, path)) in closed.iter().enumerate() {
            if index >= MAX_CLOSED || *modified < oldest {
                unless_gone(fs::remove_file(path))?;
            }
        }
        Ok(())
    }
}

/// What was found of a file, or nothing where it is not there any more.
fn unless_gone<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

impl Journal {
    /// Adds updates; they are durable when this returns. After a failure only a new snapshot helps.
    pub(crate) fn append(&mut self, updates: &[Vec<u8>]) -> io::Result<()> {
        if self.damaged {
            return Err(io::Error::other("the journal's end is damaged"));
        }
        let mut bytes = Vec::new();
        for update in updates {
            frame(&mut bytes, UPDATE, update);
        }
        self.damaged = true;
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.damaged = false;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Whether the next write should be a snapshot.
    pub(crate) fn wants_snapshot(&self) -> bool {
        self.damaged || self.size > self.snapshot_size * 2 + COMPACT_AFTER
    }
}

fn file_name(path: &WorkspacePath) -> String {
    let hash = Sha256::digest(path.to_bytes());
    format!("{}.log", hex::encode(hash.get(..16).unwrap_or(&hash)))
}

#[derive(Serialize, Deserialize)]
struct Head {
    path: WorkspacePath,
    id: String,
    base: Option<usize>,
    #[serde(default)]
    encoding: Option<Chosen>,
}

fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let base = snapshot.base.as_ref().map(Vec::len);
    let head = Head {
        path: snapshot.path.clone(),
        id: snapshot.id.clone(),
        base,
        encoding: snapshot.encoding.clone(),
    };
    let head = serde_json::to_vec(&head).expect("a struct of strings and numbers serialises");
    let mut bytes = (head.len() as u32).to_le_bytes().to_vec();
    bytes.extend(head);
    bytes.extend(snapshot.base.iter().flatten());
    bytes.extend(&snapshot.state);
    bytes
}

fn size_of(snapshot: &Snapshot) -> u64 {
    (MAGIC.len() + FRAME + 1 + encode(snapshot).len()) as u64
}

fn decode(body: &[u8]) -> Option<Snapshot> {
    let (size, body) = body.split_first_chunk::<4>()?;
    let (head, body) = body.split_at_checked(u32::from_le_bytes(*size) as usize)?;
    let Head { path, id, base, encoding } = serde_json::from_slice(head).ok()?;
    let (kept, state) = body.split_at_checked(base.unwrap_or_default())?;
    Some(Snapshot { path, id, base: base.map(|_| kept.to_vec()), encoding, state: state.to_vec() })
}

/// A record: length of what follows the checksum, checksum, kind, body.
fn frame(bytes: &mut Vec<u8>, kind: u8, body: &[u8]) {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&[kind]);
    sum.update(body);
    bytes.extend((body.len() as u32 + 1).to_le_bytes());
    bytes.extend(sum.finalize().to_le_bytes());
    bytes.push(kind);
    bytes.extend(body);
}

fn unframe(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let (record, rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
    let (&kind, body) = record.split_first()?;
    (crc32fast::hash(record) == u32::from_le_bytes(*sum)).then_some((kind, body, rest))
}

/// What a journal's bytes hold, and where the last good record ends; none without a snapshot. A damaged record costs
/// what it held, not what stands behind it.
fn parse(bytes: &[u8]) -> Option<(Contents, usize)> {
    let (kind, body, mut rest) = unframe(bytes.strip_prefix(MAGIC)?)?;
    let snapshot = (kind == SNAPSHOT).then(|| decode(body)).flatten()?;
    let (mut updates, mut lost, mut searched) = (Vec::new(), 0, MAX_SEARCHED);
    loop {
        while let Some((UPDATE, body, after)) = unframe(rest) {
            updates.push(body.to_vec());
            rest = after;
        }
        let Some(skipped) = next_update(rest, &mut searched) else { break };
        lost += skipped;
        rest = rest.get(skipped..).unwrap_or_default();
    }
    Some((Contents { snapshot, updates, lost }, bytes.len() - rest.len()))
}

/// How far the next good update is. Damaged records say where they end, or their length is damaged too.
fn next_update(bytes: &[u8], searched: &mut usize) -> Option<usize> {
    let good = |at: usize, searched: &mut usize| {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let size = u32::from_le_bytes(*rest.first_chunk()?) as usize;
        // Only what could be a record is worth a checksum.
        let whole = rest.get(FRAME..FRAME + size).filter(|record| record.first() == Some(&UPDATE))?;
        *searched = searched.checked_sub(whole.len())?;
        unframe(rest).map(|_| at)
    };
    let announced = bytes.first_chunk().map(|size| u32::from_le_bytes(*size) as usize + FRAME);
    announced.and_then(|at| good(at, searched)).or_else(|| (1..bytes.len()).find_map(|at| good(at, searched)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn snapshot(path: &str) -> Snapshot {
        let path = WorkspacePath::parse(path).unwrap();
        Snapshot {
            path,
            id: "id".into(),
            base: Some(b"base\r\n".to_vec()),
            encoding: None,
            state: vec![0, 1, 2],
        }
    }

    fn found(journals: &Journals, path: &WorkspacePath) -> (Journal, Contents) {
        match journals.load(path).unwrap() {
            Loaded::Found(journal, contents) => (journal, *contents),
            other => panic!("{other:?}"),
        }
    }

    fn written(updates: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        frame(&mut bytes, SNAPSHOT, &encode(&snapshot("a/b")));
        for update in updates {
            frame(&mut bytes, UPDATE, update);
        }
        bytes
    }

    #[test]
    fn documents_close_while_others_open() {
        let state = tempfile::tempdir().unwrap();
        let journals = Journals::open(state.path()).unwrap();
        std::thread::scope(|scope| {
            for name in ["a", "b", "c"] {
                let (journals, document) = (&journals, snapshot(name));
                scope.spawn(move || {
                    let mut journal = journals.write(&document).unwrap();
                    for _ in 0..100 {
                        journals.close(&document.path, &journal, Timestamp::now()).unwrap();
                        journal = found(journals, &document.path).0;
                    }
                });
            }
        });
    }

    #[test]
    fn what_was_appended_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::open(folder.path()).unwrap();
        let snapshot = snapshot("a/b");
        assert!(matches!(journals.load(&snapshot.path).unwrap(), Loaded::Missing));
        let mut journal = journals.write(&snapshot).unwrap();
        journal.append(&[vec![1], vec![]]).unwrap();
        journal.append(&[vec![2; 70_000]]).unwrap();
        drop(journal);
        assert_eq!(journals.unfinished().unwrap(), std::slice::from_ref(&snapshot.path));
        let (journal, contents) = found(&journals, &snapshot.path);
        assert_eq!(
            contents,
            Contents { snapshot: snapshot.clone(), updates: vec![vec![1], vec![], vec![2; 70_000]], lost: 0 }
        );
        journals.close(&snapshot.path, &journal, Timestamp::now()).unwrap();
        assert!(journals.unfinished().unwrap().is_empty());
        let (journal, contents) = found(&journals, &snapshot.path);
        assert_eq!(contents.updates.len(), 3, "a closed journal is found again");
        journals.forget(journal).unwrap();
        assert!(matches!(journals.load(&snapshot.path).unwrap(), Loaded::Missing));
    }

    #[test]
    fn old_closed_journals_go() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::open(folder.path()).unwrap();
        let (old, new) = (snapshot("old"), snapshot("new"));
        let later = Timestamp::now() + KEEP_CLOSED + Duration::from_mins(1);
        for snapshot in [&old, &new] {
            journals.close(&snapshot.path, &journals.write(snapshot).unwrap(), Timestamp::now()).unwrap();
        }
        journals.prune(later).unwrap();
        assert!(matches!(journals.load(&old.path).unwrap(), Loaded::Missing));
    }

    #[test]
    fn what_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::open(folder.path()).unwrap();
        let path = snapshot("a/b").path;
        for bytes in [&b""[..], b"CUMULOJ1", b"CUMULOJ1\xFF\xFF\xFF\xFF", b"other"] {
            fs::write(journals.active(&path), bytes).unwrap();
            assert!(matches!(journals.load(&path).unwrap(), Loaded::Damaged));
            assert!(!journals.active(&path).exists());
        }
    }

    #[test]
    fn a_damaged_record_costs_only_itself() {
        let updates = [vec![1; 10], vec![2; 300], vec![3; 5]];
        let whole = written(&updates);
        let second = written(&updates[..1]).len();
        for (at, value) in
            [(second + FRAME + 20, 9), (second, 0xFF), (second + 3, 0x7F), (second + 5, 1), (second, 0)]
        {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let (contents, good) = parse(&damaged).unwrap();
            assert_eq!(
                (contents.updates.as_slice(), good),
                ([vec![1; 10], vec![3; 5]].as_slice(), whole.len())
            );
            assert_eq!(contents.lost, 300 + FRAME + 1);
        }
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::open(folder.path()).unwrap();
        let path = snapshot("a/b").path;
        let mut damaged = whole.clone();
        damaged[second + FRAME + 20] = 9;
        fs::write(journals.active(&path), &damaged).unwrap();
        let (_, contents) = found(&journals, &path);
        assert!(contents.lost > 0);
        assert_eq!(fs::read(journals.active(&path).with_extension("damaged")).unwrap(), damaged);
    }

    proptest! {
        #[test]
        fn a_damaged_end_costs_only_itself(
            updates in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6),
            cut in any::<proptest::sample::Index>(), flip in 1u8..,
        ) {
            let whole = written(&updates);
            let at = cut.index(whole.len());
            let mut flipped = whole.clone();
            flipped[at] ^= flip;
            for damaged in [&whole[..at], &flipped] {
                if let Some((contents, good)) = parse(damaged) {
                    prop_assert!(good <= damaged.len());
                    prop_assert_eq!(&contents.snapshot, &snapshot("a/b"));
                    let kept = &contents.updates;
                    let missing: Vec<_> = (0..updates.len()).filter(|&at| {
                        let others = updates.iter().take(at).chain(updates.iter().skip(at + 1));
                        others.eq(kept)
                    }).collect();
                    // A cut costs the end; a flipped byte costs one record.
                    let whole = updates.starts_with(kept) && damaged.len() == at;
                    prop_assert!(whole || *kept == updates || !missing.is_empty());
                }
            }
            prop_assert_eq!(parse(&whole).map(|(contents, good)| (contents.updates, good)), Some((updates, whole.len())));
        }
    }
}
