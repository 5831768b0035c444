//! A REST API's resource policy, written from lists of accounts, addresses and networks.

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD};
use super::resource::is_set;
use super::{Cause, Outcome, python};

const EXTENSION: &str = "x-amazon-apigateway-policy";

fn set<'a>(policy: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    policy.get(name).filter(|value| is_set(value))
}

/// Adds what the lists say of one path.
pub(super) fn add(
    definition: &mut Value,
    policy: &Map<String, Value>,
    path: &str,
    stage: &Value,
    take: impl Fn(&Value) -> Outcome<()>,
) -> Outcome<()> {
    let resources = resources(definition, path, stage)?;
    let mut statements = Statements::of(definition);
    for (name, effect) in [("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")] {
        if let Some(accounts) = set(policy, name) {
            let made = for_accounts(accounts, effect, &resources)?;
            take(&made)?;
            statements.add(vec![made], false);
        }
    }
    for (name, operator) in [("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress")] {
        if let Some(ranges) = set(policy, name) {
            let ranges = if ranges.is_array() { ranges.clone() } else { json!([ranges]) };
            let made = denied_by(&json!({ operator: { "aws:SourceIp": ranges } }), &resources);
            made.iter().try_for_each(&take)?;
            statements.add(made, true);
        }
    }
    for (list, operator) in [("Blacklist", "StringEquals"), ("Whitelist", "StringNotEquals")] {
        if let Some(networks) = networks(policy, list)? {
            let made = denied_by(&json!({ operator: networks }), &resources);
            made.iter().try_for_each(&take)?;
            statements.add(made, true);
        }
    }
    statements.write(definition);
    Ok(())
}

/// Adds statements that are given as they are.
pub(super) fn add_custom(definition: &mut Value, policy: &Map<String, Value>) {
    let Some(custom) = set(policy, "CustomStatements") else { return };
    let mut statements = Statements::of(definition);
    statements.changed = true;
    match (&statements.policy.get("Statement").cloned(), custom) {
        (None | Some(Value::Null), custom) => {
            statements.policy.insert("Statement".to_owned(), custom.clone());
        }
        (_, Value::Array(custom)) => statements.add(custom.clone(), true),
        (_, custom) => statements.add(vec![custom.clone()], true),
    }
    statements.write(definition);
}

/// The policy in the making.
struct Statements {
    policy: Map<String, Value>,
    changed: bool,
}

impl Statements {
    fn of(definition: &mut Value) -> Self {
        let policy = definition.get_mut(EXTENSION).map(std::mem::take);
        let policy = policy.and_then(|policy| policy.as_object().cloned()).unwrap_or_default();
        Self { policy, changed: false }
    }

    /// Adds statements; those that there are already not again, where that is asked.
    fn add(&mut self, made: Vec<Value>, once: bool) {
        self.changed = true;
        let known = self.policy.get_mut("Statement").filter(|known| !known.is_null()).map(std::mem::take);
        let all = match (known, made.as_slice()) {
            // AWS: the first statement for accounts stands alone.
            (None, [only]) => only.clone(),
            (None, _) => Value::Array(made),
            (Some(known), _) => {
                let mut all = if let Value::Array(all) = known { all } else { vec![known] };
                for statement in made {
                    if !once || !all.contains(&statement) {
                        all.push(statement);
                    }
                }
                Value::Array(all)
            }
        };
        self.policy.insert("Statement".to_owned(), all);
    }

    fn write(mut self, definition: &mut Value) {
        if self.changed {
            self.policy.insert("Version".to_owned(), json!("2012-10-17"));
        }
        definition[EXTENSION] = Value::Object(self.policy);
    }
}

/// The path's methods as a policy names them.
fn resources(definition: &Value, path: &str, stage: &Value) -> Outcome<Value> {
    let permitted = super::api_events::starred_path(path, true);
    let names = editor::path_members(definition, path)?.into_iter().map(|name| {
        let lower = name.to_lowercase();
        let method =
            if lower == ANY_METHOD || lower == "any" { "*".to_owned() } else { name.to_uppercase() };
        json!({ "Fn::Sub": [format!("execute-api:/${{__Stage__}}/{method}{permitted}"), { "__Stage__": stage }] })
    });
    Ok(names.collect())
}

fn for_accounts(accounts: &Value, effect: &str, resources: &Value) -> Outcome<Value> {
    let accounts = match accounts {
        Value::Array(_) => accounts.clone(),
        Value::Object(_) => json!([accounts]),
        other => {
            let shown = python::shown(other);
            return Err(Cause::definition(format!("Type of '{shown}' must be a list or dictionary")));
        }
    };
    Ok(json!({
        "Effect": effect,
        "Action": "execute-api:Invoke",
        "Resource": resources,
        "Principal": { "AWS": accounts },
    }))
}

/// Everyone is let in, but who meets the condition.
fn denied_by(condition: &Value, resources: &Value) -> Vec<Value> {
    let statement = |effect: &str| {
        json!({
            "Effect": effect,
            "Action": "execute-api:Invoke",
            "Resource": resources,
            "Principal": "*",
        })
    };
    let mut deny = statement("Deny");
    deny["Condition"] = condition.clone();
    vec![statement("Allow"), deny]
}

/// The networks and their endpoints of one list, by the key that a condition has for them.
fn networks(policy: &Map<String, Value>, list: &str) -> Outcome<Option<Value>> {
    let given = |name: String| policy.get(&name).and_then(Value::as_array).cloned().unwrap_or_default();
    let plain = given(format!("SourceVpc{list}"));
    if !plain.iter().all(Value::is_string) {
        return Err(Cause::definition(format!(
            "SourceVpc{list} must be a list of strings. Use IntrinsicVpc{list} instead for values that use Intrinsic Functions"
        )));
    }
    let starting = |prefix: &str| {
        let matches = |value: &&Value| value.as_str().is_some_and(|text| text.starts_with(prefix));
        plain.iter().filter(matches).cloned().collect::<Vec<_>>()
    };
    let mut condition = Map::new();
    for (key, prefix, functions) in
        [("aws:SourceVpc", "vpc-", "IntrinsicVpc"), ("aws:SourceVpce", "vpce-", "IntrinsicVpce")]
    {
        let mut values = starting(prefix);
        let functions = given(format!("{functions}{list}"));
        values.extend(functions);
        if !values.is_empty() {
            condition.insert(key.to_owned(), json!(values));
        }
    }
    Ok((!condition.is_empty()).then_some(Value::Object(condition)))
}
