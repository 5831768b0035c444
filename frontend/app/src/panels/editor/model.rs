//! What the editor area shows: its tabs, and which editors are kept alive behind the one in front.

use std::{collections::HashMap, rc::Rc};

use widgets::Tab as ShownTab;
use yew::AttrValue;

use crate::{
    icons,
    messages::say,
    state::{
        documents::Documents,
        layout::{Layout, Tab},
    },
    text::shown_name,
    views,
};

/// Editors kept alive at once: enough to switch without waiting, few enough to stay small.
const MAX_ALIVE: usize = 8;

/// The tabs as they are shown. Files of the same name are told apart by their folders.
pub fn tabs(layout: &Layout, documents: &Documents) -> Rc<Vec<ShownTab>> {
    let mut names: HashMap<String, usize> = HashMap::new();
    for tab in &layout.tabs {
        *names.entry(label_of(tab)).or_default() += 1;
    }
    let shown = layout.tabs.iter().map(|tab| {
        let (label, key) = (label_of(tab), tab.key());
        let alone = names.get(&label).is_none_or(|count| *count < 2);
        let folder =
            tab.path().and_then(protocol::WorkspacePath::parent).map(|folder| shown_name(folder.as_str()));
        let (icon, class) = look_of(tab);
        ShownTab {
            controls: (layout.active.as_ref() == Some(&key)).then(|| panel_id(&key).into()),
            detail: folder.clone().filter(|_| !alone).unwrap_or_default().into(),
            title: title_of(tab).into(),
            dirty: matches!(tab, Tab::File { path, .. } if documents.is_dirty(path)),
            closable: true,
            icon: icon.into(),
            class,
            label: label.into(),
            key: key.into(),
        }
    });
    Rc::new(shown.collect())
}

/// The id of a tab's panel in the page.
pub fn panel_id(key: &str) -> String {
    // Ids are separated by white space where they are referred to.
    format!("editor-{}", key.replace(char::is_whitespace, "_"))
}

/// The tabs whose editors are alive: the one in front and those used last, in the order of the tabs.
pub fn alive(layout: &Layout) -> Vec<Tab> {
    let recent = layout.recent.iter().map(|path| Tab::file(path.clone()).key());
    let wanted: Vec<_> = layout.active.iter().cloned().chain(recent).take(MAX_ALIVE).collect();
    layout.tabs.iter().filter(|tab| wanted.contains(&tab.key())).cloned().collect()
}

/// The parts of the path above an editor.
pub fn breadcrumbs(tab: &Tab) -> Vec<AttrValue> {
    match tab {
        Tab::File { path, .. } | Tab::Compare { path } => {
            path.as_str().split('/').map(|name| AttrValue::from(shown_name(name))).collect()
        }
        Tab::Source { uri } => vec![shown_name(uri.trim_start_matches("file://")).into()],
        Tab::View { .. } => vec![label_of(tab).into()],
    }
}

fn label_of(tab: &Tab) -> String {
    match tab {
        Tab::File { path, .. } => shown_name(path.name()),
        Tab::Compare { path } => format!("{} (compare)", shown_name(path.name())),
        Tab::Source { uri } => shown_name(uri.rsplit('/').next().unwrap_or(uri)),
        Tab::View { id, .. } => views::find(id).map_or(id.as_str(), |view| say(view.title)).to_owned(),
    }
}

fn title_of(tab: &Tab) -> String {
    match tab {
        Tab::File { path, .. } | Tab::Compare { path } => shown_name(path.as_str()),
        Tab::Source { uri } => format!("{} (read only)", shown_name(uri)),
        Tab::View { .. } => label_of(tab),
    }
}

