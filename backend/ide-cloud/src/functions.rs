//! The functions of the workspace's templates: built, brought into the cloud under their development names, invoked.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::Method;
use ide_core::{
    Grant,
    files::{relative, shown},
};
use protocol::{
    CallError, Event, PersonId, WorkspacePath,
    function::{
        self as calls, FunctionRef, Invocation, InvokeFunction, ListEvents, Phase, Ran, SavedEvent,
        TemplateFunction,
    },
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    archive::Package,
    client::{LAMBDA, Rest, encode},
    error::CloudError,
    event_files, frame, report, samples,
    template::{self, Function, Template},
    workspace::{CloudPanels, in_template},
};

const FUNCTIONS: &str = "/2015-03-31/functions";
/// How often a function that is being made is looked at.
const POLL: Duration = Duration::from_millis(20);
/// How long making one may take.
const ACTIVE: Duration = Duration::from_mins(2);

/// An invocation: its id, and who asked for it.
struct Asked<'a> {
    id: &'a str,
    by: &'a PersonId,
}

impl CloudPanels {
    /// The functions of all templates that can be read.
    pub(crate) fn list_functions(&self) -> Vec<TemplateFunction> {
        let paths = template::find(self.dir());
        let templates = paths.iter().filter_map(|path| Template::read(self.dir(), path).ok());
        templates.flat_map(|template| self.describe_functions(&template)).collect()
    }

    fn describe_functions(&self, template: &Template) -> Vec<TemplateFunction> {
        let describe = |function: Function| TemplateFunction {
            source: self.source(&function),
            logical_id: function.logical_id,
            template: template.path.clone(),
            position: function.position,
            runtime: function.runtime,
            triggers: function.triggers,
        };
        template.functions().into_iter().map(describe).collect()
    }

    /// The file a function's handler is in, where the usual place has one.
    fn source(&self, function: &Function) -> Option<WorkspacePath> {
        let code = function.code.as_ref()?;
        let module = function.handler.rsplit_once('.').map_or("", |(module, _)| module);
        let usual = [
            "src/main.rs".to_owned(),
            format!("{module}.py"),
            format!("{module}.mjs"),
            format!("{module}.js"),
        ];
        let mut places =
            usual.iter().filter(|name| !name.starts_with('.')).filter_map(|name| below(code, name));
        places.find(|path| self.dir().is_file(relative(path)))
    }

