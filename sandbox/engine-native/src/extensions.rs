//! Extensions: who is registered, for which events, and who is at what. Pure. Not here: how they are started, and the wire.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::state::Refusal;

// AWS: "Extensions … You can register up to 10 extensions for a function."
const MOST: usize = 10;

/// What an extension may be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Kind {
    /// An event for the function.
    Invoke,
    /// The end.
    Shutdown,
}

/// One that is registered.
#[derive(Debug)]
struct Extension {
    name: String,
    kinds: Vec<Kind>,
    /// It has asked for the next event and not been told one.
    waits: bool,
    /// What it is to be told next.
    due: Option<Kind>,
    /// It has been told of the shutdown, or has left.
    is_over: bool,
}

/// All of an environment. By their identifiers.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    /// Names of those that were started and have not registered.
    expected: Vec<String>,
    all: BTreeMap<String, Extension>,
    /// None may register any more.
    is_closed: bool,
}

impl Extensions {
    /// Programs that were started as extensions.
    pub(crate) fn expect(&mut self, names: impl IntoIterator<Item = String>) {
        self.expected.extend(names);
    }

    /// The init phase is over.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One registers under its file's name, or within the runtime's process under any other.
    pub(crate) fn register(&mut self, id: &str, name: &str, kinds: Vec<Kind>) -> Result<(), Refusal> {
        let forbidden =
            |error_type, message: &str| Err(Refusal::new(StatusCode::FORBIDDEN, error_type, message));
        if self.is_closed {
            return forbidden("Extension.RegistrationClosed", "Registration closed already");
        }
        if self.all.values().any(|extension| extension.name == name) {
            return forbidden("Extension.AlreadyRegistered", "Extension with this name already registered");
        }
        if self.all.len() >= MOST {
            return forbidden("Extension.TooManyExtensions", "Extensions limit (10) reached");
        }
        let is_internal = !self.expected.iter().any(|expected| expected == name);
        // AWS: "SHUTDOWN event not supported for internal extensions".
        if is_internal && kinds.contains(&Kind::Shutdown) {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "Extension.InvalidEventType",
                "SHUTDOWN: event not supported for internal extensions",
            ));
        }
        self.expected.retain(|expected| expected != name);
        let extension = Extension { name: name.to_owned(), kinds, waits: false, due: None, is_over: false };
        self.all.insert(id.to_owned(), extension);
        Ok(())
    }

    /// One asks for its next event.
    pub(crate) fn next(&mut self, id: &str) -> Result<(), Refusal> {
        let extension = self.known(id)?;
        extension.waits = extension.due.is_none();
        Ok(())
    }

    /// What one that asks is told now, if there is something.
    pub(crate) fn take(&mut self, id: &str) -> Option<Kind> {
        let extension = self.all.get_mut(id)?;
        let due = extension.due.take()?;
        extension.waits = false;
        extension.is_over |= due == Kind::Shutdown;
        Some(due)
    }

    /// One that wants to hear more; in the init phase alone. Its name.
    pub(crate) fn subscribes(&mut self, id: &str) -> Result<String, Refusal> {
        if self.is_closed {
            let message = "Telemetry API subscription is closed already";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "Telemetry.SubscriptionClosed", message));
        }
        Ok(self.known(id)?.name.clone())
    }

    /// One leaves by itself, with an error.
    pub(crate) fn leave(&mut self, id: &str) -> Result<String, Refusal> {
        let extension = self.known(id)?;
        extension.is_over = true;
        Ok(extension.name.clone())
    }

    /// All that want to know are to be told.
    pub(crate) fn announce(&mut self, kind: Kind) {
        for extension in self.all.values_mut().filter(|one| !one.is_over && one.kinds.contains(&kind)) {
            extension.due = Some(kind);
            extension.waits = false;
        }
    }

    /// Whether all that were started have registered, and all that are registered wait for an event.
    pub(crate) fn are_ready(&self) -> bool {
        self.expected.is_empty() && self.all.values().all(|one| one.waits || one.is_over)
    }

    fn known(&mut self, id: &str) -> Result<&mut Extension, Refusal> {
        self.all.get_mut(id).ok_or_else(|| {
            let message = "Unknown extension identifier";
            Refusal::new(StatusCode::FORBIDDEN, "Extension.UnknownExtensionIdentifier", message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_ready_when_all_ask() {
        let mut all = Extensions::default();
        all.expect(["logs".to_owned(), "keys".to_owned()]);
        assert!(!all.are_ready());
        all.register("1", "logs", vec![Kind::Invoke, Kind::Shutdown]).expect("registered");
        all.next("1").expect("asked");
        assert!(!all.are_ready(), "the other has not come up");
        all.register("2", "keys", vec![Kind::Shutdown]).expect("registered");
        assert!(!all.are_ready());
        all.next("2").expect("asked");
        assert!(all.are_ready());
        all.announce(Kind::Invoke);
        assert!(!all.are_ready(), "one is at it");
        assert_eq!((all.take("1"), all.take("2")), (Some(Kind::Invoke), None));
        all.next("1").expect("asked");
        assert!(all.are_ready());
        all.announce(Kind::Shutdown);
        assert_eq!((all.take("1"), all.take("2")), (Some(Kind::Shutdown), Some(Kind::Shutdown)));
    }

    #[test]
    fn who_may_register() {
        let mut all = Extensions::default();
        all.expect(["file".to_owned()]);
        let kind = |answer: Result<(), Refusal>| answer.expect_err("refused").body.error_type;
        let internal = all.register("1", "inside", vec![Kind::Shutdown]);
        assert_eq!(kind(internal), "Extension.InvalidEventType");
        all.register("1", "file", vec![]).expect("registered");
        assert_eq!(kind(all.register("2", "file", vec![])), "Extension.AlreadyRegistered");
        assert_eq!(kind(all.next("3")), "Extension.UnknownExtensionIdentifier");
        for number in 2..=10 {
            all.register(&number.to_string(), &format!("in-{number}"), vec![Kind::Invoke])
                .expect("registered");
        }
        assert_eq!(kind(all.register("11", "one-more", vec![])), "Extension.TooManyExtensions");
        all.close();
        assert_eq!(kind(all.register("12", "late", vec![])), "Extension.RegistrationClosed");
    }
}
