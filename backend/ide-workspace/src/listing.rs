//! A folder's entries, page by page. What a page costs does not grow with the folder: names are read and sorted
//! once, and sizes are looked up only for the entries that are shown.

use std::{
    collections::HashMap,
    os::unix::ffi::OsStrExt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cap_std::fs::{Dir, FileType, Metadata, MetadataExt};
use protocol::{
    WorkspacePath,
    file::{Entry, FolderPage, Kind, MAX_PAGE},
};

use crate::{
    error::{Context, Result},
    tree::{Tree, is_temporary, relative},
};

/// How long a folder's names serve for further pages.
const KEEP: Duration = Duration::from_secs(10);
/// Folders whose names are kept, and names of all of them together.
const MAX_KEPT: usize = 8;
const MAX_NAMES: usize = 1_000_000;

/// Lists folders.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    kept: Mutex<HashMap<WorkspacePath, Kept>>,
}

/// When a folder was read, and its names.
type Kept = (Instant, Arc<[Name]>);

/// Sorts folders first, then by name without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    is_file: bool,
    folded: String,
    exact: String,
}

impl Listing {
    /// A page of a folder. The first page reads the folder; later ones go on in what it read.
    pub(crate) fn page(
        &self,
        tree: &Tree,
        path: &WorkspacePath,
        after: Option<&str>,
        now: Instant,
    ) -> Result<FolderPage> {
        let folder = tree.dir(path).of("list", path)?;
        if after.is_none() {
            // Pages that follow go on in what is read now.
            self.forget(path);
        }
        let names = match self.kept(path, now) {
            Some(names) => names,
            None => read(&folder, MAX_NAMES).of("list", path)?.into(),
        };
        let start = after.map_or(0, |after| {
            let after = Name::from_token(after);
            names.partition_point(|name| *name <= after)
        });
        let shown = names.get(start..).unwrap_or_default();
        let more = shown.len() > MAX_PAGE;
        let shown = shown.get(..MAX_PAGE).unwrap_or(shown);
        let entries = shown.iter().filter_map(|name| entry(&folder, &name.exact)).collect();
        let next = shown.last().filter(|_| more).map(Name::token);
        let total = names.len();
        if more {
            self.keep(path, now, names);
        }
        Ok(FolderPage { entries, next, total })
    }

    fn kept(&self, path: &WorkspacePath, now: Instant) -> Option<Arc<[Name]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, names) = kept.get(path)?;
        (now.duration_since(*read) < KEEP).then(|| Arc::clone(names))
    }

    fn forget(&self, path: &WorkspacePath) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }

    fn keep(&self, path: &WorkspacePath, now: Instant, names: Arc<[Name]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (read, _)| now.duration_since(*read) < KEEP);
        let held: usize = kept.values().map(|(_, names)| names.len()).sum();
        if kept.len() < MAX_KEPT && held + names.len() <= MAX_NAMES {
            kept.entry(path.clone()).or_insert((now, names));
        }
    }
}

impl Name {
    fn new(is_file: bool, name: String) -> Self {
        Self { is_file, folded: name.to_lowercase(), exact: name }
    }

    /// As `FolderPage::next` carries it.
    fn token(&self) -> String {
        format!("{}/{}", if self.is_file { 'f' } else { 'd' }, self.exact)
    }

    fn from_token(token: &str) -> Self {
        let (kind, name) = token.split_once('/').unwrap_or(("f", token));
        Self::new(kind != "d", name.to_owned())
    }
}

/// The names of a folder, sorted; more than `limit` are refused.
fn read(folder: &Dir, limit: usize) -> std::io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in folder.entries()? {
        let entry = entry?;
        if names.len() >= limit {
            return Err(rustix::io::Errno::OVERFLOW.into());
        }
        let bytes = entry.file_name();
        if is_temporary(&bytes) {
            continue;
        }
        let name = WorkspacePath::name_from_bytes(bytes.as_bytes());
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => leads_to_folder(folder, &name),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        names.push(Name::new(!is_folder, name));
    }
    names.sort_unstable();
    Ok(names)
}

fn on_disk(name: &str) -> std::path::PathBuf {
    relative(&WorkspacePath::root().join(name))
}

fn leads_to_folder(folder: &Dir, name: &str) -> bool {
    folder.metadata(on_disk(name)).is_ok_and(|metadata| metadata.is_dir())
}

