//! Who may do what with buses and rules: what the endpoint asks leave for, and whom a bus's policy lets put events.

use std::sync::Arc;

use cloud_core::{Access, AccountId, Actor, Arn, AwsError, Delivery};
use cloud_policy::{Keys, Kind, Policy, Principal, Request, Source, Steps, lets_in};
use cloud_wire::access::Asking;
use cloud_wire::{Kind as ShapeKind, Schema, Value};

use crate::names::{self, DEFAULT, Tagged};
use crate::open::EventBridge;
use crate::record::Bus;

const PASS_ROLE: &str = "iam:PassRole";

/// What an operation is about.
enum About {
    /// The rule that this member names.
    Rule(&'static str),
    /// The bus that this member names.
    Bus(&'static str),
    Tagged,
    Entries,
    /// What the rules say.
    Other,
}

fn about(operation: &str) -> About {
    match operation {
        "DeleteRule" | "DescribeRule" | "DisableRule" | "EnableRule" | "PutRule" => About::Rule("Name"),
        "ListTargetsByRule" | "PutTargets" | "RemoveTargets" => About::Rule("Rule"),
        "CreateEventBus" | "DeleteEventBus" | "DescribeEventBus" | "UpdateEventBus" => About::Bus("Name"),
        "ListTagsForResource" | "TagResource" | "UntagResource" => About::Tagged,
        "PutEvents" => About::Entries,
        _ => About::Other,
    }
}

impl EventBridge {
    /// What an operation asks leave for: an action on the rule or bus that it names, with that one's tags and policy.
    pub(crate) fn asked(&self, asking: &Asking<'_>) -> Vec<Access> {
        let action = asking.operation.action;
        let mut accesses = match about(asking.operation.name) {
            About::Rule(member) => {
                let name = asking.text(member).unwrap_or_default();
                let bus = asking.text("EventBusName").unwrap_or(DEFAULT);
                let mut access = asking.access(action, rule_arn(asking, bus, name));
                let bus = bus.rsplit_once("event-bus/").map_or(bus, |(_, bus)| bus);
                if let Some(rule) = self.records.rules.get(&(bus.to_owned(), name.to_owned())) {
                    access.tell_tags(rule.tags.clone());
                }
                vec![access]
            }
            About::Bus(member) => {
                let name = asking.text(member).unwrap_or(DEFAULT);
                vec![self.on_bus(asking, &bus_arn(asking, name))]
            }
            About::Tagged => {
                let arn = asking.text("ResourceARN").unwrap_or("*");
                let mut access = asking.access(action, arn);
                access.tell_tags(self.tags_of(arn));
                vec![access]
            }
            About::Entries => self.on_entries(asking),
            About::Other => asking.by_rule(),
        };
        if !matches!(about(asking.operation.name), About::Other) {
            accesses.extend(asking.by_rule().into_iter().filter(|access| access.action == PASS_ROLE));
        }
        if asking.operation.name == "PutTargets" {
            of_targets(asking, &mut accesses);
        }
        accesses
    }

    fn tags_of(&self, arn: &str) -> Vec<(String, String)> {
        let found = match names::tagged(&self.context, arn) {
            Ok(Tagged::Bus(name)) => self.records.buses.get(&name).map(|bus| bus.tags.clone()),
            Ok(Tagged::Rule(key)) => self.records.rules.get(&key).map(|rule| rule.tags.clone()),
            Err(_) => None,
        };
        found.unwrap_or_default().into_iter().collect()
    }

    fn on_bus(&self, asking: &Asking<'_>, arn: &str) -> Access {
        let mut access = asking.access(asking.operation.action, arn);
        let Ok(arn) = arn.parse::<Arn>() else { return access };
        if arn.account() != asking.caller.account.as_str() {
            access.owner = Some(AccountId::new(arn.account()));
        } else if let Some(bus) =
            names::own_bus(&self.context, &arn).and_then(|name| self.records.buses.get(&name))
        {
            access.policy = bus.policy.as_deref().map(Arc::from);
            access.tell_tags(bus.tags.clone());
        }
        access
    }

    /// To put events takes leave on each bus that they are for. A bus of another account asks its policy when they come.
    fn on_entries(&self, asking: &Asking<'_>) -> Vec<Access> {
        let mut accesses = Vec::new();
        for (schema, entry) in elements(asking, "Entries") {
            let text = |name: &str| field(schema, entry, name).and_then(|(_, value)| value.as_str());
            let arn = bus_arn(asking, text("EventBusName").unwrap_or(DEFAULT));
            let mut access = self.on_bus(asking, &arn);
            access.owner = None;
            for (key, member) in [("events:source", "Source"), ("events:detail-type", "DetailType")] {
                let value = text(member).map(|text| vec![text.to_owned()]);
                access.keys.extend(value.map(|value| (key.to_owned(), value)));
            }
            if !accesses.contains(&access) {
                accesses.push(access);
            }
        }
        accesses
    }

    /// An error unless who delivers may put events on that bus; none is a bus that is not there.
    pub(crate) fn expect_allowed(&self, bus: Option<&Bus>, delivery: &Delivery) -> Result<(), AwsError> {
        let own = self.context.account().as_str();
        let sender = delivery.sender_account();
        let who = match &delivery.actor {
            Actor::Account => return Ok(()),
            // AWS: services put events on the default bus of the account that they are about.
            Actor::Service(_) if sender == Some(own) => return Ok(()),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return Ok(()),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        if bus.and_then(|bus| bus.policy.as_deref()).is_some_and(|policy| self.allows(policy, delivery, who))
        {
            return Ok(());
        }
        let arn = &delivery.target;
        Err(AwsError::access_denied(format!(
            "{who} is not authorized to perform: events:PutEvents on resource: {arn} because no resource-based policy allows the events:PutEvents action"
        )))
    }

    fn allows(&self, policy: &str, delivery: &Delivery, who: &str) -> bool {
        let policy = self.documents.read(policy).unwrap_or_else(|_| Policy::unreadable());
        let own = self.context.account().as_str();
        let account = delivery.sender_account().unwrap_or(if AccountId::is_one(who) { who } else { own });
        let mut keys = Keys::default();
        keys.set("aws:SourceAccount", account);
        if let Some(source) = &delivery.source_arn {
            keys.set("aws:SourceArn", source.as_str());
        }
        let principal = match &delivery.actor {
            Actor::Service(service) => Principal::service(service, account),
            Actor::Role(role) => Principal {
                account: who.to_owned(),
                arn: role.to_string(),
                role: Some(role.to_string()),
                ..Principal::default()
            },
            _ => Principal {
                account: who.to_owned(),
                arn: format!("arn:{}:iam::{who}:root", self.context.region().partition().id),
                ..Principal::default()
            },
        };
        let request = Request {
            principal: &principal,
            action: "events:PutEvents",
            resource: delivery.target.as_str(),
            resource_account: own,
            keys: &keys,
            steps: &Steps::default(),
        };
        lets_in(&request, Kind::Resource, &Source { id: "event bus".to_owned(), policy })
    }
}

/// The ARN of a bus that is named, or given as one.
fn bus_arn(asking: &Asking<'_>, text: &str) -> String {
    if text.starts_with("arn:") { text.to_owned() } else { asking.arn(&format!("event-bus/{text}")) }
}

fn rule_arn(asking: &Asking<'_>, bus: &str, rule: &str) -> String {
    match bus.split_once(":event-bus/") {
        Some((begin, bus)) => format!("{begin}:{}", names::rule_resource(bus, rule)),
        None => asking.arn(&names::rule_resource(bus, rule)),
    }
}

/// Where targets are set: which, and as which roles they are told.
fn of_targets(asking: &Asking<'_>, accesses: &mut Vec<Access>) {
    let (mut arns, mut roles) = (Vec::new(), Vec::new());
    for (schema, target) in elements(asking, "Targets") {
        let text = |name: &str| field(schema, target, name).and_then(|(_, value)| value.as_str());
        arns.extend(text("Arn").map(str::to_owned));
        roles.extend(text("RoleArn").map(str::to_owned));
    }
    for access in accesses.iter_mut() {
        access.keys.push(("events:TargetArn".to_owned(), arns.clone()));
    }
    let passed = |role: String| Access {
        action: PASS_ROLE.to_owned(),
        resource: role,
        keys: vec![("iam:PassedToService".to_owned(), vec![crate::publishing::PRINCIPAL.to_owned()])],
        ..Access::default()
    };
    accesses.extend(roles.into_iter().map(passed));
}

/// The elements of a list in the input, with their schema.
fn elements<'a>(asking: &Asking<'a>, name: &str) -> Vec<(&'static Schema, Value<'a>)> {
    let Some((schema, list)) = asking.member(name) else { return Vec::new() };
    let ShapeKind::List { element, .. } = schema.kind else { return Vec::new() };
    list.elements().map(|value| (element, value)).collect()
}

/// A member of a structure by its name.
fn field<'a>(schema: &'static Schema, value: Value<'a>, name: &str) -> Option<(&'static Schema, Value<'a>)> {
    let (place, member) = schema.members().iter().enumerate().find(|(_, member)| member.name == name)?;
    Some((member.schema, value.member(place)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_has_an_action_that_there_is() {
        for operation in crate::shapes::MODEL.operations {
            let action = format!("events:{}", operation.action);
            assert!(cloud_policy::actions::is_known(&action), "{action}");
        }
    }
}
