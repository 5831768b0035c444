//! Parameters: what a template declares, what a caller gives, and whether that fits.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde_json::{Number, Value};

use super::evaluate::text;
use super::{Path, Result, TemplateError};
use crate::quotas::PARAMETER_VALUE;

/// The kinds of parameters, as far as they behave differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, and ids of resources, which are text.
    Text,
    /// A number, kept as its text.
    Number,
    /// Texts with commas between.
    TextList,
    /// Numbers with commas between.
    NumberList,
    /// The name of a text in the Parameter Store.
    StoredText,
}

impl Kind {
    fn parse(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "String" => Self::Text,
            "Number" => Self::Number,
            "CommaDelimitedList" => Self::TextList,
            "List<Number>" => Self::NumberList,
            "List<String>" => Self::TextList,
            "AWS::SSM::Parameter::Value<String>" => Self::StoredText,
            // AWS: ids of existing resources. LIMIT: whether they exist is not checked.
            other if other.starts_with("List<AWS::") && other.ends_with('>') => Self::TextList,
            other if other.starts_with("AWS::") && !other.starts_with("AWS::SSM::") => Self::Text,
            _ => return None,
        })
    }

    fn is_list(self) -> bool {
        matches!(self, Self::TextList | Self::NumberList)
    }
}

/// One declared parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As written: `String`, `Number`, ….
    pub type_name: String,
    /// How it behaves.
    pub kind: Kind,
    /// What it is when nobody says.
    pub default: Option<String>,
    /// Whether its value is shown to nobody.
    pub no_echo: bool,
    /// For people.
    pub description: Option<String>,
    /// What it may be, if that is a closed list.
    pub allowed: Vec<String>,
    /// What to tell who breaks a constraint.
    pub constraint: Option<String>,
    pattern: Option<String>,
    length: (Option<f64>, Option<f64>),
    range: (Option<f64>, Option<f64>),
}

impl Parameter {
    /// Reads a declaration.
    pub(super) fn read(value: &Value, path: &Path<'_>) -> Result<Self> {
        let type_name = value.get("Type").and_then(Value::as_str).ok_or_else(|| {
            let message = format!(
                "Template format error: Every Parameters object must contain a Type member. [{path}]"
            );
            TemplateError::at(path, message)
        })?;
        let kind = Kind::parse(type_name).ok_or_else(|| unknown_type(type_name, path))?;
        let plain = |name: &str| value.get(name).and_then(text);
        let parameter = Self {
            type_name: type_name.to_owned(),
            kind,
            default: default(value, path)?,
            no_echo: plain("NoEcho").is_some_and(|flag| flag.eq_ignore_ascii_case("true")),
            description: plain("Description"),
            allowed: allowed(value, path)?,
            constraint: plain("ConstraintDescription"),
            pattern: pattern(value, path)?,
            length: (number(value, "MinLength", path)?, number(value, "MaxLength", path)?),
            range: (number(value, "MinValue", path)?, number(value, "MaxValue", path)?),
        };
        Ok(parameter)
    }

    /// What `Ref` answers for a raw value that has been checked.
    pub fn value(&self, raw: &str) -> Value {
        if self.kind == Kind::StoredText {
            return stored(raw).unwrap_or_default().into();
        }
        if !self.kind.is_list() {
            return Value::String(raw.to_owned());
        }
        if raw.is_empty() {
            return Value::Array(Vec::new());
        }
        raw.split(',').map(|item| Value::from(item.trim())).collect()
    }

    /// Whether a raw value fits, or the sentence that says why not.
    fn check(&self, name: &str, raw: &str) -> std::result::Result<(), String> {
        if raw.len() > PARAMETER_VALUE {
            return Err(format!("Parameter '{name}' must not be longer than {PARAMETER_VALUE} bytes"));
        }
        let items: Vec<&str> =
            if self.kind.is_list() { raw.split(',').map(str::trim).collect() } else { vec![raw] };
        let regex = self.pattern.as_deref().and_then(compile);
        for item in items {
            if let Err(sentence) = self.check_item(name, item, regex.as_ref()) {
                // AWS: a ConstraintDescription takes the place of the constraint's own sentence.
                return Err(self.constraint.as_ref().map_or(sentence, |reason| {
                    format!("Parameter {name} failed to satisfy constraint: {reason}")
                }));
            }
        }
        Ok(())
    }

