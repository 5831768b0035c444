//! The tree of what is deployed: stacks with their functions, routes, resources and outputs; then what belongs
//! to no stack.

use std::collections::HashSet;

use protocol::cloud::{Api, Cloud, Function, Messaging, Stack};
use widgets::TreeRow;
use yew::AttrValue;

use crate::{icons, messages::say, state::cloud::route_address};

/// What a row of the tree stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A stack.
    Stack(String),
    /// A function.
    Function {
        /// Its name.
        name: String,
        /// The group of its log.
        log: String,
    },
    /// A route: method and address.
    Route(String, String),
    /// A queue, by its name.
    Queue(String),
    /// A topic, by its ARN.
    Topic(String),
    /// Something whose text can be copied: a resource's name, an output's value.
    Text(String),
    /// A group of others.
    Group,
}

/// A row and what it stands for.
pub type Row = (TreeRow, Thing);

/// The keys of rows that a person has closed or opened: see [`rows`].
pub type Closed = HashSet<AttrValue>;

/// The rows of the tree. `closed` holds the keys of closed rows; what lists resources starts closed, and is
/// open when its key is in there.
pub fn rows(cloud: &Cloud, closed: &Closed) -> Vec<Row> {
    let mut tree = Tree { rows: Vec::new(), closed };
    for stack in &cloud.stacks {
        tree.stack(stack, cloud);
    }
    let loose: Vec<_> = cloud.functions.iter().filter(|function| function.stack.is_none()).collect();
    if !loose.is_empty() && tree.group("loose", say!("cloud.other-functions"), "layers", 1, true) {
        for function in &loose {
            tree.function(function, 2);
        }
    }
    let apis: Vec<_> = cloud.apis.iter().filter(|api| !owned(api, cloud)).collect();
    if !apis.is_empty() && tree.group("apis", say!("cloud.other-apis"), "globe", 1, true) {
        for api in &apis {
            tree.api(api, 2);
        }
    }
    for (key, label, all, kind) in kinds(cloud) {
        let loose: Vec<_> = all.iter().filter(|one| one.stack.is_none()).collect();
        if !loose.is_empty() && tree.group(key, label, kind.icon, 1, true) {
            for one in loose {
                tree.messaging(one, &kind, 2);
            }
        }
    }
    number(&mut tree.rows);
    tree.rows
}

/// Queues or topics, as the tree shows them.
struct Kind {
    key: &'static str,
    icon: &'static str,
    thing: fn(&Messaging) -> Thing,
}

const QUEUES: Kind = Kind { key: "queue", icon: "inbox", thing: |queue| Thing::Queue(queue.name.clone()) };
const TOPICS: Kind = Kind { key: "topic", icon: "megaphone", thing: |topic| Thing::Topic(topic.id.clone()) };

/// Those of no stack, in groups: key, title, all of that kind.
fn kinds(cloud: &Cloud) -> [(&'static str, &'static str, &[Messaging], Kind); 2] {
    [
        ("queues", say!("cloud.other-queues"), &cloud.queues, QUEUES),
        ("topics", say!("cloud.other-topics"), &cloud.topics, TOPICS),
    ]
}

/// Whether an API is a resource of some stack.
fn owned(api: &Api, cloud: &Cloud) -> bool {
    cloud.stacks.iter().any(|stack| has(stack, api))
}

fn has(stack: &Stack, api: &Api) -> bool {
    stack.resources.iter().any(|resource| resource.physical_id == api.id)
}

struct Tree<'a> {
    rows: Vec<Row>,
    closed: &'a Closed,
}

