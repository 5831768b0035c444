//! What a source file may look like.

use std::path::Path;

use super::{files_with, none, read};

/// Lines of a file that are not its tests; more means that a second noun is inside.
const LONGEST: usize = 800;

#[test]
fn every_rust_file_opens_with_what_it_is() {
    let headless = files_with("rs").into_iter().filter(|path| !read(path).starts_with("//!"));
    none(headless.map(|path| format!("{} does not open with //!", path.display())));
}

#[test]
fn files_have_one_noun() {
    let written = files_with("rs").into_iter().chain(files_with("ts")).filter(|path| !is_generated(path));
    let measured = written.map(|path| (length(&read(&path)), path));
    let long = measured.filter(|(length, _)| *length >= LONGEST);
    none(long.map(|(length, path)| format!("{} has {length} lines, {LONGEST} is too long", path.display())));
}

/// Written by `cargo xtask shapes`: as long as AWS's list of operations.
fn is_generated(path: &Path) -> bool {
    path.ends_with("shapes.rs") && !path.starts_with("xtask")
}

/// Lines before the tests.
fn length(text: &str) -> usize {
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count()
}

/// Words that must not be in files with this extension. Written in two halves so that this file does not hold them.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    (
        "rs",
        &[
            concat!("todo", "!("),
            concat!("unimplemented", "!("),
            concat!("dbg", "!("),
            concat!("#[ig", "nore"),
            concat!("// TO", "DO"),
            concat!("// FIX", "ME"),
        ],
    ),
    (
        "ts",
        &[
            concat!("// TO", "DO"),
            concat!("// FIX", "ME"),
            concat!("@ts-ig", "nore"),
            concat!("test.on", "ly("),
            concat!("test.sk", "ip("),
            concat!("debug", "ger;"),
        ],
    ),
    (
        "py",
        &[concat!("# TO", "DO"), concat!("# FIX", "ME"), concat!("mark.sk", "ip"), concat!("mark.x", "fail")],
    ),
];

#[test]
fn nothing_is_left_for_later() {
    let mut complaints = Vec::new();
    for (extension, words) in FORBIDDEN {
        for path in files_with(extension) {
            let text = read(&path);
            for (number, line) in text.lines().enumerate() {
                let found = words.iter().filter(|word| line.contains(**word));
                complaints.extend(found.map(|word| format!("{}:{}: {word}", path.display(), number + 1)));
            }
        }
    }
    none(complaints);
}

#[test]
fn unsafe_code_lives_in_the_jail() {
    // One function elsewhere: mapping a compiled module, which no safe function can.
    let kept = |path: &Path| {
        path.starts_with("sandbox/jail") || path == Path::new("sandbox/engine-wasm/src/load.rs")
    };
    let words = [
        concat!("unsafe", " {"),
        concat!("unsafe", " fn"),
        concat!("unsafe", " impl"),
        concat!("unsafe", " extern"),
    ];
    let files = files_with("rs").into_iter().filter(|path| !kept(path));
    let found = files.filter(|path| {
        let text = read(path);
        words.iter().any(|word| text.contains(word))
    });
    none(found.map(|path| format!("{} has unsafe code", path.display())));
}

#[test]
fn panels_do_not_import_panels() {
    let mut complaints = Vec::new();
    for path in files_with("rs") {
        let Ok(inside) = path.strip_prefix("frontend/app/src/panels") else { continue };
        let own = inside.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let own = own.unwrap_or_default();
        let own = own.trim_end_matches(".rs");
        for line in read(&path).lines().filter(|line| line.trim_start().starts_with("use crate::panels::")) {
            let other = line.trim_start().trim_start_matches("use crate::panels::");
            let other = other.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
            if other != Some(own) {
                complaints.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    none(complaints);
}

#[test]
fn models_know_no_browser() {
    // `yew::AttrValue` may be there: a shared string, at home anywhere.
    const BROWSER: [&str; 7] =
        ["web_sys::", "js_sys::", "wasm_bindgen", "gloo", "yew::prelude", "NodeRef", "html!"];
    let models = files_with("rs")
        .into_iter()
        .filter(|path| path.ends_with("model.rs") && path.starts_with("frontend"));
    let mut complaints = Vec::new();
    for path in models {
        let text = read(&path);
        let found = BROWSER.iter().filter(|word| text.contains(**word));
        complaints.extend(found.map(|word| format!("{} names {word}", path.display())));
    }
    none(complaints);
}