    fn check_item(&self, name: &str, item: &str, regex: Option<&Regex>) -> std::result::Result<(), String> {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == item) {
            return Err(format!("Parameter '{name}' must be one of AllowedValues"));
        }
        if let (Some(pattern), Some(regex)) = (&self.pattern, regex)
            && !regex.is_match(item)
        {
            return Err(format!("Parameter '{name}' must match pattern {pattern}"));
        }
        let length = item.chars().count() as f64;
        if let Some(least) = self.length.0.filter(|least| length < *least) {
            return Err(format!("Parameter '{name}' must contain at least {least} characters"));
        }
        if let Some(most) = self.length.1.filter(|most| length > *most) {
            return Err(format!("Parameter '{name}' must contain at most {most} characters"));
        }
        if self.kind == Kind::StoredText && stored(item).is_none() {
            // AWS: the words for a name that is not there. LIMIT: no other name than the CDK's is.
            return Err(format!(
                "Unable to fetch parameters [{item}] from parameter store for this account."
            ));
        }
        self.check_number(name, item)
    }

    fn check_number(&self, name: &str, item: &str) -> std::result::Result<(), String> {
        if !matches!(self.kind, Kind::Number | Kind::NumberList) {
            return Ok(());
        }
        let value: f64 = item
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| format!("Parameter '{name}' must be a number."))?;
        if let Some(least) = self.range.0.filter(|least| value < *least) {
            return Err(format!("Parameter '{name}' must be a number not less than {least}"));
        }
        if let Some(most) = self.range.1.filter(|most| value > *most) {
            return Err(format!("Parameter '{name}' must be a number not greater than {most}"));
        }
        Ok(())
    }
}

/// The version of the CDK's bootstrap stack that this cloud stands in for: its buckets and roles are not asked for here,
/// but every template of the CDK looks for the number.
const CDK_BOOTSTRAP_VERSION: &str = "30";

/// The text of that name in the Parameter Store.
fn stored(name: &str) -> Option<&'static str> {
    let qualifier = name.strip_prefix("/cdk-bootstrap/")?.strip_suffix("/version")?;
    (!qualifier.is_empty() && qualifier.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then_some(CDK_BOOTSTRAP_VERSION)
}

fn unknown_type(type_name: &str, path: &Path<'_>) -> TemplateError {
    let shown: String = type_name.chars().take(80).collect();
    // LIMIT: there is no Parameter Store to read from.
    let message = if type_name.starts_with("AWS::SSM::") {
        format!(
            "Template format error: parameter type {shown} is not supported by this cloud: it has no Parameter Store. Use a String and pass the value itself."
        )
    } else {
        format!("Template format error: Unrecognized parameter type: {shown}")
    };
    TemplateError::at(path, message)
}

fn default(value: &Value, path: &Path<'_>) -> Result<Option<String>> {
    match value.get("Default") {
        None => Ok(None),
        Some(default) => text(default).map(Some).ok_or_else(|| {
            let message = "Template format error: Every Default member must be a string.";
            TemplateError::at(&path.key("Default"), message)
        }),
    }
}

fn allowed(value: &Value, path: &Path<'_>) -> Result<Vec<String>> {
    match value.get("AllowedValues") {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.iter().filter_map(text).collect()),
        Some(_) => {
            let message = "Template format error: AllowedValues must be a list.";
            Err(TemplateError::at(&path.key("AllowedValues"), message))
        }
    }
}

fn pattern(value: &Value, path: &Path<'_>) -> Result<Option<String>> {
    let Some(pattern) = value.get("AllowedPattern").and_then(text) else { return Ok(None) };
    if compile(&pattern).is_some() {
        return Ok(Some(pattern));
    }
    // LIMIT: Java's look-around and back-references are refused.
    let message = "Template format error: AllowedPattern is not a regular expression of this cloud";
    Err(TemplateError::at(&path.key("AllowedPattern"), message))
}

/// The most memory of one pattern. Patterns take linear time; a compiled one is not kept, for a template may have many.
const MAX_PATTERN_BYTES: usize = 1024 * 1024;

fn compile(pattern: &str) -> Option<Regex> {
    // AWS: the whole value must match.
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES)
        .build()
        .ok()
}

fn number(value: &Value, name: &str, path: &Path<'_>) -> Result<Option<f64>> {
    let wrong =
        || TemplateError::at(&path.key(name), format!("Template format error: {name} must be a number"));
    match value.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => Number::as_f64(number).map(Some).ok_or_else(wrong),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| wrong()),
        Some(_) => Err(wrong()),
    }
}

/// What the Parameter Store holds under a raw value, where the declaration says that it is a name there.
pub fn resolved(declared: &Value, raw: &str) -> Option<&'static str> {
    let kind = declared.get("Type").and_then(Value::as_str).and_then(Kind::parse)?;
    (kind == Kind::StoredText).then(|| stored(raw)).flatten()
}

