//! The deploy panel, drawn: what to deploy.

use std::rc::Rc;

use protocol::{WorkspacePath, deploy::Parameter};
use web_sys::{HtmlInputElement, HtmlSelectElement, SubmitEvent};
use widgets::Trouble;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::deploy::progress::Progress,
    state::deployments::{Deployments, Message},
};

/// The deploy panel.
#[component]
pub fn Deploy() -> Html {
    let desk = use_desk();
    let (templates, listed) =
        use_state_of::<Deployments, _, _>(|model| (Rc::clone(&model.templates), model.listed));
    let (chosen, stack) =
        use_state_of::<Deployments, _, _>(|model| (model.template.clone(), model.stack.clone()));
    let busy = use_state_of::<Deployments, _, _>(Deployments::busy);
    let trouble = use_state_of::<Deployments, _, _>(|model| model.trouble.clone());
    let unlisted = use_state_of::<Deployments, _, _>(|model| model.unlisted.clone());
    let ask = desk.teller::<Deployments, MouseEvent>(|_| Message::Ask);
    let newest = use_state_of::<Deployments, _, _>(|model| model.newest().cloned());
    let reached = use_state_of::<Deployments, _, _>(Deployments::reached);
    let template = templates.iter().find(|template| Some(&template.path) == chosen.as_ref());
    let choose = {
        let (desk, templates) = (desk.clone(), Rc::clone(&templates));
        Callback::from(move |event: Event| {
            let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            if let Some(template) = usize::try_from(index).ok().and_then(|index| templates.get(index)) {
                desk.tell::<Deployments>(Message::Choose(template.path.clone()));
            }
        })
    };
    let name = desk.teller::<Deployments, InputEvent>(|event| {
        Message::Stack(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    let onsubmit = desk.teller::<Deployments, SubmitEvent>(|event| {
        event.prevent_default();
        Message::Start
    });
    html! {
        <section class="deploy" aria-label={say!("view.deploy")}>
            if let Some(reason) = unlisted.clone() {
                <Trouble {reason} on_retry={ask} />
            }
            if let Some(template) = template {
                <form {onsubmit}>
                    <label class="field">
                        <span>{ say!("deploy.template") }</span>
                        <select onchange={choose}>{ for templates.iter().map(|other| option(&other.path, &template.path)) }</select>
                    </label>
                    <label class="field">
                        <span>{ say!("deploy.stack") }</span>
                        <input value={stack} oninput={name} required={true} pattern="[a-zA-Z][-a-zA-Z0-9]{0,127}"
                            title={say!("deploy.stack-rule")} spellcheck="false" autocomplete="off" />
                    </label>
                    { for template.parameters.iter().map(|parameter| html! {
                        <Field key={parameter.name.clone()} parameter={parameter.clone()} />
                    }) }
                    <div class="tools">
                        <button type="submit" class="primary" disabled={busy}>{ say!("deploy.begin") }</button>
                    </div>
                </form>
            } else if unlisted.is_some() {
            } else if listed {
                <p class="empty">{ say!("deploy.no-template") }</p>
            } else {
                <p class="empty">{ say!("deploy.looking") }</p>
            }
            if let Some(trouble) = trouble {
                <p class="output-text is-error" role="alert">{ trouble }</p>
            }
            if let Some(deployment) = newest {
                <Progress {deployment} {reached} />
            }
        </section>
    }
}

fn option(path: &WorkspacePath, chosen: &WorkspacePath) -> Html {
    html! { <option selected={path == chosen}>{ path.as_str().to_owned() }</option> }
}

#[derive(Properties, PartialEq)]
struct FieldProps {
    parameter: Parameter,
}

/// A parameter of the template.
#[component]
fn Field(props: &FieldProps) -> Html {
    let desk = use_desk();
    let parameter = &props.parameter;
    let name = parameter.name.clone();
    let given = {
        let name = name.clone();
        use_state_of::<Deployments, _, _>(move |model| model.parameters.get(&name).cloned())
    };
    let oninput = desk.teller::<Deployments, InputEvent>(move |event| {
        Message::Parameter(name.clone(), event.target_unchecked_into::<HtmlInputElement>().value())
    });
    html! {
        <label class="field">
            <span>{ &parameter.name }</span>
            <input
                type={if parameter.no_echo { "password" } else { "text" }}
                value={given.or_else(|| parameter.default.clone()).unwrap_or_default()}
                title={parameter.description.clone()}
                autocomplete="off"
                {oninput}
            />
            if let Some(description) = &parameter.description {
                <small>{ description }</small>
            }
        </label>
    }
}
