//! Whether what Cargo.lock names has known weaknesses, by a dated list that lies in the repository, and comes from where it
//! should. It works offline; the style stage asks `cargo audit` as well where that is installed.

use semver::{Version, VersionReq};
use serde::Deserialize;

use super::{none, read};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Version,
    source: Option<String>,
    checksum: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    date: String,
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advisory {
    id: String,
    #[serde(rename = "crate")]
    name: String,
    title: String,
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
    /// Why a version that has it cannot hurt here.
    accepted: Option<String>,
}

impl Advisory {
    fn is_of(&self, package: &Package) -> bool {
        let sound = self.patched.iter().chain(&self.unaffected).any(|sound| sound.matches(&package.version));
        self.name == package.name && !sound
    }
}

fn lock() -> Lock {
    toml::from_str(&read("Cargo.lock")).unwrap()
}

fn list() -> List {
    toml::from_str(&read("xtask/advisories.toml")).unwrap()
}

/// What is wrong with these packages, by that list.
fn complaints(packages: &[Package], list: &List) -> Vec<String> {
    let mut found = Vec::new();
    for advisory in &list.advisory {
        let affected: Vec<_> = packages.iter().filter(|package| advisory.is_of(package)).collect();
        match (&advisory.accepted, affected.as_slice()) {
            (Some(_), []) => {
                found
                    .push(format!("{} is accepted, and no version of {} has it", advisory.id, advisory.name));
            }
            (Some(_), _) => {}
            (None, affected) => found.extend(affected.iter().map(|package| {
                format!("{} {}: {}, {}", package.name, package.version, advisory.id, advisory.title)
            })),
        }
    }
    found
}

#[test]
fn no_dependency_has_a_known_weakness() {
    none(complaints(&lock().package, &list()));
}

#[test]
fn the_list_says_what_it_knows_and_since_when() {
    let list = list();
    let parts: Vec<_> = list.date.split('-').map(str::len).collect();
    assert_eq!(parts, [4, 2, 2], "the list is dated: {}", list.date);
    let names: Vec<String> = lock().package.into_iter().map(|package| package.name).collect();
    let idle = list.advisory.iter().filter(|advisory| !names.contains(&advisory.name));
    none(idle.map(|advisory| format!("{} is about {}, which nothing uses", advisory.id, advisory.name)));
    let silent = list.advisory.iter().filter(|advisory| {
        advisory.title.is_empty() || advisory.accepted.as_ref().is_some_and(|reason| reason.len() < 20)
    });
    none(silent.map(|advisory| format!("{} does not say what or why", advisory.id)));
}

#[test]
fn a_weak_version_is_found_and_a_sound_one_is_not() {
    let package = |version: &str| Package {
        name: "weak".into(),
        version: version.parse().unwrap(),
        source: None,
        checksum: None,
    };
    let list: List = toml::from_str(
        r#"date = "2026-01-01"
        [[advisory]]
        id = "X-1"
        crate = "weak"
        title = "overflows"
        patched = [">=1.4.2, <2.0.0", ">=2.1.0"]
        unaffected = ["<1.0.0"]"#,
    )
    .unwrap();
    for (version, is_weak) in [
        ("0.9.0", false),
        ("1.0.0", true),
        ("1.4.1", true),
        ("1.4.2", false),
        ("2.0.5", true),
        ("2.1.0", false),
    ] {
        assert_eq!(!complaints(&[package(version)], &list).is_empty(), is_weak, "{version}");
    }
}

#[test]
fn dependencies_come_from_one_registry_with_their_checksums() {
    let foreign = lock().package.into_iter().filter(|package| {
        package.source.as_ref().is_some_and(|source| source != REGISTRY || package.checksum.is_none())
    });
    none(foreign.map(|package| {
        format!("{} {} comes from {}", package.name, package.version, package.source.unwrap_or_default())
    }));
}
