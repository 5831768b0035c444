//! Functions of the workspace's templates, and the one being invoked: its events, its run, its result.

use std::rc::Rc;

use protocol::{
    CallError, WorkspacePath,
    function::{
        self, CancelInvocation, DeleteEvent, FunctionRef, Invocation, InvokeFunction, ListEvents,
        ListFunctions, Phase, SaveEvent, SavedEvent, TemplateFunction,
    },
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::{
        Model,
        asking::Asking,
        documents::save_unsaved,
        later::{Take, Takes},
        notices::{self, Notices},
        reloads,
    },
    views,
};

/// Characters of build output kept.
const MAX_OUTPUT: usize = 200_000;

/// What is known of functions.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Functions {
    /// Those of templates.
    pub list: Rc<Vec<TemplateFunction>>,
    /// Whether the list has come.
    pub listed: bool,
    /// Why it cannot be had.
    pub trouble: Option<String>,
    asking: Asking<()>,
    /// The one in the dock.
    pub chosen: Option<FunctionRef>,
    /// Its saved events and samples.
    pub events: Rc<Vec<SavedEvent>>,
    /// Whether they have come.
    events_listed: bool,
    /// The random part of an invocation that was asked for before there was an event to invoke with.
    wanted: Option<u64>,
    /// The file whose function it was asked for, before the functions were known.
    wanted_of: Option<WorkspacePath>,
    /// The name of the event being edited; none before one was chosen.
    pub event: Option<String>,
    /// Whether the person has written in the event's text since it was put there.
    edited: bool,
    /// The text of the event.
    pub body: String,
    /// Grows when the text is replaced from here, so that the editor takes it over.
    pub body_version: u64,
    /// The running invocation.
    pub running: Option<Running>,
    /// How the last one went.
    pub result: Option<Rc<Outcome>>,
    /// Output of the last build.
    pub output: String,
    /// What the page of the function shows.
    pub page: Page,
    /// Which version or alias is invoked, of a deployed function; `$LATEST` where none is chosen.
    pub qualifier: Option<String>,
    /// Whether nobody waits for the answer.
    pub asynchronous: bool,
    last: u64,
}

/// What a function's page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// What it is, and how it has been doing.
    Overview,
    /// Test events, and what came of them.
    #[default]
    Invoke,
    /// Its log.
    Logs,
    /// How it is set.
    Configuration,
    /// Its versions and aliases.
    Versions,
    /// What calls it.
    Triggers,
    /// How many of it run at once.
    Concurrency,
}

impl Page {
    /// All pages, in their order.
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Invoke,
        Self::Logs,
        Self::Configuration,
        Self::Versions,
        Self::Triggers,
        Self::Concurrency,
    ];

    /// Its identity in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Invoke => "invoke",
            Self::Logs => "logs",
            Self::Configuration => "configuration",
            Self::Versions => "versions",
            Self::Triggers => "triggers",
            Self::Concurrency => "concurrency",
        }
    }
}

/// A running invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub phase: Phase,
}

/// How an invocation went.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one, behind an `Rc`")]
pub enum Outcome {
    /// As the agent says.
    Answered(Invocation),
    /// The call itself failed.
    Failed(String),
}

