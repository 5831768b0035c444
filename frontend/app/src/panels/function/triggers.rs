//! What calls a function: sources that it is fed from, and who its policy lets in. Added, paused, removed.

use protocol::function::{AddTrigger, DescribeTriggers, RemoveTrigger, SetTrigger, Trigger};
use web_sys::SubmitEvent;
use widgets::IconButton;
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk, use_state_of},
    icons,
    messages::say,
    panels::function::{
        asked::{Said, act, arrived, change, field, told, use_asked},
        model::{sources, trigger_words, whole},
        overview::OfProps,
    },
    state::{
        cloud::Cloud,
        documents::{self, Documents},
        layout::Tab,
        notices,
    },
};

/// The triggers.
#[component]
pub fn Triggers(props: &OfProps) -> Html {
    let desk = use_desk();
    let name = props.name.clone();
    let (seen, look) = use_asked(props.shown, move || DescribeTriggers { name: name.to_string() });
    let triggers = match arrived(seen, &look) {
        Ok(triggers) => triggers,
        Err(nothing) => return nothing,
    };
    html! {
        <>
            <section class="triggers" aria-label={say!("function.trigger-page")}>
                if triggers.is_empty() {
                    <p class="empty">{ say!("function.no-trigger") }</p>
                }
                <ul>{ for triggers.iter().map(|trigger| draw(&desk, &props.name, trigger, &look)) }</ul>
            </section>
            <Add name={props.name.clone()} added={look} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct AddProps {
    name: AttrValue,
    added: Callback<()>,
}

/// Adds one.
#[component]
fn Add(props: &AddProps) -> Html {
    let desk = use_desk();
    let known = use_state_of::<Cloud, _, _>(|cloud| cloud.described.as_ref().map(|cloud| sources(cloud)));
    // The source, and the size of its batches.
    let draft = use_state_eq(<(String, String)>::default);
    let said = use_state_eq(|| Said::None);
    let onsubmit = {
        let (draft, said) = (draft.clone(), said.clone());
        let (name, added) = (props.name.clone(), props.added.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let size = Some(draft.1.trim()).filter(|text| !text.is_empty());
            let size = match size.map(|text| whole(text, say!("function.batch-size"))).transpose() {
                Ok(size) => size.map(|size| size.max(0) as u32),
                Err(wrong) => return said.set(Some(Err(wrong))),
            };
            let call =
                AddTrigger { name: name.to_string(), source: draft.0.trim().to_owned(), batch_size: size };
            act(&desk, call, &said, |()| say!("function.trigger-added").into(), &added);
        })
    };
    let oninput = change(&draft, |draft: &mut (String, String), event: InputEvent| {
        draft.0 = event.target_unchecked_into::<web_sys::HtmlInputElement>().value();
    });
    html! {
        <form aria-label={say!("function.add-trigger")} {onsubmit}>
            <h3>{ say!("function.add-trigger") }</h3>
            <label class="field">
                <span>{ say!("function.source") }</span>
                <input value={draft.0.clone()} {oninput} list="trigger-sources" required={true} autocomplete="off" spellcheck="false" />
                <datalist id="trigger-sources">
                    { for known.iter().flatten().map(|arn| html! { <option value={arn.clone()} /> }) }
                </datalist>
            </label>
            <div class="tools">
                { field(say!("function.batch-size"), &draft.1, &change(&draft, |draft, text| draft.1 = text)) }
                <button type="submit" class="primary">{ say!("function.add") }</button>
            </div>
            { told(&said) }
        </form>
    }
}

fn draw(desk: &Desk, function: &AttrValue, trigger: &Trigger, look: &Callback<()>) -> Html {
    let icon = icons::of_service(&trigger.service);
    let name = trigger.source.rsplit(':').next().unwrap_or_default().to_owned();
    let shown = match trigger.service.as_str() {
        "sqs" => Some(Tab::about("queue", "name", &name)),
        "sns" => Some(Tab::about("topic", "arn", &trigger.source)),
        _ => None,
    };
    let label = match shown {
        Some(tab) => {
            let onclick =
                desk.teller::<Documents, MouseEvent>(move |_| documents::Message::Show(tab.clone(), None));
            html! { <button type="button" class="quiet" {onclick}>{ &name }</button> }
        }
        None => html! { <span>{ &trigger.source }</span> },
    };
    html! {
        <li title={trigger.source.clone()}>
            <widgets::Icon name={icon} />
            { label }
            <span class="trigger-state">{ trigger_words(trigger) }</span>
            { for trigger.id.as_ref().map(|id| pause(desk, id, &name, trigger, look)) }
            if trigger.id.is_some() || trigger.statement.is_some() {
                { remove(desk, function, &name, trigger, look) }
            }
        </li>
    }
}

/// What pauses a mapping, or has it go on.
fn pause(desk: &Desk, id: &str, name: &str, trigger: &Trigger, look: &Callback<()>) -> Html {
    let is_on = matches!(trigger.state.as_deref(), Some("Enabled" | "Enabling" | "Creating" | "Updating"));
    let (icon, label) = if is_on {
        ("pause", say!("function.pause", name = name))
    } else {
        ("play", say!("function.resume", name = name))
    };
    let (desk, id, look) = (desk.clone(), id.to_owned(), look.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        let look = look.clone();
        desk.ask(SetTrigger { id: id.clone(), enabled: !is_on }, move |desk, outcome| {
            desk.said(say!("function.trigger-not-set"), &outcome);
            look.emit(());
        });
    });
    html! { <IconButton {icon} {label} {onclick} /> }
}

/// What takes a trigger away, once that is confirmed.
fn remove(desk: &Desk, function: &AttrValue, name: &str, trigger: &Trigger, look: &Callback<()>) -> Html {
    let title = say!("function.remove", name = name);
    let (desk, function, trigger, look) = (desk.clone(), function.clone(), trigger.clone(), look.clone());
    let asked = title.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let (function, trigger, look) = (function.clone(), trigger.clone(), look.clone());
        let (body, button) = (say!("function.remove-trigger-body"), say!("function.remove-now"));
        notices::confirm(&desk, asked.clone(), body, button, move |desk| {
            let look = look.clone();
            let call = RemoveTrigger { name: function.to_string(), trigger: trigger.clone() };
            desk.ask(call, move |desk, outcome| {
                desk.said(say!("function.trigger-not-removed"), &outcome);
                look.emit(());
            });
        });
    });
    html! { <IconButton icon="trash-2" label={title} {onclick} /> }
}
