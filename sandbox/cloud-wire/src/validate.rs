//! Declared constraints, with AWS's message.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use cloud_core::{AwsError, constraint};
use regex::Regex;

use crate::model::{Operation, ServiceModel};
use crate::schema::{Kind, Location, Member, Schema};
use crate::shape::lower_first;
use crate::value::Value;

/// How many mistakes are told. LIMIT: AWS tells all of them.
const TOLD: usize = 100;

/// Checks a whole input. All that is wrong goes into one message:
/// "2 validation errors detected: Value '…' at 'functionName' failed to satisfy constraint: …; Value …".
pub fn check(value: &Value, operation: &Operation, model: &ServiceModel) -> Result<(), AwsError> {
    let input =
        if model.names_input { format!("{}Input", lower_first(operation.name)) } else { String::new() };
    check_shape(value, operation.input, &input, model.validation_code)
}

/// Checks a structure, whose members are named as parts of `place`.
pub fn check_shape(
    value: &Value,
    schema: &'static Schema,
    place: &str,
    code: &'static str,
) -> Result<(), AwsError> {
    let mut found = Vec::new();
    structure(value.members(), schema.members(), place, &mut found);
    if found.is_empty() { Ok(()) } else { Err(constraint::all(code, &found)) }
}

/// Whether everything in the body's document is there that must be, and of the values that are listed for it.
pub fn fits_document(value: &Value, operation: &Operation) -> bool {
    let pairs = operation.input.members().iter().zip(value.members());
    let mut of_body =
        pairs.filter(|(member, _)| matches!(member.location, Location::Body | Location::Payload));
    of_body.all(|(member, value)| value.is_null() || fits(value, member.schema))
}

fn fits(value: &Value, schema: &'static Schema) -> bool {
    match (value, schema.kind) {
        (Value::Structure(values), Kind::Structure(members)) => {
            members.iter().zip(values).all(|(member, value)| {
                if value.is_null() { !member.required } else { fits(value, member.schema) }
            })
        }
        (Value::List(elements), Kind::List { element, .. }) => {
            elements.iter().all(|inner| fits(inner, element))
        }
        (Value::String(text), Kind::String(values)) => values.is_empty() || values.contains(&text.as_str()),
        _ => true,
    }
}

fn structure(values: &[Value], members: &'static [Member], path: &str, found: &mut Vec<String>) {
    // AWS: what is in the path comes last.
    let in_path = |member: &Member| member.location == Location::Uri;
    let pairs = || members.iter().zip(values);
    let ordered = pairs().filter(|(member, _)| !in_path(member));
    for (member, value) in ordered.chain(pairs().filter(|(member, _)| in_path(member))) {
        if found.len() >= TOLD {
            return;
        }
        let name = lower_first(member.name);
        let in_body = matches!(member.location, Location::Body | Location::Payload);
        let path = if path.is_empty() || !in_body { name } else { format!("{path}.{name}") };
        if value.is_null() {
            if member.required {
                found.push(format!(
                    "Value null at '{path}' failed to satisfy constraint: Member must not be null"
                ));
            }
        } else {
            shape(value, member.schema, &path, found);
        }
    }
}

fn shape(value: &Value, schema: &'static Schema, path: &str, found: &mut Vec<String>) {
    for constraint in broken(value, schema) {
        found.push(constraint::sentence(&shown(value), path, &constraint));
    }
    match (value, schema.kind) {
        (Value::Structure(values), Kind::Structure(members)) => structure(values, members, path, found),
        (Value::Variant(place, value), Kind::Union(members)) => {
            if let Some(member) = members.get(*place) {
                shape(value, member.schema, &format!("{path}.{}", lower_first(member.name)), found);
            }
        }
        (Value::List(elements), Kind::List { element, .. }) => list(value, elements, element, path, found),
        (Value::Map(entries), Kind::Map { key, value: schema, .. }) => {
            map(value, entries, key, schema, path, found);
        }
        _ => {}
    }
}

fn list(value: &Value, elements: &[Value], element: &'static Schema, path: &str, found: &mut Vec<String>) {
    for (index, inner) in elements.iter().enumerate() {
        if found.len() >= TOLD {
            return;
        }
        if scalar(element) {
            // AWS: elements that are scalars are reported at the list, once, with all that holds for them.
            if !broken(inner, element).is_empty() {
                let holds = all(element, inner).join(", ");
                let said = format!("Member must satisfy constraint: [{holds}]");
                found.push(constraint::sentence(&shown(value), path, &said));
                return;
            }
        } else {
            shape(inner, element, &format!("{path}.{}.member", index + 1), found);
        }
    }
}

