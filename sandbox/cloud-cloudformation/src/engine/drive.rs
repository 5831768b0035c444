//! The engine at work: it holds the stacks, keeps every step before it is taken, makes the calls that the steps ask for,
//! and after a restart makes those again that were under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use cloud_core::ports::ResourceRequest;
use cloud_core::{AwsError, CloudEvent, Context};
use cloud_store::Position;
use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;

use super::facts::Facts;
use super::known::Known;
use super::leave;
use super::phases;
use super::plan::Plan;
use super::room;
use super::steps::{self, Outcome};
use crate::records::Records;
use crate::state::change_set::Execution;
use crate::state::operation::Actor;
use crate::state::{Call, ChangeSet, Event, Goal, Operation, Stack, StackStatus, TaskKind};

/// All stacks of one cloud. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
    known: RwLock<Known>,
    /// Held while a request decides about a stack: two deploys at once are one after the other.
    gate: Mutex<()>,
    stopped: AtomicBool,
    /// Held by what drives stacks.
    driving: Arc<()>,
}

type Running = JoinSet<(String, Outcome)>;

/// Why an operation is given up that was tried too often.
const CRASHED: &str = "The operation ended the process each time it was gone on with, and is not tried again. Delete the stack, or deploy a smaller template.";

/// Why an operation is given up whose definition is of no use.
fn unreadable(error: &AwsError) -> String {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("The definition of the operation cannot be read: {cause}. Deploy the template again.")
}

impl Engine {
    /// Opens what was kept. Nothing is gone on with until [`Engine::resume`].
    pub async fn open(context: Context) -> Result<Self, cloud_store::Error> {
        let (records, kept) = Records::open(&context).await?;
        let known = Known {
            stacks: kept.stacks.into_iter().map(|stack| (stack.id.clone(), Arc::new(stack))).collect(),
            change_sets: kept.change_sets.into_iter().collect(),
        };
        let known = RwLock::new(known);
        Ok(Self(Arc::new(Inner {
            context,
            records,
            known,
            gate: Mutex::new(()),
            stopped: AtomicBool::new(false),
            driving: Arc::default(),
        })))
    }

    /// Goes on with what was under way when the cloud stopped. All types must be known by now.
    pub fn resume(&self) {
        let (engine, driving) = (self.clone(), Arc::clone(&self.0.driving));
        tokio::spawn(async move {
            if let Err(error) = engine.go_on().await {
                tracing::error!(%error, source = ?error, "no stack is gone on with until the next start");
            }
            drop(driving);
        });
    }

    /// What ended the process each time it was gone on with is given up, all else is gone on with.
    async fn go_on(&self) -> Result<(), AwsError> {
        let under_way = self.under_way();
        let spent = self.0.records.attempts().begin(under_way.clone()).await.map_err(AwsError::internal)?;
        for id in under_way.iter().filter(|id| spent.contains(*id)) {
            if let Err(error) = self.give_up(id, CRASHED).await {
                tracing::error!(stack = id, %error, source = ?error, "failed to give up a stack's operation");
            }
        }
        for id in under_way.into_iter().filter(|id| !spent.contains(id)) {
            tracing::info!(stack = id, "going on with a stack");
            self.spawn(id);
        }
        Ok(())
    }

    fn under_way(&self) -> Vec<String> {
        let stacks = self.stacks().into_iter().filter(|stack| stack.operation.is_some());
        stacks.map(|stack| stack.id.clone()).collect()
    }

