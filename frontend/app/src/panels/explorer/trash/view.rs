//! The trash, drawn.

use protocol::file::{KEEP_DAYS, Trashed};
use widgets::{Icon, IconButton, Trouble};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    panels::explorer::trash::{Message, Trash},
    text::shown_name,
};

/// What lies in the trash, and what can be done with it.
#[component]
pub fn TrashView() -> Html {
    let desk = use_desk();
    let page = use_state_of::<Trash, _, _>(|trash| trash.page.clone());
    let focused = use_state_of::<Trash, _, _>(|trash| trash.focused);
    let tell = |message: Message| desk.teller::<Trash, MouseEvent>(move |_| message.clone());
    let entries = desk.read(|trash: &Trash| trash.entries().to_vec());
    let chosen = entries.get(focused).map(|entry| entry.id.clone());
    let restore = chosen.clone().map(|id| tell(Message::Restore(id, None)));
    let purge = chosen.map(|id| tell(Message::AskToPurge(Some(id))));
    let total = page.as_ref().and_then(|page| page.as_ref().ok()).map_or(0, |page| page.total);
    html! {
        <>
            <header class="pane-head">
                <h2>{ say!("trash.title") }</h2>
                <IconButton icon="x" label={say!("trash.close")} onclick={tell(Message::Show(false))} />
            </header>
            <p class="trash-rule">
                { say!("trash.rule", days = KEEP_DAYS) }
            </p>
            { match page {
                None => html! { <p class="empty" role="status">{ say!("palette.looking") }</p> },
                Some(Err(reason)) => {
                    html! { <Trouble reason={AttrValue::from(reason)} on_retry={tell(Message::Show(true))} /> }
                }
                Some(Ok(_)) if entries.is_empty() => html! { <p class="empty">{ say!("trash.empty") }</p> },
                Some(Ok(_)) => html! { <Entries entries={entries.clone()} {focused} {total} /> },
            } }
            if total > 0 {
                <div class="trash-buttons">
                    <button type="button" class="primary" disabled={restore.is_none()} onclick={restore.unwrap_or_default()}>
                        { say!("trash.restore") }
                    </button>
                    <button type="button" disabled={purge.is_none()} onclick={purge.unwrap_or_default()}>
                        { say!("trash.purge") }
                    </button>
                    <button type="button" onclick={tell(Message::AskToPurge(None))}>
                        { say!("trash.purge-all") }
                    </button>
                </div>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct EntriesProps {
    entries: Vec<Trashed>,
    focused: usize,
    total: usize,
}

#[component]
fn Entries(props: &EntriesProps) -> Html {
    let desk = use_desk();
    let onkeydown = {
        let (desk, entries, focused) = (desk.clone(), props.entries.clone(), props.focused);
        Callback::from(move |event: KeyboardEvent| {
            let id = entries.get(focused).map(|entry| entry.id.clone());
            let message = match (event.key().as_str(), id) {
                ("ArrowDown", _) => Message::Focus(focused + 1),
                ("ArrowUp", _) => Message::Focus(focused.saturating_sub(1)),
                ("Home", _) => Message::Focus(0),
                ("End", _) => Message::Focus(usize::MAX),
                ("Enter", Some(id)) => Message::Restore(id, None),
                ("Delete", id @ Some(_)) => Message::AskToPurge(id),
                _ => return,
            };
            event.prevent_default();
            desk.tell::<Trash>(message);
        })
    };
    html! {
        <>
            <div class="trash-list" role="listbox" aria-label={say!("trash.title")} tabindex="0" {onkeydown}
                aria-activedescendant={format!("trash-{}", props.focused)}>
                { for props.entries.iter().enumerate().map(|(index, entry)| {
                    let onclick = desk.teller::<Trash, MouseEvent>(move |_| Message::Focus(index));
                    draw(index, entry, props.focused == index, onclick)
                }) }
            </div>
            if props.total > props.entries.len() {
                <p class="trash-rule">{ say!("trash.older", count = props.total - props.entries.len()) }</p>
            }
        </>
    }
}

fn draw(index: usize, entry: &Trashed, focused: bool, onclick: Callback<MouseEvent>) -> Html {
    let (name, folder) = (shown_name(entry.path.name()), entry.path.parent().unwrap_or_default());
    let icon = if entry.kind == protocol::file::Kind::Folder { "folder" } else { "file" };
    let when = js_sys::Date::new(&(entry.deleted_ms as f64).into());
    let when = String::from(when.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED));
    html! {
        <div id={format!("trash-{index}")} key={entry.id.as_str()} role="option" aria-selected={focused.to_string()}
            class={classes!("trash-row", focused.then_some("selected"))} {onclick}
            title={shown_name(entry.path.as_str())} aria-label={shown_name(entry.path.as_str())} aria-description={say!("trash.deleted", when = when)}>
            <Icon name={icon} />
            <bdi class="trash-name">{ name }</bdi>
            <bdi class="row-detail">{ shown_name(folder.as_str()) }</bdi>
            if entry.unsaved { <span class="badge">{ say!("trash.unsaved") }</span> }
            <span class="trash-when">{ when }</span>
        </div>
    }
}
