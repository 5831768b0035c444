//! One terminal: a thread that reads its program's output into the screen and to the tabs, a thread that
//! types, a thread that waits for the end.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc as threads},
    time::Duration,
};

use bytes::Bytes;
use ide_core::{Channel, ChannelReceiver, ChannelSender};
use portable_pty::{Child, MasterPty};
use protocol::{
    PersonId,
    terminal::{Exit, Size, Terminal as Description, TerminalId},
};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::{Notify, mpsc, watch};

use crate::{
    attachment::{Attachment, Next, TabId},
    foreground::Foreground,
    pty::{self, Pty},
    screen::Screen,
};

/// Messages that may wait to be typed, each of at most 16 KiB; beyond them the tab's credit runs out.
const TYPING_QUEUE: usize = 16;
/// How long a program has to read what was typed by a tab that has left.
const LAST_TYPING: Duration = Duration::from_secs(5);
/// Between two attempts to free the threads of a terminal whose shell has ended.
const RELEASE_PACE: Duration = Duration::from_millis(200);
/// Between two changes of size that one tab wishes.
const RESIZE_PACE: Duration = Duration::from_millis(30);

/// Called when a terminal's description changed.
pub(crate) type OnChange = Arc<dyn Fn(&TerminalId) + Send + Sync>;

/// A terminal.
pub(crate) struct Terminal {
    pub(crate) id: TerminalId,
    state: Mutex<State>,
    /// Tells the reading thread that a tab caught up.
    caught_up: Condvar,
    typing: Mutex<Option<mpsc::Sender<Bytes>>>,
    on_change: OnChange,
}

/// What a terminal is called at first, and who opened it.
pub(crate) struct Origin {
    pub(crate) name: String,
    pub(crate) opened_by: Option<PersonId>,
}

/// A tab's channel, and whether what comes on it is typed.
pub(crate) struct Shown {
    pub(crate) channel: Channel,
    pub(crate) may_type: bool,
}

struct State {
    opened_by: Option<PersonId>,
    name: String,
    /// Whether a person gave the name.
    named: bool,
    foreground: Foreground,
    screen: Screen,
    attachments: Vec<Attachment>,
    exit: Option<Exit>,
    leader: Option<Pid>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Grows with every output: tells whether the screen must be kept again.
    changes: u64,
}

impl State {
    fn new(origin: Origin, shell: &str, screen: Screen) -> Self {
        Self {
            opened_by: origin.opened_by,
            name: origin.name,
            named: false,
            foreground: Foreground::of_shell(shell),
            screen,
            attachments: Vec::new(),
            exit: None,
            leader: None,
            master: None,
            changes: 0,
        }
    }

    fn title(&self) -> &str {
        let told = self.foreground.title().filter(|_| !self.named && self.exit.is_none());
        told.unwrap_or(&self.name)
    }

    /// The process group in the foreground, and its program.
    fn in_foreground(&self) -> Option<crate::foreground::Program> {
        pty::foreground(self.master.as_deref()?, self.leader.map(Pid::as_raw_pid))
    }

    /// Whether everybody who is there to read is behind; who is away is not waited for.
    fn all_behind(&self) -> bool {
        let mut present = self.attachments.iter().filter(|attachment| attachment.is_present()).peekable();
        present.peek().is_some() && present.all(Attachment::is_behind)
    }
}

impl Terminal {
    /// A terminal on which a program runs: a shell, by its program's name.
    pub(crate) fn start(
        id: TerminalId,
        origin: Origin,
        shell: &str,
        size: Size,
        pty: Pty,
        on_change: OnChange,
    ) -> Arc<Self> {
        let (typing, typed) = mpsc::channel(TYPING_QUEUE);
        let mut state = State::new(origin, shell, Screen::new(size));
        state.leader = pty.child.process_id().and_then(|pid| Pid::from_raw(pid as i32));
        let end = pty.master.tty_name();
        state.master = Some(pty.master);
        let terminal = Arc::new(Self {
            id,
            state: Mutex::new(state),
            caught_up: Condvar::new(),
            typing: Mutex::new(Some(typing)),
            on_change,
        });
        terminal.begin(pty.reader, pty.writer, pty.child, typed, end);
        terminal
    }

