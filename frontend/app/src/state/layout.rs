//! What is open where. Kept by the agent, so that a reload or another browser shows the same.

use std::collections::HashSet;

use protocol::WorkspacePath;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::Model;

mod keep;
mod kept;
mod part;
mod tab;

pub use keep::keep_before_leaving;
pub use part::{Part, Place};
pub use tab::Tab;

/// Files kept in the list of recent ones.
const MAX_RECENT: usize = 50;
/// Folders remembered as open.
const MAX_FOLDERS: usize = 300;
/// What is open where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Layout {
    /// The open tabs, from the left.
    pub tabs: Vec<Tab>,
    /// The key of the tab in front.
    pub active: Option<String>,
    /// Recently used files, newest first.
    pub recent: Vec<WorkspacePath>,
    /// Open folders of the explorer.
    pub folders: Vec<WorkspacePath>,
    /// The side bar.
    pub side: Part,
    /// The bottom panel.
    pub bottom: Part,
    /// The dock at the right.
    pub dock: Part,
    /// The terminal in front.
    pub terminal: Option<String>,
    /// What a small screen shows.
    #[serde(skip)]
    pub pane: Place,
    /// What lies over the editors on a middle-sized screen, which has no room beside them.
    #[serde(skip)]
    pub over: Place,
    /// Whether it has been loaded: nothing is saved before.
    #[serde(skip)]
    pub loaded: bool,
    /// Why it cannot be loaded.
    #[serde(skip)]
    pub trouble: Option<String>,
    /// What was kept by another version of this program, which knows what it means.
    #[serde(skip)]
    foreign: kept::Foreign,
    /// What the person did before it was loaded: done again to what was loaded.
    #[serde(skip)]
    early: Vec<Message>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            tabs: Vec::new(),
            active: None,
            recent: Vec::new(),
            folders: Vec::new(),
            side: Part::new(true, "files", 260.0),
            bottom: Part::new(true, "terminal", 260.0),
            dock: Part::new(false, "function", 380.0),
            terminal: None,
            pane: Place::Editor,
            over: Place::Editor,
            loaded: false,
            trouble: None,
            foreign: kept::Foreign::default(),
            early: Vec::new(),
        }
    }
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A session began: load what was kept, once.
    Connected,
    /// What was kept came; none at the very first time, when this file is opened.
    Loaded(Option<Value>, Option<WorkspacePath>),
    /// What was kept cannot be had: why.
    NotLoaded(String),
    /// A tab opens, or comes to the front.
    Open(Tab),
    /// A tab opens behind the one in front.
    OpenBehind(Tab),
    /// A tab closes.
    Close(String),
    /// All tabs but one close.
    CloseOthers(String),
    /// A tab comes to the front.
    Activate(String),
    /// The next or previous tab comes to the front.
    Step(isize),
    /// A tab moves before another, or to the end.
    Move(String, Option<String>),
    /// An editor tells where its cursor and scroll position are.
    Viewed(WorkspacePath, Value),
    /// A file or folder was moved.
    Moved(WorkspacePath, WorkspacePath),
    /// Files or folders were deleted.
    Deleted(Vec<WorkspacePath>),
    /// The explorer's open folders changed.
    Folders(Vec<WorkspacePath>),
    /// A place shows a view: a part opens with it, a tab opens.
    Show(Place, String),
    /// A part comes out from under what lies over it, and opens, with what it showed.
    Bring(Place),
    /// A part opens or closes.
    Toggle(Place),
    /// A part is resized.
    Resize(Place, f64),
    /// A terminal comes to the front.
    Terminal(Option<String>),
    /// A middle-sized screen shows the editors again.
    Uncover,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Load what was kept.
    Load,
    /// Keep what there is now. At once: what is sent while the page goes may not arrive.
    Save,
    /// The same, once what comes in a stream has come to rest.
    SaveSoon,
}

impl Message {
    /// Whether more like it follow at once, while something is dragged, scrolled or unfolded.
    fn is_of_a_stream(&self) -> bool {
        matches!(self, Self::Folders(_) | Self::Resize(..) | Self::Viewed(..))
    }
}

