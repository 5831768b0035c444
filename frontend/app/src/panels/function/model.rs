//! What is said of a function, its invocations and its figures, and what its forms send.

use std::collections::HashMap;

use protocol::{
    cloud::{self, LogLine},
    configuration::{ChangeConfiguration, Configuration, Figures, Logging},
    function::{FunctionRef, Invocation, Phase, Ran, Report, Trigger},
    version::{Alias, Share, Versions},
};
use widgets::decimal;
use yew::AttrValue;

use crate::{
    messages::say,
    state::functions::{Outcome, Page},
    text::{bytes, milliseconds},
};

/// How an invocation ended, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answered.
    Succeeded,
    /// The function failed.
    Failed,
    /// It is to run.
    Accepted,
    /// The build failed.
    NotBuilt,
    /// It could not be asked to run.
    NotRun,
}

impl Verdict {
    /// Of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Answered(Invocation::Ran(Ran { function_error: None, .. })) => Self::Succeeded,
            Outcome::Answered(Invocation::Ran(_)) => Self::Failed,
            Outcome::Answered(Invocation::Accepted(_)) => Self::Accepted,
            Outcome::Answered(Invocation::BuildFailed { .. }) => Self::NotBuilt,
            Outcome::Failed(_) => Self::NotRun,
        }
    }

    /// The words, class and icon for it.
    pub fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Succeeded => (say!("function.succeeded"), "good", "circle-check"),
            Self::Accepted => (say!("function.accepted"), "good", "circle-check"),
            Self::Failed => (say!("function.failed"), "error", "circle-x"),
            Self::NotBuilt => (say!("function.not-built"), "error", "hammer"),
            Self::NotRun => (say!("function.not-run"), "error", "circle-x"),
        }
    }
}

/// What a running invocation does.
pub fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Building => say!("function.building"),
        Phase::Uploading => say!("function.uploading"),
        Phase::Running => say!("function.running"),
    }
}

/// The REPORT line as a table.
pub fn report_rows(report: &Report) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (say!("function.duration"), milliseconds(report.duration_ms)),
        (say!("function.billed"), format!("{} ms", report.billed_duration_ms)),
        (say!("function.memory-size"), format!("{} MB", report.memory_size_mb)),
        (say!("function.memory-used"), format!("{} MB", report.max_memory_used_mb)),
    ];
    if let Some(init) = report.init_duration_ms {
        rows.push((say!("function.init"), milliseconds(init)));
    }
    rows.push((say!("function.on-aws"), price(report)));
    rows.push((say!("function.request"), report.request_id.clone()));
    rows
}

// AWS: Lambda on x86 in us-east-1 costs $0.0000166667 for a GB-second and $0.20 for a million requests.
const DOLLARS_PER_GB_SECOND: f64 = 0.000_016_666_7;
const DOLLARS_PER_REQUEST: f64 = 0.000_000_2;

/// What the invocation would cost on AWS beyond the free tier.
fn price(report: &Report) -> String {
    let gb_seconds = report.memory_size_mb as f64 / 1024.0 * report.billed_duration_ms as f64 / 1000.0;
    let dollars = gb_seconds * DOLLARS_PER_GB_SECOND + DOLLARS_PER_REQUEST;
    say!("function.price", dollars = decimal(dollars * 1_000_000.0, 2)).to_string()
}

