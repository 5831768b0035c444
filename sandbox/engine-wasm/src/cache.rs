//! Compiled modules: made once by a limited child, kept by the hash of what they were made from.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jail::{CgroupLimits, Limits, Spec};
use rustix::fs::{Timespec, Timestamps, UTIME_NOW};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use crate::config::GENERATION;

/// What compiled modules that nobody is known to need may keep of the disk, in bytes. Another agent may need them.
const UNKNOWN_BYTES: u64 = 1 << 30;

/// What compiling one module may take.
#[derive(Debug, Clone, Copy)]
pub struct CompileLimits {
    /// Modules that are compiled at once; the others wait.
    pub at_once: usize,
    /// Size of `bootstrap.wasm`, in bytes.
    pub module_bytes: u64,
    /// Memory, in bytes. Together those at once get a quarter of the machine at most.
    pub memory_bytes: u64,
    /// Processor time of all threads together.
    pub cpu: Duration,
    /// Time by the clock.
    pub wall: Duration,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            at_once: 2,
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
    turns: Semaphore,
    /// Packages whose module's hash is known: `bootstrap.wasm`'s path, for unpacked packages never change.
    names: Mutex<HashMap<PathBuf, Arc<Entry>>>,
}

/// One package's module.
#[derive(Default)]
struct Entry {
    /// Held while it is compiled, so that it is compiled once.
    compiling: AsyncMutex<()>,
    known: Mutex<Option<Result<PathBuf, CompileError>>>,
}

impl Entry {
    /// Its compiled form.
    fn path(&self) -> Option<PathBuf> {
        self.known().clone()?.ok()
    }

