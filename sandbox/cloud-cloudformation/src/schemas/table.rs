//! The table of all types, as `cargo xtask shapes` packs it: an index, then groups of schemas. A type's schema is unpacked
//! when it is asked for, with the group that it is in, and kept while there is room.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read as _;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use flate2::read::DeflateDecoder;
use serde::Deserialize;

use super::ResourceSchema;

static FILE: &[u8] = include_bytes!("table.bin");

/// How many bytes of schemas are kept read. The largest has 210 KB; read, a schema takes about five times its bytes.
const KEPT: usize = 2 * 1024 * 1024;

/// How many bytes the index, or a group, may be unpacked.
const UNPACKED: u64 = 1024 * 1024;

/// Where a type's schema is.
struct Entry {
    /// Its group, in the file.
    group: Range<usize>,
    /// The schema, in the group.
    schema: Range<usize>,
}

#[derive(Deserialize)]
struct Index {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    packed: usize,
    types: Vec<(String, usize)>,
}

static ENTRIES: LazyLock<BTreeMap<String, Entry>> = LazyLock::new(|| entries().unwrap_or_default());

static READ: LazyLock<Mutex<Read>> = LazyLock::new(Mutex::default);

/// The schemas that were read, the latest last.
#[derive(Default)]
struct Read {
    schemas: VecDeque<(Arc<ResourceSchema>, String, usize)>,
    bytes: usize,
}

impl Read {
    fn get(&self, type_name: &str) -> Option<Arc<ResourceSchema>> {
        self.schemas.iter().find(|(_, name, _)| name == type_name).map(|(schema, ..)| schema.clone())
    }

    fn keep(&mut self, type_name: &str, schema: Arc<ResourceSchema>, bytes: usize) {
        if self.get(type_name).is_some() {
            return;
        }
        self.bytes += bytes;
        self.schemas.push_back((schema, type_name.to_owned(), bytes));
        while self.bytes > KEPT {
            let Some((.., bytes)) = self.schemas.pop_front() else { break };
            self.bytes -= bytes;
        }
    }
}

/// The schema of one of AWS's types.
pub fn of(type_name: &str) -> Option<Arc<ResourceSchema>> {
    let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(schema) = read().get(type_name) {
        return Some(schema);
    }
    let text = text(type_name)?;
    let parsed = ResourceSchema::parse(&text)
        .inspect_err(|error| tracing::error!(type_name, %error, "a resource type's schema cannot be read"));
    let schema = Arc::new(parsed.ok()?);
    read().keep(type_name, schema.clone(), text.len());
    Some(schema)
}

fn text(type_name: &str) -> Option<String> {
    let entry = ENTRIES.get(type_name)?;
    inflate(FILE.get(entry.group.clone())?)?.get(entry.schema.clone()).map(str::to_owned)
}

fn inflate(packed: &[u8]) -> Option<String> {
    let mut text = String::new();
    DeflateDecoder::new(packed).take(UNPACKED).read_to_string(&mut text).ok()?;
    Some(text)
}

fn entries() -> Option<BTreeMap<String, Entry>> {
    let (length, rest) = FILE.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let index: Index = serde_json::from_str(&inflate(rest.get(..length)?)?).ok()?;
    let mut start = size_of::<u32>() + length;
    let mut entries = BTreeMap::new();
    for group in index.groups {
        let within = start..start + group.packed;
        let mut at = 0;
        for (name, length) in group.types {
            entries.insert(name, Entry { group: within.clone(), schema: at..at + length });
            at += length;
        }
        start = within.end;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_can_be_read() {
        assert!(ENTRIES.len() > 1800, "{}", ENTRIES.len());
        for name in ENTRIES.keys() {
            assert!(of(name).unwrap().properties().all(|property| !property.is_empty()), "{name}");
        }
        let read = READ.lock().unwrap();
        assert!(read.bytes <= KEPT && !read.schemas.is_empty());
    }

    #[test]
    fn an_unknown_type_has_no_schema() {
        for name in ["", "AWS::S3::Buck", "AWS::Serverless::Function"] {
            assert!(of(name).is_none(), "{name}");
        }
    }
}
