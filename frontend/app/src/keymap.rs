//! Which keys run which command, wherever the focus is: the table of [`crate::commands`], and over it the person's own
//! keybindings. Keys are texts such as `ctrl+k ctrl+s`; a later rule wins over an earlier one.

use std::{cell::RefCell, rc::Rc};

use serde_json::Value;
use widgets::{lowercase, uppercase};

use crate::{
    commands,
    messages::{Text, message},
};

pub mod when;

/// Rules of one person at most.
pub const MAX_RULES: usize = 1000;

/// A pressed key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// `KeyboardEvent.code`.
    pub code: &'a str,
    /// Whether Ctrl (or Cmd on a Mac), Shift and Alt are down.
    pub modifiers: [bool; 3],
}

impl Press<'_> {
    /// The key as rules name it: by what it writes; then, where that is no Latin letter (another script, a dead key,
    /// another sign with Shift), by its place on the keyboard; then as a sign that this keyboard writes with Shift.
    pub fn names(self) -> [String; 3] {
        let written = lowercase(self.key);
        let written = written.strip_prefix("arrow").unwrap_or(&written);
        let one = |is: fn(char) -> bool| self.key.chars().all(is) && self.key.chars().count() == 1;
        let place = if one(|c| c.is_ascii_alphabetic()) { "" } else { written_by(self.code) };
        let [control, _, alt] = self.modifiers;
        let plain = Self { modifiers: [control, false, alt], ..self };
        [
            self.with(if written == " " { "space" } else { written }),
            self.with(&place.to_ascii_lowercase()),
            plain.with(if self.modifiers[1] && one(|c| c.is_ascii_punctuation()) { written } else { "" }),
        ]
    }

    fn with(self, key: &str) -> String {
        if key.is_empty() {
            return String::new();
        }
        let mut name = String::new();
        for (modifier, down) in MODIFIERS.into_iter().zip(self.modifiers) {
            if down {
                name.push_str(modifier);
                name.push('+');
            }
        }
        name + key
    }

    /// Whether it is a modifier alone.
    pub fn is_modifier(self) -> bool {
        ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"].contains(&self.key)
    }
}

/// In the order in which they are written.
const MODIFIERS: [&str; 3] = ["ctrl", "shift", "alt"];

/// What the key at a place writes on the keyboard that the places are named after.
fn written_by(code: &str) -> &str {
    const SIGNS: [(&str, &str); 11] = [
        ("Backquote", "`"),
        ("Minus", "-"),
        ("Equal", "="),
        ("BracketLeft", "["),
        ("BracketRight", "]"),
        ("Backslash", "\\"),
        ("Semicolon", ";"),
        ("Quote", "'"),
        ("Comma", ","),
        ("Period", "."),
        ("Slash", "/"),
    ];
    let sign = SIGNS.iter().find(|(place, _)| *place == code).map(|(_, sign)| *sign);
    let letter = || code.strip_prefix("Key").or_else(|| code.strip_prefix("Digit"));
    sign.or_else(letter).unwrap_or_default()
}

/// Keys as rules hold them, from how people write them; none where they are no keys: at most two strokes, each of
/// modifiers and one key.
pub fn normal(keys: &str) -> Option<String> {
    let strokes: Option<Vec<String>> = keys.split_whitespace().map(stroke).collect();
    strokes.filter(|strokes| matches!(strokes.len(), 1 | 2)).map(|strokes| strokes.join(" "))
}

fn stroke(text: &str) -> Option<String> {
    let text = lowercase(text);
    // The plus itself is a key too.
    let (held, key) = match text.strip_suffix("++") {
        Some(held) => (held, "+"),
        None => text.rsplit_once('+').filter(|_| text != "+").unwrap_or(("", text.as_str())),
    };
    let mut modifiers = [false; 3];
    for word in held.split('+').filter(|word| !word.is_empty()) {
        let word = if ["cmd", "meta", "win", "mod", "control"].contains(&word) { "ctrl" } else { word };
        let place = MODIFIERS.iter().position(|modifier| *modifier == word)?;
        *modifiers.get_mut(place)? = true;
    }
    let key = match key {
        "del" => "delete",
        "esc" => "escape",
        "return" => "enter",
        key => key.strip_prefix("arrow").unwrap_or(key),
    };
    let press = Press { key, code: "", modifiers };
    (!key.is_empty() && !MODIFIERS.contains(&key)).then(|| press.with(key))
}

