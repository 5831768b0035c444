//! What must be right in a template before anything is made: its sections, its limits, every name in it.

use serde_json::Value;

use super::functions::{unresolved, unresolved_condition};
use super::graph::Graph;
use super::model::IDLE;
use super::references::{self, Reference};
use super::{Path, Result, Template, TemplateError};
use crate::quotas;

/// The sections that a template may have.
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// The members that a resource may have.
const RESOURCE_MEMBERS: &[&str] = &[
    "Type",
    "Properties",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "UpdatePolicy",
    "CreationPolicy",
    "Metadata",
];

/// What `Ref` answers in every template.
pub(super) const PSEUDO_PARAMETERS: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// The template's sections: known, within limits, with at least one resource.
pub(super) fn sections(value: &Value) -> Result<()> {
    let members = value
        .as_object()
        .ok_or_else(|| TemplateError::new("Template format error: unsupported structure."))?;
    let unknown: Vec<&str> =
        members.keys().map(String::as_str).filter(|name| !SECTIONS.contains(name)).collect();
    if let Some(first) = unknown.first() {
        let message = format!("Invalid template property or properties [{}]", unknown.join(", "));
        return Err(TemplateError::at(&Path::TOP.key(first), message));
    }
    version(value)?;
    for (section, noun, limit) in quotas::SECTIONS {
        let count = value.get(section).and_then(Value::as_object).map_or(0, serde_json::Map::len);
        if count > limit {
            let message = format!(
                "Template format error: Number of {noun}, {count}, is greater than maximum allowed, {limit}"
            );
            return Err(TemplateError::at(&Path::TOP.key(section), message));
        }
    }
    if value.get("Resources").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty) {
        let message = "Template format error: At least one Resources member must be defined.";
        return Err(TemplateError::new(message));
    }
    Ok(())
}

fn version(value: &Value) -> Result<()> {
    match value.get("AWSTemplateFormatVersion") {
        None => Ok(()),
        Some(Value::String(version)) if version == "2010-09-09" => Ok(()),
        Some(_) => {
            let message = "Template format error: Unsupported template version. Use 2010-09-09.";
            Err(TemplateError::at(&Path::TOP.key("AWSTemplateFormatVersion"), message))
        }
    }
}

/// A resource's members, and that nothing in it is null.
pub(super) fn resource_members(value: &Value, path: &Path<'_>) -> Result<()> {
    let Value::Object(members) = value else {
        let message = format!("Template format error: [{path}] Every Resources member must be an object.");
        return Err(TemplateError::at(path, message));
    };
    if let Some(unknown) = members.keys().find(|name| !RESOURCE_MEMBERS.contains(&name.as_str())) {
        let message = format!("Invalid template resource property '{unknown}'");
        return Err(TemplateError::at(&path.key(unknown), message));
    }
    for attribute in IDLE {
        if members.get(attribute).is_some_and(|policy| !policy.is_object()) {
            let message = format!("Template format error: {attribute} must be an object");
            return Err(TemplateError::at(&path.key(attribute), message));
        }
    }
    match members.get("Properties") {
        None => Ok(()),
        Some(properties @ Value::Object(_)) => no_null(properties, &path.key("Properties")),
        Some(_) => {
            let message = "Template format error: Properties must be an object";
            Err(TemplateError::at(&path.key("Properties"), message))
        }
    }
}

fn no_null(value: &Value, path: &Path<'_>) -> Result<()> {
    match value {
        // AWS: "[/Resources/X/Properties/Y] 'null' values are not allowed in templates".
        Value::Null => {
            let message =
                format!("Template format error: [{path}] 'null' values are not allowed in templates");
            Err(TemplateError::at(path, message))
        }
        // LIMIT: there is neither a Parameter Store nor a Secrets Manager to resolve from.
        Value::String(text) if text.contains("{{resolve:") => {
            let message =
                "Template error: dynamic references ({{resolve:…}}) are not supported by this cloud";
            Err(TemplateError::at(path, message))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| no_null(item, &path.index(index)))
        }
        Value::Object(members) => {
            members.iter().try_for_each(|(name, value)| no_null(value, &path.key(name)))
        }
        _ => Ok(()),
    }
}

