//! The entry of the status bar that asks the question of trust again, and whether the question is open.

use protocol::Capability;
use widgets::Icon;
use yew::prelude::*;

use crate::{
    chunks::Over,
    desk::{use_desk, use_state_of},
    messages::say,
    panels::trust::QUESTION,
    state::{
        trust::{Message, Trust},
        workspace::Workspace,
    },
};

/// The status bar's entry of a folder that is not trusted.
#[component]
pub fn Restricted() -> Html {
    let desk = use_desk();
    let restricted = use_state_of::<Trust, _, _>(Trust::is_restricted);
    let ask = desk.teller::<Trust, MouseEvent>(|_| Message::Ask(String::new()));
    if !restricted {
        return Html::default();
    }
    html! {
        <button type="button" class="status-item warning" onclick={ask}
            title={say!("trust.restricted-tip")}>
            <Icon name="shield-alert" />{ say!("trust.restricted") }
        </button>
    }
}

/// The question, while it is open.
#[component]
pub fn OpenQuestion() -> Html {
    let desk = use_desk();
    let may_decide = use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Workspace.own()));
    let open = use_state_of::<Trust, _, _>(move |trust| trust.asks(may_decide));
    if !open {
        return Html::default();
    }
    html! { <Over view={&QUESTION} on_close={desk.teller::<Trust, ()>(|()| Message::Close)} /> }
}
