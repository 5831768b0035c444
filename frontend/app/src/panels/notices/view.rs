//! The menu and the question, drawn.

use web_sys::{HtmlInputElement, SubmitEvent};
use widgets::{Dialog, Menu};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::notices::lists::Sheets,
    state::notices::{Message, Notices, Question},
};

/// Whatever is open over the window.
#[component]
pub fn Opened() -> Html {
    let desk = use_desk();
    let menu = use_state_of::<Notices, _, _>(|notices| notices.menu.clone());
    let question = use_state_of::<Notices, _, _>(|notices| notices.question.clone());
    html! {
        <>
            if let Some(menu) = menu {
                <Menu key={menu.label.to_string()} label={menu.label.clone()} at={menu.at} items={menu.items}
                    on_close={desk.teller::<Notices, ()>(|()| Message::CloseMenu)} />
            }
            if let Some(question) = question {
                // Keyed: the next question has a text and a focus of its own.
                <Asked key={question.title.to_string()} question={question.clone()} />
            }
            <Sheets />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct AskedProps {
    question: Question,
}

/// A question, its text where one is asked for, and its two answers.
#[component]
fn Asked(props: &AskedProps) -> Html {
    let desk = use_desk();
    let input = use_node_ref();
    let question = &props.question;
    let close = desk.teller::<Notices, ()>(|()| Message::Answered);
    let onsubmit = {
        let (close, input, confirm) = (close.clone(), input.clone(), question.on_confirm.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            close.emit(());
            confirm.emit(text);
        })
    };
    html! {
        <Dialog title={question.title.clone()} on_close={close.clone()}>
            <form {onsubmit}>
                <p class="dialog-body">{ &question.body }</p>
                if let Some((label, value)) = &question.input {
                    <label class="field">
                        <span>{ label }</span>
                        <input ref={input} value={value.clone()} autocomplete="off" spellcheck="false" />
                    </label>
                }
                <div class="dialog-buttons">
                    <button type="button" onclick={close.reform(|_: MouseEvent| ())}>{ say!("button.cancel") }</button>
                    <button type="submit" class={if question.danger { "danger" } else { "primary" }}>
                        { &question.confirm }
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
