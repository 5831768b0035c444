//! `cargo xtask web`: the browser's half, from Rust, TypeScript and CSS to `target/web-dist`.
//!
//! The steps, each in its file: compile and bind the Yew application (`module`) in the pieces that load one by one
//! (`chunks`), each in a form that compresses well (`arrange`), bundle it with the bridge and the styles (`bundle`), write the
//! page that loads them (`page`), compress everything (`compress`), and ask whether it is small enough (`budget`).
//!
//! The contract with the other folders:
//! * `frontend/app` is a `cdylib`; its `#[wasm_bindgen(start)]` function draws the application when the module is loaded.
//! * `frontend/bridge/src/boot.ts` is the page's only script. It imports `ide-app` (the bound module's loader) and
//!   `ide-app/wasm` (its address). Rust imports TypeScript as the module `ide-bridge`, which is `bridge.ts`.
//! * Every `.css` file under `frontend/app` and `frontend/widgets` is in the bundle, in the order of their paths.
//! * `frontend/index.html` holds the mark `<!-- assets -->` once; no other line of it names a built file.
//! * In `target/web-dist`, everything under `assets/` has its hash in its name, and `.br` twins lie beside the files.

mod arrange;
mod budget;
mod bundle;
mod chunks;
mod compress;
mod module;
mod names;
mod page;

pub(crate) use bundle::npm_ci;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::setup::{self, Purpose};
use crate::workspace::Workspace;

/// How it is built.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Quick to build, readable in the browser's tools, and large.
    #[arg(long)]
    dev: bool,
}

/// Small or quick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// For people to load: optimised for size, minified, compressed as far as it goes.
    Release,
    /// For the one who writes it.
    Dev,
}

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    setup::ensure(Purpose::Run)?;
    build(workspace, if args.dev { Mode::Dev } else { Mode::Release })
}

/// Builds what changed since the last time; does nothing when nothing did.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<()> {
    let work = workspace.target("web");
    let module = module::compile(workspace, mode)?;
    bundle::install_packages(workspace, &work)?;
    let stamp = stamp(workspace, &module, mode)?;
    let stamp_file = work.join("stamp");
    let dist = workspace.web_dist();
    if dist.join("index.html").exists() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    println!("web: bundling");
    let bound = module::bind(&module, &work.join("bound"))?;
    let fresh = work.join("dist");
    remove(&fresh)?;
    let assets = bundle::bundle(workspace, &bound, &work, &fresh.join("assets"), mode)?;
    page::write(workspace, &assets, &fresh)?;
    compress::compress_folder(&fresh, mode)?;
    if mode == Mode::Release {
        budget::check(&bundle::Metafile::read(&work)?, &fresh.join("assets"))?;
    }
    replace(&dist, &fresh)?;
    fs::write(&stamp_file, stamp).with_context(|| format!("failed to write {}", stamp_file.display()))?;
    report(&dist)
}

/// A hash of everything the bundle is made from, the compiled module included.
fn stamp(workspace: &Workspace, module: &Path, mode: Mode) -> Result<String> {
    let mut files = vec![module.to_owned()];
    for folder in ["frontend/bridge", "frontend/app", "frontend/widgets", "xtask/src/web"] {
        collect(&workspace.path(folder), &mut files)?;
    }
    files.push(workspace.path("frontend/index.html"));
    files.push(workspace.path("xtask/src/web.rs"));
    let mut hash = Sha256::new();
    hash.update(format!("{mode:?} {}", workspace.root().display()));
    for file in files.iter().filter(|file| !has_extension(file, "rs")) {
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update(Sha256::digest(
            fs::read(file).with_context(|| format!("failed to read {}", file.display()))?,
        ));
    }
    Ok(hex::encode(hash.finalize()))
}

/// All files below a folder in the order of their paths, installed packages left out.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if !path.is_dir() {
            files.push(path);
        } else if !path.ends_with("node_modules") {
            collect(&path, files)?;
        }
    }
    Ok(())
}

fn has_extension(file: impl AsRef<Path>, extension: &str) -> bool {
    file.as_ref().extension().is_some_and(|found| found == extension)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    }
    Ok(())
}

/// Makes `dist` equal to `fresh` with the page last, so that a server reading the folder always finds what it names.
fn replace(dist: &Path, fresh: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(fresh, &mut files)?;
    files.sort_by_key(|file| file.parent() == Some(fresh));
    let mut kept = Vec::new();
    for file in files {
        let to = dist.join(file.strip_prefix(fresh)?);
        fs::create_dir_all(to.parent().context("failed to find a folder for a built file")?)?;
        fs::copy(&file, &to).with_context(|| format!("failed to write {}", to.display()))?;
        kept.push(to);
    }
    let mut present = Vec::new();
    collect(dist, &mut present)?;
    for stale in present.into_iter().filter(|path| !kept.contains(path)) {
        fs::remove_file(&stale).with_context(|| format!("failed to remove {}", stale.display()))?;
    }
    Ok(())
}

/// Prints what a browser will load.
fn report(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    for file in files.iter().filter(|file| !has_extension(file, "br")) {
        let raw = fs::metadata(file)?.len();
        let sent = fs::metadata(compress::twin(file)).map_or(raw, |twin| twin.len());
        println!("{raw:>10} {sent:>9}  {}", file.strip_prefix(dist)?.display());
    }
    println!("web: {}", dist.display());
    Ok(())
}
