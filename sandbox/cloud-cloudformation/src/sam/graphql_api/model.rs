//! What the properties of a GraphQL API must be, level by level. Only the first mistake is said.

use serde_json::Value;

use crate::sam::{Cause, Outcome};

/// What a value must be.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Whatever it is, it is passed on.
    Any,
    Truth,
    Text,
    /// A map of whatever.
    Map,
    /// Text, or a function.
    TextOrMap,
    Word(&'static [&'static str]),
    /// A map of known members.
    Model(&'static [Member]),
    /// A map of known members, or true or false.
    ModelOrTruth(&'static [Member]),
    ListOf(&'static Shape),
    MapOf(&'static Shape),
}

use Shape::{Any, ListOf, Map, MapOf, Model, ModelOrTruth, Text, TextOrMap, Truth, Word};

/// A member, what it must be, and whether it must be there.
type Member = (&'static str, Shape, bool);

const fn may(name: &'static str, shape: Shape) -> Member {
    (name, shape, false)
}

const fn must(name: &'static str, shape: Shape) -> Member {
    (name, shape, true)
}

const TYPES: &[&str] = &["AWS_IAM", "API_KEY", "AWS_LAMBDA", "OPENID_CONNECT", "AMAZON_COGNITO_USER_POOLS"];

const LAMBDA: Shape = Model(&[
    may("AuthorizerResultTtlInSeconds", Any),
    must("AuthorizerUri", Any),
    may("IdentityValidationExpression", Any),
]);
const OPEN_ID: Shape =
    Model(&[may("AuthTTL", Any), may("ClientId", Any), may("IatTTL", Any), may("Issuer", Any)]);
const USER_POOL: Shape = Model(&[
    may("AppIdClientRegex", Any),
    may("AwsRegion", Any),
    may("DefaultAction", Any),
    must("UserPoolId", Any),
]);
const AUTHORIZER: Shape = Model(&[
    must("Type", Word(TYPES)),
    may("LambdaAuthorizer", LAMBDA),
    may("OpenIDConnect", OPEN_ID),
    may("UserPool", USER_POOL),
]);
const AUTH: Shape = Model(&[
    must("Type", Word(TYPES)),
    may("LambdaAuthorizer", LAMBDA),
    may("OpenIDConnect", OPEN_ID),
    may("UserPool", USER_POOL),
    may("Additional", ListOf(&AUTHORIZER)),
]);
const TABLE: Shape = Model(&[
    must("TableName", Any),
    may("ServiceRoleArn", Any),
    may("TableArn", Any),
    may("Permissions", ListOf(&Word(&["Read", "Write"]))),
    may("Name", Any),
    may("Description", Any),
    may("Region", Any),
    may(
        "DeltaSync",
        Model(&[must("BaseTableTTL", Any), must("DeltaSyncTableName", Any), must("DeltaSyncTableTTL", Any)]),
    ),
    may("UseCallerCredentials", Any),
    may("Versioned", Any),
]);
const FUNCTION_SOURCE: Shape =
    Model(&[must("FunctionArn", Any), may("ServiceRoleArn", Any), may("Name", Any), may("Description", Any)]);
const RUNTIME: Shape = Model(&[must("Name", Any), must("Version", Any)]);
const SYNC: Shape = Model(&[
    must("ConflictDetection", Any),
    may("ConflictHandler", Any),
    may("LambdaConflictHandlerConfig", Model(&[must("LambdaConflictHandlerArn", Any)])),
]);
const FUNCTION: Shape = Model(&[
    may("DataSource", TextOrMap),
    may("Runtime", RUNTIME),
    may("InlineCode", Any),
    may("CodeUri", Any),
    may("Description", Any),
    may("MaxBatchSize", Any),
    may("Name", Text),
    may("Id", Any),
    may("Sync", SYNC),
]);
const RESOLVER: Shape = Model(&[
    may("FieldName", Text),
    may("Caching", Model(&[must("Ttl", Any), may("CachingKeys", ListOf(&Any))])),
    may("InlineCode", Any),
    may("CodeUri", Any),
    may("MaxBatchSize", Any),
    may("Pipeline", ListOf(&Text)),
    may("Runtime", RUNTIME),
    may("Sync", SYNC),
]);
const API_KEY: Shape = Model(&[may("ApiKeyId", Any), may("Description", Any), may("ExpiresOn", Any)]);

const PROPERTIES: Shape = Model(&[
    must("Auth", AUTH),
    may("Tags", Map),
    may("Name", Any),
    may("XrayEnabled", Truth),
    may("SchemaInline", Any),
    may("SchemaUri", Any),
    may(
        "Logging",
        ModelOrTruth(&[
            may("CloudWatchLogsRoleArn", Any),
            may("ExcludeVerboseContent", Any),
            may("FieldLogLevel", Any),
        ]),
    ),
    may("DataSources", Model(&[may("DynamoDb", MapOf(&TABLE)), may("Lambda", MapOf(&FUNCTION_SOURCE))])),
    may("Functions", MapOf(&FUNCTION)),
    may("Resolvers", MapOf(&MapOf(&RESOLVER))),
    may("ApiKeys", MapOf(&API_KEY)),
    may(
        "DomainName",
        Model(&[must("CertificateArn", Any), must("DomainName", Any), may("Description", Any)]),
    ),
    may(
        "Cache",
        Model(&[
            must("ApiCachingBehavior", Any),
            must("Ttl", Any),
            must("Type", Any),
            may("AtRestEncryptionEnabled", Any),
            may("TransitEncryptionEnabled", Any),
        ]),
    ),
    may("Visibility", Any),
    may("OwnerContact", Any),
    may("IntrospectionConfig", Any),
    may("QueryDepthLimit", Any),
    may("ResolverCountLimit", Any),
]);

/// Checks the properties of that API.
pub(super) fn check(id: &str, properties: &Value) -> Outcome<()> {
    mistake(PROPERTIES, properties).map_or(Ok(()), |path| {
        let path = path.into_iter().rev().collect::<Vec<_>>().join(".");
        Err(Cause::resource(id, format!("Property '{path}' is invalid.")))
    })
}

/// Where the first mistake is, the innermost name first.
fn mistake(shape: Shape, value: &Value) -> Option<Vec<String>> {
    let wrong = |good: bool| (!good).then(Vec::new);
    match shape {
        Any => None,
        Truth => wrong(value.is_boolean()),
        Text => wrong(value.is_string()),
        Map => wrong(value.is_object()),
        TextOrMap => wrong(value.is_string() || value.is_object()),
        Word(words) => wrong(value.as_str().is_some_and(|text| words.contains(&text))),
        ModelOrTruth(_) if value.is_boolean() => None,
        Model(members) | ModelOrTruth(members) => in_model(members, value),
        ListOf(shape) => {
            let Some(items) = value.as_array() else { return Some(Vec::new()) };
            items.iter().enumerate().find_map(|(index, item)| inside(&index.to_string(), *shape, item))
        }
        MapOf(shape) => {
            let Some(members) = value.as_object() else { return Some(Vec::new()) };
            members.iter().find_map(|(name, member)| inside(name, *shape, member))
        }
    }
}

fn inside(name: &str, shape: Shape, value: &Value) -> Option<Vec<String>> {
    let mut path = mistake(shape, value)?;
    path.push(name.to_owned());
    Some(path)
}

fn in_model(members: &[Member], value: &Value) -> Option<Vec<String>> {
    let Some(given) = value.as_object() else { return Some(Vec::new()) };
    let known = members.iter().find_map(|(name, shape, required)| {
        match given.get(*name).filter(|value| !value.is_null()) {
            Some(value) => inside(name, *shape, value),
            None => required.then(|| vec![(*name).to_owned()]),
        }
    });
    let mut unknown: Vec<&String> =
        given.keys().filter(|key| !members.iter().any(|(name, ..)| name == key)).collect();
    unknown.sort();
    known.or_else(|| unknown.first().map(|name| vec![(*name).clone()]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_mistake_is_said() {
        let auth = json!({"Type": "AWS_IAM"});
        for (properties, expected) in [
            (json!({"Auth": auth}), ""),
            (json!({}), "Auth"),
            (json!({"Auth": {"Type": "X"}}), "Auth.Type"),
            (
                json!({"Auth": {"Type": "AWS_IAM", "Additional": [{"Type": "API_KEY", "X": 1}]}}),
                "Auth.Additional.0.X",
            ),
            (json!({"Auth": auth, "Logging": true}), ""),
            (json!({"Auth": auth, "Logging": {"X": 1}}), "Logging.X"),
            (
                json!({"Auth": auth, "DataSources": {"DynamoDb": {"A": {}}}}),
                "DataSources.DynamoDb.A.TableName",
            ),
            (
                json!({"Auth": auth, "Resolvers": {"Query": {"a": {"Pipeline": "x"}}}}),
                "Resolvers.Query.a.Pipeline",
            ),
        ] {
            let found = check("Api", &properties).err().map(|cause| cause.message);
            let said = format!("Resource with id [Api] is invalid. Property '{expected}' is invalid.");
            assert_eq!(found, (!expected.is_empty()).then_some(said), "{properties}");
        }
    }
}