    /// Builds where needed, and invokes.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        by: &PersonId,
        call: InvokeFunction,
    ) -> Result<Invocation, CallError> {
        serde_json::from_str::<serde::de::IgnoredAny>(&call.event)
            .map_err(|error| event_files::not_json(&error))?;
        let running = self.begin(&call.id)?;
        let asked = Asked { id: &call.id, by };
        let name = match &call.function {
            FunctionRef::Deployed { name } => name.clone(),
            FunctionRef::Template { template, logical_id } => {
                let grant = self.trust().grant("Invoke")?;
                let template = self.template(template.clone()).await?;
                match self.bring(&asked, &template, logical_id, running.token(), &grant).await {
                    Ok(name) => name,
                    Err(CloudError::Build(output)) => {
                        return Ok(Invocation::BuildFailed { output: frame::shown(output, frame::ROOM) });
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        self.enter(&asked, Phase::Running);
        tokio::select! {
            ran = self.run(&name, call.event) => {
                let mut ran = ran?;
                if let FunctionRef::Deployed { .. } = &call.function {
                    ran.log_group = self.log_group(&name).await.unwrap_or(ran.log_group);
                }
                Ok(Invocation::Ran(ran))
            }
            () = running.token().cancelled() => Err(CloudError::Cancelled.into()),
        }
    }

    fn enter(&self, asked: &Asked<'_>, phase: Phase) {
        let entered = calls::Event::Phase { id: asked.id.to_owned(), phase };
        self.events().publish(Some(asked.by), Event::Function(entered));
    }

    /// Builds a function and makes it the one under its development name.
    async fn bring(
        &self,
        asked: &Asked<'_>,
        template: &Template,
        logical_id: &str,
        cancel: &CancellationToken,
        grant: &Grant,
    ) -> Result<String, CloudError> {
        let missing =
            || CloudError::Template(format!("{} has no function {logical_id}", shown(&template.path)));
        let function =
            template.functions().into_iter().find(|f| f.logical_id == logical_id).ok_or_else(missing)?;
        self.enter(asked, Phase::Building);
        let on_output = |text: String| {
            let output = calls::Event::BuildOutput { id: asked.id.to_owned(), text };
            self.events().publish(Some(asked.by), Event::Function(output));
        };
        let package = self.builder().package(&function, &on_output, cancel, grant).await?;
        self.enter(asked, Phase::Uploading);
        let name = development_name(self.name(), logical_id);
        let environment = environment(template, &function);
        self.put_function(&name, &function, &package, &environment).await?;
        self.wait_until_active(&name).await?;
        Ok(name)
    }

    /// Creates the function, or changes what is different.
    async fn put_function(
        &self,
        name: &str,
        function: &Function,
        package: &Package,
        environment: &Map<String, Value>,
    ) -> Result<(), CloudError> {
        let configuration = json!({
            "Runtime": function.runtime,
            "Handler": if function.handler.is_empty() { "bootstrap" } else { &function.handler },
            "MemorySize": function.memory_mb,
            "Timeout": function.timeout_seconds,
            "Environment": { "Variables": environment },
        });
        let code = BASE64.encode(&package.bytes);
        let path = format!("{FUNCTIONS}/{}", encode(name));
        let present =
            match self.aws().send(Rest::new(LAMBDA, Method::GET, format!("{path}/configuration"))).await {
                Ok(answer) => answer.json("GetFunctionConfiguration")?,
                Err(error) if error.is("ResourceNotFoundException") => {
                    return self.create_function(name, configuration, &code).await;
                }
                Err(error) => return Err(error),
            };
        let hash = hex::decode(&package.hash).unwrap_or_default();
        if present.get("CodeSha256").and_then(Value::as_str) != Some(&BASE64.encode(hash)) {
            let body = json!({ "ZipFile": code }).to_string();
            self.aws().send(Rest::new(LAMBDA, Method::PUT, format!("{path}/code")).body(body)).await?;
            self.wait_until_active(name).await?;
        }
        if differs(&present, &configuration) {
            let body = configuration.to_string();
            self.aws()
                .send(Rest::new(LAMBDA, Method::PUT, format!("{path}/configuration")).body(body))
                .await?;
        }
        Ok(())
    }

    async fn create_function(&self, name: &str, mut input: Value, code: &str) -> Result<(), CloudError> {
        if let Value::Object(input) = &mut input {
            input.insert("FunctionName".into(), name.into());
            input.insert(
                "Role".into(),
                format!("arn:aws:iam::{}:role/cumulo-development", self.account()).into(),
            );
            input.insert("Code".into(), json!({ "ZipFile": code }));
            input.insert("Description".into(), "Made by Invoke in the IDE".into());
        }
        self.aws().send(Rest::new(LAMBDA, Method::POST, FUNCTIONS).body(input.to_string())).await.map(drop)
    }

    async fn wait_until_active(&self, name: &str) -> Result<(), CloudError> {
        let path = format!("{FUNCTIONS}/{}/configuration", encode(name));
        let looked = async {
            loop {
                let answer = self.aws().send(Rest::new(LAMBDA, Method::GET, path.clone())).await?;
                let state = answer.json("GetFunctionConfiguration")?;
                let text =
                    |name: &str| state.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                if text("State") == "Failed" || text("LastUpdateStatus") == "Failed" {
                    let reason = text("LastUpdateStatusReason") + &text("StateReason");
                    return Err(CloudError::Build(format!("{name} cannot run: {reason}")));
                }
                if text("State") == "Active" && text("LastUpdateStatus") != "InProgress" {
                    return Ok(());
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let late = |_| CloudError::Build(format!("{name} was not ready within {} s", ACTIVE.as_secs()));
        tokio::time::timeout(ACTIVE, looked).await.map_err(late)?
    }

    async fn run(&self, name: &str, event: String) -> Result<Ran, CloudError> {
        let path = format!("{FUNCTIONS}/{}/invocations", encode(name));
        let headers = &[("x-amz-log-type", "Tail"), ("content-type", "application/json")];
        let body = Bytes::from(event);
        let answer =
            self.aws().send(Rest { service: LAMBDA, method: Method::POST, path, headers, body }).await?;
        let log =
            answer.header("x-amz-log-result").and_then(|log| BASE64.decode(log).ok()).unwrap_or_default();
        let log_tail = String::from_utf8_lossy(&log).into_owned();
        let function_name = plain_name(name).to_owned();
        // The rest of a frame is for the log.
        let room = frame::ROOM - frame::weight(&log_tail).min(frame::ROOM / 2);
        Ok(Ran {
            payload: frame::shown(String::from_utf8_lossy(&answer.body).into_owned(), room),
            function_error: answer.header("x-amz-function-error").map(str::to_owned),
            report: report::parse(&log_tail),
            log_tail,
            engine: answer.header("x-cumulo-engine").unwrap_or("unknown").to_owned(),
            log_group: format!("/aws/lambda/{function_name}"),
            function_name,
        })
    }

    /// The log group that a deployed function states as its own.
    async fn log_group(&self, name: &str) -> Option<String> {
        let path = format!("{FUNCTIONS}/{}/configuration", encode(name));
        let answer = self.aws().send(Rest::new(LAMBDA, Method::GET, path)).await.ok()?;
        let configuration = answer.json("GetFunctionConfiguration").ok()?;
        configuration.pointer("/LoggingConfig/LogGroup").and_then(Value::as_str).map(str::to_owned)
    }

    /// The saved events of a function, then the samples for its triggers.
    pub(crate) fn list_events(&self, call: &ListEvents) -> Result<Vec<SavedEvent>, CallError> {
        if let FunctionRef::Deployed { .. } = &call.function {
            return Ok(with_samples(Vec::new(), &[]));
        }
        let (template, logical_id) = in_template(&call.function)?;
        let template = Template::read(self.dir(), template)?;
        let triggers = template.functions().into_iter().find(|function| function.logical_id == logical_id);
        let triggers = triggers.map(|function| function.triggers).unwrap_or_default();
        Ok(with_samples(event_files::list(self.dir(), &template.folder(), logical_id), &triggers))
    }
}

fn with_samples(mut saved: Vec<SavedEvent>, triggers: &[String]) -> Vec<SavedEvent> {
    let samples = samples::for_triggers(triggers).into_iter();
    saved.extend(samples.map(|(name, body)| SavedEvent { name, body: format!("{body:#}"), path: None }));
    saved
}

/// A function's variables, with what parameters say by default. What only a deployment can know is left out.
fn environment(template: &Template, function: &Function) -> Map<String, Value> {
    let parameters = template.parameters();
    let default = |name: &str| parameters.iter().find(|parameter| parameter.name == name)?.default.clone();
    let resolve = |value: &Value| match value {
        Value::Object(call) => call.get("Ref").and_then(Value::as_str).and_then(default),
        plain => Some(template::scalar(plain)),
    };
    let variables = function.environment.iter();
    variables.filter_map(|(name, value)| Some((name.clone(), Value::String(resolve(value)?)))).collect()
}

/// Whether any wanted property is not as it is.
fn differs(present: &Value, wanted: &Value) -> bool {
    wanted.as_object().into_iter().flatten().any(|(name, value)| {
        let is_empty = name == "Environment" && value["Variables"].as_object().is_some_and(Map::is_empty);
        present.get(name) != Some(value) && !(is_empty && present.get(name).is_none())
    })
}

/// A function's name without what else may be given with it: its ARN's beginning, a version or an alias.
fn plain_name(name: &str) -> &str {
    let rest = name.split_once(":function:").map_or(name, |(_, rest)| rest);
    rest.split(':').next().unwrap_or(rest)
}

/// `{workspace}-{logical id}-dev`, in the characters and the length that function names may have.
fn development_name(workspace: &str, logical_id: &str) -> String {
    let clean = |text: &str| {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect::<String>()
    };
    // AWS: function names have at most 64 characters.
    let prefix: String = clean(workspace).chars().take(64 - 5 - logical_id.len().min(50)).collect();
    let logical_id: String = logical_id.chars().take(50).collect();
    format!("{prefix}-{logical_id}-dev").trim_start_matches('-').to_owned()
}

/// A path below a folder; none where these are no plain names.
fn below(folder: &WorkspacePath, names: &str) -> Option<WorkspacePath> {
    let names = WorkspacePath::parse(names).ok()?;
    WorkspacePath::parse(folder.join(names.as_str()).as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_names_fit_lambda() {
        assert_eq!(development_name("hello-api", "HelloFunction"), "hello-api-HelloFunction-dev");
        assert_eq!(development_name("my work/ü", "F"), "mywork-F-dev");
        assert!(development_name(&"w".repeat(200), &"L".repeat(200)).len() <= 64);
    }

    #[test]
    fn a_function_is_named_in_several_ways() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
        for name in ["hello", "hello:live", arn, &format!("{arn}:7"), "000000000000:function:hello"] {
            assert_eq!(plain_name(name), "hello", "{name}");
        }
    }

    #[test]
    fn handlers_name_files_below_their_code() {
        let code = WorkspacePath::parse("app/code").unwrap();
        let path = |names: &str| below(&code, names).map(|path| path.to_string());
        assert_eq!(path("lib/main.py").as_deref(), Some("app/code/lib/main.py"));
        for names in ["../x.py", "a/../../x.py", "/etc/x.py", "a//b.py", "", "a\0.py", &"n".repeat(4096)] {
            assert_eq!(path(names).filter(|path| path != "app/code"), None, "{names:?}");
        }
    }

    #[test]
    fn only_differences_are_written() {
        let wanted = json!({"Timeout": 3, "Environment": {"Variables": {}}});
        assert!(!differs(&json!({"Timeout": 3, "Other": 1}), &wanted));
        assert!(differs(&json!({"Timeout": 4}), &wanted));
        assert!(differs(&json!({"Timeout": 3, "Environment": {"Variables": {"A": "b"}}}), &wanted));
    }
}
