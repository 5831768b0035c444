//! What is deployed in the workspace's cloud, and the log that is being looked at.

use std::{collections::HashSet, rc::Rc};

use protocol::{
    CallError,
    cloud::{self, Api, DeleteStack, DescribeCloud, LogLine, LogPage, ReadLogs, Route},
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::{
        Model,
        later::{Take, Takes},
    },
    views,
};

/// Log lines kept.
const MAX_LINES: usize = 5_000;

/// What is known of the cloud.
#[derive(Default)]
pub struct Cloud {
    /// What is deployed; none before it has been described.
    pub described: Option<Rc<cloud::Cloud>>,
    /// Why it cannot be described.
    pub trouble: Option<String>,
    /// The log being looked at.
    pub log: Log,
    asking: bool,
    ask_again: bool,
}

/// A log being looked at.
#[derive(Default)]
pub struct Log {
    /// The group; none before one is chosen.
    pub group: Option<String>,
    /// The filter pattern.
    pub filter: String,
    /// Oldest first.
    pub lines: Vec<LogLine>,
    /// Grows with every change.
    pub version: u64,
    /// Why it cannot be read.
    pub trouble: Option<String>,
    seen: HashSet<String>,
    reading: bool,
    read_again: bool,
}

/// What happens.
pub enum Message {
    /// A session began, or something changed: ask.
    Ask,
    /// What is deployed.
    Described(Result<Box<cloud::Cloud>, CallError>),
    /// The agent says something of the cloud.
    Event(cloud::Event),
    /// A log is to be looked at, in the panel for that.
    Look(String),
    /// A log is to be looked at where it is asked for.
    Follow(String),
    /// The log is to be filtered.
    Filter(String),
    /// Lines of a log came, for this group and filter.
    Lines(String, String, Result<LogPage, CallError>),
    /// The lines shown so far are to go.
    Clear,
    /// A stack is to be deleted.
    DeleteStack(String),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask what is deployed.
    Describe,
    /// Read a log.
    Read {
        /// The group.
        group: String,
        /// The filter; empty for none.
        filter: String,
        /// From when on.
        since_ms: Option<i64>,
    },
    /// Bring the log to the front.
    ShowLog,
    /// Delete a stack.
    DeleteStack(String),
}

impl Model for Cloud {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask | Message::Event(cloud::Event::Changed) => self.ask(),
            Message::Described(outcome) => self.take(outcome),
            Message::Event(cloud::Event::Logged { group }) if Some(&group) == self.log.group.as_ref() => {
                self.log.read()
            }
            Message::Event(cloud::Event::Logged { .. }) => Vec::new(),
            Message::Look(group) => {
                let mut effects = self.follow(group);
                effects.push(Effect::ShowLog);
                effects
            }
            Message::Follow(group) => self.follow(group),
            Message::Filter(filter) => {
                self.log.restart();
                self.log.filter = filter;
                self.log.read()
            }
            Message::Lines(group, filter, outcome) => self.log.take(&group, &filter, outcome),
            Message::Clear => {
                self.log.lines.clear();
                self.log.version += 1;
                Vec::new()
            }
            Message::DeleteStack(name) => vec![Effect::DeleteStack(name)],
        }
    }
}

impl Cloud {
    fn follow(&mut self, group: String) -> Vec<Effect> {
        if self.log.group.as_ref() != Some(&group) {
            self.log = Log { group: Some(group), version: self.log.version + 1, ..Log::default() };
        }
        self.log.read()
    }

    fn ask(&mut self) -> Vec<Effect> {
        self.ask_again = self.asking;
        if std::mem::replace(&mut self.asking, true) { Vec::new() } else { vec![Effect::Describe] }
    }

    fn take(&mut self, outcome: Result<Box<cloud::Cloud>, CallError>) -> Vec<Effect> {
        match outcome {
            Ok(described) => (self.described, self.trouble) = (Some(Rc::new(*described)), None),
            Err(error) => self.trouble = Some(error.message),
        }
        self.asking = false;
        if std::mem::take(&mut self.ask_again) { self.ask() } else { Vec::new() }
    }
}

impl Log {
    fn restart(&mut self) {
        self.lines.clear();
        self.seen.clear();
        self.version += 1;
    }

    fn read(&mut self) -> Vec<Effect> {
        self.read_again = self.reading;
        let Some(group) = self.group.clone().filter(|_| !self.reading) else { return Vec::new() };
        self.reading = true;
        let since_ms = self.lines.last().map(|line| line.timestamp_ms);
        vec![Effect::Read { group, filter: self.filter.clone(), since_ms }]
    }

    fn take(&mut self, group: &str, filter: &str, outcome: Result<LogPage, CallError>) -> Vec<Effect> {
        if self.group.as_deref() != Some(group) {
            return Vec::new();
        }
        self.reading = false;
        if self.filter != filter {
            return self.read();
        }
        match outcome {
            Ok(page) => {
                self.trouble = None;
                self.add(page.lines);
            }
            Err(error) => self.trouble = Some(error.message),
        }
        if std::mem::take(&mut self.read_again) { self.read() } else { Vec::new() }
    }

