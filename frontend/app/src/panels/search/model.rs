//! The search in files: what is written, the search under way, what it found, and replacing that.

use protocol::{
    CallError, ChannelId, WorkspacePath,
    language::Position,
    search::{FoundFile, FoundText, ReplaceText, Replaced, Replacement},
};
use yew::AttrValue;

use crate::{
    panels::search::model::{
        form::{Asked, Form, History, Switch},
        results::Results,
        step::{Outcome, Plan, Step},
    },
    state::{Model, search::Wish},
};

pub mod form;
pub mod results;
pub mod step;
pub mod text;

/// The search in files.
#[derive(Default)]
pub struct Search {
    /// What is written.
    pub form: Form,
    history: History,
    /// What was found.
    pub results: Results,
    /// What the results are of.
    shown: Option<Asked>,
    running: Option<Run>,
    /// Whether files are others since that was found.
    stale: bool,
    /// How the last search ended; none while one runs, and where it was stopped or failed.
    pub ended: Option<FoundText>,
    /// Whether the person stopped it.
    pub stopped: bool,
    /// Why it failed.
    pub trouble: Option<String>,
    /// What is to be replaced, once the person has said so.
    planned: Option<Plan>,
    step: Option<Step>,
    /// Whether a step is being taken back.
    pub undoing: bool,
    /// What came of the last step.
    pub outcome: Option<Outcome>,
    /// The step that can be taken back.
    pub undo: Option<Replacement>,
    /// Tells one search, and one wait for the next letter, from the next.
    count: u64,
    /// The wait for the next letter that is the newest.
    awaited: u64,
}

/// A search under way.
#[derive(Debug)]
struct Run {
    number: u64,
    channel: Option<ChannelId>,
    /// What it found, where what was found before is still shown: the same is looked for, and comes in its place at once.
    unseen: Option<Vec<FoundFile>>,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Message {
    /// The panel is shown for the first time.
    Opened,
    /// Somebody wants to see a search.
    Wish(Wish),
    /// Something else is looked for.
    Pattern(String),
    /// Something else comes in its place.
    Replacement(String),
    /// Other files are included.
    Include(String),
    /// Other files are excluded.
    Exclude(String),
    /// A switch is turned.
    Turn(Switch),
    /// The search before, or after, the one that is shown.
    Walk {
        /// Whether the one before.
        back: bool,
    },
    /// Nobody has typed for a while, since the wait of this number.
    Paused(u64),
    /// Search now, and show again what was taken out.
    Submit,
    /// The search of this number has a channel.
    Begun(u64, ChannelId),
    /// The search of this number found something.
    Found(u64, Vec<FoundFile>),
    /// The search of this number is over.
    Ended(u64, Result<FoundText, CallError>),
    /// No longer search.
    Cancel,
    /// Forget what is looked for and what was found.
    Clear,
    /// A row gets the focus.
    Focus(AttrValue),
    /// A file's matches are shown, or folded away.
    Expand(AttrValue, bool),
    /// The matches of all files are folded away.
    CollapseAll,
    /// A match is opened, to go on in its editor or to look at it.
    Open(AttrValue, Keyboard),
    /// The next match is opened, or the one before.
    Step {
        /// Whether the next one.
        forwards: bool,
        /// Where the keyboard goes.
        keyboard: Keyboard,
    },
    /// A file or match is taken out.
    Dismiss(AttrValue),
    /// A row is to be replaced, by a step of this name.
    Replace(AttrValue, String),
    /// Everything is to be replaced, after asking.
    AskToReplace,
    /// That is meant: by a step of this name.
    ReplaceAll(String),
    /// A call of the step was answered.
    Replaced(Result<Replaced, CallError>),
    /// No longer replace.
    GiveUp,
    /// The steps that can be taken back came.
    Listed(Vec<Replacement>),
    /// The last step is taken back.
    Undo,
    /// It was, or could not be.
    Undone(Result<Replaced, CallError>),
    /// What came of the last step has been read.
    Forget,
    /// What was found is shown as text.
    ShowText,
}

/// Where the keyboard goes as a match is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// Into the editor.
    Moves,
    /// It stays where it is.
    Stays,
}

