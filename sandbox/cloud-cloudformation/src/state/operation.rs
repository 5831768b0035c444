//! What is being done to a stack: phases of tasks, each task's progress kept so that it can be gone on with.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::{AccountId, Arn, Caller, Context, Principal, Region, RequestId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resource::Resource;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A new stack.
    Create,
    /// Another definition.
    Update,
    /// The end of the stack.
    Delete,
}

/// What happens when something fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnFailure {
    /// What was done is undone.
    #[default]
    Rollback,
    /// Everything stays as it is.
    Nothing,
    /// The stack is deleted.
    Delete,
}

/// What an operation wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// What was asked for.
    pub kind: Kind,
    /// The id of the definition that the stack is to have, unless it is to be deleted.
    pub definition: Option<String>,
    /// What happens when something fails.
    pub on_failure: OnFailure,
    /// The caller's token, shown with every event.
    pub client_token: Option<String>,
    /// The change set that is being executed.
    pub change_set: Option<String>,
    /// Resources that a deletion leaves alone.
    pub retain: BTreeSet<String>,
    /// When a creation has failed that has not ended by then.
    #[serde(default)]
    pub deadline: Option<Timestamp>,
    /// Whether the undoing removes what the operation made, whatever its deletion policy.
    #[serde(default)]
    pub retain_except_on_create: bool,
    /// Whether a deletion leaves alone what cannot be removed.
    #[serde(default)]
    pub forces: bool,
    /// What of the request changes nothing here, said in the events.
    #[serde(default)]
    pub remark: Option<String>,
    /// On whose behalf it is done; nobody's where that was not kept.
    #[serde(default)]
    pub actor: Option<Actor>,
}

/// On whose behalf resources are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The caller, or the role that the deployment is to act as.
    pub arn: Arn,
    /// The caller's unique id; of a role the name of the session behind a colon.
    pub user_id: String,
    /// The key that the caller signed with; empty of a role's.
    pub access_key_id: String,
}

impl Actor {
    /// As who asks something of a service.
    pub fn caller(&self, context: &Context) -> Caller {
        let (account, arn, user_id) = (self.account.clone(), self.arn.clone(), self.user_id.clone());
        let id = RequestId::random(context.entropy());
        let caller = Caller::of(Principal { account, arn, user_id }, &self.region, id);
        Caller { access_key_id: self.access_key_id.clone(), ..caller }
    }

    /// The role, where there is one, else the caller.
    pub fn of(caller: &Caller, role: Option<&str>) -> Self {
        let (account, region) = (caller.account.clone(), caller.region.clone());
        let Some(role) = role else {
            let (arn, user_id) = (caller.arn.clone(), caller.user_id.clone());
            return Self { account, region, arn, user_id, access_key_id: caller.access_key_id.clone() };
        };
        // All of it, for roles of one name on several paths are not one. What is no ARN is nobody's.
        let nobody = || Arn::global("iam", &account, "role/").in_partition(region.partition());
        let arn = role.parse().unwrap_or_else(|_| nobody());
        Self { account, region, arn, user_id: ":AWSCloudFormation".to_owned(), access_key_id: String::new() }
    }
}

impl Goal {
    /// An operation without any wishes.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            definition: None,
            on_failure: OnFailure::default(),
            client_token: None,
            change_set: None,
            retain: BTreeSet::new(),
            deadline: None,
            retain_except_on_create: false,
            forces: false,
            remark: None,
            actor: None,
        }
    }
}

/// The part of an operation that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Resources are made and changed.
    Make,
    /// After success: what is no longer wanted is removed.
    Cleanup,
    /// After a failed update: what was changed is changed back.
    Restore,
    /// After that: what was made new is removed.
    RestoreCleanup,
    /// Everything is removed: a deletion, or the undoing of a creation.
    Remove,
}

