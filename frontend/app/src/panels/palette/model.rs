//! What the palette lists for what is written in it.

use protocol::{
    WorkspacePath,
    cloud::Api,
    file::FoundFile,
    function::{FunctionRef, TemplateFunction},
    language::Position,
    search::{FoundFile as TextFile, FoundLine, FoundMatch},
};
use widgets::{PaletteRow, lowercase};
use yew::AttrValue;

use crate::{
    bridge::Symbol,
    commands, icons,
    messages::say,
    state::{
        cloud::route_address,
        functions::reference,
        search::found::{Shown, shown},
    },
    text::shown_name,
};

/// What is looked for, by how the text begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Files whose path holds these letters.
    Files(String),
    /// Commands: `>`.
    Commands(String),
    /// A line of the file in front, and a column: `:12:4`.
    Line(Option<Position>),
    /// Names in the file in front: `@`.
    Symbols(String),
    /// Names in the workspace: `#`.
    WorkspaceSymbols(String),
    /// Functions: `λ` or `fn `.
    Functions(String),
    /// Routes of deployed APIs: `api `.
    Routes(String),
    /// Text in files: `/`.
    Text(String),
    /// What else the palette can do: `?`.
    Help,
}

impl Query {
    /// Reads what is written.
    pub fn parse(text: &str) -> Self {
        let rest = |prefix: &str| text.strip_prefix(prefix).map(|rest| rest.trim().to_owned());
        if let Some(rest) = rest(">") {
            Self::Commands(rest)
        } else if let Some(rest) = rest(":") {
            Self::Line(parse_line(&rest))
        } else if let Some(rest) = rest("λ").or_else(|| rest("fn ")) {
            Self::Functions(rest)
        } else if let Some(rest) = rest("@") {
            Self::Symbols(rest)
        } else if let Some(rest) = rest("#") {
            Self::WorkspaceSymbols(rest)
        } else if let Some(rest) = rest("api ") {
            Self::Routes(rest)
        } else if let Some(rest) = rest("/") {
            Self::Text(rest)
        } else if text.starts_with('?') {
            Self::Help
        } else {
            Self::Files(text.trim().to_owned())
        }
    }
}

fn parse_line(text: &str) -> Option<Position> {
    let (line, column) = text.split_once(':').unwrap_or((text, "1"));
    let line: u32 = line.trim().parse().ok()?;
    let column: u32 = column.trim().parse().unwrap_or(1);
    Some(Position { line: line.saturating_sub(1), character: column.saturating_sub(1) })
}

