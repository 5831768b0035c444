//! Quick open: which files fit a few letters best. The list of files is walked once and kept. It opens none of them.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    ops::ControlFlow,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use folders::{Entry, Kind};
use ide_core::{
    Clock, Router, blocking,
    files::is_temporary,
    survey::{Surveyor, survey},
};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    file::{FindFiles, FoundFile},
};

use crate::{
    error::{Context, Result},
    tree::{Tree, remove_abandoned},
};

/// Files in the list at most; further ones are not found.
const MAX_FILES: usize = 200_000;
/// Results of one query at most.
const MAX_FOUND: usize = 200;
/// Bytes of a query: as long as a path may be.
const MAX_QUERY: usize = 4096;
/// Words of a query: each is looked for in every path.
const MAX_WORDS: usize = 32;
/// How long a list serves before it is walked again.
const KEEP: Duration = Duration::from_secs(10);

/// How old it is at least when it is walked again because what is looked for is not in it: a person who types what is
/// not there must not have everything walked at every key.
const KEEP_UNFOUND: Duration = Duration::from_millis(300);

/// Finds files; cheap to clone.
#[derive(Clone)]
pub(crate) struct Finder(Arc<Inner>);

struct Inner {
    tree: Arc<Tree>,
    clock: Arc<dyn Clock>,
    list: Mutex<Option<List>>,
    changed: AtomicBool,
    walking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct List {
    walked: Instant,
    paths: Arc<[String]>,
}

impl Finder {
    pub(crate) fn new(tree: Arc<Tree>, clock: Arc<dyn Clock>) -> Self {
        let changed = AtomicBool::new(false);
        Self(Arc::new(Inner {
            tree,
            clock,
            list: Mutex::default(),
            changed,
            walking: tokio::sync::Mutex::default(),
        }))
    }

    /// Answers the call `file.find`.
    pub(crate) fn register(&self, router: &mut Router) {
        router.with(self).on(|finder, _, call: FindFiles| async move {
            check(&call.query)?;
            Ok(finder.find(call.query, call.limit).await?)
        });
    }

    /// The files that fit. Where none does, the one that is looked for may be newer than the list: it is walked again.
    async fn find(&self, query: String, limit: usize) -> Result<Vec<FoundFile>> {
        let (asked, paths) = (query.clone(), self.paths().await?);
        let found = blocking(move || find(&paths, &asked, limit)).await;
        if !found.is_empty() || query.is_empty() {
            return Ok(found);
        }
        tokio::time::sleep(KEEP_UNFOUND.saturating_sub(self.age())).await;
        let paths = self.walk().await?;
        Ok(blocking(move || find(&paths, &query, limit)).await)
    }

    /// How old the list is.
    fn age(&self) -> Duration {
        let list = self.0.list.lock().unwrap_or_else(PoisonError::into_inner);
        let walked = list.as_ref().map(|list| list.walked);
        walked.map_or(KEEP, |walked| self.0.clock.monotonic().duration_since(walked))
    }

    /// Walks before anybody asks, so that the first query need not wait.
    pub(crate) fn prepare(&self) {
        let finder = self.clone();
        tokio::spawn(async move {
            if let Err(error) = finder.walk().await {
                tracing::warn!(%error, "the list of files cannot be made");
            }
        });
    }

    /// Files came, went or moved: the next query sees it.
    pub(crate) fn changed(&self) {
        self.0.changed.store(true, Ordering::Release);
    }

    /// All files. What is known to have changed is walked first; what merely grew old is answered at once and
    /// walked for the next query.
    async fn paths(&self) -> Result<Arc<[String]>> {
        let list = self.0.list.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(list) = list.filter(|_| !self.0.changed.load(Ordering::Acquire)) else {
            return self.walk().await;
        };
        if self.0.clock.monotonic().duration_since(list.walked) > KEEP {
            self.prepare();
        }
        Ok(list.paths)
    }

    async fn walk(&self) -> Result<Arc<[String]>> {
        let asked = self.0.clock.monotonic();
        let _one = self.0.walking.lock().await;
        let known = self.0.list.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(list) =
            known.filter(|list| list.walked > asked && !self.0.changed.load(Ordering::Acquire))
        {
            return Ok(list.paths);
        }
        self.0.changed.store(false, Ordering::Release);
        let (tree, walked) = (Arc::clone(&self.0.tree), self.0.clock.monotonic());
        let paths: Arc<[String]> = blocking(move || walk(&tree)).await?.into();
        let list = List { walked, paths: Arc::clone(&paths) };
        *self.0.list.lock().unwrap_or_else(PoisonError::into_inner) = Some(list);
        Ok(paths)
    }
}

/// All files of a workspace that are not ignored.
fn walk(tree: &Tree) -> Result<Vec<String>> {
    let root = tree.dir(&WorkspacePath::root()).of("list", &WorkspacePath::root())?;
    let mut paths = Paths(Vec::new());
    survey(&root, false, &mut paths);
    Ok(paths.0)
}

struct Paths(Vec<String>);

impl Surveyor for Paths {
    fn file(&mut self, _entry: &Entry<'_>, path: WorkspacePath) -> ControlFlow<()> {
        if self.0.len() >= MAX_FILES {
            tracing::info!(limit = MAX_FILES, "not all files are in the list");
            return ControlFlow::Break(());
        }
        self.0.push(path.into());
        ControlFlow::Continue(())
    }