/// An entry as it is now; none where it went away meanwhile.
fn entry(folder: &Dir, name: &str) -> Option<Entry> {
    let metadata = folder.symlink_metadata(on_disk(name)).ok()?;
    let kind = match metadata.file_type() {
        kind if kind.is_symlink() && leads_to_folder(folder, name) => Kind::FolderLink,
        kind if kind.is_dir() && folders::is_mounted(folder, on_disk(name).as_os_str()) => Kind::Mount,
        kind => plain_kind(kind),
    };
    Some(Entry { name: name.to_owned(), kind, size: size(&metadata), modified_ms: modified_ms(&metadata) })
}

pub(crate) fn plain_kind(kind: FileType) -> Kind {
    match kind {
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_file() => Kind::File,
        kind if kind.is_symlink() => Kind::Link,
        _ => Kind::Other,
    }
}

fn size(metadata: &Metadata) -> u64 {
    if metadata.is_file() { metadata.len() } else { 0 }
}

fn modified_ms(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1000).saturating_add(metadata.mtime_nsec() / 1_000_000)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::ffi::OsStringExt};

    use super::*;

    fn page(listing: &Listing, tree: &Tree, after: Option<&str>) -> FolderPage {
        listing.page(tree, &WorkspacePath::root(), after, Instant::now()).unwrap()
    }

    #[test]
    fn lists_every_kind_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("b.txt"), "12345").unwrap();
        fs::write(at("A.txt"), "").unwrap();
        fs::create_dir(at("src")).unwrap();
        std::os::unix::fs::symlink("src", at("link")).unwrap();
        std::os::unix::fs::symlink("/etc", at("out")).unwrap();
        std::os::unix::fs::symlink("loop", at("loop")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::from(0o600)).unwrap();
        fs::write(at(".cumulo-part-0123456789abcdef0123456789abcdef"), "").unwrap();
        fs::write(folder.path().join(std::ffi::OsString::from_vec(vec![0xFF, b'x'])), "").unwrap();
        let tree = Tree::open(folder.path()).unwrap();
        let page = page(&Listing::default(), &tree, None);
        let shown: Vec<_> = page.entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
        let want = [
            ("link", Kind::FolderLink),
            ("src", Kind::Folder),
            ("A.txt", Kind::File),
            ("b.txt", Kind::File),
            ("loop", Kind::Link),
            ("out", Kind::Link),
            ("pipe", Kind::Other),
            ("\u{10FFFF}x", Kind::File),
        ];
        assert_eq!(shown, want);
        assert_eq!(page.entries[3].size, 5);
        assert_eq!((page.total, page.next), (8, None));
    }

    #[test]
    fn folders_of_too_many_names_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..4 {
            fs::write(folder.path().join(format!("f{index}")), "").unwrap();
        }
        let dir = Tree::open(folder.path()).unwrap().dir(&WorkspacePath::root()).unwrap();
        assert_eq!(read(&dir, 4).unwrap().len(), 4);
        let error = crate::error::Context::<()>::of(read(&dir, 3).map(drop), "list", &WorkspacePath::root());
        let text = protocol::CallError::from(error.unwrap_err());
        assert_eq!(
            (text.code, text.message.contains("too many")),
            (protocol::ErrorCode::Limit, true),
            "{text:?}"
        );
    }

    #[test]
    fn the_first_page_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: String| fs::write(folder.path().join(name), "").unwrap();
        (0..=MAX_PAGE).for_each(|index| make(format!("f{index:05}")));
        let (tree, listing) = (Tree::open(folder.path()).unwrap(), Listing::default());
        let first = page(&listing, &tree, None);
        make("z".to_owned());
        assert_eq!(page(&listing, &tree, first.next.as_deref()).entries.len(), 1, "of what was read");
        page(&listing, &tree, None);
        assert_eq!(page(&listing, &tree, first.next.as_deref()).entries.len(), 2);
    }

    #[test]
    fn pages_follow_one_another_while_the_folder_changes() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..2500 {
            fs::write(folder.path().join(format!("f{index:05}")), "").unwrap();
        }
        let tree = Tree::open(folder.path()).unwrap();
        let listing = Listing::default();
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = page(&listing, &tree, after.as_deref());
            names.extend(page.entries.into_iter().map(|entry| entry.name));
            fs::remove_file(folder.path().join(names.last().unwrap())).unwrap();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let want: Vec<_> = (0..2500).map(|index| format!("f{index:05}")).collect();
        assert_eq!(names, want);
    }
}
