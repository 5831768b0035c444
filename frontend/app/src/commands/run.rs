//! What the longer commands do.

use protocol::settings::Layer;
use serde_json::Value;

use crate::{
    desk::Desk,
    state::{
        documents::{self, Documents},
        functions::{self, Functions},
        languages::{self, Languages},
        layout::{self, Layout, Place},
        settings::{self, Settings},
    },
    views,
};

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

pub(super) fn save(desk: &Desk) {
    let path = desk.read(|layout: &Layout| layout.active_file().cloned());
    if let Some(path) = path {
        desk.tell::<Documents>(documents::Message::Save(path, false));
    }
}

pub(super) fn close_tab(desk: &Desk) {
    let front = desk.read(|layout: &Layout| {
        let group = layout.groups.active();
        Some((group.id, group.active()?.to_owned()))
    });
    if let Some((group, key)) = front {
        desk.tell::<Layout>(layout::Message::Close(Some(group), key));
    }
}

/// Opens or closes a part of the window. What is open but out of sight is wanted back, not closed.
pub(super) fn toggle(desk: &Desk, place: Place) {
    let open = desk.read(|layout: &Layout| layout.part(place).open && layout.over != place);
    let covered = open && place != Place::Bottom && crate::shell::lies_over();
    desk.tell::<Layout>(if covered { layout::Message::Bring(place) } else { layout::Message::Toggle(place) });
}

pub(super) fn toggle_terminal(desk: &Desk) {
    let shown = desk.read(|layout: &Layout| layout.bottom.open && layout.bottom.view == "terminal");
    if shown {
        desk.tell::<Layout>(layout::Message::Toggle(Place::Bottom));
    } else {
        views::show(desk, "terminal");
    }
}

pub(super) fn restart_languages(desk: &Desk) {
    let languages: Vec<_> = desk.read(|languages: &Languages| {
        languages.servers.iter().map(|server| server.language.clone()).collect()
    });
    for language in languages {
        desk.tell::<Languages>(languages::Message::Restart(language));
    }
}

pub(super) fn theme(desk: &Desk, name: &str) {
    set(desk, "workbench.colorTheme", name.into());
}

pub(super) fn toggle_wrap(desk: &Desk) {
    let on = desk.read(|settings: &Settings| settings.text("editor.wordWrap") == "on");
    set(desk, "editor.wordWrap", if on { "off" } else { "on" }.into());
}

pub(super) fn toggle_terminal_keys(desk: &Desk) {
    let on = desk.read(|settings: &Settings| settings.flag("terminal.integrated.sendKeybindingsToShell"));
    set(desk, "terminal.integrated.sendKeybindingsToShell", (!on).into());
}

/// Makes the editor's text larger or smaller; of its usual size by nothing.
pub(super) fn zoom(desk: &Desk, by: f64) {
    let size = desk.read(|settings: &Settings| settings.number("editor.fontSize"));
    let size = if by == 0.0 { Value::Null } else { ((size + by).clamp(6.0, 100.0) as u32).into() };
    set(desk, "editor.fontSize", size);
}

/// Where the setting is already stated, else for the person.
fn set(desk: &Desk, id: &'static str, value: Value) {
    let layer = desk.read(|settings: &Settings| settings.layer_of(id)).unwrap_or(Layer::User);
    desk.tell::<Settings>(settings::Message::Set(layer, id.into(), value));
}
