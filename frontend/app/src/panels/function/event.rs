//! The test event: chosen, edited, kept as a file of the repository.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::HtmlSelectElement;
use widgets::{IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    bridge::{Kind, Told, nonce, options, use_island},
    commands::random,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::function::model::is_event_name,
    state::{
        functions::{Functions, Message},
        notices::{self, Notices, Question},
    },
    theme::use_theme,
};

/// The test event.
#[component]
pub fn EventEditor() -> Html {
    let desk = use_desk();
    let events = use_state_of::<Functions, _, _>(|model| Rc::clone(&model.events));
    let chosen = use_state_of::<Functions, _, _>(|model| model.event.clone());
    let onchange = desk.teller::<Functions, Event>(|event| {
        Message::ChooseEvent(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let save = {
        let (desk, chosen) = (desk.clone(), chosen.clone());
        Callback::from(move |_: MouseEvent| ask_for_name(&desk, chosen.as_deref()))
    };
    let saved = events.iter().find(|event| Some(&event.name) == chosen.as_ref() && event.path.is_some());
    let delete = saved.map(|event| {
        let name = event.name.clone();
        desk.teller::<Functions, MouseEvent>(move |_| Message::DeleteEvent(name.clone()))
    });
    html! {
        <>
            <div class="tools">
                <label class="field grow">
                    <span>{ say!("function.event") }</span>
                    <select {onchange}>
                        if chosen.is_none() {
                            <option value="" selected={true} disabled={true}>{ say!("function.no-event") }</option>
                        }
                        { for events.iter().map(|event| {
                            let label = if event.path.is_some() { event.name.clone() } else { say!("function.sample", name = event.name).to_string() };
                            html! {
                                <option value={event.name.clone()} selected={Some(&event.name) == chosen.as_ref()}>{ label }</option>
                            }
                        }) }
                    </select>
                </label>
                <IconButton icon="save" label={say!("function.save-event")} onclick={save} />
                if let Some(delete) = delete {
                    <IconButton icon="trash-2" label={say!("function.delete-event")} onclick={delete} />
                }
            </div>
            <Body />
        </>
    }
}

fn ask_for_name(desk: &Desk, current: Option<&str>) {
    let again = desk.clone();
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: say!("function.save-title").into(),
        body: say!("function.save-body").into(),
        input: Some((say!("button.name").into(), current.unwrap_or("event").to_owned().into())),
        confirm: say!("button.save").into(),
        danger: false,
        on_confirm: Callback::from(move |name: String| {
            if is_event_name(&name) {
                again.tell::<Functions>(Message::SaveEvent(name.trim().to_owned()));
            } else {
                let text = say!("function.event-name");
                again.tell::<Notices>(notices::Message::failed(text));
            }
        }),
    }));
}

/// The text of the event.
#[component]
fn Body() -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let theme = use_theme();
    let version = use_state_of::<Functions, _, _>(|model| model.body_version);
    let on = {
        let desk = desk.clone();
        Callback::from(move |told: Told| match told.text("kind").as_str() {
            "change" => desk.tell::<Functions>(Message::Edit(told.text("text"))),
            "submit" => desk.tell::<Functions>(Message::Invoke(random())),
            _ => {}
        })
    };
    let make_options = {
        let desk = desk.clone();
        move || {
            options(&[
                ("text", desk.read(|model: &Functions| model.body.clone()).into()),
                ("label", say!("function.test-event").into()),
                ("theme", theme.name().into()),
                ("readOnly", JsValue::FALSE),
                ("nonce", nonce().into()),
            ])
        }
    };
    let island = use_island(Kind::Json, (), &node, make_options, on);
    use_effect_with((island.clone(), theme), |(island, theme)| {
        if let Some(island) = island {
            island.set_theme(theme.name());
        }
    });
    use_effect_with((island, version), move |(island, _)| {
        if let Some(island) = island {
            island.set_text(&desk.read(|model: &Functions| model.body.clone()));
        }
    });
    html! { <div ref={node} class="island event-body" /> }
}
