//! What a function's code needs of others: installed beside it by the package manager of its language, as `sam build` does,
//! and kept, so that only a change of what is needed costs an installation.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use cap_std::fs::Dir;
use ide_core::files::{self, FileError};
use protocol::{Said, WorkspacePath};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::{
    error::CloudError,
    process::{OnOutput, Process},
    scratch::Scratch,
    toolchain::Places,
};

/// Largest file that says what is needed, in bytes: a lock file of npm's may be long.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Installations that are kept, those that were used last.
const MAX_KEPT: usize = 24;

/// What folders of npm's are called.
const NODE_MODULES: &str = "node_modules";

/// Who installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    /// For Python: what `requirements.txt` lists.
    Pip,
    /// For Node.js: what `package.json` depends on, but for development.
    Npm,
}

impl Manager {
    /// The files that say what is needed: the first must be there.
    fn files(self) -> &'static [&'static str] {
        match self {
            Self::Pip => &["requirements.txt"],
            Self::Npm => &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
        }
    }
}

/// The program of this machine that reads the function.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    pub(crate) program: PathBuf,
    pub(crate) version: String,
}

/// What the code in a folder needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependencies {
    manager: Manager,
    /// The files that say so.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Whether what they name lies in files beside them, which may change without them.
    is_local: bool,
}

/// Where they were installed.
pub(crate) enum Installed {
    Kept(PathBuf),
    Once(Scratch),
}

impl Installed {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Once(scratch) => scratch.path(),
        }
    }
}

impl Dependencies {
    /// What a folder says that its code needs; none where it says nothing, or has it already.
    pub(crate) fn of(folder: &Dir, runtime: &str) -> Result<Option<Self>, CloudError> {
        let manager = match runtime {
            python if python.starts_with("python") => Manager::Pip,
            node if node.starts_with("nodejs") && !folder.exists(NODE_MODULES) => Manager::Npm,
            _ => return Ok(None),
        };
        let mut found = Vec::new();
        for &name in manager.files() {
            let path = WorkspacePath::root().join(name);
            match files::read(folder, &path, MAX_FILE) {
                Ok((bytes, _)) => found.push((name, bytes)),
                Err(FileError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(CloudError::File { path: name.to_owned(), source }),
            }
        }
        let Some((_, first)) = found.first().filter(|(name, _)| *name == manager.files()[0]) else {
            return Ok(None);
        };
        let needed = match manager {
            Manager::Pip => requirements(first),
            Manager::Npm => packages(first)?,
        };
        let is_local = needed.iter().any(|needed| is_local(needed));
        if manager == Manager::Npm && is_local {
            return Err(CloudError::Template(local()));
        }
        Ok(Some(Self { manager, files: found, is_local }).filter(|_| !needed.is_empty()))
    }

    /// Where in the installation that is which belongs into a package, and where in the package it belongs.
    pub(crate) fn place(&self) -> &'static str {
        match self.manager {
            Manager::Pip => "",
            Manager::Npm => NODE_MODULES,
        }
    }

    /// Installs them for the program that reads the function, whose code is in `code`. What was installed for the same
    /// files is taken again.
    pub(crate) async fn install(
        &self,
        code: &Path,
        interpreter: &Interpreter,
        places: &Places,
        on_output: OnOutput<'_>,
    ) -> Result<Installed, CloudError> {
        let all = places.cache.join("dependencies");
        let kept = all.join(self.key(interpreter));
        if !self.is_local && kept.is_dir() {
            touch(&kept);
            return Ok(Installed::Kept(kept));
        }
        let scratch = Scratch::new(&all)?;
        let (name, mut tool) = match self.manager {
            Manager::Pip => ("pip", self.pip(code, scratch.path(), interpreter, places)),
            Manager::Npm => ("npm", self.npm(scratch.path(), interpreter, places)?),
        };
        on_output(format!("Installing what {} lists, by {name}\n", self.manager.files()[0]));
        Process::start(name, &mut tool)?.tell(on_output).await.map_err(|error| self.explained(error))?;
        // It may hold what lets npm into a registry.
        let _ = fs::remove_file(scratch.path().join(".npmrc"));
        if self.is_local {
            return Ok(Installed::Once(scratch));
        }
        scratch.keep_as(&kept)?;
        forget_oldest(&all);
        Ok(Installed::Kept(kept))
    }

