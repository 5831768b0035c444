//! F6: from one part of the window to the next. And whether a person has moved on while something was loading.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

/// What can take the focus in a part, best first.
const TARGETS: [&str; 3] = [
    ".editor:not([hidden]) .cm-content, .terminal:not([hidden]) textarea, [role=tree]",
    "[role=tab][tabindex='0']",
    "button:not([disabled]), input, select, [tabindex='0']",
];

thread_local! {
    static LEFT_AT: RefCell<Option<Element>> = const { RefCell::new(None) };
}

/// Remembers where the person is who asks for something that will want the focus.
pub fn remember() {
    LEFT_AT.with(|left| *left.borrow_mut() = active().filter(|place| place.tag_name() != "BODY"));
}

/// Whether the person is still there, so that what was asked for may take the focus: typing elsewhere goes on.
pub fn unmoved() -> bool {
    let Some(now) = active().filter(|now| now.tag_name() != "BODY") else { return true };
    // The person may have been nowhere, or where that was may be gone, as a palette is: then nobody chose the present
    // place.
    LEFT_AT.with(|left| left.borrow().as_ref().is_none_or(|left| *left == now || !left.is_connected()))
}

fn active() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
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

fn focus_in(part: &Element) -> bool {
    TARGETS.iter().any(|selector| {
        let Ok(found) = part.query_selector_all(selector) else { return false };
        (0..found.length())
            .filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok())
            // What is not displayed has no box.
            .filter(|element| element.offset_width() > 0 || element.class_name().contains("xterm"))
            .any(|element| element.focus().is_ok())
    })
}
