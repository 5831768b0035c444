//! The Yew application as a WebAssembly module with its JavaScript bindings, less what loads later (`chunks`). No
//! bundling here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, arrange::arrange, chunks, names, remove};
use crate::shell;
use crate::tools::{Compiler, Target};
use crate::workspace::Workspace;

/// The bound module: what `boot.ts` imports.
pub(super) struct Bound {
    /// The loader, an ES module.
    pub(super) script: PathBuf,
    /// The WebAssembly file.
    pub(super) module: PathBuf,
}

/// Compiles `frontend/app` in a build folder of its own, so that browser and host builds do not evict each other.
pub(super) fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let compiler =
        Compiler::find(Target::Browser).context("failed to find a compiler for the browser's half")?;
    let (profile, folder) = match mode {
        Mode::Release => ("web", "web"),
        Mode::Dev => ("web-dev", "web-dev"),
    };
    let target = workspace.target("web");
    let mut cargo = compiler.cargo("rustc", Target::Browser);
    if mode == Mode::Release {
        compiler.shrink_library(&mut cargo);
    }
    cargo
        .current_dir(workspace.root())
        .args(["-p", "app", "--lib", "--profile", profile, "--target-dir"])
        .arg(&target)
        .args(["--", chunks::LINKER_FLAG]);
    shell::run(&mut cargo)?;
    Ok(target.join(Target::Browser.triple()).join(folder).join("app.wasm"))
}

/// Writes the module without its chunks, the chunks and the bindings into `folder`.
pub(super) fn bind(module: &Path, folder: &Path) -> Result<Bound> {
    remove(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let main = chunks::split(module, folder)?;
    Bindgen::new()
        .input_path(main)
        .out_name("app")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        // The chunks share the table, the memory and the stack.
        .keep_lld_exports(true)
        .generate(folder)
        .with_context(|| format!("failed to bind {}", module.display()))?;
    let bound = Bound { script: folder.join("app.js"), module: folder.join("app_bg.wasm") };
    names::shorten(&bound.script, &bound.module)?;
    arrange(&bound.module)?;
    take_timers(&bound.script)?;
    Ok(bound)
}

/// Has the module's bindings take their timers from the bridge (`turn.ts`).
fn take_timers(script: &Path) -> Result<()> {
    let failed = || format!("failed to give {} its timers", script.display());
    let bindings = fs::read_to_string(script).with_context(failed)?;
    fs::write(script, format!("import {{ setTimeout }} from \"ide-bridge\";\n{bindings}"))
        .with_context(failed)
}
