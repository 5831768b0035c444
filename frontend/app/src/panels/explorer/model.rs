//! The explorer's tree: which folders are known and open, which row has the focus, what is being named.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use protocol::{
    CallError, ErrorCode, WorkspacePath,
    file::{Entry, FolderPage, Kind, MAX_WATCHED},
};
use widgets::TreeRows;
use yew::AttrValue;

use crate::{
    messages::{said_of_path, say},
    state::{Model, layout::MAX_OPENED},
    text::shown_name,
};

mod rows;

/// Marks the row that lists more of a folder; no path begins with a slash.
const MORE: &str = "/more/";

/// The explorer.
#[derive(Default)]
pub struct Explorer {
    folders: HashMap<WorkspacePath, Folder>,
    open: HashSet<WorkspacePath>,
    /// The row with the focus.
    pub focused: Option<AttrValue>,
    /// The rows that are selected together; empty where only the focused one is.
    pub selected: Rc<HashSet<AttrValue>>,
    /// Where the person pointed last without extending: ranges are taken from there.
    pub anchor: Option<AttrValue>,
    /// What is being dragged.
    dragged: Vec<WorkspacePath>,
    /// What is being named.
    pub naming: Option<Naming>,
    /// The rows, patched after each message.
    rows: TreeRows,
    /// The folders whose rows are to be patched.
    changed: Vec<WorkspacePath>,
    /// What is being named in these rows.
    drawn_naming: Option<Naming>,
    /// How many rows were looked at or made to patch them.
    #[cfg(test)]
    seen: Cell<usize>,
    /// The file whose folders are still to be opened; nothing once the person does something in the tree.
    reveal: Option<WorkspacePath>,
    /// The folders whose changes are told, as far as the agent has said so.
    watched: HashSet<WorkspacePath>,
    /// Whether the answer to a watch is awaited, and whether to watch others after it.
    watching: bool,
    watch_again: bool,
}

#[derive(Default)]
struct Folder {
    entries: Vec<Entry>,
    next: Option<String>,
    total: usize,
    loading: bool,
    /// Whether something changed since the listing that is on its way was asked for.
    stale: bool,
    /// What was deleted since then: the listing may still hold it.
    gone: HashSet<String>,
    /// Why the last listing failed.
    trouble: Option<String>,
    /// What was listed anew so far, where the folder has more pages than one: it takes the entries' place when as much
    /// of it is known as is shown.
    fresh: Option<Vec<Entry>>,
    /// Where its row was last.
    at: Cell<Option<usize>>,
}

/// What is being named in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// A new file in a folder.
    File(WorkspacePath),
    /// A new folder in a folder.
    Folder(WorkspacePath),
    /// Something gets another name.
    Rename(WorkspacePath),
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Message {
    /// The link is there.
    Connected {
        /// Whether the agent still knows what is watched, and nothing was missed.
        resumed: bool,
    },
    /// These folders were open the last time.
    Restore(Vec<WorkspacePath>),
    /// A page of a folder came.
    Listed {
        /// The folder.
        path: WorkspacePath,
        /// The page's beginning.
        after: Option<String>,
        /// The page, or why there is none.
        outcome: Result<FolderPage, CallError>,
    },
    /// Changes of these folders are told from now on; without them, the watch could not be set.
    Watched(Option<Vec<WorkspacePath>>),
    /// Folders changed on disk.
    Changed(Vec<WorkspacePath>),
    /// A row gets the focus.
    Focus(AttrValue),
    /// A row joins the selection or leaves it.
    Toggle(AttrValue),
    /// Everything from where the selection began to this row is selected.
    Extend(AttrValue),
    /// A row, and with it the selection it is in, is being dragged.
    Drag(AttrValue),
    /// What was dragged is dropped where the focus is.
    Drop,
    /// These move into a folder.
    MoveTo(Vec<WorkspacePath>, WorkspacePath),
    /// A row is opened, to go on in it.
    Open(AttrValue),
    /// A row is opened to look at it; the keyboard stays here.
    Look(AttrValue),
    /// What is selected is opened beside the group in front, to go on there.
    OpenToSide,
    /// A folder is expanded.
    Expand(AttrValue),
    /// A folder is collapsed.
    Collapse(AttrValue),
    /// All folders are collapsed.
    CollapseAll,
    /// Everything is looked at again.
    Refresh,
    /// A new file, or folder, beside or in what has the focus.
    New {
        /// Whether a folder.
        folder: bool,
    },
    /// What has the focus gets another name.
    Rename,
    /// What has the focus is copied beside itself.
    Duplicate,
    /// What has the focus is to be deleted, after asking.
    AskToDelete,
    /// These are to be deleted.
    Delete(Vec<WorkspacePath>),
    /// These are deleted.
    Deleted(Vec<WorkspacePath>),
    /// The name is written.
    Named(String),
    /// No name after all.
    NamingCancelled,
    /// The person brought a file to the front: it is to be seen in the tree.
    Reveal(WorkspacePath),
    /// This file was in front the last time: it is to be seen in the tree, unless the person is somewhere already.
    Recall(WorkspacePath),
}

