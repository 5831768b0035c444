//! Groups of editors: a tree of splits whose leaves are groups, each with its tabs and one in front. Pure; it knows
//! neither the parts of the window around it nor how it is kept.

use std::collections::HashSet;

use protocol::WorkspacePath;

use super::{MAX_OPENED, Tab};

/// Groups at once, at most.
pub const MOST: usize = 16;
/// The share of a split that its first half has: from, to.
pub const SHARES: (f64, f64) = (0.1, 0.9);

/// What tells a group from all others, for as long as it is there.
pub type GroupId = u32;
/// The only group of a window that was not loaded yet. Those that are split off get the next free ids.
const FIRST: GroupId = 0;

/// A group of tabs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// Its tabs, from the left; no two of one key.
    pub tabs: Vec<Tab>,
    /// The keys of those that were in front, newest first: the first of them is.
    pub used: Vec<String>,
}

/// How a split lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Side by side.
    Row,
    /// One above the other.
    Column,
}

/// Where to, from a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the left of it.
    Left,
    /// To the right of it.
    Right,
    /// Above it.
    Up,
    /// Below it.
    Down,
}

/// How a tab moves: within its group, or into another.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// From which group.
    pub from: GroupId,
    /// Which tab.
    pub key: String,
    /// Into which group.
    pub to: GroupId,
    /// Before which tab there.
    pub before: Option<String>,
}

/// How a group is split.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Beside which group the new one is to be.
    pub group: GroupId,
    /// Where, seen from it.
    pub side: Side,
    /// From which group the tab is.
    pub from: GroupId,
    /// Which tab.
    pub key: String,
    /// Whether it stays there, too.
    pub copy: bool,
}

/// What the tree is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A group.
    Leaf(GroupId),
    /// Two halves.
    Split {
        /// How they lie.
        axis: Axis,
        /// What the first has of it, from 0 to 1.
        share: f64,
        /// The first and the second.
        halves: Box<[Shape; 2]>,
    },
}

/// A rectangle, in shares of the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// From the left.
    pub left: f64,
    /// From the top.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// The bar between the halves of a split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// How the halves lie.
    pub axis: Axis,
    /// What the first has.
    pub share: f64,
    /// Where both lie together.
    pub area: Area,
}

/// All groups: at least one, and none but the last is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// In the order of the tree: from the left and the top.
    list: Vec<Group>,
    shape: Shape,
    /// The groups as they were in front, newest first; all of them.
    used: Vec<GroupId>,
}

impl Default for Groups {
    fn default() -> Self {
        Self::new(vec![Group::default()], Shape::Leaf(FIRST), 0)
    }
}

impl Group {
    /// The key of the tab in front.
    pub fn active(&self) -> Option<&str> {
        self.used.first().map(String::as_str)
    }

    /// The place of a tab.
    pub fn index(&self, key: &str) -> Option<usize> {
        self.tabs.iter().position(|tab| tab.key() == key)
    }

    /// A tab.
    pub fn tab(&self, key: &str) -> Option<&Tab> {
        self.tabs.get(self.index(key)?)
    }

    /// The tab in front.
    pub fn active_tab(&self) -> Option<&Tab> {
        self.tab(self.active()?)
    }

    /// Brings a tab to the front, if it is here.
    pub fn activate(&mut self, key: &str) {
        if self.index(key).is_some() {
            self.used.retain(|used| used != key);
            self.used.insert(0, key.to_owned());
        }
    }

    /// Adds a tab behind the one in front, before another or after the one in front, unless there is one like it.
    pub fn insert(&mut self, tab: Tab, before: Option<&str>) {
        if self.index(&tab.key()).is_some() {
            return;
        }
        let after = || Some(self.index(self.active()?)? + 1);
        let at = before.map_or_else(after, |before| self.index(before)).unwrap_or(self.tabs.len());
        self.tabs.insert(at, tab);
        self.mend();
    }

    /// Takes a tab out. What was in front before it comes to the front; else what is beside it.
    fn take(&mut self, key: &str) -> Option<Tab> {
        let index = self.index(key)?;
        let tab = self.tabs.remove(index);
        self.used.retain(|used| used != key);
        if self.used.is_empty() {
            let beside = self.tabs.get(index.min(self.tabs.len().saturating_sub(1)));
            self.used.extend(beside.map(Tab::key));
        }
        Some(tab)
    }

