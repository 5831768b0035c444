//! Callers who go away while an operation waits, at each of the points where it does. For the tests of services: each
//! operation of a service's model has a [`Case`], and [`check`] fails for one without.
//!
//! It knows services by what they answer alone, and so outlives the way in which they keep their records.

#![allow(clippy::panic, reason = "this is for tests")]

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Wakers, Poll};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use cloud_core::budget::Source;
use cloud_core::{AwsError, Caller, Context, RequestId, Settings};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot, watch};

use crate::body::Body;
use crate::codec;
use crate::endpoint::tasks::Tasks;
use crate::model::Operation;
use crate::service::Service;
use crate::shape::{Given, Shape, Taken};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// More often than this no operation waits.
const ENOUGH: usize = 500;

/// An input: of a number that no other attempt has, and of what the requests before it answered.
pub type Input = fn(usize, &[Json]) -> Json;

/// A request that is abandoned, and those that prepare it. Inputs and outputs have the model's names.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    operation: &'static str,
    before: &'static [(&'static str, Input)],
    input: Input,
}

impl Case {
    /// A request for that operation: its name, after its model's and a dot where several services are looked at.
    pub const fn new(operation: &'static str, input: Input) -> Self {
        Self { operation, before: &[], input }
    }

    /// What is asked before, to its end.
    #[must_use]
    pub const fn after(mut self, before: &'static [(&'static str, Input)]) -> Self {
        self.before = before;
        self
    }
}

/// A service with what it stands on.
#[async_trait]
pub trait Subject: Sized + Send + Sync {
    /// Opens what lies in the context's folder: new, or what an earlier one left.
    async fn open(context: Context) -> Self;

    /// The services that the cases are of.
    fn services(&self) -> Vec<Arc<dyn Service>>;

    /// Makes what the cases take for granted, once, in an empty folder.
    async fn furnish(&self, client: &Client);

    /// What another caller asks meanwhile.
    fn neighbour(&self, number: usize) -> (&'static str, Json);

    /// Waits until nothing is under way that nobody waits for.
    async fn quiet(&self, _client: &Client) {}

    /// All that there is, as the service answers it, and what lies on the disk beside its records.
    async fn seen(&self, client: &Client) -> Vec<Json>;
}

/// Asks services as callers of the endpoint do. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    context: Context,
    services: Vec<Arc<dyn Service>>,
    tasks: Arc<Tasks>,
}

/// What became of a request whose caller may have gone.
enum Became {
    /// It was answered.
    Answered(Result<Json, AwsError>),
    /// Its caller went; what it would have been answered, and whether its body had come whole.
    Abandoned { outcome: Result<Json, AwsError>, whole: bool },
}

impl Client {
    fn new(context: Context, services: Vec<Arc<dyn Service>>) -> Self {
        Self { context, services, tasks: Arc::new(Tasks::new(ENOUGH as u64)) }
    }

    /// The cloud that is asked.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Asks and waits for the answer.
    pub async fn ask(&self, operation: &str, input: Json) -> Result<Json, AwsError> {
        match self.ask_for(operation, input, usize::MAX).await {
            Became::Answered(outcome) | Became::Abandoned { outcome, .. } => outcome,
        }
    }

    /// The same; the test fails if the request does.
    pub async fn done(&self, operation: &str, input: Json) -> Json {
        let shown = input.to_string();
        self.ask(operation, input).await.unwrap_or_else(|error| panic!("{operation} {shown}: {error}"))
    }

