//! Terminals: programs on pseudo-terminals of the workspace, shared by every tab.
//!
//! `terminal.attach` gives a channel. The agent sends the screen first, as the sequences that draw it, opening with a mark
//! that tells the terminal's size and a full reset (`ESC c`), then what the program writes. A tab that lags too far, or was
//! away, gets a fresh screen in the same form. What the browser sends on the channel is typed into the terminal.
//!
//! **Size.** A terminal has one size: the smallest that the tabs show which are connected and look at it. Wherever that
//! changes, the stream has a mark at that place, `OSC 7447 ; MARK ; COLUMNS ; ROWS BEL` with the word that the tab chose
//! when it attached: a program cannot know it, so what it writes is never taken for one.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, PersonId, WorkspacePath, requests};

requests! {
    Terminals Write "terminal.open" = OpenTerminal -> Terminal;
    Terminals Read "terminal.list" = ListTerminals -> Vec<Terminal>;
    Terminals Read "terminal.attach" = AttachTerminal -> Terminal;
    Terminals Read "terminal.detach" = DetachTerminal -> ();
    Terminals Write "terminal.resize" = ResizeTerminal -> ();
    Terminals Write "terminal.rename" = RenameTerminal -> ();
    Terminals Write "terminal.close" = CloseTerminal -> ();
}

/// Terminals a workspace may have.
pub const MAX_TERMINALS: usize = 50;
/// Lines kept above the screen.
pub const SCROLLBACK: usize = 10_000;
/// The private control string that tells a size, see the head of this module.
pub const SIZE_MARK: u16 = 7447;
/// Characters of a mark's word at most; letters and digits.
pub const MAX_MARK: usize = 64;
/// Characters of a title at most.
pub const MAX_TITLE: usize = 256;

/// The id of a terminal; never used again in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TerminalId(pub String);

/// A size in character cells; clamped to 2–1000 columns and 1–1000 rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Starts a login shell.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenTerminal {
    /// The first size.
    pub size: Size,
    /// Where the shell starts; the workspace's root if not said.
    #[serde(default)]
    pub folder: Option<WorkspacePath>,
}

/// A terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// Who opened it; none where that was not kept.
    #[serde(default)]
    pub opened_by: Option<PersonId>,
    /// Its name: given by a person, else its shell's.
    pub name: String,
    /// What is going on in it: the name that a person gave, else what the program in front calls itself, else that program's
    /// name. At most [`MAX_TITLE`] characters, none of them a control character.
    pub title: String,
    /// The program in front, where that is not the shell that waits for a command.
    pub running: Option<String>,
    /// Its size.
    pub size: Size,
    /// How its program ended; none while it runs.
    pub exit: Option<Exit>,
}

/// How a terminal's program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// With this code.
    Code(i32),
    /// By this signal's name or number.
    Signal(String),
    /// With the agent that ran it; the screen is what was last kept of it.
    Lost,
}

/// Asks for all terminals, oldest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListTerminals {}

/// Looks at a terminal, and types into it: what comes from who may only read terminals is not typed, nor does the size of
/// their tab count.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachTerminal {
    /// Which.
    pub terminal: TerminalId,
    /// Carries output and input.
    pub channel: ChannelId,
    /// The word in this tab's size marks: random, at most [`MAX_MARK`] letters and digits.
    pub mark: String,
    /// How large this tab shows it; none while it is out of sight.
    #[serde(default)]
    pub size: Option<Size>,
}

/// Stops looking at a terminal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetachTerminal {
    /// The channel it was attached with.
    pub channel: ChannelId,
}

/// Says how large this tab shows a terminal; where tabs differ the smallest is used.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResizeTerminal {
    /// The channel it was attached with.
    pub channel: ChannelId,
    /// The tab's size; none where the terminal is out of sight in it: then it does not count.
    pub size: Option<Size>,
}

/// Names a terminal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameTerminal {
    /// Which.
    pub terminal: TerminalId,
    /// At most 100 characters; empty gives the name back to the program.
    pub name: String,
}

/// Hangs up a terminal and forgets it. Refused as a conflict where a program runs in front of its shell.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseTerminal {
    /// Which.
    pub terminal: TerminalId,
    /// Also where a program runs in it, which then ends.
    #[serde(default)]
    pub anyway: bool,
}

/// What happens to terminals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// One came, or its name, title, size or exit changed.
    Changed(Terminal),
    /// One is gone; nothing is told of it after this.
    Closed {
        /// Which.
        terminal: TerminalId,
    },
}
