//! F6: from one part of the window to the next. And whether a person has moved on while something was loading.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use crate::bridge::acts;

/// What can take the focus in a part, best first.
const TARGETS: [&str; 3] = [
    ".editor:not([hidden]) .cm-content, .terminal:not([hidden]) textarea, [role=tree]",
    "[role=tab][tabindex='0']",
    "button:not([disabled]), input, select, [tabindex='0']",
];

/// A moment between two things that the person did: a key, a click, a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u32);

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        Self(acts())
    }

    /// Whether the person has done nothing since. What comes late and would move the focus, or what is in front, asks.
    pub fn is_now(self) -> bool {
        self == Self::now()
    }
}

/// What a person last asked for that will want the focus as soon as it can take it.
#[derive(Debug, Default)]
pub struct Wish(Cell<Option<Moment>>);

impl Wish {
    /// No wish.
    pub const fn none() -> Self {
        Self(Cell::new(None))
    }

    /// The person asks now.
    pub fn begin(&self) {
        self.0.set(Some(Moment::now()));
    }

    /// Whether the person waits for it and has done nothing else since.
    pub fn holds(&self) -> bool {
        self.0.get().is_some_and(Moment::is_now)
    }
}

thread_local! {
    /// A file was to be opened.
    pub static EDITOR: Wish = const { Wish::none() };
    /// A terminal was to be opened, or to take the focus before it was there.
    pub static TERMINAL: Wish = const { Wish::none() };
}

/// Moves the focus to the next part, or the one before.
pub fn step(by: isize) {
    let page = web_sys::window().and_then(|window| window.document());
    if let Some(page) = page {
        step_in(&page, by);
    }
}

fn step_in(page: &Document, by: isize) {
    let Ok(found) = page.query_selector_all("[data-region]:not([hidden])") else { return };
    let parts: Vec<Element> = (0..found.length())
        .filter_map(|index| found.item(index))
        .filter_map(|node| node.dyn_into().ok())
        .collect();
    let active = page.active_element();
    let current = parts.iter().position(|part| part.contains(active.as_deref()));
    let count = parts.len() as isize;
    for distance in 1..=count {
        let start = current.map_or(if by > 0 { -1 } else { count }, |index| index as isize);
        let index = (start + by * distance).rem_euclid(count);
        if parts.get(index as usize).is_some_and(focus_in) {
            return;
        }
    }
}

/// Moves the focus into a group of editors.
pub fn in_group(id: u32) {
    let page = web_sys::window().and_then(|window| window.document());
    let group = page.and_then(|page| page.query_selector(&format!("[data-group='{id}']")).ok().flatten());
    if let Some(group) = group {
        focus_in(&group);
    }
}

fn focus_in(part: &Element) -> bool {
    // Of several groups of editors, the one in front.
    if let Ok(Some(group)) = part.query_selector(".group.active")
        && focus_in(&group)
    {
        return true;
    }
    TARGETS.iter().any(|selector| {
        let Ok(found) = part.query_selector_all(selector) else { return false };
        (0..found.length())
            .filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok())
            // What is not displayed has no box.
            .filter(|element| element.offset_width() > 0 || element.class_name().contains("xterm"))
            .any(|element| element.focus().is_ok())
    })
}
