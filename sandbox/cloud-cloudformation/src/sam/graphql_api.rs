//! `AWS::Serverless::GraphQLApi`: a GraphQL API, its schema, who may call it, its logs, keys, cache and domain; and
//! the sources, functions and resolvers that answer.

mod model;
mod resolvers;
mod sources;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::resource::{Made, Plain, Properties, get_att, is_set, reference, tag_list};
use super::role::assumed_by;
use super::{Cause, Outcome, Work, connector};

const SERVICE: &str = "appsync.amazonaws.com";

/// The API in the making.
struct Api<'a> {
    id: &'a str,
    source: &'a Value,
    properties: Properties<'a>,
    /// The names of its sources, and what they are called once they are made.
    sources: BTreeMap<String, Value>,
    /// The names of its functions, and their ids once they are made.
    functions: BTreeMap<String, Value>,
    /// A function asks the source that answers nothing.
    asks_none: bool,
}

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    model::check(id, source.get("Properties").unwrap_or(&Value::Null))?;
    let mut api = Api {
        id,
        source,
        properties,
        sources: BTreeMap::new(),
        functions: BTreeMap::new(),
        asks_none: false,
    };
    let (main, called) = api.main()?;
    let schema = api.schema()?;
    let mut made = vec![(id.to_owned(), main), (api.schema_id(), schema)];
    for (index, function) in called.iter().enumerate() {
        let ends = json!({
            "Source": {
                "Type": "AWS::AppSync::GraphQLApi",
                "Arn": reference(id),
                "ResourceId": get_att(id, "ApiId"),
            },
            "Destination": { "Type": "AWS::Lambda::Function", "Arn": function },
            "Permissions": ["Write"],
        });
        made.extend(connect(work, &format!("{id}ToLambdaAuthConnector{}", index + 1), &ends)?);
    }
    made.extend(api.log_role());
    made.extend(api.keys());
    made.extend(api.cache());
    made.extend(api.data_sources(work)?);
    made.extend(api.domain());
    made.extend(api.functions()?);
    made.extend(api.resolvers()?);
    if api.asks_none {
        let name = api.none_id();
        let none = api
            .plain("AWS::AppSync::DataSource")
            .with("ApiId", api.api_id())
            .with("Name", name.as_str())
            .with("Type", "NONE");
        made.push((name, none.build()));
    }
    Ok(made)
}

/// What a connector between those ends stands for.
fn connect(work: &mut Work<'_>, id: &str, properties: &Value) -> Outcome<Vec<Made>> {
    let source = json!({ "Type": "AWS::Serverless::Connector", "Properties": properties });
    connector::transform(work, id, &source)
}

impl<'a> Api<'a> {
    fn wrong(&self, reason: impl std::fmt::Display) -> Cause {
        Cause::resource(self.id, reason)
    }

    /// A resource that has all attributes of the API.
    fn plain(&self, type_name: &'static str) -> Plain {
        Plain::replacing(type_name, self.source)
    }

    fn api_id(&self) -> Value {
        get_att(self.id, "ApiId")
    }

    fn schema_id(&self) -> String {
        format!("{}Schema", self.id)
    }

    fn none_id(&self) -> String {
        format!("{}NoneDataSource", self.id)
    }

    fn members(&self, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.properties.set(name).and_then(Value::as_object).into_iter().flatten()
    }

    /// The API itself, and the functions that authorize its callers.
    fn main(&self) -> Outcome<(Value, Vec<Value>)> {
        let mut called = Vec::new();
        let name = self.properties.set("Name").cloned().unwrap_or_else(|| json!(self.id));
        let mut main = self
            .plain("AWS::AppSync::GraphQLApi")
            .with("Name", name)
            .copy(&self.properties, &["XrayEnabled"])
            .maybe("LogConfig", self.log_config());
        for property in
            ["Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit"]
        {
            main = main.copy_as(property, self.properties.set(property));
        }
        let auth = self.properties.get("Auth").and_then(Value::as_object).cloned().unwrap_or_default();
        main = main.copy_as("AuthenticationType", auth.get("Type"));
        if let Some((name, config)) = self.authorizer(&auth, None, &mut called)? {
            main = main.with(name, config);
        }
        let mut more = Vec::new();
        let additional = auth.get("Additional").and_then(Value::as_array);
        for (index, given) in additional.into_iter().flatten().enumerate() {
            let given = given.as_object().cloned().unwrap_or_default();
            let mut provider = json!({ "AuthenticationType": given.get("Type") });
            if let Some((name, config)) = self.authorizer(&given, Some(index), &mut called)? {
                provider[name] = config;
            }
            more.push(provider);
        }
        let mut tags = self.properties.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default();
        tags.insert("graphqlapi:createdBy".to_owned(), json!("SAM"));
        let more = (!more.is_empty()).then_some(more);
        let main = main.maybe("AdditionalAuthenticationProviders", more).with("Tags", tag_list(&tags));
        Ok((main.build(), called))
    }

