//! The groups of editors, drawn: where they lie, the bars between them, their tabs, and where a dragged tab would be put.

use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement};
use widgets::{IconButton, Separator, TabEvent, Tabs, Trouble, carries_tab, dropped_tab, use_shares};
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::editor::{
        acts,
        model::{alive, edge, tabs},
        view::{Shown, Welcome},
    },
    shell::dragged,
    state::{
        documents::Documents,
        layout::{
            Group, GroupId, Layout, Message, Move, Side, Split, Tab,
            groups::{Area, Axis, Bar, SHARES},
        },
        settings::use_keymap,
    },
};

/// The name of the rows of tabs: they take each other's.
const ROWS: &str = "editors";

/// The middle of the window.
#[component]
pub fn Editors() -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let dragging = use_state_eq(|| false);
    let (areas, bars, active) = use_state_of::<Layout, _, _>(|layout| {
        let (areas, bars) = layout.groups.areas();
        (areas, bars, layout.groups.active().id)
    });
    let (loaded, trouble) = use_state_of::<Layout, _, _>(|layout| {
        (layout.loaded || layout.active_tab().is_some(), layout.trouble.clone())
    });
    if let Some(reason) = trouble {
        let load = desk.teller::<Layout, MouseEvent>(|_| Message::Connected);
        return html! { <Trouble {reason} on_retry={load} /> };
    }
    if !loaded {
        return Html::default();
    }
    let on_drag = {
        let dragging = dragging.clone();
        Callback::from(move |begins| dragging.set(begins))
    };
    // A tab tells itself when it is dragged; what comes from elsewhere is seen when it comes.
    let ondragenter = {
        let dragging = dragging.clone();
        Callback::from(move |event: DragEvent| {
            if dragged::carries(&event) {
                dragging.set(true);
            }
        })
    };
    let count = areas.len();
    html! {
        <div ref={node.clone()} class="groups" {ondragenter}>
            { for areas.into_iter().enumerate().map(|(index, (id, area))| html! {
                <OneGroup key={format!("group {id}")} {id} {area} number={index + 1} {count} active={id == active}
                    dragging={*dragging} on_drag={on_drag.clone()} />
            }) }
            { for bars.into_iter().enumerate().map(|(number, bar)| html! {
                <Between key={format!("bar {number}")} {number} {bar} whole={node.clone()} />
            }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct BetweenProps {
    number: usize,
    bar: Bar,
    /// All groups.
    whole: NodeRef,
}

/// The bar between the halves of a split.
#[component]
fn Between(props: &BetweenProps) -> Html {
    let (desk, node) = (use_desk(), use_node_ref());
    let Bar { axis, share, area } = props.bar;
    let row = axis == Axis::Row;
    let (left, top) = if row {
        (area.left + area.width * share, area.top)
    } else {
        (area.left, area.top + area.height * share)
    };
    let (width, height) = if row { (0.0, area.height) } else { (area.width, 0.0) };
    use_shares(&node, vec![("left", left), ("top", top), ("width", width), ("height", height)]);
    let unit = {
        let whole = props.whole.clone();
        Callback::from(move |()| {
            let Some(whole) = whole.cast::<HtmlElement>() else { return 1.0 };
            let length = if row { whole.client_width() } else { whole.client_height() };
            f64::from(length) * if row { area.width } else { area.height } / 100.0
        })
    };
    let number = props.number;
    let on_size = desk.teller::<Layout, f64>(move |percent| Message::Share(number, percent / 100.0));
    let even = desk.teller::<Layout, ()>(move |()| Message::Share(number, 0.5));
    let (axis, label) = if row {
        (widgets::Axis::Horizontal, say!("group.width"))
    } else {
        (widgets::Axis::Vertical, say!("group.height"))
    };
    html! {
        <div ref={node} class="between">
            <Separator {label} {axis} size={share * 100.0} limits={(SHARES.0 * 100.0, SHARES.1 * 100.0)} step={5.0} {unit}
                {on_size} on_collapse={even} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OneGroupProps {
    id: GroupId,
    area: Area,
    /// Its number, from 1, and how many there are.
    number: usize,
    count: usize,
    active: bool,
    /// Whether something is being dragged that it can take.
    dragging: bool,
    on_drag: Callback<bool>,
}

/// A group: its tabs, and the editors that are alive.
#[component]
fn OneGroup(props: &OneGroupProps) -> Html {
    let (desk, node, id) = (use_desk(), use_node_ref(), props.id);
    let Area { left, top, width, height } = props.area;
    use_shares(&node, vec![("left", left), ("top", top), ("width", width), ("height", height)]);
    // Without where editors are: that changes with every key.
    let open = use_state_of::<Layout, _, _>(move |layout| {
        let group = layout.groups.get(id)?;
        let keys: Vec<_> = group.tabs.iter().map(Tab::key).collect();
        Some((keys, alive(&layout.groups, group), group.active().map(str::to_owned)))
    });
    let dirty = use_state_of::<Documents, _, _>({
        let desk = desk.clone();
        move |documents| {
            with_group(&desk, id, |group| {
                let paths = group.tabs.iter().filter_map(Tab::path);
                paths.map(|path| documents.is_dirty(&path)).collect::<Vec<_>>()
            })
        }
    });
    let shown = use_memo((open.clone(), dirty), {
        let desk = desk.clone();
        move |_| {
            desk.read(|documents: &Documents| {
                with_group(&desk, id, |group| tabs(group, documents)).unwrap_or_default()
            })
        }
    });
    let Some((_, alive, active)) = open else { return Html::default() };
    let on = {
        let desk = desk.clone();
        Callback::from(move |event| hear(&desk, id, event))
    };
    let focus = desk.teller::<Layout, ()>(move |()| Message::Focus(id));
    let tabs = with_group(&desk, id, |group| group.tabs.clone()).unwrap_or_default();
    let editors = tabs.into_iter().filter(|tab| alive.contains(&tab.key())).map(|tab| {
        let key = tab.key();
        let front = active.as_ref() == Some(&key);
        html! { <Shown {key} {tab} {front} group={id} /> }
    });
    let several = props.count > 1;
    let area = props
        .dragging
        .then(|| html! { <DropArea group={id} empty={shown.is_empty()} on_drag={props.on_drag.clone()} /> });
    html! {
        <section ref={node} class={classes!("group", props.active.then_some("active"))} data-group={id.to_string()}
            role={several.then_some("region")}
            aria-label={several.then(|| say!("group.name", number = props.number))}
            onpointerdown={focus.reform(|_: PointerEvent| ())} onfocusin={focus.reform(|_: FocusEvent| ())}>
            if shown.is_empty() {
                <Welcome />
                { area }
            } else {
                <div class="group-head">
                    <Tabs id={format!("tab{id}")} label={say!("tab.files")} class="editor-tabs" tabs={(*shown).clone()}
                        chosen={active.clone().map(AttrValue::from)} rows={ROWS} {on} on_drag={props.on_drag.clone()} />
                    <HeadButtons number={props.number} count={props.count} />
                </div>
                <div class="group-body">
                    { for editors }
                    { area }
                </div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct HeadButtonsProps {
    number: usize,
    count: usize,
}

/// What stands after the tabs, seen in the group in front: the way to the next group on a small screen, which shows this one
/// alone; a split on others.
#[component]
fn HeadButtons(props: &HeadButtonsProps) -> Html {
    let (desk, number, count) = (use_desk(), props.number, props.count);
    use_keymap();
    let next = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| acts::focus_beside(&desk, 1))
    };
    let split = Callback::from(move |_: MouseEvent| acts::split(&desk, Side::Right));
    let id = "workbench.action.splitEditorRight";
    html! {
        <div class="group-buttons">
            if count > 1 {
                <button type="button" class="group-switch" onclick={next}
                    aria-label={say!("group.shown", number = number, count = count)}>
                    { number }{ "/" }{ count }{ " ›" }
                </button>
            }
            <IconButton icon="columns-2" label={say!("workbench.action.splitEditorRight")} hint={commands::keys(id)} onclick={split} />
        </div>
    }
}

fn with_group<R>(desk: &Desk, id: GroupId, look: impl FnOnce(&Group) -> R) -> Option<R> {
    desk.read(|layout: &Layout| layout.groups.get(id).map(look))
}

fn hear(desk: &Desk, group: GroupId, event: TabEvent) {
    let message = match event {
        TabEvent::Choose(key) => Message::Activate(group, key.to_string()),
        TabEvent::Close(key) => Message::Close(Some(group), key.to_string()),
        TabEvent::Move(key, before) => Message::Move(moved(group, &key, group, before.as_deref())),
        TabEvent::Bring(row, key, before) => {
            let Some(from) = group_of(&row) else { return };
            return acts::tell(desk, Message::Move(moved(from, &key, group, before.as_deref())));
        }
        TabEvent::Menu(key, x, y) => return acts::open_menu(desk, group, &key, (x, y)),
        TabEvent::Rename(_) => return,
    };
    desk.tell::<Layout>(message);
}

fn moved(from: GroupId, key: &str, to: GroupId, before: Option<&str>) -> Move {
    Move { from, key: key.to_owned(), to, before: before.map(str::to_owned) }
}

/// The group whose row of tabs has this id.
fn group_of(row: &str) -> Option<GroupId> {
    row.strip_prefix("tab")?.parse().ok()
}

#[derive(Properties, PartialEq)]
struct DropProps {
    group: GroupId,
    /// Whether the group has no tabs, and so nothing to be split from.
    empty: bool,
    on_drag: Callback<bool>,
}

/// Lies over a group's body while a tab or files are dragged: at an edge the group is split, in the middle it takes them.
#[component]
fn DropArea(props: &DropProps) -> Html {
    let (desk, zone, group) = (use_desk(), use_state_eq(|| None::<Option<Side>>), props.group);
    let side_at = {
        let empty = props.empty;
        move |event: &DragEvent| edge_at(event).filter(|_| !empty)
    };
    let ondragover = {
        let zone = zone.clone();
        Callback::from(move |event: DragEvent| {
            if carries_tab(&event, ROWS) || dragged::carries(&event) {
                event.prevent_default();
                zone.set(Some(side_at(&event)));
            }
        })
    };
    let ondragleave = {
        let (zone, on_drag) = (zone.clone(), props.on_drag.clone());
        Callback::from(move |event: DragEvent| {
            zone.set(None);
            // From one group to the next files are still over them; else nobody says that they are gone.
            if dragged::carries(&event) && !is_within_groups(event.related_target()) {
                on_drag.emit(false);
            }
        })
    };
    let ondrop = {
        let (zone, on_drag) = (zone.clone(), props.on_drag.clone());
        Callback::from(move |event: DragEvent| {
            let (side, files) = (side_at(&event), dragged::dropped(&event));
            let tab = dropped_tab(&event, ROWS);
            if tab.is_none() && files.is_empty() {
                return;
            }
            event.prevent_default();
            zone.set(None);
            on_drag.emit(false);
            let Some((row, key)) = tab else {
                let tabs = files.into_iter().map(Tab::file).collect();
                return acts::tell(&desk, Message::OpenAt(tabs, group, side));
            };
            let Some(from) = group_of(&row) else { return };
            let message = match side {
                Some(side) => Message::Split(Split { group, side, from, key: key.to_string(), copy: false }),
                None if from == group => return,
                None => Message::Move(moved(from, &key, group, None)),
            };
            acts::tell(&desk, message);
        })
    };
    let class = zone.map(|zone| match zone {
        Some(Side::Left) => "drop-left",
        Some(Side::Right) => "drop-right",
        Some(Side::Up) => "drop-up",
        Some(Side::Down) => "drop-down",
        None => "drop-all",
    });
    // While something is dragged no pointer moves: should its end have been missed, this is over nothing any more.
    let onpointermove = props.on_drag.reform(|_: PointerEvent| false);
    html! {
        <div class={classes!("drop", class)} ondragenter={ondragover.clone()} {ondragover} {ondragleave} {ondrop} {onpointermove}></div>
    }
}

/// Whether what a pointer goes to lies in a group.
fn is_within_groups(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest(".groups").ok().flatten().is_some())
}

fn edge_at(event: &DragEvent) -> Option<Side> {
    // The target is the area: it has nothing in it, and the listener is the page's.
    let area = event.target_dyn_into::<Element>()?.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()) - area.left(), f64::from(event.client_y()) - area.top());
    edge(x / area.width(), y / area.height())
}
