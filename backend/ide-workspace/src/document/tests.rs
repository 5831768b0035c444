//! A document through every schedule of typing, outside writes, saves and restarts.

use proptest::prelude::*;

use super::*;

/// A document, two tabs that follow it, and somebody else who writes its file.
struct World {
    folder: tempfile::TempDir,
    tree: Arc<Tree>,
    journals: Journals,
    document: OpenDocument,
    /// Each tab's copy, and the updates it has not heard yet.
    tabs: [(Shared, Vec<Vec<u8>>); 2],
    tokens: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Type { tab: usize, line: usize },
    Hear { tab: usize },
    Outside { line: usize },
    Look,
    Save,
    Restart,
}

const PATH: &str = "file";

fn path() -> WorkspacePath {
    WorkspacePath::parse(PATH).unwrap()
}

fn with_line(text: &str, line: usize, token: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(line % (lines.len() + 1), token);
    lines.join("\n") + "\n"
}

impl World {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("root")).unwrap();
        std::fs::write(folder.path().join("root").join(PATH), text).unwrap();
        let tree = Arc::new(Tree::open(&folder.path().join("root")).unwrap());
        let journals = Journals::open(&folder.path().join("state")).unwrap();
        let document = OpenDocument::open(&tree, &journals, &path()).unwrap();
        let tab = || (Shared::restore(&document.shared().state()).unwrap(), Vec::new());
        let tabs = [tab(), tab()];
        Self { folder, tree, journals, document, tabs, tokens: 0 }
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("root").join(PATH)).unwrap()
    }

    fn token(&mut self, of: &str) -> String {
        self.tokens += 1;
        format!("{of}{}.", self.tokens)
    }

    fn tell(&mut self, updates: impl IntoIterator<Item = Vec<u8>>, but: Option<usize>) {
        for update in updates {
            for (index, (_, queue)) in self.tabs.iter_mut().enumerate() {
                if Some(index) != but {
                    queue.push(update.clone());
                }
            }
        }
    }

    fn hear(&mut self, tab: usize) {
        let (shared, queue) = &mut self.tabs[tab];
        for update in queue.drain(..) {
            shared.apply(&update).unwrap();
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Type { tab, line } => {
                let token = self.token("typed");
                let shared = &mut self.tabs[tab].0;
                let text = shared.text();
                let update = shared.edit(&merge::edits(&text, &with_line(&text, line, &token)));
                if let Applied::News(news) = self.document.apply(&update).unwrap() {
                    self.tell([news], Some(tab));
                }
                self.document.flush().unwrap();
            }
            Step::Hear { tab } => self.hear(tab),
            Step::Outside { line } => {
                let token = self.token("outside");
                let text = with_line(&self.file(), line, &token);
                std::fs::write(self.folder.path().join("root").join(PATH), text).unwrap();
            }
            Step::Look => {
                let news = self.document.look().unwrap();
                self.tell(news, None);
            }
            Step::Save => {
                let (news, saved) = self.document.save(false);
                self.tell(news, None);
                assert_eq!(saved.is_ok(), self.document.disk == Disk::Same);
            }
            Step::Restart => {
                let (before, id) = (self.document.shared().vector(), self.document.id().to_owned());
                self.document = OpenDocument::open(&self.tree, &self.journals, &path()).unwrap();
                if self.document.id() != id {
                    // Nobody had edited it: the tabs take the new one.
                    assert_eq!(
                        self.document.text().matches("typed").count(),
                        self.file().matches("typed").count()
                    );
                    let state = self.document.shared().state();
                    self.tabs = [(), ()].map(|()| (Shared::restore(&state).unwrap(), Vec::new()));
                    return;
                }
                let news = self.document.shared().since(&before).unwrap();
                self.tell([news], None);
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..2_usize, 0..9_usize).prop_map(|(tab, line)| Step::Type { tab, line }),
        2 => (0..2_usize).prop_map(|tab| Step::Hear { tab }),
        2 => (0..9_usize).prop_map(|line| Step::Outside { line }),
        2 => Just(Step::Look),
        2 => Just(Step::Save),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// J4: whatever the order, no line anybody wrote is lost or doubled.
    #[test]
    fn no_schedule_loses_a_line(steps in steps()) {
        let mut world = World::new("a\nb\nc\nd\ne\n");
        for step in steps {
            world.take(step);
        }
        world.take(Step::Look);
        world.hear(0);
        world.hear(1);
        let (text, file) = (world.document.text().to_string(), world.file());
        prop_assert_eq!(&world.tabs[0].0.text(), &text);
        prop_assert_eq!(&world.tabs[1].0.text(), &text);
        for number in 1..=world.tokens {
            let count = |text: &str, token: &str| text.matches(token).count();
            let typed = format!("typed{number}.");
            let outside = format!("outside{number}.");
            prop_assert!(count(&text, &typed) + count(&text, &outside) <= 1);
            prop_assert!(count(&file, &typed) + count(&file, &outside) <= 1);
            prop_assert!(count(&text, &typed) == 1 || count(&text, &outside) == 1 || count(&file, &outside) == 1);
        }
    }
}

#[test]
fn a_journal_stays_small() {
    let mut world = World::new("");
    for round in 0..600 {
        let shared = &mut world.tabs[0].0;
        let text = shared.text();
        let update = shared.edit(&merge::edits(&text, &format!("{round}").repeat(4000)));
        world.document.apply(&update).unwrap();
        if round % 10 == 0 {
            world.document.flush().unwrap();
        }
    }
    world.document.flush().unwrap();
    let sizes = std::fs::read_dir(world.folder.path().join("state/journal")).unwrap();
    let sum: u64 = sizes.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(sum < 3 * 1024 * 1024, "{sum} bytes for a text of 12 KB");
}

#[test]
fn an_update_that_breaks_the_text_is_undone() {
    let mut world = World::new("text\n");
    world.take(Step::Type { tab: 0, line: 0 });
    let (before, id) = (world.document.text().clone(), world.document.id().to_owned());
    let large = "x".repeat(MAX_DOCUMENT as usize);
    let shared = &mut world.tabs[1].0;
    let update = shared.edit(&[Edit { range: 0..0, text: large }]);
    assert_eq!(world.document.apply(&update), Err(Refused::Broken));
    assert_eq!((world.document.text(), world.document.id()), (&before, id.as_str()));
    assert_eq!(world.document.shared().text(), &*before);
    world.tabs[1].0 = Shared::restore(&world.document.shared().state()).unwrap();
    world.take(Step::Type { tab: 1, line: 0 });
}

#[test]
fn a_file_that_others_write_meanwhile_is_not_written_over() {
    let world = World::new("text\n");
    let seen = world.tree.read("open", &path(), 100).unwrap().stamp;
    std::fs::write(world.folder.path().join("root").join(PATH), "theirs\n").unwrap();
    let refused = world.tree.replace("save", &path(), b"ours\n", Some(seen)).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict);
    assert_eq!(world.file(), "theirs\n");
    assert_eq!(std::fs::read_dir(world.folder.path().join("root")).unwrap().count(), 1);
}
