//! Policy documents, checked as IAM checks them: their grammar, not what they mean.

use std::collections::BTreeSet;

use cloud_core::{AccountId, AwsError};
use cloud_policy::{Operator, Policy};
use serde_json::{Map, Value};

use crate::iam::shapes::Code;
use crate::quotas;

/// What a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What may be done, by whoever has the policy.
    Identity,
    /// Who may assume a role.
    Trust,
}

const SYNTAX: &str = "Syntax errors in policy.";

type Checked = Result<(), AwsError>;

fn malformed(message: impl Into<String>) -> AwsError {
    Code::MalformedPolicyDocumentException.error(message.into())
}

/// The size that quotas count.
pub(crate) fn size(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

/// Refuses a document that IAM would refuse.
pub(crate) fn check(document: &str, kind: Kind) -> Checked {
    if kind == Kind::Trust {
        quotas::TRUST_POLICY.check(size(document))?;
    }
    let parsed: Value =
        serde_json::from_str(document).map_err(|_| malformed("This policy contains invalid Json"))?;
    let policy = parsed.as_object().ok_or_else(|| malformed(SYNTAX))?;
    only(policy, &["Version", "Id", "Statement"])?;
    if policy.get("Version").is_some_and(|version| version != "2012-10-17" && version != "2008-10-17") {
        return Err(malformed(SYNTAX));
    }
    let mut sids = BTreeSet::new();
    for statement in listed(policy.get("Statement").ok_or_else(|| malformed(SYNTAX))?) {
        let statement = statement.as_object().ok_or_else(|| malformed(SYNTAX))?;
        check_statement(statement, kind)?;
        if let Some(sid) = statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty())
            && !sids.insert(sid)
        {
            return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    // What is kept is evaluated: none that cannot be.
    Policy::parse(document).map(|_| ()).map_err(|_| malformed(SYNTAX))
}

fn only(members: &Map<String, Value>, known: &[&str]) -> Checked {
    if members.keys().all(|name| known.contains(&name.as_str())) { Ok(()) } else { Err(malformed(SYNTAX)) }
}

/// One thing, or several.
fn listed(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn check_statement(statement: &Map<String, Value>, kind: Kind) -> Checked {
    const KNOWN: &[&str] = &[
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    only(statement, KNOWN)?;
    if !statement.get("Effect").is_some_and(|effect| effect == "Allow" || effect == "Deny") {
        return Err(malformed(SYNTAX));
    }
    check_sid(statement.get("Sid"))?;
    match kind {
        Kind::Identity => check_identity(statement)?,
        Kind::Trust => check_trust(statement)?,
    }
    statement.get("Condition").map_or(Ok(()), check_condition)
}

fn check_sid(sid: Option<&Value>) -> Checked {
    match sid {
        None => Ok(()),
        Some(Value::String(sid)) if sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(()),
        Some(Value::String(_)) => Err(malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
        )),
        Some(_) => Err(malformed(SYNTAX)),
    }
}

/// The member, or the one that says the opposite; both at once are none.
fn either<'a>(
    statement: &'a Map<String, Value>,
    names: (&str, &str),
    missing: &str,
) -> Result<&'a [Value], AwsError> {
    match (statement.get(names.0), statement.get(names.1)) {
        (Some(_), Some(_)) => Err(malformed(SYNTAX)),
        (Some(one), None) | (None, Some(one)) if !listed(one).is_empty() => Ok(listed(one)),
        _ => Err(malformed(missing)),
    }
}

fn check_identity(statement: &Map<String, Value>) -> Checked {
    if statement.contains_key("Principal") || statement.contains_key("NotPrincipal") {
        return Err(malformed("Policy document should not specify a principal."));
    }
    let actions = either(statement, ("Action", "NotAction"), "Policy statement must contain actions.")?;
    actions.iter().try_for_each(check_action)?;
    let resources =
        either(statement, ("Resource", "NotResource"), "Policy statement must contain resources.")?;
    resources.iter().try_for_each(check_resource)
}

fn check_action(action: &Value) -> Checked {
    let action = action.as_str().ok_or_else(|| malformed(SYNTAX))?;
    if action == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = action.split_once(':') else {
        let message = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
        return Err(malformed(message));
    };
    if name.contains(':') {
        return Err(malformed("Actions/Condition can contain only one colon."));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if vendor.is_empty() || !vendor.chars().all(good) {
        return Err(malformed(format!("Vendor {vendor} is not valid")));
    }
    if name.is_empty() { Err(malformed(SYNTAX)) } else { Ok(()) }
}

fn check_resource(resource: &Value) -> Checked {
    let resource = resource.as_str().ok_or_else(|| malformed(SYNTAX))?;
    if resource == "*" {
        return Ok(());
    }
    // A wildcard may take the place of an ARN's beginning.
    let is_pattern = resource.starts_with("ar*") || resource.starts_with('*');
    if !resource.starts_with("arn:") && !is_pattern {
        return Err(malformed(format!("Resource {resource} must be in ARN format or \"*\".")));
    }
    let parts = resource.split(':').count();
    if parts < 6 && !resource.contains('*') {
        return Err(malformed("The policy failed legacy parsing"));
    }
    Ok(())
}

fn check_trust(statement: &Map<String, Value>) -> Checked {
    if statement.contains_key("Resource") || statement.contains_key("NotResource") {
        return Err(malformed("Has prohibited field Resource"));
    }
    // AWS: "You cannot use NotPrincipal in an IAM identity-based policy nor in an IAM role trust policy".
    if statement.contains_key("NotPrincipal") {
        return Err(malformed("Has prohibited field NotPrincipal"));
    }
    let principal = statement.get("Principal");
    check_principal(principal.ok_or_else(|| malformed("Missing required field Principal"))?)?;
    let actions = either(statement, ("Action", "NotAction"), "Missing required field Action")?;
    for action in actions {
        check_action(action)?;
        if !action.as_str().is_some_and(|action| action.to_ascii_lowercase().starts_with("sts:")) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    Ok(())
}

fn check_principal(principal: &Value) -> Checked {
    let kinds = match principal {
        Value::String(all) if all == "*" => return Ok(()),
        Value::Object(kinds) if !kinds.is_empty() => kinds,
        Value::String(other) => return Err(malformed(format!("Invalid principal in policy: \"{other}\""))),
        _ => return Err(malformed(SYNTAX)),
    };
    for (kind, names) in kinds {
        for name in listed(names) {
            let name = name.as_str().ok_or_else(|| malformed(SYNTAX))?;
            if !is_principal(kind, name) {
                return Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{name}\"")));
            }
        }
    }
    Ok(())
}

