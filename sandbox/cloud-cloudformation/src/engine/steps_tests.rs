//! Operations on made-up stacks with failures and restarts at every possible moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::{AwsError, Context};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::state::part::{self, Place};
use crate::state::{Definition, Goal, Operation, StackStatus, stack::Unsaved};

/// What exists outside of the stacks: by physical id, the logical id and the properties.
type World = BTreeMap<String, (String, Value)>;

/// A template: for each resource its value and the resources that it needs, which come before it.
#[derive(Clone, Debug)]
struct Wanted(Vec<(usize, u8, BTreeSet<usize>)>);

impl Wanted {
    fn definition(&self, id: &str) -> Arc<Definition> {
        let resources: serde_json::Map<String, Value> = self
            .0
            .iter()
            .map(|(name, value, needs)| {
                let there = needs.iter().filter(|need| self.0.iter().any(|(name, ..)| name == *need));
                let needs: Vec<Value> = there.map(|need| json!({"Ref": format!("R{need}")})).collect();
                let resource = json!({"Type": "T", "Properties": {"Value": value, "Needs": needs}});
                (format!("R{name}"), resource)
            })
            .collect();
        Arc::new(Definition {
            id: id.to_owned(),
            body: String::new(),
            processed: json!({ "Resources": resources }),
            transforms: Vec::new(),
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
            description: None,
            capabilities: Vec::new(),
            role_arn: None,
            notification_arns: Vec::new(),
        })
    }

    fn summary(&self) -> BTreeSet<String> {
        self.0.iter().map(|(name, value, _)| format!("R{name}={value}")).collect()
    }
}

fn wanted() -> impl Strategy<Value = Wanted> {
    prop::collection::btree_map(0_usize..6, (0_u8..4, prop::collection::btree_set(0_usize..6, 0..3)), 1..6)
        .prop_map(|resources| {
            let resources = resources.into_iter().map(|(name, (value, needs))| {
                (name, value, needs.into_iter().filter(|need| *need < name).collect())
            });
            Wanted(resources.collect())
        })
}

fn summary(world: &World) -> BTreeSet<String> {
    world.values().map(|(name, properties)| format!("{name}={}", properties["Value"])).collect()
}

/// Does what a call asks for, as a provider does: the same token always makes the same thing.
fn perform(world: &mut World, name: &str, call: &Call, fails: bool) -> Outcome {
    // What came through before a restart is found again by its token, whatever fails now.
    let known = matches!(call, Call::Create { token, .. } if world.contains_key(token));
    if fails && !known {
        return Outcome::Failed(AwsError::validation("told to fail"));
    }
    let created = |id: &str| Created { physical_id: id.to_owned(), ..Created::default() };
    match call {
        Call::Create { token, properties } => {
            world.insert(token.clone(), (name.to_owned(), properties.clone()));
            Outcome::Created(created(token))
        }
        // Odd and even values cannot be changed into one another in place.
        Call::Update { old, properties, .. }
            if old["Value"].as_u64().map(|v| v % 2) != properties["Value"].as_u64().map(|v| v % 2) =>
        {
            Outcome::Updated(Updated::ReplacementRequired)
        }
        Call::Update { physical_id, properties, .. } => {
            world.insert(physical_id.clone(), (name.to_owned(), properties.clone()));
            Outcome::Updated(Updated::InPlace(created(physical_id)))
        }
        Call::Delete { physical_id, .. } => {
            world.remove(physical_id);
            Outcome::Deleted
        }
    }
}

/// What disturbs one operation: which calls fail, which calls come first, after which calls everything restarts.
#[derive(Clone, Debug)]
struct Trouble {
    failing: BTreeSet<usize>,
    order: Vec<usize>,
    restarts: BTreeSet<usize>,
}

fn trouble(failures: usize) -> impl Strategy<Value = Trouble> {
    (
        prop::collection::btree_set(0_usize..12, 0..=failures),
        prop::collection::vec(0_usize..6, 40),
        prop::collection::btree_set(0_usize..20, 0..6),
    )
        .prop_map(|(failing, order, restarts)| Trouble { failing, order, restarts })
}