impl Message {
    /// Whether it says what a person does in the tree. What was still to happen by itself gives way to that.
    fn is_of_person(&self) -> bool {
        !matches!(
            self,
            Self::Connected { .. }
                | Self::Restore(_)
                | Self::Listed { .. }
                | Self::Watched(_)
                | Self::Changed(_)
                | Self::Deleted(_)
                | Self::Reveal(_)
                | Self::Recall(_)
        )
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// List a page of a folder.
    List {
        /// The folder.
        path: WorkspacePath,
        /// Where the page begins.
        after: Option<String>,
    },
    /// Watch these folders, and no others.
    Watch(Vec<WorkspacePath>),
    /// Remember which folders are open.
    Remember(Vec<WorkspacePath>),
    /// Open a file, and give its editor the keyboard.
    Open(WorkspacePath),
    /// Open a file.
    Look(WorkspacePath),
    /// Open files beside the group in front, and give the editor of the first one the keyboard.
    OpenToSide(Vec<WorkspacePath>),
    /// Make a file.
    CreateFile(WorkspacePath),
    /// Make a folder.
    CreateFolder(WorkspacePath),
    /// Move.
    Rename(WorkspacePath, WorkspacePath),
    /// Copy.
    Copy(WorkspacePath, WorkspacePath),
    /// Ask whether to delete.
    AskToDelete(Vec<WorkspacePath>),
    /// Delete.
    Delete(Vec<WorkspacePath>),
    /// Say why something is not done.
    Complain(String),
}

impl Model for Explorer {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        if message.is_of_person() {
            self.reveal = None;
        }
        let effects = self.react(message);
        self.patch();
        effects
    }
}

