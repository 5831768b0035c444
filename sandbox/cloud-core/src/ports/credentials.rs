//! Keys: looking up the secret that must have signed, and issuing keys to functions.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::arn::Arn;
use crate::error::AwsError;
use crate::ids::AccountId;

/// A secret access key. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// Wraps the text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself: to sign or verify, never to log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

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
