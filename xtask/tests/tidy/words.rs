//! What people read stands in the table of messages (`frontend/app/src/messages`), not where it is shown.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{files_with, none, read};

/// Literals of the frontend that read like words for people and are none.
const KEPT: [(&str, &str); 16] = [
    // Names, which no language translates.
    ("title.rs", "Cumulo"),
    ("encoding.rs", "Unix"),
    ("encoding.rs", "Windows"),
    ("font.ts", "JetBrains Mono Variable"),
    ("font.ts", "\"${FAMILY}\", ui-monospace, \"Cascadia Mono\", Menlo, Consolas, monospace"),
    ("view.rs", "content-type: application/json"),
    // For the browser's console, and errors of one part of the program in what another sent.
    ("link.rs", "a frame of the agent cannot be read: {error}"),
    ("port.rs", "a call's parameters are not JSON"),
    ("undo.ts", "a shared text comes with what undoes in it"),
    ("framing.ts", "a language server's message of ${length} bytes"),
    ("sync.ts", "a sync message of unknown step ${step}"),
    ("sync.ts", "a document message of unknown type ${type}"),
    ("sync.ts", "a number in a document message is too large"),
    ("sync.ts", "a document message of ${length.value} bytes"),
    ("keys.rs", "input, select, textarea"),
    ("acts.rs", "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}"),
];

/// What stands before a literal that only developers read.
const FOR_DEVELOPERS: [&str; 5] = ["expect(", "reason = ", "console.warn(", "console.error(", "class="];
/// What stands before a literal that people read whatever it is.
const FOR_PEOPLE: [&str; 17] = [
    " title=",
    "aria-label=",
    "aria-description=",
    "placeholder=",
    " label=",
    " alt=",
    " hint=",
    " title: ",
    " body: ",
    " confirm: ",
    " label: ",
    "MenuItem::new(",
    "Message::good(",
    "Message::failed(",
    ".title = ",
    ".textContent = ",
    "setAttribute(\"aria-label\", ",
];

#[test]
fn what_people_read_is_in_the_table_of_messages() {
    let mut complaints = Vec::new();
    let sources = files_with("rs").into_iter().chain(files_with("ts"));
    for path in sources.filter(|path| is_shown(path)) {
        let text = read(&path);
        for (place, literal) in literals(of_the_program(&text)) {
            let before = &text[..place];
            let kept = KEPT.iter().any(|(file, words)| path.ends_with(file) && literal == *words);
            if !kept && is_for_people(before, &text[place + literal.len()..], literal) {
                let line = before.lines().count();
                complaints.push(format!("{}:{line}: \"{literal}\" is no message", path.display()));
            }
        }
    }
    none(complaints);
}

/// Whether a file says something to people. How values of the link are read is an affair of developers.
fn is_shown(path: &Path) -> bool {
    let inside = ["frontend/app/src", "frontend/widgets/src", "frontend/bridge/src"];
    let apart = ["frontend/app/src/races", "frontend/app/src/races.rs", "frontend/app/src/json.rs"];
    inside.iter().any(|folder| path.starts_with(folder)) && !apart.iter().any(|file| path.starts_with(file))
}

/// A source without its tests: what follows the mark of a module that is written there.
fn of_the_program(text: &str) -> &str {
    let is_module =
        |place: &usize| text[*place..].lines().nth(2).is_some_and(|line| line.ends_with("mod tests {"));
    let tests = text.match_indices("\n#[cfg(test)]").map(|(place, _)| place).find(is_module);
    &text[..tests.unwrap_or(text.len())]
}

/// Whether a literal is shown: by where it stands, or because it reads like a sentence.
fn is_for_people(before: &str, after: &str, literal: &str) -> bool {
    let before = before.strip_suffix(['"', '`']).unwrap_or(before);
    // Rules of a style sheet in TypeScript.
    if FOR_DEVELOPERS.iter().any(|words| before.ends_with(words)) || after.starts_with("\": {") {
        return false;
    }
    let letters = outside_of_values(literal).flat_map(str::chars).filter(char::is_ascii_alphabetic).count();
    let is_name = literal.contains('.') && !literal.contains(' ');
    let stands = FOR_PEOPLE.iter().any(|words| before.ends_with(words)) || is_node(before, after);
    let words = words_of(literal);
    letters > 1 && !is_name && stands
        || words > 2
        || words == 2 && literal.starts_with(|first: char| first.is_ascii_uppercase())
        || letters > 1 && literal.ends_with('…')
}