/// What is to be done.
#[derive(Debug)]
pub enum Effect {
    /// Wait for the next letter, by this number.
    Wait(u64),
    /// Begin a search, by this number.
    Find(u64, Asked),
    /// End a search.
    Cancel(ChannelId),
    /// Open a file at a place.
    Open(WorkspacePath, Position, Keyboard),
    /// Ask whether so many matches in so many files are to be replaced.
    AskToReplace {
        /// How many.
        count: (usize, usize),
        /// What was looked for.
        pattern: String,
        /// What comes in its place.
        replacement: String,
    },
    /// Replace.
    Replace(ReplaceText),
    /// Ask which steps can be taken back.
    List,
    /// Take a step back.
    Undo(String),
    /// Show what was found as text.
    ShowText(Asked),
}

impl Model for Search {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Opened => return vec![Effect::List],
            Message::Wish(wish) => return self.wish(&wish),
            Message::Pattern(_)
            | Message::Replacement(_)
            | Message::Include(_)
            | Message::Exclude(_)
            | Message::Turn(_)
            | Message::Walk { .. }
            | Message::Clear => return self.write(message),
            Message::Paused(number) if number == self.awaited => return self.begin(false),
            Message::Paused(_) => {}
            Message::Submit => {
                self.history.keep(&self.form.pattern);
                return self.begin(true);
            }
            Message::Begun(number, channel) => {
                self.running.iter_mut().filter(|run| run.number == number).for_each(|run| {
                    run.channel = Some(channel);
                });
            }
            Message::Found(number, files) => self.found(number, files),
            Message::Ended(number, outcome) => self.ended(number, outcome),
            Message::Cancel => {
                self.stopped = self.running.is_some();
                return self.cancel();
            }
            Message::Focus(key) => self.results.focus(key),
            Message::Expand(key, expanded) => {
                self.results.focus(key.clone());
                self.results.expand(&key, expanded);
            }
            Message::CollapseAll => self.results.collapse_all(),
            Message::Open(key, keyboard) => {
                self.results.focus(key.clone());
                return self.open(&key, keyboard);
            }
            Message::Step { forwards, keyboard } => {
                let key = self.results.step(forwards);
                return key.map(|key| self.open(&key, keyboard)).unwrap_or_default();
            }
            Message::Dismiss(key) => self.results.dismiss(&key),
            Message::ShowText => return self.shown.clone().map(Effect::ShowText).into_iter().collect(),
            message => return self.replacing(message),
        }
        Vec::new()
    }
}

impl Search {
    /// Whether a search runs.
    pub fn is_searching(&self) -> bool {
        self.running.is_some()
    }

    /// Whether what was found is that of a search, and not of none.
    pub fn has_searched(&self) -> bool {
        self.shown.is_some()
    }

    /// What the results are of.
    pub fn searched(&self) -> Option<&Asked> {
        self.shown.as_ref()
    }

