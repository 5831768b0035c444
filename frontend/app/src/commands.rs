//! Everything the palette, the keys and the menus can run: what belongs to no panel, the editor's commands, and what panels
//! bring.
//!
//! Identities are VS Code's where it has the command; titles are messages under the same name.

mod editor;
mod encoding;
mod run;

use yew::AttrValue;

use crate::{
    bridge,
    desk::Desk,
    keymap,
    messages::Text,
    state::{
        deployments::{self, Deployments},
        documents::{self, Documents},
        layout::{self, Layout, Place},
        notices::{self, Notices, Sheet},
        terminals::{self, Terminals},
        trust::{self, Trust},
    },
    views,
};

pub use run::{invoke, random};

/// A command.
pub struct Command {
    /// Its identity, and the name of its title among the messages.
    pub id: &'static str,
    /// What it is called.
    pub title: Text,
    /// Its keys by default, as they are shown; several are separated by a bar, the first is shown.
    pub keys: &'static str,
    /// When its keys run it; see [`keymap::when`].
    pub when: &'static str,
    /// When there is something that it could do: else the palette does not offer it.
    pub needs: &'static str,
    /// Runs it; none for the editor's, which the bridge runs.
    pub run: Option<fn(&Desk)>,
}

impl Command {
    /// What it is called.
    pub fn title(&self) -> &'static str {
        self.title.said()
    }
}

/// A command, in a table: its identity, its keys, when these count, what it needs, and what runs it.
macro_rules! command {
    ($id:tt, $keys:expr, $when:expr, $needs:expr, $run:expr $(,)?) => {
        $crate::commands::Command {
            id: $id,
            title: $crate::messages::message!($id),
            keys: $keys,
            when: $when,
            needs: $needs,
            run: Some($run),
        }
    };
}

pub(crate) use command;

/// Where no program of a terminal wants the key.
pub const OUT: &str = "!terminalKeys";

const OURS: &[Command] = &[
    command!("workbench.action.quickOpen", "Ctrl+P", OUT, "", |desk| open_palette(desk, "")),
    command!("workbench.action.showCommands", "Ctrl+Shift+P|F1", "", "", |desk| open_palette(desk, ">")),
    command!("workbench.action.gotoLine", "Ctrl+G", OUT, "hasFile", |desk| open_palette(desk, ":")),
    command!("workbench.action.gotoSymbol", "Ctrl+Shift+O", OUT, "hasFile", |desk| open_palette(desk, "@")),
    command!("workbench.action.showAllSymbols", "", "", "", |desk| open_palette(desk, "#")),
    command!("function.go", "", "", "hasFunction", |desk| open_palette(desk, "fn ")),
    command!("api.go", "", "", "mayRun", |desk| open_palette(desk, "api ")),
    command!("workbench.action.files.save", "Ctrl+S", OUT, "hasFile", run::save),
    command!("saveAll", "Ctrl+Alt+S", OUT, "hasFile", |desk| {
        desk.tell::<Documents>(documents::Message::SaveAll);
    }),
    command!("file.unsaved", "", "", "", |desk| show_sheet(desk, Sheet::Unsaved)),
    command!("notifications.showList", "", "", "", |desk| show_sheet(desk, Sheet::Notifications)),
    command!("workbench.action.editor.changeEncoding", "", "", "hasFile", encoding::choose),
    command!("file.reopen", "", "", "hasFile", encoding::reopen),
    command!("file.save-with", "", "", "hasFile", encoding::save),
    command!("workbench.action.editor.changeEOL", "", "", "hasFile", encoding::line_ends),
    command!("workbench.action.closeActiveEditor", "Alt+W", OUT, "hasTab", run::close_tab),
    command!("workbench.action.nextEditor", "Ctrl+PageDown", OUT, "hasTab", |desk| {
        desk.tell::<Layout>(layout::Message::Step(1));
    }),
    command!("workbench.action.previousEditor", "Ctrl+PageUp", OUT, "hasTab", |desk| {
        desk.tell::<Layout>(layout::Message::Step(-1));
    }),
    command!("workbench.action.terminal.new", "Ctrl+Shift+`", "", "mayRun", |desk| {
        desk.tell::<Terminals>(terminals::Message::Open(None));
    }),
    command!("workbench.action.terminal.toggleTerminal", "Ctrl+`", "", "", run::toggle_terminal),
    command!("function.invoke", "Ctrl+F5", OUT, "mayRun", invoke),
    command!("deploy.start", "", "", "mayRun", |desk| {
        desk.tell::<Deployments>(deployments::Message::Start);
    }),
    command!("workbench.action.toggleSidebarVisibility", "Ctrl+B", OUT, "", |desk| {
        run::toggle(desk, Place::Side);
    }),
    command!("workbench.action.togglePanel", "Ctrl+J", OUT, "", |desk| run::toggle(desk, Place::Bottom)),
    command!("workbench.action.toggleAuxiliaryBar", "Ctrl+Alt+B", OUT, "", |desk| {
        run::toggle(desk, Place::Dock);
    }),
    command!("language.restart", "", "", "", run::restart_languages),
    command!("trust.show", "", "", "restricted", |desk| {
        desk.tell::<Trust>(trust::Message::Ask(String::new()));
    }),
    command!("trust.revoke", "", "", "!restricted", |desk| {
        desk.tell::<Trust>(trust::Message::Answer(false));
    }),
    command!("theme.dark", "", "", "", |desk| run::theme(desk, "dark")),
    command!("theme.light", "", "", "", |desk| run::theme(desk, "light")),
    command!("theme.contrast", "", "", "", |desk| run::theme(desk, "contrast")),
    command!("theme.system", "", "", "", |desk| run::theme(desk, "system")),
    command!("editor.action.toggleWordWrap", "Alt+Z", OUT, "", run::toggle_wrap),
    command!("editor.action.fontZoomIn", "", "", "", |desk| run::zoom(desk, 1.0)),
    command!("editor.action.fontZoomOut", "", "", "", |desk| run::zoom(desk, -1.0)),
    command!("editor.action.fontZoomReset", "", "", "", |desk| run::zoom(desk, 0.0)),
    command!("terminal.toggleKeys", "", "", "mayRun", run::toggle_terminal_keys),
    command!("workbench.action.focusNextPart", "F6", "", "", |_| crate::shell::focus::step(1)),
    command!("workbench.action.focusPreviousPart", "Shift+F6", "", "", |_| crate::shell::focus::step(-1)),
];

