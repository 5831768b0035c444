//! How an invocation went: the answer, the log's tail, the REPORT line.

use std::rc::Rc;

use protocol::function::{Invocation, Ran};
use widgets::Icon;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::function::model::{Verdict, report_rows},
    state::{
        cloud::{self, Cloud},
        functions::{Functions, Outcome},
    },
    text::{pretty_json, shown_output},
};

/// How the last invocation went.
#[component]
pub fn Result() -> Html {
    let outcome = use_state_of::<Functions, _, _>(|model| model.result.clone());
    let Some(outcome): Option<Rc<Outcome>> = outcome else { return Html::default() };
    let (words, class, icon) = Verdict::of(&outcome).look();
    let engine = match &*outcome {
        Outcome::Answered(Invocation::Ran(ran)) => Some(ran.engine.clone()),
        _ => None,
    };
    html! {
        <section class="result" aria-label={say!("function.result")}>
            <div class={classes!("verdict", class)} role="status">
                <Icon name={icon} />
                <h3>{ words }</h3>
                if let Some(engine) = engine {
                    <span class="badge" title={say!("function.engine")}>{ engine }</span>
                }
            </div>
            { body(&outcome) }
        </section>
    }
}

fn body(outcome: &Outcome) -> Html {
    match outcome {
        Outcome::Failed(message) => html! { <p class="output-text">{ shown_output(message) }</p> },
        Outcome::Answered(Invocation::BuildFailed { output, .. }) => html! {
            <pre class="output" tabindex="0" aria-label={say!("function.build-output")}>{ shown_output(output) }</pre>
        },
        Outcome::Answered(Invocation::Ran(ran)) => html! { <Answer ran={ran.clone()} /> },
        Outcome::Answered(Invocation::Accepted(accepted)) => html! {
            <>
                <p class="output-text">{ say!("function.accepted-as", id = accepted.request_id) }</p>
                <OpenLogs group={accepted.log_group.clone()} />
            </>
        },
    }
}

#[derive(Properties, PartialEq)]
struct AnswerProps {
    ran: Ran,
}

#[component]
fn Answer(props: &AnswerProps) -> Html {
    let ran = &props.ran;
    html! {
        <>
            if let Some(error) = &ran.function_error {
                <p class="output-text">{ say!("function.error", error = error) }</p>
            }
            <h4>{ say!("function.response") }</h4>
            <pre class="output" tabindex="0" aria-label={say!("function.response")}>{ pretty_json(&ran.payload) }</pre>
            if let Some(report) = &ran.report {
                <h4>{ say!("function.report") }</h4>
                <table class="facts">
                    <tbody>
                        { for report_rows(report).into_iter().map(|(name, value)| html! {
                            <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                        }) }
                    </tbody>
                </table>
            }
            <h4>{ say!("deploy.log") }</h4>
            <pre class="output" tabindex="0" aria-label={say!("function.log-tail")}>{ shown_output(ran.log_tail.trim_end()) }</pre>
            if let Some(version) = ran.version.as_ref().filter(|version| *version != "$LATEST") {
                <p class="output-text">{ say!("function.ran-version", version = version) }</p>
            }
            if let Some(runtime) = &ran.runtime {
                <p class="output-text">{ say!("function.ran-on", runtime = runtime) }</p>
            }
            <OpenLogs group={ran.log_group.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OpenLogsProps {
    group: String,
}

/// Opens the log.
#[component]
fn OpenLogs(props: &OpenLogsProps) -> Html {
    let group = props.group.clone();
    let logs = use_desk().teller::<Cloud, MouseEvent>(move |_| cloud::Message::Look(group.clone()));
    html! {
        <button type="button" class="quiet" onclick={logs}><Icon name="scroll-text" /><span>{ say!("function.open-logs") }</span></button>
    }
}