    fn known(&self) -> MutexGuard<'_, Option<Result<PathBuf, CompileError>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    pub(crate) fn new(program: PathBuf, dir: PathBuf, mut limits: CompileLimits) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        limits.at_once = limits.at_once.max(1);
        limits.memory_bytes = limits.memory_bytes.min(jail::machine_memory() / 4 / limits.at_once as u64);
        let turns = Semaphore::new(limits.at_once);
        Ok(Self { program, dir, limits, turns, names: Mutex::default() })
    }

    /// The compiled form of `module`, open.
    pub(crate) async fn open(self: &Arc<Self>, module: &Path) -> Result<File, CompileError> {
        let entry = self.entry(module);
        let _alone = entry.compiling.lock().await;
        let known = entry.known().clone();
        match known {
            Some(Err(error @ CompileError::Module(_))) => return Err(error),
            Some(Ok(path)) => {
                if let Ok(file) = open_used(&path) {
                    return Ok(file);
                }
            }
            _ => {}
        }
        // A file that someone cleaned away, perhaps just now, is made again.
        match self.make(&entry, module).await {
            Err(CompileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                self.make(&entry, module).await
            }
            made => made,
        }
    }

    async fn make(self: &Arc<Self>, entry: &Entry, module: &Path) -> Result<File, CompileError> {
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let (cache, module) = (Arc::clone(self), module.to_owned());
        let made = tokio::task::spawn_blocking(move || cache.find_or_compile(&module)).await;
        let made = made.unwrap_or_else(|_| Err(io::Error::other("the compiling task panicked").into()));
        *entry.known() = Some(made.clone());
        Ok(open_used(&made?)?)
    }

    /// Forgets a compiled file that does not fit this program: the next [`Cache::open`] compiles again.
    pub(crate) fn forget(&self, module: &Path) {
        if let Some(Ok(path)) = self.entry(module).known().take() {
            // Gone already is as good.
            let _ = fs::remove_file(path);
        }
    }

    /// Lets go of what was made of packages that are no more, here and by earlier processes.
    pub(crate) fn collect(&self) {
        let mut names = self.names();
        let gone: Vec<Arc<Entry>> =
            names.extract_if(|module, _| !module.exists()).map(|(_, entry)| entry).collect();
        let used: HashSet<PathBuf> = names.values().filter_map(|entry| entry.path()).collect();
        drop(names);
        for path in gone.iter().filter_map(|entry| entry.path()).filter(|path| !used.contains(path)) {
            // Who has it open, here or in another agent, keeps what he has; who needs it later makes it again.
            let _ = fs::remove_file(path);
        }
        if let Err(error) = self.sweep() {
            tracing::warn!(%error, "compiled modules of earlier processes stay for now");
        }
    }

    /// Removes what earlier processes left unfinished, and of the compiled modules that nobody here is known to need those
    /// that were not used for longest, when there are too many of them.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        self.sweep_to(UNKNOWN_BYTES)
    }

    fn sweep_to(&self, most: u64) -> io::Result<()> {
        let known: HashSet<PathBuf> = self.names().values().filter_map(|entry| entry.path()).collect();
        let mut finished = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match (name.strip_suffix(".cwasm"), maker(&name)) {
                (Some(_), _) if known.contains(&entry.path()) => {}
                (Some(_), _) => {
                    // Another agent may have removed it just now.
                    if let Ok(seen) = entry.metadata() {
                        finished.push((seen.modified()?, seen.len(), entry.path()));
                    }
                }
                (None, Some(pid)) if !Path::new("/proc").join(pid).exists() => {
                    gone(fs::remove_file(entry.path()))?;
                }
                _ => {}
            }
        }
        finished.sort_by_key(|(used, ..)| Reverse(*used));
        let mut bytes = 0;
        for (_, length, path) in finished {
            bytes += length;
            if bytes > most {
                gone(fs::remove_file(path))?;
            }
        }
        Ok(())
    }

    fn names(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<Entry>>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, module: &Path) -> Arc<Entry> {
        Arc::clone(self.names().entry(module.to_owned()).or_default())
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

/// Removed; by whomever.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a compiled file and marks it as used.
fn open_used(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    // What is left unmarked is swept earlier.
    let _ = rustix::fs::futimens(&file, &Timestamps { last_access: now, last_modification: now });
    Ok(file)
}

/// The process that an unfinished file belongs to: `HASH.PID-NUMBER.tmp`.
fn maker(name: &str) -> Option<&str> {
    Some(name.strip_suffix(".tmp")?.rsplit_once('.')?.1.split_once('-')?.0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_processes_left_unfinished_is_swept() {
        let dir = tempfile::tempdir().expect("a folder");
        let cache = Cache::new("/none".into(), dir.path().into(), CompileLimits::default()).expect("a cache");
        let own = format!("b.{}-0.tmp", std::process::id());
        for name in ["a.cwasm", "a.4194999-0.tmp", &own, "other"] {
            fs::write(dir.path().join(name), "x").expect("written");
        }
        cache.sweep().expect("swept");
        let left = |name: &str| dir.path().join(name).exists();
        assert!(left("a.cwasm") && left(&own) && left("other") && !left("a.4194999-0.tmp"));
    }

    #[test]
    fn what_nobody_is_known_to_need_keeps_so_much_and_what_somebody_needs_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let cache = Cache::new("/none".into(), dir.path().into(), CompileLimits::default()).expect("a cache");
        for (name, age) in [("old", 3), ("needed", 2), ("new", 1)] {
            let path = dir.path().join(format!("{name}.cwasm"));
            fs::write(&path, [0; 100]).expect("written");
            let used = std::time::UNIX_EPOCH + Duration::from_hours(1000 - age);
            File::open(&path).and_then(|file| file.set_modified(used)).expect("aged");
        }
        *cache.entry(Path::new("module")).known() = Some(Ok(dir.path().join("needed.cwasm")));
        let left = || ["old", "needed", "new"].map(|name| dir.path().join(format!("{name}.cwasm")).exists());
        cache.sweep_to(200).expect("swept");
        assert_eq!(left(), [true, true, true]);
        cache.sweep_to(100).expect("swept");
        assert_eq!(left(), [false, true, true]);
        cache.sweep_to(0).expect("swept");
        assert_eq!(left(), [false, true, false]);
    }

    #[test]
    fn a_compiled_module_goes_with_the_last_package_that_has_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let cache = Cache::new("/none".into(), dir.path().into(), CompileLimits::default()).expect("a cache");
        let compiled = dir.path().join("a.cwasm");
        fs::write(&compiled, "x").expect("written");
        let modules = ["one", "two"].map(|name| dir.path().join(name));
        for module in &modules {
            fs::write(module, "x").expect("written");
            *cache.entry(module).known() = Some(Ok(compiled.clone()));
        }
        for (module, left) in modules.iter().zip([true, false]) {
            fs::remove_file(module).expect("removed");
            cache.collect();
            assert_eq!(compiled.exists(), left);
        }
        assert!(cache.names().is_empty());
    }
}