/// Keys as people read them: `Ctrl+K Ctrl+S`.
pub fn shown(keys: &str) -> String {
    let (mut text, mut begins) = (String::new(), true);
    for letter in keys.replace("page", "page\0").chars() {
        match letter {
            '\0' => {}
            letter if begins => text.push_str(&uppercase(letter.encode_utf8(&mut [0; 4]))),
            letter => text.push(letter),
        }
        begins = matches!(letter, '+' | ' ' | '\0');
    }
    text
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its keys.
    pub keys: String,
    /// What they run.
    pub command: String,
    /// When they do; see [`when`].
    pub when: String,
    /// Whether it is the person's own.
    pub own: bool,
}

/// All rules in force, and what of the person's own is none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    /// The rules; later ones win.
    pub rules: Vec<Rule>,
    /// What cannot be read of the person's own, by its place in their list.
    pub faults: Vec<(usize, Text)>,
}

impl Keymap {
    /// The table's rules under a person's own: a list of `{key, command, when}`, where `-command` takes away.
    pub fn new(own: &[Value]) -> Self {
        let mut keymap = Self::default();
        for command in commands::all() {
            for keys in command.keys.split('|').filter(|keys| !keys.is_empty()) {
                let (keys, when) = (keys.to_ascii_lowercase(), command.when.to_owned());
                keymap.rules.push(Rule { keys, command: command.id.to_owned(), when, own: false });
            }
        }
        for (place, rule) in own.iter().take(MAX_RULES).enumerate() {
            if let Err(fault) = keymap.add(rule) {
                keymap.faults.push((place, fault));
            }
        }
        keymap
    }

    fn add(&mut self, rule: &Value) -> Result<(), Text> {
        let text = |member: &str| rule.get(member).and_then(Value::as_str).unwrap_or_default();
        let (command, when) = (text("command"), text("when"));
        let keys = normal(text("key"));
        let (takes, id) = command.strip_prefix('-').map_or((false, command), |id| (true, id));
        if commands::find(id).is_none() {
            return Err(message!("keys.fault.command"));
        }
        if takes {
            let all = text("key").is_empty();
            self.rules.retain(|rule| rule.command != id || !(all || Some(&rule.keys) == keys.as_ref()));
            return Ok(());
        }
        let keys = keys.ok_or(message!("keys.fault.key"))?;
        when::holds(when, &|_| true).ok_or(message!("keys.fault.when"))?;
        self.rules.push(Rule { keys, command: command.to_owned(), when: when.to_owned(), own: true });
        Ok(())
    }

    /// The rules that keys meet, the one that wins first: those of just these keys, and those of a chord that begins so.
    pub fn fitting<'a>(&'a self, keys: &'a str) -> impl Iterator<Item = &'a Rule> {
        let begins =
            move |rule: &Rule| rule.keys.strip_prefix(keys).is_some_and(|rest| rest.starts_with(' '));
        self.rules.iter().rev().filter(move |rule| rule.keys == keys || begins(rule))
    }

    /// The keys of a command, as people read them: the newest of the person's own, else the first of the table's.
    pub fn keys(&self, command: &str) -> Option<String> {
        let of = |rule: &&Rule| rule.command == command;
        let own = self.rules.iter().rev().find(|rule| of(rule) && rule.own);
        own.or_else(|| self.rules.iter().find(of)).map(|rule| shown(&rule.keys))
    }
}

thread_local! {
    static IN_FORCE: RefCell<Rc<Keymap>> = RefCell::new(Rc::new(Keymap::new(&[])));
}

/// The keymap in force.
pub fn in_force() -> Rc<Keymap> {
    IN_FORCE.with(|keymap| Rc::clone(&keymap.borrow()))
}