    /// Asks, and goes away when the operation has waited so often.
    async fn ask_for(&self, operation: &str, input: Json, waits: usize) -> Became {
        let (service, operation) = self.find(operation);
        let mut input =
            codec::input(operation, &input).unwrap_or_else(|error| panic!("{}: {error}", operation.name));
        let sending = send_slowly(operation, &mut input).await;
        let place = self.tasks.place(&Source::named("test", "caller")).unwrap_or_else(|| panic!("no place"));
        let whole = sending.whole.subscribe();
        let (waited, mut waiting) = watch::channel(0);
        let (ended, outcome) = oneshot::channel();
        let work = Counted { work: Box::pin(perform(service, operation, self.caller(), input)), waited };
        let asking = async {
            let running = self.tasks.run(place, async move { drop(ended.send(work.await)) });
            // Polled when it is woken, and not whenever a neighbour is: each time counts as one that it waited.
            let mut running = FuturesUnordered::from_iter([running]);
            tokio::join!(running.next(), sending.run());
        };
        let gone = async {
            if waiting.wait_for(|count| *count >= waits).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let answered = tokio::select! {
            biased;
            () = gone => false,
            () = asking => true,
        };
        let whole = *whole.borrow();
        let outcome = outcome.await.unwrap_or_else(|_| panic!("{} was cut off", operation.name));
        if answered { Became::Answered(outcome) } else { Became::Abandoned { outcome, whole } }
    }

    fn find(&self, name: &str) -> (Arc<dyn Service>, &'static Operation) {
        let (model, name) = name.split_once('.').unwrap_or(("", name));
        let mut services =
            self.services.iter().filter(|service| model.is_empty() || service.model().id == model);
        let found =
            services.find_map(|service| Some((Arc::clone(service), service.model().operation(name)?)));
        found.unwrap_or_else(|| panic!("there is no operation {model}.{name}"))
    }

    fn caller(&self) -> Caller {
        let id = RequestId::random(self.context.entropy());
        let root = Caller::root(self.context.account(), self.context.region(), id);
        Caller { access_key_id: "AKIA".into(), ..root }
    }
}

async fn perform(
    service: Arc<dyn Service>,
    operation: &'static Operation,
    caller: Caller,
    input: crate::Input,
) -> Result<Json, AwsError> {
    let pending = service.call(operation.name, &caller, input);
    let mut output = pending.unwrap_or_else(|| panic!("{} has no handler", operation.name)).await?;
    let mut shown = codec::output(operation, &*output)?;
    for (place, member) in operation.output.members().iter().enumerate() {
        if let Some(Taken::Body(body)) = output.member(place).and_then(Shape::take) {
            let bytes = BASE64.encode(body.collect(u64::MAX).await?);
            if let Some(members) = shown.as_object_mut() {
                members.insert(member.name.to_owned(), bytes.into());
            }
        }
    }
    Ok(shown)
}

/// The caller's half of a body that streams.
struct Sending {
    pieces: Option<(mpsc::Sender<Bytes>, Bytes)>,
    /// Told true when all of it was sent.
    whole: watch::Sender<bool>,
}

/// Makes the input's body one that comes in pieces, and breaks off when its sender goes before it is whole.
async fn send_slowly(operation: &Operation, input: &mut crate::Input) -> Sending {
    let (whole, came) = watch::channel(true);
    let streaming = operation.input.members().iter().position(|member| member.streaming);
    let Some(member) = streaming.and_then(|place| input.member(place)) else {
        return Sending { pieces: None, whole };
    };
    let Some(Taken::Body(body)) = member.take() else { return Sending { pieces: None, whole } };
    let bytes = body.collect(u64::MAX).await.unwrap_or_else(|error| panic!("it was read: {error}"));
    if bytes.is_empty() {
        return Sending { pieces: None, whole };
    }
    whole.send_replace(false);
    let (pieces, arriving) = mpsc::channel(1);
    let length = bytes.len() as u64;
    let chunks = stream::unfold((arriving, came), |(mut arriving, came)| async move {
        match arriving.recv().await {
            Some(piece) => Some((Ok(piece), (arriving, came))),
            None if *came.borrow() => None,
            None => {
                let error = AwsError::new("InvalidRequest", "The body is not well-formed, or ends early.");
                Some((Err(error), (arriving, came)))
            }
        }
    });
    let body = Box::new(Body::from_stream(chunks, Some(length)));
    member.set(Given::Body(body)).unwrap_or_else(|error| panic!("it streams: {error}"));
    Sending { pieces: Some((pieces, bytes)), whole }
}

impl Sending {
    async fn run(self) {
        let Some((pieces, bytes)) = &self.pieces else { return };
        for piece in bytes.chunks(bytes.len().div_ceil(3).max(1)) {
            if pieces.send(Bytes::copy_from_slice(piece)).await.is_err() {
                return;
            }
        }
        self.whole.send_replace(true);
    }
}

/// Work that tells how often it has waited.
struct Counted<W> {
    work: Pin<Box<W>>,
    waited: watch::Sender<usize>,
}

impl<W: Future> Future for Counted<W> {
    type Output = W::Output;

