//! An editor in a tab: a Yjs document that follows the agent's over a channel.

use std::sync::Arc;

use bytes::Bytes;
use protocol::{
    CallError, ChannelId,
    document::{Document, MESSAGE_ENDED, MESSAGE_JOURNALED, OpenDocument, TEXT},
};
use tokio::sync::mpsc;
use yrs::{
    Doc, GetString, ReadTxn, StateVector, Text, Transact, Update,
    sync::{AwarenessUpdate, Message, SyncMessage},
    updates::{decoder::Decode, encoder::Encode},
};

use super::{Tab, path, soon};

pub(crate) struct Editor {
    pub(crate) doc: Doc,
    pub(crate) document: Document,
    pub(crate) channel: ChannelId,
    pub(crate) awareness: Vec<AwarenessUpdate>,
    tab: Arc<Tab>,
    inbound: mpsc::UnboundedReceiver<Bytes>,
    buffer: Vec<u8>,
    journaled: StateVector,
    synced: bool,
    pub(crate) ended: Option<String>,
}

impl Editor {
    pub(crate) async fn open(tab: &Arc<Tab>, name: &str) -> Self {
        Self::reopen(tab, name, Doc::new()).await.unwrap()
    }

    /// Opens with a document that was there before.
    pub(crate) async fn reopen(tab: &Arc<Tab>, name: &str, doc: Doc) -> Result<Self, CallError> {
        let (channel, inbound) = tab.channel();
        let document = tab.call(OpenDocument { path: path(name), channel }).await?;
        doc.get_or_insert_text(TEXT);
        let mut editor = Self {
            doc,
            document,
            channel,
            awareness: Vec::new(),
            tab: Arc::clone(tab),
            inbound,
            buffer: Vec::new(),
            journaled: StateVector::default(),
            synced: false,
            ended: None,
        };
        let vector = editor.doc.transact().state_vector();
        editor.send(&Message::Sync(SyncMessage::SyncStep1(vector)));
        editor.until("the first answer", |editor| editor.synced).await;
        Ok(editor)
    }

    pub(crate) fn send(&self, message: &Message) {
        self.tab.send_on(self.channel, &message.encode_v1());
    }

    pub(crate) fn text(&self) -> String {
        self.doc.get_or_insert_text(TEXT).get_string(&self.doc.transact())
    }

    /// Types: replaces the first occurrence of `old`, at the end where it is empty.
    pub(crate) fn replace(&self, old: &str, new: &str) {
        self.send(&self.change(old, new));
    }

    /// The same, on its way only when it is sent.
    pub(crate) fn change(&self, old: &str, new: &str) -> Message {
        let whole = self.text();
        let at = if old.is_empty() { whole.len() } else { whole.find(old).unwrap() };
        let text = self.doc.get_or_insert_text(TEXT);
        let mut transaction = self.doc.transact_mut();
        text.remove_range(&mut transaction, at as u32, old.len() as u32);
        text.insert(&mut transaction, at as u32, new);
        let update = transaction.encode_update_v1();
        drop(transaction);
        Message::Sync(SyncMessage::Update(update))
    }

    /// Types, and waits until that is durable.
    pub(crate) async fn typed(&mut self, old: &str, new: &str) {
        self.replace(old, new);
        let (client, vector) = (self.doc.client_id(), self.doc.transact().state_vector());
        let durable = |editor: &Self| editor.journaled.get(&client) >= vector.get(&client);
        self.until("the journal's word", durable).await;
    }

    pub(crate) async fn until_text(&mut self, want: &str) {
        let what = format!("the text {want:?}");
        self.until(&what, |editor| editor.text() == want).await;
    }

    pub(crate) async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            let received = soon(what, self.inbound.recv()).await;
            let bytes = received.unwrap_or_else(|| panic!("the channel ended before {what}"));
            self.buffer.extend(bytes);
            while let Ok(message) = Message::decode_v1(&self.buffer) {
                self.buffer.drain(..message.encode_v1().len());
                self.take(message);
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Sync(SyncMessage::SyncStep1(vector)) => {
                let vector: StateVector = vector;
                let update = self.doc.transact().encode_state_as_update_v1(&vector);
                self.send(&Message::Sync(SyncMessage::SyncStep2(update)));
            }
            Message::Sync(SyncMessage::SyncStep2(update)) => {
                self.apply(&update);
                self.synced = true;
            }
            Message::Sync(SyncMessage::Update(update)) => self.apply(&update),
            Message::Awareness(update) => self.awareness.push(update),
            Message::Custom(MESSAGE_ENDED, reason) => {
                self.ended = Some(String::from_utf8(reason).unwrap());
            }
            Message::Custom(MESSAGE_JOURNALED, vector) => {
                self.journaled = StateVector::decode_v1(&vector).unwrap();
            }
            other => panic!("unexpected: {other:?}"),
        }
    }

    fn apply(&self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }
}
