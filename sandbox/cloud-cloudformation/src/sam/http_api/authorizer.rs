//! One authorizer of an HTTP API: by tokens that it checks itself, by a function, or by AWS's signature.

use serde_json::{Map, Value, json};

use crate::sam::authorizers::Given;
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
    pub(super) given: Given<'a>,
    kind: Kind,
}

impl<'a> Authorizer<'a> {
    /// The one that checks AWS's signature.
    pub(super) fn iam(api: &'a str) -> Self {
        Self { given: Given::plain(api, IAM), kind: Kind::Iam }
    }

    /// One of the property `Authorizers`.
    pub(super) fn of(given: Given<'a>) -> Outcome<Self> {
        if given.has("OpenIdConnectUrl") {
            let reason = format!(
                "'OpenIdConnectUrl' is no longer a supported property for authorizer '{}'. Please refer to the AWS SAM documentation.",
                given.name
            );
            return Err(Cause::resource(given.api, reason));
        }
        let jwt = given.set("JwtConfiguration");
        if let Some(jwt) = jwt {
            expect::map(given.api, "JwtConfiguration", jwt)?;
        }
        let kind = if jwt.is_some() { Kind::Jwt } else { Kind::Function };
        let authorizer = Self { given, kind };
        authorizer.check()?;
        Ok(authorizer)
    }

    fn check(&self) -> Outcome<()> {
        let wrong = |reason: String| Err(Cause::resource(self.given.api, reason));
        if self.given.get("AuthorizationScopes").is_some_and(|scopes| !scopes.is_array()) {
            return wrong("AuthorizationScopes must be a list.".into());
        }
        for (property, kind, whose) in PROPERTIES {
            // A configuration of tokens that is empty counts as none.
            let there = if *property == "JwtConfiguration" {
                self.given.set(property)
            } else {
                self.given.get(property)
            };
            if there.is_some() && *kind != self.kind {
                return wrong(format!("{property} is only supported for {whose}."));
            }
        }
        let (needed, whose): (&[&str], _) = match self.kind {
            Kind::Jwt => (&["IdentitySource"], "OAuth2"),
            _ => (&["FunctionArn", "AuthorizerPayloadFormatVersion"], "Lambda"),
        };
        if let Some(missing) = needed.iter().find(|property| self.given.set(property).is_none()) {
            return wrong(format!("{} {whose} Authorizer must define '{missing}'.", self.given.name));
        }
        if let Some(enabled) = self.given.get("EnableFunctionDefaultPermissions") {
            let path = format!("Authorizers.{}.EnableFunctionDefaultPermissions", self.given.name);
            expect::truth(self.given.api, &path, enabled)?;
        }
        Ok(())
    }

    /// The function that has to be permitted to be called.
    pub(super) fn permitted_function(&self) -> Option<&'a Value> {
        self.given.set("FunctionArn").filter(|_| self.given.set("EnableFunctionDefaultPermissions").is_some())
    }

    /// How the definition describes it.
    pub(super) fn definition(&self) -> Outcome<Value> {
        match self.kind {
            Kind::Iam => Ok(iam_definition()),
            Kind::Jwt => Ok(json!({
                "type": "oauth2",
                EXTENSION: {
                    "jwtConfiguration": self.tokens(),
                    "identitySource": self.given.get("IdentitySource"),
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
        let given = self.given.get("JwtConfiguration").and_then(Value::as_object);
        given.into_iter().flatten().map(|(name, value)| (name.to_lowercase(), value.clone())).collect()
    }

    fn function_extension(&self) -> Outcome<Value> {
        let mut extension = json!({
            "type": "request",
            "authorizerUri": authorizer_uri(self.given.get("FunctionArn")),
            "authorizerPayloadFormatVersion": self.given.get("AuthorizerPayloadFormatVersion"),
        });
        if let Some(role) = self.given.set("FunctionInvokeRole").filter(|role| *role != "NONE") {
            extension["authorizerCredentials"] = role.clone();
        }
        if let Some(identity) = self.given.set("Identity") {
            let path = format!("Auth.Authorizers.{}.Identity", self.given.name);
            let identity = expect::map(self.given.api, &path, identity)?;
            if let Some(seconds) = identity.get("ReauthorizeEvery").filter(|seconds| !seconds.is_null()) {
                extension["authorizerResultTtlInSeconds"] = seconds.clone();
            }
            extension["identitySource"] = self.identity_sources(identity)?;
        }
        if let Some(simple) = self.given.set("EnableSimpleResponses") {
            extension["enableSimpleResponses"] = simple.clone();
        }
        Ok(extension)
    }

    fn identity_sources(&self, identity: &Map<String, Value>) -> Outcome<Value> {
        let mut sources = Vec::new();
        for (name, prefix) in SOURCES {
            let Some(values) = identity.get(*name).filter(|values| is_set(values)) else { continue };
            let values = expect::texts(
                self.given.api,
                &format!("Authorizers.{}.Identity.{name}", self.given.name),
                values,
            )?;
            sources.extend(values.into_iter().map(|value| format!("{prefix}.{value}")));
        }
        Ok(json!(sources))
    }
}