impl Tree<'_> {
    fn add(&mut self, row: TreeRow, thing: Thing) {
        self.rows.push((row, thing));
    }

    /// Adds a row with others below it; whether it is open.
    fn group(&mut self, key: &str, label: &str, icon: &'static str, level: u32, usually_open: bool) -> bool {
        let key = AttrValue::from(key.to_owned());
        let open = self.closed.contains(&key) != usually_open;
        let label = AttrValue::from(label.to_owned());
        let row =
            TreeRow { key, label, level, expanded: Some(open), icon: icon.into(), ..TreeRow::default() };
        self.add(row, Thing::Group);
        open
    }

    fn stack(&mut self, stack: &Stack, cloud: &Cloud) {
        let key = format!("stack:{}", stack.name);
        let open = self.group(&key, &stack.name, "layers", 1, true);
        if let Some((row, thing)) = self.rows.last_mut() {
            (row.detail, row.class) = (stack.status.clone().into(), status_class(&stack.status));
            *thing = Thing::Stack(stack.name.clone());
        }
        if !open {
            return;
        }
        for function in cloud.functions.iter().filter(|function| function.stack.as_ref() == Some(&stack.name))
        {
            self.function(function, 2);
        }
        for api in cloud.apis.iter().filter(|api| has(stack, api)) {
            self.api(api, 2);
        }
        for (all, kind) in [(&cloud.queues, QUEUES), (&cloud.topics, TOPICS)] {
            for one in all.iter().filter(|one| one.stack.as_ref() == Some(&stack.name)) {
                self.messaging(one, &kind, 2);
            }
        }
        self.outputs(stack);
        self.resources(stack);
    }

    fn messaging(&mut self, one: &Messaging, kind: &Kind, level: u32) {
        let (label, detail) = match &one.logical_id {
            Some(logical_id) => (logical_id, one.name.as_str()),
            None => (&one.name, ""),
        };
        self.leaf(&format!("{}:{}", kind.key, one.id), label, detail, kind.icon, level, (kind.thing)(one));
    }

    fn function(&mut self, function: &Function, level: u32) {
        let name = &function.name;
        let label = function.logical_id.as_ref().unwrap_or(name);
        let thing = Thing::Function { name: name.clone(), log: function.log_group.clone() };
        self.leaf(
            &format!("fn:{name}"),
            label,
            &format!("{} MB", function.memory_mb),
            "lambda",
            level,
            thing,
        );
        if let Some((row, _)) = self.rows.last_mut() {
            row.class = "tint-orange";
        }
    }

    fn api(&mut self, api: &Api, level: u32) {
        let name = if api.name.is_empty() { &api.id } else { &api.name };
        if !self.group(&format!("api:{}", api.id), name, "globe", level, true) {
            return;
        }
        for route in &api.routes {
            let label = format!("{} {}", route.method, route.path);
            let key = format!("route:{}:{label}", api.id);
            let function = route.function.as_deref().unwrap_or_default();
            let thing = Thing::Route(route.method.clone(), route_address(api, route));
            self.leaf(&key, &label, function, "route", level + 1, thing);
        }
    }

    fn outputs(&mut self, stack: &Stack) {
        if stack.outputs.is_empty()
            || !self.group(&format!("out:{}", stack.name), say!("cloud.outputs"), "list", 2, true)
        {
            return;
        }
        for output in &stack.outputs {
            let key = format!("out:{}/{}", stack.name, output.key);
            // An address at AWS answers nobody here: what does stands beside it, and is what a click opens.
            let (detail, thing) = match &output.local {
                Some(local) => (
                    say!("cloud.output", local = local, value = output.value).to_string(),
                    Thing::Route("GET".to_owned(), local.clone()),
                ),
                None => (output.value.clone(), Thing::Text(output.value.clone())),
            };
            self.leaf(&key, &output.key, &detail, "tag", 3, thing);
        }
    }

    fn resources(&mut self, stack: &Stack) {
        let label = say!("cloud.resources", count = stack.resources.len());
        if !self.group(&format!("res:{}", stack.name), &label, "boxes", 2, false) {
            return;
        }
        for resource in &stack.resources {
            let key = format!("res:{}/{}", stack.name, resource.logical_id);
            let detail = format!("{} {}", resource.kind, resource.status);
            let icon = icons::of_resource(&resource.kind);
            let thing = Thing::Text(resource.physical_id.clone());
            self.leaf(&key, &resource.logical_id, &detail, icon, 3, thing);
        }
    }

    fn leaf(&mut self, key: &str, label: &str, detail: &str, icon: &'static str, level: u32, thing: Thing) {
        let row = TreeRow {
            key: key.to_owned().into(),
            label: label.to_owned().into(),
            detail: detail.to_owned().into(),
            level,
            icon: icon.into(),
            ..TreeRow::default()
        };
        self.add(row, thing);
    }
}

fn status_class(status: &str) -> &'static str {
    if status.contains("FAILED") || status.contains("ROLLBACK") {
        "has-errors"
    } else if status.ends_with("IN_PROGRESS") {
        "has-warnings"
    } else {
        ""
    }
}

