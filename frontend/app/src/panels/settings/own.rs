//! The person's own settings as JSON: what is written counts at once, and is kept as it is written.

use gloo_timers::callback::Timeout;
use protocol::settings::Layer;
use widgets::Icon;
use yew::prelude::*;

use crate::{
    bridge::{Kind, Told, nonce, options, use_island},
    desk::{use_desk, use_state_of},
    messages::say,
    state::settings::{
        self, Settings,
        schema::{problems, schema},
    },
    theme::use_theme,
};

/// Milliseconds that nobody has written for when it is kept.
const REST: u32 = 400;

/// The person's own settings, once they are known.
#[component]
pub fn OwnJson() -> Html {
    let known = use_state_of::<Settings, _, _>(|settings| settings.layers.is_some());
    html! { if known { <Text /> } }
}

/// What its editor is made with.
fn made_with(text: &str, theme: &str) -> wasm_bindgen::JsValue {
    options(&[
        ("text", text.into()),
        ("label", say!("settings.user-json").into()),
        ("theme", theme.into()),
        ("nonce", nonce().into()),
        ("readOnly", false.into()),
        ("schema", schema(Layer::User).into()),
    ])
}

#[component]
fn Text() -> Html {
    let desk = use_desk();
    let (node, theme) = (use_node_ref(), use_theme());
    let kept = use_state_of::<Settings, _, _>(|settings| {
        let stated = settings.stated(Layer::User).cloned().unwrap_or_default();
        (stated.text, stated.faults)
    });
    // What is written here, and the wait until it is kept.
    let written = use_mut_ref(|| None::<String>);
    let waiting = use_mut_ref(|| None::<Timeout>);
    let keep = {
        let (desk, written) = (desk, written.clone());
        move || {
            if let Some(text) = written.borrow().clone() {
                desk.tell::<Settings>(settings::Message::Write(Layer::User, text));
            }
        }
    };
    let on = {
        let (written, waiting, keep) = (written.clone(), waiting.clone(), keep.clone());
        Callback::from(move |told: Told| {
            if told.text("kind") == "change" {
                *written.borrow_mut() = Some(told.text("text"));
                *waiting.borrow_mut() = Some(Timeout::new(REST, keep.clone()));
            }
        })
    };
    let first = kept.0.clone();
    let make_options = move || made_with(&first, theme.name());
    let island = use_island(Kind::Json, (), &node, make_options, on);
    use_effect_with((island.clone(), theme), |(island, theme)| {
        if let Some(island) = island {
            island.set_theme(theme.name());
        }
    });
    use_effect_with((island, kept), {
        let (written, waiting) = (written.clone(), waiting.clone());
        move |(island, (text, faults))| {
            let Some(island) = island else { return };
            let mine = written.borrow().clone();
            // What somebody else wrote, the form say, is taken where nothing waits here.
            if mine.as_ref() == Some(text) {
                *written.borrow_mut() = None;
                *waiting.borrow_mut() = None;
            } else if mine.is_none() {
                island.set_text(text);
            }
            island.set_problems(&problems(faults));
        }
    });
    use_effect_with((), move |()| {
        move || {
            if waiting.borrow_mut().take().is_some() {
                keep();
            }
        }
    });
    html! {
        <>
            <p class="page-note"><Icon name="circle-check" />{ say!("settings.saved") }</p>
            <div ref={node} class="island" />
        </>
    }
}