    /// How one way of authorization is configured, by the property that takes it.
    fn authorizer(
        &self,
        given: &Map<String, Value>,
        index: Option<usize>,
        called: &mut Vec<Value>,
    ) -> Outcome<Option<(&'static str, Value)>> {
        let there = given.iter().filter(|(name, value)| *name != "Additional" && !value.is_null()).count();
        if there > 2 {
            let path = match index {
                None | Some(0) => "'Auth'".to_owned(),
                Some(index) => format!("'Auth.Additional.{index}'"),
            };
            let reason = format!("{path} has more than one authentication configuration defined.");
            return Err(self.wrong(reason));
        }
        let (member, property) = match given.get("Type").and_then(Value::as_str) {
            Some("AWS_LAMBDA") => ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
            Some("OPENID_CONNECT") => ("OpenIDConnect", "OpenIDConnectConfig"),
            Some("AMAZON_COGNITO_USER_POOLS") => ("UserPool", "UserPoolConfig"),
            _ => return Ok(None),
        };
        let config = given.get(member).and_then(Value::as_object).ok_or_else(|| {
            let kind = given.get("Type").and_then(Value::as_str).unwrap_or_default();
            self.wrong(format!("'{member}' must be defined if type is '{kind}'."))
        })?;
        let mut config = without_nothing(config);
        if index.is_some() && member == "UserPool" {
            // AWS: what is done by default is said by the first way of authorization alone.
            config.shift_remove("DefaultAction");
        }
        if let (Some(function), "LambdaAuthorizer") = (config.get("AuthorizerUri"), member) {
            called.push(function.clone());
        }
        Ok(Some((property, Value::Object(config))).filter(|(_, config)| is_set(config)))
    }

    fn log_role_id(&self) -> String {
        format!("{}CloudWatchRole", self.id)
    }

    /// Where its logs go; nothing only where that is said.
    fn log_config(&self) -> Option<Value> {
        let given = self.properties.get("Logging").cloned().unwrap_or_default();
        if given == json!(false) {
            return None;
        }
        let set = |name: &str| given.get(name).filter(|value| is_set(value)).cloned();
        let role = set("CloudWatchLogsRoleArn").unwrap_or_else(|| get_att(&self.log_role_id(), "Arn"));
        let mut config = json!({
            "FieldLogLevel": set("FieldLogLevel").unwrap_or_else(|| json!("ALL")),
            "CloudWatchLogsRoleArn": role,
        });
        if let Some(exclude) = set("ExcludeVerboseContent") {
            config["ExcludeVerboseContent"] = exclude;
        }
        Some(config)
    }

    /// The role by which it writes logs, unless one is given.
    fn log_role(&self) -> Option<Made> {
        let given = self.properties.get("Logging");
        let own = given.and_then(|given| given.get("CloudWatchLogsRoleArn")).is_some_and(is_set);
        if own || given == Some(&json!(false)) {
            return None;
        }
        let policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
        let role = self
            .plain("AWS::IAM::Role")
            .with("AssumeRolePolicyDocument", assumed_by(SERVICE))
            .with("ManagedPolicyArns", json!([{ "Fn::Sub": policy }]));
        Some((self.log_role_id(), role.build()))
    }

    fn schema(&self) -> Outcome<Value> {
        let (inline, uri) = (self.properties.set("SchemaInline"), self.properties.set("SchemaUri"));
        if inline.is_none() && uri.is_none() {
            return Err(self.wrong("One of 'SchemaInline' or 'SchemaUri' must be set."));
        }
        if inline.is_some() && uri.is_some() {
            let reason = "Both 'SchemaInline' and 'SchemaUri' cannot be defined at the same time.";
            return Err(self.wrong(reason));
        }
        Ok(self
            .plain("AWS::AppSync::GraphQLSchema")
            .with("ApiId", self.api_id())
            .copy_as("Definition", self.properties.get("SchemaInline"))
            .copy_as("DefinitionS3Location", self.properties.get("SchemaUri"))
            .build())
    }

    fn keys(&self) -> Vec<Made> {
        let key = |(name, given): (&String, &Value)| {
            let key = self
                .plain("AWS::AppSync::ApiKey")
                .with("ApiId", self.api_id())
                .copy_as("ApiKeyId", member(given, "ApiKeyId"))
                .copy_as("Description", member(given, "Description"))
                .copy_as("Expires", member(given, "ExpiresOn"));
            (format!("{}{name}", self.id), key.build())
        };
        self.members("ApiKeys").map(key).collect()
    }

    fn cache(&self) -> Option<Made> {
        let given = self.properties.set("Cache")?;
        let mut cache = self.plain("AWS::AppSync::ApiCache").with("ApiId", self.api_id());
        for name in
            ["ApiCachingBehavior", "Type", "Ttl", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"]
        {
            cache = cache.copy_as(name, member(given, name));
        }
        Some((format!("{}ApiCache", self.id), cache.build()))
    }

    /// The domain, and what leads from it to the API.
    fn domain(&self) -> Vec<Made> {
        let Some(given) = self.properties.set("DomainName") else { return Vec::new() };
        let id = format!("{}DomainName", self.id);
        let domain = self
            .plain("AWS::AppSync::DomainName")
            .copy_as("CertificateArn", member(given, "CertificateArn"))
            .copy_as("DomainName", member(given, "DomainName"))
            .copy_as("Description", member(given, "Description"));
        let association = self
            .plain("AWS::AppSync::DomainNameApiAssociation")
            .with("ApiId", self.api_id())
            .with("DomainName", reference(&id));
        let association_id = format!("{}DomainNameApiAssociation", self.id);
        vec![(id, domain.build()), (association_id, association.build())]
    }
}

/// A member that is there.
fn member<'v>(given: &'v Value, name: &str) -> Option<&'v Value> {
    given.get(name).filter(|value| !value.is_null())
}

/// The members that are there.
fn without_nothing(given: &Map<String, Value>) -> Map<String, Value> {
    given.iter().filter(|(_, value)| !value.is_null()).map(|(n, v)| (n.clone(), v.clone())).collect()
}
