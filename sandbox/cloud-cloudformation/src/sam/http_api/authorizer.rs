//! One authorizer of an HTTP API: by tokens that it checks itself, by a function, or by AWS's signature.

use serde_json::{Map, Value, json};

use crate::sam::resource::is_set;
use crate::sam::rest_api::{IAM, authorizer_uri, iam_definition};
use crate::sam::{Cause, Outcome, expect};

/// How a definition says what else an authorizer does.
const EXTENSION: &str = "x-amazon-apigateway-authorizer";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Iam,
    Jwt,
    Function,
}

/// A property, who may have it, and what is said to others.
const PROPERTIES: &[(&str, Kind, &str)] = &[
    ("AuthorizationScopes", Kind::Jwt, "OAuth2 Authorizer"),
    ("JwtConfiguration", Kind::Jwt, "OAuth2 Authorizer"),
    (
        "IdentitySource",
        Kind::Jwt,
        "OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead",
    ),
    ("FunctionArn", Kind::Function, "Lambda Authorizer"),
    ("FunctionInvokeRole", Kind::Function, "Lambda Authorizer"),
    ("Identity", Kind::Function, "Lambda Authorizer"),
    ("AuthorizerPayloadFormatVersion", Kind::Function, "Lambda Authorizer"),
    ("EnableSimpleResponses", Kind::Function, "Lambda Authorizer"),
    ("EnableFunctionDefaultPermissions", Kind::Function, "Lambda Authorizer"),
];

/// What of a request may identify its caller, and how a definition begins to say so.
const SOURCES: &[(&str, &str)] = &[
    ("Headers", "$request.header"),
    ("QueryStrings", "$request.querystring"),
    ("StageVariables", "$stageVariables"),
    ("Context", "$context"),
];

/// An authorizer of checked properties.
pub(super) struct Authorizer<'a> {
    api: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    kind: Kind,
    given: Option<&'a Map<String, Value>>,
}

impl<'a> Authorizer<'a> {
    /// The one that checks AWS's signature.
    pub(super) fn iam(api: &'a str) -> Self {
        Self { api, name: IAM, kind: Kind::Iam, given: None }
    }

    /// One of the property `Authorizers`.
    pub(super) fn of(api: &'a str, name: &'a str, given: &'a Value) -> Outcome<Self> {
        let members = expect::map(api, &format!("Auth.Authorizers.{name}"), given)?;
        if members.contains_key("OpenIdConnectUrl") {
            let reason = format!(
                "'OpenIdConnectUrl' is no longer a supported property for authorizer '{name}'. Please refer to the AWS SAM documentation."
            );
            return Err(Cause::resource(api, reason));
        }
        let jwt = members.get("JwtConfiguration").filter(|jwt| is_set(jwt));
        if let Some(jwt) = jwt {
            expect::map(api, "JwtConfiguration", jwt)?;
        }
        let kind = if jwt.is_some() { Kind::Jwt } else { Kind::Function };
        let authorizer = Self { api, name, kind, given: Some(members) };
        authorizer.check()?;
        Ok(authorizer)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.given?.get(name).filter(|value| !value.is_null())
    }

    fn set(&self, name: &str) -> Option<&'a Value> {
        self.get(name).filter(|value| is_set(value))
    }

    fn check(&self) -> Outcome<()> {
        let wrong = |reason: String| Err(Cause::resource(self.api, reason));
        if self.get("AuthorizationScopes").is_some_and(|scopes| !scopes.is_array()) {
            return wrong("AuthorizationScopes must be a list.".into());
        }
        for (property, kind, whose) in PROPERTIES {
            // A configuration of tokens that is empty counts as none.
            let there = if *property == "JwtConfiguration" { self.set(property) } else { self.get(property) };
            if there.is_some() && *kind != self.kind {
                return wrong(format!("{property} is only supported for {whose}."));
            }
        }
        let (needed, whose): (&[&str], _) = match self.kind {
            Kind::Jwt => (&["IdentitySource"], "OAuth2"),
            _ => (&["FunctionArn", "AuthorizerPayloadFormatVersion"], "Lambda"),
        };
        if let Some(missing) = needed.iter().find(|property| self.set(property).is_none()) {
            return wrong(format!("{} {whose} Authorizer must define '{missing}'.", self.name));
        }
        if let Some(enabled) = self.get("EnableFunctionDefaultPermissions") {
            let path = format!("Authorizers.{}.EnableFunctionDefaultPermissions", self.name);
            expect::truth(self.api, &path, enabled)?;
        }
        Ok(())
    }

    /// The scopes that it asks for where a method does not say.
    pub(super) fn scopes(&self) -> Value {
        self.get("AuthorizationScopes").cloned().unwrap_or_else(|| json!([]))
    }

    /// The function that has to be permitted to be called.
    pub(super) fn permitted_function(&self) -> Option<&'a Value> {
        self.set("FunctionArn").filter(|_| self.set("EnableFunctionDefaultPermissions").is_some())
    }

    /// How the definition describes it.
    pub(super) fn definition(&self) -> Outcome<Value> {
        match self.kind {
            Kind::Iam => Ok(iam_definition()),
            Kind::Jwt => Ok(json!({
                "type": "oauth2",
                EXTENSION: {
                    "jwtConfiguration": self.tokens(),
                    "identitySource": self.get("IdentitySource"),
                    "type": "jwt",
                },
            })),
            Kind::Function => Ok(json!({
                "type": "apiKey",
                "name": "Unused",
                "in": "header",
                EXTENSION: self.function_extension()?,
            })),
        }
    }

    /// AWS: a definition has the names in small letters, a resource with a capital one; both are taken.
    fn tokens(&self) -> Map<String, Value> {
        let given = self.get("JwtConfiguration").and_then(Value::as_object);
        given.into_iter().flatten().map(|(name, value)| (name.to_lowercase(), value.clone())).collect()
    }

    fn function_extension(&self) -> Outcome<Value> {
        let mut extension = json!({
            "type": "request",
            "authorizerUri": authorizer_uri(self.get("FunctionArn")),
            "authorizerPayloadFormatVersion": self.get("AuthorizerPayloadFormatVersion"),
        });
        if let Some(role) = self.set("FunctionInvokeRole").filter(|role| *role != "NONE") {
            extension["authorizerCredentials"] = role.clone();
        }
        if let Some(identity) = self.set("Identity") {
            let path = format!("Auth.Authorizers.{}.Identity", self.name);
            let identity = expect::map(self.api, &path, identity)?;
            if let Some(seconds) = identity.get("ReauthorizeEvery").filter(|seconds| !seconds.is_null()) {
                extension["authorizerResultTtlInSeconds"] = seconds.clone();
            }
            extension["identitySource"] = self.identity_sources(identity)?;
        }
        if let Some(simple) = self.set("EnableSimpleResponses") {
            extension["enableSimpleResponses"] = simple.clone();
        }
        Ok(extension)
    }

    fn identity_sources(&self, identity: &Map<String, Value>) -> Outcome<Value> {
        let mut sources = Vec::new();
        for (name, prefix) in SOURCES {
            let Some(values) = identity.get(*name).filter(|values| is_set(values)) else { continue };
            let values =
                expect::texts(self.api, &format!("Authorizers.{}.Identity.{name}", self.name), values)?;
            sources.extend(values.into_iter().map(|value| format!("{prefix}.{value}")));
        }
        Ok(json!(sources))
    }
}
