//! What the workspace is, and who asks.

use std::rc::Rc;

use protocol::{
    Access,
    workspace::{DescribeWorkspace, Workspace as Description},
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::Model,
};

/// What is known of the workspace.
#[derive(Default)]
pub struct Workspace {
    /// What the agent says it is; none before it has.
    pub description: Option<Rc<Description>>,
}

/// What happens.
pub enum Message {
    /// A session began: ask.
    Connected,
    /// The agent said what it is.
    Described(Box<Description>),
}

impl Model for Workspace {
    type Message = Message;
    type Effect = ();

    fn update(&mut self, message: Message) -> Vec<()> {
        match message {
            Message::Connected => vec![()],
            Message::Described(description) => {
                self.description = Some(Rc::new(*description));
                Vec::new()
            }
        }
    }
}

impl Workspace {
    /// Whether the person may do what needs `access`.
    pub fn may(&self, access: Access) -> bool {
        self.description.as_ref().is_some_and(|workspace| workspace.principal.grants.may(access))
    }
}

impl Perform for Workspace {
    fn perform(desk: &Desk, (): ()) {
        desk.ask(DescribeWorkspace {}, |desk, outcome| {
            desk.said(say!("workspace.not-described"), &outcome);
            if let Ok(description) = outcome {
                desk.tell::<Self>(Message::Described(Box::new(description)));
            }
        });
    }
}
