//! A disk in memory that loses what was not flushed when its power fails, and tears what was in flight.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::files::{File, Files};

/// What a flush of a file writes at once, at least.
const SECTOR: usize = 512;

/// Numbers that look random and are the same for a seed.
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[derive(Clone, Default)]
pub(super) struct FakeDisk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    nodes: Vec<Node>,
    names: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    /// After so many more changes the power fails.
    fuse: Option<usize>,
    is_off: bool,
    /// After so many more changes one fails so; those behind it do not.
    fault: Option<(usize, io::ErrorKind)>,
}

#[derive(Clone, Default)]
struct Node {
    now: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                to.resize(to.len().max(at + bytes.len()), 0);
                to[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::Cut(length) => to.resize(*length, 0),
        }
    }

    /// Some sectors of it.
    fn tear(&self, to: &mut Vec<u8>, dice: &mut Dice) {
        if let Self::Write(at, bytes) = self {
            for (n, sector) in bytes.chunks(SECTOR).enumerate() {
                if dice.roll(2) == 0 {
                    Self::Write(at + n * SECTOR, sector.to_vec()).apply(to);
                }
            }
        }
    }
}

impl State {
    fn change(&mut self) -> io::Result<()> {
        if self.fuse == Some(0) {
            self.is_off = true;
        }
        self.fuse = self.fuse.map(|left| left.saturating_sub(1));
        match &mut self.fault {
            Some((0, error)) => {
                let error = *error;
                self.fault = None;
                return Err(error.into());
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
        self.is_on()
    }

    fn is_on(&self) -> io::Result<()> {
        if self.is_off { Err(io::Error::other("the power is off")) } else { Ok(()) }
    }
}

impl FakeDisk {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// The power fails after so many changes.
    pub(super) fn fail_after(&self, changes: usize) {
        self.with(|state| state.fuse = Some(changes));
    }

    /// Exactly one change fails, after so many others.
    pub(super) fn fail_once(&self, changes: usize, error: io::ErrorKind) {
        self.with(|state| state.fault = Some((changes, error)));
    }

    /// Whether that came to pass. From now on nothing fails.
    pub(super) fn has_failed(&self) -> bool {
        self.with(|state| state.fault.take().is_none())
    }

    /// The power comes back: what was flushed is there, and of the rest whatever had been written.
    pub(super) fn power_on(&self, dice: &mut Dice) {
        self.with(|state| {
            for node in &mut state.nodes {
                let mut after = node.durable.clone();
                for change in std::mem::take(&mut node.pending) {
                    match dice.roll(3) {
                        0 => change.apply(&mut after),
                        1 => change.tear(&mut after, dice),
                        _ => {}
                    }
                }
                (node.now, node.durable) = (after.clone(), after);
            }
            let mut names = state.durable.clone();
            for (path, node) in &state.names {
                if dice.roll(2) == 0 {
                    names.insert(path.clone(), *node);
                }
            }
            let removed: Vec<_> =
                names.keys().filter(|path| !state.names.contains_key(*path)).cloned().collect();
            for path in removed {
                if dice.roll(2) == 0 {
                    names.remove(&path);
                }
            }
            (state.names, state.durable) = (names.clone(), names);
            (state.fuse, state.is_off) = (None, false);
        });
    }

    fn node(&self, path: &Path) -> io::Result<usize> {
        self.with(|state| {
            state.is_on()?;
            state.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    /// All files.
    pub(super) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.with(|state| {
            state.names.iter().map(|(path, node)| (path.clone(), state.nodes[*node].now.clone())).collect()
        })
    }

    /// Other files in their place.
    pub(super) fn set_contents(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        self.with(|state| {
            *state = State::default();
            for (path, bytes) in files {
                state.names.insert(path.clone(), state.nodes.len());
                state.nodes.push(Node { now: bytes.clone(), durable: bytes.clone(), pending: Vec::new() });
            }
            state.durable = state.names.clone();
        });
    }
}

impl Files for FakeDisk {
    fn make_folder(&self, _: &Path) -> io::Result<()> {
        self.with(|state| state.is_on())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let node = self.with(|state| {
            state.change()?;
            state.nodes.push(Node::default());
            state.names.insert(path.to_owned(), state.nodes.len() - 1);
            Ok::<_, io::Error>(state.nodes.len() - 1)
        })?;
        Ok(Box::new(FakeFile { disk: self.clone(), node, writable: true }))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(FakeFile { disk: self.clone(), node: self.node(path)?, writable: false }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(FakeFile { disk: self.clone(), node: self.node(path)?, writable: true }))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.with(|state| {
            state.change()?;
            state.names.remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        self.with(|state| {
            state.is_on()?;
            let inside = state.names.iter().filter(|(path, _)| path.parent() == Some(folder));
            let entry = |(path, node): (&PathBuf, &usize)| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, state.nodes[*node].now.len() as u64)
            };
            Ok(inside.map(entry).collect())
        })
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.with(|state| {
            state.change()?;
            state.durable = state.names.clone();
            Ok(())
        })
    }
}

struct FakeFile {
    disk: FakeDisk,
    node: usize,
    writable: bool,
}

impl FakeFile {
    fn change(&self, change: Change) -> io::Result<()> {
        assert!(self.writable, "it was opened to be read");
        self.disk.with(|state| {
            state.is_on()?;
            let node = &mut state.nodes[self.node];
            change.apply(&mut node.now);
            // Also where the power fails in the middle of it.
            node.pending.push(change);
            state.change()
        })
    }
}

impl File for FakeFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.disk.with(|state| {
            state.is_on()?;
            let (start, node) = (offset as usize, &state.nodes[self.node]);
            let found = node.now.get(start..start + buffer.len());
            buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.change(Change::Write(offset as usize, bytes.to_vec()))
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.with(|state| {
            let outcome = state.change();
            let node = &mut state.nodes[self.node];
            if !state.is_off {
                let pending = std::mem::take(&mut node.pending);
                // After an error it is read all the same, and the next flush does not look for it.
                if outcome.is_ok() {
                    for change in pending {
                        change.apply(&mut node.durable);
                    }
                }
            }
            outcome
        })
    }

    fn len(&self) -> io::Result<u64> {
        self.disk.with(|state| {
            state.is_on()?;
            Ok(state.nodes[self.node].now.len() as u64)
        })
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.change(Change::Cut(length as usize))
    }
}
