//! What of a folder runs without being typed into a terminal, for its owner to see. Files are looked at, never run; what is
//! not found here is refused before trust all the same.

use std::{
    ffi::OsStr,
    fs,
    io::Read,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use ide_core::files;
use protocol::{
    Reason, Reasons, WorkspacePath,
    trust::{MAX_RUNNABLES, Runnable},
};

/// Entries looked at.
const MAX_ENTRIES: usize = 20_000;
/// Folders within folders.
const MAX_DEPTH: usize = 12;
/// Bytes read of a file.
const MAX_READ: u64 = 64 * 1024;

/// Words of ours: in English, and the name by which pages know them.
#[derive(Clone, Copy)]
struct Words {
    name: &'static str,
    english: &'static str,
}

impl Words {
    const fn named(name: &'static str, english: &'static str) -> Self {
        Self { name, english }
    }

    fn reason(self) -> Reason {
        Reason::new(self.name, &[])
    }
}

const RUST: Words = Words::named("run-by-rust", "rust-analyzer, and every build of a function");
const GIT: Words = Words::named("run-by-git", "git, when it is used here");
const TYPESCRIPT: Words =
    Words::named("run-by-typescript", "the language server for TypeScript and JavaScript");
const PYTHON: Words = Words::named("run-by-python", "the language server for Python");
const CLOUD: Words = Words::named("run-by-cloud", "Invoke and Deploy");
const SHELL: Words = Words::named("run-by-shell", "your shell, if it has direnv");
const EDITORS: Words = Words::named("run-by-editors", "other editors");

const MACRO: Words = Words::named("runs-macro", "procedural macro");
const HOOK: Words = Words::named("runs-hook", "hook");
const PROGRAMS: Words = Words::named("runs-programs", "programs that git is told to run");
const WRAPPERS: Words = Words::named("runs-wrappers", "Cargo's wrappers, runners and aliases");
const COMPILER: Words = Words::named("runs-compiler", "choice of the compiler");
const TEMPLATE: Words = Words::named("runs-template", "template, whose functions are built");

/// Files by name: what they are, and who runs them.
const NAMES: [(&str, Words, Words); 16] = [
    ("build.rs", Words::named("runs-build-script", "build script"), RUST),
    (
        "Cargo.toml",
        Words::named(
            "runs-cargo",
            "Cargo package, with the build scripts and macros of all that it depends on",
        ),
        RUST,
    ),
    (".cargo/config.toml", WRAPPERS, RUST),
    (".cargo/config", WRAPPERS, RUST),
    ("rust-toolchain.toml", COMPILER, RUST),
    ("rust-toolchain", COMPILER, RUST),
    ("package.json", Words::named("runs-node", "Node package, whose node_modules are loaded"), TYPESCRIPT),
    ("pyrightconfig.json", Words::named("runs-interpreter", "choice of the Python interpreter"), PYTHON),
    (
        "pyproject.toml",
        Words::named("runs-python", "Python project, with its interpreter and plug-ins"),
        PYTHON,
    ),
    // A file of this name leads to a repository elsewhere, with hooks of its own.
    (".git", Words::named("runs-repository", "repository that lies elsewhere"), GIT),
    ("template.yaml", TEMPLATE, CLOUD),
    ("template.yml", TEMPLATE, CLOUD),
    ("template.json", TEMPLATE, CLOUD),
    (".envrc", Words::named("runs-environment", "environment for direnv"), SHELL),
    (".vscode/tasks.json", Words::named("runs-tasks", "tasks"), EDITORS),
    (".gitattributes", Words::named("runs-filters", "filters and merge drivers"), GIT),
];

/// Folders that hold what others made.
const SKIPPED: [&str; 4] = ["node_modules", "target", ".venv", ".aws-sam"];

/// What was found, by path.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) runs: Vec<Runnable>,
    /// Whether not everything was looked at, or not everything listed.
    pub(crate) more: bool,
}

/// Looks through the folder at `root`.
pub(crate) fn find(root: &Path) -> Found {
    let mut found = Found::default();
    let mut open = vec![(PathBuf::new(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        // A folder that cannot be read runs nothing either.
        for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                found.more = true;
                break;
            }
            let path = folder.join(entry.file_name());
            // The type of the entry itself: links are not followed.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    let skipped = SKIPPED.iter().any(|name| entry.file_name() == *name);
                    if entry.file_name() == ".git" {
                        git(&mut found, root, &path);
                    } else if !skipped && depth < MAX_DEPTH {
                        open.push((path, depth + 1));
                    }
                }
                Ok(_) => file(&mut found, root, &path),
                Err(_) => {}
            }
        }
    }
    found.runs.sort_by(|one, other| one.path.cmp(&other.path));
    found.more |= found.runs.len() > MAX_RUNNABLES;
    found.runs.truncate(MAX_RUNNABLES);
    found
}

fn file(found: &mut Found, root: &Path, path: &Path) {
    let Some(&(_, what, by)) = NAMES.iter().find(|(name, ..)| path.ends_with(name)) else { return };
    let is_macro = path.ends_with("Cargo.toml") && mentions(&root.join(path), &["proc-macro"]);
    found.add(path, if is_macro { MACRO } else { what }, by);
}

