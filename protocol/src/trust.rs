//! Trust: whether what a folder brings along may run.
//!
//! Before the folder's owner has said so, nothing of it runs by itself: no build, no language server, no function built
//! from it. Calls that would run something answer [`crate::ErrorCode::Restricted`]. Editing and terminals are not affected:
//! what a person types into a terminal is that person's own act.

use serde::{Deserialize, Serialize};

use crate::{Reasons, WorkspacePath, requests};

requests! {
    Workspace Read "trust.describe" = DescribeTrust -> Trust;
    Workspace Own "trust.decide" = DecideTrust -> ();
}

/// Things listed that would run; a folder may have more of them.
pub const MAX_RUNNABLES: usize = 100;

/// Asks whether the folder is trusted, and what of it would run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeTrust {}

/// Decides about the folder; kept for good, and told to every tab.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideTrust {
    /// Whether what it brings along may run.
    pub trusted: bool,
}

/// What there is to know before one decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// What was decided.
    pub decision: Decision,
    /// The folder on the machine.
    pub folder: String,
    /// What of it would run, at most [`MAX_RUNNABLES`].
    pub runs: Vec<Runnable>,
    /// Whether there is more than was listed, or the folder too large to be looked through.
    pub more: bool,
}

/// What was decided about a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Nobody has been asked yet.
    Unasked,
    /// To browse and edit only.
    BrowseOnly,
    /// What it brings along may run.
    Trusted,
}

/// Something of a folder that runs without being typed into a terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runnable {
    /// The file.
    pub path: WorkspacePath,
    /// What it is, "build script".
    pub what: String,
    /// Who runs it, and when: "rust-analyzer and every build".
    pub by: String,
    /// What of it a page says in another language.
    #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
    pub reasons: Reasons,
}

/// What happens to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The owner decided.
    Decided(Decision),
}
