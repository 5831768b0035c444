//! The policy of a form: until when which fields with which values may be posted. Pure; not who signed it.
// AWS: "Creating a POST policy", "POST policy conditions".

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;
use jiff::Timestamp;
use serde_json::Value;

use crate::error::bad;

/// The fields that no condition needs to name.
const FREE: [&str; 5] = ["policy", "file", "x-amz-signature", "signature", "awsaccesskeyid"];

/// A policy that can be checked.
#[derive(Debug)]
pub(crate) struct PostPolicy {
    expiration: Timestamp,
    conditions: Vec<Condition>,
}

#[derive(Debug, PartialEq)]
enum Condition {
    /// The field, as it was written, has that value.
    Equal(String, String),
    /// It begins so.
    Starts(String, String),
    /// The file has so many bytes.
    Length(u64, u64),
}

/// How many bytes a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

fn invalid(what: &str) -> AwsError {
    bad("InvalidPolicyDocument", &format!("Invalid Policy: {what}"))
}

fn denied(what: &str) -> AwsError {
    bad("AccessDenied", &format!("Invalid according to Policy: {what}")).status(403)
}

impl PostPolicy {
    /// Reads a field's text.
    pub(crate) fn of(field: &str) -> Result<Self, AwsError> {
        let text: String = field.split_ascii_whitespace().collect();
        let bytes = BASE64.decode(text).map_err(|_| invalid("Invalid base64 encoding."))?;
        // AWS: a dollar sign may be written `\$` here, which JSON has no word for.
        let text = String::from_utf8(bytes).map_err(|_| invalid("Invalid JSON."))?.replace("\\$", "$");
        let document: Value = serde_json::from_str(&text).map_err(|_| invalid("Invalid JSON."))?;
        let member =
            |name: &str| document.get(name).ok_or_else(|| invalid(&format!("Policy missing {name}.")));
        let expiration = member("expiration")?;
        let time = expiration.as_str().and_then(|text| text.parse().ok());
        let shown = expiration.as_str().unwrap_or_default();
        let expiration = time.ok_or_else(|| invalid(&format!("Invalid 'expiration' value: '{shown}'")))?;
        let conditions = member("conditions")?.as_array();
        let conditions = conditions.ok_or_else(|| invalid("Invalid 'conditions' value: must be a List."))?;
        let conditions = conditions.iter().map(Condition::of).collect::<Result<_, _>>()?;
        Ok(Self { expiration, conditions })
    }

    /// Checks a form's fields, by their names in small letters; what the file may be like comes back.
    pub(crate) fn check(
        &self,
        fields: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Option<Bounds>, AwsError> {
        if self.expiration <= now {
            return Err(denied("Policy expired."));
        }
        let mut bounds = None;
        for condition in &self.conditions {
            if let Condition::Length(least, most) = *condition {
                bounds = Some(Bounds { least, most });
            } else if !condition.holds(fields) {
                return Err(denied(&format!("Policy Condition failed: {}", condition.shown())));
            }
        }
        let named = |field: &str| {
            self.conditions.iter().filter_map(Condition::field).any(|name| name.eq_ignore_ascii_case(field))
        };
        let is_free = |field: &str| FREE.contains(&field) || field.starts_with("x-ignore-");
        let extra: Vec<&str> = fields
            .keys()
            .map(String::as_str)
            .filter(|field| *field != "bucket" && !is_free(field) && !named(field))
            .collect();
        if extra.is_empty() {
            Ok(bounds)
        } else {
            Err(denied(&format!("Extra input fields: {}", extra.join(", "))))
        }
    }
}

impl Condition {
    fn of(value: &Value) -> Result<Self, AwsError> {
        match value {
            Value::Object(members) => Self::of_members(members),
            Value::Array(parts) => Self::of_parts(parts),
            _ => Err(invalid("Invalid Condition: must be an Object or a List.")),
        }
    }

    fn of_members(members: &serde_json::Map<String, Value>) -> Result<Self, AwsError> {
        let mut each = members.iter();
        let (Some((name, value)), None) = (each.next(), each.next()) else {
            let message =
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.";
            return Err(invalid(message));
        };
        let value = value.as_str();
        let value = value.ok_or_else(|| invalid("Invalid Simple-Condition: value must be a string."))?;
        Ok(Self::Equal(format!("${name}"), value.to_owned()))
    }

    fn of_parts(parts: &[Value]) -> Result<Self, AwsError> {
        let [operator, first, second] = parts else {
            return Err(invalid("Invalid Condition: wrong number of arguments."));
        };
        let operator = operator.as_str().unwrap_or_default();
        if operator.eq_ignore_ascii_case("content-length-range") {
            let number = |value: &Value| {
                value.as_u64().or_else(|| value.as_str()?.parse().ok()).ok_or_else(|| {
                    invalid("Invalid content-length-range: its arguments must be whole numbers.")
                })
            };
            return Ok(Self::Length(number(first)?, number(second)?));
        }
        let (Some(field), Some(value)) = (first.as_str(), second.as_str()) else {
            return Err(invalid("Invalid Condition: arguments must be strings."));
        };
        let (field, value) = (field.to_owned(), value.to_owned());
        match operator.to_ascii_lowercase().as_str() {
            "eq" => Ok(Self::Equal(field, value)),
            "starts-with" => Ok(Self::Starts(field, value)),
            _ => Err(invalid(&format!("Invalid Condition: unknown operation '{operator}'."))),
        }
    }

    /// The field that it is about; none if it is not written as one.
    fn field(&self) -> Option<&str> {
        match self {
            Self::Equal(field, _) | Self::Starts(field, _) => field.strip_prefix('$'),
            Self::Length(..) => None,
        }
    }

