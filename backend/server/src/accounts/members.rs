//! Who there is, and what they may do in which workspace: the one place where a grant comes from.

use protocol::{Grants, Person, PersonId, Principal, WorkspaceId};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::{Accounts, AccountsError};

/// Characters of a person's name that are kept.
const MAX_NAME: usize = 100;

/// The workspace that these accounts were made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Which.
    pub workspace: WorkspaceId,
    /// Whose: who uses `cumulo url` is them.
    pub owner: PersonId,
}

impl Accounts {
    /// The workspace that these accounts were made for, and whose it is.
    pub fn home(&self) -> Result<Home, AccountsError> {
        Ok(self.lock().query_row("SELECT id, owner FROM workspace", [], |row| {
            Ok(Home { workspace: WorkspaceId(row.get(0)?), owner: PersonId(row.get(1)?) })
        })?)
    }

    /// The person, and what they may do in a workspace; none where they are no member of it.
    pub fn principal(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
    ) -> Result<Option<Principal>, AccountsError> {
        let found: Option<(String, String)> = self
            .lock()
            .prepare_cached(
                "SELECT name, grants FROM member JOIN person ON id = person WHERE workspace = ?1 AND person = ?2",
            )?
            .query_row([&workspace.0, &person.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((name, grants)) = found else { return Ok(None) };
        let (workspace, person) = (workspace.clone(), Person { id: person.clone(), name });
        Ok(Some(Principal { workspace, person, grants: serde_json::from_str(&grants)? }))
    }

    /// Adds somebody to the workspace.
    pub fn add_member(&self, name: &str, grants: &Grants) -> Result<Person, AccountsError> {
        (self.room)();
        let workspace = self.home()?.workspace;
        let id = PersonId(Uuid::new_v4().simple().to_string());
        let person = Person { id, name: name.chars().take(MAX_NAME).collect() };
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("INSERT INTO person VALUES (?1, ?2)", [&person.id.0, &person.name])?;
        transaction.execute(
            "INSERT INTO member VALUES (?1, ?2, ?3)",
            params![workspace.0, person.id.0, serde_json::to_string(grants)?],
        )?;
        transaction.commit()?;
        Ok(person)
    }

    /// Gives a member of the workspace other grants.
    pub fn set_grants(&self, person: &PersonId, grants: &Grants) -> Result<(), AccountsError> {
        let grants = serde_json::to_string(grants)?;
        self.change_member("UPDATE member SET grants = ?1 WHERE person = ?2", &[&grants, &person.0])
    }

    /// Calls somebody otherwise. They stay who they are.
    pub fn rename(&self, person: &PersonId, name: &str) -> Result<(), AccountsError> {
        let name: String = name.chars().take(MAX_NAME).collect();
        self.change_member("UPDATE person SET name = ?1 WHERE id = ?2", &[&name, &person.0])
    }

    /// Takes somebody out of the workspace. What they did there goes on naming them.
    pub fn remove_member(&self, person: &PersonId) -> Result<(), AccountsError> {
        self.change_member("DELETE FROM member WHERE person = ?1", &[&person.0])
    }

    fn change_member(&self, statement: &str, values: &[&str]) -> Result<(), AccountsError> {
        (self.room)();
        let changed = self.lock().execute(statement, rusqlite::params_from_iter(values))?;
        if changed == 0 { Err(AccountsError::NoPerson) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stays_who_they_are_under_another_name_and_with_other_grants() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let accounts = Accounts::open(&path).unwrap();
        let home = accounts.home().unwrap();
        let seen = |accounts: &Accounts, person: &PersonId| {
            let principal = accounts.principal(&home.workspace, person).unwrap();
            principal.map(|principal| (principal.person.name, principal.grants))
        };
        let ada = accounts.add_member("Ada", &Grants::reader()).unwrap();
        assert_eq!(seen(&accounts, &ada.id), Some(("Ada".into(), Grants::reader())));
        accounts.rename(&ada.id, &"L".repeat(MAX_NAME + 1)).unwrap();
        accounts.set_grants(&ada.id, &Grants::writer()).unwrap();
        let again = Accounts::open(&path).unwrap();
        assert_eq!(seen(&again, &ada.id), Some(("L".repeat(MAX_NAME), Grants::writer())));
        assert_eq!(seen(&again, &home.owner), Some(("owner".into(), Grants::owner())), "nobody else's");
        let elsewhere = WorkspaceId("another".into());
        assert_eq!(again.principal(&elsewhere, &home.owner).unwrap(), None, "of one workspace alone");
        again.remove_member(&ada.id).unwrap();
        assert_eq!(seen(&accounts, &ada.id), None);
        assert!(matches!(again.set_grants(&ada.id, &Grants::owner()), Err(AccountsError::NoPerson)));
    }
}
