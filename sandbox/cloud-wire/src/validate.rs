//! Declared constraints, with AWS's message.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use cloud_core::{AwsError, constraint};
use regex::Regex;

use crate::input::Input;
use crate::misfit::Within;
use crate::model::{Operation, ServiceModel};
use crate::schema::{Kind, Limits, Location, Member, Schema};
use crate::shape::{Described, lower_first};
use crate::value::{self, Entries, Parts, Value};

/// How many mistakes are told. LIMIT: AWS tells all of them.
const TOLD: usize = 100;

/// Checks a whole input. All that is wrong goes into one message:
/// "2 validation errors detected: Value '…' at 'functionName' failed to satisfy constraint: …; Value …".
pub fn check(input: &Input, operation: &Operation, model: &ServiceModel) -> Result<(), AwsError> {
    let found = sentences(input, operation, model);
    if found.is_empty() { Ok(()) } else { Err(constraint::all(model.validation_code, &found)) }
}

/// All that is wrong with an input, for a service that has more to say of it.
pub fn sentences(input: &Input, operation: &Operation, model: &ServiceModel) -> Vec<String> {
    let place =
        if model.names_input { format!("{}Input", lower_first(operation.name)) } else { String::new() };
    found_within(input.value(), input.within(), operation.input, &place)
}

/// Checks a structure, whose members are named as parts of `place`.
pub fn check_shape<T: Described>(value: &T, place: &str, code: &'static str) -> Result<(), AwsError> {
    let found = found_within(value.value(), Within::NONE, T::schema(), place);
    if found.is_empty() { Ok(()) } else { Err(constraint::all(code, &found)) }
}

fn found_within(value: Value<'_>, within: Within<'_>, schema: &'static Schema, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Value::Structure(values) = value {
        structure(values, within, schema.members(), &Path::Root(place), &mut found);
    }
    found
}

/// Whether everything in the body's document is there that must be, and of the values that are listed for it.
pub fn fits_document(input: &Input, operation: &Operation) -> bool {
    let within = input.within();
    let mut members = operation.input.members().iter().zip(input.value().members()).enumerate();
    members.all(|(place, (member, value))| {
        let within = within.part(place);
        let value = within.said(value);
        let in_body = matches!(member.location, Location::Body | Location::Payload);
        !in_body || value.is_null() || fits(value, within, member.schema)
    })
}

fn fits(value: Value<'_>, within: Within<'_>, schema: &'static Schema) -> bool {
    match (value, schema.kind) {
        (Value::Structure(values), Kind::Structure(members)) => {
            members.iter().zip(value::all(values)).enumerate().all(|(place, (member, value))| {
                let within = within.part(place);
                let value = within.said(value);
                if value.is_null() { !member.required } else { fits(value, within, member.schema) }
            })
        }
        (Value::List(elements), Kind::List { element, .. }) => {
            value::all(elements).enumerate().all(|(place, inner)| fits(inner, within.part(place), element))
        }
        (Value::String(text), Kind::String(values)) => values.is_empty() || values.contains(&text),
        _ => true,
    }
}

/// Where a value is, as messages name it. Put into words only where something is wrong.
#[derive(Clone, Copy)]
enum Path<'p> {
    /// What all is a part of; nothing if empty.
    Root(&'p str),
    /// A member of the first.
    Member(&'p Path<'p>, &'static str),
    /// A list's element, counted from one.
    Element(&'p Path<'p>, usize),
    /// A map's entry.
    Entry(&'p Path<'p>, &'p str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(root) => f.write_str(root),
            Self::Member(Path::Root(""), name) => f.write_str(&lower_first(name)),
            Self::Member(of, name) => write!(f, "{of}.{}", lower_first(name)),
            Self::Element(of, number) => write!(f, "{of}.{number}.member"),
            Self::Entry(of, key) => write!(f, "{of}.{}.member", constraint::shortened(key)),
        }
    }
}

fn structure(
    values: &dyn Parts,
    within: Within<'_>,
    members: &'static [Member],
    path: &Path<'_>,
    found: &mut Vec<String>,
) {
    // AWS: what is in the path comes last.
    for last in [false, true] {
        for (place, member) in members.iter().enumerate() {
            if (member.location == Location::Uri) != last {
                continue;
            }
            if found.len() >= TOLD {
                return;
            }
            let within = within.part(place);
            let value = within.said(values.part(place));
            if value.is_null() && !member.required {
                continue;
            }
            let in_body = matches!(member.location, Location::Body | Location::Payload);
            let of = if in_body { path } else { &Path::Root("") };
            let path = Path::Member(of, member.name);
            if value.is_null() {
                found.push(format!(
                    "Value null at '{path}' failed to satisfy constraint: Member must not be null"
                ));
            } else {
                shape(value, within, member.schema, &path, found);
            }
        }
    }
}

