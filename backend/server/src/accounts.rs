//! The server's own accounts in SQLite: who there is and what they may do in which workspace; one-time codes and sessions,
//! as hashes. No workspace's data.
//!
//! Several processes may have it open (the server, and `cumulo url` for a moment), so it holds no state besides the
//! file. Calls block for as long as a commit takes: from async code they go through [`Accounts::run`].

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use protocol::PersonId;
use rusqlite::{Connection, OptionalExtension, params};
use thiserror::Error;

use crate::secret::SecretHash;

mod members;
mod schema;

pub use members::Home;

/// How long a one-time code can be used.
pub const CODE_LIFETIME: Duration = Duration::from_mins(15);
/// How long a session lasts from its sign-in.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(24 * 30);
/// Codes that may wait to be used; the oldest give way.
const MAX_CODES: u32 = 16;
/// Sessions kept; the oldest give way.
const MAX_SESSIONS: u32 = 256;

/// The accounts of one data directory; clones share the connection.
#[derive(Clone)]
pub struct Accounts {
    connection: Arc<Mutex<Connection>>,
    /// Asked before each write.
    room: Room,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// Sees to it that there is a little room on the disk: what is written here lets people in and out.
pub type Room = Arc<dyn Fn() + Send + Sync>;

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What their token hashes to.
    pub hash: SecretHash,
    /// Who they are.
    pub person: PersonId,
}

/// Why the accounts could not be used.
#[derive(Debug, Error)]
pub enum AccountsError {
    /// SQLite said no.
    #[error("failed to use the server's accounts")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was written by a later version of this program.
    #[error(
        "failed to open the server's accounts: they have version {0}, this program knows {known}; use the newer program",
        known = schema::VERSION
    )]
    Newer(u32),
    /// What stands there of a member cannot be read.
    #[error("failed to read what a member may do")]
    Grants(#[from] serde_json::Error),
    /// There is no such person.
    #[error("failed to find the person")]
    NoPerson,
    /// The blocking task was lost.
    #[error("failed to finish the work on the server's accounts")]
    Lost,
}

impl Accounts {
    /// Opens the file, making it when it is missing.
    pub fn open(path: &Path) -> Result<Self, AccountsError> {
        Self::open_with(path, Arc::new(|| {}))
    }

