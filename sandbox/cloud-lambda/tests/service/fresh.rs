//! What was acknowledged is seen by the next call, whatever was found for the calls before it: changes and calls in orders
//! that a seed draws, beside calls that are still under way.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use cloud_core::{Entropy, SeededEntropy};

use super::*;

const SEEDS: u64 = 16;
const STEPS: usize = 80;
const API: &str = "arn:aws:execute-api:us-east-1:000000000000:api/prod/GET/x";
const OTHER_API: &str = "arn:aws:execute-api:us-east-1:000000000000:other/prod/GET/x";
/// The function itself, versions, an alias.
const QUALIFIERS: [&str; 5] = ["", "1", "2", "3", "a"];

/// The function as the acknowledged changes make it; what runs is told by a number in its environment.
#[derive(Debug, Clone, Default)]
struct Model {
    latest: u32,
    versions: BTreeMap<u64, u32>,
    next: u64,
    alias: Option<u64>,
    /// The qualifiers by which the API may call it.
    permitted: BTreeSet<String>,
    reserved_none: bool,
}

impl Model {
    /// The version that a qualifier means, and its number.
    fn resolve(&self, qualifier: &str) -> Option<(String, u32)> {
        let version = match qualifier {
            "" => return Some(("$LATEST".into(), self.latest)),
            "a" => self.alias?,
            number => number.parse().ok()?,
        };
        Some((version.to_string(), *self.versions.get(&version)?))
    }
}

/// What a call comes to: version and number, or a code.
type Outcome = Result<(String, u32), String>;

fn expected(model: Option<&Model>, qualifier: &str, source: Option<&str>) -> Outcome {
    let code = |code: &str| Err(code.to_owned());
    let Some(model) = model else { return code("ResourceNotFoundException") };
    let Some(found) = model.resolve(qualifier) else { return code("ResourceNotFoundException") };
    match source {
        Some(source) if source != API || !model.permitted.contains(qualifier) => {
            code("AccessDeniedException")
        }
        _ if model.reserved_none => code("TooManyRequestsException"),
        _ => Ok(found),
    }
}

fn delivery(context: &Context, qualifier: &str, source: Option<&str>) -> Delivery {
    let name = if qualifier.is_empty() { "function:f".to_owned() } else { format!("function:f:{qualifier}") };
    let delivery = Delivery::new(context.arn("lambda", name), "1").awaited();
    match source {
        Some(source) => delivery.from_service("apigateway.amazonaws.com", source.parse().unwrap()),
        None => delivery,
    }
}

/// A function under drawn changes.
struct Drawn {
    rig: Rig,
    dice: SeededEntropy,
    model: Option<Model>,
    /// Calls that are under way, until there are permits.
    gate: Arc<Semaphore>,
    held: tokio::task::JoinSet<()>,
}

impl Drawn {
    fn draw(&self, below: usize) -> usize {
        let mut byte = [0];
        self.dice.fill(&mut byte);
        usize::from(byte[0]) % below
    }

    async fn done<O: OperationType>(&self, name: &str, input: O::Input) {
        self.rig.call::<O>(name, input).await.map_or_else(|error| panic!("{name}: {error:?}"), drop);
    }

