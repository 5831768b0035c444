//! The question of trust, drawn.

use protocol::{
    Capability,
    trust::{Runnable, Trust as Description},
};
use widgets::Dialog;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    state::{
        trust::{Message, Trust},
        workspace::Workspace,
    },
    text::shown_name,
};

/// The question, while it is open.
#[component]
pub fn TrustQuestion() -> Html {
    let desk = use_desk();
    let question = use_state_of::<Trust, _, _>(|trust| trust.question.clone());
    let description = use_state_of::<Trust, _, _>(|trust| trust.description.clone());
    let answering = use_state_of::<Trust, _, _>(|trust| trust.answering);
    let may_decide = use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Workspace.own()));
    let (Some(question), Some(description)) = (question, description) else {
        return Html::default();
    };
    let close = desk.teller::<Trust, ()>(|()| Message::Close);
    let answer = |trusted| desk.teller::<Trust, MouseEvent>(move |_| Message::Answer(trusted));
    html! {
        <Dialog title={say!("trust.title")} class="trust" on_close={close.clone()}>
            if !question.reason.is_empty() {
                <p class="trust-reason" role="status">{ question.reason }</p>
            }
            <p class="trust-folder"><bdi>{ shown_name(&description.folder) }</bdi></p>
            <p>
                { say!("trust.text") }
            </p>
            { would_run(&description) }
            <p class="trust-note">
                { say!("trust.terminal") }
            </p>
            <div class="dialog-buttons">
                if may_decide {
                    <button type="button" disabled={answering} onclick={answer(false)}>{ say!("trust.browse") }</button>
                    <button type="button" class="primary" disabled={answering} onclick={answer(true)}>{ say!("trust.trust") }</button>
                } else {
                    <span class="trust-note">{ say!("trust.owner") }</span>
                    <button type="button" onclick={close.reform(|_: MouseEvent| ())}>{ say!("button.close") }</button>
                }
            </div>
        </Dialog>
    }
}

fn would_run(description: &Description) -> Html {
    if description.runs.is_empty() {
        return html! { <p>{ say!("trust.nothing") }</p> };
    }
    html! {
        <>
            <p id="trust-list">{ say!("trust.would-run") }</p>
            <ul class="trust-list" tabindex="0" aria-labelledby="trust-list">
                { for description.runs.iter().map(line) }
                if description.more {
                    <li>{ say!("trust.more") }</li>
                }
            </ul>
        </>
    }
}

fn line(run: &Runnable) -> Html {
    html! {
        <li>
            <bdi class="trust-path">{ shown_name(run.path.as_str()) }</bdi>
            <span>{ say!("trust.run-by", what = run.what, by = run.by) }</span>
        </li>
    }
}
