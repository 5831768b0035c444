//! The page of a queue, drawn.

use std::{cell::Cell, rc::Rc};

use gloo_timers::callback::Interval;
use protocol::queue::{DescribeQueue, Message, PurgeQueue, Queue, RedriveQueue};
use web_sys::{HtmlInputElement, HtmlTextAreaElement, SubmitEvent};
use widgets::{Icon, IconButton, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk},
    messages::say,
    panels::queue::model::{Draft, facts, span, state},
    state::{
        documents::{self, Documents},
        layout::Tab,
        notices::{self, Notices, Question},
    },
    text::{bytes, shown_output},
};

/// How often a page that is shown looks again, in milliseconds.
const AGAIN_MS: u32 = 2_000;

/// Which queue.
#[derive(Properties, PartialEq)]
pub struct QueueProps {
    /// Its name.
    pub name: String,
    /// Whether the page can be seen.
    pub shown: bool,
}

/// The queue, and when it was so: what is told of its age goes on though nothing else changes.
type Described = Option<Result<(Rc<Queue>, i64), AttrValue>>;

/// The page of a queue.
#[component]
pub fn QueuePage(props: &QueueProps) -> Html {
    let desk = use_desk();
    let described = use_state_eq(|| Described::None);
    let look = use_looking(&desk, props, &described);
    let again = look.reform(|_: MouseEvent| ());
    let (queue, now) = match &*described {
        None => return html! { <p class="empty" role="status">{ say!("queue.asking") }</p> },
        Some(Err(reason)) => return html! { <Trouble reason={reason.clone()} on_retry={again} /> },
        Some(Ok((queue, now))) => (Rc::clone(queue), *now),
    };
    let name = props.name.as_str();
    let purge = ask(&desk, &look, name, Act::Purge);
    let redrive = (!queue.sources.is_empty()).then(|| ask(&desk, &look, name, Act::Redrive));
    html! {
        <div class="page messaging">
            <header class="page-head">
                <h2>{ name }</h2>
                <IconButton icon="refresh-cw" label={say!("button.refresh")} onclick={again} />
                if let Some(redrive) = redrive {
                    <button type="button" onclick={redrive}>{ say!("queue.redrive") }</button>
                }
                <button type="button" class="danger" onclick={purge} disabled={all(&queue) == 0}>{ say!("queue.purge") }</button>
            </header>
            <Depth queue={Rc::clone(&queue)} {now} />
            <Send name={props.name.clone()} queue={Rc::clone(&queue)} sent={look} />
            <Messages queue={Rc::clone(&queue)} {now} />
            <Facts {queue} />
        </div>
    }
}

fn all(queue: &Queue) -> u64 {
    queue.visible + queue.in_flight + queue.delayed
}

/// Looks at the queue while the page is shown, one look at a time; and whenever it is told to.
#[hook]
fn use_looking(desk: &Desk, props: &QueueProps, described: &UseStateHandle<Described>) -> Callback<()> {
    let under_way = use_mut_ref(|| Rc::new(Cell::new(false)));
    let look = {
        let (desk, described, name) = (desk.clone(), described.clone(), props.name.clone());
        let under_way = Rc::clone(&under_way.borrow());
        Callback::from(move |()| {
            if under_way.replace(true) {
                return;
            }
            let (described, under_way) = (described.clone(), Rc::clone(&under_way));
            desk.ask(DescribeQueue { name: name.clone() }, move |_, outcome| {
                under_way.set(false);
                let now = js_sys::Date::now() as i64;
                let seen = outcome.map(|queue| (Rc::new(queue), now));
                described.set(Some(seen.map_err(|error| error.message.into())));
            });
        })
    };
    let regularly = look.clone();
    use_effect_with(props.shown, move |shown| {
        let timer = shown.then(|| {
            regularly.emit(());
            Interval::new(AGAIN_MS, move || regularly.emit(()))
        });
        move || drop(timer)
    });
    look
}

