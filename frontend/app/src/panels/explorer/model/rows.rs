//! The rows of the tree: kept flat, and patched in the stretch that a change touches. What is known and what is open is the
//! tree's business, and how rows look the widget's.

use std::{mem, ops::Range};

use protocol::{
    WorkspacePath,
    file::{Entry, Kind},
};
use widgets::{TreeRow, TreeRows, near};
use yew::AttrValue;

use super::{Explorer, Folder, MORE, Naming, opens};
use crate::{icons, messages::say, text::shown_name};

/// The row of what is being made; no path begins with a slash.
const NEW: &str = "/new";
/// Names that are not shown: not the person's own files.
const HIDDEN: [&str; 1] = [".git"];

impl Explorer {
    /// The rows of the tree.
    pub fn rows(&self) -> TreeRows {
        self.rows.clone()
    }

    /// The row that is being named.
    pub fn named_row(&self) -> Option<AttrValue> {
        Some(match self.naming.as_ref()? {
            Naming::Rename(path) => path.to_string().into(),
            Naming::File(_) | Naming::Folder(_) => NEW.into(),
        })
    }

    /// The files among what is selected, as they stand in the tree.
    pub fn selected_files(&self) -> Vec<WorkspacePath> {
        let pointed = |row: &TreeRow| self.selected.is_empty() && self.focused.as_ref() == Some(&row.key);
        let rows = self.rows.read();
        let files = rows.iter().filter(|row| row.expanded.is_none());
        let meant = files.filter(|row| self.selected.contains(&row.key) || pointed(row));
        meant.filter_map(|row| WorkspacePath::parse(&row.key).ok()).collect()
    }

    /// Patches the rows of what has changed, each folder after the one that it is in.
    pub(super) fn patch(&mut self) {
        if self.naming != self.drawn_naming {
            let before = mem::replace(&mut self.drawn_naming, self.naming.clone());
            self.changed.extend(before.iter().chain(&self.naming).map(Naming::folder));
        }
        let mut changed = mem::take(&mut self.changed);
        changed.sort();
        let mut kept = self.rows.clone();
        kept.change(|rows| {
            let mut drawn = Patch { rows, seen: 0, changed: false };
            for path in &changed {
                self.patch_folder(path, &mut drawn);
            }
            #[cfg(test)]
            self.seen.set(self.seen.get() + drawn.seen);
            drawn.changed
        });
        self.rows = kept;
    }

    /// Patches the row of a folder and those below it. What another folder shows, in it or around it, stays.
    fn patch_folder(&self, path: &WorkspacePath, drawn: &mut Patch) {
        let Some((at, level)) = self.place_of(path, drawn) else { return };
        // What was a folder may be none any more, and still be to be opened.
        let is_folder = at.is_none_or(|at| drawn.unfold(at, self.is_visible(path)));
        let open = is_folder && self.is_visible(path);
        let start = at.map_or(0, |at| at + 1);
        let end = drawn.end(start, level);
        let entries: Vec<&Entry> = match self.folders.get(path) {
            Some(folder) if open => folder.shown().collect(),
            _ => Vec::new(),
        };
        // From the end on: what comes before it keeps its place meanwhile.
        let end =
            drawn.replace_last(start..end, MORE, level, open.then(|| self.more_row(path, level)).flatten());
        let head = usize::from(drawn.is(start, NEW, level));
        let (kept, until, first, last) = self.differ(path, &entries, (start + head, end, level), drawn);
        let siblings = self.siblings(path);
        let mut fresh = Vec::new();
        for (index, entry) in entries.iter().enumerate().take(last).skip(first) {
            self.add_entry(path, entry, (index + 1, siblings), level, &mut fresh);
        }
        let end = end + fresh.len() - (until - kept);
        drawn.splice(kept..until, fresh);
        drawn.number((start + head)..end, level, siblings);
        let naming = open.then(|| self.naming_row(path, level)).flatten();
        drawn.replace(start..start + head, naming);
    }

    /// Where the row of a folder is, none for the root; and the level of what it holds. None where it is not shown.
    fn place_of(&self, path: &WorkspacePath, drawn: &mut Patch) -> Option<(Option<usize>, u32)> {
        if path.is_root() {
            return Some((None, 1));
        }
        if !self.ancestors_open(path) {
            return None;
        }
        let folder = self.folders.get(path);
        // Where it was last, or near what was looked at last: a folder that is opened has the focus.
        let from = folder.and_then(|folder| folder.at.get()).unwrap_or_else(|| self.rows.found());
        let at = drawn.find(path.as_str(), from)?;
        if let Some(folder) = folder {
            folder.at.set(Some(at));
        }
        Some((Some(at), drawn.level(at)? + 1))
    }

