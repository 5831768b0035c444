//! The CodeMirror islands: a document of the workspace, or a source from outside of it.

use protocol::{
    WorkspacePath,
    language::{Position, ReadSource, Source},
    settings::{FILE, Layer},
};
use wasm_bindgen::JsValue;
use widgets::{Tone, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    bridge::{Island, Kind, Told, nonce, options, use_island},
    commands,
    desk::{Desk, use_desk, use_state_of},
    json,
    messages::say,
    panels::editor::bars::UnsentBar,
    shell::reader::{Reader, use_reveal},
    state::{
        documents::{self, About, Cursor, Documents},
        functions::{self, Functions, display_name},
        layout::{self, GroupId, Layout, Tab},
        notices::{self, Notices},
        problems::Problems,
        settings::{
            Settings,
            schema::{problems as faults_of_settings, schema},
            use_keymap,
        },
    },
    theme::use_theme,
};

/// What the editor of a document is.
#[derive(Properties, PartialEq)]
pub struct DocumentProps {
    /// Which document.
    pub path: WorkspacePath,
    /// Where it was when it was last seen.
    pub view: serde_json::Value,
    /// The group of editors that it is in.
    pub group: GroupId,
}

/// The editor of a document.
#[component]
pub fn Document(props: &DocumentProps) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let theme = use_theme();
    let error = use_state_eq(|| None::<String>);
    let on = {
        let (desk, path, error, group) = (desk.clone(), props.path.clone(), error.clone(), props.group);
        Callback::from(move |told: Told| {
            match told.text("kind").as_str() {
                "error" => error.set(Some(told.text("message"))),
                "ready" => error.set(None),
                _ => {}
            }
            hear(&desk, &path, group, &told);
        })
    };
    let (port, view) = (desk.link().port(), props.view.as_str().unwrap_or_default().to_owned());
    let path = props.path.to_string();
    let schema = if path == FILE { schema(Layer::Workspace).into() } else { JsValue::UNDEFINED };
    let make_options = move || {
        options(&[
            ("link", port),
            ("path", path.into()),
            ("theme", theme.name().into()),
            ("readOnly", JsValue::FALSE),
            ("nonce", nonce().into()),
            ("schema", schema),
            ("view", view.into()),
        ])
    };
    let island = use_island(Kind::Editor, props.path.clone(), &node, make_options, on);
    use_effect_with((island.clone(), theme), move |(island, theme)| {
        if let Some(island) = island {
            island.set_theme(theme.name());
        }
    });
    let decided = island.clone();
    let decide = Callback::from(move |mine: bool| decided.iter().for_each(|island| island.decide(mine)));
    use_problems(&props.path, island.as_ref());
    use_lens(&props.path, island.as_ref());
    use_reveal(&Tab::file(props.path.clone()).key(), props.group, island.as_ref());
    html! {
        <>
            if let Some(message) = &*error {
                <p class="editor-error" role="alert">{ message }</p>
            }
            <UnsentBar path={props.path.clone()} {decide} />
            <div ref={node} class="island" />
        </>
    }
}

fn hear(desk: &Desk, path: &WorkspacePath, group: GroupId, told: &Told) {
    let path = path.clone();
    let message = match told.text("kind").as_str() {
        "unsent" => {
            let text = told.flag("waits").then(|| told.text("text").into());
            documents::Message::Unsent(path, text)
        }
        "ready" => documents::Message::Ready(
            introduce(desk, path, told),
            About {
                language: told.text("language"),
                read_only: told.flag("readOnly"),
                plain: told.flag("plain"),
                line_ending: if told.text("lineEnding") == "lf" { "LF" } else { "CRLF" }.to_owned(),
                encoding: told.text("encoding"),
            },
        ),
        // Of two editors of one file, the one in front says where the cursor is.
        "cursor" if desk.read(|layout: &Layout| layout.groups.active().id != group) => return,
        "cursor" => {
            let cursor = Cursor {
                line: told.number("line"),
                column: told.number("column"),
                selected: told.number("selected"),
            };
            documents::Message::Moved(path, cursor)
        }
        "view" => {
            let seen = serde_json::Value::String(told.text("state"));
            desk.tell::<Layout>(layout::Message::Viewed(group, path, seen));
            return;
        }
        "dirty" => {
            documents::save_later(desk);
            documents::Message::Dirty(path, told.flag("dirty"))
        }
        "notice" => {
            desk.tell::<Notices>(notices::Message::Say(Tone::Info, told.text("message").into()));
            return;
        }
        "invoke" => {
            if let Some(function) = desk.read(|functions: &Functions| functions.of_source(&path)) {
                desk.tell::<Functions>(functions::Message::Choose(function));
                commands::invoke(desk);
            }
            return;
        }
        "open" => match elsewhere(told) {
            Some((tab, position)) => documents::Message::Show(tab, Some(position)),
            None => return,
        },
        _ => return,
    };
    desk.tell::<Documents>(message);
}