/// How a trigger is, in words.
pub fn trigger_words(trigger: &Trigger) -> String {
    let Some(state) = &trigger.state else { return say!("function.trigger-calls").to_owned() };
    let batches = trigger.batch_size.map(|size| say!("function.trigger-batches", count = size).to_string());
    let parts = [Some(state.clone()), batches, trigger.last_result.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The ARNs of what may feed or call a function, of what is deployed.
pub fn sources(cloud: &cloud::Cloud) -> Vec<String> {
    // A queue is known by its URL, `…/ACCOUNT/NAME`; where it is, functions' ARNs say.
    let place = cloud.functions.iter().find_map(|function| function.arn.split(':').nth(3).map(str::to_owned));
    let queue = |url: &str| {
        let mut ends = url.rsplit('/');
        let (name, account) = (ends.next()?, ends.next()?);
        Some(format!("arn:aws:sqs:{}:{account}:{name}", place.as_deref()?))
    };
    let queues = cloud.queues.iter().filter_map(|one| queue(&one.id));
    queues.chain(cloud.topics.iter().map(|topic| topic.id.clone())).collect()
}

/// Whether a name may be a saved event's.
pub fn is_event_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    (1..=100).contains(&name.trim().chars().count()) && name.chars().all(allowed)
}

/// What a page is called.
pub fn title(page: Page) -> &'static str {
    match page {
        Page::Overview => say!("function.overview"),
        Page::Invoke => say!("function.invoke-page"),
        Page::Logs => say!("view.logs"),
        Page::Configuration => say!("function.configuration"),
        Page::Versions => say!("function.versions"),
        Page::Triggers => say!("function.trigger-page"),
        Page::Concurrency => say!("function.concurrency"),
    }
}

/// The function as it is deployed: the one of a stack, else the one that Invoke made of the files.
pub fn deployed<'a>(functions: &'a [cloud::Function], chosen: &FunctionRef) -> Option<&'a cloud::Function> {
    match chosen {
        FunctionRef::Deployed { name } => functions.iter().find(|function| function.name == *name),
        FunctionRef::Template { logical_id, .. } => {
            let of_stack = functions.iter().find(|function| function.logical_id.as_ref() == Some(logical_id));
            let ending = format!("-{logical_id}-dev");
            let is_own =
                |function: &&cloud::Function| function.stack.is_none() && function.name.ends_with(&ending);
            of_stack.or_else(|| functions.iter().find(is_own))
        }
    }
}

/// What there is to know of a configuration.
pub fn facts(of: &Configuration) -> Vec<(&'static str, String)> {
    let none = || say!("function.none").to_owned();
    let given = |text: &str| if text.is_empty() { none() } else { text.to_owned() };
    let engine = match of.engine.as_deref() {
        Some("wasm") => say!("function.engine-wasm").to_owned(),
        Some("native") => say!("function.engine-native").to_owned(),
        Some(other) => other.to_owned(),
        None => say!("function.no-engine").to_owned(),
    };
    let mut facts = vec![
        (say!("function.runtime"), given(&of.runtime)),
        (say!("function.engine-name"), engine),
        (say!("function.handler"), given(&of.handler)),
        (say!("function.memory"), format!("{} MB", of.memory_mb)),
        (say!("function.timeout"), format!("{} s", of.timeout_seconds)),
        (say!("function.ephemeral"), format!("{} MB", of.ephemeral_mb)),
        (say!("function.architecture"), of.architecture.clone()),
        (say!("function.changed"), of.last_modified.clone()),
        (say!("function.package"), bytes(of.code_size)),
        (say!("function.code-hash"), of.code_sha256.clone()),
        (say!("function.role"), of.role.clone()),
        (say!("logs.group"), of.log_group.clone()),
        (say!("function.arn"), of.arn.clone()),
    ];
    facts.extend(of.runtime_version.clone().map(|version| (say!("function.runtime-version"), version)));
    if !of.description.is_empty() {
        facts.insert(0, (say!("function.description"), of.description.clone()));
    }
    facts.extend(of.layers.iter().map(|layer| (say!("function.layer"), layer.clone())));
    facts
}

/// A minute's bar of a sparkline that is 36 high: calls, and of these the errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// From where on.
    pub x: String,
    /// The calls' top.
    pub calls_y: String,
    /// Their height.
    pub calls_height: String,
    /// The errors' top.
    pub errors_y: String,
    /// Their height.
    pub errors_height: String,
}

/// The bars of the minutes.
pub fn bars(figures: &Figures) -> Vec<Bar> {
    let most = figures.minutes.iter().map(|minute| minute.calls).max().unwrap_or(0).max(1) as f64;
    // What there is of at all is seen.
    let height = |count: u64| if count == 0 { 0.0 } else { (count as f64 / most * 34.0).max(2.0) };
    let bars = figures.minutes.iter().enumerate().map(|(at, minute)| {
        let (calls, errors) = (height(minute.calls), height(minute.errors));
        Bar {
            x: (at * 10 + 1).to_string(),
            calls_y: decimal(36.0 - calls, 1),
            calls_height: decimal(calls, 1),
            errors_y: decimal(36.0 - errors, 1),
            errors_height: decimal(errors, 1),
        }
    });
    bars.collect()
}

