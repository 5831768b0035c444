//! Temporary keys: recorded so that they outlive a restart, dropped when they are over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cloud_core::{AccountId, Arn, AwsError, Context, Credential, Entropy, IssuedKeys, Principal, SecretKey};
use cloud_store::{Index, Key, Resident, Store, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The table of sessions, by access key id.
pub(crate) const SESSIONS: Table = Table("sessions");
/// Sessions by the second in which they expire.
pub(crate) const EXPIRY: Index<Session> =
    Index { table: Table("sessions_by_expiry"), version: 1, keys: |session| vec![second(session.expires)] };

/// How long an expired session is remembered, to answer `ExpiredToken` and not "unknown key".
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
/// Bytes of sessions that are held in memory: about sixty thousand that were given nothing.
// LIMIT: AWS limits how many are issued a second.
const MOST_HELD: usize = 64 << 20;
/// What one takes at least, with the keys that are derived from its secret.
const LEAST: usize = 1000;
/// How many of those that are over are dropped at once.
const AT_ONCE: usize = 100;
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One session as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    #[serde(with = "secret")]
    secret: SecretKey,
    token: String,
    expires: Timestamp,
    account: AccountId,
    arn: Arn,
    user_id: String,
    #[serde(default)]
    limits: Limits,
}

/// What a session was given besides its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// The most that it may do, as a document and as managed policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_arns: Vec<String>,
    /// Who is behind it, as he says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// Tags, by their keys as they were given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The keys, in lower case, of those that go on to the sessions which this one assumes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub transitive: BTreeSet<String>,
    /// Since when there is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Timestamp>,
}

impl Limits {
    /// The tags that go on.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = (&String, &String)> {
        self.tags.iter().filter(|(key, _)| self.transitive.contains(&key.to_lowercase()))
    }

    /// Whether policies limit the session.
    pub(crate) fn are_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }
}

impl Session {
    /// About how many bytes it takes.
    fn weight(&self) -> usize {
        let Limits { policy, policy_arns, source_identity, tags, .. } = &self.limits;
        let texts = policy.iter().chain(policy_arns).chain(source_identity);
        LEAST + texts.chain(tags.keys()).chain(tags.values()).map(String::len).sum::<usize>()
    }
}

/// All sessions. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sessions {
    kept: Resident<String, Session>,
    /// What they weigh together, and may at most.
    held: Arc<AtomicUsize>,
    most: usize,
}

impl Sessions {
    /// Reads the kept sessions and drops those that are over.
    pub(crate) async fn load(store: &Store, now: Timestamp) -> Result<Self, cloud_store::Error> {
        let (kept, _) = Resident::open(store, SESSIONS, &[EXPIRY]).await?;
        let held = kept.view().values().map(|session| session.weight()).sum::<usize>();
        let sessions = Self { kept, held: Arc::new(AtomicUsize::new(held)), most: MOST_HELD };
        sessions.forget(now).await?;
        Ok(sessions)
    }

    /// Drops those that are over.
    async fn forget(&self, now: Timestamp) -> Result<(), cloud_store::Error> {
        loop {
            let all = self.clone();
            let drop_some = move |transaction: &mut Transaction<'_>| all.drop_over(transaction, now);
            if self.kept.store().free::<_, cloud_store::Error, _>(drop_some).await? == 0 {
                return Ok(());
            }
        }
    }

    /// That there is room for one more.
    async fn expect_room(&self, weight: usize, now: Timestamp) -> Result<(), AwsError> {
        let is_full = || self.held.load(Ordering::Relaxed) + weight > self.most;
        if is_full() {
            self.forget(now).await?;
        }
        // AWS: the common error of services of this protocol.
        if is_full() { Err(AwsError::new("Throttling", "Rate exceeded")) } else { Ok(()) }
    }