/// What happens.
#[derive(Debug)]
pub enum Message {
    /// A session began, or templates changed: ask.
    Ask,
    /// The functions of templates.
    Listed(Result<Vec<TemplateFunction>, CallError>),
    /// A function is chosen; the dock shows it.
    Choose(FunctionRef),
    /// Its events.
    Events(FunctionRef, Vec<SavedEvent>),
    /// An event is chosen, by name.
    ChooseEvent(String),
    /// The event's text was edited.
    Edit(String),
    /// Keep the text under a name.
    SaveEvent(String),
    /// It is kept, for this function.
    EventSaved(FunctionRef, SavedEvent),
    /// Delete a saved event.
    DeleteEvent(String),
    /// It is deleted, of this function.
    EventDeleted(FunctionRef, String),
    /// Invoke the chosen function; the id's random part is given.
    Invoke(u64),
    /// Invoke the function whose code is in a file; the chosen one where none is.
    InvokeOf(WorkspacePath, u64),
    /// Stop it.
    Cancel,
    /// It ended.
    Ended(String, Result<Invocation, CallError>),
    /// The agent says something of an invocation.
    Event(function::Event),
    /// A page of the function is to be shown.
    Show(Page),
    /// A version or an alias is to be invoked.
    Qualify(Option<String>),
    /// Whether nobody is to wait for the answer.
    Asynchronous(bool),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for the functions.
    List,
    /// Ask for a function's events.
    ListEvents(FunctionRef),
    /// Bring the dock to the front.
    ShowDock,
    /// Save every file, so that what is built is what is seen, then invoke.
    Invoke {
        /// The invocation's id.
        id: String,
        /// What.
        function: FunctionRef,
        /// With what.
        event: String,
        /// Which version or alias.
        qualifier: Option<String>,
        /// Whether nobody waits for the answer.
        asynchronous: bool,
    },
    /// Stop an invocation.
    Cancel(String),
    /// Keep an event.
    SaveEvent(FunctionRef, String, String),
    /// Delete an event.
    DeleteEvent(FunctionRef, String),
    /// Say that a function got its code anew, or why not.
    SayReloaded(function::Reload),
    /// Say why not all that is saved is seen.
    SayDegraded(String),
}

impl Model for Functions {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask => return if self.asking.ask() { vec![Effect::List] } else { Vec::new() },
            Message::Listed(outcome) => return self.listed(outcome),
            Message::Choose(function) => return self.choose(function),
            Message::Events(function, events) => return self.take_events(&function, events),
            Message::ChooseEvent(name) => self.choose_event(&name),
            Message::Edit(body) => {
                self.edited |= body != self.body;
                self.body = body;
            }
            Message::SaveEvent(name) => {
                let function = self.chosen.clone();
                return function
                    .map(|of| Effect::SaveEvent(of, name, self.body.clone()))
                    .into_iter()
                    .collect();
            }
            Message::EventSaved(function, _) | Message::EventDeleted(function, _)
                if self.chosen.as_ref() != Some(&function) => {}
            Message::EventSaved(_, saved) => {
                // Unless the person has gone on to another text.
                if self.body == saved.body {
                    (self.event, self.edited) = (Some(saved.name.clone()), false);
                }
                let events = Rc::make_mut(&mut self.events);
                events.retain(|event| event.path.is_none() || event.name != saved.name);
                events.insert(0, saved);
            }
            Message::DeleteEvent(name) => {
                let function = self.chosen.clone();
                return function.map(|of| Effect::DeleteEvent(of, name)).into_iter().collect();
            }
            Message::EventDeleted(_, name) => {
                let events = Rc::make_mut(&mut self.events);
                events.retain(|event| event.path.is_none() || event.name != name);
            }
            Message::Invoke(random) => {
                let shown = self.running.is_none().then_some(Effect::ShowDock);
                return shown.into_iter().chain(self.invoke(random)).collect();
            }
            Message::InvokeOf(path, random) => return self.invoke_of(path, random),
            Message::Cancel => {
                let id = self.running.as_ref().map(|running| running.id.clone());
                return id.map(Effect::Cancel).into_iter().collect();
            }
            Message::Ended(id, outcome) => self.ended(&id, outcome),
            Message::Event(function::Event::Reloaded(reload)) => return vec![Effect::SayReloaded(reload)],
            Message::Event(function::Event::ReloadDegraded { reason, .. }) => {
                return vec![Effect::SayDegraded(reason)];
            }
            Message::Event(event) => self.progress(event),
            Message::Show(page) => self.page = page,
            Message::Qualify(qualifier) => self.qualifier = qualifier,
            Message::Asynchronous(asynchronous) => self.asynchronous = asynchronous,
        }
        Vec::new()
    }
}

