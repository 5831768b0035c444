//! Deployments of the workspace's templates: what is chosen for the next one, and how the last ones go.

use std::{collections::HashMap, rc::Rc};

use protocol::{
    CallError, WorkspacePath,
    deploy::{self, CancelDeploy, Deployment, ListDeployments, ListTemplates, Phase, StartDeploy, Template},
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
    },
    views,
};

/// What is known of deployments.
#[derive(Default)]
pub struct Deployments {
    /// The deployable templates.
    pub templates: Rc<Vec<Template>>,
    /// Whether they have come.
    pub listed: bool,
    /// The chosen template.
    pub template: Option<WorkspacePath>,
    /// The stack to deploy to.
    pub stack: String,
    /// Values given for parameters.
    pub parameters: HashMap<String, String>,
    /// Newest first.
    pub list: Vec<Rc<Deployment>>,
    /// Whether one is being started.
    pub starting: bool,
    /// Whether one was asked for before the templates had come.
    wanted: bool,
    /// Why the last one could not be started.
    pub trouble: Option<String>,
    /// Why the templates cannot be listed.
    pub unlisted: Option<String>,
    templates_asking: Asking<()>,
    asking: Asking<Deployment>,
    /// The last phase seen of a deployment that was not over: its id, the phase.
    before: Option<(String, Phase)>,
}

/// What happens.
pub enum Message {
    /// A session began, or templates changed: ask.
    Ask,
    /// The deployable templates.
    Templates(Result<Vec<Template>, CallError>),
    /// The deployments so far.
    Listed(Result<Vec<Deployment>, CallError>),
    /// A template is chosen.
    Choose(WorkspacePath),
    /// The stack is named.
    Stack(String),
    /// A parameter gets a value.
    Parameter(String, String),
    /// Deploy what is chosen.
    Start,
    /// It started, or could not.
    Started(Result<Box<Deployment>, CallError>),
    /// One is to be stopped.
    Cancel(String),
    /// The agent says something of deployments.
    Event(deploy::Event),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for templates.
    Templates,
    /// Ask for deployments.
    List,
    /// Bring the dock to the front.
    ShowDock,
    /// Save every file, so that what is deployed is what is seen, then start.
    Start {
        /// The template.
        template: WorkspacePath,
        /// The stack.
        stack: String,
        /// Values for parameters that differ from their defaults.
        parameters: Vec<(String, String)>,
    },
    /// Stop one.
    Cancel(String),
    /// Say that one is done.
    Announce(String),
}

impl Model for Deployments {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask => return self.ask(),
            Message::Templates(outcome) => return self.take_templates(outcome),
            Message::Listed(outcome) => return self.take_list(outcome),
            Message::Choose(template) => self.choose(&template),
            Message::Stack(stack) => self.stack = stack,
            Message::Parameter(name, value) => {
                self.parameters.insert(name, value);
            }
            Message::Start => {
                let mut effects = vec![Effect::ShowDock];
                effects.extend(self.start());
                return effects;
            }
            Message::Started(Ok(deployment)) => {
                self.starting = false;
                // What events have said of it meanwhile is newer.
                if !self.list.iter().any(|known| known.id == deployment.id) {
                    self.put(*deployment);
                }
            }
            Message::Started(Err(error)) => {
                self.starting = false;
                self.trouble = Some(error.message);
            }
            Message::Cancel(id) => return vec![Effect::Cancel(id)],
            Message::Event(deploy::Event::Changed(deployment)) => {
                self.asking.hear(&deployment);
                return self.moved_on(deployment);
            }
        }
        Vec::new()
    }
}

impl Deployments {
    fn ask(&mut self) -> Vec<Effect> {
        let templates = self.templates_asking.ask().then_some(Effect::Templates);
        let list = self.asking.ask().then_some(Effect::List);
        templates.into_iter().chain(list).collect()
    }

    fn take_list(&mut self, outcome: Result<Vec<Deployment>, CallError>) -> Vec<Effect> {
        if let Ok(list) = outcome {
            self.list = list.into_iter().map(Rc::new).collect();
        }
        let (heard, again) = self.asking.answered();
        for deployment in heard {
            self.put(deployment);
        }
        if again { vec![Effect::List] } else { Vec::new() }
    }