fn map(
    value: &Value,
    entries: &[(String, Value)],
    key_schema: &'static Schema,
    schema: &'static Schema,
    path: &str,
    found: &mut Vec<String>,
) {
    let at = |what: &str, schema: &Schema, inner: &Value| {
        let constraints = all(schema, inner).join(", ");
        let said = format!("Map {what} must satisfy constraint: [{constraints}]");
        constraint::sentence(&shown(value), path, &said)
    };
    for (key, inner) in entries {
        if found.len() >= TOLD {
            return;
        }
        let key_value = Value::String(key.clone());
        if !broken(&key_value, key_schema).is_empty() {
            found.push(at("keys", key_schema, &key_value));
            return;
        }
        if !scalar(schema) {
            let key = constraint::shortened(key);
            shape(inner, schema, &format!("{path}.{key}.member"), found);
            continue;
        }
        if !broken(inner, schema).is_empty() {
            found.push(at("value", schema, inner));
            return;
        }
    }
}

fn scalar(schema: &Schema) -> bool {
    !matches!(
        schema.kind,
        Kind::Structure(_) | Kind::Union(_) | Kind::List { .. } | Kind::Map { .. } | Kind::Document
    )
}

/// The constraints of the shape itself that the value breaks.
fn broken(value: &Value, schema: &Schema) -> Vec<String> {
    let held = constraints(value, schema).into_iter().filter(|(_, holds)| !holds);
    held.map(|(constraint, _)| constraint).collect()
}

/// All constraints of a shape whose values stand in a list or map.
fn all(schema: &Schema, value: &Value) -> Vec<String> {
    let mut all: Vec<String> = constraints(value, schema).into_iter().map(|(text, _)| text).collect();
    if matches!(schema.kind, Kind::String(values) if !values.is_empty()) {
        // AWS: said of enumerations only.
        all.push("Member must not be null".to_owned());
    }
    all
}

/// The constraints of the shape itself, and whether the value keeps them.
fn constraints(value: &Value, schema: &Schema) -> Vec<(String, bool)> {
    let mut constraints = Vec::new();
    let (size, what) = match value {
        Value::String(text) => (text.chars().count() as f64, "length"),
        Value::Blob(bytes) => (bytes.len() as f64, "length"),
        Value::List(elements) => (elements.len() as f64, "length"),
        Value::Map(entries) => (entries.len() as f64, "length"),
        Value::Integer(number) => (*number as f64, "value"),
        Value::Float(number) => (*number, "value"),
        _ => return constraints,
    };
    if let Some(max) = schema.limits.max {
        let text = format!("Member must have {what} less than or equal to {max}");
        constraints.push((text, size <= max as f64));
    }
    if let Some(min) = schema.limits.min {
        let text = format!("Member must have {what} greater than or equal to {min}");
        constraints.push((text, size >= min as f64));
    }
    if let Value::String(text) = value {
        if let Some(pattern) = schema.limits.pattern {
            let said = format!("Member must satisfy regular expression pattern: {pattern}");
            constraints.push((said, matches(pattern, text)));
        }
        if let Kind::String(values) = schema.kind
            && !values.is_empty()
        {
            let said = format!("Member must satisfy enum value set: [{}]", values.join(", "));
            constraints.push((said, values.contains(&text.as_str())));
        }
    }
    constraints
}

static COMPILED: LazyLock<Mutex<HashMap<&'static str, Option<Regex>>>> = LazyLock::new(Mutex::default);