/// Something under way. Its tasks, what was before and the trash are kept beside it, for they are many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What is wanted.
    pub goal: Goal,
    /// How far it is.
    pub phase: Phase,
    /// Whether the phase's tasks are made out.
    pub planned: bool,
    /// The tasks of the phase, by name.
    #[serde(skip)]
    pub tasks: BTreeMap<String, Task>,
    /// Resources as they were before this operation changed them; nothing for those that it made.
    #[serde(skip)]
    pub before: BTreeMap<String, Option<Resource>>,
    /// Resources that are no longer the stack's and still have to be removed.
    #[serde(skip)]
    pub trash: Vec<Resource>,
    /// Why it failed, once it has.
    pub failure: Option<String>,
    /// Whether resources were found wrong before any was made.
    #[serde(default)]
    pub invalid: bool,
}

/// One step of a phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The resource's name in the template.
    pub logical_id: String,
    /// What is done.
    pub kind: TaskKind,
    /// The tasks that must be done before.
    pub waits_for: BTreeSet<String>,
    /// How far it is.
    pub state: TaskState,
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// Makes the resource as the goal's definition wants it.
    Make,
    /// Makes the resource as it was before.
    Restore {
        /// Whether the change to be undone had itself failed.
        refused: bool,
    },
    /// Removes a resource of the stack.
    Remove,
    /// Removes a resource that is no longer the stack's: its place in the trash.
    Discard(usize),
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TaskState {
    /// It waits for others.
    Waiting,
    /// It was started and not heard of since; after a restart the call is made again.
    Running(Call),
    /// It is done, or there was nothing to do.
    Done,
    /// It went wrong.
    Failed,
}

/// A call to the one who makes a type. Repeating it is safe: the token is the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    /// Make it.
    Create {
        /// The same for every repetition.
        token: String,
        /// What is wanted.
        properties: Value,
    },
    /// Change it.
    Update {
        /// The same for every repetition.
        token: String,
        /// What it is.
        physical_id: String,
        /// What it was made with.
        old: Value,
        /// What is wanted.
        properties: Value,
    },
    /// Remove it.
    Delete {
        /// What it is.
        physical_id: String,
        /// What it was made with.
        properties: Value,
    },
}

impl Operation {
    /// An operation that has done nothing yet.
    pub fn new(goal: Goal) -> Self {
        let phase = if goal.kind == Kind::Delete { Phase::Remove } else { Phase::Make };
        Self {
            goal,
            phase,
            planned: false,
            tasks: BTreeMap::new(),
            before: BTreeMap::new(),
            trash: Vec::new(),
            failure: None,
            invalid: false,
        }
    }

    /// Goes on to another phase.
    pub fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.planned = false;
        self.tasks.clear();
    }

    /// Takes the phase's tasks.
    pub fn plan(&mut self, tasks: BTreeMap<String, Task>) {
        self.tasks = tasks;
        self.planned = true;
    }

    /// Whether a task is under way.
    pub fn is_busy(&self) -> bool {
        self.tasks.values().any(|task| matches!(task.state, TaskState::Running(_)))
    }

    /// Whether a task of this phase went wrong.
    pub fn has_failed_tasks(&self) -> bool {
        self.tasks.values().any(|task| task.state == TaskState::Failed)
    }

    /// The names of the tasks that wait for nothing more. What could not be discarded holds up nothing: nobody asks again.
    pub fn ready(&self) -> Vec<String> {
        let open = |name: &String| {
            self.tasks.get(name).is_some_and(|task| {
                let ended = (&task.state, task.kind);
                !matches!(ended, (TaskState::Done, _) | (TaskState::Failed, TaskKind::Discard(_)))
            })
        };
        self.tasks
            .iter()
            .filter(|(_, task)| task.state == TaskState::Waiting && !task.waits_for.iter().any(open))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The calls under way, by task.
    pub fn calls(&self) -> Vec<(String, Call)> {
        let call = |(name, task): (&String, &Task)| match &task.state {
            TaskState::Running(call) => Some((name.clone(), call.clone())),
            _ => None,
        };
        self.tasks.iter().filter_map(call).collect()
    }
}
