//! How a deployed function is configured, what changes that, and how it has been doing.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "configuration.describe" = DescribeConfiguration -> Configuration;
    Cloud Write "configuration.change" = ChangeConfiguration -> ();
    Cloud Read "configuration.figures" = ReadFigures -> Figures;
}

/// Minutes that figures go back.
pub const MINUTES: usize = 15;

/// Asks for a function's configuration.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeConfiguration {
    /// The function's name.
    pub name: String,
}

/// The configuration of a function's `$LATEST`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Its ARN.
    pub arn: String,
    /// What it is for, in the words of whoever made it.
    pub description: String,
    /// `provided.al2023` …
    pub runtime: String,
    /// The handler.
    pub handler: String,
    /// The ARN of the role that it runs as.
    pub role: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Timeout in seconds.
    pub timeout_seconds: u32,
    /// Size of its `/tmp` in MB.
    pub ephemeral_mb: u32,
    /// Environment variables, by name.
    pub environment: Vec<(String, String)>,
    /// ARNs of its layers.
    pub layers: Vec<String>,
    /// `Text` or `JSON`.
    pub log_format: String,
    /// From which level on lines of the function are kept, of a log as JSON.
    pub application_level: Option<String>,
    /// From which level on lines of the platform are kept, of a log as JSON.
    pub system_level: Option<String>,
    /// The log group.
    pub log_group: String,
    /// Bytes of the package.
    pub code_size: u64,
    /// The package's SHA-256, in Base64.
    pub code_sha256: String,
    /// Last change, as AWS writes it.
    pub last_modified: String,
    /// `Active`, `Pending`, `Failed` …
    pub state: String,
    /// Why it is in that state.
    pub state_reason: Option<String>,
    /// How its last change went: `Successful`, `InProgress`, `Failed`.
    pub last_update: Option<String>,
    /// The version of the runtime that it is held to.
    pub runtime_version: Option<String>,
    /// The engine that runs it: `wasm` or `native`; none before it was made ready.
    pub engine: Option<String>,
}

/// Changes a function's configuration: what is given; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeConfiguration {
    /// The function's name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The handler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// Memory in MB, as it is written: AWS says what is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<i32>,
    /// Timeout in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<i32>,
    /// Size of its `/tmp` in MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ephemeral_mb: Option<i32>,
    /// All environment variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<(String, String)>>,
    /// How it logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
}

/// How a function logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// `Text` or `JSON`.
    pub format: String,
    /// From which level on lines of the function are kept: of JSON alone.
    pub application_level: Option<String>,
    /// From which level on lines of the platform are kept: of JSON alone.
    pub system_level: Option<String>,
}

/// Asks how a function has been doing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadFigures {
    /// The function's name.
    pub name: String,
}

/// How a function has been doing in the last [`MINUTES`] minutes, as the workspace's agent heard it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// From when on the agent has heard of invocations, in milliseconds since 1970.
    pub since_ms: i64,
    /// The minutes, the oldest first; the last is the one that is going on.
    pub minutes: Vec<Minute>,
    /// Of all of these together.
    pub all: Minute,
}

/// What was invoked within a minute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// How many invocations ended.
    pub calls: u64,
    /// How many of them failed.
    pub errors: u64,
    /// What 95 of 100 of them took at most, in milliseconds: at most 5 % more than that.
    pub p95_ms: Option<f64>,
}
