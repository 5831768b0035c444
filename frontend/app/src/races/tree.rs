//! The tree of files under random orders: who plays the agent of the folders, and what must hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, test_runner::TestCaseError};
use protocol::{
    WorkspacePath,
    file::{Entry, FolderPage, Kind},
};

use super::{Agent, World, gone, path, steps};
use crate::panels::explorer::model as explorer;

struct Folders {
    names: BTreeMap<WorkspacePath, BTreeSet<String>>,
    watched: BTreeSet<WorkspacePath>,
    events: Vec<explorer::Message>,
}

impl Default for Folders {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let names = BTreeMap::from([
            (path(""), names(&["src", "x1", "x2", "x3"])),
            (path("src"), names(&["main.rs"])),
        ]);
        Self { names, watched: BTreeSet::new(), events: Vec::new() }
    }
}

impl Folders {
    fn change(&mut self, place: &WorkspacePath, there: bool) {
        let folder = place.parent().unwrap();
        let names = self.names.get_mut(&folder).unwrap();
        let changed = if there { names.insert(place.name().to_owned()) } else { names.remove(place.name()) };
        if changed && self.watched.contains(&folder) {
            self.events.push(explorer::Message::Changed(vec![folder]));
        }
    }
}

impl Agent for Folders {
    type Store = explorer::Explorer;

    fn work(&mut self, effect: &explorer::Effect) -> Option<explorer::Message> {
        match effect {
            explorer::Effect::List { path, after } => {
                let entry = |name: &String| {
                    let kind = if name == "src" { Kind::Folder } else { Kind::File };
                    Entry { name: name.clone(), kind, size: 0, modified_ms: 0 }
                };
                let entries: Vec<_> = self.names[path].iter().map(entry).collect();
                let outcome = Ok(FolderPage { total: entries.len(), entries, next: None });
                Some(explorer::Message::Listed { path: path.clone(), after: after.clone(), outcome })
            }
            explorer::Effect::Watch(folders) => {
                self.watched = folders.iter().cloned().collect();
                Some(explorer::Message::Watched(Some(folders.clone())))
            }
            explorer::Effect::CreateFile(place) => {
                self.change(place, true);
                None
            }
            explorer::Effect::Delete(places) => {
                for place in places {
                    self.change(place, false);
                }
                Some(explorer::Message::Deleted(places.clone()))
            }
            _ => None,
        }
    }

    fn lost(&self, effect: &explorer::Effect) -> Option<explorer::Message> {
        match effect {
            explorer::Effect::List { path, after } => Some(explorer::Message::Listed {
                path: path.clone(),
                after: after.clone(),
                outcome: Err(gone()),
            }),
            explorer::Effect::Watch(_) => Some(explorer::Message::Watched(None)),
            _ => None,
        }
    }

    fn said(&mut self) -> Vec<explorer::Message> {
        std::mem::take(&mut self.events)
    }
}

/// What a person may do in the tree: with a row only while it is there.
fn in_tree(explorer: &explorer::Explorer, pick: usize) -> explorer::Message {
    let row = match pick {
        0 => "x1",
        1 => "x3",
        2 => "x2",
        6 => "src/main.rs",
        _ => "",
    };
    let there = row.is_empty() || keys(explorer).iter().any(|key| key == row);
    if there { act(pick) } else { explorer::Message::Refresh }
}

fn act(pick: usize) -> explorer::Message {
    let row = |index: usize| ["x1", "x2", "x3", "src/main.rs"][index % 4].into();
    match pick {
        0 => explorer::Message::Open(row(0)),
        1 => explorer::Message::Extend(row(2)),
        2 => explorer::Message::Toggle(row(1)),
        3 => explorer::Message::Expand("src".into()),
        4 => explorer::Message::Collapse("src".into()),
        5 => explorer::Message::Delete(vec![path("x2")]),
        6 => explorer::Message::Focus(row(3)),
        _ => explorer::Message::Refresh,
    }
}

/// Whether the folder is shown, and open or closed.
fn shown(explorer: &explorer::Explorer) -> Option<bool> {
    explorer.rows().read().iter().find(|row| row.key == "src")?.expanded
}

fn keys(explorer: &explorer::Explorer) -> Vec<String> {
    explorer.rows().read().iter().map(|row| row.key.to_string()).collect()
}

/// The tree, with what is known of it besides.
struct Tree {
    world: World<Folders>,
    /// What is known to be deleted.
    deleted: BTreeSet<String>,
    /// Whether the person has done something since a file came to the front.
    acted: bool,
}