/// Gives each row its place among its siblings: once down for the places, once up for how many there are.
fn number(rows: &mut [Row]) {
    let mut places: Vec<usize> = Vec::new();
    for (row, _) in &mut *rows {
        places.resize(row.level as usize, 0);
        row.position = places.last_mut().map_or(0, |place| {
            *place += 1;
            *place
        });
    }
    places.clear();
    for (row, _) in rows.iter_mut().rev() {
        places.resize(row.level as usize, 0);
        // The last one comes first: it says how many there are.
        row.siblings = places.last_mut().map_or(0, |all| {
            *all = row.position.max(*all);
            *all
        });
    }
}

#[cfg(test)]
mod tests {
    use protocol::cloud::{ApiKind, Output, Resource, Route};

    use super::*;

    fn function(name: &str, stack: Option<&str>) -> Function {
        Function {
            name: name.into(),
            arn: format!("arn:aws:lambda:us-east-1:000000000000:function:{name}"),
            stack: stack.map(str::to_owned),
            logical_id: stack.map(|_| "Hello".to_owned()),
            runtime: "provided.al2023".into(),
            handler: "bootstrap".into(),
            memory_mb: 128,
            timeout_seconds: 3,
            code_size: 1,
            last_modified: String::new(),
            environment: Vec::new(),
            log_group: format!("/aws/lambda/{name}"),
        }
    }

    fn cloud() -> Cloud {
        let resource = Resource {
            logical_id: "Api".into(),
            physical_id: "a1".into(),
            kind: "AWS::ApiGatewayV2::Api".into(),
            status: "CREATE_COMPLETE".into(),
        };
        let route =
            Route { method: "GET".into(), path: "/users/{id}".into(), function: Some("hello".into()) };
        let stack = Stack {
            name: "app".into(),
            status: "CREATE_COMPLETE".into(),
            reason: None,
            resources: vec![resource],
            outputs: vec![Output {
                key: "Url".into(),
                value: "http://x".into(),
                description: None,
                local: None,
            }],
        };
        let api = Api {
            id: "a1".into(),
            name: "app".into(),
            kind: ApiKind::Http,
            urls: vec!["http://127.0.0.1:4566/_api/a1".into()],
            routes: vec![route],
        };
        let functions = vec![function("app-Hello", Some("app")), function("loose", None)];
        let queue = |name: &str, stack: Option<&str>| Messaging {
            name: name.into(),
            id: format!("http://127.0.0.1:4566/000000000000/{name}"),
            stack: stack.map(str::to_owned),
            logical_id: stack.map(|_| "Jobs".to_owned()),
        };
        let queues = vec![queue("app-Jobs", Some("app")), queue("mine", None)];
        Cloud { stacks: vec![stack], functions, apis: vec![api], queues, topics: Vec::new() }
    }

    fn check(closed: &[&'static str], expected: &[&str]) {
        let closed = closed.iter().map(|key| AttrValue::Static(key)).collect();
        let shown: Vec<_> = rows(&cloud(), &closed)
            .iter()
            .map(|(row, _)| {
                format!(
                    "{}{} {}/{}",
                    "-".repeat(row.level as usize - 1),
                    row.label,
                    row.position,
                    row.siblings
                )
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn shows_stacks_and_what_belongs_to_none() {
        check(
            &[],
            &[
                "app 1/3",
                "-Hello 1/5",
                "-app 2/5",
                "--GET /users/{id} 1/1",
                "-Jobs 3/5",
                "-Outputs 4/5",
                "--Url 1/1",
                "-Resources (1) 5/5",
                "Other functions 2/3",
                "-loose 1/1",
                "Other queues 3/3",
                "-mine 1/1",
            ],
        );
        check(&["stack:app", "loose", "queues"], &["app 1/3", "Other functions 2/3", "Other queues 3/3"]);
    }

    #[test]
    fn a_function_knows_its_log() {
        let rows = rows(&cloud(), &Closed::new());
        let things: Vec<_> = rows.iter().map(|(_, thing)| thing).collect();
        let function = Thing::Function { name: "loose".into(), log: "/aws/lambda/loose".into() };
        assert!(things.contains(&&function));
        assert_eq!(things.last(), Some(&&Thing::Queue("mine".into())));
    }
}
