//! Settings: what each is, and the two layers that they are stated in. A person's own are kept by the agent; a
//! workspace's lie in its file [`FILE`], and win. Both are JSON with comments.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Reasons, requests};

requests! {
    Workspace Read "settings.load" = LoadSettings -> Settings;
    Workspace Read "settings.change-own" = ChangeOwnSettings -> ();
    Files Write "settings.change-workspace" = ChangeWorkspaceSettings -> ();
}

/// The workspace's settings.
pub const FILE: &str = ".cumulo/settings.json";
/// Largest text of a layer, in bytes.
pub const MAX_SETTINGS: usize = 256 * 1024;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub id: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Which layers may state it.
    pub scope: Scope,
    /// Whether a workspace's is in force only where the folder is trusted.
    pub trusted: bool,
}

/// What a setting may be, and what it is where nobody states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// On or off.
    Flag(bool),
    /// A whole number, within limits.
    Number(u32, u32, u32),
    /// A text.
    Text(&'static str),
    /// Hosts, as [`are_hosts`] has them; none where nobody states any.
    Hosts,
    /// One of some words; the first where nobody states it.
    Choice(&'static [&'static str]),
    /// A list of objects; an empty one where nobody states it.
    List,
}

/// Which layers may state a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A person's own.
    User,
    /// The workspace's.
    Workspace,
    /// Either.
    Both,
}

const fn setting(id: &'static str, kind: Kind, scope: Scope) -> Setting {
    Setting { id, kind, scope, trusted: false }
}

/// All settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    setting("workbench.colorTheme", Kind::Choice(&["system", "dark", "light", "contrast"]), Scope::Both),
    setting("locale", Kind::Choice(&["auto", "en", "ko"]), Scope::User),
    setting("editor.fontSize", Kind::Number(13, 6, 100), Scope::Both),
    setting("editor.fontFamily", Kind::Text(""), Scope::Both),
    setting("editor.tabSize", Kind::Number(4, 1, 16), Scope::Both),
    setting("editor.insertSpaces", Kind::Flag(true), Scope::Both),
    setting("editor.wordWrap", Kind::Choice(&["off", "on"]), Scope::Both),
    setting("editor.lineNumbers", Kind::Choice(&["on", "off"]), Scope::Both),
    setting("editor.formatOnSave", Kind::Flag(false), Scope::Both),
    setting("files.autoSave", Kind::Choice(&["off", "afterDelay"]), Scope::Both),
    setting("files.autoSaveDelay", Kind::Number(1000, 200, 60_000), Scope::Both),
    setting("terminal.integrated.fontSize", Kind::Number(13, 6, 100), Scope::Both),
    setting("terminal.integrated.fontFamily", Kind::Text(""), Scope::Both),
    setting("terminal.integrated.scrollback", Kind::Number(10_000, 0, 10_000), Scope::Both),
    setting("terminal.integrated.sendKeybindingsToShell", Kind::Flag(true), Scope::User),
    setting("keybindings", Kind::List, Scope::User),
    Setting {
        trusted: true,
        ..setting(PERMISSIONS, Kind::Choice(&["report", "enforce", "off"]), Scope::Workspace)
    },
    Setting { trusted: true, ..setting(WATCH, Kind::Flag(false), Scope::Workspace) },
    Setting { trusted: true, ..setting(EGRESS, Kind::Hosts, Scope::Workspace) },
];

/// What becomes of calls that IAM's policies do not allow.
pub const PERMISSIONS: &str = "cloud.permissions";
/// Whether deployed functions get their code anew when that is saved.
pub const WATCH: &str = "cloud.watch";

/// Which hosts functions may reach beside the cloud.
pub const EGRESS: &str = "cloud.egress";

/// Whether a text names hosts, between commas or blanks: `example.com`, `*.example.org:443`, `10.0.0.5:5432`, `[::1]:80`, `*`.
pub fn are_hosts(text: &str) -> bool {
    let mut words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    words.clone().count() <= MAX_HOSTS && words.all(is_host)
}

/// Hosts that a list names at most.
const MAX_HOSTS: usize = 100;

fn is_host(word: &str) -> bool {
    let (host, port) = match word.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (word, None),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = host.strip_prefix("*.").unwrap_or(host);
    port.is_none_or(is_port) && (host == "*" || bare.parse::<std::net::IpAddr>().is_ok() || is_name(name))
}

fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253 && text.split('.').all(is_label) && !text.rsplit('.').next().is_some_and(is_number)
}

impl Setting {
    /// The setting of a name.
    pub fn of(id: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.id == id)
    }

    /// Whether a layer may state it.
    pub fn may_be_in(&self, layer: Layer) -> bool {
        matches!(
            (self.scope, layer),
            (Scope::Both, _) | (Scope::User, Layer::User) | (Scope::Workspace, Layer::Workspace)
        )
    }
}

impl Kind {
    /// What it is where nobody states it.
    pub fn usual(self) -> Value {
        match self {
            Self::Flag(usual) => usual.into(),
            Self::Number(usual, ..) => usual.into(),
            Self::Text(usual) => usual.into(),
            Self::Hosts => "".into(),
            Self::Choice(words) => words.first().copied().unwrap_or_default().into(),
            Self::List => Value::Array(Vec::new()),
        }
    }
}

/// Where settings are stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A person's own, in every workspace of this data directory.
    User,
    /// The workspace's, for everybody in it.
    Workspace,
}

/// Asks for both layers, as they are for the caller.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadSettings {}

/// Both layers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The caller's own.
    pub user: Stated,
    /// The workspace's.
    pub workspace: Stated,
    /// What the program was started with, which wins over both.
    pub fixed: Vec<Fixed>,
}

/// What a layer states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// As it is written.
    pub text: String,
    /// What of it is in force.
    pub values: Map<String, Value>,
    /// What is wrong with the rest.
    pub faults: Vec<Fault>,
}

/// Something wrong in a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: u32,
    /// Which setting; empty where the text itself cannot be read.
    pub id: String,
    /// What kind of fault.
    pub reason: Reason,
    /// The reason, in a sentence.
    pub message: String,
    /// What of it a page says in another language.
    #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
    pub reasons: Reasons,
}

/// Why a setting is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The text is no JSON.
    Syntax,
    /// There is no such setting.
    Unknown,
    /// It may not be that.
    Value,
    /// It belongs in the other layer.
    Layer,
    /// The folder is not trusted.
    Untrusted,
}

/// A setting that the program was started with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixed {
    /// Which.
    pub id: String,
    /// What it is.
    pub value: String,
    /// What states it: `--permissions`.
    pub by: String,
}

/// Changes the caller's own settings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeOwnSettings {
    /// How.
    pub change: Change,
}

/// Changes the workspace's file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeWorkspaceSettings {
    /// How.
    pub change: Change,
}

/// A change of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The whole text, which need not be readable: what cannot be read is not in force.
    Text(String),
    /// One setting, the rest of the text as it is; null takes it out.
    Value {
        /// Which.
        id: String,
        /// What it is to be.
        value: Value,
    },
    /// An empty text where there is none yet.
    Begin,
}

/// What happens to settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody's own, or the workspace's: ask again.
    Changed,
}
