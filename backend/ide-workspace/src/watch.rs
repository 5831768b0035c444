//! Seeing what changes on disk: watches the folders that people have open and those of open documents, never
//! whole trees. What comes in bursts is told once; where the system cannot watch, folders are looked at from
//! time to time, and people are told so.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ide_core::{Events, blocking};
use protocol::{Event, Said, WorkspacePath, file};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    documents::Documents,
    settings::{self, SettingsStore},
    tree::{Stamp, Tree, is_temporary, relative},
    watching::{Watching, told},
};

/// Folders watched by the system at most; further ones are looked at.
const MAX_WATCHES: usize = 8192;

/// How patient the watcher is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Changes are gathered this long before they are told.
    pub(crate) gather: Duration,
    /// Folders are looked at this often.
    pub(crate) look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { gather: Duration::from_millis(50), look: Duration::from_secs(2) }
    }
}

/// The system's way of watching a folder.
pub(crate) trait Backend: Send {
    /// Watches the entries of one folder.
    fn watch(&mut self, folder: &Path) -> notify::Result<()>;
    /// Stops that.
    fn unwatch(&mut self, folder: &Path);
}

impl Backend for notify::RecommendedWatcher {
    fn watch(&mut self, folder: &Path) -> notify::Result<()> {
        notify::Watcher::watch(self, folder, notify::RecursiveMode::NonRecursive)
    }

    fn unwatch(&mut self, folder: &Path) {
        // A folder that has gone is watched no more already.
        let _ = notify::Watcher::unwatch(self, folder);
    }
}

/// What the system reported since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    gathered: Mutex<Gathered>,
    ready: Notify,
}

#[derive(Debug, Default)]
struct Gathered {
    folders: HashSet<PathBuf>,
    /// Reports were lost: anything may have changed.
    lost: bool,
}