impl Functions {
    fn listed(&mut self, outcome: Result<Vec<TemplateFunction>, CallError>) -> Vec<Effect> {
        let (_, again) = self.asking.answered();
        self.trouble = outcome.as_ref().err().map(|error| error.message.clone());
        if let Ok(list) = outcome {
            (self.list, self.listed) = (Rc::new(list), true);
        }
        let meant = self.wanted_of.take().and_then(|path| self.meant_by(&path));
        let first = self.list.first().filter(|_| self.chosen.is_none()).map(reference);
        let mut effects = match meant.filter(|meant| self.chosen.as_ref() != Some(meant)).or(first) {
            Some(function) => self.select(function),
            None => Vec::new(),
        };
        // What was asked for ends in what stands in the panel: why there is nothing to invoke.
        self.wanted = self.wanted.filter(|_| self.chosen.is_some());
        effects.extend(again.then_some(Effect::List));
        effects
    }

    fn choose(&mut self, function: FunctionRef) -> Vec<Effect> {
        let mut effects = vec![Effect::ShowDock];
        if self.chosen.as_ref() != Some(&function) {
            effects.extend(self.select(function));
        }
        effects
    }

    fn select(&mut self, function: FunctionRef) -> Vec<Effect> {
        self.chosen = Some(function.clone());
        (self.events, self.events_listed, self.event, self.result) = (Rc::default(), false, None, None);
        self.qualifier = None;
        self.output.clear();
        self.set_body("{}".to_owned());
        vec![Effect::ListEvents(function)]
    }

    fn take_events(&mut self, function: &FunctionRef, events: Vec<SavedEvent>) -> Vec<Effect> {
        if self.chosen.as_ref() != Some(function) {
            return Vec::new();
        }
        (self.events, self.events_listed) = (Rc::new(events), true);
        if self.event.is_none()
            && !self.edited
            && let Some(first) = self.events.first()
        {
            let name = first.name.clone();
            self.choose_event(&name);
        }
        self.wanted.take().map(|random| self.invoke(random)).unwrap_or_default()
    }

    fn choose_event(&mut self, name: &str) {
        if let Some(event) = self.events.iter().find(|event| event.name == name) {
            self.event = Some(name.to_owned());
            let body = event.body.clone();
            self.set_body(body);
        }
    }

    fn set_body(&mut self, body: String) {
        (self.body, self.edited) = (body, false);
        self.body_version += 1;
    }

    fn invoke(&mut self, random: u64) -> Vec<Effect> {
        self.page = Page::Invoke;
        if self.running.is_some() {
            return Vec::new();
        }
        let Some(function) = self.chosen.clone().filter(|_| self.events_listed) else {
            self.wanted = (!self.listed || self.chosen.is_some()).then_some(random);
            return Vec::new();
        };
        self.last += 1;
        let id = format!("{random:x}-{}", self.last);
        self.running = Some(Running { id: id.clone(), phase: Phase::Building });
        self.output.clear();
        self.result = None;
        let event = self.body.clone();
        let (qualifier, asynchronous) = (self.qualifier.clone(), self.asynchronous);
        vec![Effect::Invoke { id, function, event, qualifier, asynchronous }]
    }

    fn invoke_of(&mut self, path: WorkspacePath, random: u64) -> Vec<Effect> {
        self.page = Page::Invoke;
        if self.running.is_some() {
            return Vec::new();
        }
        let mut effects = match self.meant_by(&path) {
            Some(meant) => self.choose(meant),
            None => vec![Effect::ShowDock],
        };
        self.wanted_of = (!self.listed).then_some(path);
        effects.extend(self.invoke(random));
        effects
    }

    fn ended(&mut self, id: &str, outcome: Result<Invocation, CallError>) {
        if self.running.as_ref().is_some_and(|running| running.id == id) {
            self.running = None;
            self.result = Some(Rc::new(match outcome {
                Ok(invocation) => Outcome::Answered(invocation),
                Err(error) => Outcome::Failed(error.message),
            }));
        }
    }

