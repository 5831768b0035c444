//! From a function's sources to its deployment package.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use cap_std::fs::Dir;
use ide_core::{
    Family, Grant, blocking,
    files::{relative, shown},
};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    sync::Mutex,
};
use tokio_util::sync::CancellationToken;

use crate::{
    archive::Package,
    error::CloudError,
    template::Function,
    toolchain::{Places, Toolchain},
};

/// The file that makes a package one for the Wasm engine.
const WASM_ENTRY: &str = "bootstrap.wasm";
/// Bytes of a tool's output that are kept.
const MAX_OUTPUT: usize = 256 * 1024;
/// Bytes of a line of it; a longer one is several.
const MAX_LINE: usize = 8 * 1024;

/// Builds functions, one at a time: a compiler uses all of the machine anyway.
pub(crate) struct Builder {
    root: PathBuf,
    dir: Dir,
    places: Places,
    toolchain: Mutex<Option<Toolchain>>,
}

/// Told what a build writes.
pub(crate) type OnOutput<'a> = &'a (dyn Fn(String) + Send + Sync);

impl Builder {
    pub(crate) fn new(root: PathBuf, dir: Dir, places: Places) -> Self {
        Self { root, dir, places, toolchain: Mutex::new(None) }
    }

    /// The package of a function: compiled where its code is a Cargo package, else its folder as it is. Compiling runs code
    /// of the folder: hence the leave, by which it ends when that is taken back.
    pub(crate) async fn package(
        &self,
        function: &Function,
        on_output: OnOutput<'_>,
        cancel: &CancellationToken,
        grant: &Grant,
    ) -> Result<Package, CloudError> {
        let Some(code) = &function.code else {
            let message = format!("{}: CodeUri is no folder of this workspace", function.logical_id);
            return Err(CloudError::Template(message));
        };
        let folder = self.dir.open_dir(relative(code));
        let folder =
            folder.map_err(|source| CloudError::File { path: shown(code), source: source.into() })?;
        let is_ready = folder.exists(WASM_ENTRY) || folder.exists("bootstrap");
        if is_ready || !folder.exists("Cargo.toml") || !function.runtime.starts_with("provided") {
            let name = shown(code);
            return blocking(move || Package::of_folder(&folder, &name)).await;
        }
        let folder = relative(code);
        let module = tokio::select! {
            module = self.compile(&folder, function, on_output) => module?,
            () = cancel.cancelled() => return Err(CloudError::Cancelled),
            () = grant.revoked() => return Err(CloudError::Revoked),
        };
        Package::of_file(WASM_ENTRY, &module)
    }

    /// Compiles a Cargo package; gives its module.
    async fn compile(
        &self,
        code: &Path,
        function: &Function,
        on_output: OnOutput<'_>,
    ) -> Result<Vec<u8>, CloudError> {
        let mut toolchain = self.toolchain.lock().await;
        if toolchain.is_none() {
            on_output("Looking for the compiler of functions\n".into());
            *toolchain = Some(Toolchain::find(&self.root, &self.places).await?);
        }
        let Some(found) = &*toolchain else { return Err(CloudError::Cancelled) };
        let mut cargo = found.cargo(&self.root.join(code), &self.places);
        cargo.args(["--message-format", "json-render-diagnostics", "--color", "never"]);
        let family = Family::begin();
        let (name, value) = family.variable();
        cargo.env(name, value);
        let failed = |error: std::io::Error| CloudError::Toolchain(format!("failed to start cargo: {error}"));
        let mut child = cargo
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: compilers and build scripts end with cargo when the build is stopped.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let mut started = Started { group, family, ended: false };
        let (Some(mut messages), Some(progress)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(CloudError::Answer("cargo"));
        };
        let mut artifacts = String::new();
        let (read, output) =
            tokio::join!(messages.read_to_string(&mut artifacts), relay(progress, on_output));
        read.map_err(failed)?;
        let ended = child.wait().await.map_err(failed)?;
        // Its number may be somebody else's from now on.
        started.ended = true;
        if !ended.success() {
            return Err(CloudError::Build(output));
        }
        let module = binary(&artifacts, &function.handler)?;
        tokio::fs::read(&module)
            .await
            .map_err(|source| CloudError::File { path: module, source: source.into() })
    }
}

