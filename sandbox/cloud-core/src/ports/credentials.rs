//! Keys: looking up the secret that must have signed, and issuing keys to functions.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::arn::Arn;
use crate::error::AwsError;
use crate::ids::AccountId;

/// How many derived keys a secret keeps, and of scopes of how many bytes at most.
const MOST_DERIVED: usize = 4;
const LONGEST_SCOPE: usize = 80;

/// A secret access key, with the last keys that were derived from it. Clones share both, which are gone with the last of
/// them. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct SecretKey(Arc<Secret>);

struct Secret {
    text: String,
    derived: Mutex<Vec<Derived>>,
}

/// What signs within one scope.
struct Derived {
    scope: Box<str>,
    key: [u8; 32],
}

impl SecretKey {
    /// Wraps the text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Arc::new(Secret { text: secret.into(), derived: Mutex::default() }))
    }

    /// The secret itself: to sign or verify, never to log.
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// The key that was derived from it for that scope, if it was kept.
    pub fn derived(&self, scope: &str) -> Option<[u8; 32]> {
        self.all_derived().iter().find(|derived| &*derived.scope == scope).map(|derived| derived.key)
    }

    /// Keeps a key that was derived from it. The oldest makes room for it.
    pub fn keep_derived(&self, scope: &str, key: [u8; 32]) {
        let mut all = self.all_derived();
        if scope.len() > LONGEST_SCOPE || all.iter().any(|derived| &*derived.scope == scope) {
            return;
        }
        if all.len() >= MOST_DERIVED {
            all.remove(0);
        }
        all.push(Derived { scope: scope.into(), key });
    }

    fn all_derived(&self) -> MutexGuard<'_, Vec<Derived>> {
        self.0.derived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Who a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// `arn:aws:iam::…:root`, `arn:aws:sts::…:assumed-role/…`.
    pub arn: Arn,
    /// The unique id that GetCallerIdentity shows.
    pub user_id: String,
}

impl Principal {
    /// The account itself.
    pub fn root(account: &AccountId) -> Self {
        Self {
            account: account.clone(),
            arn: Arn::global("iam", account, "root"),
            // AWS: for the account itself, its number.
            user_id: account.to_string(),
        }
    }

    /// Who signs nothing.
    pub fn anonymous() -> Self {
        let account = AccountId::anonymous();
        Self { arn: Arn::global("iam", &account, "anonymous"), user_id: account.to_string(), account }
    }
}

/// All that is known about an access key id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The secret that must have signed.
    pub secret: SecretKey,
    /// The token that must come along, for temporary keys.
    pub session_token: Option<String>,
    /// When the keys end, for temporary keys.
    pub expires: Option<Timestamp>,
    /// Who the keys stand for.
    pub principal: Principal,
}

/// Finds keys by their id.
pub trait CredentialStore: Send + Sync {
    /// The credential of that access key id, expired ones included.
    fn find(&self, access_key_id: &str) -> Option<Credential>;
}

/// Temporary keys for a function or a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedKeys {
    /// `ASIA…`.
    pub access_key_id: String,
    /// The secret.
    pub secret: SecretKey,
    /// The token.
    pub session_token: String,
    /// When they end.
    pub expires: Timestamp,
    /// Who they stand for.
    pub principal: Principal,
}

/// Issues temporary keys for roles.
#[async_trait]
pub trait CredentialIssuer: Send + Sync {
    /// Keys that act as `role` under that session name, for at most twelve hours.
    async fn issue(&self, role: &Arn, session_name: &str, lifetime: Duration)
    -> Result<IssuedKeys, AwsError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_keeps_few_derived_keys_and_no_other_has_them() {
        let secret = SecretKey::new("secret");
        let scopes: Vec<String> = (0..=MOST_DERIVED).map(|number| format!("20260101/{number}")).collect();
        for (scope, number) in scopes.iter().zip(0..) {
            secret.clone().keep_derived(scope, [number; 32]);
            secret.keep_derived(scope, [99; 32]);
        }
        let kept: Vec<_> = scopes.iter().map(|scope| secret.derived(scope).map(|key| key[0])).collect();
        assert_eq!(kept, [None, Some(1), Some(2), Some(3), Some(4)]);
        secret.keep_derived(&"x".repeat(LONGEST_SCOPE + 1), [5; 32]);
        assert_eq!(secret.all_derived().len(), MOST_DERIVED);
        let same = SecretKey::new("secret");
        assert_eq!((same.derived(&scopes[1]), &same), (None, &secret));
        assert_ne!(SecretKey::new("other"), secret);
        assert_eq!(format!("{secret:?}"), "SecretKey(…)");
    }
}
