//! The compiler for functions in Rust: rustup's where it has the target, else Debian's with a library of its own.
//!
//! Debian's compiler brings the standard library as source. It is built once for `wasm32-wasip1` and laid out as a
//! sysroot in the cache, where every later build finds it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use protocol::Said;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::error::CloudError;

/// What functions are compiled to.
pub(crate) const TARGET: &str = "wasm32-wasip1";

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";

/// What a machine must have where no compiler was found.
const ADVICE: &str = "no compiler for WebAssembly functions was found. Install the target with 'rustup target add \
                      wasm32-wasip1', or on Debian 'apt-get install rustc-web cargo-web rust-web-src wasi-libc lld-22'";

fn no_compiler() -> Said {
    Said::new(ADVICE).because("no-compiler", &[])
}

/// A compiler that can make functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The cargo on `PATH`, whose toolchain has the target.
    Rustup,
    /// Debian's.
    Debian {
        /// LLVM's linker.
        linker: PathBuf,
        /// Where the standard library is.
        sysroot: PathBuf,
    },
}

/// Where toolchains are looked for.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// `PATH`.
    pub(crate) path: String,
    /// The cache folder.
    pub(crate) cache: PathBuf,
}

impl Toolchain {
    /// The compiler of this machine, as the folder at `root` chooses it; builds its library first where that is due.
    pub(crate) async fn find(root: &Path, places: &Places) -> Result<Self, CloudError> {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "sysroot"]).env("PATH", &places.path).current_dir(root);
        let host = output(&mut rustc).await;
        let host = host.map(|line| PathBuf::from(line.trim()));
        if let Some(host) = &host
            && host.join("lib/rustlib").join(TARGET).join("lib").is_dir()
        {
            return Ok(Self::Rustup);
        }
        let linker = linker(host.as_deref(), &places.path);
        let has_sources = [DEBIAN_CARGO, DEBIAN_SOURCES].iter().all(|file| Path::new(file).exists());
        let (true, Some(linker)) = (has_sources && Path::new(WASI_LIBC).join("libc.a").exists(), linker)
        else {
            return Err(CloudError::Toolchain(no_compiler()));
        };
        let version = output(Command::new(DEBIAN_RUSTC).arg("-vV").current_dir("/")).await;
        let version = version.ok_or_else(|| CloudError::Toolchain(no_compiler()))?;
        let name: String = hex::encode(Sha256::digest(version)).chars().take(16).collect();
        let sysroot = places.cache.join("sysroot").join(name);
        let toolchain = Self::Debian { linker, sysroot };
        toolchain.ensure_library(places).await?;
        Ok(toolchain)
    }

    /// `cargo build` for a function that is a program, in `folder`: by this machine's compiler and for this machine.
    // LIMIT: a function of the other architecture is one of this machine here. For AWS `sam build` compiles it.
    pub(crate) fn program(folder: &Path, places: &Places) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(folder).env("PATH", &places.path);
        cargo.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET");
        cargo.args(["build", "--release"]);
        cargo
    }

    /// `cargo build` for functions that are modules, in `folder`.
    pub(crate) fn cargo(&self, folder: &Path, places: &Places) -> Command {
        let mut cargo = match self {
            Self::Rustup => Command::new("cargo"),
            Self::Debian { .. } => Command::new(DEBIAN_CARGO),
        };
        cargo.current_dir(folder).env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
        cargo.env("PATH", &places.path).env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET");
        if let Self::Debian { linker, sysroot } = self {
            let flags = format!(
                "--sysroot={} -C link-self-contained=no -L {WASI_LIBC} -C link-arg={WASI_LIBC}/crt1-command.o",
                sysroot.display()
            );
            debian(&mut cargo, linker, &places.path).env("RUSTFLAGS", flags);
        }
        cargo.args(["build", "--release", "--target", TARGET]);
        cargo
    }

    async fn ensure_library(&self, places: &Places) -> Result<(), CloudError> {
        let Self::Debian { linker, sysroot } = self else { return Ok(()) };
        if sysroot.is_dir() {
            return Ok(());
        }
        tracing::info!(sysroot = %sysroot.display(), "building the standard library of functions, once");
        let work = sysroot.with_extension(format!("{}.new", std::process::id()));
        let made = make_library(linker, &work, places).await;
        // Whoever else built it meanwhile was as good.
        let result = made.and_then(|()| match fs::rename(work.join("sysroot"), sysroot) {
            Err(error) if !sysroot.is_dir() => Err(error.to_string()),
            _ => Ok(()),
        });
        let _ = fs::remove_dir_all(&work);
        result.map_err(|reason| {
            let said = Said::new(format!("failed to build the standard library of functions: {reason}"));
            CloudError::Toolchain(said.because("library-unbuilt", &[("reason", &reason)]))
        })
    }
}

/// Compiles an empty crate and with it the library, and lays its parts out as rustc expects them.
async fn make_library(linker: &Path, work: &Path, places: &Places) -> Result<(), String> {
    let seed = work.join("seed");
    let lay_out = || -> io::Result<()> {
        fs::create_dir_all(&seed)?;
        fs::write(seed.join("lib.rs"), "#![no_std]\n")?;
        let manifest =
            "[package]\nname = \"seed\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n";
        fs::write(seed.join("Cargo.toml"), manifest)
    };
    lay_out().map_err(|error| error.to_string())?;
    let mut cargo = Command::new(DEBIAN_CARGO);
    debian(&mut cargo, linker, &places.path)
        .current_dir(&seed)
        // With bitcode, so that functions may be optimised at link time.
        .env("RUSTFLAGS", format!("-C embed-bitcode=yes -C link-self-contained=no -L {WASI_LIBC}"))
        .args([
            "build",
            "-q",
            "--release",
            "--target",
            TARGET,
            "-Z",
            "build-std=std,panic_abort",
            "--target-dir",
        ])
        .arg(work.join("target"));
    let built =
        cargo.stdin(Stdio::null()).kill_on_drop(true).output().await.map_err(|error| error.to_string())?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned());
    }
    copy_library(work).map_err(|error| error.to_string())
}

fn copy_library(work: &Path) -> io::Result<()> {
    let library = work.join("sysroot/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&library)?;
    for entry in fs::read_dir(work.join("target").join(TARGET).join("release/deps"))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.extension().is_some_and(|ending| ending == "rlib") && !name.starts_with("libseed-") {
            fs::copy(&file, library.join(name))?;
        }
    }
    Ok(())
}

/// Debian's programs first, their unstable options allowed, their linker named.
fn debian<'a>(cargo: &'a mut Command, linker: &Path, path: &str) -> &'a mut Command {
    cargo
        .env("PATH", format!("/usr/bin:{path}"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_WASIP1_LINKER", linker)
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN")
}

/// LLVM's linker: inside rustup's toolchain, else on `PATH`.
fn linker(host: Option<&Path>, path: &str) -> Option<PathBuf> {
    let bundled = host.map(|host| host.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"));
    let names = ["rust-lld", "wasm-ld-22", "wasm-ld"];
    let on_path = path.split(':').flat_map(|folder| names.map(|name| Path::new(folder).join(name)));
    bundled.into_iter().chain(on_path).find(|file| file.exists())
}

async fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().await.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