    /// Starts the three threads. `end` is where programs open the terminal.
    fn begin(
        self: &Arc<Self>,
        reader: Box<dyn Read + Send>,
        writer: Box<dyn Write + Send>,
        mut child: Box<dyn Child + Send + Sync>,
        typed: mpsc::Receiver<Bytes>,
        end: Option<PathBuf>,
    ) {
        // Says when all output is read, and breaks when both threads have ended.
        let (over, following) = threads::channel();
        let (reading, drained) = (Arc::clone(self), over.clone());
        std::thread::spawn(move || {
            reading.read(reader);
            let _ = drained.send(());
        });
        // The writer types an end-of-file when it is dropped: the thread keeps it until the terminal is gone.
        std::thread::spawn(move || {
            type_in(typed, writer);
            drop(over);
        });
        let waiting = Arc::clone(self);
        std::thread::spawn(move || {
            let exit = child.wait().map_or(Exit::Lost, |status| describe_exit(&status));
            // What the program wrote last comes before its end; a child that holds the terminal open must not keep it.
            let _ = following.recv_timeout(Duration::from_millis(500));
            waiting.finish(exit);
            drop(waiting);
            release(&following, end.as_deref());
        });
    }

    /// A terminal of an agent that is gone: its last screen, nothing running.
    pub(crate) fn lost(
        id: TerminalId,
        origin: Origin,
        size: Size,
        drawing: &[u8],
        on_change: OnChange,
    ) -> Arc<Self> {
        let mut screen = Screen::new(size);
        screen.advance(drawing);
        let state = State { exit: Some(Exit::Lost), ..State::new(origin, "", screen) };
        Arc::new(Self {
            id,
            state: Mutex::new(state),
            caught_up: Condvar::new(),
            typing: Mutex::new(None),
            on_change,
        })
    }

    pub(crate) fn describe(&self) -> Description {
        let state = self.state();
        Description {
            id: self.id.clone(),
            opened_by: state.opened_by.clone(),
            name: state.name.clone(),
            title: state.title().to_owned(),
            running: state.foreground.running().filter(|_| state.exit.is_none()).map(str::to_owned),
            size: state.screen.size(),
            exit: state.exit.clone(),
        }
    }

    /// Names it: as a person says, or as it would be called by itself.
    pub(crate) fn rename(&self, name: String, by_person: bool) {
        {
            let mut state = self.state();
            (state.name, state.named) = (name, by_person);
        }
        self.changed();
    }

    /// Looks which program is in the foreground; tells where that changes what is shown.
    pub(crate) fn look(&self) {
        let changed = {
            let mut state = self.state();
            let told =
                |state: &State| (state.title().to_owned(), state.foreground.running().map(str::to_owned));
            let before = told(&state);
            let program = state.in_foreground();
            state.foreground.look(program);
            told(&state) != before && state.exit.is_none()
        };
        if changed {
            self.changed();
        }
    }

    /// The program that would end with the terminal; none where only its shell would.
    pub(crate) fn running(&self) -> Option<String> {
        self.look();
        self.describe().running
    }

    /// Shows the terminal on a channel until either ends. `presence` says whether anybody is at the channel's other end.
    pub(crate) async fn attach(
        self: Arc<Self>,
        attachment: Attachment,
        shown: Shown,
        presence: watch::Receiver<bool>,
    ) {
        let tab = attachment.tab.clone();
        let (ready, resized) = (Arc::clone(&attachment.ready), Arc::clone(&attachment.resized));
        self.state().attachments.push(attachment);
        // Before the first drawing, which then has the size it stays in.
        self.fit();
        let (sender, receiver) = shown.channel.split();
        let mut typing = tokio::spawn(Arc::clone(&self).type_from(receiver, shown.may_type));
        tokio::select! {
            () = self.show(&tab, &sender, &ready) => {}
            () = self.follow(&tab, presence) => {}
            () = self.pace(&tab, &resized) => {}
            () = sender.closed() => {}
        }
        self.state().attachments.retain(|attachment| attachment.tab != tab);
        self.caught_up.notify_all();
        self.fit();
        // What was typed before the tab left is typed still, unless the program never reads it.
        if tokio::time::timeout(LAST_TYPING, &mut typing).await.is_err() {
            typing.abort();
        }
    }

    async fn show(&self, tab: &TabId, sender: &ChannelSender, ready: &Notify) {
        loop {
            let Some(bytes) = self.next_for(tab) else { return };
            if bytes.is_empty() {
                ready.notified().await;
            } else if sender.send(bytes.into()).await.is_err() {
                return;
            }
        }
    }

