//! The one place of the product that reads the environment.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The variables that bring a root key; nothing we start inherits them.
pub(crate) const ROOT_KEY: [&str; 2] = [KEY_ID, SECRET];
const KEY_ID: &str = "CUMULO_ROOT_ACCESS_KEY_ID";
const SECRET: &str = "CUMULO_ROOT_SECRET_ACCESS_KEY";

/// The id and the secret of the root key that the environment brings, if it brings one.
pub(crate) fn root_key() -> Result<Option<(String, String)>> {
    match (variable(KEY_ID), variable(SECRET)) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => Ok(Some((id, secret))),
        _ => bail!("{KEY_ID} and {SECRET} belong together: set both or none"),
    }
}

/// The user's home.
pub(crate) fn home() -> Result<PathBuf> {
    variable("HOME").map(PathBuf::from).context("HOME is not set: name the folder and --data")
}

/// Where programs keep their data.
pub(crate) fn data_home() -> Result<PathBuf> {
    match variable("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(path) => Ok(path),
        None => Ok(home()?.join(".local/share")),
    }
}

/// Where programs keep sockets.
pub(crate) fn runtime_home() -> Option<PathBuf> {
    variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Where programs keep what they can make again.
pub(crate) fn cache_home() -> Result<PathBuf> {
    match variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(path) => Ok(path),
        None => Ok(home()?.join(".cache")),
    }
}

/// The user's shell.
pub(crate) fn shell() -> String {
    let usual = ["/bin/bash", "/bin/sh"].map(str::to_owned);
    let wished = variable("SHELL").into_iter().chain(usual);
    wished.into_iter().find(|shell| Path::new(shell).is_file()).unwrap_or_else(|| "/bin/sh".to_owned())
}

/// Where programs are looked for.
pub(crate) fn path() -> String {
    variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "the product's one home of environment variables")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
