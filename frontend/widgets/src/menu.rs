//! A menu at a place in the window: for a right click, or under a button.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::{
    Icon,
    borrowed::{Borrowed, focused_element, use_borrowed_focus},
    use_lengths,
};

/// Pixels between a menu and the window's edge, at least.
const EDGE: i32 = 4;

/// A line of a menu.
#[derive(Clone, Debug, PartialEq)]
pub enum MenuItem {
    /// Does something.
    Action {
        /// Its text.
        label: AttrValue,
        /// Its icon; none if empty.
        icon: AttrValue,
        /// Its shortcut, for people.
        shortcut: AttrValue,
        /// Whether it destroys something.
        danger: bool,
        /// Whether this is how it is already.
        current: bool,
        /// What it does.
        run: Callback<()>,
    },
    /// A line between groups.
    Line,
}

impl MenuItem {
    /// An action without icon and shortcut.
    pub fn new(label: impl Into<AttrValue>, run: Callback<()>) -> Self {
        let empty = AttrValue::default;
        Self::Action {
            label: label.into(),
            icon: empty(),
            shortcut: empty(),
            danger: false,
            current: false,
            run,
        }
    }

    /// With a shortcut.
    #[must_use]
    pub fn shortcut(mut self, text: impl Into<AttrValue>) -> Self {
        if let Self::Action { shortcut, .. } = &mut self {
            *shortcut = text.into();
        }
        self
    }

    /// With an icon.
    #[must_use]
    pub fn icon(mut self, name: impl Into<AttrValue>) -> Self {
        if let Self::Action { icon, .. } = &mut self {
            *icon = name.into();
        }
        self
    }

    /// Marked as how it is already, where that is so; a menu opens with it.
    #[must_use]
    pub fn current(mut self, so: bool) -> Self {
        if let Self::Action { current, icon, .. } = &mut self
            && so
        {
            (*current, *icon) = (true, "circle-check".into());
        }
        self
    }

    /// Marked as destroying something.
    #[must_use]
    pub fn danger(mut self) -> Self {
        if let Self::Action { danger, .. } = &mut self {
            *danger = true;
        }
        self
    }
}

/// What a menu is.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// Where, in the window.
    pub at: (i32, i32),
    /// Its lines.
    pub items: Rc<Vec<MenuItem>>,
    /// It wants to be gone; comes before an action runs.
    pub on_close: Callback<()>,
}

/// A menu.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let node = use_node_ref();
    let place = use_state_eq(|| props.at);
    use_lengths(&node, vec![("left", f64::from(place.0)), ("top", f64::from(place.1))]);
    let borrowed = {
        let (place, at) = (place.clone(), props.at);
        use_borrowed_focus(&node, at, move |menu| {
            place.set(inside(at, menu));
            let items = items(menu);
            let current = items.iter().position(|item| item.has_attribute("aria-current"));
            focus_item(&items, current.unwrap_or(0));
        })
    };
    let close = props.on_close.clone();
    let onkeydown = {
        let (node, close) = (node.clone(), close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(menu) = node.cast::<HtmlElement>() else { return };
            event.stop_propagation();
            let (key, items) = (event.key(), items(&menu));
            if matches!(key.as_str(), "Escape" | "Tab") {
                close.emit(());
            } else if let Some(item) = step(&key, focused_among(&items), items.len()) {
                focus_item(&items, item);
            } else {
                return;
            }
            event.prevent_default();
        })
    };
    // One line is meant at a time: the pointer takes the focus along.
    let onmouseover = Callback::from(|event: MouseEvent| {
        let item = event.target_unchecked_into::<Element>().closest("[role=menuitem]").ok().flatten();
        if let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
            let _ = item.focus();
        }
    });
    let dismiss = {
        let close = close.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            close.emit(());
        })
    };
    html! {
        <>
            <div class="menu-backdrop" onclick={dismiss.clone()} oncontextmenu={dismiss} />
            <section aria-label={props.label.clone()}>
                <div ref={node} class="menu" role="menu" aria-label={props.label.clone()} tabindex="-1" {onkeydown}
                    {onmouseover} oncontextmenu={Callback::from(|event: MouseEvent| event.prevent_default())}>
                    { for props.items.iter().map(|item| draw(item, &close, &borrowed)) }
                </div>
            </section>
        </>
    }
}

