//! A row of tabs. The cross that closes one is for pointers; the keyboard closes with Delete.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::{Icon, Word, effect::use_effect_with, words::say};

/// A tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tab {
    /// Its identity.
    pub key: AttrValue,
    /// Its text and accessible name.
    pub label: AttrValue,
    /// What tells it from others of the same name.
    pub detail: AttrValue,
    /// Its tip.
    pub title: AttrValue,
    /// Its icon; none if empty.
    pub icon: AttrValue,
    /// More classes.
    pub class: &'static str,
    /// Whether a dot says that it holds unsaved work.
    pub dirty: bool,
    /// Whether it can be closed.
    pub closable: bool,
    /// The element it shows, by id, if it is in the page.
    pub controls: Option<AttrValue>,
}

/// What a person does to tabs.
#[derive(Clone, Debug, PartialEq)]
pub enum TabEvent {
    /// Chooses one.
    Choose(AttrValue),
    /// Closes one.
    Close(AttrValue),
    /// Asks for the menu of one at a place in the window.
    Menu(AttrValue, i32, i32),
    /// Moves one before another, or to the end.
    Move(AttrValue, Option<AttrValue>),
    /// Brings one of another row, whose id comes first.
    Bring(AttrValue, AttrValue, Option<AttrValue>),
    /// Wants to rename one.
    Rename(AttrValue),
}

/// What a row of tabs is.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// A prefix for ids, unique in the page.
    pub id: AttrValue,
    /// The tabs.
    pub tabs: Rc<Vec<Tab>>,
    /// The chosen one.
    #[prop_or_default]
    pub chosen: Option<AttrValue>,
    /// Whether the tabs stand one below the other.
    #[prop_or_default]
    pub vertical: bool,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// Rows of one name take each other's tabs; without a name, a row takes its own.
    #[prop_or_default]
    pub rows: Option<AttrValue>,
    /// What a person does.
    pub on: Callback<TabEvent>,
    /// A tab begins to be dragged, or no longer is.
    #[prop_or_default]
    pub on_drag: Callback<bool>,
}

/// A row of tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.chosen.clone(), move |_| {
            let chosen = node.cast::<Element>();
            let chosen = chosen.and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
            if let (Some(list), Some(tab)) = (node.cast::<Element>(), chosen) {
                show_within(&list, &tab);
            }
        });
    }
    let (rows, place) = (props.rows.as_ref().unwrap_or(&props.id).clone(), use_state_eq(|| None::<usize>));
    let (ondragover, ondragleave, ondrop) = drops(props, &node, &rows, &place);
    let mark = |index: usize| match *place {
        Some(at) if at == index => "drop-before",
        Some(at) if at == props.tabs.len() && index + 1 == at => "drop-after",
        _ => "",
    };
    let focusable = props.chosen.clone().or_else(|| props.tabs.first().map(|tab| tab.key.clone()));
    html! {
        <div
            ref={node}
            class={classes!("tabs", props.class.clone())}
            role="tablist"
            aria-label={props.label.clone()}
            aria-orientation={if props.vertical { "vertical" } else { "horizontal" }}
            ondragenter={ondragover.clone()}
            {ondragover}
            {ondragleave}
            {ondrop}
        >
            { for props.tabs.iter().enumerate().map(|(index, tab)| html! {
                <OneTab
                    key={tab.key.to_string()}
                    id={props.id.clone()}
                    tab={tab.clone()}
                    all={Rc::clone(&props.tabs)}
                    chosen={props.chosen.as_ref() == Some(&tab.key)}
                    focusable={focusable.as_ref() == Some(&tab.key)}
                    mark={mark(index)}
                    rows={rows.clone()}
                    on={props.on.clone()}
                    on_drag={props.on_drag.clone()}
                />
            }) }
        </div>
    }
}

