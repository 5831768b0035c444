//! Every text that a person reads, by name: English here, other languages when they are chosen.
//!
//! A table is a line a message, `name = text`. In a text, `{name}` is an argument, and `{name:one|other}` is the form
//! that an argument wants: in English the first for a count of 1, in Korean the first after a consonant.

use std::{cell::RefCell, collections::HashMap};

use yew::AttrValue;

use crate::{
    bridge,
    desk::Desk,
    state::settings::{self, Settings},
};

type Table = HashMap<&'static str, &'static str>;

const ENGLISH: &str = include_str!("messages/en.txt");

/// The language that was asked for, and its messages.
#[derive(Default)]
struct Words {
    locale: String,
    table: Table,
}

thread_local! {
    static ENGLISH_TABLE: Table = read(ENGLISH);
    static WORDS: RefCell<Words> = RefCell::default();
}

/// A message without arguments; its name, where there is none.
pub fn say(name: &'static str) -> &'static str {
    find(name).unwrap_or(name)
}

/// A message that may be none: of a name that is made at run time.
pub fn find(name: &str) -> Option<&'static str> {
    let chosen = WORDS.with(|words| words.borrow().table.get(name).copied());
    chosen.or_else(|| ENGLISH_TABLE.with(|table| table.get(name).copied()))
}

/// A message with its arguments.
pub fn say_with(name: &'static str, arguments: &[(&str, &dyn std::fmt::Display)]) -> AttrValue {
    fill(say(name), arguments, if spoken() == "ko" { ends_in_consonant } else { is_one }).into()
}

fn fill(text: &str, arguments: &[(&str, &dyn std::fmt::Display)], first: fn(&str) -> bool) -> String {
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
    say("language")
}

/// The text of every source of the application, for tests that compare it with tables.
#[cfg(test)]
pub(crate) fn sources() -> Vec<String> {
    fn gather(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    gather(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const KOREAN: &str = include_str!("messages/ko.txt");

    fn names_in(text: &str) -> BTreeSet<&str> {
        let places = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        places.map(|place| place.split(':').next().unwrap_or_default()).collect()
    }

    #[test]
    fn every_language_has_every_message_with_its_arguments() {
        let english = read(ENGLISH);
        assert_eq!(english.len(), ENGLISH.lines().filter(|line| line.contains(" = ")).count(), "each once");
        for text in [KOREAN] {
            let other = read(text);
            for (name, text) in &english {
                let translated = other.get(name).unwrap_or_else(|| panic!("{name} is missing"));
                assert_eq!(names_in(text), names_in(translated), "{name}");
            }
            let known = |name: &&&str| english.contains_key(**name);
            assert_eq!(other.keys().find(|name| !known(name)), None);
        }
    }

    #[test]
    fn every_message_that_is_said_there_is() {
        let english = read(ENGLISH);
        let mut said = 0;
        for source in sources() {
            for before in ["say(\"", "say_with(\""] {
                for name in source.split(before).skip(1).filter_map(|rest| rest.split('"').next()) {
                    if name.contains('.') {
                        assert!(english.contains_key(name), "{name}");
                        said += 1;
                    }
                }
            }
        }
        assert!(said > 10);
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
