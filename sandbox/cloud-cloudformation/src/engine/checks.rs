//! What is wrong with a template's resources and what of them changes nothing here, for who edits it: all that can be told
//! before anything is evaluated. What functions will answer is not judged.

use std::fmt::Write as _;

use cloud_core::Context;
use cloud_core::ports::ResourceProvider;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{facts, findings, idle};
use crate::schemas::ResourceSchema;
use crate::state::Finding;
use crate::template::{Resource, Template};

/// How many are told, and in how many bytes.
const MOST: usize = 100;
// Python's client reads no header of more than 64 KiB.
const MOST_BYTES: usize = 32 * 1024;

/// How bad one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will not be deployed so.
    Error,
    /// It is taken, and changes nothing here.
    Hint,
}

/// One thing to be told, of a place in the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// How bad it is.
    pub severity: Severity,
    /// Where, as a JSON pointer into the template as it was sent.
    pub place: String,
    /// What, in AWS's words where it has any.
    pub message: String,
}

/// All of a template: as it was sent, and after its transforms.
pub fn of(context: &Context, sent: &Value, template: &Template) -> Vec<Check> {
    let resources = template.resources.iter();
    let checks = resources.flat_map(|(name, resource)| of_resource(context, sent, name, resource));
    checks.take(MOST).collect()
}

/// As a header carries them; the last ones are left out where there is no room for them.
pub fn to_header(checks: &[Check]) -> String {
    let mut header = "[".to_owned();
    for check in checks {
        let check = plain(&serde_json::to_string(check).unwrap_or_default());
        if header.len() + check.len() + 2 > MOST_BYTES {
            break;
        }
        if header.len() > 1 {
            header.push(',');
        }
        header.push_str(&check);
    }
    header.push(']');
    header
}

/// JSON in ASCII alone.
fn plain(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for letter in json.encode_utf16() {
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii_graphic() || byte == b' ' => plain.push(char::from(byte)),
            // Writing to a text cannot fail.
            _ => drop(write!(plain, "\\u{letter:04x}")),
        }
    }
    plain
}

fn of_resource(context: &Context, sent: &Value, name: &str, resource: &Resource) -> Vec<Check> {
    let type_name = &resource.type_name;
    let written = written(sent, name);
    let at = |steps: &[&str]| pointer(["Resources", written.unwrap_or_default()].iter().chain(steps));
    let error = |place: String, message: String| Check { severity: Severity::Error, place, message };
    let hint =
        |place: String, what: &str| Check { severity: Severity::Hint, place, message: idle::told(what) };
    let mut checks = Vec::new();
    let schema = facts::schema_of(context, type_name);
    let properties = schema.coerce(findings::without_functions(&resource.properties));
    let provider = context.peers().provider(type_name);
    if provider.is_none() {
        // AWS: the words for a type that it does not know.
        let message = format!("Template format error: Unrecognized resource types: [{type_name}]");
        checks.push(error(at(&["Type"]), message));
    }
    if properties.is_object() {
        let found = Finding::of(name, type_name, schema.check(&properties));
        for (steps, words) in found.iter().flat_map(Finding::places) {
            let inside = steps.iter().skip(2).map(String::as_str);
            let steps: Vec<&str> = inside.chain(unknown(words)).collect();
            checks.push(error(at(&steps), words.to_owned()));
        }
    }
    // Of what only the transform made nobody has written anything.
    if written == Some(name) {
        checks.extend(resource.idle.iter().map(|attribute| hint(at(&[*attribute]), attribute)));
        if let Some(provider) = provider {
            let idle = in_vain(&*provider, &schema, &properties, &resource.properties);
            checks.extend(idle.into_iter().map(|(steps, what)| {
                let steps: Vec<&str> = std::iter::once("Properties").chain(steps.split('.')).collect();
                hint(at(&steps), &what)
            }));
        }
    }
    checks
}

/// The properties of a resource that are given in vain: each with its way, and what is said of it.
fn in_vain(
    provider: &dyn ResourceProvider,
    schema: &ResourceSchema,
    properties: &Value,
    with_functions: &Value,
) -> Vec<(String, String)> {
    let each = idle::of(provider, schema, properties);
    let mut found: Vec<_> = each.iter().map(|idle| (idle.path.clone(), idle.to_string())).collect();
    // A remark judges values, so it is only shown those that are there.
    let known = with_functions.as_object().into_iter().flatten();
    let known = known.filter(|(_, value)| findings::without_functions(value) == **value);
    let known: Map<String, Value> = known.map(|(name, value)| (name.clone(), value.clone())).collect();
    let known = schema.coerce(Value::Object(known));
    found.extend(provider.remarks(&known).into_iter().map(|remark| {
        let property = remark.split(' ').next().unwrap_or_default().to_owned();
        (property, remark)
    }));
    found
}

/// The resource as it was sent that a resource is, or was made of.
fn written<'a>(sent: &'a Value, name: &'a str) -> Option<&'a str> {
    let all = sent.get("Resources")?.as_object()?;
    let named = all.keys().map(String::as_str).filter(|written| name.starts_with(written));
    named.max_by_key(|written| written.len())
}

/// The name in words about a property that there is not.
fn unknown(words: &str) -> Option<&str> {
    let (_, name) = words.split_once("extraneous key [")?;
    Some(name.split_once(']')?.0)
}

fn pointer<'a>(steps: impl Iterator<Item = &'a &'a str>) -> String {
    let mut pointer = String::new();
    for step in steps.filter(|step| !step.is_empty()) {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_header_carries_is_read_as_it_was() {
        let check =
            Check { severity: Severity::Hint, place: "/Resources/Ä".into(), message: "\"😀\" \n".into() };
        let header = to_header(std::slice::from_ref(&check));
        assert!(header.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{header}");
        let read: Value = serde_json::from_str(&header).unwrap();
        assert_eq!(read, json!([{"severity": "hint", "place": check.place, "message": check.message}]));
        let many = vec![Check { message: "x".repeat(1000), ..check }; 100];
        let read: Vec<Value> = serde_json::from_str(&to_header(&many)).unwrap();
        assert_eq!(read.len(), 30);
        assert_eq!(to_header(&[]), "[]");
    }

    #[test]
    fn what_a_transform_made_is_placed_where_it_was_made_of() {
        let sent = json!({"Resources": {"First": {}, "FirstFunction": {}, "Other": {}}});
        assert_eq!(written(&sent, "First"), Some("First"));
        assert_eq!(written(&sent, "FirstFunctionRole"), Some("FirstFunction"));
        assert_eq!(written(&sent, "ServerlessHttpApi"), None);
        assert_eq!(pointer(["Resources", "A/b", "", "C~"].iter()), "/Resources/A~1b/C~0");
        assert_eq!(unknown("#: extraneous key [Foo] is not permitted"), Some("Foo"));
        assert_eq!(unknown("#: required key [Foo] not found"), None);
    }
}
