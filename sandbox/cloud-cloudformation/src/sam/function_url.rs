//! `FunctionUrlConfig`: a function's own address, and the permissions that make it public where nobody has to sign.

use serde_json::Value;

use super::events::Callee;
use super::resource::{Made, Plain, Properties, is_intrinsic, is_set, reference};
use super::{Cause, Outcome};

/// What of cross-origin settings there is, and what each must be.
const CORS: &[(&str, &str)] = &[
    ("AllowOrigins", "list"),
    ("AllowMethods", "list"),
    ("AllowCredentials", "bool"),
    ("AllowHeaders", "list"),
    ("ExposeHeaders", "list"),
    ("MaxAge", "int"),
];

/// The address, if the function has one.
pub(super) fn transform(
    properties: &Properties<'_>,
    source: &Value,
    callee: &Callee<'_>,
) -> Outcome<Vec<Made>> {
    let Some(config) = properties.set("FunctionUrlConfig") else { return Ok(Vec::new()) };
    let function = is_intrinsic(config);
    if !function {
        check_auth(properties.id, config)?;
        check_cors(properties.id, config)?;
    }
    let url = Plain::passing("AWS::Lambda::Url", source)
        .with("TargetFunctionArn", reference(&callee.id))
        .copy_as("AuthType", config.get("AuthType"))
        .copy_as("Cors", config.get("Cors").filter(|cors| is_set(cors)))
        .copy_as("InvokeMode", config.get("InvokeMode").filter(|mode| !mode.is_null()))
        .build();
    let mut made = vec![(format!("{}Url", properties.id), url)];
    if !function && config.get("AuthType").is_some_and(|auth| auth == "NONE") {
        made.extend(public(properties.id, source, callee));
    }
    Ok(made)
}

fn public(id: &str, source: &Value, callee: &Callee<'_>) -> [Made; 2] {
    let public = |action: &str| {
        Plain::passing("AWS::Lambda::Permission", source)
            .with("Action", action)
            .with("FunctionName", reference(&callee.id))
            .with("Principal", "*")
    };
    let call = public("lambda:InvokeFunctionUrl").with("FunctionUrlAuthType", "NONE").build();
    let invoke = public("lambda:InvokeFunction").with("InvokedViaFunctionUrl", true).build();
    [(format!("{id}UrlPublicPermissions"), call), (format!("{id}URLInvokeAllowPublicAccess"), invoke)]
}

fn check_auth(id: &str, config: &Value) -> Outcome<()> {
    let auth = config.get("AuthType").filter(|auth| is_set(auth));
    if auth.is_some_and(|auth| is_intrinsic(auth) || auth == "AWS_IAM" || auth == "NONE") {
        return Ok(());
    }
    let reason = "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.";
    Err(Cause::resource(id, reason))
}

fn check_cors(id: &str, config: &Value) -> Outcome<()> {
    let wrong = |reason: String| Err(Cause::resource(id, reason));
    let Some(cors) = config.get("Cors").filter(|cors| is_set(cors) && !is_intrinsic(cors)) else {
        return Ok(());
    };
    let Some(cors) = cors.as_object() else {
        return wrong("Property 'FunctionUrlConfig.Cors' should be a map.".to_owned());
    };
    for (name, value) in cors {
        let Some((_, kind)) = CORS.iter().find(|(known, _)| known == name) else {
            return wrong(format!("{name} is not a valid property for configuring Cors."));
        };
        let fits = match *kind {
            "list" => value.is_array(),
            "bool" => value.is_boolean(),
            _ => value.is_i64() || value.is_u64() || value.is_boolean(),
        };
        if !fits && !is_intrinsic(value) {
            return wrong(format!("{name} must be of type {kind}."));
        }
    }
    Ok(())
}
