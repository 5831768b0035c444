//! What is asked and listed over the window: a menu, a question, what was said, files with unsaved text. That is seldom
//! open, so it loads when it is first opened. Messages are the shell's: they are there from the beginning.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::{Loaded, Over},
    desk::{use_desk, use_state_of},
    messages::message,
    panels::notices::view::Opened,
    state::notices::{Message, Notices},
    views::{Panel, View},
};

mod lists;
mod view;

/// What it brings.
pub const PANEL: Panel = Panel { over: Some(|| html! { <Open /> }), besides: &[&OPENED], ..Panel::NONE };

/// Whatever is open.
static OPENED: View =
    View { id: "notices", title: message!("view.notices"), later: Some(|| Box::pin(draw())), ..View::BLANK };

#[wasm_split(over, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Opened /> })
}

/// Whatever is open, while something is.
#[component]
fn Open() -> Html {
    let desk = use_desk();
    let open = use_state_of::<Notices, _, _>(Notices::has_opened);
    if !open {
        return Html::default();
    }
    html! { <Over view={&OPENED} on_close={desk.teller::<Notices, ()>(|()| Message::CloseAll)} /> }
}
