//! Shared text: an agent and two tabs agree at the end of any exchange, the journal gives the same text, and damaged
//! updates change nothing or something whole.

use ide_workspace::{Applied, Edit, Refused, Shared};

use crate::draw::Draw;

/// Steps of one exchange.
const STEPS: usize = 48;
/// What begins so is an update as it comes from a stranger.
const STRANGER: u8 = 0xff;

/// Steps of an exchange; or, behind [`STRANGER`], an update.
pub(crate) fn run(data: &[u8]) -> bool {
    if let Some((&STRANGER, update)) = data.split_first() {
        return take_from_stranger(&World::new().agent, update);
    }
    let (mut world, mut from) = (World::new(), Draw(data));
    for _ in 0..STEPS {
        if from.is_empty() {
            break;
        }
        world.step(&mut from);
    }
    world.end();
    !data.is_empty()
}

/// Somebody with a copy of the text, and what is on its way to it and from it.
struct Tab {
    text: Shared,
    up: Vec<Vec<u8>>,
    down: Vec<Vec<u8>>,
}

struct World {
    agent: Shared,
    tabs: [Tab; 2],
    /// The state at the beginning, then what the agent called news.
    journal: Vec<Vec<u8>>,
}

impl World {
    fn new() -> Self {
        let mut agent = Shared::of_client(1);
        agent.edit(&[Edit { range: 0..0, text: "one\ntwo\nünder\n".to_owned() }]);
        let state = agent.state();
        let tab = |client| {
            let mut text = Shared::of_client(client);
            text.apply(&state).expect("the agent's state is taken");
            Tab { text, up: Vec::new(), down: Vec::new() }
        };
        Self { tabs: [tab(2), tab(3)], journal: vec![state.clone()], agent }
    }

    fn step(&mut self, from: &mut Draw<'_>) {
        let (kind, who) = (from.below(6), from.below(2));
        let tab = &mut self.tabs[who];
        match kind {
            0 | 1 => {
                let edit = edit(&tab.text.text(), from);
                tab.up.push(tab.text.edit(&[edit]));
            }
            2 if !tab.up.is_empty() => {
                // Mostly in order; what comes too early waits for what it builds on.
                let update = tab.up.remove(from.below(4) / 3 % tab.up.len());
                self.take(&update, who);
            }
            3 if !tab.down.is_empty() => {
                let update = tab.down.remove(0);
                tab.text.apply(&update).expect("the agent's news are taken");
            }
            4 => {
                let known = tab.text.state();
                self.take(&known, who);
            }
            _ => {
                let mut update = tab.up.last().cloned().unwrap_or_else(|| tab.text.state());
                let at = from.below(256) % update.len().max(1);
                if let Some(byte) = update.get_mut(at) {
                    *byte ^= from.byte().max(1);
                }
                take_from_stranger(&self.agent, &update);
            }
        }
    }

    /// The agent takes a tab's update, keeps the news and tells the other.
    fn take(&mut self, update: &[u8], who: usize) {
        if let Applied::News(news) = self.agent.apply(update).expect("a tab's update is taken") {
            self.tabs[1 - who].down.push(news.clone());
            self.journal.push(news);
        }
    }

    fn end(mut self) {
        for who in 0..2 {
            for update in std::mem::take(&mut self.tabs[who].up) {
                self.take(&update, who);
            }
        }
        let text = self.agent.text();
        for tab in &mut self.tabs {
            let lacking = self.agent.since(&tab.text.vector()).expect("a tab's vector is one");
            tab.text.apply(&lacking).expect("the agent's answer is taken");
            assert_eq!(tab.text.text(), text);
        }
        let mut replayed = Shared::of_client(4);
        for update in &self.journal {
            replayed.apply(update).expect("what was kept is taken");
        }
        assert_eq!(replayed.text(), text, "the journal gives another text");
        assert_eq!(Shared::restore(&self.agent.state()).map(|again| again.text()).as_ref(), Ok(&text));
    }
}

/// A replacement somewhere between characters.
fn edit(text: &str, from: &mut Draw<'_>) -> Edit {
    let at = text.floor_char_boundary(from.below(256).min(text.len()));
    let end = text.floor_char_boundary((at + from.below(8)).min(text.len()));
    Edit { range: at..end.max(at), text: from.text() }
}

/// A copy of the text takes an update of a stranger: it is refused or makes a text that can be kept. True if it was taken.
fn take_from_stranger(agent: &Shared, update: &[u8]) -> bool {
    let mut copy = Shared::restore(&agent.state()).expect("a state of ours is taken");
    let before = copy.text();
    match copy.apply(update) {
        Ok(applied) => {
            let again = Shared::restore(&copy.state()).expect("what was taken can be kept");
            assert_eq!(again.text(), copy.text(), "{applied:?}");
            assert!(applied != Applied::Nothing || copy.text() == before, "nothing was something");
            true
        }
        Err(Refused::Malformed) => {
            assert_eq!(copy.text(), before, "refused, and changed");
            false
        }
        // The caller restores what it kept.
        Err(Refused::Broken) => false,
    }
}