/// Whether the whole text is of the pattern.
// LIMIT: patterns that need look-around or back-references (few models have them) are not checked.
fn matches(pattern: &'static str, text: &str) -> bool {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex =
        compiled.entry(pattern).or_insert_with(|| Regex::new(&format!("^(?s:{pattern})$")).ok()).clone();
    drop(compiled);
    regex.is_none_or(|regex| regex.is_match(text))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::List(elements) => format!("[{}]", elements.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Blob(_) | Value::Body(_) => "java.nio.HeapByteBuffer".into(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NAME: Schema = Schema::string("Name").min(1).max(5).pattern("[a-z]+");
    static STATE: Schema = Schema::enumeration("State", &["On", "Off"]);
    static COUNT: Schema = Schema::integer("Count").min(1).max(10);
    static STATES: Schema = Schema::list("States", &STATE);
    static THINGS: Schema = Schema::list("Things", &INNER);
    static TAGS: Schema = Schema::map("Tags", &NAME, &NAME);
    static KEY: Schema = Schema::string("Key");
    static INNERS: Schema = Schema::map("Inners", &KEY, &INNER);
    static INNER: Schema = Schema::structure("Inner", &[Member::new("Name", &NAME).required()]);
    static MEMBERS: &[Member] = &[
        Member::new("FunctionName", &NAME).required(),
        Member::new("State", &STATE),
        Member::new("Count", &COUNT),
        Member::new("States", &STATES),
        Member::new("Things", &THINGS),
        Member::new("Tags", &TAGS),
        Member::new("Inners", &INNERS),
    ];
    static ROOT: Schema = Schema::structure("Root", MEMBERS);

    const SHOWN: usize = 1024;
    const MODEL: ServiceModel = ServiceModel {
        id: "things",
        signing_name: "things",
        endpoint_prefix: "things",
        protocol: crate::Protocol::RestJson,
        also: &[],
        query_compatible: false,
        target_prefix: "",
        api_version: "",
        xml_namespace: "",
        validation_code: "ValidationException",
        names_input: false,
        operations: &[],
        errors: &[],
        selectors: &[],
        wrong_token: ServiceModel::WRONG_TOKEN,
        wrong_union: ServiceModel::WRONG_UNION,
    };

    fn told(value: &Value, input: &'static Schema, model: &ServiceModel) -> String {
        let operation = Operation::new("CreateThing", "POST", "/", input, &crate::shape::UNIT);
        let answer = check(value, &operation, model);
        answer.map_or_else(|error| error.message().to_owned(), |()| "fine".into())
    }

    fn check_message(text: &str, expected: &expect_test::Expect) {
        let value = crate::json::parse(
            text.as_bytes(),
            &ROOT,
            crate::json::Dialect::Wire,
            &crate::room::Room::unlimited(),
        )
        .unwrap();
        expected.assert_eq(&told(&value, &ROOT, &MODEL));
    }

    #[test]
    fn what_is_in_the_path_comes_last() {
        static IN_PATH: &[Member] = &[Member::new("Name", &NAME).uri("Name"), Member::new("Count", &COUNT)];
        static SCHEMA: Schema = Schema::structure("Input", IN_PATH);
        let value = Value::Structure(vec![Value::String("A".into()), Value::Integer(11)]);
        let places = |model: &ServiceModel| {
            let message = told(&value, &SCHEMA, model);
            let places = message.split("' at '").skip(1).filter_map(|rest| rest.split('\'').next());
            places.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(places(&MODEL), ["count", "name"]);
        let names_input = ServiceModel { names_input: true, ..MODEL };
        assert_eq!(places(&names_input), ["createThingInput.count", "name"]);
    }

    #[test]
    fn a_document_fits_where_it_lacks_nothing_and_says_what_is_listed() {
        for (text, fits) in [
            (r#"{"State":"On","Things":[{"Name":"TOO LONG"}]}"#, true),
            (r#"{"State":"Up"}"#, false),
            (r#"{"States":["On","Up"]}"#, false),
            (r#"{"Things":[{"Name":"a"},{}]}"#, false),
        ] {
            let value = crate::json::parse(
                text.as_bytes(),
                &ROOT,
                crate::json::Dialect::Wire,
                &crate::room::Room::unlimited(),
            )
            .unwrap();
            let operation = Operation::new("CreateThing", "POST", "/", &ROOT, &crate::shape::UNIT);
            assert_eq!(fits_document(&value, &operation), fits, "{text}");
        }
    }

    #[test]
    fn a_thousand_mistakes_are_a_bounded_message() {
        let key = "k".repeat(100_000);
        for text in [
            format!(r#"{{"FunctionName":"a","Things":[{}{{}}]}}"#, "{},".repeat(100_000)),
            format!(
                r#"{{"FunctionName":"a","Inners":{{{}"":{{}}}}}}"#,
                format!(r#""{key}":{{}},"#).repeat(100)
            ),
        ] {
            let value = crate::json::parse(
                text.as_bytes(),
                &ROOT,
                crate::json::Dialect::Wire,
                &crate::room::Room::unlimited(),
            )
            .unwrap();
            let message = told(&value, &ROOT, &MODEL);
            assert!(message.starts_with("100 validation errors"), "{message:.100}");
            assert!(message.len() < 200 * SHOWN, "{}", message.len());
        }
    }

    #[test]
    fn messages_are_awss() {
        check_message(
            r#"{"FunctionName":"abc","State":"On","Count":3,"States":["Off"],"Things":[{"Name":"a"}],"Tags":{"a":"b"}}"#,
            &expect_test::expect!["fine"],
        );
        check_message(
            "{}",
            &expect_test::expect![
                "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: Member must not be null"
            ],
        );
        check_message(
            r#"{"FunctionName":"ABCDEF"}"#,
            &expect_test::expect![
                "2 validation errors detected: Value 'ABCDEF' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 5; Value 'ABCDEF' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"
            ],
        );
        check_message(
            r#"{"FunctionName":"a","State":"Up","Count":11}"#,
            &expect_test::expect![
                "2 validation errors detected: Value 'Up' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [On, Off]; Value '11' at 'count' failed to satisfy constraint: Member must have value less than or equal to 10"
            ],
        );
        check_message(
            r#"{"FunctionName":"a","States":["On","Up"]}"#,
            &expect_test::expect![
                "1 validation error detected: Value '[On, Up]' at 'states' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [On, Off], Member must not be null]"
            ],
        );
        check_message(
            r#"{"FunctionName":"a","Things":[{"Name":"a"},{}]}"#,
            &expect_test::expect![
                "1 validation error detected: Value null at 'things.2.member.name' failed to satisfy constraint: Member must not be null"
            ],
        );
        check_message(
            r#"{"FunctionName":"a","Tags":{"A":"b"}}"#,
            &expect_test::expect![
                "1 validation error detected: Value '{A=b}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-z]+]"
            ],
        );
    }
}
