//! Where an environment is in its life, as its runtime asks: which of the Runtime API's calls is let in when, and how one that
//! is not is refused. Pure. Not here: what the calls carry, and the extensions (`extensions`).

use http::StatusCode;
use serde::Serialize;

/// What the runtime is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It comes up.
    Started,
    /// It could not.
    InitError,
    /// It has asked for an event, or could be given the one that is there.
    Ready,
    /// It has the event of this id.
    Running(String),
    /// Its answer comes in.
    Responding(String),
    /// Its error comes in.
    Failing(String),
    /// It has answered, and not asked for more.
    ResponseSent,
}

impl Phase {
    // AWS: the names in its runtime interface emulator's messages.
    fn name(&self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::InitError => "InitError",
            Self::Ready => "Ready",
            Self::Running(_) => "Running",
            Self::Responding(_) => "InvocationResponse",
            Self::Failing(_) => "InvocationErrorResponse",
            Self::ResponseSent => "ResponseSent",
        }
    }
}

/// A refusal, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) body: ErrorBody,
}

/// AWS's shape of errors of these interfaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody {
    pub(crate) error_message: String,
    pub(crate) error_type: &'static str,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        error_type: &'static str,
        error_message: impl Into<String>,
    ) -> Self {
        Self { status, body: ErrorBody { error_message: error_message.into(), error_type } }
    }

    // AWS: the emulator's words.
    fn transition(from: &Phase, to: &str) -> Self {
        let from = from.name();
        let message = format!(
            "State transition from {from} to {to} failed for runtime. Error: State transition is not allowed"
        );
        Self::new(StatusCode::FORBIDDEN, "InvalidStateTransition", message)
    }

    fn wrong_id() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
    }

    /// The body is beyond what it may be.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("Exceeded maximum allowed payload size ({limit} bytes).");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }
}

/// The runtime's state.
#[derive(Debug)]
pub(crate) struct Runtime(Phase);

impl Runtime {
    pub(crate) fn new() -> Self {
        Self(Phase::Started)
    }

    pub(crate) fn phase(&self) -> &Phase {
        &self.0
    }

    /// It asks for an event. It may ask again when its connection broke.
    pub(crate) fn next(&mut self) -> Result<(), Refusal> {
        match self.0 {
            Phase::Started | Phase::ResponseSent | Phase::Ready => self.0 = Phase::Ready,
            _ => return Err(Refusal::transition(&self.0, "Ready")),
        }
        Ok(())
    }

    /// It is handed an event.
    pub(crate) fn run(&mut self, id: &str) -> bool {
        let ready = self.0 == Phase::Ready;
        if ready {
            self.0 = Phase::Running(id.to_owned());
        }
        ready
    }

    /// It begins to answer.
    pub(crate) fn respond(&mut self, id: &str) -> Result<(), Refusal> {
        self.answer(id, Phase::Responding)
    }

    /// It tells that the function failed.
    pub(crate) fn fail(&mut self, id: &str) -> Result<(), Refusal> {
        self.answer(id, Phase::Failing)
    }

    fn answer(&mut self, id: &str, to: fn(String) -> Phase) -> Result<(), Refusal> {
        match &self.0 {
            Phase::Running(running) if running == id => self.0 = to(id.to_owned()),
            Phase::Running(_) => return Err(Refusal::wrong_id()),
            other => return Err(Refusal::transition(other, to(String::new()).name())),
        }
        Ok(())
    }

    /// Its answer is here.
    pub(crate) fn answered(&mut self) {
        if matches!(self.0, Phase::Responding(_) | Phase::Failing(_)) {
            self.0 = Phase::ResponseSent;
        }
    }

    /// Its answer broke off: it may try again.
    pub(crate) fn broke_off(&mut self) {
        if let Phase::Responding(id) | Phase::Failing(id) = &self.0 {
            self.0 = Phase::Running(id.clone());
        }
    }

    /// It tells that it cannot come up.
    pub(crate) fn init_error(&mut self) -> Result<(), Refusal> {
        if self.0 != Phase::Started {
            return Err(Refusal::transition(&self.0, "InitError"));
        }
        self.0 = Phase::InitError;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Carries the calls out, and tells the status of each as the Runtime API would.
    fn statuses(calls: &str) -> String {
        let mut runtime = Runtime::new();
        let status = |answer: Result<(), Refusal>| match answer {
            Ok(()) => "ok".to_owned(),
            Err(refusal) => refusal.status.as_u16().to_string(),
        };
        let told = calls.split(' ').map(|call| match call.split_once(':') {
            None if call == "next" => status(runtime.next()),
            None if call == "init-error" => status(runtime.init_error()),
            None if call == "done" => {
                runtime.answered();
                "ok".to_owned()
            }
            None if call == "broken" => {
                runtime.broke_off();
                "ok".to_owned()
            }
            Some(("run", id)) => runtime.run(id).to_string(),
            Some(("response", id)) => status(runtime.respond(id)),
            Some(("error", id)) => status(runtime.fail(id)),
            _ => panic!("no such call: {call}"),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn calls_are_let_in_in_their_order_alone() {
        for (calls, expected) in [
            ("next run:a response:a done next run:b error:b done next", "ok true ok ok ok true ok ok ok"),
            // Its connection broke while it waited.
            ("next next next run:a", "ok ok ok true"),
            // Nothing to answer yet.
            ("response:a error:a", "403 403"),
            ("next response:a", "ok 403"),
            ("run:a", "false"),
            // Another's id, then its own.
            ("next run:a response:b error:b response:a done", "ok true 400 400 ok ok"),
            // Twice.
            ("next run:a response:a response:a done response:a error:a", "ok true ok 403 ok 403 403"),
            // More while one is not answered.
            ("next run:a next response:a next done next", "ok true 403 ok 403 ok ok"),
            ("next run:a response:a broken response:a done", "ok true ok ok ok ok"),
            ("init-error next init-error", "ok 403 403"),
            ("next init-error", "ok 403"),
        ] {
            assert_eq!(statuses(calls), expected, "{calls}");
        }
    }

    #[test]
    fn refusals_read_as_awss() {
        let mut runtime = Runtime::new();
        let refusal = runtime.respond("a").expect_err("nothing runs");
        assert_eq!(
            serde_json::to_string(&refusal.body).expect("it serialises"),
            r#"{"errorMessage":"State transition from Started to InvocationResponse failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"}"#
        );
        assert_eq!(
            Refusal::too_large(6_291_556).body.error_message,
            "Exceeded maximum allowed payload size (6291556 bytes)."
        );
    }
}