    fn add(&mut self, lines: Vec<LogLine>) {
        for line in lines {
            if self.seen.insert(line.id.clone()) {
                self.lines.push(line);
            }
        }
        let surplus = self.lines.len().saturating_sub(MAX_LINES);
        for line in self.lines.drain(..surplus) {
            self.seen.remove(&line.id);
        }
        self.version += 1;
    }
}

impl Perform for Cloud {
    const LATER: Option<fn(&Takes) -> Take<Self>> = Some(|takes| takes.cloud);

    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Describe => desk.ask(DescribeCloud {}, |desk, outcome| {
                desk.tell::<Self>(Message::Described(outcome.map(Box::new)));
            }),
            Effect::Read { group, filter, since_ms } => {
                let pattern = Some(filter.clone()).filter(|filter| !filter.is_empty());
                let call = ReadLogs { group: group.clone(), since_ms, filter: pattern };
                desk.ask(call, move |desk, outcome| {
                    desk.tell::<Self>(Message::Lines(group, filter, outcome));
                });
            }
            Effect::ShowLog => views::show(desk, "logs"),
            Effect::DeleteStack(name) => {
                desk.ask_quietly(DeleteStack { name }, say!("cloud.not-deleted"));
            }
        }
    }
}

/// What a log's line is, as a class: the platform's, an error, a warning.
pub fn class_of_line(message: &str) -> Option<&'static str> {
    let starts = |words: &[&str]| words.iter().any(|word| message.starts_with(word));
    if starts(&["START ", "END ", "REPORT ", "INIT_START "]) {
        Some("is-platform")
    } else if message.contains("ERROR") || message.contains("panicked") || message.contains("Traceback") {
        Some("is-error")
    } else if message.contains("WARN") {
        Some("is-warning")
    } else {
        None
    }
}

/// The address of a route: what matches everything is tried at its root.
pub fn route_address(api: &Api, route: &Route) -> String {
    let base = api.urls.first().map(String::as_str).unwrap_or_default();
    let path = if route.path.starts_with('/') { route.path.as_str() } else { "/" };
    format!("{base}{}", path.replace("{proxy+}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, timestamp_ms: i64) -> LogLine {
        LogLine { id: id.into(), timestamp_ms, stream: "s".into(), message: id.into() }
    }

    fn page(lines: &[(&str, i64)]) -> LogPage {
        LogPage { lines: lines.iter().map(|(id, at)| line(id, *at)).collect() }
    }

    fn read(since_ms: Option<i64>) -> Effect {
        Effect::Read { group: "g".into(), filter: String::new(), since_ms }
    }

    #[test]
    fn asks_once_at_a_time_and_again_when_things_changed_meanwhile() {
        let mut cloud = Cloud::default();
        assert_eq!(cloud.update(Message::Ask), [Effect::Describe]);
        assert_eq!(cloud.update(Message::Event(cloud::Event::Changed)), []);
        assert_eq!(cloud.update(Message::Described(Ok(Box::default()))), [Effect::Describe]);
        assert_eq!(cloud.update(Message::Described(Ok(Box::default()))), []);
    }

    #[test]
    fn a_log_grows_without_doubles() {
        let mut cloud = Cloud::default();
        assert_eq!(cloud.update(Message::Look("g".into())), [read(None), Effect::ShowLog]);
        cloud.update(Message::Lines("g".into(), String::new(), Ok(page(&[("a", 1), ("b", 2)]))));
        let event = cloud::Event::Logged { group: "g".into() };
        assert_eq!(cloud.update(Message::Event(event)), [read(Some(2))]);
        cloud.update(Message::Lines("g".into(), String::new(), Ok(page(&[("b", 2), ("c", 2)]))));
        let ids: Vec<_> = cloud.log.lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        let other = cloud::Event::Logged { group: "other".into() };
        assert_eq!(cloud.update(Message::Event(other)), []);
        assert_eq!(cloud.update(Message::Follow("g".into())), [read(Some(2))], "no panel is shown for that");
    }

    #[test]
    fn lines_of_an_old_filter_are_dropped() {
        let mut cloud = Cloud::default();
        cloud.update(Message::Look("g".into()));
        cloud.update(Message::Filter("ERROR".into()));
        let again = cloud.update(Message::Lines("g".into(), String::new(), Ok(page(&[("a", 1)]))));
        assert!(matches!(&again[..], [Effect::Read { filter, .. }] if filter == "ERROR"));
        assert!(cloud.log.lines.is_empty());
    }

    #[test]
    fn routes_have_addresses() {
        let check = |path: &str, expected: &str| {
            let route = Route { method: "ANY".into(), path: path.into(), function: None };
            let api = Api {
                id: "a".into(),
                name: String::new(),
                kind: cloud::ApiKind::Http,
                urls: vec!["http://x/a".into()],
                routes: Vec::new(),
            };
            assert_eq!(route_address(&api, &route), expected);
        };
        check("/u/{id}", "http://x/a/u/{id}");
        check("/{proxy+}", "http://x/a/");
        check("$default", "http://x/a/");
    }
}