    /// How many files a step is about, and how many of them were asked for; none where none is under way.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.step.as_ref().map(|step| step.files)
    }

    /// Whether what is listed may be replaced: all of it has come, and it is what is written that was looked for.
    pub fn may_replace(&self) -> bool {
        let comes = self.stale || self.running.as_ref().is_some_and(|run| run.unseen.is_none());
        let written = self.form.asked().map(|asked| (asked.query, asked.open));
        let shown = self.shown.as_ref().map(|asked| (asked.query.clone(), asked.open));
        self.step.is_none() && !self.undoing && !comes && written == shown && self.results.count().0 > 0
    }

    fn wish(&mut self, wish: &Wish) -> Vec<Effect> {
        if let Some(text) = &wish.text {
            self.form.write(text);
            self.history.keep(&self.form.pattern);
        }
        if wish.replace {
            self.form.turn(Switch::Replace, true);
        }
        if let Some(folder) = &wish.folder {
            self.form.look_in(folder);
        }
        if self.form.asked() == self.shown { Vec::new() } else { self.begin(false) }
    }

    /// Something is written, or put away.
    fn write(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Pattern(text) => {
                self.history.leave();
                self.form.pattern = text;
            }
            Message::Replacement(text) => self.form.replacement = text,
            Message::Include(text) => self.form.include = text,
            Message::Exclude(text) => self.form.exclude = text,
            Message::Turn(Switch::Details) => {
                self.form.turn(Switch::Details, !self.form.is(Switch::Details));
                return Vec::new();
            }
            Message::Turn(switch) => {
                self.form.turn(switch, !self.form.is(switch));
                return self.begin(false);
            }
            Message::Walk { back } => {
                let found = if back { self.history.back(&self.form.pattern) } else { self.history.forth() };
                let Some(found) = found else { return Vec::new() };
                self.form.pattern = found;
            }
            Message::Clear => {
                self.form.pattern.clear();
                return self.begin(false);
            }
            _ => {}
        }
        self.awaited = self.number();
        vec![Effect::Wait(self.awaited)]
    }

    /// Searches for what is written; with `all`, what was taken out is shown again.
    fn begin(&mut self, all: bool) -> Vec<Effect> {
        // Who still waits for the next letter need not.
        self.awaited = self.number();
        let mut effects = self.cancel();
        let asked = self.form.asked();
        let same = asked.as_ref().map(|asked| (&asked.query, asked.open))
            == self.shown.as_ref().map(|asked| (&asked.query, asked.open));
        if !same {
            self.results.clear();
            (self.outcome, self.stale) = (None, false);
        } else if all {
            self.results.forget_dismissed();
        }
        (self.ended, self.stopped, self.trouble) = (None, false, None);
        self.shown.clone_from(&asked);
        if let Some(asked) = asked {
            let number = self.number();
            self.running = Some(Run { number, channel: None, unseen: same.then(Vec::new) });
            effects.push(Effect::Find(number, asked));
        }
        effects
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn cancel(&mut self) -> Vec<Effect> {
        let channel = self.running.take().and_then(|run| run.channel);
        channel.map(Effect::Cancel).into_iter().collect()
    }

    fn found(&mut self, number: u64, files: Vec<FoundFile>) {
        let Some(run) = self.running.as_mut().filter(|run| run.number == number) else { return };
        match &mut run.unseen {
            Some(unseen) => unseen.extend(files),
            None => self.results.add(files),
        }
    }

    fn ended(&mut self, number: u64, outcome: Result<FoundText, CallError>) {
        let Some(run) = self.running.take_if(|run| run.number == number) else { return };
        match outcome {
            Ok(found) => {
                if let Some(files) = run.unseen {
                    self.results.begin_again();
                    self.results.add(files);
                }
                (self.ended, self.stale) = (Some(found), false);
            }
            Err(error) => self.trouble = Some(error.message),
        }
        self.results.settle();
    }

    fn open(&mut self, key: &str, keyboard: Keyboard) -> Vec<Effect> {
        if let Some(asked) = &self.shown {
            self.history.keep(&asked.query.pattern);
        }
        let place = self.results.place_of(key);
        place.map(|(path, position)| Effect::Open(path, position, keyboard)).into_iter().collect()
    }

    fn replacing(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Replace(key, id) => {
                let plan = self.plan(Some(&key));
                return self.start(id, plan);
            }
            Message::AskToReplace => {
                self.planned = self.plan(None);
                return self.planned.iter().map(ask_to_replace).collect();
            }
            Message::ReplaceAll(id) => {
                let plan = self.planned.take();
                return self.start(id, plan);
            }
            Message::Replaced(answer) => return self.replaced(answer),
            Message::GiveUp => self.step.iter_mut().for_each(Step::give_up),
            Message::Listed(steps) => self.undo = steps.into_iter().next(),
            Message::Undo if self.step.is_none() && !self.undoing => {
                let step = self.undo.as_ref().map(|undo| undo.step.clone());
                self.undoing = step.is_some();
                return step.map(Effect::Undo).into_iter().collect();
            }
            Message::Undone(answer) => return self.undone(answer),
            Message::Forget => self.outcome = None,
            _ => {}
        }
        Vec::new()
    }

    /// What would be replaced of a row, or of all.
    fn plan(&self, key: Option<&str>) -> Option<Plan> {
        let asked = self.form.asked().filter(|_| self.may_replace())?;
        let files = self.results.to_replace(key);
        let replacement = self.form.replacement.clone();
        (!files.is_empty()).then_some(Plan { query: asked.query, replacement, files })
    }

    fn start(&mut self, id: String, plan: Option<Plan>) -> Vec<Effect> {
        let Some(plan) = plan.filter(|_| self.step.is_none() && !self.undoing) else { return Vec::new() };
        self.history.keep(&plan.query.pattern);
        self.outcome = None;
        // What is being looked for again is no longer there.
        let mut effects = self.cancel();
        let mut step = Step::new(id, plan);
        effects.extend(step.next_call().map(Effect::Replace));
        self.step = Some(step);
        effects
    }

    fn replaced(&mut self, answer: Result<Replaced, CallError>) -> Vec<Effect> {
        let Some(mut step) = self.step.take() else { return Vec::new() };
        let trouble = step.answered(answer);
        if let Some(call) = step.next_call() {
            self.step = Some(step);
            return vec![Effect::Replace(call)];
        }
        self.results.remove(&step.gone());
        self.over(step.outcome(trouble))
    }

    fn undone(&mut self, answer: Result<Replaced, CallError>) -> Vec<Effect> {
        self.undoing = false;
        let (done, trouble) = match answer {
            Ok(done) => (done, None),
            Err(error) => (Replaced::default(), Some(error.message)),
        };
        self.over(Outcome { undone: true, done, given_up: false, trouble })
    }

    /// Files are others now: the search is made again.
    fn over(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.stale = true;
        let mut effects = self.begin(false);
        self.outcome = Some(outcome);
        effects.push(Effect::List);
        effects
    }
}