    fn take_templates(&mut self, outcome: Result<Vec<Template>, CallError>) -> Vec<Effect> {
        let (_, again) = self.templates_asking.answered();
        let again = again.then_some(Effect::Templates);
        self.unlisted = outcome.as_ref().err().map(|error| error.message.clone());
        let Ok(templates) = outcome else {
            // What was asked for ends in what stands in the panel: why there is nothing to deploy.
            self.wanted = false;
            return again.into_iter().collect();
        };
        (self.templates, self.listed) = (Rc::new(templates), true);
        let known = self.chosen().is_some();
        if let Some(first) = self.templates.first().filter(|_| !known) {
            let first = first.path.clone();
            self.choose(&first);
        }
        let mut effects = if std::mem::take(&mut self.wanted) { self.start() } else { Vec::new() };
        effects.extend(again);
        effects
    }

    /// The chosen template.
    pub fn chosen(&self) -> Option<&Template> {
        self.templates.iter().find(|template| Some(&template.path) == self.template.as_ref())
    }

    /// The newest deployment, the one to show.
    pub fn newest(&self) -> Option<&Rc<Deployment>> {
        self.list.first()
    }

    /// Whether one is on its way.
    pub fn busy(&self) -> bool {
        self.starting || self.newest().is_some_and(|newest| newest.is_running())
    }

    fn choose(&mut self, path: &WorkspacePath) {
        let Some(template) = self.templates.iter().find(|template| template.path == *path) else { return };
        self.template = Some(path.clone());
        self.stack.clone_from(&template.stack);
        self.parameters.clear();
    }

    fn start(&mut self) -> Vec<Effect> {
        self.wanted = !self.listed;
        let Some(template) = self.chosen().filter(|_| !self.busy()) else { return Vec::new() };
        let given = template.parameters.iter().filter_map(|parameter| {
            let value = self.parameters.get(&parameter.name)?;
            let changed = parameter.default.as_ref() != Some(value);
            changed.then(|| (parameter.name.clone(), value.clone()))
        });
        let (template, stack) = (template.path.clone(), self.stack.trim().to_owned());
        let start = Effect::Start { template, stack, parameters: given.collect() };
        (self.starting, self.trouble) = (true, None);
        vec![start]
    }

    /// The last phase seen of the newest deployment before it was over.
    pub fn reached(&self) -> Option<Phase> {
        let newest = self.newest()?;
        let seen = self.before.as_ref().filter(|(id, _)| *id == newest.id).map(|(_, phase)| phase.clone());
        // Of one that this tab has not followed, resources tell how far it had come.
        seen.or_else(|| (!newest.resources.is_empty()).then_some(Phase::Deploying))
    }

    fn put(&mut self, deployment: Deployment) {
        if deployment.is_running() {
            self.before = Some((deployment.id.clone(), deployment.phase.clone()));
        }
        match self.list.iter_mut().find(|old| old.id == deployment.id) {
            Some(old) => *old = Rc::new(deployment),
            None => self.list.insert(0, Rc::new(deployment)),
        }
    }

    fn moved_on(&mut self, deployment: Deployment) -> Vec<Effect> {
        let was_over = self.list.iter().any(|old| old.id == deployment.id && !old.is_running());
        let text = match &deployment.phase {
            Phase::Done { changed: true } => {
                Some(say!("deploy.deployed", stack = deployment.stack).to_string())
            }
            Phase::Done { changed: false } => {
                Some(say!("deploy.up-to-date", stack = deployment.stack).to_string())
            }
            _ => None,
        };
        self.put(deployment);
        text.filter(|_| !was_over).map(Effect::Announce).into_iter().collect()
    }
}