/// The same in words.
pub fn summary(figures: &Figures) -> AttrValue {
    say!(
        "function.summary",
        calls = figures.all.calls,
        errors = figures.all.errors,
        minutes = figures.minutes.len()
    )
}

/// A whole number that a person wrote; the service says itself what is wrong with its value.
pub fn whole(text: &str, what: &'static str) -> Result<i32, AttrValue> {
    text.trim().parse().map_err(|_| say!("function.no-number", what = what))
}

/// A configuration as a form holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What the function is for.
    pub description: String,
    /// The handler.
    pub handler: String,
    /// Memory in MB.
    pub memory: String,
    /// Timeout in seconds.
    pub timeout: String,
    /// Size of `/tmp` in MB.
    pub ephemeral: String,
    /// Variables: names and values.
    pub environment: Vec<(String, String)>,
    /// The log's format.
    pub format: String,
    /// The level of the function's own lines.
    pub level: String,
    /// The level of the platform's lines.
    pub system: String,
}

impl Draft {
    /// As it is.
    pub fn of(present: &Configuration) -> Self {
        // AWS: the level where none is said.
        let level = |level: &Option<String>| level.clone().unwrap_or_else(|| "INFO".to_owned());
        Self {
            description: present.description.clone(),
            handler: present.handler.clone(),
            memory: present.memory_mb.to_string(),
            timeout: present.timeout_seconds.to_string(),
            ephemeral: present.ephemeral_mb.to_string(),
            environment: present.environment.clone(),
            format: present.log_format.clone(),
            level: level(&present.application_level),
            system: level(&present.system_level),
        }
    }

    /// What is to be changed, none where all is as it was; or what is no number.
    pub fn changes(
        &self,
        name: &str,
        present: &Configuration,
    ) -> Result<Option<ChangeConfiguration>, AttrValue> {
        let before = Self::of(present);
        let text = |now: &str, before: &str| Some(now.to_owned()).filter(|now| now != before);
        let number =
            |now: &str, before: &str, what| text(now, before).map(|now| whole(&now, what)).transpose();
        let is_json = self.format == "JSON";
        let of_logging = |draft: &Self| (draft.format.clone(), draft.level.clone(), draft.system.clone());
        let is_other =
            if is_json { of_logging(self) != of_logging(&before) } else { self.format != before.format };
        let environment: Vec<_> = self
            .environment
            .iter()
            .filter(|(name, value)| !(name.is_empty() && value.is_empty()))
            .cloned()
            .collect();
        let wanted = ChangeConfiguration {
            name: name.to_owned(),
            description: text(&self.description, &before.description),
            handler: text(&self.handler, &before.handler),
            memory_mb: number(&self.memory, &before.memory, say!("function.memory-mb"))?,
            timeout_seconds: number(&self.timeout, &before.timeout, say!("function.timeout-s"))?,
            ephemeral_mb: number(&self.ephemeral, &before.ephemeral, say!("function.ephemeral-mb"))?,
            environment: Some(environment).filter(|environment| *environment != before.environment),
            logging: is_other.then(|| Logging {
                format: self.format.clone(),
                application_level: is_json.then(|| self.level.clone()),
                system_level: is_json.then(|| self.system.clone()),
            }),
        };
        let nothing = ChangeConfiguration { name: name.to_owned(), ..ChangeConfiguration::default() };
        Ok(Some(wanted).filter(|wanted| *wanted != nothing))
    }
}

/// An alias as a form holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AliasDraft {
    /// Its name.
    pub name: String,
    /// What it is for, which the form keeps.
    description: String,
    /// The version it names.
    pub version: String,
    /// A second version; empty for none.
    pub second: String,
    /// How many of a hundred calls go to that.
    pub percent: u32,
}