    /// Keeps one tab of each key, and one of them in front.
    fn mend(&mut self) {
        let mut seen = HashSet::new();
        self.tabs.retain(|tab| seen.insert(tab.key()));
        let mut used = HashSet::new();
        self.used.retain(|key| seen.contains(key) && used.insert(key.clone()));
        if self.used.is_empty() {
            self.used.extend(self.tabs.last().map(Tab::key));
        }
    }
}

impl Shape {
    /// Its groups, in order.
    fn leaves(&self) -> Vec<GroupId> {
        match self {
            Self::Leaf(id) => vec![*id],
            Self::Split { halves, .. } => halves.iter().flat_map(Self::leaves).collect(),
        }
    }

    /// Puts something in the place of a group.
    fn replace(&mut self, id: GroupId, by: &Self) {
        match self {
            Self::Leaf(leaf) if *leaf == id => *self = by.clone(),
            Self::Leaf(_) => {}
            Self::Split { halves, .. } => halves.iter_mut().for_each(|half| half.replace(id, by)),
        }
    }

    /// Without a group: its sibling has the room of both. None where nothing is left.
    fn without(self, id: GroupId) -> Option<Self> {
        match self {
            Self::Leaf(leaf) => (leaf != id).then_some(self),
            Self::Split { axis, share, halves } => {
                let [first, second] = *halves;
                match (first.without(id), second.without(id)) {
                    (Some(first), Some(second)) => {
                        Some(Self::Split { axis, share, halves: Box::new([first, second]) })
                    }
                    (first, second) => first.or(second),
                }
            }
        }
    }

    fn walk(&self, area: Area, groups: &mut Vec<(GroupId, Area)>, bars: &mut Vec<Bar>) {
        match self {
            Self::Leaf(id) => groups.push((*id, area)),
            Self::Split { axis, share, halves } => {
                bars.push(Bar { axis: *axis, share: *share, area });
                let (mut one, mut other) = (area, area);
                match axis {
                    Axis::Row => {
                        one.width *= share;
                        (other.left, other.width) = (area.left + one.width, area.width - one.width);
                    }
                    Axis::Column => {
                        one.height *= share;
                        (other.top, other.height) = (area.top + one.height, area.height - one.height);
                    }
                }
                halves[0].walk(one, groups, bars);
                halves[1].walk(other, groups, bars);
            }
        }
    }

    /// The split of a number, counted as `walk` comes to them.
    fn share_mut(&mut self, number: &mut usize) -> Option<&mut f64> {
        let Self::Split { share, halves, .. } = self else { return None };
        if *number == 0 {
            return Some(share);
        }
        *number -= 1;
        halves.iter_mut().find_map(|half| half.share_mut(number))
    }
}

impl Groups {
    /// Groups in a shape, the one at a place in front. Whatever does not fit together is mended.
    ///
    /// The group in front becomes the [`FIRST`], which is the one that there was before: what was done in it then is done
    /// in this one.
    pub(super) fn new(mut list: Vec<Group>, mut shape: Shape, front: usize) -> Self {
        let front = if front < list.len() { front } else { 0 };
        if let Some(group) = list.get_mut(front) {
            shape.replace(group.id, &Shape::Leaf(FIRST));
            group.id = FIRST;
        }
        let used = list.iter().map(|group| group.id).collect();
        let mut groups = Self { list, shape, used };
        groups.list.iter_mut().for_each(Group::mend);
        groups.drop_empty();
        groups.focus(FIRST);
        groups
    }

    /// Files that were used before, newest first: behind what is in front they are the next.
    pub(super) fn remember(&mut self, recent: &[WorkspacePath]) {
        for group in &mut self.list {
            let keys = recent.iter().map(|path| Tab::file(path.clone()).key());
            group.used.extend(keys);
            group.mend();
        }
    }

    /// All groups, from the left and the top.
    pub fn list(&self) -> &[Group] {
        &self.list
    }

