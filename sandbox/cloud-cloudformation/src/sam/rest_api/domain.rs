//! `Domain` of a REST API: a custom domain, the base paths that lead to the API, and records that lead to the domain.
//! A private domain is of another type, and networks are let in to it one by one.

use serde_json::{Map, Value, json};

use super::Given;
use crate::sam::record_sets::{Records, regional};
use crate::sam::resource::{Made, Plain, is_set, reference};
use crate::sam::{Cause, Outcome, Work, expect, ids, python};

const ENDPOINTS: &[&str] = &["EDGE", "REGIONAL", "PRIVATE"];
/// The zone of all distributions.
// AWS: "AliasTarget" of Route 53: the hosted zone of CloudFront.
const DISTRIBUTIONS: &str = "Z2FDTNDATAQYW2";

struct Domain<'a> {
    given: &'a Given<'a>,
    config: &'a Map<String, Value>,
    name: &'a Value,
    certificate: &'a Value,
    endpoint: &'a str,
    /// The logical id of what is made of it.
    id: String,
}

/// What the domain stands for, and what of it a new deployment is made for.
pub(super) fn make(
    work: &mut Work<'_>,
    given: &Given<'_>,
    config: &Value,
) -> Outcome<(Vec<Made>, Option<Value>)> {
    let domain = Domain::of(given, config)?;
    let mut made = vec![(domain.id.clone(), domain.resource()?)];
    made.extend(domain.mappings()?);
    if let (true, Some(association)) = (domain.is_private(), domain.get("AccessAssociation")) {
        made.push(domain.association(association)?);
    }
    made.extend(domain.records(work)?);
    Ok((made, Some(domain.hashed())))
}

impl<'a> Domain<'a> {
    fn of(given: &'a Given<'a>, config: &'a Value) -> Outcome<Self> {
        let id = given.id;
        let config = expect::map(id, "Domain", config)?;
        let name = expect::present(id, "Domain.DomainName", config.get("DomainName"))?;
        let certificate = expect::present(id, "Domain.CertificateArn", config.get("CertificateArn"))?;
        let endpoint = match config.get("EndpointConfiguration") {
            None | Some(Value::Null) => "REGIONAL",
            Some(endpoint) => {
                endpoint.as_str().filter(|endpoint| ENDPOINTS.contains(endpoint)).ok_or_else(|| {
                    let known = python::shown(&json!(ENDPOINTS));
                    Cause::resource(
                        id,
                        format!("EndpointConfiguration for Custom Domains must be one of {known}."),
                    )
                })?
            }
        };
        let prefix = if endpoint == "PRIVATE" { "ApiGatewayDomainNameV2" } else { "ApiGatewayDomainName" };
        Ok(Self { given, config, name, certificate, endpoint, id: ids::hashed(prefix, name) })
    }

    fn is_private(&self) -> bool {
        self.endpoint == "PRIVATE"
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.config.get(name).filter(|value| !value.is_null())
    }

