//! A server that runs: what was asked of it, what it has been shown, what it says.

mod heard;

use std::{collections::HashMap, sync::Arc, time::Instant};

use bytes::Bytes;
use ide_core::DocumentSnapshot;
use protocol::{PersonId, Said, WorkspacePath, language::ServerState};
use serde_json::{Value, json, value::RawValue};

use crate::{
    Shared, capabilities, edits,
    messages::{Peer, PeerId, PeerRequest},
    problems,
    process::{Event, Process},
    progress::Progress,
    pulls::Pulls,
    rpc::{self, Answer, Message},
    spec::ServerSpec,
    status::Status,
    texts::{SyncStyle, Texts},
};

/// Requests of one browser that may wait for answers.
const MAX_PENDING: usize = 256;
/// The notification by which browsers learn that the server is ready; ours, not the protocol's.
const READY: &str = "cumulo/ready";

/// The session with the server is over: why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) Said);

/// All browsers that speak to a server.
pub(crate) type Peers = HashMap<PeerId, Peer>;

/// What an answer belongs to.
#[derive(Debug)]
enum Pending {
    Initialize,
    Passed { peer: PeerId, id: Box<RawValue>, method: String },
    Pull { path: WorkspacePath },
}

/// A running server.
pub(crate) struct Running {
    shared: Shared,
    spec: Arc<ServerSpec>,
    status: Arc<Status>,
    process: Process,
    started: Instant,
    ready: bool,
    next_id: i64,
    pending: HashMap<i64, Pending>,
    texts: Texts,
    pulls: Option<Pulls>,
    progress: Progress,
    reported: Option<Instant>,
}

impl Running {
    /// Speaks to `process` for the first time.
    pub(crate) fn begin(
        shared: Shared,
        spec: Arc<ServerSpec>,
        status: Arc<Status>,
        process: Process,
    ) -> Result<Self, Fault> {
        let started = shared.clock.monotonic();
        let mut running = Self {
            shared,
            spec,
            status,
            process,
            started,
            ready: false,
            next_id: 1,
            pending: HashMap::new(),
            texts: Texts::default(),
            pulls: None,
            progress: Progress::default(),
            reported: None,
        };
        let params = capabilities::initialize(&running.shared.root, &running.spec);
        running.request("initialize", &params, Pending::Initialize)?;
        Ok(running)
    }

    /// Whether it can be asked.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }

    /// How many documents it is shown.
    pub(crate) fn documents(&self) -> usize {
        self.texts.len()
    }

    /// What comes next from the process.
    pub(crate) async fn next(&mut self) -> Event {
        self.process.next().await
    }