/// Whether a literal is a text in markup: alone in braces that follow a tag, other braces or the line's begin.
fn is_node(before: &str, after: &str) -> bool {
    let Some(before) = before.strip_suffix("{ ").map(|before| before.trim_end_matches(' ')) else {
        return false;
    };
    after.starts_with("\" }") && before.ends_with(['>', '}', '\n'])
}

/// Words in a literal; what stands in braces is a value.
fn words_of(literal: &str) -> usize {
    let is_word = |word: &&str| {
        let bare =
            word.trim_start_matches(['"', '\'', '(']).trim_end_matches(|c: char| "\"'),.;:!?…".contains(c));
        !bare.is_empty() && bare.chars().all(|c| c.is_ascii_alphabetic() || c == '\'' || c == '-')
    };
    outside_of_values(literal).flat_map(str::split_whitespace).filter(is_word).count()
}

/// What of a literal is not in braces.
fn outside_of_values(literal: &str) -> impl Iterator<Item = &str> {
    literal.split('{').map(|piece| piece.rsplit('}').next().unwrap_or_default())
}

/// The string literals of Rust or TypeScript, with their places. Comments and imports have none.
fn literals(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        at += if rest.starts_with("//") || rest.starts_with("import ") && text[..at].ends_with('\n') {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(quote) = rest.chars().next().filter(|first| "\"`".contains(*first)) {
            let length = length_of(&rest[1..], quote);
            found.push((at + 1, &rest[1..=length]));
            length + 2
        } else if let Some(length) = character(rest).or_else(|| pattern(&text[..at], rest)) {
            length
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
    }
    found
}

/// How long a literal is whose quote was read.
fn length_of(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(end, _)| end)
}

/// How long the literal of a character is that begins here, a quote say.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let length = if first == '\\' { 1 + inside.chars().nth(1)?.len_utf8() } else { first.len_utf8() };
    inside[length..].starts_with('\'').then_some(length + 2)
}

