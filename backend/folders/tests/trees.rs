//! Trees as hostile as they come: deep, wide, changing under our hands, with file systems mounted inside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    os::{
        fd::OwnedFd,
        unix::fs::{self as unix, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use folders::{
    Entry, Error, Limits, Size, Trail, Visitor, copy, is_mounted, mount_within, open, remove, remove_path,
    set_aside, size, walk,
};
use proptest::prelude::*;
use rustix::fs::{Mode, mkdirat};

/// A place where making and removing twenty thousand folders takes no minutes.
fn quick_place() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn folder(path: &Path) -> File {
    File::open(path).unwrap()
}

/// Folders within folders, deeper than any path may be long, with a file at the bottom.
fn nest(within: &Path, name: &str, depth: usize) {
    let mut here: OwnedFd = folder(within).into();
    for level in 0..depth {
        let name = OsStr::new(if level == 0 { name } else { "d" });
        mkdirat(&here, name, Mode::RWXU).unwrap();
        here = open(&here, name).unwrap();
    }
    let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
    rustix::fs::openat(&here, "bottom", flags, Mode::RUSR).unwrap();
}

/// Counts, and looks how many descriptors are open.
#[derive(Default)]
struct Census {
    files: u64,
    folders: u64,
    depth: usize,
    descriptors: usize,
}

impl Visitor for Census {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        self.files += 1;
        self.depth = self.depth.max(entry.trail().depth());
        self.descriptors = self.descriptors.max(fs::read_dir("/proc/self/fd").unwrap().count());
        Ok(())
    }

    fn enter(&mut self, _folder: &Trail) -> Result<bool, Error> {
        self.folders += 1;
        Ok(true)
    }
}

fn census(at: &Path, limits: Limits) -> Result<Census, Error> {
    let mut census = Census::default();
    walk(folder(at), limits, &mut census).map(|()| census)
}

#[test]
fn no_depth_is_too_deep_to_walk_copy_and_remove() {
    const DEPTH: usize = 20_000;
    let place = quick_place();
    let at = folder(place.path());
    nest(place.path(), "deep", DEPTH);
    copy(&at, OsStr::new("deep"), &at, OsStr::new("copy"), Limits::WORK).unwrap();
    let seen = census(place.path(), Limits::WORK).unwrap();
    assert_eq!((seen.files, seen.folders, seen.depth), (2, 2 * DEPTH as u64 + 1, DEPTH));
    assert!(seen.descriptors < 300, "{} descriptors are open", seen.descriptors);
    assert_eq!(size(&at, OsStr::new("deep"), Limits::WORK).unwrap().entries, DEPTH as u64 + 1);
    assert!(remove_path(&place.path().join("copy")).unwrap());
    remove(&at, OsStr::new("deep")).unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn limits_are_asked_on_the_way() {
    let place = tempfile::tempdir().unwrap();
    nest(place.path(), "deep", 300);
    let error = census(place.path(), Limits { depth: 100, entries: 1000 }).err().unwrap();
    assert!(matches!(error, Error::TooDeep { limit: 100, .. }), "{error}");
    assert!(error.to_string().starts_with("'deep/d/d/") && error.to_string().len() < 250, "{error}");
    let error = census(place.path(), Limits { depth: 1000, entries: 100 }).err().unwrap();
    assert!(matches!(error, Error::TooMany { limit: 100 }), "{error}");
    let at = folder(place.path());
    let limits = Limits { depth: 100, entries: 1000 };
    copy(&at, OsStr::new("deep"), &at, OsStr::new("copy"), limits).unwrap_err();
    assert!(!place.path().join("copy").exists(), "half a copy is removed");
}

#[test]
fn links_are_copied_and_removed_but_never_followed() {
    let place = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    fs::create_dir(place.path().join("from")).unwrap();
    unix::symlink(outside.path(), place.path().join("from/link")).unwrap();
    let at = folder(place.path());
    copy(&at, OsStr::new("from"), &at, OsStr::new("to"), Limits::WORK).unwrap();
    assert_eq!(fs::read_link(place.path().join("to/link")).unwrap(), outside.path());
    assert_eq!(census(place.path(), Limits::WORK).unwrap().files, 2);
    remove(&at, OsStr::new("from")).unwrap();
    remove_path(&place.path().join("to/link")).unwrap();
    assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "secret");
    assert!(!remove_path(&place.path().join("from")).unwrap());
    assert!(!remove_path(&place.path().join("no/where")).unwrap());
}

