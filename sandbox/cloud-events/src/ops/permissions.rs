//! PutPermission, RemovePermission: statements of a bus's policy.

use cloud_core::{AwsError, Caller};
use cloud_policy::Policy;
use serde_json::{Map, Value, json};

use crate::error::invalid;
use crate::names::{self, DEFAULT};
use crate::open::EventBridge;
use crate::quotas;
use crate::record::Bus;
use crate::shapes::{Code, PutPermissionRequest, RemovePermissionRequest};

/// AWS: what others may be let do by a statement; a whole policy may say more.
const ACTION: &str = "events:PutEvents";

pub(crate) async fn put_permission(
    bridge: &EventBridge,
    _caller: &Caller,
    input: PutPermissionRequest,
) -> Result<(), AwsError> {
    let name = input.event_bus_name.clone().unwrap_or_else(|| DEFAULT.to_owned());
    bridge.records.bus(&name)?;
    if let Some(policy) = input.policy {
        check_policy(&policy)?;
        return bridge.records.change_bus(name, move |bus| set(bus, policy)).await;
    }
    let statement = statement(bridge, &name, input)?;
    bridge.records.change_bus(name, move |bus| add(bus, statement)).await
}

/// Refuses a text that is no policy.
pub(crate) fn check_policy(text: &str) -> Result<(), AwsError> {
    quotas::POLICY.check(text.chars().count())?;
    let parsed = Policy::parse(text).map_err(|error| invalid(format!("Invalid policy: {error}")))?;
    if parsed.statements().iter().any(|statement| !statement.names_principals()) {
        return Err(invalid("Invalid policy: Missing required field Principal"));
    }
    Ok(())
}

fn set(bus: &mut Bus, policy: String) -> Result<(), AwsError> {
    quotas::POLICY.check(policy.chars().count())?;
    bus.policy = Some(policy);
    Ok(())
}

fn statement(bridge: &EventBridge, bus: &str, input: PutPermissionRequest) -> Result<Value, AwsError> {
    let (Some(action), Some(principal), Some(id)) = (input.action, input.principal, input.statement_id)
    else {
        return Err(invalid("Parameter(s) StatementId, Action and Principal must be specified."));
    };
    if action != ACTION {
        return Err(invalid("Provided value in parameter 'action' is not supported."));
    }
    let partition = bridge.context.region().partition().id;
    let who = if principal == "*" {
        json!("*")
    } else {
        json!({ "AWS": format!("arn:{partition}:iam::{principal}:root") })
    };
    let mut statement = json!({
        "Sid": id, "Effect": "Allow", "Principal": who, "Action": action,
        "Resource": names::bus_arn(&bridge.context, bus),
    });
    if let Some(condition) = input.condition {
        if condition.r#type != "StringEquals" || condition.key != "aws:PrincipalOrgID" {
            return Err(invalid(
                "Parameter Condition is not valid. Reason: it can only be StringEquals of aws:PrincipalOrgID.",
            ));
        }
        let key = Map::from_iter([(condition.key, json!(condition.value))]);
        statement["Condition"] = Value::Object(Map::from_iter([(condition.r#type, Value::Object(key))]));
    }
    Ok(statement)
}

/// The statements of a bus's policy.
fn statements(bus: &Bus) -> Vec<Value> {
    let policy = bus.policy.as_deref().and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    match policy.and_then(|mut policy| policy.get_mut("Statement").map(Value::take)) {
        Some(Value::Array(statements)) => statements,
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn written(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Adds a statement, in place of one that has its id.
pub(crate) fn add(bus: &mut Bus, statement: Value) -> Result<(), AwsError> {
    let mut all = statements(bus);
    match all.iter_mut().find(|other| other["Sid"] == statement["Sid"]) {
        Some(other) => *other = statement,
        None => all.push(statement),
    }
    set(bus, written(&all))
}

/// Takes a statement away. False where there is none of that id.
pub(crate) fn take(bus: &mut Bus, id: &str) -> bool {
    let all = statements(bus);
    let rest: Vec<Value> = all.iter().filter(|statement| statement["Sid"] != id).cloned().collect();
    let is_there = rest.len() < all.len();
    if is_there {
        bus.policy = (!rest.is_empty()).then(|| written(&rest));
    }
    is_there
}

pub(crate) async fn remove_permission(
    bridge: &EventBridge,
    _caller: &Caller,
    input: RemovePermissionRequest,
) -> Result<(), AwsError> {
    let name = input.event_bus_name.unwrap_or_else(|| DEFAULT.to_owned());
    bridge.records.bus(&name)?;
    if input.remove_all_permissions == Some(true) {
        let remove = |bus: &mut Bus| {
            bus.policy = None;
            Ok(())
        };
        return bridge.records.change_bus(name, remove).await;
    }
    let id = input.statement_id.ok_or_else(|| invalid("Parameter StatementId is required."))?;
    let remove = move |bus: &mut Bus| {
        if take(bus, &id) {
            return Ok(());
        }
        Err(Code::ResourceNotFoundException.error("Statement with the provided id does not exist."))
    };
    bridge.records.change_bus(name, remove).await
}