impl Tree {
    fn new() -> Self {
        let mut world = World::<Folders>::new();
        world.tell(explorer::Message::Connected { resumed: false });
        Self { world, deleted: BTreeSet::new(), acted: false }
    }

    /// The person does something.
    fn act(&mut self, pick: usize) {
        let message = in_tree(&self.world.store, pick);
        self.acted |= !matches!(message, explorer::Message::Refresh | explorer::Message::Delete(_));
        self.world.tell(message);
    }

    /// A file comes or goes without this tab.
    fn change(&mut self, pick: usize) {
        let (place, there) = (path(["x2", "new", "src/new"][pick % 3]), pick > 3);
        self.world.agent.change(&place, there);
        if there {
            self.deleted.remove(place.as_str());
        }
        self.world.say();
    }

    fn lose(&mut self) {
        self.world.agent.watched.clear();
        self.world.lose(explorer::Message::Connected { resumed: false });
    }

    /// A file comes to the front: because the person wants it, or by itself.
    fn reveal(&mut self, wanted: bool) -> Result<(), TestCaseError> {
        if wanted {
            self.acted = false;
            self.world.tell(explorer::Message::Reveal(path("src/main.rs")));
            return Ok(());
        }
        let focused = self.world.store.focused.clone();
        self.acted &= focused.is_some();
        self.world.tell(explorer::Message::Recall(path("src/main.rs")));
        prop_assert!(focused.is_none() || self.world.store.focused == focused, "pointed elsewhere since");
        Ok(())
    }

    /// The next answer or event comes.
    fn hear(&mut self) -> Result<(), TestCaseError> {
        let Some(message) = self.world.next() else { return Ok(()) };
        let store = &self.world.store;
        let (focused, selected) = (store.focused.clone(), store.selected.clone());
        let (anchor, naming) = (store.anchor.clone(), format!("{:?}", store.naming));
        let closed = self.acted && shown(store) == Some(false);
        let removes = matches!(message, explorer::Message::Deleted(_));
        if let explorer::Message::Deleted(paths) = &message {
            let names = &self.world.agent.names[&path("")];
            let gone = paths.iter().map(ToString::to_string);
            self.deleted.extend(gone.filter(|name| !names.contains(name)));
        }
        self.world.tell(message);
        let store = &self.world.store;
        let back = keys(store).into_iter().find(|key| self.deleted.contains(key));
        prop_assert_eq!(back, None, "deleted, and back");
        prop_assert!(!closed || shown(store) != Some(true), "opened by itself");
        prop_assert_eq!(format!("{:?}", store.naming), naming);
        prop_assert!(store.selected.is_subset(&selected), "nothing is selected by itself");
        if !removes {
            prop_assert_eq!(&store.focused, &focused);
            prop_assert_eq!(&store.anchor, &anchor);
        }
        Ok(())
    }

    /// When everything has come, the tree is the disk.
    fn settle(mut self) -> Result<(), TestCaseError> {
        self.world.settle();
        self.world.tell(explorer::Message::NamingCancelled);
        let (store, names) = (&self.world.store, &self.world.agent.names);
        for key in store.selected.iter() {
            // The row of the name that is being written is no file.
            let Ok(place) = WorkspacePath::parse(key) else { continue };
            prop_assert!(names[&place.parent().unwrap()].contains(place.name()), "selected, and gone");
        }
        let open = keys(store).iter().any(|key| key.starts_with("src/"));
        let mut there = Vec::new();
        for name in &names[&path("")] {
            there.push(name.clone());
            if name == "src" && open {
                there.extend(names[&path("src")].iter().map(|name| format!("src/{name}")));
            }
        }
        prop_assert_eq!(keys(store), there);
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_tree_shows_the_disk_and_only_the_person_points(steps in steps()) {
        let mut tree = Tree::new();
        for (step, pick) in steps {
            match step {
                1 if pick == 7 => tree.world.tell(explorer::Message::NamingCancelled),
                2 if pick == 7 => tree.world.tell(explorer::Message::New { folder: false }),
                0..=2 => tree.act(pick),
                3 => tree.change(pick),
                4 if pick == 0 => tree.lose(),
                4 => tree.reveal(pick > 4)?,
                5..=7 => tree.world.work(pick),
                _ => tree.hear()?,
            }
        }
        tree.settle()?;
    }
}