#[test]
fn copies_keep_contents_modes_and_kinds() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    fs::create_dir_all(at("from/closed")).unwrap();
    fs::write(at("from/closed/run"), "#!").unwrap();
    fs::set_permissions(at("from/closed/run"), fs::Permissions::from_mode(0o4750)).unwrap();
    fs::set_permissions(at("from/closed"), fs::Permissions::from_mode(0o555)).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("from/pipe"), rustix::fs::FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("from/socket")).unwrap();
    let here = folder(place.path());
    copy(&here, OsStr::new("from"), &here, OsStr::new("to"), Limits::WORK).unwrap();
    let mode = |name: &str| fs::symlink_metadata(at(name)).unwrap().mode() & 0o7777;
    assert_eq!((mode("to/closed"), mode("to/closed/run")), (0o555, 0o750));
    assert_eq!(fs::read_dir(at("to")).unwrap().count(), 3);
    let again = copy(&here, OsStr::new("from"), &here, OsStr::new("to"), Limits::WORK).unwrap_err();
    assert!(matches!(&again, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists));
    assert!(at("to/closed/run").exists(), "what was there stays");
    remove(&here, OsStr::new("to")).unwrap();
    fs::set_permissions(at("from/closed"), fs::Permissions::from_mode(0o000)).unwrap();
    remove(&here, OsStr::new("from")).unwrap();
}

#[test]
fn a_wide_folder_goes_too() {
    let place = quick_place();
    fs::create_dir(place.path().join("wide")).unwrap();
    for number in 0..20_000 {
        File::create(place.path().join(format!("wide/{number}"))).unwrap();
    }
    assert_eq!(census(place.path(), Limits::WORK).unwrap().files, 20_000);
    remove_path(&place.path().join("wide")).unwrap();
    assert!(!place.path().join("wide").exists());
}

/// Folders are swapped for symbolic links to the outside and back while they are walked, copied and removed.
#[test]
fn racing_links_lead_nowhere() {
    let place = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    let at = |name: &str| place.path().join(name);
    unix::symlink(outside.path(), at("link")).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _ = fs::create_dir_all(at("tree/a/b/c"));
                let _ = fs::rename(at("tree/a/b"), at("spare"));
                let _ = fs::rename(at("link"), at("tree/a/b"));
                let _ = fs::rename(at("tree/a/b"), at("link"));
                let _ = fs::rename(at("spare"), at("tree/a/b"));
                let _ = unix::symlink(outside.path(), at("link"));
            }
        });
        let here = folder(place.path());
        for _ in 0..300 {
            let _ = census(place.path(), Limits::WORK);
            let _ = copy(&here, OsStr::new("tree"), &here, OsStr::new("copy"), Limits::WORK);
            assert!(!at("copy/a/b/secret").exists() || at("copy/a/b").is_symlink());
            let _ = remove(&here, OsStr::new("copy"));
            let _ = remove(&here, OsStr::new("tree"));
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

/// A folder far down is moved elsewhere while the walk is below it: `..` then leads to a stranger.
#[test]
fn a_moved_folder_is_noticed() {
    struct Mover<'p>(&'p Path);
    impl Visitor for Mover<'_> {
        fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
            assert!(entry.trail().depth() <= 100);
            let from = self.0.join("deep").join("d/".repeat(80));
            fs::rename(from, self.0.join("moved")).unwrap();
            Ok(())
        }
    }
    let place = tempfile::tempdir().unwrap();
    nest(place.path(), "deep", 100);
    let error = walk(folder(place.path()), Limits::WORK, &mut Mover(place.path())).unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error}");
}

#[test]
fn what_is_set_aside_frees_its_name_and_goes_later() {
    let place = tempfile::tempdir().unwrap();
    let scratch = place.path().join("scratch");
    set_aside(&scratch).unwrap().remove().unwrap();
    nest(place.path(), "scratch", 300);
    // A process that was killed before it removed what it had set aside.
    drop(set_aside(&scratch).unwrap());
    fs::create_dir(&scratch).unwrap();
    fs::write(place.path().join(".scratch.aside-mine"), "").unwrap();
    let aside = set_aside(&scratch).unwrap();
    fs::create_dir(&scratch).unwrap();
    aside.remove().unwrap();
    let mut left: Vec<_> =
        fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".scratch.aside-mine", "scratch"]);
}

