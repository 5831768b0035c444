//! A template evaluated before anything of it is made: what its resources will be called and answer is not known, all
//! else is.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::Value;

use super::facts::Plan;
use super::scope::StackScope;
use crate::template::{Budget, Result, Scope};

/// The scope of a stack without resources, in which unknown values are empty texts.
pub(super) struct Rehearsal<'a> {
    plan: &'a Plan,
    known: StackScope<'a>,
    /// Whether an unknown value was asked for since the last judgement.
    guessed: Cell<bool>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(plan: &'a Plan, known: StackScope<'a>) -> Self {
        Self { plan, known, guessed: Cell::new(false) }
    }

    /// Whether an answer counts: a mistake that may come from a guessed value is left to the deployment.
    pub(super) fn judge(&self, answer: Result<()>) -> Result<()> {
        let guessed = self.guessed.replace(false);
        match answer {
            Err(error) if !guessed || Budget::is_exhausted(&error) => Err(error),
            _ => Ok(()),
        }
    }

    fn unknown(&self) -> Cow<'_, Value> {
        self.guessed.set(true);
        Cow::Owned(Value::from(""))
    }
}

impl Scope for Rehearsal<'_> {
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>> {
        let known = self.known.reference(name);
        known.or_else(|| self.plan.template.resources.contains_key(name).then(|| self.unknown()))
    }

    fn attribute(&self, _: &str, _: &str) -> std::result::Result<Cow<'_, Value>, String> {
        Ok(self.unknown())
    }

    fn condition(&self, name: &str) -> Option<bool> {
        self.known.condition(name)
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>> {
        self.known.mapping(map, top, second)
    }

    // AWS: a name that nobody exports fails the deployment, not the request.
    fn import(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.known.import(name).or_else(|| Some(self.unknown()))
    }

    fn zones(&self, region: &str) -> Vec<String> {
        self.known.zones(region)
    }

    fn budget(&self) -> &Budget {
        self.known.budget()
    }
}
