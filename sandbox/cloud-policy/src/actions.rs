//! What each service's actions are about: resource types with the patterns of their ARNs, and condition keys.
//!
//! The table of all services lies compressed in the program, as `cargo xtask shapes` writes it; a service is unpacked when
//! it is first asked for, and kept.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use flate2::read::DeflateDecoder;
use serde::Deserialize;

static FILE: &[u8] = include_bytes!("actions/table.bin");

/// How many bytes the index, or a service, may be unpacked. The largest has 130 KB.
const UNPACKED: u64 = 1024 * 1024;

static ENTRIES: LazyLock<BTreeMap<String, Range<usize>>> = LazyLock::new(|| entries().unwrap_or_default());

/// The services that were asked for: of those that there are, so all of them together are the whole table.
static READ: LazyLock<Mutex<BTreeMap<String, Arc<Actions>>>> = LazyLock::new(Mutex::default);

/// One service's actions.
#[derive(Debug, Deserialize)]
pub struct Actions {
    actions: BTreeMap<String, Action>,
    resources: BTreeMap<String, String>,
}

/// One action.
#[derive(Debug, Deserialize)]
pub struct Action {
    /// The resource types that it is always about.
    pub required: Vec<String>,
    /// Those that it may be about.
    pub optional: Vec<String>,
    /// The condition keys that it has besides the global ones: `s3:prefix`, `aws:RequestTag/${TagKey}`.
    pub keys: Vec<String>,
}

impl Actions {
    /// The action of that name, `GetObject`, in any case, with its name as it is documented.
    pub fn action(&self, name: &str) -> Option<(&str, &Action)> {
        let exact = self.actions.get_key_value(name);
        let found = exact.or_else(|| self.actions.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
        found.map(|(name, action)| (name.as_str(), action))
    }

    /// The pattern of a resource type's ARNs: `arn:${Partition}:s3:::${BucketName}`.
    pub fn arn(&self, resource_type: &str) -> Option<&str> {
        self.resources.get(resource_type).map(String::as_str)
    }
}

/// The actions of the service whose prefix that is (`s3`); none if there is no such service.
pub fn of(prefix: &str) -> Option<Arc<Actions>> {
    let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(present) = read().get(prefix) {
        return Some(present.clone());
    }
    let service = FILE.get(ENTRIES.get(prefix)?.clone())?;
    let actions: Arc<Actions> = Arc::new(serde_json::from_str(&inflate(service)?).ok()?);
    read().insert(prefix.to_owned(), actions.clone());
    Some(actions)
}

/// Whether there is an action of that name, `s3:GetObject`, in any case.
pub fn is_known(action: &str) -> bool {
    let Some((prefix, name)) = action.split_once(':') else { return false };
    of(&prefix.to_ascii_lowercase()).is_some_and(|actions| actions.action(name).is_some())
}

fn entries() -> Option<BTreeMap<String, Range<usize>>> {
    let (length, rest) = FILE.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let index: Vec<(String, usize)> = serde_json::from_str(&inflate(rest.get(..length)?)?).ok()?;
    let mut from = size_of::<u32>() + length;
    let entries = index.into_iter().map(|(prefix, length)| {
        let place = from..from + length;
        from = place.end;
        (prefix, place)
    });
    Some(entries.collect())
}

fn inflate(packed: &[u8]) -> Option<String> {
    let mut text = String::new();
    DeflateDecoder::new(packed).take(UNPACKED).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_about_resources() {
        let lambda = of("lambda").unwrap();
        let (name, action) = lambda.action("invokefunction").unwrap();
        assert_eq!((name, &*action.required), ("InvokeFunction", &["function".to_owned()][..]));
        assert_eq!(
            lambda.arn("function"),
            Some("arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}")
        );
        let s3 = of("s3").unwrap();
        assert!(s3.action("ListBucket").unwrap().1.keys.contains(&"s3:prefix".to_owned()));
        assert!(
            is_known("S3:getobject")
                && is_known("dynamodb:Query")
                && !is_known("s3:Nothing")
                && !is_known("x")
        );
        assert!(of("nothing").is_none());
    }

    #[test]
    fn every_service_of_the_table_can_be_read() {
        assert!(ENTRIES.len() > 400, "{}", ENTRIES.len());
        for prefix in ENTRIES.keys() {
            let actions = of(prefix).unwrap_or_else(|| panic!("{prefix}"));
            let types = |action: &Action| [action.required.clone(), action.optional.clone()].concat();
            let all = actions.actions.values().flat_map(types);
            for resource_type in all {
                assert!(actions.arn(&resource_type).is_some(), "{prefix}: {resource_type}");
            }
        }
    }
}
