//! One search: a thread walks the files, others look through them, and what is found goes to who asked, who may leave at
//! any time. Files are opened from the folder that holds them, so that no link swapped in leads elsewhere; links are not followed.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    ops::ControlFlow,
    os::fd::AsFd,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use cap_std::fs::Dir;
use folders::{Entry, Kind};
use ide_core::{
    Texts,
    files::{self, is_temporary},
    survey::{Surveyor, survey},
};
use protocol::{
    WorkspacePath,
    search::{FoundFile, FoundText, MAX_MATCHES, MAX_SEARCHED},
};
use rustix::fs::{Mode, OFlags, openat};
use tokio::sync::mpsc;

use crate::{
    globs::Globs,
    lines::{Found, lines},
    pattern::Pattern,
    template::Template,
};

/// Files that are open and wait to be looked through.
const WAITING: usize = 64;
/// Threads that look through files, where there are so many processors.
const MAX_THREADS: usize = 8;
/// Bytes at the beginning of a file in which a zero says that it is no text.
const LOOKED_AT: u64 = 8192;

/// What is looked for, and how it is told.
pub(crate) struct Hunt {
    pub(crate) pattern: Pattern,
    pub(crate) template: Option<Template>,
    pub(crate) globs: Globs,
    /// Whether ignored files are searched, too.
    pub(crate) ignored: bool,
    /// Only these files.
    pub(crate) files: Option<Vec<WorkspacePath>>,
    /// Lines around each match.
    pub(crate) context: u32,
    pub(crate) tally: Tally,
}

/// How far a search is.
#[derive(Default)]
pub(crate) struct Tally {
    searched: AtomicU64,
    files: AtomicU64,
    /// Matches that were begun to be told; more than there may be where there are more.
    matches: AtomicU64,
    skipped: AtomicU64,
    /// Nobody wants more.
    over: AtomicBool,
}

impl Tally {
    /// Ends the search.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether one more match may be told.
    fn takes_one(&self) -> bool {
        let taken = self.matches.fetch_add(1, Ordering::Relaxed) < MAX_MATCHES;
        if !taken {
            self.end();
        }
        taken
    }

    pub(crate) fn sum(&self) -> FoundText {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let matches = read(&self.matches);
        FoundText {
            searched: read(&self.searched),
            files: read(&self.files),
            matches: matches.min(MAX_MATCHES),
            more: matches > MAX_MATCHES,
            skipped: read(&self.skipped),
        }
    }
}

/// A file to be looked through.
struct Job {
    path: WorkspacePath,
    source: Source,
}

enum Source {
    /// As it is on disk.
    Disk(File),
    /// As it is written in an open document.
    Open(Arc<str>),
}

