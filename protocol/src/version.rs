//! Published versions of a deployed function, and the aliases that name them.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "version.list" = ListVersions -> Versions;
    Cloud Write "version.publish" = PublishVersion -> Published;
    Cloud Write "version.delete" = DeleteVersion -> ();
    Cloud Write "version.put-alias" = PutAlias -> ();
    Cloud Write "version.delete-alias" = DeleteAlias -> ();
}

/// Versions that one answer has at most: the newest.
pub const MAX_VERSIONS: usize = 500;

/// Asks for a function's versions and aliases.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListVersions {
    /// The function's name.
    pub name: String,
}

/// A function's versions and aliases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// Published versions, the newest first: at most [`MAX_VERSIONS`].
    pub versions: Vec<Version>,
    /// Aliases by name: at most as many.
    pub aliases: Vec<Alias>,
}

/// A published version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// When it was published, as AWS writes it.
    pub last_modified: String,
    /// Bytes of its package.
    pub code_size: u64,
}

/// An alias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version that it names.
    pub version: String,
    /// A second version, to which some of its calls go.
    pub second: Option<Share>,
}

/// A version with its share of the calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The version.
    pub version: String,
    /// From 0 to 1.
    pub weight: f64,
}

/// Publishes what is `$LATEST`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishVersion {
    /// The function's name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A version that was published; of a function that did not change since, the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its number.
    pub version: String,
}

/// Deletes a version that no alias names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteVersion {
    /// The function's name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// Makes an alias, or changes one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutAlias {
    /// The function's name.
    pub name: String,
    /// Whether it is a new one.
    pub is_new: bool,
    /// The alias as it is to be.
    pub alias: Alias,
}

/// Deletes an alias.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteAlias {
    /// The function's name.
    pub name: String,
    /// The alias.
    pub alias: String,
}
