//! Lists the panels: each folder of `src/panels` is one. So whoever adds a panel adds a folder, and no line elsewhere.

use std::{fmt::Write, fs, path::Path};

/// Where the panels are.
const PANELS: &str = "src/panels";

fn main() {
    println!("cargo:rerun-if-changed={PANELS}");
    let folder = Path::new(PANELS).canonicalize().expect("the panels' folder is beside this file");
    let entries = fs::read_dir(&folder).expect("a folder of sources can be listed");
    let mut names: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("mod.rs").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut listed = String::new();
    for name in &names {
        let file = folder.join(name).join("mod.rs");
        writeln!(listed, "#[path = \"{}\"]\npub mod {name};", file.display())
            .expect("text can be written to");
    }
    let panels: Vec<_> = names.iter().map(|name| format!("{name}::PANEL")).collect();
    listed += "/// All panels, in the order of their names.\n";
    writeln!(listed, "pub static PANELS: &[crate::views::Panel] = &[{}];", panels.join(", "))
        .expect("text can be written to");
    let out = out_folder().expect("cargo gives a folder to write into");
    fs::write(Path::new(&out).join("panels.rs"), listed).expect("cargo's folder can be written into");
}

#[allow(clippy::disallowed_methods, reason = "cargo says only so where a build script writes")]
fn out_folder() -> Option<std::ffi::OsString> {
    std::env::var_os("OUT_DIR")
}
