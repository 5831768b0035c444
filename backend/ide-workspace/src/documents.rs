//! All open documents: finds or starts the keeper of each, and is the feed that language servers follow. It
//! holds no text itself.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ide_core::{CallContext, Clock, DocumentChange, DocumentSnapshot, Events, Router, TextEdit, blocking};
use protocol::{
    CallError, Capability, ErrorCode, Person, PersonId, WorkspacePath,
    document::{
        CloseDocument, CompareDocument, ConvertDocument, Document, ListDocuments, MAX_DOCUMENT,
        OpenDocument as Open, ReopenDocument, RevertDocument, SaveDocument, State,
    },
};
use tokio::sync::{OnceCell, broadcast, mpsc, oneshot};

use crate::{
    document::OpenDocument,
    error::{Context, NOT_TEXT, Result, Why, WorkspaceError},
    feed::Feed,
    journal::Journals,
    keeper::{Command, Keeper},
    peer::{Outbox, PeerId, serve},
    text,
    trash::Unsaved,
    tree::Tree,
    watching::Watching,
};

/// Documents that may be open at once.
const MAX_OPEN: usize = 1000;
/// How often a keeper that just closed its document is replaced by a new one for one request.
const TRIES: usize = 8;
/// How long a save waits for text that is on its way.
const CATCH_UP: Duration = Duration::from_secs(10);

type Starting = Arc<OnceCell<mpsc::Sender<Command>>>;

/// All open documents; cheap to clone.
#[derive(Clone)]
pub(crate) struct Documents(Arc<Inner>);

struct Inner {
    tree: Arc<Tree>,
    journals: Journals,
    clock: Arc<dyn Clock>,
    feed: Feed,
    open: Mutex<HashMap<WorkspacePath, Starting>>,
    peers: AtomicU64,
    watching: Watching,
}

impl Documents {
    pub(crate) fn new(
        tree: Arc<Tree>,
        journals: Journals,
        clock: Arc<dyn Clock>,
        events: Events,
        watching: Watching,
    ) -> Self {
        let feed = Feed::new(events);
        Self(Arc::new(Inner {
            tree,
            journals,
            clock,
            feed,
            open: Mutex::default(),
            peers: AtomicU64::new(1),
            watching,
        }))
    }

    /// Opens the documents that had unsaved text when the agent last ended.
    pub(crate) async fn recover(&self) -> Result<()> {
        let journals = self.0.journals.clone();
        let unfinished = blocking(move || journals.unfinished().records("read")).await?;
        for path in unfinished {
            // Under its own path: a link's text was once kept apart from its target's.
            if let Err(error) = self.keeper_of(&path).await {
                tracing::warn!(%error, %path, "an unsaved document is not opened again");
            }
        }
        Ok(())
    }

    /// Answers the calls of `protocol::document`.
    pub(crate) fn register(&self, router: &mut Router) {
        router
            .with(self)
            .on(|documents, context, call: Open| async move { documents.open(&context, call).await })
            .on(|_, context, call: CloseDocument| async move {
                context.session.close_channel(call.channel);
                Ok(())
            })
            .on(|documents, _, _: ListDocuments| {
                let states = documents.0.feed.states();
                async move { Ok(states) }
            })
            .on(|documents, context, call: SaveDocument| async move {
                if !call.after.is_empty() {
                    let caught_up = ide_core::Documents::caught_up(&documents, &call.path, &call.after);
                    // What was typed is lost on its way, or the tab is: what there is is saved all the same.
                    let _ = tokio::time::timeout(CATCH_UP, caught_up).await;
                }
                documents.save(context.person(), &call.path, call.force).await
            })
            .on(|documents, context, call: RevertDocument| async move {
                let revert = |reply| Command::Revert { by: context.person().clone(), reply };
                documents.ask(&call.path, revert).await
            })
            .on(|documents, context, call: ReopenDocument| async move {
                let reopen = |reply| Command::Reopen {
                    by: context.person().clone(),
                    encoding: call.encoding.clone(),
                    reply,
                };
                documents.ask(&call.path, reopen).await
            })
            .on(|documents, context, call: ConvertDocument| async move {
                let convert = |reply| Command::Convert {
                    by: context.person().clone(),
                    encoding: call.encoding.clone(),
                    ending: call.line_ending,
                    reply,
                };
                documents.ask(&call.path, convert).await
            })
            .on(|documents, _, call: CompareDocument| async move {
                documents.ask(&call.path, |reply| Command::Compare { reply }).await
            });
    }

