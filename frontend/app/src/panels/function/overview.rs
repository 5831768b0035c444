//! What a function is, and how it has been doing in the last minutes.

use std::rc::Rc;

use protocol::configuration::{Configuration, DescribeConfiguration, Figures, ReadFigures};
use yew::prelude::*;

use crate::{
    messages::say,
    panels::function::{
        asked::{arrived, use_asked},
        model::{bars, facts, summary},
    },
    text::{milliseconds, time_of_day},
};

/// Which function.
#[derive(Properties, PartialEq)]
pub struct OfProps {
    /// Its name in the cloud.
    pub name: AttrValue,
    /// Whether the page can be seen.
    pub shown: bool,
}

/// The overview.
#[component]
pub fn Overview(props: &OfProps) -> Html {
    let name = props.name.clone();
    let (seen, look) = use_asked(props.shown, move || DescribeConfiguration { name: name.to_string() });
    let name = props.name.clone();
    let (figures, _) = use_asked(props.shown, move || ReadFigures { name: name.to_string() });
    match arrived(seen, &look) {
        Err(nothing) => nothing,
        Ok(configuration) => html! {
            <>
                { state(&configuration) }
                { for figures.and_then(Result::ok).map(|figures| html! { <Doing {figures} /> }) }
                <table class="facts">
                    <tbody>
                        { for facts(&configuration).into_iter().map(|(name, value)| html! {
                            <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                        }) }
                    </tbody>
                </table>
            </>
        },
    }
}

/// What keeps it from being invoked.
fn state(configuration: &Configuration) -> Html {
    if configuration.state == "Active" || configuration.state.is_empty() {
        return Html::default();
    }
    let reason = configuration.state_reason.clone().unwrap_or_default();
    html! { <p class="output-text is-warning" role="status">{ format!("{}: {reason}", configuration.state) }</p> }
}

#[derive(Properties, PartialEq)]
struct DoingProps {
    figures: Rc<Figures>,
}

/// How it has been doing.
#[component]
fn Doing(props: &DoingProps) -> Html {
    let figures = &props.figures;
    let all = &figures.all;
    let slowest = all.p95_ms.map_or_else(|| "–".to_owned(), milliseconds);
    let counts = [
        (say!("function.calls"), all.calls.to_string()),
        (say!("function.errors"), all.errors.to_string()),
        (say!("function.p95"), slowest),
    ];
    html! {
        <section aria-label={say!("function.doing")}>
            { widgets::counts(counts) }
            <svg class="spark" viewBox="0 0 150 36" preserveAspectRatio="none" role="img" aria-label={summary(figures)}>
                { for bars(figures).into_iter().map(|bar| html! {
                    <>
                        <rect class="spark-calls" x={bar.x.clone()} y={bar.calls_y} width="8" height={bar.calls_height} />
                        <rect class="spark-errors" x={bar.x} y={bar.errors_y} width="8" height={bar.errors_height} />
                    </>
                }) }
            </svg>
            <p class="spark-note">{ say!("function.since", time = time_of_day(figures.since_ms).get(..5).unwrap_or_default()) }</p>
        </section>
    }
}
