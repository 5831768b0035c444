//! What the authorizers of both kinds of API have in common: a name, what the template says of it, and a place in a list.

use serde_json::{Map, Value, json};

use super::resource::is_set;
use super::{Outcome, expect};

/// An authorizer as a template gives it.
pub(super) struct Given<'a> {
    /// The API's logical id.
    pub(super) api: &'a str,
    pub(super) name: &'a str,
    /// None of the one that every API may have without describing it.
    members: Option<&'a Map<String, Value>>,
}

impl<'a> Given<'a> {
    /// One that needs no description.
    pub(super) fn plain(api: &'a str, name: &'a str) -> Self {
        Self { api, name, members: None }
    }

    /// One of the property `Authorizers`.
    pub(super) fn of(api: &'a str, name: &'a str, given: &'a Value) -> Outcome<Self> {
        let members = expect::map(api, &format!("Auth.Authorizers.{name}"), given)?;
        Ok(Self { api, name, members: Some(members) })
    }

    /// Whether the template says nothing of it.
    pub(super) fn is_plain(&self) -> bool {
        self.members.is_none()
    }

    /// Whether a property is there, be it null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.is_some_and(|members| members.contains_key(name))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members?.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn set(&self, name: &str) -> Option<&'a Value> {
        self.get(name).filter(|value| is_set(value))
    }

    /// The scopes that it asks for where a method does not say.
    pub(super) fn scopes(&self) -> Value {
        self.get("AuthorizationScopes").cloned().unwrap_or_else(|| json!([]))
    }
}

/// An API's authorizers: those it has anyway, and those that it lists, of which the last of a name counts.
pub(super) fn listed<'a, A>(
    api: &'a str,
    auth: &'a Value,
    mut known: Vec<A>,
    read: impl Fn(Given<'a>) -> Outcome<A>,
    name: impl Fn(&A) -> &'a str,
) -> Outcome<Vec<A>> {
    let Some(given) = auth.get("Authorizers").filter(|given| is_set(given)) else { return Ok(known) };
    for (own, given) in expect::map(api, "Auth.Authorizers", given)? {
        let authorizer = read(Given::of(api, own, given)?)?;
        known.retain(|known| name(known) != own);
        known.push(authorizer);
    }
    Ok(known)
}
