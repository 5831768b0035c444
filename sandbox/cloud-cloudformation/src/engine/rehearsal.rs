//! A template evaluated before all of it is made: what some of its resources will be called and answer is not known, all
//! else is.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::Value;

use super::scope::StackScope;
use crate::template::{Budget, Result, Scope};

/// The scope of a stack in which the values of some resources are not known.
pub(super) struct Rehearsal<'a> {
    known: StackScope<'a>,
    unknown: BTreeSet<&'a str>,
    /// The text in place of what is not known.
    placeholder: &'static str,
    /// Whether an unknown value was asked for since that was last asked.
    guessed: Cell<bool>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(
        known: StackScope<'a>,
        unknown: impl Iterator<Item = &'a String>,
        placeholder: &'static str,
    ) -> Self {
        let unknown = unknown.map(String::as_str).collect();
        Self { known, unknown, placeholder, guessed: Cell::new(false) }
    }

    /// Whether an answer counts: a mistake that may come from a guessed value is left to the deployment.
    pub(super) fn judge(&self, answer: Result<()>) -> Result<()> {
        let guessed = self.has_guessed();
        match answer {
            Err(error) if !guessed || Budget::is_exhausted(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether an unknown value was asked for since this was last asked.
    pub(super) fn has_guessed(&self) -> bool {
        self.guessed.replace(false)
    }

    /// Whether what a resource is called and answers is not known.
    pub(super) fn is_unknown(&self, name: &str) -> bool {
        self.unknown.contains(name)
    }

    fn guess(&self) -> Cow<'_, Value> {
        self.guessed.set(true);
        Cow::Owned(Value::from(self.placeholder))
    }
}

impl Scope for Rehearsal<'_> {
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>> {
        if self.is_unknown(name) { Some(self.guess()) } else { self.known.reference(name) }
    }

    fn attribute(&self, resource: &str, attribute: &str) -> std::result::Result<Cow<'_, Value>, String> {
        if self.is_unknown(resource) { Ok(self.guess()) } else { self.known.attribute(resource, attribute) }
    }

    fn condition(&self, name: &str) -> Option<bool> {
        self.known.condition(name)
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>> {
        self.known.mapping(map, top, second)
    }

    // AWS: a name that nobody exports fails the deployment, not the request.
    fn import(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.known.import(name).or_else(|| Some(self.guess()))
    }

    fn zones(&self, region: &str) -> Vec<String> {
        self.known.zones(region)
    }

    fn budget(&self) -> &Budget {
        self.known.budget()
    }
}