/// Scrolls the row until a tab of it is seen: the row only, never the page around it.
fn show_within(list: &Element, tab: &Element) {
    let (seen, tab) = (list.get_bounding_client_rect(), tab.get_bounding_client_rect());
    let by = to_scroll((seen.left(), seen.right()), (tab.left(), tab.right()));
    if by != 0 {
        list.set_scroll_left(list.scroll_left() + by);
    }
}

#[derive(Properties, PartialEq)]
struct OneTabProps {
    id: AttrValue,
    tab: Tab,
    all: Rc<Vec<Tab>>,
    chosen: bool,
    focusable: bool,
    /// A class that marks where a dragged tab would be put.
    mark: &'static str,
    rows: AttrValue,
    on: Callback<TabEvent>,
    on_drag: Callback<bool>,
}

#[component]
fn OneTab(props: &OneTabProps) -> Html {
    let tab = &props.tab;
    let emit = |event: TabEvent| {
        let on = props.on.clone();
        Callback::from(move |_: MouseEvent| on.emit(event.clone()))
    };
    let onkeydown = {
        let (id, all, tab, on) = (props.id.clone(), Rc::clone(&props.all), tab.clone(), props.on.clone());
        Callback::from(move |event: KeyboardEvent| press(&id, &all, &tab, &on, &event))
    };
    let onauxclick = {
        let (on, tab) = (props.on.clone(), tab.clone());
        Callback::from(move |event: MouseEvent| {
            if event.button() == 1 && tab.closable {
                event.prevent_default();
                on.emit(TabEvent::Close(tab.key.clone()));
            }
        })
    };
    let oncontextmenu = {
        let (on, key) = (props.on.clone(), tab.key.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            on.emit(TabEvent::Menu(key.clone(), event.client_x(), event.client_y()));
        })
    };
    let (ondragstart, ondragend) = drag(props);
    html! {
        <div
            class={classes!("tab-slot", tab.class, props.mark, props.chosen.then_some("chosen"), tab.dirty.then_some("dirty"))}
            role="presentation"
            draggable={tab.closable.then_some("true")}
            title={tab.title.clone()}
            {ondragstart}
            {ondragend}
            {oncontextmenu}
            {onauxclick}
        >
            <div
                id={format!("{}-{}", props.id, tab.key)}
                class="tab"
                role="tab"
                tabindex={if props.focusable { "0" } else { "-1" }}
                aria-label={tab.label.clone()}
                aria-description={Some(tab.detail.clone()).filter(|detail| !detail.is_empty())}
                aria-selected={props.chosen.to_string()}
                aria-controls={tab.controls.clone()}
                onclick={emit(TabEvent::Choose(tab.key.clone()))}
                ondblclick={emit(TabEvent::Rename(tab.key.clone()))}
                {onkeydown}
            >
                if !tab.icon.is_empty() {
                    <Icon name={tab.icon.clone()} />
                }
                <bdi class="tab-label">{ &tab.label }</bdi>
                if !tab.detail.is_empty() {
                    <span class="tab-detail" data-text={tab.detail.clone()}></span>
                }
            </div>
            if tab.closable {
                <span class="tab-close" aria-hidden="true" title={say(Word::Close)}
                    onclick={emit(TabEvent::Close(tab.key.clone()))}>
                    <Icon name="x" class="cross" />
                    <span class="dot"></span>
                </span>
            }
        </div>
    }
}

/// The format in which a tab travels. Its name keeps those of different rows apart.
fn format_of(rows: &str) -> String {
    format!("application/x-tab-{}", rows.to_ascii_lowercase())
}

/// Whether what is dragged is a tab of these rows.
pub fn carries_tab(event: &DragEvent, rows: &str) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&format_of(rows).into(), 0))
}

/// The tab of these rows that is dropped: its row's id, and its key.
pub fn dropped_tab(event: &DragEvent, rows: &str) -> Option<(AttrValue, AttrValue)> {
    let carried = event.data_transfer()?.get_data(&format_of(rows)).ok()?;
    let (row, key) = carried.split_once('\n')?;
    Some((row.to_owned().into(), key.to_owned().into()))
}

