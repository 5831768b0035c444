//! `cargo xtask test [STAGE [FILTER…]]`: all tests, each by its own runner. Every stage runs, also after a failure of
//! another; the verdict is at the end.
//!
//! `cargo xtask test browser --repeat 20 --slow files` repeats the journeys whose file is named, on a machine made slow.
//!
//! Runners of the program's journeys learn from `CUMULO_BIN` where it is, from `CUMULO_CHROMIUM` where the browser is, and
//! from `CUMULO_AWS2` and `CUMULO_SAM` where the AWS CLI 2 and the SAM CLI are; the AWS CLI 1 is first on their search path.
//! `CUMULO_DURABLE` is a Python that has the SDK of durable functions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use crate::journeys::{self, Trial};
use crate::setup::{self, Purpose};
use crate::shell::{self, command, which};
use crate::tools::host_cargo;
use crate::web::npm_ci;
use crate::workspace::{Workspace, variable};
use crate::{build, sysroot};

/// Which tests.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One stage; without it, all of them.
    stage: Option<Stage>,
    #[command(flatten)]
    trial: Trial,
    /// Passed to the stage's runner: names of tests, or its own options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    filter: Vec<String>,
}

/// A runner and what it needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Stage {
    /// Formatting, and on a build server clippy without warnings.
    Style,
    /// The TypeScript under the frontend: types and its own tests.
    Bridge,
    /// The whole program, as `cargo xtask build` makes it.
    Build,
    /// Every Rust test of the workspace.
    Rust,
    /// The templates' own tests.
    Templates,
    /// boto3 and the AWS CLI against the program.
    Aws,
    /// Journeys in Chromium against the program.
    Browser,
}

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    if args.trial != Trial::default() && args.stage != Some(Stage::Browser) {
        bail!(
            "--repeat, --slow and --workers are for journeys: `cargo xtask test browser --repeat 20 --slow`"
        );
    }
    setup::ensure(Purpose::Test)?;
    let stages: Vec<Stage> = match args.stage {
        None => Stage::value_variants().to_vec(),
        // What drives the program needs the program.
        Some(stage @ (Stage::Aws | Stage::Browser)) => vec![Stage::Build, stage],
        Some(stage) => vec![stage],
    };
    let mut results = Vec::new();
    for stage in stages {
        println!("\n== {stage:?}");
        let started = Instant::now();
        let result = stage.run(workspace, args);
        if let Err(error) = &result {
            println!("{error:#}");
        }
        results.push((stage, result.is_ok(), started.elapsed()));
    }
    verdict(&results)
}

fn verdict(results: &[(Stage, bool, Duration)]) -> Result<()> {
    println!("\n== Verdict");
    for (stage, passed, took) in results {
        let word = if *passed { "passed" } else { "FAILED" };
        println!("{word}  {:9}  {:>5} s", format!("{stage:?}"), took.as_secs());
    }
    let failed = results.iter().filter(|(_, passed, _)| !passed).count();
    if failed > 0 {
        bail!("{failed} of {} stages failed", results.len());
    }
    println!("everything passed");
    Ok(())
}

impl Stage {
    fn run(self, workspace: &Workspace, args: &Args) -> Result<()> {
        let filter = &args.filter;
        match self {
            Self::Style => style(workspace),
            Self::Bridge => bridge(workspace),
            Self::Build => program(workspace),
            Self::Rust => rust(workspace, filter),
            Self::Templates => templates(workspace, filter),
            Self::Aws => aws(workspace, filter),
            Self::Browser => journeys::run(workspace, args.trial, filter),
        }
    }
}

fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = command(host_cargo());
    cargo.current_dir(workspace.root());
    cargo
}

/// Asks the whole database of advisories where the tool for it is: the list in the repository is only as new as its date.
fn audit(workspace: &Workspace) -> Result<()> {
    if which("cargo-audit").is_none() {
        println!("cargo-audit is not installed: only xtask/advisories.toml is compared, by the Rust stage");
        return Ok(());
    }
    let accepted = fs::read_to_string(workspace.root().join("xtask/advisories.toml"))?;
    let accepted: toml::Value = toml::from_str(&accepted)?;
    let mut audit = cargo(workspace);
    audit.args(["audit", "--deny", "warnings"]);
    for advisory in accepted.get("advisory").and_then(toml::Value::as_array).into_iter().flatten() {
        if let (Some(id), Some(_)) =
            (advisory.get("id").and_then(toml::Value::as_str), advisory.get("accepted"))
        {
            audit.args(["--ignore", id]);
        }
    }
    shell::run(&mut audit)
}

