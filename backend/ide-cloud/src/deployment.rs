//! One deployment's progress, pure: what phase it is in, what each resource does, what was logged.

use protocol::{
    PersonId, Reasons, Said,
    deploy::{Deployment, Phase, ResourceProgress, StartDeploy},
    language::Position,
};

use crate::{client::Element, frame};

/// Log lines kept, and how much they may weigh: all of a deployment is told in one frame.
const MAX_LOG: usize = 500;
const MAX_LOG_WEIGHT: usize = 128 * 1024;
/// How much a line or a reason may weigh.
const MAX_TEXT: usize = 1024;
/// How much one reason for the end of a deployment may weigh: a compiler's whole output is one.
const MAX_REASON: usize = 64 * 1024;

/// A deployment that has begun.
pub(crate) fn begin(id: String, by: &PersonId, call: &StartDeploy) -> Deployment {
    Deployment {
        id,
        by: Some(by.clone()),
        template: call.template.clone(),
        stack: call.stack.clone(),
        phase: Phase::Building,
        resources: Vec::new(),
        log: Vec::new(),
        outputs: Vec::new(),
        api_urls: Vec::new(),
    }
}

/// Adds to the log; the oldest lines go.
pub(crate) fn log(deployment: &mut Deployment, text: &str) {
    deployment.log.extend(text.lines().map(|line| frame::shown(line.to_owned(), MAX_TEXT)));
    let mut left = MAX_LOG_WEIGHT;
    let fits = |line: &&String| {
        // What stands between lines.
        let fitting = left.checked_sub(frame::weight(line) + 3);
        left = fitting.unwrap_or(0);
        fitting.is_some()
    };
    let kept = deployment.log.iter().rev().take(MAX_LOG).take_while(fits).count();
    deployment.log.drain(..deployment.log.len() - kept);
}

/// The newest of them that fit into a frame together.
pub(crate) fn told(all: &[Deployment]) -> Vec<Deployment> {
    let mut left = frame::ROOM;
    let fits = |deployment: &&Deployment| {
        let fitting = left.checked_sub(serde_json::to_vec(deployment).map_or(0, |json| json.len()) + 1);
        left = fitting.unwrap_or(0);
        fitting.is_some()
    };
    all.iter().take_while(fits).cloned().collect()
}

/// A stack event, as CloudFormation tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StackEvent {
    pub(crate) id: String,
    pub(crate) logical_id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
}

impl StackEvent {
    pub(crate) fn read(element: &Element) -> Option<Self> {
        Some(Self {
            id: element.text_of("EventId")?,
            logical_id: element.text_of("LogicalResourceId")?,
            kind: element.text_of("ResourceType")?,
            status: element.text_of("ResourceStatus")?,
            reason: element.text_of("ResourceStatusReason"),
        })
    }

    fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }
}

/// Takes note of a stack event.
pub(crate) fn note(deployment: &mut Deployment, event: &StackEvent) {
    let reason = event.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    log(deployment, &format!("{} {} {}{reason}", event.status, event.kind, event.logical_id));
    if event.kind == "AWS::CloudFormation::Stack" {
        return;
    }
    let progress = ResourceProgress {
        logical_id: event.logical_id.clone(),
        kind: event.kind.clone(),
        status: event.status.clone(),
        reason: event.reason.clone().map(|reason| frame::shown(reason, MAX_TEXT)),
    };
    match deployment.resources.iter_mut().find(|known| known.logical_id == event.logical_id) {
        Some(known) => *known = progress,
        None => deployment.resources.push(progress),
    }
}

/// Why a deployment failed: its first resource that did, not those that were stopped because of it.
pub(crate) fn failure<'a>(events: &'a [StackEvent]) -> Option<&'a StackEvent> {
    let cancelled =
        |event: &&StackEvent| event.reason.as_deref().is_some_and(|reason| reason.contains("cancelled"));
    let failures: Vec<&'a StackEvent> = events.iter().filter(|event| event.is_failure()).collect();
    failures.iter().find(|event| !cancelled(event)).or(failures.first()).copied()
}

/// Ends a deployment with its reason.
pub(crate) fn fail(deployment: &mut Deployment, said: Said, position: Option<Position>) {
    log(deployment, &said.message);
    let message = frame::shown(said.message, MAX_REASON);
    let reasons = Reasons::of("message", frame::fitting(said.reason));
    deployment.phase = Phase::Failed { message, reasons, position };
}

#[cfg(test)]
mod tests {
    use protocol::WorkspacePath;

    use super::*;

    fn event(logical_id: &str, status: &str, reason: Option<&str>) -> StackEvent {
        StackEvent {
            id: format!("{logical_id}-{status}"),
            logical_id: logical_id.into(),
            kind: "AWS::Lambda::Function".into(),
            status: status.into(),
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn resources_keep_their_order_and_newest_status() {
        let call = StartDeploy { template: WorkspacePath::root(), stack: "s".into(), parameters: vec![] };
        let mut deployment = begin("1".into(), &PersonId("ada".into()), &call);
        for (id, status) in
            [("A", "CREATE_IN_PROGRESS"), ("B", "CREATE_IN_PROGRESS"), ("A", "CREATE_COMPLETE")]
        {
            note(&mut deployment, &event(id, status, None));
        }
        let seen: Vec<_> =
            deployment.resources.iter().map(|r| (r.logical_id.as_str(), r.status.as_str())).collect();
        assert_eq!(seen, [("A", "CREATE_COMPLETE"), ("B", "CREATE_IN_PROGRESS")]);
        log(&mut deployment, &"x\n".repeat(2000));
        assert_eq!(deployment.log.len(), MAX_LOG);
        log(&mut deployment, &"\u{1b}".repeat(1 << 20));
        let cut = format!("{}\n… the first 170 of 1048576 bytes", "\u{1b}".repeat(170));
        assert_eq!(deployment.log.last(), Some(&cut));
        log(&mut deployment, &format!("{}\n", "\"".repeat(500)).repeat(400));
        assert_eq!(deployment.log.len(), MAX_LOG_WEIGHT / 1003, "as many as fit");
        assert!(deployment.log.iter().all(|line| line.len() == 500));
        fail(&mut deployment, Said::verbatim("\n".repeat(1 << 20)), None);
        assert!(serde_json::to_string(&deployment).unwrap().len() < frame::ROOM / 2);
    }

    #[test]
    fn as_many_are_told_as_fit_into_a_frame() {
        let call = StartDeploy { template: WorkspacePath::root(), stack: "s".into(), parameters: vec![] };
        let mut deployment = begin("1".into(), &PersonId("ada".into()), &call);
        assert_eq!(told(&vec![deployment.clone(); 50]).len(), 50);
        log(&mut deployment, &format!("{}\n", "x".repeat(1000)).repeat(400));
        let told = told(&vec![deployment; 50]);
        let bytes = serde_json::to_vec(&told).unwrap().len();
        assert!(told.len() < 50 && bytes <= frame::ROOM && bytes > frame::ROOM * 3 / 4, "{bytes}");
    }

    #[test]
    fn the_cause_is_told_not_what_it_stopped() {
        let events = [
            event("A", "CREATE_FAILED", Some("Resource creation cancelled")),
            event("B", "CREATE_FAILED", Some("no such role")),
        ];
        assert_eq!(failure(&events).unwrap().logical_id, "B");
        assert_eq!(failure(&events[..1]).unwrap().logical_id, "A");
        assert_eq!(failure(&[]), None);
    }
}