    /// The tree.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Where the groups are, and the bars between them.
    pub fn areas(&self) -> (Vec<(GroupId, Area)>, Vec<Bar>) {
        let (mut groups, mut bars) = (Vec::new(), Vec::new());
        self.shape.walk(Area { left: 0.0, top: 0.0, width: 1.0, height: 1.0 }, &mut groups, &mut bars);
        (groups, bars)
    }

    /// The group in front.
    pub fn active(&self) -> &Group {
        let active = self.used.first().and_then(|id| self.get(*id));
        active.or_else(|| self.list.first()).expect("there is always a group")
    }

    /// A group.
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        self.list.iter().find(|group| group.id == id)
    }

    fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.list.iter_mut().find(|group| group.id == id)
    }

    /// All tabs of all groups.
    pub fn tabs(&self) -> impl Iterator<Item = &Tab> {
        self.list.iter().flat_map(|group| &group.tabs)
    }

    /// Brings a group to the front.
    pub fn focus(&mut self, id: GroupId) {
        if self.get(id).is_some() {
            self.used.retain(|used| *used != id);
            self.used.insert(0, id);
        }
    }

    /// The group that is so many after another, around.
    pub fn beside(&self, id: GroupId, by: isize) -> GroupId {
        let index = self.list.iter().position(|group| group.id == id).unwrap_or_default();
        let index = (index as isize + by).rem_euclid(self.list.len() as isize);
        self.list.get(index as usize).map_or(id, |group| group.id)
    }

    /// Opens a tab in the group in front, and brings it to the front; where it is already, if it is the only one of its kind.
    pub fn open(&mut self, tab: Tab) {
        let key = tab.key();
        let known = self.list.iter().find(|group| tab.is_only() && group.index(&key).is_some());
        let id = known.unwrap_or_else(|| self.active()).id;
        self.focus(id);
        if let Some(group) = self.get_mut(id) {
            group.insert(tab, None);
            group.activate(&key);
        }
    }

    /// Whether tabs can be opened there: see [`Groups::open_at`].
    pub fn has_room_at(&self, id: GroupId, side: Option<Side>) -> bool {
        self.list.len() < MOST || self.at_side(id, side).is_none()
    }

    /// The side of a group at which one is to be made; none where the group is empty and takes what is opened itself.
    fn at_side(&self, id: GroupId, side: Option<Side>) -> Option<Side> {
        side.filter(|_| self.get(id).is_some_and(|group| !group.tabs.is_empty()))
    }

    /// Opens tabs in a group, the first in front and the others after it; at a side of it in a group of their own.
    pub fn open_at(&mut self, tabs: Vec<Tab>, id: GroupId, side: Option<Side>) {
        let mut tabs = tabs.into_iter().take(MAX_OPENED);
        let Some(first) = tabs.next().filter(|_| self.has_room_at(id, side)) else { return };
        if let Some(side) = self.at_side(id, side) {
            self.make(id, side, first);
        } else {
            self.focus(id);
            self.open(first);
        }
        for tab in tabs.rev() {
            self.open_behind(tab);
        }
    }

    /// Where what is opened to the side of the group in front goes: into the group after it, else to its right.
    pub fn beside_front(&self) -> (GroupId, Option<Side>) {
        let front = self.active().id;
        let after = self.list.iter().skip_while(|group| group.id != front).nth(1);
        after.map_or((front, Some(Side::Right)), |group| (group.id, None))
    }

    /// Adds a tab behind the one in front.
    pub fn open_behind(&mut self, tab: Tab) {
        let id = self.active().id;
        if let Some(group) = self.get_mut(id) {
            group.insert(tab, None);
        }
    }

    /// Brings a tab of a group to the front, and the group.
    pub fn activate(&mut self, id: GroupId, key: &str) {
        if let Some(group) = self.get_mut(id) {
            group.activate(key);
            self.focus(id);
        }
    }

    /// Brings the tab that is so many after the one in front there, around, in the group in front.
    pub fn step(&mut self, by: isize) {
        let group = self.active();
        let index = group.active().and_then(|key| group.index(key)).unwrap_or_default() as isize;
        let next = (index + by).rem_euclid(group.tabs.len().max(1) as isize);
        if let (id, Some(key)) = (group.id, group.tabs.get(next as usize).map(Tab::key)) {
            self.activate(id, &key);
        }
    }

    /// Closes those tabs of a group that are meant; of all groups, where none is named.
    pub fn close(&mut self, id: Option<GroupId>, meant: impl Fn(&Tab) -> bool) {
        for group in self.list.iter_mut().filter(|group| id.is_none_or(|id| group.id == id)) {
            let keys: Vec<_> = group.tabs.iter().filter(|tab| meant(tab)).map(Tab::key).collect();
            for key in &keys {
                group.take(key);
            }
        }
        self.drop_empty();
    }

    /// Moves a tab before another or to the end, within its group; into another group also behind what is in front there,
    /// and comes to the front with it. Where there is one like it, that one stays.
    pub fn move_tab(&mut self, Move { from, key, to, before }: &Move) {
        let (from, to, before) = (*from, *to, before.as_deref());
        if before == Some(key.as_str()) || self.get(to).is_none() {
            return;
        }
        let Some(group) = self.get_mut(from) else { return };
        if from == to {
            let Some(index) = group.index(key) else { return };
            let tab = group.tabs.remove(index);
            let at = before.and_then(|before| group.index(before)).unwrap_or(group.tabs.len());
            return group.tabs.insert(at, tab);
        }
        let Some(tab) = group.take(key) else { return };
        if let Some(group) = self.get_mut(to) {
            group.insert(tab, before);
        }
        self.activate(to, key);
        self.drop_empty();
    }

    /// The tab that a group is made for; whether it leaves where it is, and whether it is alone there.
    fn splits_off(&self, how: &Split) -> Option<(Tab, bool, bool)> {
        let source = self.get(how.from)?;
        let tab = source.tab(&how.key)?;
        Some((tab.clone(), !how.copy || tab.is_only(), source.tabs.len() == 1))
    }

    /// Whether there may be one group more for this; a group that its last tab leaves makes room.
    pub fn has_room(&self, how: &Split) -> bool {
        let emptied = self.splits_off(how).is_some_and(|(_, leaves, alone)| leaves && alone);
        self.list.len() - usize::from(emptied) < MOST
    }

    /// Makes a group beside another, for a tab of any or for a copy of it, and brings it to the front.
    pub fn split(&mut self, how: &Split) {
        let Some((tab, leaves, alone)) = self.splits_off(how) else { return };
        if (leaves && alone && how.from == how.group) || !self.has_room(how) || self.get(how.group).is_none()
        {
            return;
        }
        self.make(how.group, how.side, tab);
        if leaves && let Some(group) = self.get_mut(how.from) {
            group.take(&how.key);
        }
        self.drop_empty();
    }

    /// Makes a group at a side of another, of this tab, and brings it to the front.
    fn make(&mut self, beside: GroupId, side: Side, tab: Tab) {
        let Some(place) = self.list.iter().position(|group| group.id == beside) else { return };
        let fresh = (0..GroupId::MAX).find(|id| self.get(*id).is_none()).unwrap_or_default();
        let before = matches!(side, Side::Left | Side::Up);
        let axis = if matches!(side, Side::Left | Side::Right) { Axis::Row } else { Axis::Column };
        let (old, new) = (Shape::Leaf(beside), Shape::Leaf(fresh));
        let halves = Box::new(if before { [new, old] } else { [old, new] });
        self.shape.replace(beside, &Shape::Split { axis, share: 0.5, halves });
        let group = Group { id: fresh, used: vec![tab.key()], tabs: vec![tab] };
        self.list.insert(if before { place } else { place + 1 }, group);
        self.focus(fresh);
    }

    /// Changes the share of the split of this number.
    pub fn resize(&mut self, mut number: usize, to: f64) {
        if let Some(share) = self.shape.share_mut(&mut number) {
            *share = if to.is_nan() { *share } else { to.clamp(SHARES.0, SHARES.1) };
        }
    }

    /// Tabs follow a moved file or folder.
    pub fn moved(&mut self, from: &WorkspacePath, to: &WorkspacePath) {
        for Group { tabs, used, .. } in &mut self.list {
            for tab in tabs {
                let old = tab.key();
                tab.moved(from, to);
                used.iter_mut().filter(|key| **key == old).for_each(|key| *key = tab.key());
            }
        }
        // What is there now may have had a tab already.
        self.list.iter_mut().for_each(Group::mend);
    }

    /// A tab of a group, to be changed in what its key does not say.
    pub fn tab_mut(&mut self, id: GroupId, key: &str) -> Option<&mut Tab> {
        let group = self.get_mut(id)?;
        let index = group.index(key)?;
        group.tabs.get_mut(index)
    }

    /// Takes out what is empty, but the last; and keeps the order of use to what is there.
    fn drop_empty(&mut self) {
        let mut kept: Vec<GroupId> =
            self.list.iter().filter(|group| !group.tabs.is_empty()).map(|group| group.id).collect();
        if kept.is_empty() {
            kept.extend(self.used.first().or(self.list.first().map(|group| &group.id)));
        }
        for id in self.shape.leaves().into_iter().filter(|id| !kept.contains(id)) {
            if let Some(shape) = std::mem::replace(&mut self.shape, Shape::Leaf(id)).without(id) {
                self.shape = shape;
            }
        }
        self.list.retain(|group| kept.contains(&group.id));
        let mut seen = HashSet::new();
        self.used.retain(|id| kept.contains(id) && seen.insert(*id));
    }
}

