//! Conditions: whether they hold, which depends on parameters and mappings alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::graph::Graph;
use super::references::{self, Reference};
use super::{Budget, Path, Result, Scope, Template, TemplateError, evaluate};

/// Checks that conditions refer only to what they may: parameters, mappings and each other without a cycle.
pub(super) fn check(template: &Template) -> Result<()> {
    let top = Path::TOP;
    let section = top.key("Conditions");
    for (name, value) in &template.conditions {
        let path = section.key(name);
        references::visit(value, &path, &mut |reference, path| match reference {
            Reference::Name(name) if template.resources.contains_key(name) => {
                Err(TemplateError::at(path, forbidden()))
            }
            Reference::Attribute(..) | Reference::Import => Err(TemplateError::at(path, forbidden())),
            _ => Ok(()),
        })?;
    }
    order(template).map(|_| ())
}

fn forbidden() -> &'static str {
    "Template error: Cannot reference resources in the Conditions block of the template"
}

/// The conditions, each after those it is made of.
fn order(template: &Template) -> Result<Vec<String>> {
    let needs = template.conditions.iter().map(|(name, value)| (name.clone(), used(value))).collect();
    Graph::from_needs(needs).order().map_err(|error| {
        let message = error.message().replace("between resources", "between conditions");
        TemplateError::at(&Path::TOP.key("Conditions"), message)
    })
}

fn used(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // The form was checked before; a mistake in it is reported there.
    let _ = references::visit(value, &Path::TOP, &mut |reference, _| {
        if let Reference::Condition(name) = reference {
            names.insert(name.to_owned());
        }
        Ok(())
    });
    names
}

/// Which conditions hold. The scope answers for everything but conditions.
pub fn evaluate_all(template: &Template, scope: &dyn Scope) -> Result<BTreeMap<String, bool>> {
    let top = Path::TOP;
    let section = top.key("Conditions");
    let mut known = BTreeMap::new();
    for name in order(template)? {
        let Some(value) = template.conditions.get(&name) else { continue };
        let path = section.key(&name);
        let answer = evaluate(value, &path, &Known { known: &known, scope })?;
        let Some(Value::Bool(holds)) = answer else {
            let message = "Template format error: Conditions can only be boolean operations on parameters and other conditions";
            return Err(TemplateError::at(&path, message));
        };
        known.insert(name, holds);
    }
    Ok(known)
}

/// A scope that knows the conditions so far.
struct Known<'a> {
    known: &'a BTreeMap<String, bool>,
    scope: &'a dyn Scope,
}

impl Scope for Known<'_> {
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.scope.reference(name)
    }

    fn attribute(&self, resource: &str, attribute: &str) -> std::result::Result<Cow<'_, Value>, String> {
        self.scope.attribute(resource, attribute)
    }

    fn condition(&self, name: &str) -> Option<bool> {
        self.known.get(name).copied()
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>> {
        self.scope.mapping(map, top, second)
    }

    fn import(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.scope.import(name)
    }

    fn zones(&self, region: &str) -> Vec<String> {
        self.scope.zones(region)
    }

    fn budget(&self) -> &Budget {
        self.scope.budget()
    }
}
