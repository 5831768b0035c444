//! The lists that open from the status bar: what was said, and files with unsaved text.

use std::rc::Rc;

use widgets::{Dialog, Icon, IconButton};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    messages::say,
    state::{
        documents::{self, Documents},
        layout::Tab,
        notices::{Message, Notice, Notices, Sheet},
    },
    text::shown_name,
};

/// The open list, if one is open.
#[component]
pub fn Sheets() -> Html {
    let desk = use_desk();
    let sheet = use_state_of::<Notices, _, _>(|notices| notices.sheet);
    let on_close = desk.teller::<Notices, ()>(|()| Message::ShowSheet(None));
    match sheet {
        Some(Sheet::Notifications) => html! { <Notifications {on_close} /> },
        Some(Sheet::Unsaved) => html! { <Unsaved {on_close} /> },
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct SheetProps {
    on_close: Callback<()>,
}

/// What was said, newest first.
#[component]
fn Notifications(props: &SheetProps) -> Html {
    let desk = use_desk();
    let kept = use_state_of::<Notices, _, _>(|notices| Rc::clone(&notices.kept));
    let forget = desk.teller::<Notices, MouseEvent>(|_| Message::Forget);
    html! {
        <Dialog title={say!("sheet.notifications")} class="sheet" on_close={props.on_close.clone()}>
            if kept.is_empty() {
                <p class="dialog-body">{ say!("sheet.nothing") }</p>
            }
            <ul class="sheet-rows" aria-label={say!("sheet.notifications")} tabindex="0">{ for kept.iter().map(draw_notice) }</ul>
            <div class="dialog-buttons">
                <button type="button" onclick={forget} disabled={kept.is_empty()}>{ say!("sheet.clear") }</button>
                <button type="button" class="primary" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ say!("button.close") }</button>
            </div>
        </Dialog>
    }
}

fn draw_notice(notice: &Notice) -> Html {
    let (class, icon) = notice.tone.look();
    html! {
        <li key={notice.id} class={classes!("sheet-row", "notice", class, notice.over.then_some("over"))}>
            <Icon name={icon} />
            <p>{ &notice.text }</p>
            if notice.over {
                <span class="badge">{ say!("sheet.over") }</span>
            }
        </li>
    }
}

/// Files with unsaved text, to open and to save.
#[component]
fn Unsaved(props: &SheetProps) -> Html {
    let desk = use_desk();
    let paths = use_state_of::<Documents, _, _>(Documents::unsaved_paths);
    let save_all = desk.teller::<Documents, MouseEvent>(|_| documents::Message::SaveAll);
    let row = |path: &protocol::WorkspacePath| {
        let (shown, close) = (Tab::file(path.clone()), props.on_close.clone());
        let again = desk.clone();
        let open = Callback::from(move |_: MouseEvent| {
            close.emit(());
            again.tell::<Documents>(documents::Message::Show(shown.clone(), None));
        });
        let to_save = path.clone();
        let save =
            desk.teller::<Documents, MouseEvent>(move |_| documents::Message::Save(to_save.clone(), false));
        let name = shown_name(path.as_str());
        html! {
            <li key={path.to_string()} class="sheet-row">
                <button type="button" class="link" onclick={open}><bdi>{ &name }</bdi></button>
                <IconButton icon="save" label={say!("sheet.save", name = name)} onclick={save} />
            </li>
        }
    };
    html! {
        <Dialog title={say!("sheet.unsaved")} class="sheet" on_close={props.on_close.clone()}>
            <p class="dialog-body">
                { if paths.is_empty() { say!("sheet.all-saved") } else { say!("sheet.kept") } }
            </p>
            <ul class="sheet-rows" aria-label={say!("sheet.unsaved")}>{ for paths.iter().map(row) }</ul>
            <div class="dialog-buttons">
                <button type="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ say!("button.close") }</button>
                <button type="button" class="primary" onclick={save_all} disabled={paths.is_empty()}>{ say!("sheet.save-all") }</button>
            </div>
        </Dialog>
    }
}
