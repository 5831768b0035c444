//! Temporary keys: recorded so that they outlive a restart, dropped when they are over.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use cloud_core::{AccountId, Arn, AwsError, Context, Credential, Entropy, IssuedKeys, Principal, SecretKey};
use cloud_store::{Batch, Scan, Store, Table};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The table of sessions, by access key id.
pub(crate) const SESSIONS: Table = Table("sessions");

/// How long an expired session is remembered, to answer `ExpiredToken` and not "unknown key".
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One session as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Session {
    secret: String,
    token: String,
    expires: Timestamp,
    account: AccountId,
    arn: Arn,
    user_id: String,
}

/// All sessions, in memory and in the store.
pub(crate) struct Sessions {
    store: Store,
    live: RwLock<HashMap<String, Session>>,
}

impl Sessions {
    /// Reads the kept sessions and drops those that are over.
    pub(crate) async fn load(store: Store, now: Timestamp) -> Result<Self, cloud_store::Error> {
        let mut live = HashMap::new();
        let mut gone = Batch::new();
        for entry in store.scan(SESSIONS, Scan::all()).await? {
            let session: Session = entry.json()?;
            let key = String::from_utf8_lossy(&entry.key).into_owned();
            if session.is_over(now) {
                gone.delete(SESSIONS, &entry.key);
            } else {
                live.insert(key, session);
            }
        }
        if !gone.is_empty() {
            store.commit(gone).await?;
        }
        Ok(Self { store, live: RwLock::new(live) })
    }

    /// The credential of a temporary key.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<Credential> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let session = live.get(access_key_id)?.clone();
        Some(Credential {
            secret: SecretKey::new(session.secret),
            session_token: Some(session.token),
            expires: Some(session.expires),
            principal: Principal { account: session.account, arn: session.arn, user_id: session.user_id },
        })
    }

    /// Issues keys that stand for `principal`. Returns when they are durable.
    pub(crate) async fn issue(
        &self,
        context: &Context,
        principal: Principal,
        lifetime: Duration,
    ) -> Result<IssuedKeys, AwsError> {
        let now = context.now();
        let keys = generate(context.entropy(), &principal, now, lifetime);
        let session = Session {
            secret: keys.secret.expose().to_owned(),
            token: keys.session_token.clone(),
            expires: keys.expires,
            account: principal.account,
            arn: principal.arn,
            user_id: principal.user_id,
        };
        let mut batch = Batch::new();
        for over in self.take_over(now) {
            batch.delete(SESSIONS, over);
        }
        batch.put_json(SESSIONS, &keys.access_key_id, &session).map_err(AwsError::internal)?;
        self.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.insert(keys.access_key_id.clone(), session);
        Ok(keys)
    }

    fn take_over(&self, now: Timestamp) -> Vec<String> {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let over: Vec<_> =
            live.iter().filter(|(_, session)| session.is_over(now)).map(|(key, _)| key.clone()).collect();
        for key in &over {
            live.remove(key);
        }
        over
    }
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.expires) > REMEMBERED
    }
}

fn generate(entropy: &dyn Entropy, principal: &Principal, now: Timestamp, lifetime: Duration) -> IssuedKeys {
    let lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::ZERO);
    // AWS: expirations are whole seconds.
    let seconds = now.saturating_add(lifetime).unwrap_or(now).as_second();
    IssuedKeys {
        access_key_id: format!("ASIA{}", entropy.upper(16)),
        secret: SecretKey::new(entropy.pick(SECRET_ALPHABET, 40)),
        session_token: entropy.pick(SECRET_ALPHABET, 200),
        expires: Timestamp::from_second(seconds).unwrap_or(now),
        principal: principal.clone(),
    }
}
