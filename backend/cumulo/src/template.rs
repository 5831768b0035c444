//! The templates inside the program, and filling a folder from one: wholly or not at all, never over somebody's files.
//!
//! A folder is filled in two steps that each survive being killed: the files are written into a folder inside it whose
//! name says *unfinished*; that one is renamed to say *finished*; its entries are moved up. The next start throws an
//! unfinished one away and moves a finished one's rest.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rust_embed::RustEmbed;

const UNFINISHED: &str = ".cumulo-template.unfinished";
const FINISHED: &str = ".cumulo-template.finished";

/// `templates/` of the repository, without what building there leaves behind.
#[derive(RustEmbed)]
#[folder = "../../templates"]
#[exclude = "*/target/*"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/.aws-sam/*"]
#[allow_missing = true]
struct Templates;

/// What became of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// It has the template's files now.
    FromTemplate,
    /// It had files and was left alone.
    AsItWas,
}

/// Fills `folder` from the template `name` where it is missing or empty.
pub(crate) fn fill(folder: &Path, name: &str) -> Result<Filled> {
    let files: Vec<_> = files(name)?;
    let borrowed = files.iter().map(|(path, content)| (path.as_str(), content.as_ref()));
    fill_with(folder, borrowed).with_context(|| format!("failed to fill {} from {name:?}", folder.display()))
}

/// Whether there is a template of that name.
pub(crate) fn check(name: &str) -> Result<()> {
    files(name).map(drop)
}

type Embedded = (String, std::borrow::Cow<'static, [u8]>);

fn files(name: &str) -> Result<Vec<Embedded>> {
    let prefix = format!("{name}/");
    let files: Vec<_> = Templates::iter()
        .filter_map(|path| Some((path.strip_prefix(&prefix)?.to_owned(), Templates::get(&path)?.data)))
        .collect();
    if files.is_empty() || name.contains('/') {
        let shown: String = name.chars().take(60).collect();
        bail!("there is no template {shown:?}; there are: {}", names().join(", "));
    }
    Ok(files)
}

/// The names of all templates.
fn names() -> Vec<String> {
    let mut names: Vec<_> =
        Templates::iter().filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

fn fill_with<'f>(folder: &Path, files: impl Iterator<Item = (&'f str, &'f [u8])>) -> io::Result<Filled> {
    fs::create_dir_all(folder)?;
    let (unfinished, finished) = (folder.join(UNFINISHED), folder.join(FINISHED));
    if finished.exists() {
        move_up(&finished, folder)?;
        return Ok(Filled::FromTemplate);
    }
    let mut others =
        fs::read_dir(folder)?.filter_map(Result::ok).filter(|entry| entry.file_name() != UNFINISHED);
    if others.next().is_some() {
        return Ok(Filled::AsItWas);
    }
    folders::remove_path(&unfinished)?;
    for (path, content) in files {
        write(&unfinished.join(path), content)?;
    }
    fs::rename(&unfinished, &finished)?;
    File::open(folder)?.sync_all()?;
    move_up(&finished, folder)?;
    Ok(Filled::FromTemplate)
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = File::create(path)?;
    file.write_all(content)?;
    if content.starts_with(b"#!") {
        file.set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    file.sync_all()
}

fn move_up(finished: &Path, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(finished)? {
        let entry = entry?;
        fs::rename(entry.path(), folder.join(entry.file_name()))?;
    }
    fs::remove_dir(finished)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(&str, &[u8]); 3] =
        [("Cargo.toml", b"[package]"), ("src/main.rs", b"fn main() {}"), ("scripts/go", b"#!/bin/sh\n")];

    fn tree(folder: &Path) -> Vec<String> {
        let mut paths = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    paths.push(path.strip_prefix(folder).unwrap().display().to_string());
                }
            }
        }
        paths.sort();
        paths
    }

    /// Prepares a folder, fills it, and compares what is in it then.
    fn check(prepare: impl Fn(&Path), outcome: Filled, expected: &[&str]) {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/workspace");
        prepare(&folder);
        assert_eq!(fill_with(&folder, FILES.into_iter()).unwrap(), outcome);
        assert_eq!(tree(&folder), expected);
    }

    const ALL: [&str; 3] = ["Cargo.toml", "scripts/go", "src/main.rs"];

    #[test]
    fn a_missing_or_empty_folder_is_filled() {
        check(|_| {}, Filled::FromTemplate, &ALL);
        check(|folder| fs::create_dir_all(folder).unwrap(), Filled::FromTemplate, &ALL);
    }

    #[test]
    fn a_folder_with_anything_in_it_is_left_alone() {
        let with_file = |folder: &Path| write(&folder.join(".hidden"), b"").unwrap();
        check(with_file, Filled::AsItWas, &[".hidden"]);
        check(|folder| fs::create_dir_all(folder.join("empty")).unwrap(), Filled::AsItWas, &[]);
    }

    #[test]
    fn a_killed_start_is_finished_or_begun_again() {
        let while_writing =
            |folder: &Path| write(&folder.join(UNFINISHED).join("Cargo.toml"), b"[pack").unwrap();
        check(while_writing, Filled::FromTemplate, &ALL);
        let while_moving = |folder: &Path| {
            write(&folder.join("Cargo.toml"), b"[package]").unwrap();
            write(&folder.join(FINISHED).join("src/main.rs"), b"fn main() {}").unwrap();
            write(&folder.join(FINISHED).join("scripts/go"), b"#!/bin/sh\n").unwrap();
        };
        check(while_moving, Filled::FromTemplate, &ALL);
    }

    #[test]
    fn scripts_can_be_run() {
        let folder = tempfile::tempdir().unwrap();
        fill_with(folder.path(), FILES.into_iter()).unwrap();
        let mode = fs::metadata(folder.path().join("scripts/go")).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111);
    }

    #[test]
    fn unknown_templates_are_named_with_the_known_ones() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["nothing", "", "..", "../templates", "hello-api/src"] {
            let error = fill(&folder.path().join("w"), name).unwrap_err();
            assert!(format!("{error:#}").contains("there is no template"), "{error:#}");
            assert!(!folder.path().join("w").exists());
        }
    }
}
