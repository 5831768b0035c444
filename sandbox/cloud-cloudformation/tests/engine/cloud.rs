//! A cloud with one type, `Test::Thing`, whose maker can be told to fail or to hang.

#![allow(clippy::unwrap_used, reason = "a test's helper")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_cloudformation::CloudFormation;
use cloud_core::ports::{Created, ResourceProvider, ResourceRequest, Updated};
use cloud_core::{AwsError, Caller, Context};
use cloud_wire::{Service, codec};
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

/// `(name, the names it refers to, value)`.
pub(crate) fn template(things: &[(&str, &str, &str)]) -> String {
    let things = things.iter().map(|(name, needs, value)| {
        let needs: Vec<Value> = needs.split_whitespace().map(|need| json!({"Ref": need})).collect();
        ((*name).to_owned(), json!({"Type": "Test::Thing", "Properties": {"Value": value, "Needs": needs}}))
    });
    json!({"Resources": things.collect::<Map<_, _>>()}).to_string()
}

/// As far as the tests write records of their own.
const LAYOUT: cloud_store::Layout = cloud_store::Layout { tables: &[], migrations: &[|_| Ok(())] };

/// What the maker has made: it survives the cloud, as another service would.
#[derive(Default)]
struct Made {
    things: Mutex<BTreeMap<String, (String, Value)>>,
    calls: Mutex<Vec<String>>,
    failing: Mutex<BTreeMap<String, usize>>,
    hanging: Mutex<BTreeMap<String, usize>>,
    hung: Notify,
    let_go: Notify,
}

struct Maker(Arc<Made>);

impl Maker {
    async fn called(&self, verb: &str, name: &str, call: String) -> Result<(), AwsError> {
        self.0.calls.lock().unwrap().push(call);
        let step = format!("{verb} {name}");
        let hangs = {
            let mut hanging = self.0.hanging.lock().unwrap();
            hanging.get_mut(&step).is_some_and(|left| {
                *left = left.saturating_sub(1);
                *left == 0
            })
        };
        if hangs {
            self.0.hung.notify_one();
            self.0.let_go.notified().await;
        }
        match self.0.failing.lock().unwrap().get_mut(&step) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(AwsError::validation("told to fail"))
            }
            _ => Ok(()),
        }
    }

    fn created(&self, id: &str) -> Created {
        let things = self.0.things.lock().unwrap();
        let attributes = json!({"Value": things[id].1["Value"]}).as_object().cloned().unwrap();
        Created { physical_id: id.to_owned(), attributes, ref_value: None }
    }
}

fn value(properties: &Value) -> String {
    properties["Value"].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl ResourceProvider for Maker {
    fn type_name(&self) -> &'static str {
        "Test::Thing"
    }

    fn schema(&self) -> Option<&'static str> {
        Some(
            r#"{"properties": {"Count": {"type": "integer", "maximum": 9}, "IdleUsual": {"default": "usual"}},
            "createOnlyProperties": ["/properties/Fixed"]}"#,
        )
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Fixed", "Needs", "Settings.Used", "Value"]
    }

    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        property.contains("Idle").then_some("it is idle")
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        if value(properties) == "idle" { vec!["Value (it is idle)".to_owned()] } else { Vec::new() }
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name = request.logical_id.clone();
        let id = request.generated_name(64);
        assert!(value(&request.properties) != "panic", "told to panic");
        // The thing is there before the answer: a kill in between must not make a second one.
        self.0.things.lock().unwrap().insert(id.clone(), (name.clone(), request.properties.clone()));
        let called =
            self.called("create", &name, format!("create {name} {}", value(&request.properties))).await;
        if let Err(error) = called {
            self.0.things.lock().unwrap().remove(&id);
            return Err(error);
        }
        Ok(self.created(&id))
    }

    async fn update(&self, id: &str, old: &Value, request: &ResourceRequest) -> Result<Updated, AwsError> {
        let name = &request.logical_id;
        let new = value(&request.properties);
        self.called("update", name, format!("update {name} {} {new}", value(old))).await?;
        if new == "fixed" || value(old) == "fixed" {
            return Ok(Updated::ReplacementRequired);
        }
        self.0.things.lock().unwrap().insert(id.to_owned(), (name.clone(), request.properties.clone()));
        Ok(Updated::InPlace(self.created(id)))
    }

    async fn delete(&self, id: &str, _properties: &Value) -> Result<(), AwsError> {
        let name = self.0.things.lock().unwrap().get(id).map(|thing| thing.0.clone()).unwrap_or_default();
        self.called("delete", &name, format!("delete {name}")).await?;
        self.0.things.lock().unwrap().remove(id);
        Ok(())
    }
}

/// A member's value from a text: lists by their commas.
fn wire(schema: &cloud_wire::Schema, text: &str) -> Value {
    match schema.kind {
        cloud_wire::Kind::List { element, .. } => text.split(',').map(|part| wire(element, part)).collect(),
        cloud_wire::Kind::Structure(members) => {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            let named = members.iter().filter(|member| member.name == name);
            named.map(|member| (name.to_owned(), wire(member.schema, value))).collect()
        }
        _ => text.into(),
    }
}