fn ask_to_replace(plan: &Plan) -> Effect {
    let (pattern, replacement) = (plan.query.pattern.clone(), plan.replacement.clone());
    Effect::AskToReplace { count: plan.count(), pattern, replacement }
}

#[cfg(test)]
mod tests {
    use protocol::ErrorCode;

    use super::*;
    use crate::state::search::found::tests::file;

    /// Types a pattern, waits, and gives the number of the search that begins.
    fn search(search: &mut Search, pattern: &str) -> u64 {
        let effects = search.update(Message::Pattern(pattern.into()));
        let [Effect::Wait(wait)] = effects[..] else { panic!("{effects:?}") };
        begun(search, Message::Paused(wait))
    }

    /// The number of the search that a message begins; it has the same number as its channel.
    fn begun(search: &mut Search, message: Message) -> u64 {
        let effects = search.update(message);
        let number = effects.iter().find_map(|effect| match effect {
            Effect::Find(number, _) => Some(*number),
            _ => None,
        });
        let number = number.unwrap_or_else(|| panic!("{effects:?}"));
        search.update(Message::Begun(number, ChannelId(number as u32)));
        number
    }

    fn end(search: &mut Search, number: u64) {
        search.update(Message::Ended(number, Ok(FoundText::default())));
    }

    /// A search that found matches in so many files.
    fn found(count: usize) -> Search {
        let mut one = Search::default();
        let number = search(&mut one, "abc");
        let files =
            (0..count).map(|file_number| file(&format!("f{file_number:03}"), &[(0, 0), (1, 4)])).collect();
        one.update(Message::Found(number, files));
        end(&mut one, number);
        one
    }

    fn error(message: &str) -> CallError {
        CallError::new(ErrorCode::Invalid, message)
    }

    #[test]
    fn typing_searches_once_nobody_types() {
        let mut one = Search::default();
        let first = one.update(Message::Pattern("a".into()));
        let second = one.update(Message::Pattern("ab".into()));
        let ([Effect::Wait(first)], [Effect::Wait(second)]) = (&first[..], &second[..]) else {
            panic!("two waits")
        };
        assert!(one.update(Message::Paused(*first)).is_empty(), "another letter came");
        let effects = one.update(Message::Paused(*second));
        assert!(matches!(&effects[..], [Effect::Find(_, asked)] if asked.query.pattern == "ab"));
        // Enter does not wait, and who waits does not search again.
        let third = one.update(Message::Pattern("abc".into()));
        let [Effect::Wait(third)] = third[..] else { panic!("a wait") };
        begun(&mut one, Message::Submit);
        assert!(one.update(Message::Paused(third)).is_empty());
    }

