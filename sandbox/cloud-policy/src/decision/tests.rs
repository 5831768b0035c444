//! What policies decide together, case by case.

use serde_json::{Value, json};

use super::*;

const ACCOUNT: &str = "111111111111";
const ROLE: &str = "arn:aws:iam::111111111111:role/r";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/r/s";

/// A case: what is asked of which policies.
#[derive(Clone, Default)]
struct Case {
    identity: Vec<Value>,
    resource: Option<Value>,
    trust: Option<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
    principal: Option<Principal>,
    resource_account: Option<&'static str>,
    keys: Vec<(&'static str, &'static str)>,
}

fn session() -> Principal {
    Principal {
        account: ACCOUNT.into(),
        arn: SESSION.into(),
        user_id: "AROAX:s".into(),
        role: Some(ROLE.into()),
        service: None,
    }
}

fn user() -> Principal {
    let arn = "arn:aws:iam::111111111111:user/anne".into();
    Principal { account: ACCOUNT.into(), arn, user_id: "AIDAX".into(), ..Principal::default() }
}

fn root() -> Principal {
    let arn = "arn:aws:iam::111111111111:root".into();
    Principal { account: ACCOUNT.into(), arn, user_id: ACCOUNT.into(), ..Principal::default() }
}

fn source(id: &str, statement: &Value) -> Source {
    let text = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    Source { id: id.into(), policy: Policy::parse(&text).unwrap() }
}

fn decided(case: &Case, action: &str, resource: &str) -> Decision {
    let mut keys = Keys::default();
    for (name, value) in &case.keys {
        keys.set(name, *value);
    }
    let principal = case.principal.clone().unwrap_or_else(session);
    let identity: Vec<Source> = case.identity.iter().map(|policy| source("identity", policy)).collect();
    let one = |id: &str, policy: &Option<Value>| policy.as_ref().map(|policy| source(id, policy));
    let (of_resource, trust) = (one("resource", &case.resource), one("trust", &case.trust));
    let (boundary, of_session) = (one("boundary", &case.boundary), one("session", &case.session));
    let request = Request {
        principal: &principal,
        action,
        resource,
        resource_account: case.resource_account.unwrap_or(ACCOUNT),
        keys: &keys,
        steps: &Steps::default(),
    };
    let policies = Policies {
        identity: &identity,
        resource: of_resource.as_ref(),
        trust: trust.as_ref(),
        boundary: boundary.as_ref().map(std::slice::from_ref),
        session: of_session.as_ref().map(std::slice::from_ref),
    };
    decide(&request, &policies)
}

#[track_caller]
fn check(case: &Case, action: &str, resource: &str, expected: Verdict) {
    assert_eq!(decided(case, action, resource).verdict, expected, "{action} on {resource}");
}

