//! All terminals of a workspace, and the calls about them.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use ide_core::{CallContext, Events, Router};
use protocol::{
    CallError, Capability, ErrorCode, Event, PersonId, WorkspacePath,
    terminal::{
        self as calls, AttachTerminal, CloseTerminal, DetachTerminal, ListTerminals, MAX_MARK, MAX_TERMINALS,
        OpenTerminal, RenameTerminal, ResizeTerminal, Terminal as Description, TerminalId,
    },
};

use crate::{
    attachment::{Attachment, TabId},
    pty::{self, Program},
    saved_screens::{Kept, SavedScreens},
    terminal::{OnChange, Origin, Shown, Terminal},
};

/// How often changed screens are written to disk.
const KEEP_EVERY: Duration = Duration::from_secs(5);
/// How often it is looked which programs are in front. The kernel tells nobody.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a hung-up program has before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// Longest name a person may give.
const MAX_NAME: usize = 100;

/// What terminals need to know.
#[derive(Clone, Debug)]
pub struct TerminalConfig {
    /// The workspace's folder.
    pub root: PathBuf,
    /// Where screens are kept.
    pub state: PathBuf,
    /// The login shell.
    pub shell: String,
    /// Variables set besides the agent's own.
    pub environment: Vec<(String, String)>,
}

/// The terminals of a workspace.
pub struct Terminals {
    config: TerminalConfig,
    events: Events,
    screens: SavedScreens,
    /// Whatever is told of terminals is told under this lock: nothing of one comes after its end.
    by_id: Mutex<BTreeMap<TerminalId, Arc<Terminal>>>,
    me: Weak<Self>,
    /// Held while one is started: what is asked for at once is counted and named one after the other.
    opening: Mutex<()>,
}

impl Terminals {
    /// Opens the terminals; those of an agent that died are shown as lost.
    pub fn open(config: TerminalConfig, events: Events) -> std::io::Result<Arc<Self>> {
        let screens = SavedScreens::open(config.state.join("terminals"))?;
        let terminals = Arc::new_cyclic(|me| Self {
            config,
            events,
            screens,
            by_id: Mutex::default(),
            me: Weak::clone(me),
            opening: Mutex::default(),
        });
        for kept in terminals.screens.all()? {
            let origin = Origin { name: kept.name, opened_by: kept.opened_by };
            let lost =
                Terminal::lost(kept.id.clone(), origin, kept.size, &kept.drawing, terminals.on_change());
            terminals.map().insert(kept.id, lost);
        }
        tokio::spawn(keep_screens(Arc::downgrade(&terminals)));
        tokio::spawn(keep_looking(Arc::downgrade(&terminals)));
        Ok(terminals)
    }

