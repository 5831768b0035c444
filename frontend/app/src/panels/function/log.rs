//! The log of a function, live: by a pattern, by a request, a line with its JSON taken apart.

use protocol::cloud::LogLine;
use web_sys::HtmlInputElement;
use widgets::{IconButton, List, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::function::model::{lines_of, request_of},
    state::cloud::{Cloud, Message, class_of_line},
    text::{pretty_json, shortened, shown_output, time_of_day},
};

/// Longest line shown in its row, in characters.
const MAX_LINE: usize = 400;

/// Which log.
#[derive(Properties, PartialEq)]
pub struct LogProps {
    /// The group.
    pub group: AttrValue,
}

/// The log.
#[component]
pub fn Log(props: &LogProps) -> Html {
    let desk = use_desk();
    let request = use_state_eq(|| None::<String>);
    // The line whose text is shown whole, by its id.
    let open = use_state_eq(|| None::<String>);
    {
        let follow = desk.teller::<Cloud, AttrValue>(|group| Message::Follow(group.to_string()));
        use_effect_with(props.group.clone(), move |group| follow.emit(group.clone()));
    }
    let (version, trouble, group) = use_state_of::<Cloud, _, _>(|cloud| {
        let log = &cloud.log;
        (log.version, log.trouble.clone(), log.group.clone())
    });
    let rows = use_memo((version, (*request).clone()), {
        let store = desk.store::<Cloud>();
        move |(_, wanted)| lines_of(&store.get().log.lines, wanted.as_deref())
    });
    let retry = {
        let again = props.group.to_string();
        desk.teller::<Cloud, MouseEvent>(move |_| Message::Follow(again.clone()))
    };
    // One log is looked at, here and in the panel for logs.
    if group.as_deref().is_some_and(|group| *group != *props.group) {
        return html! {
            <>
                <p class="empty">{ say!("function.other-log") }</p>
                <button type="button" onclick={retry}>{ say!("function.show-log") }</button>
            </>
        };
    }
    let draw = {
        let (store, rows, open) = (desk.store::<Cloud>(), rows.clone(), open.clone());
        Callback::from(move |index: usize| {
            let cloud = store.get();
            let line = rows.get(index).and_then(|at| cloud.log.lines.get(*at));
            line.map(|line| row(line, &open)).unwrap_or_default()
        })
    };
    html! {
        <div class="logs function-log">
            <div class="tools">
                <Pattern />
                { for request.as_ref().map(|id| only(id, &request)) }
            </div>
            if let Some(reason) = trouble {
                <Trouble {reason} on_retry={retry} />
            } else if rows.is_empty() {
                <p class="empty">{ say!("logs.nothing") }</p>
            }
            if !rows.is_empty() {
                <List label={say!("logs.lines")} role="list" class="log-lines" count={rows.len()} {version} {draw} follow={true} />
            }
            { for open.as_ref().and_then(|id| opened(&desk.store::<Cloud>().get().log.lines, id, &request)) }
        </div>
    }
}

/// The pattern that lines have to match.
#[component]
fn Pattern() -> Html {
    let desk = use_desk();
    let filter = use_state_of::<Cloud, _, _>(|cloud| cloud.log.filter.clone());
    // What is being typed, kept here: lines that come meanwhile must not take it away.
    let typed = use_state_eq(|| filter.clone());
    {
        let typed = typed.clone();
        use_effect_with(filter, move |filter| typed.set(filter.clone()));
    }
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onchange = desk.teller::<Cloud, Event>(|event| {
        Message::Filter(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    html! {
        <input type="search" aria-label={say!("logs.pattern")} placeholder={say!("logs.filter")}
            value={(*typed).clone()} {oninput} {onchange} />
    }
}

/// The request whose lines alone are shown, and what shows all again.
fn only(id: &str, request: &UseStateHandle<Option<String>>) -> Html {
    let (short, request) = (shortened(id, 8), request.clone());
    let label = say!("function.every-request", id = short);
    let onclick = Callback::from(move |_: MouseEvent| request.set(None));
    html! {
        <>
            <span class="badge" title={id.to_owned()}>{ short }</span>
            <IconButton icon="x" {label} {onclick} />
        </>
    }
}

/// The line of that id, if it is still held.
fn opened(lines: &[LogLine], id: &str, request: &UseStateHandle<Option<String>>) -> Option<Html> {
    let line = lines.iter().find(|line| line.id == id)?;
    let request = request.clone();
    let onrequest = Callback::from(move |id: String| request.set(Some(id)));
    Some(whole(&line.message, &line.stream, request_of(lines, id), &onrequest))
}

fn row(line: &LogLine, open: &UseStateHandle<Option<String>>) -> Html {
    let message = shown_output(line.message.trim_end());
    let (id, set) = (line.id.clone(), open.clone());
    let is_open = open.as_ref() == Some(&id);
    let onclick = Callback::from(move |_: MouseEvent| {
        set.set(Some(id.clone()).filter(|_| !is_open));
    });
    html! {
        <div role="listitem" class={classes!("list-row", "log-line", class_of_line(&message))}>
            <button type="button" class="row-button" aria-expanded={is_open.to_string()} {onclick}>
                <time>{ time_of_day(line.timestamp_ms) }</time>
                <span>{ shortened(&message, MAX_LINE) }</span>
            </button>
        </div>
    }
}

/// A line's whole text.
fn whole(message: &str, stream: &str, request: Option<String>, onrequest: &Callback<String>) -> Html {
    let only = request.map(|id| {
        let (id, onrequest) = (id, onrequest.clone());
        let onclick = Callback::from(move |_: MouseEvent| onrequest.emit(id.clone()));
        html! { <button type="button" {onclick}>{ say!("function.only-request") }</button> }
    });
    html! {
        <section class="log-whole" aria-label={say!("function.line")}>
            <div class="tools"><p class="row-detail">{ stream }</p>{ for only }</div>
            <pre class="output short" tabindex="0" aria-label={say!("function.line")}>{ pretty_json(&shown_output(message.trim_end())) }</pre>
        </section>
    }
}
