//! Both sides of a conflict, line by line, and the two ways out of it. It loads when there is one.

use protocol::{
    WorkspacePath,
    document::{CompareDocument, Comparison, Disk},
};
use serde_json::Value;
use widgets::{Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::editor::model::{Line, compare},
    state::{
        documents::{self, Documents},
        layout::{self, Layout, Tab},
    },
};

/// Which file.
#[derive(Properties, PartialEq)]
pub struct FileProps {
    /// Which file.
    pub path: WorkspacePath,
}

/// That a file was changed or deleted under its editor, and the ways out of it.
#[component]
pub fn OnDisk(props: &FileProps) -> Html {
    let desk = use_desk();
    let path = props.path.clone();
    let disk = use_state_of::<Documents, _, _>({
        let path = path.clone();
        move |documents| documents.get(&path).and_then(|document| document.disk)
    });
    let tell = |message: documents::Message| button(&desk, message);
    match disk {
        Some(Disk::Conflict) => {
            let show = documents::Message::Show(Tab::compare(&path), None);
            html! {
                <div class="bar warning" role="alert">
                    <p>{ say!("compare.disk-changed") }</p>
                    <button type="button" onclick={tell(show)}>{ say!("view.compare") }</button>
                    <button type="button" onclick={tell(documents::Message::Save(path.clone(), true))}>{ say!("compare.keep") }</button>
                    <button type="button" onclick={tell(documents::Message::Revert(path))}>{ say!("compare.take") }</button>
                </div>
            }
        }
        Some(Disk::Deleted) => html! {
            <div class="bar warning" role="alert">
                <p>{ say!("compare.disk-deleted") }</p>
                <button type="button" onclick={tell(documents::Message::Save(path, true))}>{ say!("compare.again") }</button>
            </div>
        },
        _ => Html::default(),
    }
}

/// Both sides of unsent text.
pub fn both(theirs: &str, mine: &str) -> Html {
    html! {
        <>
            <div class="bar">{ legend(say!("compare.of-others"), say!("compare.own")) }</div>
            <div class="comparison unsent" tabindex="0" role="group" aria-label={say!("compare.differences")}>
                { for compare(theirs, mine).into_iter().map(draw) }
            </div>
        </>
    }
}

/// What is compared.
#[derive(Properties, PartialEq)]
pub struct ConflictProps {
    /// The view's: `path` is the file.
    pub args: Value,
}

/// Both sides of a conflict.
#[component]
pub fn Conflict(props: &ConflictProps) -> Html {
    match WorkspacePath::parse(super::text(&props.args, "path")) {
        Ok(path) => html! { <Sides {path} /> },
        Err(_) => html! { <p class="empty">{ say!("compare.nothing") }</p> },
    }
}

#[component]
fn Sides(props: &FileProps) -> Html {
    let desk = use_desk();
    let comparison = use_state_eq(|| None::<Result<Comparison, AttrValue>>);
    let ask = {
        let (desk, comparison) = (desk.clone(), comparison.clone());
        Callback::from(move |path: WorkspacePath| {
            let comparison = comparison.clone();
            comparison.set(None);
            desk.ask(CompareDocument { path }, move |_, outcome| {
                comparison.set(Some(outcome.map_err(|error| error.message.into())));
            });
        })
    };
    let again = {
        let path = props.path.clone();
        ask.reform(move |_: MouseEvent| path.clone())
    };
    use_effect_with(props.path.clone(), move |path| ask.emit(path.clone()));
    let decide = |message: documents::Message| {
        let (desk, key) = (desk.clone(), Tab::compare(&props.path).key());
        Callback::from(move |_: MouseEvent| {
            desk.tell::<Documents>(message.clone());
            desk.tell::<Layout>(layout::Message::Close(None, key.clone()));
        })
    };
    let sides = match &*comparison {
        None => return html! { <p class="empty">{ say!("compare.comparing") }</p> },
        Some(Err(reason)) => return html! { <Trouble reason={reason.clone()} on_retry={again} /> },
        Some(Ok(comparison)) => comparison,
    };
    let disk = sides.disk.as_deref().unwrap_or_default();
    html! {
        <>
            <div class="bar">
                { legend(say!("compare.on-disk"), say!("compare.in-editor")) }
                <button type="button" onclick={decide(documents::Message::Save(props.path.clone(), true))}>{ say!("compare.keep") }</button>
                <button type="button" onclick={decide(documents::Message::Revert(props.path.clone()))}>{ say!("compare.take") }</button>
            </div>
            <div class="comparison" tabindex="0" role="group" aria-label={say!("compare.differences")}>
                { for compare(disk, &sides.document).into_iter().map(draw) }
            </div>
        </>
    }
}

/// Which sign stands for what.
fn legend(removed: &str, added: &str) -> Html {
    html! {
        <p><span class="removed">{ format!("− {removed}") }</span>{ "  " }<span class="added">{ format!("+ {added}") }</span></p>
    }
}

fn draw(line: Line<'_>) -> Html {
    let (class, sign, text) = match line {
        Line::Same(text) => ("same", " ", text),
        Line::Disk(text) => ("removed", "−", text),
        Line::Mine(text) => ("added", "+", text),
    };
    html! { <div class={classes!("compared", class)}><span class="sign">{ sign }</span>{ text }</div> }
}

fn button(desk: &Desk, message: documents::Message) -> Callback<MouseEvent> {
    desk.teller::<Documents, MouseEvent>(move |_| message.clone())
}
