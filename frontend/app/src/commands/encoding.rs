//! How the file in front is written: its encoding and its line ends, and menus to choose others.

use std::rc::Rc;

use protocol::{WorkspacePath, document::LineEnding};
use widgets::MenuItem;
use yew::Callback;

use crate::{
    desk::Desk,
    state::{
        documents::{self, About, Documents, words_of},
        layout::Layout,
        notices::{self, Notices, OpenMenu},
    },
};

/// The encodings that are offered, by their WHATWG names, and what they are for.
const ENCODINGS: [(&str, &str); 22] = [
    ("utf-8", "UTF-8"),
    ("utf-8-bom", "UTF-8 with BOM"),
    ("utf-16le", "UTF-16 LE"),
    ("utf-16be", "UTF-16 BE"),
    ("windows-1252", "Western (Windows 1252)"),
    ("iso-8859-15", "Western (ISO 8859-15)"),
    ("windows-1250", "Central European (Windows 1250)"),
    ("iso-8859-2", "Central European (ISO 8859-2)"),
    ("windows-1251", "Cyrillic (Windows 1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("windows-1253", "Greek (Windows 1253)"),
    ("windows-1254", "Turkish (Windows 1254)"),
    ("windows-1255", "Hebrew (Windows 1255)"),
    ("windows-1256", "Arabic (Windows 1256)"),
    ("windows-1258", "Vietnamese (Windows 1258)"),
    ("windows-874", "Thai (Windows 874)"),
    ("euc-kr", "Korean (EUC-KR)"),
    ("gbk", "Simplified Chinese (GBK)"),
    ("gb18030", "Simplified Chinese (GB 18030)"),
    ("big5", "Traditional Chinese (Big5)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc-jp", "Japanese (EUC-JP)"),
];

/// Asks whether to read or to write the file in another encoding.
pub(super) fn choose(desk: &Desk) {
    let again = |run: fn(&Desk)| {
        let desk = desk.clone();
        Callback::from(move |()| run(&desk))
    };
    let items = vec![
        MenuItem::new("Reopen with encoding…", again(reopen)),
        MenuItem::new("Save with encoding…", again(save)),
    ];
    show(desk, "Encoding", items);
}

/// Asks in which encoding to read the file.
pub(super) fn reopen(desk: &Desk) {
    list(desk, "Reopen with encoding", documents::Message::Reopen);
}

/// Asks in which encoding to write the file.
pub(super) fn save(desk: &Desk) {
    let convert = |path, name| documents::Message::Convert(path, Some(name), None);
    list(desk, "Save with encoding", convert);
}

/// Asks how the file's lines are to end.
pub(super) fn line_ends(desk: &Desk) {
    let Some((path, about)) = in_front(desk) else { return };
    let items = [LineEnding::Lf, LineEnding::CrLf].map(|ending| {
        let path = path.clone();
        let run = desk
            .teller::<Documents, ()>(move |()| documents::Message::Convert(path.clone(), None, Some(ending)));
        let system = if ending == LineEnding::Lf { "Unix" } else { "Windows" };
        let current = about.as_ref().is_some_and(|about| about.line_ending == words_of(ending));
        MenuItem::new(format!("{} ({system})", words_of(ending)), run).current(current)
    });
    show(desk, "Line ends", items.into());
}

fn list(desk: &Desk, label: &'static str, message: fn(WorkspacePath, String) -> documents::Message) {
    let Some((path, about)) = in_front(desk) else { return };
    let items = ENCODINGS.iter().map(|(name, words)| {
        let path = path.clone();
        let run = desk.teller::<Documents, ()>(move |()| message(path.clone(), (*name).to_owned()));
        let current = about.as_ref().is_some_and(|about| about.encoding.eq_ignore_ascii_case(name));
        MenuItem::new(*words, run).current(current)
    });
    show(desk, label, items.collect());
}

/// The file in front, and how it is written, once that is known; where there is none, that is said.
fn in_front(desk: &Desk) -> Option<(WorkspacePath, Option<About>)> {
    let path = desk.read(|layout: &Layout| layout.active_file().cloned());
    if path.is_none() {
        let text = "No file is in front: open one to see and change how it is written";
        desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Info, text.into()));
    }
    path.map(|path| {
        let document = desk.read(|documents: &Documents| documents.get(&path));
        let about = document.and_then(|document| document.about.clone());
        (path, about)
    })
}

/// Above the status bar, at the right, where the encoding stands.
fn show(desk: &Desk, label: &'static str, items: Vec<MenuItem>) {
    let size = |side: fn(&web_sys::Window) -> Option<f64>| {
        web_sys::window().as_ref().and_then(side).unwrap_or_default()
    };
    let width = size(|window| window.inner_width().ok()?.as_f64());
    let height = size(|window| window.inner_height().ok()?.as_f64());
    let at = ((width - 320.0).max(8.0) as i32, (height - 32.0) as i32);
    desk.tell::<Notices>(notices::Message::OpenMenu(OpenMenu {
        label: label.into(),
        at,
        items: Rc::new(items),
    }));
}