fn identity(statement: Value) -> Case {
    Case { identity: vec![statement], ..Case::default() }
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn deny(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Deny", "Action": action, "Resource": resource })
}

const NO: Verdict = Verdict::NotAllowed(Kind::Identity);
const DENIED: Verdict = Verdict::Denied(Kind::Identity);
use Verdict::Allowed;

#[test]
fn one_statement() {
    const OBJECT: &str = "arn:aws:s3:::b/a/1";
    for (statement, action, resource, expected) in [
        (allow("s3:GetObject", "*"), "s3:GetObject", OBJECT, Allowed),
        // AWS: the prefix and the action name are case insensitive, resources are not.
        (allow("S3:getobject", "*"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:Get*", "*"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:*Object", "*"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:?etObject", "*"), "s3:GetObject", OBJECT, Allowed),
        (allow("*", "*"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:PutObject", "*"), "s3:GetObject", OBJECT, NO),
        (allow("s3:*", "arn:aws:s3:::b/a/*"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:*", "arn:aws:s3:::b/A/*"), "s3:GetObject", OBJECT, NO),
        (allow("s3:*", "arn:aws:s3:::b"), "s3:GetObject", OBJECT, NO),
        (allow("s3:*", "arn:aws:s3:::b/a/?"), "s3:GetObject", OBJECT, Allowed),
        (allow("s3:*", "arn:aws:s3:::b*"), "s3:ListBucket", "arn:aws:s3:::b", Allowed),
        // AWS: a wildcard at the end of a segment reaches beyond the colon.
        (
            allow("logs:*", "arn:aws:logs:*"),
            "logs:PutLogEvents",
            "arn:aws:logs:us-east-1:1:log-group:g:*",
            Allowed,
        ),
        (deny("s3:*", "*"), "s3:GetObject", OBJECT, DENIED),
        (json!([allow("s3:*", "*"), deny("s3:Get*", "*")]), "s3:GetObject", OBJECT, DENIED),
        (json!([allow("s3:*", "*"), deny("s3:Get*", "*")]), "s3:PutObject", OBJECT, Allowed),
        (json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), "s3:GetObject", OBJECT, Allowed),
        (
            json!({"Effect": "Allow", "NotAction": ["s3:Get*", "iam:*"], "Resource": "*"}),
            "s3:GetObject",
            OBJECT,
            NO,
        ),
        (
            json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/a/*"}),
            "s3:GetObject",
            OBJECT,
            NO,
        ),
        (
            json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::c/*"}),
            "s3:GetObject",
            OBJECT,
            Allowed,
        ),
        (json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}), "s3:GetObject", OBJECT, NO),
        (json!([]), "s3:GetObject", OBJECT, NO),
        (allow("s3:ListAllMyBuckets", "*"), "s3:ListAllMyBuckets", "*", Allowed),
        (allow("s3:ListAllMyBuckets", "arn:aws:s3:::b"), "s3:ListAllMyBuckets", "*", NO),
    ] {
        check(&identity(statement), action, resource, expected);
    }
}

#[test]
fn conditions_are_all_to_hold_and_one_value_of_each() {
    let when = |condition: Value| {
        identity(json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}))
    };
    let keys =
        vec![("aws:PrincipalTag/Team", "blue"), ("aws:SourceIp", "10.0.0.1"), ("aws:username", "anne")];
    for (condition, expected) in [
        (json!({"StringEquals": {"aws:principaltag/team": ["red", "blue"]}}), Allowed),
        (json!({"StringEquals": {"aws:PrincipalTag/Team": "red"}}), NO),
        (
            json!({"StringEquals": {"aws:PrincipalTag/Team": "blue"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            Allowed,
        ),
        (
            json!({"StringEquals": {"aws:PrincipalTag/Team": "blue"}, "IpAddress": {"aws:SourceIp": "11.0.0.0/8"}}),
            NO,
        ),
        (json!({"StringEquals": {"aws:PrincipalTag/Team": "blue", "aws:username": "bert"}}), NO),
        (json!({"StringLike": {"aws:username": "${aws:Missing}"}}), NO),
        // AWS: a variable that has no value is like nothing, which is what was wanted here.
        (json!({"StringNotLike": {"aws:username": "${aws:Missing}"}}), Allowed),
        (json!({"StringLike": {"aws:username": ["${aws:Missing, 'anne'}"]}}), Allowed),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), NO),
        (json!({"BoolIfExists": {"aws:SecureTransport": true}}), Allowed),
        (json!({"NumericLessThan": {"s3:max-keys": 10}}), NO),
        (json!({}), Allowed),
    ] {
        check(&Case { keys: keys.clone(), ..when(condition) }, "s3:GetObject", "arn:aws:s3:::b/k", expected);
    }
}

#[test]
fn resources_with_variables() {
    const HOME: &str = "arn:aws:s3:::b/home/${aws:username}/*";
    let of = |resource: Value, key: &'static str| Case {
        keys: vec![("aws:username", key)],
        ..identity(json!({"Effect": "Allow", "Action": "*", "Resource": resource}))
    };
    check(&of(json!(HOME), "anne"), "s3:GetObject", "arn:aws:s3:::b/home/anne/x", Allowed);
    check(&of(json!(HOME), "*"), "s3:GetObject", "arn:aws:s3:::b/home/anne/x", NO);
    check(
        &of(json!([HOME.replace("username", "none"), HOME]), "anne"),
        "s3:GetObject",
        "arn:aws:s3:::b/home/anne/x",
        Allowed,
    );
}

/// What a resource policy says of somebody, with and without policies of his own.
#[test]
fn resource_policies_in_the_same_account_and_across() {
    const OTHER: Option<&str> = Some("222222222222");
    let lets = |principal: Value| {
        Some(
            json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}),
        )
    };
    let own = vec![allow("s3:GetObject", "*")];
    let none = Vec::new();
    let (by_resource, by_boundary) =
        (Verdict::NotAllowed(Kind::Resource), Verdict::NotAllowed(Kind::Boundary));
    let nothing = Some(allow("s3:ListBucket", "*"));
    for (principal, identity, boundary, account, expected) in [
        (json!({"AWS": SESSION}), &none, &None, None, Allowed),
        // AWS: by name of the session, no implicit deny of the boundary counts; by that of the role it does.
        (json!({"AWS": SESSION}), &none, &nothing, None, Allowed),
        (json!({"AWS": ROLE}), &none, &None, None, Allowed),
        (json!({"AWS": ROLE}), &none, &nothing, None, by_boundary),
        (json!("*"), &none, &None, None, Allowed),
        (json!("*"), &none, &nothing, None, by_boundary),
        // AWS: an account as principal delegates to the account's own policies.
        (json!({"AWS": ACCOUNT}), &none, &None, None, NO),
        (json!({"AWS": ACCOUNT}), &own, &None, None, Allowed),
        (json!({"AWS": "222222222222"}), &none, &None, None, NO),
        (json!({"AWS": "222222222222"}), &own, &None, None, Allowed),
        (json!({"Service": "s3.amazonaws.com"}), &none, &None, None, NO),
        // AWS: across accounts both must allow.
        (json!({"AWS": SESSION}), &none, &None, OTHER, NO),
        (json!({"AWS": SESSION}), &own, &None, OTHER, Allowed),
        (json!({"AWS": ACCOUNT}), &own, &None, OTHER, Allowed),
        (json!({"AWS": "222222222222"}), &own, &None, OTHER, by_resource),
        (json!({"AWS": ACCOUNT}), &own, &nothing, OTHER, by_boundary),
    ] {
        let case = Case {
            identity: identity.clone(),
            resource: lets(principal.clone()),
            boundary: boundary.clone(),
            resource_account: account,
            ..Case::default()
        };
        let verdict = decided(&case, "s3:GetObject", "arn:aws:s3:::b/k").verdict;
        assert_eq!(verdict, expected, "{principal} {identity:?} {boundary:?} {account:?}");
    }
}

#[test]
fn boundaries_and_session_policies_only_take_away() {
    let own = vec![allow("s3:*", "*")];
    let get = Some(allow("s3:GetObject", "*"));
    let boundary = Case { identity: own.clone(), boundary: get.clone(), ..Case::default() };
    check(&boundary, "s3:GetObject", "arn:aws:s3:::b/k", Allowed);
    check(&boundary, "s3:PutObject", "arn:aws:s3:::b/k", Verdict::NotAllowed(Kind::Boundary));
    check(&Case { identity: Vec::new(), ..boundary }, "s3:GetObject", "arn:aws:s3:::b/k", NO);
    let session = Case { identity: own.clone(), session: get, ..Case::default() };
    check(&session, "s3:GetObject", "arn:aws:s3:::b/k", Allowed);
    check(&session, "s3:PutObject", "arn:aws:s3:::b/k", Verdict::NotAllowed(Kind::Session));
    let denying = Some(json!([allow("*", "*"), deny("s3:Put*", "*")]));
    let both = Case { identity: own, boundary: denying.clone(), session: denying, ..Case::default() };
    check(&both, "s3:PutObject", "arn:aws:s3:::b/k", Verdict::Denied(Kind::Boundary));
    check(&both, "s3:GetObject", "arn:aws:s3:::b/k", Allowed);
    let decision = decided(&both, "s3:PutObject", "arn:aws:s3:::b/k");
    assert_eq!(decision.allowed_by_boundary, Some(false));
    assert!(decision.matched.iter().all(|matched| matched.denies), "what denied, and not what allowed");
}

#[test]
fn the_account_itself_is_denied_by_resources_alone() {
    let denied = Some(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}));
    let case = Case { principal: Some(root()), ..Case::default() };
    check(&case, "s3:GetObject", "arn:aws:s3:::b/k", Allowed);
    check(
        &Case { resource: denied, ..case.clone() },
        "s3:GetObject",
        "arn:aws:s3:::b/k",
        Verdict::Denied(Kind::Resource),
    );
    let elsewhere = Case { resource_account: Some("222222222222"), ..case };
    check(&elsewhere, "s3:GetObject", "arn:aws:s3:::b/k", Verdict::NotAllowed(Kind::Resource));
}

#[test]
fn roles_are_assumed_by_whom_they_trust() {
    let trusts = |principal: Value, condition: Value| {
        Some(
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}),
        )
    };
    let no_trust = Verdict::NotAllowed(Kind::Trust);
    let lambda = Principal::service("lambda.amazonaws.com", ACCOUNT);
    let own = vec![allow("sts:AssumeRole", "*")];
    let any = json!({});
    for (who, identity, trust, expected) in [
        (lambda.clone(), vec![], trusts(json!({"Service": "lambda.amazonaws.com"}), any.clone()), Allowed),
        (lambda, vec![], trusts(json!({"Service": "ec2.amazonaws.com"}), any.clone()), no_trust),
        (session(), own.clone(), trusts(json!({"Service": "lambda.amazonaws.com"}), any.clone()), no_trust),
        (session(), vec![], trusts(json!({"AWS": ROLE}), any.clone()), Allowed),
        // AWS: a trust that names the account leaves it to the account's policies.
        (session(), vec![], trusts(json!({"AWS": ACCOUNT}), any.clone()), NO),
        (session(), own, trusts(json!({"AWS": ACCOUNT}), any.clone()), Allowed),
        (user(), vec![], trusts(json!({"AWS": user().arn}), any.clone()), Allowed),
        (root(), vec![], trusts(json!({"AWS": root().arn}), any), Allowed),
        (root(), vec![], trusts(json!({"AWS": ROLE}), json!({})), no_trust),
        (root(), vec![], trusts(json!("*"), json!({"StringEquals": {"sts:ExternalId": "other"}})), no_trust),
        (root(), vec![], trusts(json!("*"), json!({"StringEquals": {"sts:ExternalId": "id"}})), Allowed),
    ] {
        let keys = vec![("sts:ExternalId", "id")];
        let case = Case { principal: Some(who), identity, trust, keys, ..Case::default() };
        check(&case, "sts:AssumeRole", "arn:aws:iam::111111111111:role/other", expected);
    }
}

#[test]
fn services_are_let_in_by_the_resource_alone() {
    let lets = json!({
        "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        "Resource": "arn:f", "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:1:api/*/GET/items/*"}},
    });
    let principal = Some(Principal::service("apigateway.amazonaws.com", ACCOUNT));
    for (source_arn, expected) in [
        ("arn:aws:execute-api:us-east-1:1:api/prod/GET/items/1", Allowed),
        ("arn:aws:execute-api:us-east-1:1:api/prod/POST/items/1", Verdict::NotAllowed(Kind::Resource)),
    ] {
        let keys = vec![("aws:SourceArn", source_arn)];
        let case =
            Case { resource: Some(lets.clone()), principal: principal.clone(), keys, ..Case::default() };
        check(&case, "lambda:InvokeFunction", "arn:f", expected);
    }
}

#[test]
fn a_policy_that_takes_too_long_allows_nothing() {
    let resources: Vec<String> = (0..20).map(|_| format!("*{}b", "a".repeat(280))).collect();
    let case = identity(json!({"Effect": "Allow", "Action": "*", "NotResource": resources}));
    // Every pattern is looked for at two thousand places.
    let long = "a".repeat(2048);
    check(&case, "s3:GetObject", &long, Verdict::TooCostly);
}

#[test]
fn a_decision_says_on_what_it_rests() {
    let case = identity(json!([
        {"Sid": "one", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Sid": "two", "Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Sid": "three", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    ]));
    let sids = |action| {
        let matched = decided(&case, action, "*").matched;
        matched.into_iter().filter_map(|matched| matched.sid).collect::<Vec<_>>()
    };
    assert_eq!(sids("s3:GetObject"), ["one"]);
    assert_eq!(sids("s3:PutObject"), ["three"]);
    assert_eq!(sids("ec2:Run"), [""; 0]);
}