    #[test]
    fn what_an_older_search_finds_is_not_shown() {
        let mut one = Search::default();
        let older = search(&mut one, "a");
        one.update(Message::Found(older, vec![file("a", &[(0, 0)])]));
        let wait = one.update(Message::Pattern("b".into()));
        let [Effect::Wait(wait)] = wait[..] else { panic!("a wait") };
        let effects = one.update(Message::Paused(wait));
        let [Effect::Cancel(channel), Effect::Find(newer, _)] = effects[..] else { panic!("{effects:?}") };
        assert_eq!(channel, ChannelId(older as u32), "the one before ends");
        one.update(Message::Found(older, vec![file("b", &[(0, 0)])]));
        one.update(Message::Ended(older, Err(error("cancelled"))));
        assert_eq!((one.results.count(), one.is_searching(), one.trouble.as_ref()), ((0, 0), true, None));
        one.update(Message::Found(newer, vec![file("c", &[(0, 0)])]));
        end(&mut one, newer);
        assert_eq!((one.results.count(), one.is_searching()), ((1, 1), false));
        one.update(Message::Found(newer, vec![file("d", &[(0, 0)])]));
        assert_eq!(one.results.count(), (1, 1), "it is over");
    }

    #[test]
    fn the_same_search_shows_what_it_found_before_until_it_finds_something() {
        let mut one = found(3);
        one.update(Message::Dismiss("f001".into()));
        one.update(Message::Focus("f002".into()));
        let number = begun(&mut one, Message::Turn(Switch::Replace));
        assert_eq!(one.results.count(), (4, 2));
        assert!(one.may_replace(), "all of that is there");
        one.update(Message::Found(number, vec![file("f002", &[(0, 0)])]));
        one.update(Message::Found(number, vec![file("f001", &[(0, 0)])]));
        assert_eq!(one.results.count(), (4, 2), "what it finds comes in its place at once");
        end(&mut one, number);
        assert_eq!(one.results.count(), (1, 1), "what was taken out stays out");
        assert_eq!(one.results.focused.as_deref(), Some("f002"));
        let number = begun(&mut one, Message::Submit);
        end(&mut one, number);
        assert_eq!(one.results.count(), (0, 0), "nothing was found");
        let number = begun(&mut one, Message::Submit);
        one.update(Message::Found(number, vec![file("f001", &[(0, 0)])]));
        end(&mut one, number);
        assert_eq!(one.results.count(), (1, 1), "Enter shows what was taken out");
        let number = search(&mut one, "abcd");
        one.update(Message::Found(number, vec![file("f001", &[(0, 0)])]));
        assert_eq!(one.results.count(), (1, 1));
        assert!(!one.may_replace(), "more may come");
    }

    #[test]
    fn an_error_is_kept_until_something_else_is_looked_for() {
        let mut one = Search::default();
        begun(&mut one, Message::Wish(wish("(")));
        let number = begun(&mut one, Message::Turn(Switch::Regex));
        one.update(Message::Ended(number, Err(error("unclosed group"))));
        assert_eq!(one.trouble.as_deref(), Some("unclosed group"));
        search(&mut one, "()");
        assert_eq!(one.trouble, None);
        one.update(Message::Cancel);
        assert!(one.stopped && !one.is_searching());
        let effects = one.update(Message::Clear);
        assert!(effects.is_empty() && !one.has_searched() && !one.stopped);
    }

    fn wish(text: &str) -> Wish {
        Wish { text: Some(text.into()), ..Wish::default() }
    }

    #[test]
    fn a_wish_that_is_shown_already_is_not_searched_for_again() {
        let mut one = found(1);
        assert!(one.update(Message::Wish(wish("abc"))).is_empty());
        begun(&mut one, Message::Wish(Wish { replace: true, ..wish("abc") }));
        assert!(one.form.is(Switch::Replace));
        assert_eq!(one.results.count(), (2, 1));
        let folder = Some(WorkspacePath::parse("src").unwrap());
        begun(&mut one, Message::Wish(Wish { folder, ..wish("abc") }));
        assert_eq!((one.form.include.as_str(), one.results.count()), ("/src/**", (0, 0)));
    }

