//! How a deployment goes, drawn: steps, resources, log, outputs, addresses, or why it failed.

use std::rc::Rc;

use protocol::{
    cloud::Output,
    deploy::{Deployment, Phase, ResourceProgress},
};
use widgets::{Icon, use_follow};
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    desk::{Desk, use_desk},
    messages::say,
    panels::deploy::model::{Step, status_look, steps},
    state::{
        deployments::{Deployments, Message},
        documents::{self, Documents},
        layout::Tab,
        notices::{self, Notices},
        request::{self, Request},
    },
    text::shown_output,
};

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct ProgressProps {
    /// Which deployment.
    pub deployment: Rc<Deployment>,
    /// The furthest phase that was seen of it.
    pub reached: Option<Phase>,
}

/// A deployment on its way, or over.
#[component]
pub fn Progress(props: &ProgressProps) -> Html {
    let desk = use_desk();
    let deployment = &*props.deployment;
    let stop = {
        let id = deployment.id.clone();
        desk.teller::<Deployments, MouseEvent>(move |_| Message::Cancel(id.clone()))
    };
    html! {
        <div class="progress">
            <header class="tools">
                <div role="status"><h3>{ headline(deployment) }</h3></div>
                if deployment.is_running() {
                    <button type="button" onclick={stop}>{ say!("button.stop") }</button>
                }
            </header>
            <ol class="steps">
                { for steps(&deployment.phase, props.reached.as_ref()).into_iter().map(draw_step) }
            </ol>
            { failure(&desk, deployment) }
            { addresses(&desk, &deployment.api_urls) }
            { outputs(&deployment.outputs) }
            if !deployment.resources.is_empty() {
                <h4>{ say!("deploy.resources") }</h4>
                <ul class="resources">{ for deployment.resources.iter().map(draw_resource) }</ul>
            }
            if !deployment.log.is_empty() {
                <details open={!matches!(deployment.phase, Phase::Done { .. })}>
                    <summary>{ say!("deploy.log") }</summary>
                    <Log lines={deployment.log.clone()} />
                </details>
            }
        </div>
    }
}

fn headline(deployment: &Deployment) -> AttrValue {
    let stack = &deployment.stack;
    match &deployment.phase {
        Phase::Building => say!("deploy.building", stack = stack),
        Phase::Uploading => say!("deploy.uploading", stack = stack),
        Phase::Deploying => say!("deploy.creating", stack = stack),
        Phase::Done { changed: true } => say!("deploy.deployed", stack = stack),
        Phase::Done { changed: false } => say!("deploy.unchanged", stack = stack),
        Phase::Failed { .. } => say!("deploy.failed", stack = stack),
    }
}

fn draw_step((name, step): (&'static str, Step)) -> Html {
    let (icon, class, word) = step.look();
    html! {
        <li {class}>
            <Icon name={icon} class={classes!((step == Step::Now).then_some("spin"))} />
            <span>{ name }</span>
            <span class="hidden">{ word }</span>
        </li>
    }
}

fn failure(desk: &Desk, deployment: &Deployment) -> Html {
    let Phase::Failed { message, position, .. } = &deployment.phase else { return Html::default() };
    let template = deployment.template.clone();
    let go = position.map(|position| {
        let template = template.clone();
        desk.teller::<Documents, MouseEvent>(move |_| {
            documents::Message::Show(Tab::file(template.clone()), Some(position))
        })
    });
    html! {
        <div class="failure" role="alert">
            <pre class="output">{ shown_output(message) }</pre>
            if let (Some(go), Some(position)) = (go, position) {
                <button type="button" class="link" onclick={go}>
                    { say!("deploy.line", template = template, line = position.line + 1) }
                </button>
            }
        </div>
    }
}

fn addresses(desk: &Desk, urls: &[String]) -> Html {
    if urls.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h4>{ say!("deploy.api") }</h4>
            <ul class="addresses">
                { for urls.iter().map(|url| {
                    let (tried, copied, again) = (url.clone(), url.clone(), desk.clone());
                    let try_it = desk.teller::<Request, MouseEvent>(move |_| request::Message::Try {
                        method: "GET".to_owned(),
                        url: format!("{tried}/"),
                    });
                    let copy = Callback::from(move |_: MouseEvent| copy(&again, copied.clone()));
                    html! {
                        <li>
                            <code>{ url }</code>
                            <button type="button" onclick={try_it}>{ say!("view.try") }</button>
                            <button type="button" onclick={copy}>{ say!("button.copy") }</button>
                        </li>
                    }
                }) }
            </ul>
        </>
    }
}

fn copy(desk: &Desk, text: String) {
    desk.spawn(|desk| async move {
        if copy_text(&text).await {
            desk.tell::<Notices>(notices::Message::good(say!("deploy.copied")));
        }
    });
}

fn outputs(outputs: &[Output]) -> Html {
    if outputs.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h4>{ say!("cloud.outputs") }</h4>
            <table class="facts">
                <tbody>
                    { for outputs.iter().map(|output| html! {
                        <tr title={output.description.clone()}>
                            <th scope="row">{ &output.key }</th>
                            <td>
                                { &output.value }
                                // An address at AWS answers nobody here: what does stands beside it.
                                if let Some(local) = &output.local {
                                    <br />
                                    { say!("deploy.here") }{ " " }
                                    <a href={local.clone()} target="_blank" rel="noopener noreferrer">{ local }</a>
                                }
                            </td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </>
    }
}

fn draw_resource(resource: &ResourceProgress) -> Html {
    let (icon, class) = status_look(&resource.status);
    html! {
        <li key={resource.logical_id.clone()} class={classes!("resource", class)}>
            <Icon name={icon} class={classes!((class == "now").then_some("spin"))} />
            <span class="resource-name">{ &resource.logical_id }</span>
            <span class="row-detail">{ &resource.kind }</span>
            <span class="resource-status">{ &resource.status }</span>
            if let Some(reason) = &resource.reason {
                <span class="resource-reason">{ reason }</span>
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct LogProps {
    lines: Vec<String>,
}

#[component]
fn Log(props: &LogProps) -> Html {
    let node = use_node_ref();
    let onscroll = use_follow(&node, true, props.lines.clone());
    html! { <pre ref={node} class="output short" tabindex="0" aria-label={say!("deploy.log")} {onscroll}>{ shown_output(&props.lines.join("\n")) }</pre> }
}
