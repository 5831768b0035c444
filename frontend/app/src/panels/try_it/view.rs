//! The try-it panel, drawn.

use protocol::cloud::RouteAnswer;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, SubmitEvent};
use widgets::Icon;
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    desk::{use_desk, use_state_of},
    messages::say,
    state::{
        cloud::Cloud,
        notices::{self, Notices},
        request::{METHODS, Message, Request},
    },
    text::{milliseconds, pretty_json},
};

/// The try-it panel.
#[component]
pub fn TryIt() -> Html {
    let desk = use_desk();
    let (method, url, sending) = use_state_of::<Request, _, _>(|request| {
        (request.method.clone(), request.url.clone(), request.sending)
    });
    let addresses = use_state_of::<Cloud, _, _>(|cloud| {
        let apis = cloud.described.iter().flat_map(|cloud| cloud.apis.iter());
        apis.flat_map(|api| api.urls.iter().cloned()).collect::<Vec<_>>()
    });
    let choose = desk.teller::<Request, Event>(|event| {
        Message::Method(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let address = desk.teller::<Request, InputEvent>(|event| {
        Message::Url(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    let onsubmit = desk.teller::<Request, SubmitEvent>(|event| {
        event.prevent_default();
        Message::Send
    });
    let curl = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let line = desk.read(Request::as_curl);
            desk.spawn(|desk| async move {
                if copy_text(&line).await {
                    desk.tell::<Notices>(notices::Message::good(say!("try.copied")));
                }
            });
        })
    };
    html! {
        <div class="try-it">
            if addresses.is_empty() && url.is_empty() {
                <p class="empty">{ say!("try.none") }</p>
            }
            <form {onsubmit}>
                <div class="tools">
                    <label class="field">
                        <span>{ say!("try.method") }</span>
                        <select onchange={choose}>
                            { for METHODS.iter().map(|name| html! {
                                <option value={*name} selected={*name == method}>{ *name }</option>
                            }) }
                        </select>
                    </label>
                    <label class="field grow">
                        <span>{ say!("try.address") }</span>
                        <input value={url} oninput={address} list="api-addresses" required={true} spellcheck="false" autocomplete="off" />
                        <datalist id="api-addresses">
                            { for addresses.iter().map(|url| html! { <option value={format!("{url}/")} /> }) }
                        </datalist>
                    </label>
                </div>
                <Parts />
                <div class="tools">
                    <button type="submit" class="primary" disabled={sending}>
                        <Icon name={if sending { "loader-circle" } else { "send" }} class={classes!(sending.then_some("spin"))} />
                        <span>{ say!("try.send") }</span>
                    </button>
                    <button type="button" onclick={curl}>{ say!("try.curl") }</button>
                </div>
            </form>
            <Answer />
        </div>
    }
}

/// Headers and body.
#[component]
fn Parts() -> Html {
    let desk = use_desk();
    let (headers, body) =
        use_state_of::<Request, _, _>(|request| (request.headers.clone(), request.body.clone()));
    let has_body = use_state_of::<Request, _, _>(Request::has_body);
    let value = |event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value();
    let change_headers = desk.teller::<Request, InputEvent>(move |event| Message::Headers(value(event)));
    let change_body = desk.teller::<Request, InputEvent>(move |event| Message::Body(value(event)));
    html! {
        <>
            <label class="field">
                <span>{ say!("try.headers") }</span>
                <textarea rows="2" value={headers} oninput={change_headers} spellcheck="false"
                    placeholder="content-type: application/json" />
            </label>
            if has_body {
                <label class="field">
                    <span>{ say!("try.body") }</span>
                    <textarea rows="5" value={body} oninput={change_body} spellcheck="false" />
                </label>
            }
        </>
    }
}

/// The answer.
#[component]
fn Answer() -> Html {
    let answer = use_state_of::<Request, _, _>(|request| request.answer.clone());
    match answer {
        None => Html::default(),
        Some(Err(message)) => html! {
            <section class="result" aria-label={say!("function.response")}>
                <p class="output-text is-error" role="alert">{ message }</p>
            </section>
        },
        Some(Ok(answer)) => html! {
            <section class="result" aria-label={say!("function.response")}>
                <div class={classes!("verdict", status_class(answer.status))} role="status">
                    <h3>{ answer.status }</h3>
                    <span class="badge">{ milliseconds(answer.duration_ms) }</span>
                </div>
                <pre class="output" tabindex="0" aria-label={say!("try.response-body")}>{ pretty_json(&answer.body) }</pre>
                <details>
                    <summary>{ say!("try.headers-count", count = answer.headers.len()) }</summary>
                    { headers(&answer) }
                </details>
            </section>
        },
    }
}

fn headers(answer: &RouteAnswer) -> Html {
    html! {
        <table class="facts">
            <tbody>
                { for answer.headers.iter().map(|(name, value)| html! {
                    <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                }) }
            </tbody>
        </table>
    }
}

fn status_class(status: u16) -> &'static str {
    match status {
        0..400 => "good",
        400..500 => "warning",
        _ => "error",
    }
}