impl Explorer {
    fn react(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected { resumed: false } => {
                self.watched.clear();
                self.look_again()
            }
            Message::Refresh => self.look_again(),
            Message::Restore(folders) => self.restore(folders),
            Message::Listed { path, after, outcome } => self.listed(path, after.as_ref(), outcome),
            Message::Watched(folders) => self.in_force(folders),
            Message::Changed(folders) => {
                let seen: Vec<_> = folders.into_iter().filter(|path| self.is_visible(path)).collect();
                seen.into_iter().filter_map(|path| self.list(path)).collect()
            }
            Message::Focus(key) => {
                self.point_at(key);
                Vec::new()
            }
            Message::Toggle(key) => self.toggle(key),
            Message::Extend(key) => self.extend(key),
            Message::Drag(key) => {
                self.point_at(key);
                self.dragged = self.selection();
                Vec::new()
            }
            Message::Drop => {
                let (dragged, folder) = (std::mem::take(&mut self.dragged), self.target_folder());
                self.move_into(dragged, &folder)
            }
            Message::MoveTo(paths, folder) => self.move_into(paths, &folder),
            Message::Open(key) => self.open_row(key, Effect::Open),
            Message::Look(key) => self.open_row(key, Effect::Look),
            Message::OpenToSide => vec![match self.selected_files() {
                files if (1..=MAX_OPENED).contains(&files.len()) => Effect::OpenToSide(files),
                _ => Effect::Complain(say!("files.not-to-side", most = MAX_OPENED).to_string()),
            }],
            Message::Expand(key) => self.expand(key),
            Message::Collapse(key) => self.collapse(key),
            Message::CollapseAll => {
                self.changed.extend(self.open.drain());
                self.watch_and_remember()
            }
            Message::New { folder } => self.start_new(folder),
            Message::Rename => {
                self.naming = self.focused_path().filter(|path| !path.is_root()).map(Naming::Rename);
                Vec::new()
            }
            Message::Duplicate => self.duplicate(),
            Message::AskToDelete => Some(self.selection())
                .filter(|paths| !paths.is_empty())
                .map(Effect::AskToDelete)
                .into_iter()
                .collect(),
            Message::Delete(paths) => vec![Effect::Delete(paths)],
            Message::Deleted(paths) => self.deleted(&paths),
            Message::Named(name) => self.named(name.trim()),
            Message::NamingCancelled => {
                self.naming = None;
                Vec::new()
            }
            Message::Reveal(path) => self.reveal(path),
            Message::Recall(path) if self.focused.is_none() => self.reveal(path),
            Message::Connected { resumed: true } | Message::Recall(_) => Vec::new(),
        }
    }

    /// Whether the root is known, or why not.
    pub fn is_known(&self) -> bool {
        self.folders.contains_key(&WorkspacePath::root())
    }

    /// The path of the row with the focus.
    pub fn focused_path(&self) -> Option<WorkspacePath> {
        let key = self.focused.as_ref()?;
        WorkspacePath::parse(key).ok()
    }

    /// The folder that new things go to: the focused one, or the one around what has the focus.
    pub fn target_folder(&self) -> WorkspacePath {
        let Some(path) = self.focused_path() else { return WorkspacePath::root() };
        if self.is_folder(&path) { path } else { path.parent().unwrap_or_default() }
    }

    /// Whether a path is known to be a folder.
    pub fn is_folder(&self, path: &WorkspacePath) -> bool {
        path.is_root() || self.entry(path).is_some_and(|entry| opens(entry.kind))
    }

    fn entry(&self, path: &WorkspacePath) -> Option<&Entry> {
        let folder = self.folders.get(&path.parent()?)?;
        folder.entries.iter().find(|entry| entry.name == path.name())
    }

    fn is_visible(&self, path: &WorkspacePath) -> bool {
        path.is_root() || self.open.contains(path)
    }

    fn visible(&self) -> Vec<WorkspacePath> {
        let root = WorkspacePath::root();
        let mut shown: Vec<_> = self.open.iter().filter(|path| self.ancestors_open(path)).cloned().collect();
        shown.sort();
        std::iter::once(root).chain(shown).take(MAX_WATCHED).collect()
    }

    fn ancestors_open(&self, path: &WorkspacePath) -> bool {
        path.parent().is_none_or(|parent| {
            parent.is_root() || (self.open.contains(&parent) && self.ancestors_open(&parent))
        })
    }

    /// Watches what is visible: one call at a time, so that the last one asked is the one that stays.
    fn watch(&mut self) -> Vec<Effect> {
        self.watch_again = self.watching;
        if std::mem::replace(&mut self.watching, true) {
            return Vec::new();
        }
        vec![Effect::Watch(self.visible())]
    }

    /// Lists again what was listed before its changes were told: what changed between the two nobody has said.
    fn in_force(&mut self, folders: Option<Vec<WorkspacePath>>) -> Vec<Effect> {
        self.watching = false;
        let folders = folders.unwrap_or_default();
        let fresh: Vec<_> = folders.iter().filter(|path| !self.watched.contains(path)).cloned().collect();
        self.watched = folders.into_iter().collect();
        let mut effects = if self.watch_again { self.watch() } else { Vec::new() };
        effects.extend(fresh.into_iter().filter_map(|path| self.list(path)));
        effects
    }

    fn watch_and_remember(&mut self) -> Vec<Effect> {
        let mut effects = self.watch();
        effects.push(self.remember());
        effects
    }

    fn remember(&self) -> Effect {
        let mut open: Vec<_> = self.open.iter().cloned().collect();
        open.sort();
        Effect::Remember(open)
    }

    fn list(&mut self, path: WorkspacePath) -> Option<Effect> {
        let folder = self.folders.entry(path.clone()).or_default();
        folder.stale = folder.loading;
        if std::mem::replace(&mut folder.loading, true) {
            return None;
        }
        folder.gone.clear();
        folder.fresh = None;
        Some(Effect::List { path, after: None })
    }

    fn look_again(&mut self) -> Vec<Effect> {
        let visible = self.visible();
        let mut effects = self.watch();
        effects.extend(visible.into_iter().filter_map(|path| self.list(path)));
        effects
    }

    fn restore(&mut self, folders: Vec<WorkspacePath>) -> Vec<Effect> {
        let fresh: Vec<_> = folders.into_iter().filter(|path| self.show_open(path)).collect();
        let mut effects = self.watch();
        effects.extend(fresh.into_iter().filter_map(|path| self.list(path)));
        effects
    }

    /// Opens a folder; whether it was closed.
    fn show_open(&mut self, path: &WorkspacePath) -> bool {
        let closed = self.open.insert(path.clone());
        if closed {
            self.changed.push(path.clone());
        }
        closed
    }

    fn listed(
        &mut self,
        path: WorkspacePath,
        after: Option<&String>,
        outcome: Result<FolderPage, CallError>,
    ) -> Vec<Effect> {
        let Some(folder) = self.folders.get_mut(&path) else { return Vec::new() };
        self.changed.push(path.clone());
        folder.loading = false;
        match outcome {
            Ok(page) => {
                if let Some(after) = folder.take(after.is_none(), page) {
                    folder.loading = true;
                    return vec![Effect::List { path, after: Some(after) }];
                }
            }
            // It is asked again at once.
            Err(_) if folder.stale => {}
            Err(error) if path.is_root() || may_come_back(error.code) => folder.trouble = Some(error.message),
            Err(error) => {
                // A folder that cannot be listed is gone or forbidden: it is shown closed.
                self.folders.remove(&path);
                self.open.remove(&path);
                let mut effects = self.watch_and_remember();
                if error.code != ErrorCode::NotFound {
                    effects.push(Effect::Complain(error.message));
                }
                return effects;
            }
        }
        let again = folder.stale;
        self.unselect_what_is_gone(&path);
        let mut effects: Vec<_> = if again { self.list(path).into_iter().collect() } else { Vec::new() };
        if let Some(path) = self.reveal.take() {
            effects.extend(self.unfold(path));
        }
        effects
    }

    /// Why the root cannot be listed.
    pub fn trouble(&self) -> Option<String> {
        self.folders.get(&WorkspacePath::root())?.trouble.clone()
    }

    /// What is no longer there is no longer selected.
    fn unselect_what_is_gone(&mut self, folder: &WorkspacePath) {
        let Some(known) = self.folders.get(folder).filter(|_| !self.selected.is_empty()) else { return };
        let keys = known.entries.iter().map(|entry| folder.join(&entry.name).to_string().into());
        let keys: HashSet<AttrValue> = keys.collect();
        let stays = |key: &AttrValue| {
            let path = WorkspacePath::parse(key).ok().filter(|path| path.parent().as_ref() == Some(folder));
            path.is_none() || keys.contains(key)
        };
        Rc::make_mut(&mut self.selected).retain(stays);
    }

    /// What is selected, else what has the focus: without what lies in a folder that is selected too.
    pub fn selection(&self) -> Vec<WorkspacePath> {
        let of_key = |key: &AttrValue| WorkspacePath::parse(key).ok().filter(|path| !path.is_root());
        let mut paths: Vec<_> = self.selected.iter().filter_map(of_key).collect();
        if paths.is_empty() {
            paths.extend(self.focused.as_ref().and_then(of_key));
        }
        paths.sort();
        let inside = |path: &WorkspacePath| {
            let mut above = path.parent();
            while let Some(folder) = above.filter(|folder| !folder.is_root()) {
                if self.selected.contains(folder.as_str()) {
                    return true;
                }
                above = folder.parent();
            }
            false
        };
        paths.retain(|path| !inside(path));
        paths
    }

    fn select_none(&mut self) {
        (self.selected, self.anchor) = (Rc::default(), None);
    }

    /// A row is pointed at: alone, or within the selection it is in.
    fn point_at(&mut self, key: AttrValue) {
        if !self.selected.contains(&key) {
            self.select_none();
        }
        (self.anchor, self.focused) = (Some(key.clone()), Some(key));
    }

    fn toggle(&mut self, key: AttrValue) -> Vec<Effect> {
        let focused = self.focused.clone().filter(|_| self.selected.is_empty());
        let selected = Rc::make_mut(&mut self.selected);
        selected.extend(focused);
        if !selected.remove(&key) {
            selected.insert(key.clone());
        }
        (self.anchor, self.focused) = (Some(key.clone()), Some(key));
        Vec::new()
    }

    fn extend(&mut self, key: AttrValue) -> Vec<Effect> {
        let anchor = self.anchor.clone().unwrap_or_else(|| key.clone());
        if let (Some(from), Some(to)) = (self.rows.place(&anchor), self.rows.place(&key)) {
            let rows = self.rows.read();
            let between = rows.iter().skip(from.min(to)).take(from.abs_diff(to) + 1);
            self.selected = Rc::new(between.map(|row| row.key.clone()).collect());
        }
        (self.anchor, self.focused) = (Some(anchor), Some(key));
        Vec::new()
    }

    fn move_into(&mut self, paths: Vec<WorkspacePath>, folder: &WorkspacePath) -> Vec<Effect> {
        self.select_none();
        let elsewhere = |path: &WorkspacePath| path.parent().as_ref() != Some(folder) && !path.is_root();
        let moved = paths.into_iter().filter(elsewhere).map(|path| {
            if folder.is_within(&path) {
                let name = shown_name(path.name());
                return Effect::Complain(say!("files.into-itself", name = name).to_string());
            }
            renamed(&path, folder, path.name())
        });
        moved.collect()
    }

    fn open_row(&mut self, key: AttrValue, open: fn(WorkspacePath) -> Effect) -> Vec<Effect> {
        self.select_none();
        if let Some(folder) = key.strip_prefix(MORE) {
            return self.list_more(folder);
        }
        self.point_at(key);
        let Some(path) = self.focused_path() else { return Vec::new() };
        match self.entry(&path).map(|entry| entry.kind) {
            None => Vec::new(),
            Some(Kind::Other) => {
                let name = shown_name(path.name());
                vec![Effect::Complain(say!("files.not-opened", name = name).to_string())]
            }
            Some(_) => vec![open(path)],
        }
    }

    fn list_more(&mut self, folder: &str) -> Vec<Effect> {
        let Ok(path) = WorkspacePath::parse(folder) else { return Vec::new() };
        let Some(known) = self.folders.get_mut(&path).filter(|known| !known.loading) else {
            return Vec::new();
        };
        known.loading = true;
        vec![Effect::List { path, after: known.next.clone() }]
    }

    fn expand(&mut self, key: AttrValue) -> Vec<Effect> {
        self.point_at(key);
        let Some(path) = self.focused_path() else { return Vec::new() };
        self.show_open(&path);
        let mut effects = self.watch_and_remember();
        effects.extend(self.list(path));
        effects
    }

    fn collapse(&mut self, key: AttrValue) -> Vec<Effect> {
        self.select_none();
        self.point_at(key);
        let Some(path) = self.focused_path() else { return Vec::new() };
        self.open.remove(&path);
        self.changed.push(path);
        self.watch_and_remember()
    }

    fn start_new(&mut self, folder: bool) -> Vec<Effect> {
        let target = self.target_folder();
        let naming = if folder { Naming::Folder(target.clone()) } else { Naming::File(target.clone()) };
        let mut effects = Vec::new();
        if !target.is_root() {
            self.point_at(target.to_string().into());
            // The folders above may have been closed since the focus came here: what is named must be seen.
            let mut above = vec![target];
            while let Some(folder) =
                above.last().and_then(WorkspacePath::parent).filter(|path| !path.is_root())
            {
                above.push(folder);
            }
            let closed: Vec<_> = above.into_iter().rev().filter(|path| self.show_open(path)).collect();
            effects = self.watch_and_remember();
            effects.extend(closed.into_iter().filter_map(|path| self.list(path)));
        }
        self.naming = Some(naming);
        effects
    }

    fn duplicate(&mut self) -> Vec<Effect> {
        let Some(from) = self.focused_path().filter(|path| !path.is_root()) else { return Vec::new() };
        let parent = from.parent().unwrap_or_default();
        let taken = |name: &str| {
            self.folders
                .get(&parent)
                .is_some_and(|folder| folder.entries.iter().any(|entry| entry.name == name))
        };
        let name = (1..10_000).map(|n| copy_name(from.name(), n)).find(|name| !taken(name));
        name.map(|name| Effect::Copy(from, parent.join(&name))).into_iter().collect()
    }

    fn named(&mut self, name: &str) -> Vec<Effect> {
        let Some(naming) = self.naming.take().filter(|_| !name.is_empty()) else { return Vec::new() };
        let effect = match &naming {
            Naming::Rename(from) if from.name() == name => return Vec::new(),
            Naming::File(folder) => made(folder, name, Effect::CreateFile),
            Naming::Folder(folder) => made(folder, name, Effect::CreateFolder),
            Naming::Rename(from) => renamed(from, &from.parent().unwrap_or_default(), name),
        };
        if let Effect::CreateFile(path) | Effect::CreateFolder(path) | Effect::Rename(_, path) = &effect {
            self.point_at(path.to_string().into());
        }
        vec![effect]
    }

    fn deleted(&mut self, paths: &[WorkspacePath]) -> Vec<Effect> {
        let gone = |path: &WorkspacePath| paths.iter().any(|deleted| path.is_within(deleted));
        self.leave(gone);
        self.open.retain(|path| !gone(path));
        self.folders.retain(|path, _| !gone(path));
        for path in paths {
            let Some(folder) = path.parent().and_then(|parent| self.folders.get_mut(&parent)) else {
                continue;
            };
            self.changed.extend(path.parent());
            folder.entries.retain(|entry| entry.name != path.name());
            if folder.loading {
                folder.gone.insert(path.name().to_owned());
                folder.stale = true;
            }
        }
        self.watch_and_remember()
    }

    /// Where the row with the focus goes away, its neighbour gets it; what goes is selected no more.
    fn leave(&mut self, gone: impl Fn(&WorkspacePath) -> bool) {
        let goes = |key: &AttrValue| WorkspacePath::parse(key).is_ok_and(|path| gone(&path));
        Rc::make_mut(&mut self.selected).retain(|key| !goes(key));
        let Some(focused) = self.focused.clone().filter(goes) else { return };
        let at = self.rows.place(&focused).unwrap_or_default();
        let rows = self.rows.read();
        let (before, after) = rows.split_at(at.min(rows.len()));
        let stays = after.iter().chain(before.iter().rev()).find(|row| !goes(&row.key));
        let neighbour = stays.map(|row| row.key.clone());
        drop(rows);
        (self.anchor, self.focused) = (neighbour.clone(), neighbour);
    }

    /// Points at a file for the person who brought it to the front, and opens the folders it is in. Not while something
    /// is named or several rows are selected: then the person is at work here.
    fn reveal(&mut self, path: WorkspacePath) -> Vec<Effect> {
        if self.naming.is_some() || self.selected.len() > 1 {
            return Vec::new();
        }
        self.select_none();
        self.point_at(path.to_string().into());
        self.unfold(path)
    }

    /// Opens the next folder above a file; the listing of each leads to the next.
    fn unfold(&mut self, path: WorkspacePath) -> Vec<Effect> {
        let mut closed = None;
        let mut folder = path.parent();
        while let Some(current) = folder.filter(|folder| !folder.is_root()) {
            folder = current.parent();
            closed = Some(current).filter(|current| !self.open.contains(current)).or(closed);
        }
        let Some(first) = closed else { return Vec::new() };
        self.reveal = Some(path);
        self.show_open(&first);
        let mut effects = self.watch_and_remember();
        effects.extend(self.list(first));
        effects
    }
}

