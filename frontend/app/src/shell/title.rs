//! The title bar: the workspace's name, the way to the palette, and what one does most.

use protocol::Capability;
use widgets::{Icon, IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    commands,
    desk::{use_desk, use_state_of},
    messages::say,
    state::{
        deployments::Deployments,
        functions::Functions,
        layout::Layout,
        settings::{Settings, use_keymap},
        workspace::Workspace,
    },
    text::shown_name,
    theme::{Theme, use_theme},
};

/// The title bar.
#[component]
pub fn TitleBar() -> Html {
    let desk = use_desk();
    let theme = use_theme();
    let name = use_state_of::<Workspace, _, _>(|workspace| {
        workspace.description.as_ref().map_or_else(String::new, |description| description.name.clone())
    });
    let may_run = use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Cloud.write()));
    let invoking = use_state_of::<Functions, _, _>(|functions| functions.running.is_some());
    let deploying = use_state_of::<Deployments, _, _>(Deployments::busy);
    use_keymap();
    let ide_keys = use_state_of::<Settings, _, _>(|settings| {
        !settings.flag("terminal.integrated.sendKeybindingsToShell")
    });
    let find = commands::keys("workbench.action.quickOpen");
    let dock = use_state_of::<Layout, _, _>(|layout| layout.dock.open);
    let run = |id: &'static str| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            commands::run(&desk, id);
        })
    };
    use_page_title(&name);
    let change_theme = run(match theme.next() {
        Theme::Dark => "theme.dark",
        Theme::Light => "theme.light",
        Theme::Contrast => "theme.contrast",
    });
    html! {
        <header class="title-bar" data-region="title">
            <h1 class="brand"><Icon name="cloud" /><span>{ "Cumulo" }</span></h1>
            if !name.is_empty() {
                <span class="workspace-name"><bdi>{ name }</bdi></span>
            }
            <button type="button" class="search-box" aria-keyshortcuts={find.replace("Ctrl", "Control")} onclick={run("workbench.action.quickOpen")}>
                <Icon name="search" />
                <span>{ say!("title.search") }</span>
                // In a terminal Ctrl+P is its program's, unless the person wants otherwise.
                <kbd class={(!ide_keys).then_some("outside-terminals")} aria-hidden="true">{ &find }</kbd>
                if !ide_keys {
                    <kbd class="in-terminals" aria-hidden="true">{ commands::keys("workbench.action.showCommands") }</kbd>
                }
            </button>
            if may_run {
                <button type="button" class="action primary" disabled={invoking} onclick={run("function.invoke")}
                    title={commands::tip(say!("title.invoke-tip"), "function.invoke")}>
                    <Icon name={if invoking { "loader-circle" } else { "play" }} class={classes!(invoking.then_some("spin"))} />
                    <span>{ say!("title.invoke") }</span>
                </button>
                <button type="button" class="action" disabled={deploying} onclick={run("deploy.start")}
                    title={say!("title.deploy-tip")}>
                    <Icon name={if deploying { "loader-circle" } else { "rocket" }} class={classes!(deploying.then_some("spin"))} />
                    <span>{ say!("title.deploy") }</span>
                </button>
            }
            <IconButton icon="contrast" label={say!("title.theme")} hint={theme.words()} onclick={change_theme} />
            <IconButton icon="panel-right" label={say!("title.dock")} pressed={dock} onclick={run("workbench.action.toggleAuxiliaryBar")} />
        </header>
    }
}

/// Names the file in front and the workspace in the window's title.
#[hook]
fn use_page_title(workspace: &str) {
    let file =
        use_state_of::<Layout, _, _>(|layout| layout.active_file().map(|path| shown_name(path.name())));
    let words = file.into_iter().chain(Some(workspace.to_owned()).filter(|name| !name.is_empty()));
    let title = words.chain(["Cumulo".to_owned()]).collect::<Vec<_>>().join(" — ");
    use_effect_with(title, |title| {
        if let Some(page) = web_sys::window().and_then(|window| window.document()) {
            page.set_title(title);
        }
    });
}
