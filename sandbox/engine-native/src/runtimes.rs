//! Which runtimes this machine has: interpreters on its `PATH`, with the client of ours that makes functions of them. Not here:
//! the clients themselves (`runtimes/`), and what runs by its own bootstrap.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rust_embed::RustEmbed;

/// How long an interpreter may take to say what it is.
const ANSWER: Duration = Duration::from_secs(10);

/// The clients of the Runtime API, as they lie in the program.
#[derive(RustEmbed)]
#[folder = "runtimes/"]
#[exclude = "*__pycache__*"]
#[allow_missing = true]
struct Clients;

/// What speaks the Runtime API for an interpreter's functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Python,
    Node,
}

impl Client {
    fn folder(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
        }
    }

    /// What an interpreter is started with.
    // AWS: the switches of its Node.js that do not depend on the function.
    pub(crate) fn arguments(self) -> Vec<String> {
        let all: &[&str] = match self {
            Self::Python => &["/var/runtime/bootstrap.py"],
            Self::Node => &["--expose-gc", "--max-http-header-size", "81920", "/var/runtime/bootstrap.mjs"],
        };
        all.iter().map(|argument| (*argument).to_owned()).collect()
    }

    /// What it says of itself: its version, its file, and folders that its libraries are below.
    fn question(self) -> &'static [&'static str] {
        match self {
            Self::Python => &[
                "-I",
                "-c",
                "import os,sys\nprint('%d.%d.%d'%sys.version_info[:3])\nprint(os.path.realpath(sys.executable))\n\
                 print(sys.base_prefix)\nprint(sys.base_exec_prefix)",
            ],
            Self::Node => &["-p", "process.versions.node+'\\n'+fs.realpathSync(process.execPath)"],
        }
    }

    /// The oldest that the client runs on.
    fn oldest(self) -> (u32, u32) {
        match self {
            Self::Python => (3, 8),
            Self::Node => (18, 0),
        }
    }
}

/// An interpreter of this machine.
#[derive(Debug)]
pub(crate) struct Interpreter {
    pub(crate) client: Client,
    /// Its real file.
    pub(crate) program: PathBuf,
    pub(crate) version: String,
    /// What has to be shown in a cell, from outside to inside.
    pub(crate) shown: Vec<(PathBuf, PathBuf)>,
}

impl Interpreter {
    /// What it is, and whether that is what was asked for.
    pub(crate) fn told(&self, runtime: &str) -> String {
        let (name, version) = match self.client {
            Client::Python => ("Python", format!("python{}.", runtime.trim_start_matches("python"))),
            Client::Node => ("Node.js", runtime.replace(".x", ".")),
        };
        let own =
            format!("{}{}", if self.client == Client::Python { "python" } else { "nodejs" }, self.version);
        if own.starts_with(&version) {
            format!("{name} {}", self.version)
        } else {
            format!("{name} {} in place of {runtime}", self.version)
        }
    }
}

/// How a runtime's functions run.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// By the package's own program.
    Bootstrap,
    /// By an interpreter.
    Interpreter(Arc<Interpreter>),
    /// Not here, and why.
    Missing(String),
}

/// See the module.
pub(crate) struct Runtimes {
    path: String,
    /// Where clients are laid out.
    clients: PathBuf,
    found: Mutex<HashMap<String, Found>>,
}

impl Runtimes {
    pub(crate) fn new(path: String, clients: PathBuf) -> Self {
        Self { path, clients, found: Mutex::default() }
    }

    /// What runs functions of this runtime. What is not there is looked for again each time: it may have been installed.
    pub(crate) async fn find(&self, runtime: &str) -> Found {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(runtime).cloned();
        if let Some(known) = known {
            return known;
        }
        let found = self.look_for(runtime).await;
        if !matches!(found, Found::Missing(_)) {
            let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(runtime.to_owned(), found.clone());
        }
        found
    }