/// Runs a test of this file again where it may mount; where the system does not let us, it says so.
fn in_own_namespace(test: &str) -> bool {
    const INSIDE: &str = "folders_test_inside";
    if std::env::args().any(|argument| argument == INSIDE) {
        return true;
    }
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]);
        command
    };
    // Where no mounts are allowed there is nothing to try.
    if !unshare().arg("true").status().is_ok_and(|status| status.success()) {
        return false;
    }
    let program = std::env::current_exe().unwrap();
    let again = unshare().arg(program).args(["--exact", test, "--nocapture", "--skip", INSIDE]).status();
    assert!(again.unwrap().success());
    false
}

fn mount(kind: &[&str], at: &Path) {
    assert!(Command::new("mount").args(kind).arg(at).status().unwrap().success());
}

/// Bind mounts of one disk have one device number: only the mount tells.
#[test]
fn mounts_inside_stop_everything_before_it_begins() {
    if !in_own_namespace("mounts_inside_stop_everything_before_it_begins") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let here = folder(place.path());
    for (kind, name) in
        [("folder", "tree/sub/mounted"), ("file", "tree/sub/file"), ("tmpfs", "tree/sub/other")]
    {
        fs::create_dir_all(at("tree/sub/mounted")).unwrap();
        fs::create_dir_all(at("tree/sub/other")).unwrap();
        fs::create_dir_all(at("behind")).unwrap();
        fs::write(at("behind/kept"), "kept").unwrap();
        fs::write(at("tree/sub/file"), "first").unwrap();
        fs::write(at("tree/first"), "first").unwrap();
        match kind {
            "folder" => mount(&["--bind", at("behind").to_str().unwrap()], &at(name)),
            "file" => mount(&["--bind", at("behind/kept").to_str().unwrap()], &at(name)),
            _ => mount(&["-t", "tmpfs", "none"], &at(name)),
        }
        let stopped = |result: Result<(), Error>| {
            let error = result.unwrap_err();
            assert!(matches!(&error, Error::Mounted { path } if at("").join(path) == at(name)), "{error}");
        };
        stopped(remove(&here, OsStr::new("tree")));
        stopped(copy(&here, OsStr::new("tree"), &here, OsStr::new("copy"), Limits::WORK));
        stopped(size(&here, OsStr::new("tree"), Limits::WORK).map(|_: Size| ()));
        assert!(mount_within(&here, OsStr::new("tree")) && !mount_within(&here, OsStr::new("behind")));
        assert!(at("tree/first").exists() && !at("copy").exists());
        assert_eq!(fs::read_to_string(at("behind/kept")).unwrap(), "kept");
        assert!(Command::new("umount").arg(at(name)).status().unwrap().success());
        remove(&here, OsStr::new("tree")).unwrap();
    }
    fs::create_dir_all(at("top")).unwrap();
    mount(&["--bind", at("behind").to_str().unwrap()], &at("top"));
    assert!(matches!(remove(&here, OsStr::new("top")).unwrap_err(), Error::Mounted { .. }));
    assert!(is_mounted(&here, OsStr::new("top")) && !is_mounted(&here, OsStr::new("behind")));
    assert!(at("behind/kept").exists());
    assert!(Command::new("umount").arg(at("top")).status().unwrap().success());
}

/// What a tree holds, by an independent recursion.
fn listed(at: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(at).unwrap() {
        let (path, kind) = (entry.as_ref().unwrap().path(), entry.unwrap().file_type().unwrap());
        let name = PathBuf::from(path.file_name().unwrap());
        if kind.is_dir() {
            found.extend(listed(&path).into_iter().map(|(inner, content)| (name.join(inner), content)));
            found.insert(name, None);
        } else {
            found.insert(name, Some(fs::read(path).unwrap()));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn any_tree_is_copied_and_removed_whole(
        paths in proptest::collection::vec("([a-c]/){0,4}[a-e]", 0..30), content in "[a-z]{0,9}",
    ) {
        let place = tempfile::tempdir().unwrap();
        let from = place.path().join("from");
        fs::create_dir(&from).unwrap();
        for path in paths {
            let at = from.join(path);
            if fs::create_dir_all(at.parent().unwrap()).is_ok() {
                let _ = fs::write(at, &content);
            }
        }
        let here = folder(place.path());
        copy(&here, OsStr::new("from"), &here, OsStr::new("to"), Limits::WORK).unwrap();
        prop_assert_eq!(listed(&from), listed(&place.path().join("to")));
        let seen = census(&from, Limits::WORK).unwrap();
        prop_assert_eq!(seen.files + seen.folders - 1, listed(&from).len() as u64);
        remove(&here, OsStr::new("from")).unwrap();
        prop_assert!(!from.exists());
    }
}
