//! Which settings are shown, and what they are called.

use protocol::settings::{Kind, Layer, SETTINGS, Setting};
use serde_json::Value;
use widgets::lowercase;

use crate::{messages::say, state::settings::schema::description};

/// A setting's name in words, `Terminal › Integrated: Font Size`.
pub fn title(id: &str) -> String {
    let mut parts = id.split('.').map(words);
    let last = parts.next_back().unwrap_or_default();
    let above: Vec<_> = parts.collect();
    if above.is_empty() { last } else { format!("{}: {last}", above.join(" › ")) }
}

/// `fontSize` in words.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if words.is_empty() {
            words.push(letter.to_ascii_uppercase());
        } else if letter.is_ascii_uppercase() {
            words.extend([' ', letter]);
        } else {
            words.push(letter);
        }
    }
    words
}

/// The group that a setting is shown in.
pub fn group(id: &str) -> &'static str {
    match id.split_once('.').map(|(group, _)| group) {
        Some("editor") => say!("settings.group.editor"),
        Some("files") => say!("settings.group.files"),
        Some("terminal") => say!("settings.group.terminal"),
        Some("cloud") => say!("settings.group.cloud"),
        _ => say!("settings.group.workbench"),
    }
}

/// The settings that a layer may state and that fit what is looked for: every word somewhere.
pub fn fitting(layer: Layer, query: &str) -> Vec<&'static Setting> {
    let query = lowercase(query);
    let fits = |setting: &&Setting| {
        let text = lowercase(&format!("{} {} {}", setting.id, title(setting.id), description(setting.id)));
        setting.may_be_in(layer) && query.split_whitespace().all(|word| text.contains(word))
    };
    SETTINGS.iter().filter(fits).collect()
}

/// What was written for a number, where it may be that.
pub fn number(kind: Kind, text: &str) -> Option<Value> {
    let Kind::Number(_, least, most) = kind else { return None };
    text.trim().parse::<u32>().ok().map(|number| number.clamp(least, most).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_words() {
        let check = |id, expected: &str| assert_eq!(title(id), expected);
        check("editor.fontSize", "Editor: Font Size");
        check(
            "terminal.integrated.sendKeybindingsToShell",
            "Terminal › Integrated: Send Keybindings To Shell",
        );
        check("locale", "Locale");
    }

    #[test]
    fn every_setting_is_described_and_in_a_group() {
        for setting in SETTINGS {
            assert!(!description(setting.id).is_empty() && !group(setting.id).is_empty(), "{}", setting.id);
        }
    }

    #[test]
    fn settings_are_found_by_any_of_their_words() {
        let check = |layer, query, expected: &[&str]| {
            let found: Vec<_> = fitting(layer, query).iter().map(|setting| setting.id).collect();
            assert_eq!(found, expected, "{query}");
        };
        check(Layer::User, "WORD wrap", &["editor.wordWrap"]);
        check(Layer::User, "permissions", &[]);
        check(Layer::Workspace, "permissions", &["cloud.permissions"]);
        check(Layer::Workspace, "keybindings shell", &[]);
        assert_eq!(fitting(Layer::User, "").len() + 3, SETTINGS.len());
    }

    #[test]
    fn numbers_stay_within_their_limits() {
        let kind = Kind::Number(4, 1, 16);
        assert_eq!(number(kind, " 8 "), Some(8.into()));
        assert_eq!(number(kind, "99"), Some(16.into()));
        assert_eq!(number(kind, "x"), None);
        assert_eq!(number(kind, ""), None);
    }
}