/// What is done to a whole queue.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Purge,
    Redrive,
}

/// Asks before it is done.
fn ask(desk: &Desk, look: &Callback<()>, name: &str, act: Act) -> Callback<MouseEvent> {
    let (title, body, confirm) = match act {
        Act::Purge => {
            (say!("queue.purge-title", name = name), say!("queue.purge-body"), say!("queue.purge-now"))
        }
        Act::Redrive => {
            (say!("queue.redrive-title", name = name), say!("queue.redrive-body"), say!("queue.redrive-now"))
        }
    };
    let (desk, look, name) = (desk.clone(), look.clone(), name.to_owned());
    Callback::from(move |_: MouseEvent| {
        let (again, look, name) = (desk.clone(), look.clone(), name.clone());
        desk.tell::<Notices>(notices::Message::Ask(Question {
            title: title.clone(),
            body: body.into(),
            input: None,
            confirm: confirm.into(),
            danger: act == Act::Purge,
            on_confirm: Callback::from(move |_| perform(&again, &look, &name, act)),
        }));
    })
}

fn perform(desk: &Desk, look: &Callback<()>, name: &str, act: Act) {
    let (name, look) = (name.to_owned(), look.clone());
    match act {
        Act::Purge => desk.ask(PurgeQueue { name }, move |desk, outcome| {
            desk.said(say!("queue.not-purged"), &outcome);
            look.emit(());
        }),
        Act::Redrive => desk.ask(RedriveQueue { name }, move |desk, outcome| {
            desk.said(say!("queue.not-redriven"), &outcome);
            look.emit(());
        }),
    }
}

/// A queue as it was when it was looked at.
#[derive(Properties, PartialEq)]
struct SeenProps {
    queue: Rc<Queue>,
    /// When it was so, in milliseconds since 1970.
    now: i64,
}

/// How much is in it.
#[component]
fn Depth(props: &SeenProps) -> Html {
    let queue = &props.queue;
    let oldest = queue.messages.first().map(|message| span(props.now - message.sent_ms));
    let counts = [
        (say!("queue.ready"), queue.visible.to_string()),
        (say!("queue.in-flight"), queue.in_flight.to_string()),
        (say!("queue.delayed"), queue.delayed.to_string()),
        (say!("queue.oldest"), oldest.unwrap_or_else(|| "–".to_owned())),
    ];
    widgets::counts(counts)
}

#[derive(Properties, PartialEq)]
struct SendProps {
    name: String,
    queue: Rc<Queue>,
    /// A message was sent.
    sent: Callback<()>,
}

/// Sends a message.
#[component]
fn Send(props: &SendProps) -> Html {
    let desk = use_desk();
    let draft = use_state_eq(Draft::default);
    let said = use_state_eq(|| None::<Result<AttrValue, AttrValue>>);
    let onsubmit = {
        let (draft, said) = (draft.clone(), said.clone());
        let (name, queue, sent) = (props.name.clone(), Rc::clone(&props.queue), props.sent.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let call = match draft.to_send(&name, &queue) {
                Ok(call) => call,
                Err(wrong) => return said.set(Some(Err(wrong.into()))),
            };
            let (said, sent) = (said.clone(), sent.clone());
            desk.ask(call, move |_, outcome| {
                said.set(Some(match outcome {
                    Ok(message) => Ok(say!("queue.sent", id = message.id)),
                    Err(error) => Err(error.message.into()),
                }));
                sent.emit(());
            });
        })
    };
    let field = |label: &'static str, value: &str, change: fn(&mut Draft, String)| {
        let draft = draft.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            let mut changed = (*draft).clone();
            change(&mut changed, event.target_unchecked_into::<HtmlInputElement>().value());
            draft.set(changed);
        });
        html! { <label class="field"><span>{ label }</span><input value={value.to_owned()} {oninput} autocomplete="off" spellcheck="false" /></label> }
    };
    let write = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            draft.set(Draft { text, ..(*draft).clone() });
        })
    };
    html! {
        <form class="send" aria-label={say!("queue.send-one")} {onsubmit}>
            <label class="field">
                <span>{ say!("queue.message") }</span>
                <textarea rows="3" value={draft.text.clone()} oninput={write} spellcheck="false" />
            </label>
            <div class="tools">
                { field(say!("queue.group"), &draft.group, |draft, text| draft.group = text) }
                if props.queue.is_fifo {
                    { field(say!("queue.deduplication"), &draft.deduplication, |draft, text| draft.deduplication = text) }
                } else {
                    { field(say!("queue.delay"), &draft.delay, |draft, text| draft.delay = text) }
                }
                <button type="submit" class="primary"><Icon name="send" /><span>{ say!("queue.send") }</span></button>
            </div>
            { for said.as_ref().map(|said| match said {
                Ok(text) => html! { <p class="output-text" role="status">{ text }</p> },
                Err(text) => html! { <p class="output-text is-error" role="alert">{ text }</p> },
            }) }
        </form>
    }
}