    /// What a tab is to be sent now; none when it left.
    fn next_for(&self, tab: &TabId) -> Option<Vec<u8>> {
        let mut state = self.state();
        let State { attachments, screen, .. } = &mut *state;
        let attachment = attachments.iter_mut().find(|attachment| attachment.tab == *tab)?;
        let bytes = match attachment.next() {
            Next::Drawing => [attachment.size_mark(screen.size()), screen.draw()].concat(),
            Next::Output(output) => output,
            Next::Nothing => Vec::new(),
        };
        drop(state);
        self.caught_up.notify_all();
        Some(bytes)
    }

    /// Counts a tab in and out as its connection comes and goes.
    async fn follow(&self, tab: &TabId, mut presence: watch::Receiver<bool>) {
        loop {
            let away = !*presence.borrow_and_update();
            self.change(tab, |attachment| {
                if attachment.is_present() == away {
                    attachment.set_away(away);
                }
            });
            self.caught_up.notify_all();
            self.fit();
            if presence.changed().await.is_err() {
                return;
            }
        }
    }

    /// Lets the sizes that a tab wishes soon after one another wait for the last of them: programs redraw at each.
    async fn pace(&self, tab: &TabId, resized: &Notify) {
        loop {
            resized.notified().await;
            tokio::time::sleep(RESIZE_PACE).await;
            self.change(tab, |attachment| attachment.resizing = false);
            self.fit();
        }
    }

    async fn type_from(self: Arc<Self>, mut receiver: ChannelReceiver, may_type: bool) {
        while let Some(bytes) = receiver.recv().await {
            let typing = self.typing.lock().unwrap_or_else(PoisonError::into_inner).clone();
            // What comes from who may only look is taken off the channel, and dropped.
            if let Some(typing) = typing.filter(|_| may_type) {
                // Fails when the program has ended: typing goes nowhere then.
                let _ = typing.send(bytes).await;
            }
        }
    }

    /// A tab says how large it shows the terminal, or that it does not show it now. A size that follows no other
    /// closely holds from here on: what is typed next is typed into a terminal of that size.
    pub(crate) fn resize(&self, tab: &TabId, size: Option<Size>) {
        let at_once = self.change(tab, |attachment| {
            attachment.size = size.map(pty::clamp);
            attachment.resized.notify_one();
            !std::mem::replace(&mut attachment.resizing, true)
        });
        if at_once == Some(true) {
            self.fit();
        }
    }

    fn change<T>(&self, tab: &TabId, change: impl FnOnce(&mut Attachment) -> T) -> Option<T> {
        let mut state = self.state();
        state.attachments.iter_mut().find(|attachment| attachment.tab == *tab).map(change)
    }

    /// Gives the terminal the smallest of the sizes that count; keeps its own where none does.
    fn fit(&self) {
        let mut state = self.state();
        let wishes = || state.attachments.iter().filter_map(Attachment::wish);
        let (Some(columns), Some(rows)) =
            (wishes().map(|size| size.columns).min(), wishes().map(|size| size.rows).min())
        else {
            return;
        };
        let size = Size { columns, rows };
        if size == state.screen.size() {
            return;
        }
        state.screen.resize(size);
        let marked = state.screen.is_between_sequences();
        for attachment in &mut state.attachments {
            if marked { attachment.push_size(size) } else { attachment.redraw() }
        }
        if let Some(Err(error)) = state.master.as_ref().map(|master| master.resize(pty::cells(size))) {
            tracing::warn!(%error, "a terminal kept its size");
        }
        drop(state);
        self.changed();
    }

