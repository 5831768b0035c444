//! Functions of the workspace's template: build and invoke, with events saved as files in the repository.
//!
//! A function is named by its logical id in the SAM template. Invoking one builds it, brings it into the local
//! cloud under its development name (`{workspace}-{logical id}-dev`, so that a deployed stack is left alone), and invokes it there.

use serde::{Deserialize, Serialize};

use crate::{WorkspacePath, language::Position, requests};

requests! {
    Files Read "function.list" = ListFunctions -> Vec<TemplateFunction>;
    Cloud Write "function.invoke" = InvokeFunction -> Invocation;
    Cloud Write "function.cancel" = CancelInvocation -> ();
    Files Read "function.list-events" = ListEvents -> Vec<SavedEvent>;
    Files Write "function.save-event" = SaveEvent -> SavedEvent;
    Files Write "function.delete-event" = DeleteEvent -> ();
}

/// Asks for the functions of all templates in the workspace.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFunctions {}

/// A function of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFunction {
    /// Its logical id.
    pub logical_id: String,
    /// The template.
    pub template: WorkspacePath,
    /// Where it stands in the template.
    pub position: Position,
    /// The file its handler is in, where that is known.
    pub source: Option<WorkspacePath>,
    /// `provided.al2023` …
    pub runtime: String,
    /// The kinds of its triggers: `HttpApi`, `Api` …
    pub triggers: Vec<String>,
}

/// Which code an invocation runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionRef {
    /// A function of a template, built from the files as they are.
    Template {
        /// The template.
        template: WorkspacePath,
        /// Its logical id.
        logical_id: String,
    },
    /// A deployed function, as it was deployed.
    Deployed {
        /// Its name or ARN.
        name: String,
    },
}

/// Builds where needed, and invokes. Progress comes as events with the same id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvokeFunction {
    /// Chosen by the browser, to follow and cancel.
    pub id: String,
    /// What.
    pub function: FunctionRef,
    /// The event, JSON.
    pub event: String,
}

/// Stops a build or stops waiting for an invocation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelInvocation {
    /// Which.
    pub id: String,
}

/// How an invocation went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invocation {
    /// The build failed; the function did not run.
    BuildFailed {
        /// The tool's output.
        output: String,
    },
    /// It ran.
    Ran(Ran),
}

/// An invocation that ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The response, or the error object.
    pub payload: String,
    /// `Unhandled` or `Handled` where the function failed (`X-Amz-Function-Error`).
    pub function_error: Option<String>,
    /// The last 4 KB of its log.
    pub log_tail: String,
    /// The REPORT line, taken apart.
    pub report: Option<Report>,
    /// Which engine ran it: `wasm` or `native`.
    pub engine: String,
    /// The function's name in the cloud.
    pub function_name: String,
    /// The log group.
    pub log_group: String,
}

/// The REPORT line of an invocation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The request's id.
    pub request_id: String,
    /// Duration in milliseconds.
    pub duration_ms: f64,
    /// Billed duration in milliseconds.
    pub billed_duration_ms: u64,
    /// Memory size in MB.
    pub memory_size_mb: u64,
    /// Most memory used, in MB.
    pub max_memory_used_mb: u64,
    /// Time to start, in milliseconds, where it started anew.
    pub init_duration_ms: Option<f64>,
}

/// Asks for the saved events of a function, and the samples for its triggers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEvents {
    /// Which function.
    pub function: FunctionRef,
}

/// An event to invoke with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedEvent {
    /// Its name.
    pub name: String,
    /// The event, JSON.
    pub body: String,
    /// The file it is kept in; none for a sample.
    pub path: Option<WorkspacePath>,
}

/// Keeps an event as the file `events/{logical id}/{name}.json` beside the template.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveEvent {
    /// For which function.
    pub function: FunctionRef,
    /// Letters, digits, space, `-`, `_` and `.`; at most 100.
    pub name: String,
    /// JSON.
    pub body: String,
}

/// Deletes a saved event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteEvent {
    /// Of which function.
    pub function: FunctionRef,
    /// Its name.
    pub name: String,
}

/// What happens while a function is built and invoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// An invocation entered a phase.
    Phase {
        /// Its id.
        id: String,
        /// Which phase.
        phase: Phase,
    },
    /// The build wrote something.
    BuildOutput {
        /// Its id.
        id: String,
        /// Lines.
        text: String,
    },
}

/// Where an invocation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Its code is compiled.
    Building,
    /// Its code is brought to the cloud.
    Uploading,
    /// It runs.
    Running,
}
