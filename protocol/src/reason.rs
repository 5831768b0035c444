//! What an agent says to a person: in English, and why in no language, for a page that speaks another one. A page that does
//! not know a reason, or is older than there were any, shows the English.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// Why something is as it is, in no language. A page that does not know it shows the English beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The name of a message, stable: `disk-full`.
    pub name: String,
    /// What it is said with: an argument's name and its value. An `action` is one of the agent's words, which a page
    /// translates; all others are shown as they are.
    pub arguments: Vec<(String, String)>,
    /// What led to it, where that has a reason, too: in a page that knows it, its words are the argument `reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Reason>>,
}

impl Reason {
    /// The reason of that name.
    pub fn new(name: &str, arguments: &[(&str, &dyn fmt::Display)]) -> Self {
        let arguments =
            arguments.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        Self { name: name.to_owned(), arguments, cause: None }
    }
}

/// A text for a person, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In English.
    pub message: String,
    /// Why; none where the words are another program's (a compiler's, AWS's, the system's) and shown as they are.
    pub reason: Option<Reason>,
}

impl Said {
    /// A text of ours, whose reason follows.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), reason: None }
    }

    /// What another program said: it reads the same in every language.
    pub fn verbatim(message: impl Into<String>) -> Self {
        Self::new(message)
    }

    /// The same with its reason.
    #[must_use]
    pub fn because(mut self, name: &str, arguments: &[(&str, &dyn fmt::Display)]) -> Self {
        self.reason = Some(Reason::new(name, arguments));
        self
    }

    /// The same with what led to it, whose words are its argument `reason`.
    #[must_use]
    pub fn led_to_by(mut self, cause: Option<Reason>) -> Self {
        if let Some(reason) = &mut self.reason {
            reason.cause = cause.map(Box::new);
        }
        self
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The reasons of texts that lie beside it in an event or a reply, by the names of their members. A page that speaks another
/// language puts its own words into these members as the frame arrives, so that none of its types knows of this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(Vec<(&'static str, Reason)>);

impl Reasons {
    /// That of one member.
    pub fn of(member: &'static str, reason: Option<Reason>) -> Self {
        Self::default().and(member, reason)
    }

    /// And that of another.
    #[must_use]
    pub fn and(mut self, member: &'static str, reason: Option<Reason>) -> Self {
        self.0.extend(reason.map(|reason| (member, reason)));
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That of a member.
    pub fn get(&self, member: &str) -> Option<&Reason> {
        self.0.iter().find(|(known, _)| *known == member).map(|(_, reason)| reason)
    }
}

impl Serialize for Reasons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(member, reason)| (member, reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_and_an_older_agent_gives_none() {
        let old = r#"{"name":"stopped","arguments":[]}"#;
        let reason: Reason = serde_json::from_str(old).unwrap();
        assert_eq!(reason, Reason::new("stopped", &[]));
        assert_eq!(serde_json::to_string(&reason).unwrap(), old, "nothing that an older page does not know");
        let said = Said::new("it ended: no").because("ended", &[("reason", &"no")]).led_to_by(Some(reason));
        let reason = said.reason.unwrap();
        let text = serde_json::to_string(&reason).unwrap();
        assert!(text.ends_with(r#""cause":{"name":"stopped","arguments":[]}}"#), "{text}");
        assert_eq!(serde_json::from_str::<Reason>(&text).unwrap(), reason);
    }

    #[test]
    fn reasons_lie_beside_the_texts_that_an_older_page_reads() {
        /// As a page has it.
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Deleted {
            stopped: Option<String>,
            #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
            reasons: Reasons,
        }
        let reasons = Reasons::of("stopped", Some(Reason::new("disk-full", &[("path", &"a")])));
        let stopped = || Some("the disk is full".to_owned());
        let text = serde_json::to_string(&Deleted { stopped: stopped(), reasons }).unwrap();
        assert_eq!(
            text,
            r#"{"stopped":"the disk is full","reasons":{"stopped":{"name":"disk-full","arguments":[["path","a"]]}}}"#
        );
        let read: Deleted = serde_json::from_str(&text).unwrap();
        let plain = Deleted { stopped: stopped(), reasons: Reasons::default() };
        assert_eq!(read, plain);
        assert_eq!(serde_json::to_string(&plain).unwrap(), r#"{"stopped":"the disk is full"}"#);
    }
}