/// How long the regular expression is that begins here; a division is none.
fn pattern(before: &str, rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('/')?;
    before.trim_end().ends_with(['(', '=', ',', ':', '[', '!', '&', '|', '?']).then_some(())?;
    let (mut escaped, mut in_class) = (false, false);
    let end = inside.char_indices().find(|(_, c)| {
        let ends = *c == '/' && !escaped && !in_class;
        in_class = !escaped && (*c == '[' || in_class && *c != ']') || escaped && in_class;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map(|(end, _)| end + 2)
}

#[test]
fn words_for_people_are_told_from_others() {
    let check = |source: &str, expected: &[&str]| {
        let found = literals(source).into_iter().filter(|(place, literal)| {
            is_for_people(&source[..*place], &source[place + literal.len()..], literal)
        });
        assert_eq!(found.map(|(_, literal)| literal).collect::<Vec<_>>(), expected, "{source}");
    };
    check(r#"html! { <p>{ "Listing" }</p> }"#, &["Listing"]);
    check(r#"html! { <p class="empty state of it">{ say!("files.listing") }</p> }"#, &[]);
    check(r#"<input aria-label="Name" title={tip} placeholder="Find" />"#, &["Name", "Find"]);
    check(r#"html! { if spins { "spin" } else { "loader-circle" } }"#, &[]);
    check(r#"desk.complain("The file cannot be made", &error)"#, &["The file cannot be made"]);
    check(r#"format!("{path} is not saved: {reason}")"#, &["{path} is not saved: {reason}"]);
    check(r#"let icon = "circle-x"; let keys = "Ctrl+K Ctrl+S"; // "This is no literal""#, &[]);
    check(r#"expect("a call is made once"); ('"', "x", '\'')"#, &[]);
    check(
        "link.textContent = \"About\"; throw new Error(`There is nothing ${here}`);",
        &["About", "There is nothing ${here}"],
    );
    check(r#"MenuItem::new("Copy", copy); MenuItem::new(say!("button.copy"), copy)"#, &["Copy"]);
}

#[test]
fn agents_give_reasons_that_the_table_knows_and_no_others() {
    let table = read("frontend/app/src/messages/en.txt");
    let known: BTreeSet<_> =
        table.lines().filter_map(|line| line.strip_prefix("error.")?.split(" = ").next()).collect();
    let mut given = BTreeSet::new();
    for (path, text) in of_agents() {
        let text = of_the_program(&text);
        for (place, literal) in literals(text) {
            let before = text[..place - 1].trim_end();
            let named = ["because(", "Why::named(", "Why::with(", "Words::named(", "fail("]
                .iter()
                .any(|words| before.ends_with(words));
            // How the system's errors are named, in a table.
            let arm = before.strip_suffix('(').map(str::trim_end).unwrap_or_default();
            let listed = path.ends_with("ide-workspace/src/error.rs")
                && (arm.ends_with("=>") || arm.ends_with("=> {"));
            if named || listed {
                given.insert(literal.to_owned());
            }
        }
    }
    let given: BTreeSet<_> = given.iter().map(String::as_str).collect();
    none(given.symmetric_difference(&known).map(|name| format!("error.{name} is given or known, not both")));
    assert!(known.len() > 150, "{known:?}");
}

/// The sources of what agents say to pages.
fn of_agents() -> impl Iterator<Item = (PathBuf, String)> {
    let agent = |path: &PathBuf| path.starts_with("backend") || path.starts_with("protocol");
    let sources = files_with("rs").into_iter().filter(agent);
    let sources = sources.filter(|path| path.components().any(|part| part.as_os_str() == "src"));
    sources.map(|path| {
        let text = read(&path);
        (path, text)
    })
}

/// What makes a text for people, whose reason is to follow.
const TEXTS: [&str; 2] = ["CallError::new(", "Said::new("];
/// Texts without a reason, and what they are: by their file and what stands in it.
const UNREASONED: [(&str, &str, &str); 5] = [
    ("protocol/src/reason.rs", "Self::new(message)", "where such texts are made"),
    ("ide-cloud/src/deploy.rs", "Said::verbatim(text(\"StatusReason\"))", "CloudFormation's own words"),
    ("ide-cloud/src/process.rs", "Said::verbatim(said)", "a tool's output"),
    ("running/heard.rs", "Said::verbatim(\"not supported\")", "is told to a language server"),
    ("ide-cloud/src/error.rs", "CloudError::Service { .. } => said", "AWS's own words"),
];

#[test]
fn every_text_of_an_agent_has_a_reason() {
    let mut complaints = Vec::new();
    let mut seen = 0;
    for (path, text) in of_agents() {
        let text = of_the_program(&text);
        let unreasoned = UNREASONED.iter().filter(|(file, ..)| path.ends_with(file));
        for (_, words, what) in unreasoned {
            assert!(text.contains(words), "{}: {words} ({what}) is there no more", path.display());
        }
        for place in TEXTS.iter().flat_map(|begin| text.match_indices(begin)).map(|(place, _)| place) {
            seen += 1;
            if !has_reason(text, place) {
                let line = text[..place].lines().count();
                complaints.push(format!("{}:{line}: a text without a reason (`because`)", path.display()));
            }
        }
        for words in ["Said::verbatim(", "Reasons::default()"] {
            let accepted = |rest: &str| {
                UNREASONED.iter().any(|(file, known, _)| path.ends_with(file) && rest.starts_with(known))
            };
            for (place, _) in text.match_indices(words).filter(|(place, _)| !accepted(&text[*place..])) {
                let line = text[..place].lines().count();
                complaints.push(format!("{}:{line}: {words}…) has no reason", path.display()));
            }
        }
    }
    none(complaints);
    assert!(seen > 80, "{seen}");
}

/// Whether what is made at a place gets its reason: at once, or by the name that it is given.
fn has_reason(text: &str, place: usize) -> bool {
    let end = place + closing(&text[place..]);
    let rest = text[end..].trim_start();
    if rest.starts_with(".because(") {
        return true;
    }
    let line = text[..place].rsplit(';').next().unwrap_or_default();
    let bound = line.rsplit("let ").next().and_then(|after| after.split_once(" =")).map(|(name, _)| name);
    let scope = rest.split("\n}\n").next().unwrap_or_default();
    bound.is_some_and(|name| scope.contains(&format!("{name}.because(")))
}

/// Where the parentheses end that are opened first, literals passed over.
fn closing(text: &str) -> usize {
    let literals = literals(text);
    let inside =
        |at: usize| literals.iter().any(|(place, words)| (*place..place + words.len()).contains(&at));
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().filter(|(_, c)| "()".contains(*c)) {
        if inside(at) {
            continue;
        }
        depth = if c == '(' { depth + 1 } else { depth.saturating_sub(1) };
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

#[test]
fn a_reason_is_found_where_it_follows() {
    let check =
        |source: &str, expected: bool| assert_eq!(has_reason(source, source.find("Said").unwrap()), expected);
    check(r#"Err(Said::new("no)").because("n", &[]))"#, true);
    check("Some(Said::new(format!(\"(\"))\n    .because(\"n\", &[]))", true);
    check("let said = Said::new(words);\nreturn Err(said.because(\"n\", &[]));", true);
    check("let said = Said::new(words);\nreturn Err(said);", false);
    check("Err(Said::new(words))", false);
}
