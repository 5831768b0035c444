//! `Domain` of an HTTP or WebSocket API: a custom domain, the mappings that lead from it to the API, and records that
//! lead to it.

use serde_json::{Map, Value, json};

use crate::sam::record_sets::{Records, regional};
use crate::sam::resource::{Made, Plain, is_set, reference, type_name};
use crate::sam::{Cause, Outcome, Work, expect, ids, python};

/// The API that the domain leads to.
pub(in crate::sam) struct Owner<'a> {
    /// Its logical id.
    pub(in crate::sam) api: &'a str,
    /// The API, for its attributes.
    pub(in crate::sam) source: &'a Value,
    /// The tag that says by what the domain was made.
    pub(in crate::sam) tag: &'static str,
}

/// Whether the records join those of other domains in the same zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sam) enum Zones {
    /// They do.
    Shared,
    /// They do not.
    // AWS: those of WebSocket APIs take the place of others in the same zone.
    Own,
}

/// What the domain stands for.
pub(in crate::sam) fn make(
    work: &mut Work<'_>,
    of: &Owner<'_>,
    config: &Value,
    zones: Zones,
) -> Outcome<Vec<Made>> {
    let wrong = |reason: &str| Cause::resource(of.api, reason);
    let config = expect::map(of.api, "Domain", config)?;
    let present = |name: &str| config.get(name).filter(|value| !value.is_null());
    let (Some(name), Some(certificate)) = (present("DomainName"), present("CertificateArn")) else {
        return Err(wrong("Custom Domains only works if both DomainName and CertificateArn are provided."));
    };
    if present("EndpointConfiguration").is_some_and(|endpoint| endpoint != "REGIONAL") {
        return Err(wrong("EndpointConfiguration for Custom Domains must be one of ['REGIONAL']."));
    }
    let mut configuration = json!({ "CertificateArn": certificate, "EndpointType": "REGIONAL" });
    for property in ["OwnershipVerificationCertificateArn", "SecurityPolicy"] {
        if let Some(value) = config.get(property).filter(|value| is_set(value)) {
            configuration[property] = value.clone();
        }
    }
    let id = ids::hashed("ApiGatewayDomainNameV2", name);
    let domain = Plain::passing("AWS::ApiGatewayV2::DomainName", of.source)
        .with("DomainName", name.clone())
        .with("DomainNameConfigurations", json!([configuration]))
        .maybe("MutualTlsAuthentication", mutual_tls(of.api, config)?)
        .with("Tags", json!({ of.tag: "SAM" }))
        .build();
    let mut made = vec![(id.clone(), domain)];
    made.extend(mappings(of, &id, config)?);
    if let Some(records) = Records::of(of.api, of.source, name, config)? {
        let target = regional(&id);
        made.push(match zones {
            Zones::Shared => records.join(work, &target, false)?,
            Zones::Own => records.alone_in_zone(&target),
        });
    }
    Ok(made)
}

/// What `Api.DomainName` refers to.
pub(in crate::sam) fn reference_to(api: &str, made: &[Made]) -> Option<(String, String)> {
    let (id, _) = made.iter().find(|(_, part)| type_name(part) == "AWS::ApiGatewayV2::DomainName")?;
    Some((format!("{api}.DomainName"), id.clone()))
}

fn mutual_tls(api: &str, config: &Map<String, Value>) -> Outcome<Option<Value>> {
    const FIELDS: &[&str] = &["TruststoreUri", "TruststoreVersion"];
    let fields = python::shown(&json!(FIELDS));
    let Some(given) = config.get("MutualTlsAuthentication").filter(|given| is_set(given)) else {
        return Ok(None);
    };
    let given = given.as_object().ok_or_else(|| {
        let reason = format!(
            "MutualTlsAuthentication must be a map with at least one of the following fields {fields}."
        );
        Cause::resource(api, reason)
    })?;
    let mut unknown: Vec<&str> =
        given.keys().map(String::as_str).filter(|key| !FIELDS.contains(key)).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        // AWS: here the keys stand in the place of the API's logical id.
        let reason = format!("Available MutualTlsAuthentication fields are {fields}.");
        return Err(Cause::resource(&unknown.join(","), reason));
    }
    Ok(Some(given.iter().filter(|(_, value)| is_set(value)).map(|(k, v)| (k.clone(), v.clone())).collect()))
}

fn mappings(of: &Owner<'_>, domain: &str, config: &Map<String, Value>) -> Outcome<Vec<Made>> {
    let mapping = |key: Option<&str>| {
        Plain::passing("AWS::ApiGatewayV2::ApiMapping", of.source)
            .with("DomainName", reference(domain))
            .with("ApiId", reference(of.api))
            .with("Stage", reference(&format!("{}.Stage", of.api)))
            .maybe("ApiMappingKey", key)
            .build()
    };
    let paths = match config.get("BasePath").filter(|paths| is_set(paths)) {
        Some(path @ Value::String(_)) => vec![path],
        Some(Value::Array(paths)) => paths.iter().collect(),
        _ => return Ok(vec![(format!("{}ApiMapping", of.api), mapping(None))]),
    };
    let one = |path: &Value| {
        let path = path.as_str().ok_or_else(|| Cause::resource(of.api, "Basepath must be a string."))?;
        if !path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_')) {
            return Err(Cause::resource(of.api, "Invalid Basepath name provided."));
        }
        let letters: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok((format!("{}{letters}ApiMapping", of.api), mapping(Some(path.trim_matches('/')))))
    };
    paths.into_iter().map(one).collect()
}
