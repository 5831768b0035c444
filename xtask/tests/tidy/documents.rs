//! Whether the documents at the top tell the truth: links lead somewhere, paths exist.

use std::path::Path;

use super::{files, none, read, root};

/// The documents of the checkout's top folder and of `docs/`.
fn documents() -> Vec<std::path::PathBuf> {
    let markdown = files().into_iter().filter(|path| path.extension().is_some_and(|found| found == "md"));
    markdown.filter(|path| path.components().count() == 1 || path.starts_with("docs")).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut complaints = Vec::new();
    for path in documents() {
        let folder = path.parent().unwrap_or(Path::new(""));
        for target in links(&read(&path)) {
            if !root().join(folder).join(&target).exists() {
                complaints.push(format!("{} links to {target}, which is not there", path.display()));
            }
        }
    }
    none(complaints);
}

/// The relative targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    // The tests of the browser draw the pictures.
    let files = local.filter(|target| Path::new(target).extension().is_none_or(|found| found != "png"));
    files.map(|target| target.split('#').next().unwrap_or(target).to_owned()).collect()
}

#[test]
fn paths_in_the_architecture_exist() {
    let text = read("ARCHITECTURE.md");
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| is_path(quoted));
    let gone = quoted.filter(|path| !root().join(path).exists());
    none(gone.map(|path| format!("ARCHITECTURE.md names {path}, which is not there")));
}

/// A path below one of the top folders, without placeholders.
fn is_path(quoted: &str) -> bool {
    const TOP: [&str; 9] =
        ["protocol/", "frontend/", "backend/", "sandbox/", "templates/", "e2e/", "fuzz/", "xtask/", "docs/"];
    TOP.iter().any(|top| quoted.starts_with(top)) && !quoted.contains("NAME")
}

#[test]
fn reads_links() {
    assert_eq!(links("[a](b.md#c) [d](https://e) [f](#g) ![h](i.png)"), ["b.md"]);
}