impl Folder {
    /// Takes a page in. What was deleted since it was asked for stays deleted. Says where the next page begins that is
    /// needed to show again as much as is shown now.
    fn take(&mut self, first: bool, page: FolderPage) -> Option<String> {
        let mut known =
            if first { Vec::new() } else { self.fresh.take().unwrap_or_else(|| self.entries.clone()) };
        known.extend(page.entries.into_iter().filter(|entry| !self.gone.contains(&entry.name)));
        if known.len() < self.entries.len() && page.next.is_some() {
            self.fresh = Some(known);
            return page.next;
        }
        self.gone.clear();
        (self.entries, self.next, self.total, self.trouble) = (known, page.next, page.total, None);
        None
    }
}

/// Makes something of this name in a folder, or says why the name will not do.
fn made(folder: &WorkspacePath, name: &str, make: impl Fn(WorkspacePath) -> Effect) -> Effect {
    match WorkspacePath::parse(folder.join(name).as_str()) {
        Ok(path) => make(path),
        Err(error) => Effect::Complain(say!("files.not-made", error = said_of_path(error)).to_string()),
    }
}

/// Gives something this name in a folder, or says why the name will not do.
fn renamed(from: &WorkspacePath, folder: &WorkspacePath, name: &str) -> Effect {
    match WorkspacePath::parse(folder.join(name).as_str()) {
        Ok(to) => Effect::Rename(from.clone(), to),
        Err(error) => {
            let (name, error) = (shown_name(from.name()), said_of_path(error));
            Effect::Complain(say!("files.keeps-name", name = name, error = error).to_string())
        }
    }
}