    /// The same, with somebody who makes room on the disk before each write.
    pub fn open_with(path: &Path, room: Room) -> Result<Self, AccountsError> {
        room();
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version > schema::VERSION {
            return Err(AccountsError::Newer(version));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        if version < schema::VERSION {
            schema::bring_up(&connection)?;
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), room })
    }

    /// Does `work` on the accounts away from the async threads.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, AccountsError> {
        let accounts = self.clone();
        tokio::task::spawn_blocking(move || work(&accounts)).await.map_err(|_| AccountsError::Lost)?
    }

    /// Keeps a code that lets `person` in, once and within [`CODE_LIFETIME`].
    pub fn add_code(&self, code: SecretHash, person: &PersonId, now: Duration) -> Result<(), AccountsError> {
        (self.room)();
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM code WHERE expires <= ?1", [seconds(now)])?;
        transaction.execute(
            "DELETE FROM code WHERE hash NOT IN (SELECT hash FROM code ORDER BY expires DESC LIMIT ?1)",
            [MAX_CODES - 1],
        )?;
        let expires = seconds(now + CODE_LIFETIME);
        transaction.execute(
            "INSERT INTO code (hash, person, expires) VALUES (?1, ?2, ?3)",
            params![code.as_bytes(), person.0, expires],
        )?;
        Ok(transaction.commit()?)
    }

    /// Uses a code up and opens a session of token `token` for whom it lets in; none where there is no such code (any more).
    pub fn redeem(
        &self,
        code: SecretHash,
        token: SecretHash,
        now: Duration,
    ) -> Result<Option<Session>, AccountsError> {
        (self.room)();
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let Some((stored, person)) = waiting_code(&transaction, &code, now)? else { return Ok(None) };
        transaction.execute("DELETE FROM code WHERE hash = ?1", [stored.as_bytes()])?;
        transaction.execute("DELETE FROM session WHERE expires <= ?1", [seconds(now)])?;
        transaction.execute(
            "DELETE FROM session WHERE hash NOT IN (SELECT hash FROM session ORDER BY expires DESC LIMIT ?1)",
            [MAX_SESSIONS - 1],
        )?;
        let expires = seconds(now + SESSION_LIFETIME);
        transaction.execute(
            "INSERT INTO session (hash, person, expires) VALUES (?1, ?2, ?3)",
            params![token.as_bytes(), person.0, expires],
        )?;
        transaction.commit()?;
        Ok(Some(Session { hash: token, person }))
    }

    /// The session that a token belongs to, if it has not expired.
    pub fn session(&self, token: SecretHash, now: Duration) -> Result<Option<Session>, AccountsError> {
        let found = self
            .lock()
            .prepare_cached("SELECT person FROM session WHERE hash = ?1 AND expires > ?2")?
            .query_row(params![token.as_bytes(), seconds(now)], |row| row.get(0))
            .optional()?;
        Ok(found.map(|person| Session { hash: token, person: PersonId(person) }))
    }

    /// Ends a session.
    pub fn end_session(&self, token: SecretHash) -> Result<(), AccountsError> {
        (self.room)();
        self.lock().execute("DELETE FROM session WHERE hash = ?1", [token.as_bytes()])?;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SQLite's integers have a sign.
fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// The code and whom it lets in. Compares with every waiting code in constant time each; there are at most [`MAX_CODES`].
fn waiting_code(
    connection: &Connection,
    code: &SecretHash,
    now: Duration,
) -> Result<Option<(SecretHash, PersonId)>, AccountsError> {
    let mut statement = connection.prepare("SELECT hash, person FROM code WHERE expires > ?1")?;
    let stored = statement.query_map([seconds(now)], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
    let mut found = None;
    for row in stored {
        let (bytes, person) = row?;
        if let Some(candidate) = SecretHash::from_stored(&bytes)
            && candidate.matches(code)
        {
            found = Some((candidate, PersonId(person)));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use protocol::Grants;

    use super::*;
    use crate::secret::Secret;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn open() -> (tempfile::TempDir, Accounts) {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&folder.path().join("server.db")).unwrap();
        (folder, accounts)
    }

    fn secret() -> SecretHash {
        Secret::generate().unwrap().hash()
    }

    /// Keeps a code for the owner.
    fn add(accounts: &Accounts, code: SecretHash, now: Duration) {
        let owner = accounts.home().unwrap().owner;
        accounts.add_code(code, &owner, now).unwrap();
    }

    #[test]
    fn a_code_opens_one_session_once_and_in_time() {
        let (folder, accounts) = open();
        let (code, token) = (secret(), secret());
        assert_eq!(accounts.redeem(code, token, NOW).unwrap(), None, "unknown");
        add(&accounts, code, NOW);
        let other_process = Accounts::open(&folder.path().join("server.db")).unwrap();
        assert_eq!(accounts.redeem(code, token, NOW + CODE_LIFETIME).unwrap(), None, "expired");
        let session = Session { hash: token, person: accounts.home().unwrap().owner };
        assert_eq!(other_process.redeem(code, token, NOW).unwrap(), Some(session.clone()));
        assert_eq!(accounts.redeem(code, secret(), NOW).unwrap(), None, "used");
        assert_eq!(accounts.session(token, NOW).unwrap(), Some(session));
        assert_eq!(accounts.session(token, NOW + SESSION_LIFETIME).unwrap(), None, "expired");
        accounts.end_session(token).unwrap();
        assert_eq!(accounts.session(token, NOW).unwrap(), None, "ended");
    }

    #[test]
    fn codes_and_sessions_are_bounded_and_the_oldest_give_way() {
        let (_folder, accounts) = open();
        let oldest = secret();
        add(&accounts, oldest, NOW);
        for second in 1..=u64::from(MAX_CODES) {
            add(&accounts, secret(), NOW + Duration::from_secs(second));
        }
        assert_eq!(accounts.redeem(oldest, secret(), NOW).unwrap(), None);
        let first = secret();
        for second in 0..=u64::from(MAX_SESSIONS) {
            let now = NOW + Duration::from_secs(second);
            let code = secret();
            add(&accounts, code, now);
            let next = if second == 0 { first } else { secret() };
            assert!(accounts.redeem(code, next, now).unwrap().is_some());
        }
        assert_eq!(accounts.session(first, NOW).unwrap(), None);
    }

    #[test]
    fn room_is_made_before_whatever_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let asked = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&asked);
        let room: Room = Arc::new(move || *counted.lock().unwrap() += 1);
        let accounts = Accounts::open_with(&folder.path().join("server.db"), room).unwrap();
        let (code, token, owner) = (secret(), secret(), accounts.home().unwrap().owner);
        let times = || *asked.lock().unwrap();
        assert_eq!(times(), 1, "opened");
        accounts.add_code(code, &owner, NOW).unwrap();
        assert_eq!(times(), 2, "a code");
        assert!(accounts.redeem(code, token, NOW).unwrap().is_some());
        assert_eq!(times(), 3, "a session");
        accounts.session(token, NOW).unwrap();
        assert_eq!(times(), 3, "nothing is written to look at one");
        accounts.end_session(token).unwrap();
        assert_eq!(times(), 4, "its end");
        let ada = accounts.add_member("Ada", &Grants::reader()).unwrap();
        assert_eq!(times(), 5, "a member");
        accounts.set_grants(&ada.id, &Grants::writer()).unwrap();
        accounts.rename(&ada.id, "Ada L.").unwrap();
        accounts.remove_member(&ada.id).unwrap();
        assert_eq!(times(), 8, "what becomes of one");
    }

    #[test]
    fn newer_records_are_refused_and_left_alone() {
        let (folder, accounts) = open();
        accounts.lock().pragma_update(None, "user_version", 9).unwrap();
        let error = Accounts::open(&folder.path().join("server.db")).unwrap_err();
        assert!(matches!(error, AccountsError::Newer(9)), "{error}");
    }

    #[test]
    fn no_secret_is_in_the_file() {
        let (folder, accounts) = open();
        let secret = Secret::generate().unwrap();
        add(&accounts, secret.hash(), NOW);
        drop(accounts);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(secret.reveal()));
        }
    }
}
