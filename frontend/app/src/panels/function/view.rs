//! The function panel, drawn.

use std::rc::Rc;

use protocol::function::FunctionRef;
use web_sys::HtmlSelectElement;
use widgets::{Icon, TabEvent, Tabs, Trouble, use_follow};
use yew::prelude::*;

use crate::{
    commands::random,
    desk::{use_desk, use_state_of},
    messages::say,
    panels::function::{
        concurrency::ConcurrencyPage,
        configuration::ConfigurationForm,
        event::{EventEditor, Manner},
        log::Log,
        model::{deployed, phase_words, title},
        outcome::Result,
        overview::Overview,
        triggers::Triggers,
        versions::VersionList,
    },
    state::{
        cloud::Cloud,
        documents::{self, Documents},
        functions::{Functions, Message, Page, display_name, reference},
        layout::Tab,
    },
};

/// How the panel is drawn.
#[derive(Properties, PartialEq)]
pub struct FunctionProps {
    /// Whether it can be seen.
    pub shown: bool,
}

/// The page of a function.
#[component]
pub fn Function(props: &FunctionProps) -> Html {
    let desk = use_desk();
    let (chosen, listed) = use_state_of::<Functions, _, _>(|model| (model.chosen.clone(), model.listed));
    let trouble = use_state_of::<Functions, _, _>(|model| model.trouble.clone());
    let trouble = trouble.map(|reason| {
        let ask = desk.teller::<Functions, MouseEvent>(|_| Message::Ask);
        html! { <Trouble {reason} on_retry={ask} /> }
    });
    if chosen.is_none() {
        if let Some(trouble) = trouble {
            return trouble;
        }
        let text = if listed { say!("function.no-function") } else { say!("function.looking") };
        return html! { <p class="empty">{ text }</p> };
    }
    html! {
        <div class="function">
            { for trouble }
            <Choice />
            <Pages shown={props.shown} />
        </div>
    }
}

const PANEL: &str = "function-page";

