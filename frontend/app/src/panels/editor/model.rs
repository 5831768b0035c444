//! What the editor area shows: its tabs, and which editors are kept alive behind the one in front.

use std::{collections::HashMap, rc::Rc};

use serde_json::Value;
use widgets::Tab as ShownTab;
use yew::AttrValue;

use crate::{
    icons,
    messages::say,
    state::{
        documents::Documents,
        layout::{Group, GroupId, Groups, Side, Tab},
    },
    text::shown_name,
    views::{self, Name},
};

/// Editors kept alive at once: enough to switch without waiting, few enough to stay small.
const MAX_ALIVE: usize = 8;
/// How near to an edge of a group's body a tab is dropped to split the group there, in shares of its size.
const EDGE: f64 = 0.25;

/// The tabs of a group as they are shown. Files of the same name are told apart by their folders.
pub fn tabs(group: &Group, documents: &Documents) -> Rc<Vec<ShownTab>> {
    let mut names: HashMap<String, usize> = HashMap::new();
    for tab in &group.tabs {
        *names.entry(label_of(tab)).or_default() += 1;
    }
    let shown = group.tabs.iter().map(|tab| {
        let (label, key, path) = (label_of(tab), tab.key(), tab.path());
        let alone = names.get(&label).is_none_or(|count| *count < 2);
        let folder = path.and_then(|path| path.parent()).map(|folder| shown_name(folder.as_str()));
        let (icon, class) = look_of(tab);
        ShownTab {
            controls: (group.active() == Some(key.as_str())).then(|| panel_id(group.id, &key).into()),
            detail: folder.filter(|_| !alone).unwrap_or_default().into(),
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
pub fn panel_id(group: GroupId, key: &str) -> String {
    // Ids are separated by white space where they are referred to.
    format!("editor-{group}-{}", key.replace(char::is_whitespace, "_"))
}

/// The keys of the tabs of a group whose editors are alive: the one in front and, as far as the groups together may have so
/// many, those of files that were used last. A view that is left is gone: what was written in it is kept at once.
pub fn alive(groups: &Groups, group: &Group) -> Vec<String> {
    let mut ages: Vec<_> = groups
        .list()
        .iter()
        .flat_map(|other| (0..other.used.len()).map(move |age| (age, other.id != group.id)))
        .collect();
    ages.sort_unstable();
    let most = MAX_ALIVE.max(groups.list().len());
    let ours = ages.into_iter().take(most).filter(|(_, elsewhere)| !elsewhere).count();
    let mut alive: Vec<_> = group.used.iter().take(ours).cloned().collect();
    alive.retain(|key| group.active() == Some(key) || key.starts_with("file:"));
    alive
}

/// The parts of the path above an editor.
pub fn breadcrumbs(tab: &Tab) -> Vec<AttrValue> {
    match tab.path() {
        Some(path) => path.as_str().split('/').map(|name| AttrValue::from(shown_name(name))).collect(),
        None => vec![title_of(tab).into()],
    }
}

/// A view's name, by what it is about.
fn name_of(id: &str, args: &Value) -> Name {
    let view = views::find(id);
    if let Some(name) = view.and_then(|view| view.name) {
        return name(args);
    }
    let title = view.map_or_else(|| shown_name(id), |view| view.title.said().to_owned());
    Name { label: title.clone(), title }
}

fn label_of(tab: &Tab) -> String {
    match tab {
        Tab::File { path, .. } => shown_name(path.name()),
        Tab::View { id, args } => name_of(id, args).label,
        // It is kept under the name of its kind.
        Tab::Unknown(kept) => {
            let kind = kept.as_object().and_then(|kept| kept.keys().next());
            kind.map_or_else(|| say!("view.unknown").to_owned(), |kind| shown_name(kind))
        }
    }
}

/// What a tab is, in full; and what its editor is called.
pub fn title_of(tab: &Tab) -> String {
    match tab {
        Tab::File { path, .. } => shown_name(path.as_str()),
        Tab::View { id, args } => name_of(id, args).title,
        Tab::Unknown(_) => label_of(tab),
    }
}

fn look_of(tab: &Tab) -> (&'static str, &'static str) {
    match tab {
        Tab::File { path, .. } => icons::of_file(path.name()),
        Tab::View { id, .. } => (views::find(id).map_or("plug", |view| view.icon), "tint-muted"),
        Tab::Unknown(_) => ("plug", "tint-muted"),
    }
}

/// What of a group's body is nearest to a place in it, in shares of its size: an edge, or none where that is in the middle.
pub fn edge(x: f64, y: f64) -> Option<Side> {
    let edges = [(x, Side::Left), (1.0 - x, Side::Right), (y, Side::Up), (1.0 - y, Side::Down)];
    let nearest = edges.into_iter().min_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.filter(|(distance, _)| *distance < EDGE).map(|(_, side)| side)
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
    use crate::state::{
        Model, documents,
        layout::{self, Layout},
    };

    fn open(names: &[&str]) -> Layout {
        let mut layout = Layout::default();
        layout.update(layout::Message::Loaded(None, None));
        for name in names {
            layout.update(layout::Message::Open(Tab::file(path(name))));
        }
        layout
    }

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    #[test]
    fn files_of_the_same_name_show_their_folders() {
        let mut documents = Documents::default();
        documents.update(documents::Message::Dirty(path("b/mod.rs"), true));
        let layout = open(&["a/mod.rs", "b/mod.rs", "c/lib.rs"]);
        let tabs = tabs(layout.groups.active(), &documents);
        let shown: Vec<_> =
            tabs.iter().map(|tab| format!("{}|{}|{}", tab.label, tab.detail, tab.dirty)).collect();
        assert_eq!(shown, ["mod.rs|a|false", "mod.rs|b|true", "lib.rs||false"]);
    }

    #[test]
    fn every_kind_of_tab_has_a_name() {
        let check = |tab: &Tab, label: &str, title: &str, crumbs: usize| {
            assert_eq!((label_of(tab).as_str(), title_of(tab).as_str()), (label, title));
            assert_eq!(breadcrumbs(tab).len(), crumbs);
        };
        check(&Tab::file(path("src/a.rs")), "a.rs", "src/a.rs", 2);
        check(&Tab::compare(&path("src/a.rs")), "a.rs (compare)", "Compare src/a.rs", 2);
        check(&Tab::source("file:///lib/b.rs"), "b.rs", "file:///lib/b.rs (read only)", 1);
        let unknown = |id: &str| Tab::View { id: id.to_owned(), args: Value::Null };
        check(&unknown("machine"), "machine", "machine", 1);
        check(&Tab::Unknown(serde_json::json!({"settings": {}})), "settings", "settings", 1);
        check(&Tab::Unknown(7.into()), "Unknown", "Unknown", 1);
    }

    #[test]
    fn few_editors_stay_alive_those_that_were_used_last() {
        let names: Vec<_> = (0..20).map(|n| format!("f{n}")).collect();
        let mut layout = open(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let all = alive(&layout.groups, layout.groups.active());
        assert_eq!((all.len(), all.first().map(String::as_str)), (MAX_ALIVE, Some("file:f19")));
        let (group, key) = (layout.groups.active().id, "file:f3".to_owned());
        let split = layout::Split { group, side: Side::Down, from: group, key, copy: true };
        layout.update(layout::Message::Split(split));
        let alive: Vec<_> = layout.groups.list().iter().map(|group| alive(&layout.groups, group)).collect();
        assert_eq!(alive[1], ["file:f3"], "the front of each group is");
        assert!(alive[0].len() + alive[1].len() <= MAX_ALIVE);
    }

    #[test]
    fn a_view_is_alive_only_in_front() {
        let mut layout = open(&["a"]);
        let view = Tab::View { id: "settings".to_owned(), args: Value::Null };
        layout.update(layout::Message::Open(view.clone()));
        assert_eq!(alive(&layout.groups, layout.groups.active()), [view.key(), "file:a".to_owned()]);
        layout.update(layout::Message::Open(Tab::file(path("a"))));
        assert_eq!(alive(&layout.groups, layout.groups.active()), ["file:a"]);
    }

    #[test]
    fn a_tab_is_dropped_at_the_nearest_edge_or_in_the_middle() {
        let check = |x, y, expected| assert_eq!(edge(x, y), expected, "{x} {y}");
        check(0.1, 0.5, Some(Side::Left));
        check(0.9, 0.6, Some(Side::Right));
        check(0.2, 0.1, Some(Side::Up));
        check(0.5, 0.99, Some(Side::Down));
        check(0.5, 0.4, None);
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