    fn holds(&self, fields: &BTreeMap<String, String>) -> bool {
        let Some(field) = self.field() else { return false };
        let field = field.to_ascii_lowercase();
        let given = fields.get(&field);
        match self {
            Self::Equal(_, value) => given == Some(value),
            // AWS: a type may be a list; each of it must begin so.
            Self::Starts(_, start) if field == "content-type" => {
                given.is_some_and(|given| given.split(',').all(|one| one.trim().starts_with(start)))
            }
            // AWS: what may be anything may be missing.
            Self::Starts(_, start) => given.map_or(start.is_empty(), |given| given.starts_with(start)),
            Self::Length(..) => true,
        }
    }

    /// As S3 shows it.
    fn shown(&self) -> String {
        match self {
            Self::Equal(field, value) => format!("[\"eq\", \"{field}\", \"{value}\"]"),
            Self::Starts(field, value) => format!("[\"starts-with\", \"{field}\", \"{value}\"]"),
            Self::Length(least, most) => format!("[\"content-length-range\", {least}, {most}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(policy: &str, fields: &[(&str, &str)]) -> String {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let checked = PostPolicy::of(&BASE64.encode(policy)).and_then(|policy| policy.check(&fields, now));
        match checked {
            Ok(bounds) => bounds.map_or("ok".into(), |bounds| format!("{}-{}", bounds.least, bounds.most)),
            Err(error) => format!("{}: {}", error.code(), error.message()),
        }
    }

    #[test]
    fn a_policy_is_checked_condition_by_condition() {
        let of = |conditions: &str| {
            format!(r#"{{"expiration": "2026-01-01T01:00:00.000Z", "conditions": [{conditions}]}}"#)
        };
        let base: &[(&str, &str)] = &[("bucket", "b"), ("policy", "…"), ("x-amz-signature", "s")];
        let with = |more: &[(&'static str, &'static str)]| [base, more].concat();
        let failed = |condition: &str| {
            format!("AccessDenied: Invalid according to Policy: Policy Condition failed: {condition}")
        };
        let (key, kind) = (with(&[("key", "user/a")]), with(&[("content-type", "image/png, image/gif")]));
        for (conditions, fields, expected) in [
            (r#"{"bucket": "b"}"#, base.to_vec(), "ok".to_owned()),
            (r#"{"bucket": "other"}"#, base.to_vec(), failed(r#"["eq", "$bucket", "other"]"#)),
            (r#"["eq", "$Key", "user/a"]"#, key.clone(), "ok".into()),
            (r#"["EQ", "$key", "user/a"]"#, key.clone(), "ok".into()),
            (r#"["eq", "\$key", "user/a"]"#, key.clone(), "ok".into()),
            (r#"["eq", "key", "user/a"]"#, key.clone(), failed(r#"["eq", "key", "user/a"]"#)),
            (r#"["eq", "$key", "USER/a"]"#, key.clone(), failed(r#"["eq", "$key", "USER/a"]"#)),
            (r#"["starts-with", "$key", "user/"]"#, key.clone(), "ok".into()),
            (r#"["starts-with", "$key", ""], ["starts-with", "$tagging", ""]"#, key.clone(), "ok".into()),
            (r#"["starts-with", "$key", "x"]"#, key.clone(), failed(r#"["starts-with", "$key", "x"]"#)),
            (r#"["eq", "$acl", "private"]"#, base.to_vec(), failed(r#"["eq", "$acl", "private"]"#)),
            (r#"["starts-with", "$Content-Type", "image/"]"#, kind.clone(), "ok".into()),
            (
                r#"["starts-with", "$Content-Type", "image/p"]"#,
                kind,
                failed(r#"["starts-with", "$Content-Type", "image/p"]"#),
            ),
            (r#"["content-length-range", 1, "10"]"#, base.to_vec(), "1-10".into()),
            ("", key.clone(), "AccessDenied: Invalid according to Policy: Extra input fields: key".into()),
            ("", with(&[("x-ignore-me", "1")]), "ok".into()),
            (
                r#"{"a": "1", "b": "2"}"#,
                base.to_vec(),
                "InvalidPolicyDocument: Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
                    .into(),
            ),
            (
                r#"["like", "$key", "x"]"#,
                key.clone(),
                "InvalidPolicyDocument: Invalid Policy: Invalid Condition: unknown operation 'like'.".into(),
            ),
        ] {
            assert_eq!(outcome(&of(conditions), &fields), expected, "{conditions}");
        }
    }

    #[test]
    fn a_policy_ends_and_must_be_one() {
        for (policy, expected) in [
            (
                r#"{"expiration": "2026-01-01T00:00:00Z", "conditions": []}"#,
                "AccessDenied: Invalid according to Policy: Policy expired.",
            ),
            (
                r#"{"expiration": "tomorrow", "conditions": []}"#,
                "InvalidPolicyDocument: Invalid Policy: Invalid 'expiration' value: 'tomorrow'",
            ),
            (r#"{"conditions": []}"#, "InvalidPolicyDocument: Invalid Policy: Policy missing expiration."),
            (
                r#"{"expiration": "2027-01-01T00:00:00Z"}"#,
                "InvalidPolicyDocument: Invalid Policy: Policy missing conditions.",
            ),
            ("[", "InvalidPolicyDocument: Invalid Policy: Invalid JSON."),
        ] {
            assert_eq!(outcome(policy, &[]), expected);
        }
        assert_eq!(PostPolicy::of("%").unwrap_err().code(), "InvalidPolicyDocument");
    }
}