    async fn open(&self, context: &CallContext, call: Open) -> Result<Document, CallError> {
        let channel = context.session.open_channel(call.channel)?;
        let (peer, outbox) = (self.next_peer(), Outbox::default());
        let may_edit = context.may(Capability::Files.write());
        let (document, keeper) =
            self.join(&call.path, peer, &outbox, &context.principal.person, may_edit).await?;
        tokio::spawn(serve(channel, peer, outbox, keeper, context.session.presence()));
        Ok(document)
    }

    pub(crate) fn next_peer(&self) -> PeerId {
        PeerId(self.0.peers.fetch_add(1, Ordering::Relaxed))
    }

    /// Joins a tab to a document, which is opened where it is not open.
    pub(crate) async fn join(
        &self,
        path: &WorkspacePath,
        peer: PeerId,
        outbox: &Outbox,
        person: &Person,
        may_edit: bool,
    ) -> Result<(Document, mpsc::Sender<Command>), CallError> {
        for _ in 0..TRIES {
            let keeper = self.keeper(path).await?;
            let (outbox, person) = (outbox.clone(), person.clone());
            let join = |reply| Command::Join { peer, person, may_edit, outbox, reply };
            if let Some(joined) = request(&keeper, join).await {
                return Ok((joined?, keeper));
            }
            keeper.closed().await;
        }
        Err(restless(path))
    }

    /// Writes a document to its file.
    pub(crate) async fn save(
        &self,
        by: &PersonId,
        path: &WorkspacePath,
        force: bool,
    ) -> Result<State, CallError> {
        self.ask(path, |reply| Command::Save { by: by.clone(), force, reply }).await
    }

    /// Has a document look whether its file changed.
    pub(crate) async fn look(&self, path: &WorkspacePath) -> Result<(), CallError> {
        self.ask(path, |reply| Command::Look { reply }).await
    }

    /// Has a document look whether its file changed, unless it was closed meanwhile.
    pub(crate) async fn look_if_open(&self, path: &WorkspacePath) -> Result<(), CallError> {
        let Some(keeper) = self.open_keeper(path) else { return Ok(()) };
        request(&keeper, |reply| Command::Look { reply }).await.unwrap_or(Ok(()))
    }

    fn open_keeper(&self, path: &WorkspacePath) -> Option<mpsc::Sender<Command>> {
        self.map().get(path).and_then(|starting| starting.get().cloned())
    }

    /// The path of the file that `path` leads to: a link and its target are one document. Where there is no file,
    /// the path in the folder that it leads to.
    async fn real(&self, path: &WorkspacePath) -> WorkspacePath {
        if self.map().contains_key(path) {
            return path.clone();
        }
        let (tree, path) = (Arc::clone(&self.0.tree), path.clone());
        blocking(move || {
            let folder = |parent: WorkspacePath| tree.resolve("open", &parent).ok();
            let in_folder = || Some(folder(path.parent()?)?.join(path.name()));
            tree.resolve("open", &path).ok().or_else(in_folder).unwrap_or(path)
        })
        .await
    }

    /// Asks a document's keeper, which is started where there is none.
    async fn ask<T>(
        &self,
        path: &WorkspacePath,
        command: impl Fn(oneshot::Sender<Result<T, CallError>>) -> Command,
    ) -> Result<T, CallError> {
        for _ in 0..TRIES {
            let keeper = self.keeper(path).await?;
            if let Some(answer) = request(&keeper, &command).await {
                return answer;
            }
            keeper.closed().await;
        }
        Err(restless(path))
    }

    async fn keeper(&self, path: &WorkspacePath) -> Result<mpsc::Sender<Command>> {
        self.keeper_of(&self.real(path).await).await
    }