    /// When [`Self::due`] has something to do.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        match &self.pulls {
            Some(pulls) => pulls.next(),
            None => (!self.ready).then(|| self.started + self.shared.config.timing.start),
        }
    }

    /// Asks what is due.
    pub(crate) fn due(&mut self, now: Instant) -> Result<(), Fault> {
        if !self.ready {
            let late = now >= self.started + self.shared.config.timing.start;
            let silent = || Said::new("it did not answer to its start").because("server-silent", &[]);
            return if late { Err(Fault(silent())) } else { Ok(()) };
        }
        for (path, result) in self.pulls.as_mut().map(|pulls| pulls.take_due(now)).unwrap_or_default() {
            let mut params = json!({ "textDocument": { "uri": self.shared.root.to_uri(&path) } });
            if let Some(result) = result {
                params["previousResultId"] = json!(result);
            }
            self.request("textDocument/diagnostic", &params, Pending::Pull { path })?;
        }
        Ok(())
    }

    /// Passes a browser's request on.
    pub(crate) fn ask(&mut self, peers: &Peers, asked: PeerRequest) -> Result<(), Fault> {
        let waiting =
            |pending: &&Pending| matches!(pending, Pending::Passed { peer, .. } if *peer == asked.peer);
        if self.pending.values().filter(waiting).count() >= MAX_PENDING {
            let said = Said::new(format!("{MAX_PENDING} requests are waiting for answers"))
                .because("lsp-too-many", &[("most", &MAX_PENDING)]);
            refuse(peers, &asked, rpc::REQUEST_FAILED, &said);
            return Ok(());
        }
        let id = self.id();
        self.send(rpc::pass_request(id, &asked.method, asked.params.as_deref()))?;
        let PeerRequest { peer, id: asked_id, method, .. } = asked;
        self.pending.insert(id, Pending::Passed { peer, id: asked_id, method });
        Ok(())
    }

    /// Passes a cancellation on, under the id the server knows.
    pub(crate) fn cancel(&mut self, peer: PeerId, params: &RawValue) -> Result<(), Fault> {
        let Some(params) = rpc::decode::<Value>(params) else { return Ok(()) };
        let wanted = params["id"].to_string();
        let found = self.pending.iter().find(|(_, pending)| {
            matches!(pending, Pending::Passed { peer: asker, id, .. } if *asker == peer && id.get() == wanted)
        });
        match found {
            Some((&id, _)) => self.notify("$/cancelRequest", &json!({ "id": id })),
            None => Ok(()),
        }
    }

    /// Nobody waits for a browser's answers any more.
    pub(crate) fn forget(&mut self, gone: PeerId) -> Result<(), Fault> {
        let theirs = |pending: &Pending| matches!(pending, Pending::Passed { peer, .. } if *peer == gone);
        let ids: Vec<i64> = self.pending.extract_if(|_, pending| theirs(pending)).map(|(id, _)| id).collect();
        ids.into_iter().try_for_each(|id| self.notify("$/cancelRequest", &json!({ "id": id })))
    }

    /// Shows a document as it is now, where it is of the server's languages.
    pub(crate) fn show(&mut self, now: &DocumentSnapshot) -> Result<(), Fault> {
        if !self.ready || !self.spec.serves(&now.language) {
            return Ok(());
        }
        if let Some(body) = self.texts.show(&self.shared.root, now) {
            if let Some(pulls) = &mut self.pulls {
                pulls.changed(&now.path, self.shared.clock.monotonic());
            }
            self.send(body)?;
        }
        Ok(())
    }

    /// A document was saved.
    pub(crate) fn saved(&mut self, path: &WorkspacePath) -> Result<(), Fault> {
        self.texts.saved(&self.shared.root, path).map_or(Ok(()), |body| self.send(body))
    }

    /// A document is closed.
    pub(crate) fn close(&mut self, path: &WorkspacePath) -> Result<(), Fault> {
        let Some(body) = self.texts.close(&self.shared.root, path) else { return Ok(()) };
        if let Some(pulls) = &mut self.pulls {
            pulls.closed(path);
        }
        self.status.change_problems(|problems| problems.pulled(path, Vec::new()));
        self.send(body)
    }

    /// Shows exactly the documents that are open.
    pub(crate) fn resync(&mut self) -> Result<(), Fault> {
        if !self.ready {
            return Ok(());
        }
        let open = self.shared.documents.open();
        let gone: Vec<_> = self
            .texts
            .paths()
            .filter(|path| !open.iter().any(|document| document.path == **path))
            .cloned()
            .collect();
        gone.iter().try_for_each(|path| self.close(path))?;
        open.iter().try_for_each(|document| self.show(document))
    }

    /// Takes a message of the server; whether it is ready by it.
    pub(crate) fn take(&mut self, peers: &Peers, body: &[u8]) -> Result<bool, Fault> {
        match rpc::parse(body).map_err(|error| Fault(error.said()))? {
            Message::Response { id, answer } => {
                let known = id.get().parse().ok().and_then(|id: i64| self.pending.remove(&id));
                let Some(pending) = known else {
                    tracing::debug!(%id, "a language server answered what was not asked");
                    return Ok(false);
                };
                return self.answered(peers, pending, answer);
            }
            Message::Request { id, method, params } => self.asked(peers, &id, &method, params.as_deref())?,
            Message::Notification { method, params } => self.told(&method, params.as_deref()),
        }
        Ok(false)
    }

    fn answered(&mut self, peers: &Peers, pending: Pending, answer: Answer) -> Result<bool, Fault> {
        match pending {
            Pending::Initialize => {
                let result = answer.map_err(|error| Fault(refused_to_start(&shorten(&error))))?;
                self.initialized(peers, &result)?;
                return Ok(true);
            }
            Pending::Passed { peer, id, method } => {
                if let (Ok(result), true) = (&answer, points_at_places(&method))
                    && let Some(places) = rpc::decode(result)
                {
                    self.shared.sources.remember(&self.shared.root, &places);
                }
                send_to(peers, peer, rpc::response(&id, &answer));
            }
            Pending::Pull { path } => self.pulled(&path, answer),
        }
        Ok(false)
    }

    fn initialized(&mut self, peers: &Peers, result: &RawValue) -> Result<(), Fault> {
        let unreadable = || {
            let said = Said::new("what it answered to the start cannot be read");
            Fault(said.because("server-unreadable", &[]))
        };
        let mut result: Value = rpc::decode(result).ok_or_else(unreadable)?;
        let capabilities = result["capabilities"].take();
        self.texts = Texts::new(SyncStyle::of(&capabilities));
        let timing = &self.shared.config.timing;
        self.pulls =
            (!capabilities["diagnosticProvider"].is_null()).then(|| Pulls::new(timing.settle, timing.retry));
        self.notify("initialized", &json!({}))?;
        self.notify("workspace/didChangeConfiguration", &json!({ "settings": self.spec.settings }))?;
        self.ready = true;
        let ready = rpc::notification(READY, json!({ "capabilities": capabilities }));
        broadcast(peers, &ready);
        self.status.set_capabilities(capabilities);
        self.status.set_state(ServerState::Ready);
        self.resync()
    }

    fn pulled(&mut self, path: &WorkspacePath, answer: Answer) {
        let now = self.shared.clock.monotonic();
        let Some(pulls) = &mut self.pulls else { return };
        let report = match answer {
            Ok(report) => rpc::decode::<Value>(&report).unwrap_or_default(),
            Err(error) => {
                let again =
                    matches!(rpc::code_of(&error), Some(rpc::CONTENT_MODIFIED | rpc::SERVER_CANCELLED));
                if !again {
                    tracing::debug!(%path, error = shorten(&error), "no diagnostics");
                }
                pulls.put_off(path, again, now);
                return;
            }
        };
        let result = report["resultId"].as_str().map(str::to_owned);
        if !pulls.answered(path, result) || report["kind"] == "unchanged" {
            return;
        }
        let root = &self.shared.root;
        let read =
            |report: &Value| problems::read(root, report["items"].as_array().map_or(&[], Vec::as_slice));
        let related = report["relatedDocuments"].as_object().into_iter().flatten();
        let related = related.filter_map(|(uri, report)| Some((root.to_path(uri)?, read(report))));
        self.status.change_problems(|problems| {
            let own = problems.pulled(path, read(&report));
            own.into_iter()
                .chain(related.filter_map(|(path, found)| problems.pulled(&path, found)))
                .collect::<Vec<_>>()
        });
    }

    /// Ends the session: tells every browser that waits, and gives back the process.
    pub(crate) fn end(self, peers: &Peers, reason: &Said) -> Process {
        for pending in self.pending.into_values() {
            if let Pending::Passed { peer, id, .. } = pending {
                send_to(peers, peer, rpc::response(&id, &Err(rpc::failure(rpc::REQUEST_FAILED, reason))));
            }
        }
        self.process
    }

    /// Asks the server to end by itself.
    pub(crate) fn say_goodbye(&mut self) {
        let id = self.id();
        // A server that no longer listens is killed all the same.
        let _ = self.send(rpc::request(id, "shutdown", Value::Null));
        let _ = self.send(rpc::notification("exit", Value::Null));
    }

    fn request(&mut self, method: &str, params: &Value, pending: Pending) -> Result<(), Fault> {
        let id = self.id();
        self.pending.insert(id, pending);
        self.send(rpc::request(id, method, params))
    }

    fn notify(&self, method: &str, params: &Value) -> Result<(), Fault> {
        self.send(rpc::notification(method, params))
    }

    fn send(&self, body: Bytes) -> Result<(), Fault> {
        self.process
            .send(body)
            .map_err(|stuck| Fault(Said::new(stuck.to_string()).because("server-stuck", &[])))
    }

    fn id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }
}

