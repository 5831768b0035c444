//! The functions of the workspace's templates: built, brought into the cloud under their development names, invoked.

use std::{fmt::Display, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::Method;
use ide_core::{
    Grant,
    files::{relative, shown},
};
use protocol::{
    CallError, ErrorCode, Event, PersonId, Reasons, Said, WorkspacePath,
    function::{
        self as calls, Accepted, FunctionRef, Invocation, InvokeFunction, ListEvents, Phase, Ran, SavedEvent,
        TemplateFunction,
    },
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    archive::Package,
    client::{LAMBDA, Rest, encode, filled, text},
    error::CloudError,
    event_files, frame, report, samples,
    template::{self, Function, Template},
    workspace::{CloudPanels, in_template},
};

pub(crate) const FUNCTIONS: &str = "/2015-03-31/functions";
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
        if call.qualifier.is_some() && !matches!(&call.function, FunctionRef::Deployed { .. }) {
            let message = "a function that is built from the files as they are has no versions; choose the deployed one";
            return Err(CallError::new(ErrorCode::Unsupported, message).because("no-versions", &[]));
        }
        let running = self.begin(&call.id)?;
        let asked = Asked { id: &call.id, by };
        let name = match &call.function {
            FunctionRef::Deployed { name } => name.clone(),
            FunctionRef::Template { template, logical_id } => {
                let grant = self.trust().grant("Invoke")?;
                let template = self.template(template.clone()).await?;
                match self.bring(&asked, &template, logical_id, running.token(), &grant).await {
                    Ok(name) => name,
                    Err(CloudError::Build(said)) => return Ok(not_built(said)),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        self.enter(&asked, Phase::Running);
        let is_deployed = matches!(&call.function, FunctionRef::Deployed { .. });
        tokio::select! {
            done = self.call_function(&name, call, is_deployed) => Ok(done?),
            () = running.token().cancelled() => Err(CloudError::Cancelled.into()),
        }
    }

    async fn call_function(
        &self,
        name: &str,
        call: InvokeFunction,
        is_deployed: bool,
    ) -> Result<Invocation, CloudError> {
        let mut path = format!("{FUNCTIONS}/{}/invocations", encode(name));
        if let Some(qualifier) = &call.qualifier {
            path = format!("{path}?Qualifier={}", encode(qualifier));
        }
        let own_group = async |usual: String| {
            if is_deployed { self.log_group(name).await.unwrap_or(usual) } else { usual }
        };
        if call.asynchronous {
            let mut accepted = self.accept(name, path, call.event).await?;
            accepted.log_group = own_group(accepted.log_group).await;
            return Ok(Invocation::Accepted(accepted));
        }
        let mut ran = self.run(name, path, call.event).await?;
        ran.log_group = own_group(ran.log_group).await;
        Ok(Invocation::Ran(ran))
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
        let missing = || {
            let path = shown(&template.path);
            let said = Said::new(format!("{path} has no function {logical_id}"));
            CloudError::Template(
                said.because("function-missing", &[("path", &path), ("function", &logical_id)]),
            )
        };
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
        let present = match self.described(name).await {
            Err(error) if error.is("ResourceNotFoundException") => {
                return self.create_function(name, configuration, &BASE64.encode(&package.bytes)).await;
            }
            described => described?,
        };
        if !has_code(&present, &package.hash) {
            self.set_code(name, &json!({ "ZipFile": BASE64.encode(&package.bytes) })).await?;
        }
        if differs(&present, &configuration) {
            let request = Rest::new(LAMBDA, Method::PUT, configuration_of(name));
            self.aws().send(request.body(configuration.to_string())).await?;
        }
        Ok(())
    }

    /// What a deployed function is, as GetFunctionConfiguration has it.
    pub(crate) async fn described(&self, name: &str) -> Result<Value, CloudError> {
        let answer = self.aws().send(Rest::new(LAMBDA, Method::GET, configuration_of(name))).await?;
        answer.json("GetFunctionConfiguration")
    }

    /// Gives a function the package of that hash, where it has another. Whether it had.
    pub(crate) async fn put_code(
        &self,
        name: &str,
        hash: &str,
        code: impl FnOnce() -> Value,
    ) -> Result<bool, CloudError> {
        if has_code(&self.described(name).await?, hash) {
            return Ok(false);
        }
        // AWS: a function that is being made or changed takes no code.
        self.wait_until_active(name).await?;
        self.set_code(name, &code()).await?;
        Ok(true)
    }

    async fn set_code(&self, name: &str, code: &Value) -> Result<(), CloudError> {
        let path = format!("{FUNCTIONS}/{}/code", encode(name));
        self.aws().send(Rest::new(LAMBDA, Method::PUT, path).body(code.to_string())).await?;
        self.wait_until_active(name).await
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
        let looked = async {
            loop {
                let state = self.described(name).await?;
                let text = |name: &str| text(&state, name);
                if text("State") == "Failed" || text("LastUpdateStatus") == "Failed" {
                    let reason = text("LastUpdateStatusReason") + &text("StateReason");
                    let said = Said::new(format!("{name} cannot run: {reason}"));
                    let arguments: [(&str, &dyn Display); 2] = [("name", &name), ("reason", &reason)];
                    return Err(CloudError::Build(said.because("function-unrunnable", &arguments)));
                }
                if text("State") == "Active" && text("LastUpdateStatus") != "InProgress" {
                    return Ok(());
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let late = |_| {
            let seconds = ACTIVE.as_secs();
            let said = Said::new(format!("{name} was not ready within {seconds} s"));
            CloudError::Build(said.because("function-late", &[("name", &name), ("seconds", &seconds)]))
        };
        tokio::time::timeout(ACTIVE, looked).await.map_err(late)?
    }

    /// Has it run without waiting for that.
    async fn accept(&self, name: &str, path: String, event: String) -> Result<Accepted, CloudError> {
        let headers = &[("x-amz-invocation-type", "Event"), ("content-type", "application/json")];
        let body = Bytes::from(event);
        let answer =
            self.aws().send(Rest { service: LAMBDA, method: Method::POST, path, headers, body }).await?;
        let function_name = plain_name(name).to_owned();
        Ok(Accepted {
            request_id: answer.header("x-amzn-requestid").unwrap_or_default().to_owned(),
            log_group: format!("/aws/lambda/{function_name}"),
            function_name,
        })
    }

    async fn run(&self, name: &str, path: String, event: String) -> Result<Ran, CloudError> {
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
            version: answer.header("x-amz-executed-version").map(str::to_owned),
            runtime: answer.header("x-cumulo-runtime").map(str::to_owned),
        })
    }

    /// The log group that a deployed function states as its own.
    async fn log_group(&self, name: &str) -> Option<String> {
        let described = self.described(name).await.ok()?;
        filled(&described["LoggingConfig"], "LogGroup")
    }

    /// The saved events of a function, then the samples for its triggers.
    pub(crate) fn list_events(&self, call: &ListEvents) -> Result<Vec<SavedEvent>, CallError> {
        if let FunctionRef::Deployed { .. } = &call.function {
            return Ok(self.with_samples(Vec::new(), &[]));
        }
        let (template, logical_id) = in_template(&call.function)?;
        let template = Template::read(self.dir(), template)?;
        let triggers = template.functions().into_iter().find(|function| function.logical_id == logical_id);
        let triggers = triggers.map(|function| function.triggers).unwrap_or_default();
        Ok(self.with_samples(event_files::list(self.dir(), &template.folder(), logical_id), &triggers))
    }

    fn with_samples(&self, mut saved: Vec<SavedEvent>, triggers: &[String]) -> Vec<SavedEvent> {
        let place = samples::Place { region: self.aws().region(), account: self.account() };
        let samples = samples::all(triggers, place).into_iter();
        saved.extend(samples.map(|(name, body)| SavedEvent { name, body: format!("{body:#}"), path: None }));
        saved
    }
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

/// Where a function's configuration is read and changed.
pub(crate) fn configuration_of(name: &str) -> String {
    format!("{FUNCTIONS}/{}/configuration", encode(name))
}

/// Whether a function, as it is described, has the package of that hash.
fn has_code(present: &Value, hash: &str) -> bool {
    let hash = BASE64.encode(hex::decode(hash).unwrap_or_default());
    present.get("CodeSha256").and_then(Value::as_str) == Some(&hash)
}

/// Whether any wanted property is not as it is.
fn differs(present: &Value, wanted: &Value) -> bool {
    wanted.as_object().into_iter().flatten().any(|(name, value)| {
        let is_empty = name == "Environment" && value["Variables"].as_object().is_some_and(Map::is_empty);
        present.get(name) != Some(value) && !(is_empty && present.get(name).is_none())
    })
}

/// A function's name without what else may be given with it: its ARN's beginning, a version or an alias.
pub(crate) fn plain_name(name: &str) -> &str {
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

fn not_built(said: Said) -> Invocation {
    let reasons = Reasons::of("output", frame::fitting(said.reason));
    Invocation::BuildFailed { output: frame::shown(said.message, frame::ROOM), reasons }
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
