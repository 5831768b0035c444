//! The configuration of the chosen function, where it is deployed.

use protocol::{cloud, function::FunctionRef};
use yew::prelude::*;

use crate::{
    desk::use_state_of,
    messages::say,
    state::{cloud::Cloud, functions::Functions},
    text::bytes,
};

/// The configuration.
#[component]
pub fn Configuration() -> Html {
    let chosen = use_state_of::<Functions, _, _>(|model| model.chosen.clone());
    let described = use_state_of::<Cloud, _, _>(|cloud| cloud.described.clone());
    let function = described.iter().flat_map(|cloud| cloud.functions.iter()).find(|function| match &chosen {
        Some(FunctionRef::Deployed { name }) => function.name == *name,
        Some(FunctionRef::Template { logical_id, .. }) => function.logical_id.as_ref() == Some(logical_id),
        None => false,
    });
    let Some(function) = function else { return Html::default() };
    html! {
        <details class="configuration">
            <summary>{ say!("function.configuration-of", name = function.name) }</summary>
            <table class="facts">
                <tbody>
                    { for rows(function).into_iter().map(|(name, value)| html! {
                        <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                    }) }
                </tbody>
            </table>
        </details>
    }
}

fn rows(function: &cloud::Function) -> Vec<(String, String)> {
    let fixed = [
        (say!("function.arn"), function.arn.clone()),
        (say!("deploy.stack"), function.stack.clone().unwrap_or_else(|| say!("function.none").to_owned())),
        (say!("function.runtime"), function.runtime.clone()),
        (say!("function.handler"), function.handler.clone()),
        (say!("function.memory"), format!("{} MB", function.memory_mb)),
        (say!("function.timeout"), format!("{} s", function.timeout_seconds)),
        (say!("function.package"), bytes(function.code_size)),
        (say!("function.changed"), function.last_modified.clone()),
        (say!("logs.group"), function.log_group.clone()),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value));
    let environment = function.environment.iter().map(|(name, value)| (format!("${name}"), value.clone()));
    fixed.chain(environment).collect()
}
