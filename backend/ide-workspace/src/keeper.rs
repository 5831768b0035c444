//! The keeper of one open document: a task that owns it, takes what its tabs and the agent want of it one after
//! another, and tells the tabs what came of it. What a command does to text and file is the document's own.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use ide_core::TextEdit;
use protocol::{CallError, ErrorCode, Person, PersonId, Reasons, WorkspacePath, document};
use tokio::sync::{mpsc, oneshot};

use crate::{
    awareness::Awareness,
    document::OpenDocument,
    error::{READ_ONLY, Result, WRITTEN_MEANWHILE, WorkspaceError, shown},
    feed::Feed,
    language::language,
    merge,
    messages::{self, Message},
    peer::{MALFORMED, Outbox, PeerId},
    position,
    shared::{Applied, Refused},
};

/// Commands that wait for a keeper; more make their senders wait.
const MAX_COMMANDS: usize = 256;
/// How long after a failed write to the journal the next one is tried.
const RETRY: Duration = Duration::from_secs(1);

/// What a tab is told whose edit would break the document.
const TOO_MUCH: &str = "this edit was not taken: a document holds text only, at most 32 MiB of it";

type Reply<T> = oneshot::Sender<Result<T, CallError>>;

/// What a keeper is asked to do. It is gone when the reply's sender is dropped: ask again.
pub(crate) enum Command {
    /// A tab opens the document.
    Join { peer: PeerId, person: Person, may_edit: bool, outbox: Outbox, reply: Reply<document::Document> },
    /// A tab's message.
    Message { peer: PeerId, message: Message },
    /// A tab lagged behind.
    CatchUp { peer: PeerId },
    /// A tab's connection is away: its cursor is shown to nobody until it is back.
    Away { peer: PeerId },
    /// A tab closed the document.
    Leave { peer: PeerId },
    /// Write it to its file.
    Save { by: PersonId, force: bool, reply: Reply<document::State> },
    /// Drop unsaved text.
    Revert { by: PersonId, reply: Reply<document::State> },
    /// Read the file again in another encoding.
    Reopen { by: PersonId, encoding: String, reply: Reply<document::State> },
    /// Write it to its file in another encoding, or with other line ends.
    Convert {
        by: PersonId,
        encoding: Option<String>,
        ending: Option<document::LineEnding>,
        reply: Reply<document::State>,
    },
    /// Both sides of a conflict.
    Compare { reply: Reply<document::Comparison> },
    /// Edits by position; saved at once where nobody has it open.
    Edit { by: Option<PersonId>, edits: Vec<TextEdit>, reply: Reply<()> },
    /// Become what a person made of one text, another; saved, unless there was unsaved text.
    Rewrite { by: PersonId, before: Arc<str>, after: Arc<str>, reply: Reply<()> },
    /// Tell when it holds all of a peer's state vector, and the feed shows it.
    CaughtUp { vector: Vec<u8>, reply: Reply<()> },
    /// Its file may have changed.
    Look { reply: Reply<()> },
    /// Its file was moved.
    Move { by: PersonId, to: WorkspacePath, reply: Reply<()> },
    /// Its file lies in the trash, with this text that it had not saved.
    Trashed { text: Arc<str>, reply: Reply<()> },
    /// Take back text that was unsaved when its file was thrown away.
    BringBack { text: Arc<str>, reply: Reply<()> },
    /// Make everything durable and end.
    Stop { reply: Reply<()> },
}

impl Command {
    /// Whose wish it is; none where it is nobody's in particular.
    fn by(&self) -> Option<PersonId> {
        match self {
            Self::Save { by, .. }
            | Self::Revert { by, .. }
            | Self::Reopen { by, .. }
            | Self::Convert { by, .. }
            | Self::Rewrite { by, .. }
            | Self::Move { by, .. } => Some(by.clone()),
            Self::Edit { by, .. } => by.clone(),
            _ => None,
        }
    }
}

struct Peer {
    person: Person,
    may_edit: bool,
    outbox: Outbox,
}

/// A document's keeper.
pub(crate) struct Keeper {
    /// None only while a blocking thread works on it, or after that failed.
    document: Option<OpenDocument>,
    peers: HashMap<PeerId, Peer>,
    awareness: Awareness,
    feed: Feed,
    clock: Arc<dyn ide_core::Clock>,
    stopping: bool,
    /// Whose doing it is what is being done.
    by: Option<PersonId>,
    /// Who waits for more text to arrive.
    waiting: Vec<(Vec<u8>, Reply<()>)>,
    /// Tabs whose updates are taken but not acknowledged: they are not durable yet.
    owed: HashSet<PeerId>,
}