    /// One change that can be made now, acknowledged.
    async fn change(&mut self) {
        let Some(mut model) = self.model.clone() else {
            self.rig.create("f").await;
            self.model = Some(Model { next: 1, ..Model::default() });
            return;
        };
        let function_name = String::from("f");
        match self.draw(10) {
            0 if self.draw(4) == 0 => {
                let input = DeleteFunctionRequest { function_name, qualifier: None };
                self.done::<operation::DeleteFunction>("DeleteFunction", input).await;
                self.model = None;
                return;
            }
            0 | 1 => {
                model.latest += 1;
                let number = BTreeMap::from([("N".into(), model.latest.to_string())]);
                let input = UpdateFunctionConfigurationRequest {
                    function_name,
                    environment: Some(Environment { variables: Some(number) }),
                    ..UpdateFunctionConfigurationRequest::default()
                };
                self.done::<operation::UpdateFunctionConfiguration>("UpdateFunctionConfiguration", input)
                    .await;
                self.rig.settled("f").await;
            }
            2 => {
                let input = PublishVersionRequest { function_name, ..PublishVersionRequest::default() };
                self.done::<operation::PublishVersion>("PublishVersion", input).await;
                if model.versions.last_key_value().map(|(_, number)| *number) != Some(model.latest) {
                    model.versions.insert(model.next, model.latest);
                    model.next += 1;
                }
            }
            3 | 4 if !model.versions.is_empty() => self.point(&mut model).await,
            5 if model.alias.is_some() => {
                model.alias = None;
                model.permitted.remove("a");
                let input = DeleteAliasRequest { function_name, name: "a".into() };
                self.done::<operation::DeleteAlias>("DeleteAlias", input).await;
            }
            6 if self.draw(2) == 0 => {
                let unused = model.versions.keys().copied().find(|version| model.alias != Some(*version));
                if let Some(version) = unused {
                    model.versions.remove(&version);
                    model.permitted.remove(&version.to_string());
                    let qualifier = Some(version.to_string());
                    let input = DeleteFunctionRequest { function_name, qualifier };
                    self.done::<operation::DeleteFunction>("DeleteFunction", input).await;
                }
            }
            7 => {
                model.reserved_none = !model.reserved_none;
                if model.reserved_none {
                    let input =
                        PutFunctionConcurrencyRequest { function_name, reserved_concurrent_executions: 0 };
                    self.done::<operation::PutFunctionConcurrency>("PutFunctionConcurrency", input).await;
                } else {
                    let input = DeleteFunctionConcurrencyRequest { function_name };
                    self.done::<operation::DeleteFunctionConcurrency>("DeleteFunctionConcurrency", input)
                        .await;
                }
            }
            _ => self.permit(&mut model).await,
        }
        self.model = Some(model);
    }

    /// Points the alias to one of the versions.
    async fn point(&self, model: &mut Model) {
        let place = self.draw(model.versions.len());
        let version = *model.versions.keys().nth(place).unwrap();
        let (function_name, name, to) = ("f".to_owned(), "a".to_owned(), version.to_string());
        if model.alias.replace(version).is_some() {
            let input = UpdateAliasRequest {
                function_name,
                name,
                function_version: Some(to),
                ..UpdateAliasRequest::default()
            };
            self.done::<operation::UpdateAlias>("UpdateAlias", input).await;
        } else {
            let input = CreateAliasRequest {
                function_name,
                name,
                function_version: to,
                ..CreateAliasRequest::default()
            };
            self.done::<operation::CreateAlias>("CreateAlias", input).await;
        }
    }

    /// Lets the API call by a qualifier, or no longer.
    async fn permit(&self, model: &mut Model) {
        let qualifier = QUALIFIERS[self.draw(QUALIFIERS.len())];
        if model.resolve(qualifier).is_none() {
            return;
        }
        let permitted = !model.permitted.remove(qualifier);
        if permitted {
            model.permitted.insert(qualifier.to_owned());
        }
        set_permission(&self.rig, qualifier, permitted).await;
    }

    /// One call by each way, each as is expected.
    async fn call(&self, step: usize, seed: u64) {
        for _ in 0..=self.draw(3) {
            let qualifier = QUALIFIERS[self.draw(QUALIFIERS.len())];
            let source = [None, Some(API), Some(API), Some(OTHER_API)][self.draw(4)];
            let delivered =
                self.rig.context.peers().deliver(delivery(&self.rig.context, qualifier, source)).await;
            let answer = delivered.map_err(|error| error.error().code().to_owned()).map(|delivered| {
                let ran = self.rig.engine.seen.lock().unwrap();
                let (spec, _) = ran.last().unwrap();
                let number = spec.environment.iter().find(|(name, _)| name == "N");
                let number = number.map_or(0, |(_, number)| number.parse().unwrap());
                (delivered.executed_version.unwrap(), number)
            });
            let wanted = expected(self.model.as_ref(), qualifier, source);
            assert_eq!(answer, wanted, "seed {seed}, step {step}: {qualifier} {source:?} {:?}", self.model);
        }
    }

