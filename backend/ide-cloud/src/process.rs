//! Tools that builds start: what they write is told as it comes, and all that they started ends with them.

use std::process::Stdio;

use ide_core::Family;
use protocol::Said;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, ChildStderr, ChildStdout, Command},
};

use crate::error::CloudError;

/// Bytes of a tool's output that are kept.
const MAX_OUTPUT: usize = 256 * 1024;
/// Bytes of a line of it; a longer one is several.
const MAX_LINE: usize = 8 * 1024;

/// Told what a build writes.
pub(crate) type OnOutput<'a> = &'a (dyn Fn(String) + Send + Sync);

/// A tool at work. Where it is dropped, it and what it started are ended.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    output: ChildStdout,
    errors: ChildStderr,
    started: Started,
}

impl Process {
    /// Starts a tool, in a group of its own: what it started ends with it when the build is stopped.
    pub(crate) fn start(name: &'static str, tool: &mut Command) -> Result<Self, CloudError> {
        let family = Family::begin();
        let (variable, value) = family.variable();
        tool.env(variable, value).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = tool.process_group(0).kill_on_drop(true).spawn().map_err(failed(name))?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let started = Started { group, family, ended: false };
        let (Some(output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(CloudError::Answer(name));
        };
        Ok(Self { name, child, output, errors, started })
    }

    /// Tells all that it writes. Fails with that where the tool does.
    pub(crate) async fn tell(mut self, on_output: OnOutput<'_>) -> Result<(), CloudError> {
        let (output, errors) =
            tokio::join!(relay(&mut self.output, on_output), relay(&mut self.errors, on_output));
        self.end(output + &errors).await
    }

    /// Its standard output; what else it writes is told.
    pub(crate) async fn read(mut self, on_output: OnOutput<'_>) -> Result<String, CloudError> {
        let mut output = String::new();
        let (read, errors) =
            tokio::join!(self.output.read_to_string(&mut output), relay(&mut self.errors, on_output));
        read.map_err(failed(self.name))?;
        self.end(errors).await.map(|()| output)
    }

    /// Waits for its end. Fails with what it said where it does.
    async fn end(mut self, said: String) -> Result<(), CloudError> {
        let ended = self.child.wait().await.map_err(failed(self.name))?;
        // Its number may be somebody else's from now on.
        self.started.ended = true;
        if ended.success() { Ok(()) } else { Err(CloudError::Build(Said::verbatim(said))) }
    }
}

fn failed(name: &'static str) -> impl Fn(std::io::Error) -> CloudError {
    move |error| {
        let said = Said::new(format!("failed to run {name}: {error}"));
        CloudError::Toolchain(said.because("tool-unrun", &[("tool", &name), ("reason", &error)]))
    }
}

/// What a build started. Where it is stopped, all of that ends with this value: the tool's group at once, and what build
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