/// Puts a person's keybindings in force.
pub fn put_in_force(own: &Value) {
    let own = own.as_array().map(Vec::as_slice).unwrap_or_default();
    IN_FORCE.with(|keymap| keymap.replace(Rc::new(Keymap::new(own))));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn press<'a>(keys: &'a str, code: &'a str) -> Press<'a> {
        let has = |modifier: &str| keys.split('+').any(|key| key == modifier);
        let key = keys.rsplit('+').next().unwrap_or_default();
        Press { key, code, modifiers: [has("Ctrl"), has("Shift"), has("Alt")] }
    }

    /// What a key runs where these names are the case.
    fn run(keymap: &Keymap, press: Press<'_>, case: &[&str]) -> Option<String> {
        press.names().iter().filter(|name| !name.is_empty()).find_map(|name| {
            let mut fitting = keymap.fitting(name);
            let rule =
                fitting.find(|rule| when::holds(&rule.when, &|name| case.contains(&name)) == Some(true))?;
            Some(if rule.keys == *name { rule.command.clone() } else { "…".into() })
        })
    }

    fn check(keys: &str, case: &[&str], expected: Option<&str>) {
        let found = run(&Keymap::new(&[]), press(keys, ""), case);
        assert_eq!(found.as_deref(), expected, "{keys}");
    }

    #[test]
    fn the_usual_keys_work() {
        check("Ctrl+p", &[], Some("workbench.action.quickOpen"));
        check("Ctrl+Shift+P", &[], Some("workbench.action.showCommands"));
        check("F1", &[], Some("workbench.action.showCommands"));
        check("Ctrl+s", &[], Some("workbench.action.files.save"));
        check("Ctrl+b", &[], Some("workbench.action.toggleSidebarVisibility"));
        check("Shift+F6", &[], Some("workbench.action.focusPreviousPart"));
        check("Ctrl+k", &[], Some("…"));
        check("Alt+ArrowUp", &["editorTextFocus"], Some("editor.action.moveLinesUpAction"));
        check("Alt+ArrowUp", &[], None);
        check("F2", &["editorTextFocus"], Some("editor.action.rename"));
        check("F2", &["treeFocus"], Some("renameFile"));
        check("p", &[], None);
        check("", &[], None);
    }

    #[test]
    fn a_terminal_keeps_its_control_keys() {
        for keys in ["Ctrl+p", "Ctrl+s", "Ctrl+b", "Ctrl+g", "Ctrl+w", "Ctrl+c", "Ctrl+k", "Ctrl+j"] {
            check(keys, &["terminalFocus", "terminalKeys"], None);
        }
        check("F1", &["terminalFocus", "terminalKeys"], Some("workbench.action.showCommands"));
        check("Ctrl+`", &["terminalFocus", "terminalKeys"], Some("workbench.action.terminal.toggleTerminal"));
        check("F6", &["terminalFocus", "terminalKeys"], Some("workbench.action.focusNextPart"));
        check("Ctrl+p", &["terminalFocus"], Some("workbench.action.quickOpen"));
    }

    #[test]
    fn keys_are_found_by_their_place_where_the_layout_writes_no_latin_letter() {
        let keymap = Keymap::new(&[]);
        let check = |keys, code, expected| {
            let found = run(&keymap, press(keys, code), &["editorTextFocus"]);
            assert_eq!(found.as_deref(), expected, "{keys} {code}");
        };
        check("Ctrl+з", "KeyP", Some("workbench.action.quickOpen"));
        check("Ctrl+Shift+З", "KeyP", Some("workbench.action.showCommands"));
        check("Ctrl+ы", "KeyS", Some("workbench.action.files.save"));
        check("Ctrl+σ", "KeyS", Some("workbench.action.files.save"));
        check("Alt+∑", "KeyW", Some("workbench.action.closeActiveEditor"));
        check("Ctrl+ё", "Backquote", Some("workbench.action.terminal.toggleTerminal"));
        check("Ctrl+Dead", "Backquote", Some("workbench.action.terminal.toggleTerminal"));
        check("Ctrl+Shift+~", "Backquote", Some("workbench.action.terminal.new"));
        check("Ctrl+в", "KeyD", Some("editor.action.addSelectionToNextFindMatch"));
        check("Ctrl+Shift+{", "BracketLeft", Some("editor.fold"));
        check("Ctrl+х", "BracketLeft", Some("editor.action.outdentLines"));
        // A German keyboard writes a slash with Shift and 7; its key at the slash's place writes a minus.
        check("Ctrl+Shift+/", "Digit7", Some("editor.action.commentLine"));
        check("Ctrl+-", "Slash", Some("editor.action.commentLine"));
        // Dvorak writes an r where others have an o, and a p where they have an r.
        check("Ctrl+p", "KeyR", Some("workbench.action.quickOpen"));
        check("Ctrl+r", "KeyP", None);
    }

    #[test]
    fn a_persons_own_rules_win_and_take_away() {
        let keymap = Keymap::new(&[
            json!({"key": "cmd+alt+p", "command": "workbench.action.quickOpen"}),
            json!({"command": "-workbench.action.files.save"}),
            json!({"key": "ctrl+p", "command": "editor.action.commentLine", "when": "editorTextFocus"}),
            json!({"key": "f1", "command": "-workbench.action.showCommands"}),
            json!({"key": "Ctrl+M Ctrl+ArrowUp", "command": "deploy.start"}),
        ]);
        let check = |keys, case: &[&str], expected| {
            assert_eq!(run(&keymap, press(keys, ""), case).as_deref(), expected, "{keys}");
        };
        check("Ctrl+Alt+p", &[], Some("workbench.action.quickOpen"));
        check("Ctrl+p", &[], Some("workbench.action.quickOpen"));
        check("Ctrl+p", &["editorTextFocus"], Some("editor.action.commentLine"));
        check("Ctrl+s", &[], None);
        check("F1", &[], None);
        check("Ctrl+Shift+P", &[], Some("workbench.action.showCommands"));
        check("Ctrl+m", &[], Some("…"));
        assert_eq!(keymap.fitting("ctrl+m ctrl+up").next().unwrap().command, "deploy.start");
        let keys = |id| keymap.keys(id);
        assert_eq!(keys("workbench.action.quickOpen").as_deref(), Some("Ctrl+Alt+P"));
        assert_eq!(keys("deploy.start").as_deref(), Some("Ctrl+M Ctrl+Up"));
        assert_eq!(keys("workbench.action.files.save"), None);
        assert!(keymap.faults.is_empty());
    }

    #[test]
    fn what_is_no_rule_is_said() {
        let check = |rule: Value, fault: Text| {
            let keymap = Keymap::new(&[json!({"command": "-undo"}), rule]);
            assert_eq!(keymap.faults, [(1, fault)]);
        };
        check(json!({"key": "ctrl+x", "command": "format.disk"}), message!("keys.fault.command"));
        check(json!({"key": "hyper+x", "command": "undo"}), message!("keys.fault.key"));
        check(json!({"key": "a b c", "command": "undo"}), message!("keys.fault.key"));
        check(json!({"command": "undo"}), message!("keys.fault.key"));
        check(json!({"key": "ctrl+x", "command": "undo", "when": "a b"}), message!("keys.fault.when"));
        check(json!(7), message!("keys.fault.command"));
    }

    #[test]
    fn keys_read_as_people_write_them() {
        let check = |keys: &str, expected: Option<&str>| {
            assert_eq!(normal(keys).as_deref().map(shown).as_deref(), expected, "{keys}");
        };
        check("ctrl+k ctrl+s", Some("Ctrl+K Ctrl+S"));
        check("Alt+Shift+Ctrl+pagedown", Some("Ctrl+Shift+Alt+PageDown"));
        check("shift+ctrl+=", Some("Ctrl+Shift+="));
        check("ctrl++", Some("Ctrl++"));
        check("+", Some("+"));
        check("esc", Some("Escape"));
        check("ctrl+", None);
        check("ctrl", None);
        check("", None);
    }
}
