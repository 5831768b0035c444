//! One deployment's progress, pure: what phase it is in, what each resource does, what was logged.

use protocol::{
    PersonId,
    deploy::{Deployment, Phase, ResourceProgress, StartDeploy},
    language::Position,
};

use crate::client::Element;

/// Log lines kept.
const MAX_LOG: usize = 500;

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
    deployment.log.extend(text.lines().map(str::to_owned));
    let surplus = deployment.log.len().saturating_sub(MAX_LOG);
    deployment.log.drain(..surplus);
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
        reason: event.reason.clone(),
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
pub(crate) fn fail(deployment: &mut Deployment, message: String, position: Option<Position>) {
    log(deployment, &message);
    deployment.phase = Phase::Failed { message, position };
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
