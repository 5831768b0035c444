//! The server's own records in SQLite: one-time codes and sessions, as hashes. No workspace's data.
//!
//! Several processes may have it open (the server, and `cumulo url` for a moment), so it holds no state besides the
//! file. Calls block for as long as a commit takes: from async code they go through [`Records::run`].

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use thiserror::Error;

use crate::secret::SecretHash;

/// How long a one-time code can be used.
pub const CODE_LIFETIME: Duration = Duration::from_mins(15);
/// How long a session lasts from its sign-in.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(24 * 30);
/// Codes that may wait to be used; the oldest give way.
const MAX_CODES: u32 = 16;
/// Sessions kept; the oldest give way.
const MAX_SESSIONS: u32 = 256;
/// The version of the tables below.
const SCHEMA_VERSION: u32 = 1;
const SCHEMA: &str = "
    CREATE TABLE code (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (hash BLOB PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// The records of one data directory; clones share the connection.
#[derive(Clone)]
pub struct Records {
    connection: Arc<Mutex<Connection>>,
    /// Asked before each write.
    room: Room,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

/// Sees to it that there is a little room on the disk: what is written here lets people in and out.
pub type Room = Arc<dyn Fn() + Send + Sync>;

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What their token hashes to.
    pub hash: SecretHash,
    /// Their name.
    pub user: String,
}

/// Why the records could not be used.
#[derive(Debug, Error)]
pub enum RecordsError {
    /// SQLite said no.
    #[error("failed to use the server's records")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was written by a later version of this program.
    #[error(
        "failed to open the server's records: they have version {0}, this program knows {SCHEMA_VERSION}; use the newer program"
    )]
    Newer(u32),
    /// The blocking task was lost.
    #[error("failed to finish the work on the server's records")]
    Lost,
}

impl Records {
    /// Opens the file, making it when it is missing.
    pub fn open(path: &Path) -> Result<Self, RecordsError> {
        Self::open_with(path, Arc::new(|| {}))
    }

    /// The same, with somebody who makes room on the disk before each write.
    pub fn open_with(path: &Path, room: Room) -> Result<Self, RecordsError> {
        room();
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version > SCHEMA_VERSION {
            return Err(RecordsError::Newer(version));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        if version == 0 {
            create(&connection)?;
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), room })
    }

    /// Does `work` on the records away from the async threads.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, RecordsError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let records = self.clone();
        tokio::task::spawn_blocking(move || work(&records)).await.map_err(|_| RecordsError::Lost)?
    }

    /// Keeps a code that may be used once within [`CODE_LIFETIME`].
    pub fn add_code(&self, code: SecretHash, now: Duration) -> Result<(), RecordsError> {
        (self.room)();
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM code WHERE expires <= ?1", [seconds(now)])?;
        transaction.execute(
            "DELETE FROM code WHERE hash NOT IN (SELECT hash FROM code ORDER BY expires DESC LIMIT ?1)",
            [MAX_CODES - 1],
        )?;
        let expires = seconds(now + CODE_LIFETIME);
        transaction.execute("INSERT INTO code VALUES (?1, ?2)", params![code.as_bytes(), expires])?;
        Ok(transaction.commit()?)
    }

    /// Uses a code up and opens `session` for it; false where there is no such code (any more).
    pub fn redeem(&self, code: SecretHash, session: &Session, now: Duration) -> Result<bool, RecordsError> {
        (self.room)();
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let Some(stored) = waiting_code(&transaction, &code, now)? else { return Ok(false) };
        transaction.execute("DELETE FROM code WHERE hash = ?1", [stored.as_bytes()])?;
        transaction.execute("DELETE FROM session WHERE expires <= ?1", [seconds(now)])?;
        transaction.execute(
            "DELETE FROM session WHERE hash NOT IN (SELECT hash FROM session ORDER BY expires DESC LIMIT ?1)",
            [MAX_SESSIONS - 1],
        )?;
        let expires = seconds(now + SESSION_LIFETIME);
        transaction.execute(
            "INSERT INTO session VALUES (?1, ?2, ?3)",
            params![session.hash.as_bytes(), session.user, expires],
        )?;
        transaction.commit()?;
        Ok(true)
    }

    /// The session that a token belongs to, if it has not expired.
    pub fn session(&self, token: SecretHash, now: Duration) -> Result<Option<Session>, RecordsError> {
        let found = self
            .lock()
            .prepare_cached("SELECT user FROM session WHERE hash = ?1 AND expires > ?2")?
            .query_row(params![token.as_bytes(), seconds(now)], |row| row.get(0))
            .optional()?;
        Ok(found.map(|user| Session { hash: token, user }))
    }

    /// Ends a session.
    pub fn end_session(&self, token: SecretHash) -> Result<(), RecordsError> {
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

/// Makes the tables, unless another process was faster.
fn create(connection: &Connection) -> Result<(), RecordsError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        connection.execute_batch(SCHEMA)?;
    }
    Ok(connection.execute_batch("COMMIT")?)
}

