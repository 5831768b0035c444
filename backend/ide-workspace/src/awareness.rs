//! Who is where in a document: cursors and persons, relayed between tabs. Who somebody is and what they are called is the
//! session's, whatever the tab says; a tab speaks for its own clients only. Nothing here is kept.

use std::{collections::HashMap, panic::catch_unwind, sync::Arc};

use protocol::Person;
use serde_json::Value;
use yrs::{
    block::ClientID,
    sync::awareness::{AwarenessUpdate, AwarenessUpdateEntry},
    updates::{decoder::Decode, encoder::Encode},
};

use crate::peer::PeerId;

/// Clients one tab may speak for.
const MAX_CLIENTS: usize = 8;
const GONE: &str = "null";

/// What is known of each client.
#[derive(Debug, Default)]
pub(crate) struct Awareness(HashMap<ClientID, Known>);

#[derive(Debug)]
struct Known {
    peer: PeerId,
    entry: AwarenessUpdateEntry,
}

/// The message is no awareness update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is no awareness update")]
pub(crate) struct Malformed;

impl Awareness {
    /// Takes a tab's message; what the others should hear of it.
    pub(crate) fn update(
        &mut self,
        peer: PeerId,
        person: &Person,
        update: &[u8],
    ) -> Result<Option<Vec<u8>>, Malformed> {
        let update = catch_unwind(|| AwarenessUpdate::decode_v1(update));
        let update = update.ok().and_then(Result::ok).ok_or(Malformed)?;
        let mut news = HashMap::new();
        for (client, entry) in update.clients {
            let Some(entry) = named(&entry, person) else { continue };
            if self.accepts(peer, client, entry.clock) {
                self.0.insert(client, Known { peer, entry: entry.clone() });
                news.insert(client, entry);
            }
        }
        Ok(encode(news))
    }

    fn accepts(&self, peer: PeerId, client: ClientID, clock: u32) -> bool {
        match self.0.get(&client) {
            Some(known) => known.peer == peer && known.entry.clock <= clock,
            None => self.0.values().filter(|known| known.peer == peer).count() < MAX_CLIENTS,
        }
    }

    /// Everybody, for who asks.
    pub(crate) fn all(&self) -> Option<Vec<u8>> {
        encode(self.0.iter().map(|(client, known)| (*client, known.entry.clone())).collect())
    }

    /// A tab has gone; what the others should hear of it.
    pub(crate) fn leave(&mut self, peer: PeerId) -> Option<Vec<u8>> {
        let gone = self.0.extract_if(|_, known| known.peer == peer).map(|(client, known)| {
            let clock = known.entry.clock.saturating_add(1);
            (client, AwarenessUpdateEntry { clock, json: GONE.into() })
        });
        encode(gone.collect())
    }
}

/// The entry as the session's person's; none where it is no state.
fn named(entry: &AwarenessUpdateEntry, person: &Person) -> Option<AwarenessUpdateEntry> {
    let json: Arc<str> = match serde_json::from_str(&entry.json).ok()? {
        Value::Null => GONE.into(),
        Value::Object(mut state) => {
            if let Some(Value::Object(user)) = state.get_mut("user") {
                user.insert("id".into(), person.id.0.clone().into());
                user.insert("name".into(), person.name.clone().into());
            }
            serde_json::to_string(&state).ok()?.into()
        }
        _ => return None,
    };
    Some(AwarenessUpdateEntry { json, clock: entry.clock })
}

fn encode(clients: HashMap<ClientID, AwarenessUpdateEntry>) -> Option<Vec<u8>> {
    (!clients.is_empty()).then(|| AwarenessUpdate { clients }.encode_v1())
}

#[cfg(test)]
mod tests {
    use protocol::PersonId;

    use super::*;

    fn ann() -> Person {
        Person { id: PersonId("a".into()), name: "ann".into() }
    }

    fn message(client: u64, clock: u32, json: &str) -> Vec<u8> {
        let entry = AwarenessUpdateEntry { clock, json: json.into() };
        encode(HashMap::from([(ClientID::new(client), entry)])).unwrap()
    }

    fn check(awareness: &mut Awareness, peer: u64, sent: &[u8], heard: Option<(u64, u32, &str)>) {
        let got = awareness.update(PeerId(peer), &ann(), sent).unwrap();
        assert_eq!(got, heard.map(|(client, clock, json)| message(client, clock, json)));
    }

    #[test]
    fn names_come_from_the_session() {
        let mut awareness = Awareness::default();
        let spoofed = r#"{"user":{"id":"r","name":"root","color":"red"},"cursor":null}"#;
        let heard = r#"{"user":{"id":"a","name":"ann","color":"red"},"cursor":null}"#;
        check(&mut awareness, 1, &message(7, 1, spoofed), Some((7, 1, heard)));
        check(&mut awareness, 2, &message(7, 2, spoofed), None);
        check(&mut awareness, 1, &message(8, 1, "[1]"), None);
        assert_eq!(awareness.all(), Some(message(7, 1, heard)));
        assert_eq!(awareness.leave(PeerId(2)), None);
        assert_eq!(awareness.leave(PeerId(1)), Some(message(7, 2, "null")));
        assert_eq!(awareness.all(), None);
    }

    #[test]
    fn refuses_nonsense() {
        for bytes in [&b""[..], &[5], &[0xFF; 30], &[1, 1, 1, 0xFF, 0xFF, 0x03]] {
            assert_eq!(Awareness::default().update(PeerId(1), &ann(), bytes), Err(Malformed));
        }
    }
}
