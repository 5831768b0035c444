//! `Rules`: what must hold of the parameters before anything is made.

use serde_json::Value;

use super::evaluate::scalar;
use super::{Path, Result, Scope, Template, TemplateError, evaluate};

/// Checks the assertions of every rule whose condition holds.
pub fn check(template: &Template, scope: &dyn Scope) -> Result<()> {
    let top = Path::TOP;
    let section = top.key("Rules");
    for (name, rule) in &template.rules {
        let path = section.key(name);
        let applies = match rule.get("RuleCondition") {
            Some(condition) => holds(condition, &path.key("RuleCondition"), scope)?,
            None => true,
        };
        let assertions = rule.get("Assertions").and_then(Value::as_array);
        let assertions = assertions
            .ok_or_else(|| wrong(&path, "Every Rules member must contain a list of Assertions."))?;
        for (index, assertion) in assertions.iter().enumerate().filter(|_| applies) {
            let list = path.key("Assertions");
            let place = list.index(index);
            let assert = assertion
                .get("Assert")
                .ok_or_else(|| wrong(&place, "Every assertion must contain an Assert."))?;
            if !holds(assert, &place.key("Assert"), scope)? {
                let words = assertion.get("AssertDescription").and_then(Value::as_str);
                let words = words.unwrap_or("an assertion does not hold");
                let message = format!("Template validation error: Rule {name} failed: {words}");
                return Err(TemplateError::at(&place, message));
            }
        }
    }
    Ok(())
}

fn wrong(path: &Path<'_>, reason: &str) -> TemplateError {
    TemplateError::at(path, format!("Template format error: {reason}"))
}

/// Whether a function of rules holds.
// LIMIT: Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll ask for existing resources of an account and are refused.
fn holds(value: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<bool> {
    let member =
        value.as_object().filter(|members| members.len() == 1).and_then(|members| members.iter().next());
    let Some((name, argument)) = member else {
        return Err(wrong(path, "Rules are made of functions that hold or do not."));
    };
    let path = path.key(name);
    let items = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    let each = || items.iter().enumerate().map(|(index, item)| holds(item, &path.index(index), scope));
    match (name.as_str(), items) {
        ("Fn::Not", [one]) => Ok(!holds(one, &path.index(0), scope)?),
        ("Fn::And", [_, _, ..]) => each().try_fold(true, |all, one| Ok(one? && all)),
        ("Fn::Or", [_, _, ..]) => each().try_fold(false, |any, one| Ok(one? || any)),
        ("Fn::Equals", [left, right]) => {
            Ok(texts(left, &path.index(0), scope)? == texts(right, &path.index(1), scope)?)
        }
        ("Fn::Contains" | "Fn::EachMemberIn", [first, second]) => {
            let (first, second) =
                (texts(first, &path.index(0), scope)?, texts(second, &path.index(1), scope)?);
            let (all, of) = if name == "Fn::Contains" { (second, first) } else { (first, second) };
            Ok(all.iter().all(|text| of.contains(text)))
        }
        ("Fn::EachMemberEquals", [list, value]) => {
            let value = texts(value, &path.index(1), scope)?;
            Ok(texts(list, &path.index(0), scope)?.iter().all(|text| value.first() == Some(text)))
        }
        _ => Err(wrong(
            &path,
            &format!("{name} is no function of rules that this cloud knows, or has other arguments."),
        )),
    }
}

/// A text, or several.
fn texts(value: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Vec<String>> {
    let value = evaluate(value, path, scope)?.unwrap_or_default();
    let text = |value: &Value| scalar(value).map(std::borrow::Cow::into_owned);
    let texts: Option<Vec<String>> = match &value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => text(one).map(|text| vec![text]),
    };
    texts.ok_or_else(|| wrong(path, "Rules compare texts and lists of texts."))
}
