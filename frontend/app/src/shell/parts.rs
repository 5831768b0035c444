//! The parts of the window around the editors: rail and side bar, bottom panel, dock, and the foot of a small screen. What
//! is in them, the registry of views says.

use std::rc::Rc;

use serde_json::Value;
use widgets::{Axis, Icon, IconButton, Separator, Tab, TabEvent, Tabs, use_effect_with};
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    shell::unknown::Unknown,
    state::{
        layout::{self, Layout, Part, Place},
        settings::use_keymap,
    },
    views::{self, Drawing, View},
};

/// The rail at the left: what the side bar shows.
#[component]
pub fn Rail() -> Html {
    let desk = use_desk();
    let side = use_part(Place::Side);
    use_keymap();
    let settings = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            commands::run(&desk, "workbench.action.openSettings");
        })
    };
    html! {
        <nav class="rail" aria-label={say!("part.views")} data-region="rail">
            <Tabs id="rail" label={say!("part.views")} class="rail-tabs" vertical={true} tabs={tabs(&desk, Place::Side, &side.view)}
                chosen={side.open.then(|| AttrValue::from(side.view.clone()))} on={choose(&desk, Place::Side)} />
            <IconButton icon="settings" label={say!("settings.title")} hint={commands::keys("workbench.action.openSettings")} onclick={settings} />
        </nav>
    }
}

/// The side bar.
#[component]
pub fn SideBar() -> Html {
    let desk = use_desk();
    let side = use_part(Place::Side);
    html! {
        <aside class="side" aria-label={say!("part.side")} data-region="side">
            { bodies(&desk, Place::Side, &side, "pane") }
            { separator(&desk, Place::Side, &side, say!("part.side-size")) }
        </aside>
    }
}

/// The bottom panel. It stays in the page while it is closed, so that terminals keep their screens.
#[component]
pub fn BottomPanel() -> Html {
    let desk = use_desk();
    use_keymap();
    let bottom = use_part(Place::Bottom);
    html! {
        <section class="bottom" aria-label={say!("part.bottom")} hidden={!bottom.open} data-region="bottom">
            { separator(&desk, Place::Bottom, &bottom, say!("part.bottom-size")) }
            <Head place={Place::Bottom} id="panel" label={say!("part.bottom")} close={say!("part.bottom-close")}
                hint={commands::keys("workbench.action.togglePanel")} />
            { bodies(&desk, Place::Bottom, &bottom, "bottom-view") }
        </section>
    }
}

/// The dock at the right.
#[component]
pub fn Dock() -> Html {
    let desk = use_desk();
    let dock = use_part(Place::Dock);
    html! {
        <aside class="dock" aria-label={say!("part.dock")} data-region="dock">
            { separator(&desk, Place::Dock, &dock, say!("part.dock-size")) }
            <Head place={Place::Dock} id="dock" label={say!("part.dock")} close={say!("part.dock-close")} hint="" />
            { bodies(&desk, Place::Dock, &dock, "dock-view") }
        </aside>
    }
}

#[derive(Properties, PartialEq)]
struct HeadProps {
    place: Place,
    id: AttrValue,
    label: AttrValue,
    /// What closes the part.
    close: AttrValue,
    hint: AttrValue,
}

/// The head of a part: its tabs, and what closes it.
#[component]
fn Head(props: &HeadProps) -> Html {
    let (desk, place) = (use_desk(), props.place);
    let part = use_part(place);
    use_badges(&desk, place);
    let close = desk.teller::<Layout, MouseEvent>(move |_| layout::Message::Toggle(place));
    html! {
        <header class="pane-head">
            <Tabs id={props.id.clone()} label={props.label.clone()} class="panel-tabs" tabs={tabs(&desk, place, &part.view)}
                chosen={AttrValue::from(part.view.clone())} on={choose(&desk, place)} />
            <IconButton icon="x" label={props.close.clone()} hint={props.hint.clone()} onclick={close} />
        </header>
    }
}

#[hook]
fn use_part(place: Place) -> Part {
    use_state_of::<Layout, _, _>(move |layout| layout.part(place).clone())
}

/// Draws the component again when a number beside a title of the place changes.
#[hook]
fn use_badges(desk: &Desk, place: Place) {
    let (desk, draw) = (desk.clone(), use_force_update());
    use_effect_with((), move |()| {
        let watch = |view: &View| {
            let badge = view.badge.as_ref()?;
            let (desk, draw, count) = (desk.clone(), draw.clone(), badge.count);
            let shown = std::cell::Cell::new(count(&desk));
            let changed = {
                let desk = desk.clone();
                move || {
                    let now = count(&desk);
                    if shown.replace(now) != now {
                        draw.force_update();
                    }
                }
            };
            Some((badge.watch)(&desk, Rc::new(changed)))
        };
        let watching: Vec<_> = views::at(place).into_iter().filter_map(watch).collect();
        move || drop(watching)
    });
}

