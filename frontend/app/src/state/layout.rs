//! What is open where. Kept by the agent, so that a reload or another browser shows the same.

use std::collections::HashSet;

use protocol::WorkspacePath;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::Model;

pub mod groups;
mod keep;
mod kept;
mod part;
mod tab;

pub use groups::{Group, GroupId, Groups, Move, Side, Split};
pub use keep::keep_before_leaving;
pub use part::{Part, Place};
pub use tab::Tab;

/// Files kept in the list of recent ones.
const MAX_RECENT: usize = 50;
/// Folders remembered as open.
const MAX_FOLDERS: usize = 300;
/// Tabs that are opened at once, at most.
pub const MAX_OPENED: usize = 100;
/// What is open where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Layout {
    /// The groups of editors, with what is open in them.
    #[serde(skip)]
    pub groups: Groups,
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
            groups: Groups::default(),
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
    /// A tab opens in the group in front, or comes to the front there.
    Open(Tab),
    /// Tabs open in a group, or at a side of it in one of their own; the first of them comes to the front.
    OpenAt(Vec<Tab>, GroupId, Option<Side>),
    /// A tab opens behind the one in front.
    OpenBehind(Tab),
    /// A tab of a group closes; of all groups, where none is named.
    Close(Option<GroupId>, String),
    /// All tabs of a group close, but one that may be named.
    CloseOthers(GroupId, Option<String>),
    /// A tab of a group comes to the front, and the group.
    Activate(GroupId, String),
    /// The next or previous tab of the group in front comes to the front.
    Step(isize),
    /// A tab moves.
    Move(Move),
    /// A tab gets a group of its own, or a copy of it does.
    Split(Split),
    /// A group comes to the front.
    Focus(GroupId),
    /// The first half of a split, by its number, gets another share of it.
    Share(usize, f64),
    /// An editor of a group tells where its cursor and scroll position are.
    Viewed(GroupId, WorkspacePath, Value),
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
    /// Say that there are as many groups as there can be.
    NoRoom,
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
        matches!(self, Self::Folders(_) | Self::Resize(..) | Self::Share(..) | Self::Viewed(..))
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
            Message::Viewed(group, path, seen) => {
                if !self.view_of(group, path, seen) {
                    return Vec::new();
                }
            }
            Message::Focus(group) if self.groups.active().id == group => return Vec::new(),
            Message::Split(ref split) if !self.groups.has_room(split) => return vec![Effect::NoRoom],
            Message::OpenAt(_, group, side) if !self.groups.has_room_at(group, side) => {
                return vec![Effect::NoRoom];
            }
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
    }

    /// This layout as it is kept.
    pub(crate) fn to_keep(&self) -> Value {
        kept::write(self)
    }

    fn change(&mut self, message: Message) {
        match message {
            Message::Open(tab) => self.open(tab),
            Message::OpenAt(tabs, group, side) => {
                self.groups.open_at(tabs, group, side);
                self.fronted();
            }
            Message::OpenBehind(tab) if self.active_tab().is_none() => self.open(tab),
            Message::OpenBehind(tab) => self.groups.open_behind(tab),
            Message::Close(group, key) => self.groups.close(group, |tab| tab.key() == key),
            Message::CloseOthers(group, kept) => {
                self.groups.close(Some(group), |tab| Some(tab.key()) != kept);
            }
            Message::Activate(group, key) => {
                self.groups.activate(group, &key);
                self.fronted();
            }
            Message::Step(by) => {
                self.groups.step(by);
                self.fronted();
            }
            Message::Move(how) => self.groups.move_tab(&how),
            Message::Split(how) => self.groups.split(&how),
            Message::Focus(group) => {
                self.groups.focus(group);
                self.fronted();
            }
            Message::Share(number, share) => self.groups.resize(number, share),
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
            Message::Connected
            | Message::Loaded(..)
            | Message::NotLoaded(_)
            | Message::Viewed(..)
            | Message::Uncover => {}
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

    /// The tab in front.
    pub fn active_tab(&self) -> Option<&Tab> {
        self.groups.active().active_tab()
    }

    /// The file in front.
    pub fn active_file(&self) -> Option<&WorkspacePath> {
        match self.active_tab()? {
            Tab::File { path, .. } => Some(path),
            _ => None,
        }
    }

    fn open(&mut self, tab: Tab) {
        self.groups.open(tab);
        self.fronted();
    }

    /// The person has chosen what is in front.
    fn fronted(&mut self) {
        if let Some(path) = self.active_tab().and_then(Tab::path) {
            self.recent.retain(|recent| *recent != path);
            self.recent.insert(0, path);
            self.recent.truncate(MAX_RECENT);
        }
        (self.pane, self.over) = (Place::Editor, Place::Editor);
    }

    /// Keeps where an editor is; whether it was elsewhere before.
    fn view_of(&mut self, group: GroupId, path: WorkspacePath, seen: Value) -> bool {
        match self.groups.tab_mut(group, &Tab::file(path).key()) {
            Some(Tab::File { view, .. }) if *view != seen => {
                *view = seen;
                true
            }
            _ => false,
        }
    }

    fn moved(&mut self, from: &WorkspacePath, to: &WorkspacePath) {
        self.groups.moved(from, to);
        for path in self.recent.iter_mut().chain(&mut self.folders) {
            *path = follow(path, from, to);
        }
        let mut seen = HashSet::new();
        self.recent.retain(|path| seen.insert(path.clone()));
    }

    fn deleted(&mut self, paths: &[WorkspacePath]) {
        let gone = |path: &WorkspacePath| paths.iter().any(|deleted| path.is_within(deleted));
        self.recent.retain(|path| !gone(path));
        self.folders.retain(|path| !gone(path));
        self.groups.close(None, |tab| tab.path().is_some_and(|path| gone(&path)));
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
        assert_eq!(layout.groups.to_string(), expected);
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
        layout.update(Message::Activate(0, "file:a".into()));
        layout.update(Message::Activate(0, "file:c".into()));
        layout.update(Message::Close(None, "file:c".into()));
        check(&layout, "[a] b");
        layout.update(Message::Close(None, "file:b".into()));
        layout.update(Message::Close(None, "file:a".into()));
        check(&layout, "");
        layout.update(Message::Close(None, "file:a".into()));
    }

    #[test]
    fn tabs_follow_moved_and_deleted_files() {
        let mut layout = open(&["src/a", "src/b", "srcs"]);
        layout.update(Message::Activate(0, "file:src/b".into()));
        layout.update(Message::Moved(path("src"), path("lib/x")));
        check(&layout, "lib/x/a [lib/x/b] srcs");
        layout.update(Message::Deleted(vec![path("lib")]));
        check(&layout, "[srcs]");
    }

    #[test]
    fn a_place_in_a_file_is_kept_once() {
        let mut layout = open(&["a", "b"]);
        let seen = |place: u32| Message::Viewed(0, path("a"), place.into());
        assert_eq!(layout.update(seen(1)), [Effect::SaveSoon]);
        assert_eq!(layout.update(seen(1)), []);
        assert_eq!(layout.update(seen(2)), [Effect::SaveSoon]);
        assert_eq!(layout.update(Message::Viewed(0, path("c"), 1.into())), [], "it is not open");
    }

    #[test]
    fn a_file_that_two_tabs_lead_to_has_one() {
        let mut layout = open(&["real", "other", "link"]);
        layout.update(Message::Moved(path("link"), path("real")));
        check(&layout, "[real] other");
        layout.update(Message::Close(None, "file:real".into()));
        check(&layout, "[other]");
    }

    #[test]
    fn tabs_move_and_step() {
        let mut layout = open(&["a", "b", "c"]);
        let to = |before: Option<&str>| Move {
            from: 0,
            key: "file:c".into(),
            to: 0,
            before: before.map(Into::into),
        };
        layout.update(Message::Move(to(Some("file:a"))));
        check(&layout, "[c] a b");
        layout.update(Message::Step(-1));
        check(&layout, "c a [b]");
        layout.update(Message::Move(to(None)));
        check(&layout, "a [b] c");
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut layout = open(&["a", "b"]);
        layout.update(Message::Resize(Place::Side, 9_999.0));
        let kept = layout.to_keep();
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
    fn what_was_done_before_the_load_is_done_in_the_group_in_front() {
        let group = |name: &str| serde_json::json!({"tabs": [{"file": {"path": name}}]});
        let halves = [group("a"), group("b")];
        let tree = serde_json::json!({"axis": "row", "share": 0.3, "halves": halves});
        let mut layout = Layout::default();
        for name in ["c", "d"] {
            layout.update(Message::Open(Tab::file(path(name))));
        }
        let front = layout.groups.active().id;
        let split = |side| {
            let key = "file:d".to_owned();
            Message::Split(Split { group: front, side, from: front, key, copy: false })
        };
        layout.update(split(Side::Down));
        let second = layout.groups.active().id;
        layout.update(Message::Activate(front, "file:c".into()));
        layout.update(Message::Close(Some(second), "file:d".into()));
        layout.update(split(Side::Right));
        layout.update(Message::Loaded(Some(serde_json::json!({"groups": {"front": 1, "tree": tree}})), None));
        check(&layout, "a | b [c]");
        assert_eq!(layout.groups.active().id, front, "who waits for an editor of it finds it");
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
            "tabs": [{"file": {"path": "a"}}, {"settings": {"page": 2}}, {"file": {"path": "b"}}],
            "active": "settings:2",
            "side": {"open": true, "view": "changes", "size": 300.0, "pinned": true},
            "bottom": {"open": false, "view": "logs", "size": "tall"},
            "minimap": [1, 2],
            "theme": "sepia",
        });
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(kept), None));
        check(&layout, r#"a unknown:{"settings":{"page":2}} [b]"#);
        assert_eq!(
            (layout.side.view.as_str(), layout.bottom.view.as_str(), layout.bottom.open),
            ("changes", "logs", false)
        );
        layout.update(Message::Resize(Place::Side, 320.0));
        let written = layout.to_keep();
        let at = |place: &str| written.pointer(place).cloned().unwrap_or_default();
        assert_eq!(at("/groups/tree/tabs/1"), serde_json::json!({"settings": {"page": 2}}));
        assert_eq!(
            at("/side"),
            serde_json::json!({"open": true, "view": "changes", "size": 320.0, "pinned": true})
        );
        assert_eq!((at("/bottom/size"), at("/minimap")), ("tall".into(), serde_json::json!([1, 2])));
        assert_eq!(at("/theme"), "sepia");
        layout.update(show(Place::Side, "cloud"));
        let written = layout.to_keep();
        assert_eq!(written.pointer("/side/view"), Some(&"cloud".into()), "the person has chosen since");
    }

    #[test]
    fn groups_that_another_version_keeps_otherwise_stay_until_something_is_opened() {
        let kept = serde_json::json!({"groups": [1, 2]});
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(kept.clone()), None));
        layout.update(Message::Resize(Place::Side, 320.0));
        assert_eq!(layout.to_keep()["groups"], kept["groups"]);
        layout.update(Message::Open(Tab::file(path("a"))));
        assert_eq!(layout.to_keep()["groups"]["tree"]["active"], "file:a");
    }

    #[test]
    fn tabs_of_before_there_were_views_are_read() {
        let kept = serde_json::json!({
            "tabs": [{"compare": {"path": "a"}}, {"source": {"uri": "file:///lib.rs"}}],
            "active": "compare:a",
        });
        let mut layout = Layout::default();
        layout.update(Message::Loaded(Some(kept), None));
        check(&layout, r#"view:compare:{"path":"a"} [view:source:{"uri":"file:///lib.rs"}]"#);
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
        layout.update(Message::Activate(0, "file:a".into()));
        let written = layout.to_keep();
        assert_eq!(written.pointer("/groups/tree/tabs/1"), Some(&tab));
        assert_eq!(written.pointer("/dock/view"), Some(&"guide".into()));
        layout.update(Message::Close(None, key.into()));
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
