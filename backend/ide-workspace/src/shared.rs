//! The shared text itself: a Yjs document with one text, guarded against hostile updates. Pure; it knows
//! neither files nor peers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use protocol::document::{MAX_DOCUMENT, TEXT};
use yrs::{
    Doc, GetString, ReadTxn, StateVector, Text, TextRef, Transact, Update,
    updates::{decoder::Decode, encoder::Encode},
};

use crate::{merge::Edit, messages::write_number};

/// Gaps that are bridged in one document.
const MAX_GAPS: usize = 10_000;

/// A shared text. Each one has its own random client id, so that two lives of one document never number
/// different edits alike.
pub struct Shared {
    doc: Doc,
    text: TextRef,
}

/// What an update did.
#[derive(Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing that was not known.
    Nothing,
    /// These are the news, for the journal and the other peers.
    News(Vec<u8>),
}

/// Why an update is not taken. After `Broken` the text must be restored from what was kept before.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Refused before anything changed.
    #[error("the update is malformed")]
    Malformed,
    /// Refused while it was being applied.
    #[error("the update broke the document or its limits")]
    Broken,
}

impl Shared {
    /// A new text.
    pub(crate) fn new(text: &str) -> Self {
        let shared = Self::empty();
        shared.text.insert(&mut shared.doc.transact_mut(), 0, text);
        shared
    }

    /// A text restored from what [`Self::state`] gave.
    pub fn restore(state: &[u8]) -> Result<Self, Refused> {
        let mut shared = Self::empty();
        shared.apply(state)?;
        Ok(shared)
    }

    /// A new text that is the same edit, by the same client, for the same seed and text.
    pub(crate) fn seeded(seed: u64, text: &str) -> Self {
        const CLIENT_BITS: u32 = 53;
        let seeded = Doc::with_client_id(seed >> (u64::BITS - CLIENT_BITS));
        seeded.get_or_insert_text(TEXT).insert(&mut seeded.transact_mut(), 0, text);
        let state = seeded.transact().encode_state_as_update_v1(&StateVector::default());
        Self::restore(&state).unwrap_or_else(|_| Self::new(text))
    }

    /// An empty text whose own edits are those of that client.
    pub fn of_client(client: u64) -> Self {
        Self::of(Doc::with_client_id(client))
    }

    fn empty() -> Self {
        Self::of(Doc::new())
    }

    fn of(doc: Doc) -> Self {
        let text = doc.get_or_insert_text(TEXT);
        Self { doc, text }
    }

    /// Takes an update of a peer.
    pub fn apply(&mut self, update: &[u8]) -> Result<Applied, Refused> {
        let decoded = catch_unwind(|| Update::decode_v1(update))
            .ok()
            .and_then(Result::ok)
            .filter(|decoded| !self.forges_ours(decoded))
            .ok_or(Refused::Malformed)?;
        let mut transaction = self.doc.transact_mut();
        let applied = catch_unwind(AssertUnwindSafe(|| {
            transaction.apply_update(decoded).ok()?;
            Some((
                transaction.has_changes(),
                transaction.has_missing_updates(),
                transaction.encode_update_v1(),
            ))
        }));
        let Ok(Some((changed, missing, news))) = applied else {
            // Committing what is half applied could fail again: let it be, the caller restores the text.
            std::mem::forget(transaction);
            return Err(Refused::Broken);
        };
        catch_unwind(AssertUnwindSafe(|| drop(transaction))).map_err(|_| Refused::Broken)?;
        self.check()?;
        Ok(match (changed, missing) {
            // What waits for something missing is no news yet, but must not be forgotten.
            (_, true) => Applied::News(update.to_vec()),
            (true, false) => Applied::News(news),
            (false, false) => Applied::Nothing,
        })
    }

    /// Whether an update holds edits under our own client id that we never made.
    fn forges_ours(&self, update: &Update) -> bool {
        let ours = self.doc.client_id();
        catch_unwind(AssertUnwindSafe(|| update.state_vector().get(&ours)))
            .map_or(true, |clock| clock > self.doc.transact().state_vector().get(&ours))
    }