/// The pages: their tabs, and the chosen one.
#[component]
fn Pages(props: &FunctionProps) -> Html {
    let desk = use_desk();
    let page = use_state_of::<Functions, _, _>(|model| model.page);
    let tabs = use_memo((), |()| {
        let tab = |page: Page| widgets::Tab {
            key: page.id().into(),
            label: title(page).into(),
            title: title(page).into(),
            ..widgets::Tab::default()
        };
        Page::ALL.map(tab).to_vec()
    });
    let tabs = tabs.iter().map(|tab| {
        let controls = (tab.key == page.id()).then(|| AttrValue::from(PANEL));
        widgets::Tab { controls, ..tab.clone() }
    });
    let on = Callback::from(move |event: TabEvent| {
        let TabEvent::Choose(id) = event else { return };
        if let Some(page) = Page::ALL.into_iter().find(|page| id == page.id()) {
            desk.tell::<Functions>(Message::Show(page));
        }
    });
    html! {
        <>
            <Tabs id="function-tab" label={say!("function.pages")} class="panel-tabs function-tabs"
                tabs={Rc::new(tabs.collect::<Vec<_>>())} chosen={AttrValue::from(page.id())} {on} />
            <div id={PANEL} class="function-page" role="tabpanel" aria-label={title(page)}>
                if page == Page::Invoke {
                    <EventEditor />
                    <Manner shown={props.shown} />
                    <Controls />
                    <Build />
                    <Result />
                } else {
                    <Deployed {page} shown={props.shown} />
                }
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct DeployedProps {
    page: Page,
    shown: bool,
}

/// What there is of a function in the cloud.
#[component]
fn Deployed(props: &DeployedProps) -> Html {
    let function = use_deployed();
    let Some(function) = function else {
        return html! { <p class="empty">{ say!("function.not-deployed") }</p> };
    };
    let (name, shown) = (AttrValue::from(function.name), props.shown);
    let key = name.to_string();
    let drawn = match props.page {
        Page::Overview => html! { <Overview {key} name={name.clone()} {shown} /> },
        Page::Logs => html! { <Log {key} group={function.log_group} /> },
        Page::Configuration => html! { <ConfigurationForm {key} name={name.clone()} {shown} /> },
        Page::Versions => html! { <VersionList {key} name={name.clone()} {shown} /> },
        Page::Triggers => html! { <Triggers {key} name={name.clone()} {shown} /> },
        Page::Concurrency => html! { <ConcurrencyPage {key} name={name.clone()} {shown} /> },
        Page::Invoke => Html::default(),
    };
    html! {
        <>
            <p class="function-name" title={function.arn}>{ &name }</p>
            { drawn }
        </>
    }
}

/// The chosen function as it is deployed, where it is.
#[hook]
fn use_deployed() -> Option<protocol::cloud::Function> {
    let chosen = use_state_of::<Functions, _, _>(|model| model.chosen.clone());
    let described = use_state_of::<Cloud, _, _>(|cloud| cloud.described.clone());
    deployed(&described?.functions, &chosen?).cloned()
}

/// Which function.
#[component]
fn Choice() -> Html {
    let desk = use_desk();
    let list = use_state_of::<Functions, _, _>(|model| Rc::clone(&model.list));
    let chosen = use_state_of::<Functions, _, _>(|model| model.chosen.clone());
    let deployed = use_state_of::<Cloud, _, _>(|cloud| {
        let functions = cloud.described.iter().flat_map(|cloud| cloud.functions.iter());
        functions.map(|function| function.name.clone()).collect::<Vec<_>>()
    });
    let mut options: Vec<FunctionRef> = list.iter().map(reference).collect();
    options.extend(deployed.into_iter().map(|name| FunctionRef::Deployed { name }));
    options.extend(chosen.iter().filter(|chosen| !options.contains(chosen)).cloned().collect::<Vec<_>>());
    let entry = list.iter().find(|entry| Some(reference(entry)) == chosen).cloned();
    let onchange = {
        let options = options.clone();
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            if let Some(function) = usize::try_from(index).ok().and_then(|index| options.get(index)) {
                desk.tell::<Functions>(Message::Choose(function.clone()));
            }
        })
    };
    let open = entry.clone().map(|entry| {
        desk.teller::<Documents, MouseEvent>(move |_| match &entry.source {
            Some(source) => documents::Message::Show(Tab::file(source.clone()), None),
            None => documents::Message::Show(Tab::file(entry.template.clone()), Some(entry.position)),
        })
    });
    html! {
        <div class="tools">
            <label class="field grow">
                <span>{ say!("view.function") }</span>
                <select {onchange}>
                    { for options.iter().map(|option| html! {
                        <option selected={Some(option) == chosen.as_ref()}>{ option_label(option) }</option>
                    }) }
                </select>
            </label>
            if let Some(open) = open {
                <button type="button" class="quiet" onclick={open}>{ say!("function.open-code") }</button>
            }
        </div>
    }
}

fn option_label(function: &FunctionRef) -> String {
    match function {
        FunctionRef::Template { template, logical_id } => format!("{logical_id} ({template})"),
        FunctionRef::Deployed { .. } => say!("function.deployed", name = display_name(function)).to_string(),
    }
}

/// Sending the event, and stopping what runs.
#[component]
fn Controls() -> Html {
    let desk = use_desk();
    let running = use_state_of::<Functions, _, _>(|model| model.running.clone());
    let send = desk.teller::<Functions, MouseEvent>(|_| Message::Invoke(random()));
    let stop = desk.teller::<Functions, MouseEvent>(|_| Message::Cancel);
    html! {
        <div class="tools">
            if let Some(running) = running {
                <Icon name="loader-circle" class="spin" />
                <p role="status">{ phase_words(running.phase) }</p>
                <button type="button" onclick={stop}>{ say!("button.stop") }</button>
            } else {
                <button type="button" class="primary" onclick={send} title={say!("function.send-key")}>
                    <Icon name="send" /><span>{ say!("function.send") }</span>
                </button>
            }
        </div>
    }
}

/// What the build writes, while it builds.
#[component]
fn Build() -> Html {
    let node = use_node_ref();
    let (output, running) =
        use_state_of::<Functions, _, _>(|model| (model.output.clone(), model.running.is_some()));
    let onscroll = use_follow(&node, true, output.len());
    if output.is_empty() || !running {
        return Html::default();
    }
    html! { <pre ref={node} class="output short" tabindex="0" aria-label={say!("function.build-output")} {onscroll}>{ output }</pre> }
}
