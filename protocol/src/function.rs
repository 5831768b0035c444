//! Functions of the workspace's template: build and invoke, with events saved as files in the repository.
//!
//! A function is named by its logical id in the SAM template. Invoking one builds it, brings it into the local
//! cloud under its development name (`{workspace}-{logical id}-dev`, so that a deployed stack is left alone), and invokes it there.

use serde::{Deserialize, Serialize};

use crate::{Reasons, WorkspacePath, language::Position, requests};

requests! {
    Files Read "function.list" = ListFunctions -> Vec<TemplateFunction>;
    Cloud Write "function.invoke" = InvokeFunction -> Invocation;
    Cloud Write "function.cancel" = CancelInvocation -> ();
    Cloud Read "function.triggers" = DescribeTriggers -> Vec<Trigger>;
    Cloud Write "function.set-trigger" = SetTrigger -> ();
    Cloud Write "function.add-trigger" = AddTrigger -> ();
    Cloud Write "function.remove-trigger" = RemoveTrigger -> ();
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
    /// The version or the alias of a deployed function; the one that its name says where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// Whether nobody waits for the answer: AWS's invocation type `Event`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asynchronous: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Stops a build or stops waiting for an invocation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelInvocation {
    /// Which.
    pub id: String,
}

/// Asks what calls a deployed function.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeTriggers {
    /// The function's name.
    pub name: String,
}

/// Something that calls a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The service, `sqs`.
    pub service: String,
    /// The ARN of what calls, or the service's name where any of it may.
    pub source: String,
    /// The id of the mapping, of a source that the function is fed from: it can be paused.
    pub id: Option<String>,
    /// The mapping's state, `Enabled`.
    pub state: Option<String>,
    /// How its last batch went.
    pub last_result: Option<String>,
    /// How many records a batch has at most.
    pub batch_size: Option<u32>,
    /// The id of the statement, of a service that the function's policy lets in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// Has a queue, a stream or a topic call a function.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddTrigger {
    /// The function's name.
    pub name: String,
    /// The ARN of a queue or a stream, which the function is fed from, or of a topic, which it is subscribed to.
    pub source: String,
    /// How many records a batch has at most; the source's own number where there is none.
    pub batch_size: Option<u32>,
}

/// Takes away what calls a function.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveTrigger {
    /// The function's name.
    pub name: String,
    /// The trigger, as it was described.
    pub trigger: Trigger,
}

/// Pauses a mapping, or has it go on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTrigger {
    /// The mapping's id.
    pub id: String,
    /// Whether it is to feed the function.
    pub enabled: bool,
}

/// How an invocation went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invocation {
    /// The build failed; the function did not run.
    BuildFailed {
        /// The tool's output.
        output: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
    /// It ran.
    Ran(Ran),
    /// It is to run: nobody waits for its answer.
    Accepted(Accepted),
}

/// An asynchronous invocation that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The request's id, which its log has.
    pub request_id: String,
    /// The function's name in the cloud.
    pub function_name: String,
    /// The log group.
    pub log_group: String,
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
    /// The version that ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// On what exactly it ran, where that is not what its configuration says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
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
    /// A deployed function's code was saved, and the function has it now, or why it has not.
    Reloaded(Reload),
    /// Not all of what is saved is seen.
    ReloadDegraded {
        /// Why.
        reason: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
}

/// What came of the saving of a deployed function's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    /// The template that the function is in.
    pub template: WorkspacePath,
    /// Its name there.
    pub logical_id: String,
    /// Its name in the cloud.
    pub name: String,
    /// Some of the files that were saved.
    pub files: Vec<WorkspacePath>,
    /// How many more there were.
    pub more: usize,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Why the function has its former code still.
    pub failure: Option<String>,
    /// What of it a page says in another language.
    #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
    pub reasons: Reasons,
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
