//! A template's text, read: its value, and where each part of it is.

use serde_json::Value;

use super::node::{Kind, Node};
use super::{MAX_OBJECT_BYTES, Mark, Result, TemplateError, json, yaml};

/// A template as written, before any transform.
#[derive(Clone, Debug)]
pub struct Document {
    root: Node,
    value: Value,
}

impl Document {
    /// Reads JSON (what begins with a brace) or YAML.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_OBJECT_BYTES {
            let message = format!("Template may not exceed {MAX_OBJECT_BYTES} bytes in size.");
            return Err(TemplateError::new(message));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root = if text.trim_start().starts_with('{') { read_braced(text)? } else { yaml::parse(text)? };
        if !matches!(root.kind, Kind::Mapping(_)) {
            // AWS: the message for a template that is a list or a word.
            return Err(TemplateError::new("Template format error: unsupported structure."));
        }
        let value = root.to_value();
        Ok(Self { root, value })
    }

    /// The template as a value; short tags in their long form.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where the deepest part that the steps reach begins.
    pub fn locate(&self, steps: &[String]) -> Mark {
        self.root.locate(steps)
    }

    /// The error with its line and column.
    #[must_use]
    pub fn mark(&self, error: TemplateError) -> TemplateError {
        if error.steps().is_empty() {
            return error;
        }
        let mark = self.locate(error.steps());
        error.marked(mark)
    }
}

/// JSON, or YAML in flow style: the JSON reader's complaint is the one to hear unless YAML makes sense of it.
fn read_braced(text: &str) -> Result<Node> {
    json::parse(text).or_else(|error| yaml::parse(text).map_err(|_| error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Path;

    fn place(text: &str, steps: &[&str]) -> String {
        let steps: Vec<String> = steps.iter().map(|&step| step.to_owned()).collect();
        Document::parse(text).unwrap().locate(&steps).to_string()
    }

    #[test]
    fn places_are_those_of_keys_and_elements() {
        let yaml = "Resources:\n  F:\n    Type: T\n    Properties:\n      L: [a, b]\n";
        assert_eq!(place(yaml, &["Resources", "F"]), "line 2, column 3");
        assert_eq!(place(yaml, &["Resources", "F", "Properties", "L", "1"]), "line 5, column 14");
        assert_eq!(place(yaml, &["Resources", "F", "Absent", "X"]), "line 3, column 5");
        assert_eq!(place("{\n \"Resources\": {\"F\": 1}}", &["Resources", "F"]), "line 2, column 16");
    }

    #[test]
    fn an_error_gets_its_line() {
        let document = Document::parse("A:\n  B: 1\n").unwrap();
        let top = Path::TOP;
        let a = top.key("A");
        let error = document.mark(TemplateError::at(&a.key("B"), "Wrong."));
        assert_eq!(error.to_string(), "Wrong. (/A/B, line 2, column 3)");
    }

    #[test]
    fn sizes_shapes_and_marks_of_byte_order() {
        assert!(Document::parse("\u{feff}A: 1").is_ok());
        assert!(Document::parse("{A: 1}").is_ok());
        assert_eq!(
            Document::parse("[1]").unwrap_err().to_string(),
            "Template format error: unsupported structure."
        );
        assert!(Document::parse(&"x".repeat(MAX_OBJECT_BYTES + 1)).is_err());
    }
}
