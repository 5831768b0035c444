//! Everything the palette, the keys and the menus can run: what belongs to no panel, and what panels bring.

mod encoding;

use yew::AttrValue;

use crate::{
    desk::Desk,
    state::{
        deployments::{self, Deployments},
        documents::{self, Documents},
        functions::{self, Functions},
        languages::{self, Languages},
        layout::{self, Layout, Place, Theme},
        notices::{self, Notices, Sheet},
        terminals::{self, Terminals},
        trust::{self, Trust},
    },
    views,
};

/// A command.
pub struct Command {
    /// Its identity.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its keys, as they are shown; empty for none. [`crate::keymap`] reads them here.
    pub keys: &'static str,
    /// Runs it.
    pub run: fn(&Desk),
}

/// Keys of commands that run in a terminal too: all others are its program's there.
pub const IN_TERMINALS: &[&str] = &[
    "palette.commands",
    "terminal.toggle",
    "terminal.new",
    "focus.next",
    "focus.previous",
    "problems.show",
    "files.show",
];

/// The keys of a command, as they are shown.
pub fn keys(id: &str) -> &'static str {
    find(id).map_or("", |command| command.keys)
}

/// A tip: what something is, and the keys that do the same.
pub fn tip(text: &str, id: &str) -> AttrValue {
    format!("{text} ({})", keys(id)).into()
}

/// All commands, as the palette lists them.
pub fn all() -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().chain(views::commands())
}

/// A command by its identity.
pub fn find(id: &str) -> Option<&'static Command> {
    all().find(|command| command.id == id)
}

/// Those that belong to no panel.
const COMMANDS: &[Command] = &[
    Command { id: "palette.files", title: "Go to file", keys: "Ctrl+P", run: |desk| open_palette(desk, "") },
    Command {
        id: "palette.commands",
        title: "Show all commands",
        keys: "Ctrl+Shift+P",
        run: |desk| open_palette(desk, ">"),
    },
    Command { id: "palette.line", title: "Go to line", keys: "Ctrl+G", run: |desk| open_palette(desk, ":") },
    Command {
        id: "palette.symbols",
        title: "Go to name in this file",
        keys: "Ctrl+Shift+O",
        run: |desk| open_palette(desk, "@"),
    },
    Command {
        id: "palette.workspace-symbols",
        title: "Go to name in the workspace",
        keys: "",
        run: |desk| open_palette(desk, "#"),
    },
    Command {
        id: "palette.functions",
        title: "Go to function",
        keys: "",
        run: |desk| open_palette(desk, "fn "),
    },
    Command { id: "palette.routes", title: "Go to route", keys: "", run: |desk| open_palette(desk, "api ") },
    Command { id: "file.save", title: "Save", keys: "Ctrl+S", run: save },
    Command {
        id: "file.save-all",
        title: "Save all",
        keys: "Ctrl+Alt+S",
        run: |desk| desk.tell::<Documents>(documents::Message::SaveAll),
    },
    Command {
        id: "file.unsaved",
        title: "Show unsaved files",
        keys: "",
        run: |desk| desk.tell::<Notices>(notices::Message::ShowSheet(Some(Sheet::Unsaved))),
    },
    Command {
        id: "notices.show",
        title: "Show notifications",
        keys: "",
        run: |desk| desk.tell::<Notices>(notices::Message::ShowSheet(Some(Sheet::Notifications))),
    },
    Command { id: "file.encoding", title: "Change file encoding", keys: "", run: encoding::choose },
    Command { id: "file.reopen", title: "Reopen with encoding", keys: "", run: encoding::reopen },
    Command { id: "file.save-with", title: "Save with encoding", keys: "", run: encoding::save },
    Command {
        id: "file.line-ends",
        title: "Change end of line sequence",
        keys: "",
        run: encoding::line_ends,
    },
    Command { id: "tab.close", title: "Close editor", keys: "Alt+W", run: close_tab },
    Command {
        id: "tab.next",
        title: "Next editor",
        keys: "Ctrl+PageDown",
        run: |desk| desk.tell::<Layout>(layout::Message::Step(1)),
    },
    Command {
        id: "tab.previous",
        title: "Previous editor",
        keys: "Ctrl+PageUp",
        run: |desk| desk.tell::<Layout>(layout::Message::Step(-1)),
    },
    Command {
        id: "terminal.new",
        title: "New terminal",
        keys: "Ctrl+Shift+`",
        run: |desk| desk.tell::<Terminals>(terminals::Message::Open(None)),
    },
    Command {
        id: "terminal.toggle",
        title: "Show or hide the terminal",
        keys: "Ctrl+`",
        run: toggle_terminal,
    },
    Command { id: "function.invoke", title: "Invoke function", keys: "Ctrl+F5", run: invoke },
    Command {
        id: "deploy.start",
        title: "Deploy",
        keys: "",
        run: |desk| desk.tell::<Deployments>(deployments::Message::Start),
    },
    Command {
        id: "side.toggle",
        title: "Show or hide the side bar",
        keys: "Ctrl+B",
        run: |desk| toggle(desk, Place::Side),
    },
    Command {
        id: "panel.toggle",
        title: "Show or hide the bottom panel",
        keys: "Ctrl+J",
        run: |desk| toggle(desk, Place::Bottom),
    },
    Command {
        id: "dock.toggle",
        title: "Show or hide the right dock",
        keys: "",
        run: |desk| toggle(desk, Place::Dock),
    },
    Command { id: "language.restart", title: "Restart language servers", keys: "", run: restart_languages },
    Command {
        id: "trust.show",
        title: "Trust this folder…",
        keys: "",
        run: |desk| desk.tell::<Trust>(trust::Message::Ask(String::new())),
    },
    Command {
        id: "trust.revoke",
        title: "Stop trusting this folder",
        keys: "",
        run: |desk| desk.tell::<Trust>(trust::Message::Answer(false)),
    },
    Command {
        id: "terminal.keys-ide",
        title: "Terminals: Ctrl+P and the like are the IDE's",
        keys: "",
        run: |desk| desk.tell::<Layout>(layout::Message::TerminalKeys(true)),
    },
    Command {
        id: "terminal.keys-programs",
        title: "Terminals: Ctrl+P and the like are the program's",
        keys: "",
        run: |desk| desk.tell::<Layout>(layout::Message::TerminalKeys(false)),
    },
    Command { id: "theme.dark", title: "Theme: dark", keys: "", run: |desk| theme(desk, Theme::Dark) },
    Command { id: "theme.light", title: "Theme: light", keys: "", run: |desk| theme(desk, Theme::Light) },
    Command {
        id: "theme.contrast",
        title: "Theme: high contrast",
        keys: "",
        run: |desk| theme(desk, Theme::Contrast),
    },
    Command {
        id: "focus.next",
        title: "Go to the next part of the window",
        keys: "F6",
        run: |_| crate::shell::focus::step(1),
    },
    Command {
        id: "focus.previous",
        title: "Go to the previous part of the window",
        keys: "Shift+F6",
        run: |_| crate::shell::focus::step(-1),
    },
];