/// What is in it.
#[component]
fn Messages(props: &SeenProps) -> Html {
    let queue = &props.queue;
    let shown = queue.messages.len() as u64;
    let more = all(queue).saturating_sub(shown);
    html! {
        <section aria-label={say!("queue.messages")}>
            <h3>{ say!("queue.messages") }</h3>
            if queue.messages.is_empty() {
                <p class="empty">{ say!("queue.empty") }</p>
            } else {
                <ul class="letters">{ for queue.messages.iter().map(|message| draw(message, props.now)) }</ul>
            }
            if more > 0 && shown > 0 {
                <p class="empty">{ say!("queue.more", count = more) }</p>
            }
        </section>
    }
}

fn draw(message: &Message, now: i64) -> Html {
    let sent = span(now - message.sent_ms);
    let group = message.group.as_ref().map(|group| say!("queue.of-group", group = group));
    html! {
        <li key={message.id.clone()}>
            <p class="letter-head">
                <span class="badge">{ state(message) }</span>
                <span>{ say!("queue.sent-ago", time = sent) }</span>
                <span>{ say!("queue.received", count = message.received) }</span>
                { for group.map(|group| html! { <span>{ group }</span> }) }
                if !message.attributes.is_empty() {
                    <span>{ say!("queue.attributes", names = message.attributes.join(", ")) }</span>
                }
                <span>{ bytes(message.bytes) }</span>
                <code>{ &message.id }</code>
            </p>
            <pre class="output short" tabindex="0" aria-label={say!("queue.text-of", id = message.id)}>{ shown_output(&message.text) }if !message.is_whole { { "…" } }</pre>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct FactsProps {
    queue: Rc<Queue>,
}

/// How it is set.
#[component]
fn Facts(props: &FactsProps) -> Html {
    let desk = use_desk();
    let open = |name: &str| {
        let tab = Tab::about("queue", "name", name);
        let onclick =
            desk.teller::<Documents, MouseEvent>(move |_| documents::Message::Show(tab.clone(), None));
        html! { <button type="button" class="quiet" {onclick}>{ name.to_owned() }</button> }
    };
    let queue = &props.queue;
    html! {
        <section aria-label={say!("queue.settings")}>
            <h3>{ say!("queue.settings") }</h3>
            <table class="facts">
                <tbody>
                    { for facts(queue).into_iter().map(|(name, value)| html! {
                        <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                    }) }
                    if let Some(dead) = &queue.dead_letters {
                        <tr><th scope="row">{ say!("queue.dead-letters") }</th>
                            <td>{ open(&dead.queue) }{ say!("queue.after", count = dead.after) }</td></tr>
                    }
                    if !queue.sources.is_empty() {
                        <tr><th scope="row">{ say!("queue.sources") }</th><td>{ for queue.sources.iter().map(|name| open(name)) }</td></tr>
                    }
                </tbody>
            </table>
        </section>
    }
}
