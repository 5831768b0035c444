//! The test event: chosen, edited, kept as a file of the repository.

use std::rc::Rc;

use protocol::{function::FunctionRef, version::ListVersions};
use wasm_bindgen::JsValue;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use widgets::{IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    bridge::{Kind, Told, nonce, options, use_island},
    commands::random,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::function::{
        asked::{choice, use_asked},
        model::{is_event_name, qualifiers, size_words},
    },
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

/// How the panel is drawn.
#[derive(Properties, PartialEq)]
pub struct MannerProps {
    /// Whether it can be seen.
    pub shown: bool,
}

/// Which version is invoked, whether somebody waits for the answer, and how large the event is.
#[component]
pub fn Manner(props: &MannerProps) -> Html {
    let desk = use_desk();
    let chosen = use_state_of::<Functions, _, _>(|model| model.chosen.clone());
    let (asynchronous, size) =
        use_state_of::<Functions, _, _>(|model| (model.asynchronous, model.body.len()));
    let toggle = desk.teller::<Functions, Event>(|event| {
        Message::Asynchronous(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    let (words, too_large) = size_words(size, asynchronous);
    html! {
        <>
            if let Some(FunctionRef::Deployed { name }) = chosen {
                <Which key={name.clone()} name={name.clone()} shown={props.shown} />
            }
            <div class="manner">
                <label><input type="checkbox" checked={asynchronous} onchange={toggle} />{ say!("function.asynchronous") }</label>
                <span class={classes!("row-detail", too_large.then_some("is-error"))}>{ words }</span>
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct WhichProps {
    name: String,
    shown: bool,
}

/// Which version or alias.
#[component]
fn Which(props: &WhichProps) -> Html {
    let desk = use_desk();
    let name = props.name.clone();
    let (listed, _) = use_asked(props.shown, move || ListVersions { name: name.clone() });
    let chosen = use_state_of::<Functions, _, _>(|model| model.qualifier.clone());
    let mut options: Vec<(AttrValue, AttrValue)> = vec![("".into(), "$LATEST".into())];
    options.extend(listed.and_then(Result::ok).map(|listed| qualifiers(&listed)).unwrap_or_default());
    if options.len() == 1 && chosen.is_none() {
        return Html::default();
    }
    let on =
        desk.teller::<Functions, String>(|text| Message::Qualify(Some(text).filter(|text| !text.is_empty())));
    choice(say!("function.qualifier"), &options, chosen.as_deref().unwrap_or_default(), &on)
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