    /// The credential of a temporary key.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<Credential> {
        let session = Arc::clone(self.kept.view().get(access_key_id)?);
        let (account, arn) = (session.account.clone(), session.arn.clone());
        Some(Credential {
            secret: session.secret.clone(),
            session_token: Some(session.token.clone()),
            expires: Some(session.expires),
            principal: Principal { account, arn, user_id: session.user_id.clone() },
        })
    }

    /// What the session of that key was given; none of a key that is no session's, or of one that was dropped.
    pub(crate) fn limits(&self, access_key_id: &str) -> Option<Limits> {
        self.kept.view().get(access_key_id).map(|session| session.limits.clone())
    }

    /// Issues keys that stand for `principal`, and drops those that are over. Returns when they are durable.
    pub(crate) async fn issue(
        &self,
        context: &Context,
        principal: Principal,
        lifetime: Duration,
        limits: Limits,
    ) -> Result<IssuedKeys, AwsError> {
        let now = context.now();
        let keys = generate(context.entropy(), &principal, now, lifetime);
        let session = Session {
            // Its own: what is derived from it is gone with the session, however long whoever gets the keys has them.
            secret: SecretKey::new(keys.secret.expose()),
            token: keys.session_token.clone(),
            expires: keys.expires,
            account: principal.account,
            arn: principal.arn,
            user_id: principal.user_id,
            limits: Limits { issued: Some(now), ..limits },
        };
        let weight = session.weight();
        self.expect_room(weight, now).await?;
        let (sessions, key) = (self.clone(), keys.access_key_id.clone());
        let issue = move |transaction: &mut Transaction<'_>| {
            sessions.drop_over(transaction, now)?;
            sessions.kept.within(transaction).put(key, session)?;
            transaction.then(move || {
                sessions.held.fetch_add(weight, Ordering::Relaxed);
            });
            Ok(())
        };
        self.kept.store().transact::<_, cloud_store::Error, _>(issue).await?;
        Ok(keys)
    }

    /// Drops some of the sessions that are over; how many.
    fn drop_over(
        &self,
        transaction: &mut Transaction<'_>,
        now: Timestamp,
    ) -> Result<usize, cloud_store::Error> {
        let remembered = now.saturating_sub(REMEMBERED).unwrap_or(now);
        let mut sessions = self.kept.within(transaction);
        let over = sessions.find_before(&EXPIRY, &second(remembered), AT_ONCE)?;
        let mut weight = 0;
        for key in &over {
            weight += sessions.get(key)?.map_or(0, |session| session.weight());
            sessions.remove(key)?;
        }
        let held = Arc::clone(&self.held);
        transaction.then(move || {
            held.fetch_sub(weight, Ordering::Relaxed);
        });
        Ok(over.len())
    }
}

/// A secret as it is kept.
mod secret {
    use cloud_core::SecretKey;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &SecretKey, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretKey, D::Error> {
        String::deserialize(deserializer).map(SecretKey::new)
    }
}

/// A second as a key of the index.
fn second(time: Timestamp) -> Key {
    Key::number(u64::try_from(time.as_second()).unwrap_or(0))
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
    use cloud_store::{Layout, Scan};

    use super::*;

    #[tokio::test]
    async fn sessions_that_are_over_make_room_for_others() {
        let folder = tempfile::tempdir().unwrap();
        let (context, clock) = Context::for_test(folder.path());
        let layout = Layout::new(&[SESSIONS, EXPIRY.table]);
        let store = Store::open(context.database("iam"), layout).await.unwrap();
        let most = 10 * LEAST;
        let sessions = Sessions { most, ..Sessions::load(&store, context.now()).await.unwrap() };
        let account = context.account().clone();
        let issue = async |sessions: &Sessions, letters: usize| {
            let principal = Principal::root(&account);
            let limits = Limits { policy: Some("x".repeat(letters)), ..Limits::default() };
            sessions.issue(&context, principal, Duration::from_hours(1), limits).await
        };
        let half = most / 2 - LEAST;
        issue(&sessions, half).await.unwrap();
        issue(&sessions, half).await.unwrap();
        let refused = issue(&sessions, 0).await.unwrap_err();
        assert_eq!((refused.code(), refused.message()), ("Throttling", "Rate exceeded"));
        let again = Sessions { most, ..Sessions::load(&store, context.now()).await.unwrap() };
        assert_eq!(issue(&again, 0).await.unwrap_err().code(), "Throttling", "what is kept counts");
        clock.advance(Duration::from_hours(3));
        issue(&sessions, half).await.unwrap();
        assert_eq!(store.scan(SESSIONS, Scan::all()).await.unwrap().len(), 1);
        assert_eq!(sessions.held.load(Ordering::Relaxed), most / 2);
    }

    #[tokio::test]
    async fn keys_on_disk_are_known_here_whoever_waits() {
        for waits in 1..=4 {
            let folder = tempfile::tempdir().unwrap();
            let (context, clock) = Context::for_test(folder.path());
            let store =
                Store::open(context.database("iam"), Layout::new(&[SESSIONS, EXPIRY.table])).await.unwrap();
            let sessions = Sessions::load(&store, context.now()).await.unwrap();
            let account = context.account().clone();
            let arn = Arn::global("iam", &account, "root");
            let principal = Principal { account, arn, user_id: "id".into() };
            let hour = Duration::from_hours(1);
            let old = sessions.issue(&context, principal.clone(), hour, Limits::default()).await.unwrap();
            clock.advance(Duration::from_hours(3));
            drop_at(sessions.issue(&context, principal, hour, Limits::default()), waits).await;
            // The new key takes the old one's place, in both at last.
            let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
            loop {
                let kept = store.scan(SESSIONS, Scan::all()).await.unwrap();
                let key = |index: usize| String::from_utf8_lossy(&kept[index].key).into_owned();
                if kept.len() == 1 && key(0) != old.access_key_id && sessions.find(&key(0)).is_some() {
                    assert!(sessions.find(&old.access_key_id).is_none(), "{waits}");
                    let secret = || sessions.find(&key(0)).unwrap().secret;
                    secret().keep_derived("scope", [1; 32]);
                    assert_eq!(secret().derived("scope"), Some([1; 32]), "as long as the session is there");
                    break;
                }
                assert!(tokio::time::Instant::now() < deadline, "{waits}: {} kept", kept.len());
                tokio::task::yield_now().await;
            }
        }
    }
}
