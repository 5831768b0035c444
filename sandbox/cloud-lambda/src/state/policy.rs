//! Resource policies: who, other than the account itself, may invoke a function.

use cloud_core::Arn;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One statement, as AddPermission made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Statement {
    pub(crate) id: String,
    pub(crate) action: String,
    /// `apigateway.amazonaws.com`, an account, an ARN, or `*`.
    pub(crate) principal: String,
    pub(crate) source_arn: Option<String>,
    pub(crate) source_account: Option<String>,
    /// Further conditions, kept to be shown: nothing here sends what they ask for, so they never match.
    pub(crate) other: Vec<(String, String, String)>,
}

/// Who wants to invoke.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender<'a> {
    pub(crate) principal: &'a str,
    pub(crate) source_arn: Option<&'a Arn>,
    pub(crate) account: &'a str,
}

impl Statement {
    /// The statement as JSON, as AddPermission and GetPolicy answer it.
    pub(crate) fn to_json(&self, resource: &str) -> Value {
        let principal = if self.principal == "*" {
            json!("*")
        } else if self.principal.starts_with("arn:") {
            json!({ "AWS": self.principal })
        } else if self.principal.len() == 12 && self.principal.bytes().all(|byte| byte.is_ascii_digit()) {
            json!({ "AWS": format!("arn:aws:iam::{}:root", self.principal) })
        } else {
            json!({ "Service": self.principal })
        };
        let mut statement = json!({
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": principal,
            "Action": self.action,
            "Resource": resource,
        });
        let conditions = self.conditions();
        if let (Some(object), false) = (statement.as_object_mut(), conditions.is_empty()) {
            object.insert("Condition".to_owned(), Value::Object(conditions));
        }
        statement
    }

    fn conditions(&self) -> Map<String, Value> {
        let mut all: Map<String, Value> = Map::new();
        let mut add = |operator: &str, key: &str, value: &str| {
            let entry = all.entry(operator.to_owned()).or_insert_with(|| json!({}));
            if let Some(object) = entry.as_object_mut() {
                object.insert(key.to_owned(), json!(value));
            }
        };
        if let Some(account) = &self.source_account {
            add("StringEquals", "AWS:SourceAccount", account);
        }
        if let Some(arn) = &self.source_arn {
            add("ArnLike", "AWS:SourceArn", arn);
        }
        for (operator, key, value) in &self.other {
            add(operator, key, value);
        }
        all
    }

    fn allows(&self, sender: Sender<'_>) -> bool {
        let action = ["lambda:InvokeFunction", "lambda:*", "*"].contains(&self.action.as_str());
        let principal = self.principal == "*" || self.principal == sender.principal;
        let account = self.source_account.as_deref().is_none_or(|account| account == sender.account);
        let source = self
            .source_arn
            .as_deref()
            .is_none_or(|pattern| sender.source_arn.is_some_and(|arn| arn_like(pattern, &arn.to_string())));
        action && principal && account && source && self.other.is_empty()
    }
}

/// Whether any statement lets the sender in.
pub(crate) fn allows(statements: &[Statement], sender: Sender<'_>) -> bool {
    statements.iter().any(|statement| statement.allows(sender))
}

/// The whole policy as JSON text.
pub(crate) fn document(statements: &[Statement], resource: &str) -> String {
    let statements: Vec<Value> = statements.iter().map(|statement| statement.to_json(resource)).collect();
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
}

/// ArnLike: `*` and `?` within each of the six parts. Linear in time, like every glob of one star at a time.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let (patterns, parts): (Vec<&str>, Vec<&str>) =
        (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    patterns.len() == parts.len()
        && patterns.iter().zip(&parts).all(|(pattern, part)| glob(pattern.as_bytes(), part.as_bytes()))
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || text.get(t) == Some(wanted) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/items/*";

    fn statement(source_arn: Option<&str>) -> Statement {
        Statement {
            id: "s".into(),
            action: "lambda:InvokeFunction".into(),
            principal: "apigateway.amazonaws.com".into(),
            source_arn: source_arn.map(str::to_owned),
            source_account: None,
            other: Vec::new(),
        }
    }

    fn check(source: &str, allowed: bool) {
        let arn: Arn = source.parse().expect("an ARN");
        let sender =
            Sender { principal: "apigateway.amazonaws.com", source_arn: Some(&arn), account: "000000000000" };
        assert_eq!(allows(&[statement(Some(API))], sender), allowed, "{source}");
    }

    #[test]
    fn sources_are_matched_part_by_part() {
        check("arn:aws:execute-api:us-east-1:000000000000:abc/prod/GET/items/1", true);
        check("arn:aws:execute-api:us-east-1:000000000000:abc/prod/GET/items/", true);
        check("arn:aws:execute-api:us-east-1:000000000000:abc/prod/POST/items/1", false);
        check("arn:aws:execute-api:us-east-1:000000000000:abd/prod/GET/items/1", false);
        check("arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/items/1", false);
    }

    #[test]
    fn nobody_else_is_let_in() {
        let sender = Sender { principal: "s3.amazonaws.com", source_arn: None, account: "000000000000" };
        assert!(!allows(&[statement(None)], sender));
        assert!(!allows(&[], sender));
        let gateway = Sender { principal: "apigateway.amazonaws.com", ..sender };
        assert!(allows(&[statement(None)], gateway));
        assert!(!allows(&[statement(Some(API))], gateway), "no source is not the right source");
    }

    #[test]
    fn statements_read_as_lambdas() {
        let text = document(&[statement(Some("arn:aws:s3:::b"))], "arn:f");
        assert_eq!(
            text,
            r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}]}"#
        );
    }

    #[test]
    fn a_glob_of_many_stars_ends() {
        assert!(!glob("*a".repeat(50).as_bytes(), "a".repeat(49).as_bytes()));
        assert!(glob(b"*a*b?c*", b"xxaxxbyc"));
    }
}
