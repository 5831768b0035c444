//! What is asked of the search in files from elsewhere, and how whoever searches hears what is found. The search that a person
//! sees is its panel's.

use protocol::WorkspacePath;

use crate::{
    desk::{Desk, Perform},
    shell::focus::Moment,
    state::Model,
    views,
};

pub mod found;
pub mod stream;

/// A search that somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What is looked for; what the panel has, if none is given.
    pub text: Option<String>,
    /// The folder it is looked for in.
    pub folder: Option<WorkspacePath>,
    /// Whether it is to be replaced.
    pub replace: bool,
}

/// What is wanted, until the panel has taken it.
#[derive(Default)]
pub struct Wishes {
    /// The newest, and when it came.
    pub newest: Option<(Wish, Moment)>,
}

/// What happens.
pub enum Message {
    /// Somebody wants to search.
    Ask(Wish, Moment),
    /// The panel has taken it.
    Taken,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Bring the panel to the front.
    Show,
}

impl Model for Wishes {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask(wish, moment) => {
                self.newest = Some((wish, moment));
                vec![Effect::Show]
            }
            Message::Taken => {
                self.newest = None;
                Vec::new()
            }
        }
    }
}

/// Wants to see a search.
pub fn ask(desk: &Desk, wish: Wish) {
    desk.tell::<Wishes>(Message::Ask(wish, Moment::now()));
}

impl Perform for Wishes {
    fn perform(desk: &Desk, Effect::Show: Effect) {
        views::show(desk, "search");
    }
}
