//! Whether the folder is trusted, and the question that decides it.

use std::rc::Rc;

use protocol::trust::{self, DecideTrust, Decision, DescribeTrust, Trust as Description};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::Model,
};

/// What is known of trust in the folder.
#[derive(Default)]
pub struct Trust {
    /// What was decided; none before the agent has said.
    pub decision: Option<Decision>,
    /// What would run, as it was last looked up.
    pub description: Option<Rc<Description>>,
    /// The open question.
    pub question: Option<Question>,
    /// Whether an answer is on its way.
    pub answering: bool,
}

/// The open question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What was refused and led to it; empty where the person asked.
    pub reason: String,
    /// Whether it came by itself, because nobody has answered yet: then it is for who may answer.
    pub unasked: bool,
}

/// What happens.
#[derive(Debug)]
pub enum Message {
    /// A session began: ask what was decided.
    Connected,
    /// The agent described it.
    Described(Box<Description>),
    /// The agent says what the owner decided.
    Event(trust::Event),
    /// The question is to be shown, after something was refused for that reason.
    Ask(String),
    /// The question is put away without an answer.
    Close,
    /// The owner's answer.
    Answer(bool),
    /// It was taken, or not.
    Answered(bool),
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask what was decided, and what would run.
    Describe,
    /// Send the answer.
    Decide(bool),
}

impl Model for Trust {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return vec![Effect::Describe],
            Message::Described(description) => {
                // Nobody was asked yet: now is the time.
                let first = self.decision.is_none() && description.decision == Decision::Unasked;
                self.decision = Some(description.decision);
                self.description = Some(Rc::new(*description));
                if first {
                    let question = Question { unasked: true, ..Question::default() };
                    self.question.get_or_insert(question);
                }
            }
            Message::Event(trust::Event::Decided(decision)) => {
                (self.decision, self.question) = (Some(decision), None);
            }
            Message::Ask(reason) => {
                self.question = Some(Question { reason, unasked: false });
                return vec![Effect::Describe];
            }
            Message::Close => self.question = None,
            Message::Answer(trusted) => {
                self.answering = true;
                return vec![Effect::Decide(trusted)];
            }
            Message::Answered(taken) => {
                self.answering = false;
                if taken {
                    self.question = None;
                }
            }
        }
        Vec::new()
    }
}

impl Trust {
    /// Whether the folder is known to be one of which nothing runs.
    pub fn is_restricted(&self) -> bool {
        self.decision.is_some_and(|decision| decision != Decision::Trusted)
    }

    /// Whether the question is open for somebody who may answer it, or may not: to these it does not come by itself.
    pub fn asks(&self, may_decide: bool) -> bool {
        let open = |question: &Question| may_decide || !question.unasked;
        self.description.is_some() && self.question.as_ref().is_some_and(open)
    }

    /// Whether the folder is known to be trusted.
    pub fn is_trusted(&self) -> bool {
        self.decision == Some(Decision::Trusted)
    }
}

impl Perform for Trust {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Describe => desk.ask(DescribeTrust {}, |desk, outcome| match outcome {
                Ok(description) => desk.tell::<Self>(Message::Described(Box::new(description))),
                Err(error) => desk.complain(say!("trust.not-listed"), &error),
            }),
            Effect::Decide(trusted) => desk.ask(DecideTrust { trusted }, |desk, outcome| {
                desk.tell::<Self>(Message::Answered(outcome.is_ok()));
                if let Err(error) = outcome {
                    desk.complain(say!("trust.not-taken"), &error);
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(decision: Decision) -> Message {
        let description = Description { decision, folder: "/w".into(), runs: Vec::new(), more: false };
        Message::Described(Box::new(description))
    }

    /// The decision told first, and whether it opens the question by itself.
    fn check(decision: Decision, asks: bool, restricted: bool) {
        let mut trust = Trust::default();
        assert!(!trust.is_restricted() && !trust.is_trusted(), "nothing is said before it is known");
        trust.update(described(decision));
        assert_eq!((trust.question.is_some(), trust.is_restricted()), (asks, restricted), "{decision:?}");
    }

    #[test]
    fn asks_by_itself_once_where_nobody_answered() {
        check(Decision::Unasked, true, true);
        check(Decision::BrowseOnly, false, true);
        check(Decision::Trusted, false, false);
        let mut trust = Trust::default();
        trust.update(described(Decision::Unasked));
        trust.update(Message::Close);
        trust.update(described(Decision::Unasked));
        assert_eq!(trust.question, None, "a reconnect does not ask again");
    }

    #[test]
    fn the_question_comes_by_itself_to_who_may_answer_it() {
        let mut trust = Trust::default();
        assert!(!trust.asks(true));
        trust.update(described(Decision::Unasked));
        assert!(trust.asks(true) && !trust.asks(false));
        trust.update(Message::Ask("Invoke does not run".into()));
        assert!(trust.asks(true) && trust.asks(false), "it says why nothing runs");
        trust.update(Message::Close);
        assert!(!trust.asks(true));
    }

    #[test]
    fn a_refusal_asks_and_any_tab_answers() {
        let mut trust = Trust::default();
        trust.update(described(Decision::BrowseOnly));
        assert_eq!(trust.update(Message::Ask("Invoke does not run".into())), [Effect::Describe]);
        assert_eq!(trust.question, Some(Question { reason: "Invoke does not run".into(), unasked: false }));
        assert_eq!(trust.update(Message::Answer(true)), [Effect::Decide(true)]);
        trust.update(Message::Answered(false));
        assert!(
            trust.question.is_some() && !trust.answering,
            "an answer that was not taken can be given again"
        );
        trust.update(Message::Event(trust::Event::Decided(Decision::Trusted)));
        assert!(trust.question.is_none() && trust.is_trusted());
    }
}
