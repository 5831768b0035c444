//! JSON as people write it: with comments and commas at the end. Reads an object's members with their places, and
//! changes one of them with the rest of the text left as it is.

use serde_json::{Map, Value};

use crate::error::Why;

/// How deep values may lie in each other.
const DEPTH: usize = 32;
/// What a new member is indented with.
const INDENT: &str = "    ";
const NO_COMMA: Why = Why::named("settings-no-comma-brace", "a comma or the closing brace is missing");

/// Where a text is no JSON, and why.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: Why,
}

/// A member of the outermost object, with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) value: Value,
    /// From its name to the end of its value.
    pub(super) begin: usize,
    value_at: usize,
    end: usize,
    /// Behind the comma that follows it.
    after: Option<usize>,
}

/// The members of the outermost object; none in an empty text.
pub(super) fn members(text: &str) -> Result<Vec<Member>, Fault> {
    let mut reader = Reader { text, at: 0 };
    reader.space()?;
    if reader.at == text.len() {
        return Ok(Vec::new());
    }
    let found = reader.members()?;
    reader.space()?;
    if reader.at < text.len() {
        reader.fault(Why::named("settings-after-end", "nothing may follow the settings' closing brace"))
    } else {
        Ok(found)
    }
}

/// The line of a place, from 1.
pub(super) fn line(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

/// A text with a member changed, added, or taken out.
pub(super) fn with(text: &str, name: &str, value: Option<&Value>) -> Result<String, Fault> {
    let members = members(text)?;
    let known = members.iter().rev().find(|member| member.name == name);
    Ok(match (known, value) {
        (Some(known), Some(value)) => splice(text, known.value_at..known.end, &pretty(value)),
        (Some(_), None) => without(text, &members, name),
        (None, None) => text.to_owned(),
        (None, Some(value)) => added(text, members.last(), name, value),
    })
}

fn splice(text: &str, range: std::ops::Range<usize>, new: &str) -> String {
    let before = text.get(..range.start).unwrap_or_default();
    format!("{before}{new}{}", text.get(range.end..).unwrap_or_default())
}

fn added(text: &str, last: Option<&Member>, name: &str, value: &Value) -> String {
    let line = format!("\n{INDENT}{}: {}", Value::from(name), pretty(value));
    match last {
        Some(Member { after: Some(after), .. }) => splice(text, *after..*after, &(line + ",")),
        Some(Member { end, .. }) => splice(text, *end..*end, &format!(",{line}")),
        // Where there is no object yet, what there is, is comments.
        None => {
            if let Some(close) = closing_brace(text) {
                let before = text.get(..close).unwrap_or_default().trim_end();
                return format!("{before}{line}\n{}", text.get(close..).unwrap_or_default());
            }
            let comments = text.trim_end();
            let gap = if comments.is_empty() { "" } else { "\n" };
            format!("{comments}{gap}{{{line}\n}}\n")
        }
    }
}

/// Where the outermost object ends, if there is one.
fn closing_brace(text: &str) -> Option<usize> {
    let mut reader = Reader { text, at: 0 };
    reader.space().ok()?;
    reader.members().ok()?;
    reader.at.checked_sub(1)
}

fn without(text: &str, members: &[Member], name: &str) -> String {
    let mut text = text.to_owned();
    for (place, member) in members.iter().enumerate().rev().filter(|(_, member)| member.name == name) {
        // The line goes with it, where nothing else stands before it.
        let before = text.get(..member.begin).unwrap_or_default();
        let mut begin = before.trim_end_matches([' ', '\t']).len();
        if before.get(..begin).is_some_and(|before| before.ends_with('\n')) {
            begin -= 1;
        }
        let end = member.after.unwrap_or(member.end);
        text = splice(&text, begin..end, "");
        // The last one's comma is the one before it.
        if let Some(previous) = place.checked_sub(1).and_then(|place| members.get(place))
            && member.after.is_none()
            && let Some(after) = previous.after
        {
            text = splice(&text, after - 1..after, "");
        }
    }
    text
}

/// A value as people write it, inside of the object.
fn pretty(value: &Value) -> String {
    let list = value.as_array().filter(|list| !list.is_empty());
    let Some(list) = list else { return value.to_string() };
    let lines: Vec<_> = list.iter().map(|item| format!("{INDENT}{INDENT}{item}")).collect();
    format!("[\n{}\n{INDENT}]", lines.join(",\n"))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault<T>(&self, reason: Why) -> Result<T, Fault> {
        Err(Fault { at: self.at, reason })
    }

    /// Passes spaces and comments.
    fn space(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let spaces = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
            let comment = rest.get(spaces..).unwrap_or_default();
            if comment.starts_with("//") {
                self.at += spaces + comment.find('\n').unwrap_or(comment.len());
            } else if comment.starts_with("/*") {
                let Some(end) = comment.find("*/") else {
                    self.at += spaces;
                    return self.fault(Why::named("settings-comment-unended", "the comment has no end"));
                };
                self.at += spaces + end + 2;
            } else {
                self.at += spaces;
                return Ok(());
            }
        }
    }

    fn takes(&mut self, sign: char) -> bool {
        let takes = self.rest().starts_with(sign);
        self.at += if takes { sign.len_utf8() } else { 0 };
        takes
    }

    fn members(&mut self) -> Result<Vec<Member>, Fault> {
        if !self.takes('{') {
            return self.fault(Why::named("settings-no-object", "settings are an object in braces"));
        }
        let mut members = Vec::new();
        loop {
            self.space()?;
            if self.takes('}') {
                return Ok(members);
            }
            let begin = self.at;
            let name = self.text()?;
            self.colon()?;
            let value_at = self.at;
            let value = self.value(DEPTH)?;
            let end = self.at;
            self.space()?;
            let comma = self.takes(',');
            members.push(Member { name, value, begin, value_at, end, after: comma.then_some(self.at) });
            if !comma && !self.rest().starts_with('}') {
                return self.fault(NO_COMMA);
            }
        }
    }

    fn colon(&mut self) -> Result<(), Fault> {
        self.space()?;
        if !self.takes(':') {
            return self.fault(Why::named("settings-no-colon", "a colon is missing"));
        }
        self.space()
    }

    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.fault(Why::named("settings-too-deep", "values lie too deep in each other"));
        };
        match self.rest().chars().next() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.text().map(Value::String),
            _ => {
                let rest = self.rest();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
                let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let value = serde_json::from_str(word).ok();
                let Some(value) = value else {
                    return self.fault(Why::named("settings-no-value", "a value is missing here"));
                };
                self.at += word.len();
                Ok(value)
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut object = Map::new();
        self.takes('{');
        loop {
            self.space()?;
            if self.takes('}') {
                return Ok(Value::Object(object));
            }
            let name = self.text()?;
            self.colon()?;
            object.insert(name, self.value(depth)?);
            self.next('}', NO_COMMA)?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut list = Vec::new();
        self.takes('[');
        loop {
            self.space()?;
            if self.takes(']') {
                return Ok(Value::Array(list));
            }
            list.push(self.value(depth)?);
            self.next(
                ']',
                Why::named("settings-no-comma-bracket", "a comma or the closing bracket is missing"),
            )?;
        }
    }

    /// Passes a comma, or stops before the end.
    fn next(&mut self, end: char, reason: Why) -> Result<(), Fault> {
        self.space()?;
        if self.takes(',') || self.rest().starts_with(end) { Ok(()) } else { self.fault(reason) }
    }

    fn text(&mut self) -> Result<String, Fault> {
        let rest = self.rest();
        if !rest.starts_with('"') {
            return self.fault(Why::named("settings-no-text", "a name or text in double quotes is missing"));
        }
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, letter)| {
            let ends = *letter == '"' && !escaped;
            escaped = *letter == '\\' && !escaped;
            ends || *letter == '\n'
        });
        let word = end.and_then(|(end, _)| rest.get(..=end));
        let read = word.and_then(|word| serde_json::from_str(word).ok().map(|text| (word.len(), text)));
        let Some((length, text)) = read else {
            return self.fault(Why::named("settings-text-unended", "the text has no end, or no meaning"));
        };
        self.at += length;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expected: &[(&str, Value)]) {
        let found = members(text).unwrap();
        let found: Vec<_> = found.iter().map(|member| (&*member.name, member.value.clone())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn comments_and_commas_at_the_end_are_read() {
        check("", &[]);
        check(" // nothing yet\n", &[]);
        check("{}", &[]);
        check(
            "{ // a\n \"a\": 1, /* } */ \"b\": [1, {\"c\": null,},], }",
            &[("a", json!(1)), ("b", json!([1, {"c": null}]))],
        );
        check(
            r#"{"a\"b": "x//y", "c": -1.5e3, "d": true}"#,
            &[("a\"b", json!("x//y")), ("c", json!(-1500.0)), ("d", json!(true))],
        );
    }

    fn check_fault(text: &str, at_line: u32, reason: &str) {
        let fault = members(text).unwrap_err();
        assert_eq!((line(text, fault.at), fault.reason.to_string().as_str()), (at_line, reason), "{text}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        check_fault("[]", 1, "settings are an object in braces");
        check_fault("{\n  \"a\": 1\n  \"b\": 2\n}", 3, "a comma or the closing brace is missing");
        check_fault("{\n\"a\" 1}", 2, "a colon is missing");
        check_fault("{\n\n\"a\": }", 3, "a value is missing here");
        check_fault("{\"a\": [1 2]}", 1, "a comma or the closing bracket is missing");
        check_fault("{\"a", 1, "the text has no end, or no meaning");
        check_fault("{\n/* x", 2, "the comment has no end");
        check_fault("{}\nx", 2, "nothing may follow the settings' closing brace");
        check_fault("{a: 1}", 1, "a name or text in double quotes is missing");
        check_fault("{", 1, "a name or text in double quotes is missing");
        check_fault(&format!("{{\"a\": {}", "[".repeat(100_000)), 1, "values lie too deep in each other");
    }

    fn check_change(text: &str, value: Option<&Value>, expected: &str) {
        let changed = with(text, "a", value).unwrap();
        assert_eq!(changed, expected, "{text}");
        let now = members(&changed).unwrap().into_iter().find(|member| member.name == "a");
        assert_eq!(now.map(|member| member.value).as_ref(), value);
    }

    #[test]
    fn one_setting_is_changed_and_the_rest_stays() {
        check_change("", Some(&json!(1)), "{\n    \"a\": 1\n}\n");
        check_change("// mine\n", Some(&json!(1)), "// mine\n{\n    \"a\": 1\n}\n");
        check_change("// {}\n", Some(&json!(1)), "// {}\n{\n    \"a\": 1\n}\n");
        check_change("{}", Some(&json!(1)), "{\n    \"a\": 1\n}");
        check_change("{} // }", Some(&json!(1)), "{\n    \"a\": 1\n} // }");
        check_change("{\n  // why\n}\n", Some(&json!(1)), "{\n  // why\n    \"a\": 1\n}\n");
        check_change("{ \"a\": 1, // x\n }", Some(&json!(2)), "{ \"a\": 2, // x\n }");
        check_change("{\n    \"b\": 1\n}", Some(&json!("x")), "{\n    \"b\": 1,\n    \"a\": \"x\"\n}");
        check_change("{\n    \"b\": 1,\n}", Some(&json!(2)), "{\n    \"b\": 1,\n    \"a\": 2,\n}");
        check_change("{}", Some(&json!([1, 2])), "{\n    \"a\": [\n        1,\n        2\n    ]\n}");
        check_change("{\n    \"b\": 1,\n    \"a\": 2\n}", None, "{\n    \"b\": 1\n}");
        check_change("{\n    \"a\": 2,\n    \"b\": 1\n}", None, "{\n    \"b\": 1\n}");
        check_change("{\n    \"a\": 2\n}", None, "{\n}");
        check_change("{\"b\": 1}", None, "{\"b\": 1}");
    }
}