fn is_principal(kind: &str, name: &str) -> bool {
    match kind {
        "AWS" => {
            let is_account = AccountId::is_one(name);
            let is_arn = name.starts_with("arn:") && name.split(':').count() >= 6;
            // AWS: a deleted principal is shown by its id.
            let is_id = name.starts_with("AROA") || name.starts_with("AIDA");
            name == "*" || is_account || is_arn || is_id
        }
        "Service" => name.contains('.') && !name.starts_with('.') && !name.contains(char::is_whitespace),
        "Federated" | "CanonicalUser" => !name.is_empty(),
        _ => false,
    }
}

fn check_condition(condition: &Value) -> Checked {
    let operators = condition.as_object().ok_or_else(|| malformed(SYNTAX))?;
    for (operator, keys) in operators {
        if Operator::parse(operator).is_none() {
            return Err(malformed(format!("Invalid Condition type : {operator}")));
        }
        let keys = keys.as_object().ok_or_else(|| malformed(SYNTAX))?;
        let scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
        if !keys.values().all(|values| listed(values).iter().all(scalar)) {
            return Err(malformed(SYNTAX));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(document: &Value, kind: Kind) -> String {
        match check(&document.to_string(), kind) {
            Ok(()) => "fine".to_owned(),
            Err(error) => {
                assert!(["MalformedPolicyDocument", "LimitExceeded"].contains(&error.code()), "{error}");
                error.message().to_owned()
            }
        }
    }

    /// A sound document with some members of its statement changed; null takes one away.
    fn changed(kind: Kind, changes: &Value) -> Value {
        let mut statement = match kind {
            Kind::Identity => {
                json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})
            }
            Kind::Trust => {
                json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}})
            }
        };
        for (name, value) in changes.as_object().unwrap() {
            statement[name] = value.clone();
        }
        statement.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    #[test]
    fn identity_policies() {
        for (changes, expected) in [
            (json!({}), "fine"),
            (json!({"Effect": "Deny", "Action": ["*"], "Resource": ["*", "arn:aws:s3:::b"]}), "fine"),
            (json!({"Action": null, "NotAction": "iam:*", "Resource": null, "NotResource": "*"}), "fine"),
            (
                json!({"Condition": {"ForAnyValue:StringLikeIfExists": {"aws:x": ["a", "b"]}, "Bool": {"y": true}}}),
                "fine",
            ),
            (json!({"Effect": "Maybe"}), SYNTAX),
            (json!({"Effect": "allow"}), SYNTAX),
            (json!({"Effect": null}), SYNTAX),
            (json!({"Actions": "s3:*"}), SYNTAX),
            (json!({"Action": null}), "Policy statement must contain actions."),
            (json!({"Action": []}), "Policy statement must contain actions."),
            (json!({"NotAction": "s3:*"}), SYNTAX),
            (
                json!({"Action": "GetObject"}),
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ),
            (json!({"Action": "s3:Get:Object"}), "Actions/Condition can contain only one colon."),
            (json!({"Action": "s 3:x"}), "Vendor s 3 is not valid"),
            (json!({"Action": 1}), SYNTAX),
            (json!({"Resource": null}), "Policy statement must contain resources."),
            (json!({"Resource": "bucket"}), "Resource bucket must be in ARN format or \"*\"."),
            (json!({"Resource": "arn:aws:s3"}), "The policy failed legacy parsing"),
            (json!({"Principal": "*"}), "Policy document should not specify a principal."),
            (
                json!({"Sid": "a b"}),
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
            ),
            (json!({"Condition": {"StringIs": {"a": "b"}}}), "Invalid Condition type : StringIs"),
            (json!({"Condition": {"StringEquals": "a"}}), SYNTAX),
            (json!({"Condition": {"StringEquals": {"a": {}}}}), SYNTAX),
        ] {
            assert_eq!(verdict(&changed(Kind::Identity, &changes), Kind::Identity), expected, "{changes}");
        }
        let statement = json!({"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"});
        let twice = json!({"Statement": [statement, statement]});
        assert_eq!(verdict(&twice, Kind::Identity), "Statement IDs (SID) in a single policy must be unique.");
        assert_eq!(verdict(&json!({"Statement": statement}), Kind::Identity), "fine");
        for document in [
            json!([]),
            json!({}),
            json!({"Statement": "x"}),
            json!({"Version": "2020-01-01", "Statement": []}),
            json!({"Statement": [], "Note": 1}),
        ] {
            assert_eq!(verdict(&document, Kind::Identity), SYNTAX, "{document}");
        }
        assert_eq!(check("{", Kind::Identity).unwrap_err().message(), "This policy contains invalid Json");
        assert!(check(&"[".repeat(100_000), Kind::Identity).is_err());
    }

    #[test]
    fn trust_policies() {
        for (changes, expected) in [
            (json!({}), "fine"),
            (
                json!({"Principal": {"AWS": ["000000000000", "arn:aws:iam::000000000000:root"], "Federated": "x"}}),
                "fine",
            ),
            (json!({"Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}), "fine"),
            (json!({"Effect": "Maybe"}), SYNTAX),
            (json!({"Resource": "*"}), "Has prohibited field Resource"),
            (
                json!({"Principal": null, "NotPrincipal": {"AWS": "000000000000"}}),
                "Has prohibited field NotPrincipal",
            ),
            (json!({"Principal": null}), "Missing required field Principal"),
            (json!({"Action": null}), "Missing required field Action"),
            (json!({"Action": "s3:GetObject"}), "AssumeRole policy may only specify STS AssumeRole actions."),
            (
                json!({"Principal": {"Service": "lambda"}}),
                "Invalid principal in policy: \"Service\":\"lambda\"",
            ),
            (json!({"Principal": {"AWS": "123"}}), "Invalid principal in policy: \"AWS\":\"123\""),
            (json!({"Principal": {"Host": "x"}}), "Invalid principal in policy: \"Host\":\"x\""),
            (json!({"Principal": "lambda"}), "Invalid principal in policy: \"lambda\""),
            (json!({"Sid": "x".repeat(2100)}), "Cannot exceed quota for ACLSizePerRole: 2048"),
        ] {
            assert_eq!(verdict(&changed(Kind::Trust, &changes), Kind::Trust), expected, "{changes}");
        }
    }
}