/// What a build started. Where it is stopped, all of that ends with this value: cargo's group at once, and what build
/// scripts put into others as soon as it is found.
struct Started {
    group: Option<Pid>,
    family: Family,
    ended: bool,
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if let Some(group) = self.group {
            // It may have just ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let family = self.family.clone();
        std::thread::spawn(move || family.kill());
    }
}

/// Passes on what a tool writes, whatever that is, line by line, and keeps it.
async fn relay(output: impl AsyncRead + Unpin, on_output: OnOutput<'_>) -> String {
    let mut kept = String::new();
    let mut tell = |line: &mut Vec<u8>| {
        let mut text = String::from_utf8_lossy(&std::mem::take(line)).into_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        if kept.len() + text.len() <= MAX_OUTPUT {
            kept.push_str(&text);
        }
        on_output(text);
    };
    let (mut output, mut line) = (BufReader::new(output), Vec::new());
    loop {
        let piece = match output.fill_buf().await {
            Ok(piece) if !piece.is_empty() => piece,
            _ => break,
        };
        let piece = piece.get(..piece.len().min(MAX_LINE - line.len())).unwrap_or_default();
        let end = piece.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
        line.extend_from_slice(taken);
        let taken = taken.len();
        output.consume(taken);
        if end.is_some() || line.len() == MAX_LINE {
            tell(&mut line);
        }
    }
    if !line.is_empty() {
        tell(&mut line);
    }
    kept
}

/// The module among cargo's artifacts: the one that the handler names, else the only one.
fn binary(artifacts: &str, handler: &str) -> Result<String, CloudError> {
    let messages = artifacts.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binaries: Vec<(String, String)> = messages
        .filter_map(|message| {
            let executable = message.get("executable")?.as_str()?.to_owned();
            Some((message.pointer("/target/name")?.as_str()?.to_owned(), executable))
        })
        .collect();
    let chosen = binaries.iter().find(|(name, _)| name == handler);
    match (chosen, binaries.as_slice()) {
        (Some((_, file)), _) | (None, [(_, file)]) => Ok(file.clone()),
        (None, []) => {
            Err(CloudError::Build("the package has no binary: a function needs a src/main.rs".into()))
        }
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!(
                "the package has the binaries {}; name one as the function's Handler",
                names.join(", ")
            );
            Err(CloudError::Build(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifacts(names: &[&str]) -> String {
        let line = |name: &&str| {
            format!(
                "{{\"reason\":\"compiler-artifact\",\"target\":{{\"name\":\"{name}\"}},\"executable\":\"/t/{name}.wasm\"}}\n"
            )
        };
        let library =
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"lib\"},\"executable\":null}\nnoise\n";
        names.iter().map(line).collect::<Vec<_>>().concat() + library
    }

    #[tokio::test]
    async fn a_tools_output_is_told_in_lines_that_end() {
        async fn check(output: &[u8], expected: &[&str]) {
            let told = std::sync::Mutex::new(Vec::new());
            let kept = relay(output, &|line| told.lock().unwrap().push(line)).await;
            let told = told.into_inner().unwrap();
            assert_eq!(told, expected);
            assert_eq!(kept, expected.concat());
        }
        check(b"", &[]).await;
        check(b"one\n\ntwo", &["one\n", "\n", "two\n"]).await;
        check(b"\xffno text\nmore\n", &["\u{fffd}no text\n", "more\n"]).await;
        let long = "x".repeat(MAX_LINE);
        check(format!("{long}yy\nz").as_bytes(), &[&format!("{long}\n"), "yy\n", "z\n"]).await;
        let told = relay(&"0123456\n".repeat(100_000).into_bytes()[..], &|_| ()).await;
        assert_eq!(told.len(), MAX_OUTPUT, "more is told and not kept");
    }

    #[test]
    fn the_handler_chooses_the_binary() {
        assert_eq!(binary(&artifacts(&["hello"]), "bootstrap").unwrap(), "/t/hello.wasm");
        assert_eq!(binary(&artifacts(&["one", "two"]), "two").unwrap(), "/t/two.wasm");
        assert!(
            binary(&artifacts(&["one", "two"]), "bootstrap").unwrap_err().to_string().contains("one, two")
        );
        assert!(binary(&artifacts(&[]), "bootstrap").unwrap_err().to_string().contains("src/main.rs"));
    }
}
