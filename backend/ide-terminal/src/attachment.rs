//! One tab looking at a terminal: output that waits for it, and the order to draw anew when it lags.

use protocol::{ChannelId, link::SessionId, terminal::Size};
use std::sync::Arc;
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
    /// How large the tab shows the terminal, once it has said so.
    pub(crate) size: Option<Size>,
    waiting: Vec<u8>,
    /// The tab must be drawn anew: at first, and when too much waited.
    stale: bool,
    /// Wakes the task that sends to the tab.
    pub(crate) ready: Arc<Notify>,
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
    pub(crate) fn new(tab: TabId) -> Self {
        Self { tab, size: None, waiting: Vec::new(), stale: true, ready: Arc::default() }
    }

    /// Output came.
    pub(crate) fn push(&mut self, output: &[u8]) {
        if !self.stale && self.waiting.len() + output.len() > MAX_WAITING {
            self.stale = true;
            self.waiting = Vec::new();
        }
        if !self.stale {
            self.waiting.extend_from_slice(output);
        }
        self.ready.notify_one();
    }

    /// What to send now.
    pub(crate) fn next(&mut self) -> Next {
        if std::mem::take(&mut self.stale) {
            return Next::Drawing;
        }
        if self.waiting.is_empty() {
            return Next::Nothing;
        }
        Next::Output(std::mem::take(&mut self.waiting))
    }

    /// Whether so much waits that its program may pause.
    pub(crate) fn is_behind(&self) -> bool {
        self.stale || self.waiting.len() > HOLD
    }
}