    /// Hangs up the shell and the program in the foreground of it, as a telephone line would; what wants to stay, stays.
    pub(crate) fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Ends the shell and the program in the foreground of it.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let state = self.state();
        let (Some(leader), None) = (state.leader, &state.exit) else { return };
        let foreground = state.in_foreground().and_then(|program| Pid::from_raw(program.group));
        for group in foreground.filter(|group| *group != leader).into_iter().chain([leader]) {
            // The group may have just ended by itself.
            let _ = kill_process_group(group, signal);
        }
    }

    /// The screen to keep, and the number of changes it includes; none where `known` are all there are.
    pub(crate) fn drawing_since(&self, known: u64) -> Option<(u64, Vec<u8>)> {
        let mut state = self.state();
        if state.changes == known {
            return None;
        }
        Some((state.changes, state.screen.draw()))
    }

    fn read(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(size) if size > 0 => {
                    let output = buffer.get(..size).unwrap_or_default();
                    // Nobody but us writes when the shell has ended: the kernel has hung up on all others.
                    let last = output.ends_with(&[0]) && self.has_ended();
                    self.output(output);
                    if last {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // End of file, or EIO when the last program on the terminal has ended.
                _ => return,
            }
        }
    }

    /// Output came: into the screen, to the tabs; then waits while every tab that is there to read is behind.
    fn output(&self, output: &[u8]) {
        let mut state = self.state();
        let heard = state.screen.advance(output);
        state.changes += 1;
        if let Some(title) = heard.title {
            // Told when the foreground is looked at next: a program that sets titles without end tells nobody more often.
            let group = state.in_foreground().map(|program| program.group);
            state.foreground.titled(group, &title);
        }
        for attachment in &mut state.attachments {
            attachment.push(output);
        }
        if !heard.answers.is_empty()
            && let Some(typing) = &*self.typing.lock().unwrap_or_else(PoisonError::into_inner)
        {
            // A program that asks and never reads its answers loses them.
            let _ = typing.try_send(heard.answers.into());
        }
        let behind = |state: &mut State| state.all_behind();
        let _caught_up = self.caught_up.wait_while(state, behind).unwrap_or_else(PoisonError::into_inner);
    }

    fn finish(&self, exit: Exit) {
        {
            let mut state = self.state();
            state.exit = Some(exit);
            state.master = None;
            state.changes += 1;
        }
        *self.typing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed();
    }

    /// Whether its program has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state().exit.is_some()
    }

    fn changed(&self) {
        (self.on_change)(&self.id);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn type_in(mut typed: mpsc::Receiver<Bytes>, mut writer: Box<dyn Write + Send>) {
    while let Some(bytes) = typed.blocking_recv() {
        if let Err(error) = writer.write_all(&bytes).and_then(|()| writer.flush()) {
            tracing::debug!(%error, "typing ended");
            return;
        }
    }
}

/// Frees the threads of a terminal whose shell has ended. What it left behind, and holds the terminal, would keep them.
fn release(following: &threads::Receiver<()>, end: Option<&Path>) {
    while let Ok(()) | Err(threads::RecvTimeoutError::Timeout) = following.recv_timeout(RELEASE_PACE) {
        // Full: tried again when more was read. Gone: the threads are about to end by themselves.
        let _ = end.map(pty::wake);
    }
}

fn describe_exit(status: &portable_pty::ExitStatus) -> Exit {
    match status.signal() {
        Some(signal) => Exit::Signal(signal.to_owned()),
        None => Exit::Code(status.exit_code() as i32),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// What a shell is told; afterwards nothing of ours is left that waits, however long what it started goes on.
    #[track_caller]
    fn check(line: &str) {
        let folder = tempfile::tempdir().unwrap();
        let size = Size { columns: 80, rows: 24 };
        let program = pty::Program { shell: "/bin/sh", folder: folder.path(), environment: &[], size };
        let pty = pty::start(&program).unwrap();
        let on_change: OnChange = Arc::new(|_| {});
        let origin = Origin { name: "sh".into(), opened_by: None };
        let terminal = Terminal::start(TerminalId("t".into()), origin, "sh", size, pty, on_change);
        let typing = terminal.typing.lock().unwrap().clone().unwrap();
        typing.blocking_send(line.to_owned().into()).unwrap();
        drop(typing);
        let deadline = Instant::now() + Duration::from_secs(20);
        while Arc::strong_count(&terminal) > 1 {
            assert!(Instant::now() < deadline, "threads are left after {line:?}");
            std::thread::yield_now();
        }
        assert!(terminal.has_ended());
        let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap_or_default();
        if let Some(pid) = pid.trim().parse().ok().and_then(Pid::from_raw) {
            rustix::process::kill_process(pid, Signal::KILL).unwrap();
        }
    }

    #[test]
    fn nothing_waits_for_what_a_shell_left_behind() {
        check("exit\n");
        let stays = "setsid sh -c 'echo $$ > pid; exec sleep 1000' & while ! test -s pid; do :; done";
        check(&format!("{stays}; exit\n"));
        check(&format!("trap '' HUP; {stays}; kill -9 $$\n"));
    }
}
