//! Records of Kafka: of a cluster of MSK, and of one that somebody runs.

use serde_json::{Value, json};

use crate::sam::policies::policy_arn;
use crate::sam::resolve::resolve;
use crate::sam::resource::{Made, is_intrinsic, is_set, sub};
use crate::sam::role::Role;
use crate::sam::{Outcome, Work};

use super::Event;
use super::mapping::Mapping;

/// How one may prove who one is; those without a secret last.
const MECHANISMS: &[(&str, bool)] = &[
    ("SASL_SCRAM_256_AUTH", true),
    ("SASL_SCRAM_512_AUTH", true),
    ("BASIC_AUTH", true),
    ("CLIENT_CERTIFICATE_TLS_AUTH", true),
    ("OAUTHBEARER_AUTH", true),
    ("IAM_AUTH", false),
    ("IAM_OAUTHBEARER_AUTH", false),
];

const OAUTH: &[&str] = &[
    "OAUTHBEARER_SCOPE",
    "OAUTHBEARER_AUDIENCE",
    "OAUTHBEARER_LOGICAL_CLUSTER",
    "OAUTHBEARER_IDENTITY_POOL",
];

/// Records of MSK.
pub(super) fn managed(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    let mut mapping = Mapping::of(event, event.properties.get("Stream"))?;
    mapping.plain = mapping.plain.maybe("AmazonManagedKafkaEventSourceConfig", source_config(event));
    let mut statements = registry_statements(work, event)?;
    let accesses = event.properties.get("SourceAccessConfigurations").and_then(Value::as_array);
    for access in accesses.into_iter().flatten() {
        let certificate = access.get("Type").is_some_and(|kind| kind == "CLIENT_CERTIFICATE_TLS_AUTH");
        if let Some(uri) = access.get("URI").filter(|uri| certificate && is_set(uri)) {
            statements.push(read_secret(uri));
        }
    }
    role.manage(policy_arn("service-role/AWSLambdaMSKExecutionRole"));
    if !statements.is_empty() {
        let document = json!({ "Statement": statements });
        let policy = json!({ "PolicyName": "MSKExecutionRolePolicy", "PolicyDocument": document });
        role.allow_once(&work.room, policy)?;
    }
    mapping.finish(work, event, role)
}

/// Records of a cluster that somebody runs.
pub(super) fn self_managed(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    let mut mapping = Mapping::of(event, None)?;
    mapping.plain = mapping.plain.maybe("SelfManagedKafkaEventSourceConfig", source_config(event));
    let statements = statements(work, event)?;
    if !statements.is_empty() {
        let policy = json!({
            "PolicyName": "SelfManagedKafkaExecutionRolePolicy",
            "PolicyDocument": { "Statement": statements, "Version": "2012-10-17" },
        });
        role.allow_once(&work.room, policy)?;
    }
    mapping.finish(work, event, role)
}

fn source_config(event: &Event<'_>) -> Option<Value> {
    let mut config = json!({});
    for name in ["ConsumerGroupId", "SchemaRegistryConfig"] {
        if let Some(value) = event.properties.set(name) {
            config[name] = value.clone();
        }
    }
    Some(config).filter(is_set)
}

fn read_secret(uri: &Value) -> Value {
    json!({ "Action": ["secretsmanager:GetSecretValue"], "Effect": "Allow", "Resource": uri })
}

fn statements(work: &Work<'_>, event: &Event<'_>) -> Outcome<Vec<Value>> {
    let missing =
        |what: &str| event.wrong(format!("No {what} provided for self managed kafka as an event source"));
    if event.properties.set("KafkaBootstrapServers").is_none() {
        return Err(missing("KafkaBootstrapServers"));
    }
    let topics = event.properties.set("Topics").ok_or_else(|| missing("Topics"))?;
    if topics.as_array().map(Vec::len).or(topics.as_object().map(serde_json::Map::len)) != Some(1) {
        let reason = "Topics for self managed kafka only supports single configuration entry.";
        return Err(event.wrong(reason));
    }
    let accesses = event
        .properties
        .set("SourceAccessConfigurations")
        .ok_or_else(|| event.wrong("No SourceAccessConfigurations for self managed kafka event provided."))?;
    let access = access(event, accesses)?;
    let mut statements: Vec<Value> = access.secrets.iter().map(|uri| read_secret(uri)).collect();
    if access.network {
        statements.push(super::document_db::join_network());
    }
    if let Some(key) = event.properties.set("SecretsManagerKmsKeyId") {
        statements.push(super::document_db::decrypt(event, key)?);
    }
    statements.extend(registry_statements(work, event)?);
    Ok(statements)
}

/// What the source's access needs.
#[derive(Default)]
struct Access<'a> {
    secrets: Vec<&'a Value>,
    network: bool,
}