/// All commands, as the palette lists them: ours, the panels', then the editor's.
pub fn all() -> impl Iterator<Item = &'static Command> {
    OURS.iter().chain(views::commands()).chain(editor::COMMANDS)
}

/// The command of an identity.
pub fn find(id: &str) -> Option<&'static Command> {
    all().find(|command| command.id == id)
}

/// The keys of a command that are in force, as they are shown. Whoever draws them uses [`crate::state::settings::use_keymap`]
/// too, to draw again when they change.
pub fn keys(id: &str) -> AttrValue {
    keymap::in_force().keys(id).unwrap_or_default().into()
}

/// A tip: what something is, and the keys that do the same.
pub fn tip(text: &str, id: &str) -> AttrValue {
    match keys(id) {
        keys if keys.is_empty() => text.to_owned().into(),
        keys => format!("{text} ({keys})").into(),
    }
}

/// Runs a command by its identity; whether there was something to do.
pub fn run(desk: &Desk, id: &str) -> bool {
    find(id).is_some_and(|command| match command.run {
        Some(run) => {
            run(desk);
            true
        }
        None => bridge::run_editor(id),
    })
}

fn open_palette(desk: &Desk, query: &'static str) {
    desk.tell::<Notices>(notices::Message::OpenPalette(AttrValue::Static(query)));
}

fn show_sheet(desk: &Desk, sheet: Sheet) {
    desk.tell::<Notices>(notices::Message::ShowSheet(Some(sheet)));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::keymap::{normal, shown, when};

    #[test]
    fn identities_are_unique_and_have_titles() {
        let ids: HashSet<_> = all().map(|command| command.id).collect();
        assert_eq!(ids.len(), all().count());
        assert!(all().all(|command| command.title() != command.id));
    }

    #[test]
    fn keys_and_conditions_can_be_read() {
        for command in all() {
            for keys in command.keys.split('|').filter(|keys| !keys.is_empty()) {
                assert_eq!(normal(keys).map(|keys| shown(&keys)).as_deref(), Some(keys), "{}", command.id);
            }
            for condition in [command.when, command.needs] {
                assert!(when::holds(condition, &|_| true).is_some(), "{condition}");
            }
        }
    }

    /// Words of a text that stand between these quotes.
    fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn the_editors_commands_are_those_of_the_bridge() {
        let bridge = include_str!("../../bridge/src/editor/commands.ts");
        let list = bridge.split("const commands").nth(1).and_then(|rest| rest.split("\n};").next()).unwrap();
        let theirs: HashSet<_> = quoted(list, "\n  \"").into_iter().collect();
        let ours = all().filter(|command| command.run.is_none());
        assert_eq!(ours.map(|command| command.id).collect::<HashSet<_>>(), theirs);
    }

    #[test]
    fn what_the_program_runs_there_is() {
        let mut found = 0;
        for file in crate::messages::sources() {
            for before in ["run(&desk, \"", "run(desk, \"", "keys(\"", "run(\"", "pick(\"", "runs(&desk, \""]
            {
                for id in quoted(&file, before).into_iter().filter(|id| id.contains('.')) {
                    assert!(find(id).is_some(), "{id}");
                    found += 1;
                }
            }
        }
        assert!(found > 5, "the program runs more than {found} commands");
    }
}
