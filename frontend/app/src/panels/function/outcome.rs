//! How an invocation went: the answer, the log's tail, the REPORT line.

use std::rc::Rc;

use protocol::function::{Invocation, Ran};
use widgets::Icon;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
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
        <section class="result" aria-label="Result">
            <div class={classes!("verdict", class)} role="status">
                <Icon name={icon} />
                <h3>{ words }</h3>
                if let Some(engine) = engine {
                    <span class="badge" title="The engine that ran it">{ engine }</span>
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
            <pre class="output" tabindex="0" aria-label="Build output">{ shown_output(output) }</pre>
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
                <p class="output-text">{ format!("{error}: the response is the error that the function ended with.") }</p>
            }
            <h4>{ "Response" }</h4>
            <pre class="output" tabindex="0" aria-label="Response">{ pretty_json(&ran.payload) }</pre>
            if let Some(report) = &ran.report {
                <h4>{ "Report" }</h4>
                <table class="facts">
                    <tbody>
                        { for report_rows(report).into_iter().map(|(name, value)| html! {
                            <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                        }) }
                    </tbody>
                </table>
            }
            <h4>{ "Log" }</h4>
            <pre class="output" tabindex="0" aria-label="Log tail">{ shown_output(ran.log_tail.trim_end()) }</pre>
            <button type="button" class="quiet" onclick={logs}><Icon name="scroll-text" /><span>{ "Open its logs" }</span></button>
        </>
    }
}
