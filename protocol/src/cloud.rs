//! The workspace's cloud as the *Cloud* panel shows it: stacks and what is in them, logs, trying a route.
//!
//! The agent's IDE half answers these as a client of the cloud's endpoint, with the workspace's keys.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "cloud.describe" = DescribeCloud -> Cloud;
    Cloud Read "cloud.logs" = ReadLogs -> LogPage;
    Cloud Write "cloud.try-route" = TryRoute -> RouteAnswer;
    Cloud Write "cloud.delete-stack" = DeleteStack -> ();
}

/// Log lines in one page at most.
pub const MAX_LOG_LINES: usize = 1000;

/// Asks for everything that is deployed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeCloud {}

/// What is deployed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cloud {
    /// Stacks by name.
    pub stacks: Vec<Stack>,
    /// Functions by name.
    pub functions: Vec<Function>,
    /// APIs by name.
    pub apis: Vec<Api>,
    /// Queues by name.
    #[serde(default)]
    pub queues: Vec<Messaging>,
    /// Topics by name.
    #[serde(default)]
    pub topics: Vec<Messaging>,
}

/// A queue or a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messaging {
    /// Its name.
    pub name: String,
    /// What it is known by: the URL of a queue, the ARN of a topic.
    pub id: String,
    /// The stack it belongs to.
    pub stack: Option<String>,
    /// Its name in that stack's template.
    pub logical_id: Option<String>,
}

/// A CloudFormation stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its status, `CREATE_COMPLETE`.
    pub status: String,
    /// Why, where it says so.
    pub reason: Option<String>,
    /// Its resources.
    pub resources: Vec<Resource>,
    /// Its outputs.
    pub outputs: Vec<Output>,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in the cloud.
    pub physical_id: String,
    /// Its type, `AWS::Lambda::Function`.
    pub kind: String,
    /// Its status.
    pub status: String,
}

/// An output of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it is.
    pub description: Option<String>,
    /// Where that is reached here, if the value is an address at AWS of something that is here.
    #[serde(default)]
    pub local: Option<String>,
}

/// A deployed function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The stack it belongs to.
    pub stack: Option<String>,
    /// Its name in that stack's template.
    pub logical_id: Option<String>,
    /// `provided.al2023` …
    pub runtime: String,
    /// The handler.
    pub handler: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Timeout in seconds.
    pub timeout_seconds: u32,
    /// Bytes of the package.
    pub code_size: u64,
    /// Last change, as AWS writes it.
    pub last_modified: String,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// The log group.
    pub log_group: String,
}

/// A deployed API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Api {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// HTTP or REST.
    pub kind: ApiKind,
    /// Addresses of its stages, without a slash at the end, each under the API's own name.
    pub urls: Vec<String>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// What kind of API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiKind {
    /// API Gateway v2, HTTP.
    Http,
    /// API Gateway v1, REST.
    Rest,
}

/// A route of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// `GET`, `ANY`, or `$default`.
    pub method: String,
    /// `/users/{id}`.
    pub path: String,
    /// The function that answers.
    pub function: Option<String>,
}

/// Asks for log lines of a group, oldest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadLogs {
    /// The log group.
    pub group: String,
    /// Only lines from this time on, in milliseconds since 1970.
    #[serde(default)]
    pub since_ms: Option<i64>,
    /// A CloudWatch Logs filter pattern.
    #[serde(default)]
    pub filter: Option<String>,
}

/// Log lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The newest lines, at most [`MAX_LOG_LINES`], oldest first.
    pub lines: Vec<LogLine>,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its event id: unique in its group.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// Its stream.
    pub stream: String,
    /// What.
    pub message: String,
}

/// Calls a deployed API. Only addresses of the workspace's own cloud are called.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TryRoute {
    /// `GET` …
    pub method: String,
    /// One of [`Api::urls`] with a path and query.
    pub url: String,
    /// Headers to send.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What a deployed API answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers in their order.
    pub headers: Vec<(String, String)>,
    /// The body; its first MiB, bytes that are not UTF-8 replaced.
    pub body: String,
    /// From the request's first byte to the answer's last, in milliseconds.
    pub duration_ms: f64,
}

/// Deletes a stack; its events tell how that goes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteStack {
    /// Its name.
    pub name: String,
}

/// What happens in the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Stacks, functions or APIs changed: describe again.
    Changed,
    /// New lines in a log group.
    Logged {
        /// The group.
        group: String,
    },
}
