//! esbuild over the bridge, the bound module and the styles; and npm's part in it. Knows nothing of the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::module::Bound;
use super::{Mode, collect, has_extension};
use crate::shell::{self, command};
use crate::workspace::Workspace;

/// esbuild's account of what it made, in the build folder.
const METAFILE: &str = "bundle.json";

/// The built files that the page must name, relative to its `assets` folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Assets {
    /// The script that starts everything.
    pub(super) boot: String,
    /// In development builds, the script that reloads the page.
    pub(super) reload: Option<String>,
    /// Scripts the boot script imports, directly or through others, before it runs.
    pub(super) imports: BTreeSet<String>,
    /// Style sheets.
    pub(super) styles: BTreeSet<String>,
    /// The application's module.
    pub(super) module: String,
}

/// `npm ci`, when the lock file is another than last time.
pub(super) fn install_packages(workspace: &Workspace, work: &Path) -> Result<()> {
    npm_ci(&workspace.path("frontend/bridge"), &work.join("packages-of-bridge"))
}

/// `npm ci` in `folder`, unless the lock file's hash is the one in `stamp` and the packages are there.
pub(crate) fn npm_ci(folder: &Path, stamp: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let bytes = fs::read(&lock).with_context(|| format!("failed to read {}", lock.display()))?;
    let hash = format!("{} {}", hex::encode(Sha256::digest(bytes)), folder.display());
    if folder.join("node_modules").is_dir() && fs::read_to_string(stamp).is_ok_and(|old| old == hash) {
        return Ok(());
    }
    // Scripts of packages do not run: nothing here needs them, and they are strangers' code.
    shell::run(command("npm").current_dir(folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    fs::create_dir_all(stamp.parent().context("failed to find the stamp's folder")?)?;
    fs::write(stamp, hash).with_context(|| format!("failed to write {}", stamp.display()))
}

/// Bundles into `out`.
pub(super) fn bundle(
    workspace: &Workspace,
    bound: &Bound,
    work: &Path,
    out: &Path,
    mode: Mode,
) -> Result<Assets> {
    let bridge = workspace.path("frontend/bridge");
    let styles = write_styles(workspace, work)?;
    let metafile = work.join(METAFILE);
    let mut esbuild = command(bridge.join("node_modules/.bin/esbuild"));
    esbuild
        .current_dir(&bridge)
        .arg(format!("boot={}", bridge.join("src/boot.ts").display()))
        .arg(format!("styles={}", styles.display()))
        .args(["--bundle", "--splitting", "--format=esm", "--target=es2022", "--log-level=warning"])
        // The bindings name the loader once for each chunk.
        .arg("--log-override:duplicate-object-key=silent")
        .args(["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"])
        .args(["--loader:.wasm=file", "--loader:.pack=file", "--loader:.woff2=file", "--loader:.svg=file"])
        .arg(format!("--alias:ide-bridge={}", bridge.join("src/bridge.ts").display()))
        .arg(format!("--alias:ide-app={}", bound.script.display()))
        .arg(format!("--alias:ide-app/wasm={}", bound.module.display()))
        .arg(format!("--outdir={}", out.display()))
        .arg(format!("--metafile={}", metafile.display()));
    match mode {
        Mode::Release => esbuild.args(["--minify", "--legal-comments=linked"]),
        Mode::Dev => {
            let reload = workspace.path("xtask/src/web/reload.js");
            esbuild.arg("--sourcemap=linked").arg(format!("reload={}", reload.display()))
        }
    };
    shell::run(&mut esbuild)?;
    let text =
        fs::read_to_string(&metafile).with_context(|| format!("failed to read {}", metafile.display()))?;
    assets(&serde_json::from_str(&text).context("failed to understand esbuild's list of outputs")?)
}

/// One style sheet that imports all of them. The layers' order is fixed first, so the files' order hardly matters.
fn write_styles(workspace: &Workspace, work: &Path) -> Result<PathBuf> {
    let mut files = Vec::new();
    for folder in ["frontend/app", "frontend/widgets"] {
        collect(&workspace.path(folder), &mut files)?;
    }
    let mut text = String::from("@layer reset, tokens, kit, panels;\n");
    for file in files.iter().filter(|file| has_extension(file, "css")) {
        writeln!(text, "@import {};", serde_json::to_string(&file.to_string_lossy())?)?;
    }
    let styles = work.join("styles.css");
    fs::write(&styles, text).with_context(|| format!("failed to write {}", styles.display()))?;
    Ok(styles)
}

/// The part of esbuild's metafile that is read.
#[derive(Deserialize)]
pub(super) struct Metafile {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    #[serde(default)]
    imports: Vec<Import>,
    entry_point: Option<String>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
    kind: String,
}

impl Metafile {
    /// The one that the last bundling left.
    pub(super) fn read(work: &Path) -> Result<Self> {
        let path = work.join(METAFILE);
        let text = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        serde_json::from_str(&text).context("failed to understand esbuild's list of outputs")
    }

    /// The names of all built files.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.outputs.keys().map(|path| file_name(path))
    }

    /// The output that a source's name stands for.
    pub(super) fn output_of(&self, entry: &str) -> Option<&str> {
        let is_entry =
            |output: &Output| output.entry_point.as_deref().is_some_and(|source| source.ends_with(entry));
        self.outputs.iter().find(|(_, output)| is_entry(output)).map(|(path, _)| path.as_str())
    }

    /// The names of an output and of all that it imports before it runs.
    pub(super) fn closure(&self, output: Option<&str>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<&str> = output.into_iter().collect();
        while let Some(path) = waiting.pop() {
            if found.insert(file_name(path).to_owned()) {
                let imports =
                    self.outputs.get(path).map(|output| output.imports.as_slice()).unwrap_or_default();
                let statements = imports.iter().filter(|import| import.kind == "import-statement");
                waiting.extend(statements.map(|import| import.path.as_str()));
            }
        }
        found
    }
}

fn assets(metafile: &Metafile) -> Result<Assets> {
    let boot =
        metafile.output_of("boot.ts").context("failed to find the boot script among esbuild's outputs")?;
    let mut imports = metafile.closure(Some(boot));
    imports.remove(file_name(boot));
    let module = metafile.names().find(|name| name.starts_with("app_bg") && has_extension(name, "wasm"));
    // Styles of lazily loaded scripts too: esbuild makes the files, but nothing would load them.
    let styles = metafile.names().filter(|name| has_extension(name, "css"));
    Ok(Assets {
        boot: file_name(boot).to_owned(),
        reload: metafile.output_of("web/reload.js").map(|path| file_name(path).to_owned()),
        imports,
        styles: styles.map(str::to_owned).collect(),
        module: module.context("failed to find the application's module among esbuild's outputs")?.to_owned(),
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_page_must_name() {
        let metafile = serde_json::from_str(
            r#"{"inputs": {}, "outputs": {
                "out/boot-A.js": {"entryPoint": "src/boot.ts", "imports": [
                    {"path": "out/chunk-B.js", "kind": "import-statement"},
                    {"path": "out/editor-C.js", "kind": "dynamic-import"}]},
                "out/chunk-B.js": {"imports": [{"path": "out/chunk-B.js", "kind": "import-statement"}]},
                "out/editor-C.js": {"entryPoint": "src/editor.ts", "imports": []},
                "out/styles-D.css": {"entryPoint": "styles.css", "imports": []},
                "out/app_bg-E.wasm": {}
            }}"#,
        )
        .unwrap();
        let expected = Assets {
            boot: "boot-A.js".into(),
            reload: None,
            imports: BTreeSet::from(["chunk-B.js".into()]),
            styles: BTreeSet::from(["styles-D.css".into()]),
            module: "app_bg-E.wasm".into(),
        };
        assert_eq!(assets(&metafile).unwrap(), expected);
    }

    #[test]
    fn a_bundle_without_the_module_is_an_error() {
        let metafile =
            serde_json::from_str(r#"{"outputs": {"out/boot-A.js": {"entryPoint": "boot.ts"}}}"#).unwrap();
        assert!(assets(&metafile).is_err());
    }
}
