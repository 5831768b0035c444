//! Records in Route 53 that lead a custom domain to its API. The domains of one zone share a group of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::resource::{Made, Plain, is_set};
use super::{Cause, Outcome, Work, expect, ids};

/// The groups that there are, by logical id.
pub(super) type Groups = BTreeMap<String, Value>;

/// The property `Route53` of a domain, checked.
pub(super) struct Records<'a> {
    /// The API's logical id.
    pub(super) api: &'a str,
    /// The API, for its attributes.
    pub(super) source: &'a Value,
    /// The domain's name.
    pub(super) name: &'a Value,
    given: &'a Map<String, Value>,
}

impl<'a> Records<'a> {
    /// The records of that domain, if it wants some.
    pub(super) fn of(
        api: &'a str,
        source: &'a Value,
        name: &'a Value,
        domain: &'a Map<String, Value>,
    ) -> Outcome<Option<Self>> {
        let Some(given) = domain.get("Route53").filter(|given| !given.is_null()) else { return Ok(None) };
        let given = expect::map(api, "Domain.Route53", given)?;
        let records = Self { api, source, name, given };
        if records.get("HostedZoneId").is_none() && records.get("HostedZoneName").is_none() {
            let reason =
                "HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.";
            return Err(Cause::resource(api, reason));
        }
        Ok(Some(records))
    }

    /// One of its properties.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    fn zone(&self) -> Value {
        let id = self.get("HostedZoneId").filter(|id| is_set(id));
        id.or_else(|| self.get("HostedZoneName")).cloned().unwrap_or_default()
    }

    /// The group that all domains of the zone share, with this one's records added. `both` says that a zone's name
    /// is stated also where its id is.
    pub(super) fn join(&self, work: &mut Work<'_>, target: &Value, both: bool) -> Outcome<Made> {
        let id = ids::hashed("RecordSetGroup", &self.zone());
        let mut group = match work.record_sets.get(&id) {
            Some(group) => group.clone(),
            None => self.group(both, is_present),
        };
        work.room.take(self.api, &group)?;
        self.add(&mut group, target);
        work.record_sets.insert(id.clone(), group.clone());
        Ok((id, group))
    }

    /// The zone's group with these records alone.
    pub(super) fn alone_in_zone(&self, target: &Value) -> Made {
        let mut group = self.group(false, is_present);
        self.add(&mut group, target);
        (ids::hashed("RecordSetGroup", &self.zone()), group)
    }

    /// A group of this domain alone, where it asks for one.
    pub(super) fn separate(&self, target: &Value) -> Outcome<Option<Made>> {
        let Some(separate) = self.get("SeparateRecordSetGroup").filter(|separate| is_set(separate)) else {
            return Ok(None);
        };
        expect::truth(self.api, "Domain.Route53.SeparateRecordSetGroup", separate)?;
        let id = ids::hashed("RecordSetGroup", &json!([self.zone(), self.name]));
        let mut group = self.group(true, is_set);
        self.add(&mut group, target);
        Ok(Some((id, group)))
    }

    fn group(&self, both: bool, counts: fn(&Value) -> bool) -> Value {
        let id = self.given.get("HostedZoneId").filter(|id| counts(id));
        let name = self.given.get("HostedZoneName").filter(|name| counts(name) && (both || id.is_none()));
        Plain::passing("AWS::Route53::RecordSetGroup", self.source)
            .copy_as("HostedZoneId", id)
            .copy_as("HostedZoneName", name)
            .with("RecordSets", json!([]))
            .build()
    }

    fn add(&self, group: &mut Value, target: &Value) {
        let mut target = target.clone();
        if let Some(health) = self.get("EvaluateTargetHealth") {
            target["EvaluateTargetHealth"] = health.clone();
        }
        let mut kinds = vec!["A"];
        if self.get("IpV6") == Some(&Value::Bool(true)) {
            kinds.push("AAAA");
        }
        let records = kinds.into_iter().map(|kind| {
            let mut record = json!({ "Name": self.name, "Type": kind, "AliasTarget": target });
            for name in ["Region", "SetIdentifier"] {
                if let Some(value) = self.get(name) {
                    record[name] = value.clone();
                }
            }
            record
        });
        if let Some(known) = group["Properties"]["RecordSets"].as_array_mut() {
            known.extend(records);
        }
    }
}

fn is_present(value: &Value) -> bool {
    !value.is_null()
}

/// Where a regional domain leads.
pub(super) fn regional(domain: &str) -> Value {
    json!({
        "HostedZoneId": { "Fn::GetAtt": [domain, "RegionalHostedZoneId"] },
        "DNSName": { "Fn::GetAtt": [domain, "RegionalDomainName"] },
    })
}