impl AliasDraft {
    /// An alias as it is; a new one names the newest version.
    pub fn of(alias: Option<&Alias>, listed: &Versions) -> Self {
        let newest = || listed.versions.first().map(|version| version.version.clone()).unwrap_or_default();
        let Some(alias) = alias else { return Self { version: newest(), percent: 10, ..Self::default() } };
        let second = alias.second.as_ref();
        Self {
            name: alias.name.clone(),
            description: alias.description.clone(),
            version: alias.version.clone(),
            second: second.map(|share| share.version.clone()).unwrap_or_default(),
            percent: second.map_or(10, |share| (share.weight * 100.0).round() as u32),
        }
    }

    /// The alias that is meant.
    pub fn alias(&self) -> Alias {
        let share = Share { version: self.second.clone(), weight: f64::from(self.percent) / 100.0 };
        Alias {
            name: self.name.trim().to_owned(),
            description: self.description.clone(),
            version: self.version.clone(),
            second: Some(share).filter(|share| !share.version.is_empty()),
        }
    }
}

/// What of a function can be invoked, or kept booted, besides `$LATEST`: aliases, then versions.
pub fn qualifiers(listed: &Versions) -> Vec<(AttrValue, AttrValue)> {
    let aliases = listed.aliases.iter().map(|alias| {
        let shown = say!("function.alias-names", alias = alias.name, version = alias.version);
        (alias.name.clone().into(), shown)
    });
    let versions = listed.versions.iter().map(|version| {
        (version.version.clone().into(), say!("function.version-number", version = version.version))
    });
    aliases.chain(versions).collect()
}

// AWS: 6 MB for whoever waits for the answer, 1 MB for an event that nobody waits for.
const SYNCHRONOUS: usize = 6 * 1024 * 1024;
const ASYNCHRONOUS: usize = 1024 * 1024;

/// How large an event is, of how much it may be; and whether it is too large.
pub fn size_words(size: usize, asynchronous: bool) -> (AttrValue, bool) {
    let most = if asynchronous { ASYNCHRONOUS } else { SYNCHRONOUS };
    (say!("function.size", size = bytes(size as u64), most = bytes(most as u64)), size > most)
}

/// The places of the lines that belong to a request; all lines where none is wanted.
pub fn lines_of(lines: &[LogLine], wanted: Option<&str>) -> Vec<usize> {
    let Some(wanted) = wanted else { return (0..lines.len()).collect() };
    let requests = requests(lines);
    (0..lines.len()).filter(|at| requests[*at] == Some(wanted)).collect()
}

/// The request that a line belongs to, where that can be told.
pub fn request_of(lines: &[LogLine], id: &str) -> Option<String> {
    let at = lines.iter().position(|line| line.id == id)?;
    requests(lines)[at].map(str::to_owned)
}

/// Whose lines are whose: a line names its request, or is of the one that its stream's last START named.
fn requests(lines: &[LogLine]) -> Vec<Option<&str>> {
    let mut running: HashMap<&str, Option<&str>> = HashMap::new();
    let of = |line: &'_ LogLine| id_in(&line.message);
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        let named = of(line).map(|(from, to)| &line.message[from..to]);
        let current = running.entry(&line.stream).or_default();
        found.push(named.or(*current));
        if line.message.starts_with("START ") || line.message.contains("platform.start") {
            *current = named;
        } else if line.message.starts_with("REPORT ") || line.message.contains("platform.report") {
            *current = None;
        }
    }
    found
}

