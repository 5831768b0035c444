//! Every text that a person reads, by name: English here, other languages when they are chosen.
//!
//! A table is a line a message, `name = text`. In a text, `{name}` is an argument, and `{name:one|other}` is the form
//! that an argument wants: in English the first for a count of 1, in Korean the first after a consonant.
//!
//! `say!("name")` says one, `say!("name", count = 2)` one with arguments, and `message!("name")` keeps one to be said later. The
//! build script gives them its English where they stand; another language is read by place, so its table has the same order.
//! The bridge has a table of its own English, `bridge.txt`; what others call theirs follows in their one table.

use std::{cell::RefCell, fmt::Display};

use protocol::{CallError, Reason, path::PathError};
use serde_json::Value;
use widgets::Word;
use yew::AttrValue;

use crate::{
    bridge,
    desk::Desk,
    json,
    state::settings::{self, Settings},
};

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

macro_rules! say {
    ($name:tt) => {
        $crate::messages::message!($name).said()
    };
    ($name:tt, $($argument:ident = $value:expr),+ $(,)?) => {
        $crate::messages::message!($name).with(&[$((stringify!($argument), &$value)),+])
    };
}

pub(crate) use {message, say};

/// Lines of a table.
type Table = Vec<(&'static str, &'static str)>;

/// What a text is said with.
type Arguments<'a> = [(&'a str, &'a dyn Display)];

/// The language that was asked for, and its messages; none for English.
#[derive(Default)]
struct Words {
    locale: String,
    table: Table,
}

thread_local! {
    static WORDS: RefCell<Words> = RefCell::default();
}

/// A message, to be said in whichever language is spoken then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    place: u16,
    english: &'static str,
}

impl Text {
    /// No text.
    pub const NONE: Self = Self::new(u16::MAX, "");

    /// A message's place among all, and its English: see the build script.
    pub const fn new(place: u16, english: &'static str) -> Self {
        Self { place, english }
    }

    /// Its words.
    #[inline]
    pub fn said(self) -> &'static str {
        said(self.place, self.english)
    }

    /// Its words with their arguments.
    #[inline]
    pub fn with(self, arguments: &Arguments<'_>) -> AttrValue {
        said_with(self.place, self.english, arguments)
    }
}