/// What a row does when it is chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Opens a file.
    File(WorkspacePath),
    /// Runs a command.
    Command(&'static str),
    /// Goes to a line.
    Line(Position),
    /// Goes to a name.
    Symbol(Symbol),
    /// Goes to a place in a file.
    Place(WorkspacePath, Position),
    /// Shows a function.
    Function(FunctionRef),
    /// Tries a route: method and address.
    Route(String, String),
    /// Writes something else into the palette.
    Write(&'static str),
}

/// A row and what it does.
pub type Row = (PaletteRow, Choice);

/// The rows of files: recent ones first where nothing is written.
pub fn file_rows(query: &str, recent: &[WorkspacePath], found: &[FoundFile]) -> Vec<Row> {
    let row = |path: &WorkspacePath, matched: &[u32], detail: &str| {
        let name_at = path.as_str().chars().count() - path.name().chars().count();
        let in_name: Vec<_> = matched.iter().filter_map(|at| (*at as usize).checked_sub(name_at)).collect();
        let folder = path.parent().map(|folder| shown_name(folder.as_str())).unwrap_or_default();
        let row = PaletteRow {
            label: pieces(path.name(), &in_name),
            detail: if detail.is_empty() { folder.into() } else { format!("{folder}  {detail}").into() },
            icon: icons::of_file(path.name()).0.into(),
            ..PaletteRow::default()
        };
        (row, Choice::File(path.clone()))
    };
    if query.is_empty() {
        let recent_rows = recent.iter().map(|path| row(path, &[], say!("palette.recent")));
        let others = found.iter().filter(|file| !recent.contains(&file.path));
        return recent_rows.chain(others.map(|file| row(&file.path, &[], ""))).collect();
    }
    found.iter().map(|file| row(&file.path, &file.matched, "")).collect()
}

/// The rows of commands that fit and could do something, best first.
pub fn command_rows(query: &str, may_run: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let fitting = commands::all().filter(|command| may_run(command.needs)).filter_map(|command| {
        let fit = fit(query, command.title())?;
        let label = pieces(command.title(), &fit.matched);
        let row = PaletteRow { label, shortcut: commands::keys(command.id), ..PaletteRow::default() };
        Some((fit.cost, (row, Choice::Command(command.id))))
    });
    best_first(query, fitting.collect())
}

/// The rows of functions that fit, best first.
pub fn function_rows(query: &str, functions: &[TemplateFunction]) -> Vec<Row> {
    let fitting = functions.iter().filter_map(|function| {
        let fit = fit(query, &function.logical_id)?;
        let row = PaletteRow {
            label: pieces(&function.logical_id, &fit.matched),
            detail: format!("{} {}", function.template, function.triggers.join(", ")).into(),
            icon: "lambda".into(),
            ..PaletteRow::default()
        };
        Some((fit.cost, (row, Choice::Function(reference(function)))))
    });
    best_first(query, fitting.collect())
}

/// The rows of names that fit, best first.
pub fn symbol_rows(query: &str, symbols: &[Symbol]) -> Vec<Row> {
    let fitting = symbols.iter().filter_map(|symbol| {
        let fit = fit(query, &symbol.name)?;
        let place = if symbol.path.is_empty() { &symbol.uri } else { &symbol.path };
        let detail = format!("{} {}:{}", symbol.container, shown_name(place), symbol.line);
        let row = PaletteRow {
            label: pieces(&symbol.name, &fit.matched),
            detail: detail.trim_start().to_owned().into(),
            icon: icon_of(symbol.kind).into(),
            ..PaletteRow::default()
        };
        Some((fit.cost, (row, Choice::Symbol(symbol.clone()))))
    });
    best_first(query, fitting.collect())
}

/// The rows of routes that fit, best first.
pub fn route_rows(query: &str, apis: &[Api]) -> Vec<Row> {
    let routes = apis.iter().flat_map(|api| api.routes.iter().map(move |route| (api, route)));
    let fitting = routes.filter_map(|(api, route)| {
        let label = format!("{} {}", route.method, route.path);
        let fit = fit(query, &label)?;
        let row = PaletteRow {
            label: pieces(&label, &fit.matched),
            detail: shown_name(&api.name).into(),
            icon: "route".into(),
            ..PaletteRow::default()
        };
        Some((fit.cost, (row, Choice::Route(route.method.clone(), route_address(api, route)))))
    });
    best_first(query, fitting.collect())
}

/// The rows of matches in files, by the files' paths; so many at most.
pub fn text_rows(found: &[TextFile], most: usize) -> Vec<Row> {
    let mut files: Vec<_> = found.iter().collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let matches = files.into_iter().flat_map(|file| {
        let lines = file.lines.iter();
        lines.flat_map(move |line| line.matches.iter().map(move |found| text_row(&file.path, line, found)))
    });
    matches.take(most).collect()
}

fn text_row(path: &WorkspacePath, line: &FoundLine, found: &FoundMatch) -> Row {
    let Shown { before, met, after } = shown(line, found);
    let row = PaletteRow {
        label: vec![(before.into(), false), (met.into(), true), (after.into(), false)],
        detail: format!("{}:{}", shown_name(path.as_str()), line.line + 1).into(),
        icon: icons::of_file(path.name()).0.into(),
        ..PaletteRow::default()
    };
    (row, Choice::Place(path.clone(), found.range.start))
}

/// Rows by what they cost; in the order in which they came where nothing is written.
fn best_first(query: &str, mut fitting: Vec<(usize, Row)>) -> Vec<Row> {
    if !query.is_empty() {
        fitting.sort_by_key(|(cost, _)| *cost);
    }
    fitting.into_iter().map(|(_, row)| row).collect()
}

/// The icon of a kind of symbol, as the Language Server Protocol counts them.
fn icon_of(kind: u32) -> &'static str {
    match kind {
        2..=4 => "boxes",
        5 | 10 | 11 | 23 | 26 => "box",
        6 | 9 | 12 => "code",
        _ => "tag",
    }
}

