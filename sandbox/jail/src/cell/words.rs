//! What is said over a cell's socket: frames of JSON, some with files.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Isolation;

/// The longest frame. Environments are a few kilobytes.
const MAX_FRAME: usize = 1 << 20;
/// The most files with one frame.
const MAX_FILES: usize = 32;
/// Length and number of files.
const HEAD: usize = 5;
/// How long a frame may wait until the other side has taken what was before it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a keeper is told to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// First of all: build the rooms, with trees beside what the system has, and listen on these ports of the loopback.
    Furnish {
        /// With a file for each that comes as a tree.
        binds: Vec<Bind>,
        /// Zero takes a free one.
        listen: Vec<u16>,
    },
    /// What the cell is for. From then on nothing of the outside is within the keeper's reach.
    Assign(Rooms),
    /// Comes with the file for standard output and error and, if the program has it, the file that it inherits.
    Start(Program),
    /// Connect to a port of the cell's loopback.
    Connect {
        /// The port.
        port: u16,
    },
    /// Send a signal to a program's group.
    Signal {
        /// The program.
        name: String,
        /// The signal's number.
        signal: i32,
    },
    /// Stop everything, by SIGSTOP.
    Freeze,
    /// Let it go on.
    Thaw,
}

/// Part of a tree of folders that the cell shows, to be read only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bind {
    /// Its path outside, without symbolic links.
    pub source: PathBuf,
    /// Whether a file of [`tree`](super::tree) comes in its place.
    pub is_tree: bool,
    /// Its path inside.
    pub target: PathBuf,
}

/// What a cell is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// Mounted one after the other.
    pub binds: Vec<Bind>,
    /// Laid over each other where there are several: the last is the uppermost. Their targets are not read.
    pub layers: Vec<Bind>,
    /// Where the layers are.
    pub layered: PathBuf,
    /// The size of `/tmp`.
    pub tmp_bytes: u64,
    /// The number of files in `/tmp`.
    pub tmp_files: u64,
}

/// A program to start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// By which it is spoken of.
    pub name: String,
    /// Its file, inside.
    pub path: PathBuf,
    /// Its arguments behind its name.
    pub arguments: Vec<String>,
    /// All of its environment.
    pub environment: BTreeMap<String, String>,
    /// Where it starts.
    pub folder: PathBuf,
    /// The variable that names the file which it inherits.
    pub inherits: Option<String>,
}

/// What a keeper says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// The rooms are there; with the sockets that listen.
    Furnished {
        /// Their ports.
        ports: Vec<u16>,
    },
    /// With the socket.
    Connected,
    /// The cell is what it was to be, with these walls.
    Assigned(Isolation),
    /// The program runs.
    Started(String),
    /// The program does not run.
    NotStarted {
        /// The program.
        name: String,
        /// The system's number for the reason, where it has one.
        errno: Option<i32>,
        /// The reason in words.
        reason: String,
    },
    /// A program that was started has ended.
    Ended {
        /// The program.
        name: String,
        /// How.
        end: End,
    },
    /// An order cannot be carried out.
    Failed(String),
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// By itself, with this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}

/// Sends one frame whole.
pub fn send<T: Serialize>(socket: &impl AsFd, message: &T, files: &[BorrowedFd<'_>]) -> io::Result<()> {
    let body = serde_json::to_vec(message).map_err(io::Error::other)?;
    if body.len() > MAX_FRAME || files.len() > MAX_FILES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a frame for a cell is too long"));
    }
    let mut frame = Vec::with_capacity(HEAD + body.len());
    frame.extend_from_slice(&(body.len() as u32).to_le_bytes());
    frame.push(files.len() as u8);
    frame.extend_from_slice(&body);
    let mut files = files;
    let mut rest = frame.as_slice();
    while !rest.is_empty() {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !files.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(files));
        }
        match rustix::net::sendmsg(socket, &[io::IoSlice::new(rest)], &mut control, SendFlags::NOSIGNAL) {
            Ok(sent) => {
                rest = rest.get(sent..).unwrap_or_default();
                files = &[];
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_room(socket)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn wait_for_room(socket: &impl AsFd) -> io::Result<()> {
    let limit = Timespec::try_from(PATIENCE).map_err(io::Error::other)?;
    match rustix::event::poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&limit)) {
        Ok(0) => Err(io::Error::new(io::ErrorKind::TimedOut, "a cell does not listen")),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What has come over a socket and is not read yet.
#[derive(Debug, Default)]
pub struct Line {
    bytes: Vec<u8>,
    files: VecDeque<OwnedFd>,
}

impl Line {
    /// Takes in what is there. False at the end.
    pub fn fill(&mut self, socket: &impl AsFd) -> io::Result<bool> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut bytes = [0; 16 << 10];
        let flags = RecvFlags::CMSG_CLOEXEC;
        let into = &mut [io::IoSliceMut::new(&mut bytes)];
        let got = loop {
            match rustix::net::recvmsg(socket, into, &mut control, flags) {
                Err(Errno::INTR) => {}
                got => break got?,
            }
        };
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = message {
                self.files.extend(files);
            }
        }
        self.bytes.extend_from_slice(bytes.get(..got.bytes).unwrap_or_default());
        Ok(got.bytes > 0)
    }

    /// The next frame, if it is there whole.
    pub fn frame<T: DeserializeOwned>(&mut self) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
        let Some((head, rest)) = self.bytes.split_first_chunk::<HEAD>() else { return Ok(None) };
        let [a, b, c, d, files] = *head;
        let (length, files) = (u32::from_le_bytes([a, b, c, d]) as usize, usize::from(files));
        if length > MAX_FRAME || files > MAX_FILES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame of a cell is too long"));
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = serde_json::from_slice(body).map_err(io::Error::other)?;
        if files > self.files.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame of a cell lacks its files"));
        }
        let files = self.files.drain(..files).collect();
        self.bytes.drain(..HEAD + length);
        Ok(Some((message, files)))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn frames_come_whole_and_with_their_own_files() {
        let (ours, theirs) = UnixStream::pair().expect("sockets");
        let (file, _kept) = io::pipe().expect("a pipe");
        let long = Word::Failed("x".repeat(100_000));
        let sender = std::thread::spawn(move || {
            send(&ours, &Word::Started("a".into()), &[]).expect("sent");
            send(&ours, &Word::Furnished { ports: vec![9001] }, &[file.as_fd(), file.as_fd()]).expect("sent");
            send(&ours, &long, &[]).expect("sent");
        });
        let (mut line, mut all) = (Line::default(), Vec::new());
        while line.fill(&theirs).expect("read") {
            while let Some((word, files)) = line.frame::<Word>().expect("a frame") {
                all.push((word, files.len()));
            }
        }
        sender.join().expect("it sends");
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], (Word::Started("a".into()), 0));
        assert_eq!(all[1], (Word::Furnished { ports: vec![9001] }, 2));
        assert_eq!(all[2].1, 0);
    }

    #[test]
    fn a_frame_that_is_none_is_refused() {
        for head in [[255, 255, 255, 255, 0], [0, 0, 0, 0, 200]] {
            let mut line = Line { bytes: head.to_vec(), ..Line::default() };
            line.frame::<Word>().expect_err("too long");
        }
        let mut line = Line { bytes: b"\x04\0\0\0\x01null".to_vec(), ..Line::default() };
        line.frame::<Option<Word>>().expect_err("no file came");
    }
}