    /// The same for the same files and the same program.
    fn key(&self, interpreter: &Interpreter) -> String {
        let mut digest = Sha256::new();
        let mut take = |part: &[u8]| {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        };
        take(interpreter.program.as_os_str().as_encoded_bytes());
        take(interpreter.version.as_bytes());
        for (name, bytes) in &self.files {
            take(name.as_bytes());
            take(bytes);
        }
        hex::encode(digest.finalize())
    }

    fn pip(&self, code: &Path, into: &Path, interpreter: &Interpreter, places: &Places) -> Command {
        let mut pip = Command::new(&interpreter.program);
        pip.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-compile"]);
        pip.args([
            "--no-warn-script-location",
            "--progress-bar",
            "off",
            "--requirement",
            self.manager.files()[0],
        ]);
        pip.arg("--target").arg(into).current_dir(code).env("PATH", &places.path);
        // It would have pip install into it.
        pip.env_remove("VIRTUAL_ENV").env_remove("PIP_TARGET").env_remove("PIP_USER");
        pip
    }

    fn npm(&self, into: &Path, interpreter: &Interpreter, places: &Places) -> Result<Command, CloudError> {
        for (name, bytes) in &self.files {
            let failed = |error| CloudError::Toolchain(unwritten(name, &error));
            fs::write(into.join(name), bytes).map_err(failed)?;
        }
        let is_locked =
            self.files.iter().any(|(name, _)| name.ends_with("lock.json") || name.ends_with("wrap.json"));
        let mut npm = Command::new("npm");
        npm.arg(if is_locked { "ci" } else { "install" });
        npm.args(["--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
        let beside = interpreter.program.parent().unwrap_or(Path::new("/")).display();
        npm.current_dir(into).env("PATH", format!("{beside}:{}", places.path));
        npm.env_remove("NODE_ENV").env_remove("npm_config_prefix");
        Ok(npm)
    }

    /// What to do where the manager itself is not there.
    fn explained(&self, error: CloudError) -> CloudError {
        match (self.manager, error) {
            (Manager::Pip, CloudError::Build(said)) if said.message.contains("No module named pip") => {
                CloudError::Toolchain(no_pip(&said.message))
            }
            (_, error) => error,
        }
    }
}

fn no_pip(said: &str) -> Said {
    let said = said.trim_end();
    Said::new(format!("{said}\nInstall it: apt install python3-pip, or python3 -m ensurepip"))
        .because("no-pip", &[("reason", &said)])
}

fn local() -> Said {
    Said::new(
        "package.json depends on a folder: run `npm install --install-links` beside it, and its node_modules is taken",
    )
    .because("package-local", &[])
}

fn unread(reason: &dyn Display) -> Said {
    Said::new(format!("package.json: {reason}")).because("package-json", &[("reason", reason)])
}

fn unwritten(name: &str, reason: &dyn Display) -> Said {
    Said::new(format!("failed to write {name} for npm: {reason}"))
        .because("npm-unwritten", &[("name", &name), ("reason", reason)])
}

/// The lines of a `requirements.txt` that ask for something.
fn requirements(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// What the dependencies of a `package.json` are, each as it says where that comes from.
fn packages(text: &[u8]) -> Result<Vec<String>, CloudError> {
    let read: Result<Value, _> = serde_json::from_slice(text);
    let read = read.map_err(|error| CloudError::Template(unread(&error)))?;
    let listed =
        ["dependencies", "optionalDependencies"].map(|kind| read.get(kind).and_then(Value::as_object));
    let all = listed.into_iter().flatten().flatten();
    Ok(all.map(|(_, from)| from.as_str().unwrap_or_default().to_owned()).collect())
}

/// Whether something is named that lies beside the file that names it.
fn is_local(needed: &str) -> bool {
    ["-r", "-c", "-e", "--requirement", "--constraint", "--editable", ".", "/", "link:", "workspace:"]
        .iter()
        .any(|start| needed.starts_with(start))
        || needed.contains("file:")
}

/// Says that it was used just now.
fn touch(folder: &Path) {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    if let Err(error) = utimensat(CWD, folder, &times, AtFlags::empty()) {
        tracing::debug!(%error, "how long dependencies were not used is not known");
    }
}

/// Removes what was not used for the longest time.
fn forget_oldest(all: &Path) {
    let mut kept: Vec<(SystemTime, PathBuf)> = fs::read_dir(all)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"new-"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    kept.sort();
    let many = kept.len().saturating_sub(MAX_KEPT);
    for (_, folder) in kept.into_iter().take(many) {
        if let Err(error) = folders::remove_path(&folder) {
            tracing::warn!(%error, folder = %folder.display(), "old dependencies are left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use cap_std::ambient_authority;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Dir) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        (folder, dir)
    }

    fn of(files: &[(&str, &str)], runtime: &str) -> Option<Dependencies> {
        Dependencies::of(&folder(files).1, runtime).unwrap()
    }

    #[test]
    fn what_is_needed_is_found_by_the_runtime() {
        let both = [("requirements.txt", "requests\n"), ("package.json", r#"{"dependencies": {"a": "^1"}}"#)];
        assert_eq!(of(&both, "python3.13").unwrap().manager, Manager::Pip);
        assert_eq!(of(&both, "nodejs22.x").unwrap().manager, Manager::Npm);
        assert_eq!(of(&both, "provided.al2023"), None);
        let nothing =
            [("requirements.txt", "# requests\n\n"), ("package.json", r#"{"devDependencies": {"a": "1"}}"#)];
        assert_eq!(of(&nothing, "python3.13"), None);
        assert_eq!(of(&nothing, "nodejs22.x"), None);
        assert_eq!(of(&[("package-lock.json", "{}")], "nodejs22.x"), None);
    }

    #[test]
    fn what_was_installed_already_is_taken_as_it_is() {
        let (folder, dir) = folder(&[("package.json", r#"{"dependencies": {"a": "^1"}}"#)]);
        fs::create_dir(folder.path().join(NODE_MODULES)).unwrap();
        assert_eq!(Dependencies::of(&dir, "nodejs22.x").unwrap(), None);
    }

    #[test]
    fn what_lies_beside_is_installed_each_time_and_by_npm_not_at_all() {
        for (line, expected) in [
            ("requests==2.32", false),
            ("requests # -r", false),
            ("--index-url https://example.com/simple", false),
            ("-r more.txt", true),
            ("./lib", true),
            ("lib @ file:///w/lib", true),
        ] {
            assert_eq!(of(&[("requirements.txt", line)], "python3.13").unwrap().is_local, expected, "{line}");
        }
        let (_folder, dir) = folder(&[("package.json", r#"{"dependencies": {"a": "file:../a"}}"#)]);
        let error = Dependencies::of(&dir, "nodejs22.x").unwrap_err();
        assert!(error.to_string().contains("npm install --install-links"), "{error}");
        let (_folder, dir) = folder(&[("package.json", "{")]);
        assert!(Dependencies::of(&dir, "nodejs22.x").unwrap_err().to_string().starts_with("package.json: "));
    }

    #[test]
    fn another_program_or_another_file_is_another_installation() {
        let python =
            |version: &str| Interpreter { program: "/usr/bin/python3".into(), version: version.into() };
        let one = of(&[("requirements.txt", "a")], "python3.13").unwrap();
        let other = of(&[("requirements.txt", "b")], "python3.13").unwrap();
        assert_eq!(one.key(&python("3.13.1")), one.key(&python("3.13.1")));
        assert_ne!(one.key(&python("3.13.1")), one.key(&python("3.13.2")));
        assert_ne!(one.key(&python("3.13.1")), other.key(&python("3.13.1")));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let all = tempfile::tempdir().unwrap();
        for number in 0..MAX_KEPT as u64 + 3 {
            let folder = all.path().join(format!("{number:02}"));
            fs::create_dir_all(folder.join("inside")).unwrap();
            let then = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number);
            fs::File::open(&folder).unwrap().set_modified(then).unwrap();
        }
        fs::create_dir(all.path().join("new-1-1")).unwrap();
        touch(&all.path().join("01"));
        forget_oldest(all.path());
        let mut left: Vec<_> =
            fs::read_dir(all.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left.len(), MAX_KEPT + 1);
        assert_eq!(left[..2], ["01", "04"]);
    }
}
