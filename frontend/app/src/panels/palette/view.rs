//! The palette, drawn; and what choosing a row does.

use std::rc::Rc;

use protocol::file::{FindFiles, FoundFile};
use widgets::Palette;
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    panels::palette::model::{
        Choice, Query, Row, command_rows, empty_text, file_rows, function_rows, help_rows, line_rows,
    },
    state::{
        documents::{self, Documents},
        functions::{self, Functions},
        layout::{Layout, Tab},
        notices::{self, Notices},
    },
};

/// Files asked for at once.
const LIMIT: usize = 60;

/// What the palette is opened with.
#[derive(Properties, PartialEq)]
pub struct CommandPaletteProps {
    /// The first text.
    pub query: AttrValue,
}

/// The palette.
#[component]
pub fn CommandPalette(props: &CommandPaletteProps) -> Html {
    let desk = use_desk();
    let text = use_state_eq(|| props.query.to_string());
    let found = use_state_eq(|| None::<Rc<Vec<FoundFile>>>);
    let query = Query::parse(&text);
    use_found(&desk, &query, &found);
    let functions = use_state_of::<Functions, _, _>(|functions| Rc::clone(&functions.list));
    let rows: Vec<Row> = match &query {
        Query::Files(wanted) => {
            let recent = desk.read(|layout: &Layout| layout.recent.clone());
            file_rows(wanted, &recent, found.as_ref().map_or(&[], |found| found.as_slice()))
        }
        Query::Commands(wanted) => command_rows(wanted),
        Query::Line(position) => desk.read(|layout: &Layout| line_rows(*position, layout.active_file())),
        Query::Functions(wanted) => function_rows(wanted, &functions),
        Query::Help => help_rows(),
    };
    let close = desk.teller::<Notices, ()>(|()| notices::Message::ClosePalette);
    let (shown, choices): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let on_choose = {
        let (text, close) = (text.clone(), close.clone());
        Callback::from(move |index: usize| match choices.get(index) {
            Some(Choice::Write(prefix)) => text.set((*prefix).to_owned()),
            Some(choice) => {
                close.emit(());
                choose(&desk, choice);
            }
            None => {}
        })
    };
    let on_query = {
        let text = text.clone();
        Callback::from(move |written: String| text.set(written))
    };
    html! {
        <Palette label="Go to file, command, function" query={(*text).clone()} rows={Rc::new(shown)}
            empty={empty_text(&query, found.is_none())} {on_query} {on_choose} on_close={close} />
    }
}

/// Asks for the files that fit; an answer that comes late is dropped.
#[hook]
fn use_found(desk: &Desk, query: &Query, found: &UseStateHandle<Option<Rc<Vec<FoundFile>>>>) {
    let (desk, found, newest) = (desk.clone(), found.clone(), use_mut_ref(|| 0u64));
    let wanted = match query {
        Query::Files(wanted) => Some(wanted.clone()),
        _ => None,
    };
    use_effect_with(wanted, move |wanted| {
        let Some(query) = wanted.clone() else { return };
        let serial = {
            let mut newest = newest.borrow_mut();
            *newest += 1;
            *newest
        };
        desk.ask(FindFiles { query, limit: LIMIT }, move |_, outcome| {
            if serial == *newest.borrow() {
                found.set(Some(Rc::new(outcome.unwrap_or_default())));
            }
        });
    });
}

fn choose(desk: &Desk, choice: &Choice) {
    match choice {
        Choice::File(path) => desk.tell::<Documents>(documents::Message::Show(Tab::file(path.clone()), None)),
        Choice::Command(id) => {
            commands::run(desk, id);
        }
        Choice::Line(position) => {
            let path = desk.read(|layout: &Layout| layout.active_file().cloned());
            if let Some(path) = path {
                desk.tell::<Documents>(documents::Message::Show(Tab::file(path), Some(*position)));
            }
        }
        Choice::Function(function) => {
            desk.tell::<Functions>(functions::Message::Choose(function.clone()));
        }
        Choice::Write(_) => {}
    }
}
