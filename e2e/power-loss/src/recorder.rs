//! Follows a process call by call, and writes down what it asks of a disk.
//!
//! A call is written down when it has succeeded, a flush and a mark when they begin, too: the thread that made it stands still
//! meanwhile, so whatever follows from a call is written down after it. What the model does not have is an error, not a gap.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::calls::{At, Call, Registers, Source};
use crate::record::{Event, Record};
use crate::{Change, Disk, Image, Node, Place, workload};

/// The end of the names of files that are only shared memory: SQLite makes what they hold anew when it opens them alone.
const MEMORY: &str = "-shm";

/// Runs one test of this program by itself on a disk with that image, and writes down what it does. The test does its work
/// where [`crate::Workload::begin`] gives some; the number is told to it.
pub fn record(test: &str, image: &Image, round: u64) -> io::Result<Record> {
    let work = crate::folder()?;
    // Names in messages of the kernel are these, too.
    let folder = work.path().canonicalize()?;
    let (disk, marks) = (folder.join(workload::DISK), folder.join(workload::MARKS));
    fs::create_dir(&disk)?;
    image.lay(&disk)?;
    File::create(&marks)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args([test, "--exact", "--nocapture"])
        .env(workload::WORK, &folder)
        .env(workload::ROUND, round.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let recorded = follow(&mut child, image, &disk, &marks);
    // It is gone already, and reaped, unless something failed.
    let _ = child.kill();
    let _ = child.wait();
    let record = recorded?;
    let mut differ = record.end().now().differences(&Image::read(&disk)?);
    differ.retain(|path| !is_memory(path));
    if differ.is_empty() { Ok(record) } else { Err(io::Error::other(format!("not recorded: {differ:?}"))) }
}

fn is_memory(path: &Path) -> bool {
    path.to_string_lossy().ends_with(MEMORY)
}

fn follow(child: &mut Child, image: &Image, disk: &Path, marks: &Path) -> io::Result<Record> {
    let pid = Pid::from_raw(child.id() as i32);
    let (start, paths) = Disk::holding(image);
    let mut nodes = HashMap::new();
    for (path, node) in &paths {
        nodes.insert(fs::metadata(disk.join(path))?.ino(), *node);
    }
    let mut recorder = Recorder {
        process: PathBuf::from(format!("/proc/{pid}")),
        memory: File::open(format!("/proc/{pid}/mem"))?,
        disk: disk.to_owned(),
        device: fs::metadata(disk)?.dev(),
        marks: fs::metadata(marks)?.ino(),
        next: paths.len() as u64,
        nodes,
        begun: BTreeMap::new(),
        leaving: None,
        events: Vec::new(),
    };
    seize(pid)?;
    let mut told = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    told.write_all(b"!")?;
    recorder.run(pid)?;
    Ok(Record { start, events: recorder.events })
}

/// Holds all threads of a process at their next step, and those that they begin.
fn seize(pid: Pid) -> io::Result<()> {
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
    let mut seen = BTreeSet::new();
    loop {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(format!("/proc/{pid}/task"))? {
            found.extend(entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
        }
        let new: Vec<_> = found.difference(&seen).copied().collect();
        if new.is_empty() {
            return Ok(());
        }
        for thread in new {
            seen.insert(thread);
            let thread = Pid::from_raw(thread);
            match ptrace::seize(thread, options).and_then(|()| ptrace::interrupt(thread)) {
                // It is gone; or came with the one that began it, and is held.
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(Errno::EPERM) if thread != pid => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

struct Recorder {
    /// Where the kernel tells of the process.
    process: PathBuf,
    memory: File,
    disk: PathBuf,
    device: u64,
    /// The inode of the file for marks.
    marks: u64,
    /// The nodes of inodes on the disk.
    nodes: HashMap<u64, Node>,
    /// The number of the next node, or flush.
    next: u64,
    begun: BTreeMap<Pid, Begun>,
    /// The thread that ends the process, until the others' calls are done.
    leaving: Option<Pid>,
    events: Vec<Event>,
}

/// What comes after a step of a thread.
enum Step {
    /// This thread goes on.
    Next(Pid),
    /// The one that stopped stands still until the process ends.
    Held,
}

/// A call that a thread is in.
struct Begun {
    call: Call,
    /// Whether a path that is opened was there before.
    was_there: bool,
    /// A flush's number.
    flush: Option<u64>,
}

impl Recorder {
    fn run(&mut self, pid: Pid) -> io::Result<()> {
        loop {
            // Other threads of this program may have processes of their own.
            let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
            let (thread, signal) = match waitpid(Pid::from_raw(-1), Some(flags))? {
                WaitStatus::PtraceSyscall(thread) => match self.step(thread)? {
                    Step::Next(thread) => (thread, None),
                    Step::Held => continue,
                },
                WaitStatus::PtraceEvent(thread, ..) => (thread, None),
                WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
                WaitStatus::Exited(of, 0) if of == pid => return Ok(()),
                status @ (WaitStatus::Exited(of, _) | WaitStatus::Signaled(of, ..)) if of == pid => {
                    return Err(io::Error::other(format!("the recorded test failed: {status:?}")));
                }
                _ => continue,
            };
            match ptrace::syscall(thread, signal) {
                // It ended meanwhile.
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn step(&mut self, thread: Pid) -> io::Result<Step> {
        let registers = match ptrace::getregs(thread) {
            Ok(registers) => Registers::from(registers),
            Err(Errno::ESRCH) => return Ok(Step::Next(thread)),
            Err(error) => return Err(error.into()),
        };
        if ptrace::syscall_info(thread)?.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
            let call = Call::of(registers.number, registers.arguments);
            if registers.is_end() {
                self.leaving = Some(thread);
                return Ok(self.leave());
            }
            match call {
                // It is not made any more.
                Some(_) if self.leaving.is_some() => return Ok(Step::Held),
                Some(call) => self.begin(thread, call)?,
                None => {}
            }
        } else if let Some(begun) = self.begun.remove(&thread) {
            if let Ok(result) = u64::try_from(registers.result) {
                self.end(&begun, result)?;
            }
            if self.leaving.is_some() {
                return Ok(self.leave());
            }
        }
        Ok(Step::Next(thread))
    }

    /// The process ends when no call is under way any more: one that the end meets may have done its work, and would never be
    /// told as ended.
    fn leave(&self) -> Step {
        match self.leaving {
            Some(thread) if self.begun.is_empty() => Step::Next(thread),
            _ => Step::Held,
        }
    }

    fn begin(&mut self, thread: Pid, call: Call) -> io::Result<()> {
        let mut begun = Begun { call, was_there: false, flush: None };
        match call {
            Call::Open { at, flags } if flags & libc::O_CREAT != 0 => {
                begun.was_there = fs::symlink_metadata(self.path(at)?).is_ok();
            }
            Call::Flush(file) => {
                if let Some(node) = self.node(file) {
                    self.next += 1;
                    begun.flush = Some(self.next);
                    self.events.push(Event::Change(Change::BeginFlush(self.next, node)));
                }
            }
            Call::Write { file, source: Source::Bytes(from), length, .. }
                if self.inode(file) == Some(self.marks) =>
            {
                let text = self.bytes(Source::Bytes(from), length as usize)?;
                self.events.push(Event::Mark(String::from_utf8_lossy(&text).into_owned()));
            }
            _ => {}
        }
        self.begun.insert(thread, begun);
        Ok(())
    }

    /// A call ended well.
    fn end(&mut self, begun: &Begun, result: u64) -> io::Result<()> {
        match begun.call {
            Call::Open { at, flags } => self.opened(at, flags, result as i32, begun.was_there)?,
            Call::MakeFolder(at) => {
                if let Some(place) = self.place(at)? {
                    let node = self.new_node(fs::metadata(self.path(at)?)?.ino());
                    self.change(Change::MakeFolder(place, node));
                }
            }
            Call::Link(to) => {
                if let Some(place) = self.place(to)? {
                    let inode = fs::symlink_metadata(self.path(to)?)?.ino();
                    let node =
                        self.nodes.get(&inode).copied().ok_or_else(|| unknown("a link from outside"))?;
                    self.change(Change::Link(place, node));
                }
            }
            Call::Remove(at) => {
                if let Some(place) = self.place(at)? {
                    self.change(Change::Remove(place));
                }
            }
            Call::Rename { from, to, flags } => match (self.place(from)?, self.place(to)?) {
                (Some(from), Some(to)) if flags & u64::from(libc::RENAME_EXCHANGE) == 0 => {
                    self.change(Change::Rename(from, to));
                }
                (None, None) => {}
                _ => return Err(unknown("a rename to or from elsewhere, or of two")),
            },
            Call::Write { file, source, offset, .. } => self.written(file, source, offset, result)?,
            Call::Resize { file, length } => self.change_file(file, |node| Change::Resize(node, length)),
            Call::Allocate { file, mode, length } => self.allocated(file, mode, length)?,
            Call::Flush(_) => {
                if let Some(number) = begun.flush {
                    self.change(Change::EndFlush(number));
                }
            }
            Call::Map { file, protection, flags } => {
                let writes =
                    protection & libc::PROT_WRITE as u64 != 0 && flags & libc::MAP_SHARED as u64 != 0;
                if writes && self.node(file).is_some() && !is_memory(&self.opened_path(file)?) {
                    return Err(unknown("memory that is a file"));
                }
            }
            Call::Unknown { file, name } => {
                if self.node(file).is_some() {
                    return Err(unknown(name));
                }
            }
            Call::UnknownAt { at, name } => {
                if self.place(at)?.is_some() {
                    return Err(unknown(name));
                }
            }
            Call::Never(name) => return Err(unknown(name)),
        }
        Ok(())
    }

    fn opened(&mut self, at: At, flags: i32, file: i32, was_there: bool) -> io::Result<()> {
        let path = self.path(at)?;
        if !path.starts_with(&self.disk) {
            return Ok(());
        }
        if flags & libc::O_TMPFILE == libc::O_TMPFILE {
            return Err(unknown("a file without a name"));
        }
        if flags & libc::O_CREAT != 0
            && !was_there
            && let Some(place) = self.place(at)?
        {
            let inode = self.inode(file).ok_or(io::ErrorKind::NotFound)?;
            let node = self.new_node(inode);
            self.change(Change::MakeFile(place, node));
        } else if flags & libc::O_TRUNC != 0 {
            self.change_file(file, |node| Change::Resize(node, 0));
        }
        Ok(())
    }

    fn written(&mut self, file: i32, source: Source, offset: Option<u64>, length: u64) -> io::Result<()> {
        let Some(node) = self.node(file) else { return Ok(()) };
        let bytes = self.bytes(source, length as usize)?;
        let offset = match offset {
            Some(offset) => offset,
            None => self.position(file)?.saturating_sub(length),
        };
        self.change(Change::Write(node, offset, bytes));
        Ok(())
    }

    fn allocated(&mut self, file: i32, mode: u64, length: u64) -> io::Result<()> {
        let Some(node) = self.node(file) else { return Ok(()) };
        if mode != 0 {
            return Err(unknown("fallocate other than growing"));
        }
        // It is the length by now, unless the file was longer.
        let length = length.max(fs::metadata(self.process.join(format!("fd/{file}")))?.len());
        self.change(Change::Resize(node, length));
        Ok(())
    }

    fn change(&mut self, change: Change) {
        self.events.push(Event::Change(change));
    }

    fn change_file(&mut self, file: i32, change: impl FnOnce(Node) -> Change) {
        if let Some(node) = self.node(file) {
            self.change(change(node));
        }
    }

    fn new_node(&mut self, inode: u64) -> Node {
        self.next += 1;
        self.nodes.insert(inode, Node(self.next));
        Node(self.next)
    }

    /// The node of an open file, if it is on the disk.
    fn node(&self, file: i32) -> Option<Node> {
        self.inode(file).and_then(|inode| self.nodes.get(&inode)).copied()
    }

    /// The inode of an open file, if it is on the disk's device.
    fn inode(&self, file: i32) -> Option<u64> {
        let found = fs::metadata(self.process.join(format!("fd/{file}"))).ok()?;
        (found.dev() == self.device).then(|| found.ino())
    }

    /// Where an open file's next byte is read or written.
    fn position(&self, file: i32) -> io::Result<u64> {
        let told = fs::read_to_string(self.process.join(format!("fdinfo/{file}")))?;
        let position = told.lines().find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok());
        position.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn opened_path(&self, file: i32) -> io::Result<PathBuf> {
        fs::read_link(self.process.join(format!("fd/{file}")))
    }

    /// A path without detours.
    fn path(&self, at: At) -> io::Result<PathBuf> {
        let told = PathBuf::from(std::ffi::OsString::from_vec(self.string(at.text)?));
        let base = match at.folder {
            _ if told.is_absolute() => PathBuf::new(),
            libc::AT_FDCWD => fs::read_link(self.process.join("cwd"))?,
            folder => self.opened_path(folder)?,
        };
        let mut path = PathBuf::new();
        for part in base.join(told).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        Ok(path)
    }

    /// The name that a path is, if it is on the disk.
    fn place(&self, at: At) -> io::Result<Option<Place>> {
        let path = self.path(at)?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
        if !folder.starts_with(&self.disk) {
            return Ok(None);
        }
        let inode = fs::metadata(folder)?.ino();
        let folder = self.nodes.get(&inode).copied().ok_or_else(|| unknown("a folder from elsewhere"))?;
        Ok(Some((folder, name.to_owned())))
    }

    fn bytes(&self, source: Source, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        match source {
            Source::Bytes(from) => self.memory.read_exact_at(&mut bytes, from)?,
            Source::Pieces(list, count) => {
                let mut done = 0;
                for piece in 0..count {
                    let mut words = [[0; 8]; 2];
                    self.memory.read_exact_at(words.as_flattened_mut(), list + 16 * piece)?;
                    let [from, size] = words.map(u64::from_ne_bytes);
                    let until = length.min(done + size as usize);
                    self.memory.read_exact_at(&mut bytes[done..until], from)?;
                    done = until;
                }
            }
        }
        Ok(bytes)
    }

    /// What stands in memory up to a zero.
    fn string(&self, mut from: u64) -> io::Result<Vec<u8>> {
        const PAGE: u64 = 4096;
        let mut text = Vec::new();
        loop {
            // Not beyond a page, behind which there may be nothing.
            let mut piece = vec![0; (PAGE - from % PAGE) as usize];
            self.memory.read_exact_at(&mut piece, from)?;
            from += piece.len() as u64;
            if let Some(end) = piece.iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&piece[..end]);
                return Ok(text);
            }
            text.append(&mut piece);
        }
    }
}

fn unknown(what: &str) -> io::Error {
    io::Error::other(format!("the recorder does not know {what}; teach it, or do without"))
}