    /// Begins a call that goes on beside all that comes.
    async fn hold(&mut self) {
        let qualifier = QUALIFIERS[self.draw(QUALIFIERS.len())];
        if expected(self.model.as_ref(), qualifier, None).is_err() {
            return;
        }
        *self.rig.engine.busy.lock().unwrap() = Some(Arc::clone(&self.gate));
        let before = self.rig.engine.seen.lock().unwrap().len();
        let context = self.rig.context.clone();
        let call = delivery(&context, qualifier, None);
        self.held.spawn(async move { drop(context.peers().deliver(call).await.unwrap()) });
        self.rig.seen(before + 1).await;
        *self.rig.engine.busy.lock().unwrap() = None;
    }
}

async fn set_permission(rig: &Rig, qualifier: &str, permitted: bool) {
    let qualifier = Some(qualifier.to_owned()).filter(|qualifier| !qualifier.is_empty());
    let (function_name, statement_id) = ("f".to_owned(), "s".to_owned());
    if permitted {
        let input = AddPermissionRequest {
            function_name,
            statement_id,
            action: "lambda:InvokeFunction".into(),
            principal: "apigateway.amazonaws.com".into(),
            source_arn: Some("arn:aws:execute-api:us-east-1:000000000000:api/*".into()),
            qualifier,
            ..AddPermissionRequest::default()
        };
        rig.call::<operation::AddPermission>("AddPermission", input).await.unwrap();
    } else {
        let input = RemovePermissionRequest { function_name, statement_id, qualifier, revision_id: None };
        rig.call::<operation::RemovePermission>("RemovePermission", input).await.unwrap();
    }
}

#[tokio::test]
async fn the_next_call_sees_what_was_acknowledged() {
    let mut ran = 0;
    for seed in 0..SEEDS {
        let mut drawn = Drawn {
            rig: Rig::new().await,
            dice: SeededEntropy::new(seed),
            model: None,
            gate: Arc::new(Semaphore::new(0)),
            held: tokio::task::JoinSet::new(),
        };
        for step in 0..STEPS {
            match drawn.draw(8) {
                0 => drawn.hold().await,
                1..4 => drawn.change().await,
                _ => {}
            }
            drawn.call(step, seed).await;
        }
        drawn.gate.add_permits(STEPS);
        while let Some(held) = drawn.held.join_next().await {
            held.unwrap();
        }
        ran += drawn.rig.engine.seen.lock().unwrap().len();
    }
    assert!(ran > 300, "too few of the calls were let in: {ran}");
}

/// Calls beside changes, on threads of their own: a call that no change was beside is answered as the last change says.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_beside_changes_see_the_last_that_was_acknowledged() {
    let rig = Arc::new(Rig::new().await);
    rig.create("f").await;
    // Odd while a change is under way; every other even number is one at which the API may call.
    let changes = Arc::new(AtomicU64::new(0));
    let judged = Arc::new(AtomicU64::new(0));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (rig, changes, judged) = (Arc::clone(&rig), Arc::clone(&changes), Arc::clone(&judged));
        callers.spawn(async move {
            loop {
                let before = changes.load(Ordering::SeqCst);
                let delivered = rig.context.peers().deliver(delivery(&rig.context, "", Some(API))).await;
                if before.is_multiple_of(2) && changes.load(Ordering::SeqCst) == before {
                    assert_eq!(delivered.is_ok(), before % 4 == 2, "after {} changes", before / 2);
                    judged.fetch_add(1, Ordering::SeqCst);
                }
                tokio::task::yield_now().await;
            }
        });
    }
    let change = async {
        for change in 0..100 {
            changes.fetch_add(1, Ordering::SeqCst);
            set_permission(&rig, "", change % 2 == 0).await;
            changes.fetch_add(1, Ordering::SeqCst);
            let before = judged.load(Ordering::SeqCst);
            while judged.load(Ordering::SeqCst) == before {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::select! {
        ended = callers.join_next() => panic!("a call was answered otherwise: {ended:?}"),
        done = tokio::time::timeout(Duration::from_mins(1), change) => done.expect("calls are answered"),
    }
}