fn shape(
    value: Value<'_>,
    within: Within<'_>,
    schema: &'static Schema,
    path: &Path<'_>,
    found: &mut Vec<String>,
) {
    for constraint in broken(value, schema) {
        found.push(constraint::sentence(&shown(value), &path.to_string(), &constraint));
    }
    match (value, schema.kind) {
        (Value::Structure(values), Kind::Structure(members)) => {
            structure(values, within, members, path, found);
        }
        (Value::Variant(place, inner), Kind::Union(members)) => {
            if let Some(member) = members.get(place) {
                let (within, path) = (within.part(place), Path::Member(path, member.name));
                shape(within.said(inner.value()), within, member.schema, &path, found);
            }
        }
        (Value::List(elements), Kind::List { element, .. }) => list(elements, within, element, path, found),
        (Value::Map(entries), Kind::Map { key, value: schema, .. }) => {
            map(entries, within, (key, schema), path, found);
        }
        _ => {}
    }
}

fn list(
    elements: &dyn Parts,
    within: Within<'_>,
    element: &'static Schema,
    path: &Path<'_>,
    found: &mut Vec<String>,
) {
    for (place, inner) in value::all(elements).enumerate() {
        if found.len() >= TOLD {
            return;
        }
        let within = within.part(place);
        let inner = within.said(inner);
        if scalar(element) {
            // AWS: elements that are scalars are reported at the list, once, with all that holds for them.
            if !broken(inner, element).is_empty() {
                let holds = all(element, inner).join(", ");
                let said = format!("Member must satisfy constraint: [{holds}]");
                found.push(constraint::sentence(&shown(Value::List(elements)), &path.to_string(), &said));
                return;
            }
        } else {
            shape(inner, within, element, &Path::Element(path, place + 1), found);
        }
    }
}

fn map(
    entries: &dyn Entries,
    within: Within<'_>,
    (key_schema, schema): (&'static Schema, &'static Schema),
    path: &Path<'_>,
    found: &mut Vec<String>,
) {
    let at = |what: &str, schema: &Schema, inner: Value<'_>| {
        let constraints = all(schema, inner).join(", ");
        let said = format!("Map {what} must satisfy constraint: [{constraints}]");
        constraint::sentence(&shown(Value::Map(entries)), &path.to_string(), &said)
    };
    for (key, inner) in entries.all() {
        if found.len() >= TOLD {
            return;
        }
        let within = within.entry(key);
        let inner = within.said(inner);
        if !broken(Value::String(key), key_schema).is_empty() {
            found.push(at("keys", key_schema, Value::String(key)));
            return;
        }
        if !scalar(schema) {
            shape(inner, within, schema, &Path::Entry(path, key), found);
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
fn broken(value: Value<'_>, schema: &Schema) -> Vec<String> {
    if keeps_all(value, schema) {
        return Vec::new();
    }
    let held = constraints(value, schema).into_iter().filter(|(_, holds)| !holds);
    held.map(|(constraint, _)| constraint).collect()
}

/// Whether there is nothing to put into words.
fn keeps_all(value: Value<'_>, schema: &Schema) -> bool {
    let Limits { min, max, pattern } = schema.limits;
    let listed = if let Kind::String(values) = schema.kind { values } else { &[] };
    if let Value::String(text) = value {
        // As many bytes at most as are allowed letters, and letters of at most four bytes: nothing has to be counted.
        let bytes = i64::try_from(text.len()).unwrap_or(i64::MAX);
        let is_short = max.is_none_or(|max| bytes <= max);
        let is_long = min.is_none_or(|min| if min <= 1 { bytes >= min } else { bytes / 4 >= min });
        return (is_short && is_long || in_limits(text.chars().count() as f64, schema))
            && pattern.is_none_or(|pattern| matches(pattern, text))
            && (listed.is_empty() || listed.contains(&text));
    }
    match size(value) {
        Some((size, _)) => in_limits(size, schema),
        None => true,
    }
}

fn in_limits(size: f64, schema: &Schema) -> bool {
    let Limits { min, max, .. } = schema.limits;
    max.is_none_or(|max| size <= max as f64) && min.is_none_or(|min| size >= min as f64)
}

/// What limits are about, and what that is called.
fn size(value: Value<'_>) -> Option<(f64, &'static str)> {
    Some(match value {
        Value::String(text) => (text.chars().count() as f64, "length"),
        Value::Blob(bytes) => (bytes.len() as f64, "length"),
        Value::List(elements) => (elements.count() as f64, "length"),
        Value::Map(entries) => (entries.count() as f64, "length"),
        Value::Integer(number) => (number as f64, "value"),
        Value::Float(number) => (number, "value"),
        _ => return None,
    })
}

/// All constraints of a shape whose values stand in a list or map.
fn all(schema: &Schema, value: Value<'_>) -> Vec<String> {
    let mut all: Vec<String> = constraints(value, schema).into_iter().map(|(text, _)| text).collect();
    if matches!(schema.kind, Kind::String(values) if !values.is_empty()) {
        // AWS: said of enumerations only.
        all.push("Member must not be null".to_owned());
    }
    all
}

/// The constraints of the shape itself, and whether the value keeps them.
fn constraints(value: Value<'_>, schema: &Schema) -> Vec<(String, bool)> {
    let mut constraints = Vec::new();
    let Some((size, what)) = size(value) else { return constraints };
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
            constraints.push((said, values.contains(&text)));
        }
    }
    constraints
}

