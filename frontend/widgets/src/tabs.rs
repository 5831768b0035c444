//! A row of tabs. The cross that closes one is for pointers; the keyboard closes with Delete.

use std::rc::Rc;

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::{Icon, effect::use_effect_with};

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
    /// What a person does.
    pub on: Callback<TabEvent>,
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
    let focusable = props.chosen.clone().or_else(|| props.tabs.first().map(|tab| tab.key.clone()));
    html! {
        <div
            ref={node}
            class={classes!("tabs", props.class.clone())}
            role="tablist"
            aria-label={props.label.clone()}
            aria-orientation={if props.vertical { "vertical" } else { "horizontal" }}
        >
            { for props.tabs.iter().map(|tab| html! {
                <OneTab
                    key={tab.key.to_string()}
                    id={props.id.clone()}
                    tab={tab.clone()}
                    all={Rc::clone(&props.tabs)}
                    chosen={props.chosen.as_ref() == Some(&tab.key)}
                    focusable={focusable.as_ref() == Some(&tab.key)}
                    on={props.on.clone()}
                />
            }) }
        </div>
    }
}

/// Scrolls the row until a tab of it is seen: the row only, never the page around it.
fn show_within(list: &Element, tab: &Element) {
    let (seen, tab) = (list.get_bounding_client_rect(), tab.get_bounding_client_rect());
    let (before, after) = (seen.left() - tab.left(), tab.right() - seen.right());
    if before > 0.0 {
        list.set_scroll_left(list.scroll_left() - before.ceil() as i32);
    } else if after > 0.0 {
        list.set_scroll_left(list.scroll_left() + after.ceil() as i32);
    }
}

#[derive(Properties, PartialEq)]
struct OneTabProps {
    id: AttrValue,
    tab: Tab,
    all: Rc<Vec<Tab>>,
    chosen: bool,
    focusable: bool,
    on: Callback<TabEvent>,
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
    let (ondragstart, ondrop) = drag(&props.id, &tab.key, &props.on);
    html! {
        <div
            class={classes!("tab-slot", tab.class, props.chosen.then_some("chosen"), tab.dirty.then_some("dirty"))}
            role="presentation"
            draggable={tab.closable.then_some("true")}
            title={tab.title.clone()}
            {ondragstart}
            ondragover={Callback::from(|event: DragEvent| event.prevent_default())}
            {ondrop}
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
                <span class="tab-close" aria-hidden="true" title="Close (Delete)"
                    onclick={emit(TabEvent::Close(tab.key.clone()))}>
                    <Icon name="x" class="cross" />
                    <span class="dot"></span>
                </span>
            }
        </div>
    }
}

type Drags = (Callback<DragEvent>, Callback<DragEvent>);

/// Dragging a tab before another. The format's name keeps tabs of different rows apart.
fn drag(id: &AttrValue, key: &AttrValue, on: &Callback<TabEvent>) -> Drags {
    let format = format!("application/x-tab-{}", id.to_lowercase());
    let (start_format, dragged) = (format.clone(), key.clone());
    let start = Callback::from(move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data(&start_format, &dragged);
        }
    });
    let (on, before) = (on.clone(), key.clone());
    let dropped = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        let key = event.data_transfer().and_then(|data| data.get_data(&format).ok()).unwrap_or_default();
        if !key.is_empty() && key != before.as_str() {
            on.emit(TabEvent::Move(key.into(), Some(before.clone())));
        }
    });
    (start, dropped)
}

fn press(id: &str, all: &[Tab], tab: &Tab, on: &Callback<TabEvent>, event: &KeyboardEvent) {
    let Some(index) = all.iter().position(|other| other.key == tab.key) else { return };
    let count = all.len();
    let target = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => (index + 1) % count,
        "ArrowLeft" | "ArrowUp" => (index + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        "Delete" if tab.closable => {
            event.prevent_default();
            return on.emit(TabEvent::Close(tab.key.clone()));
        }
        "F2" => return on.emit(TabEvent::Rename(tab.key.clone())),
        "Enter" | " " => index,
        _ => return,
    };
    event.prevent_default();
    let Some(target) = all.get(target) else { return };
    on.emit(TabEvent::Choose(target.key.clone()));
    let element = web_sys::window().and_then(|window| window.document());
    let element = element.and_then(|page| page.get_element_by_id(&format!("{id}-{}", target.key)));
    if let Some(element) =
        element.and_then(|element| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(element).ok())
    {
        let _ = element.focus();
    }
}