/// The rows for a line.
pub fn line_rows(position: Option<Position>, file: Option<&WorkspacePath>) -> Vec<Row> {
    let (Some(position), Some(file)) = (position, file) else { return Vec::new() };
    let label =
        vec![(say!("palette.line", line = position.line + 1, column = position.character + 1), false)];
    let detail = shown_name(file.as_str()).into();
    vec![(PaletteRow { label, detail, ..PaletteRow::default() }, Choice::Line(position))]
}

/// The rows that say what can be written.
pub fn help_rows() -> Vec<Row> {
    let help = [
        ("", say!("palette.files")),
        (">", say!("palette.commands")),
        (":", say!("palette.lines")),
        ("@", say!("palette.symbols")),
        ("#", say!("palette.workspace-symbols")),
        ("fn ", say!("palette.functions")),
        ("api ", say!("palette.routes")),
        ("/", say!("palette.texts")),
    ];
    let rows = help.into_iter().map(|(prefix, what)| {
        let shown = if prefix.is_empty() { "…" } else { prefix };
        let label = vec![(AttrValue::Static(shown), true), (format!("  {what}").into(), false)];
        (PaletteRow { label, writes: true, ..PaletteRow::default() }, Choice::Write(prefix))
    });
    rows.collect()
}

/// What to say where there are no rows.
pub fn empty_text(query: &Query, searching: bool) -> &'static str {
    match query {
        Query::Files(_) if searching => say!("palette.looking"),
        Query::Files(_) => say!("palette.no-file"),
        Query::Commands(_) => say!("keys.none"),
        Query::Line(_) => say!("palette.no-line"),
        Query::Symbols(_) | Query::WorkspaceSymbols(_) if searching => say!("palette.asking"),
        Query::Symbols(_) => say!("palette.no-symbol"),
        Query::WorkspaceSymbols(_) => say!("palette.no-workspace-symbol"),
        Query::Routes(_) => say!("palette.no-route"),
        Query::Functions(_) => say!("palette.no-function"),
        Query::Text(wanted) if wanted.is_empty() => say!("palette.write-text"),
        Query::Text(_) if searching => say!("search.searching"),
        Query::Text(_) => say!("palette.no-text"),
        Query::Help => "",
    }
}

/// How a query fits a text.
struct Fit {
    cost: usize,
    matched: Vec<usize>,
}

/// Whether the letters of `query` stand in `text` in this order; begun words and runs cost least.
fn fit(query: &str, text: &str) -> Option<Fit> {
    let letters: Vec<char> = lowercase(text).chars().collect();
    let (mut cost, mut at, mut matched) = (0, 0, Vec::new());
    for wanted in lowercase(query).chars().filter(|c| !c.is_whitespace()) {
        let found = letters.get(at..)?.iter().position(|letter| *letter == wanted)? + at;
        let begins_word =
            found == 0 || letters.get(found - 1).is_some_and(|before| is_between_words(*before));
        let follows = matched.last().is_some_and(|last| last + 1 == found);
        cost += if follows {
            0
        } else if begins_word {
            1
        } else {
            3 + found - at
        };
        matched.push(found);
        at = found + 1;
    }
    Some(Fit { cost: cost * 100 + letters.len(), matched })
}

/// Whether a character parts words. Of other scripts' signs none does: to know which are signs takes a table of all.
fn is_between_words(character: char) -> bool {
    character.is_ascii() && !character.is_ascii_alphanumeric()
}

