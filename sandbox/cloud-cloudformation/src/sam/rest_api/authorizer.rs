//! One authorizer of a REST API: by a user pool, by a function that sees a token or the request, or by AWS's signature.

use serde_json::{Value, json};

use crate::sam::authorizers::Given;
use crate::sam::resource::is_set;
use crate::sam::{Cause, Outcome, expect, python};

/// The authorizer that checks AWS's signature.
pub(in crate::sam) const IAM: &str = "AWS_IAM";
/// How a definition says what else an authorizer does.
const EXTENSION: &str = "x-amazon-apigateway-authorizer";

/// An authorizer of checked properties.
pub(super) struct Authorizer<'a> {
    pub(super) given: Given<'a>,
}

/// How a definition describes the check of AWS's signature.
pub(in crate::sam) fn iam_definition() -> Value {
    json!({
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    })
}

impl<'a> Authorizer<'a> {
    /// The one that checks AWS's signature.
    pub(super) fn iam(api: &'a str) -> Self {
        Self { given: Given::plain(api, IAM) }
    }

    /// One of the property `Authorizers`.
    pub(super) fn of(given: Given<'a>) -> Outcome<Self> {
        let authorizer = Self { given };
        authorizer.check()?;
        Ok(authorizer)
    }

    fn check(&self) -> Outcome<()> {
        let (api, name) = (self.given.api, self.given.name);
        if let Some(kind) =
            self.given.get("FunctionPayloadType").filter(|kind| *kind != "TOKEN" && *kind != "REQUEST")
        {
            let shown = python::shown(kind);
            let reason = format!("{name} Authorizer has invalid 'FunctionPayloadType': {shown}.");
            return Err(Cause::resource(api, reason));
        }
        if self.sees_request() && self.lacks_identity()? {
            let reason = format!(
                "{name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context."
            );
            return Err(Cause::resource(api, reason));
        }
        if let Some(scopes) = self.given.get("AuthorizationScopes") {
            expect::list(api, &format!("Authorizers.{name}.AuthorizationScopes"), scopes)?;
        }
        if let Some(disabled) = self.given.get("DisableFunctionDefaultPermissions") {
            expect::truth(api, &format!("Authorizers.{name}.DisableFunctionDefaultPermissions"), disabled)?;
        }
        Ok(())
    }

    fn sees_request(&self) -> bool {
        self.given.get("FunctionPayloadType").is_some_and(|kind| kind == "REQUEST")
    }

    /// Whether nothing says what of a request the answer is kept for; where nothing is kept, nothing has to.
    fn lacks_identity(&self) -> Outcome<bool> {
        let Some(identity) = self.given.set("Identity") else { return Ok(true) };
        let identity =
            expect::map(self.given.api, &format!("Authorizer.{}.Identity", self.given.name), identity)?;
        let kept = match identity.get("ReauthorizeEvery") {
            Some(Value::Number(seconds)) => seconds.as_f64().is_none_or(|seconds| seconds >= 1.0),
            Some(Value::String(text)) => text.trim().parse::<i64>().map_or(true, |seconds| seconds > 0),
            Some(Value::Bool(kept)) => *kept,
            _ => true,
        };
        Ok(kept && !SOURCES.iter().any(|(name, _)| identity.get(*name).is_some_and(is_set)))
    }

    /// The function that has to be permitted to be called.
    pub(super) fn permitted_function(&self) -> Option<&'a Value> {
        self.given
            .set("FunctionArn")
            .filter(|_| self.given.set("DisableFunctionDefaultPermissions").is_none())
    }

    /// How the definition describes it.
    pub(super) fn definition(&self) -> Outcome<Value> {
        if self.given.is_plain() {
            return Ok(iam_definition());
        }
        let pools = self.given.set("UserPoolArn");
        let by_function = pools.is_none();
        let request = by_function && self.sees_request();
        let header = if request { json!("Unused") } else { self.header()? };
        let mut extension = match pools {
            Some(pools) => {
                let pools = if pools.is_array() { pools.clone() } else { json!([pools]) };
                json!({ "type": "cognito_user_pools", "providerARNs": pools })
            }
            None => self.function_extension()?,
        };
        let identity = self.given.set("Identity");
        if let (Some(expression), false) = (identity.and_then(|all| all.get("ValidationExpression")), request)
            && is_set(expression)
        {
            extension["identityValidationExpression"] = expression.clone();
        }
        Ok(json!({
            "type": "apiKey",
            "name": header,
            "in": "header",
            "x-amazon-apigateway-authtype": if by_function { "custom" } else { "cognito_user_pools" },
            EXTENSION: extension,
        }))
    }

    fn header(&self) -> Outcome<Value> {
        let Some(identity) = self.given.set("Identity") else { return Ok(json!("Authorization")) };
        if !identity.is_object() {
            let reason = "Auth.Authorizers.<Authorizer>.Identity must be a dict (LambdaTokenAuthorizationIdentity, LambdaRequestAuthorizationIdentity or CognitoAuthorizationIdentity).";
            return Err(Cause::resource(self.given.api, reason));
        }
        let header = identity.get("Header").filter(|header| is_set(header));
        Ok(header.cloned().unwrap_or_else(|| json!("Authorization")))
    }

    fn function_extension(&self) -> Outcome<Value> {
        let kind = if self.sees_request() { "request" } else { "token" };
        let mut extension = json!({
            "type": kind,
            "authorizerUri": authorizer_uri(self.given.get("FunctionArn")),
        });
        let identity = self.given.set("Identity");
        let kept = identity.and_then(|identity| identity.get("ReauthorizeEvery"));
        if let Some(seconds) = kept.filter(|seconds| !seconds.is_null()) {
            extension["authorizerResultTtlInSeconds"] = seconds.clone();
        }
        if let Some(role) = self.given.set("FunctionInvokeRole").filter(|role| *role != "NONE") {
            extension["authorizerCredentials"] = role.clone();
        }
        if let (true, Some(identity)) = (self.sees_request(), identity) {
            let sources = self.identity_sources(identity)?;
            if !sources.is_empty() {
                extension["identitySource"] = json!(sources.join(", "));
            }
        }
        Ok(extension)
    }

    fn identity_sources(&self, identity: &Value) -> Outcome<Vec<String>> {
        let mut sources = Vec::new();
        for (name, prefix) in SOURCES {
            let Some(values) = identity.get(*name).filter(|values| is_set(values)) else { continue };
            let path = format!("Auth.Authorizers.{}.Identity.{name}", self.given.name);
            let values = expect::texts(self.given.api, &path, values)?;
            sources.extend(values.into_iter().map(|value| format!("{prefix}.{value}")));
        }
        Ok(sources)
    }
}

/// What of a request may identify its caller, and how a definition begins to say so.
const SOURCES: &[(&str, &str)] = &[
    ("Headers", "method.request.header"),
    ("QueryStrings", "method.request.querystring"),
    ("StageVariables", "stageVariables"),
    ("Context", "context"),
];

/// Where an API calls the function that authorizes.
pub(in crate::sam) fn authorizer_uri(function: Option<&Value>) -> Value {
    json!({ "Fn::Sub": [
        "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations",
        { "__FunctionArn__": function },
    ] })
}
