//! The table of CloudFormation's resource types: the public schemas without their prose, in one file.
//!
//! The file is `[length of the index, u32][index][group]…`, index and groups deflated. A group is the schemas of
//! neighbouring types, one behind the other, as JSON; the index says which types a group holds and how long each is. So
//! whoever asks for one type unpacks one group. This module only writes; `cloud-cloudformation` reads.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::python::Package;
use super::schema;

/// Where the table lies.
pub(crate) const FILE: &str = "sandbox/cloud-cloudformation/src/schemas/table.bin";

/// The schemas that are written down.
const CFN_LINT: Package<'_> =
    Package { name: "cfn-lint", folder: "cfn-lint", version: "1.58.0", alone: true };

/// How many bytes of schemas are unpacked to read one type, if that type is not larger.
// Measured: 64 KiB make the file 4 % larger, 256 KiB 2 % smaller.
const GROUP: usize = 128 * 1024;

/// Prints the schemas of all types of all regions, us-east-1's first where regions differ.
const PRINT_SCHEMAS: &str = r"
import json, pathlib
folder = pathlib.Path(metadata.distribution(name).locate_file('cfnlint/data/schemas'))
types = {}
for region in sorted(folder.glob('providers/*.json'), key=lambda file: (file.stem != 'us-east-1', file.stem)):
    for name, file in json.loads(region.read_text()).items():
        if name not in types:
            types[name] = json.loads((folder / 'resources' / (file + '.json')).read_text())
print(json.dumps({'date': json.loads((folder / 'version.json').read_text())['schema_date'], 'types': types}))
";

/// All types.
pub(crate) struct Table {
    /// When AWS's schemas were taken.
    date: String,
    /// The schemas, as JSON, by type.
    types: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Printed {
    date: String,
    types: BTreeMap<String, Map<String, Value>>,
}

impl Table {
    /// Reads the pinned schemas.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let printed: Printed = serde_json::from_str(&CFN_LINT.print(root, PRINT_SCHEMAS, &[])?)?;
        // The transform's own types are never made: it replaces them.
        let made = printed.types.into_iter().filter(|(name, _)| !name.starts_with("AWS::Serverless::"));
        let types = made.map(|(name, schema)| {
            let reduced = schema::reduce(&schema).with_context(|| format!("schema of {name}"))?;
            Ok((name, reduced.to_string()))
        });
        Ok(Self { date: printed.date, types: types.collect::<Result<_>>()? })
    }

    /// The file.
    pub(crate) fn pack(&self) -> Result<Vec<u8>> {
        let (mut groups, mut packed) = (Vec::new(), Vec::new());
        for (names, text) in self.groups() {
            let group = deflate(&text)?;
            groups.push(json!({ "packed": group.len(), "types": names }));
            packed.extend(group);
        }
        let index = deflate(&json!({ "date": self.date, "groups": groups }).to_string())?;
        let mut file = u32::try_from(index.len())?.to_le_bytes().to_vec();
        file.extend(index);
        file.extend(packed);
        Ok(file)
    }

    /// Neighbouring types with the length of each, and their schemas.
    fn groups(&self) -> Vec<(Vec<(&str, usize)>, String)> {
        let mut groups: Vec<(Vec<(&str, usize)>, String)> = Vec::new();
        for (name, schema) in &self.types {
            let fits = |(_, text): &&mut (_, String)| text.len() + schema.len() <= GROUP;
            match groups.last_mut().filter(fits) {
                Some((names, text)) => {
                    names.push((name, schema.len()));
                    text.push_str(schema);
                }
                None => groups.push((vec![(name, schema.len())], schema.clone())),
            }
        }
        groups
    }

    /// Whether that file holds these types. Its bytes may differ: they depend on the compressor's version.
    pub(crate) fn is_in(&self, file: &Path) -> bool {
        let present = std::fs::read(file).map_err(anyhow::Error::from).and_then(|bytes| unpack(&bytes));
        let texts: Vec<String> = self.groups().into_iter().map(|(_, text)| text).collect();
        present.is_ok_and(|(date, present)| date == self.date && present == texts)
    }
}

pub(super) fn deflate(text: &str) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?)
}

pub(super) fn inflate(packed: &[u8]) -> Result<String> {
    let mut text = String::new();
    DeflateDecoder::new(packed).read_to_string(&mut text)?;
    Ok(text)
}

/// The date and the groups of a file.
fn unpack(file: &[u8]) -> Result<(String, Vec<String>)> {
    #[derive(Deserialize)]
    struct Index {
        date: String,
        groups: Vec<Group>,
    }
    #[derive(Deserialize)]
    struct Group {
        packed: usize,
    }
    let (length, rest) = file.split_first_chunk().context("the file has no index")?;
    let length = u32::from_le_bytes(*length) as usize;
    let (index, mut rest) = rest.split_at_checked(length).context("the index is cut off")?;
    let index: Index = serde_json::from_str(&inflate(index)?)?;
    let mut texts = Vec::new();
    for group in index.groups {
        let (packed, others) = rest.split_at_checked(group.packed).context("a group is cut off")?;
        texts.push(inflate(packed)?);
        rest = others;
    }
    ensure!(rest.is_empty(), "there is more than the index says");
    Ok((index.date, texts))
}