impl Hunt {
    /// Looks through all files. Blocks until it is done.
    pub(crate) fn run(&self, root: &Dir, texts: &dyn Texts, found: &mpsc::Sender<FoundFile>) {
        let (jobs, next) = sync_channel(WAITING);
        let next = Mutex::new(next);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        let open = texts.open().into_iter().map(|document| (document.path, document.text)).collect();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.look_through(&next, texts, found));
            }
            Walk { hunt: self, open, jobs }.files(root);
        });
    }

    fn look_through(&self, next: &Mutex<Receiver<Job>>, texts: &dyn Texts, found: &mpsc::Sender<FoundFile>) {
        let mut bytes = Vec::new();
        loop {
            let job = next.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { path, source }) = job else { return };
            if self.tally.is_over() {
                // The walk is told by what it asks before each file; what waits is dropped.
                continue;
            }
            let lines = match source {
                Source::Open(text) => self.lines_of(&text),
                Source::Disk(file) => match self.text_of(file, &mut bytes, texts) {
                    Some(Text::Plain(text)) => self.lines_of(text),
                    Some(Text::Decoded(text)) => self.lines_of(&text),
                    None => continue,
                },
            };
            self.tally.searched.fetch_add(1, Ordering::Relaxed);
            if lines.is_empty() {
                continue;
            }
            self.tally.files.fetch_add(1, Ordering::Relaxed);
            if found.blocking_send(FoundFile { path, lines }).is_err() {
                self.tally.end();
            }
        }
    }

    /// A file's text, if it has one and is not too large.
    fn text_of<'b>(&self, mut file: File, bytes: &'b mut Vec<u8>, texts: &dyn Texts) -> Option<Text<'b>> {
        let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let mut whole = metadata.len() <= MAX_SEARCHED;
        bytes.clear();
        whole &= file.by_ref().take(LOOKED_AT).read_to_end(bytes).is_ok();
        let is_utf_16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        if !is_utf_16 && bytes.contains(&0) {
            return None;
        }
        whole = whole && file.take(MAX_SEARCHED + 1 - bytes.len() as u64).read_to_end(bytes).is_ok();
        if !whole || bytes.len() as u64 > MAX_SEARCHED {
            self.tally.skipped.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let is_plain = !bytes.contains(&b'\r') && !bytes.starts_with("\u{feff}".as_bytes());
        match std::str::from_utf8(bytes) {
            Ok(text) if is_plain => Some(Text::Plain(text)),
            _ => texts.decode(bytes).map(Text::Decoded),
        }
    }

    fn lines_of(&self, text: &str) -> Vec<protocol::search::FoundLine> {
        let mut found = Vec::new();
        self.pattern.find(text, |range| {
            let takes = !self.tally.is_over() && self.tally.takes_one();
            if takes {
                let expand = |template: &Template| template.expand(&self.pattern, text, range.start);
                found.push(Found { with: self.template.as_ref().map(expand), range });
            }
            takes
        });
        lines(text, found, self.context)
    }
}

enum Text<'b> {
    /// The bytes as they are.
    Plain(&'b str),
    Decoded(String),
}

/// The thread that finds the files.
struct Walk<'h> {
    hunt: &'h Hunt,
    /// The texts of open documents.
    open: HashMap<WorkspacePath, Arc<str>>,
    jobs: SyncSender<Job>,
}

impl Walk<'_> {
    fn files(mut self, root: &Dir) {
        let Some(files) = &self.hunt.files else { return survey(root, self.hunt.ignored, &mut self) };
        for path in files.iter().take_while(|_| !self.hunt.tally.is_over()) {
            let source = match self.open.get(path) {
                Some(text) => Some(Source::Open(Arc::clone(text))),
                None => files::open(root, path).ok().map(|(file, _)| Source::Disk(file)),
            };
            self.give(path.clone(), source);
        }
    }

    fn give(&self, path: WorkspacePath, source: Option<Source>) {
        match source {
            // There is somebody to take it as long as this walks.
            Some(source) => drop(self.jobs.send(Job { path, source })),
            None => drop(self.hunt.tally.skipped.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

impl Surveyor for Walk<'_> {
    fn file(&mut self, entry: &Entry<'_>, path: WorkspacePath) -> ControlFlow<()> {
        if self.hunt.tally.is_over() {
            return ControlFlow::Break(());
        }
        // What a link leads to is searched where it lies.
        if entry.kind() != Kind::File || !self.hunt.globs.includes(&path) {
            return ControlFlow::Continue(());
        }
        let source = match self.open.get(&path) {
            Some(text) => Some(Source::Open(Arc::clone(text))),
            None => open(entry.folder(), entry).map(Source::Disk),
        };
        self.give(path, source);
        ControlFlow::Continue(())
    }

    fn passes_over(&mut self, entry: &Entry<'_>, path: &WorkspacePath) -> bool {
        let is_folder = entry.kind() == Kind::Folder;
        self.hunt.tally.is_over() || is_temporary(entry.name()) || self.hunt.globs.excludes(path, is_folder)
    }
}

fn open(folder: impl AsFd, entry: &Entry<'_>) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    openat(folder, entry.name(), flags, Mode::empty()).ok().map(File::from)
}