    fn progress(&mut self, event: function::Event) {
        let Some(running) = &mut self.running else { return };
        match event {
            function::Event::Phase { id, phase } if id == running.id => running.phase = phase,
            function::Event::BuildOutput { id, text } if id == running.id => {
                self.output.push_str(&text);
                let surplus = self.output.len().saturating_sub(MAX_OUTPUT);
                let cut = (surplus..self.output.len()).find(|at| self.output.is_char_boundary(*at));
                self.output.drain(..cut.unwrap_or_default());
            }
            _ => {}
        }
    }

    /// The template's entry of the chosen function.
    pub fn chosen_entry(&self) -> Option<&TemplateFunction> {
        self.list.iter().find(|entry| Some(&reference(entry)) == self.chosen.as_ref())
    }

    /// The function that a person means who looks at a file: the chosen one where its handler is in the file, else the first
    /// whose handler is.
    pub fn meant_by(&self, path: &WorkspacePath) -> Option<FunctionRef> {
        let chosen = self.chosen_entry().filter(|entry| entry.source.as_ref() == Some(path));
        chosen.map(reference).or_else(|| self.of_source(path))
    }

    /// The function whose handler is in a file.
    pub fn of_source(&self, path: &WorkspacePath) -> Option<FunctionRef> {
        self.list.iter().find(|entry| entry.source.as_ref() == Some(path)).map(reference)
    }
}

/// How a template's function is named in calls.
pub fn reference(entry: &TemplateFunction) -> FunctionRef {
    FunctionRef::Template { template: entry.template.clone(), logical_id: entry.logical_id.clone() }
}

/// How a function is named for people.
pub fn display_name(function: &FunctionRef) -> &str {
    match function {
        FunctionRef::Template { logical_id, .. } => logical_id,
        FunctionRef::Deployed { name } => name,
    }
}

