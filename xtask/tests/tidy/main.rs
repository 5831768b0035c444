//! The repository's rules about itself, as ordinary tests: who may depend on whom (`layers`), what manifests must say
//! (`manifests`), what source files may look like (`sources`), whether documents tell the truth (`documents`),
//! where words for people stand (`words`).

#![allow(clippy::panic, clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

mod advisories;
mod documents;
mod layers;
mod manifests;
mod sources;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// The checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the checkout")
}

/// A file's text; the path is relative to the checkout.
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()))
}

/// All files in the repository, relative to it, in order; what builds leave behind is not looked at.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root(), &mut found);
    found.iter().map(|path| path.strip_prefix(root()).expect("it was found there").to_owned()).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !is_built(path))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn is_built(path: &Path) -> bool {
    const BUILT: [&str; 7] = [
        ".git",
        "target",
        "node_modules",
        "test-results",
        "playwright-report",
        "__pycache__",
        ".pytest_cache",
    ];
    path.file_name().is_some_and(|name| BUILT.iter().any(|built| name == *built))
}

/// The files with this extension.
fn files_with(extension: &str) -> Vec<PathBuf> {
    files().into_iter().filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// A crate of the workspace.
struct Crate {
    /// Its folder, relative to the checkout.
    folder: PathBuf,
    manifest: toml::Table,
}

impl Crate {
    fn name(&self) -> &str {
        self.manifest["package"]["name"].as_str().expect("a package has a name")
    }

    /// What it depends on, in one of the manifest's tables.
    fn dependencies(&self, table: &str) -> Vec<&str> {
        let found = self.manifest.get(table).and_then(toml::Value::as_table);
        found.map(|table| table.keys().map(String::as_str).collect()).unwrap_or_default()
    }
}

/// All crates of the workspace: every manifest outside `templates` but the root's.
fn crates() -> Vec<Crate> {
    let manifests = files_with("toml").into_iter().filter(|path| path.ends_with("Cargo.toml"));
    manifests
        .filter(|path| !path.starts_with("templates") && path.components().count() > 1)
        .map(|path| Crate {
            manifest: read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            folder: path.parent().expect("a manifest lies in a folder").to_owned(),
        })
        .collect()
}

/// Fails with all complaints at once.
fn none(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
