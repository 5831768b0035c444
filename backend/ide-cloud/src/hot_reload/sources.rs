//! The folders of code that are watched, and what changes in them.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ide_core::{blocking, files::relative};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use protocol::{Said, WorkspacePath};
use tokio::sync::Notify;

/// Folders that are watched at most, of all functions together.
const MAX_FOLDERS: usize = 2000;
/// Files that are remembered as changed; of more it is only known that a folder has changed.
const MAX_CHANGED: usize = 1000;
/// Changes are gathered this long: an editor writes a file in several steps, and a tool several files.
const GATHER: Duration = Duration::from_millis(100);
/// Folders that tools fill by the thousand. What is in them changes a package, too, with the next file that a person saves.
const OF_TOOLS: [&str; 4] = ["node_modules", "target", "__pycache__", "site-packages"];

/// Watches folders with what is below them, but for hidden ones and those of tools.
pub(super) struct Sources {
    root: PathBuf,
    watcher: Option<RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    reports: Arc<Reports>,
    /// What was last said to be wrong.
    said: Option<Said>,
}

#[derive(Default)]
struct Reports {
    changed: Mutex<BTreeSet<PathBuf>>,
    ready: Notify,
}

impl Reports {
    fn take(&self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn report(&self, event: notify::Result<notify::Event>, root: &Path) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Ok(event) if event.need_rescan() => drop(changed.insert(root.to_owned())),
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => changed.extend(event.paths.into_iter().filter(|path| !is_passed_over(path))),
            Err(error) => {
                tracing::warn!(%error, "watching reports an error");
                changed.insert(root.to_owned());
            }
        }
        if changed.len() > MAX_CHANGED {
            *changed = BTreeSet::from([root.to_owned()]);
        }
        if !changed.is_empty() {
            self.ready.notify_one();
        }
    }
}

impl Sources {
    /// Of a workspace in that folder.
    pub(super) fn new(root: PathBuf) -> Self {
        let reports = Arc::new(Reports::default());
        let (reporting, place) = (Arc::clone(&reports), root.clone());
        let watcher = notify::recommended_watcher(move |event| reporting.report(event, &place));
        let watcher = watcher.inspect_err(|error| tracing::warn!(%error, "nothing can be watched")).ok();
        Self { root, watcher, watched: HashSet::new(), reports, said: None }
    }

    /// Watches these from now on, and nothing else. What is wrong with that, if it was not said before.
    pub(super) async fn watch(&mut self, folders: Vec<WorkspacePath>) -> Option<Said> {
        let place = |path: &WorkspacePath| {
            if path.is_root() { self.root.clone() } else { self.root.join(relative(path)) }
        };
        let places = folders.iter().map(place).collect();
        let found = blocking(move || below(places)).await;
        let fault = self.replace(found);
        if fault == self.said {
            return None;
        }
        self.said.clone_from(&fault);
        fault
    }

    fn replace(&mut self, wanted: HashSet<PathBuf>) -> Option<Said> {
        let Some(watcher) = &mut self.watcher else {
            let unwatched = || Said::new("this system watches no files").because("watches-nothing", &[]);
            return (!wanted.is_empty()).then(unwatched);
        };
        for gone in self.watched.difference(&wanted) {
            // It may have been removed, and is watched no more already.
            let _ = watcher.unwatch(gone);
        }
        self.watched.retain(|path| wanted.contains(path));
        let mut fault = (wanted.len() >= MAX_FOLDERS).then(|| {
            Said::new(format!(
                "the functions' code has more than {MAX_FOLDERS} folders; what changes in some is not seen"
            ))
            .because("watches-some", &[("most", &MAX_FOLDERS)])
        });
        for new in wanted {
            if self.watched.contains(&new) {
                continue;
            }
            match watcher.watch(&new, RecursiveMode::NonRecursive) {
                Ok(()) => drop(self.watched.insert(new)),
                // It went away meanwhile.
                Err(error) if matches!(error.kind, notify::ErrorKind::PathNotFound) => {}
                Err(error) => {
                    let said = Said::new(format!("not all folders can be watched: {error}"));
                    fault = Some(said.because("watches-not-all", &[("reason", &error)]));
                }
            }
        }
        fault
    }

