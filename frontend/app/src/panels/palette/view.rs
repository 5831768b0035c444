//! What fits what is written in the palette, and what choosing it does.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use protocol::{
    ChannelId, WorkspacePath,
    file::{FindFiles, FoundFile},
    language::Position,
    search::{FindText, FoundFile as TextFile},
};
use widgets::use_effect_with;
use yew::prelude::*;

use crate::{
    bridge::{self, Symbol},
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::palette::{
        model::{
            Choice, Query, Row, command_rows, empty_text, file_rows, function_rows, help_rows, line_rows,
            route_rows, symbol_rows, text_rows,
        },
        opened::{Field, Fitting},
    },
    shell::keys::may_run,
    state::{
        cloud::Cloud,
        documents::{self, Documents},
        functions::{self, Functions},
        layout::{Layout, Tab},
        notices::{self, Notices},
        request::{self, Request},
        search::stream::{Stream, cancel},
    },
};

/// Files asked for at once.
const LIMIT: usize = 60;
/// Matches in files that are listed.
const MAX_TEXTS: usize = 100;
/// Milliseconds in which nobody must have typed until files are searched.
const PAUSE: u32 = 150;

/// What is looked for.
#[derive(Properties, PartialEq)]
pub struct FinderProps {
    /// What is written.
    pub query: AttrValue,
}

/// Finds what fits what is written in the palette, and lists it there: it draws nothing itself.
#[component]
pub fn Finder(props: &FinderProps) -> Html {
    let desk = use_desk();
    let found = use_state_eq(|| None::<Found<FoundFile>>);
    let query = Query::parse(&props.query);
    use_found(&desk, &query, &found);
    let symbols = use_symbols(&desk, &query);
    let texts = use_texts(&query);
    let functions = use_state_of::<Functions, _, _>(|functions| Rc::clone(&functions.list));
    let described = use_state_of::<Cloud, _, _>(|cloud| cloud.described.clone());
    let rows: Vec<Row> = match &query {
        Query::Files(wanted) => {
            let recent = desk.read(|layout: &Layout| layout.recent.clone());
            file_rows(wanted, &recent, found.as_ref().map_or(&[], |found| found.rows.as_slice()))
        }
        Query::Commands(wanted) => command_rows(wanted, &|needs| may_run(&desk, needs)),
        Query::Line(position) => desk.read(|layout: &Layout| line_rows(*position, layout.active_file())),
        Query::Symbols(wanted) | Query::WorkspaceSymbols(wanted) => {
            symbol_rows(wanted, symbols.as_ref().map_or(&[], |found| found.rows.as_slice()))
        }
        Query::Functions(wanted) => function_rows(wanted, &functions),
        Query::Routes(wanted) => route_rows(wanted, described.as_ref().map_or(&[], |cloud| &cloud.apis)),
        Query::Text(_) => text_rows(texts.as_ref().map_or(&[], |found| found.rows.as_slice()), MAX_TEXTS),
        Query::Help => help_rows(),
    };
    let (searching, settled, trouble) = match &query {
        Query::Files(wanted) => state_of(found.as_ref(), Some(wanted)),
        Query::Symbols(_) => state_of(symbols.as_ref(), None),
        Query::WorkspaceSymbols(wanted) => state_of(symbols.as_ref(), Some(wanted)),
        Query::Text(wanted) if !wanted.is_empty() => state_of(texts.as_ref(), Some(wanted)),
        _ => (false, true, None),
    };
    let empty = trouble.unwrap_or_else(|| empty_text(&query, searching).into());
    use_listed(desk, props.query.to_string(), rows, settled, empty);
    Html::default()
}

/// Lists what fits in the palette, where it is other than what it lists.
#[hook]
fn use_listed(desk: Desk, query: String, rows: Vec<Row>, settled: bool, empty: AttrValue) {
    let field = use_context::<Field>().expect("the palette provides its field");
    use_effect_with((query, rows, settled, empty), move |(query, rows, settled, empty)| {
        let (shown, choices): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
        let write = field.write.clone();
        let on_choose = Callback::from(move |index: usize| match choices.get(index) {
            Some(Choice::Write(prefix)) => write.set((*prefix).to_owned()),
            Some(choice) => {
                desk.tell::<Notices>(notices::Message::ClosePalette);
                choose(&desk, choice);
            }
            None => {}
        });
        let (query, rows, empty) = (query.clone(), Rc::new(shown), empty.clone());
        field.list.set(Some(Fitting { query, rows, settled: *settled, empty, on_choose }));
    });
}

/// What was found for a query; for none, of the file in front.
#[derive(PartialEq)]
struct Found<T> {
    query: Option<String>,
    rows: Rc<Vec<T>>,
    /// Why nothing could be looked for.
    trouble: Option<AttrValue>,
}

// Derived, it would ask for rows that can be cloned.
impl<T> Clone for Found<T> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), rows: Rc::clone(&self.rows), trouble: self.trouble.clone() }
    }
}

/// Whether nothing was found yet, whether what was found is for this query, and why nothing could be.
fn state_of<T>(found: Option<&Found<T>>, query: Option<&String>) -> (bool, bool, Option<AttrValue>) {
    let settled = found.is_some_and(|found| found.query.as_ref() == query);
    (found.is_none(), settled, found.and_then(|found| found.trouble.clone()))
}

