//! A menu at a place in the window: for a right click, or under a button.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::{Icon, effect::use_effect_with, use_lengths};

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
    {
        let (node, place) = (node.clone(), place.clone());
        use_effect_with(props.at, move |at| {
            let before = focused_element();
            if let Some(menu) = node.cast::<HtmlElement>() {
                place.set(inside(*at, &menu));
                let current = items(&menu).iter().position(|item| item.has_attribute("aria-current"));
                focus_item(&menu, current.map_or(0, |index| index as i32));
            }
            move || {
                if let Some(element) = before {
                    let _ = element.focus();
                }
            }
        });
    }
    let close = props.on_close.clone();
    let onkeydown = {
        let (node, close) = (node.clone(), close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(menu) = node.cast::<HtmlElement>() else { return };
            event.stop_propagation();
            match event.key().as_str() {
                "ArrowDown" => focus_item(&menu, focused_index(&menu) + 1),
                "ArrowUp" => focus_item(&menu, focused_index(&menu) - 1),
                "Home" => focus_item(&menu, 0),
                "End" => focus_item(&menu, -1),
                "Escape" | "Tab" => close.emit(()),
                _ => return,
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
                    { for props.items.iter().map(|item| draw(item, &close)) }
                </div>
            </section>
        </>
    }
}

fn draw(item: &MenuItem, close: &Callback<()>) -> Html {
    let MenuItem::Action { label, icon, shortcut, danger, current, run } = item else {
        return html! { <div class="menu-line" role="separator"></div> };
    };
    let onclick = {
        let (run, close) = (run.clone(), close.clone());
        Callback::from(move |_: MouseEvent| {
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

/// A place near `at` where the whole menu is in the window: below it where there is room, else above.
fn inside((x, y): (i32, i32), menu: &HtmlElement) -> (i32, i32) {
    let size =
        |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|v| v.as_f64()).unwrap_or(f64::MAX);
    let Some(window) = web_sys::window() else { return (x, y) };
    let (width, height) = (size(window.inner_width()) as i32, size(window.inner_height()) as i32);
    let own = menu.offset_height();
    let up = y.saturating_add(own + EDGE) > height && y - own >= EDGE;
    (fit(x, menu.offset_width(), width), if up { y - own } else { fit(y, own, height) })
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

/// What has the focus.
pub(crate) fn focused_element() -> Option<HtmlElement> {
    let element: Element = web_sys::window()?.document()?.active_element()?;
    element.dyn_into().ok()
}

fn focused_index(menu: &HtmlElement) -> i32 {
    let focused = focused_element();
    items(menu).iter().position(|item| Some(item) == focused.as_ref()).map_or(-1, |index| index as i32)
}

fn focus_item(menu: &HtmlElement, index: i32) {
    let items = items(menu);
    let count = items.len() as i32;
    if count > 0
        && let Some(item) = items.get(index.rem_euclid(count) as usize)
    {
        let _ = item.focus();
    }
}
