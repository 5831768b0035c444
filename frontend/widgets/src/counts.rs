//! A few figures side by side, each under its name.

use yew::prelude::*;

/// Draws names and figures.
pub fn counts(counts: impl IntoIterator<Item = (&'static str, String)>) -> Html {
    let count =
        |(name, figure): (&'static str, String)| html! { <div><dt>{ name }</dt><dd>{ figure }</dd></div> };
    html! { <dl class="counts">{ for counts.into_iter().map(count) }</dl> }
}
