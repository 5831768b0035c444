//! Compiled modules: made once by a limited child, kept by the hash of what they were made from.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jail::{CgroupLimits, Limits, Spec};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use crate::config::GENERATION;

/// What compiling one module may take.
#[derive(Debug, Clone, Copy)]
pub struct CompileLimits {
    /// Size of `bootstrap.wasm`, in bytes.
    pub module_bytes: u64,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Processor time of all threads together.
    pub cpu: Duration,
    /// Time by the clock.
    pub wall: Duration,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            module_bytes: 64 << 20,
            memory_bytes: 2 << 30,
            cpu: Duration::from_secs(90),
            wall: Duration::from_mins(1),
        }
    }
}

/// Why there is no compiled module.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CompileError {
    /// The function's author must know.
    #[error("{0}")]
    Module(String),
    /// The machine's fault.
    #[error("compile the module")]
    Io(#[source] Arc<io::Error>),
}

impl From<io::Error> for CompileError {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

/// The cache directory and what is being compiled into it.
pub(crate) struct Cache {
    program: PathBuf,
    dir: PathBuf,
    limits: CompileLimits,
    /// Packages whose module's hash is known: `bootstrap.wasm`'s path, for unpacked packages never change.
    names: Mutex<HashMap<PathBuf, Arc<Entry>>>,
}

/// One package's module. The lock is held while it is compiled, so that it is compiled once.
#[derive(Default)]
struct Entry(AsyncMutex<Option<Result<PathBuf, CompileError>>>);

impl Cache {
    pub(crate) fn new(program: PathBuf, dir: PathBuf, limits: CompileLimits) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        Ok(Self { program, dir, limits, names: Mutex::default() })
    }

    /// The compiled form of `module`, open.
    pub(crate) async fn open(self: &Arc<Self>, module: &Path) -> Result<File, CompileError> {
        let entry = self.entry(module);
        let mut known = entry.0.lock().await;
        // A file that someone cleaned away is made again.
        if let Some(Ok(path)) = &*known
            && let Ok(file) = File::open(path)
        {
            return Ok(file);
        }
        if let Some(Err(error @ CompileError::Module(_))) = &*known {
            return Err(error.clone());
        }
        let cache = Arc::clone(self);
        let module = module.to_owned();
        let made = tokio::task::spawn_blocking(move || cache.find_or_compile(&module)).await;
        let made = made.unwrap_or_else(|_| Err(io::Error::other("the compiling task panicked").into()));
        *known = Some(made.clone());
        Ok(File::open(made?)?)
    }

    /// Forgets a compiled file that does not fit this program: the next [`Cache::open`] compiles again.
    pub(crate) async fn forget(&self, module: &Path) {
        let entry = self.entry(module);
        if let Some(Ok(path)) = entry.0.lock().await.take() {
            // Gone already is as good.
            let _ = fs::remove_file(path);
        }
    }

    /// Drops what is known about a package that is no longer used.
    pub(crate) fn release(&self, module: &Path) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(module);
    }

    fn entry(&self, module: &Path) -> Arc<Entry> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(names.entry(module.to_owned()).or_default())
    }

    fn find_or_compile(&self, module: &Path) -> Result<PathBuf, CompileError> {
        let length = fs::metadata(module)?.len();
        if length > self.limits.module_bytes {
            let limit = self.limits.module_bytes >> 20;
            return Err(CompileError::Module(format!(
                "bootstrap.wasm has {length} bytes; {limit} MiB are allowed"
            )));
        }
        let path = self.dir.join(format!("{}.cwasm", digest(module)?));
        if !path.exists() {
            self.compile(module, &path)?;
        }
        Ok(path)
    }

    fn compile(&self, module: &Path, path: &Path) -> Result<(), CompileError> {
        // Two packages may hold the same module, and two agents may share the directory.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let unfinished = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
        let result = self.compile_to(module, &unfinished);
        if result.is_err() {
            // Whatever it holds is of no use; a leftover would only take space.
            let _ = fs::remove_file(&unfinished);
        }
        result?;
        Ok(fs::rename(&unfinished, path)?)
    }

    fn compile_to(&self, module: &Path, output: &Path) -> Result<(), CompileError> {
        let file = File::create(output)?;
        let (mut complaint, stderr) = io::pipe()?;
        let mut command = Command::new(&self.program);
        command
            .args(["worker", "compile"])
            .stdin(File::open(module)?)
            .stdout(file.try_clone()?)
            .stderr(stderr);
        let spec = Spec {
            limits: Limits {
                data_bytes: Some(self.limits.memory_bytes),
                cpu_seconds: Some(self.limits.cpu.as_secs().max(1)),
                file_bytes: Some(1 << 30),
                nice: 5,
                ..Limits::default()
            },
            ..Spec::default()
        };
        let group = CgroupLimits { memory_bytes: self.limits.memory_bytes, tasks: 128 };
        let mut child = jail::launch(command, spec, group)?;
        let Some(status) = child.wait_for(self.limits.wall)? else {
            return Err(self.exhausted());
        };
        if status.success() {
            return Ok(file.sync_all()?);
        }
        let mut text = String::new();
        (&mut complaint).take(4096).read_to_string(&mut text)?;
        match text.trim() {
            "" => Err(self.exhausted()),
            text => Err(CompileError::Module(format!("bootstrap.wasm cannot be compiled: {text}"))),
        }
    }

    fn exhausted(&self) -> CompileError {
        CompileError::Module(format!(
            "bootstrap.wasm cannot be compiled within {} seconds and {} MiB of memory",
            self.limits.wall.as_secs(),
            self.limits.memory_bytes >> 20
        ))
    }
}

/// Names the module and everything its compiled form depends on.
fn digest(module: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    hash.update(GENERATION);
    let mut file = File::open(module)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}
