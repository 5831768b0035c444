//! `cargo xtask sysroot`: the standard library for functions, where rustup cannot bring it.
//!
//! Debian's compiler has the library only as source. Built once for `wasm32-wasip1` and laid out as a sysroot of its
//! own, it makes every later build of a function an ordinary `cargo build`. The place,
//! `~/.cache/cumulo/sysroot/<hash of rustc -vV>`, is the one in which the program looks too (and which it can make
//! itself); the folder appears whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::setup::{self, Purpose};
use crate::shell::{self, command, output};
use crate::tools::{Compiler, DEBIAN_RUSTC, Target, WASI_LIBC, host_cargo};
use crate::workspace::{Workspace, cache_home};

/// The verb.
pub(crate) fn run(_workspace: &Workspace) -> Result<()> {
    setup::ensure(Purpose::Run)?;
    match ensure()? {
        Some(place) => println!("sysroot: {}", place.display()),
        None => println!("sysroot: rustup's own has {}", Target::Function.triple()),
    }
    Ok(())
}

/// Makes the sysroot when functions need one; `None` when rustup's compiler has the target.
pub(crate) fn ensure() -> Result<Option<PathBuf>> {
    let compiler = Compiler::find(Target::Function).context("failed to find a compiler for functions")?;
    if matches!(compiler, Compiler::Rustup) {
        return Ok(None);
    }
    // The program hashes what rustc prints as it is, with the line's end.
    let version = format!("{}\n", output(command(DEBIAN_RUSTC).arg("-vV"))?);
    let name: String = hex::encode(Sha256::digest(version)).chars().take(16).collect();
    let place = cache_home()?.join("cumulo/sysroot").join(name);
    if !place.is_dir() {
        println!("sysroot: building the standard library of functions, once");
        make(&compiler, &place)?;
    }
    Ok(Some(place))
}

/// Downloads what the sample application depends on, so that its first build needs no network. Without one this fails,
/// and so would that build, with a better message than any here.
pub(crate) fn fetch(workspace: &Workspace) {
    let mut cargo = command(host_cargo());
    cargo.args(["fetch", "--locked", "--target", Target::Function.triple(), "--manifest-path"]);
    shell::succeeds(cargo.arg(workspace.path("templates/hello-api/Cargo.toml")));
}

/// Builds beside the place and moves it there when it is whole; who comes second at the same time finds it done.
fn make(compiler: &Compiler, place: &Path) -> Result<()> {
    let work = place.with_extension(std::process::id().to_string());
    let made = build(compiler, &work).and_then(|made| match fs::rename(&made, place) {
        Err(error) if !place.is_dir() => Err(error).context("failed to put the sysroot in its place"),
        _ => Ok(()),
    });
    fs::remove_dir_all(&work).with_context(|| format!("failed to remove {}", work.display()))?;
    made
}

/// Compiles an empty crate, and with it the library, and copies the library's parts to where rustc expects them.
fn build(compiler: &Compiler, work: &Path) -> Result<PathBuf> {
    let seed = work.join("seed");
    fs::create_dir_all(&seed).with_context(|| format!("failed to make {}", seed.display()))?;
    let manifest = "[package]\nname = \"seed\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n";
    fs::write(seed.join("Cargo.toml"), manifest)?;
    fs::write(seed.join("lib.rs"), "#![no_std]\n")?;
    let mut cargo = compiler.cargo("build", Target::Function);
    cargo
        .current_dir(&seed)
        // With bitcode, so that functions may be optimised at link time.
        .env("RUSTFLAGS", format!("-C embed-bitcode=yes -C link-self-contained=no -L {WASI_LIBC}"))
        .args(["-q", "--release", "--target-dir"])
        .arg(work.join("target"));
    shell::run(&mut cargo)?;
    let sysroot = work.join("sysroot");
    let library = sysroot.join("lib/rustlib").join(Target::Function.triple()).join("lib");
    fs::create_dir_all(&library)?;
    let built = work.join("target").join(Target::Function.triple()).join("release/deps");
    for entry in fs::read_dir(&built).with_context(|| format!("failed to list {}", built.display()))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.extension().is_some_and(|extension| extension == "rlib") && !name.starts_with("libseed-") {
            fs::copy(&file, library.join(&name)).with_context(|| format!("failed to copy {name}"))?;
        }
    }
    Ok(sysroot)
}
