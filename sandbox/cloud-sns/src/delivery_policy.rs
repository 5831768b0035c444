//! Delivery policies: how HTTP endpoints are tried again, and with which content type.
// AWS: "Amazon SNS message delivery retries", with its defaults and bounds.

use cloud_delivery::Retry;
use serde_json::{Map, Value, json};

/// How long a message may be tried at all, in seconds.
// AWS: "The total policy retry time … can't exceed 3,600 seconds".
const LONGEST: u64 = 3600;

/// How one endpoint is tried again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    healthy: Value,
    throttle: Value,
    content_type: Option<String>,
}

fn usual() -> Value {
    json!({
        "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0,
        "numNoDelayRetries": 0, "numMinDelayRetries": 0, "backoffFunction": "linear",
    })
}

const FUNCTIONS: [&str; 4] = ["linear", "arithmetic", "geometric", "exponential"];

/// Looks at a retry policy.
fn check_retry(retry: &Value) -> Result<(), String> {
    let Value::Object(members) = retry else { return Err("healthyRetryPolicy must be an object".to_owned()) };
    let number = |name: &str, usual: u64, most: u64| match members.get(name) {
        None | Some(Value::Null) => Ok(usual),
        Some(value) => value
            .as_u64()
            .filter(|value| *value <= most)
            .ok_or_else(|| format!("{name} must be an integer between 0 and {most}")),
    };
    let least = number("minDelayTarget", 20, LONGEST)?;
    let most = number("maxDelayTarget", 20, LONGEST)?;
    if most < least {
        return Err("maxDelayTarget must be greater than or equal to minDelayTarget".to_owned());
    }
    let all = number("numRetries", 3, 100)?;
    let of_phases = number("numMaxDelayRetries", 0, 100)?
        + number("numNoDelayRetries", 0, 100)?
        + number("numMinDelayRetries", 0, 100)?;
    if of_phases > all {
        return Err(
            "numRetries must be greater than or equal to the sum of the retries of its phases".to_owned()
        );
    }
    match members.get("backoffFunction") {
        None | Some(Value::Null) => {}
        Some(value) if value.as_str().is_some_and(|name| FUNCTIONS.contains(&name)) => {}
        Some(value) => return Err(format!("backoffFunction {value} is none of {}", FUNCTIONS.join(", "))),
    }
    if let Some(name) = members.keys().find(|name| usual().get(name.as_str()).is_none()) {
        return Err(format!("Unrecognized member {name}"));
    }
    let waits: u64 = waits(retry).iter().sum();
    if waits > LONGEST * 1000 {
        return Err(format!("The total retry time may not exceed {LONGEST} seconds"));
    }
    Ok(())
}

/// Looks at the delivery policy of a topic or of a subscription.
pub(crate) fn check(text: &str, is_of_topic: bool) -> Result<(), String> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("failed to parse JSON. {error}"))?;
    let Value::Object(members) = &value else { return Err("must be a JSON object".to_owned()) };
    let known: &[&str] = if is_of_topic {
        &[
            "defaultHealthyRetryPolicy",
            "defaultSicklyRetryPolicy",
            "defaultThrottlePolicy",
            "defaultRequestPolicy",
            "disableSubscriptionOverrides",
        ]
    } else {
        &["healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"]
    };
    let check_members = |members: &Map<String, Value>| {
        if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("Unrecognized member {name}"));
        }
        let of = |name: &str| members.iter().find(|(key, _)| key.to_lowercase().ends_with(name));
        if let Some((_, retry)) = of("healthyretrypolicy").filter(|(_, value)| !value.is_null()) {
            check_retry(retry)?;
        }
        Ok(())
    };
    if !is_of_topic {
        return check_members(members);
    }
    match members.get("http") {
        Some(Value::Object(http)) if members.len() == 1 => check_members(http),
        _ if members.is_empty() => Ok(()),
        _ => Err("must have the one member http".to_owned()),
    }
}

/// The waits between attempts, in milliseconds.
fn waits(retry: &Value) -> Vec<u64> {
    let usual = usual();
    let number =
        |name: &str| retry.get(name).and_then(Value::as_u64).or_else(|| usual[name].as_u64()).unwrap_or(0);
    let (least, most) = (number("minDelayTarget") * 1000, number("maxDelayTarget") * 1000);
    let (none, before, after) =
        (number("numNoDelayRetries"), number("numMinDelayRetries"), number("numMaxDelayRetries"));
    let between = number("numRetries").saturating_sub(none + before + after);
    let function = retry.get("backoffFunction").and_then(Value::as_str).unwrap_or("linear");
    let step = |at: u64| {
        let part = (at + 1) as f64 / (between + 1) as f64;
        let part = match function {
            "arithmetic" => part * part,
            "geometric" => part.powi(3),
            "exponential" => (part.exp2() - 1.0).powi(2),
            _ => part,
        };
        least + ((most.saturating_sub(least)) as f64 * part) as u64
    };
    let all = (0..none).map(|_| 0).chain((0..before).map(|_| least));
    all.chain((0..between).map(step)).chain((0..after).map(|_| most)).collect()
}

fn member(policy: Option<&Value>, name: &str) -> Value {
    policy.and_then(|policy| policy.get(name)).cloned().unwrap_or(Value::Null)
}

fn parsed(text: Option<&String>) -> Option<Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

