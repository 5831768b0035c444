//! Saved events: files `events/{function}/{name}.json` beside the template, so that they are versioned with the code.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::ffi::OsStrExt,
};

use cap_std::fs::{Dir, OpenOptions};
use ide_core::files::{self, relative, shown};
use protocol::{CallError, ErrorCode, WorkspacePath, function::SavedEvent};

use crate::frame::{ROOM, weight};

/// Bytes of all events of a function that are listed.
// AWS: an event of a synchronous invocation may have 6 MB.
// LIMIT: a list comes in one frame, so that all of them together must be smaller.
const MAX_EVENTS_TOTAL: usize = ROOM;
/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Events listed.
const MAX_EVENTS: usize = 200;

/// The saved events of a function, by name. What is no event is left out, and what would be too much.
pub(crate) fn list(root: &Dir, template_folder: &WorkspacePath, logical_id: &str) -> Vec<SavedEvent> {
    let folder = place(template_folder, logical_id);
    let Ok(entries) = root.read_dir(relative(&folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| WorkspacePath::name_from_bytes(entry.file_name().as_bytes()))
        .filter(|name| !name.starts_with('.') && name.strip_suffix(".json").is_some())
        .collect();
    names.sort_unstable();
    let mut left = MAX_EVENTS_TOTAL;
    let events = names.iter().filter_map(|name| {
        let event = read(root, &folder.join(name), left)?;
        left = left.checked_sub(weight(&event.body))?;
        Some(event)
    });
    events.take(MAX_EVENTS).collect()
}

fn read(root: &Dir, path: &WorkspacePath, most: usize) -> Option<SavedEvent> {
    let (bytes, _) = files::read(root, path, most as u64)
        .inspect_err(|error| tracing::info!(%error, path = shown(path), "a saved event is left out"))
        .ok()?;
    let body = String::from_utf8(bytes).ok()?;
    let name = path.name().strip_suffix(".json")?.to_owned();
    Some(SavedEvent { name, body, path: Some(path.clone()) })
}

/// An event that is none.
pub(crate) fn not_json(error: &serde_json::Error) -> CallError {
    CallError::new(ErrorCode::Invalid, format!("the event is no JSON: {error}"))
        .because("event-not-json", &[("reason", error)])
}

/// Keeps an event, in place of one of the same name. It is durable afterwards.
pub(crate) fn save(
    root: &Dir,
    template_folder: &WorkspacePath,
    logical_id: &str,
    name: &str,
    body: &str,
) -> Result<SavedEvent, CallError> {
    check_name(name)?;
    serde_json::from_str::<serde::de::IgnoredAny>(body).map_err(|error| not_json(&error))?;
    if weight(body) > MAX_EVENTS_TOTAL {
        let message = format!("the event is larger than {} KiB", MAX_EVENTS_TOTAL / 1024);
        let error = CallError::new(ErrorCode::Limit, message);
        return Err(error.because("event-large", &[("most", &(MAX_EVENTS_TOTAL / 1024))]));
    }
    let folder = place(template_folder, logical_id);
    let path = folder.join(&format!("{name}.json"));
    write(root, &folder, name, body).map_err(|error| {
        CallError::new(ErrorCode::Forbidden, format!("failed to save {}: {error}", shown(&path)))
            .because("event-not-saved", &[("path", &shown(&path)), ("reason", &error)])
    })?;
    Ok(SavedEvent { name: name.to_owned(), body: body.to_owned(), path: Some(path) })
}

fn write(root: &Dir, folder: &WorkspacePath, name: &str, body: &str) -> io::Result<()> {
    root.create_dir_all(relative(folder))?;
    // From here on it is this folder, whatever its path comes to name.
    let folder = root.open_dir(relative(folder))?;
    let new = format!(".{name}.json.new");
    // What was left there, or laid: it is never opened.
    match folder.remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = folder.open_with(&new, OpenOptions::new().write(true).create_new(true))?;
    file.write_all(body.as_bytes())?;
    file.sync_all()?;
    folder.rename(&new, &folder, format!("{name}.json"))?;
    sync(&folder)
}

fn sync(folder: &Dir) -> io::Result<()> {
    File::from(folders::open(folder, ".".as_ref())?).sync_all()
}

/// Deletes a saved event.
pub(crate) fn delete(
    root: &Dir,
    template_folder: &WorkspacePath,
    logical_id: &str,
    name: &str,
) -> Result<(), CallError> {
    check_name(name)?;
    let path = place(template_folder, logical_id).join(&format!("{name}.json"));
    root.remove_file(relative(&path)).map_err(|error| {
        CallError::new(ErrorCode::NotFound, format!("failed to delete {}: {error}", shown(&path)))
            .because("event-not-deleted", &[("path", &shown(&path)), ("reason", &error)])
    })
}

fn place(template_folder: &WorkspacePath, logical_id: &str) -> WorkspacePath {
    template_folder.join("events").join(logical_id)
}

fn check_name(name: &str) -> Result<(), CallError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    if name.is_empty() || name.chars().count() > MAX_NAME || name.starts_with('.') || !name.chars().all(fits)
    {
        let message =
            "an event's name has 1 to 100 letters, digits, spaces, '-', '_' or '.', and no '.' in front";
        return Err(CallError::new(ErrorCode::Invalid, message).because("event-name", &[]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs as unix};

    use cap_std::ambient_authority;
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn events_are_files_beside_the_template() {
        let folder = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        let app = WorkspacePath::parse("app").unwrap();
        let saved = save(&root, &app, "F", "a b", "{\"x\": 1}").unwrap();
        assert_eq!(saved.path.as_ref().map(WorkspacePath::as_str), Some("app/events/F/a b.json"));
        assert_eq!(list(&root, &app, "F"), [saved]);
        delete(&root, &app, "F", "a b").unwrap();
        assert_eq!(list(&root, &app, "F"), []);
        for name in ["", "../x", "a/b", ".hidden", "x\n", &"n".repeat(101)] {
            assert_eq!(save(&root, &app, "F", name, "{}").unwrap_err().code, ErrorCode::Invalid, "{name:?}");
        }
        assert_eq!(save(&root, &app, "F", "bad", "{").unwrap_err().code, ErrorCode::Invalid);
    }

    #[test]
    fn what_is_no_event_is_neither_read_nor_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join("root").join(name);
        let make = |name: &str| mknodat(CWD, at(name), FileType::Fifo, Mode::RWXU, 0).unwrap();
        fs::create_dir_all(at("events/F/folder.json")).unwrap();
        fs::write(place.path().join("secret.json"), "1").unwrap();
        fs::write(at("events/F/good.json"), "{}").unwrap();
        fs::write(at("events/F/bytes.json"), b"\xFF").unwrap();
        fs::File::create(at("events/F/large.json")).unwrap().set_len(10 << 30).unwrap();
        unix::symlink("../../../secret.json", at("events/F/out.json")).unwrap();
        make("events/F/pipe.json");
        make("events/F/.new.json.new");
        unix::symlink("../../../secret.json", at("events/F/.link.json.new")).unwrap();
        let root = Dir::open_ambient_dir(at(""), ambient_authority()).unwrap();
        let names = || {
            let events = list(&root, &WorkspacePath::root(), "F").into_iter();
            events.map(|event| format!("{}={}", event.name, event.body)).collect::<Vec<_>>()
        };
        assert_eq!(names(), ["good={}"]);
        for name in ["new", "link", "pipe", "out"] {
            save(&root, &WorkspacePath::root(), "F", name, "2").unwrap();
        }
        assert_eq!(names(), ["good={}", "link=2", "new=2", "out=2", "pipe=2"]);
        assert_eq!(fs::read_to_string(place.path().join("secret.json")).unwrap(), "1");
        assert!(save(&root, &WorkspacePath::root(), "F", "folder", "2").is_err());
        let large = format!("\"{}\"", "n".repeat(MAX_EVENTS_TOTAL * 2 / 3));
        for name in ["a", "b"] {
            fs::write(at(&format!("events/F/{name}.json")), &large).unwrap();
        }
        assert_eq!(list(&root, &WorkspacePath::root(), "F").len(), 6, "a and the small ones");
    }
}
