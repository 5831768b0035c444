//! Which keys run which command, wherever the focus is: read from the one table of [`crate::commands`]. Panels have keys of
//! their own besides.

use crate::commands::{self, IN_TERMINALS};

/// Keys that run a command besides those that are shown with it.
const FURTHER: [(&str, &str); 1] = [("F1", "palette.commands")];

/// A pressed key.
#[allow(clippy::struct_excessive_bools, reason = "each is a modifier that is down or not")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// `KeyboardEvent.code`.
    pub code: &'a str,
    /// Ctrl, or Cmd on a Mac.
    pub control: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// Whether a terminal has the focus: then plain control keys are its program's.
    pub in_terminal: bool,
}

/// The command that a key runs.
pub fn command_of(press: Press<'_>) -> Option<&'static str> {
    let shown = commands::all().map(|command| (command.keys, command.id));
    let mut fitting = FURTHER.into_iter().chain(shown).filter(|(keys, _)| fits(keys, press));
    fitting.find(|(_, id)| !press.in_terminal || IN_TERMINALS.contains(id)).map(|(_, id)| id)
}

/// Whether a key is the one that is written `Ctrl+Shift+P`.
fn fits(keys: &str, press: Press<'_>) -> bool {
    let (modifiers, wanted) = keys.rsplit_once('+').unwrap_or(("", keys));
    let has = |modifier: &str| modifiers.split('+').any(|word| word == modifier);
    !wanted.is_empty()
        && (has("Ctrl"), has("Shift"), has("Alt")) == (press.control, press.shift, press.alt)
        && is_key(wanted, press)
}

/// Whether a key is meant: by what it writes; where that is no Latin letter (another script, a dead key, another sign with
/// Shift), by its place on the keyboard.
fn is_key(wanted: &str, press: Press<'_>) -> bool {
    let writes_latin = press.key.len() == 1 && press.key.chars().all(|c| c.is_ascii_alphabetic());
    press.key.eq_ignore_ascii_case(wanted)
        || (!writes_latin && written_by(press.code).eq_ignore_ascii_case(wanted))
}

/// What the key at a place writes on the keyboard that the places are named after.
fn written_by(code: &str) -> &str {
    match code {
        "Backquote" => "`",
        "Backslash" => "\\",
        code => code.strip_prefix("Key").or_else(|| code.strip_prefix("Digit")).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press<'a>(keys: &'a str, code: &'a str) -> Press<'a> {
        let has = |modifier: &str| keys.split('+').any(|key| key == modifier);
        Press {
            key: keys.rsplit('+').next().unwrap_or_default(),
            code,
            control: has("Ctrl"),
            shift: has("Shift"),
            alt: has("Alt"),
            in_terminal: false,
        }
    }

    fn check(keys: &str, in_terminal: bool, expected: Option<&str>) {
        assert_eq!(command_of(Press { in_terminal, ..press(keys, "") }), expected, "{keys}");
    }

    #[test]
    fn the_usual_keys_work() {
        check("Ctrl+p", false, Some("palette.files"));
        check("Ctrl+Shift+P", false, Some("palette.commands"));
        check("F1", false, Some("palette.commands"));
        check("Ctrl+s", false, Some("file.save"));
        check("Ctrl+b", false, Some("side.toggle"));
        check("Shift+F6", false, Some("focus.previous"));
        check("p", false, None);
        check("", false, None);
    }

    #[test]
    fn a_terminal_keeps_its_control_keys() {
        for keys in ["Ctrl+p", "Ctrl+s", "Ctrl+b", "Ctrl+g", "Ctrl+w", "Ctrl+c"] {
            check(keys, true, None);
        }
        check("F1", true, Some("palette.commands"));
        check("Ctrl+`", true, Some("terminal.toggle"));
        check("F6", true, Some("focus.next"));
    }

    #[test]
    fn keys_are_found_by_their_place_where_the_layout_writes_no_latin_letter() {
        let check =
            |keys, code, expected| assert_eq!(command_of(press(keys, code)), expected, "{keys} {code}");
        check("Ctrl+з", "KeyP", Some("palette.files"));
        check("Ctrl+Shift+З", "KeyP", Some("palette.commands"));
        check("Ctrl+ы", "KeyS", Some("file.save"));
        check("Ctrl+σ", "KeyS", Some("file.save"));
        check("Alt+∑", "KeyW", Some("tab.close"));
        check("Ctrl+ё", "Backquote", Some("terminal.toggle"));
        check("Ctrl+Dead", "Backquote", Some("terminal.toggle"));
        check("Ctrl+Shift+~", "Backquote", Some("terminal.new"));
        // Dvorak writes an r where others have an o, and a p where they have an r.
        check("Ctrl+p", "KeyR", Some("palette.files"));
        check("Ctrl+r", "KeyP", None);
    }
}
