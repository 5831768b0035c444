//! `cargo xtask setup`: finds what building, running and testing need. What is missing it installs where it may
//! (rustup's targets; Debian's packages as root) and otherwise names, with the command to type.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::shell::{command, run as execute, succeeds, succeeds_within, which};
use crate::tools::{self, Compiler, Target, rustup_allowed};
use crate::workspace::Workspace;

/// How much of it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only what building and running need, not the browser and Python of the tests.
    #[arg(long)]
    no_tests: bool,
}

/// What somebody is about to do; a later one needs all that an earlier one needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Build and run.
    Run,
    /// Run the tests.
    Test,
}

/// One thing that must be there.
struct Need {
    name: &'static str,
    purpose: Purpose,
    present: fn() -> bool,
    /// What rustup is asked first.
    rustup: &'static [&'static str],
    /// Debian's packages.
    packages: &'static [&'static str],
    /// What a person does who has neither.
    otherwise: &'static str,
}

const NEEDS: [Need; 13] = [
    Need {
        name: "a compiler for wasm32-unknown-unknown (the frontend)",
        purpose: Purpose::Run,
        present: || Compiler::find(Target::Browser).is_some(),
        rustup: &["target", "add", "wasm32-unknown-unknown"],
        packages: &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
        otherwise: "rustup target add wasm32-unknown-unknown",
    },
    Need {
        name: "a compiler for wasm32-wasip1 (functions)",
        purpose: Purpose::Run,
        present: || Compiler::find(Target::Function).is_some(),
        rustup: &["target", "add", "wasm32-wasip1"],
        packages: &["rustc-web", "cargo-web", "rust-web-src", "wasi-libc", "lld-22"],
        otherwise: "rustup target add wasm32-wasip1",
    },
    Need {
        name: "rust-analyzer",
        purpose: Purpose::Run,
        // rustup leaves a proxy on the search path that only says the component is not installed: ask it.
        present: || succeeds(command("rust-analyzer").arg("--version")),
        rustup: &["component", "add", "rust-analyzer"],
        packages: &["rust-web-analyzer"],
        otherwise: "rustup component add rust-analyzer",
    },
    Need {
        name: "the standard library's sources (rust-analyzer reads them)",
        purpose: Purpose::Run,
        present: tools::has_library_sources,
        rustup: &["component", "add", "rust-src"],
        packages: &["rust-web-src"],
        otherwise: "rustup component add rust-src",
    },
    Need {
        name: "a C compiler (SQLite is built from source)",
        purpose: Purpose::Run,
        present: || which("cc").is_some(),
        rustup: &[],
        packages: &["gcc", "libc6-dev"],
        otherwise: "install gcc or clang with your system's package manager",
    },
    Need {
        name: "Node.js",
        purpose: Purpose::Run,
        present: || which("node").is_some(),
        rustup: &[],
        packages: &["nodejs"],
        otherwise: "install Node.js 20 or newer from https://nodejs.org",
    },
    Need {
        name: "npm",
        purpose: Purpose::Run,
        present: || which("npm").is_some(),
        rustup: &[],
        packages: &["npm"],
        otherwise: "install npm (it comes with Node.js from https://nodejs.org)",
    },
    Need {
        name: "git",
        purpose: Purpose::Run,
        present: || which("git").is_some(),
        rustup: &[],
        packages: &["git"],
        otherwise: "install git with your system's package manager",
    },
    Need {
        name: "rustfmt and clippy",
        purpose: Purpose::Test,
        present: || {
            let cargo = tools::host_cargo();
            ["fmt", "clippy"].iter().all(|verb| succeeds(command(&cargo).args([verb, "--version"])))
        },
        rustup: &["component", "add", "rustfmt", "clippy"],
        packages: &["rustfmt-web", "rust-web-clippy"],
        otherwise: "rustup component add rustfmt clippy",
    },
    Need {
        name: "Chromium",
        purpose: Purpose::Test,
        present: || chromium().is_some(),
        rustup: &[],
        packages: &["chromium"],
        otherwise: "install Chromium so that `chromium` is on the search path",
    },
    Need {
        name: "Python 3 with venv",
        purpose: Purpose::Test,
        present: || {
            which("python3").is_some() && succeeds(command("python3").args(["-c", "import ensurepip, venv"]))
        },
        rustup: &[],
        packages: &["python3", "python3-venv"],
        otherwise: "install Python 3.9 or newer with its venv module",
    },
    Need {
        name: "the AWS CLI 2 (version 1 comes with the tests' own Python packages)",
        purpose: Purpose::Test,
        present: || aws_cli_2().is_some(),
        rustup: &[],
        packages: &["awscli"],
        otherwise: "install it as https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html says",
    },
    Need {
        name: "curl",
        purpose: Purpose::Test,
        present: || which("curl").is_some(),
        rustup: &[],
        packages: &["curl"],
        otherwise: "install curl with your system's package manager",
    },
];