    fn poll(mut self: Pin<&mut Self>, wakers: &mut Wakers<'_>) -> Poll<W::Output> {
        let polled = self.work.as_mut().poll(wakers);
        if polled.is_pending() {
            self.waited.send_modify(|count| *count += 1);
        }
        polled
    }
}

/// A subject that was opened, and a client of it.
async fn open<S: Subject>(folder: &Path) -> (S, Client) {
    let context = Context::new(Settings::new(folder));
    context.set_endpoint("http://127.0.0.1:4566");
    let subject = S::open(context.clone()).await;
    let client = Client::new(context, subject.services());
    (subject, client)
}

/// Abandons each case at each point where it waits. Whoever goes away, the request is done, or failed as its body did;
/// what is in memory is what is on disk, nobody else failed, and nothing is held any more.
pub async fn check<S: Subject>(cases: &[Case]) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("a folder: {error}"));
    let (mut subject, mut client) = open::<S>(folder.path()).await;
    expect_all(&client, cases);
    subject.furnish(&client).await;
    let mut number = 0;
    for case in cases {
        for waits in 1.. {
            assert!(waits < ENOUGH, "{} never ends", case.operation);
            number += 1;
            let place = format!("{} left after {waits}", case.operation);
            let became = attempt(&subject, &client, case, number, waits).await;
            subject.quiet(&client).await;
            expect_nothing_held(&client.context, &place).await;
            let before = subject.seen(&client).await;
            drop((subject, client));
            (subject, client) = open::<S>(folder.path()).await;
            expect_same(&place, &before, &subject.seen(&client).await);
            match became {
                Became::Answered(Ok(_)) => break,
                Became::Abandoned { outcome: Err(_), whole: false }
                | Became::Abandoned { outcome: Ok(_), .. } => {}
                Became::Answered(Err(error)) | Became::Abandoned { outcome: Err(error), .. } => {
                    panic!("{place}: {error}")
                }
            }
        }
    }
}

/// Asks while somebody else asks, too; returns when nothing of it is under way.
async fn attempt<S: Subject>(
    subject: &S,
    client: &Client,
    case: &Case,
    number: usize,
    waits: usize,
) -> Became {
    let mut answers = Vec::new();
    for (operation, input) in case.before {
        let answer = client.done(operation, input(number, &answers)).await;
        answers.push(answer);
    }
    let input = (case.input)(number, &answers);
    let (name, asked) = subject.neighbour(number);
    let (became, _) = tokio::join!(client.ask_for(case.operation, input, waits), client.done(name, asked));
    while client.tasks.count() > 0 {
        tokio::task::yield_now().await;
    }
    became
}

/// What goes on by itself gives back what it holds when it has ended.
async fn expect_nothing_held(context: &Context, place: &str) {
    let memory = context.memory();
    let given_back = async {
        while memory.used() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, given_back).await;
    assert!(in_time.is_ok(), "{place}: {memory:?}");
}

/// Every operation has its case, by name.
fn expect_all(client: &Client, cases: &[Case]) {
    let mut missing = Vec::new();
    for service in &client.services {
        let model = service.model();
        let named = |name: &str| {
            let full = format!("{}.{name}", model.id);
            cases.iter().any(|case| case.operation == name || case.operation == full)
        };
        missing.extend(model.operations.iter().map(|operation| operation.name).filter(|name| !named(name)));
    }
    assert!(missing.is_empty(), "nobody abandons {missing:?}: add their cases");
}

/// What a subject shows is what the one that was opened after it shows.
#[track_caller]
fn expect_same(place: &str, before: &[Json], after: &[Json]) {
    for (index, (before, after)) in before.iter().zip(after).enumerate() {
        assert_eq!(before, after, "{place}: what is in memory (left) is not what is on disk, at {index}");
    }
    assert_eq!(before.len(), after.len(), "{place}");
}