    /// Waits for changes; gives the files of one burst of them.
    pub(super) async fn changed(&mut self) -> BTreeSet<WorkspacePath> {
        self.reports.ready.notified().await;
        tokio::time::sleep(GATHER).await;
        let changed = self.reports.take();
        // A folder that was removed and made again is another one.
        self.watched.retain(|path| !changed.contains(path));
        let within = |path: &PathBuf| {
            let inside = path.strip_prefix(&self.root).ok()?.to_str()?;
            if inside.is_empty() { Some(WorkspacePath::root()) } else { WorkspacePath::parse(inside).ok() }
        };
        changed.iter().filter_map(within).collect()
    }
}

/// Those folders and the ones below them, no further than [`MAX_FOLDERS`].
fn below(mut left: Vec<PathBuf>) -> HashSet<PathBuf> {
    let mut found = HashSet::new();
    while let Some(folder) = left.pop().filter(|_| found.len() < MAX_FOLDERS) {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let room = MAX_FOLDERS.saturating_sub(left.len());
        left.extend(folders.map(|entry| entry.path()).filter(|path| !is_passed_over(path)).take(room));
        found.insert(folder);
    }
    found
}

fn is_passed_over(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    name.as_encoded_bytes().starts_with(b".") || OF_TOOLS.iter().any(|tool| name == *tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> WorkspacePath {
        WorkspacePath::parse(path).unwrap()
    }

    #[test]
    fn folders_of_tools_and_hidden_ones_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["app/lib/deep", "app/.git/x", "app/node_modules/a", "app/target/release", "other"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        std::os::unix::fs::symlink("/", folder.path().join("app/link")).unwrap();
        let app = folder.path().join("app");
        let expected = [app.clone(), app.join("lib"), app.join("lib/deep")];
        assert_eq!(below(vec![app]), HashSet::from(expected));
    }

    #[test]
    fn no_more_folders_are_found_than_may_be_watched() {
        let folder = tempfile::tempdir().unwrap();
        for name in 0..MAX_FOLDERS + 10 {
            fs::create_dir(folder.path().join(name.to_string())).unwrap();
        }
        assert_eq!(below(vec![folder.path().to_owned()]).len(), MAX_FOLDERS);
        let mut sources = Sources::new(folder.path().to_owned());
        let fault = sources.replace(below(vec![folder.path().to_owned()])).unwrap();
        assert!(fault.message.contains("more than 2000 folders"), "{fault}");
    }

    #[test]
    fn what_is_reported_is_bounded() {
        let (reports, root) = (Reports::default(), Path::new("/w"));
        let event = |path: &str| notify::Event::new(notify::EventKind::Any).add_path(path.into());
        for path in ["/w/a.py", "/w/.a.py.swp", "/w/a.py"] {
            reports.report(Ok(event(path)), root);
        }
        assert_eq!(reports.take(), BTreeSet::from(["/w/a.py".into()]));
        for name in 0..=MAX_CHANGED {
            reports.report(Ok(event(&format!("/w/{name}"))), root);
        }
        assert_eq!(reports.take(), BTreeSet::from([root.to_owned()]));
    }

    #[tokio::test]
    async fn files_are_seen_as_they_are_written_also_in_new_folders() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Sources::new(folder.path().to_owned());
        assert_eq!(sources.watch(vec![WorkspacePath::root()]).await, None);
        fs::write(folder.path().join("a.py"), "1").unwrap();
        assert!(sources.changed().await.contains(&path("a.py")));
        fs::create_dir(folder.path().join("lib")).unwrap();
        assert!(sources.changed().await.contains(&path("lib")));
        assert_eq!(sources.watch(vec![WorkspacePath::root()]).await, None);
        fs::write(folder.path().join("lib/b.py"), "1").unwrap();
        assert!(sources.changed().await.contains(&path("lib/b.py")));
        fs::remove_dir_all(folder.path().join("lib")).unwrap();
        assert!(sources.changed().await.contains(&path("lib")));
    }
}
