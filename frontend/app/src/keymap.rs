//! Which keys run which command, wherever the focus is. Panels have keys of their own besides.

/// A pressed key.
#[allow(clippy::struct_excessive_bools, reason = "each is a modifier that is down or not")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
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
    let key = press.key.to_lowercase();
    let everywhere = match (key.as_str(), press.control, press.shift, press.alt) {
        ("f1", false, false, false) | ("p", true, true, false) => Some("palette.commands"),
        ("`", true, false, false) => Some("terminal.toggle"),
        ("~" | "`", true, true, false) => Some("terminal.new"),
        ("f6", false, false, false) => Some("focus.next"),
        ("f6", false, true, false) => Some("focus.previous"),
        ("m", true, true, false) => Some("problems.show"),
        ("e", true, true, false) => Some("files.show"),
        _ => None,
    };
    let outside = match (key.as_str(), press.control, press.shift, press.alt) {
        ("p", true, false, false) => Some("palette.files"),
        ("s", true, false, false) => Some("file.save"),
        ("s", true, false, true) => Some("file.save-all"),
        ("b", true, false, false) => Some("side.toggle"),
        ("j", true, false, false) => Some("panel.toggle"),
        ("g", true, false, false) => Some("palette.line"),
        ("o", true, true, false) => Some("palette.symbols"),
        ("pagedown", true, false, false) => Some("tab.next"),
        ("pageup", true, false, false) => Some("tab.previous"),
        ("w", false, false, true) => Some("tab.close"),
        ("f5", true, false, false) => Some("function.invoke"),
        _ => None,
    };
    everywhere.or(outside.filter(|_| !press.in_terminal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &str, in_terminal: bool, expected: Option<&str>) {
        let has = |modifier: &str| keys.split('+').any(|key| key == modifier);
        let press = Press {
            key: keys.rsplit('+').next().unwrap_or_default(),
            control: has("Ctrl"),
            shift: has("Shift"),
            alt: has("Alt"),
            in_terminal,
        };
        assert_eq!(command_of(press), expected, "{keys}");
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
}