    fn check(&self) -> Result<(), Refused> {
        let transaction = self.doc.transact();
        let length = u64::from(self.text.len(&transaction));
        // Embedded things are counted but are no text: positions would no longer mean the same to everybody.
        if length > MAX_DOCUMENT || length != self.text.get_string(&transaction).len() as u64 {
            return Err(Refused::Broken);
        }
        Ok(())
    }

    /// Where edits are missing that others build on, because what kept them was damaged: puts deleted text in their
    /// place, so that the others show. The text of the missing ones is lost.
    pub(crate) fn bridge_gaps(&mut self) -> Result<(), Refused> {
        for _ in 0..MAX_GAPS {
            let Some(filler) = self.filler() else { break };
            self.apply(&filler)?;
        }
        Ok(())
    }

    /// An update that holds, as deleted, what the next waiting edits lack.
    fn filler(&self) -> Option<Vec<u8>> {
        let transaction = self.doc.transact();
        let pending = transaction.store().pending_update()?;
        let (known, first) = (transaction.state_vector(), pending.update.state_vector_lower());
        let lacking = pending.missing.iter().map(|(client, _)| *client);
        let (client, from, to) = lacking
            .map(|client| (client, known.get(&client), first.get(&client).max(known.get(&client) + 1)))
            .next()?;
        Some(deleted_text(client.get(), from.into(), to.into()))
    }

    /// Makes edits of our own; what to tell the peers.
    pub fn edit(&mut self, edits: &[Edit]) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        for edit in edits.iter().rev() {
            let at = edit.range.start as u32;
            self.text.remove_range(&mut transaction, at, edit.range.len() as u32);
            self.text.insert(&mut transaction, at, &edit.text);
        }
        transaction.encode_update_v1()
    }

    /// The text.
    pub fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// All of it, for the journal.
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What it knows, encoded.
    pub fn vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// Whether it knows all that a peer knows; what is no vector names nothing to wait for.
    pub(crate) fn reaches(&self, vector: &[u8]) -> bool {
        let vector = catch_unwind(|| StateVector::decode_v1(vector)).ok().and_then(Result::ok);
        let own = self.doc.transact().state_vector();
        vector.is_none_or(|vector| vector.iter().all(|(client, clock)| own.get(client) >= *clock))
    }

    /// What a peer lacks that knows `vector`.
    pub fn since(&self, vector: &[u8]) -> Result<Vec<u8>, Refused> {
        let vector = catch_unwind(|| StateVector::decode_v1(vector)).ok().and_then(Result::ok);
        let vector = vector.ok_or(Refused::Malformed)?;
        catch_unwind(AssertUnwindSafe(|| self.doc.transact().encode_state_as_update_v1(&vector)))
            .map_err(|_| Refused::Malformed)
    }
}

/// An update (version 1) of one item of deleted text, behind what the same client wrote before.
fn deleted_text(client: u64, from: u64, to: u64) -> Vec<u8> {
    const DELETED: u8 = 1;
    const AFTER: u8 = 0x80;
    let mut update = Vec::new();
    // One client, one item.
    write_numbers(&mut update, &[1, 1, client, from]);
    if let Some(before) = from.checked_sub(1) {
        update.push(DELETED | AFTER);
        write_numbers(&mut update, &[client, before]);
    } else {
        // At the beginning of the text, which is known by its name.
        update.push(DELETED);
        write_numbers(&mut update, &[1, TEXT.len() as u64]);
        update.extend(TEXT.bytes());
    }
    // Its length; then what is deleted: of one client one range.
    write_numbers(&mut update, &[to - from, 1, client, 1, from, to - from]);
    update
}

