//! What the search asks for, done.

use gloo_timers::callback::Timeout;
use protocol::{
    ChannelId, WorkspacePath,
    search::{FindText, FoundFile, ListReplacements, MAX_FILES, Query, UndoReplace},
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    panels::search::{
        RESULTS,
        model::{
            Effect, Keyboard, Message, Search,
            form::Asked,
            text::{CONTEXT, about},
        },
    },
    state::{
        documents::{self, Documents},
        layout::{Layout, Tab},
        notices,
        search::stream::{Stream, cancel},
    },
    text::shown_name,
};

/// Milliseconds in which nobody must have typed.
const PAUSE: u32 = 250;

impl Perform for Search {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Wait(number) => {
                let desk = desk.clone();
                Timeout::new(PAUSE, move || desk.tell::<Self>(Message::Paused(number))).forget();
            }
            Effect::Find(number, asked) => find(desk, number, asked),
            Effect::Cancel(channel) => cancel(desk, channel),
            Effect::Open(path, position, keyboard) => {
                let tab = Tab::file(path);
                desk.tell::<Documents>(match keyboard {
                    Keyboard::Moves => documents::Message::Show(tab, Some(position)),
                    Keyboard::Stays => documents::Message::Look(tab, position),
                });
            }
            Effect::AskToReplace { count, pattern, replacement } => ask(desk, count, &pattern, &replacement),
            Effect::Replace(call) => {
                desk.ask(call, |desk, answer| desk.tell::<Self>(Message::Replaced(answer)));
            }
            Effect::List => desk.ask(ListReplacements {}, |desk, answer| {
                desk.said(say!("search.not-listed"), &answer);
                if let Ok(steps) = answer {
                    desk.tell::<Self>(Message::Listed(steps));
                }
            }),
            Effect::Undo(step) => {
                desk.ask(UndoReplace { step }, |desk, answer| desk.tell::<Self>(Message::Undone(answer)));
            }
            Effect::ShowText(asked) => {
                let tab = Tab::View { id: RESULTS.to_owned(), args: about(&asked) };
                desk.tell::<Documents>(documents::Message::Show(tab, None));
            }
        }
    }
}

fn find(desk: &Desk, number: u64, asked: Asked) {
    let hear = {
        let desk = desk.clone();
        move |files| desk.tell::<Search>(Message::Found(number, files))
    };
    let stream = begin(desk, asked, 0, hear);
    desk.tell::<Search>(Message::Begun(number, stream.channel));
    desk.spawn(move |desk| async move {
        let outcome = stream.end(&desk).await;
        desk.tell::<Search>(Message::Ended(number, outcome));
    });
}

/// Begins a search for what is written, with so many lines around each match.
fn begin(desk: &Desk, asked: Asked, context: u32, hear: impl Fn(Vec<FoundFile>) + 'static) -> Stream {
    let files = asked.open.then(|| open_files(desk));
    let query = Query { files, ..asked.query };
    let call = move |channel: ChannelId| FindText { query, replacement: asked.replacement, context, channel };
    Stream::begin(desk, call, hear)
}

/// Begins a search for a text of what is found.
pub(super) fn begin_text(desk: &Desk, asked: Asked, hear: impl Fn(Vec<FoundFile>) + 'static) -> Stream {
    begin(desk, asked, CONTEXT, hear)
}

/// The files that are open in editors here.
fn open_files(desk: &Desk) -> Vec<WorkspacePath> {
    let mut files: Vec<_> = desk.read(|layout: &Layout| {
        let files = layout.groups.tabs().filter(|tab| matches!(tab, Tab::File { .. }));
        files.filter_map(Tab::path).collect()
    });
    files.sort();
    files.dedup();
    files.truncate(MAX_FILES);
    files
}

fn ask(desk: &Desk, (matches, files): (usize, usize), pattern: &str, replacement: &str) {
    let title = say!("search.replace-title", matches = matches, files = files);
    let pattern = shown_name(pattern);
    let body = if replacement.is_empty() {
        say!("search.remove-body", pattern = pattern)
    } else {
        say!("search.replace-body", pattern = pattern, replacement = shown_name(replacement))
    };
    notices::confirm(desk, title, body, say!("search.replace-all"), |desk| {
        desk.tell::<Search>(Message::ReplaceAll(fresh_name()));
    });
}

/// A UUID of random bits, as version 4 has them.
pub(super) fn fresh_name() -> String {
    let bits = |count: u32| (js_sys::Math::random() * 2f64.powi(count as i32)) as u64;
    let (high, low) = (bits(48), bits(48));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 16,
        high & 0xffff,
        bits(12),
        0x8000 | bits(14),
        low
    )
}