fn draw(item: &MenuItem, close: &Callback<()>, borrowed: &Borrowed) -> Html {
    let MenuItem::Action { label, icon, shortcut, danger, current, run } = item else {
        return html! { <div class="menu-line" role="separator"></div> };
    };
    let onclick = {
        let (run, close, borrowed) = (run.clone(), close.clone(), borrowed.clone());
        Callback::from(move |_: MouseEvent| {
            borrowed.give_back();
            close.emit(());
            run.emit(());
        })
    };
    html! {
        <button type="button" class={classes!("menu-item", danger.then_some("danger"))} role="menuitem" tabindex="-1"
            aria-current={current.then_some("true")} {onclick}>
            if icon.is_empty() {
                <span class="icon"></span>
            } else {
                <Icon name={icon.clone()} />
            }
            <span class="menu-label">{ label }</span>
            if !shortcut.is_empty() {
                <kbd aria-hidden="true">{ shortcut }</kbd>
            }
        </button>
    }
}

/// A place near `at` where the whole menu is in the window.
fn inside(at: (i32, i32), menu: &HtmlElement) -> (i32, i32) {
    let size =
        |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|v| v.as_f64()).unwrap_or(f64::MAX);
    let Some(window) = web_sys::window() else { return at };
    let window = (size(window.inner_width()) as i32, size(window.inner_height()) as i32);
    placed(at, (menu.offset_width(), menu.offset_height()), window)
}

/// A place near a point for what has this size, whole within a window of that size: below the point where there is room, else
/// above.
fn placed((x, y): (i32, i32), own: (i32, i32), window: (i32, i32)) -> (i32, i32) {
    let up = y.saturating_add(own.1 + EDGE) > window.1 && y - own.1 >= EDGE;
    (fit(x, own.0, window.0), if up { y - own.1 } else { fit(y, own.1, window.1) })
}

fn fit(at: i32, own: i32, all: i32) -> i32 {
    at.min(all.saturating_sub(own + EDGE)).max(EDGE)
}

fn items(menu: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = menu.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length())
        .filter_map(|index| found.item(index))
        .filter_map(|node| node.dyn_into().ok())
        .collect()
}

fn focused_among(items: &[HtmlElement]) -> Option<usize> {
    let focused = focused_element()?;
    items.iter().position(|item| *item == focused)
}

/// The item that a key leads to.
fn step(key: &str, at: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(at.map_or(0, |at| (at + 1) % count)),
        "ArrowUp" => Some(at.map_or(last, |at| (at + last) % count)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

fn focus_item(items: &[HtmlElement], index: usize) {
    if let Some(item) = items.get(index) {
        let _ = item.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_key(key: &str, at: Option<usize>, expected: Option<usize>) {
        assert_eq!(step(key, at, 3), expected, "{key} on {at:?}");
    }

    #[test]
    fn keys_go_around_the_items() {
        check_key("ArrowDown", Some(0), Some(1));
        check_key("ArrowDown", Some(2), Some(0));
        check_key("ArrowUp", Some(1), Some(0));
        check_key("ArrowUp", Some(0), Some(2));
        check_key("Home", Some(2), Some(0));
        check_key("End", Some(0), Some(2));
        check_key("x", Some(0), None);
    }

    #[test]
    fn keys_begin_at_an_end_where_no_item_has_the_focus() {
        check_key("ArrowDown", None, Some(0));
        check_key("ArrowUp", None, Some(2));
    }

    #[test]
    fn an_empty_menu_has_nothing_to_go_to() {
        for key in ["ArrowDown", "ArrowUp", "Home", "End"] {
            assert_eq!(step(key, None, 0), None);
        }
    }

    /// Where a menu of 200 × 100 pixels is in a window of 800 × 600.
    fn check_place(at: (i32, i32), expected: (i32, i32)) {
        assert_eq!(placed(at, (200, 100), (800, 600)), expected);
    }

    #[test]
    fn a_menu_is_whole_in_the_window() {
        check_place((50, 60), (50, 60));
        check_place((790, 60), (596, 60));
        check_place((50, 590), (50, 490));
        check_place((-10, -10), (EDGE, EDGE));
        // No room above either.
        assert_eq!(placed((50, 60), (200, 100), (800, 120)), (50, 16));
        // Larger than the window: its beginning is seen.
        assert_eq!(placed((50, 60), (900, 900), (800, 600)), (EDGE, EDGE));
    }

    #[test]
    fn a_menu_that_would_be_cut_below_stands_above() {
        check_place((50, 496), (50, 496));
        check_place((50, 497), (50, 397));
    }

    #[test]
    fn what_is_so_already_has_the_mark() {
        let icon_of = |item: &MenuItem| match item {
            MenuItem::Action { icon, current, .. } => (icon.to_string(), *current),
            MenuItem::Line => unreachable!("it is an action"),
        };
        let item = || MenuItem::new("LF", Callback::noop()).icon("file");
        assert_eq!(icon_of(&item().current(true)), ("circle-check".to_owned(), true));
        assert_eq!(icon_of(&item().current(false)), ("file".to_owned(), false));
    }
}
