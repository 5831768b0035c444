//! The log, drawn.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use widgets::{IconButton, List, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    state::cloud::{Cloud, Message, class_of_line},
    text::{shortened, shown_output, time_of_day},
};

/// Longest line shown, in characters; the rest is in its tip.
const MAX_LINE: usize = 1000;

/// The log.
#[component]
pub fn Logs() -> Html {
    let desk = use_desk();
    let groups = use_state_of::<Cloud, _, _>(|cloud| {
        let functions = cloud.described.iter().flat_map(|cloud| cloud.functions.iter());
        functions.map(|function| function.log_group.clone()).collect::<Vec<_>>()
    });
    let (version, count, group, filter, trouble) = use_state_of::<Cloud, _, _>(|cloud| {
        let log = &cloud.log;
        (log.version, log.lines.len(), log.group.clone(), log.filter.clone(), log.trouble.clone())
    });
    let choose = desk.teller::<Cloud, Event>(|event| {
        Message::Look(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let refilter = desk.teller::<Cloud, Event>(|event| {
        Message::Filter(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    // What is being typed, kept here: lines that come meanwhile must not take it away.
    let typed = use_state_eq(|| filter.clone());
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    {
        let typed = typed.clone();
        use_effect_with(filter, move |filter| typed.set(filter.clone()));
    }
    let clear = desk.teller::<Cloud, MouseEvent>(|_| Message::Clear);
    let draw = {
        let store = desk.store::<Cloud>();
        Callback::from(move |index: usize| draw(&store.get(), index))
    };
    let retry = {
        let again = group.clone().unwrap_or_default();
        desk.teller::<Cloud, MouseEvent>(move |_| Message::Look(again.clone()))
    };
    let known = group.clone().filter(|group| !groups.contains(group));
    html! {
        <div class="logs">
            <div class="tools">
                <select aria-label={say!("logs.group")} onchange={choose}>
                    if group.is_none() {
                        <option value="" selected={true} disabled={true}>{ say!("logs.choose") }</option>
                    }
                    { for groups.iter().chain(known.iter()).map(|name| html! {
                        <option value={name.clone()} selected={Some(name) == group.as_ref()}>{ name }</option>
                    }) }
                </select>
                <input type="search" aria-label={say!("logs.pattern")} placeholder={say!("logs.filter")}
                    value={(*typed).clone()} {oninput} onchange={refilter} />
                <IconButton icon="eraser" label={say!("logs.clear")} onclick={clear} />
            </div>
            if let Some(reason) = trouble {
                <Trouble {reason} on_retry={retry} />
            } else if group.is_none() {
                <p class="empty">{ say!("logs.none") }</p>
            } else if count == 0 {
                <p class="empty">{ say!("logs.nothing") }</p>
            }
            if count > 0 {
                <List label={say!("logs.lines")} role="list" class="log-lines" {count} {version} {draw} follow={true} />
            }
        </div>
    }
}

fn draw(cloud: &Cloud, index: usize) -> Html {
    let Some(line) = cloud.log.lines.get(index) else { return Html::default() };
    let message = shown_output(line.message.trim_end());
    let message = message.as_str();
    html! {
        <div role="listitem" class={classes!("list-row", "log-line", class_of_line(message))} title={shortened(message, 4 * MAX_LINE)}>
            <time>{ time_of_day(line.timestamp_ms) }</time>
            <span>{ shortened(message, MAX_LINE) }</span>
        </div>
    }
}