/// The raw values of all parameters: what the caller gives, else the defaults. Nothing may be unknown, nothing may lack.
pub fn resolve(
    declared: &BTreeMap<String, Parameter>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let unknown: Vec<&str> =
        given.keys().filter(|name| !declared.contains_key(*name)).map(String::as_str).collect();
    if !unknown.is_empty() {
        let message = format!("Parameters: [{}] do not exist in the template", unknown.join(", "));
        return Err(TemplateError::new(message));
    }
    let raw =
        |name: &String, parameter: &Parameter| given.get(name).cloned().or_else(|| parameter.default.clone());
    let missing: Vec<&str> = declared
        .iter()
        .filter(|(name, parameter)| raw(name, parameter).is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if let Some(first) = missing.first() {
        // AWS: other words where all that lacks would be looked up in the Parameter Store.
        let stored =
            missing.iter().all(|name| declared.get(*name).is_some_and(|one| one.kind == Kind::StoredText));
        return Err(TemplateError::new(if stored {
            format!("Parameter {first} should either have input value or default value")
        } else {
            format!("Parameters: [{}] must have values", missing.join(", "))
        }));
    }
    let mut values = BTreeMap::new();
    for (name, parameter) in declared {
        let Some(raw) = raw(name, parameter) else { continue };
        let top = Path::TOP;
        let section = top.key("Parameters");
        parameter.check(name, &raw).map_err(|sentence| TemplateError::at(&section.key(name), sentence))?;
        values.insert(name.clone(), raw);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn check(declaration: &Value, given: Option<&str>, expected: &Expect) {
        let answer = Parameter::read(declaration, &Path::TOP.key("P")).and_then(|parameter| {
            let given = given.map(|raw| ("P".to_owned(), raw.to_owned())).into_iter().collect();
            let declared = BTreeMap::from([("P".to_owned(), parameter)]);
            let values = resolve(&declared, &given)?;
            Ok(declared["P"].value(&values["P"]).to_string())
        });
        expected.assert_eq(&answer.unwrap_or_else(|error| error.to_string()));
    }

    #[test]
    fn values_and_defaults() {
        check(&json!({"Type": "String", "Default": 5}), None, &expect![[r#""5""#]]);
        check(&json!({"Type": "Number"}), Some("7"), &expect![[r#""7""#]]);
        check(&json!({"Type": "CommaDelimitedList"}), Some("a, b"), &expect![[r#"["a","b"]"#]]);
        check(&json!({"Type": "List<Number>", "Default": ""}), Some("1,2"), &expect![[r#"["1","2"]"#]]);
        check(&json!({"Type": "AWS::EC2::VPC::Id"}), Some("vpc-1"), &expect![[r#""vpc-1""#]]);
        let version = json!({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"});
        check(&version, None, &expect![[r#""30""#]]);
        // K8: a value is never read as a template.
        check(&json!({"Type": "String"}), Some("${AWS::AccountId}"), &expect![[r#""${AWS::AccountId}""#]]);
    }

    #[test]
    fn refusals() {
        check(&json!({"Type": "String"}), None, &expect!["Parameters: [P] must have values"]);
        check(
            &json!({"Type": "AWS::SSM::Parameter::Value<String>"}),
            None,
            &expect!["Parameter P should either have input value or default value"],
        );
        check(
            &json!({"Type": "String", "AllowedValues": ["a"]}),
            Some("b"),
            &expect!["Parameter 'P' must be one of AllowedValues (/Parameters/P)"],
        );
        check(
            &json!({"Type": "String", "AllowedPattern": "[a-z]+"}),
            Some("ab1"),
            &expect!["Parameter 'P' must match pattern [a-z]+ (/Parameters/P)"],
        );
        check(
            &json!({"Type": "String", "MinLength": "3"}),
            Some("ab"),
            &expect!["Parameter 'P' must contain at least 3 characters (/Parameters/P)"],
        );
        check(
            &json!({"Type": "String", "MaxLength": 1}),
            Some("ab"),
            &expect!["Parameter 'P' must contain at most 1 characters (/Parameters/P)"],
        );
        check(
            &json!({"Type": "Number", "MinValue": 3}),
            Some("2"),
            &expect!["Parameter 'P' must be a number not less than 3 (/Parameters/P)"],
        );
        check(
            &json!({"Type": "Number"}),
            Some("x"),
            &expect!["Parameter 'P' must be a number. (/Parameters/P)"],
        );
        check(
            &json!({"Type": "Number", "MaxValue": 3, "ConstraintDescription": "at most three"}),
            Some("4"),
            &expect!["Parameter P failed to satisfy constraint: at most three (/Parameters/P)"],
        );
        check(
            &json!({"Type": "Nope"}),
            Some("4"),
            &expect!["Template format error: Unrecognized parameter type: Nope (/P)"],
        );
        check(
            &json!({"Type": "AWS::SSM::Parameter::Value<List<String>>"}),
            Some("4"),
            &expect![
                "Template format error: parameter type AWS::SSM::Parameter::Value<List<String>> is not supported by this cloud: it has no Parameter Store. Use a String and pass the value itself. (/P)"
            ],
        );
        check(
            &json!({"Type": "AWS::SSM::Parameter::Value<String>"}),
            Some("/my/name"),
            &expect![
                "Unable to fetch parameters [/my/name] from parameter store for this account. (/Parameters/P)"
            ],
        );
        check(
            &json!({}),
            None,
            &expect!["Template format error: Every Parameters object must contain a Type member. [/P] (/P)"],
        );
    }

    #[test]
    fn unknown_parameters_are_named() {
        let given = BTreeMap::from([("X".to_owned(), "1".to_owned()), ("Y".to_owned(), "1".to_owned())]);
        let error = resolve(&BTreeMap::new(), &given).unwrap_err();
        assert_eq!(error.to_string(), "Parameters: [X, Y] do not exist in the template");
    }
}
