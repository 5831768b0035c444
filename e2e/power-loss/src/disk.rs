//! The model of a disk: what is surely on it, and what was asked of it since. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rand::Rng;

use crate::{Content, Image};

/// A file or folder, whatever its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u64);

impl Node {
    /// The folder that everything is in.
    pub const ROOT: Self = Self(0);
}

/// A name in a folder.
pub type Place = (Node, OsString);

/// Something that is asked of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new folder.
    MakeFolder(Place, Node),
    /// A new, empty file.
    MakeFile(Place, Node),
    /// Another name of a file.
    Link(Place, Node),
    /// A name goes.
    Remove(Place),
    /// A name becomes another, in place of what had it.
    Rename(Place, Place),
    /// Bytes of a file from there on.
    Write(Node, u64, Vec<u8>),
    /// A file's length.
    Resize(Node, u64),
    /// A flush of a file or folder begins: it is known by its number.
    BeginFlush(u64, Node),
    /// It has ended well.
    EndFlush(u64),
}

/// A disk.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    names: BTreeMap<Place, Node>,
    /// Changes of names that no flush has covered, in order.
    naming: Vec<Naming>,
    /// How many changes of names there were.
    named: u64,
    files: BTreeMap<Node, File>,
    flushes: HashMap<u64, Flush>,
}

#[derive(Clone, Debug)]
struct Naming {
    number: u64,
    what: Name,
}

#[derive(Clone, Debug)]
enum Name {
    Set(Place, Node),
    Remove(Place),
    Rename(Place, Place),
}

/// A flush that is under way, and what it covers.
#[derive(Clone, Copy, Debug)]
struct Flush {
    of: Node,
    named: u64,
    edited: usize,
}

/// A file's bytes.
#[derive(Clone, Debug, Default)]
struct File {
    flushed: Vec<u8>,
    /// What no flush has covered, in order.
    edits: Vec<Edit>,
    /// How many edits were covered.
    covered: usize,
}

#[derive(Clone, Debug)]
enum Edit {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// How much of what was not flushed is there after all.
struct Luck {
    odds: f64,
    sector: usize,
}

impl Name {
    fn places(&self) -> impl Iterator<Item = &Place> {
        let (first, second) = match self {
            Self::Set(place, _) | Self::Remove(place) => (place, None),
            Self::Rename(from, to) => (from, Some(to)),
        };
        std::iter::once(first).chain(second)
    }

    fn apply(&self, names: &mut BTreeMap<Place, Node>) {
        match self {
            Self::Set(place, node) => drop(names.insert(place.clone(), *node)),
            Self::Remove(place) => drop(names.remove(place)),
            Self::Rename(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
        }
    }
}

impl Disk {
    /// A disk with these on it, all flushed, and the node of each path.
    pub fn holding(image: &Image) -> (Self, BTreeMap<PathBuf, Node>) {
        let mut disk = Self::default();
        let mut nodes = BTreeMap::from([(PathBuf::new(), Node::ROOT)]);
        for (number, (path, content)) in (1..).zip(&image.0) {
            let node = Node(number);
            let folder = path.parent().and_then(|folder| nodes.get(folder)).copied().unwrap_or(Node::ROOT);
            disk.names.insert((folder, path.file_name().unwrap_or_default().to_owned()), node);
            if let Content::File(bytes) = content {
                disk.files.insert(node, File { flushed: bytes.clone(), ..File::default() });
            }
            nodes.insert(path.clone(), node);
        }
        (disk, nodes)
    }

