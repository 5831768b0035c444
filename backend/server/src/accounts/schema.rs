//! The tables of the accounts, and how those of earlier versions become them.
//!
//! Version 1 knew one person, by the name `owner`, and no workspaces.

use protocol::Grants;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::AccountsError;

/// The version of the tables below.
pub(super) const VERSION: u32 = 2;

/// Codes and sessions as version 1 had them.
const FIRST: &str = "
    CREATE TABLE code (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (hash BLOB PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
";
const MEMBERS: &str = "
    CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE workspace (id TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE member (
        workspace TEXT NOT NULL, person TEXT NOT NULL, grants TEXT NOT NULL, PRIMARY KEY (workspace, person)
    ) WITHOUT ROWID;
    ALTER TABLE code ADD COLUMN person TEXT NOT NULL DEFAULT '';
    ALTER TABLE session RENAME COLUMN user TO person;
";
/// What somebody is called who has not said how.
const OWNER: &str = "owner";

/// Makes the tables what they are in this version, unless another process was faster: wholly, or not at all.
pub(super) fn bring_up(connection: &Connection) -> Result<(), AccountsError> {
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(FIRST)?;
    }
    if version < VERSION {
        transaction.execute_batch(MEMBERS)?;
        found(&transaction)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(transaction.commit()?)
}

/// The workspace of this directory and its owner, who all codes and sessions of before are of.
fn found(connection: &Connection) -> Result<(), AccountsError> {
    let [workspace, owner] = [(), ()].map(|()| Uuid::new_v4().simple().to_string());
    connection.execute("INSERT INTO person VALUES (?1, ?2)", [&*owner, OWNER])?;
    connection.execute("INSERT INTO workspace VALUES (?1, ?2)", [&workspace, &owner])?;
    let grants = serde_json::to_string(&Grants::owner())?;
    connection.execute("INSERT INTO member VALUES (?1, ?2, ?3)", params![workspace, owner, grants])?;
    connection.execute("UPDATE code SET person = ?1", [&owner])?;
    connection.execute("UPDATE session SET person = ?1", [&owner])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Accounts, Session};
    use super::*;
    use crate::secret::SecretHash;

    #[test]
    fn records_of_the_first_version_keep_their_codes_and_sessions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let (code, token) = (SecretHash::of("code"), SecretHash::of("token"));
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(FIRST).unwrap();
        connection.execute("INSERT INTO code VALUES (?1, 900)", [code.as_bytes()]).unwrap();
        connection.execute("INSERT INTO session VALUES (?1, 'owner', 900)", [token.as_bytes()]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        drop(connection);
        let accounts = Accounts::open(&path).unwrap();
        let (home, now) = (accounts.home().unwrap(), Duration::from_secs(1));
        let session = accounts.session(token, now).unwrap().unwrap();
        assert_eq!(session, Session { hash: token, person: home.owner.clone() });
        let other = accounts.redeem(code, SecretHash::of("other"), now).unwrap().unwrap();
        assert_eq!(other.person, home.owner);
        let principal = accounts.principal(&home.workspace, &home.owner).unwrap().unwrap();
        assert_eq!((&*principal.person.name, principal.grants), (OWNER, Grants::owner()));
        let again = Accounts::open(&path).unwrap();
        assert_eq!(again.home().unwrap(), home, "the same over restarts");
    }
}