// Apart from `Text`, so that only these two are called from everywhere.
#[inline(never)]
fn said(place: u16, english: &'static str) -> &'static str {
    WORDS.with(|words| words.borrow().table.get(usize::from(place)).map_or(english, |(_, text)| *text))
}

#[inline(never)]
fn said_with(place: u16, english: &'static str, arguments: &Arguments<'_>) -> AttrValue {
    fill(said(place, english), arguments, form()).into()
}

/// A failed call with its message in the person's language, where it has a reason and that is known. English is the agent's own.
pub fn said_error(mut error: CallError) -> CallError {
    if let Some(reason) = &error.reason
        && let Some(said) = said_reason(reason)
    {
        error.message = said;
    }
    error
}

/// Arguments whose values are words of agents, which have a place in the table: `action.save`.
const WORDS_OF_AGENTS: [&str; 5] = ["action", "path", "level", "capability", "install"];

/// Puts the person's words into members of an event or a reply whose reasons lie beside them. English is the agent's own.
pub fn say_in(tree: &mut Value) {
    if WORDS.with(|words| !words.borrow().table.is_empty()) {
        say_below(tree);
    }
}

fn say_below(tree: &mut Value) {
    match tree {
        Value::Array(items) => items.iter_mut().for_each(say_below),
        Value::Object(members) => {
            // Read and not taken out: what a person keeps may have a member of that name.
            if let Some(Value::Object(reasons)) = members.get("reasons").cloned() {
                for (member, reason) in reasons {
                    if let Some(text @ Value::String(_)) = members.get_mut(&member)
                        && let Some(said) =
                            json::read_tree(reason).ok().and_then(|reason| said_reason(&reason))
                    {
                        *text = said.into();
                    }
                }
            }
            members.values_mut().for_each(say_below);
        }
        _ => {}
    }
}

/// Why a path is none.
pub fn said_of_path(error: PathError) -> String {
    said_error(error.into()).message
}

fn said_reason(reason: &Reason) -> Option<String> {
    let find = |name: String| {
        WORDS.with(|words| words.borrow().table.iter().find(|(known, _)| *known == name).copied())
    };
    let (_, text) = find(format!("error.{}", reason.name))?;
    let cause = reason.cause.as_deref().and_then(said_reason);
    // Some are words of the language; all else is shown as it is.
    let arguments = reason.arguments.iter().map(|(name, value)| {
        let name = name.as_str();
        let word = WORDS_OF_AGENTS.contains(&name).then(|| find(format!("{name}.{value}"))).flatten();
        let cause = cause.as_ref().filter(|_| name == "reason");
        (
            name,
            cause.cloned().unwrap_or_else(|| word.map_or_else(|| value.clone(), |(_, word)| word.to_owned())),
        )
    });
    let arguments: Vec<_> = arguments.collect();
    let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
    Some(fill(text, &arguments, form()))
}

/// Whether a value wants the first form, in the language that is spoken.
fn form() -> fn(&str) -> bool {
    if spoken() == "ko" { ends_in_consonant } else { is_one }
}

fn fill(text: &str, arguments: &Arguments<'_>, first: fn(&str) -> bool) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        let (name, forms) = place.split_once(':').map_or((place, None), |(name, forms)| (name, Some(forms)));
        let value = arguments.iter().find(|(known, _)| *known == name);
        let value = value.map(|(_, value)| value.to_string()).unwrap_or_default();
        match forms.map(|forms| forms.split_once('|').unwrap_or((forms, ""))) {
            None => filled.push_str(&value),
            Some((one, other)) => filled.push_str(if first(&value) { one } else { other }),
        }
        rest = after;
    }
    filled + rest
}

fn is_one(value: &str) -> bool {
    value == "1"
}

/// Whether a Korean word, or a digit read as one, ends in a consonant.
fn ends_in_consonant(value: &str) -> bool {
    match value.chars().next_back() {
        Some(last @ '가'..='힣') => !(last as u32 - '가' as u32).is_multiple_of(28),
        Some(last) => "013678lmnr".contains(last.to_ascii_lowercase()),
        None => false,
    }
}

fn read(text: &'static str) -> Table {
    text.lines().filter_map(|line| line.split_once(" = ")).collect()
}

/// A word of the widgets'.
pub fn of_widget(word: Word) -> &'static str {
    match word {
        Word::Retry => say!("button.retry"),
        Word::Dismiss => say!("button.dismiss"),
        Word::Messages => say!("widget.messages"),
        Word::Results => say!("widget.results"),
        Word::Name => say!("button.name"),
        Word::Close => say!("tab.close-key"),
    }
}

/// Speaks the language of a setting, once its words have come.
pub fn follow(desk: &Desk, locale: &str) {
    let locale = locale.to_owned();
    if WORDS.with(|words| words.borrow().locale == locale) {
        return;
    }
    desk.spawn(|desk| async move {
        let Some(text) = bridge::messages(&locale).await else { return };
        // Loaded once a language and page: it may stay for good.
        let table = read(Box::leak(text.into_boxed_str()));
        WORDS.with(|words| words.replace(Words { locale, table }));
        desk.tell::<Settings>(settings::Message::Translated);
    });
}

/// The language that is spoken; the shell is drawn anew for another one.
pub fn spoken() -> &'static str {
    say!("language")
}