/// Patterns by where their texts lie, made when they are first needed.
type Compiled = HashMap<(usize, usize), Option<Arc<Regex>>>;

static COMPILED: LazyLock<RwLock<Compiled>> = LazyLock::new(RwLock::default);

/// Whether the whole text is of the pattern.
// LIMIT: patterns that need look-around or back-references (few models have them) are not checked.
fn matches(pattern: &'static str, text: &str) -> bool {
    let key = (pattern.as_ptr().addr(), pattern.len());
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let regex = known.unwrap_or_else(|| {
        let made = Regex::new(&format!("^(?s:{pattern})$")).ok().map(Arc::new);
        COMPILED.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(made).clone()
    });
    regex.is_none_or(|regex| regex.is_match(text))
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::String(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::List(elements) => {
            format!("[{}]", value::all(elements).map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.all().map(|(key, value)| format!("{key}={}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Blob(_) | Value::Body => "java.nio.HeapByteBuffer".into(),
        _ => String::new(),
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    static NAME: Schema = Schema::string("Name").min(1).max(5).pattern("[a-z]+");
    static COUNT: Schema = Schema::integer("Count").min(1).max(10);
    static STATES: Schema = Schema::list("States", &STATE);
    static THINGS: Schema = Schema::list("Things", &INNER);
    static TAGS: Schema = Schema::map("Tags", &NAME, &NAME);
    static KEY: Schema = Schema::string("Key");
    static INNERS: Schema = Schema::map("Inners", &KEY, &INNER);

    crate::enumeration! {
        pub enum State as STATE { On = "On", Off = "Off", }
    }
    crate::structure! {
        pub struct Inner as INNER {
            name: String = Member::new("Name", &NAME).required(),
        }
        pub struct Root as ROOT {
            function_name: String = Member::new("FunctionName", &NAME).required(),
            state: Option<State> = Member::new("State", &STATE),
            count: Option<i32> = Member::new("Count", &COUNT),
            states: Option<Vec<State>> = Member::new("States", &STATES),
            things: Option<Vec<Inner>> = Member::new("Things", &THINGS),
            tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
            inners: Option<BTreeMap<String, Inner>> = Member::new("Inners", &INNERS),
        }
        pub struct Placed as PLACED {
            name: Option<String> = Member::new("Name", &NAME).uri("Name"),
            count: Option<i32> = Member::new("Count", &COUNT),
        }
    }

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

    fn told<T: Described>(input: &Input, model: &ServiceModel) -> String {
        let answer = check(input, &operation::<T>(), model);
        answer.map_or_else(|error| error.message().to_owned(), |()| "fine".into())
    }

    fn operation<T: Described>() -> Operation {
        Operation::new("CreateThing", "POST", "/", T::schema(), &crate::shape::UNIT).takes::<T>()
    }

    fn read(text: &str) -> Input {
        crate::codec::input(&operation::<Root>(), &serde_json::from_str(text).unwrap()).unwrap()
    }

    fn check_message(text: &str, expected: &expect_test::Expect) {
        expected.assert_eq(&told::<Root>(&read(text), &MODEL));
    }

    #[test]
    fn what_is_in_the_path_comes_last() {
        let value = Input::new(Placed { name: Some("A".into()), count: Some(11) });
        let places = |model: &ServiceModel| {
            let message = told::<Placed>(&value, model);
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
            assert_eq!(fits_document(&read(text), &operation::<Root>()), fits, "{text}");
        }
    }

    #[test]
    fn a_thousand_mistakes_are_a_bounded_message() {
        let key = "k".repeat(100_000);
        let entries: Vec<String> = (0..100).map(|number| format!(r#""{key}{number}":{{}}"#)).collect();
        for text in [
            format!(r#"{{"FunctionName":"a","Things":[{}{{}}]}}"#, "{},".repeat(100_000)),
            format!(r#"{{"FunctionName":"a","Inners":{{{}}}}}"#, entries.join(",")),
        ] {
            let message = told::<Root>(&read(&text), &MODEL);
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
            r#"{"FunctionName":"a","Count":5000000000,"States":[null,"On"]}"#,
            &expect_test::expect![
                "1 validation error detected: Value '5000000000' at 'count' failed to satisfy constraint: Member must have value less than or equal to 10"
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