impl Policy {
    /// What holds for a subscription: what it says, else what its topic says, else what is usual.
    pub(crate) fn of(subscription: Option<&String>, topic: Option<&String>) -> Self {
        let (own, topic) = (parsed(subscription), parsed(topic));
        let topic = topic.as_ref().and_then(|topic| topic.get("http"));
        let overrides = !member(topic, "disableSubscriptionOverrides").as_bool().unwrap_or(false);
        let own = own.as_ref().filter(|_| overrides);
        let either = |own_name: &str, name: &str| {
            let own = member(own, own_name);
            if own.is_null() { member(topic, name) } else { own }
        };
        let healthy = either("healthyRetryPolicy", "defaultHealthyRetryPolicy");
        let healthy = if healthy.is_null() { usual() } else { filled(&healthy) };
        let request = either("requestPolicy", "defaultRequestPolicy");
        let content_type = request.get("headerContentType").and_then(Value::as_str).map(str::to_owned);
        Self { healthy, throttle: either("throttlePolicy", "defaultThrottlePolicy"), content_type }
    }

    pub(crate) fn content_type(&self) -> &str {
        self.content_type.as_deref().unwrap_or("text/plain; charset=UTF-8")
    }

    /// When a message is tried again.
    // LIMIT: throttle policies are told, and not applied.
    pub(crate) fn retry(&self) -> Retry {
        let waits = waits(&self.healthy);
        Retry { refusals: Some(0), max_age: LONGEST * 1000 + 60_000, failures: waits, ..Retry::default() }
    }

    /// What holds, as a subscription's attribute.
    pub(crate) fn of_subscription(&self) -> String {
        json!({
            "healthyRetryPolicy": self.healthy, "sicklyRetryPolicy": null, "throttlePolicy": self.throttle,
            "requestPolicy": { "headerContentType": self.content_type() }, "guaranteed": false,
        })
        .to_string()
    }
}

/// A retry policy with what it does not say.
fn filled(retry: &Value) -> Value {
    let mut whole = usual();
    if let (Some(whole), Some(said)) = (whole.as_object_mut(), retry.as_object()) {
        whole.extend(
            said.iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
    whole
}

/// A subscription's own policy as it is shown: with all members.
pub(crate) fn shown(text: &str) -> String {
    let policy = serde_json::from_str::<Value>(text).ok();
    let of = |name: &str| member(policy.as_ref(), name);
    json!({
        "healthyRetryPolicy": of("healthyRetryPolicy"), "sicklyRetryPolicy": of("sicklyRetryPolicy"),
        "throttlePolicy": of("throttlePolicy"), "requestPolicy": of("requestPolicy"), "guaranteed": false,
    })
    .to_string()
}

/// What holds for a topic's subscriptions, as its attribute.
pub(crate) fn of_topic(text: Option<&String>) -> String {
    let policy = parsed(text);
    let http = policy.as_ref().and_then(|policy| policy.get("http"));
    let healthy = member(http, "defaultHealthyRetryPolicy");
    let mut whole = json!({
        "defaultHealthyRetryPolicy": if healthy.is_null() { usual() } else { filled(&healthy) },
        "disableSubscriptionOverrides": member(http, "disableSubscriptionOverrides").as_bool().unwrap_or(false),
    });
    let throttle = member(http, "defaultThrottlePolicy");
    if !throttle.is_null() {
        whole["defaultThrottlePolicy"] = throttle;
    }
    let request = member(http, "defaultRequestPolicy");
    whole["defaultRequestPolicy"] =
        if request.is_null() { json!({ "headerContentType": "text/plain; charset=UTF-8" }) } else { request };
    json!({ "http": whole }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_waits(policy: &Value, expected: &[u64]) {
        let text = json!({ "healthyRetryPolicy": policy }).to_string();
        let seconds: Vec<u64> =
            Policy::of(Some(&text), None).retry().failures.iter().map(|wait| wait / 1000).collect();
        assert_eq!(seconds, expected);
    }

    #[test]
    fn waits_come_in_phases() {
        check_waits(&json!({}), &[20, 20, 20]);
        check_waits(&json!({ "numRetries": 0 }), &[]);
        check_waits(
            &json!({ "minDelayTarget": 1, "maxDelayTarget": 10, "numRetries": 7, "numNoDelayRetries": 2, "numMinDelayRetries": 1, "numMaxDelayRetries": 2 }),
            &[0, 0, 1, 4, 7, 10, 10],
        );
    }

    #[test]
    fn policies_are_looked_at() {
        for (text, is_of_topic, is_right) in [
            (r#"{"healthyRetryPolicy":{"numRetries":5}}"#, false, true),
            (r#"{"healthyRetryPolicy":{"numRetries":101}}"#, false, false),
            (r#"{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":2}}"#, false, false),
            (
                r#"{"healthyRetryPolicy":{"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60}}"#,
                false,
                false,
            ),
            (r#"{"healthyRetryPolicy":{"backoffFunction":"x"}}"#, false, false),
            (r#"{"http":{"defaultHealthyRetryPolicy":{"numRetries":5}}}"#, true, true),
            (r#"{"http":{"x":1}}"#, true, false),
            ("[]", false, false),
            ("x", true, false),
        ] {
            assert_eq!(check(text, is_of_topic).is_ok(), is_right, "{text}");
        }
    }
}