    fn passes_over(&mut self, entry: &Entry<'_>, _path: &WorkspacePath) -> bool {
        let ours = matches!(entry.kind(), Kind::File | Kind::Folder) && is_temporary(entry.name());
        if ours {
            remove_abandoned(entry.folder(), entry.name());
        }
        ours
    }
}

/// Refuses what would be looked for too long.
fn check(query: &str) -> Result<(), CallError> {
    if query.len() <= MAX_QUERY && query.split_whitespace().count() <= MAX_WORDS {
        return Ok(());
    }
    let message = format!(
        "Cannot look for that: a query has at most {MAX_QUERY} bytes and {MAX_WORDS} words; type less of the name."
    );
    let error = CallError::new(ErrorCode::Limit, message);
    Err(error.because("query-long", &[("bytes", &MAX_QUERY), ("words", &MAX_WORDS)]))
}

/// The best fits first; shorter paths before longer ones.
fn find(paths: &[String], query: &str, limit: usize) -> Vec<FoundFile> {
    let limit = limit.min(MAX_FOUND);
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let pattern = Pattern::new(query, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    let mut best = BinaryHeap::with_capacity(limit + 1);
    let mut buffer = Vec::new();
    for path in paths {
        if query.is_empty() && best.len() >= limit {
            break;
        }
        let Some(score) = pattern.score(Utf32Str::new(path, &mut buffer), &mut matcher) else { continue };
        best.push(Reverse((score, Reverse(path.len()), Reverse(path))));
        if best.len() > limit {
            best.pop();
        }
    }
    let found = best.into_sorted_vec().into_iter();
    found
        .filter_map(|Reverse((_, _, Reverse(path)))| {
            let mut met = Vec::new();
            pattern.indices(Utf32Str::new(path, &mut buffer), &mut matcher, &mut met);
            met.sort_unstable();
            met.dedup();
            Some(FoundFile { path: WorkspacePath::parse(path).ok()?, matched: met })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(paths: &[&str], query: &str) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        find(&paths, query, 3).into_iter().map(|found| found.path.to_string()).collect()
    }

    #[test]
    fn the_best_fit_comes_first() {
        let paths = ["src/main.rs", "docs/domain.md", "src/bin/maintain.rs", "Cargo.toml", "src/lib.rs"];
        assert_eq!(found(&paths, "main.rs").first().map(String::as_str), Some("src/main.rs"));
        assert_eq!(found(&paths, "toml"), ["Cargo.toml"]);
        assert_eq!(found(&paths, "").len(), 3);
        assert!(found(&paths, "zzz").is_empty());
        let shown = find(&["a/béta".into()], "b", 200);
        assert_eq!(shown.first().map(|found| found.matched.clone()), Some(vec![2]));
    }

    #[test]
    fn ignored_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let at = folder.path().join(name);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, text).unwrap();
        };
        write(".gitignore", "*.log\n/build\n!keep.log\n");
        write("sub/.gitignore", "secret\n!debug.log\n");
        for name in [
            "a.log",
            "keep.log",
            "build/x",
            "sub/build/y",
            "sub/secret",
            "sub/debug.log",
            "secret",
            ".git/HEAD",
            "cache/CACHEDIR.TAG",
            "cache/x",
            ".github/ci.yml",
            "node_modules/m/index.js",
        ] {
            write(name, "");
        }
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        let mut paths = walk(&Tree::open(folder.path()).unwrap()).unwrap();
        paths.sort();
        let want = [
            ".github/ci.yml",
            ".gitignore",
            "etc",
            "keep.log",
            "secret",
            "sub/.gitignore",
            "sub/build/y",
            "sub/debug.log",
        ];
        assert_eq!(paths, want);
    }

    #[test]
    fn parts_that_nobody_writes_any_more_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::open(folder.path()).unwrap();
        let dead = ".cumulo-part-00000000000000000000000000000000";
        fs::write(folder.path().join(dead), "half").unwrap();
        let own = ".cumulo-part-of-a-song";
        fs::write(folder.path().join(own), "somebody's").unwrap();
        let mut living =
            tree.slot("write", &WorkspacePath::parse("a").unwrap()).unwrap().part("write", None).unwrap();
        living.write("write", b"whole").unwrap();
        assert_eq!(walk(&tree).unwrap(), [own]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the one that is being written");
        living.finish("write", false).unwrap();
        let mut walked = walk(&tree).unwrap();
        walked.sort();
        assert_eq!(walked, [own, "a"]);
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "whole");
    }

    #[tokio::test]
    async fn new_files_are_found_when_known_and_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let clock = ide_core::ManualClock::default();
        let finder = Finder::new(Arc::new(Tree::open(folder.path()).unwrap()), Arc::new(clock.clone()));
        assert!(finder.paths().await.unwrap().is_empty());
        fs::write(folder.path().join("a"), "").unwrap();
        assert!(finder.paths().await.unwrap().is_empty(), "the list is kept");
        finder.changed();
        assert_eq!(finder.paths().await.unwrap().len(), 1);
        fs::write(folder.path().join("new"), "").unwrap();
        assert_eq!(finder.find("new".into(), 1).await.unwrap().len(), 1, "it is looked for again");
        fs::write(folder.path().join("b"), "").unwrap();
        clock.advance(KEEP * 2);
        while finder.paths().await.unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
    }
}
