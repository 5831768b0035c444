//! The configuration of a function as a form. What is wrong with it the service says itself.

use std::rc::Rc;

use protocol::configuration::{Configuration, DescribeConfiguration};
use web_sys::SubmitEvent;
use widgets::{IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::use_desk,
    messages::say,
    panels::function::{
        asked::{Said, act, arrived, change, choice, field, told, use_asked},
        model::Draft,
        overview::OfProps,
    },
};

/// How grave a line of a log may be, of JSON logs.
const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// The configuration.
#[component]
pub fn ConfigurationForm(props: &OfProps) -> Html {
    let name = props.name.clone();
    let (seen, look) = use_asked(props.shown, move || DescribeConfiguration { name: name.to_string() });
    match arrived(seen, &look) {
        Err(nothing) => nothing,
        Ok(present) => html! { <Form name={props.name.clone()} {present} changed={look} /> },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    name: AttrValue,
    /// The configuration as it is.
    present: Rc<Configuration>,
    /// It was changed.
    changed: Callback<()>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let desk = use_desk();
    let present = &props.present;
    let draft = use_state_eq(|| Draft::of(present));
    let said = use_state_eq(|| Said::None);
    // What the draft was made of: the draft follows what is there until the person writes in it.
    let basis = use_mut_ref(|| Draft::of(present));
    {
        let (draft, basis) = (draft.clone(), Rc::clone(&basis));
        use_effect_with(Rc::clone(present), move |present| {
            let now = Draft::of(present);
            let before = basis.replace(now.clone());
            if *draft == before {
                draft.set(now);
            }
        });
    }
    let onsubmit = {
        let (desk, draft, said) = (desk.clone(), draft.clone(), said.clone());
        let (name, present, changed) = (props.name.clone(), Rc::clone(present), props.changed.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match draft.changes(&name, &present) {
                Ok(None) => said.set(Some(Ok(say!("function.unchanged").into()))),
                Ok(Some(call)) => {
                    act(&desk, call, &said, |()| say!("function.configured").into(), &changed);
                }
                Err(wrong) => said.set(Some(Err(wrong))),
            }
        })
    };
    let reset = {
        let (draft, said, present) = (draft.clone(), said.clone(), Rc::clone(present));
        Callback::from(move |_: MouseEvent| {
            draft.set(Draft::of(&present));
            said.set(None);
        })
    };
    let text = |label, value: &str, of: fn(&mut Draft) -> &mut String| {
        field(label, value, &change(&draft, move |draft, text| *of(draft) = text))
    };
    let pick = |label, options: &[&'static str], value: &str, of: fn(&mut Draft) -> &mut String| {
        let options: Vec<_> = options.iter().map(|option| ((*option).into(), (*option).into())).collect();
        choice(label, &options, value, &change(&draft, move |draft, text| *of(draft) = text))
    };
    html! {
        <form class="send" aria-label={say!("function.configuration")} {onsubmit}>
            { text(say!("function.description"), &draft.description, |draft| &mut draft.description) }
            { text(say!("function.handler"), &draft.handler, |draft| &mut draft.handler) }
            <div class="tools wrap">
                { text(say!("function.memory-mb"), &draft.memory, |draft| &mut draft.memory) }
                { text(say!("function.timeout-s"), &draft.timeout, |draft| &mut draft.timeout) }
                { text(say!("function.ephemeral-mb"), &draft.ephemeral, |draft| &mut draft.ephemeral) }
            </div>
            <div class="tools wrap">
                { pick(say!("function.log-format"), &["Text", "JSON"], &draft.format, |draft| &mut draft.format) }
                if draft.format == "JSON" {
                    { pick(say!("function.log-level"), &LEVELS, &draft.level, |draft| &mut draft.level) }
                    { pick(say!("function.system-level"), &LEVELS[1..4], &draft.system, |draft| &mut draft.system) }
                }
            </div>
            <Variables {draft} />
            <div class="tools">
                <button type="submit" class="primary">{ say!("button.save") }</button>
                <button type="button" onclick={reset}>{ say!("function.reset") }</button>
            </div>
            { told(&said) }
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct VariablesProps {
    draft: UseStateHandle<Draft>,
}

/// Environment variables: a row for each.
#[component]
fn Variables(props: &VariablesProps) -> Html {
    let draft = &props.draft;
    let row = |at: usize, (name, value): &(String, String)| {
        let set = |of: fn(&mut (String, String)) -> &mut String| {
            change(draft, move |draft: &mut Draft, text| {
                if let Some(variable) = draft.environment.get_mut(at) {
                    *of(variable) = text;
                }
            })
        };
        let remove = change(draft, move |draft: &mut Draft, _: MouseEvent| {
            draft.environment.remove(at);
        });
        html! {
            <li key={at} class="tools">
                { field(say!("function.variable"), name, &set(|variable| &mut variable.0)) }
                { field(say!("function.variable-value"), value, &set(|variable| &mut variable.1)) }
                <IconButton icon="trash-2" label={say!("function.remove", name = name)} onclick={remove} />
            </li>
        }
    };
    let add = change(draft, |draft: &mut Draft, _: MouseEvent| draft.environment.push(<_>::default()));
    html! {
        <fieldset class="variables">
            <legend>{ say!("function.environment") }</legend>
            <ul>{ for draft.environment.iter().enumerate().map(|(at, variable)| row(at, variable)) }</ul>
            <button type="button" onclick={add}>{ say!("function.add-variable") }</button>
        </fieldset>
    }
}