impl Model for Layout {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        let save = if message.is_of_a_stream() { Effect::SaveSoon } else { Effect::Save };
        match message {
            Message::Connected if self.loaded => return Vec::new(),
            Message::Connected => return vec![Effect::Load],
            Message::Loaded(kept, welcome) => {
                // What was done before is kept only from here on.
                let done = !self.early.is_empty();
                self.load(kept, welcome);
                return if done { vec![Effect::Save] } else { Vec::new() };
            }
            Message::NotLoaded(reason) => {
                self.trouble = Some(reason);
                return Vec::new();
            }
            Message::Viewed(path, seen) if self.has_seen(&path, &seen) => return Vec::new(),
            Message::Uncover => {
                self.over = Place::Editor;
                return Vec::new();
            }
            message => {
                // Which folders are open follows from what is loaded, not from the person.
                if !self.loaded && !matches!(message, Message::Folders(_)) {
                    self.early.push(message.clone());
                }
                self.change(message);
            }
        }
        if self.loaded { vec![save] } else { Vec::new() }
    }
}

impl Layout {
    fn load(&mut self, kept: Option<Value>, welcome: Option<WorkspacePath>) {
        if self.loaded {
            return;
        }
        let first_time = kept.is_none();
        let kept = kept.map(kept::read).unwrap_or_default();
        let early = std::mem::take(&mut self.early);
        *self = Self { loaded: true, pane: self.pane, over: self.over, ..kept };
        if let Some(path) = welcome.filter(|_| first_time) {
            self.open(Tab::file(path));
        }
        for message in early {
            self.change(message);
        }
        let active = self.active.take();
        self.active = active.filter(|key| self.index(key).is_some());
        if self.active.is_none() {
            self.active = self.tabs.last().map(Tab::key);
        }
    }

    /// This layout as it is kept.
    pub(crate) fn to_keep(&self) -> serde_json::Result<Value> {
        kept::write(self)
    }

    fn change(&mut self, message: Message) {
        match message {
            Message::Open(tab) => self.open(tab),
            Message::OpenBehind(tab) if self.active.is_none() => self.open(tab),
            Message::OpenBehind(tab) => self.insert(tab),
            Message::Close(key) => self.close(&key),
            Message::CloseOthers(key) => {
                self.tabs.retain(|tab| tab.key() == key);
                self.activate(key);
            }
            Message::Activate(key) => self.activate(key),
            Message::Step(by) => self.step(by),
            Message::Move(key, before) => self.move_tab(&key, before.as_deref()),
            Message::Viewed(path, seen) => self.view_of(&path, &seen),
            Message::Moved(from, to) => self.moved(&from, &to),
            Message::Deleted(paths) => self.deleted(&paths),
            Message::Folders(folders) => self.folders = folders.into_iter().take(MAX_FOLDERS).collect(),
            Message::Terminal(id) => self.terminal = id,
            Message::Show(Place::Editor, id) => self.open(Tab::View { id, args: Value::Null }),
            Message::Show(place, view) => {
                self.part_mut(place).view = view;
                self.bring(place);
            }
            Message::Bring(place) => self.bring(place),
            Message::Toggle(place) if self.part(place).open => self.shut(place),
            Message::Toggle(place) => self.bring(place),
            Message::Resize(place, size) => {
                let (least, largest) = place.limits();
                self.part_mut(place).size = size.clamp(least, largest);
            }
            // Answered in `update`.
            Message::Connected | Message::Loaded(..) | Message::NotLoaded(_) | Message::Uncover => {}
        }
    }

    /// A part of the window; the side bar for the place that is none.
    pub fn part(&self, place: Place) -> &Part {
        match place {
            Place::Bottom => &self.bottom,
            Place::Dock => &self.dock,
            Place::Side | Place::Editor => &self.side,
        }
    }

    fn part_mut(&mut self, place: Place) -> &mut Part {
        match place {
            Place::Bottom => &mut self.bottom,
            Place::Dock => &mut self.dock,
            Place::Side | Place::Editor => &mut self.side,
        }
    }

    /// Shows a part, at every width of the window.
    fn bring(&mut self, place: Place) {
        if place != Place::Editor {
            self.part_mut(place).open = true;
        }
        self.pane = place;
        if place != Place::Bottom {
            self.over = place;
        }
    }

    fn shut(&mut self, place: Place) {
        self.part_mut(place).open = false;
        for front in [&mut self.pane, &mut self.over] {
            if *front == place {
                *front = Place::Editor;
            }
        }
    }

    /// The place of a tab.
    pub fn index(&self, key: &str) -> Option<usize> {
        self.tabs.iter().position(|tab| tab.key() == key)
    }