    /// Answers the calls about terminals.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, context, call: OpenTerminal| async move {
                // Starting a program blocks for milliseconds.
                tokio::task::spawn_blocking(move || this.start(context.person(), &call))
                    .await
                    .map_err(|error| internal(&error))?
            })
            .on(|this, _, _: ListTerminals| {
                let all = this.map().values().map(|terminal| terminal.describe()).collect();
                async move { Ok(all) }
            })
            .on(|this, context, call: AttachTerminal| {
                let result = this.attach(&context, &call);
                async move { result }
            })
            .on(|_, context, call: DetachTerminal| async move {
                context.session.close_channel(call.channel);
                Ok(())
            })
            .on(|this, context, call: ResizeTerminal| {
                this.resize(&context, &call);
                async { Ok(()) }
            })
            .on(|this, _, call: RenameTerminal| {
                let result = this.rename(call);
                async move { result }
            })
            .on(|this, context, call: CloseTerminal| {
                let result = this.close(context.person(), &call);
                async move { result }
            });
    }

    fn start(&self, by: &PersonId, call: &OpenTerminal) -> Result<Description, CallError> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if self.map().len() >= MAX_TERMINALS {
            let message = format!("this workspace has {MAX_TERMINALS} terminals; close one first");
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("terminals-full", &[("most", &MAX_TERMINALS)]));
        }
        let size = pty::clamp(call.size);
        let folder = self.folder(call.folder.as_ref());
        let program = Program {
            shell: &self.config.shell,
            folder: &folder,
            environment: &self.config.environment,
            size,
        };
        let pty = pty::start(&program).map_err(|reason| {
            CallError::new(ErrorCode::Unavailable, format!("failed to start {}: {reason}", self.config.shell))
                .because("terminal-start", &[("shell", &self.config.shell), ("reason", &reason)])
        })?;
        let id = TerminalId(uuid::Uuid::now_v7().simple().to_string());
        let origin = Origin { name: self.free_name(), opened_by: Some(by.clone()) };
        let terminal = Terminal::start(id.clone(), origin, self.shell(), size, pty, self.on_change());
        self.map().insert(id.clone(), Arc::clone(&terminal));
        self.tell(Some(by), &id);
        Ok(terminal.describe())
    }

    /// The shell's name.
    fn shell(&self) -> &str {
        self.config.shell.rsplit('/').next().unwrap_or("shell")
    }

    /// Where a terminal starts. The shell may go anywhere its user may; the path only says where it begins.
    fn folder(&self, path: Option<&WorkspacePath>) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        let bytes = path.map(WorkspacePath::to_bytes).unwrap_or_default();
        self.config.root.join(std::ffi::OsStr::from_bytes(&bytes))
    }

    /// The shell's name, numbered where it is taken.
    fn free_name(&self) -> String {
        let shell = self.shell().to_owned();
        let taken: Vec<String> = self.map().values().map(|terminal| terminal.describe().name).collect();
        if !taken.contains(&shell) {
            return shell;
        }
        // One of these is free: there are at most as many terminals.
        let mut numbered = (2..=MAX_TERMINALS + 1).map(|number| format!("{shell} {number}"));
        numbered.find(|name| !taken.contains(name)).unwrap_or(shell)
    }

    fn attach(&self, context: &CallContext, call: &AttachTerminal) -> Result<Description, CallError> {
        if call.mark.is_empty()
            || call.mark.len() > MAX_MARK
            || !call.mark.bytes().all(|c| c.is_ascii_alphanumeric())
        {
            let message = format!("a mark is 1 to {MAX_MARK} letters and digits; reload the page");
            let error = CallError::new(ErrorCode::Invalid, message);
            return Err(error.because("terminal-mark", &[("most", &MAX_MARK)]));
        }
        let terminal = self.find(&call.terminal)?;
        let channel = context.session.open_channel(call.channel)?;
        let description = terminal.describe();
        let tab = tab(context, call.channel);
        let may_type = context.may(Capability::Terminals.write());
        // Who only looks on sees the terminal in the size that it has for those who work in it.
        let size = call.size.filter(|_| may_type).map(pty::clamp);
        let attachment = Attachment::new(tab, call.mark.clone(), size);
        let channel = Shown { channel, may_type };
        tokio::spawn(terminal.attach(attachment, channel, context.session.presence()));
        Ok(description)
    }

    fn resize(&self, context: &CallContext, call: &ResizeTerminal) {
        let tab = tab(context, call.channel);
        for terminal in self.all() {
            terminal.resize(&tab, call.size);
        }
    }

    fn rename(&self, call: RenameTerminal) -> Result<(), CallError> {
        if call.name.chars().count() > MAX_NAME || call.name.chars().any(char::is_control) {
            let message =
                format!("a terminal's name has at most {MAX_NAME} characters and no control characters");
            let error = CallError::new(ErrorCode::Invalid, message);
            return Err(error.because("terminal-name", &[("most", &MAX_NAME)]));
        }
        let by_person = !call.name.trim().is_empty();
        let name = if by_person { call.name } else { self.free_name() };
        self.find(&call.terminal)?.rename(name, by_person);
        Ok(())
    }

    fn close(&self, by: &PersonId, call: &CloseTerminal) -> Result<(), CallError> {
        let running = self.find(&call.terminal)?.running();
        if let Some(program) = running.filter(|_| !call.anyway) {
            let message = format!(
                "'{program}' runs in this terminal and would end with it; end it first, or close anyway"
            );
            let error = CallError::new(ErrorCode::Conflict, message);
            return Err(error.because("terminal-busy", &[("program", &program)]));
        }
        let closed = calls::Event::Closed { terminal: call.terminal.clone() };
        let terminal = {
            let mut map = self.map();
            let terminal = map.remove(&call.terminal).ok_or_else(|| missing(&call.terminal))?;
            self.events.publish(Some(by), Event::Terminal(closed));
            terminal
        };
        self.screens.drop(&call.terminal);
        tokio::spawn(end(vec![terminal]));
        Ok(())
    }

    fn find(&self, id: &TerminalId) -> Result<Arc<Terminal>, CallError> {
        self.map().get(id).cloned().ok_or_else(|| missing(id))
    }

    fn on_change(&self) -> OnChange {
        let me = Weak::clone(&self.me);
        Arc::new(move |id| {
            if let Some(terminals) = me.upgrade() {
                terminals.tell(None, id);
            }
        })
    }

    /// Tells everybody how a terminal is, unless it is gone.
    fn tell(&self, by: Option<&PersonId>, id: &TerminalId) {
        let map = self.map();
        if let Some(terminal) = map.get(id) {
            self.events.publish(by, Event::Terminal(calls::Event::Changed(terminal.describe())));
        }
    }

    /// Writes the screens that changed since `known`.
    fn keep(&self, known: &mut BTreeMap<TerminalId, u64>) {
        let all = self.all();
        known.retain(|id, _| all.iter().any(|terminal| terminal.id == *id));
        for terminal in all {
            let last = known.get(&terminal.id).copied().unwrap_or_default();
            let Some((changes, drawing)) = terminal.drawing_since(last) else { continue };
            let Description { id, name, size, opened_by, .. } = terminal.describe();
            match self.screens.keep(&Kept { id: id.clone(), name, size, opened_by, drawing }) {
                Ok(()) => drop(known.insert(id, changes)),
                Err(error) => tracing::warn!(%error, "a terminal's screen was not kept"),
            }
        }
        self.forget_closed(known);
    }

    /// Takes back what was kept of a terminal that was closed meanwhile.
    fn forget_closed(&self, known: &mut BTreeMap<TerminalId, u64>) {
        let map = self.map();
        for (id, _) in known.extract_if(.., |id, _| !map.contains_key(id)) {
            self.screens.drop(&id);
        }
    }

    /// Hangs up all programs, then kills what is left.
    pub async fn shutdown(&self) {
        end(self.all()).await;
        self.keep(&mut BTreeMap::new());
    }

    fn all(&self) -> Vec<Arc<Terminal>> {
        self.map().values().cloned().collect()
    }

    fn map(&self) -> MutexGuard<'_, BTreeMap<TerminalId, Arc<Terminal>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hangs up, and kills what has not ended after a moment: a shell that ignores the one does not live on unseen.
