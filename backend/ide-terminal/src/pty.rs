//! A program on a pseudo-terminal: the one place that starts them.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use protocol::terminal::Size;
use rustix::{
    fs::OFlags,
    termios::{InputModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr},
};

use crate::foreground::Program as ForegroundProgram;

/// Programs are started one at a time: a master that another start has just opened must not leak into a child.
static STARTING: Mutex<()> = Mutex::new(());

/// What to start.
pub(crate) struct Program<'a> {
    pub(crate) shell: &'a str,
    pub(crate) folder: &'a Path,
    pub(crate) environment: &'a [(String, String)],
    pub(crate) size: Size,
}

/// A running program and both ends of its terminal.
pub(crate) struct Pty {
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) writer: Box<dyn Write + Send>,
    pub(crate) master: Box<dyn MasterPty + Send>,
    pub(crate) child: Box<dyn Child + Send + Sync>,
}

/// Starts a login shell on a new terminal.
pub(crate) fn start(program: &Program<'_>) -> Result<Pty, String> {
    if !program.folder.is_dir() {
        let folder = program.folder.display().to_string();
        return Err(format!("the folder '{}' is gone", folder.escape_debug()));
    }
    let _one = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let pair = native_pty_system().openpty(cells(program.size)).map_err(|error| error.to_string())?;
    if let Some(Err(error)) = pair.master.tty_name().map(|path| without_flow_control(&path)) {
        tracing::debug!(%error, "Ctrl+S stops this terminal's output until Ctrl+Q");
    }
    let mut command = CommandBuilder::new(program.shell);
    command.arg("-l");
    command.cwd(program.folder);
    for (name, value) in program.environment {
        command.env(name, value);
    }
    let child = pair.slave.spawn_command(command).map_err(|error| error.to_string())?;
    let reader = pair.master.try_clone_reader().map_err(|error| error.to_string())?;
    let writer = pair.master.take_writer().map_err(|error| error.to_string())?;
    Ok(Pty { reader, writer, master: pair.master, child })
}

/// The programs' end of a terminal.
fn open_end(terminal: &Path) -> io::Result<File> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(terminal)
}

/// Wakes whoever reads what a terminal's programs write, or waits until they read: by writing, and by reading, like one
/// of them. A program that its shell left behind may hold the terminal, and say and read nothing for ever.
pub(crate) fn wake(terminal: &Path) -> io::Result<()> {
    let mut end = open_end(terminal)?;
    tcflush(&end, QueueSelector::IFlush)?;
    end.write_all(b"\0")
}

/// Has Ctrl+S and Ctrl+Q go to programs as other keys do. By default the first freezes the output without a word: that is
/// for printers, and looks like a fault to everybody who wants to save.
fn without_flow_control(terminal: &Path) -> io::Result<()> {
    let terminal = open_end(terminal)?;
    let mut modes = tcgetattr(&terminal)?;
    modes.input_modes.remove(InputModes::IXON);
    Ok(tcsetattr(&terminal, OptionalActions::Now, &modes)?)
}

/// The program in the foreground of a terminal; none where nobody is.
pub(crate) fn foreground(master: &dyn MasterPty, first: Option<i32>) -> Option<ForegroundProgram> {
    let group = master.process_group_leader().filter(|group| *group > 0)?;
    let name = std::fs::read_to_string(format!("/proc/{group}/comm")).ok()?;
    let name = name.trim_end_matches('\n').chars().filter(|c| !c.is_control()).collect();
    Some(ForegroundProgram { group, name, is_first: first == Some(group) })
}

/// A size as the kernel takes it.
pub(crate) fn cells(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.columns, pixel_width: 0, pixel_height: 0 }
}

/// A size inside the stated limits: 2–1000 columns, 1–1000 rows.
pub(crate) fn clamp(size: Size) -> Size {
    Size { columns: size.columns.clamp(2, 1000), rows: size.rows.clamp(1, 1000) }
}