fn look_of(tab: &Tab) -> (&'static str, &'static str) {
    match tab {
        Tab::File { path, .. } => icons::of_file(path.name()),
        Tab::Compare { .. } => ("diff", "tint-yellow"),
        Tab::Source { .. } => ("book-open", "tint-muted"),
        Tab::View { id, .. } => (views::find(id).map_or("plug", |view| view.icon), "tint-muted"),
    }
}

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// In both.
    Same(&'a str),
    /// Only on disk.
    Disk(&'a str),
    /// Only in the editor.
    Mine(&'a str),
}

/// Most cells of the table that finds the common lines; texts beyond are shown whole, one after the other.
const MAX_CELLS: usize = 4_000_000;

/// What differs between the text on disk and the editor's: by lines, the longest common part kept.
pub fn compare<'a>(disk: &'a str, mine: &'a str) -> Vec<Line<'a>> {
    let (disk, mine): (Vec<_>, Vec<_>) = (disk.lines().collect(), mine.lines().collect());
    let head = disk.iter().zip(&mine).take_while(|(a, b)| a == b).count();
    let (disk_rest, mine_rest) = (&disk[head..], &mine[head..]);
    let tail = disk_rest.iter().rev().zip(mine_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle_disk = &disk_rest[..disk_rest.len() - tail];
    let middle_mine = &mine_rest[..mine_rest.len() - tail];
    let mut lines: Vec<_> = disk[..head].iter().map(|line| Line::Same(line)).collect();
    if middle_disk.len() * middle_mine.len() > MAX_CELLS {
        lines.extend(middle_disk.iter().map(|line| Line::Disk(line)));
        lines.extend(middle_mine.iter().map(|line| Line::Mine(line)));
    } else {
        lines.extend(common(middle_disk, middle_mine));
    }
    lines.extend(disk[disk.len() - tail..].iter().map(|line| Line::Same(line)));
    lines
}

/// The longest common subsequence, by the table of lengths.
fn common<'a>(disk: &[&'a str], mine: &[&'a str]) -> Vec<Line<'a>> {
    let width = mine.len() + 1;
    let mut length = vec![0u32; (disk.len() + 1) * width];
    for (i, a) in disk.iter().enumerate().rev() {
        for (j, b) in mine.iter().enumerate().rev() {
            length[i * width + j] = if a == b {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while let (Some(a), Some(b)) = (disk.get(i), mine.get(j)) {
        if a == b {
            lines.push(Line::Same(a));
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            lines.push(Line::Disk(a));
            i += 1;
        } else {
            lines.push(Line::Mine(b));
            j += 1;
        }
    }
    lines.extend(disk[i..].iter().map(|line| Line::Disk(line)));
    lines.extend(mine[j..].iter().map(|line| Line::Mine(line)));
    lines
}

#[cfg(test)]
mod tests {
    use protocol::WorkspacePath;

    use super::*;
    use crate::state::{Model, documents, layout};

    fn open(paths: &[&str]) -> Layout {
        let mut layout = Layout::default();
        layout.update(layout::Message::Loaded(None, None));
        for path in paths {
            let tab = Tab::file(WorkspacePath::parse(path).unwrap());
            layout.update(layout::Message::Open(tab));
        }
        layout
    }

    #[test]
    fn files_of_the_same_name_show_their_folders() {
        let mut documents = Documents::default();
        let dirty = WorkspacePath::parse("b/mod.rs").unwrap();
        documents.update(documents::Message::Dirty(dirty, true));
        let tabs = tabs(&open(&["a/mod.rs", "b/mod.rs", "c/lib.rs"]), &documents);
        let shown: Vec<_> =
            tabs.iter().map(|tab| format!("{}|{}|{}", tab.label, tab.detail, tab.dirty)).collect();
        assert_eq!(shown, ["mod.rs|a|false", "mod.rs|b|true", "lib.rs||false"]);
    }

    #[test]
    fn few_editors_stay_alive_in_the_order_of_the_tabs() {
        let names: Vec<_> = (0..20).map(|n| format!("f{n}")).collect();
        let layout = open(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let alive: Vec<_> = alive(&layout).iter().map(Tab::key).collect();
        assert!(alive.len() <= MAX_ALIVE);
        assert_eq!(alive.last().map(String::as_str), Some("file:f19"));
        assert!(alive.is_sorted_by_key(|key| layout.index(key)));
    }

    fn check(disk: &str, mine: &str, expected: &str) {
        let shown: Vec<_> = compare(disk, mine)
            .into_iter()
            .map(|line| match line {
                Line::Same(text) => format!("={text}"),
                Line::Disk(text) => format!("-{text}"),
                Line::Mine(text) => format!("+{text}"),
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn compares_by_lines() {
        check("a\nb\nc", "a\nx\nc", "=a -b +x =c");
        check("a\nb", "a\nb", "=a =b");
        check("", "a", "+a");
        check("a\nb\na", "a", "=a -b -a");
        check("1\na\n2\nb", "a\n3\nb", "-1 =a -2 +3 =b");
    }
}