/// What is kept of an operation, part by part.
#[derive(Default)]
struct Kept {
    operation: Option<Operation>,
    parts: BTreeMap<Place, String>,
}

impl Kept {
    fn save(&mut self, stack: &Stack) {
        for (place, part) in part::differences(self.operation.as_ref(), stack.operation.as_ref()) {
            match part {
                Some(part) => self.parts.insert(place, serde_json::to_string(&part).unwrap()),
                None => self.parts.remove(&place),
            };
        }
        self.operation.clone_from(&stack.operation);
    }

    /// The stack as it is kept and read again.
    fn restarted(&self, stack: &Stack) -> Stack {
        let mut again: Stack = serde_json::from_str(&serde_json::to_string(stack).unwrap()).unwrap();
        again.resources = serde_json::from_str(&serde_json::to_string(&stack.resources).unwrap()).unwrap();
        for (place, part) in &self.parts {
            let operation = again.operation.as_mut().expect("parts are an operation's");
            operation.take(place.clone(), serde_json::from_str(part).unwrap());
        }
        again
    }
}

fn run(stack: &mut Stack, plan: Option<&Plan>, facts: &Facts, world: &mut World, trouble: &Trouble) {
    let now = Timestamp::UNIX_EPOCH;
    let mut calls: Vec<(String, Call)> = Vec::new();
    let mut kept = Kept::default();
    for count in 0..1000 {
        calls.extend(advance(stack, plan, facts, now));
        kept.save(stack);
        if calls.is_empty() {
            assert!(stack.operation.is_none(), "nothing to do and not done: {stack:?}");
            assert!(kept.parts.is_empty());
            return;
        }
        if trouble.restarts.contains(&count) {
            // Some calls had come through before the end, and are made again.
            for (name, call) in &calls {
                perform(world, name.split('#').next().unwrap(), call, false);
            }
            *stack = kept.restarted(stack);
            calls = stack.operation.as_ref().map(Operation::calls).unwrap_or_default();
        }
        let next = trouble.order.get(count).copied().unwrap_or_default() % calls.len();
        let (name, call) = calls.remove(next);
        let fails = trouble.failing.contains(&count);
        let outcome = perform(world, name.split('#').next().unwrap(), &call, fails);
        calls.extend(complete(stack, &name, outcome, facts, now));
        kept.save(stack);
        stack.unsaved = Unsaved::default();
    }
    panic!("no end: {stack:?}");
}

fn begin(stack: &mut Stack, kind: Kind, definition: Option<&str>) {
    let goal = Goal { definition: definition.map(str::to_owned), ..Goal::new(kind) };
    stack.operation = Some(Operation::new(goal));
    stack.status = match kind {
        Kind::Create => StackStatus::CreateInProgress,
        Kind::Update => StackStatus::UpdateInProgress,
        Kind::Delete => StackStatus::DeleteInProgress,
    };
}

/// A test's cloud, and a stack of it that was just asked for.
fn fresh() -> (Facts, Stack) {
    let (context, _clock) = Context::for_test("/nowhere");
    let stack = Stack::new("arn:stack".to_owned(), "s".to_owned(), Timestamp::UNIX_EPOCH);
    (Facts::new(&context, &BTreeMap::new(), &stack.id), stack)
}

fn deploy(
    stack: &mut Stack,
    kind: Kind,
    wanted: &Wanted,
    facts: &Facts,
    world: &mut World,
    trouble: &Trouble,
) {
    let definition = wanted.definition(if kind == Kind::Create { "first" } else { "second" });
    let plan = Plan::new(definition.clone(), facts, stack).unwrap();
    begin(stack, kind, Some(&definition.id));
    run(stack, Some(&plan), facts, world, trouble);
}