    fn set(&self, name: &str) -> Option<&'a Value> {
        self.get(name).filter(|value| is_set(value))
    }

    fn resource(&self) -> Outcome<Value> {
        let mut endpoint = json!({ "Types": [self.endpoint] });
        if let Some(kind) = self.set("IpAddressType") {
            endpoint["IpAddressType"] = kind.clone();
        }
        let (kind, more): (_, &[&str]) = if self.is_private() {
            ("AWS::ApiGateway::DomainNameV2", &["Policy"])
        } else {
            ("AWS::ApiGateway::DomainName", &["OwnershipVerificationCertificateArn"])
        };
        let certificate =
            if self.endpoint == "REGIONAL" { "RegionalCertificateArn" } else { "CertificateArn" };
        let mut domain = Plain::passing(kind, self.given.source)
            .with("DomainName", self.name.clone())
            .with("EndpointConfiguration", endpoint)
            .with(certificate, self.certificate.clone());
        if !self.is_private() {
            domain = domain.maybe("MutualTlsAuthentication", self.mutual_tls()?);
        }
        for name in ["SecurityPolicy", "EndpointAccessMode"].iter().chain(more) {
            domain = domain.copy_as(name, self.set(name));
        }
        Ok(domain.build())
    }

    fn mutual_tls(&self) -> Outcome<Option<Value>> {
        const FIELDS: &[&str] = &["TruststoreUri", "TruststoreVersion"];
        let Some(given) = self.set("MutualTlsAuthentication") else { return Ok(None) };
        let given = expect::map(self.given.id, "Domain.MutualTlsAuthentication", given)?;
        if given.keys().any(|key| !FIELDS.contains(&key.as_str())) {
            let reason = format!(
                "Available Domain.MutualTlsAuthentication fields are {}.",
                python::shown(&json!(FIELDS))
            );
            return Err(Cause::resource(self.given.id, reason));
        }
        Ok(Some(
            given.iter().filter(|(_, value)| is_set(value)).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ))
    }

    /// The base paths that lead to the API: all, or those that are named.
    fn mappings(&self) -> Outcome<Vec<Made>> {
        let api = self.given.id;
        let paths = match self.set("BasePath") {
            Some(Value::String(path)) => vec![path.as_str()],
            Some(paths @ Value::Array(_)) => expect::texts(api, "Domain.BasePath", paths)?,
            _ => return Ok(vec![(format!("{api}BasePathMapping"), self.mapping(None))]),
        };
        let plain = self.config.get("NormalizeBasePath").is_none_or(is_set);
        let mapping = |path: &str| {
            let letters: String = path.chars().filter(|c| c.is_alphanumeric()).collect();
            let mapping = self.mapping(Some(if plain { &letters } else { path }));
            (format!("{api}{letters}BasePathMapping"), mapping)
        };
        Ok(paths.into_iter().map(mapping).collect())
    }

    fn mapping(&self, path: Option<&str>) -> Value {
        let (kind, domain) = if self.is_private() {
            ("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn")
        } else {
            ("AWS::ApiGateway::BasePathMapping", "DomainName")
        };
        Plain::passing(kind, self.given.source)
            .with(domain, reference(&self.id))
            .with("RestApiId", reference(self.given.id))
            .with("Stage", reference(&format!("{}.Stage", self.given.id)))
            .maybe("BasePath", path)
            .build()
    }

    /// Lets a network's endpoint in to the private domain.
    fn association(&self, given: &Value) -> Outcome<Made> {
        let given = expect::map(self.given.id, "Domain.AccessAssociation", given)?;
        let endpoint = given.get("VpcEndpointId").cloned().unwrap_or_default();
        let association = Plain::passing("AWS::ApiGateway::DomainNameAccessAssociation", self.given.source)
            .with("DomainNameArn", reference(&self.id))
            .with("AccessAssociationSourceType", "VPCE")
            .maybe("AccessAssociationSource", (!endpoint.is_null()).then(|| endpoint.clone()))
            .build();
        Ok((ids::hashed("DomainNameAccessAssociation", &json!([endpoint, self.id])), association))
    }

    fn records(&self, work: &mut Work<'_>) -> Outcome<Option<Made>> {
        let Some(records) = Records::of(self.given.id, self.given.source, self.name, self.config)? else {
            return Ok(None);
        };
        let target = self.target(&records);
        if let Some(separate) = records.separate(&target)? {
            return Ok(Some(separate));
        }
        records.join(work, &target, true).map(Some)
    }

    /// Where the records lead.
    fn target(&self, records: &Records<'_>) -> Value {
        match self.endpoint {
            "REGIONAL" => regional(&self.id),
            "EDGE" => {
                let own = || json!({ "Fn::GetAtt": [self.id, "DistributionDomainName"] });
                let name = records.get("DistributionDomainName").cloned().unwrap_or_else(own);
                json!({ "HostedZoneId": DISTRIBUTIONS, "DNSName": name })
            }
            _ => json!({
                "HostedZoneId": records.get("VpcEndpointHostedZoneId"),
                "DNSName": records.get("VpcEndpointDomainName"),
            }),
        }
    }

    /// What a change of makes a new deployment.
    fn hashed(&self) -> Value {
        Value::Object(self.config.clone())
    }
}