/// A tab is taken hold of, and let go.
fn drag(props: &OneTabProps) -> (Callback<DragEvent>, Callback<DragEvent>) {
    let (format, begin) = (format_of(&props.rows), props.on_drag.clone());
    let carried = format!("{}\n{}", props.id, props.tab.key);
    let start = Callback::from(move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data(&format, &carried);
            data.set_effect_allowed("move");
            begin.emit(true);
        }
    });
    (start, props.on_drag.reform(|_: DragEvent| false))
}

type Drops = (Callback<DragEvent>, Callback<DragEvent>, Callback<DragEvent>);

/// Takes tabs that are dropped on the row: where they would be put is marked while they are over it.
fn drops(
    props: &TabsProps,
    node: &NodeRef,
    rows: &AttrValue,
    place: &UseStateHandle<Option<usize>>,
) -> Drops {
    let over = {
        let (node, rows, place, vertical) = (node.clone(), rows.clone(), place.clone(), props.vertical);
        Callback::from(move |event: DragEvent| {
            if carries_tab(&event, &rows) {
                event.prevent_default();
                place.set(node.cast::<Element>().map(|row| place_in(&row, &event, vertical)));
            }
        })
    };
    let (left, row) = (place.clone(), node.clone());
    let leave = Callback::from(move |event: DragEvent| {
        // From one tab to the next it is still over the row.
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        if !row.cast::<Element>().is_some_and(|row| row.contains(to.as_ref())) {
            left.set(None);
        }
    });
    let (rows, place, node) = (rows.clone(), place.clone(), node.clone());
    let (id, tabs, on, on_drag) =
        (props.id.clone(), Rc::clone(&props.tabs), props.on.clone(), props.on_drag.clone());
    let vertical = props.vertical;
    let dropped = Callback::from(move |event: DragEvent| {
        place.set(None);
        let (Some(dropped), Some(list)) = (dropped_tab(&event, &rows), node.cast::<Element>()) else {
            return;
        };
        event.prevent_default();
        // The element that it was dragged by may be gone before it can say so.
        on_drag.emit(false);
        if let Some(meant) = meant_by_drop(&id, &tabs, dropped, place_in(&list, &event, vertical)) {
            on.emit(meant);
        }
    });
    (over, leave, dropped)
}

/// Before which tab the pointer is: at most their number.
fn place_in(row: &Element, event: &DragEvent, vertical: bool) -> usize {
    let slots = row.children();
    let behind = |index: &u32| {
        slots.item(*index).is_some_and(|slot| {
            let area = slot.get_bounding_client_rect();
            if vertical {
                f64::from(event.client_y()) > area.top() + area.height() / 2.0
            } else {
                f64::from(event.client_x()) > area.left() + area.width() / 2.0
            }
        })
    };
    (0..slots.length()).take_while(behind).count()
}

