//! How terminals are named and what is said of those that ended.

use std::rc::Rc;

use protocol::terminal::{Exit, Terminal};
use widgets::Tab;

use crate::{messages::say, text::shown_name};

/// The tabs of terminals.
pub fn tabs(terminals: &[Terminal], front: Option<&str>) -> Rc<Vec<Tab>> {
    let shown = terminals.iter().map(|terminal| Tab {
        key: terminal.id.0.clone().into(),
        label: title(terminal).into(),
        detail: terminal.exit.as_ref().map(exit_badge).unwrap_or_default().into(),
        title: terminal.exit.as_ref().map_or_else(|| tip(terminal), exit_sentence).into(),
        icon: if terminal.exit.is_some() { "square-x".into() } else { "square-terminal".into() },
        class: if terminal.exit.is_some() { "tint-muted" } else { "" },
        dirty: false,
        closable: true,
        controls: (front == Some(terminal.id.0.as_str())).then(|| panel_id(&terminal.id.0).into()),
    });
    Rc::new(shown.collect())
}

/// The id of a terminal's panel in the page.
pub fn panel_id(id: &str) -> String {
    format!("terminal-{id}")
}

/// A terminal's name.
pub fn name(terminal: &Terminal) -> String {
    if terminal.name.is_empty() { say!("terminal.shell").to_owned() } else { shown_name(&terminal.name) }
}

/// What is going on in a terminal: its tab's label.
pub fn title(terminal: &Terminal) -> String {
    if terminal.title.is_empty() { name(terminal) } else { shown_name(&terminal.title) }
}

/// All that a tab may have no room for.
fn tip(terminal: &Terminal) -> String {
    let (name, title) = (name(terminal), title(terminal));
    match &terminal.running {
        Some(program) if title == name || title == shown_name(program) => {
            say!("terminal.runs", name = name, program = shown_name(program)).to_string()
        }
        _ if title == name => name,
        _ => format!("{name}: {title}"),
    }
}

fn exit_badge(exit: &Exit) -> String {
    match exit {
        Exit::Code(code) => say!("terminal.exit", code = code).to_string(),
        Exit::Signal(signal) => signal.clone(),
        Exit::Lost => say!("terminal.lost").to_owned(),
    }
}

/// How a terminal's program ended, in a sentence.
pub fn exit_sentence(exit: &Exit) -> String {
    match exit {
        Exit::Code(0) => say!("terminal.ended").to_owned(),
        Exit::Code(code) => say!("terminal.ended-code", code = code).to_string(),
        Exit::Signal(signal) => say!("terminal.ended-signal", signal = signal).to_string(),
        Exit::Lost => say!("terminal.ended-agent").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::terminal::{Size, TerminalId};

    use super::*;

    fn terminal(title: &str, running: Option<&str>, exit: Option<Exit>) -> Terminal {
        let size = Size { columns: 80, rows: 24 };
        let running = running.map(str::to_owned);
        let (id, name, title) = (TerminalId("7".into()), "bash".into(), title.into());
        Terminal { id, opened_by: None, name, title, running, size, exit }
    }

    fn check(exit: Option<Exit>, detail: &str, icon: &str) {
        let tabs = tabs(&[terminal("ba\u{1b}sh", None, exit)], Some("7"));
        assert_eq!((tabs[0].detail.as_str(), tabs[0].icon.as_str()), (detail, icon));
        assert_eq!(tabs[0].label, "ba\\u{1b}sh");
        assert_eq!(tabs[0].controls.as_deref(), Some("terminal-7"));
    }

    #[test]
    fn a_tab_says_what_runs() {
        let top = tabs(&[terminal("top", Some("top"), None)], None);
        assert_eq!((top[0].label.as_str(), top[0].title.as_str()), ("top", "bash: top runs"));
        let long = tabs(&[terminal("Reading the manual of everything", Some("less"), None)], None);
        assert_eq!(long[0].title, "bash: Reading the manual of everything");
    }

    #[test]
    fn ends_are_shown() {
        check(None, "", "square-terminal");
        check(Some(Exit::Code(1)), "exit 1", "square-x");
        check(Some(Exit::Signal("SIGKILL".into())), "SIGKILL", "square-x");
        check(Some(Exit::Lost), "lost", "square-x");
    }
}
