//! `EventInvokeConfig`: how asynchronous invocations are tried again, and where their results go.

use serde_json::{Map, Value, json};

use super::publish::Published;
use super::python::shown;
use super::resolve::resolve;
use super::resource::{
    Made, Plain, Properties, choice, choices, conditional, get_att, is_no_value, is_set, reference,
};
use super::role::destination_policy;
use super::{Cause, Outcome, Work, ids};

/// What may receive results.
const TYPES: &[&str] = &["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"];

/// What is made of the property, and the policies that the function's role needs for it.
pub(super) fn transform(
    work: &mut Work<'_>,
    properties: &Properties<'_>,
    source: &Value,
    published: Option<&Published>,
) -> Outcome<(Vec<Made>, Vec<Value>)> {
    let id = properties.id;
    let Some(config) = properties.set("EventInvokeConfig") else { return Ok((Vec::new(), Vec::new())) };
    let config = resolve(work, id, config)?;
    let config_id = format!("{id}EventInvokeConfig");
    let (mut made, mut policies, mut destinations) = (Vec::new(), Vec::new(), Map::new());
    for (name, destination) in given_destinations(id, &config)? {
        let sent = send(work, id, source, &config_id, name, destination)?;
        made.extend(sent.made);
        policies.extend(sent.policy);
        destinations.insert(name.to_owned(), json!({ "Destination": sent.to }));
    }
    let mut plain = Plain::attributed("AWS::Lambda::EventInvokeConfig", source)
        .with("FunctionName", reference(id))
        .with("Qualifier", published.map_or("$LATEST", |published| published.name.as_str()))
        .with("DestinationConfig", destinations);
    for name in ["MaximumEventAgeInSeconds", "MaximumRetryAttempts"] {
        plain = plain.copy_as(name, config.get(name).filter(|value| !value.is_null()));
    }
    if let Some(published) = published {
        plain = plain.attribute("DependsOn", json!([published.alias_id]));
    }
    made.push((config_id, plain.build()));
    Ok((made, policies))
}

fn given_destinations<'a>(id: &str, config: &'a Value) -> Outcome<Vec<(&'static str, &'a Value)>> {
    let must_be_map = |name: &str| Cause::resource(id, format!("Property '{name}' should be a map."));
    let Some(given) = config.get("DestinationConfig").filter(|given| is_set(given)) else {
        return Ok(Vec::new());
    };
    let given = given.as_object().ok_or_else(|| must_be_map("EventInvokeConfig.DestinationConfig"))?;
    let mut destinations = Vec::new();
    for name in ["OnSuccess", "OnFailure"] {
        let Some(destination) = given.get(name).filter(|value| !value.is_null()) else { continue };
        if !destination.is_object() {
            return Err(must_be_map(&format!("EventInvokeConfig.DestinationConfig.{name}")));
        }
        destinations.push((name, destination));
    }
    Ok(destinations)
}

/// Where one kind of results goes.
struct Sent {
    made: Option<Made>,
    to: Value,
    policy: Option<Value>,
}

fn send(
    work: &mut Work<'_>,
    id: &str,
    source: &Value,
    config_id: &str,
    name: &str,
    destination: &Value,
) -> Outcome<Sent> {
    let wrong = |reason: String| Err(Cause::resource(id, reason));
    let kind = destination.get("Type").unwrap_or(&Value::Null);
    let Some(kind) = kind.as_str().filter(|kind| TYPES.contains(kind)) else {
        return wrong(format!("'Type: {}' must be one of {}", shown(kind), shown(&json!(TYPES))));
    };
    let given = destination.get("Destination").filter(|given| !given.is_null());
    let missing = given.map(|given| missing_when(work, config_id, given)).transpose()?.flatten();
    let own_id = format!("{config_id}{name}");
    if let (Some(given), None) = (given, &missing) {
        let policy = destination_policy(&own_id, kind, given);
        return Ok(Sent { made: None, to: given.clone(), policy });
    }
    let (made_id, made_type, arn) = match kind {
        "SQS" => {
            let id = format!("{own_id}Queue");
            let arn = get_att(&id, "Arn");
            (id, "AWS::SQS::Queue", arn)
        }
        "SNS" => {
            let id = format!("{own_id}Topic");
            let arn = reference(&id);
            (id, "AWS::SNS::Topic", arn)
        }
        _ => return wrong("Destination is required if Type is not ['SQS', 'SNS']".to_owned()),
    };
    let own = source.get("Condition").and_then(Value::as_str);
    let condition = both(work, id, own, missing.as_ref().map(|missing| missing.condition.as_str()));
    let mut plain = Plain::passing(made_type, source);
    if let Some(condition) = condition {
        plain = plain.attribute("Condition", condition);
    }
    let to = match missing {
        Some(missing) => conditional(&json!(missing.condition), &arn, &missing.otherwise),
        None => arn,
    };
    let policy = destination_policy(&own_id, kind, &to);
    Ok(Sent { made: Some((made_id, plain.build())), to, policy })
}

/// When no destination is given, and which is otherwise.
struct Missing {
    condition: String,
    otherwise: Value,
}

fn missing_when(work: &mut Work<'_>, config_id: &str, given: &Value) -> Outcome<Option<Missing>> {
    let Some(argument) = choice(given) else { return Ok(None) };
    let (condition, yes, no) = choices(argument).map_err(|reason| {
        Cause::resource(config_id, format!("Malformed 'Destination' property: {reason}."))
    })?;
    let condition = shown(condition);
    Ok(match (is_no_value(yes), is_no_value(no)) {
        (true, false) => Some(Missing { condition, otherwise: no.clone() }),
        (false, true) => {
            let negated = condition_name(&format!("NOT{condition}"), config_id);
            work.set_condition(&negated, json!({ "Fn::Not": [{ "Condition": condition }] }));
            Some(Missing { condition: negated, otherwise: yes.clone() })
        }
        _ => None,
    })
}

/// A condition that is both.
fn both(work: &mut Work<'_>, id: &str, own: Option<&str>, missing: Option<&str>) -> Option<String> {
    let (Some(own), Some(missing)) = (own, missing) else { return own.or(missing).map(str::to_owned) };
    let name = condition_name(&format!("{own}AND{missing}"), id);
    // AWS: the transform wraps these twice.
    let wrapped = |name: &str| json!({ "Condition": { "Condition": name } });
    work.set_condition(&name, json!({ "Fn::And": [wrapped(own), wrapped(missing)] }));
    Some(name)
}

fn condition_name(name: &str, of: &str) -> String {
    ids::hashed(name, &json!(of))
}