/// The document is lost to its keeper, which ends; its journal has the text.
struct Lost;

impl Keeper {
    /// A keeper of `document`, and where to send its commands. It ends when nobody has the document open and
    /// it holds no unsaved text.
    pub(crate) fn new(
        document: OpenDocument,
        feed: Feed,
        clock: Arc<dyn ide_core::Clock>,
    ) -> (Self, mpsc::Sender<Command>, mpsc::Receiver<Command>) {
        let (sender, commands) = mpsc::channel(MAX_COMMANDS);
        feed.show(None, document.state(), document.text());
        feed.formatted(None, document.path(), document.format().encoding(), document.format().line_ending());
        let keeper = Self {
            document: Some(document),
            peers: HashMap::new(),
            awareness: Awareness::default(),
            feed,
            clock,
            stopping: false,
            by: None,
            waiting: Vec::new(),
            owed: HashSet::new(),
        };
        (keeper, sender, commands)
    }

    /// Works until the document is closed. When it returns, all that is kept of it is on disk.
    pub(crate) async fn run(mut self, commands: &mut mpsc::Receiver<Command>) {
        let mut batch = Vec::new();
        while self.next(commands, &mut batch).await {
            let done = self.take(std::mem::take(&mut batch)).await;
            if done.is_err() || (commands.is_empty() && self.close().await) {
                break;
            }
        }
        self.peers.values().for_each(|peer| peer.outbox.end(""));
        if let Some(document) = &self.document {
            self.feed.closed(document.path());
        }
    }

    /// Waits for commands, or until it is time to try the journal again; false when nobody can send more.
    async fn next(&self, commands: &mut mpsc::Receiver<Command>, batch: &mut Vec<Command>) -> bool {
        let received = commands.recv_many(batch, MAX_COMMANDS);
        if self.owed.is_empty() {
            return received.await > 0;
        }
        !matches!(tokio::time::timeout(RETRY, received).await, Ok(0))
    }

