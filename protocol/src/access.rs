//! Who is asking, where, and what they may do there: the whole permission model of a workspace.
//!
//! A workspace has capabilities; a person has a level in each of them, or none. Whatever a tab asks for states the
//! capability and the level that it needs ([`Access`]), and so does whatever a tab is told. The server says who the person
//! is and what they may do ([`Principal`]); a browser never states it.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// The id of a workspace: random, made once, and the same whatever becomes of the workspace's name and folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub String);

/// The id of a person: random, made once, and the same whatever they are called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Who they are.
    pub id: PersonId,
    /// What they are called: shown, and never decided by.
    pub name: String,
}

/// How far somebody may go; each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Looks, and changes nothing.
    Read,
    /// Changes, and runs.
    Write,
    /// Decides what holds for everybody.
    Own,
}

/// A part of a workspace that may be granted apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// The workspace itself: its description, trust in its folder, and what somebody has open in it.
    Workspace,
    /// Files, open documents and the trash.
    Files,
    /// What language servers say; to write is to run their commands.
    Languages,
    /// Terminals. What is shown in them may be anything that the workspace's user can read, credentials too.
    Terminals,
    /// The local cloud: functions, deployments, logs. To write is to build, which runs code of the folder.
    Cloud,
}

/// What a call or an event needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// In which capability.
    pub capability: Capability,
    /// At least this level.
    pub level: Level,
}

/// What somebody may do in a workspace: a level in each capability; none where it is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(BTreeMap<Capability, Level>);

/// The person at the other end of a link, where they are and what they may do there, as the server found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who.
    pub person: Person,
    /// What they may do in this workspace.
    pub grants: Grants,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Own];
}

impl Capability {
    /// All capabilities.
    pub const ALL: [Self; 5] = [Self::Workspace, Self::Files, Self::Languages, Self::Terminals, Self::Cloud];

    /// To look at it.
    pub const fn read(self) -> Access {
        Access { capability: self, level: Level::Read }
    }

    /// To change it.
    pub const fn write(self) -> Access {
        Access { capability: self, level: Level::Write }
    }

    /// To decide about it.
    pub const fn own(self) -> Access {
        Access { capability: self, level: Level::Own }
    }
}

impl Grants {
    /// The whole workspace.
    pub fn owner() -> Self {
        Capability::ALL.map(|capability| (capability, Level::Own)).into_iter().collect()
    }

    /// Works in everything and decides about nothing.
    pub fn writer() -> Self {
        Capability::ALL.map(|capability| (capability, Level::Write)).into_iter().collect()
    }

    /// Reads along: no terminal and no cloud, since both lead to credentials.
    pub fn reader() -> Self {
        [Capability::Workspace, Capability::Files, Capability::Languages]
            .map(|capability| (capability, Level::Read))
            .into_iter()
            .collect()
    }

    /// How far they go in a capability; none where it is not theirs at all.
    pub fn level(&self, capability: Capability) -> Option<Level> {
        self.0.get(&capability).copied()
    }

    /// Whether they allow what needs `access`.
    pub fn may(&self, access: Access) -> bool {
        self.level(access.capability).is_some_and(|level| level >= access.level)
    }
}

impl FromIterator<(Capability, Level)> for Grants {
    fn from_iter<I: IntoIterator<Item = (Capability, Level)>>(levels: I) -> Self {
        Self(levels.into_iter().collect())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Own => "own",
        })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workspace => "the workspace",
            Self::Files => "files",
            Self::Languages => "languages",
            Self::Terminals => "terminals",
            Self::Cloud => "the cloud",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(grants: &Grants, capability: Capability, highest: Option<Level>) {
        for level in Level::ALL {
            let expected = highest.is_some_and(|highest| level <= highest);
            assert_eq!(grants.may(Access { capability, level }), expected, "{level} on {capability}");
        }
    }

    #[test]
    fn a_level_includes_those_before_it_in_its_capability_alone() {
        let mixed: Grants =
            [(Capability::Files, Level::Write), (Capability::Terminals, Level::Read)].into_iter().collect();
        check(&mixed, Capability::Files, Some(Level::Write));
        check(&mixed, Capability::Terminals, Some(Level::Read));
        check(&mixed, Capability::Cloud, None);
        for capability in Capability::ALL {
            check(&Grants::owner(), capability, Some(Level::Own));
            check(&Grants::writer(), capability, Some(Level::Write));
            check(&Grants::default(), capability, None);
        }
        check(&Grants::reader(), Capability::Files, Some(Level::Read));
        check(&Grants::reader(), Capability::Terminals, None);
        check(&Grants::reader(), Capability::Cloud, None);
    }

    #[test]
    fn grants_are_written_by_name() {
        let text = r#"{"files":"write","terminals":"read"}"#;
        let grants: Grants = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&grants).unwrap(), text);
        for bad in [r#"{"files":"all"}"#, r#"{"everything":"own"}"#, r#"["files"]"#] {
            assert!(serde_json::from_str::<Grants>(bad).is_err(), "{bad}");
        }
    }
}
