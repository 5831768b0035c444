//! The page of a topic, drawn.

use std::rc::Rc;

use protocol::topic::{DescribeTopic, Letter, Subscription, Topic};
use web_sys::{HtmlInputElement, HtmlTextAreaElement, SubmitEvent};
use widgets::{Icon, IconButton, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::use_desk,
    messages::say,
    panels::topic::model::{Draft, kind_words, name_of},
    text::{shown_output, time_of_day},
};

/// Which topic.
#[derive(Properties, PartialEq)]
pub struct TopicProps {
    /// Its ARN.
    pub arn: String,
}

type Described = Option<Result<Rc<Topic>, AttrValue>>;

/// The page of a topic.
#[component]
pub fn TopicPage(props: &TopicProps) -> Html {
    let desk = use_desk();
    let described = use_state_eq(|| Described::None);
    let look = {
        let (arn, described) = (props.arn.clone(), described.clone());
        Callback::from(move |()| {
            let described = described.clone();
            desk.ask(DescribeTopic { arn: arn.clone() }, move |_, outcome| {
                described.set(Some(outcome.map(Rc::new).map_err(|error| error.message.into())));
            });
        })
    };
    {
        let look = look.clone();
        use_effect_with((), move |()| look.emit(()));
    }
    let again = look.reform(|_: MouseEvent| ());
    let topic = match &*described {
        None => return html! { <p class="empty" role="status">{ say!("topic.asking") }</p> },
        Some(Err(reason)) => return html! { <Trouble reason={reason.clone()} on_retry={again} /> },
        Some(Ok(topic)) => Rc::clone(topic),
    };
    html! {
        <div class="page messaging">
            <header class="page-head">
                <h2>{ name_of(&props.arn).to_owned() }</h2>
                <IconButton icon="refresh-cw" label={say!("button.refresh")} onclick={again} />
            </header>
            <PublishForm arn={props.arn.clone()} topic={Rc::clone(&topic)} published={look} />
            <section aria-label={say!("topic.subscriptions")}>
                <h3>{ say!("topic.subscriptions") }</h3>
                if topic.subscriptions.is_empty() {
                    <p class="empty">{ say!("topic.nobody") }</p>
                } else {
                    <table class="facts"><tbody>{ for topic.subscriptions.iter().map(subscription) }</tbody></table>
                }
            </section>
            <section aria-label={say!("topic.inbox")}>
                <h3>{ say!("topic.inbox") }</h3>
                if topic.letters.is_empty() {
                    <p class="empty">{ say!("topic.no-letters") }</p>
                } else {
                    <ul class="letters">{ for topic.letters.iter().map(letter) }</ul>
                }
            </section>
            <section aria-label={say!("queue.settings")}>
                <h3>{ say!("queue.settings") }</h3>
                <table class="facts"><tbody>
                    <tr><th scope="row">{ say!("queue.kind") }</th>
                        <td>{ if topic.is_fifo { say!("queue.fifo") } else { say!("queue.standard") } }</td></tr>
                    <tr><th scope="row">{ say!("function.arn") }</th><td>{ &props.arn }</td></tr>
                </tbody></table>
            </section>
        </div>
    }
}

fn subscription(subscription: &Subscription) -> Html {
    html! {
        <tr>
            <th scope="row">{ &subscription.protocol }</th>
            <td>
                { &subscription.endpoint }
                if !subscription.is_confirmed { { " " }<span class="badge">{ say!("topic.not-confirmed") }</span> }
                if let Some(filter) = &subscription.filter {
                    <pre class="output short" tabindex="0" aria-label={say!("topic.filter")}>{ filter }</pre>
                }
            </td>
        </tr>
    }
}

fn letter(letter: &Letter) -> Html {
    html! {
        <li>
            <p class="letter-head">
                <span class="badge">{ kind_words(letter.kind) }</span>
                <span>{ &letter.to }</span>
                <time>{ time_of_day(letter.at_ms) }</time>
                { for letter.subject.iter().map(|subject| html! { <strong>{ subject }</strong> }) }
            </p>
            <pre class="output short" tabindex="0" aria-label={say!("topic.letter-to", to = letter.to)}>{ shown_output(&letter.text) }</pre>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct PublishProps {
    arn: String,
    topic: Rc<Topic>,
    /// A message was published.
    published: Callback<()>,
}

/// Publishes a message.
#[component]
fn PublishForm(props: &PublishProps) -> Html {
    let desk = use_desk();
    let draft = use_state_eq(Draft::default);
    let said = use_state_eq(|| None::<Result<AttrValue, AttrValue>>);
    let onsubmit = {
        let (draft, said) = (draft.clone(), said.clone());
        let (arn, topic, published) = (props.arn.clone(), Rc::clone(&props.topic), props.published.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let call = match draft.to_publish(&arn, &topic) {
                Ok(call) => call,
                Err(wrong) => return said.set(Some(Err(wrong.into()))),
            };
            let (said, published) = (said.clone(), published.clone());
            desk.ask(call, move |_, outcome| {
                said.set(Some(match outcome {
                    Ok(message) => Ok(say!("topic.published", id = message.id)),
                    Err(error) => Err(error.message.into()),
                }));
                published.emit(());
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
    let area = |label: &'static str, rows: &'static str, value: &str, change: fn(&mut Draft, String)| {
        let draft = draft.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            let mut changed = (*draft).clone();
            change(&mut changed, event.target_unchecked_into::<HtmlTextAreaElement>().value());
            draft.set(changed);
        });
        html! { <label class="field"><span>{ label }</span><textarea {rows} value={value.to_owned()} {oninput} spellcheck="false" /></label> }
    };
    html! {
        <form class="send" aria-label={say!("topic.publish-one")} {onsubmit}>
            { area(say!("queue.message"), "3", &draft.text, |draft, text| draft.text = text) }
            { area(say!("topic.attributes"), "2", &draft.attributes, |draft, text| draft.attributes = text) }
            <div class="tools">
                { field(say!("topic.subject"), &draft.subject, |draft, text| draft.subject = text) }
                if props.topic.is_fifo {
                    { field(say!("queue.group"), &draft.group, |draft, text| draft.group = text) }
                    { field(say!("queue.deduplication"), &draft.deduplication, |draft, text| draft.deduplication = text) }
                }
                <button type="submit" class="primary"><Icon name="send" /><span>{ say!("topic.publish") }</span></button>
            </div>
            { for said.as_ref().map(|said| match said {
                Ok(text) => html! { <p class="output-text" role="status">{ text }</p> },
                Err(text) => html! { <p class="output-text is-error" role="alert">{ text }</p> },
            }) }
        </form>
    }
}