    /// Which rows are to be made anew, and of which entries: all between those at the beginning and at the end that are as they
    /// were. What lies below a row that stays, stays too.
    fn differ(
        &self,
        path: &WorkspacePath,
        entries: &[&Entry],
        (start, end, level): (usize, usize, u32),
        drawn: &mut Patch,
    ) -> (usize, usize, usize, usize) {
        let (mut kept, mut first) = (start, 0);
        while let Some(entry) = entries.get(first).filter(|_| kept < end) {
            if !drawn.row(kept).is_some_and(|row| self.stays(row, path, entry)) {
                break;
            }
            (kept, first) = (drawn.end(kept + 1, level + 1), first + 1);
        }
        let (mut until, mut last) = (end, entries.len());
        while let Some(entry) =
            last.checked_sub(1).filter(|last| *last >= first).and_then(|last| entries.get(last))
        {
            let Some(at) = drawn.last_at(kept..until, level) else { break };
            if !drawn.row(at).is_some_and(|row| self.stays(row, path, entry)) {
                break;
            }
            (until, last) = (at, last - 1);
        }
        (kept, until, first, last)
    }

    /// Whether a row of a folder is that of an entry, as it is now.
    fn stays(&self, row: &TreeRow, path: &WorkspacePath, entry: &Entry) -> bool {
        let (icon, _, detail) = look(entry, row.expanded);
        let open = || self.open.contains(&path.join(&entry.name));
        let named = matches!(&self.naming, Some(Naming::Rename(path)) if row.key == path.as_str());
        row.key.rsplit('/').next() == Some(entry.name.as_str())
            && (row.icon == icon && row.detail == detail && row.editing.is_some() == named)
            && row.expanded == opens(entry.kind).then(open)
    }

    /// The rows of what is in a folder, made anew.
    fn add_rows(&self, path: &WorkspacePath, level: u32, rows: &mut Vec<TreeRow>) {
        rows.extend(self.naming_row(path, level));
        let Some(folder) = self.folders.get(path) else { return };
        let siblings = self.siblings(path);
        for (index, entry) in folder.shown().enumerate() {
            self.add_entry(path, entry, (index + 1, siblings), level, rows);
        }
        rows.extend(self.more_row(path, level));
    }

    /// The row of an entry, which is in this place among so many; and those below it.
    fn add_entry(
        &self,
        path: &WorkspacePath,
        entry: &Entry,
        (position, siblings): (usize, usize),
        level: u32,
        rows: &mut Vec<TreeRow>,
    ) {
        let inner = path.join(&entry.name);
        let expanded = opens(entry.kind).then(|| self.open.contains(&inner));
        let (icon, class, detail) = look(entry, expanded);
        let named = matches!(&self.naming, Some(Naming::Rename(path)) if *path == inner);
        rows.push(TreeRow {
            key: inner.to_string().into(),
            label: shown_name(&entry.name).into(),
            detail: detail.into(),
            level,
            expanded,
            icon: icon.into(),
            class,
            position,
            siblings,
            editing: named.then(|| entry.name.clone().into()),
            ..TreeRow::default()
        });
        if expanded == Some(true) {
            self.add_rows(&inner, level + 1, rows);
        }
    }

    fn siblings(&self, path: &WorkspacePath) -> usize {
        self.folders.get(path).map_or(0, |folder| folder.total.max(folder.entries.len()))
    }

    fn naming_row(&self, path: &WorkspacePath, level: u32) -> Option<TreeRow> {
        let icon = match &self.naming {
            Some(Naming::File(folder)) if folder == path => "file",
            Some(Naming::Folder(folder)) if folder == path => "folder",
            _ => return None,
        };
        let editing = Some(AttrValue::default());
        Some(TreeRow { key: NEW.into(), level, icon: icon.into(), editing, ..TreeRow::default() })
    }

