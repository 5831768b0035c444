//! Triggers of a user pool of the same template.

use serde_json::{Value, json};

use crate::sam::properties::Kind::{ListOf, OneOf, Text};
use crate::sam::properties::{self, Field, must, passed};
use crate::sam::python::shown;
use crate::sam::resource::{Made, Plain, Properties, get_att, type_name};
use crate::sam::role::Role;
use crate::sam::{Cause, Outcome, Work};

use super::Event;

pub(super) const FIELDS: &[Field] =
    &[must("UserPool", Text), must("Trigger", OneOf(&[Text, ListOf(&Text)])).literal()];

/// What a pool that is changed may have.
// AWS: the transform knows these.
const POOL: &[Field] = &[
    passed("AccountRecoverySetting"),
    passed("AdminCreateUserConfig"),
    passed("AliasAttributes"),
    passed("AutoVerifiedAttributes"),
    passed("DeletionProtection"),
    passed("DeviceConfiguration"),
    passed("EmailAuthenticationMessage"),
    passed("EmailAuthenticationSubject"),
    passed("EmailConfiguration"),
    passed("EmailVerificationMessage"),
    passed("EmailVerificationSubject"),
    passed("EnabledMfas"),
    passed("LambdaConfig"),
    passed("MfaConfiguration"),
    passed("Policies"),
    passed("Schema"),
    passed("SmsAuthenticationMessage"),
    passed("SmsConfiguration"),
    passed("SmsVerificationMessage"),
    passed("UserAttributeUpdateSettings"),
    passed("UserPoolAddOns"),
    passed("UserPoolName"),
    passed("UserPoolTags"),
    passed("UserPoolTier"),
    passed("UsernameAttributes"),
    passed("UsernameConfiguration"),
    passed("VerificationMessageTemplate"),
    passed("WebAuthnRelyingPartyID"),
    passed("WebAuthnUserVerification"),
];

/// Whether the pool is in the template; where not, what is wrong, and where if that is not the event's name.
pub(super) fn linked<'a>(
    work: &Work<'_>,
    properties: &Properties<'a>,
) -> Result<(), (Option<&'a str>, &'static str)> {
    match properties.get("UserPool").and_then(|pool| pool.get("Ref")) {
        // AWS: this one is reported under the logical id.
        Some(id) if !id.is_string() => Err((Some(properties.id), "Ref in Userpool is not a string.")),
        Some(id) if work.resource(id.as_str().unwrap_or_default()).is_some() => Ok(()),
        _ => Err((None, "Cognito events must reference a Cognito UserPool in the same template.")),
    }
}

/// The permission, and the triggers in the pool.
pub(super) fn make(work: &mut Work<'_>, event: &Event<'_>, _: &mut Role) -> Outcome<Vec<Made>> {
    let pool = event.properties.get("UserPool").and_then(|pool| pool.get("Ref")).and_then(Value::as_str);
    let pool_id = pool.unwrap_or_default();
    let permission =
        event.callee.permission("cognito-idp.amazonaws.com").with("SourceArn", get_att(pool_id, "Arn"));
    let pool = work.resource_mut(pool_id).ok_or_else(|| event.wrong("The user pool is not there."))?;
    set_triggers(event, pool_id, pool)?;
    let pool = changed(pool_id, pool, "AWS::Cognito::UserPool", POOL)?;
    // AWS: the permission is named by what is called, not by the event.
    let permission_id = format!("{}CognitoPermission", event.callee.id);
    Ok(vec![(permission_id, permission.build()), (pool_id.to_owned(), pool)])
}

fn set_triggers(event: &Event<'_>, pool_id: &str, pool: &mut Value) -> Outcome<()> {
    let trigger = event.properties.get("Trigger").unwrap_or(&Value::Null);
    let triggers = match trigger {
        Value::Array(triggers) => triggers.clone(),
        one => vec![one.clone()],
    };
    if pool.get("Properties").is_none_or(Value::is_null) {
        pool["Properties"] = json!({});
    }
    let config = &mut pool["Properties"]["LambdaConfig"];
    if config.is_null() {
        *config = json!({});
    }
    let Some(config) = config.as_object_mut() else {
        return Err(Cause::resource(pool_id, "Property 'LambdaConfig' should be a map."));
    };
    for name in triggers.iter().filter_map(Value::as_str) {
        if config.contains_key(name) {
            let reason = format!("Cognito trigger \"{}\" defined multiple times.", shown(trigger));
            return Err(event.wrong(reason));
        }
        config.insert(name.to_owned(), event.callee.arn());
    }
    Ok(())
}

/// A resource of the template that an event has changed, checked as AWS's transform does.
pub(super) fn changed(
    id: &str,
    resource: &Value,
    expected: &'static str,
    fields: &[Field],
) -> Outcome<Value> {
    let given = type_name(resource);
    if given != expected {
        let reason = format!("Resource has incorrect Type; expected '{expected}', got '{given}'");
        return Err(Cause::resource(id, reason));
    }
    properties::check(&Properties::of(id, resource), expected, fields)?;
    let mut plain = Plain::replacing(expected, resource);
    let members = resource.get("Properties").and_then(Value::as_object).into_iter().flatten();
    for (name, value) in members.filter(|(_, value)| !value.is_null()) {
        plain = plain.with(name, value.clone());
    }
    Ok(plain.build())
}