fn write_numbers(bytes: &mut Vec<u8>, numbers: &[u64]) {
    for &number in numbers {
        write_number(bytes, number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merge::edits;

    fn change(shared: &mut Shared, to: &str) -> Vec<u8> {
        shared.edit(&edits(&shared.text(), to))
    }

    fn check_refused(shared: &mut Shared, update: &[u8]) {
        let (before, state) = (shared.text(), shared.state());
        match shared.apply(update) {
            Ok(_) => panic!("taken: {update:?}"),
            Err(Refused::Malformed) => assert_eq!(shared.text(), before),
            Err(Refused::Broken) => *shared = Shared::restore(&state).unwrap(),
        }
        assert_eq!(shared.text(), before);
    }

    #[test]
    fn peers_meet() {
        let mut agent = Shared::new("ünder\nscore\n");
        let mut peer = Shared::restore(&agent.state()).unwrap();
        let theirs = change(&mut peer, "ünder\n😀 score\n");
        let ours = change(&mut agent, "wünder\nscore\n");
        assert!(matches!(agent.apply(&theirs), Ok(Applied::News(_))));
        peer.apply(&ours).unwrap();
        assert_eq!(agent.text(), "wünder\n😀 score\n");
        assert_eq!(peer.text(), agent.text());
        assert_eq!(agent.apply(&theirs), Ok(Applied::Nothing), "a replay is no news");
        assert_eq!(agent.apply(&peer.state()), Ok(Applied::Nothing));
        assert_eq!(agent.since(&peer.vector()).map(|update| peer.apply(&update)), Ok(Ok(Applied::Nothing)));
    }

    #[test]
    fn updates_wait_for_what_they_build_on() {
        let mut agent = Shared::new("a");
        let mut peer = Shared::restore(&agent.state()).unwrap();
        let first = change(&mut peer, "ab");
        let second = change(&mut peer, "abc");
        assert!(matches!(agent.apply(&second), Ok(Applied::News(_))));
        let mut later = Shared::restore(&agent.state()).unwrap();
        agent.apply(&first).unwrap();
        later.apply(&first).unwrap();
        assert_eq!((agent.text(), later.text()), ("abc".into(), "abc".into()));
    }

    #[test]
    fn what_was_typed_after_a_lost_edit_shows() {
        const LOST: [&str; 4] = ["one\n", "two\n", "three\n", "0\n"];
        let mut peer = Shared::new("");
        let mut edits = vec![peer.state()];
        for to in ["one\n", "one\ntwo\n", "one\ntwo\nthree\n", "0\none\ntwo\nthree\n"] {
            edits.push(change(&mut peer, to));
        }
        for lost in 1..=4 {
            let mut agent = Shared::empty();
            for (_, edit) in edits.iter().enumerate().filter(|(number, _)| *number != lost) {
                agent.apply(edit).unwrap();
            }
            agent.bridge_gaps().unwrap();
            let want: String = ["0\n", "one\n", "two\n", "three\n"]
                .into_iter()
                .filter(|line| *line != LOST[lost - 1])
                .collect();
            assert_eq!(agent.text(), want, "without edit {lost}");
            assert_eq!(Shared::restore(&agent.state()).unwrap().text(), want);
        }
    }

    #[test]
    fn hostile_updates_change_nothing() {
        let mut agent = Shared::new("text");
        let mut garbage = vec![
            vec![],
            vec![0xFF; 40],
            b"hello".to_vec(),
            vec![1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1],
            // One block of client 2^62.
            vec![
                1, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0, 4, 1, 4, 116, 101, 120, 116,
                1, 97, 0,
            ],
        ];
        let mut forger = Shared { doc: Doc::with_client_id(agent.doc.client_id().get()), ..Shared::new("") };
        forger.text = forger.doc.get_or_insert_text(TEXT);
        garbage.push(change(&mut forger, "much longer text than that"));
        let embedding = Shared::restore(&agent.state()).unwrap();
        embedding.text.insert_embed(&mut embedding.doc.transact_mut(), 0, yrs::Any::from(7));
        garbage.push(embedding.state());
        for update in &garbage {
            check_refused(&mut agent, update);
        }
    }

    proptest! {
        #[test]
        fn damaged_updates_never_panic(flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6), cut in any::<usize>()) {
            let mut agent = Shared::new("one\ntwo\n");
            let mut peer = Shared::restore(&agent.state()).unwrap();
            let mut update = change(&mut peer, "one\n2\nthree\n");
            let size = update.len();
            for (at, byte) in flips {
                update[at % size] ^= byte;
            }
            update.truncate(cut % size + 1);
            let state = agent.state();
            if agent.apply(&update) == Err(Refused::Broken) {
                agent = Shared::restore(&state).unwrap();
            }
            let text = agent.text();
            prop_assert_eq!(Shared::restore(&agent.state()).unwrap().text(), text);
        }
    }
}
