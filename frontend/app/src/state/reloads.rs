//! What is said of functions that got their code anew.

use protocol::function::Reload;

use crate::{messages::say, state::notices::Message};

/// What is said of a reload. A failure is over with the next one that goes well.
pub fn said(reload: &Reload) -> Vec<Message> {
    let name = reload.logical_id.as_str();
    let cause = say!("function.not-reloaded", name = name);
    if let Some(reason) = &reload.failure {
        let text = say!("link.failed", what = cause, reason = reason);
        return vec![Message::Failed(cause, text)];
    }
    let mut files: Vec<String> = reload.files.iter().map(ToString::to_string).collect();
    if reload.more > 0 {
        files.push(format!("+{}", reload.more));
    }
    let files = files.join(", ");
    let text = say!("function.reloaded", name = name, files = files, millis = reload.millis);
    vec![Message::Mended(cause), Message::good(text)]
}

#[cfg(test)]
mod tests {
    use protocol::{Reasons, WorkspacePath};

    use super::*;

    fn reload(failure: Option<&str>) -> Reload {
        let path = |path: &str| WorkspacePath::parse(path).unwrap();
        Reload {
            template: path("template.yaml"),
            logical_id: "Greet".into(),
            name: "app-Greet-1".into(),
            files: vec![path("code/a.py"), path("code/b.py")],
            more: 3,
            millis: 120,
            failure: failure.map(str::to_owned),
            reasons: Reasons::default(),
        }
    }

    #[test]
    fn what_was_reloaded_is_said_and_why_not() {
        let [Message::Mended(over), Message::Say(_, text)] = &said(&reload(None))[..] else { panic!() };
        assert_eq!(text, "Greet has the saved code: code/a.py, code/b.py, +3 (120 ms)");
        let [Message::Failed(cause, text)] = &said(&reload(Some("no room")))[..] else { panic!() };
        assert_eq!((cause, text.contains("no room")), (over, true), "{text}");
    }
}