/// The text of every source of the application, for tests that compare it with tables.
#[cfg(test)]
pub(crate) fn sources() -> Vec<String> {
    let mut found = Vec::new();
    gather(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs", &mut found);
    found
}

#[cfg(test)]
fn gather(folder: &std::path::Path, ending: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, ending, found);
        } else if path.extension().is_some_and(|is| is == ending) {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    const ENGLISH: &str = include_str!("messages/en.txt");
    const BRIDGE: &str = include_str!("messages/bridge.txt");
    const KOREAN: &str = include_str!("messages/ko.txt");

    fn names_in(text: &str) -> BTreeSet<&str> {
        let places = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        places.map(|place| place.split(':').next().unwrap_or_default()).collect()
    }

    /// The arguments that are shown; the others choose a form, which is each language's own affair.
    fn shown_in(text: &str) -> BTreeSet<&str> {
        let formed = |name: &&str| text.contains(&format!("{{{name}}}"));
        names_in(text).into_iter().filter(formed).collect()
    }

    /// The messages of the module, then those of the bridge.
    fn english() -> Table {
        [read(ENGLISH), read(BRIDGE)].concat()
    }

    #[test]
    fn every_language_has_every_message_with_its_arguments_in_the_same_place() {
        let english = english();
        let lines = ENGLISH.lines().chain(BRIDGE.lines()).filter(|line| !line.is_empty());
        assert_eq!(lines.count(), english.len(), "each line is a message");
        let names: BTreeSet<_> = english.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), english.len(), "each once");
        for text in [KOREAN] {
            let other = read(text);
            for ((name, text), (other, translated)) in english.iter().zip(&other) {
                assert_eq!(name, other, "the same order");
                assert_eq!(shown_in(text), shown_in(translated), "{name}");
                assert!(names_in(translated).is_subset(&names_in(text)), "{name}");
                assert!(!translated.trim().is_empty(), "{name}");
                // CodeMirror's own phrases have places of its kind.
                assert_eq!(text.matches('$').count(), translated.matches('$').count(), "{name}");
                // The bridge chooses no forms.
                assert!(
                    !name.starts_with("bridge.") || names_in(translated) == shown_in(translated),
                    "{name}"
                );
            }
            assert_eq!(english.len(), other.len());
        }
    }

    #[test]
    fn places_fit_the_table() {
        let english = read(ENGLISH);
        let check = |text: Text, name: &str| {
            assert_eq!(english[usize::from(text.place)], (name, text.english));
        };
        check(message!("language"), "language");
        check(message!("button.close"), "button.close");
        check(message!("part.run"), "part.run");
    }

    #[test]
    fn every_message_is_said_somewhere_with_its_arguments() {
        let sources = sources().concat();
        let mut said = 0;
        for (name, text) in read(ENGLISH) {
            // What agents say; descriptions are found by their setting.
            let of_agents = WORDS_OF_AGENTS.iter().any(|word| name.split('.').next() == Some(*word));
            if of_agents || ["error.", "setting.", "phrase."].iter().any(|group| name.starts_with(group)) {
                continue;
            }
            let quoted = format!("\"{name}\"");
            assert!(sources.contains(&quoted), "{name} is not said");
            let wanted: BTreeSet<_> = names_in(text).into_iter().map(ToOwned::to_owned).collect();
            for call in sources.split(&format!("say!({quoted}")).skip(1) {
                assert_eq!(given(call), wanted, "{name}");
                said += 1;
            }
        }
        assert!(said > 300, "{said}");
    }

    /// The names of the arguments that follow a message's name in its call.
    fn given(call: &str) -> BTreeSet<String> {
        let (mut names, mut depth, mut word) = (BTreeSet::new(), 0, String::new());
        let mut letters = call.chars().peekable();
        let mut before = ' ';
        while let Some(letter) = letters.next() {
            match letter {
                ')' if depth == 0 => break,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => word.clear(),
                '=' if depth == 0
                    && !"=!<>".contains(before)
                    && !matches!(letters.peek(), Some('=' | '>')) =>
                {
                    names.insert(std::mem::take(&mut word).trim().to_owned());
                }
                _ if depth == 0 => word.push(letter),
                _ => {}
            }
            before = letter;
        }
        names
    }

    #[test]
    fn the_bridge_says_what_its_table_has() {
        let sources = bridge_sources();
        let mut said = 0;
        for (name, _) in read(BRIDGE) {
            assert!(sources.contains(&format!("say(\"{name}\"")), "{name} is not said");
            said += 1;
        }
        assert!(said > 20, "{said}");
        let known: BTreeSet<_> = read(BRIDGE).into_iter().map(|(name, _)| name).collect();
        for name in sources.split("say(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(known.contains(name), "{name}");
        }
    }

    fn bridge_sources() -> String {
        let mut found = Vec::new();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../bridge/src");
        gather(&folder, "ts", &mut found);
        found.concat()
    }

    #[test]
    fn a_failed_call_speaks_the_persons_language_where_its_reason_is_known() {
        let error = |name: &str| CallError {
            reason: Some(Reason {
                name: name.into(),
                arguments: [("action", "save"), ("path", "a.txt")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                cause: None,
            }),
            ..CallError::new(protocol::ErrorCode::Full, "Cannot save 'a.txt': the disk is full.")
        };
        let said_error = |name| said_error(error(name)).message;
        assert_eq!(said_error("disk-full"), "Cannot save 'a.txt': the disk is full.");
        WORDS.with(|words| words.replace(Words { locale: "ko".into(), table: read(KOREAN) }));
        let korean = said_error("disk-full");
        assert!(korean.starts_with("'a.txt'") && korean.contains("저장"), "{korean}");
        assert_eq!(said_error("of-a-later-agent"), "Cannot save 'a.txt': the disk is full.");
        WORDS.with(RefCell::take);
    }

    #[test]
    fn what_an_agent_says_beside_a_reply_is_said_in_the_persons_language() {
        let told = || {
            json!({
                "runs": [{
                    "path": "build.rs", "what": "build script", "by": "x",
                    "reasons": {
                        "what": {"name": "runs-build-script", "arguments": []},
                        "by": {"name": "of-a-later-agent", "arguments": []},
                        "gone": {"name": "runs-build-script", "arguments": []},
                    },
                }],
                "reasons": "a member of a person's own",
            })
        };
        let mut tree = told();
        say_in(&mut tree);
        assert_eq!(tree, told(), "English is the agent's own");
        WORDS.with(|words| words.replace(Words { locale: "ko".into(), table: read(KOREAN) }));
        say_in(&mut tree);
        assert_eq!(tree["runs"][0]["what"], "빌드 스크립트");
        let rest = |mut tree: Value| {
            tree["runs"][0]["what"].take();
            tree
        };
        assert_eq!(rest(tree), rest(told()));
        WORDS.with(RefCell::take);
    }

    #[test]
    fn a_cause_and_the_agents_own_words_are_said_with_a_reason() {
        WORDS.with(|words| words.replace(Words { locale: "ko".into(), table: read(KOREAN) }));
        let cause = Reason::new("server-silent", &[]);
        let arguments: [(&str, &dyn Display); 3] =
            [("times", &5), ("minutes", &3), ("reason", &"it did not")];
        let reason = Reason { cause: Some(Box::new(cause)), ..Reason::new("server-ended-often", &arguments) };
        let said = said_reason(&reason).unwrap();
        assert!(said.contains("응답") && !said.contains("it did not"), "{said}");
        let records: [(&str, &dyn Display); 2] = [("action", &"write"), ("path", &"the workspace's records")];
        let said = said_reason(&Reason::new("disk-full", &records)).unwrap();
        assert!(said.starts_with("'작업 영역의 기록'"), "{said}");
        WORDS.with(RefCell::take);
    }

    #[test]
    fn arguments_take_their_place_and_choose_their_form() {
        let check = |text: &str, value: &str, first, expected: &str| {
            assert_eq!(fill(text, &[("n", &value)], first), expected);
        };
        check("{n} {n:file waits|files wait}.", "1", is_one, "1 file waits.");
        check("{n} {n:file waits|files wait}.", "2", is_one, "2 files wait.");
        check("{n}{n:을|를} 저장", "파일", ends_in_consonant, "파일을 저장");
        check("{n}{n:을|를} 저장", "폴더", ends_in_consonant, "폴더를 저장");
        check("{n}{n:이|가}", "2", ends_in_consonant, "2가");
        check("{n}{n:이|가}", "3", ends_in_consonant, "3이");
        check("no {other}!", "x", is_one, "no !");
        check("{n", "x", is_one, "x");
    }
}