/// Whether a listing that failed so may succeed when it is tried again.
fn may_come_back(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::Limit)
}

fn opens(kind: Kind) -> bool {
    matches!(kind, Kind::Folder | Kind::Mount | Kind::FolderLink)
}

/// `main copy.rs`, `main copy 2.rs` …
fn copy_name(name: &str, n: usize) -> String {
    let suffix = if n == 1 { " copy".to_owned() } else { format!(" copy {n}") };
    match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, ending)) => format!("{stem}{suffix}.{ending}"),
        None => format!("{name}{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn entry(name: &str) -> Entry {
        let (name, kind) = match name.strip_suffix('/') {
            Some(name) => (name, Kind::Folder),
            None => (name, Kind::File),
        };
        Entry { name: name.into(), kind, size: 1, modified_ms: 0 }
    }

    fn list(explorer: &mut Explorer, folder: &str, names: &[&str]) -> Vec<Effect> {
        let entries: Vec<_> = names.iter().map(|name| entry(name)).collect();
        let page = FolderPage { total: entries.len(), entries, next: None };
        explorer.update(Message::Listed { path: path(folder), after: None, outcome: Ok(page) })
    }

    /// The agent says that it watches what it was asked to.
    fn watched(explorer: &mut Explorer) -> Vec<Effect> {
        let folders = explorer.visible();
        explorer.update(Message::Watched(Some(folders)))
    }

    fn ready() -> Explorer {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        watched(&mut explorer);
        list(&mut explorer, "", &[".git/", "src/", "Cargo.toml"]);
        list(&mut explorer, "", &[".git/", "src/", "Cargo.toml"]);
        explorer.update(Message::Expand("src".into()));
        watched(&mut explorer);
        list(&mut explorer, "src", &["main.rs"]);
        list(&mut explorer, "src", &["main.rs"]);
        explorer
    }

    fn failed(explorer: &mut Explorer, folder: &str, code: ErrorCode) -> Vec<Effect> {
        let outcome = Err(CallError::new(code, "no"));
        explorer.update(Message::Listed { path: path(folder), after: None, outcome })
    }

    fn check(explorer: &Explorer, expected: &str) {
        let rows = explorer.rows();
        let shown: Vec<_> = rows
            .read()
            .iter()
            .map(|row| {
                let indent = "-".repeat(row.level as usize - 1);
                let editing = row.editing.as_ref().map(|text| format!("[{text}]"));
                format!("{indent}{}", editing.unwrap_or_else(|| row.label.to_string()))
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn pointing_changes_no_row() {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        list(&mut explorer, "", &["src/", "a", "b"]);
        let rows = explorer.rows();
        for message in [Message::Focus("a".into()), Message::Extend("b".into()), Message::Toggle("a".into())]
        {
            explorer.update(message);
            assert_eq!(rows, explorer.rows());
        }
        // The neighbour of what goes away is looked for while it still has a row.
        explorer.update(Message::Focus("a".into()));
        explorer.update(Message::Deleted(vec![path("a")]));
        let keys: Vec<_> = explorer.rows().read().iter().map(|row| row.key.to_string()).collect();
        assert_eq!((keys, explorer.focused.as_deref()), (vec!["src".to_owned(), "b".to_owned()], Some("b")));
    }

    #[test]
    fn lists_what_is_open_and_hides_git() {
        let mut explorer = ready();
        check(&explorer, "src -main.rs Cargo.toml");
        explorer.update(Message::Collapse("src".into()));
        check(&explorer, "src Cargo.toml");
    }

    #[test]
    fn watches_what_is_visible() {
        let mut explorer = ready();
        let effects = explorer.update(Message::Expand("src".into()));
        assert_eq!(effects[0], Effect::Watch(vec![path(""), path("src")]));
        list(&mut explorer, "src", &["main.rs"]);
        let effects = explorer.update(Message::Collapse("src".into()));
        assert_eq!(effects, [Effect::Remember(Vec::new())], "one watch at a time");
        assert_eq!(watched(&mut explorer), [Effect::Watch(vec![path("")])]);
        assert_eq!(explorer.update(Message::Changed(vec![path("src")])), [], "nobody sees it");
    }

    #[test]
    fn what_was_listed_before_its_changes_were_told_is_listed_again() {
        let mut explorer = Explorer::default();
        let first = explorer.update(Message::Connected { resumed: false });
        let root = Effect::List { path: path(""), after: None };
        assert_eq!(first, [Effect::Watch(vec![path("")]), root.clone()]);
        list(&mut explorer, "", &["a"]);
        assert_eq!(watched(&mut explorer), [root]);
        assert_eq!(list(&mut explorer, "", &["a", "uploaded.txt"]), []);
        check(&explorer, "a uploaded.txt");
    }

    #[test]
    fn what_was_deleted_does_not_come_back_with_an_older_listing() {
        let mut explorer = ready();
        explorer.update(Message::Changed(vec![path("")]));
        explorer.update(Message::Deleted(vec![path("Cargo.toml")]));
        let again = list(&mut explorer, "", &["src/", "Cargo.toml"]);
        check(&explorer, "src -main.rs");
        assert_eq!(again, [Effect::List { path: path(""), after: None }]);
        list(&mut explorer, "", &["src/", "Cargo.toml"]);
        check(&explorer, "src -main.rs Cargo.toml");
    }

    #[test]
    fn a_range_begins_where_the_person_pointed() {
        let mut explorer = ready();
        list(&mut explorer, "", &["src/", "x1", "x2", "x3"]);
        explorer.update(Message::Open("x1".into()));
        // The file is in front now.
        explorer.update(Message::Reveal(path("x1")));
        explorer.update(Message::Extend("x3".into()));
        explorer.update(Message::Reveal(path("src/main.rs")));
        explorer.update(Message::Toggle("x2".into()));
        let asked = explorer.update(Message::AskToDelete);
        assert_eq!(asked, [Effect::AskToDelete(vec![path("x1"), path("x3")])]);
    }

    #[test]
    fn the_tree_follows_the_person_and_nothing_else() {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        explorer.update(Message::Recall(path("a/b")));
        list(&mut explorer, "", &["a/", "Makefile"]);
        assert_eq!(explorer.focused.as_deref(), Some("a/b"));
        explorer.update(Message::Open("Makefile".into()));
        list(&mut explorer, "a", &["b"]);
        assert_eq!(explorer.target_folder(), path(""), "what was recalled late moves nothing");
        explorer.update(Message::Recall(path("a/b")));
        explorer.update(Message::New { folder: false });
        explorer.update(Message::Reveal(path("a/b")));
        assert_eq!(explorer.focused.as_deref(), Some("Makefile"));
    }

    #[test]
    fn the_focus_goes_to_a_neighbour_of_what_is_deleted() {
        let mut explorer = ready();
        list(&mut explorer, "", &["src/", "a", "b"]);
        explorer.update(Message::Focus("a".into()));
        explorer.update(Message::Deleted(vec![path("a")]));
        assert_eq!(explorer.focused.as_deref(), Some("b"));
        explorer.update(Message::Deleted(vec![path("b")]));
        assert_eq!(explorer.focused.as_deref(), Some("src/main.rs"));
    }

    #[test]
    fn a_lost_connection_closes_no_folder() {
        let mut explorer = ready();
        explorer.update(Message::Changed(vec![path("src")]));
        explorer.update(Message::Connected { resumed: false });
        let again = failed(&mut explorer, "src", ErrorCode::Unavailable);
        assert_eq!(again, [Effect::List { path: path("src"), after: None }]);
        failed(&mut explorer, "src", ErrorCode::Unavailable);
        check(&explorer, "src -main.rs -Retry: no Cargo.toml");
        let retried = explorer.update(Message::Open("/more/src".into()));
        assert_eq!(retried, [Effect::List { path: path("src"), after: None }]);
        list(&mut explorer, "src", &["main.rs"]);
        check(&explorer, "src -main.rs Cargo.toml");
    }

    #[test]
    fn a_change_while_listing_lists_again() {
        let mut explorer = ready();
        let again = Effect::List { path: path("src"), after: None };
        assert_eq!(explorer.update(Message::Changed(vec![path("src")])), std::slice::from_ref(&again));
        assert_eq!(explorer.update(Message::Changed(vec![path("src")])), []);
        assert_eq!(list(&mut explorer, "src", &["a"]), [again]);
        assert_eq!(list(&mut explorer, "src", &["b"]), []);
    }

    #[test]
    fn names_new_things_where_the_focus_is() {
        let mut explorer = ready();
        explorer.update(Message::Focus("src/main.rs".into()));
        explorer.update(Message::New { folder: false });
        check(&explorer, "src -[] -main.rs Cargo.toml");
        let made = explorer.update(Message::Named("a/b.rs".into()));
        assert_eq!(made, [Effect::CreateFile(path("src/a/b.rs"))]);
        explorer.update(Message::New { folder: true });
        check_complaint(&explorer.update(Message::Named("../x".into())), "../x' holds");
    }

    fn check_complaint(effects: &[Effect], words: &str) {
        match effects {
            [Effect::Complain(text)] => assert!(text.contains(words), "{text}"),
            other => panic!("nothing is said of it: {other:?}"),
        }
    }

    #[test]
    fn nothing_is_refused_in_silence() {
        let mut explorer = ready();
        for name in ["..", "../evil", "/etc/passwd", "a//b", ".", "a\0b", &"x".repeat(5000)] {
            for start in [Message::New { folder: false }, Message::New { folder: true }, Message::Rename] {
                explorer.update(Message::Focus("src/main.rs".into()));
                explorer.update(start);
                check_complaint(&explorer.update(Message::Named(name.into())), "the path '");
                assert_eq!(explorer.focused.as_deref().map(|key| key.starts_with("src")), Some(true));
            }
        }
        let pipe = Entry { kind: Kind::Other, ..entry("pipe") };
        let page = FolderPage { entries: vec![pipe], next: None, total: 1 };
        explorer.update(Message::Listed { path: path("src"), after: None, outcome: Ok(page) });
        check_complaint(&explorer.update(Message::Open("src/pipe".into())), "'pipe' cannot be opened");
        explorer.update(Message::Expand("src".into()));
        let closed = CallError::new(ErrorCode::Forbidden, "its permissions do not allow it");
        let effects =
            explorer.update(Message::Listed { path: path("src"), after: None, outcome: Err(closed) });
        check_complaint(&effects[effects.len() - 1..], "its permissions do not allow it");
    }

    #[test]
    fn what_is_named_is_seen_though_its_folders_were_closed() {
        let mut explorer = ready();
        explorer.update(Message::Focus("src/main.rs".into()));
        explorer.update(Message::CollapseAll);
        check(&explorer, "src Cargo.toml");
        explorer.update(Message::New { folder: false });
        check(&explorer, "src -[] -main.rs Cargo.toml");
    }

    #[test]
    fn a_change_keeps_the_pages_that_are_shown() {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        let list = |explorer: &mut Explorer, after: Option<&str>, name: &str, next: Option<&str>| {
            let page = FolderPage { entries: vec![entry(name)], next: next.map(str::to_owned), total: 3 };
            explorer.update(Message::Listed {
                path: path(""),
                after: after.map(str::to_owned),
                outcome: Ok(page),
            })
        };
        list(&mut explorer, None, "a", Some("a"));
        explorer.update(Message::Open("/more/".into()));
        list(&mut explorer, Some("a"), "b", Some("b"));
        check(&explorer, "a b Show more (1 not shown)");
        explorer.update(Message::Changed(vec![path("")]));
        let more = list(&mut explorer, None, "a", Some("a"));
        assert_eq!(more, [Effect::List { path: path(""), after: Some("a".into()) }]);
        check(&explorer, "a b Show more (1 not shown)");
        assert_eq!(list(&mut explorer, Some("a"), "B", Some("B")), []);
        check(&explorer, "a B Show more (1 not shown)");
    }

    #[test]
    fn renames_in_place() {
        let mut explorer = ready();
        explorer.update(Message::Focus("src/main.rs".into()));
        explorer.update(Message::Rename);
        check(&explorer, "src -[main.rs] Cargo.toml");
        let renamed = explorer.update(Message::Named("lib.rs".into()));
        assert_eq!(renamed, [Effect::Rename(path("src/main.rs"), path("src/lib.rs"))]);
        explorer.update(Message::Focus("src/main.rs".into()));
        explorer.update(Message::Rename);
        assert_eq!(explorer.update(Message::Named("main.rs".into())), []);
    }

    #[test]
    fn several_rows_are_moved_and_deleted_at_once() {
        let mut explorer = ready();
        list(&mut explorer, "", &["src/", "web/", "Cargo.toml", "Makefile"]);
        let keys = |explorer: &Explorer| {
            explorer.selection().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        explorer.update(Message::Focus("Cargo.toml".into()));
        explorer.update(Message::Toggle("src/main.rs".into()));
        assert_eq!(keys(&explorer), "Cargo.toml src/main.rs");
        explorer.update(Message::Toggle("src".into()));
        assert_eq!(keys(&explorer), "Cargo.toml src", "what lies in a selected folder goes with it");
        explorer.update(Message::Focus("web".into()));
        assert_eq!(keys(&explorer), "web");
        explorer.update(Message::Extend("Makefile".into()));
        assert_eq!(keys(&explorer), "Cargo.toml Makefile web");
        let asked = explorer.update(Message::AskToDelete);
        assert_eq!(asked, [Effect::AskToDelete(vec![path("Cargo.toml"), path("Makefile"), path("web")])]);
        explorer.update(Message::Drag("Makefile".into()));
        explorer.update(Message::Focus("src/main.rs".into()));
        let moved = |from: &str, to: &str| Effect::Rename(path(from), path(to));
        let expected = [
            moved("Cargo.toml", "src/Cargo.toml"),
            moved("Makefile", "src/Makefile"),
            moved("web", "src/web"),
        ];
        assert_eq!(explorer.update(Message::Drop), expected);
        let into_itself = Message::MoveTo(vec![path("src")], path("src/inner"));
        let refused = explorer.update(into_itself);
        check_complaint(&refused, "'src' cannot go into itself");
    }

    #[test]
    fn files_are_opened_beside_and_folders_are_not() {
        let mut explorer = ready();
        list(&mut explorer, "", &["src/", "web/", "b", "a"]);
        explorer.update(Message::Focus("src/main.rs".into()));
        let opened = |paths: &[&str]| [Effect::OpenToSide(paths.iter().map(|name| path(name)).collect())];
        assert_eq!(explorer.update(Message::OpenToSide), opened(&["src/main.rs"]));
        explorer.update(Message::Extend("a".into()));
        assert_eq!(explorer.update(Message::OpenToSide), opened(&["src/main.rs", "b", "a"]));
        // It is pointed at alone.
        explorer.update(Message::Collapse("web".into()));
        check_complaint(&explorer.update(Message::OpenToSide), "no folder");
        let many: Vec<_> = (0..=MAX_OPENED).map(|number| format!("{number}")).collect();
        list(&mut explorer, "", &many.iter().map(String::as_str).collect::<Vec<_>>());
        explorer.update(Message::Focus("0".into()));
        explorer.update(Message::Extend(MAX_OPENED.to_string().into()));
        check_complaint(&explorer.update(Message::OpenToSide), "at most 100");
    }

    #[test]
    fn copies_get_free_names() {
        assert_eq!((copy_name("a.rs", 1), copy_name("a.rs", 2)), ("a copy.rs".into(), "a copy 2.rs".into()));
        assert_eq!(copy_name(".env", 1), ".env copy");
        let mut explorer = ready();
        list(&mut explorer, "src", &["main.rs", "main copy.rs"]);
        explorer.update(Message::Focus("src/main.rs".into()));
        let copied = explorer.update(Message::Duplicate);
        assert_eq!(copied, [Effect::Copy(path("src/main.rs"), path("src/main copy 2.rs"))]);
    }

    #[test]
    fn large_folders_come_in_pages() {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        let page = FolderPage { entries: vec![entry("a")], next: Some("a".into()), total: 2 };
        explorer.update(Message::Listed { path: path(""), after: None, outcome: Ok(page) });
        check(&explorer, "a Show more (1 not shown)");
        let more = explorer.update(Message::Open("/more/".into()));
        assert_eq!(more, [Effect::List { path: path(""), after: Some("a".into()) }]);
        let page = FolderPage { entries: vec![entry("b")], next: None, total: 2 };
        let after = Some("a".into());
        explorer.update(Message::Listed { path: path(""), after, outcome: Ok(page) });
        check(&explorer, "a b");
    }

    #[test]
    fn reveals_a_file_folder_by_folder() {
        let mut explorer = Explorer::default();
        explorer.update(Message::Connected { resumed: false });
        list(&mut explorer, "", &["a/"]);
        let first = explorer.update(Message::Reveal(path("a/b/c")));
        assert_eq!(first.last(), Some(&Effect::List { path: path("a"), after: None }));
        let second = list(&mut explorer, "a", &["b/"]);
        assert_eq!(second.last(), Some(&Effect::List { path: path("a/b"), after: None }));
        assert_eq!(list(&mut explorer, "a/b", &["c"]), []);
        assert_eq!(explorer.focused.as_deref(), Some("a/b/c"));
    }

    #[test]
    fn a_folder_that_cannot_be_listed_closes() {
        let mut explorer = ready();
        explorer.update(Message::Changed(vec![path("src")]));
        failed(&mut explorer, "src", ErrorCode::NotFound);
        check(&explorer, "src Cargo.toml");
        failed(&mut explorer, "", ErrorCode::Forbidden);
        assert_eq!(explorer.trouble().as_deref(), Some("no"));
    }
}