fn style(workspace: &Workspace) -> Result<()> {
    shell::run(cargo(workspace).args(["fmt", "--all", "--check"]))?;
    // The build script of the frontend finds panels, a macro names fuzz targets; such modules `cargo fmt` does not see.
    let panels = fs::read_dir(workspace.path("frontend/app/src/panels"))?;
    let panels = panels.map(|panel| Ok(panel?.path().join("mod.rs")));
    let targets = fs::read_dir(workspace.path("fuzz/src/targets"))?;
    let unseen = panels.chain(targets.map(|target| Ok(target?.path()))).collect::<Result<Vec<_>>>()?;
    shell::run(
        command("rustfmt").current_dir(workspace.root()).args(["--edition", "2024", "--check"]).args(unseen),
    )?;
    audit(workspace)?;
    if variable("CI").is_some() {
        shell::run(cargo(workspace).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
    }
    Ok(())
}

fn bridge(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path("frontend/bridge");
    npm_ci(&folder, &workspace.target("web/packages-of-bridge"))?;
    shell::run(command("npm").current_dir(&folder).args(["run", "--silent", "check"]))?;
    shell::run(command("npm").current_dir(&folder).args(["test", "--silent"]))
}

fn program(workspace: &Workspace) -> Result<()> {
    build::run(workspace)?;
    sysroot::ensure().map(drop)
}

fn rust(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let mut tests = cargo(workspace);
    if which("cargo-nextest").is_none() {
        return shell::run(tests.args(["test", "--workspace", "--no-fail-fast"]).args(filter));
    }
    let ran = shell::run(tests.args(["nextest", "run", "--workspace", "--no-fail-fast"]).args(filter));
    // nextest leaves the examples in documentation to cargo.
    let examples = if filter.is_empty() { examples(workspace) } else { Ok(()) };
    ran.and(examples)
}

fn examples(workspace: &Workspace) -> Result<()> {
    shell::run(cargo(workspace).args(["test", "--workspace", "--doc", "--quiet"]))
}

fn templates(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let folder = workspace.path("templates");
    let entries = fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort();
    for folder in folders {
        for mut tests in runners(workspace, &folder, filter) {
            shell::run(&mut tests)?;
        }
    }
    Ok(())
}

/// What runs a template's own tests: of each language its own runner.
fn runners(workspace: &Workspace, folder: &Path, filter: &[String]) -> Vec<Command> {
    let mut runners = Vec::new();
    let manifest = folder.join("Cargo.toml");
    if manifest.exists() {
        let mut tests = cargo(workspace);
        tests.args(["test", "--manifest-path"]).arg(&manifest);
        tests.env("CARGO_TARGET_DIR", workspace.target("templates")).args(filter);
        runners.push(tests);
    }
    let tests = fs::read_dir(folder.join("tests")).into_iter().flatten();
    let names: Vec<_> = tests.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    if names.iter().any(|name| name.starts_with("test_")) {
        let mut tests = command("python3");
        tests.current_dir(folder).args(["-B", "-m", "unittest", "discover", "tests"]);
        // Not filtered: where a name fits none of them, unittest fails.
        runners.push(tests);
    }
    if names.iter().any(|name| name.ends_with(".test.mjs")) {
        let mut tests = command("node");
        tests.current_dir(folder).arg("--test");
        tests.args(filter.iter().map(|name| format!("--test-name-pattern={name}")));
        runners.push(tests);
    }
    runners
}

fn aws(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let bin = clients(workspace)?;
    let sam = venv(workspace, "venv-sam", "requirements-sam.txt")?;
    let packages = function_packages(workspace, &bin)?;
    npm_ci(&workspace.path("e2e/aws/js"), &workspace.target("packages-of-aws-clients"))?;
    let durable = venv(workspace, "venv-durable", "requirements-durable.txt")?;
    let mut pytest = with_program(command(bin.join("python")), workspace, &bin);
    pytest
        .current_dir(workspace.root())
        // The clients wait more than they work.
        .args(["-m", "pytest", "e2e/aws", "-p", "no:cacheprovider", "--numprocesses", "3"])
        .args(filter)
        .env("CUMULO_SAM", sam.join("sam"))
        .env("CUMULO_FUNCTION_PACKAGES", packages)
        .env("CUMULO_TEMPLATES_TARGET", workspace.target("templates"))
        .env("CUMULO_DURABLE", durable.join("python"));
    if let Some(program) = setup::aws_cli_2() {
        pytest.env("CUMULO_AWS2", program);
    }
    shell::run(&mut pytest)
}

/// Tells a runner where the program is and puts the AWS CLI first on its search path.
pub(crate) fn with_program(mut runner: Command, workspace: &Workspace, bin: &Path) -> Command {
    let path = format!("{}:{}", bin.display(), variable("PATH").unwrap_or_default());
    runner
        .env("PATH", path)
        .env("CUMULO_BIN", workspace.program())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("RUSTUP_TOOLCHAIN");
    runner
}

/// The environment with boto3, the AWS CLI 1 and pytest.
pub(crate) fn clients(workspace: &Workspace) -> Result<PathBuf> {
    venv(workspace, "venv", "requirements.txt")
}

/// A folder with what functions in Python bring with them, for the Python of the system: no other is within their walls.
fn function_packages(workspace: &Workspace, bin: &Path) -> Result<PathBuf> {
    let folder = workspace.target("function-packages");
    let listed = workspace.path("e2e/aws/requirements-functions.txt");
    let version = "import sys; print('%d.%d' % sys.version_info[:2])";
    let version = shell::output(command("/usr/bin/python3").args(["-c", version]))
        .context("functions need the system's Python: apt install python3")?;
    let text = fs::read(&listed).with_context(|| format!("failed to read {}", listed.display()))?;
    let stamp = workspace.target("function-packages.stamp");
    let made_of = format!("{} {version}", hex::encode(Sha256::digest(text)));
    if fs::read_to_string(&stamp).is_ok_and(|old| old == made_of) && folder.exists() {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    }
    let mut pip = command(bin.join("python"));
    pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--only-binary", ":all:", "--python-version", version.trim(), "--target"]);
    shell::run(pip.arg(&folder).arg("-r").arg(&listed))?;
    fs::write(&stamp, made_of).with_context(|| format!("failed to write {}", stamp.display()))?;
    Ok(folder)
}

/// The programs' folder of a Python environment with what a file of `e2e/aws` lists.
fn venv(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workspace.target(name);
    let requirements = workspace.path("e2e/aws").join(requirements);
    let listed =
        fs::read(&requirements).with_context(|| format!("failed to read {}", requirements.display()))?;
    let hash = hex::encode(Sha256::digest(listed));
    let stamp = folder.join("requirements");
    let python = folder.join("bin/python");
    if fs::read_to_string(&stamp).is_ok_and(|old| old == hash)
        && shell::succeeds(command(&python).arg("--version"))
    {
        return Ok(folder.join("bin"));
    }
    shell::run(command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = command(&python);
    shell::run(
        pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r"]).arg(&requirements),
    )?;
    fs::write(&stamp, hash).with_context(|| format!("failed to write {}", stamp.display()))?;
    Ok(folder.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn parsed(line: &str) -> Args {
        let words = std::iter::once("test").chain(line.split(' '));
        <Line as clap::Parser>::try_parse_from(words).unwrap().args
    }

    #[test]
    fn journeys_are_repeated_and_named() {
        let args = parsed("browser --repeat 20 --slow files -g upload");
        assert_eq!(
            (args.stage, args.trial),
            (Some(Stage::Browser), Trial { repeat: 20, slow: true, workers: 1 })
        );
        assert_eq!(args.filter, ["files", "-g", "upload"]);
        assert_eq!(parsed("rust my_test --nocapture").filter, ["my_test", "--nocapture"]);
    }

    #[test]
    fn each_template_is_tested_by_its_language_s_own_runner() {
        let workspace = Workspace::find().unwrap();
        let check = |template: &str, expected: &[&str]| {
            let folder = workspace.path("templates").join(template);
            let runners = runners(&workspace, &folder, &["a".to_owned()]);
            let programs = runners.iter().map(|runner| Path::new(runner.get_program()).file_name());
            let names: Vec<_> = programs.map(|name| name.unwrap_or_default().to_owned()).collect();
            assert_eq!(names, expected, "{template}");
        };
        check("hello-api", &["cargo"]);
        check("crud-python", &["python3"]);
        check("crud-node", &["node"]);
        check("queue-worker", &[]);
    }

    #[test]
    fn one_failed_stage_fails_the_whole() {
        let second = Duration::from_secs(1);
        assert!(verdict(&[(Stage::Rust, true, second), (Stage::Aws, true, second)]).is_ok());
        let error = verdict(&[(Stage::Rust, false, second), (Stage::Aws, true, second)]).unwrap_err();
        assert_eq!(error.to_string(), "1 of 2 stages failed");
    }
}