/// A text in pieces, each with whether it was met.
fn pieces(text: &str, matched: &[usize]) -> Vec<(AttrValue, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for (index, c) in text.chars().enumerate() {
        let met = matched.contains(&index);
        let shown = shown_name(c.encode_utf8(&mut [0; 4]));
        match pieces.last_mut().filter(|piece| piece.1 == met) {
            Some(piece) => piece.0.push_str(&shown),
            None => pieces.push((shown, met)),
        }
    }
    pieces.into_iter().map(|(text, met)| (text.into(), met)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::search::found::tests::file;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn text_of(row: &Row) -> String {
        let piece =
            |(text, met): &(AttrValue, bool)| if *met { format!("[{text}]") } else { text.to_string() };
        row.0.label.iter().map(piece).collect()
    }

    #[test]
    fn the_first_character_says_what_is_looked_for() {
        let position = |line, character| Query::Line(Some(Position { line, character }));
        assert_eq!(Query::parse("main"), Query::Files("main".into()));
        assert_eq!(Query::parse("> save"), Query::Commands("save".into()));
        assert_eq!(Query::parse(":12"), position(11, 0));
        assert_eq!(Query::parse(":12:4"), position(11, 3));
        assert_eq!(Query::parse(":"), Query::Line(None));
        assert_eq!(Query::parse("fn hello"), Query::Functions("hello".into()));
        assert_eq!(Query::parse("λhello"), Query::Functions("hello".into()));
        assert_eq!(Query::parse("?"), Query::Help);
        assert_eq!(Query::parse("@gre"), Query::Symbols("gre".into()));
        assert_eq!(Query::parse("#gre"), Query::WorkspaceSymbols("gre".into()));
        assert_eq!(Query::parse("api get"), Query::Routes("get".into()));
        assert_eq!(Query::parse("/ let x"), Query::Text("let x".into()));
    }

    #[test]
    fn commands_fit_by_their_letters_best_first() {
        let rows = command_rows("cnt", &|_| true);
        assert_eq!(text_of(&rows[0]), "[C]reate [N]ew [T]erminal");
        assert_eq!(command_rows("save", &|_| true)[0].1, Choice::Command("workbench.action.files.save"));
        assert!(command_rows("zzzz", &|_| true).is_empty());
        assert_eq!(command_rows("", &|_| true).len(), commands::all().count());
    }

    #[test]
    fn files_show_what_was_met_in_their_names() {
        let found = [FoundFile { path: path("src/main.rs"), matched: vec![0, 4, 5] }];
        let rows = file_rows("sma", &[], &found);
        assert_eq!(text_of(&rows[0]), "[ma]in.rs");
        assert_eq!(rows[0].0.detail, "src");
    }

    #[test]
    fn names_keep_the_order_of_the_text_until_something_is_written() {
        let symbol = |name: &str, line| Symbol {
            name: name.into(),
            container: "Api".into(),
            kind: 6,
            path: "src/a.rs".into(),
            uri: String::new(),
            line,
            column: 1,
        };
        let symbols = [symbol("regreet", 1), symbol("greet", 9)];
        assert_eq!(symbol_rows("", &symbols).iter().map(text_of).collect::<Vec<_>>(), ["regreet", "greet"]);
        let rows = symbol_rows("gr", &symbols);
        assert_eq!((text_of(&rows[0]).as_str(), rows[0].0.detail.as_str()), ("[gr]eet", "Api src/a.rs:9"));
        assert_eq!(rows[0].1, Choice::Symbol(symbols[1].clone()));
    }

    #[test]
    fn texts_are_shown_in_their_lines_as_many_as_there_may_be() {
        let mut found = [file("b", &[(0, 0)]), file("a", &[(3, 4), (3, 8), (9, 0)])];
        found[1].lines[0].text = "let abc_abc".into();
        let rows = text_rows(&found, 3);
        assert_eq!(rows.iter().map(text_of).collect::<Vec<_>>()[..2], ["let [abc]_abc", "let abc_[abc]"]);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].0.detail, "a:4");
        assert_eq!(rows[1].1, Choice::Place(path("a"), Position { line: 3, character: 8 }));
    }

    #[test]
    fn recent_files_come_first_and_once() {
        let found = ["a", "b", "c"].map(|name| FoundFile { path: path(name), matched: Vec::new() });
        let rows = file_rows("", &[path("c"), path("x")], &found);
        assert_eq!(rows.iter().map(text_of).collect::<Vec<_>>(), ["c", "x", "a", "b"]);
    }

    #[test]
    fn hostile_names_are_only_text() {
        let found = [FoundFile { path: path("a\u{202e}b\nc"), matched: vec![1] }];
        let row = &file_rows("x", &[], &found)[0];
        assert_eq!(text_of(row), "a[\\u{202e}]b\\u{a}c");
    }
}