    /// Whether the document could be closed, and is.
    async fn close(&mut self) -> bool {
        let idle = |document: &OpenDocument| !document.is_dirty();
        if !self.stopping && (!self.peers.is_empty() || !self.document.as_ref().is_some_and(idle)) {
            return false;
        }
        let now = self.clock.now();
        match self.blocking(move |document| document.close(now)).await {
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a document stays open");
                false
            }
            Ok(Ok(())) | Err(Lost) => true,
        }
    }

    /// Takes commands in their order; updates that follow one another share a write to the journal.
    async fn take(&mut self, batch: Vec<Command>) -> Result<(), Lost> {
        let mut updates = Vec::new();
        for command in batch {
            match command {
                Command::Message { peer, message: Message::Update(update) } => updates.push((peer, update)),
                command => {
                    self.update(std::mem::take(&mut updates)).await?;
                    self.command(command).await?;
                }
            }
        }
        self.update(updates).await?;
        self.show();
        self.release();
        self.acknowledge().await
    }

    /// Answers those whose text has arrived, and forgets those who no longer wait.
    fn release(&mut self) {
        let Some(document) = &self.document else { return };
        self.waiting.retain(|(_, reply)| !reply.is_closed());
        let arrived = self.waiting.extract_if(.., |(vector, _)| document.shared().reaches(vector));
        arrived.for_each(|(_, reply)| answer(reply, Ok(())));
    }

    fn show(&self) {
        if let Some(document) = &self.document {
            let (by, format) = (self.by.as_ref(), document.format());
            self.feed.show(by, document.state(), document.text());
            self.feed.formatted(by, document.path(), format.encoding(), format.line_ending());
        }
    }

    async fn command(&mut self, command: Command) -> Result<(), Lost> {
        self.by = command.by();
        match command {
            Command::Join { peer, person, may_edit, outbox, reply } => {
                answer(reply, Ok(self.join(peer, Peer { person, may_edit, outbox })?));
            }
            Command::Message { peer, message } => self.message(peer, message)?,
            Command::CatchUp { peer } => self.message(peer, Message::Vector(Bytes::from_static(&[0])))?,
            Command::Away { peer } => self.hide(peer),
            Command::Leave { peer } => self.leave(peer),
            Command::Save { force, reply, .. } => {
                let saved = self.save(force).await?;
                answer(reply, saved);
            }
            Command::Revert { reply, .. } => {
                let reverted = self.blocking(OpenDocument::revert).await?;
                let state = self.tell(reverted.map(|update| vec![update]))?;
                answer(reply, state);
            }
            Command::Reopen { encoding, reply, .. } => {
                let reopened = self.blocking(move |document| document.reopen(&encoding)).await?;
                let state = self.tell(reopened.map(|update| vec![update]))?;
                answer(reply, state);
            }
            Command::Convert { encoding, ending, reply, .. } => {
                let convert =
                    move |document: &mut OpenDocument| document.convert(encoding.as_deref(), ending);
                let (updates, saved) = self.blocking(convert).await?;
                let saved = self.saved(updates, saved)?;
                answer(reply, saved);
            }
            Command::Compare { reply } => {
                let comparison = self.blocking(compare).await?;
                answer(reply, comparison.map_err(Into::into));
            }
            Command::Edit { edits, reply, .. } => {
                let edited = self.edit(edits).await?;
                answer(reply, edited);
            }
            Command::Rewrite { before, after, reply, .. } => {
                let rewritten = self.rewrite(before, after).await?;
                answer(reply, rewritten);
            }
            Command::CaughtUp { vector, reply } => self.waiting.push((vector, reply)),
            Command::Look { reply } => {
                let news = self.blocking(look).await?;
                let state = self.tell(news)?;
                answer(reply, state.map(|_| ()));
            }
            Command::Move { by, to, reply } => {
                let moved = self.follow(&by, to).await?;
                answer(reply, moved);
            }
            Command::Trashed { text, reply } => {
                let news = self.blocking(move |document| document.trashed(&text)).await?;
                let state = self.tell(news.map(|()| Vec::new()))?;
                answer(reply, state.map(|_| ()));
            }
            Command::BringBack { text, reply } => {
                let brought = self.bring_back(&text).await?;
                answer(reply, brought);
            }
            Command::Stop { reply } => {
                self.stopping = true;
                let flushed = self.blocking(OpenDocument::flush).await?;
                answer(reply, flushed.map_err(Into::into));
            }
        }
        Ok(())
    }

    /// Follows the file to another path.
    async fn follow(&mut self, by: &PersonId, to: WorkspacePath) -> Result<Result<(), CallError>, Lost> {
        let from = self.document()?.path().clone();
        let there = to.clone();
        let moved = self.blocking(move |document| document.moved(there)).await?;
        self.feed.moved(by, &from, &to);
        // Somebody may have missed the file at its old place meanwhile.
        let news = self.blocking(look).await?;
        let state = self.tell(news)?;
        Ok(moved.map_err(Into::into).and(state.map(|_| ())))
    }

    fn join(&mut self, id: PeerId, peer: Peer) -> Result<document::Document, Lost> {
        let document = self.document()?;
        let vector = document.shared().vector();
        if peer.may_edit {
            // Only who may edit is asked for what we lack.
            peer.outbox.push(messages::vector(&vector));
        }
        peer.outbox.push(messages::journaled(&vector));
        let description = describe(document, peer.may_edit);
        if let Some(awareness) = self.awareness.all() {
            peer.outbox.push(messages::awareness(&awareness));
        }
        self.peers.insert(id, peer);
        Ok(description)
    }

    fn leave(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.remove(&id) {
            peer.outbox.end("");
            self.hide(id);
        }
    }

    /// Takes a tab's cursors away, for itself too: one that comes back hears of it, and says anew where it is.
    fn hide(&mut self, id: PeerId) {
        if let Some(gone) = self.awareness.leave(id) {
            self.broadcast(None, &messages::awareness(&gone));
        }
    }

    fn message(&mut self, id: PeerId, message: Message) -> Result<(), Lost> {
        let Some(peer) = self.peers.get(&id) else { return Ok(()) };
        let handled = match message {
            Message::Vector(vector) => match self.document()?.shared().since(&vector) {
                Ok(update) => {
                    peer.outbox.push(messages::answer(&update));
                    true
                }
                Err(_) => false,
            },
            Message::AwarenessQuery => {
                self.awareness.all().into_iter().for_each(|all| peer.outbox.push(messages::awareness(&all)));
                true
            }
            Message::Awareness(update) => match self.awareness.update(id, &peer.person, &update) {
                Ok(news) => {
                    if let Some(news) = news {
                        self.broadcast(Some(id), &messages::awareness(&news));
                    }
                    true
                }
                Err(_) => false,
            },
            Message::Update(_) => true,
        };
        if !handled {
            self.drop_peer(id, MALFORMED);
        }
        Ok(())
    }

    fn drop_peer(&mut self, id: PeerId, reason: &str) {
        tracing::warn!(peer = id.0, reason, "a tab's document channel is dropped");
        if let Some(peer) = self.peers.get(&id) {
            peer.outbox.end(reason);
        }
        self.leave(id);
    }

    /// Takes the tabs' updates: applies and relays each. They are acknowledged later, when they are durable.
    async fn update(&mut self, updates: Vec<(PeerId, Bytes)>) -> Result<(), Lost> {
        let mut allowed = Vec::with_capacity(updates.len());
        for (id, update) in updates {
            match self.peers.get(&id) {
                // The answer of somebody who has nothing new.
                _ if *update == [0, 0] => {}
                Some(peer) if peer.may_edit => {
                    self.by = Some(peer.person.id.clone());
                    allowed.push((id, update));
                }
                Some(_) => self.drop_peer(id, "read-only members cannot edit"),
                None => {}
            }
        }
        if allowed.is_empty() {
            return Ok(());
        }
        let identity = self.document()?.id().to_owned();
        let applied = self.blocking(move |document| apply(document, allowed)).await?;
        for (id, result) in applied {
            match result {
                Ok(applied) => {
                    if let Applied::News(news) = applied {
                        self.broadcast(Some(id), &messages::update(&news));
                    }
                    self.owed.insert(id);
                }
                Err(Refused::Malformed) => self.drop_peer(id, MALFORMED),
                Err(Refused::Broken) => self.drop_peer(id, TOO_MUCH),
            }
        }
        if self.document()?.id() != identity {
            self.peers.drain().for_each(|(_, peer)| peer.outbox.end(""));
        }
        Ok(())
    }

    /// Makes what was taken durable, then says so to whom it came from.
    async fn acknowledge(&mut self) -> Result<(), Lost> {
        if self.owed.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.blocking(OpenDocument::flush).await? {
            // Not acknowledged: the tabs keep it as theirs, and the next write tries again.
            tracing::error!(error = &error as &dyn std::error::Error, "typed text is not journaled");
            return Ok(());
        }
        let journaled = messages::journaled(&self.document()?.shared().vector());
        for peer in self.owed.drain().filter_map(|id| self.peers.get(&id)) {
            peer.outbox.push(journaled.clone());
        }
        Ok(())
    }

    fn broadcast(&self, but: Option<PeerId>, message: &Bytes) {
        for (_, peer) in self.peers.iter().filter(|(id, _)| Some(**id) != but) {
            peer.outbox.push(message.clone());
        }
    }

    /// Tells the tabs our own edits, and how the document stands now.
    fn tell(&mut self, news: Result<Vec<Vec<u8>>>) -> Result<Result<document::State, CallError>, Lost> {
        self.show();
        let state = self.document()?.state();
        Ok(news.map_err(Into::into).map(|updates| {
            for update in &updates {
                self.broadcast(None, &messages::update(update));
            }
            state
        }))
    }

    async fn save(&mut self, force: bool) -> Result<Result<document::State, CallError>, Lost> {
        let (updates, saved) = self.blocking(move |document| document.save(force)).await?;
        self.saved(updates, saved)
    }

    fn saved(
        &mut self,
        updates: Vec<Vec<u8>>,
        saved: Result<()>,
    ) -> Result<Result<document::State, CallError>, Lost> {
        let state = self.tell(Ok(updates))?;
        Ok(match saved {
            Ok(()) => {
                self.feed.saved(self.document()?.path());
                state
            }
            Err(error) => Err(error.into()),
        })
    }

    async fn edit(&mut self, edits: Vec<TextEdit>) -> Result<Result<(), CallError>, Lost> {
        let document = self.document()?;
        let unattended = self.peers.is_empty() && !document.is_dirty();
        let Some(edits) = position::edits(document.text(), edits) else {
            let path = shown(document.path());
            let message = format!("the edits of '{path}' overlap or lie outside its text");
            let error = CallError::new(ErrorCode::Invalid, message);
            return Ok(Err(error.because("edits-overlap", &[("path", &path)])));
        };
        let update = self.blocking(move |document| document.edit(&edits)).await?;
        let told = self.tell(Ok(vec![update]))?;
        if unattended {
            return Ok(self.save(false).await?.map(|_| ()));
        }
        Ok(told.map(|_| ()))
    }

    async fn bring_back(&mut self, text: &str) -> Result<Result<(), CallError>, Lost> {
        let edits = merge::edits(self.document()?.text(), text);
        let update = self.blocking(move |document| document.edit(&edits)).await?;
        Ok(self.tell(Ok(vec![update]))?.map(|_| ()))
    }

    async fn rewrite(&mut self, before: Arc<str>, after: Arc<str>) -> Result<Result<(), CallError>, Lost> {
        // What is on disk may be newer than the document.
        let news = self.blocking(look).await?;
        if let Err(error) = self.tell(news)? {
            return Ok(Err(error));
        }
        let was_saved = !self.document()?.is_dirty();
        let updates = match self.blocking(move |document| rewritten(document, &before, &after)).await? {
            Ok(updates) => updates,
            Err(error) => return Ok(Err(error.into())),
        };
        let told = self.tell(Ok(updates))?;
        if was_saved {
            return Ok(self.save(false).await?.map(|_| ()));
        }
        Ok(told.map(|_| ()))
    }

    fn document(&self) -> Result<&OpenDocument, Lost> {
        self.document.as_ref().ok_or(Lost)
    }

    /// Works on the document where blocking is allowed. Should that panic, the document is read again from its
    /// journal by a new keeper.
    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut OpenDocument) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let mut document = self.document.take().ok_or(Lost)?;
        let path = document.path().clone();
        let worked = tokio::task::spawn_blocking(move || {
            let done = work(&mut document);
            (document, done)
        });
        match worked.await {
            Ok((document, done)) => {
                self.document = Some(document);
                Ok(done)
            }
            Err(error) => {
                tracing::error!(%error, "work on a document failed");
                self.feed.closed(&path);
                Err(Lost)
            }
        }
    }
}