/// The cloud of one test.
pub(crate) struct Cloud {
    folder: Arc<tempfile::TempDir>,
    context: Context,
    service: CloudFormation,
    made: Arc<Made>,
}

impl Cloud {
    pub(crate) async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, Arc::default()).await
    }

    async fn open(folder: Arc<tempfile::TempDir>, made: Arc<Made>) -> Self {
        let settings = cloud_core::Settings::new(folder.path());
        let context = Context::new(settings);
        context.peers().add_provider(Arc::new(Maker(made.clone())));
        let service = CloudFormation::open(context.clone()).await.unwrap();
        service.resume();
        Self { folder, context, service, made }
    }

    /// The same data under a new cloud. Nothing of the old one runs on: what hangs there hangs for ever.
    pub(crate) async fn killed_and_started(self) -> Self {
        let copy = Arc::new(tempfile::tempdir().unwrap());
        copy_folder(self.folder.path(), copy.path());
        self.heal();
        self.made.hanging.lock().unwrap().clear();
        Self::open(copy, self.made).await
    }

    /// The same, and the call that hung hangs again.
    pub(crate) async fn killed_and_stuck(self, verb: &str, name: &str) -> Self {
        let copy = Arc::new(tempfile::tempdir().unwrap());
        copy_folder(self.folder.path(), copy.path());
        self.made.hanging.lock().unwrap().clear();
        self.hang(verb, name);
        Self::open(copy, self.made).await
    }

    /// The same data, but the record of that stack is no longer one.
    pub(crate) async fn killed_and_mangled(self, name: &str) -> Self {
        let copy = Arc::new(tempfile::tempdir().unwrap());
        copy_folder(self.folder.path(), copy.path());
        let id = self.service.engine().find(name).unwrap().id.clone();
        let stacks = cloud_store::Table("stacks");
        let file = Context::new(cloud_core::Settings::new(copy.path())).database("cloudformation");
        let store = cloud_store::Store::open(file, LAYOUT).await.unwrap();
        let mut batch = cloud_store::Batch::new();
        batch.put(stacks, cloud_store::Key::text(&id), b"{\"id\": [".to_vec());
        store.commit(batch).await.unwrap();
        drop(store);
        Self::open(copy, self.made).await
    }

    /// Another type that can be made.
    pub(crate) fn add(&self, provider: Arc<dyn ResourceProvider>) {
        self.context.peers().add_provider(provider);
    }

    /// The cloud ends in good order; what hangs goes on hanging.
    pub(crate) async fn stop(&self) {
        self.service.stop().await;
    }

    /// Bytes that are held of what all requests share.
    pub(crate) fn memory_used(&self) -> u64 {
        self.context.memory().used()
    }

    /// Bytes of the store of stacks.
    pub(crate) fn bytes(&self) -> u64 {
        std::fs::metadata(self.context.database("cloudformation")).unwrap().len()
    }

    /// Bytes of records that were written.
    pub(crate) fn written(&self) -> u64 {
        self.service.engine().written()
    }

    pub(crate) fn reason(&self, name: &str) -> String {
        self.service.engine().find(name).unwrap().reason.clone().unwrap_or_default()
    }

    pub(crate) async fn call(&self, operation: &str, members: &[(&str, &str)]) -> Result<Value, AwsError> {
        let operation = self.service.model().operation(operation).unwrap();
        let input = operation.input.members().iter().filter_map(|member| {
            let (_, text) = members.iter().find(|(name, _)| *name == member.name)?;
            Some((member.name.to_owned(), wire(member.schema, text)))
        });
        let input = codec::input(operation, &input.collect())?;
        let output = self.service.call(operation.name, &self.caller(), input).unwrap().await?;
        codec::output(operation, &*output)
    }

    /// The same as JSON, without moments.
    pub(crate) async fn answer(&self, operation: &str, members: &[(&str, &str)]) -> Result<Value, AwsError> {
        self.call(operation, members).await
    }

    fn caller(&self) -> Caller {
        Caller::root(self.context.account(), self.context.region(), cloud_core::RequestId::new("request"))
    }

    pub(crate) async fn create(&self, name: &str, text: &str) -> Result<Value, AwsError> {
        self.create_with(name, text, None).await
    }

    pub(crate) async fn create_with(
        &self,
        name: &str,
        text: &str,
        on_failure: Option<&str>,
    ) -> Result<Value, AwsError> {
        let mut members = vec![("StackName", name), ("TemplateBody", text)];
        members.extend(on_failure.map(|value| ("OnFailure", value)));
        self.call("CreateStack", &members).await
    }

    pub(crate) async fn update(&self, name: &str, text: &str) -> Result<Value, AwsError> {
        self.call("UpdateStack", &[("StackName", name), ("TemplateBody", text)]).await
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<Value, AwsError> {
        self.call("DeleteStack", &[("StackName", name)]).await
    }

    /// The status of the stack once nothing is being done to it.
    pub(crate) async fn settled(&self, name: &str) -> String {
        let status = || self.service.engine().find(name).filter(|stack| stack.operation.is_none());
        self.until(|| status().map(|stack| stack.status.to_string())).await
    }

    /// The same for a stack that may be deleted by then.
    pub(crate) async fn settled_id(&self, name: &str) -> String {
        let stack = || self.service.engine().stacks().into_iter().find(|stack| stack.name == name);
        let status = || stack().filter(|stack| stack.operation.is_none());
        self.until(|| status().map(|stack| stack.status.to_string())).await
    }

    async fn until<T>(&self, condition: impl Fn() -> Option<T>) -> T {
        let mut events = self.context.events().watch();
        let wait = async {
            loop {
                if let Some(value) = condition() {
                    return value;
                }
                // What is waited for is announced; the time limit is for what is missed in between.
                let _ = tokio::time::timeout(Duration::from_millis(20), events.recv()).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the stack settles")
    }

    pub(crate) async fn hung(&self) {
        tokio::time::timeout(Duration::from_secs(20), self.made.hung.notified()).await.expect("a call hangs");
    }

    /// The cloud ends in good order; what hung comes back, and fails.
    pub(crate) async fn stop_and_let_go(&self) {
        self.service.stop().await;
        self.made.let_go.notify_waiters();
        tokio::task::yield_now().await;
    }

    /// What hangs goes on.
    pub(crate) fn let_go(&self) {
        self.made.let_go.notify_waiters();
    }

    pub(crate) fn fail(&self, verb: &str, name: &str) {
        self.made.failing.lock().unwrap().insert(format!("{verb} {name}"), usize::MAX);
    }

    pub(crate) fn fail_once(&self, verb: &str, name: &str) {
        self.made.failing.lock().unwrap().insert(format!("{verb} {name}"), 1);
    }

    pub(crate) fn hang(&self, verb: &str, name: &str) {
        self.made.hanging.lock().unwrap().insert(format!("{verb} {name}"), 1);
    }

    /// Updates hang when they are changed back, other calls at once.
    pub(crate) fn hang_at_second(&self, verb: &str, name: &str) {
        let times = if verb == "update" { 2 } else { 1 };
        self.made.hanging.lock().unwrap().insert(format!("{verb} {name}"), times);
    }

    pub(crate) fn heal(&self) {
        self.made.failing.lock().unwrap().clear();
    }

    pub(crate) fn calls(&self) -> String {
        self.made.calls.lock().unwrap().join("\n")
    }

    pub(crate) fn forget_calls(&self) {
        self.made.calls.lock().unwrap().clear();
    }

    pub(crate) fn things(&self) -> BTreeMap<String, (String, Value)> {
        self.made.things.lock().unwrap().clone()
    }

    pub(crate) fn summary(&self) -> String {
        let mut things: Vec<String> = self
            .things()
            .values()
            .map(|(name, properties)| format!("{name}={}", value(properties)))
            .collect();
        things.sort();
        things.join(" ")
    }

    pub(crate) fn physical_id(&self, stack: &str, logical_id: &str) -> Option<String> {
        self.service.engine().find(stack).unwrap().resources[logical_id].physical_id.clone()
    }

    pub(crate) fn resource_statuses(&self, stack: &str) -> String {
        let stack = self.service.engine().find(stack).unwrap();
        let line = |(name, resource): (&String, &cloud_cloudformation::state::Resource)| {
            format!("{name} {}", resource.status)
        };
        stack.resources.iter().map(line).collect::<Vec<_>>().join(", ")
    }

    pub(crate) async fn events(&self, stack: &str) -> String {
        let id = self.service.engine().find(stack).unwrap().id.clone();
        self.lines(&id).await
    }

    pub(crate) async fn events_of_id(&self, stack: &str) -> String {
        let found = self.service.engine().stacks().into_iter().find(|known| known.name == stack);
        self.lines(&found.unwrap().id).await
    }

    async fn lines(&self, id: &str) -> String {
        let (mut events, _) = self.service.engine().events(id, None, 1000).await.unwrap();
        events.reverse();
        let line = |event: cloud_cloudformation::state::Event| {
            let reason = event.reason.unwrap_or_else(|| "-".to_owned());
            let reason = match reason.split_once("RequestToken: ") {
                Some((before, after)) => {
                    format!("{before}RequestToken: …,{}", after.split_once(',').map_or("", |(_, rest)| rest))
                }
                None => reason,
            };
            format!("{} {} {}", event.logical_id, event.status, reason.trim_end())
        };
        events.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Folders first: what a store says of its flushes must not be newer than the flushes that are copied.
fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = std::fs::read_dir(from).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(|entry| !entry.file_type().unwrap().is_dir());
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
