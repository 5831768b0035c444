//! Temporary keys: recorded so that they outlive a restart, dropped when they are over.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
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
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Store,
    live: Arc<RwLock<HashMap<String, Session>>>,
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
        Ok(Self { store, live: Arc::new(RwLock::new(live)) })
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

    /// Issues keys that stand for `principal`. Returns when they are durable. Who stops waiting stops nothing: keys that
    /// are kept on disk are known here, too.
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
        let (sessions, key) = (self.clone(), keys.access_key_id.clone());
        let keeping = tokio::spawn(async move { sessions.keep(key, session, now).await });
        keeping.await.map_err(AwsError::internal)??;
        Ok(keys)
    }

    /// Keeps a session on disk, then here, and drops those that are over from both.
    async fn keep(&self, key: String, session: Session, now: Timestamp) -> Result<(), AwsError> {
        let over = self.over(now);
        let mut batch = Batch::new();
        for over in &over {
            batch.delete(SESSIONS, over);
        }
        batch.put_json(SESSIONS, &key, &session).map_err(AwsError::internal)?;
        self.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        for over in &over {
            live.remove(over);
        }
        live.insert(key, session);
        Ok(())
    }

    fn over(&self, now: Timestamp) -> Vec<String> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.iter().filter(|(_, session)| session.is_over(now)).map(|(key, _)| key.clone()).collect()
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

#[cfg(test)]
mod tests {
    use cloud_core::interrupt::drop_at;
    use cloud_store::Layout;

    use super::*;

    #[tokio::test]
    async fn keys_on_disk_are_known_here_whoever_waits() {
        for waits in 1..=4 {
            let folder = tempfile::tempdir().unwrap();
            let (context, clock) = Context::for_test(folder.path());
            let store = Store::open(context.database("iam"), Layout::new(&[SESSIONS])).await.unwrap();
            let sessions = Sessions::load(store.clone(), context.now()).await.unwrap();
            let account = context.account().clone();
            let arn = Arn::global("iam", &account, "root");
            let principal = Principal { account, arn, user_id: "id".into() };
            let hour = Duration::from_hours(1);
            let old = sessions.issue(&context, principal.clone(), hour).await.unwrap();
            clock.advance(Duration::from_hours(3));
            drop_at(sessions.issue(&context, principal, hour), waits).await;
            // The new key takes the old one's place, in both at last.
            let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
            loop {
                let kept = store.scan(SESSIONS, Scan::all()).await.unwrap();
                let key = |index: usize| String::from_utf8_lossy(&kept[index].key).into_owned();
                if kept.len() == 1 && key(0) != old.access_key_id && sessions.find(&key(0)).is_some() {
                    assert!(sessions.find(&old.access_key_id).is_none(), "{waits}");
                    break;
                }
                assert!(tokio::time::Instant::now() < deadline, "{waits}: {} kept", kept.len());
                tokio::task::yield_now().await;
            }
        }
    }
}