/// The tabs of a place; with one for a view that is not there in this version, where such a one is kept.
fn tabs(desk: &Desk, place: Place, shown: &str) -> Rc<Vec<Tab>> {
    let views = views::at(place);
    let known = views.iter().map(|view| {
        let count = view.badge.as_ref().map_or(0, |badge| (badge.count)(desk));
        let id = view.show.as_ref().map_or("", |command| command.id);
        let icon = if place == Place::Side { view.icon } else { "" };
        Tab {
            key: view.id.into(),
            label: view.title.said().into(),
            title: commands::tip(view.title.said(), id),
            icon: icon.into(),
            detail: if count > 0 { count.to_string().into() } else { AttrValue::default() },
            ..Tab::default()
        }
    });
    let unknown = (!views.iter().any(|view| view.id == shown)).then(|| {
        let name = AttrValue::from(shown.to_owned());
        Tab { key: name.clone(), label: name.clone(), title: name, icon: "plug".into(), ..Tab::default() }
    });
    Rc::new(known.chain(unknown).collect())
}

fn choose(desk: &Desk, place: Place) -> Callback<TabEvent> {
    let desk = desk.clone();
    Callback::from(move |event| {
        if let TabEvent::Choose(id) = event {
            desk.tell::<Layout>(layout::Message::Show(place, id.to_string()));
        }
    })
}

fn separator(desk: &Desk, place: Place, part: &Part, label: &'static str) -> Html {
    let resize = desk.teller::<Layout, f64>(move |size| layout::Message::Resize(place, size));
    let close = desk.teller::<Layout, ()>(move |()| layout::Message::Toggle(place));
    let axis = if place == Place::Bottom { Axis::Vertical } else { Axis::Horizontal };
    html! {
        <Separator {label} {axis} size={part.size} limits={place.limits()} after={place != Place::Side}
            on_size={resize} on_collapse={close} />
    }
}

/// What a part shows, and what stays in the page behind it.
fn bodies(desk: &Desk, place: Place, part: &Part, class: &'static str) -> Html {
    let views = views::at(place);
    let drawn = views.iter().filter(|view| view.keep || view.id == part.view).map(|view| {
        let front = view.id == part.view;
        let drawing = Drawing { args: Value::Null, shown: part.open && front, group: 0 };
        html! {
            <div key={view.id} {class} role="tabpanel" aria-label={view.title.said()} hidden={!front}>{ view.html(drawing) }</div>
        }
    });
    let drawn = drawn.collect::<Html>();
    let known = views.iter().any(|view| view.id == part.view);
    let close = desk.teller::<Layout, ()>(move |()| layout::Message::Toggle(place));
    html! {
        <>
            { drawn }
            if !known {
                <div {class} role="tabpanel" aria-label={part.view.clone()}><Unknown id={part.view.clone()} on_close={close} /></div>
            }
        </>
    }
}

/// What a small screen chooses between, at its foot.
#[component]
pub fn Panes() -> Html {
    let desk = use_desk();
    let (pane, side) = use_state_of::<Layout, _, _>(|layout| (layout.pane, layout.side.view.clone()));
    let button = |message: layout::Message, pressed: bool, label: &'static str, icon: &'static str| {
        let onclick = desk.teller::<Layout, MouseEvent>(move |_| message.clone());
        html! {
            <button type="button" class="pane-button" aria-pressed={pressed.to_string()} {onclick}>
                <Icon name={icon} />
                <span>{ label }</span>
            </button>
        }
    };
    let part = |place, label, icon| button(layout::Message::Bring(place), pane == place, label, icon);
    let mut sides = views::at(Place::Side).into_iter().map(|view| {
        let pressed = pane == Place::Side && side == view.id;
        button(layout::Message::Show(Place::Side, view.id.to_owned()), pressed, view.title.said(), view.icon)
    });
    let bottom = views::at(Place::Bottom).into_iter().next();
    html! {
        <nav class="panes" aria-label={say!("part.panes")}>
            { for sides.next() }
            { part(Place::Editor, say!("part.code"), "code") }
            { for bottom.map(|view| part(Place::Bottom, view.title.said(), view.icon)) }
            { for sides }
            { part(Place::Dock, say!("part.run"), "play") }
        </nav>
    }
}