/// A creation of `R1`, which needs `R0`, that may take a minute; its parts take so many seconds each.
fn timed(seconds: i64, retain: bool) -> String {
    let (facts, mut stack) = fresh();
    let mut world = World::new();
    let wanted = Wanted(vec![(0, 0, BTreeSet::new()), (1, 0, BTreeSet::from([0]))]);
    let definition = wanted.definition("timed");
    let plan = Plan::new(definition.clone(), &facts, &stack).unwrap();
    begin(&mut stack, Kind::Create, Some(&definition.id));
    let mut now = Timestamp::UNIX_EPOCH;
    if let Some(operation) = stack.operation.as_mut() {
        operation.goal.deadline = Some(now + jiff::SignedDuration::from_mins(1));
        operation.goal.retain_except_on_create = !retain;
    }
    loop {
        let calls = advance(&mut stack, Some(&plan), &facts, now);
        for resource in stack.resources.values_mut() {
            resource.deletion_policy = crate::template::Policy::Retain;
        }
        if calls.is_empty() {
            let reasons: Vec<String> =
                stack.unsaved.events.iter().filter_map(|event| event.reason.clone()).collect();
            let late = reasons
                .iter()
                .any(|reason| reason.starts_with("Stack creation time exceeded the specified timeout."));
            return format!("{} {late} {}", stack.status, world.len());
        }
        now += jiff::SignedDuration::from_secs(seconds);
        for (name, call) in calls {
            let outcome = perform(&mut world, &name, &call, false);
            complete(&mut stack, &name, outcome, &facts, now);
        }
    }
}

#[test]
fn a_creation_that_takes_too_long_is_undone() {
    for (seconds, retain, expected) in [
        (29, true, "CREATE_COMPLETE false 2"),
        (30, true, "ROLLBACK_COMPLETE true 2"),
        (59, false, "ROLLBACK_COMPLETE true 0"),
        (61, true, "ROLLBACK_COMPLETE true 1"),
        (61, false, "ROLLBACK_COMPLETE true 0"),
    ] {
        assert_eq!(timed(seconds, retain), expected, "{seconds} s each, retained: {retain}");
    }
}

const CALM: Trouble = Trouble { failing: BTreeSet::new(), order: Vec::new(), restarts: BTreeSet::new() };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// P9: a creation makes everything or nothing.
    #[test]
    fn a_creation_is_whole_or_absent(wanted in wanted(), trouble in trouble(1)) {
        let (facts, mut stack) = fresh();
        let mut world = World::new();
        deploy(&mut stack, Kind::Create, &wanted, &facts, &mut world, &trouble);
        match stack.status {
            StackStatus::CreateComplete => prop_assert_eq!(summary(&world), wanted.summary()),
            StackStatus::RollbackComplete => prop_assert!(world.is_empty(), "{:?}", world),
            other => prop_assert!(false, "{}", other),
        }
    }

    /// P9: an update ends at what was wanted, or at exactly what was.
    #[test]
    fn an_update_is_whole_or_undone(first in wanted(), second in wanted(), trouble in trouble(1)) {
        let (facts, mut stack) = fresh();
        let mut world = World::new();
        deploy(&mut stack, Kind::Create, &first, &facts, &mut world, &CALM);
        let before = world.clone();
        deploy(&mut stack, Kind::Update, &second, &facts, &mut world, &trouble);
        match stack.status {
            // Of what is to be removed, one removal may have failed; that does not undo an update.
            StackStatus::UpdateComplete => {
                let wanted = second.summary();
                prop_assert!(summary(&world).is_superset(&wanted), "{:?} lacks some of {:?}", world, wanted);
                prop_assert!(world.len() <= second.0.len() + trouble.failing.len(), "{:?}", world);
            }
            StackStatus::UpdateRollbackComplete => prop_assert_eq!(world, before),
            other => prop_assert!(false, "{}", other),
        }
        let ids: BTreeSet<&String> = stack.resources.values().filter_map(|resource| resource.physical_id.as_ref()).collect();
        prop_assert_eq!(ids.len(), stack.resources.len(), "every resource exists once");
    }

    /// A deletion that meets no failure leaves nothing.
    #[test]
    fn a_deletion_leaves_nothing(wanted in wanted(), trouble in trouble(0)) {
        let (facts, mut stack) = fresh();
        let mut world = World::new();
        deploy(&mut stack, Kind::Create, &wanted, &facts, &mut world, &CALM);
        begin(&mut stack, Kind::Delete, None);
        run(&mut stack, None, &facts, &mut world, &trouble);
        prop_assert_eq!(stack.status, StackStatus::DeleteComplete);
        prop_assert!(world.is_empty());
    }
}
