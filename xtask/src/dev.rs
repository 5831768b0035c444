//! `cargo xtask dev …`: builds, runs, watches the sources, and rebuilds what changed.
//!
//! A change of the frontend is bundled and the page loads it by itself. A change of the backend restarts the server;
//! the agent, and with it terminals and deployed functions, goes on. Development builds read the frontend from disk.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::{Event, RecursiveMode, Watcher};

use crate::run::Args;
use crate::setup::{self, Purpose};
use crate::shell::{self, command};
use crate::sysroot;
use crate::tools::host_cargo;
use crate::web::{self, Mode};
use crate::workspace::Workspace;

/// How long the sources must have been quiet: editors and git write many files for one change.
const QUIET: Duration = Duration::from_millis(300);
/// The watched folders, and what a change in each makes stale.
const FOLDERS: [(&str, &[Half]); 4] = [
    ("protocol", &[Half::Frontend, Half::Backend]),
    ("frontend", &[Half::Frontend]),
    ("backend", &[Half::Backend]),
    ("sandbox", &[Half::Backend]),
];

/// What is built on its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Half {
    Frontend,
    Backend,
}

/// The verb. Ends with the server, or with Ctrl+C.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    setup::ensure(Purpose::Run)?;
    sysroot::ensure()?;
    web::build(workspace, Mode::Dev)?;
    build(workspace)?;
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).context("failed to watch the sources")?;
    for (folder, _) in FOLDERS {
        watcher
            .watch(&workspace.path(folder), RecursiveMode::Recursive)
            .context("failed to watch the sources")?;
    }
    let mut server = start(workspace, args)?;
    loop {
        let stale = next_change(workspace.root(), &changes)?;
        if stale.contains(&Half::Frontend) {
            show(web::build(workspace, Mode::Dev));
        }
        if stale.contains(&Half::Backend) && show(build(workspace)) {
            stop(&mut server)?;
            server = start(workspace, args)?;
        }
    }
}

/// A build that fails is the author's next task, not the end of the loop.
fn show(built: Result<()>) -> bool {
    match built {
        Ok(()) => true,
        Err(error) => {
            println!("dev: {error:#}");
            false
        }
    }
}

fn build(workspace: &Workspace) -> Result<()> {
    shell::run(command(host_cargo()).current_dir(workspace.root()).args(["build", "-p", "cumulo"]))
}

fn start(workspace: &Workspace, args: &Args) -> Result<Child> {
    let mut cumulo = command(workspace.target("debug/cumulo"));
    cumulo.env_remove("RUSTUP_TOOLCHAIN").arg("run").args(&args.arguments);
    println!("$ {}", shell::shown(&cumulo));
    cumulo.spawn().context("failed to start the server")
}

/// Asks the server to finish what it is answering; `kill` of the standard library would not ask.
fn stop(server: &mut Child) -> Result<()> {
    shell::succeeds(command("kill").args(["-TERM", &server.id().to_string()]));
    server.wait().context("failed to wait for the server")?;
    Ok(())
}

/// Waits for a change that matters and then for quiet.
fn next_change(root: &Path, changes: &Receiver<notify::Result<Event>>) -> Result<BTreeSet<Half>> {
    let mut stale = BTreeSet::new();
    while stale.is_empty() {
        let event = changes.recv().context("failed to watch the sources")?;
        stale.extend(event.iter().flat_map(|event| halves(root, event)));
    }
    while let Ok(event) = changes.recv_timeout(QUIET) {
        stale.extend(event.iter().flat_map(|event| halves(root, event)));
    }
    Ok(stale)
}

/// What an event makes stale: nothing, when a file was only read or belongs to an installed package.
fn halves(root: &Path, event: &Event) -> Vec<Half> {
    if event.kind.is_access() {
        return Vec::new();
    }
    let paths = event.paths.iter().filter_map(|path| path.strip_prefix(root).ok());
    let sources = paths.filter(|path| path.components().all(|part| part.as_os_str() != "node_modules"));
    sources
        .filter_map(|path| FOLDERS.iter().find(|(folder, _)| path.starts_with(folder)))
        .flat_map(|(_, halves)| *halves)
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, EventKind, ModifyKind};

    fn check(path: &str, kind: EventKind, expected: &[Half]) {
        let event = Event::new(kind).add_path(Path::new("/code").join(path));
        assert_eq!(halves(Path::new("/code"), &event), expected, "{path}");
    }

    #[test]
    fn a_change_makes_its_half_stale() {
        let written = EventKind::Modify(ModifyKind::Any);
        check("frontend/app/src/lib.rs", written, &[Half::Frontend]);
        check("protocol/src/lib.rs", written, &[Half::Frontend, Half::Backend]);
        check("sandbox/engine/src/lib.rs", written, &[Half::Backend]);
    }

    #[test]
    fn reading_and_installing_are_no_changes() {
        check("frontend/app/src/lib.rs", EventKind::Access(AccessKind::Any), &[]);
        check("frontend/bridge/node_modules/x/y.js", EventKind::Modify(ModifyKind::Any), &[]);
    }
}