/// Every name in the template: well formed, and known where it is used.
pub(super) fn check(template: &Template) -> Result<()> {
    names(template)?;
    resources(template)?;
    outputs(template)?;
    let top = Path::TOP;
    let conditions = top.key("Conditions");
    for (name, value) in &template.conditions {
        refers(template, value, &conditions.key(name))?;
    }
    Graph::of(template).order().map(|_| ())
}

fn names(template: &Template) -> Result<()> {
    let top = Path::TOP;
    let all = [
        ("Resources", template.resources.keys().collect::<Vec<_>>()),
        ("Parameters", template.parameters.keys().collect()),
        ("Outputs", template.outputs.keys().collect()),
    ];
    for (section, keys) in all {
        for key in keys {
            if key.is_empty()
                || key.len() > quotas::LOGICAL_NAME
                || !key.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                let noun = section.trim_end_matches('s');
                let message = format!(
                    "Template format error: {noun} name {} is non alphanumeric.",
                    key.chars().take(80).collect::<String>().escape_debug()
                );
                return Err(TemplateError::at(&top.key(section).key(key), message));
            }
        }
    }
    Ok(())
}

fn resources(template: &Template) -> Result<()> {
    let top = Path::TOP;
    let section = top.key("Resources");
    for (name, resource) in &template.resources {
        let path = section.key(name);
        has_condition(template, resource.condition.as_deref(), &path)?;
        for needed in &resource.depends_on {
            if !template.resources.contains_key(needed) {
                return Err(unresolved(needed, &path.key("DependsOn")));
            }
        }
        refers(template, &resource.properties, &path.key("Properties"))?;
    }
    Ok(())
}

fn outputs(template: &Template) -> Result<()> {
    let top = Path::TOP;
    let section = top.key("Outputs");
    for (name, output) in &template.outputs {
        let path = section.key(name);
        has_condition(template, output.condition.as_deref(), &path)?;
        refers(template, &output.value, &path.key("Value"))?;
        if let Some(export) = &output.export {
            refers(template, export, &path.key("Export").key("Name"))?;
        }
    }
    Ok(())
}

fn has_condition(template: &Template, condition: Option<&str>, path: &Path<'_>) -> Result<()> {
    match condition {
        Some(name) if !template.conditions.contains_key(name) => {
            let message = format!("Template format error: Condition {name} is not defined.");
            Err(TemplateError::at(&path.key("Condition"), message))
        }
        _ => Ok(()),
    }
}

fn refers(template: &Template, value: &Value, path: &Path<'_>) -> Result<()> {
    references::visit(value, path, &mut |reference, path| match reference {
        Reference::Name(name) if !is_known(template, name) => Err(unresolved(name, path)),
        Reference::Attribute(name, _) if !template.resources.contains_key(name) => {
            let message =
                format!("Template error: instance of Fn::GetAtt references undefined resource {name}");
            Err(TemplateError::at(path, message))
        }
        // `Condition` in a resource's own property is data unless it names a condition by the intrinsic's form.
        Reference::Condition(name) if !template.conditions.contains_key(name) => {
            Err(unresolved_condition(path, name, "Fn::If"))
        }
        Reference::Mapping(name) if !template.mappings.contains_key(name) => {
            let message = format!(
                "Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
            );
            Err(TemplateError::at(path, message))
        }
        _ => Ok(()),
    })
}

fn is_known(template: &Template, name: &str) -> bool {
    template.resources.contains_key(name)
        || template.parameters.contains_key(name)
        || PSEUDO_PARAMETERS.contains(&name)
}