impl Perform for Deployments {
    const LATER: Option<fn(&Takes) -> Take<Self>> = Some(|takes| takes.deployments);

    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Templates => {
                desk.ask(ListTemplates {}, |desk, outcome| desk.tell::<Self>(Message::Templates(outcome)));
            }
            Effect::List => desk.ask(ListDeployments {}, |desk, outcome| {
                desk.said(say!("deploy.not-listed"), &outcome);
                desk.tell::<Self>(Message::Listed(outcome));
            }),
            Effect::ShowDock => views::show(desk, "deploy"),
            Effect::Start { template, stack, parameters } => {
                desk.spawn(|desk| async move {
                    save_unsaved(&desk).await;
                    let outcome = desk.call(StartDeploy { template, stack, parameters }).await;
                    desk.tell::<Self>(Message::Started(outcome.map(Box::new)));
                });
            }
            Effect::Cancel(id) => {
                desk.ask_quietly(CancelDeploy { id }, say!("deploy.not-stopped"));
            }
            Effect::Announce(text) => desk.tell::<Notices>(notices::Message::good(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::deploy::Parameter;

    use super::*;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn template() -> Template {
        let parameter = Parameter {
            name: "Stage".into(),
            description: None,
            default: Some("dev".into()),
            no_echo: false,
        };
        Template { path: path("template.yaml"), stack: "hello".into(), parameters: vec![parameter] }
    }

    fn deployment(phase: Phase) -> Deployment {
        Deployment {
            id: "1".into(),
            by: None,
            template: path("template.yaml"),
            stack: "hello".into(),
            phase,
            resources: Vec::new(),
            log: Vec::new(),
            outputs: Vec::new(),
            api_urls: Vec::new(),
        }
    }

    fn ready() -> Deployments {
        let mut deployments = Deployments::default();
        deployments.update(Message::Templates(Ok(vec![template()])));
        deployments
    }

    #[test]
    fn deploys_the_first_template_with_what_differs_from_the_defaults() {
        let mut deployments = ready();
        deployments.update(Message::Parameter("Stage".into(), "dev".into()));
        let start =
            |parameters| Effect::Start { template: path("template.yaml"), stack: "hello".into(), parameters };
        assert_eq!(deployments.update(Message::Start)[1], start(Vec::new()));
        assert_eq!(deployments.update(Message::Start), [Effect::ShowDock], "one at a time");
        deployments.update(Message::Started(Ok(Box::new(deployment(Phase::Done { changed: true })))));
        deployments.update(Message::Parameter("Stage".into(), "prod".into()));
        let given = vec![("Stage".to_owned(), "prod".to_owned())];
        assert_eq!(deployments.update(Message::Start)[1], start(given));
    }

    #[test]
    fn a_start_before_the_templates_came_waits_for_them() {
        let mut deployments = Deployments::default();
        assert_eq!(deployments.update(Message::Start), [Effect::ShowDock]);
        let effects = deployments.update(Message::Templates(Ok(vec![template()])));
        assert!(
            matches!(effects.as_slice(), [Effect::Start { .. }]),
            "the dock was shown when it was asked: {effects:?}"
        );
        deployments.update(Message::Started(Ok(Box::new(deployment(Phase::Done { changed: true })))));
        assert_eq!(deployments.update(Message::Templates(Ok(vec![template()]))), []);
    }

    #[test]
    fn a_failure_to_list_templates_is_known_and_ends_what_waited_for_them() {
        let mut deployments = Deployments::default();
        assert_eq!(deployments.update(Message::Ask), [Effect::Templates, Effect::List]);
        assert_eq!(deployments.update(Message::Ask), [], "one question at a time");
        deployments.update(Message::Start);
        let no = || CallError::new(protocol::ErrorCode::Unavailable, "no");
        assert_eq!(deployments.update(Message::Templates(Err(no()))), [Effect::Templates]);
        assert_eq!(deployments.unlisted.as_deref(), Some("no"));
        assert_eq!(deployments.update(Message::Templates(Ok(vec![template()]))), [], "no longer wanted");
        assert_eq!(deployments.unlisted, None);
    }

    #[test]
    fn a_list_older_than_an_event_does_not_undo_it() {
        let mut deployments = ready();
        deployments.update(Message::Ask);
        deployments.update(Message::Event(deploy::Event::Changed(deployment(Phase::Done { changed: true }))));
        deployments.update(Message::Listed(Ok(vec![deployment(Phase::Building)])));
        assert!(!deployments.busy());
    }

    #[test]
    fn says_once_that_it_is_done_and_survives_a_late_answer() {
        let mut deployments = ready();
        deployments.update(Message::Start);
        let done = || Message::Event(deploy::Event::Changed(deployment(Phase::Done { changed: false })));
        assert_eq!(deployments.update(done()), [Effect::Announce("hello is up to date".into())]);
        assert_eq!(deployments.update(done()), []);
        deployments.update(Message::Started(Ok(Box::new(deployment(Phase::Building)))));
        assert!(!deployments.busy());
    }
}