    /// Does what is asked.
    pub fn change(&mut self, change: &Change) {
        match change {
            Change::MakeFolder(place, node) | Change::Link(place, node) => {
                self.name(Name::Set(place.clone(), *node));
            }
            Change::MakeFile(place, node) => {
                self.files.insert(*node, File::default());
                self.name(Name::Set(place.clone(), *node));
            }
            Change::Remove(place) => self.name(Name::Remove(place.clone())),
            Change::Rename(from, to) => self.name(Name::Rename(from.clone(), to.clone())),
            Change::Write(node, at, bytes) => self.edit(*node, Edit::Write(*at as usize, bytes.clone())),
            Change::Resize(node, length) => self.edit(*node, Edit::Resize(*length as usize)),
            Change::BeginFlush(number, node) => {
                let edited = self.files.get(node).map_or(0, |file| file.covered + file.edits.len());
                self.flushes.insert(*number, Flush { of: *node, named: self.named, edited });
            }
            Change::EndFlush(number) => {
                if let Some(flush) = self.flushes.remove(number) {
                    self.flush(flush);
                }
            }
        }
    }

    fn name(&mut self, what: Name) {
        self.naming.push(Naming { number: self.named, what });
        self.named += 1;
    }

    fn edit(&mut self, node: Node, edit: Edit) {
        self.files.entry(node).or_default().edits.push(edit);
    }

    fn flush(&mut self, flush: Flush) {
        if let Some(file) = self.files.get_mut(&flush.of) {
            return file.cover(flush.edited);
        }
        // With a name's change goes what was done to the same names before it.
        let mut places = BTreeSet::new();
        let mut covered = BTreeSet::new();
        for naming in self.naming.iter().rev() {
            let is_of = naming.what.places().any(|(folder, _)| *folder == flush.of);
            if (naming.number < flush.named && is_of)
                || naming.what.places().any(|place| places.contains(place))
            {
                covered.insert(naming.number);
                places.extend(naming.what.places().cloned());
            }
        }
        let names = &mut self.names;
        self.naming.retain(|naming| {
            let is_covered = covered.contains(&naming.number);
            if is_covered {
                naming.what.apply(names);
            }
            !is_covered
        });
    }

    /// What whoever uses it sees.
    pub fn now(&self) -> Image {
        let mut names = self.names.clone();
        self.naming.iter().for_each(|naming| naming.what.apply(&mut names));
        self.image(&names, File::now)
    }

    /// What is on it after the power failed: what was flushed, and of the rest whatever the dice say.
    pub fn power_lost(&self, dice: &mut impl Rng) -> Image {
        let luck = Luck {
            odds: [0.0, 0.1, 0.5, 0.9, 1.0][dice.random_range(0..5)],
            sector: if dice.random() { 512 } else { 4096 },
        };
        let mut names = self.names.clone();
        let mut lost = BTreeSet::new();
        for naming in &self.naming {
            let follows_lost = naming.what.places().any(|place| lost.contains(place));
            if follows_lost || !dice.random_bool(luck.odds) {
                lost.extend(naming.what.places());
            } else {
                naming.what.apply(&mut names);
            }
        }
        self.image(&names, |file| file.power_lost(&luck, dice))
    }

    fn image(&self, names: &BTreeMap<Place, Node>, mut content: impl FnMut(&File) -> Vec<u8>) -> Image {
        let mut image = Image::default();
        let mut folders = vec![(PathBuf::new(), Node::ROOT)];
        while let Some((path, folder)) = folders.pop() {
            let inside = names.range((folder, OsString::new())..).take_while(|((of, _), _)| *of == folder);
            for ((_, name), node) in inside {
                let path = Path::new(&path).join(name);
                let content = if let Some(file) = self.files.get(node) {
                    Content::File(content(file))
                } else {
                    folders.push((path.clone(), *node));
                    Content::Folder
                };
                image.0.insert(path, content);
            }
        }
        image
    }
}

impl Edit {
    /// The length of a file after it.
    fn length(&self, before: usize) -> usize {
        match self {
            Self::Write(at, bytes) => before.max(at + bytes.len()),
            Self::Resize(length) => *length,
        }
    }

    fn apply(&self, to: &mut Vec<u8>) {
        to.resize(self.length(to.len()), 0);
        if let Self::Write(at, bytes) = self {
            to[*at..at + bytes.len()].copy_from_slice(bytes);
        }
    }
}

impl File {
    /// A flush covered so many edits of all that there ever were.
    fn cover(&mut self, edited: usize) {
        let count = edited.saturating_sub(self.covered);
        for edit in self.edits.drain(..count) {
            edit.apply(&mut self.flushed);
        }
        self.covered += count;
    }

