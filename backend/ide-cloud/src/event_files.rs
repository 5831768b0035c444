//! Saved events: files `events/{function}/{name}.json` beside the template, so that they are versioned with the code.

use std::io::{self, Read, Write};

use cap_std::fs::Dir;
use protocol::{CallError, ErrorCode, WorkspacePath, function::SavedEvent};

/// Largest event, in bytes.
// AWS: 6 MB for synchronous invocations.
const MAX_EVENT: u64 = 6_291_456;
/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Events listed.
const MAX_EVENTS: usize = 200;

/// The saved events of a function, by name.
pub(crate) fn list(root: &Dir, template_folder: &WorkspacePath, logical_id: &str) -> Vec<SavedEvent> {
    let path = template_folder.join("events").join(logical_id);
    let Ok(entries) = root.read_dir(path.as_str()) else { return Vec::new() };
    let mut events: Vec<SavedEvent> = entries
        .flatten()
        .filter_map(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = file.strip_suffix(".json")?.to_owned();
            let mut body = String::new();
            entry.open().ok()?.take(MAX_EVENT).read_to_string(&mut body).ok()?;
            Some(SavedEvent { name, body, path: Some(path.join(&file)) })
        })
        .take(MAX_EVENTS)
        .collect();
    events.sort_by(|a, b| a.name.cmp(&b.name));
    events
}

/// Keeps an event, in place of one of the same name.
pub(crate) fn save(
    root: &Dir,
    template_folder: &WorkspacePath,
    logical_id: &str,
    name: &str,
    body: &str,
) -> Result<SavedEvent, CallError> {
    check_name(name)?;
    serde_json::from_str::<serde::de::IgnoredAny>(body)
        .map_err(|error| CallError::new(ErrorCode::Invalid, format!("the event is no JSON: {error}")))?;
    let folder = template_folder.join("events").join(logical_id);
    let path = folder.join(&format!("{name}.json"));
    let write = || -> io::Result<()> {
        root.create_dir_all(folder.as_str())?;
        let new = folder.join(&format!(".{name}.json.new"));
        let mut file = root.create(new.as_str())?;
        file.write_all(body.as_bytes())?;
        file.sync_all()?;
        root.rename(new.as_str(), root, path.as_str())
    };
    write()
        .map_err(|error| CallError::new(ErrorCode::Forbidden, format!("failed to save {path}: {error}")))?;
    Ok(SavedEvent { name: name.to_owned(), body: body.to_owned(), path: Some(path) })
}

/// Deletes a saved event.
pub(crate) fn delete(
    root: &Dir,
    template_folder: &WorkspacePath,
    logical_id: &str,
    name: &str,
) -> Result<(), CallError> {
    check_name(name)?;
    let path = template_folder.join("events").join(logical_id).join(&format!("{name}.json"));
    root.remove_file(path.as_str())
        .map_err(|error| CallError::new(ErrorCode::NotFound, format!("failed to delete {path}: {error}")))
}

fn check_name(name: &str) -> Result<(), CallError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    if name.is_empty() || name.chars().count() > MAX_NAME || name.starts_with('.') || !name.chars().all(fits)
    {
        let message =
            "an event's name has 1 to 100 letters, digits, spaces, '-', '_' or '.', and no '.' in front";
        return Err(CallError::new(ErrorCode::Invalid, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cap_std::ambient_authority;

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
}
