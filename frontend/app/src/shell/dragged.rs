//! Files on their way from a view into the editors: what a drag carries. What is dragged within a view is that view's.

use protocol::WorkspacePath;
use web_sys::DragEvent;

use crate::state::layout::MAX_OPENED;

/// The format in which files of the workspace travel.
const FORMAT: &str = "application/x-workspace-files";
/// Between two of them: no path holds an empty name.
const BETWEEN: &str = "//";

/// Has a drag carry files, where there are any and not too many.
pub fn carry(event: &DragEvent, files: &[WorkspacePath]) {
    if let Some(data) = event.data_transfer().filter(|_| (1..=MAX_OPENED).contains(&files.len())) {
        let paths: Vec<_> = files.iter().map(WorkspacePath::as_str).collect();
        let _ = data.set_data(FORMAT, &paths.join(BETWEEN));
    }
}

/// Whether a drag carries files.
pub fn carries(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&FORMAT.into(), 0))
}

/// The files that are dropped.
pub fn dropped(event: &DragEvent) -> Vec<WorkspacePath> {
    let data = event.data_transfer().and_then(|data| data.get_data(FORMAT).ok()).unwrap_or_default();
    read(&data)
}

/// What is dropped may be another page's.
fn read(data: &str) -> Vec<WorkspacePath> {
    let paths = data.split(BETWEEN).filter_map(|path| WorkspacePath::parse(path).ok());
    paths.filter(|path| !path.is_root()).take(MAX_OPENED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &str, expected: &[&str]) {
        let read: Vec<_> = read(data).iter().map(ToString::to_string).collect();
        assert_eq!(read, expected, "{data}");
    }

    #[test]
    fn what_is_dropped_is_paths_of_the_workspace_and_nothing_else() {
        check("src/a b.rs", &["src/a b.rs"]);
        check("a//src/line\nbreak//c", &["a", "src/line\nbreak", "c"]);
        check("", &[]);
        check("../etc/passwd///etc/passwd//.//b", &["b"]);
        let many = vec!["x"; 2 * MAX_OPENED].join(BETWEEN);
        assert_eq!(super::read(&many).len(), MAX_OPENED);
    }
}
