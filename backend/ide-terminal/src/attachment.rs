//! One tab looking at a terminal: output that waits for it, and the order to draw anew when it lags or was away.

use std::sync::Arc;

use protocol::{
    ChannelId,
    link::SessionId,
    terminal::{SIZE_MARK, Size},
};
use tokio::sync::Notify;

/// Bytes that wait for one tab at most; beyond them it is drawn anew.
const MAX_WAITING: usize = 1024 * 1024;
/// Bytes waiting for the fastest tab from which the program is made to wait.
const HOLD: usize = 256 * 1024;

/// Which tab: channels are unique within a session only.
pub(crate) type TabId = (SessionId, ChannelId);

/// A tab's place in a terminal.
pub(crate) struct Attachment {
    pub(crate) tab: TabId,
    /// How large the tab shows the terminal, while it does.
    pub(crate) size: Option<Size>,
    /// The word in its size marks.
    mark: String,
    waiting: Vec<u8>,
    /// The tab must be drawn anew: at first, when too much waited, and when it comes back.
    stale: bool,
    /// Its connection is gone: it counts for nothing until it is back.
    away: bool,
    /// Wakes the task that sends to the tab.
    pub(crate) ready: Arc<Notify>,
    /// Wakes the task that fits the terminal to its tabs.
    pub(crate) resized: Arc<Notify>,
    /// A size was wished a moment ago: the next one waits.
    pub(crate) resizing: bool,
}

/// What to send to a tab next.
pub(crate) enum Next {
    /// The screen as it is.
    Drawing,
    /// Output.
    Output(Vec<u8>),
    /// Nothing now.
    Nothing,
}

impl Attachment {
    pub(crate) fn new(tab: TabId, mark: String, size: Option<Size>) -> Self {
        Self {
            tab,
            size,
            mark,
            waiting: Vec::new(),
            stale: true,
            away: false,
            ready: Arc::default(),
            resized: Arc::default(),
            resizing: false,
        }
    }

    /// Output came.
    pub(crate) fn push(&mut self, output: &[u8]) {
        if !self.stale && self.waiting.len() + output.len() > MAX_WAITING {
            self.redraw();
        }
        if !self.stale {
            self.waiting.extend_from_slice(output);
        }
        self.ready.notify_one();
    }

    /// The terminal has another size from here on.
    pub(crate) fn push_size(&mut self, size: Size) {
        let mark = self.size_mark(size);
        self.push(&mark);
    }

    /// The control string that tells the tab a size.
    pub(crate) fn size_mark(&self, size: Size) -> Vec<u8> {
        format!("\x1b]{SIZE_MARK};{};{};{}\x07", self.mark, size.columns, size.rows).into()
    }

    /// Has the tab drawn anew.
    pub(crate) fn redraw(&mut self) {
        (self.stale, self.waiting) = (true, Vec::new());
        self.ready.notify_one();
    }

    /// The tab's connection went, or came back. While it is away nothing is kept for it.
    pub(crate) fn set_away(&mut self, away: bool) {
        self.away = away;
        self.redraw();
    }

    /// What to send now.
    pub(crate) fn next(&mut self) -> Next {
        if self.away {
            return Next::Nothing;
        }
        if std::mem::take(&mut self.stale) {
            return Next::Drawing;
        }
        if self.waiting.is_empty() {
            return Next::Nothing;
        }
        Next::Output(std::mem::take(&mut self.waiting))
    }

    /// The size that counts for the terminal's.
    pub(crate) fn wish(&self) -> Option<Size> {
        self.size.filter(|_| !self.away)
    }

    /// Whether somebody is there to read.
    pub(crate) fn is_present(&self) -> bool {
        !self.away
    }

    /// Whether so much waits that its program may pause.
    pub(crate) fn is_behind(&self) -> bool {
        self.stale || self.waiting.len() > HOLD
    }
}
