//! The status bar: the connection, what panels have there, language servers, and where the cursor is.

use protocol::language::ServerState;
use widgets::Icon;
use yew::prelude::*;

use crate::{
    commands,
    desk::{use_desk, use_state_of},
    link::{Connection, health::Shown},
    messages::say,
    panels::PANELS,
    state::{
        documents::Documents, languages::Languages, layout::Layout, notices::Notices, settings::use_keymap,
        use_selector, workspace::Workspace,
    },
    text::shortened,
};

/// The status bar.
#[component]
pub fn StatusBar() -> Html {
    let desk = use_desk();
    let connection = use_selector(&desk.link().connection(), |connection: &Connection| connection.shown);
    let region = use_state_of::<Workspace, _, _>(|workspace| {
        workspace.description.as_ref().map(|description| {
            (description.region.clone(), description.account_id.clone(), description.isolation.clone())
        })
    });
    let unsaved = use_state_of::<Documents, _, _>(Documents::unsaved);
    let unseen = use_state_of::<Notices, _, _>(|notices| notices.unseen);
    let run = |id: &'static str| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            commands::run(&desk, id);
        })
    };
    let mut entries: Vec<_> = PANELS.iter().filter_map(|panel| panel.status).collect();
    entries.sort_by_key(|(place, _)| *place);
    let (class, words) = connection_words(connection);
    html! {
        <footer class="status-bar" data-region="status">
            <span class={classes!("status-item", "connection", class)}>
                <span class="lamp" aria-hidden="true"></span>
                <span role="status" aria-label={say!("status.connection")}>{ words }</span>
            </span>
            { for entries.into_iter().map(|(_, draw)| draw()) }
            <LanguageServers />
            if unsaved > 0 {
                <button type="button" class="status-item" title={say!("file.unsaved")} onclick={run("file.unsaved")}>
                    { say!("status.unsaved", count = unsaved) }
                </button>
            }
            <span class="status-gap"></span>
            if let Some((region, account, isolation)) = region {
                <span class="status-item wide" title={say!("status.region", account = account, isolation = isolation)}>
                    <Icon name="cloud" />{ region }
                </span>
            }
            <Place />
            <button type="button" class="status-item bell" aria-label={say!("sheet.notifications")} title={say!("sheet.notifications")} onclick={run("notifications.showList")}>
                <Icon name="bell" />
                if unseen > 0 {
                    <span class="count">{ unseen }</span>
                }
            </button>
        </footer>
    }
}

fn connection_words(shown: Shown) -> (&'static str, AttrValue) {
    match shown {
        Shown::Connecting => ("waiting", say!("status.connecting").into()),
        Shown::Online(None) => ("good", say!("status.online").into()),
        Shown::Online(Some(rtt)) => ("good", say!("status.online-time", time = rtt)),
        Shown::Slow(rtt) => ("warning", say!("status.slow", time = rtt)),
        Shown::Reconnecting => ("warning", say!("status.reconnecting").into()),
        Shown::Offline => ("error", say!("status.offline").into()),
        Shown::Ended(_) => ("error", say!("status.ended").into()),
    }
}

/// How the language servers are that are of any interest now.
#[component]
fn LanguageServers() -> Html {
    let servers = use_state_of::<Languages, _, _>(|languages| languages.servers.clone());
    html! {
        <>
            { for servers.iter().filter_map(|server| {
                let (class, words, tip) = server_words(&server.state)?;
                Some(html! {
                    <span class={classes!("status-item", class)} title={tip}>
                        { format!("{} {words}", server.name) }
                    </span>
                })
            }) }
        </>
    }
}

fn server_words(state: &ServerState) -> Option<(&'static str, String, String)> {
    Some(match state {
        // That the folder is restricted is said once, beside them.
        ServerState::Stopped | ServerState::Restricted => return None,
        ServerState::Starting => ("wide", say!("status.starting").to_owned(), String::new()),
        ServerState::Busy { title, percent } => {
            let percent = percent.map(|percent| format!(" {percent}%")).unwrap_or_default();
            ("wide", format!("{}{percent}", shortened(title, 40)), title.clone())
        }
        ServerState::Ready => ("wide", say!("status.ready").to_owned(), String::new()),
        ServerState::Restarting { reason, .. } => {
            ("warning", say!("status.restarting").to_owned(), reason.clone())
        }
        ServerState::Failed { reason, .. } => ("error", say!("status.failed").to_owned(), reason.clone()),
    })
}

/// Where the cursor of the editor in front is, and what the file is.
#[component]
fn Place() -> Html {
    let desk = use_desk();
    let active = use_state_of::<Layout, _, _>(|layout| layout.active_file().cloned());
    let document = use_selector(&desk.store::<Documents>(), move |documents: &Documents| {
        active.as_ref().and_then(|path| documents.get(path))
    });
    use_keymap();
    let Some(document) = document else { return Html::default() };
    let pick = |command: &'static str| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            commands::run(&desk, command);
        })
    };
    let go_to_line = pick("workbench.action.gotoLine");
    html! {
        <>
            if document.saving.is_some() {
                <span class="status-item" role="status">{ say!("status.saving") }</span>
            }
            if let Some(cursor) = document.cursor {
                <button type="button" class="status-item wide" title={commands::tip(say!("workbench.action.gotoLine"), "workbench.action.gotoLine")} onclick={go_to_line}>
                    { say!("status.place", line = cursor.line, column = cursor.column) }
                    if cursor.selected > 0 { { " " }{ say!("status.selected", count = cursor.selected) } }
                </button>
            }
            if let Some(about) = &document.about {
                if about.read_only {
                    <span class="status-item">{ say!("status.read-only") }</span>
                }
                <button type="button" class="status-item wide" title={say!("status.encoding")}
                    aria-label={say!("status.encoding-name", name = about.encoding.to_ascii_uppercase())} onclick={pick("workbench.action.editor.changeEncoding")}>
                    { about.encoding.to_ascii_uppercase() }
                </button>
                <button type="button" class="status-item wide" title={say!("status.line-ends")}
                    aria-label={say!("status.line-ends-name", name = about.line_ending)} onclick={pick("workbench.action.editor.changeEOL")}>
                    { &about.line_ending }
                </button>
                <span class="status-item wide">{ if about.plain { say!("status.plain").to_owned() } else { about.language.clone() } }</span>
            }
        </>
    }
}