/// Asks for the files that fit; an answer that comes late is dropped.
#[hook]
fn use_found(desk: &Desk, query: &Query, found: &UseStateHandle<Option<Found<FoundFile>>>) {
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
        desk.ask(FindFiles { query: query.clone(), limit: LIMIT }, move |_, outcome| {
            if serial == *newest.borrow() {
                let trouble = outcome.as_ref().err();
                let trouble = trouble.map(|error| say!("palette.failed", reason = error.message));
                let rows = Rc::new(outcome.unwrap_or_default());
                found.set(Some(Found { query: Some(query), rows, trouble }));
            }
        });
    });
}

/// Asks for names: those of the file in front once, those of the workspace for each query. None while asking.
#[hook]
fn use_symbols(desk: &Desk, query: &Query) -> Option<Found<Symbol>> {
    let found = use_state_eq(|| None::<Found<Symbol>>);
    let (desk, answer, newest) = (desk.clone(), found.clone(), use_mut_ref(|| 0u64));
    let wanted = match query {
        Query::Symbols(_) => Some(None),
        Query::WorkspaceSymbols(wanted) => Some(Some(wanted.clone())),
        _ => None,
    };
    use_effect_with(wanted, move |wanted| {
        let Some(wanted) = wanted.clone() else { return };
        let serial = {
            let mut newest = newest.borrow_mut();
            *newest += 1;
            *newest
        };
        desk.spawn(|desk| async move {
            let here = desk.read(|layout: &Layout| layout.active_file().cloned());
            let port = desk.link().port();
            let rows = match &wanted {
                Some(query) => bridge::symbols(&port, None, query).await,
                None => match here {
                    Some(path) => bridge::symbols(&port, Some(&path), "").await,
                    None => Vec::new(),
                },
            };
            if serial == *newest.borrow() {
                answer.set(Some(Found { query: wanted, rows: Rc::new(rows), trouble: None }));
            }
        });
    });
    (*found).clone()
}

/// Looks for text in files, once nobody types. None while looking.
#[hook]
fn use_texts(query: &Query) -> Option<Found<TextFile>> {
    let (desk, found) = (use_desk(), use_state_eq(|| None::<Found<TextFile>>));
    let wanted = match query {
        Query::Text(wanted) if !wanted.is_empty() => Some(wanted.clone()),
        _ => None,
    };
    let answer = found.clone();
    use_effect_with(wanted, move |wanted| {
        let search = wanted.clone().map(|wanted| Looking::begin(&desk, wanted, answer));
        move || search.iter().for_each(Looking::end)
    });
    (*found).clone()
}

/// A search for text that is about to begin, or under way.
struct Looking {
    desk: Desk,
    wanted: Cell<bool>,
    channel: Cell<Option<ChannelId>>,
}

impl Looking {
    fn begin(desk: &Desk, pattern: String, answer: UseStateHandle<Option<Found<TextFile>>>) -> Rc<Self> {
        let desk = desk.clone();
        let looking = Rc::new(Self { desk, wanted: Cell::new(true), channel: Cell::default() });
        let again = Rc::clone(&looking);
        Timeout::new(PAUSE, move || {
            if again.wanted.get() {
                again.find(pattern, answer);
            }
        })
        .forget();
        looking
    }

    fn find(self: Rc<Self>, pattern: String, answer: UseStateHandle<Option<Found<TextFile>>>) {
        let query = protocol::search::Query { pattern: pattern.clone(), ..Default::default() };
        let call = move |channel| FindText { query, replacement: None, context: 0, channel };
        let rows = Rc::new(RefCell::new(Vec::<TextFile>::new()));
        let tell = {
            let (this, rows) = (Rc::clone(&self), Rc::clone(&rows));
            Rc::new(move |trouble: Option<AttrValue>| {
                if this.wanted.replace(false) {
                    let (query, rows) = (Some(pattern.clone()), Rc::new(rows.take()));
                    answer.set(Some(Found { query, rows, trouble }));
                }
            })
        };
        let (this, enough) = (Rc::clone(&self), Rc::clone(&tell));
        let stream = Stream::begin(&self.desk, call, move |files| {
            rows.borrow_mut().extend(files);
            let lines = rows.borrow().iter().map(|file| file.lines.len()).sum::<usize>();
            if lines >= MAX_TEXTS {
                enough(None);
                this.stop();
            }
        });
        self.channel.set(Some(stream.channel));
        let desk = self.desk.clone();
        desk.spawn(move |desk| async move {
            let outcome = stream.end(&desk).await;
            self.channel.set(None);
            tell(outcome.err().map(|error| say!("palette.not-searched", reason = error.message)));
        });
    }

    fn stop(&self) {
        if let Some(channel) = self.channel.take() {
            cancel(&self.desk, channel);
        }
    }

    /// Nobody wants it any more.
    fn end(self: &Rc<Self>) {
        self.wanted.set(false);
        self.stop();
    }
}

/// Shows where a name is.
fn go_to(desk: &Desk, symbol: &Symbol) {
    let position =
        Position { line: symbol.line.saturating_sub(1), character: symbol.column.saturating_sub(1) };
    let tab = match WorkspacePath::parse(&symbol.path) {
        Ok(path) if !path.is_root() => Tab::file(path),
        _ => Tab::source(&symbol.uri),
    };
    desk.tell::<Documents>(documents::Message::Show(tab, Some(position)));
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
        Choice::Symbol(symbol) => go_to(desk, symbol),
        Choice::Place(path, position) => {
            desk.tell::<Documents>(documents::Message::Show(Tab::file(path.clone()), Some(*position)));
        }
        Choice::Route(method, url) => {
            desk.tell::<Request>(request::Message::Try { method: method.clone(), url: url.clone() });
        }
        Choice::Function(function) => {
            desk.tell::<Functions>(functions::Message::Choose(function.clone()));
        }
        Choice::Write(_) => {}
    }
}