    /// Takes no further step. What fails from here on fails because the cloud ends, and is tried again by
    /// [`Engine::resume`] of the next one. An end in good order is no crash of anything.
    pub async fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        for id in self.under_way() {
            self.got_on(&id).await;
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.0.driving) == 1 && self.under_way().is_empty()
    }

    pub(crate) async fn close(&self) {
        self.0.records.store().close().await;
    }

    /// The stack's operation got on or ended, so it is not what ends the process.
    async fn got_on(&self, id: &str) {
        if let Err(error) = self.0.records.attempts().forget([id]).await {
            tracing::warn!(stack = id, %error, "failed to note that a stack got on");
        }
    }

    /// Ends the stack's operation where it stands.
    async fn give_up(&self, id: &str, reason: &str) -> Result<(), AwsError> {
        tracing::error!(stack = id, reason, "a stack's operation is given up");
        self.step(id, |stack, _, now| phases::give_up(stack, reason, now)).await?;
        self.got_on(id).await;
        Ok(())
    }

    /// The cloud.
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    /// Waits until no other request is deciding about stacks.
    pub async fn gate(&self) -> MutexGuard<'_, ()> {
        self.0.gate.lock().await
    }

    /// All stacks, the deleted ones, too.
    pub fn stacks(&self) -> Vec<Arc<Stack>> {
        self.read(|known| known.stacks.values().cloned().collect())
    }

    /// The stack of that name, unless it is deleted, or of that ARN.
    pub fn find(&self, name_or_id: &str) -> Option<Arc<Stack>> {
        self.read(|known| {
            let by_name = || known.stacks.values().find(|stack| stack.name == name_or_id && stack.is_alive());
            known.stacks.get(name_or_id).or_else(by_name).cloned()
        })
    }

    /// All change sets of a stack.
    pub fn change_sets(&self, stack_id: &str) -> Vec<Arc<ChangeSet>> {
        self.read(|known| known.change_sets.of(stack_id).cloned().collect())
    }

    /// The change set of that ARN, or of that name and stack.
    pub fn find_change_set(&self, name_or_id: &str, stack: Option<&Stack>) -> Option<Arc<ChangeSet>> {
        self.read(|known| known.change_sets.find(name_or_id, stack))
    }

    /// That there is room for one more change set.
    pub fn expect_room(&self, change_set: &ChangeSet) -> Result<(), AwsError> {
        self.read(|known| known.change_sets.expect_room(change_set))
    }

    /// What a definition's names mean for a stack at this moment.
    pub fn facts(&self, stack_id: &str) -> Facts {
        self.read(|known| Facts::new(&self.0.context, &known.stacks, stack_id))
    }

    /// How many bytes of records were written since they were opened.
    pub fn written(&self) -> u64 {
        self.0.records.written()
    }

    /// Some events of a stack, the latest first, from a position on; and the position of the next.
    pub async fn events(
        &self,
        stack_id: &str,
        from: Option<Position>,
        limit: usize,
    ) -> Result<(Vec<Event>, Option<Position>), AwsError> {
        let page = self.0.records.events(stack_id, from, limit).await?;
        Ok((page.records.into_iter().map(|(_, event)| event).collect(), page.next))
    }

    /// Keeps a change set.
    pub async fn keep_change_set(&self, change_set: ChangeSet) -> Result<(), AwsError> {
        let change_set = Arc::new(change_set);
        let (engine, kept) = (self.clone(), Arc::clone(&change_set));
        let follow = move || engine.write(|known| known.change_sets.insert(kept));
        self.0.records.save_change_set(change_set, follow).await
    }

    /// Forgets a change set.
    pub async fn forget_change_set(&self, id: &str) -> Result<(), AwsError> {
        let (engine, gone) = (self.clone(), id.to_owned());
        let follow = move || engine.write(|known| known.change_sets.remove(&gone));
        let definition = self.read(|known| known.definition_of_alone(id));
        self.0.records.delete_change_set(id, definition, follow).await
    }

    /// Keeps a stack to which nothing is being done.
    pub async fn keep(&self, stack: Stack) -> Result<(), AwsError> {
        self.save(stack, None, || {}).await
    }

    /// Begins an operation: the stack's first status of it is kept before this answers, with what becomes of the change set
    /// that it executes. What was kept is gone on with, whoever waits.
    pub async fn begin(
        &self,
        mut stack: Stack,
        goal: Goal,
        status: StackStatus,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let id = stack.id.clone();
        let remark = goal.remark.clone();
        let executed = goal.change_set.as_ref().and_then(|set| self.executing(set, Execution::InProgress));
        stack.operation = Some(Operation::new(goal));
        // AWS: the reason of the first event of every operation.
        stack.set_status(status, Some("User Initiated".to_owned()), now);
        if remark.is_some() {
            stack.set_status(status, remark, now);
        }
        stack.reason = None;
        let engine = self.clone();
        self.save(stack, executed, move || engine.spawn(id)).await
    }

    /// Returns when nothing is being done to the stack.
    pub async fn settled(&self, id: &str) {
        let mut events = self.0.context.events().watch();
        while self.find(id).is_some_and(|stack| stack.operation.is_some()) {
            // The last event of an operation is announced after its end can be seen, so none is missed for good.
            if matches!(events.recv().await, Err(RecvError::Closed)) {
                return;
            }
        }
    }

    fn spawn(&self, id: String) {
        let (engine, driving) = (self.clone(), Arc::clone(&self.0.driving));
        tokio::spawn(async move {
            if let Err(error) = engine.drive(&id).await {
                tracing::error!(stack = id, %error, source = ?error, "a stack stands still until the next start");
            }
            drop(driving);
        });
    }

    /// Drives a stack's operation to its end.
    async fn drive(&self, id: &str) -> Result<(), AwsError> {
        let Some(stack) = self.find(id) else { return Ok(()) };
        let Some(goal) = stack.operation.as_ref().map(|operation| operation.goal.clone()) else {
            return Ok(());
        };
        let plan = match self.plan(&stack, &goal).await {
            Ok(plan) => plan,
            Err(error) => return self.give_up(id, &unreadable(&error)).await,
        };
        let mut running = Running::new();
        let mut is_first = true;
        let under_way = stack.operation.as_ref().map(Operation::calls).unwrap_or_default();
        self.make_calls(id, plan.as_ref(), under_way, &mut running);
        loop {
            let calls =
                self.step(id, |stack, facts, now| steps::advance(stack, plan.as_ref(), facts, now)).await?;
            self.make_calls(id, plan.as_ref(), calls, &mut running);
            let Some(ended) = running.join_next().await else { break };
            if self.0.stopped.load(Ordering::SeqCst) {
                return Ok(());
            }
            let (name, outcome) = ended.map_err(AwsError::internal)?;
            let more =
                self.step(id, |stack, facts, now| steps::complete(stack, &name, outcome, facts, now)).await?;
            self.make_calls(id, plan.as_ref(), more.into_iter().collect(), &mut running);
            if std::mem::take(&mut is_first) {
                self.got_on(id).await;
            }
        }
        self.got_on(id).await;
        Ok(())
    }

    async fn plan(&self, stack: &Stack, goal: &Goal) -> Result<Option<Plan>, AwsError> {
        let Some(definition) = &goal.definition else { return Ok(None) };
        let definition = self.definition(definition).await?;
        Plan::new(definition, &self.facts(&stack.id), stack).map(Some).map_err(AwsError::internal)
    }

    /// One step of a stack: kept, then seen by others, then told to those who watch.
    async fn step<T>(
        &self,
        id: &str,
        step: impl FnOnce(&mut Stack, &Facts, Timestamp) -> T,
    ) -> Result<T, AwsError> {
        let Some(stack) = self.find(id) else { return Err(AwsError::internal("the stack vanished")) };
        let mut stack = Stack::clone(&stack);
        let executed = stack.operation.as_ref().and_then(|operation| operation.goal.change_set.clone());
        let answer = step(&mut stack, &self.facts(id), self.0.context.now());
        let ended = executed.filter(|_| stack.operation.is_none());
        let closed = ended.and_then(|set| self.executing(&set, outcome(stack.status)));
        self.save(stack, closed, || {}).await?;
        Ok(answer)
    }

    /// Keeps a stack, and what became of the change set that it executes: neither is ever seen without the other.
    async fn save(
        &self,
        mut stack: Stack,
        executed: Option<ChangeSet>,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<(), AwsError> {
        let mut unsaved = std::mem::take(&mut stack.unsaved);
        self.read(|known| {
            known.compare(&stack, &mut unsaved);
            known.forget(&stack, &mut unsaved, self.0.context.now());
        });
        let forgotten = unsaved.forgotten.clone();
        let events = unsaved.events.iter().map(|event| cloud_event(&stack, event)).collect::<Vec<_>>();
        let (stack, executed) = (Arc::new(stack), executed.map(Arc::new));
        let (engine, kept, closed) = (self.clone(), Arc::clone(&stack), executed.clone());
        let follow = move || {
            engine.write(|known| {
                if let Some(set) = closed {
                    known.change_sets.insert(set);
                }
                known.stacks.insert(kept.id.clone(), kept);
                known.stacks.retain(|id, _| !forgotten.contains(id));
            });
            for event in events {
                engine.0.context.announce(event);
            }
            then();
        };
        self.0.records.save_stack(stack, unsaved, executed, follow).await
    }

    fn make_calls(&self, id: &str, plan: Option<&Plan>, calls: Vec<(String, Call)>, running: &mut Running) {
        let Some(stack) = self.find(id) else { return };
        for (name, call) in calls {
            let context = self.0.context.clone();
            let (type_name, request) = request(&stack, &name, &call, plan);
            let actor = stack.operation.as_ref().and_then(|operation| operation.goal.actor.clone());
            running.spawn(async move {
                let work =
                    tokio::spawn(async move { perform(&context, &type_name, request, call, actor).await });
                let outcome = work.await.unwrap_or_else(|panic| Outcome::Failed(AwsError::internal(panic)));
                (name, outcome)
            });
        }
    }

    /// A change set as it is from now on.
    fn executing(&self, set: &str, execution: Execution) -> Option<ChangeSet> {
        let set = self.find_change_set(set, None)?;
        Some(ChangeSet { execution, ..ChangeSet::clone(&set) })
    }

    pub(super) fn records(&self) -> &Records {
        &self.0.records
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.0.known.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What became of a change set whose operation left the stack so.
fn outcome(status: StackStatus) -> Execution {
    match status {
        StackStatus::CreateComplete | StackStatus::UpdateComplete => Execution::Complete,
        _ => Execution::Failed,
    }
}

/// The type that a task is about, and what its provider is told.
fn request(stack: &Stack, name: &str, call: &Call, plan: Option<&Plan>) -> (String, ResourceRequest) {
    let operation = stack.operation.as_ref();
    let task = operation.and_then(|operation| operation.tasks.get(name));
    let logical_id = task.map_or(name, |task| &task.logical_id);
    let resource = match task.map(|task| task.kind) {
        Some(TaskKind::Discard(index)) => operation.and_then(|operation| operation.trash.get(index)),
        _ => stack.resources.get(logical_id),
    };
    let (token, properties) = match call {
        Call::Create { token, properties } | Call::Update { token, properties, .. } => {
            (token.clone(), properties.clone())
        }
        Call::Delete { .. } => Default::default(),
    };
    let request = ResourceRequest {
        logical_id: logical_id.to_owned(),
        stack_name: stack.name.clone(),
        stack_id: stack.id.clone(),
        properties,
        token,
        tags: plan.map(|plan| plan.definition.tags.clone()).unwrap_or_default(),
        caller: None,
    };
    (resource.map(|resource| resource.type_name.clone()).unwrap_or_default(), request)
}

async fn perform(
    context: &Context,
    type_name: &str,
    mut request: ResourceRequest,
    call: Call,
    actor: Option<Actor>,
) -> Outcome {
    let Some(provider) = context.peers().provider(type_name) else {
        let message = format!("Unrecognized resource types: [{type_name}]");
        return Outcome::Failed(AwsError::new("InvalidRequest", message));
    };
    if let Some(actor) = &actor {
        let (stack, logical_id) = (&request.stack_name, &request.logical_id);
        let step = leave::Step { type_name, stack, logical_id, call: &call, tags: &request.tags };
        let caller = actor.caller(context);
        if let Err(error) = leave::ask(context, &caller, &step).await {
            return Outcome::Failed(error);
        }
        request.caller = Some(caller);
    }
    let deletes = matches!(call, Call::Delete { .. });
    // What makes room is never refused for want of it.
    let held = if deletes { Ok(None) } else { room::ask(context, &request).await.map(Some) };
    let _held = match held {
        Ok(held) => held,
        Err(error) => return Outcome::Failed(error),
    };
    let answer = match call {
        Call::Create { .. } => provider.create(&request).await.map(Outcome::Created),
        Call::Update { physical_id, old, .. } => {
            provider.update(&physical_id, &old, &request).await.map(Outcome::Updated)
        }
        Call::Delete { physical_id, properties } => {
            provider.delete(&physical_id, &properties).await.map(|()| Outcome::Deleted)
        }
    };
    answer.unwrap_or_else(Outcome::Failed)
}

fn cloud_event(stack: &Stack, event: &Event) -> CloudEvent {
    CloudEvent::StackEvent {
        at: event.at,
        stack_name: stack.name.clone(),
        stack_id: stack.id.clone(),
        logical_id: event.logical_id.clone(),
        physical_id: event.physical_id.clone(),
        resource_type: event.type_name.clone(),
        status: event.status.clone(),
        reason: event.reason.clone(),
    }
}
