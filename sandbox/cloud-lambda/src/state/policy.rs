//! Resource policies: who, other than the account itself, may invoke a function. What they decide, `cloud-policy` knows.

use cloud_core::{AccountId, Arn, ConditionKeys};
use cloud_policy::{Keys, Policies, Principal, Request, Source, Steps, decide};
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
    /// Further conditions. Those on function URLs hold where one is called; nothing here sends what the others ask for.
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
        } else if AccountId::is_one(&self.principal) {
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
}

/// The policy of a function, of a version or of an alias, read once for all who want to invoke it.
pub(crate) struct Policy {
    source: Source,
    /// The ARN of what it is of.
    resource: String,
}

impl Policy {
    pub(crate) fn of(statements: &[Statement], resource: &str) -> Self {
        let policy = cloud_policy::Policy::parse(&document(statements, resource));
        let policy = policy.unwrap_or_else(|_| cloud_policy::Policy::unreadable());
        Self { source: Source { id: "default".to_owned(), policy }, resource: resource.to_owned() }
    }

    /// Whether it lets a service or another account invoke the function.
    pub(crate) fn allows(&self, sender: Sender<'_>) -> bool {
        let mut keys = Keys::default();
        keys.set("aws:SourceAccount", sender.account);
        if let Some(arn) = sender.source_arn {
            keys.set("aws:SourceArn", arn.as_str());
        }
        let request = Request {
            principal: &Principal::service(sender.principal, sender.account),
            action: "lambda:InvokeFunction",
            resource: &self.resource,
            resource_account: sender.account,
            keys: &keys,
            steps: &Steps::default(),
        };
        self.decides(&request)
    }

    /// Whether it lets anybody do that, under conditions with these keys.
    pub(crate) fn allows_anybody(&self, action: &str, told: ConditionKeys) -> bool {
        let mut keys = Keys::default();
        for (name, values) in told {
            keys.set_all(&name, values);
        }
        let nobody = cloud_core::Principal::anonymous().account;
        let request = Request {
            principal: &Principal { account: nobody.to_string(), ..Principal::default() },
            action,
            resource: &self.resource,
            resource_account: self.resource.split(':').nth(4).unwrap_or_default(),
            keys: &keys,
            steps: &Steps::default(),
        };
        self.decides(&request)
    }

    fn decides(&self, request: &Request<'_>) -> bool {
        let policies = Policies { resource: Some(&self.source), ..Policies::default() };
        decide(request, &policies).verdict.is_allowed()
    }
}

/// The whole policy as JSON text.
pub(crate) fn document(statements: &[Statement], resource: &str) -> String {
    let statements: Vec<Value> = statements.iter().map(|statement| statement.to_json(resource)).collect();
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
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
        assert_eq!(Policy::of(&[statement(Some(API))], "arn:f").allows(sender), allowed, "{source}");
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
        let allows = |statements: &[Statement], sender| Policy::of(statements, "arn:f").allows(sender);
        assert!(!allows(&[statement(None)], sender));
        assert!(!allows(&[], sender));
        let gateway = Sender { principal: "apigateway.amazonaws.com", ..sender };
        assert!(allows(&[statement(None)], gateway));
        assert!(!allows(&[statement(Some(API))], gateway), "no source is not the right source");
    }

    #[test]
    fn anybody_is_let_in_where_all_conditions_hold() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let public = |principal: &str, key: &str, value: &str| {
            let operator = if value == "true" { "Bool" } else { "StringEquals" };
            let other = vec![(operator.to_owned(), key.to_owned(), value.to_owned())];
            let action = "lambda:InvokeFunctionUrl".to_owned();
            Statement { action, principal: principal.to_owned(), other, ..statement(None) }
        };
        let allows = |statement: Statement, action: &str, key: &str, value: &str| {
            let keys = vec![(key.to_owned(), vec![value.to_owned()])];
            Policy::of(&[statement], arn).allows_anybody(action, keys)
        };
        let (auth, call) = ("lambda:FunctionUrlAuthType", "lambda:InvokeFunctionUrl");
        assert!(allows(public("*", auth, "NONE"), call, auth, "NONE"));
        assert!(!allows(public("*", auth, "NONE"), call, auth, "AWS_IAM"));
        assert!(!allows(public("*", auth, "NONE"), "lambda:InvokeFunction", auth, "NONE"));
        assert!(!allows(public("000000000000", auth, "NONE"), call, auth, "NONE"));
        let via = "lambda:InvokedViaFunctionUrl";
        assert!(allows(public("*", via, "true"), call, via, "true"));
        assert!(!allows(public("*", via, "true"), call, auth, "NONE"));
        let anybody = Sender { principal: "s3.amazonaws.com", source_arn: None, account: "000000000000" };
        let by_url = Statement { action: "lambda:InvokeFunction".into(), ..public("*", via, "true") };
        assert!(!Policy::of(&[by_url], arn).allows(anybody), "only by its URL");
    }

    #[test]
    fn statements_read_as_lambdas() {
        let text = document(&[statement(Some("arn:aws:s3:::b"))], "arn:f");
        assert_eq!(
            text,
            r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}]}"#
        );
    }
}
