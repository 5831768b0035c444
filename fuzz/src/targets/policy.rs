//! Policies: what statements decide is what a table of all matches decides, whatever their order; a denial can only take away.

use cloud_policy::{Keys, Policies, Policy, Principal, Request, Source, Steps, Verdict, decide};
use serde_json::{Value, json};

/// The longest input.
const LONGEST: usize = 1024;
const ACCOUNT: &str = "111111111111";

/// A document; or statements, a line each (`Allow s3:Get* arn:*`), then the request (`s3:GetObject arn:aws:s3:::b`).
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    // What is longer may take more steps than there are.
    if text.len() > LONGEST {
        return false;
    }
    if text.trim_start().starts_with('{') { document(text) } else { statements(text) }
}

/// Any document is read or refused, and decides the same request the same way twice.
fn document(text: &str) -> bool {
    let Ok(policy) = Policy::parse(text) else { return false };
    let statements = policy.statements();
    // A tree is not made of what is nested very deep, and policies pass over it.
    let Ok(tree) = serde_json::from_str::<Value>(text) else { return true };
    let count = tree["Statement"].as_array().map_or(1, Vec::len);
    assert_eq!(statements.len(), count, "{text}");
    let lines = text.split('\n').count();
    assert!(
        statements
            .iter()
            .all(|found| found.places.0.line <= found.places.1.line && found.places.1.line <= lines)
    );
    let ask =
        || ask(std::slice::from_ref(&source(policy.clone())), "s3:GetObject", "arn:aws:s3:::bucket/key");
    assert_eq!(ask(), ask(), "{text}");
    true
}

fn source(policy: Policy) -> Source {
    Source { id: "policy".to_owned(), policy }
}

fn ask(identity: &[Source], action: &str, resource: &str) -> Verdict {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/anne");
    let principal = Principal { account: ACCOUNT.to_owned(), arn, ..Principal::default() };
    let (keys, steps) = (Keys::default(), Steps::default());
    let request = Request {
        principal: &principal,
        action,
        resource,
        resource_account: ACCOUNT,
        keys: &keys,
        steps: &steps,
    };
    decide(&request, &Policies { identity, ..Policies::default() }).verdict
}

/// A statement as it was written.
#[derive(Clone)]
struct Line<'a> {
    denies: bool,
    action: &'a str,
    resource: &'a str,
}

fn statements(text: &str) -> bool {
    let mut lines: Vec<&str> = text.lines().collect();
    let Some((action, resource)) = lines.pop().and_then(|request| request.split_once(' ')) else {
        return false;
    };
    let mut statements: Vec<Line<'_>> = lines.into_iter().filter_map(line).collect();
    // Actions are ASCII.
    if statements.is_empty() || !action.is_ascii() || !statements.iter().all(|line| line.action.is_ascii()) {
        return false;
    }
    let verdict = decided(&statements, action, resource);
    let about = |line: &&Line<'_>| fits(line.action, action, true) && fits(line.resource, resource, false);
    let applying: Vec<bool> = statements.iter().filter(about).map(|line| line.denies).collect();
    let expected = applying.contains(&false) && !applying.contains(&true);
    assert_eq!(verdict.is_allowed(), expected, "{verdict:?} of {text}");
    statements.reverse();
    assert_eq!(decided(&statements, action, resource), verdict, "their order matters: {text}");
    statements.push(Line { denies: true, action: "*", resource: "*" });
    assert!(!decided(&statements, action, resource).is_allowed(), "a denial that does not: {text}");
    true
}

fn line(text: &str) -> Option<Line<'_>> {
    let (effect, rest) = text.split_once(' ')?;
    let (action, resource) = rest.split_once(' ')?;
    let denies = match effect {
        "Deny" => true,
        "Allow" => false,
        _ => return None,
    };
    Some(Line { denies, action, resource })
}

/// By one policy with all statements, and by a policy for each: both must say the same.
fn decided(lines: &[Line<'_>], action: &str, resource: &str) -> Verdict {
    let statement = |line: &Line<'_>| {
        let effect = if line.denies { "Deny" } else { "Allow" };
        json!({ "Effect": effect, "Action": [line.action], "Resource": line.resource })
    };
    let policy = |statements: Value| {
        // Without a version there are no variables.
        let text = json!({ "Statement": statements }).to_string();
        source(Policy::parse(&text).expect("a policy of ours is read"))
    };
    let whole = policy(lines.iter().map(statement).collect());
    let each: Vec<Source> = lines.iter().map(|line| policy(statement(line))).collect();
    let verdict = ask(&[whole], action, resource);
    assert_eq!(verdict, ask(&each, action, resource));
    verdict
}

/// Row by row: which beginnings of the text each beginning of the pattern stands for.
fn fits(pattern: &str, text: &str, ignoring_case: bool) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let mut row = vec![false; letters.len() + 1];
    row[0] = true;
    for wanted in pattern.chars() {
        let mut next = vec![false; row.len()];
        for at in 0..row.len() {
            let before = at > 0 && row[at - 1];
            next[at] = match wanted {
                '*' => row[at] || at > 0 && next[at - 1],
                '?' => before,
                _ if ignoring_case => before && letters[at - 1].eq_ignore_ascii_case(&wanted),
                _ => before && letters[at - 1] == wanted,
            };
        }
        row = next;
    }
    row.last() == Some(&true)
}
