//! One terminal: a thread that reads its program's output into the screen and to the tabs, a thread that
//! types, a thread that waits for the end.

use std::{
    io::{Read, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc as threads},
};

use bytes::Bytes;
use ide_core::{Channel, ChannelReceiver, ChannelSender};
use portable_pty::MasterPty;
use protocol::terminal::{Exit, Size, Terminal as Description, TerminalId};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::mpsc;

use crate::{
    attachment::{Attachment, Next, TabId},
    pty::{self, Pty},
    screen::Screen,
};

/// Messages that may wait to be typed, each of at most 16 KiB; beyond them the tab's credit runs out.
const TYPING_QUEUE: usize = 16;

/// Called when a terminal's description changed.
pub(crate) type OnChange = Arc<dyn Fn(Description) + Send + Sync>;

/// A terminal.
pub(crate) struct Terminal {
    pub(crate) id: TerminalId,
    state: Mutex<State>,
    /// Tells the reading thread that a tab caught up.
    caught_up: Condvar,
    typing: Mutex<Option<mpsc::Sender<Bytes>>>,
    on_change: OnChange,
}

struct State {
    name: String,
    screen: Screen,
    attachments: Vec<Attachment>,
    exit: Option<Exit>,
    leader: Option<Pid>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Grows with every output: tells whether the screen must be kept again.
    changes: u64,
}

impl Terminal {
    /// A terminal on which a program runs.
    pub(crate) fn start(
        id: TerminalId,
        name: String,
        size: Size,
        pty: Pty,
        on_change: OnChange,
    ) -> Arc<Self> {
        let (typing, typed) = mpsc::channel(TYPING_QUEUE);
        let leader = pty.child.process_id().and_then(|pid| Pid::from_raw(pid as i32));
        let state = State {
            name,
            screen: Screen::new(size),
            attachments: Vec::new(),
            exit: None,
            leader,
            master: Some(pty.master),
            changes: 0,
        };
        let terminal = Arc::new(Self {
            id,
            state: Mutex::new(state),
            caught_up: Condvar::new(),
            typing: Mutex::new(Some(typing)),
            on_change,
        });
        let (reader, mut child) = (pty.reader, pty.child);
        let (drained, end_of_output) = threads::channel();
        let reading = Arc::clone(&terminal);
        std::thread::spawn(move || {
            reading.read(reader);
            let _ = drained.send(());
        });
        // The writer types an end-of-file when it is dropped: the thread keeps it until the terminal is gone.
        std::thread::spawn(move || type_in(typed, pty.writer));
        let waiting = Arc::clone(&terminal);
        std::thread::spawn(move || {
            let exit = child.wait().map_or(Exit::Lost, |status| describe_exit(&status));
            // What the program wrote last comes before its end; a child that holds the terminal open must not keep it.
            let _ = end_of_output.recv_timeout(std::time::Duration::from_millis(500));
            waiting.finish(exit);
        });
        terminal
    }

    /// A terminal of an agent that is gone: its last screen, nothing running.
    pub(crate) fn lost(
        id: TerminalId,
        name: String,
        size: Size,
        drawing: &[u8],
        on_change: OnChange,
    ) -> Arc<Self> {
        let mut screen = Screen::new(size);
        screen.advance(drawing);
        let state = State {
            name,
            screen,
            attachments: Vec::new(),
            exit: Some(Exit::Lost),
            leader: None,
            master: None,
            changes: 0,
        };
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
            name: state.name.clone(),
            size: state.screen.size(),
            exit: state.exit.clone(),
        }
    }

    pub(crate) fn rename(&self, name: String) {
        self.state().name = name;
        self.changed();
    }

    /// Shows the terminal on a channel until either ends.
    pub(crate) async fn attach(self: Arc<Self>, tab: TabId, channel: Channel) {
        let attachment = Attachment::new(tab.clone());
        let ready = Arc::clone(&attachment.ready);
        self.state().attachments.push(attachment);
        let (sender, receiver) = channel.split();
        tokio::select! {
            () = self.show(&tab, &sender, &ready) => {}
            () = self.type_from(receiver) => {}
            () = sender.closed() => {}
        }
        self.state().attachments.retain(|attachment| attachment.tab != tab);
        self.caught_up.notify_all();
        self.fit();
    }

    async fn show(&self, tab: &TabId, sender: &ChannelSender, ready: &tokio::sync::Notify) {
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
        let attachment = state.attachments.iter_mut().find(|attachment| attachment.tab == *tab)?;
        let next = attachment.next();
        let bytes = match next {
            Next::Drawing => state.screen.draw(),
            Next::Output(output) => output,
            Next::Nothing => Vec::new(),
        };
        drop(state);
        self.caught_up.notify_all();
        Some(bytes)
    }

    async fn type_from(&self, mut receiver: ChannelReceiver) {
        while let Some(bytes) = receiver.recv().await {
            let typing = self.typing.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(typing) = typing {
                // Fails when the program has ended: typing goes nowhere then.
                let _ = typing.send(bytes).await;
            }
        }
    }

    /// A tab says how large it shows the terminal.
    pub(crate) fn resize(&self, tab: &TabId, size: Size) {
        if let Some(attachment) =
            self.state().attachments.iter_mut().find(|attachment| attachment.tab == *tab)
        {
            attachment.size = Some(pty::clamp(size));
        }
        self.fit();
    }

    /// Gives the terminal the smallest of its tabs' sizes.
    fn fit(&self) {
        let mut state = self.state();
        let sizes = || state.attachments.iter().filter_map(|attachment| attachment.size);
        let (Some(columns), Some(rows)) =
            (sizes().map(|size| size.columns).min(), sizes().map(|size| size.rows).min())
        else {
            return;
        };
        let size = Size { columns, rows };
        if size == state.screen.size() {
            return;
        }
        state.screen.resize(size);
        if let Some(Err(error)) = state.master.as_ref().map(|master| master.resize(pty::cells(size))) {
            tracing::warn!(%error, "a terminal kept its size");
        }
        drop(state);
        self.changed();
    }

    /// Hangs up; the program's own children that want to stay, stay.
    pub(crate) fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Ends the program's whole process group.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let state = self.state();
        if let (Some(leader), None) = (state.leader, &state.exit) {
            // The group may have just ended by itself.
            let _ = kill_process_group(leader, signal);
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
                Ok(size) if size > 0 => self.output(buffer.get(..size).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // End of file, or EIO when the last program on the terminal has ended.
                _ => return,
            }
        }
    }

    /// Output came: into the screen, to the tabs; then waits while every tab that looks is behind.
    fn output(&self, output: &[u8]) {
        let mut state = self.state();
        let answers = state.screen.advance(output);
        state.changes += 1;
        for attachment in &mut state.attachments {
            attachment.push(output);
        }
        if !answers.is_empty()
            && let Some(typing) = &*self.typing.lock().unwrap_or_else(PoisonError::into_inner)
        {
            // A program that asks and never reads its answers loses them.
            let _ = typing.try_send(answers.into());
        }
        let behind = |state: &mut State| {
            !state.attachments.is_empty() && state.attachments.iter().all(Attachment::is_behind)
        };
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

    fn changed(&self) {
        (self.on_change)(self.describe());
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

fn describe_exit(status: &portable_pty::ExitStatus) -> Exit {
    match status.signal() {
        Some(signal) => Exit::Signal(signal.to_owned()),
        None => Exit::Code(status.exit_code() as i32),
    }
}
