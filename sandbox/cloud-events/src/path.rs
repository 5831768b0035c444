//! JSON paths as targets' inputs have them: members, elements, all of a list. Pure.

use serde_json::Value;

/// Steps of one path.
const MOST: usize = 64;

/// A path that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
    All,
}

impl Path {
    /// Reads `$.detail.items[0]['a b']`; none of what is no such path.
    // LIMIT: filters, slices and deep searches are none: AWS knows dots and brackets.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if steps.len() == MOST {
                return None;
            }
            let step;
            (step, rest) = if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, after) = after.split_at(end);
                let is_name = !name.is_empty() && !name.contains([']', '\'', '"', ' ', '(', ')']);
                is_name
                    .then(|| (if name == "*" { Step::All } else { Step::Member(name.to_owned()) }, after))?
            } else {
                bracket(rest.strip_prefix('[')?)?
            };
            steps.push(step);
        }
        Some(Self(steps))
    }

    /// What is there.
    pub(crate) fn find(&self, value: &Value) -> Option<Value> {
        find(value, &self.0)
    }
}

/// What a bracket says, and what is behind it.
fn bracket(text: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let (name, after) = quoted.split_once(quote)?;
            return Some((Step::Member(name.to_owned()), after.strip_prefix(']')?));
        }
    }
    let (inside, after) = text.split_once(']')?;
    let step = if inside == "*" { Step::All } else { Step::Element(inside.parse().ok()?) };
    Some((step, after))
}

fn find(value: &Value, steps: &[Step]) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    match step {
        Step::Member(name) => find(value.as_object()?.get(name)?, rest),
        Step::Element(place) => find(value.as_array()?.get(*place)?, rest),
        Step::All => {
            let found = match value {
                Value::Array(elements) => elements.iter().filter_map(|one| find(one, rest)).collect(),
                Value::Object(members) => members.values().filter_map(|one| find(one, rest)).collect(),
                _ => return None,
            };
            Some(Value::Array(found))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let event = json!({
            "detail-type": "t",
            "detail": { "a b": 1, "list": [{ "n": 1 }, { "n": 2 }, {}], "none": null },
        });
        let check = |path: &str, expected: Option<Value>| {
            let read = Path::read(path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(read.find(&event), expected, "{path}");
        };
        check("$", Some(event.clone()));
        check("$.detail-type", Some(json!("t")));
        check("$.detail.list[1].n", Some(json!(2)));
        check("$.detail['a b']", Some(json!(1)));
        check("$[\"detail\"].none", Some(json!(null)));
        check("$.detail.list[*].n", Some(json!([1, 2])));
        check("$.detail.list[7]", None);
        check("$.detail.other", None);
        check("$.detail-type.x", None);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "detail",
            "$detail",
            "$.",
            "$..detail",
            "$.a.",
            "$.a[",
            "$.a[x]",
            "$.a['b",
            "$.a[?(@.b)]",
            "$.a b",
        ] {
            assert_eq!(Path::read(text), None, "{text}");
        }
        assert_eq!(Path::read(&format!("${}", ".a".repeat(MOST + 1))), None);
    }
}