/// Runs a command by its identity; whether there is one.
pub fn run(desk: &Desk, id: &str) -> bool {
    find(id).inspect(|command| (command.run)(desk)).is_some()
}

/// Invokes the function of the file in front, else the chosen one.
pub fn invoke(desk: &Desk) {
    let path = desk.read(|layout: &Layout| layout.active_file().cloned());
    desk.tell::<Functions>(match path {
        Some(path) => functions::Message::InvokeOf(path, random()),
        None => functions::Message::Invoke(random()),
    });
}

/// A random number, enough to tell invocations of several tabs apart.
pub fn random() -> u64 {
    (js_sys::Math::random() * 2f64.powi(52)) as u64
}

fn open_palette(desk: &Desk, query: &'static str) {
    desk.tell::<Notices>(notices::Message::OpenPalette(AttrValue::Static(query)));
}

fn save(desk: &Desk) {
    let path = desk.read(|layout: &Layout| layout.active_file().cloned());
    if let Some(path) = path {
        desk.tell::<Documents>(documents::Message::Save(path, false));
    }
}

fn close_tab(desk: &Desk) {
    let front = desk.read(|layout: &Layout| {
        let group = layout.groups.active();
        Some((group.id, group.active()?.to_owned()))
    });
    if let Some((group, key)) = front {
        desk.tell::<Layout>(layout::Message::Close(Some(group), key));
    }
}

/// Opens or closes a part of the window. What is open but out of sight is wanted back, not closed.
fn toggle(desk: &Desk, place: Place) {
    let open = desk.read(|layout: &Layout| layout.part(place).open && layout.over != place);
    let covered = open && place != Place::Bottom && crate::shell::lies_over();
    desk.tell::<Layout>(if covered { layout::Message::Bring(place) } else { layout::Message::Toggle(place) });
}

fn toggle_terminal(desk: &Desk) {
    let shown = desk.read(|layout: &Layout| layout.bottom.open && layout.bottom.view == "terminal");
    if shown {
        desk.tell::<Layout>(layout::Message::Toggle(Place::Bottom));
    } else {
        views::show(desk, "terminal");
    }
}

fn restart_languages(desk: &Desk) {
    let languages: Vec<_> = desk.read(|languages: &Languages| {
        languages.servers.iter().map(|server| server.language.clone()).collect()
    });
    for language in languages {
        desk.tell::<Languages>(languages::Message::Restart(language));
    }
}

fn theme(desk: &Desk, theme: Theme) {
    desk.tell::<Layout>(layout::Message::Theme(theme));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::keymap::{Press, command_of};

    #[test]
    fn identities_are_unique() {
        let ids: HashSet<_> = all().map(|command| command.id).collect();
        assert_eq!(ids.len(), all().count());
    }

    #[test]
    fn the_keys_shown_are_the_keys_that_work() {
        for command in all().filter(|command| !command.keys.is_empty()) {
            let has = |modifier: &str| command.keys.split('+').any(|key| key == modifier);
            let key = command.keys.rsplit('+').next().unwrap_or_default();
            let (control, shift, alt) = (has("Ctrl"), has("Shift"), has("Alt"));
            let press = Press { key, code: "", control, shift, alt, in_terminal: false };
            assert_eq!(command_of(press), Some(command.id));
        }
        assert!(IN_TERMINALS.iter().all(|id| !keys(id).is_empty()));
    }
}