impl Perform for Functions {
    const LATER: Option<fn(&Takes) -> Take<Self>> = Some(|takes| takes.functions);

    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => {
                desk.ask(ListFunctions {}, |desk, outcome| desk.tell::<Self>(Message::Listed(outcome)));
            }
            Effect::ListEvents(function) => {
                let call = ListEvents { function: function.clone() };
                desk.ask(call, move |desk, outcome| {
                    desk.said(say!("function.events-not-listed"), &outcome);
                    desk.tell::<Self>(Message::Events(function, outcome.unwrap_or_default()));
                });
            }
            Effect::ShowDock => views::show(desk, "function"),
            Effect::Invoke { id, function, event, qualifier, asynchronous } => {
                desk.spawn(|desk| async move {
                    save_unsaved(&desk).await;
                    let call = InvokeFunction { id: id.clone(), function, event, qualifier, asynchronous };
                    let outcome = desk.call(call).await;
                    desk.tell::<Self>(Message::Ended(id, outcome));
                });
            }
            Effect::SayReloaded(reload) => {
                for message in reloads::said(&reload) {
                    desk.tell::<Notices>(message);
                }
            }
            Effect::SayDegraded(reason) => {
                let what = say!("function.reload-degraded");
                let text = say!("link.failed", what = what, reason = reason);
                desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Warning, text));
            }
            Effect::Cancel(id) => desk.ask_quietly(CancelInvocation { id }, say!("function.not-stopped")),
            Effect::SaveEvent(function, name, body) => {
                desk.ask(SaveEvent { function: function.clone(), name, body }, |desk, outcome| {
                    desk.said(say!("function.event-not-saved"), &outcome);
                    if let Ok(saved) = outcome {
                        desk.tell::<Self>(Message::EventSaved(function, saved));
                    }
                });
            }
            Effect::DeleteEvent(function, name) => {
                let call = DeleteEvent { function: function.clone(), name: name.clone() };
                desk.ask(call, |desk, outcome| {
                    desk.said(say!("function.event-not-deleted"), &outcome);
                    if outcome.is_ok() {
                        desk.tell::<Self>(Message::EventDeleted(function, name));
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::{ErrorCode, language::Position};

    use super::*;

    fn entry(id: &str) -> TemplateFunction {
        TemplateFunction {
            logical_id: id.into(),
            template: WorkspacePath::parse("template.yaml").unwrap(),
            position: Position { line: 0, character: 0 },
            source: Some(WorkspacePath::parse("src/main.rs").unwrap()),
            runtime: "provided.al2023".into(),
            triggers: vec!["HttpApi".into()],
        }
    }

    fn event(name: &str, saved: bool) -> SavedEvent {
        let path = saved.then(|| WorkspacePath::parse("events/x.json").unwrap());
        SavedEvent { name: name.into(), body: format!("{{\"{name}\":1}}"), path }
    }

    fn ready() -> Functions {
        let mut functions = Functions::default();
        functions.update(Message::Listed(Ok(vec![entry("Hello")])));
        functions.update(Message::Events(reference(&entry("Hello")), vec![event("sample", false)]));
        functions
    }

    #[test]
    fn the_first_function_and_its_first_event_are_chosen() {
        let functions = ready();
        assert_eq!(functions.chosen_entry().unwrap().logical_id, "Hello");
        assert_eq!((functions.event.as_deref(), functions.body.as_str()), (Some("sample"), "{\"sample\":1}"));
    }

    #[test]
    fn an_invocation_before_the_events_came_waits_for_them() {
        let mut functions = Functions::default();
        assert_eq!(functions.update(Message::Invoke(1)), [Effect::ShowDock]);
        functions.update(Message::Listed(Ok(vec![entry("Hello")])));
        assert_eq!(functions.update(Message::Invoke(2)), [Effect::ShowDock]);
        let listed = Message::Events(reference(&entry("Hello")), vec![event("sample", false)]);
        let effects = functions.update(listed);
        assert!(
            matches!(&effects[..], [Effect::Invoke { event, .. }] if event == "{\"sample\":1}"),
            "the dock was shown when it was asked: {effects:?}"
        );
        let mut none = Functions::default();
        none.update(Message::Invoke(1));
        none.update(Message::Listed(Ok(Vec::new())));
        assert_eq!(none.update(Message::Listed(Ok(vec![entry("Hello")]))).len(), 1, "no longer wanted");
        let listed = Message::Events(reference(&entry("Hello")), Vec::new());
        assert_eq!(none.update(listed), []);
    }

    #[test]
    fn the_function_of_the_file_in_front_is_invoked() {
        let path = |path: &str| WorkspacePath::parse(path).unwrap();
        let other = || TemplateFunction { source: Some(path("other.py")), ..entry("Other") };
        let invoked = |functions: &mut Functions, file: &str| {
            functions.update(Message::InvokeOf(path(file), 1));
            let chosen = functions.chosen.clone().unwrap();
            let effects = functions.update(Message::Events(chosen.clone(), vec![event("sample", false)]));
            let runs =
                functions.running.is_some() || effects.iter().any(|e| matches!(e, Effect::Invoke { .. }));
            assert!(runs, "{file}");
            display_name(&chosen).to_owned()
        };
        let mut functions = ready();
        functions.update(Message::Listed(Ok(vec![entry("Hello"), other()])));
        assert_eq!(invoked(&mut functions, "other.py"), "Other");
        let mut functions = ready();
        functions.update(Message::Listed(Ok(vec![entry("Hello"), other()])));
        functions.update(Message::Choose(reference(&other())));
        assert_eq!(
            invoked(&mut functions, "README.md"),
            "Other",
            "a file of no function means the chosen one"
        );
        // Asked before the functions are known.
        let mut early = Functions::default();
        early.update(Message::InvokeOf(path("other.py"), 1));
        early.update(Message::Listed(Ok(vec![entry("Hello"), other()])));
        assert_eq!(early.chosen, Some(reference(&other())));
    }

    #[test]
    fn one_invocation_at_a_time() {
        let mut functions = ready();
        functions.update(Message::Edit("{}".into()));
        let effects = functions.update(Message::Invoke(255));
        assert!(matches!(&effects[1], Effect::Invoke { id, event, .. } if id == "ff-1" && event == "{}"));
        assert!(functions.update(Message::Invoke(255)).is_empty());
        let phase = function::Event::Phase { id: "ff-1".into(), phase: Phase::Running };
        functions.update(Message::Event(phase));
        let stranger = function::Event::BuildOutput { id: "other".into(), text: "x".into() };
        functions.update(Message::Event(stranger));
        assert_eq!(functions.running.as_ref().unwrap().phase, Phase::Running);
        assert_eq!(functions.output, "");
        let failed = CallError::new(ErrorCode::Unavailable, "no compiler");
        functions.update(Message::Ended("ff-1".into(), Err(failed)));
        assert_eq!(functions.result.as_deref(), Some(&Outcome::Failed("no compiler".into())));
        assert!(functions.running.is_none());
    }

    #[test]
    fn what_is_invoked_is_the_version_that_was_chosen_and_its_page_is_shown() {
        let mut functions = ready();
        functions.update(Message::Choose(FunctionRef::Deployed { name: "f".into() }));
        functions.update(Message::Events(
            FunctionRef::Deployed { name: "f".into() },
            vec![event("sample", false)],
        ));
        functions.update(Message::Show(Page::Versions));
        functions.update(Message::Qualify(Some("live".into())));
        functions.update(Message::Asynchronous(true));
        let effects = functions.update(Message::Invoke(1));
        assert!(
            matches!(&effects[1], Effect::Invoke { qualifier: Some(alias), asynchronous: true, .. } if alias == "live"),
            "{effects:?}"
        );
        assert_eq!(functions.page, Page::Invoke);
        functions.update(Message::Choose(reference(&entry("Hello"))));
        assert_eq!(functions.qualifier, None, "another function has no such alias");
    }

    #[test]
    fn build_output_is_bounded_at_whole_characters() {
        let mut functions = ready();
        functions.update(Message::Invoke(1));
        for _ in 0..3 {
            let text = "é".repeat(MAX_OUTPUT / 2 - 7);
            functions.update(Message::Event(function::Event::BuildOutput { id: "1-1".into(), text }));
        }
        assert!(functions.output.len() <= MAX_OUTPUT && functions.output.len() > MAX_OUTPUT - 4);
    }

    #[test]
    fn a_saved_event_replaces_the_one_of_its_name() {
        let mut functions = ready();
        let of = || reference(&entry("Hello"));
        functions.update(Message::EventSaved(of(), event("mine", true)));
        functions.update(Message::EventSaved(of(), event("mine", true)));
        assert_eq!(functions.events.len(), 2);
        assert_eq!(functions.event.as_deref(), Some("sample"), "the person has another text by now");
        functions.update(Message::EventDeleted(of(), "mine".into()));
        assert_eq!(functions.events.len(), 1);
        functions.update(Message::EventSaved(reference(&entry("Other")), event("mine", true)));
        assert_eq!(functions.events.len(), 1, "saved for another function");
    }

    #[test]
    fn what_the_person_has_written_is_not_replaced_by_events_that_come_late() {
        let mut functions = Functions::default();
        functions.update(Message::Listed(Ok(vec![entry("Hello")])));
        functions.update(Message::Edit("{\"mine\": 1}".into()));
        let listed = Message::Events(reference(&entry("Hello")), vec![event("sample", false)]);
        functions.update(listed);
        assert_eq!((functions.body.as_str(), functions.event.as_deref()), ("{\"mine\": 1}", None));
    }

    #[test]
    fn a_failure_to_list_is_known_and_ends_what_waited_for_it() {
        let mut functions = Functions::default();
        assert_eq!(functions.update(Message::Ask), [Effect::List]);
        assert_eq!(functions.update(Message::Ask), [], "one question at a time");
        functions.update(Message::Invoke(1));
        let no = CallError::new(ErrorCode::Unavailable, "no");
        assert_eq!(functions.update(Message::Listed(Err(no))), [Effect::List]);
        assert_eq!(functions.trouble.as_deref(), Some("no"));
        functions.update(Message::Listed(Ok(vec![entry("Hello")])));
        let listed = Message::Events(reference(&entry("Hello")), Vec::new());
        assert_eq!(functions.update(listed), [], "no longer wanted");
    }
}