/// Applies a `WorkspaceEdit`: the `ApplyWorkspaceEditResult` that says how it went.
pub(crate) async fn apply(shared: &Shared, by: Option<&PersonId>, edit: Value) -> Box<RawValue> {
    let applied = match edits::read(&shared.root, edit) {
        Ok(files) => edits::apply(&*shared.documents, by, files).await,
        Err(refused) => Err(refused),
    };
    rpc::raw(&match applied {
        Ok(()) => json!({ "applied": true }),
        Err(refused) => {
            let Said { message, reason } = refused.said();
            json!({ "applied": false, "failureReason": message, "reason": reason })
        }
    })
}

fn refused_to_start(answer: &str) -> Said {
    Said::new(format!("it refused to start: {answer}")).because("server-refused", &[("reason", &answer)])
}

/// Answers a browser's request with an error.
pub(crate) fn refuse(peers: &Peers, asked: &PeerRequest, code: i32, said: &Said) {
    send_to(peers, asked.peer, rpc::response(&asked.id, &Err(rpc::failure(code, said))));
}

/// Sends a message to a browser. One that reads nothing loses answers, and nobody else anything.
pub(crate) fn send_to(peers: &Peers, peer: PeerId, body: Bytes) {
    if let Some(peer) = peers.get(&peer)
        && peer.outgoing.try_send(body).is_err()
    {
        tracing::debug!("a browser does not read a language server's answers");
    }
}

/// Sends a message to every browser.
fn broadcast(peers: &Peers, body: &Bytes) {
    for peer in peers.keys() {
        send_to(peers, *peer, body.clone());
    }
}

fn points_at_places(method: &str) -> bool {
    let places =
        ["efinition", "eclaration", "implementation", "references", "symbol", "erarchy", "Calls", "types"];
    places.iter().any(|ending| method.ends_with(ending))
}

fn shorten(error: &RawValue) -> String {
    error.get().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_with_places_are_known_by_their_method() {
        for method in [
            "textDocument/definition",
            "textDocument/typeDefinition",
            "textDocument/references",
            "workspace/symbol",
        ] {
            assert!(points_at_places(method), "{method}");
        }
        assert!(!points_at_places("textDocument/completion"));
    }
}
