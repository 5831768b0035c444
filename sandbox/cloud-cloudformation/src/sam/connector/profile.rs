//! What connectors between two types of resources are: `profiles.json`, which AWS documents as "AWS SAM connector
//! reference", with places for what is known of the two.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::reference::Ends;

static PROFILES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("profiles.json")).expect("the file is JSON, which a test says")
});

/// Members of a reference, by the names that places have for them.
const MEMBERS: &[&str] = &["Arn", "ResourceId", "Name", "Qualifier"];

/// What is known of resources of a type: which property names their role, and how their names are had.
pub(super) fn resource(type_name: &str) -> &'static Value {
    PROFILES["resources"].get(type_name).unwrap_or(&Value::Null)
}

/// The profile for two types.
pub(super) struct Profile {
    /// What kind of policy it makes.
    pub(super) kind: &'static str,
    properties: &'static Value,
}

impl Profile {
    /// The one from one type to another.
    pub(super) fn of(from: &str, to: &str) -> Option<Self> {
        let profile = PROFILES["permissions"].get(from)?.get(to)?;
        Some(Self { kind: profile["Type"].as_str()?, properties: &profile["Properties"] })
    }

    /// The permissions that it knows.
    pub(super) fn categories(&self) -> impl Iterator<Item = &'static String> {
        self.properties["AccessCategories"].as_object().into_iter().flat_map(Map::keys)
    }

    /// The permissions that are only given together, sorted; none if any are.
    pub(super) fn combinations(&self) -> Vec<Vec<&'static str>> {
        let combinations = self.properties["ValidAccessCategories"].as_array().into_iter().flatten();
        let combinations = combinations.map(|combination| {
            let names = combination.as_array().into_iter().flatten();
            let mut names: Vec<&str> = names.filter_map(Value::as_str).collect();
            names.sort_unstable();
            names
        });
        combinations.collect()
    }

    /// With what is known of both ends in its places.
    pub(super) fn filled(&self, ends: &Ends) -> Result<Value, String> {
        let mut places = Vec::new();
        for member in MEMBERS {
            for (end, reference) in [("Source", &ends.source), ("Destination", &ends.destination)] {
                places.push((format!("{end}.{member}"), reference.known(member)));
            }
        }
        fill(self.properties, &places)
    }
}

/// Puts values in places `%{Name}`: alone the value itself, inside of text a variable of `Fn::Sub`.
pub(super) fn fill(value: &Value, places: &[(String, Option<&Value>)]) -> Result<Value, String> {
    match value {
        Value::String(text) => fill_text(text, places),
        Value::Array(items) => items.iter().map(|item| fill(item, places)).collect(),
        Value::Object(members) => {
            let filled = members.iter().map(|(name, value)| Ok((name.clone(), fill(value, places)?)));
            Ok(Value::Object(filled.collect::<Result<_, String>>()?))
        }
        other => Ok(other.clone()),
    }
}

fn fill_text(text: &str, places: &[(String, Option<&Value>)]) -> Result<Value, String> {
    let mut text = text.to_owned();
    let mut variables = Map::new();
    for (name, value) in places {
        let place = format!("%{{{name}}}");
        if !text.contains(&place) {
            continue;
        }
        let value = value.ok_or_else(|| format!("{name} is missing."))?;
        if text == place {
            return Ok(value.clone());
        }
        let variable: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        text = text.replace(&place, &format!("${{{variable}}}"));
        variables.insert(variable, value.clone());
    }
    Ok(match (text.contains("${"), variables.is_empty()) {
        (false, _) => json!(text),
        (true, true) => json!({ "Fn::Sub": text }),
        (true, false) => json!({ "Fn::Sub": [text, variables] }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        for (from, all) in PROFILES["permissions"].as_object().into_iter().flatten() {
            for to in all.as_object().into_iter().flat_map(Map::keys) {
                let profile = Profile::of(from, to);
                assert!(profile.is_some_and(|profile| profile.categories().next().is_some()), "{from} {to}");
            }
        }
    }

    #[test]
    fn places() {
        let arn = json!({ "Ref": "T" });
        let places = [("Source.Arn".to_owned(), Some(&arn)), ("Source.Name".to_owned(), None)];
        let fill = |text: &str| fill(&json!(text), &places);
        assert_eq!(fill("%{Source.Arn}"), Ok(arn.clone()));
        assert_eq!(
            fill("%{Source.Arn}/*"),
            Ok(json!({ "Fn::Sub": ["${SourceArn}/*", { "SourceArn": arn }] }))
        );
        assert_eq!(fill("${AWS::Region}"), Ok(json!({ "Fn::Sub": "${AWS::Region}" })));
        assert_eq!(fill("%{Source.Name}"), Err("Source.Name is missing.".to_owned()));
    }
}
