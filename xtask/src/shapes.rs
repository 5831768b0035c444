//! `cargo xtask shapes`: writes the `shapes.rs` files of the cloud's services from botocore's models.
//!
//! A service crate lists its models and operations in `shapes.toml`. Facts only are taken: names, types, places,
//! constraints, errors. The models are not kept in the repository; the pinned version of botocore is taken from
//! Python's installation, or fetched with pip into the target directory.

mod emit;
mod model;
mod names;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The version of botocore whose models are written down.
const BOTOCORE: &str = "1.43.11";

/// What may be asked of the verb.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Writes nothing; fails if a file is stale.
    #[arg(long)]
    check: bool,
}

/// What `shapes.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    service: Vec<ServiceListing>,
}

/// One model and the file that is written from it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceListing {
    /// The model's name in botocore: `lambda`.
    model: String,
    /// The file, from the crate's folder.
    #[serde(default = "default_file")]
    file: PathBuf,
    /// The code of answers to broken constraints, where it is not the protocol's usual one.
    validation_code: Option<String>,
    /// The operations.
    operations: Vec<String>,
    /// What the service itself says of shapes where the pinned model says something else, by their names.
    #[serde(default)]
    shapes: BTreeMap<String, Map<String, Value>>,
}

fn default_file() -> PathBuf {
    "src/shapes.rs".into()
}

/// Writes every service's shapes; with `check` compares and names the stale ones instead.
pub(crate) fn run(root: &Path, args: &Args) -> Result<()> {
    let mut stale = Vec::new();
    for (file, text) in generate(root)? {
        if std::fs::read_to_string(&file).is_ok_and(|present| present == text) {
            continue;
        }
        if args.check {
            stale.push(file.display().to_string());
        } else {
            std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        }
    }
    ensure!(stale.is_empty(), "stale: {}; run `cargo xtask shapes`", stale.join(", "));
    Ok(())
}

fn generate(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for listing_file in listings(root)? {
        let text = std::fs::read_to_string(&listing_file)?;
        let listing: Listing = toml::from_str(&text).with_context(|| listing_file.display().to_string())?;
        let folder = listing_file.parent().context("a listing has a folder")?;
        for service in listing.service {
            let mut model = model::Model::parse(&load(root, &service.model)?)?;
            model.correct(&service.shapes)?;
            let text =
                emit::emit(&model, &service.model, service.validation_code.as_deref(), &service.operations)
                    .with_context(|| format!("model {}", service.model))?;
            files.push((folder.join(service.file), format(root, &text)?));
        }
    }
    Ok(files)
}

/// Runs rustfmt with the repository's settings over a text.
fn format(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start rustfmt")?;
    child.stdin.take().context("rustfmt takes its text from a pipe")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refused what was generated");
    Ok(String::from_utf8(output.stdout)?)
}

fn listings(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("sandbox"))? {
        let file = entry?.path().join("shapes.toml");
        if file.is_file() {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

/// Prints a model as JSON: from the installed botocore if it is the pinned one, else from the fetched one.
const PRINT_MODEL: &str = r"
import sys
pin, fetched, service = sys.argv[1:4]
try:
    import botocore
except ImportError:
    botocore = None
if botocore is None or botocore.__version__ != pin:
    sys.path.insert(0, fetched)
    for name in [n for n in sys.modules if n.split('.')[0] == 'botocore']:
        del sys.modules[name]
    import botocore
if botocore.__version__ != pin:
    sys.exit(3)
import json, botocore.loaders
print(json.dumps(botocore.loaders.Loader().load_service_model(service, 'service-2')))
";

fn load(root: &Path, service: &str) -> Result<String> {
    let fetched = root.join("target/botocore");
    let print = || {
        Command::new("python3")
            .args(["-c", PRINT_MODEL, BOTOCORE])
            .arg(&fetched)
            .arg(service)
            .output()
            .context("start python3, which reads botocore's models (apt install python3)")
    };
    let mut output = print()?;
    if !output.status.success() {
        fetch(&fetched)?;
        output = print()?;
    }
    if !output.status.success() {
        bail!("no model of {service}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn fetch(into: &Path) -> Result<()> {
    let status = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--target"])
        .arg(into)
        .arg(format!("botocore=={BOTOCORE}"))
        .status()
        .context("start pip")?;
    ensure!(status.success(), "pip could not fetch botocore=={BOTOCORE}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_fresh() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        run(root, &Args { check: true }).unwrap();
    }
}
