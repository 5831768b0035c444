//! What stands where something should be that could not be had: why, and a button that tries again.

use yew::prelude::*;

use crate::words::{Word, say};

/// What is wrong.
#[derive(Properties, PartialEq)]
pub struct TroubleProps {
    /// Why, in a sentence.
    pub reason: AttrValue,
    /// Tries again.
    pub on_retry: Callback<MouseEvent>,
}

/// A failure in its place.
#[component]
pub fn Trouble(props: &TroubleProps) -> Html {
    html! {
        <div class="empty trouble" role="alert">
            <p>{ &props.reason }</p>
            <button type="button" onclick={props.on_retry.clone()}>{ say(Word::Retry) }</button>
        </div>
    }
}
