//! The journeys through the running program in a browser: once, or again and again on a machine made slow, where races show.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::setup;
use crate::shell::{self, command};
use crate::slow::SlowMachine;
use crate::test::{clients, with_program};
use crate::web::npm_ci;
use crate::workspace::Workspace;

/// How often, and under which conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub(crate) struct Trial {
    /// Journeys only: how often each is made.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Journeys only: gives each browser a quarter of a core and keeps another one busy.
    #[arg(long)]
    pub(crate) slow: bool,
    /// Journeys only: how many are made at once, each with a program and a browser of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) workers: u32,
}

impl Default for Trial {
    fn default() -> Self {
        Self { repeat: 1, slow: false, workers: 1 }
    }
}

/// Makes the journeys whose files `filter` names, or all.
pub(crate) fn run(workspace: &Workspace, trial: Trial, filter: &[String]) -> Result<()> {
    // The journeys type `aws` into a terminal.
    let bin = clients(workspace)?;
    let mut playwright = runner(workspace, &bin)?;
    let folder = workspace.path("e2e/browser/tests");
    playwright.arg("test").args(filter.iter().map(|word| named(&folder, word)));
    playwright.arg(format!("--workers={}", trial.workers));
    if trial.repeat > 1 {
        playwright.arg(format!("--repeat-each={}", trial.repeat));
    }
    let chromium = setup::chromium().filter(|_| trial.slow);
    let _slow = match chromium {
        Some(chromium) => Some(SlowMachine::new(&mut playwright, &chromium, &workspace.target(""))?),
        None => None,
    };
    shell::run(&mut playwright)
}

/// The file of a journey that is called by its name: as a pattern, a name would also meet the folders above.
fn named(folder: &Path, word: &str) -> String {
    let file = format!("{word}.spec.ts");
    if folder.join(&file).is_file() { format!("tests/{file}") } else { word.to_owned() }
}

/// Playwright, told where program and browser are.
pub(crate) fn runner(workspace: &Workspace, bin: &Path) -> Result<Command> {
    let folder = workspace.path("e2e/browser");
    npm_ci(&folder, &workspace.target("packages-of-browser"))?;
    let mut playwright = with_program(command(folder.join("node_modules/.bin/playwright")), workspace, bin);
    playwright.current_dir(&folder);
    if let Some(chromium) = setup::chromium() {
        playwright.env("CUMULO_CHROMIUM", chromium);
    }
    Ok(playwright)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journeys_are_called_by_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("files.spec.ts"), "").unwrap();
        assert_eq!(named(folder.path(), "files"), "tests/files.spec.ts");
        assert_eq!(named(folder.path(), "-g"), "-g");
    }
}
