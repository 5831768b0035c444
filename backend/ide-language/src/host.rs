//! The life of one server: started with the first document of its language, restarted when it ends by itself,
//! given up when that happens too often, stopped when nobody needs it. One task owns all of it.

use std::{
    collections::VecDeque,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use ide_core::{DocumentChange, Grant};
use protocol::{Access, Reason, Reasons, Said, language::ServerState};
use tokio::sync::{broadcast, mpsc, watch};

use crate::{
    Shared,
    environment::{self, Found},
    messages::{Command, PeerRequest},
    peer::{self, APPLY_EDIT},
    process::{Bounds, Event, Process},
    rpc,
    running::{self, Fault, Peers, Running, refuse},
    spec::ServerSpec,
    status::Status,
};

/// Ends by itself, within [`WINDOW`], after which a server stays down.
const MAX_CRASHES: usize = 5;
/// See [`MAX_CRASHES`].
const WINDOW: Duration = Duration::from_mins(3);
/// Requests that wait for a server to be ready.
const MAX_QUEUED: usize = 256;

enum Phase {
    Stopped,
    /// Not to be started: the folder is not trusted.
    Restricted,
    /// Looking for the program.
    Finding,
    Running(Box<Running>),
    /// Ended by itself; starts again then.
    Waiting(Instant),
    Failed(Said),
}

/// A server's task.
pub(crate) struct Host {
    shared: Shared,
    spec: Arc<ServerSpec>,
    status: Arc<Status>,
    /// Its own inbox, for what it starts.
    inbox: mpsc::WeakSender<Command>,
    feed: broadcast::Receiver<DocumentChange>,
    trust: watch::Receiver<Option<Grant>>,
    peers: Peers,
    phase: Phase,
    queued: VecDeque<PeerRequest>,
    crashes: VecDeque<Instant>,
    idle_since: Option<Instant>,
}

impl Host {
    pub(crate) fn new(
        shared: Shared,
        spec: Arc<ServerSpec>,
        status: Arc<Status>,
        inbox: mpsc::WeakSender<Command>,
    ) -> Self {
        // Subscribed before the documents are looked at: none is missed.
        let feed = shared.documents.subscribe();
        let trust = shared.trust.subscribe();
        Self {
            shared,
            spec,
            status,
            inbox,
            feed,
            trust,
            peers: Peers::new(),
            phase: Phase::Stopped,
            queued: VecDeque::new(),
            crashes: VecDeque::new(),
            idle_since: None,
        }
    }

    /// Works until it is told to stop, or nobody can tell it any more.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        self.decided();
        loop {
            let deadline = self.deadline();
            tokio::select! {
                command = commands.recv() => match command {
                    None => return self.stop().await,
                    Some(Command::Stop(done)) => {
                        self.stop().await;
                        // Whoever asked may have gone.
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.command(command).await,
                },
                change = self.feed.recv() => match change {
                    Ok(change) => self.changed(change),
                    Err(broadcast::error::RecvError::Lagged(_)) => self.resync(),
                    Err(broadcast::error::RecvError::Closed) => return self.stop().await,
                },
                Ok(()) = self.trust.changed() => self.decided(),
                event = next_event(&mut self.phase) => self.event(event),
                () = wait_until(deadline, &self.shared) => self.due().await,
            }
        }
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Attach(id, peer) => {
                self.peers.insert(id, peer);
                self.start_if_stopped();
            }
            Command::Detach(id) => {
                self.peers.remove(&id);
                self.queued.retain(|asked| asked.peer != id);
                self.with_running(|running, _| running.forget(id));
            }
            Command::Ask(asked) => self.ask(asked),
            Command::Cancel(peer, params) => {
                let wanted = rpc::decode::<serde_json::Value>(&params).unwrap_or_default()["id"].to_string();
                self.queued.retain(|asked| asked.peer != peer || asked.id.get() != wanted);
                self.with_running(|running, _| running.cancel(peer, &params));
            }
            Command::Found(found, grant) => self.found(found, &grant),
            Command::Restart => {
                self.crashes.clear();
                self.stop().await;
                self.find();
            }
            // Taken by `run`.
            Command::Stop(_) => {}
        }
    }

    fn ask(&mut self, asked: PeerRequest) {
        let Some(peer) = self.peers.get(&asked.peer) else { return };
        let Some(needed) = peer::accesses(&asked.method) else {
            return refuse(&self.peers, &asked, rpc::METHOD_NOT_FOUND, &not_for_browsers());
        };
        if let Some(lacking) = needed.iter().find(|needed| !peer.principal.grants.may(**needed)) {
            return refuse(&self.peers, &asked, rpc::INVALID_REQUEST, &needs(*lacking));
        }
        if asked.method == APPLY_EDIT {
            return self.apply(asked);
        }
        // What was typed before the question was asked is shown before it is passed on.
        self.drain_feed();
        self.start_if_stopped();
        match &mut self.phase {
            Phase::Running(running) if running.is_ready() => {
                let asked = running.ask(&self.peers, asked);
                self.fault(asked);
            }
            Phase::Failed(reason) => refuse(&self.peers, &asked, rpc::REQUEST_FAILED, reason),
            Phase::Restricted => refuse(&self.peers, &asked, rpc::REQUEST_FAILED, &untrusted()),
            _ if self.queued.len() >= MAX_QUEUED => {
                refuse(&self.peers, &asked, rpc::REQUEST_FAILED, &not_ready());
            }
            _ => self.queued.push_back(asked),
        }
    }

    /// Applies a browser's edit to files, and answers when it is done.
    fn apply(&self, asked: PeerRequest) {
        let Some(peer) = self.peers.get(&asked.peer) else { return };
        let (shared, outgoing) = (self.shared.clone(), peer.outgoing.clone());
        let by = peer.principal.person.id.clone();
        tokio::spawn(async move {
            let edit = asked.params.and_then(|params| rpc::decode(&params)).unwrap_or_default();
            let outcome = running::apply(&shared, Some(&by), edit).await;
            // A browser that is gone needs no answer.
            let _ = outgoing.send(rpc::response(&asked.id, &Ok(outcome))).await;
        });
    }

    fn changed(&mut self, change: DocumentChange) {
        match change {
            DocumentChange::Opened(document) | DocumentChange::Changed(document) => {
                if self.spec.serves(&document.language) {
                    self.start_if_stopped();
                }
                self.with_running(|running, _| running.show(&document));
            }
            DocumentChange::Saved(path) => self.with_running(|running, _| running.saved(&path)),
            DocumentChange::Closed(path) => self.with_running(|running, _| running.close(&path)),
            DocumentChange::Moved { .. } => self.resync(),
        }
    }

    fn drain_feed(&mut self) {
        loop {
            match self.feed.try_recv() {
                Ok(change) => self.changed(change),
                Err(broadcast::error::TryRecvError::Lagged(_)) => self.resync(),
                Err(_) => return,
            }
        }
    }

    fn resync(&mut self) {
        self.with_running(|running, _| running.resync());
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Message(body) => {
                let Phase::Running(running) = &mut self.phase else { return };
                match running.take(&self.peers, &body) {
                    Ok(false) => {}
                    Ok(true) => self.release(),
                    Err(fault) => self.crashed(fault.0),
                }
            }
            Event::Ended(reason) => self.crashed(reason),
        }
    }

    /// The server is ready: asks what waited for it.
    fn release(&mut self) {
        for asked in std::mem::take(&mut self.queued) {
            self.ask(asked);
        }
    }

    /// The folder's owner decided: serves what is open, or ends at once whatever runs.
    fn decided(&mut self) {
        if self.trust.borrow_and_update().is_none() {
            return self.restrict();
        }
        if matches!(self.phase, Phase::Restricted) {
            self.phase = Phase::Stopped;
            self.status.set_state(ServerState::Stopped);
        }
        if self.shared.documents.open().iter().any(|document| self.spec.serves(&document.language)) {
            self.start_if_stopped();
        }
    }

    fn restrict(&mut self) {
        let revoked = Said::new("this folder is no longer trusted").because("lsp-revoked", &[]);
        drop(self.leave(&revoked));
        for asked in std::mem::take(&mut self.queued) {
            refuse(&self.peers, &asked, rpc::REQUEST_FAILED, &untrusted());
        }
        self.phase = Phase::Restricted;
        self.status.set_state(ServerState::Restricted);
    }

    fn start_if_stopped(&mut self) {
        if matches!(self.phase, Phase::Stopped) {
            self.find();
        }
    }

    /// Looks for the program, beside the task: asking a toolchain can take seconds.
    fn find(&mut self) {
        let Ok(grant) = self.shared.trust.grant(self.spec.name()) else { return self.restrict() };
        self.phase = Phase::Finding;
        self.idle_since = None;
        self.status.set_state(ServerState::Starting);
        let (spec, shared, inbox) = (Arc::clone(&self.spec), self.shared.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let looked = environment::find(&spec, &shared.config.variables, shared.root.path(), &grant);
            let found = tokio::select! {
                found = looked => found,
                () = grant.revoked() => return,
            };
            if let Some(inbox) = inbox.upgrade() {
                // Stopped meanwhile: nobody wants it.
                let _ = inbox.send(Command::Found(found, grant)).await;
            }
        });
    }

    fn found(&mut self, found: Option<Found>, grant: &Grant) {
        if !matches!(self.phase, Phase::Finding) {
            return;
        }
        let Some(found) = found else {
            return self.fail(missing(&self.spec));
        };
        let Shared { config, .. } = &self.shared;
        let bounds = Bounds { memory: config.memory, look: config.timing.look };
        let started = Process::spawn(&found, self.shared.root.path(), bounds, grant)
            .map_err(|error| Fault(unstarted(&found.program, &error)))
            .and_then(|process| {
                Running::begin(self.shared.clone(), Arc::clone(&self.spec), Arc::clone(&self.status), process)
            });
        match started {
            Ok(running) => self.phase = Phase::Running(Box::new(running)),
            Err(fault) => self.crashed(fault.0),
        }
    }

    fn with_running(&mut self, work: impl FnOnce(&mut Running, &Peers) -> Result<(), Fault>) {
        if let Phase::Running(running) = &mut self.phase {
            let done = work(running, &self.peers);
            self.fault(done);
        }
    }

    fn fault(&mut self, done: Result<(), Fault>) {
        if let Err(fault) = done {
            self.crashed(fault.0);
        }
    }

    /// The server ended, or has to: starts it again after a while, unless that has happened too often.
    fn crashed(&mut self, reason: Said) {
        tracing::warn!(server = self.spec.name(), %reason, "a language server ended");
        self.leave(&Said::new("the language server ended").because("lsp-ended", &[]));
        let now = self.shared.clock.monotonic();
        self.crashes.push_back(now);
        while self.crashes.front().is_some_and(|&first| now.saturating_duration_since(first) > WINDOW) {
            self.crashes.pop_front();
        }
        let reason = shortened(reason);
        if self.crashes.len() >= MAX_CRASHES {
            return self.fail(ended_often(reason));
        }
        let pause = self.shared.config.timing.restart * 2_u32.pow(self.crashes.len() as u32 - 1);
        self.phase = Phase::Waiting(now + pause);
        let reasons = Reasons::of("reason", reason.reason);
        self.status.set_state(ServerState::Restarting { reason: reason.message, reasons });
    }

    fn fail(&mut self, reason: Said) {
        for asked in std::mem::take(&mut self.queued) {
            refuse(&self.peers, &asked, rpc::REQUEST_FAILED, &reason);
        }
        let reasons = Reasons::of("reason", reason.reason.clone());
        self.status.set_state(ServerState::Failed { reason: reason.message.clone(), reasons });
        self.phase = Phase::Failed(reason);
    }

    /// Takes the server out of service; its process ends with the returned value.
    fn leave(&mut self, reason: &Said) -> Option<Process> {
        let phase = std::mem::replace(&mut self.phase, Phase::Stopped);
        self.status.change_problems(crate::problems::Problems::clear);
        match phase {
            Phase::Running(running) => Some(running.end(&self.peers, reason)),
            _ => None,
        }
    }

    async fn stop(&mut self) {
        if let Phase::Running(running) = &mut self.phase {
            running.say_goodbye();
        }
        let stopped = Said::new("the language server was stopped").because("lsp-stopped", &[]);
        if let Some(process) = self.leave(&stopped) {
            process.stop(self.shared.config.timing.stop).await;
        }
        self.status.set_state(ServerState::Stopped);
    }

    fn deadline(&mut self) -> Option<Instant> {
        match &self.phase {
            Phase::Waiting(until) => Some(*until),
            Phase::Running(running) => {
                let idle = running.is_ready() && running.documents() == 0;
                let now = self.shared.clock.monotonic();
                self.idle_since = idle.then(|| self.idle_since.unwrap_or(now));
                let stop = self.idle_since.map(|since| since + self.shared.config.timing.idle);
                running.next_due().into_iter().chain(stop).min()
            }
            Phase::Stopped | Phase::Restricted | Phase::Finding | Phase::Failed(_) => None,
        }
    }

    async fn due(&mut self) {
        let now = self.shared.clock.monotonic();
        match &mut self.phase {
            Phase::Waiting(until) if *until <= now => self.find(),
            Phase::Running(running) => {
                let done = running.due(now);
                self.fault(done);
                if self.idle_since.is_some_and(|since| now >= since + self.shared.config.timing.idle) {
                    self.stop().await;
                }
            }
            _ => {}
        }
    }
}

