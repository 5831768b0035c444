//! Which compiler can make WebAssembly here, and with which arguments. It finds; installing is `setup`'s work.
//!
//! Two ways. A rustup toolchain with the target's standard library is used as it is. Without one, Debian's compiler
//! (packages `rustc-web cargo-web rust-web-src`) builds the standard library from its sources.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell::{command, output, which};
use crate::workspace::variable;

/// A kind of WebAssembly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// The frontend.
    Browser,
    /// Functions of the local cloud.
    Function,
}

impl Target {
    /// The compiler's name of it.
    pub(crate) const fn triple(self) -> &'static str {
        match self {
            Self::Browser => "wasm32-unknown-unknown",
            Self::Function => "wasm32-wasip1",
        }
    }
}

/// A compiler that can make a [`Target`].
#[derive(Debug)]
pub(crate) enum Compiler {
    /// The toolchain that is building this tool has the target.
    Rustup,
    /// Debian's, which brings the standard library as source and needs to be told a linker.
    Debian {
        /// LLVM's linker for WebAssembly.
        linker: PathBuf,
    },
}

/// Where Debian keeps its compiler and the sources of the library.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
/// Debian's compiler.
pub(crate) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// The library's sources, relative to a toolchain's folder.
const SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";
/// For rustc: a panic does not say where in the sources it is, nor what values it shows look like inside.
const FEW_WORDS: &str = "-Zlocation-detail=none -Zfmt-debug=none";
/// Debian's C library for WASI: Rust's standard library stands on it.
pub(crate) const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";

impl Compiler {
    /// The compiler for this target, if this machine has one.
    pub(crate) fn find(target: Target) -> Option<Self> {
        if rustup_has(target) {
            return Some(Self::Rustup);
        }
        let libc = target == Target::Browser || Path::new(WASI_LIBC).join("libc.a").exists();
        if !libc || !debian_is_recent() {
            return None;
        }
        Some(Self::Debian { linker: linker()? })
    }

    /// `cargo build --target …` or another verb, ready for a package and a profile.
    pub(crate) fn cargo(&self, verb: &str, target: Target) -> Command {
        let mut cargo = match self {
            Self::Rustup => command(host_cargo()),
            Self::Debian { linker } => {
                let mut cargo = command(DEBIAN_CARGO);
                use_debian(&mut cargo, target, linker);
                cargo
            }
        };
        cargo.args([verb, "--target", target.triple()]);
        if matches!(self, Self::Debian { .. }) {
            cargo.args(["-Z", "build-std=std,panic_abort"]);
        }
        // Flags meant for the host (sanitizers, a different linker) would break the browser's build.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
        cargo
    }

    /// Has `cargo` compile the standard library too where it is ready-made: with the profile's options it is smaller. Its
    /// sources are there, rust-analyzer needs them as well. Panics keep their words and leave out where in the sources they
    /// are: that makes the module smaller, and its size the same wherever a checkout lies.
    pub(crate) fn shrink_library(&self, cargo: &mut Command) {
        if matches!(self, Self::Rustup) {
            cargo.env("RUSTC_BOOTSTRAP", "1").args(["-Z", "build-std=std,panic_abort"]);
        }
        cargo.args(["-Z", "build-std-features=optimize_for_size"]);
        cargo.env("RUSTFLAGS", FEW_WORDS);
    }
}

/// Points a command at Debian's compiler: found first, allowed its unstable options, told its linker.
pub(crate) fn use_debian(cargo: &mut Command, target: Target, linker: &Path) {
    let path = format!("/usr/bin:{}", variable("PATH").unwrap_or_default());
    let triple = target.triple().replace('-', "_").to_uppercase();
    cargo
        .env("PATH", path)
        .env("RUSTC_BOOTSTRAP", "1")
        .env(format!("CARGO_TARGET_{triple}_LINKER"), linker)
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN");
}

/// The cargo that builds this repository: the one that started this tool.
pub(crate) fn host_cargo() -> PathBuf {
    variable("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// The folder of the host's compiler.
pub(crate) fn sysroot() -> Result<PathBuf> {
    let printed = output(command("rustc").args(["--print", "sysroot"]));
    printed.map(PathBuf::from).context("failed to find the Rust compiler: install it from https://rustup.rs")
}

/// Whether the standard library's sources are here: in the toolchain, or where Debian's package puts them.
pub(crate) fn has_library_sources() -> bool {
    let toolchain = sysroot().is_ok_and(|root| root.join(SOURCES).exists());
    toolchain || Path::new("/usr").join(SOURCES).exists()
}

/// `CUMULO_NO_RUSTUP=1` hides rustup's targets, so that Debian's way can be tried where both exist.
pub(crate) fn rustup_allowed() -> bool {
    variable("CUMULO_NO_RUSTUP").is_none()
}

fn rustup_has(target: Target) -> bool {
    let library = sysroot().map(|root| root.join("lib/rustlib").join(target.triple()).join("lib"));
    rustup_allowed() && library.is_ok_and(|dir| dir.is_dir())
}

/// The compiler must be as new as the workspace's `rust-version`; older Debian packages share the same paths.
fn debian_is_recent() -> bool {
    let sources = Path::new("/usr").join(SOURCES).exists() && Path::new(DEBIAN_CARGO).exists();
    sources
        && output(command(DEBIAN_RUSTC).arg("--version")).is_ok_and(|line| minor_version(&line) >= Some(95))
}

/// `rustc 1.96.0 (…)` → 96.
fn minor_version(line: &str) -> Option<u32> {
    line.split_whitespace().nth(1)?.split('.').nth(1)?.parse().ok()
}

/// LLVM's linker: the one inside rustup's toolchain, else Debian's package `lld-22`.
fn linker() -> Option<PathBuf> {
    let host = format!("lib/rustlib/{}-unknown-linux-gnu/bin/rust-lld", std::env::consts::ARCH);
    let bundled = sysroot().ok()?.join(host);
    if bundled.exists() {
        return Some(bundled);
    }
    ["rust-lld", "wasm-ld-22", "wasm-ld"].into_iter().find_map(which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_minor_version() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"),
            Some(96)
        );
        assert_eq!(minor_version("something else"), None);
    }
}
