//! Somebody at the other end of a link, for tests: a person whose id is their name, in a workspace that all of them share.

use protocol::{Grants, Person, PersonId, Principal, WorkspaceId};

/// The workspace.
pub fn workspace() -> WorkspaceId {
    WorkspaceId("workspace".into())
}

/// Somebody of that name, with these grants in it.
pub fn somebody(name: &str, grants: Grants) -> Principal {
    let person = Person { id: PersonId(name.into()), name: name.into() };
    Principal { workspace: workspace(), person, grants }
}
