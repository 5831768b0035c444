//! A layout as it is kept: read member by member, so that one that this version does not know costs none of the others,
//! and written with what was not known put back.

use serde_json::{Map, Value};

use super::{Layout, Tab};
use crate::json;

/// What another version has kept and this one cannot read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Foreign {
    /// Tabs, each with its place among all.
    tabs: Vec<(usize, Value)>,
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
    let Value::Object(kept) = kept else { return Layout::default() };
    let usual = serde_json::to_value(Layout::default()).unwrap_or_default();
    let mut reading = Reading { usual, good: Map::new(), foreign: Foreign::default() };
    for (name, value) in kept {
        match value {
            Value::Array(tabs) if name == "tabs" => reading.tabs(tabs),
            Value::Object(members) if reading.usual.get(&name).is_some_and(Value::is_object) => {
                reading.part(&name, members);
            }
            value => reading.member(name, value),
        }
    }
    reading.finish()
}

/// Writes a layout. What was foreign is put back, unless the person has chosen something else for it since.
pub(super) fn write(layout: &Layout) -> serde_json::Result<Value> {
    let mut written = serde_json::to_value(layout)?;
    if let Some(Value::Array(tabs)) = written.get_mut("tabs") {
        for (place, tab) in &layout.foreign.tabs {
            tabs.insert((*place).min(tabs.len()), tab.clone());
        }
    }
    for Member { place, shown, kept } in &layout.foreign.members {
        let unchanged = at(&written, place) == *shown;
        let (name, inner) = place;
        let holder = if inner.is_some() { written.get_mut(name) } else { Some(&mut written) };
        if let Some(Value::Object(holder)) = holder.filter(|_| unchanged) {
            holder.insert(inner.as_ref().unwrap_or(name).clone(), kept.clone());
        }
    }
    Ok(written)
}

struct Reading {
    /// The layout of somebody who comes for the first time: it has every member there is.
    usual: Value,
    /// What can be read so far.
    good: Map<String, Value>,
    foreign: Foreign,
}

impl Reading {
    fn tabs(&mut self, tabs: Vec<Value>) {
        let mut known = Vec::new();
        for (place, tab) in tabs.into_iter().enumerate() {
            if json::read_tree::<Tab>(tab.clone()).is_ok() {
                known.push(tab);
            } else {
                self.foreign.tabs.push((place, tab));
            }
        }
        self.good.insert("tabs".to_owned(), Value::Array(known));
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
        let shown = serde_json::to_value(&layout).unwrap_or_default();
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