impl Reports {
    /// Takes one of the system's reports.
    pub(crate) fn report(&self, event: notify::Result<notify::Event>) {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Ok(event) if event.need_rescan() => gathered.lost = true,
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => {
                let paths = event.paths.iter().filter(|path| !path.file_name().is_some_and(is_temporary));
                // A watched folder reports its own end under its own name.
                gathered.folders.extend(
                    paths.flat_map(|path| path.parent().into_iter().chain([&**path])).map(Path::to_owned),
                );
                gathered.lost |= gathered.folders.len() > 2 * MAX_WATCHES;
            }
            Err(error) => {
                tracing::warn!(%error, "watching reports an error");
                gathered.lost = true;
            }
        }
        if gathered.lost {
            gathered.folders.clear();
        }
        drop(gathered);
        self.ready.notify_one();
    }

    fn take(&self) -> Gathered {
        std::mem::take(&mut self.gathered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The task that watches.
pub(crate) struct Watcher<B> {
    root: PathBuf,
    tree: Arc<Tree>,
    documents: Documents,
    settings: Option<SettingsStore>,
    events: Events,
    watching: Watching,
    reports: Arc<Reports>,
    backend: Option<B>,
    pace: Pace,
    folders: HashMap<WorkspacePath, Watched>,
    /// Where the files of open documents really lie, and which documents these are.
    homes: HashMap<WorkspacePath, HashSet<WorkspacePath>>,
}

/// A folder and what it looked like last.
struct Watched {
    stamp: Option<Stamp>,
    /// Whether the system reports its changes.
    reported: bool,
}

/// What a watcher needs of the workspace.
pub(crate) struct Surroundings {
    pub(crate) root: PathBuf,
    pub(crate) tree: Arc<Tree>,
    pub(crate) documents: Documents,
    /// Whose file is watched too, whoever has its folder open.
    pub(crate) settings: Option<SettingsStore>,
    pub(crate) events: Events,
    pub(crate) watching: Watching,
}

/// Watches with the system's own means until `end`.
pub(crate) async fn watch(surroundings: Surroundings, end: CancellationToken) {
    let reports = Arc::new(Reports::default());
    let reporting = Arc::clone(&reports);
    let backend = notify::recommended_watcher(move |event| reporting.report(event));
    let mut watcher = Watcher::new(surroundings, reports, Pace::default());
    match backend {
        Ok(backend) => watcher.backend = Some(backend),
        Err(error) => watcher.degrade(&error),
    }
    watcher.run(end).await;
}

impl<B: Backend> Watcher<B> {
    pub(crate) fn new(surroundings: Surroundings, reports: Arc<Reports>, pace: Pace) -> Self {
        let Surroundings { root, tree, documents, settings, events, watching } = surroundings;
        let (folders, homes) = (HashMap::new(), HashMap::new());
        Self {
            root,
            tree,
            documents,
            settings,
            events,
            watching,
            reports,
            backend: None,
            pace,
            folders,
            homes,
        }
    }

    /// Works until `end`.
    pub(crate) async fn run(mut self, end: CancellationToken) {
        let mut looking = tokio::time::interval(self.pace.look);
        self.adjust().await;
        loop {
            tokio::select! {
                () = end.cancelled() => return,
                () = self.watching.changed() => self.adjust().await,
                () = self.reports.ready.notified() => {
                    tokio::time::sleep(self.pace.gather).await;
                    self.tell().await;
                }
                _ = looking.tick() => self.look().await,
            }
        }
    }

    /// Watches what is wanted now, and nothing else.
    async fn adjust(&mut self) {
        let asked = self.watching.asked();
        self.homes = self.find_homes().await;
        let settings = self.settings.iter().map(|_| settings::folder());
        let wanted: HashSet<WorkspacePath> = {
            let by_session = self.watching.by_session();
            by_session.values().flatten().chain(self.homes.keys()).cloned().chain(settings).collect()
        };
        let gone: Vec<_> = self.folders.keys().filter(|path| !wanted.contains(*path)).cloned().collect();
        for path in gone {
            self.unwatch(&path);
            self.folders.remove(&path);
        }
        let new: Vec<_> = wanted.into_iter().filter(|path| !self.folders.contains_key(path)).collect();
        let stamps = self.stamps(new.clone()).await;
        let mut fresh = HashSet::new();
        for (path, stamp) in new.into_iter().zip(stamps) {
            let reported = stamp.is_some() && self.watch(&path);
            self.folders.insert(path.clone(), Watched { stamp, reported });
            fresh.insert(path);
        }
        // What changed between the opening of a document and the watch on its folder.
        self.look_at_documents(&fresh).await;
        self.watching.in_force(asked);
    }

    async fn find_homes(&self) -> HashMap<WorkspacePath, HashSet<WorkspacePath>> {
        let (tree, open) = (Arc::clone(&self.tree), self.documents.paths());
        blocking(move || {
            let mut homes: HashMap<_, HashSet<_>> = HashMap::new();
            for path in open {
                let real = tree.resolve("watch", &path).ok();
                for home in
                    [Some(&path), real.as_ref()].into_iter().flatten().filter_map(WorkspacePath::parent)
                {
                    homes.entry(home).or_default().insert(path.clone());
                }
            }
            homes
        })
        .await
    }

    /// What folders look like now; none where they are no folders of the workspace.
    async fn stamps(&self, paths: Vec<WorkspacePath>) -> Vec<Option<Stamp>> {
        let tree = Arc::clone(&self.tree);
        blocking(move || {
            let stamp =
                |path| tree.metadata(path).ok().filter(cap_std::fs::Metadata::is_dir).map(|m| Stamp::of(&m));
            paths.iter().map(stamp).collect()
        })
        .await
    }

    /// Whether the system reports the folder's changes from now on.
    fn watch(&mut self, path: &WorkspacePath) -> bool {
        let place = self.place(path);
        let room = self.folders.values().filter(|watched| watched.reported).count() < MAX_WATCHES;
        let Some(backend) = self.backend.as_mut().filter(|_| room) else { return false };
        match backend.watch(&place) {
            Ok(()) => true,
            Err(error) => {
                // A folder that went away meanwhile is no reason to worry.
                if !matches!(error.kind, notify::ErrorKind::PathNotFound) {
                    self.degrade(&error);
                }
                false
            }
        }
    }

    fn unwatch(&mut self, path: &WorkspacePath) {
        let place = self.place(path);
        let reported = self.folders.get(path).is_some_and(|watched| watched.reported);
        if let Some(backend) = self.backend.as_mut().filter(|_| reported) {
            backend.unwatch(&place);
        }
    }

    fn place(&self, path: &WorkspacePath) -> PathBuf {
        if path.is_root() { self.root.clone() } else { self.root.join(relative(path)) }
    }

    fn degrade(&self, error: &notify::Error) {
        let mut degraded = self.watching.degraded();
        if degraded.is_some() {
            return;
        }
        let seconds = self.pace.look.as_secs().max(1);
        let said = Said::new(format!(
            "Changes on disk are seen every {seconds} seconds only, because the system cannot watch more folders \
             ({error}). Raising fs.inotify.max_user_watches or closing folders helps."
        ))
        .because("watching-degraded", &[("seconds", &seconds), ("reason", &error)]);
        tracing::warn!(%error, "watching is degraded");
        *degraded = Some(said.clone());
        drop(degraded);
        self.events.publish(None, told(said));
    }

    /// Tells what was reported.
    async fn tell(&mut self) {
        let gathered = self.reports.take();
        let changed: HashSet<_> = if gathered.lost {
            self.folders.keys().cloned().collect()
        } else {
            self.folders.keys().filter(|path| gathered.folders.contains(&self.place(path))).cloned().collect()
        };
        self.refresh(&changed).await;
        self.changed(changed).await;
    }

    /// Looks at everything: folders may have been replaced, or be out of the system's sight.
    async fn look(&mut self) {
        let paths: Vec<_> = self.folders.keys().cloned().collect();
        let stamps = self.stamps(paths.clone()).await;
        let mut changed = HashSet::new();
        let mut unseen = HashSet::new();
        for (path, stamp) in paths.into_iter().zip(stamps) {
            let Some(watched) = self.folders.get_mut(&path) else { continue };
            let replaced = !Stamp::same_inode(watched.stamp, stamp);
            if replaced || (!watched.reported && watched.stamp != stamp) {
                changed.insert(path.clone());
            }
            watched.stamp = stamp;
            if replaced {
                self.unwatch(&path);
                let reported = stamp.is_some() && self.watch(&path);
                self.folders.insert(path.clone(), Watched { stamp, reported });
            }
            if self.folders.get(&path).is_some_and(|watched| !watched.reported) {
                unseen.insert(path);
            }
        }
        self.look_at_documents(&unseen).await;
        self.changed(changed).await;
    }

    /// Remembers what changed folders look like, so that they are not told again.
    async fn refresh(&mut self, paths: &HashSet<WorkspacePath>) {
        let paths: Vec<_> = paths.iter().cloned().collect();
        for (path, stamp) in paths.clone().into_iter().zip(self.stamps(paths).await) {
            if let Some(watched) = self.folders.get_mut(&path)
                && Stamp::same_inode(watched.stamp, stamp)
            {
                watched.stamp = stamp;
            }
        }
    }

    async fn changed(&mut self, folders: HashSet<WorkspacePath>) {
        if folders.is_empty() {
            return;
        }
        if let Some(settings) = self.settings.clone()
            && folders.contains(&settings::folder())
        {
            blocking(move || settings.look()).await;
        }
        self.look_at_documents(&folders).await;
        let mut shown: Vec<_> = {
            let by_session = self.watching.by_session();
            folders.into_iter().filter(|path| by_session.values().any(|set| set.contains(path))).collect()
        };
        shown.sort_unstable();
        if !shown.is_empty() {
            self.events.publish(None, Event::File(file::Event::Changed { folders: shown }));
        }
    }

    async fn look_at_documents(&self, folders: &HashSet<WorkspacePath>) {
        let open: HashSet<_> = folders.iter().filter_map(|path| self.homes.get(path)).flatten().collect();
        for path in open {
            if let Err(error) = self.documents.look_if_open(path).await {
                tracing::debug!(%error, %path, "an open document's file cannot be looked at");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ide_core::{ManualClock, Sessions, somebody::workspace};

    use protocol::link::SessionId;

    use super::*;
    use crate::journal::Journals;

    /// A system that watches nothing.
    struct Exhausted;

    impl Backend for Exhausted {
        fn watch(&mut self, _: &Path) -> notify::Result<()> {
            Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch))
        }

        fn unwatch(&mut self, _: &Path) {}
    }

    #[test]
    fn lost_reports_mean_that_anything_may_have_changed() {
        let reports = Reports::default();
        let event = |path: &str| notify::Event::new(notify::EventKind::Any).add_path(path.into());
        reports.report(Ok(event("/w/a/x")));
        reports.report(Ok(event("/w/b/.cumulo-part-0123456789abcdef0123456789abcdef")));
        let gathered = reports.take();
        assert!(
            gathered.folders.contains(Path::new("/w/a")) && !gathered.folders.contains(Path::new("/w/b"))
        );
        reports.report(Ok(event("/w/a/x")));
        reports
            .report(Ok(notify::Event::new(notify::EventKind::Other).set_flag(notify::event::Flag::Rescan)));
        let gathered = reports.take();
        assert!(gathered.lost && gathered.folders.is_empty());
        for index in 0..3 * MAX_WATCHES {
            reports.report(Ok(event(&format!("/w/{index}/x"))));
        }
        assert!(reports.take().lost, "what is gathered is bounded");
    }

    #[tokio::test]
    async fn without_the_system_folders_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        let tree = Arc::new(Tree::open(&root).unwrap());
        let (events, watching) = (Events::new(workspace(), Sessions::new()), Watching::default());
        let journals = Journals::open(&folder.path().join("state")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let documents = Documents::new(Arc::clone(&tree), journals, clock, events.clone(), watching.clone());
        let mut heard = events.subscribe();
        let sub = WorkspacePath::parse("sub").unwrap();
        watching.by_session().insert(SessionId("tab".into()), HashSet::from([sub.clone()]));
        watching.documents_changed();
        let pace = Pace { gather: Duration::ZERO, look: Duration::from_millis(5) };
        let surroundings =
            Surroundings { root: root.clone(), tree, documents, settings: None, events, watching };
        let mut watcher = Watcher::new(surroundings, Arc::default(), pace);
        watcher.backend = Some(Exhausted);
        let end = CancellationToken::new();
        let running = tokio::spawn(watcher.run(end.clone()));
        let degraded = heard.recv().await.unwrap();
        assert!(matches!(&*degraded, Event::File(file::Event::WatchingDegraded { .. })));
        std::fs::write(root.join("sub/new"), "").unwrap();
        let changed = heard.recv().await.unwrap();
        assert_eq!(*changed, Event::File(file::Event::Changed { folders: vec![sub] }));
        end.cancel();
        running.await.unwrap();
    }
}
