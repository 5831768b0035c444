//! What lies over everything else: messages, a menu, a question, the palette.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use widgets::{MenuItem, Toast, Tone};
use yew::{AttrValue, Callback};

use crate::{
    desk::{Desk, Perform},
    state::Model,
};

/// Messages shown at once; older ones make room.
const MAX_TOASTS: usize = 4;

/// What lies over everything else.
#[derive(Default)]
pub struct Notices {
    /// Messages, oldest first.
    pub toasts: Rc<Vec<Toast>>,
    /// The open menu.
    pub menu: Option<OpenMenu>,
    /// The open question.
    pub question: Option<Question>,
    /// What the palette was opened with.
    pub palette: Option<AttrValue>,
    last: u64,
}

/// A menu at a place.
#[derive(Clone, PartialEq)]
pub struct OpenMenu {
    /// Its name.
    pub label: AttrValue,
    /// Where.
    pub at: (i32, i32),
    /// Its lines.
    pub items: Rc<Vec<MenuItem>>,
}

/// A question to be answered before something is done.
#[derive(Clone, PartialEq)]
pub struct Question {
    /// What is asked.
    pub title: AttrValue,
    /// What it means.
    pub body: AttrValue,
    /// A text to be given with the answer: its label and its first value.
    pub input: Option<(AttrValue, AttrValue)>,
    /// The word on the button that goes on.
    pub confirm: AttrValue,
    /// Whether something is destroyed.
    pub danger: bool,
    /// Goes on; gets the text, if one was asked for.
    pub on_confirm: Callback<String>,
}

/// What happens.
pub enum Message {
    /// Something is worth saying.
    Say(Tone, AttrValue),
    /// A message goes.
    Dismiss(u64),
    /// A menu opens.
    OpenMenu(OpenMenu),
    /// The menu closes.
    CloseMenu,
    /// A question is asked.
    Ask(Question),
    /// The question is answered or dropped.
    Answered,
    /// The palette opens with this in it.
    OpenPalette(AttrValue),
    /// The palette closes.
    ClosePalette,
}

impl Message {
    /// Something went well.
    pub fn good(text: impl Into<AttrValue>) -> Self {
        Self::Say(Tone::Good, text.into())
    }

    /// Something failed.
    pub fn failed(text: impl Into<AttrValue>) -> Self {
        Self::Say(Tone::Error, text.into())
    }
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Dismiss a message after some seconds.
    Expire {
        /// Which.
        id: u64,
        /// When.
        seconds: u32,
    },
}

impl Model for Notices {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Say(tone, text) => return self.say(tone, text),
            Message::Dismiss(id) => Rc::make_mut(&mut self.toasts).retain(|toast| toast.id != id),
            Message::OpenMenu(menu) => self.menu = Some(menu),
            Message::CloseMenu => self.menu = None,
            Message::Ask(question) => self.question = Some(question),
            Message::Answered => self.question = None,
            Message::OpenPalette(query) => self.palette = Some(query),
            Message::ClosePalette => self.palette = None,
        }
        Vec::new()
    }
}

impl Notices {
    fn say(&mut self, tone: Tone, text: AttrValue) -> Vec<Effect> {
        self.last += 1;
        let toasts = Rc::make_mut(&mut self.toasts);
        toasts.retain(|toast| toast.text != text);
        toasts.push(Toast { id: self.last, tone, text });
        let surplus = toasts.len().saturating_sub(MAX_TOASTS);
        toasts.drain(..surplus);
        let seconds = if tone == Tone::Error { 15 } else { 6 };
        vec![Effect::Expire { id: self.last, seconds }]
    }
}

impl Perform for Notices {
    fn perform(desk: &Desk, effect: Effect) {
        let Effect::Expire { id, seconds } = effect;
        let desk = desk.clone();
        Timeout::new(seconds * 1000, move || desk.tell::<Self>(Message::Dismiss(id))).forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_messages_stay_and_each_expires() {
        let mut notices = Notices::default();
        for text in ["a", "b", "c", "b", "d", "e"] {
            assert_eq!(notices.update(Message::good(text)).len(), 1);
        }
        let texts: Vec<_> = notices.toasts.iter().map(|toast| toast.text.to_string()).collect();
        assert_eq!(texts, ["c", "b", "d", "e"]);
        notices.update(Message::Dismiss(notices.toasts[0].id));
        assert_eq!(notices.toasts.len(), 3);
    }
}
