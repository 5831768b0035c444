//! The cloud's first key pair: made or given once, kept in the data directory.

use std::fmt;

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use crate::data::{DataDir, read_small, write_private};

const FILE: &str = "root-key.json";
/// AWS: what the letters of a key's id are, after its prefix.
const ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// AWS: the prefix of a long-term key's id, and the lengths of both parts.
const ID_PREFIX: &str = "AKIA";
const ID_RANDOM: usize = 16;
const SECRET_LENGTH: usize = 40;
/// Characters that either part of a given key may have.
const MAX_GIVEN: usize = 1024;

/// A root key pair. `Debug` does not show its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RootKey {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl From<(String, String)> for RootKey {
    fn from((access_key_id, secret_access_key): (String, String)) -> Self {
        Self { access_key_id, secret_access_key }
    }
}

/// The key of a data directory: the stored one, else `given`, else a new one.
pub(crate) fn load_or_create(data: &DataDir, given: Option<RootKey>) -> Result<RootKey> {
    let path = data.file(FILE);
    if let Some(text) = read_small(&path)? {
        let stored: RootKey = serde_json::from_str(&text)
            .with_context(|| format!("failed to understand {}", path.display()))?;
        if given.is_some_and(|given| given != stored) {
            bail!(
                "the cloud in {} has another root key than the environment brings: use another --data, or unset it there",
                data.path().display()
            );
        }
        return Ok(stored);
    }
    let key = match given {
        Some(given) => checked(given)?,
        None => generate()?,
    };
    write_private(&path, serde_json::to_string_pretty(&key)?.as_bytes())?;
    Ok(key)
}

/// Any key that test suites and other local clouds use, `test` among them, as long as a signature can name it.
// LIMIT: AWS's own key ids have 16 to 128 word characters.
fn checked(key: RootKey) -> Result<RootKey> {
    let fits = |text: &str, marks: &[u8]| {
        (1..=MAX_GIVEN).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !marks.contains(&byte))
    };
    // The marks that end a key's id in a signature, plain or in a query.
    if !fits(&key.access_key_id, b",/") {
        bail!(
            "the given access key id must be 1 to {MAX_GIVEN} visible ASCII characters without comma and slash"
        );
    }
    if !fits(&key.secret_access_key, b"") {
        bail!("the given secret access key must be 1 to {MAX_GIVEN} visible ASCII characters");
    }
    Ok(key)
}

fn generate() -> Result<RootKey> {
    let access_key_id = format!("{ID_PREFIX}{}", random_text(ID_LETTERS, ID_RANDOM)?);
    let secret_access_key =
        random_text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", SECRET_LENGTH)?;
    Ok(RootKey { access_key_id, secret_access_key })
}

/// Letters of an alphabet whose size is a power of two, so that all are equally likely.
fn random_text<const N: usize>(alphabet: &[u8; N], length: usize) -> Result<String> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow!("failed to get random bytes from the system: {error}"))?;
    Ok(bytes.into_iter().map(|byte| char::from(alphabet[usize::from(byte) % N])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> (tempfile::TempDir, DataDir) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::create(folder.path()).unwrap();
        (folder, data)
    }

    fn key(id: &str, secret: &str) -> RootKey {
        RootKey { access_key_id: id.into(), secret_access_key: secret.into() }
    }

    #[test]
    fn a_key_is_made_once() {
        let (_folder, data) = data();
        let made = load_or_create(&data, None).unwrap();
        assert_eq!((made.access_key_id.len(), made.secret_access_key.len()), (20, 40));
        assert_eq!(load_or_create(&data, None).unwrap(), made);
        assert_eq!(load_or_create(&data, Some(made.clone())).unwrap(), made);
        assert!(load_or_create(&data, Some(key("AKIAAAAAAAAAAAAAAAAA", "another1"))).is_err());
        assert!(!format!("{made:?}").contains(&made.secret_access_key));
    }

    #[test]
    fn a_given_key_is_checked_and_kept() {
        let (_folder, data) = data();
        let long = "x".repeat(MAX_GIVEN + 1);
        for (id, secret) in [
            ("", "x"),
            ("x", ""),
            ("a b", "x"),
            ("a,b", "x"),
            ("a/b", "x"),
            ("é", "x"),
            ("x", "a\nb"),
            (&long, "x"),
        ] {
            assert!(load_or_create(&data, Some(key(id, secret))).is_err(), "{id} {secret}");
        }
        for (id, secret) in [("test", "test"), ("x", "y"), ("000000000000", "a"), ("AKIA-x.y=z", "s/+=")] {
            assert_eq!(checked(key(id, secret)).unwrap(), key(id, secret));
        }
        let given = key("AKIAAAAAAAAAAAAAAAAA", "given-secret");
        assert_eq!(load_or_create(&data, Some(given.clone())).unwrap(), given);
        assert_eq!(load_or_create(&data, None).unwrap(), given);
    }
}
