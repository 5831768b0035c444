//! What lies over everything else: messages, a menu, a question, the palette; and the list of what was said.

use std::{collections::VecDeque, rc::Rc};

use gloo_timers::callback::Timeout;
use widgets::{MenuItem, Toast, Tone};
use yew::{AttrValue, Callback};

use crate::{
    desk::{Desk, Perform},
    state::Model,
};

/// Messages shown at once; older ones make room.
const MAX_TOASTS: usize = 4;
/// Messages kept in the list.
const MAX_KEPT: usize = 100;

/// What lies over everything else.
#[derive(Default)]
pub struct Notices {
    /// Messages, oldest first.
    pub toasts: Rc<Vec<Toast>>,
    /// What was said, newest first.
    pub kept: Rc<Vec<Notice>>,
    /// How much of it was said since the list was last looked at.
    pub unseen: usize,
    /// The open menu.
    pub menu: Option<OpenMenu>,
    /// The open question; others wait until it is answered.
    pub question: Option<Question>,
    waiting: VecDeque<Question>,
    /// What the palette was opened with.
    pub palette: Option<AttrValue>,
    /// The open list.
    pub sheet: Option<Sheet>,
    last: u64,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Its identity, that of its toast too.
    pub id: u64,
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: AttrValue,
    /// What was tried; empty where nothing can take it back.
    pub cause: AttrValue,
    /// Whether what it says is over: the same was tried again and went well.
    pub over: bool,
}

/// A list that is opened from the status bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// What was said.
    Notifications,
    /// Files with unsaved text.
    Unsaved,
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

/// Asks before something is destroyed, and goes on if that is meant.
pub fn confirm(
    desk: &Desk,
    title: impl Into<AttrValue>,
    body: impl Into<AttrValue>,
    button: &'static str,
    go_on: impl Fn(&Desk) + 'static,
) {
    let again = desk.clone();
    desk.tell::<Notices>(Message::Ask(Question {
        title: title.into(),
        body: body.into(),
        input: None,
        confirm: button.into(),
        danger: true,
        on_confirm: Callback::from(move |_| go_on(&again)),
    }));
}

/// What happens.
pub enum Message {
    /// Something is worth saying.
    Say(Tone, AttrValue),
    /// What was tried (the first text) failed.
    Failed(AttrValue, AttrValue),
    /// What was tried went well: what was said of it before is over.
    Mended(AttrValue),
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
    /// A list opens, or closes.
    ShowSheet(Option<Sheet>),
    /// What is open closes, all of it: it cannot be shown.
    CloseAll,
    /// The list of what was said is emptied.
    Forget,
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
            Message::Say(tone, text) => return self.say(tone, AttrValue::default(), text),
            Message::Failed(cause, text) => return self.say(Tone::Error, cause, text),
            Message::Mended(cause) => self.mended(&cause),
            Message::Dismiss(id) => self.dismiss(id),
            Message::OpenMenu(menu) => self.menu = Some(menu),
            Message::CloseMenu => self.menu = None,
            Message::Ask(question) if self.question.is_some() => self.waiting.push_back(question),
            Message::Ask(question) => self.question = Some(question),
            Message::Answered => self.question = self.waiting.pop_front(),
            Message::OpenPalette(query) => self.palette = Some(query),
            Message::ClosePalette => self.palette = None,
            Message::ShowSheet(sheet) => {
                (self.sheet, self.unseen) = (sheet, 0);
                if sheet == Some(Sheet::Notifications) {
                    // The list says it all.
                    self.toasts = Rc::default();
                }
            }
            Message::CloseAll => {
                (self.menu, self.question, self.sheet) = (None, None, None);
                self.waiting.clear();
            }
            Message::Forget => self.kept = Rc::default(),
        }
        Vec::new()
    }
}

impl Notices {
    /// Whether a menu, a question or a list is open.
    pub fn has_opened(&self) -> bool {
        self.menu.is_some() || self.question.is_some() || self.sheet.is_some()
    }

    fn say(&mut self, tone: Tone, cause: AttrValue, text: AttrValue) -> Vec<Effect> {
        self.last += 1;
        let id = self.last;
        let toasts = Rc::make_mut(&mut self.toasts);
        toasts.retain(|toast| toast.text != text);
        toasts.push(Toast { id, tone, text: text.clone() });
        let surplus = toasts.len().saturating_sub(MAX_TOASTS);
        toasts.drain(..surplus);
        let kept = Rc::make_mut(&mut self.kept);
        kept.retain(|notice| notice.text != text);
        kept.insert(0, Notice { id, tone, text, cause, over: false });
        kept.truncate(MAX_KEPT);
        if self.sheet != Some(Sheet::Notifications) {
            self.unseen = (self.unseen + 1).min(kept.len());
        }
        let seconds = if tone == Tone::Error { 15 } else { 6 };
        vec![Effect::Expire { id, seconds }]
    }

    fn mended(&mut self, cause: &AttrValue) {
        let ended = |notice: &Notice| notice.cause == *cause && !notice.over;
        if !self.kept.iter().any(ended) {
            return;
        }
        for notice in Rc::make_mut(&mut self.kept).iter_mut().filter(|notice| ended(notice)) {
            notice.over = true;
            Rc::make_mut(&mut self.toasts).retain(|toast| toast.id != notice.id);
        }
    }

    fn dismiss(&mut self, id: u64) {
        if self.toasts.iter().any(|toast| toast.id == id) {
            Rc::make_mut(&mut self.toasts).retain(|toast| toast.id != id);
        }
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
        let kept: Vec<_> = notices.kept.iter().map(|notice| notice.text.to_string()).collect();
        assert_eq!(kept, ["e", "d", "b", "c", "a"], "nothing that was said is lost");
    }

    #[test]
    fn a_message_goes_with_its_cause_and_stays_in_the_list() {
        let mut notices = Notices::default();
        notices.update(Message::Failed("save a".into(), "a is not saved: the disk is full".into()));
        notices.update(Message::Failed("save b".into(), "b is not saved: the disk is full".into()));
        assert_eq!(notices.unseen, 2);
        notices.update(Message::Mended("save a".into()));
        assert_eq!(notices.toasts.len(), 1);
        let over: Vec<_> = notices.kept.iter().map(|notice| notice.over).collect();
        assert_eq!(over, [false, true]);
        notices.update(Message::ShowSheet(Some(Sheet::Notifications)));
        assert_eq!((notices.unseen, notices.toasts.len()), (0, 0));
        notices.update(Message::Forget);
        assert!(notices.kept.is_empty());
    }

    #[test]
    fn a_question_waits_for_the_answer_to_the_one_before() {
        let question = |title: &'static str| Question {
            title: title.into(),
            body: "".into(),
            input: None,
            confirm: "Yes".into(),
            danger: false,
            on_confirm: Callback::noop(),
        };
        let mut notices = Notices::default();
        notices.update(Message::Ask(question("first")));
        notices.update(Message::Ask(question("second")));
        assert_eq!(notices.question.as_ref().unwrap().title, "first");
        notices.update(Message::Answered);
        assert_eq!(notices.question.as_ref().unwrap().title, "second");
        notices.update(Message::Answered);
        assert!(notices.question.is_none() && !notices.has_opened());
        notices.update(Message::Ask(question("third")));
        notices.update(Message::Ask(question("fourth")));
        assert!(notices.has_opened());
        notices.update(Message::CloseAll);
        notices.update(Message::Ask(question("fifth")));
        assert_eq!(notices.question.as_ref().unwrap().title, "fifth", "what could not be shown is dropped");
    }
}