    #[test]
    fn everything_is_replaced_in_calls_after_asking() {
        let mut one = found(150);
        one.update(Message::Replacement("x".into()));
        let effects = one.update(Message::AskToReplace);
        assert!(
            matches!(&effects[..], [Effect::AskToReplace { count: (300, 150), pattern, replacement }] if pattern == "abc" && replacement == "x")
        );
        // What was asked for is replaced, whatever is listed by then.
        one.update(Message::Dismiss("f000".into()));
        let effects = one.update(Message::ReplaceAll("step".into()));
        let [Effect::Replace(call)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((call.step.as_str(), call.replacement.as_str(), call.files.len()), ("step", "x", 100));
        assert_eq!(one.progress(), Some((150, 100)));
        assert!(one.update(Message::Replace("f003".into(), "other".into())).is_empty(), "one step at a time");
        let replaced = |files| Ok(Replaced { files, matches: 2 * files, refused: Vec::new() });
        let effects = one.update(Message::Replaced(replaced(100)));
        assert!(
            matches!(&effects[..], [Effect::Replace(call)] if call.files.len() == 50 && call.step == "step")
        );
        let effects = one.update(Message::Replaced(replaced(50)));
        assert!(matches!(effects[..], [Effect::Find(..), Effect::List]), "{effects:?}");
        let outcome = one.outcome.clone().unwrap();
        assert_eq!((outcome.done.files, outcome.done.matches, outcome.undone), (150, 300, false));
        assert_eq!(one.results.count(), (0, 0), "they are no longer there");
        assert!(one.update(Message::ReplaceAll("again".into())).is_empty(), "that was asked for once");
    }

    #[test]
    fn what_is_written_meanwhile_is_not_what_is_listed() {
        let mut one = found(1);
        assert!(one.may_replace());
        one.update(Message::Pattern("abcd".into()));
        assert!(!one.may_replace());
        assert!(one.update(Message::AskToReplace).is_empty());
        assert!(one.update(Message::Replace("f000".into(), "step".into())).is_empty());
        one.update(Message::Pattern("abc".into()));
        let effects = one.update(Message::Replace("f000\u{0}1:4".into(), "step".into()));
        let [Effect::Replace(call)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(call.files[0].matches, [Position { line: 1, character: 4 }]);
    }

    #[test]
    fn the_last_step_is_taken_back_once() {
        let mut one = found(1);
        let kept = |step: &str| Replacement {
            step: step.into(),
            at_ms: 1,
            pattern: "abc".into(),
            replacement: "x".into(),
            files: 1,
        };
        assert!(one.update(Message::Undo).is_empty(), "there is none");
        assert!(matches!(one.update(Message::Opened)[..], [Effect::List]));
        one.update(Message::Listed(vec![kept("new"), kept("old")]));
        let effects = one.update(Message::Undo);
        assert!(matches!(&effects[..], [Effect::Undo(step)] if step == "new"));
        assert!(one.update(Message::Undo).is_empty() && !one.may_replace());
        let effects = one.update(Message::Undone(Err(error("gone"))));
        assert!(matches!(effects[..], [Effect::Find(..), Effect::List]));
        assert_eq!(one.outcome.as_ref().and_then(|outcome| outcome.trouble.as_deref()), Some("gone"));
        one.update(Message::Listed(Vec::new()));
        assert_eq!(one.undo, None);
    }

    #[test]
    fn a_match_is_opened_at_its_place_and_earlier_searches_are_walked() {
        let mut one = found(2);
        let effects = one.update(Message::Open("f001\u{0}1:4".into(), Keyboard::Stays));
        assert!(
            matches!(&effects[..], [Effect::Open(path, Position { line: 1, character: 4 }, Keyboard::Stays)] if path.as_str() == "f001")
        );
        let effects = one.update(Message::Step { forwards: true, keyboard: Keyboard::Moves });
        assert!(
            matches!(&effects[..], [Effect::Open(path, ..)] if path.as_str() == "f000"),
            "around the end"
        );
        one.update(Message::Pattern("draft".into()));
        one.update(Message::Walk { back: true });
        assert_eq!(one.form.pattern, "abc");
        one.update(Message::Walk { back: false });
        assert_eq!(one.form.pattern, "draft");
    }
}
