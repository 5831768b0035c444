//! Which files of a workspace people look through: those that `.gitignore` leaves out are left out here, with what lies in
//! `.git` and in folders of caches. It opens no files but those. Its calls block.

use std::{
    ffi::OsStr,
    fs::File,
    io::Read,
    ops::ControlFlow,
    os::{fd::AsFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

use folders::{Entry, Kind, Limits, Trail, Visitor};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use protocol::WorkspacePath;
use rustix::fs::{AtFlags, Mode, OFlags, openat, statat};

use crate::files::relative;

/// Folders within folders that are walked.
const MAX_DEPTH: usize = 64;
/// Largest `.gitignore` that is read, in bytes.
const MAX_IGNORE: u64 = 1024 * 1024;

/// What is done with the files that are met.
pub trait Surveyor {
    /// A file, or a link to something. Whether to go on.
    fn file(&mut self, entry: &Entry<'_>, path: WorkspacePath) -> ControlFlow<()>;

    /// Whether something, and all that is in it, is none of what people work on.
    fn passes_over(&mut self, entry: &Entry<'_>, path: &WorkspacePath) -> bool;
}

/// Walks the files of the folder `root`, those that are ignored only where `ignored` says so. What cannot be walked, or is
/// more than may be, is told of and left out.
pub fn survey(root: impl AsFd, ignored: bool, surveyor: &mut impl Surveyor) {
    let here = WorkspacePath::root();
    let mut walk = Walk { surveyor, ignored, ignores: Vec::new(), here, is_stopped: false };
    match folders::walk(root, Limits::WORK, &mut walk) {
        Err(error) if !walk.is_stopped => tracing::info!(%error, "not all files were walked"),
        _ => {}
    }
}

struct Walk<'s, S> {
    surveyor: &'s mut S,
    /// Whether what is ignored is walked, too.
    ignored: bool,
    /// The `.gitignore` of each folder on the way here.
    ignores: Vec<Option<Gitignore>>,
    /// The folder that is being walked.
    here: WorkspacePath,
    /// Whether the surveyor wants no more.
    is_stopped: bool,
}

impl<S: Surveyor> Visitor for Walk<'_, S> {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), folders::Error> {
        let path = self.child(entry.name());
        if self.surveyor.passes_over(entry, &path)
            || !matches!(entry.kind(), Kind::File | Kind::Link)
            || self.is_ignored(&path, false)
        {
            return Ok(());
        }
        self.is_stopped = self.surveyor.file(entry, path).is_break();
        if self.is_stopped { Err(folders::Error::TooMany { limit: 0 }) } else { Ok(()) }
    }

    fn wants(&mut self, folder: &Entry<'_>) -> Result<bool, folders::Error> {
        let path = self.child(folder.name());
        let left_out = folder.name() == ".git" || folder.name() == "node_modules" && !self.ignored;
        let shallow = folder.trail().depth() < MAX_DEPTH;
        Ok(!self.surveyor.passes_over(folder, &path) && shallow && !left_out && !self.is_ignored(&path, true))
    }

    fn enter(&mut self, folder: &Trail) -> Result<bool, folders::Error> {
        if let Some(name) = folder.name() {
            self.here = self.child(name);
        }
        self.ignores.push(if self.ignored { None } else { ignore_file(folder, &self.here) });
        let is_cache = || statat(folder.folder(), "CACHEDIR.TAG", AtFlags::SYMLINK_NOFOLLOW).is_ok();
        Ok(folder.depth() == 0 || self.ignored || !is_cache())
    }

    fn leave(&mut self, _folder: &Trail) -> Result<(), folders::Error> {
        self.ignores.pop();
        self.here = self.here.parent().unwrap_or_default();
        Ok(())
    }

    /// A folder that cannot be read, or where another file system is mounted, has no files to find.
    fn failed(&mut self, _error: folders::Error) -> Result<(), folders::Error> {
        Ok(())
    }
}

impl<S> Walk<'_, S> {
    fn child(&self, name: &OsStr) -> WorkspacePath {
        self.here.join(&WorkspacePath::name_from_bytes(name.as_bytes()))
    }

    fn is_ignored(&self, path: &WorkspacePath, is_folder: bool) -> bool {
        let path = rooted(path);
        let rules = self.ignores.iter().rev().flatten().map(|rules| rules.matched(&path, is_folder));
        rules.into_iter().find(|rule| !rule.is_none()).is_some_and(|rule| rule.is_ignore())
    }
}

/// A path as rules of `.gitignore` take it: from the workspace's folder, as if that were the root.
pub fn rooted(path: &WorkspacePath) -> PathBuf {
    if path.is_root() { PathBuf::from("/") } else { Path::new("/").join(relative(path)) }
}

fn ignore_file(folder: &Trail, path: &WorkspacePath) -> Option<Gitignore> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(folder.folder(), ".gitignore", flags, Mode::empty()).ok()?);
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MAX_IGNORE {
        return None;
    }
    let mut text = Vec::new();
    file.take(MAX_IGNORE).read_to_end(&mut text).ok()?;
    let mut rules = GitignoreBuilder::new(rooted(path));
    for line in String::from_utf8_lossy(&text).lines() {
        // A line that is no pattern ignores nothing.
        let _ = rules.add_line(None, line);
    }
    rules.build().ok()
}