    fn now(&self) -> Vec<u8> {
        let mut bytes = self.flushed.clone();
        self.edits.iter().for_each(|edit| edit.apply(&mut bytes));
        bytes
    }

    /// Its length as it was after some edit, and each sector as it was after some edit, the same or another.
    fn power_lost(&self, luck: &Luck, dice: &mut impl Rng) -> Vec<u8> {
        let mut moment = |from: usize, until: usize| match luck.odds {
            0.0 => from,
            1.0 => until,
            _ => dice.random_range(from..=until),
        };
        let lived = moment(0, self.edits.len());
        let (done, open) = self.edits.split_at(lived);
        let length = done.iter().fold(self.flushed.len(), |length, edit| edit.length(length));
        // A cut takes its blocks along: none is of a time on its other side.
        let is_cut = |edit: &Edit| matches!(edit, Edit::Resize(_));
        let oldest = done.iter().rposition(is_cut).map_or(0, |cut| cut + 1);
        let newest = open.iter().position(is_cut).map_or(self.edits.len(), |cut| lived + cut);
        let mut bytes = self.flushed.clone();
        let mut sectors = HashMap::new();
        for (number, edit) in self.edits.iter().enumerate() {
            let (from, until) = match edit {
                Edit::Write(at, written) => (*at, at + written.len()),
                Edit::Resize(length) => (*length, bytes.len().max(*length)),
            };
            bytes.resize(bytes.len().max(until), 0);
            for sector in from / luck.sector..until.div_ceil(luck.sector) {
                let lived = *sectors.entry(sector).or_insert_with(|| moment(oldest, newest));
                if number < lived {
                    let here = (from.max(sector * luck.sector), until.min((sector + 1) * luck.sector));
                    match edit {
                        Edit::Write(at, written) => {
                            bytes[here.0..here.1].copy_from_slice(&written[here.0 - at..here.1 - at]);
                        }
                        Edit::Resize(_) => bytes[here.0..here.1].fill(0),
                    }
                }
            }
        }
        bytes.resize(length, 0);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const FOLDER: Node = Node(1);
    const FILE: Node = Node(2);

    fn place(folder: Node, name: &str) -> Place {
        (folder, name.into())
    }

    fn write(at: u64, byte: u8, length: usize) -> Change {
        Change::Write(FILE, at, vec![byte; length])
    }

    fn disk(changes: &[Change]) -> Disk {
        let mut disk = Disk::default();
        for change in changes {
            disk.change(change);
        }
        disk
    }

    /// A file `a` that was flushed, in a root that was.
    fn kept(length: usize) -> Vec<Change> {
        vec![
            Change::MakeFile(place(Node::ROOT, "a"), FILE),
            write(0, b'a', length),
            Change::BeginFlush(1, FILE),
            Change::EndFlush(1),
            Change::BeginFlush(2, Node::ROOT),
            Change::EndFlush(2),
        ]
    }

    /// All that may be there after these changes: each file with the bytes that occur, and how often.
    fn outcomes(changes: &[Change]) -> BTreeSet<String> {
        let disk = disk(changes);
        let shown = |bytes: &[u8]| {
            let runs = bytes.chunk_by(|one, other| one == other);
            let letter = |byte| if byte == 0 { '0' } else { char::from(byte) };
            runs.flat_map(|run| [letter(run[0]).to_string(), run.len().to_string()]).collect::<String>()
        };
        let outcome = |seed| {
            let mut dice = StdRng::seed_from_u64(seed);
            let image = disk.power_lost(&mut dice);
            let entry = |(path, content): (&PathBuf, &Content)| match content {
                Content::Folder => format!("{}/", path.display()),
                Content::File(bytes) => format!("{}={}", path.display(), shown(bytes)),
            };
            image.0.iter().map(entry).collect::<Vec<_>>().join(" ")
        };
        (0..400).map(outcome).collect()
    }

    fn check(changes: &[Change], expected: &[&str]) {
        let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(outcomes(changes), expected);
    }

    #[test]
    fn what_was_flushed_with_its_name_is_there() {
        check(&kept(3), &["a=a3"]);
    }

    #[test]
    fn a_name_needs_its_folder_and_a_folder_its_own() {
        let make = [
            Change::MakeFolder(place(Node::ROOT, "f"), FOLDER),
            Change::MakeFile(place(FOLDER, "a"), FILE),
            Change::BeginFlush(1, FOLDER),
            Change::EndFlush(1),
        ];
        check(&make[..1], &["", "f/"]);
        check(&make[..2], &["", "f/", "f/ f/a="]);
        check(&make, &["", "f/ f/a="]);
    }

    #[test]
    fn a_flush_covers_what_was_written_before_it_began() {
        let mut changes = kept(1);
        changes.extend([Change::BeginFlush(3, FILE), write(0, b'b', 1), Change::EndFlush(3)]);
        check(&changes, &["a=a1", "a=b1"]);
        // One that has not ended covers nothing.
        let begun = [kept(1), vec![write(0, b'b', 1), Change::BeginFlush(3, FILE)]].concat();
        check(&begun, &["a=a1", "a=b1"]);
    }

    #[test]
    fn a_write_is_torn_at_sectors_and_nowhere_else() {
        let changes = [kept(1024), vec![write(0, b'b', 1024)]].concat();
        check(&changes, &["a=a1024", "a=b1024", "a=a512b512", "a=b512a512"]);
    }

    #[test]
    fn a_file_may_have_grown_without_its_bytes() {
        let changes = [kept(512), vec![write(512, b'b', 512)]].concat();
        check(&changes, &["a=a512", "a=a512b512", "a=a5120512"]);
    }

    #[test]
    fn what_shares_a_sector_is_of_one_moment() {
        let changes = [kept(2), vec![write(0, b'b', 1), write(1, b'c', 1)]].concat();
        check(&changes, &["a=a2", "a=b1a1", "a=b1c1"]);
    }

    #[test]
    fn what_was_cut_off_does_not_come_back_behind_what_follows() {
        let changes = [kept(2), vec![Change::Resize(FILE, 0), write(1, b'c', 1)]].concat();
        check(&changes, &["a=a2", "a=", "a=02", "a=01c1"]);
    }

    #[test]
    fn a_rename_is_done_or_not_and_takes_along_what_was_done_before() {
        let replace = |flushed: Node| {
            let mut changes = kept(1);
            changes.extend([
                Change::MakeFolder(place(Node::ROOT, "f"), FOLDER),
                Change::BeginFlush(3, Node::ROOT),
                Change::EndFlush(3),
                Change::MakeFile(place(FOLDER, "b"), Node(3)),
                Change::Rename(place(FOLDER, "b"), place(Node::ROOT, "a")),
                Change::BeginFlush(4, flushed),
                Change::EndFlush(4),
            ]);
            changes
        };
        check(&replace(FILE), &["a=a1 f/", "a=a1 f/ f/b=", "a= f/"]);
        check(&replace(FOLDER), &["a= f/"]);
        check(&replace(Node::ROOT), &["a= f/"]);
    }

    #[test]
    fn what_is_seen_is_all_that_was_asked() {
        let changes = [kept(3), vec![Change::Resize(FILE, 1), write(2, b'b', 1)]].concat();
        let seen = disk(&changes).now();
        assert_eq!(seen.0[Path::new("a")], Content::File(vec![b'a', 0, b'b']));
        let (again, nodes) = Disk::holding(&seen);
        assert_eq!(again.power_lost(&mut StdRng::seed_from_u64(1)), seen);
        assert_eq!(nodes[Path::new("a")], Node(1));
    }
}
