//! The explorer's entry of the status bar.

use widgets::Icon;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::explorer::transfer::Transfers,
    views,
};

/// How far a transfer is, wherever the person is; the files' view says more, and can give it up.
#[component]
pub fn Transferring() -> Html {
    let desk = use_desk();
    let running = use_state_of::<Transfers, _, _>(|transfers| {
        transfers.running.as_ref().map(|progress| (progress.text.clone(), progress.percent()))
    });
    let Some((text, percent)) = running else { return Html::default() };
    let onclick = Callback::from(move |_: MouseEvent| views::show(&desk, "files"));
    let said = say!("files.progress", text = text, percent = percent);
    html! {
        <button type="button" class="status-item" title={said.clone()} aria-label={said} {onclick}>
            <Icon name="loader-circle" />{ format!("{percent} %") }
        </button>
    }
}