fn access<'a>(event: &Event<'_>, accesses: &'a Value) -> Outcome<Access<'a>> {
    let accesses = accesses.as_array().ok_or_else(|| {
        event.wrong("SourceAccessConfigurations for self managed kafka event should be a list.")
    })?;
    let (mut login, mut certificate) = (None, None);
    let (mut proven, mut subnet, mut group) = (false, false, false);
    for access in accesses {
        if !access.is_object() {
            let reason = "Property 'SourceAccessConfigurations' should be a map.";
            return Err(crate::sam::Cause::resource(event.name, reason));
        }
        let kind = access.get("Type").and_then(Value::as_str).unwrap_or_default();
        let uri = access.get("URI");
        if let Some((_, secret)) = MECHANISMS.iter().find(|(name, _)| *name == kind) {
            if std::mem::replace(&mut proven, true) {
                return Err(event.wrong(
                    "Multiple auth mechanism properties specified in SourceAccessConfigurations for self managed \
                     kafka event.",
                ));
            }
            if *secret {
                login = Some(checked_uri(event, uri, "auth mechanism")?);
            }
            continue;
        }
        match kind {
            "VPC_SUBNET" | "VPC_SECURITY_GROUP" => {
                checked_uri(event, uri, kind)?;
                *(if kind == "VPC_SUBNET" { &mut subnet } else { &mut group }) = true;
            }
            "SERVER_ROOT_CA_CERTIFICATE" => certificate = Some(checked_uri(event, uri, kind)?),
            known if OAUTH.contains(&known) => {
                checked_uri(event, uri, kind)?;
            }
            _ => {
                let reason = "Invalid SourceAccessConfigurations Type provided for self managed kafka event.";
                return Err(event.wrong(reason));
            }
        }
    }
    if subnet != group {
        return Err(event.wrong(
            "VPC_SUBNET and VPC_SECURITY_GROUP in SourceAccessConfigurations for SelfManagedKafka must be both \
             provided.",
        ));
    }
    Ok(Access { secrets: login.into_iter().chain(certificate).collect(), network: subnet })
}

fn checked_uri<'a>(event: &Event<'_>, uri: Option<&'a Value>, what: &str) -> Outcome<&'a Value> {
    let place = "URI property specified in SourceAccessConfigurations for self managed kafka event.";
    let uri = uri.filter(|uri| is_set(uri));
    let uri = uri.ok_or_else(|| event.wrong(format!("No {what} {place}")))?;
    if uri.is_string() || is_intrinsic(uri) {
        return Ok(uri);
    }
    Err(event.wrong(format!("Wrong Type for {what} {place}")))
}

/// What reading the schemas of the records needs.
fn registry_statements(work: &Work<'_>, event: &Event<'_>) -> Outcome<Vec<Value>> {
    let Some(registry) = event.properties.set("SchemaRegistryConfig") else { return Ok(Vec::new()) };
    check_registry(event, registry)?;
    let accesses = registry.get("AccessConfigs").and_then(Value::as_array).into_iter().flatten();
    let mut statements: Vec<Value> =
        accesses.filter_map(|access| access.get("URI")).map(read_secret).collect();
    let uri = registry.get("SchemaRegistryURI").unwrap_or(&Value::Null);
    let resolved = if uri.is_object() { resolve(work, event.id, uri)? } else { uri.clone() };
    let arn = resolved.as_str().or_else(|| resolved.get("Fn::Sub")?.as_str()).unwrap_or_default();
    if let Some(name) = registry_name(arn) {
        let schemas =
            format!("arn:${{AWS::Partition}}:glue:${{AWS::Region}}:${{AWS::AccountId}}:schema/{name}/*");
        statements.push(json!({ "Action": ["glue:GetRegistry"], "Effect": "Allow", "Resource": uri }));
        statements.push(json!({
            "Action": ["glue:GetSchemaVersion"],
            "Effect": "Allow",
            "Resource": [sub(&schemas)],
        }));
    }
    Ok(statements)
}

fn registry_name(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn")?.split(':').nth(5)?.strip_prefix("registry/")
}

fn check_registry(event: &Event<'_>, registry: &Value) -> Outcome<()> {
    for name in ["SchemaRegistryURI", "EventRecordFormat", "SchemaValidationConfigs"] {
        if registry.get(name).is_none() {
            return Err(event.wrong(format!("Missing required field {name} in SchemaRegistryConfig")));
        }
    }
    let format = registry.get("EventRecordFormat");
    if !format.is_some_and(|format| format == "JSON" || format == "SOURCE") {
        let reason = "EventRecordFormat in SchemaRegistryConfig must be either 'JSON' or 'SOURCE'";
        return Err(event.wrong(reason));
    }
    if !registry.get("SchemaValidationConfigs").is_some_and(Value::is_array) {
        return Err(event.wrong("SchemaValidationConfigs must be a list"));
    }
    let Some(accesses) = registry.get("AccessConfigs").filter(|accesses| is_set(accesses)) else {
        return Ok(());
    };
    let accesses = accesses
        .as_array()
        .ok_or_else(|| event.wrong("AccessConfigs in SchemaRegistryConfig must be a list"))?;
    if accesses.iter().all(|access| access.get("Type").is_some() && access.get("URI").is_some()) {
        return Ok(());
    }
    Err(event.wrong("Each AccessConfig must be a dict with 'Type' and 'URI' fields"))
}
