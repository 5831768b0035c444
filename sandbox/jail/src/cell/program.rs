//! Starting a program in a cell: what it is kept from is put up in its own process, before its file is run.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::ptr::null;

use rustix::io::FdFlags;
use rustix::process::{Resource, Rlimit};
use seccompiler::BpfProgram;

use super::words::Program;
use crate::lockdown;

// AWS: "File descriptors: 1,024" and "Execution processes/threads: 1,024".
const OPEN_FILES: u64 = 1024;
const TASKS: u64 = 1024;

/// What all programs of a cell are kept from.
pub(super) struct Walls {
    /// The system calls.
    pub(super) filters: Vec<BpfProgram>,
    /// Whether nothing else limits how many they are.
    pub(super) count_tasks: bool,
}

/// Starts it. Its process id, in the cell.
pub(super) fn start(
    program: &Program,
    mut files: std::vec::IntoIter<OwnedFd>,
    walls: &Walls,
) -> io::Result<u32> {
    let lacks = || io::Error::other("a program comes with a file for what it writes");
    let output = files.next().ok_or_else(lacks)?;
    let inherited = files.next();
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).env_clear().envs(&program.environment).current_dir(&program.folder);
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
    if let (Some(variable), Some(file)) = (&program.inherits, &inherited) {
        command.env(variable, file.as_raw_fd().to_string());
    }
    let (filters, count_tasks) = (walls.filters.clone(), walls.count_tasks);
    let image = Image::of(&command)?;
    let enclose = move || {
        if let Some(file) = &inherited {
            rustix::io::fcntl_setfd(file, FdFlags::empty())?;
        }
        enclose(&filters, count_tasks)?;
        Err(image.run())
    };
    // SAFETY: the keeper has a single thread, so its child finds every lock free and may run ordinary code.
    unsafe { command.pre_exec(enclose) };
    // Whoever waits for all children reaps it.
    Ok(command.spawn()?.id())
}

/// What a process becomes. Not left to the library, which hands what is no program to a shell.
struct Image {
    path: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

impl Image {
    fn of(command: &Command) -> io::Result<Self> {
        let path = CString::new(command.get_program().as_bytes())?;
        let arguments = std::iter::once(command.get_program()).chain(command.get_args());
        let arguments = arguments.map(|one| CString::new(one.as_bytes())).collect::<Result<_, _>>()?;
        let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let variables =
            variables.map(|(name, value)| CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()));
        Ok(Self { path, arguments, environment: variables.collect::<Result<_, _>>()? })
    }

    /// Comes back where it cannot.
    fn run(&self) -> io::Error {
        let pointers = |all: &[CString]| -> Vec<*const libc::c_char> {
            all.iter().map(|one| one.as_ptr()).chain([null()]).collect()
        };
        let (arguments, environment) = (pointers(&self.arguments), pointers(&self.environment));
        // SAFETY: all strings end with a zero byte, both lists with a null, and they live until it returns.
        unsafe { libc::execve(self.path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
        io::Error::last_os_error()
    }
}

/// A wall that the kernel does not have is left out: the keeper has said which those are.
fn enclose(filters: &[BpfProgram], count_tasks: bool) -> io::Result<()> {
    limit(Resource::Nofile, OPEN_FILES)?;
    if count_tasks {
        limit(Resource::Nproc, TASKS)?;
    }
    lockdown::drop_capabilities().map_err(io::Error::other)?;
    lockdown::landlock_programs(&["/tmp"], lockdown::all_scopes());
    lockdown::apply(filters);
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let highest = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Some(most.min(highest));
    Ok(rustix::process::setrlimit(resource, Rlimit { current: limit, maximum: limit })?)
}
