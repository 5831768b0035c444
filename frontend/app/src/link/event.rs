//! An event as this page hears it. What models hear that load later stays a tree until they are there to read it, so that the
//! code that reads it is there no sooner. Who hears what is in `state/listen.rs`.

use protocol::{document, file, language, settings, terminal, trust};
use serde::Deserialize;
use serde_json::Value;

/// [`protocol::Event`], of which what the cloud says is not read yet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Folders changed on disk.
    File(file::Event),
    /// An open document's state changed.
    Document(document::Event),
    /// Terminals came, went, or changed.
    Terminal(terminal::Event),
    /// Language servers, their progress, and problems.
    Language(language::Event),
    /// A [`protocol::cloud::Event`].
    Cloud(Value),
    /// A [`protocol::function::Event`].
    Function(Value),
    /// A [`protocol::deploy::Event`].
    Deploy(Value),
    /// The folder's owner decided whether it is trusted.
    Trust(trust::Event),
    /// Settings are stated otherwise.
    Settings(settings::Event),
}

#[cfg(test)]
mod tests {
    use protocol::{WorkspacePath, cloud, function, trust::Decision};
    use serde_json::to_value;

    use super::*;
    use crate::json;

    /// What is read of an event that the agent tells.
    fn check(told: &protocol::Event, expected: &Event) {
        let read = json::read_tree::<Event>(to_value(told).unwrap());
        assert_eq!(read.as_ref(), Ok(expected));
    }

    #[test]
    fn every_event_is_heard() {
        let path = WorkspacePath::parse("a").unwrap();
        let changed = file::Event::Changed { folders: vec![path.clone()] };
        check(&protocol::Event::File(changed.clone()), &Event::File(changed));
        let decided = trust::Event::Decided(Decision::Trusted);
        check(&protocol::Event::Trust(decided), &Event::Trust(decided));
    }

    #[test]
    fn what_the_cloud_says_is_read_later() {
        let logged = cloud::Event::Logged { group: "/aws/lambda/a".into() };
        check(&protocol::Event::Cloud(logged.clone()), &Event::Cloud(to_value(&logged).unwrap()));
        let phase = function::Event::Phase { id: "1".into(), phase: function::Phase::Running };
        check(&protocol::Event::Function(phase.clone()), &Event::Function(to_value(&phase).unwrap()));
    }
}
