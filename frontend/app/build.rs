//! Lists the panels: each folder of `src/panels` is one. So whoever adds a panel adds a folder, and no line elsewhere.
//! And compiles the table of messages.

use std::{fmt::Write, fs, path::Path};

/// Where the panels are.
const PANELS: &str = "src/panels";
/// The table of messages.
const MESSAGES: &str = "src/messages/en.txt";

fn main() {
    println!("cargo:rerun-if-changed={PANELS}");
    println!("cargo:rerun-if-changed={MESSAGES}");
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
    write("panels.rs", &listed);
    write(
        "messages.rs",
        &messages(&fs::read_to_string(MESSAGES).expect("the messages are beside this file")),
    );
}

/// The messages as a macro: what is said has its English where it is said and its place among the messages, so that it goes
/// into the chunk of whoever says it, and names are not in the module. Descriptions of settings are found by the setting.
fn messages(table: &str) -> String {
    let (mut arms, mut settings) = (String::new(), String::new());
    let messages = table.lines().filter_map(|line| line.split_once(" = "));
    for (place, (name, english)) in messages.enumerate() {
        let text = format!("$crate::messages::Text::new({place}, {english:?})");
        writeln!(arms, "({name:?}) => {{ {text} }};").expect("text can be written to");
        if let Some(setting) = name.strip_prefix("setting.") {
            write!(settings, "({setting:?}, message!({name:?})),").expect("text can be written to");
        }
    }
    format!(
        "macro_rules! message {{ {arms} }}\n\
         /// What settings do, by their names.\n\
         pub static DESCRIPTIONS: &[(&str, Text)] = &[{settings}];\n"
    )
}

fn write(name: &str, text: &str) {
    let out = out_folder().expect("cargo gives a folder to write into");
    fs::write(Path::new(&out).join(name), text).expect("cargo's folder can be written into");
}

#[allow(clippy::disallowed_methods, reason = "cargo says only so where a build script writes")]
fn out_folder() -> Option<std::ffi::OsString> {
    std::env::var_os("OUT_DIR")
}
