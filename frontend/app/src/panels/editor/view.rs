//! What a group of editors shows below its tabs.

use widgets::Icon;
use yew::prelude::*;

use crate::{
    commands,
    desk::use_desk,
    messages::say,
    panels::editor::{
        bars::DiskBar,
        island::Document,
        model::{breadcrumbs, panel_id, title_of},
    },
    shell::unknown::Unknown,
    state::{
        layout::{GroupId, Layout, Message, Tab},
        settings::use_keymap,
    },
    views::{self, Drawing},
};

/// What a tab's panel is.
#[derive(Properties, PartialEq)]
pub struct ShownProps {
    /// The tab.
    pub tab: Tab,
    /// Whether it is in front.
    pub front: bool,
    /// Its group.
    pub group: GroupId,
}

/// A tab's panel: in the page while its editor is alive, seen while it is in front.
#[component]
pub fn Shown(props: &ShownProps) -> Html {
    let (desk, group, key) = (use_desk(), props.group, props.tab.key());
    let closed = key.clone();
    let on_close = desk.teller::<Layout, ()>(move |()| Message::Close(Some(group), closed.clone()));
    let label = title_of(&props.tab);
    let unknown = |id: &str| html! { <Unknown id={id.to_owned()} on_close={on_close.clone()} /> };
    let content = match &props.tab {
        Tab::File { path, view } => html! {
            <><DiskBar path={path.clone()} /><Document path={path.clone()} view={view.clone()} {group} /></>
        },
        Tab::View { id, args } => match views::find(id) {
            Some(view) => view.html(Drawing { args: args.clone(), shown: props.front, group }),
            None => unknown(id),
        },
        Tab::Unknown(_) => unknown(&label),
    };
    html! {
        <div id={panel_id(group, &key)} class="editor" role="tabpanel" aria-label={label} hidden={!props.front}>
            <ol class="breadcrumbs" aria-label={say!("button.path")}>
                { for breadcrumbs(&props.tab).into_iter().map(|name| html! { <li><bdi>{ name }</bdi></li> }) }
            </ol>
            { content }
        </div>
    }
}

/// What stands where no file is open.
#[component]
pub fn Welcome() -> Html {
    let desk = use_desk();
    use_keymap();
    let rows = [
        "workbench.action.quickOpen",
        "workbench.action.showCommands",
        "workbench.action.terminal.toggleTerminal",
        "workbench.view.explorer",
        "cloud.show",
    ];
    let rows = rows.iter().filter_map(|id| commands::find(id));
    html! {
        <div class="welcome">
            <Icon name="cloud" class="welcome-mark" />
            <h2>{ say!("welcome.title") }</h2>
            <p>{ say!("welcome.text") }</p>
            <ul>
                { for rows.map(|command| {
                    let desk = desk.clone();
                    let (onclick, keys) = (
                        Callback::from(move |_: MouseEvent| { commands::run(&desk, command.id); }),
                        commands::keys(command.id),
                    );
                    html! {
                        <li>
                            <button type="button" class="link" {onclick}>{ command.title() }</button>
                            if !keys.is_empty() { <kbd>{ keys }</kbd> }
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