    /// The row that lists the rest of a folder, or tries again.
    fn more_row(&self, path: &WorkspacePath, level: u32) -> Option<TreeRow> {
        let folder = self.folders.get(path)?;
        let rest = folder.total.saturating_sub(folder.entries.len());
        let label = match &folder.trouble {
            Some(reason) if !path.is_root() || folder.next.is_some() => say!("files.retry", reason = reason),
            None if folder.next.is_some() => say!("files.more", count = rest),
            _ => return None,
        };
        Some(TreeRow {
            key: format!("{MORE}{path}").into(),
            label,
            level,
            icon: "ellipsis".into(),
            class: "tint-muted",
            position: folder.entries.len() + 1,
            siblings: folder.total,
            ..TreeRow::default()
        })
    }
}

impl Folder {
    /// What of it is shown.
    fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !HIDDEN.contains(&entry.name.as_str()))
    }
}

impl Naming {
    /// The folder whose rows show it.
    fn folder(&self) -> WorkspacePath {
        match self {
            Self::File(folder) | Self::Folder(folder) => folder.clone(),
            Self::Rename(path) => path.parent().unwrap_or_default(),
        }
    }
}

/// The icon of an entry, its class and what stands after its name.
fn look(entry: &Entry, expanded: Option<bool>) -> (&'static str, &'static str, &'static str) {
    let (icon, class) = match (entry.kind, expanded) {
        (kind, Some(true)) if opens(kind) => ("folder-open", "tint-accent"),
        (Kind::Folder | Kind::Mount | Kind::FolderLink, _) => ("folder", "tint-accent"),
        (Kind::File, _) => icons::of_file(&entry.name),
        (Kind::Link, _) => ("link", "tint-muted"),
        (Kind::Other, _) => ("plug", "tint-muted"),
    };
    let detail = match entry.kind {
        Kind::FolderLink => "→",
        Kind::Mount => say!("files.mounted"),
        _ => "",
    };
    (icon, class, detail)
}

/// Rows while they are patched.
struct Patch<'a> {
    rows: &'a mut Vec<TreeRow>,
    /// How many rows were looked at or made.
    seen: usize,
    /// Whether any is different now.
    changed: bool,
}