/// Compares with every waiting code in constant time each; there are at most [`MAX_CODES`].
fn waiting_code(
    connection: &Connection,
    code: &SecretHash,
    now: Duration,
) -> Result<Option<SecretHash>, RecordsError> {
    let mut statement = connection.prepare("SELECT hash FROM code WHERE expires > ?1")?;
    let stored = statement.query_map([seconds(now)], |row| row.get::<_, Vec<u8>>(0))?;
    let mut found = None;
    for bytes in stored {
        if let Some(candidate) = SecretHash::from_stored(&bytes?)
            && candidate.matches(code)
        {
            found = Some(candidate);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn open() -> (tempfile::TempDir, Records) {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(&folder.path().join("server.db")).unwrap();
        (folder, records)
    }

    fn session() -> Session {
        Session { hash: Secret::generate().unwrap().hash(), user: "owner".into() }
    }

    #[test]
    fn a_code_opens_one_session_once_and_in_time() {
        let (folder, records) = open();
        let code = Secret::generate().unwrap().hash();
        let owner = session();
        assert!(!records.redeem(code, &owner, NOW).unwrap(), "unknown");
        records.add_code(code, NOW).unwrap();
        let other_process = Records::open(&folder.path().join("server.db")).unwrap();
        assert!(!records.redeem(code, &owner, NOW + CODE_LIFETIME).unwrap(), "expired");
        assert!(other_process.redeem(code, &owner, NOW).unwrap());
        assert!(!records.redeem(code, &session(), NOW).unwrap(), "used");
        assert_eq!(records.session(owner.hash, NOW).unwrap(), Some(owner.clone()));
        assert_eq!(records.session(owner.hash, NOW + SESSION_LIFETIME).unwrap(), None, "expired");
        records.end_session(owner.hash).unwrap();
        assert_eq!(records.session(owner.hash, NOW).unwrap(), None, "ended");
    }

    #[test]
    fn codes_and_sessions_are_bounded_and_the_oldest_give_way() {
        let (_folder, records) = open();
        let oldest = Secret::generate().unwrap().hash();
        records.add_code(oldest, NOW).unwrap();
        for second in 1..=u64::from(MAX_CODES) {
            records.add_code(Secret::generate().unwrap().hash(), NOW + Duration::from_secs(second)).unwrap();
        }
        assert!(!records.redeem(oldest, &session(), NOW).unwrap());
        let first = session();
        for second in 0..=u64::from(MAX_SESSIONS) {
            let now = NOW + Duration::from_secs(second);
            let code = Secret::generate().unwrap().hash();
            records.add_code(code, now).unwrap();
            let next = if second == 0 { first.clone() } else { session() };
            assert!(records.redeem(code, &next, now).unwrap());
        }
        assert_eq!(records.session(first.hash, NOW).unwrap(), None);
    }

    #[test]
    fn room_is_made_before_whatever_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let asked = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&asked);
        let room: Room = Arc::new(move || *counted.lock().unwrap() += 1);
        let records = Records::open_with(&folder.path().join("server.db"), room).unwrap();
        let (code, owner) = (Secret::generate().unwrap().hash(), session());
        let times = || *asked.lock().unwrap();
        assert_eq!(times(), 1, "opened");
        records.add_code(code, NOW).unwrap();
        assert_eq!(times(), 2, "a code");
        assert!(records.redeem(code, &owner, NOW).unwrap());
        assert_eq!(times(), 3, "a session");
        records.session(owner.hash, NOW).unwrap();
        assert_eq!(times(), 3, "nothing is written to look at one");
        records.end_session(owner.hash).unwrap();
        assert_eq!(times(), 4, "its end");
    }

    #[test]
    fn newer_records_are_refused_and_left_alone() {
        let (folder, records) = open();
        records.lock().pragma_update(None, "user_version", 9).unwrap();
        let error = Records::open(&folder.path().join("server.db")).unwrap_err();
        assert!(matches!(error, RecordsError::Newer(9)), "{error}");
    }

    #[test]
    fn no_secret_is_in_the_file() {
        let (folder, records) = open();
        let secret = Secret::generate().unwrap();
        records.add_code(secret.hash(), NOW).unwrap();
        drop(records);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(secret.reveal()));
        }
    }
}