/// Where a request's id stands in a text: 36 characters of a UUID.
fn id_in(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_id = |from: usize| {
        bytes[from..from + 36].iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let last = bytes.len().checked_sub(36)?;
    (0..=last).find(|from| is_id(*from)).map(|from| (from, from + 36))
}

#[cfg(test)]
mod tests {
    use protocol::Reasons;

    use super::*;

    fn report() -> Report {
        Report {
            request_id: "r".into(),
            duration_ms: 1.234,
            billed_duration_ms: 1000,
            memory_size_mb: 1024,
            max_memory_used_mb: 9,
            init_duration_ms: None,
        }
    }

    fn ran(function_error: Option<&str>) -> Outcome {
        Outcome::Answered(Invocation::Ran(Ran {
            payload: "{}".into(),
            function_error: function_error.map(str::to_owned),
            log_tail: String::new(),
            report: Some(report()),
            engine: "wasm".into(),
            function_name: "f".into(),
            log_group: "/aws/lambda/f".into(),
            version: None,
            runtime: None,
        }))
    }

    #[test]
    fn verdicts_say_who_failed() {
        let broken = Outcome::Answered(Invocation::BuildFailed {
            output: "error".into(),
            reasons: Reasons::default(),
        });
        assert_eq!(Verdict::of(&ran(None)), Verdict::Succeeded);
        assert_eq!(Verdict::of(&ran(Some("Unhandled"))), Verdict::Failed);
        assert_eq!(Verdict::of(&broken), Verdict::NotBuilt);
        assert_eq!(Verdict::of(&Outcome::Failed("no".into())), Verdict::NotRun);
    }

    #[test]
    fn the_report_is_a_table_with_the_price() {
        let rows = report_rows(&report());
        assert_eq!(rows[0], ("Duration", "1.23 ms".to_owned()));
        assert!(rows.contains(&("On AWS", "$16.87 per million".to_owned())));
        assert!(rows.iter().all(|(name, _)| *name != "Init duration"));
    }

    #[test]
    fn a_trigger_says_how_it_is() {
        let trigger = |state: Option<&str>| Trigger {
            service: "sqs".into(),
            source: "arn".into(),
            id: None,
            state: state.map(str::to_owned),
            last_result: state.map(|_| "OK".to_owned()),
            batch_size: state.map(|_| 10),
            statement: None,
        };
        assert_eq!(trigger_words(&trigger(Some("Enabled"))), "Enabled, batches of 10, OK");
        assert_eq!(trigger_words(&trigger(None)), "may call it");
    }

    #[test]
    fn event_names_become_file_names() {
        assert!(is_event_name("get user 1"));
        for name in ["", "  ", "a/b", "..\\x", &"x".repeat(101)] {
            assert!(!is_event_name(name), "{name:?}");
        }
    }

    fn configuration() -> Configuration {
        Configuration {
            memory_mb: 128,
            timeout_seconds: 3,
            ephemeral_mb: 512,
            environment: vec![("A".into(), "1".into())],
            log_format: "Text".into(),
            ..Configuration::default()
        }
    }

    #[test]
    fn a_form_sends_what_is_different() {
        let present = configuration();
        let draft = Draft::of(&present);
        assert_eq!(draft.changes("f", &present), Ok(None));
        let changed = Draft { memory: " 256 ".into(), ..draft.clone() };
        let wanted = ChangeConfiguration { name: "f".into(), memory_mb: Some(256), ..<_>::default() };
        assert_eq!(changed.changes("f", &present), Ok(Some(wanted)));
        let negative = Draft { timeout: "-1".into(), ..draft.clone() };
        let sent = negative.changes("f", &present).unwrap().unwrap();
        assert_eq!(sent.timeout_seconds, Some(-1), "AWS says what is wrong with it");
        let word = Draft { timeout: "soon".into(), ..draft.clone() };
        assert_eq!(word.changes("f", &present).unwrap_err(), "Timeout in seconds: a whole number, please.");
        let row = Draft { environment: vec![("A".into(), "1".into()), <_>::default()], ..draft.clone() };
        assert_eq!(row.changes("f", &present), Ok(None), "an empty row is no variable");
        let json = Draft { format: "JSON".into(), level: "WARN".into(), ..draft.clone() };
        let logging = json.changes("f", &present).unwrap().unwrap().logging.unwrap();
        assert_eq!(
            (logging.application_level.as_deref(), logging.system_level.as_deref()),
            (Some("WARN"), Some("INFO"))
        );
        let level = Draft { level: "WARN".into(), ..draft };
        assert_eq!(level.changes("f", &present), Ok(None), "of text there are no levels");
    }

    #[test]
    fn an_alias_divides_its_calls_where_a_second_version_is_named() {
        let listed = Versions::default();
        let alias = Alias {
            name: "live".into(),
            description: "d".into(),
            version: "1".into(),
            second: Some(Share { version: "2".into(), weight: 0.25 }),
        };
        let draft = AliasDraft::of(Some(&alias), &listed);
        assert_eq!((draft.percent, draft.alias()), (25, alias));
        let alone = AliasDraft { second: String::new(), ..draft }.alias();
        assert_eq!((alone.second, alone.description.as_str()), (None, "d"));
    }

    #[test]
    fn a_function_of_a_template_is_the_one_of_its_stack_or_of_the_files() {
        let function = |name: &str, stack: Option<&str>, logical_id: Option<&str>| cloud::Function {
            name: name.into(),
            arn: String::new(),
            stack: stack.map(Into::into),
            logical_id: logical_id.map(Into::into),
            runtime: String::new(),
            handler: String::new(),
            memory_mb: 0,
            timeout_seconds: 0,
            code_size: 0,
            last_modified: String::new(),
            environment: Vec::new(),
            log_group: String::new(),
        };
        let own = function("work-Hello-dev", None, None);
        let of_stack = function("s-Hello-X", Some("s"), Some("Hello"));
        let template = protocol::WorkspacePath::parse("template.yaml").unwrap();
        let hello = FunctionRef::Template { template, logical_id: "Hello".into() };
        let name = |functions: &[cloud::Function], chosen: &FunctionRef| {
            deployed(functions, chosen).map(|function| function.name.clone())
        };
        assert_eq!(name(&[own.clone(), of_stack], &hello).as_deref(), Some("s-Hello-X"));
        assert_eq!(name(std::slice::from_ref(&own), &hello).as_deref(), Some("work-Hello-dev"));
        let other = FunctionRef::Deployed { name: "Hello".into() };
        assert_eq!(name(&[own], &other), None);
    }

    #[test]
    fn lines_belong_to_the_request_that_is_running_in_their_stream() {
        let (one, two) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222");
        let line = |id: usize, stream: &str, message: String| LogLine {
            id: id.to_string(),
            timestamp_ms: 0,
            stream: stream.into(),
            message,
        };
        let lines = [
            line(0, "a", format!("START RequestId: {one} Version: $LATEST")),
            line(1, "b", format!("{{\"type\":\"platform.start\",\"record\":{{\"requestId\":\"{two}\"}}}}")),
            line(2, "a", "hello".into()),
            line(3, "b", "there".into()),
            line(4, "a", format!("REPORT RequestId: {one}\tDuration")),
            line(5, "a", "nobody's".into()),
        ];
        assert_eq!(lines_of(&lines, None).len(), 6);
        assert_eq!(lines_of(&lines, Some(one)), [0, 2, 4]);
        assert_eq!(lines_of(&lines, Some(two)), [1, 3]);
        assert_eq!(request_of(&lines, "2").as_deref(), Some(one));
        assert_eq!(request_of(&lines, "5"), None);
    }

    #[test]
    fn bars_are_as_high_as_the_busiest_minute_allows() {
        let minute = |calls, errors| protocol::configuration::Minute { calls, errors, p95_ms: None };
        let figures = Figures {
            since_ms: 0,
            minutes: vec![minute(0, 0), minute(100, 1), minute(50, 50)],
            all: minute(150, 51),
        };
        let heights: Vec<_> =
            bars(&figures).into_iter().map(|bar| (bar.calls_height, bar.errors_height)).collect();
        let heights: Vec<_> =
            heights.iter().map(|(calls, errors)| (calls.as_str(), errors.as_str())).collect();
        assert_eq!(heights, [("0.0", "0.0"), ("34.0", "2.0"), ("17.0", "17.0")]);
        assert_eq!(summary(&figures), "150 calls and 51 errors in the last 3 minutes");
    }

    #[test]
    fn an_event_has_a_size_and_a_limit() {
        assert_eq!(size_words(2048, false), ("2.0 KB of 6.0 MB".into(), false));
        assert!(size_words(ASYNCHRONOUS + 1, true).1 && !size_words(ASYNCHRONOUS + 1, false).1);
    }
}