fn press(id: &str, all: &[Tab], tab: &Tab, on: &Callback<TabEvent>, event: &KeyboardEvent) {
    let Some(meant) = meant_by(&event.key(), all, tab) else { return };
    event.prevent_default();
    on.emit(meant.clone());
    let TabEvent::Choose(target) = meant else { return };
    let element = web_sys::window().and_then(|window| window.document());
    let element = element.and_then(|page| page.get_element_by_id(&format!("{id}-{target}")));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What a key means on a tab.
fn meant_by(key: &str, all: &[Tab], tab: &Tab) -> Option<TabEvent> {
    let index = all.iter().position(|other| other.key == tab.key)?;
    let count = all.len();
    let target = match key {
        "ArrowRight" | "ArrowDown" => (index + 1) % count,
        "ArrowLeft" | "ArrowUp" => (index + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        "Delete" if tab.closable => return Some(TabEvent::Close(tab.key.clone())),
        "F2" => return Some(TabEvent::Rename(tab.key.clone())),
        "Enter" | " " => index,
        _ => return None,
    };
    all.get(target).map(|target| TabEvent::Choose(target.key.clone()))
}

/// What it means that the tab `key` of a row is dropped on the row `id`, before the tab of this place; none where it stays
/// where it is.
fn meant_by_drop(
    id: &AttrValue,
    tabs: &[Tab],
    (row, key): (AttrValue, AttrValue),
    place: usize,
) -> Option<TabEvent> {
    let before = tabs.get(place).map(|tab| tab.key.clone());
    if row != *id {
        return Some(TabEvent::Bring(row, key, before));
    }
    (before.as_ref() != Some(&key)).then_some(TabEvent::Move(key, before))
}

/// How far a row that is seen from one pixel to another is to be scrolled so that a tab between two others is seen: its
/// beginning, if it does not fit.
fn to_scroll(seen: (f64, f64), tab: (f64, f64)) -> i32 {
    let (before, after) = (seen.0 - tab.0, tab.1 - seen.1);
    if before > 0.0 {
        -(before.ceil() as i32)
    } else if after > 0.0 {
        after.ceil() as i32
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tabs() -> Vec<Tab> {
        let tab = |key: &'static str, closable| Tab { key: key.into(), closable, ..Tab::default() };
        vec![tab("a", true), tab("b", true), tab("c", false)]
    }

    fn check_key(tab: usize, key: &str, expected: impl Into<Option<TabEvent>>) {
        assert_eq!(meant_by(key, &tabs(), &tabs()[tab]), expected.into(), "{key} on tab {tab}");
    }

    #[test]
    fn keys_follow_the_tabs_pattern() {
        let choose = |key: &'static str| TabEvent::Choose(key.into());
        check_key(0, "ArrowRight", choose("b"));
        check_key(2, "ArrowRight", choose("a"));
        check_key(0, "ArrowLeft", choose("c"));
        check_key(1, "ArrowUp", choose("a"));
        check_key(1, "Home", choose("a"));
        check_key(0, "End", choose("c"));
        check_key(1, "Enter", choose("b"));
        check_key(1, "F2", TabEvent::Rename("b".into()));
        check_key(1, "Delete", TabEvent::Close("b".into()));
        check_key(2, "Delete", None);
        check_key(0, "x", None);
    }

    #[test]
    fn a_tab_that_is_gone_means_nothing() {
        let gone = Tab { key: "gone".into(), ..Tab::default() };
        assert_eq!(meant_by("ArrowRight", &tabs(), &gone), None);
    }

    fn check_drop(row: &'static str, key: &'static str, place: usize, expected: impl Into<Option<TabEvent>>) {
        let dropped = (row.into(), key.into());
        assert_eq!(meant_by_drop(&"here".into(), &tabs(), dropped, place), expected.into());
    }

    #[test]
    fn a_dropped_tab_goes_before_the_one_it_is_dropped_on() {
        let key = |key: &'static str| AttrValue::from(key);
        check_drop("here", "a", 2, TabEvent::Move(key("a"), Some(key("c"))));
        check_drop("here", "a", 3, TabEvent::Move(key("a"), None));
        check_drop("here", "a", 0, None);
        check_drop("there", "a", 0, TabEvent::Bring(key("there"), key("a"), Some(key("a"))));
        check_drop("there", "z", 3, TabEvent::Bring(key("there"), key("z"), None));
    }

    #[test]
    fn a_row_is_scrolled_as_far_as_a_tab_needs() {
        let check = |tab, expected| assert_eq!(to_scroll((100.0, 300.0), tab), expected);
        check((120.0, 180.0), 0);
        check((90.5, 180.0), -10);
        check((250.0, 320.2), 21);
        check((50.0, 500.0), -50);
    }

    #[test]
    fn formats_of_data_are_in_small_letters_as_browsers_make_them() {
        assert_eq!(format_of("Editors"), "application/x-tab-editors");
    }
}
