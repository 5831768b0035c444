//! Where things are: the checkout, the build folders, the paths two parts of the repository agree on.
//! The one file of this tool that reads the environment.
#![allow(clippy::disallowed_methods, reason = "xtask's home of environment variables")]

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout this tool was started in.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout around this crate; cargo says where at run time, so a shared build cache cannot mislead.
    pub(crate) fn find() -> Result<Self> {
        let manifest =
            variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
        let root =
            Path::new(&manifest).parent().context("failed to find the folder above xtask/")?.to_owned();
        let target = variable("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { root, target })
    }

    /// The checkout's top folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside cargo's build folder, which `CARGO_TARGET_DIR` may have moved elsewhere.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// The folder the server embeds. Inside the checkout even when the build folder is not: the server's source names it.
    pub(crate) fn web_dist(&self) -> PathBuf {
        self.path("target/web-dist")
    }

    /// Where a user finds the program, whatever `CARGO_TARGET_DIR` says.
    pub(crate) fn program(&self) -> PathBuf {
        self.path("target/release/cumulo")
    }
}

/// An environment variable, when it is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folders in which programs are looked for.
pub(crate) fn search_path() -> Vec<PathBuf> {
    variable("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

/// The names of the variables that cargo and rustup set for their own children. A build started from here must not
/// see them (build scripts would run again), nor should the programs a user starts inside Cumulo.
pub(crate) fn cargo_variables() -> Vec<String> {
    const EXACT: [&str; 5] =
        ["CARGO", "RUST_RECURSION_COUNT", "RUSTUP_TOOLCHAIN_SOURCE", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"];
    env::vars()
        .map(|(name, _)| name)
        .filter(|name| {
            EXACT.contains(&name.as_str())
                || name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
        })
        .collect()
}

/// `LD_LIBRARY_PATH` without the folders that `cargo run` put in front of it.
pub(crate) fn library_path() -> Option<String> {
    let kept: Vec<PathBuf> = env::split_paths(&variable("LD_LIBRARY_PATH")?)
        .filter(|dir| {
            !dir.components().any(|part| part.as_os_str() == "rustlib" || part.as_os_str() == ".rustup")
        })
        .filter(|dir| !dir.ends_with("deps") && !dir.ends_with("debug") && !dir.ends_with("release"))
        .filter(|dir| !dir.as_os_str().is_empty())
        .collect();
    if kept.is_empty() { None } else { env::join_paths(kept).ok()?.into_string().ok() }
}

/// The user's folder for things that can be made again.
pub(crate) fn cache_home() -> Result<PathBuf> {
    variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("failed to find a folder for caches: HOME is not set")
}
