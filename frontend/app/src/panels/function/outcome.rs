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
        Outcome::Answered(Invocation::BuildFailed { output }) => html! {
            <pre class="output" tabindex="0" aria-label={say!("function.build-output")}>{ shown_output(output) }</pre>
        },
        Outcome::Answered(Invocation::Ran(ran)) => html! { <Answer ran={ran.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct AnswerProps {
    ran: Ran,
}

#[component]
fn Answer(props: &AnswerProps) -> Html {
    let desk = use_desk();
    let ran = &props.ran;
    let group = ran.log_group.clone();
    let logs = desk.teller::<Cloud, MouseEvent>(move |_| cloud::Message::Look(group.clone()));
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
            <button type="button" class="quiet" onclick={logs}><Icon name="scroll-text" /><span>{ say!("function.open-logs") }</span></button>
        </>
    }
}
