//! What happened, told to every tab that may know.

use serde::{Deserialize, Serialize};

use crate::{
    Access, Capability, cloud, deploy, document, file, function, language, settings, terminal, trust,
};

/// One event; each module has its own enum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Folders changed on disk.
    File(file::Event),
    /// An open document's state changed.
    Document(document::Event),
    /// Terminals came, went, or changed.
    Terminal(terminal::Event),
    /// Language servers, their progress, and problems.
    Language(language::Event),
    /// The local cloud changed.
    Cloud(cloud::Event),
    /// A function is built or invoked.
    Function(function::Event),
    /// A deployment moves on.
    Deploy(deploy::Event),
    /// The folder's owner decided whether it is trusted.
    Trust(trust::Event),
    /// Settings are stated otherwise.
    Settings(settings::Event),
}

impl Event {
    /// What somebody's grants must allow for them to be told.
    pub fn access(&self) -> Access {
        let capability = match self {
            Self::File(_) | Self::Document(_) => Capability::Files,
            Self::Terminal(_) => Capability::Terminals,
            Self::Language(_) => Capability::Languages,
            Self::Cloud(_) | Self::Function(_) | Self::Deploy(_) => Capability::Cloud,
            Self::Trust(_) | Self::Settings(_) => Capability::Workspace,
        };
        capability.read()
    }
}