fn not_for_browsers() -> Said {
    Said::new("not a method for browsers").because("lsp-no-method", &[])
}

fn needs(Access { capability, level }: Access) -> Said {
    let arguments: [(&str, &dyn std::fmt::Display); 2] = [("level", &level), ("capability", &capability)];
    Said::new(format!("it needs '{level}' on {capability}")).because("lsp-needs", &arguments)
}

fn untrusted() -> Said {
    Said::new("not before this folder is trusted").because("lsp-untrusted", &[])
}

fn not_ready() -> Said {
    Said::new("the language server is not ready yet").because("lsp-not-ready", &[])
}

fn missing(spec: &ServerSpec) -> Said {
    let name = spec.name();
    let install = if spec.install.is_empty() { "install it" } else { &spec.install };
    Said::new(format!("{name} is not there: {install}"))
        .because("server-missing", &[("name", &name), ("install", &install)])
}

fn unstarted(program: &Path, error: &std::io::Error) -> Said {
    let program = program.display();
    Said::new(format!("{program} cannot be started: {error}"))
        .because("server-unstarted", &[("program", &program), ("reason", error)])
}

fn ended_often(last: Said) -> Said {
    let minutes = WINDOW.as_secs() / 60;
    let words = format!("it ended {MAX_CRASHES} times in {minutes} minutes ({last}); restart it by hand");
    let arguments: [(&str, &dyn std::fmt::Display); 3] =
        [("times", &MAX_CRASHES), ("minutes", &minutes), ("reason", &last)];
    Said::new(words).because("server-ended-often", &arguments).led_to_by(last.reason)
}

/// What a server says of its end may be long.
fn shortened(Said { message, reason }: Said) -> Said {
    let short = |text: String| -> String { text.chars().take(300).collect() };
    let reason = reason.map(|Reason { name, arguments, cause }| {
        let arguments = arguments.into_iter().map(|(name, value)| (name, short(value))).collect();
        Reason { name, arguments, cause }
    });
    Said { message: short(message), reason }
}

async fn next_event(phase: &mut Phase) -> Event {
    match phase {
        Phase::Running(running) => running.next().await,
        _ => std::future::pending().await,
    }
}

async fn wait_until(deadline: Option<Instant>, shared: &Shared) {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep(deadline.saturating_duration_since(shared.clock.monotonic())).await;
        }
        None => std::future::pending().await,
    }
}
