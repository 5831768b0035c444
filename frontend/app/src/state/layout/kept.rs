//! A layout as it is kept: read member by member, so that one that this version does not know costs none of the others,
//! and written with what was not known put back.

use serde_json::{Map, Value};

use super::{
    Group, Groups, Layout, Tab,
    groups::{Axis, MOST, SHARES, Shape},
};
use crate::json::{self, object};

/// What another version has kept and this one cannot read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Foreign {
    members: Vec<Member>,
}

/// The names on the way to a member: one, or two within a part of the window.
type Place = (String, Option<String>);

#[derive(Clone, Debug, PartialEq)]
struct Member {
    place: Place,
    /// What stands for it here.
    shown: Value,
    kept: Value,
}

/// Reads what was kept, as far as it is known.
pub(super) fn read(kept: Value) -> Layout {
    let Value::Object(mut kept) = kept else { return Layout::default() };
    let usual = json::tree(&Layout::default());
    let mut reading =
        Reading { usual, good: Map::new(), foreign: Foreign::default(), groups: Groups::default() };
    // As it was kept before there were groups: these are the one's.
    let [tabs, active] = ["tabs", "active"].map(|name| kept.remove(name).unwrap_or_default());
    if tabs.is_array() && !kept.contains_key("groups") {
        let tree = object([("tabs", tabs), ("active", active)]);
        kept.insert("groups".to_owned(), object([("tree", tree)]));
    }
    for (name, value) in kept {
        match value {
            value if name == "groups" => reading.groups(value),
            Value::Object(members) if reading.usual.get(&name).is_some_and(Value::is_object) => {
                reading.part(&name, members);
            }
            value => reading.member(name, value),
        }
    }
    reading.finish()
}

/// Writes a layout. What was foreign is put back, unless the person has chosen something else for it since.
pub(super) fn write(layout: &Layout) -> Value {
    let mut written = known(layout);
    for Member { place, shown, kept } in &layout.foreign.members {
        let unchanged = at(&written, place) == *shown;
        let (name, inner) = place;
        let holder = if inner.is_some() { written.get_mut(name) } else { Some(&mut written) };
        if let Some(Value::Object(holder)) = holder.filter(|_| unchanged) {
            holder.insert(inner.as_ref().unwrap_or(name).clone(), kept.clone());
        }
    }
    written
}

/// What this version knows of a layout.
fn known(layout: &Layout) -> Value {
    let mut written = json::tree(layout);
    let (groups, active) = (&layout.groups, layout.groups.active().id);
    let front = groups.list().iter().position(|group| group.id == active);
    written["groups"] = object([("front", front.into()), ("tree", write_shape(groups.shape(), groups))]);
    written
}

fn write_shape(shape: &Shape, groups: &Groups) -> Value {
    match shape {
        Shape::Leaf(id) => {
            let group = groups.get(*id);
            let tabs = group.iter().flat_map(|group| &group.tabs).map(Tab::write).collect::<Vec<_>>();
            object([("tabs", tabs.into()), ("active", group.and_then(Group::active).into())])
        }
        Shape::Split { axis, share, halves } => {
            let axis = if *axis == Axis::Row { "row" } else { "column" };
            let halves: Vec<_> = halves.iter().map(|half| write_shape(half, groups)).collect();
            object([("axis", axis.into()), ("share", (*share).into()), ("halves", halves.into())])
        }
    }
}

/// Reads a tree of groups into `list`, with ids that no group gets that was there before. What cannot be read is left out; the
/// tabs of groups beyond the most go into the last.
fn read_shape(kept: &mut Value, list: &mut Vec<Group>) -> Option<Shape> {
    let (axis, share) = (kept["axis"] == "column", kept["share"].as_f64().unwrap_or(0.5));
    if let Some([first, second]) = kept.get_mut("halves").and_then(Value::as_array_mut).map(Vec::as_mut_slice)
    {
        return match (read_shape(first, list), read_shape(second, list)) {
            (Some(first), Some(second)) => Some(Shape::Split {
                axis: if axis { Axis::Column } else { Axis::Row },
                share: share.clamp(SHARES.0, SHARES.1),
                halves: Box::new([first, second]),
            }),
            (first, second) => first.or(second),
        };
    }
    let used = kept["active"].as_str().map(str::to_owned).into_iter().collect();
    let tabs = kept.get_mut("tabs")?.as_array_mut()?;
    let tabs: Vec<_> = tabs.drain(..).map(Tab::read).collect();
    let full = list.len() >= MOST;
    if let Some(last) = list.last_mut().filter(|_| full) {
        last.tabs.extend(tabs);
        return None;
    }
    let id = (MOST + list.len()) as u32;
    list.push(Group { id, tabs, used });
    Some(Shape::Leaf(id))
}

struct Reading {
    /// The layout of somebody who comes for the first time: it has every member there is.
    usual: Value,
    /// What can be read so far.
    good: Map<String, Value>,
    foreign: Foreign,
    groups: Groups,
}

impl Reading {
    fn groups(&mut self, kept: Value) {
        let (mut tree, mut list) = (kept["tree"].clone(), Vec::new());
        match read_shape(&mut tree, &mut list) {
            Some(shape) => {
                let front = kept["front"].as_u64().unwrap_or_default();
                self.groups = Groups::new(list, shape, front as usize);
            }
            None => self.keep(("groups".to_owned(), None), kept),
        }
    }

    fn member(&mut self, name: String, value: Value) {
        self.good.insert(name.clone(), value.clone());
        if self.usual.get(&name).is_none() || layout_of(&self.good).is_none() {
            self.good.remove(&name);
            self.keep((name, None), value);
        }
    }

    fn part(&mut self, name: &str, members: Map<String, Value>) {
        let mut part = self.usual.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        for (inner, value) in members {
            let before = part.insert(inner.clone(), value.clone());
            let mut tried = self.good.clone();
            tried.insert(name.to_owned(), Value::Object(part.clone()));
            if before.is_none() || layout_of(&tried).is_none() {
                part.remove(&inner);
                part.extend(before.map(|before| (inner.clone(), before)));
                self.keep((name.to_owned(), Some(inner)), value);
            }
        }
        self.good.insert(name.to_owned(), Value::Object(part));
    }

    fn keep(&mut self, place: Place, kept: Value) {
        self.foreign.members.push(Member { place, shown: Value::Null, kept });
    }

    fn finish(mut self) -> Layout {
        let mut layout = layout_of(&self.good).unwrap_or_default();
        layout.groups = self.groups;
        layout.groups.remember(&layout.recent);
        let shown = known(&layout);
        for member in &mut self.foreign.members {
            member.shown = at(&shown, &member.place);
        }
        layout.foreign = self.foreign;
        layout
    }
}

fn layout_of(members: &Map<String, Value>) -> Option<Layout> {
    json::read_tree(Value::Object(members.clone())).ok()
}

/// The member at a place; null where there is none.
fn at(value: &Value, (name, inner): &Place) -> Value {
    let member = value.get(name);
    let member = inner.as_ref().map_or(member, |inner| member?.get(inner));
    member.cloned().unwrap_or_default()
}