async fn end(terminals: Vec<Arc<Terminal>>) {
    for terminal in &terminals {
        terminal.hang_up();
    }
    let ended = async {
        while !terminals.iter().all(|terminal| terminal.has_ended()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        for terminal in &terminals {
            terminal.kill();
        }
    }
}

/// Looks who is in front for as long as the terminals are there.
async fn keep_looking(terminals: Weak<Terminals>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(terminals) = terminals.upgrade() else { return };
        for terminal in terminals.all() {
            terminal.look();
        }
    }
}

/// Writes changed screens to disk for as long as the terminals are there.
async fn keep_screens(terminals: Weak<Terminals>) {
    let mut known = BTreeMap::new();
    loop {
        tokio::time::sleep(KEEP_EVERY).await;
        let Some(terminals) = terminals.upgrade() else { return };
        let kept = tokio::task::spawn_blocking(move || {
            terminals.keep(&mut known);
            known
        });
        let Ok(after) = kept.await else { return };
        known = after;
    }
}

fn tab(context: &CallContext, channel: protocol::ChannelId) -> TabId {
    (context.session.id().clone(), channel)
}

fn missing(id: &TerminalId) -> CallError {
    let shown: String = id.0.chars().take(64).flat_map(char::escape_debug).collect();
    CallError::new(
        ErrorCode::NotFound,
        format!("there is no terminal {shown}; it may have been closed in another tab"),
    )
    .because("terminal-gone", &[("terminal", &shown)])
}

fn internal(error: &tokio::task::JoinError) -> CallError {
    CallError::new(ErrorCode::Internal, format!("the terminal's start failed inside: {error}"))
        .because("terminal-inside", &[("reason", error)])
}
