//! Which route a request takes: as regular expressions and AWS's order of preference say.

use std::sync::LazyLock;

use cloud_apigateway::{ApiKind, choose};
use percent_encoding::percent_decode_str;
use regex::Regex;

/// Routes, a line each, then the request: `GET /path`. With `REST` as the first line they are those of a REST API.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let mut lines: Vec<&str> = text.lines().collect();
    let Some((method, path)) = lines.pop().and_then(|request| request.split_once(' ')) else { return false };
    let kind = if lines.first() == Some(&"REST") { ApiKind::Rest } else { ApiKind::Http };
    lines.retain(|line| *line == "$default" || ROUTE.is_match(line));
    if lines.is_empty() || !path.starts_with('/') {
        return false;
    }
    let taken = choose(kind, &lines, method, path);
    assert_eq!(taken, model(kind, &lines, method, path), "{method} {path} of {lines:?}");
    taken.is_some()
}

/// Routes that can be made: names between braces, the last one perhaps greedy.
static ROUTE: LazyLock<Regex> = LazyLock::new(|| {
    let segment = r"(?:[^/{}]*|\{[A-Za-z0-9_]+\})";
    let whole = format!(r"^[A-Z]+ /(?:{segment}/)*(?:{segment}|\{{[A-Za-z0-9_]+\+\}})$");
    Regex::new(&whole).expect("an expression of ours")
});

/// One way to take a request.
struct Candidate<'a> {
    method: &'a str,
    key: &'a str,
    /// A letter for each segment, better ones first in the alphabet.
    order: String,
    variables: Vec<(String, String)>,
}

fn model(kind: ApiKind, keys: &[&str], method: &str, path: &str) -> Option<(String, Vec<(String, String)>)> {
    let path = if kind == ApiKind::Rest { path.strip_suffix('/').unwrap_or(path) } else { path };
    let path = if path.is_empty() { "/" } else { path };
    let fits = keys.iter().filter_map(|key| candidate(key, path));
    let mut fits: Vec<_> =
        fits.filter(|found| kind == ApiKind::Rest || answers(found.method, method)).collect();
    // The best path first, then a method of its own, then the order in which they were made.
    fits.sort_by_key(|found| (found.order.clone(), found.method != method));
    let best = fits.first().map(|first| first.order.clone());
    let mut equal = fits.into_iter().take_while(|found| Some(&found.order) == best.as_ref());
    let Some(found) = equal.find(|found| answers(found.method, method)) else {
        return (kind == ApiKind::Http && keys.contains(&"$default"))
            .then(|| ("$default".to_owned(), Vec::new()));
    };
    let decoded = |value: String| percent_decode_str(&value).decode_utf8_lossy().into_owned();
    let variables = found.variables.into_iter();
    let variables =
        variables.map(|(name, value)| (name, if kind == ApiKind::Http { decoded(value) } else { value }));
    Some((found.key.to_owned(), variables.collect()))
}

fn answers(own: &str, method: &str) -> bool {
    own == method || own == "ANY"
}

fn candidate<'a>(key: &'a str, path: &str) -> Option<Candidate<'a>> {
    let (method, route) = key.split_once(' ')?;
    let (mut order, mut names, mut segments) =
        (String::new(), Vec::new(), path.strip_prefix('/')?.split('/'));
    let mut expression = String::from("^");
    for segment in route.strip_prefix('/')?.split('/') {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let (letter, part) = match name.map(|name| name.strip_suffix('+').ok_or(name)) {
            // Literals are compared decoded: the segment as it was sent stands for itself if it is that one.
            None => ('a', regex::escape(segments.next().filter(|sent| decodes_to(sent, segment))?)),
            Some(Err(name)) => ('b', named(&mut names, name, "[^/]+")),
            Some(Ok(name)) => ('c', named(&mut names, name, if order.is_empty() { ".+" } else { ".*" })),
        };
        if letter == 'b' {
            segments.next();
        }
        order.push(letter);
        expression.push('/');
        expression.push_str(&part);
    }
    let found = Regex::new(&format!("(?s){expression}$")).expect("an expression of ours").captures(path)?;
    let value = |(name, index): (String, usize)| Some((name, found.get(index)?.as_str().to_owned()));
    let variables = names.into_iter().zip(1..).filter_map(value).collect();
    Some(Candidate { method, key, order, variables })
}

fn named(names: &mut Vec<String>, name: &str, expression: &str) -> String {
    names.push(name.to_owned());
    format!("({expression})")
}

fn decodes_to(sent: &str, literal: &str) -> bool {
    percent_decode_str(sent).decode_utf8_lossy() == literal
}
