//! What comes in place of what is found, and what came of replacing, drawn.

use protocol::{
    Capability,
    search::{Replacement, Unreplaced},
};
use wasm_bindgen::JsValue;
use web_sys::HtmlInputElement;
use widgets::IconButton;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::search::model::{
        Message, Search,
        step::{Outcome, reason_of},
    },
    state::workspace::Workspace,
    text::shown_name,
};

/// Files that were left as they were and are named.
const NAMED: usize = 20;

/// Whether the person may change files.
#[hook]
pub fn use_may_edit() -> bool {
    use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Files.write()))
}

/// What comes in place of what is found.
#[component]
pub fn ReplaceField() -> Html {
    let desk = use_desk();
    let value = use_state_of::<Search, _, _>(|search| search.form.replacement.clone());
    let may = use_state_of::<Search, _, _>(Search::may_replace);
    let oninput = desk.teller::<Search, InputEvent>(|event| {
        Message::Replacement(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    let ask = desk.teller::<Search, MouseEvent>(|_| Message::AskToReplace);
    html! {
        <div class="search-row">
            <input aria-label={say!("search.replace")} placeholder={say!("search.replace")} autocomplete="off" spellcheck="false"
                {value} {oninput} />
            <IconButton icon="replace-all" label={say!("search.replace-all")} disabled={!may} onclick={ask} />
        </div>
    }
}

/// What came of the last step, and what takes it back.
#[component]
pub fn Came() -> Html {
    let desk = use_desk();
    let may = use_may_edit();
    let outcome = use_state_of::<Search, _, _>(|search| search.outcome.clone());
    let (undo, busy) = use_state_of::<Search, _, _>(|search| {
        (search.undo.clone(), search.undoing || search.progress().is_some())
    });
    let forget = desk.teller::<Search, MouseEvent>(|_| Message::Forget);
    let take_back = desk.teller::<Search, MouseEvent>(|_| Message::Undo);
    let undo = undo.filter(|_| may);
    html! {
        <div class={classes!("search-came", (outcome.is_none() && undo.is_none()).then_some("nothing"))}>
            <div role="status">{ outcome.as_ref().map(draw) }</div>
            if outcome.is_some() {
                <IconButton icon="x" label={say!("button.dismiss")} onclick={forget} />
            }
            if let Some(undo) = undo {
                <button type="button" title={tip(&undo)} disabled={busy} onclick={take_back}>{ say!("search.undo") }</button>
            }
        </div>
    }
}

fn draw(outcome: &Outcome) -> Html {
    let done = &outcome.done;
    let text = if outcome.undone {
        say!("search.taken-back", matches = done.matches, files = done.files)
    } else {
        say!("search.replaced", matches = done.matches, files = done.files)
    };
    html! {
        <>
            <p>{ text }</p>
            if outcome.given_up {
                <p>{ say!("search.given-up") }</p>
            }
            if let Some(reason) = &outcome.trouble {
                <p class="is-error">{ reason }</p>
            }
            { refused(&done.refused) }
        </>
    }
}

fn refused(files: &[Unreplaced]) -> Html {
    if files.is_empty() {
        return Html::default();
    }
    let more = files.len().saturating_sub(NAMED);
    html! {
        <>
            <p class="is-warning">{ say!("search.refused", count = files.len()) }</p>
            <ul>
                { for files.iter().take(NAMED).map(|file| html! {
                    <li><bdi>{ shown_name(file.path.as_str()) }</bdi>{ ": " }{ reason_of(file) }</li>
                }) }
                if more > 0 {
                    <li>{ say!("search.more-refused", count = more) }</li>
                }
            </ul>
        </>
    }
}

fn tip(undo: &Replacement) -> AttrValue {
    let when = js_sys::Date::new(&(undo.at_ms as f64).into());
    let when = String::from(when.to_locale_string("default", &JsValue::UNDEFINED));
    let (pattern, replacement) = (shown_name(&undo.pattern), shown_name(&undo.replacement));
    say!("search.undo-tip", pattern = pattern, replacement = replacement, files = undo.files, when = when)
}
