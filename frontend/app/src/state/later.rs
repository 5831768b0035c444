//! Models of the cloud, whose changes are not needed for the first view: they load with the first message, and what these models
//! are told until then waits in its order, events unread. What they hold can be looked at any time.

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    desk::{Desk, Perform},
    json,
    link::{self, event::Event},
    messages::say,
    state::{
        Model,
        cloud::{self, Cloud},
        deployments::{self, Deployments},
        functions::{self, Functions},
        notices::{self, Notices},
        request::Request,
    },
};

/// Takes a message in and does what the model asks for.
pub type Take<M> = fn(&Desk, <M as Model>::Message);

/// What changes these models.
pub struct Takes {
    /// What is deployed.
    pub cloud: Take<Cloud>,
    /// How it is deployed.
    pub deployments: Take<Deployments>,
    /// Functions and their runs.
    pub functions: Take<Functions>,
    /// The request that is put together.
    pub request: Take<Request>,
    /// Reads what the agent says of these and tells it to them.
    pub event: fn(&Desk, Event),
}

#[wasm_split(cloud_state, fallible)]
fn takes() -> Result<&'static Takes, SplitLoaderError> {
    static TAKES: Takes = Takes {
        cloud: Desk::take::<Cloud>,
        deployments: Desk::take::<Deployments>,
        functions: Desk::take::<Functions>,
        request: Desk::take::<Request>,
        event: hear,
    };
    Ok(&TAKES)
}

/// Reads an event, and has its model take it.
fn hear(desk: &Desk, event: Event) {
    let read = match event {
        Event::Cloud(told) => {
            json::read_tree(told).map(|event| desk.take::<Cloud>(cloud::Message::Event(event)))
        }
        Event::Function(told) => {
            json::read_tree(told).map(|event| desk.take::<Functions>(functions::Message::Event(event)))
        }
        Event::Deploy(told) => {
            json::read_tree(told).map(|event| desk.take::<Deployments>(deployments::Message::Event(event)))
        }
        // Those are no events of these models.
        _ => Ok(()),
    };
    if let Err(error) = read {
        link::complain_of_frame(&error);
    }
}

/// What a model is told, for when it can take it.
pub type Told = Box<dyn FnOnce(&Desk, &'static Takes)>;

/// What waits.
#[derive(Default)]
pub struct Later {
    takes: Option<&'static Takes>,
    loading: bool,
    waiting: Vec<Told>,
}

/// What happens.
pub enum Message {
    /// A model is told something.
    Told(Told),
    /// What changes the models is here, or cannot be had.
    Loaded(Option<&'static Takes>),
}

/// What is to be done.
pub enum Effect {
    /// Load it.
    Load,
    /// Tell the model.
    Tell(Told, &'static Takes),
    /// Say that it cannot be had. What waited is forgotten: nobody wants it done when it can be had later.
    Complain,
}

impl Model for Later {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match (message, self.takes) {
            (Message::Told(told), Some(takes)) => vec![Effect::Tell(told, takes)],
            (Message::Told(told), None) => {
                self.waiting.push(told);
                if std::mem::replace(&mut self.loading, true) { Vec::new() } else { vec![Effect::Load] }
            }
            (Message::Loaded(takes), _) => {
                (self.takes, self.loading) = (takes, false);
                let waiting = std::mem::take(&mut self.waiting);
                match takes {
                    Some(takes) => waiting.into_iter().map(|told| Effect::Tell(told, takes)).collect(),
                    None => vec![Effect::Complain],
                }
            }
        }
    }
}

impl Perform for Later {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Load => desk.spawn(|desk| async move {
                let takes = takes().await.ok();
                desk.tell::<Self>(Message::Loaded(takes));
            }),
            Effect::Tell(told, takes) => told(desk, takes),
            Effect::Complain => {
                desk.tell::<Notices>(notices::Message::failed(say!("cloud.not-loaded").to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TAKES: Takes = Takes {
        cloud: |_, _| (),
        deployments: |_, _| (),
        functions: |_, _| (),
        request: |_, _| (),
        event: |_, _| (),
    };

    /// What is asked for when these things happen one after another: `l`oad, `t`ell, `c`omplain.
    fn check(messages: impl IntoIterator<Item = Message>, expected: &str) {
        let mut later = Later::default();
        let asked = messages.into_iter().flat_map(|message| later.update(message));
        let asked: String = asked
            .map(|effect| match effect {
                Effect::Load => 'l',
                Effect::Tell(..) => 't',
                Effect::Complain => 'c',
            })
            .collect();
        assert_eq!(asked, expected);
    }

    fn told() -> Message {
        Message::Told(Box::new(|_, _| ()))
    }

    #[test]
    fn what_models_are_told_waits_until_they_can_take_it() {
        check([told()], "l");
        check([told(), told()], "l");
        check([told(), told(), Message::Loaded(Some(&TAKES))], "ltt");
        check([told(), Message::Loaded(Some(&TAKES)), told()], "ltt");
    }

    #[test]
    fn what_cannot_be_loaded_is_forgotten_and_loaded_for_what_comes_next() {
        check([told(), Message::Loaded(None), told(), Message::Loaded(Some(&TAKES))], "lclt");
    }
}