    async fn look_for(&self, runtime: &str) -> Found {
        if runtime.starts_with("provided") {
            return Found::Bootstrap;
        }
        let (client, names) = match kind(runtime) {
            Ok(kind) => kind,
            Err(reason) => return Found::Missing(reason),
        };
        let mut too_old = None;
        for name in names {
            for folder in std::env::split_paths(&self.path) {
                let program = folder.join(&name);
                if !program.is_file() {
                    continue;
                }
                match self.ask(client, &program).await {
                    Ok(found) if is_at_least(&found.version, client.oldest()) => {
                        return Found::Interpreter(Arc::new(found));
                    }
                    Ok(found) => too_old = Some(found.version),
                    Err(error) => {
                        tracing::debug!(%error, program = %program.display(), "no interpreter");
                    }
                }
            }
        }
        Found::Missing(missing(runtime, client, too_old.as_deref()))
    }

    /// What a program on the `PATH` is: mostly a link, or a script that finds the right one.
    async fn ask(&self, client: Client, program: &Path) -> io::Result<Interpreter> {
        let mut command = tokio::process::Command::new(program);
        command.args(client.question()).env_clear().env("PATH", &self.path).current_dir("/");
        command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "it does not say what it is");
        let said = tokio::time::timeout(ANSWER, command.output()).await.map_err(late)??;
        let said = String::from_utf8(said.stdout).map_err(io::Error::other)?;
        let mut lines = said.lines();
        let (Some(version), Some(program)) = (lines.next(), lines.next()) else {
            return Err(io::Error::other("it does not say what it is"));
        };
        let program = PathBuf::from(program);
        let prefix = program.parent().and_then(Path::parent).map(Path::to_owned);
        let prefixes = lines.map(PathBuf::from).chain(prefix);
        let mut shown = libraries(prefixes);
        shown.push((self.lay_out(client, &program, version).await?, "/var/runtime".into()));
        Ok(Interpreter { client, version: version.to_owned(), program, shown })
    }

    /// Writes the client where cells can be shown it, compiled for this interpreter.
    async fn lay_out(&self, client: Client, program: &Path, version: &str) -> io::Result<PathBuf> {
        let folder = self.clients.join(format!("{}-{version}", client.folder()));
        let (into, of) = (folder.clone(), client.folder());
        let written = tokio::task::spawn_blocking(move || write_client(&into, of)).await;
        written.map_err(io::Error::other)??;
        if client == Client::Python {
            let mut compile = tokio::process::Command::new(program);
            compile.args(["-I", "-m", "compileall", "-q"]).arg(&folder).env_clear().current_dir("/");
            compile.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
            // Without it every start takes a little longer.
            let _ = tokio::time::timeout(ANSWER, compile.status()).await;
        }
        Ok(folder)
    }
}

/// Of all files, those of one client. Anew at each start of the program, which may be another version.
fn write_client(into: &Path, client: &str) -> io::Result<()> {
    match std::fs::remove_dir_all(into) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => std::fs::create_dir_all(into)?,
    }
    for name in Clients::iter() {
        let Some(own) = name.strip_prefix(client).and_then(|name| name.strip_prefix('/')) else { continue };
        let Some(file) = Clients::get(&name) else { continue };
        let path = into.join(own);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, file.data)?;
    }
    Ok(())
}

/// The client and the names of its interpreter: the very one first.
fn kind(runtime: &str) -> Result<(Client, Vec<String>), String> {
    if let Some(version) = runtime.strip_prefix("python") {
        return Ok((Client::Python, vec![format!("python{version}"), "python3".to_owned()]));
    }
    if let Some(version) = runtime.strip_prefix("nodejs") {
        let major = version.trim_end_matches(".x");
        return Ok((Client::Node, vec![format!("node{major}"), "node".to_owned(), "nodejs".to_owned()]));
    }
    // LIMIT: there is no client of ours for these.
    Err(format!(
        "{runtime} does not run here yet: use Python, Node.js, WebAssembly, or a runtime of your own in a package for \
         provided.al2023"
    ))
}

fn missing(runtime: &str, client: Client, too_old: Option<&str>) -> String {
    let (what, how) = match client {
        Client::Python => ("Python 3.8 or newer", "apt install python3, dnf install python3 or python.org"),
        Client::Node => ("Node.js 18 or newer", "apt install nodejs, dnf install nodejs or nodejs.org"),
    };
    let instead = too_old.map(|version| format!(", and {version} is too old")).unwrap_or_default();
    format!(
        "{runtime} needs {what} on the PATH of this machine, and there is none{instead}. Install it: {how}"
    )
}

fn is_at_least(version: &str, oldest: (u32, u32)) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= oldest
}