    /// The keeper of a document under its real path.
    async fn keeper_of(&self, path: &WorkspacePath) -> Result<mpsc::Sender<Command>> {
        let starting = {
            let mut open = self.map();
            if open.len() >= MAX_OPEN && !open.contains_key(path) {
                let words = format!("{MAX_OPEN} documents are open; close some first");
                let reason = Why::with("too-many-documents", words, [("most", MAX_OPEN.to_string())]);
                return Err(WorkspaceError::refused("open", path, ErrorCode::Limit, reason));
            }
            Arc::clone(open.entry(path.clone()).or_default())
        };
        let fresh = !starting.initialized();
        let started = starting.get_or_try_init(|| self.start(path, &starting)).await.cloned();
        match &started {
            Err(_) => self.forget(path, starting),
            Ok(_) if fresh => self.0.watching.documents_changed(),
            Ok(_) => {}
        }
        started
    }

    async fn start(&self, path: &WorkspacePath, starting: &Starting) -> Result<mpsc::Sender<Command>> {
        let (tree, journals) = (Arc::clone(&self.0.tree), self.0.journals.clone());
        let at = path.clone();
        let document = blocking(move || OpenDocument::open(&tree, &journals, &at)).await?;
        let (keeper, sender, mut commands) =
            Keeper::new(document, self.0.feed.clone(), Arc::clone(&self.0.clock));
        let (documents, starting) = (self.clone(), Arc::clone(starting));
        tokio::spawn(async move {
            keeper.run(&mut commands).await;
            // Whoever asked meanwhile sees its command dropped, and asks a new keeper.
            documents.map().retain(|_, kept| !Arc::ptr_eq(kept, &starting));
            documents.0.watching.documents_changed();
        });
        Ok(sender)
    }

    /// Gives up a start that failed, unless others are still trying it: there is one keeper per file.
    fn forget(&self, path: &WorkspacePath, starting: Starting) {
        let mut open = self.map();
        let ours = open.get(path).is_some_and(|kept| Arc::ptr_eq(kept, &starting));
        // The map's own, and this one, which goes while the map is locked.
        if ours && Arc::strong_count(&starting) == 2 {
            open.remove(path);
        }
        drop(starting);
    }

    /// The paths of all open documents.
    pub(crate) fn paths(&self) -> Vec<WorkspacePath> {
        self.map().keys().cloned().collect()
    }

    /// Ends the documents of `path`, a file or folder that something else takes the place of. Refused where one
    /// of them has unsaved text.
    pub(crate) async fn make_room(&self, path: &WorkspacePath) -> Result<(), CallError> {
        let unsaved = |state: &State| state.dirty && state.path.is_within(path);
        if let Some(state) = self.0.feed.states().iter().find(|state| unsaved(state)) {
            let reason = Why::named("unsaved-open", "it is open with unsaved text; save or revert it first");
            return Err(WorkspaceError::refused("replace", &state.path, ErrorCode::Conflict, reason).into());
        }
        let within = |open: &WorkspacePath| open.is_within(path);
        self.end(within).await;
        Ok(())
    }

    /// The unsaved text of all documents in these files and folders.
    pub(crate) fn unsaved(&self, within: &[WorkspacePath]) -> Vec<Unsaved> {
        let states = self.0.feed.states().into_iter();
        let chosen =
            states.filter(|state| state.dirty && within.iter().any(|path| state.path.is_within(path)));
        chosen
            .filter_map(|State { path, .. }| Some(Unsaved { text: self.0.feed.text(&path)?, path }))
            .collect()
    }

    /// A document's file lies in the trash, with its unsaved text as it was then: it is unsaved no more.
    pub(crate) async fn trashed(&self, path: &WorkspacePath, text: Arc<str>) -> Result<(), CallError> {
        let Some(keeper) = self.open_keeper(path) else { return Ok(()) };
        request(&keeper, |reply| Command::Trashed { text, reply }).await.unwrap_or(Ok(()))
    }

    /// Unsaved text comes back from the trash after its file.
    pub(crate) async fn bring_back(&self, path: &WorkspacePath, text: Arc<str>) -> Result<(), CallError> {
        self.look(path).await?;
        self.ask(path, |reply| Command::BringBack { text: Arc::clone(&text), reply }).await
    }

