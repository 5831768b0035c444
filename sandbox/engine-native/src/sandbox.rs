//! One environment of one version: a cell, from its init phase to its end.

use std::collections::BTreeMap;
use std::io::{PipeWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use engine::{
    Ended, FunctionError, FunctionSpec, Invocation, NotBegun, Response, Sandbox, Shutdown, Unanswered,
};
use jail::cell::{End, Program};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::{Event, Piece};
use crate::cell::{Cell, NotStarted, RUNTIME};
use crate::ends;
use crate::environment;
use crate::native::Now;
use crate::runtimes::Interpreter;
use crate::telemetry::Stream;

// AWS: a shutdown takes so long at most: with external extensions, and with such of the runtime's process alone.
const SHUTDOWN: Duration = Duration::from_secs(2);
const SHUTDOWN_INTERNAL: Duration = Duration::from_millis(500);
/// How long an answer waits for its runtime to ask for more, so that who calls next finds the same environment.
const SOON: Duration = Duration::from_millis(5);
/// What a pipe holds, less a little.
const PIPE: usize = 60 << 10;
/// SIGTERM.
const TERMINATE: i32 = 15;

/// What runs the function.
#[derive(Debug, Clone)]
pub(crate) enum Runs {
    /// A program of the package or a layer.
    Bootstrap,
    /// An interpreter, to be started.
    Interpreter(Arc<Interpreter>),
}

/// See the module.
pub(crate) struct NativeSandbox {
    cell: Cell,
    function: Arc<FunctionSpec>,
    runs: Runs,
    /// Where an interpreter that has started already waits to hear what for.
    waiting: Mutex<Option<PipeWriter>>,
    /// Programs that were started as extensions.
    extensions: Mutex<Vec<String>>,
    /// The wall clock, in milliseconds.
    now: Now,
}

impl NativeSandbox {
    pub(crate) fn new(
        cell: Cell,
        function: &Arc<FunctionSpec>,
        runs: Runs,
        waiting: Option<PipeWriter>,
        now: Now,
    ) -> Self {
        let (waiting, extensions) = (Mutex::new(waiting), Mutex::default());
        Self { cell, function: Arc::clone(function), runs, waiting, extensions, now }
    }

    /// The process that keeps it.
    pub(crate) fn pid(&self) -> u32 {
        self.cell.pid()
    }

    fn environment(&self) -> BTreeMap<String, String> {
        let interpreter = match &self.runs {
            Runs::Bootstrap => None,
            Runs::Interpreter(interpreter) => Some(interpreter),
        };
        let path = interpreter.and_then(|interpreter| interpreter.program.parent()).and_then(Path::to_str);
        let client = interpreter.map(|interpreter| interpreter.client);
        environment::of(&self.function, client, path, self.cell.port, self.cell.proxy())
    }

    async fn start_extensions(&self, names: &[String], request_id: &str) -> Result<(), NotBegun> {
        for name in names {
            let program = Program {
                name: name.clone(),
                path: Path::new("/opt/extensions").join(name),
                environment: self.environment(),
                folder: "/".into(),
                ..Program::default()
            };
            match self.cell.start(program, None).await {
                Ok(()) => {}
                Err(NotStarted::Machine(error)) => return Err(error.into()),
                Err(NotStarted::Program(errno, reason)) => {
                    let reason = ends::reason(errno, &reason);
                    let text =
                        format!("RequestId: {request_id} Error: extension {name} failed to start: {reason}");
                    let error = FunctionError::new("Extension.LaunchError", text);
                    return Err(NotBegun::Function(error, self.cell.output.take()));
                }
            }
        }
        Ok(())
    }

    async fn start_runtime(&self) -> Result<(), NotBegun> {
        let assigned = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pipe) = assigned {
            return Ok(tell(pipe, &self.environment())?);
        }
        let mut command = match &self.runs {
            Runs::Bootstrap => vec![self.bootstrap().map_err(NotBegun::Package)?],
            Runs::Interpreter(interpreter) => {
                let mut command = vec![interpreter.program.display().to_string()];
                command.extend(interpreter.client.arguments());
                command
            }
        };
        let wrapper = self.function.environment.iter().find(|(name, _)| name == "AWS_LAMBDA_EXEC_WRAPPER");
        // AWS: wrapper scripts are for managed runtimes.
        if let (Some((_, wrapper)), Runs::Interpreter(_)) = (wrapper, &self.runs) {
            command.insert(0, wrapper.clone());
        }
        let path = command.remove(0);
        let program = Program {
            name: RUNTIME.to_owned(),
            path: PathBuf::from(&path),
            arguments: command,
            environment: self.environment(),
            folder: "/var/task".into(),
            inherits: None,
        };
        match self.cell.start(program, None).await {
            Ok(()) => Ok(()),
            Err(NotStarted::Machine(error)) => Err(error.into()),
            // AWS: in Go's words.
            Err(NotStarted::Program(errno, reason)) => {
                Err(NotBegun::Package(format!("fork/exec {path}: {}", ends::reason(errno, &reason))))
            }
        }
    }

    /// The program that asks for events, of package or layers.
    fn bootstrap(&self) -> Result<String, String> {
        let has = |folder: &Path| folder.join("bootstrap").is_file();
        if has(&self.function.package) {
            return Ok("/var/task/bootstrap".to_owned());
        }
        if self.function.layers.iter().any(|layer| has(layer)) {
            return Ok("/opt/bootstrap".to_owned());
        }
        Err("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".to_owned())
    }

    /// Programs of layers that are extensions.
    fn find_extensions(&self) -> Vec<String> {
        let mut names = Vec::new();
        for layer in &self.function.layers {
            let Ok(entries) = std::fs::read_dir(layer.join("extensions")) else { continue };
            for entry in entries.flatten() {
                let is_program = entry
                    .metadata()
                    .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
                if let (true, Ok(name)) = (is_program, entry.file_name().into_string()) {
                    names.push(name);
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// Hands on what comes of an event until its end.
    async fn hear(
        &self,
        pieces: &mut mpsc::Receiver<Piece>,
        response: &mut Response,
    ) -> Option<FunctionError> {
        while let Some(piece) = pieces.recv().await {
            match piece {
                Piece::Type(media_type) => response.begin(media_type).await,
                Piece::Data(bytes, tell) => {
                    let taken = response.send(bytes).await.is_ok();
                    // Who sent it may be gone.
                    let _ = tell.send(taken);
                }
                Piece::End => return None,
                Piece::Failed(error) => return Some(error),
            }
        }
        // Nobody can answer it any more: the end of the runtime is told elsewhere.
        std::future::pending().await
    }

    /// The end of an extension, which is the end of its environment.
    async fn crash(&self, request_id: &str) -> FunctionError {
        let names = self.extensions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (name, end) = self.cell.end_of_any(&names).await;
        ends::of_extension(request_id, &name, end)
    }

    fn record_end(&self, request_id: &str, duration: Duration, error: Option<&FunctionError>) {
        let status = match error {
            None => "success",
            Some(error) if error.ended_sandbox() => "failure",
            Some(_) => "error",
        };
        let millis = duration.as_secs_f64() * 1000.0;
        let record = json!({
            "requestId": request_id, "status": status, "metrics": { "durationMs": millis },
        });
        self.cell.api.telemetry.record(Stream::Platform, "platform.runtimeDone", &record);
    }

    /// What the function wrote, line by line.
    fn record_log(&self, log: &[u8]) {
        let telemetry = &self.cell.api.telemetry;
        if !telemetry.is_heard() {
            return;
        }
        for line in log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line = String::from_utf8_lossy(line);
            telemetry.record(Stream::Function, "function", &json!(line));
        }
    }

    fn ended_by(&self, request_id: &str, end: End) -> FunctionError {
        ends::error(request_id, end, self.cell.ran_out_of_memory())
    }
}

#[async_trait]
impl Sandbox for NativeSandbox {
    async fn init(&self, request_id: &str) -> Result<(), NotBegun> {
        let isolation = self.cell.assign(&self.function).await?;
        tracing::debug!(keeper = self.pid(), %isolation, function = self.function.key.arn, "a cell is assigned");
        let extensions = self.find_extensions();
        self.cell.api.assign(&self.function, extensions.clone());
        self.start_extensions(&extensions, request_id).await?;
        *self.extensions.lock().unwrap_or_else(PoisonError::into_inner) = extensions;
        self.start_runtime().await?;
        let error = tokio::select! {
            biased;
            ready = self.cell.api.ready() => match ready {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
            error = self.crash(request_id) => error,
            end = self.cell.end_of(RUNTIME) => self.ended_by(request_id, end),
        };
        Err(NotBegun::Function(error, self.cell.output.take()))
    }

    async fn respond(
        &self,
        invocation: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered> {
        let begun = Instant::now();
        let (id, timeout) = (&invocation.request_id, self.function.timeout);
        let version = &self.function.key.version;
        let start = json!({ "requestId": id, "version": version });
        self.cell.api.telemetry.record(Stream::Platform, "platform.start", &start);
        let mut pieces = self.cell.api.offer(Event::new(invocation, event));
        let mut duration = timeout;
        let error = tokio::select! {
            biased;
            error = self.hear(&mut pieces, response) => {
                duration = begun.elapsed();
                error
            }
            error = self.crash(id) => {
                duration = begun.elapsed();
                self.cell.leave();
                Some(error)
            }
            end = self.cell.end_of(RUNTIME) => {
                duration = begun.elapsed();
                Some(self.ended_by(id, end))
            }
            () = tokio::time::sleep(timeout) => {
                let log = self.cell.output.take();
                self.cell.leave();
                let error = Some(FunctionError::timed_out(id, timeout));
                let peak_bytes = self.cell.peak_bytes();
                return Ok(Ended { error, cause: None, log, duration, peak_bytes });
            }
        };
        self.record_end(id, duration, error.as_ref());
        let left = timeout.saturating_sub(duration).min(SOON);
        // What takes longer is waited for in `next`.
        let _ = tokio::time::timeout(left, self.next()).await;
        let (log, peak_bytes) = (self.cell.output.take(), self.cell.peak_bytes());
        self.record_log(&log);
        Ok(Ended { error, cause: None, log, duration, peak_bytes })
    }

    fn runtime(&self) -> Option<Arc<str>> {
        match &self.runs {
            Runs::Bootstrap => None,
            Runs::Interpreter(interpreter) => Some(interpreter.told(&self.function.runtime).into()),
        }
    }

    async fn next(&self) {
        tokio::select! {
            biased;
            ready = self.cell.api.ready() => {
                if ready.is_err() {
                    // An extension has left.
                    self.cell.leave();
                }
            }
            _ = self.cell.end_of(RUNTIME) => self.cell.leave(),
        }
    }

    fn freeze(&self) {
        self.cell.freeze(true);
    }

    fn thaw(&self) {
        self.cell.freeze(false);
    }

    async fn shutdown(&self, reason: Shutdown) {
        if self.cell.has_ended() {
            return self.cell.leave();
        }
        let external = self.extensions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let limit = if external.is_empty() { SHUTDOWN_INTERNAL } else { SHUTDOWN };
        let deadline = (self.now)() + i64::try_from(limit.as_millis()).unwrap_or(0);
        // AWS: a runtime without extensions is ended at once.
        if self.cell.api.end(reason, deadline) {
            self.cell.signal(RUNTIME, TERMINATE);
            let all: Vec<String> = external.into_iter().chain([RUNTIME.to_owned()]).collect();
            let _ = tokio::time::timeout(limit, self.cell.end_of_all(&all)).await;
        }
        self.cell.leave();
    }

    fn kill(&self) {
        self.cell.leave();
    }

    fn has_ended(&self) -> bool {
        self.cell.has_ended()
    }
}

/// Tells a waiting interpreter which function it is.
fn tell(mut pipe: PipeWriter, environment: &BTreeMap<String, String>) -> std::io::Result<()> {
    let document = serde_json::json!({ "environment": environment });
    let document = document.to_string();
    // A pipe takes so much at once without anybody reading, and an environment is a tenth of it.
    if document.len() > PIPE {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "a function's environment is too long",
        ));
    }
    pipe.write_all(document.as_bytes())
}

#[cfg(test)]
pub(crate) mod tests {
    use engine::FunctionKey;

    use super::*;

    /// A function of which nothing lies anywhere.
    pub(crate) fn function(runtime: &str) -> FunctionSpec {
        FunctionSpec {
            key: FunctionKey {
                arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
                version: "$LATEST".into(),
                revision: "1".into(),
            },
            name: "f".into(),
            package: PathBuf::from("/nowhere").into(),
            layers: Vec::new(),
            runtime: runtime.into(),
            handler: "index.handler".into(),
            environment: Vec::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            ephemeral_storage_mb: 512,
            log_group: "/aws/lambda/f".into(),
            log_stream: "s".into(),
            region: "us-east-1".into(),
            endpoint_url: None,
            credentials: None,
        }
    }
}
