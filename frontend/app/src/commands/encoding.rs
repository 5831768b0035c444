//! How the file in front is written: its encoding and its line ends, and menus to choose others.

use std::rc::Rc;

use protocol::{WorkspacePath, document::LineEnding};
use widgets::MenuItem;
use yew::Callback;

use crate::{
    desk::Desk,
    messages::{Text, message, say},
    state::{
        documents::{self, About, Documents, words_of},
        layout::Layout,
        notices::{self, Notices, OpenMenu},
    },
};

/// The encodings that are offered, by their WHATWG names, and what they are for.
const ENCODINGS: [(&str, Text); 22] = [
    ("utf-8", message!("encoding.utf-8")),
    ("utf-8-bom", message!("encoding.utf-8-bom")),
    ("utf-16le", message!("encoding.utf-16le")),
    ("utf-16be", message!("encoding.utf-16be")),
    ("windows-1252", message!("encoding.windows-1252")),
    ("iso-8859-15", message!("encoding.iso-8859-15")),
    ("windows-1250", message!("encoding.windows-1250")),
    ("iso-8859-2", message!("encoding.iso-8859-2")),
    ("windows-1251", message!("encoding.windows-1251")),
    ("koi8-r", message!("encoding.koi8-r")),
    ("windows-1253", message!("encoding.windows-1253")),
    ("windows-1254", message!("encoding.windows-1254")),
    ("windows-1255", message!("encoding.windows-1255")),
    ("windows-1256", message!("encoding.windows-1256")),
    ("windows-1258", message!("encoding.windows-1258")),
    ("windows-874", message!("encoding.windows-874")),
    ("euc-kr", message!("encoding.euc-kr")),
    ("gbk", message!("encoding.gbk")),
    ("gb18030", message!("encoding.gb18030")),
    ("big5", message!("encoding.big5")),
    ("shift_jis", message!("encoding.shift_jis")),
    ("euc-jp", message!("encoding.euc-jp")),
];

/// Asks whether to read or to write the file in another encoding.
pub(super) fn choose(desk: &Desk) {
    let again = |run: fn(&Desk)| {
        let desk = desk.clone();
        Callback::from(move |()| run(&desk))
    };
    let items = vec![
        MenuItem::new(say!("encoding.reopen"), again(reopen)),
        MenuItem::new(say!("encoding.save"), again(save)),
    ];
    show(desk, say!("encoding.title"), items);
}

/// Asks in which encoding to read the file.
pub(super) fn reopen(desk: &Desk) {
    list(desk, say!("encoding.reopen-with"), documents::Message::Reopen);
}

/// Asks in which encoding to write the file.
pub(super) fn save(desk: &Desk) {
    let convert = |path, name| documents::Message::Convert(path, Some(name), None);
    list(desk, say!("encoding.save-with"), convert);
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
    show(desk, say!("encoding.line-ends"), items.into());
}

fn list(desk: &Desk, label: &'static str, message: fn(WorkspacePath, String) -> documents::Message) {
    let Some((path, about)) = in_front(desk) else { return };
    let items = ENCODINGS.iter().map(|(name, words)| {
        let path = path.clone();
        let run = desk.teller::<Documents, ()>(move |()| message(path.clone(), (*name).to_owned()));
        let current = about.as_ref().is_some_and(|about| about.encoding.eq_ignore_ascii_case(name));
        MenuItem::new(words.said(), run).current(current)
    });
    show(desk, label, items.collect());
}

/// The file in front, and how it is written, once that is known; where there is none, that is said.
fn in_front(desk: &Desk) -> Option<(WorkspacePath, Option<About>)> {
    let path = desk.read(|layout: &Layout| layout.active_file().cloned());
    if path.is_none() {
        let text = say!("encoding.no-file");
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