    /// The tab in front.
    pub fn active_tab(&self) -> Option<&Tab> {
        self.tabs.get(self.index(self.active.as_deref()?)?)
    }

    /// The file in front.
    pub fn active_file(&self) -> Option<&WorkspacePath> {
        match self.active_tab()? {
            Tab::File { path, .. } => Some(path),
            _ => None,
        }
    }

    fn open(&mut self, tab: Tab) {
        let key = tab.key();
        self.insert(tab);
        self.activate(key);
    }

    /// Adds a tab after the one in front, unless there is one like it.
    fn insert(&mut self, tab: Tab) {
        if self.index(&tab.key()).is_none() {
            let after = self.active.as_deref().and_then(|active| self.index(active));
            self.tabs.insert(after.map_or(self.tabs.len(), |index| index + 1), tab);
        }
    }

    fn activate(&mut self, key: String) {
        let Some(index) = self.index(&key) else { return };
        if let Some(path) = self.tabs.get(index).and_then(Tab::path).cloned() {
            self.recent.retain(|recent| *recent != path);
            self.recent.insert(0, path);
            self.recent.truncate(MAX_RECENT);
        }
        (self.active, self.pane, self.over) = (Some(key), Place::Editor, Place::Editor);
    }

    fn close(&mut self, key: &str) {
        let Some(index) = self.index(key) else { return };
        self.tabs.remove(index);
        if self.active.as_deref() == Some(key) {
            let recent = self.recent.iter().map(|path| Tab::file(path.clone()).key());
            let recent = recent.into_iter().find(|key| self.index(key).is_some());
            let beside = || self.tabs.get(index.min(self.tabs.len().saturating_sub(1))).map(Tab::key);
            self.active = recent.or_else(beside);
        }
    }

    fn step(&mut self, by: isize) {
        let count = self.tabs.len() as isize;
        let Some(index) = self.active.as_deref().and_then(|key| self.index(key)) else { return };
        let next = (index as isize + by).rem_euclid(count);
        if let Some(tab) = self.tabs.get(next as usize) {
            self.activate(tab.key());
        }
    }

    fn move_tab(&mut self, key: &str, before: Option<&str>) {
        let Some(index) = self.index(key) else { return };
        let tab = self.tabs.remove(index);
        let target = before.and_then(|before| self.index(before)).unwrap_or(self.tabs.len());
        self.tabs.insert(target, tab);
    }

    fn has_seen(&self, of: &WorkspacePath, seen: &Value) -> bool {
        self.tabs.iter().all(|tab| !matches!(tab, Tab::File { path, view } if path == of && view != seen))
    }

    fn view_of(&mut self, of: &WorkspacePath, seen: &Value) {
        for tab in &mut self.tabs {
            match tab {
                Tab::File { path, view } if path == of => *view = seen.clone(),
                _ => {}
            }
        }
    }

    fn moved(&mut self, from: &WorkspacePath, to: &WorkspacePath) {
        let active = self.active.as_deref().and_then(|key| self.index(key));
        for tab in &mut self.tabs {
            if let Tab::File { path, .. } | Tab::Compare { path } = tab {
                *path = follow(path, from, to);
            }
        }
        for path in self.recent.iter_mut().chain(&mut self.folders) {
            *path = follow(path, from, to);
        }
        self.active = active.and_then(|index| self.tabs.get(index)).map(Tab::key);
        // What is there now may have had a tab already.
        let mut seen = HashSet::new();
        self.tabs.retain(|tab| seen.insert(tab.key()));
        let mut seen = HashSet::new();
        self.recent.retain(|path| seen.insert(path.clone()));
    }

    fn deleted(&mut self, paths: &[WorkspacePath]) {
        let gone = |path: &WorkspacePath| paths.iter().any(|deleted| path.is_within(deleted));
        let keys: Vec<_> =
            self.tabs.iter().filter(|tab| tab.path().is_some_and(gone)).map(Tab::key).collect();
        self.recent.retain(|path| !gone(path));
        self.folders.retain(|path| !gone(path));
        for key in &keys {
            self.close(key);
        }
    }
}