/// Hooks, and what git's own configuration has run: of the repository whose folder `git` is, and of those that it keeps
/// for its submodules and work trees.
fn git(found: &mut Found, root: &Path, git: &Path) {
    let mut open = vec![(git.to_owned(), 0)];
    while let Some((repository, depth)) = open.pop() {
        repository_of(found, root, &repository);
        if depth < MAX_DEPTH && found.runs.len() <= MAX_RUNNABLES {
            for kept in ["modules", "worktrees"] {
                let kept = repository.join(kept);
                let inner = fs::read_dir(root.join(&kept)).into_iter().flatten().flatten();
                let folders = inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
                open.extend(folders.map(|entry| (kept.join(entry.file_name()), depth + 1)));
            }
        }
    }
}

fn repository_of(found: &mut Found, root: &Path, repository: &Path) {
    let folder = repository.join("hooks");
    for hook in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
        if Path::new(&hook.file_name()).extension() != Some(OsStr::new("sample")) {
            found.add(&folder.join(hook.file_name()), HOOK, GIT);
        }
    }
    let programs = [
        "fsmonitor",
        "hookspath",
        "sshcommand",
        "pager",
        "editor",
        "textconv",
        "clean",
        "smudge",
        "helper",
        "program",
        "command",
        "alias",
        "include",
        "driver",
        "askpass",
    ];
    for name in ["config", "config.worktree"] {
        let config = repository.join(name);
        if mentions(&root.join(&config), &programs) {
            found.add(&config, PROGRAMS, GIT);
        }
    }
}

/// Whether a file has one of these words, in whatever case.
fn mentions(path: &Path, words: &[&str]) -> bool {
    let mut bytes = Vec::new();
    let is_file = fs::symlink_metadata(path).is_ok_and(|data| data.is_file());
    let file = is_file.then(|| files::open_anywhere(path).ok()).flatten();
    let read = file.is_some_and(|(file, _)| file.take(MAX_READ).read_to_end(&mut bytes).is_ok());
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    read && words.iter().any(|word| text.contains(word))
}

impl Found {
    fn add(&mut self, path: &Path, what: Words, by: Words) {
        // One more than is shown tells that there are more.
        if self.runs.len() > MAX_RUNNABLES {
            return;
        }
        let names: Vec<_> = path.iter().map(|name| WorkspacePath::name_from_bytes(name.as_bytes())).collect();
        if let Ok(path) = WorkspacePath::parse(&names.join("/")) {
            let reasons = Reasons::of("what", Some(what.reason())).and("by", Some(by.reason()));
            let (what, by) = (what.english.to_owned(), by.english.to_owned());
            self.runs.push(Runnable { path, what, by, reasons });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files with contents, and what is found among them: `path: what`.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let found = find(root.path());
        let lines: Vec<_> = found.runs.iter().map(|run| format!("{}: {}", run.path, run.what)).collect();
        assert_eq!(lines, expected);
        let told = |run: &Runnable| ["what", "by"].iter().all(|member| run.reasons.get(member).is_some());
        assert!(found.runs.iter().all(told), "pages of other languages know all of it");
        assert!(!found.more);
    }

    #[test]
    fn what_runs_is_found() {
        check(&[("README.md", ""), ("src/main.rs", ""), ("build.rs.bak", "")], &[]);
        check(
            &[("a/Cargo.toml", "[lib]\nproc-macro = true"), ("a/build.rs", ""), ("a/target/x/build.rs", "")],
            &["a/Cargo.toml: procedural macro", "a/build.rs: build script"],
        );
        check(
            &[(".cargo/config.toml", ""), ("rust-toolchain", ""), ("config.toml", "")],
            &[
                ".cargo/config.toml: Cargo's wrappers, runners and aliases",
                "rust-toolchain: choice of the compiler",
            ],
        );
        check(
            &[
                (".git/hooks/pre-commit", ""),
                (".git/hooks/pre-push.sample", ""),
                (".git/config", "[core]\n\tfsMonitor = ./x"),
            ],
            &[".git/config: programs that git is told to run", ".git/hooks/pre-commit: hook"],
        );
        check(&[(".git/config", "[core]\n\tbare = false"), (".git/HEAD", "")], &[]);
        check(
            &[
                ("a/b/.git/hooks/pre-commit", ""),
                ("c/.git", "gitdir: ../.git/modules/c"),
                (".git/modules/c/hooks/post-checkout", ""),
                (".git/modules/c/modules/d/config", "[include]\n\tpath = evil"),
            ],
            &[
                ".git/modules/c/hooks/post-checkout: hook",
                ".git/modules/c/modules/d/config: programs that git is told to run",
                "a/b/.git/hooks/pre-commit: hook",
                "c/.git: repository that lies elsewhere",
            ],
        );
        check(
            &[(".envrc", ""), (".vscode/tasks.json", "{}"), ("tasks.json", "{}")],
            &[".envrc: environment for direnv", ".vscode/tasks.json: tasks"],
        );
    }

    #[test]
    fn a_large_or_hostile_folder_is_looked_at_in_part() {
        let root = tempfile::tempdir().unwrap();
        for number in 0..MAX_RUNNABLES + 20 {
            let folder = root.path().join(number.to_string());
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("build.rs"), "").unwrap();
        }
        std::os::unix::fs::symlink(root.path(), root.path().join("loop")).unwrap();
        let deep = root.path().join("d/".repeat(400));
        fs::create_dir_all(deep).unwrap();
        let found = find(root.path());
        assert_eq!(found.runs.len(), MAX_RUNNABLES);
        assert!(found.more);
    }
}