fn apply(
    document: &mut OpenDocument,
    updates: Vec<(PeerId, Bytes)>,
) -> Vec<(PeerId, Result<Applied, Refused>)> {
    updates.into_iter().map(|(id, update)| (id, document.apply(&update))).collect()
}

fn look(document: &mut OpenDocument) -> Result<Vec<Vec<u8>>> {
    if let Err(error) = document.flush() {
        tracing::error!(error = &error as &dyn std::error::Error, "typed text is not journaled");
    }
    Ok(document.look()?.into_iter().collect())
}

/// Brings the change of a text to another into the document; none where it has that already.
fn rewritten(document: &mut OpenDocument, before: &str, after: &str) -> Result<Vec<Vec<u8>>> {
    let refused = |code, reason| Err(WorkspaceError::refused("change", document.path(), code, reason));
    if document.read_only() {
        return refused(ErrorCode::Forbidden, READ_ONLY);
    }
    let Some(edits) = merge::rebase(before, document.text(), after) else {
        return refused(ErrorCode::Conflict, WRITTEN_MEANWHILE);
    };
    Ok(if edits.is_empty() { Vec::new() } else { vec![document.edit(&edits)] })
}

fn compare(document: &mut OpenDocument) -> Result<document::Comparison, WorkspaceError> {
    Ok(document::Comparison { disk: document.disk_text()?, document: document.text().to_string() })
}

fn describe(document: &OpenDocument, may_edit: bool) -> document::Document {
    let (notice, reason) = document.notice().map_or((None, None), |said| (Some(said.message), said.reason));
    document::Document {
        id: document.id().to_owned(),
        state: document.state(),
        line_ending: document.format().line_ending(),
        encoding: document.format().encoding(),
        read_only: document.read_only() || !may_edit,
        plain: document.plain(),
        language: language(document.path()).to_owned(),
        notice,
        reasons: Reasons::of("notice", reason),
    }
}

/// Answers, unless the caller has given up.
fn answer<T>(reply: Reply<T>, answer: Result<T, CallError>) {
    let _ = reply.send(answer);
}