impl Patch<'_> {
    fn row(&mut self, at: usize) -> Option<&TreeRow> {
        self.seen += 1;
        self.rows.get(at)
    }

    fn level(&mut self, at: usize) -> Option<u32> {
        Some(self.row(at)?.level)
    }

    /// The place of a key, looked for from a place on.
    fn find(&mut self, key: &str, from: usize) -> Option<usize> {
        near(from, self.rows.len(), |at| self.row(at).is_some_and(|row| row.key == key))
    }

    /// Where the rows of this level and below it end that begin here.
    fn end(&mut self, start: usize, level: u32) -> usize {
        let mut end = start;
        while self.level(end).is_some_and(|below| below >= level) {
            end += 1;
        }
        end
    }

    /// The last row of just this level.
    fn last_at(&mut self, mut within: Range<usize>, level: u32) -> Option<usize> {
        within.rfind(|at| self.level(*at) == Some(level))
    }

    /// Whether the row here is of this level, and its key begins so.
    fn is(&mut self, at: usize, key: &str, level: u32) -> bool {
        self.row(at).is_some_and(|row| row.level == level && row.key.starts_with(key))
    }

    /// Shows a folder open or closed; whether it is one.
    fn unfold(&mut self, at: usize, open: bool) -> bool {
        self.seen += 1;
        let Some(row) = self.rows.get_mut(at) else { return false };
        if row.expanded == Some(!open) {
            row.expanded = Some(open);
            row.icon = if open { "folder-open" } else { "folder" }.into();
            self.changed = true;
        }
        row.expanded.is_some()
    }

    fn splice(&mut self, range: Range<usize>, mut by: Vec<TreeRow>) {
        if range.is_empty() && by.is_empty() {
            return;
        }
        self.seen += range.len() + by.len();
        self.changed = true;
        let mut after = self.rows.split_off(range.end);
        self.rows.truncate(range.start);
        self.rows.append(&mut by);
        self.rows.append(&mut after);
    }

    /// Puts a row, or none, in the place of one that may be there.
    fn replace(&mut self, range: Range<usize>, by: Option<TreeRow>) {
        if self.rows.get(range.clone()) != Some(by.as_slice()) {
            self.splice(range, by.into_iter().collect());
        }
    }

    /// The same, at the end of rows and by how its key begins; where the others end.
    fn replace_last(&mut self, rows: Range<usize>, key: &str, level: u32, by: Option<TreeRow>) -> usize {
        let last = rows.end.checked_sub(1).filter(|last| *last >= rows.start);
        let end = last.filter(|last| self.is(*last, key, level)).unwrap_or(rows.end);
        self.replace(end..rows.end, by);
        end
    }

    /// Gives each row of this level its place among its siblings.
    fn number(&mut self, rows: Range<usize>, level: u32, siblings: usize) {
        let mut position = 0;
        self.seen += rows.len();
        for row in self.rows.get_mut(rows).unwrap_or_default().iter_mut().filter(|row| row.level == level) {
            position += 1;
            if (row.position, row.siblings) != (position, siblings) {
                (row.position, row.siblings) = (position, siblings);
                self.changed = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::{CallError, ErrorCode, file::FolderPage};

    use super::{super::Message, *};
    use crate::state::Model;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn entry(name: &str, kind: Kind) -> Entry {
        Entry { name: name.into(), kind, size: 1, modified_ms: 1 }
    }

    fn list(explorer: &mut Explorer, folder: &str, entries: Vec<Entry>) {
        let page = FolderPage { total: entries.len(), entries, next: None };
        explorer.update(Message::Listed { path: path(folder), after: None, outcome: Ok(page) });
    }

    fn files(names: impl IntoIterator<Item = String>) -> Vec<Entry> {
        names.into_iter().map(|name| entry(&name, Kind::File)).collect()
    }

    fn anew(explorer: &Explorer) -> Vec<TreeRow> {
        let mut rows = Vec::new();
        explorer.add_rows(&WorkspacePath::root(), 1, &mut rows);
        rows
    }

    /// How many rows are looked at or made for a message.
    fn work(explorer: &mut Explorer, message: Message) -> usize {
        explorer.seen.set(0);
        explorer.update(message);
        assert_eq!(*explorer.rows.read(), anew(explorer));
        explorer.seen.get()
    }

    /// Folders before, with so many files, and after; the last one is closed.
    fn tree(count: usize) -> Explorer {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        list(&mut explorer, "", ["a", "big", "z"].map(|name| entry(name, Kind::Folder)).to_vec());
        for (folder, count) in [("a", 3), ("big", count)] {
            explorer.update(Message::Expand(folder.into()));
            list(&mut explorer, folder, files((0..count).map(|number| number.to_string())));
        }
        explorer
    }

    fn listed(folder: &str, names: &[&str]) -> Message {
        let entries = files(names.iter().map(|name| (*name).to_owned()));
        let page = FolderPage { total: entries.len(), entries, next: None };
        Message::Listed { path: path(folder), after: None, outcome: Ok(page) }
    }

    #[test]
    fn a_change_costs_its_own_stretch_however_many_rows_there_are() {
        let costs = |count: usize| {
            let mut explorer = tree(count);
            let key = |number: usize| AttrValue::from(format!("big/{number}"));
            let pointed = [Message::Focus(key(10)), Message::Extend(key(20)), Message::Toggle(key(15))];
            let mut costs: Vec<_> = pointed.into_iter().map(|message| work(&mut explorer, message)).collect();
            assert_eq!(costs, [0, 0, 0], "to point changes no row");
            // As the tree does that is drawn with this focus.
            explorer.update(Message::Focus("z".into()));
            explorer.rows.place("z");
            for message in [
                Message::Expand("z".into()),
                listed("z", &["1", "2", "3"]),
                listed("a", &["0", "1", "2", "new"]),
                listed("z", &["1", "3"]),
                listed("a", &["1", "2"]),
                Message::Focus("z/1".into()),
                Message::Rename,
                Message::NamingCancelled,
                Message::New { folder: false },
                Message::Deleted(vec![path("z/3")]),
                Message::Collapse("z".into()),
                Message::Collapse("a".into()),
            ] {
                costs.push(work(&mut explorer, message));
            }
            costs
        };
        let (few, many) = (costs(60), costs(6000));
        assert_eq!(few, many);
        assert!(many.iter().all(|seen| *seen < 40), "{many:?}");
        assert!(many.iter().sum::<usize>() > 60, "{many:?}: they are counted");
    }

    #[test]
    fn only_rows_between_the_first_and_the_last_change_are_made() {
        let mut explorer = tree(600);
        let names = |explorer: &Explorer| -> Vec<AttrValue> {
            explorer.rows.read().iter().map(|row| row.label.clone()).collect()
        };
        let mut change = |entries: Vec<Entry>, expected: usize| {
            let before = names(&explorer);
            list(&mut explorer, "big", entries);
            let after = names(&explorer);
            let same = |is: &&AttrValue| before.iter().any(|was| std::ptr::eq(was.as_str(), is.as_str()));
            assert_eq!(after.len() - after.iter().filter(same).count(), expected);
        };
        let numbers = |without: usize| {
            (0..600).filter(move |number| *number != without).map(|number| number.to_string())
        };
        change(files(numbers(300)), 0);
        change(files(numbers(600)), 1);
        change(files(["first".to_owned()].into_iter().chain(numbers(600))), 1);
        change(files(numbers(600)), 0);
        change(files(numbers(590)), 0);
        // One goes, and another comes after it: what lies between them is made, too.
        change(files(numbers(595)), 5);
        let rows = explorer.rows();
        list(&mut explorer, "a", files(["0", "1", "2"].map(str::to_owned)));
        assert_eq!(explorer.rows(), rows, "nothing is different: nothing is drawn");
    }

    const NAMES: [&str; 6] = [".git", "d", "e", "f", "g", "h"];
    const FOLDERS: [&str; 7] = ["", "d", "e", "d/d", "d/e", "e/d", "d/d/e"];

    /// A page of a folder: which names it has, and of what kinds, is drawn.
    fn page(draw: usize) -> FolderPage {
        let names = NAMES.iter().enumerate().filter(|(bit, _)| draw >> bit & 1 == 1);
        let kind = |bit: usize| match (bit, draw >> (6 + bit) & 1) {
            (0..3, 0) | (3.., 1) => Kind::Folder,
            (_, 1) => Kind::Link,
            _ => Kind::File,
        };
        let entries: Vec<_> = names.map(|(bit, name)| entry(name, kind(bit))).collect();
        let next = (draw.is_multiple_of(5)).then(|| "page".to_owned());
        FolderPage { total: entries.len() + draw % 3, entries, next }
    }

    fn message(explorer: &Explorer, step: u8, draw: usize) -> Message {
        let folder = path(FOLDERS[draw % FOLDERS.len()]);
        let rows = explorer.rows.read();
        let row = rows.get(draw % rows.len().max(1)).map(|row| row.key.clone()).unwrap_or_default();
        match step {
            0..=4 => Message::Listed { path: folder, after: None, outcome: Ok(page(draw / 7)) },
            5 => {
                let mut page = page(draw / 7);
                let known = explorer.folders.get(&folder);
                let known = known.map(|folder| folder.entries.iter().chain(folder.fresh.iter().flatten()));
                let known: Vec<_> = known.into_iter().flatten().map(|entry| &entry.name).collect();
                page.entries.retain(|entry| !known.contains(&&entry.name));
                Message::Listed { path: folder, after: Some("page".into()), outcome: Ok(page) }
            }
            6 => {
                let code = if draw.is_multiple_of(2) { ErrorCode::NotFound } else { ErrorCode::Unavailable };
                Message::Listed { path: folder, after: None, outcome: Err(CallError::new(code, "no")) }
            }
            7..=9 => Message::Expand(row),
            10 => Message::Collapse(row),
            11 if draw.is_multiple_of(4) => Message::CollapseAll,
            11 => Message::Restore(vec![folder, path("d"), path("d/d")]),
            12 => Message::New { folder: draw.is_multiple_of(2) },
            13 => Message::Rename,
            14 if draw.is_multiple_of(2) => Message::Named("x".into()),
            14 => Message::NamingCancelled,
            15 => WorkspacePath::parse(&row).map_or(Message::Refresh, |path| Message::Deleted(vec![path])),
            16 => Message::Reveal(folder.join("f")),
            17 => Message::Open(row),
            _ => Message::Focus(row),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn patched_rows_are_as_rows_made_anew(steps in prop::collection::vec((0..20_u8, 0..1_000_000_usize), 1..60)) {
            let mut explorer = Explorer::default();
            explorer.update(Message::Connected { resumed: false });
            for (step, draw) in steps {
                let message = message(&explorer, step, draw);
                // Whoever draws the tree looks for the focus first.
                explorer.focused.as_ref().and_then(|key| explorer.rows.place(key));
                let (drawn, before) = (explorer.rows(), explorer.rows.read().clone());
                explorer.update(message.clone());
                let rows = explorer.rows.read();
                prop_assert_eq!(&*rows, &anew(&explorer), "after {:?}", message);
                prop_assert!(*rows == before || drawn != explorer.rows(), "{:?} is not drawn", message);
            }
        }
    }
}