/// Of what an interpreter is installed below, its programs and libraries: below it may lie a person's files, too. What cells
/// show anyway is left out.
fn libraries(prefixes: impl Iterator<Item = PathBuf>) -> Vec<(PathBuf, PathBuf)> {
    let mut shown: Vec<(PathBuf, PathBuf)> = Vec::new();
    for prefix in prefixes {
        if prefix == Path::new("/") || prefix.starts_with("/usr") {
            continue;
        }
        for name in ["bin", "lib", "lib64"] {
            let folder = prefix.join(name);
            if folder.is_dir() && !shown.iter().any(|(known, _)| *known == folder) {
                shown.push((folder.clone(), folder));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, oldest, expected) in [
            ("3.10.1", (3, 8), true),
            ("3.8.0", (3, 8), true),
            ("3.7.9", (3, 8), false),
            ("2.7.18", (3, 8), false),
            ("20.20.2", (18, 0), true),
            ("9.0.0", (18, 0), false),
            ("", (18, 0), false),
        ] {
            assert_eq!(is_at_least(version, oldest), expected, "{version}");
        }
    }

    #[test]
    fn a_persons_files_beside_an_interpreter_are_not_shown() {
        let home = tempfile::tempdir().expect("a folder");
        for name in ["bin", "lib", "share", "secrets"] {
            std::fs::create_dir(home.path().join(name)).expect("made");
        }
        let twice = [home.path().to_owned(), home.path().to_owned(), "/usr".into(), "/".into()];
        let shown: Vec<_> = libraries(twice.into_iter()).into_iter().map(|(from, _)| from).collect();
        assert_eq!(shown, [home.path().join("bin"), home.path().join("lib")]);
    }

    #[test]
    fn that_another_version_runs_is_said() {
        for (client, version, runtime, expected) in [
            (Client::Python, "3.12.1", "python3.12", "Python 3.12.1"),
            (Client::Python, "3.11.7", "python3.12", "Python 3.11.7 in place of python3.12"),
            (Client::Python, "3.10.1", "python3.1", "Python 3.10.1 in place of python3.1"),
            (Client::Node, "22.1.0", "nodejs22.x", "Node.js 22.1.0"),
            (Client::Node, "20.20.2", "nodejs22.x", "Node.js 20.20.2 in place of nodejs22.x"),
        ] {
            let shown = Vec::new();
            let interpreter = Interpreter { client, program: "/p".into(), version: version.into(), shown };
            assert_eq!(interpreter.told(runtime), expected);
        }
    }

    async fn found(runtime: &str, name: &str, says: &str) -> String {
        let place = tempfile::tempdir().expect("a folder");
        let program = place.path().join(name);
        std::fs::write(&program, format!("#!/bin/sh\nprintf '{says}'\n")).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made a program");
        let path = format!("/nowhere:{}:/usr/bin:/bin", place.path().display());
        // Only what is named is on this PATH, and what its script needs.
        let runtimes = Runtimes::new(path.replace(":/usr/bin:/bin", ""), place.path().join("clients"));
        match runtimes.find(runtime).await {
            Found::Bootstrap => "bootstrap".to_owned(),
            Found::Interpreter(found) => format!("{:?} {}", found.client, found.version),
            Found::Missing(reason) => reason,
        }
    }

    #[tokio::test]
    async fn what_is_on_the_path_is_asked_what_it_is() {
        let python = |version: &str| format!("{version}\\n/usr/bin/true\\n/usr\\n/usr\\n");
        assert_eq!(found("python3.12", "python3", &python("3.11.7")).await, "Python 3.11.7");
        assert_eq!(found("python3.12", "python3.12", &python("3.12.1")).await, "Python 3.12.1");
        let old = found("python3.12", "python3", &python("3.7.1")).await;
        assert!(old.contains("3.7.1 is too old. Install it: apt install python3"), "{old}");
        let silent = found("nodejs22.x", "node", "").await;
        assert!(silent.starts_with("nodejs22.x needs Node.js 18 or newer on the PATH"), "{silent}");
        assert_eq!(found("nodejs22.x", "node", "22.1.0\\n/usr/bin/true\\n").await, "Node 22.1.0");
        assert_eq!(found("provided.al2", "none", "").await, "bootstrap");
        assert!(found("java21", "java", "").await.starts_with("java21 does not run here yet"));
    }
}