/// Where `path` is after `from` was moved to `to`.
pub fn follow(path: &WorkspacePath, from: &WorkspacePath, to: &WorkspacePath) -> WorkspacePath {
    if path == from {
        return to.clone();
    }
    match path.as_str().strip_prefix(from.as_str()).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if path.is_within(from) => to.join(rest),
        _ => path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn open(paths: &[&str]) -> Layout {
        let mut layout = Layout { loaded: true, ..Layout::default() };
        for text in paths {
            layout.update(Message::Open(Tab::file(path(text))));
        }
        layout
    }

    fn show(place: Place, view: &str) -> Message {
        Message::Show(place, view.to_owned())
    }

    fn check(layout: &Layout, expected: &str) {
        let active = layout.active.clone();
        let shown: Vec<_> = layout
            .tabs
            .iter()
            .map(|tab| if Some(tab.key()) == active { format!("[{}]", tab.key()) } else { tab.key() })
            .collect();
        assert_eq!(shown.join(" ").replace("file:", ""), expected);
    }

    #[test]
    fn opening_twice_comes_to_the_front() {
        let mut layout = open(&["a", "b", "a"]);
        check(&layout, "[a] b");
        layout.update(Message::Open(Tab::file(path("c"))));
        check(&layout, "a [c] b");
    }

    #[test]
    fn closing_goes_back_to_the_last_used() {
        let mut layout = open(&["a", "b", "c"]);
        layout.update(Message::Activate("file:a".into()));
        layout.update(Message::Activate("file:c".into()));
        layout.update(Message::Close("file:c".into()));
        check(&layout, "[a] b");
        layout.update(Message::Close("file:b".into()));
        layout.update(Message::Close("file:a".into()));
        check(&layout, "");
        layout.update(Message::Close("file:a".into()));
    }

    #[test]
    fn tabs_follow_moved_and_deleted_files() {
        let mut layout = open(&["src/a", "src/b", "srcs"]);
        layout.update(Message::Activate("file:src/b".into()));
        layout.update(Message::Moved(path("src"), path("lib/x")));
        check(&layout, "lib/x/a [lib/x/b] srcs");
        layout.update(Message::Deleted(vec![path("lib")]));
        check(&layout, "[srcs]");
    }

    #[test]
    fn a_place_in_a_file_is_kept_once() {
        let mut layout = open(&["a", "b"]);
        let seen = |place: u32| Message::Viewed(path("a"), place.into());
        assert_eq!(layout.update(seen(1)), [Effect::SaveSoon]);
        assert_eq!(layout.update(seen(1)), []);
        assert_eq!(layout.update(seen(2)), [Effect::SaveSoon]);
        assert_eq!(layout.update(Message::Viewed(path("c"), 1.into())), [], "it is not open");
    }

    #[test]
    fn a_file_that_two_tabs_lead_to_has_one() {
        let mut layout = open(&["real", "other", "link"]);
        layout.update(Message::Moved(path("link"), path("real")));
        check(&layout, "[real] other");
        layout.update(Message::Close("file:real".into()));
        check(&layout, "[other]");
    }

    #[test]
    fn tabs_move_and_step() {
        let mut layout = open(&["a", "b", "c"]);
        layout.update(Message::Move("file:c".into(), Some("file:a".into())));
        check(&layout, "[c] a b");
        layout.update(Message::Step(-1));
        check(&layout, "c a [b]");
        layout.update(Message::Move("file:c".into(), None));
        check(&layout, "a [b] c");
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut layout = open(&["a", "b"]);
        layout.update(Message::Resize(Place::Side, 9_999.0));
        let kept = serde_json::to_value(&layout).unwrap();
        let mut fresh = Layout::default();
        fresh.update(Message::Toggle(Place::Side));
        assert!(
            fresh.update(Message::Open(Tab::file(path("c")))).is_empty(),
            "nothing is saved before the load"
        );
        let effects = fresh.update(Message::Loaded(Some(kept), Some(path("welcome"))));
        assert_eq!(effects, [Effect::Save], "what was done before the load is kept with it");
        check(&fresh, "a b [c]");
        assert!(!fresh.side.open, "what was done before the load is not undone by it");
        assert!((fresh.side.size - Place::Side.limits().1).abs() < f64::EPSILON);
    }

    #[test]
    fn the_first_time_opens_the_welcome_file_and_nonsense_is_survived() {
        let mut layout = Layout::default();
        layout.update(Message::Loaded(None, Some(path("src/main.rs"))));
        check(&layout, "[src/main.rs]");
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(serde_json::json!({"tabs": 7})), None));
        check(&layout, "");
        assert!(layout.loaded);
    }

    #[test]
    fn what_another_version_kept_stays_for_it() {
        let kept = serde_json::json!({
            "tabs": [{"file": {"path": "a"}}, {"settings": {"page": 2}}, {"file": {"path": "b", "fold": [1]}}],
            "active": "settings:2",
            "side": {"open": true, "view": "changes", "size": 300.0, "pinned": true},
            "bottom": {"open": false, "view": "logs", "size": "tall"},
            "groups": [1, 2],
            "theme": "sepia",
        });
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(kept), None));
        assert_eq!(layout.active_file(), Some(&path("b")));
        assert_eq!(
            (layout.side.view.as_str(), layout.bottom.view.as_str(), layout.bottom.open),
            ("changes", "logs", false)
        );
        layout.update(Message::Step(1));
        assert_eq!(layout.active_file(), Some(&path("a")), "what cannot be shown does not come to the front");
        layout.update(Message::Resize(Place::Side, 320.0));
        let written = layout.to_keep().unwrap();
        let at = |place: &str| written.pointer(place).cloned().unwrap_or_default();
        assert_eq!(at("/tabs/1"), serde_json::json!({"settings": {"page": 2}}));
        assert_eq!(
            at("/side"),
            serde_json::json!({"open": true, "view": "changes", "size": 320.0, "pinned": true})
        );
        assert_eq!((at("/bottom/size"), at("/groups")), ("tall".into(), serde_json::json!([1, 2])));
        assert_eq!(at("/theme"), "sepia");
        layout.update(show(Place::Side, "cloud"));
        let written = layout.to_keep().unwrap();
        assert_eq!(written.pointer("/side/view"), Some(&"cloud".into()), "the person has chosen since");
    }

    #[test]
    fn what_comes_late_opens_behind() {
        let mut layout = open(&["a", "b"]);
        layout.update(Message::OpenBehind(Tab::file(path("made"))));
        check(&layout, "a [b] made");
        let mut layout = open(&[]);
        layout.update(Message::OpenBehind(Tab::file(path("made"))));
        check(&layout, "[made]");
    }

    #[test]
    fn one_thing_lies_over_the_editors_until_a_file_is_chosen() {
        let mut layout = open(&["a"]);
        assert_eq!(layout.over, Place::Editor, "the first view shows the code");
        layout.update(show(Place::Side, "files"));
        layout.update(show(Place::Dock, "function"));
        assert_eq!(layout.over, Place::Dock);
        layout.update(Message::Open(Tab::file(path("b"))));
        assert_eq!(layout.over, Place::Editor);
        assert!(layout.side.open && layout.dock.open, "a large screen still shows both");
    }

    #[test]
    fn a_view_that_only_another_version_has_is_kept_and_can_be_closed() {
        let tab = serde_json::json!({"view": {"id": "graph", "args": {"machine": "orders"}}});
        let kept = serde_json::json!({"tabs": [{"file": {"path": "a"}}, tab], "dock": {"view": "guide"}});
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(kept), None));
        let key = r#"view:graph:{"machine":"orders"}"#;
        check(&layout, &format!("a [{key}]"));
        assert_eq!(layout.dock.view, "guide");
        layout.update(Message::Activate("file:a".into()));
        let written = layout.to_keep().unwrap();
        assert_eq!(written.pointer("/tabs/1"), Some(&tab));
        assert_eq!(written.pointer("/dock/view"), Some(&"guide".into()));
        layout.update(Message::Close(key.into()));
        check(&layout, "[a]");
    }

    #[test]
    fn a_small_screen_shows_what_was_asked_for_last() {
        let mut layout = open(&["a"]);
        let mut check = |message, expected| {
            layout.update(message);
            assert_eq!(layout.pane, expected);
        };
        check(show(Place::Side, "cloud"), Place::Side);
        check(Message::Bring(Place::Editor), Place::Editor);
        check(Message::Bring(Place::Bottom), Place::Bottom);
        check(Message::Toggle(Place::Dock), Place::Dock);
        check(Message::Toggle(Place::Bottom), Place::Dock);
        check(Message::Toggle(Place::Dock), Place::Editor);
    }

    #[test]
    fn the_side_bar_toggles() {
        let mut layout = open(&[]);
        layout.update(show(Place::Side, "cloud"));
        assert!(layout.side.open && layout.side.view == "cloud");
        layout.update(Message::Toggle(Place::Side));
        assert!(!layout.side.open);
        layout.update(Message::Toggle(Place::Side));
        assert!(layout.side.open && layout.side.view == "cloud");
    }
}