    /// The documents of `from`, a file or folder, follow it to `to`.
    pub(crate) async fn moved(&self, by: &PersonId, from: &WorkspacePath, to: &WorkspacePath) {
        let moved: Vec<_> = {
            let mut open = self.map();
            // One that is just being opened finds for itself whether its file is still there.
            let within = open.iter().filter(|(path, keeper)| path.is_within(from) && keeper.initialized());
            let paths: Vec<_> = within.map(|(path, _)| path.clone()).collect();
            let moves = paths.into_iter().filter_map(|path| {
                let keeper = open.remove(&path)?;
                let there = path.rebase(from, to)?;
                open.insert(there.clone(), Arc::clone(&keeper));
                Some((there, keeper))
            });
            moves.collect()
        };
        self.0.watching.documents_changed();
        for (to, starting) in moved {
            let Some(keeper) = starting.get() else { continue };
            let (by, there) = (by.clone(), to.clone());
            if let Some(Err(error)) = request(keeper, |reply| Command::Move { by, to: there, reply }).await {
                tracing::warn!(%error, path = %to, "a document's journal did not move along");
            }
        }
    }

    /// Makes everything durable and ends all keepers.
    pub(crate) async fn stop(&self) {
        self.end(|_| true).await;
    }

    async fn end(&self, which: impl Fn(&WorkspacePath) -> bool) {
        let keepers: Vec<_> = {
            let open = self.map();
            let chosen = open.iter().filter(|(path, _)| which(path));
            chosen.filter_map(|(_, starting)| starting.get().cloned()).collect()
        };
        for keeper in keepers {
            if let Some(Err(error)) = request(&keeper, |reply| Command::Stop { reply }).await {
                tracing::error!(%error, "unsaved text may be lost");
            }
            keeper.closed().await;
        }
    }

    fn map(&self) -> MutexGuard<'_, HashMap<WorkspacePath, Starting>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ide_core::Documents for Documents {
    fn open(&self) -> Vec<DocumentSnapshot> {
        self.0.feed.snapshots()
    }

    fn subscribe(&self) -> broadcast::Receiver<DocumentChange> {
        self.0.feed.subscribe()
    }

    async fn read(&self, path: &WorkspacePath) -> Result<Arc<str>, CallError> {
        if let Some(text) = self.0.feed.text(&self.real(path).await) {
            return Ok(text);
        }
        let (tree, at) = (Arc::clone(&self.0.tree), path.clone());
        let contents = blocking(move || tree.read("read", &at, MAX_DOCUMENT)).await?;
        let (text, _) = text::decode(&contents.bytes)
            .map_err(|_| WorkspaceError::refused("read", path, ErrorCode::Unsupported, NOT_TEXT))?;
        Ok(text.into())
    }

    async fn apply(
        &self,
        by: Option<&PersonId>,
        path: &WorkspacePath,
        edits: Vec<TextEdit>,
    ) -> Result<(), CallError> {
        self.ask(path, |reply| Command::Edit { by: by.cloned(), edits: edits.clone(), reply }).await
    }

    async fn caught_up(&self, path: &WorkspacePath, vector: &[u8]) {
        if let Some(keeper) = self.open_keeper(&self.real(path).await) {
            // No answer: it is closed.
            let _ = request(&keeper, |reply| Command::CaughtUp { vector: vector.to_vec(), reply }).await;
        }
    }
}

#[async_trait]
impl ide_core::Texts for Documents {
    async fn rewrite(
        &self,
        by: &PersonId,
        path: &WorkspacePath,
        before: Arc<str>,
        after: Arc<str>,
    ) -> Result<(), CallError> {
        let rewrite = |reply| {
            let (before, after) = (Arc::clone(&before), Arc::clone(&after));
            Command::Rewrite { by: by.clone(), before, after, reply }
        };
        self.ask(path, rewrite).await
    }

    fn decode(&self, bytes: &[u8]) -> Option<String> {
        text::decode(bytes).ok().map(|(text, _)| text)
    }
}

/// A keeper's answer; none where it ended first.
async fn request<T>(
    keeper: &mpsc::Sender<Command>,
    command: impl FnOnce(oneshot::Sender<Result<T, CallError>>) -> Command,
) -> Option<Result<T, CallError>> {
    let (reply, answer) = oneshot::channel();
    keeper.send(command(reply)).await.ok()?;
    answer.await.ok()
}

fn restless(path: &WorkspacePath) -> CallError {
    let reason = Why::named("closing", "it is being closed over and over; try again");
    WorkspaceError::refused("open", path, ErrorCode::Unavailable, reason).into()
}
