//! The configuration of the chosen function, where it is deployed.

use protocol::{cloud, function::FunctionRef};
use yew::prelude::*;

use crate::{
    desk::use_state_of,
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
            <summary>{ format!("Configuration of {}", function.name) }</summary>
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
        ("ARN", function.arn.clone()),
        ("Stack", function.stack.clone().unwrap_or_else(|| "none".to_owned())),
        ("Runtime", function.runtime.clone()),
        ("Handler", function.handler.clone()),
        ("Memory", format!("{} MB", function.memory_mb)),
        ("Timeout", format!("{} s", function.timeout_seconds)),
        ("Package", bytes(function.code_size)),
        ("Last change", function.last_modified.clone()),
        ("Log group", function.log_group.clone()),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value));
    let environment = function.environment.iter().map(|(name, value)| (format!("${name}"), value.clone()));
    fixed.chain(environment).collect()
}