/// Says what whoever opens a document must know, and has the tab of a link become the file's that it leads to. Gives
/// the file's path.
fn introduce(desk: &Desk, path: WorkspacePath, told: &Told) -> WorkspacePath {
    let notice = told.text("notice");
    if !notice.is_empty() {
        desk.tell::<Notices>(notices::Message::Say(Tone::Warning, notice.into()));
    }
    match WorkspacePath::parse(&told.text("path")) {
        Ok(real) if !real.is_root() && real != path => {
            desk.tell::<Documents>(documents::Message::Resolved(path, real.clone()));
            real
        }
        _ => path,
    }
}

/// The tab and place that an island points at.
fn elsewhere(told: &Told) -> Option<(Tab, Position)> {
    let position = Position {
        line: told.number("line").saturating_sub(1),
        character: told.number("column").saturating_sub(1),
    };
    let (path, uri) = (told.text("path"), told.text("uri"));
    let tab = if path.is_empty() { Tab::source(&uri) } else { Tab::file(WorkspacePath::parse(&path).ok()?) };
    Some((tab, position))
}

/// Shows the problems of a file in its editor.
#[hook]
fn use_problems(path: &WorkspacePath, island: Option<&Island>) {
    let (path, states_settings) = (path.clone(), path.as_str() == FILE);
    let problems = use_state_of::<Problems, _, _>(move |problems| problems.of(&path));
    let faults = use_state_of::<Settings, _, _>(move |settings| {
        let stated = settings.stated(Layer::Workspace).filter(|_| states_settings);
        stated.map(|stated| stated.faults.clone())
    });
    use_effect_with((island.cloned(), problems, faults), |(island, problems, faults)| {
        let json = match faults {
            Some(faults) => faults_of_settings(faults),
            None => json::text(&json::tree(&**problems)),
        };
        if let Some(island) = island {
            island.set_problems(&json);
        }
    });
}

/// Shows what invokes the function whose code this is.
#[hook]
fn use_lens(path: &WorkspacePath, island: Option<&Island>) {
    let path = path.clone();
    let title = use_state_of::<Functions, _, _>(move |functions| {
        let function = functions.of_source(&path);
        function
            .map(|function| say!("lens.invoke", function = display_name(&function)).to_string())
            .unwrap_or_default()
    });
    use_keymap();
    let title = if title.is_empty() {
        title
    } else {
        format!("▶ {title}\n{}", commands::tip(&title, "function.invoke"))
    };
    use_effect_with((island.cloned(), title), |(island, title)| {
        if let Some(island) = island {
            island.set_lens(title);
        }
    });
}

/// What the view of a source is.
#[derive(Properties, PartialEq)]
pub struct OutsideProps {
    /// Where it is.
    pub uri: AttrValue,
    /// The group of editors that it is in.
    pub group: GroupId,
}

/// A source from outside of the workspace, to read only.
#[component]
pub fn Outside(props: &OutsideProps) -> Html {
    let desk = use_desk();
    let source = use_state_eq(|| None::<Result<Source, AttrValue>>);
    let read = {
        let source = source.clone();
        Callback::from(move |uri: AttrValue| {
            let source = source.clone();
            source.set(None);
            desk.ask(ReadSource { uri: uri.to_string() }, move |_, outcome| {
                source.set(Some(outcome.map_err(|error| error.message.into())));
            });
        })
    };
    let again = {
        let uri = props.uri.clone();
        read.reform(move |_: MouseEvent| uri.clone())
    };
    use_effect_with(props.uri.clone(), move |uri| read.emit(uri.clone()));
    match &*source {
        None => html! { <p class="empty">{ say!("source.loading") }</p> },
        Some(Err(reason)) => html! { <Trouble reason={reason.clone()} on_retry={again} /> },
        Some(Ok(source)) => {
            let label = say!("source.name", name = source.name);
            html! {
                <Reader tab={Tab::source(&props.uri).key()} group={props.group} text={source.text.clone()}
                    language={source.language.clone()} {label} />
            }
        }
    }
}
