//! The workspace's first key pair: made once, kept in a file that only its owner reads, or handed in.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use cloud_core::{AccountId, Credential, CredentialStore, Entropy, Principal, SecretKey};
use serde::{Deserialize, Serialize};

const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The key pair of the account's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKeys {
    /// `AKIA…`.
    pub access_key_id: String,
    /// The secret.
    pub secret: SecretKey,
}

/// The root keys without the service: where its records cannot be opened, the account's owner still gets in.
#[derive(Clone, Debug)]
pub struct RootAlone {
    /// The keys.
    pub keys: RootKeys,
    /// Whose they are.
    pub account: AccountId,
}

impl CredentialStore for RootAlone {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        (access_key_id == self.keys.access_key_id).then(|| self.keys.credential(&self.account))
    }
}

/// How the pair is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept {
    access_key_id: String,
    secret_access_key: String,
}

impl RootKeys {
    /// What the keys prove.
    pub(crate) fn credential(&self, account: &AccountId) -> Credential {
        let principal = Principal::root(account);
        Credential { secret: self.secret.clone(), session_token: None, expires: None, principal }
    }

    /// A new pair.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        Self {
            access_key_id: format!("AKIA{}", entropy.upper(16)),
            secret: SecretKey::new(entropy.pick(SECRET_ALPHABET, 40)),
        }
    }

    /// The pair that was handed in, else the kept one, else a new one; kept in any case.
    pub(crate) fn settle(file: &Path, given: Option<Self>, entropy: &dyn Entropy) -> io::Result<Self> {
        let kept = Self::read(file)?;
        let keys = match (given, kept) {
            (None, Some(kept)) => return Ok(kept),
            (Some(given), Some(kept)) if given == kept => return Ok(kept),
            (given, _) => given.unwrap_or_else(|| Self::random(entropy)),
        };
        keys.write(file)?;
        Ok(keys)
    }

    fn read(file: &Path) -> io::Result<Option<Self>> {
        let mut text = String::new();
        match File::open(file) {
            Ok(mut file) => file.read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let kept: Kept = serde_json::from_str(&text)?;
        Ok(Some(Self { access_key_id: kept.access_key_id, secret: SecretKey::new(kept.secret_access_key) }))
    }

    /// Whole or not at all: beside it, flushed, then renamed.
    fn write(&self, file: &Path) -> io::Result<()> {
        let kept = Kept {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret.expose().to_owned(),
        };
        let beside = file.with_extension("new");
        let _ = std::fs::remove_file(&beside);
        let mut output = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        output.write_all(&serde_json::to_vec(&kept)?)?;
        output.sync_all()?;
        std::fs::rename(&beside, file)?;
        if let Some(folder) = file.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use cloud_core::SystemEntropy;

    use super::*;

    #[test]
    fn keys_are_made_once_and_only_their_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("root.json");
        let first = RootKeys::settle(&file, None, &SystemEntropy).unwrap();
        assert_eq!(RootKeys::settle(&file, None, &SystemEntropy).unwrap(), first);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!((first.access_key_id.len(), first.secret.expose().len()), (20, 40));
        let given = RootKeys { access_key_id: "AKIAGIVEN".into(), secret: SecretKey::new("given") };
        assert_eq!(RootKeys::settle(&file, Some(given.clone()), &SystemEntropy).unwrap(), given);
        assert_eq!(RootKeys::settle(&file, None, &SystemEntropy).unwrap(), given);
    }
}