/// The verb: everything for everything, unless told otherwise.
pub(crate) fn run(_workspace: &Workspace, args: &Args) -> Result<()> {
    ensure(if args.no_tests { Purpose::Run } else { Purpose::Test })?;
    println!("setup: everything is there");
    Ok(())
}

/// Returns when all that `purpose` needs is there; otherwise the error lists what is not, and the cure.
pub(crate) fn ensure(purpose: Purpose) -> Result<()> {
    let mut missing = missing(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        ask_rustup(need);
    }
    missing.retain(|need| !(need.present)());
    if !missing.is_empty() && may_install_packages() {
        install_packages(&packages_of(&missing))?;
        missing.retain(|need| !(need.present)());
    }
    if missing.is_empty() { Ok(()) } else { bail!(advice(&missing)) }
}

/// The Chromium that the browser tests drive.
pub(crate) fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(which)
}

/// An AWS CLI of version 2, which is on nobody's package index; an environment with version 1 may hide it.
pub(crate) fn aws_cli_2() -> Option<std::path::PathBuf> {
    let found = crate::workspace::search_path().into_iter().map(|folder| folder.join("aws"));
    found.filter(|file| file.is_file()).find(|program| {
        let version = crate::shell::output(command(program).arg("--version"));
        version.is_ok_and(|version| version.starts_with("aws-cli/2."))
    })
}

fn missing(purpose: Purpose) -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| need.purpose <= purpose && !(need.present)()).collect()
}

/// rustup waits long for a network that is not there, so it gets a limit.
fn ask_rustup(need: &Need) {
    if need.rustup.is_empty() || !rustup_allowed() || which("rustup").is_none() {
        return;
    }
    println!("setup: rustup {}", need.rustup.join(" "));
    succeeds_within(command("rustup").args(need.rustup), Duration::from_mins(2));
}

fn may_install_packages() -> bool {
    let root = crate::shell::output(command("id").arg("-u")).is_ok_and(|uid| uid == "0");
    root && Path::new("/usr/bin/apt-get").exists()
}

fn packages_of(missing: &[&Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = missing.iter().flat_map(|need| need.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

fn install_packages(packages: &[&str]) -> Result<()> {
    println!("setup: installing {}", packages.join(" "));
    execute(apt_get().args(["-q", "update"]))?;
    execute(apt_get().args(["-q", "install", "-y", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> std::process::Command {
    let mut apt = command("/usr/bin/apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null());
    apt
}

/// What to type, for a person who may.
fn advice(missing: &[&Need]) -> String {
    let mut lines = vec!["failed to find all that is needed:".to_owned()];
    lines.extend(missing.iter().map(|need| format!("  {}\n      {}", need.name, need.otherwise)));
    if Path::new("/usr/bin/apt-get").exists() {
        let packages = packages_of(missing).join(" ");
        lines.push(format!("On Debian, all of it at once: sudo apt-get install {packages}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_the_thing_the_command_and_the_packages() {
        let needs: Vec<&Need> =
            NEEDS.iter().filter(|need| need.name == "git" || need.name == "curl").collect();
        let text = advice(&needs);
        assert!(text.contains("  git\n      install git with"), "{text}");
        assert!(packages_of(&needs) == ["curl", "git"]);
    }

    #[test]
    fn running_needs_no_browser() {
        let run = NEEDS.iter().filter(|need| need.purpose <= Purpose::Run);
        assert!(run.clone().all(|need| need.name != "Chromium") && run.count() < NEEDS.len());
    }
}
