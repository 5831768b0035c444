//! The Problems panel, drawn.

use std::rc::Rc;

use widgets::{Icon, List, Trouble};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::problems::model::{Row, Rows, look, place},
    state::{
        documents::{self, Documents},
        layout::Tab,
        problems::{Message, Problems as Store},
        trust::Trust,
    },
    views,
};

/// The Problems panel.
#[component]
pub fn Problems() -> Html {
    let desk = use_desk();
    let version = use_state_of::<Store, _, _>(|problems| problems.version);
    let restricted = use_state_of::<Trust, _, _>(Trust::is_restricted);
    let kept = use_mut_ref(Rc::<Rows>::default);
    let rows = use_memo(version, {
        let desk = desk.clone();
        move |_| {
            let rows = Rc::new(desk.read(|problems: &Store| kept.borrow().now(problems)));
            *kept.borrow_mut() = Rc::clone(&rows);
            rows
        }
    });
    let trouble = use_state_of::<Store, _, _>(|problems| problems.trouble.clone());
    if let Some(reason) = trouble {
        let ask = desk.teller::<Store, MouseEvent>(|_| Message::Connected);
        return html! { <Trouble {reason} on_retry={ask} /> };
    }
    if rows.count == 0 {
        let text = if restricted { say!("problems.restricted") } else { say!("problems.none") };
        return html! { <p class="empty">{ text }</p> };
    }
    let count = rows.count;
    let go = desk.teller::<Documents, Row>(|row| match row {
        Row::File { path, .. } => documents::Message::Show(Tab::file(path), None),
        Row::Problem { path, position, .. } => documents::Message::Show(Tab::file(path), Some(position)),
    });
    let key_of = {
        let rows = (*rows).clone();
        Callback::from(move |index: usize| rows.get(index).map(|row| row.key()).unwrap_or_default())
    };
    let draw =
        Callback::from(move |index: usize| rows.get(index).map_or_else(Html::default, |row| draw(&row, &go)));
    html! { <List label={say!("view.problems")} class="problems" {count} {version} {draw} {key_of} /> }
}

/// How many there are, in the status bar.
#[component]
pub fn Counts() -> Html {
    let desk = use_desk();
    let (errors, warnings) = use_state_of::<Store, _, _>(|problems| problems.counts);
    let onclick = Callback::from(move |_: MouseEvent| views::show(&desk, "problems"));
    html! {
        <button type="button" class="status-item" {onclick}>
            <Icon name="circle-x" />{ errors }<span class="hidden">{ " " }{ say!("status.errors", count = errors) }{ ", " }</span>
            <Icon name="triangle-alert" />{ warnings }<span class="hidden">{ " " }{ say!("status.warnings", count = warnings) }</span>
        </button>
    }
}

fn draw(row: &Row, go: &Callback<Row>) -> Html {
    let onclick = {
        let (go, row) = (go.clone(), row.clone());
        Callback::from(move |_: MouseEvent| go.emit(row.clone()))
    };
    match row {
        Row::File { path, count } => {
            let (name, folder) = place(path);
            html! {
                <div role="listitem" class="list-row">
                    <button type="button" class="row-button problem-file" {onclick}>
                        <bdi>{ name }</bdi>
                        <bdi class="row-detail">{ folder }</bdi>
                        <span class="badge">{ *count }</span>
                    </button>
                </div>
            }
        }
        Row::Problem { severity, message, whole, source, position, .. } => {
            let (icon, class, word) = look(*severity);
            html! {
                <div role="listitem" class="list-row">
                    <button type="button" class={classes!("row-button", "problem", class)} title={whole.clone()} {onclick}>
                        <Icon name={icon} />
                        <span class="hidden">{ word }</span>
                        <span class="problem-message">{ message }</span>
                        <span class="row-detail">{ format!("{source} [{}:{}]", position.line + 1, position.character + 1) }</span>
                    </button>
                </div>
            }
        }
    }
}