#[cfg(test)]
impl std::fmt::Display for Groups {
    /// Groups beside each other, in order, that in front and its tab in front in brackets: `a [b] | c`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = |group: &Group| {
            let front = |key: &str| group.id == self.active().id && group.active() == Some(key);
            let shown = |key: &str| key.strip_prefix("file:").unwrap_or(key).to_owned();
            let keys = group.tabs.iter().map(Tab::key);
            let keys = keys.map(|key| if front(&key) { format!("[{}]", shown(&key)) } else { shown(&key) });
            keys.collect::<Vec<_>>().join(" ")
        };
        let groups: Vec<_> = self.list.iter().map(group).collect();
        f.write_str(&groups.join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::state::{
        Model,
        layout::{Effect, Layout, Message},
    };

    fn tab(name: &str) -> Tab {
        Tab::file(WorkspacePath::parse(name).unwrap())
    }

    fn key(name: &str) -> String {
        tab(name).key()
    }

    fn open(names: &[&str]) -> Groups {
        let mut groups = Groups::default();
        for name in names {
            groups.open(tab(name));
        }
        groups
    }

    fn split(groups: &mut Groups, side: Side, copy: bool) {
        let from = groups.active().id;
        let key = groups.active().active().unwrap_or_default().to_owned();
        groups.split(&Split { group: from, side, from, key, copy });
    }

    fn put(from: GroupId, name: &str, to: GroupId, before: Option<&str>) -> Move {
        Move { from, key: key(name), to, before: before.map(key) }
    }

    fn check(groups: &Groups, expected: &str) {
        assert_eq!(groups.to_string(), expected);
    }

    #[test]
    fn tabs_are_opened_in_a_group_and_at_its_sides() {
        let tabs = |names: &[&str]| -> Vec<_> { names.iter().map(|name| tab(name)).collect() };
        let mut groups = Groups::default();
        groups.open_at(tabs(&["a", "b"]), 0, Some(Side::Right));
        check(&groups, "[a] b");
        assert_eq!(groups.beside_front(), (0, Some(Side::Right)));
        groups.open_at(tabs(&["b", "c", "d"]), 0, Some(Side::Right));
        check(&groups, "a b | [b] c d");
        groups.open_at(tabs(&["x", "c", "y"]), 1, None);
        check(&groups, "a b | b [x] y c d");
        groups.focus(0);
        check(&groups, "[a] b | b x y c d");
        assert_eq!(groups.beside_front(), (1, None));
        groups.open_at(tabs(&["z"]), 0, Some(Side::Up));
        check(&groups, "[z] | a b | b x y c d");
        groups.open_at(Vec::new(), 1, Some(Side::Left));
        groups.open_at(vec![tab("b"); 2], 1, None);
        check(&groups, "z | a b | [b] x y c d");
        groups.open_at((0..2 * MAX_OPENED).map(|number| tab(&number.to_string())).collect(), 0, None);
        assert_eq!(groups.active().tabs.len(), 2 + MAX_OPENED);
    }

    #[test]
    fn where_there_is_no_room_for_a_group_nothing_is_opened() {
        let mut layout = Layout { loaded: true, ..Layout::default() };
        let mut at = |name: &str, side| layout.update(Message::OpenAt(vec![tab(name)], 0, side));
        for number in 0..MOST {
            assert_eq!(at(&number.to_string(), Some(Side::Right)).len(), 1);
        }
        assert_eq!(at("more", Some(Side::Left)), [Effect::NoRoom]);
        assert_eq!(at("more", None), [Effect::Save]);
        assert_eq!(layout.groups.active().to_owned().tabs, [tab("0"), tab("more")]);
    }

    #[test]
    fn a_split_shows_the_tab_in_both_and_a_move_takes_it_along() {
        let mut groups = open(&["a", "b"]);
        split(&mut groups, Side::Right, true);
        check(&groups, "a b | [b]");
        groups.move_tab(&put(0, "a", 1, Some("b")));
        check(&groups, "b | [a] b");
        groups.move_tab(&put(0, "b", 1, None));
        check(&groups, "a [b]");
        split(&mut groups, Side::Left, false);
        check(&groups, "[b] | a");
        split(&mut groups, Side::Up, false);
        check(&groups, "[b] | a");
    }

    #[test]
    fn what_closes_hands_on_to_what_was_used_before() {
        let mut groups = open(&["a"]);
        split(&mut groups, Side::Right, true);
        split(&mut groups, Side::Down, true);
        groups.focus(0);
        groups.focus(2);
        check(&groups, "a | a | [a]");
        groups.close(Some(2), |_| true);
        check(&groups, "[a] | a");
        groups.close(None, |_| true);
        check(&groups, "");
        assert_eq!(groups.list().len(), 1, "the last one stays, empty");
        groups.open(tab("c"));
        check(&groups, "[c]");
    }

    #[test]
    fn what_is_the_only_one_of_its_kind_is_open_once() {
        let only = |id: &str| Tab::View { id: id.into(), args: Value::Null };
        let mut groups = open(&["a"]);
        groups.open(only("settings"));
        split(&mut groups, Side::Right, true);
        check(&groups, "a | [view:settings:null]");
        split(&mut groups, Side::Down, true);
        check(&groups, "a | [view:settings:null]");
        groups.focus(0);
        groups.open(only("settings"));
        check(&groups, "a | [view:settings:null]");
        groups.open(only("keys"));
        check(&groups, "a | view:settings:null [view:keys:null]");
    }

    #[test]
    fn groups_lie_where_they_were_split() {
        let mut groups = open(&["a"]);
        split(&mut groups, Side::Right, true);
        split(&mut groups, Side::Up, true);
        groups.resize(0, 0.25);
        let (areas, bars) = groups.areas();
        let area = |left, top, width, height| Area { left, top, width, height };
        let expected = [
            (0, area(0.0, 0.0, 0.25, 1.0)),
            (2, area(0.25, 0.0, 0.75, 0.5)),
            (1, area(0.25, 0.5, 0.75, 0.5)),
        ];
        assert_eq!(areas, expected);
        assert_eq!(bars.iter().map(|bar| bar.axis).collect::<Vec<_>>(), [Axis::Row, Axis::Column]);
        groups.resize(1, 7.0);
        assert_eq!(groups.areas().1.get(1).map(|bar| bar.share), Some(SHARES.1));
        assert_eq!((groups.beside(2, 1), groups.beside(2, -1), groups.beside(1, 1)), (1, 0, 0));
    }

    #[test]
    fn there_are_no_more_than_the_most() {
        let mut groups = open(&["a", "b"]);
        for _ in 0..2 * MOST {
            split(&mut groups, Side::Down, true);
        }
        assert_eq!(groups.list().len(), MOST);
        let how = |copy| Split { group: 0, side: Side::Up, from: 3, key: key("b"), copy };
        assert!(!groups.has_room(&how(true)) && groups.has_room(&how(false)), "its last tab leaves one");
        groups.split(&how(false));
        assert_eq!(groups.list().len(), MOST);
    }

    fn sound(groups: &Groups) {
        let ids: Vec<_> = groups.list.iter().map(|group| group.id).collect();
        assert_eq!(groups.shape.leaves(), ids, "the tree and the list are of the same groups");
        let (areas, bars) = groups.areas();
        assert_eq!(areas.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
        let covered: f64 = areas.iter().map(|(_, area)| area.width * area.height).sum();
        assert!((covered - 1.0).abs() < 1e-9, "together they fill the window: {covered}");
        assert_eq!(bars.len() + 1, ids.len());
        assert!(bars.iter().all(|bar| (SHARES.0..=SHARES.1).contains(&bar.share)));
        let mut used = groups.used.clone();
        used.sort_unstable();
        let mut all = ids.clone();
        all.sort_unstable();
        assert_eq!(used, all, "each group has its place in the order of use");
        assert!((1..=MOST).contains(&ids.len()));
        for group in &groups.list {
            let keys: HashSet<_> = group.tabs.iter().map(Tab::key).collect();
            assert_eq!(keys.len(), group.tabs.len(), "a tab is twice in a group");
            assert!(ids.len() == 1 || !keys.is_empty(), "a group is empty");
            assert_eq!(group.active_tab().is_some(), !keys.is_empty(), "one is in front");
            assert!(group.used.iter().all(|key| keys.contains(key)));
        }
    }

    /// What is to be seen of groups, whatever their ids are.
    fn seen(groups: &Groups) -> String {
        let (areas, bars) = groups.areas();
        let areas: Vec<_> = areas.into_iter().map(|(_, area)| area).collect();
        let fronts: Vec<_> = groups.list.iter().map(Group::active).collect();
        format!("{groups} {areas:?} {bars:?} {fronts:?}")
    }

    proptest! {
        #[test]
        fn whatever_is_done_leaves_every_tab_in_a_group_that_is_there(
            steps in prop::collection::vec((0..12u8, 0..20u32, 0..20u32, 0..5usize, 0..5usize), 1..80)
        ) {
            let mut groups = Groups::default();
            let tabs = [
                tab("a"),
                tab("b"),
                Tab::View { id: "machine".into(), args: json!({"name": "orders"}) },
                Tab::View { id: "settings".into(), args: Value::Null },
                Tab::Unknown(json!({"future": 1})),
            ];
            let tab = |pick: usize| tabs[pick].clone();
            let key = |pick: usize| tabs[pick].key();
            for (step, from, to, one, other) in steps {
                let before: Vec<_> = groups.tabs().map(Tab::key).collect();
                let kept = |groups: &Groups| before.iter().all(|key| groups.tabs().any(|tab| tab.key() == *key));
                let side = [Side::Left, Side::Right, Side::Up, Side::Down][one % 4];
                match step {
                    0 | 1 => groups.open(tab(one)),
                    2 => groups.open_behind(tab(one)),
                    3 => groups.activate(from, &key(one)),
                    4 => groups.step(if one > 2 { 1 } else { -1 }),
                    5 => {
                        let before = (other > 0).then(|| key(other));
                        groups.move_tab(&Move { from, key: key(one), to, before });
                    }
                    6..=8 => groups.split(&Split { group: to, side, from, key: key(other), copy: step < 8 }),
                    9 => groups.focus(from),
                    10 => groups.resize(from as usize, f64::from(to) / 10.0 - 0.5),
                    _ => groups.close((other > 0).then_some(from), |tab| tab.key() == key(one)),
                }
                sound(&groups);
                prop_assert!(step == 11 || kept(&groups), "a tab is lost");
            }
            let shown = seen(&groups);
            let kept = Layout { groups, ..Layout::default() }.to_keep();
            let mut again = Layout::default();
            again.update(Message::Loaded(Some(kept), None));
            sound(&again.groups);
            prop_assert_eq!(seen(&again.groups), shown, "a reload shows the same");
        }
    }
}
