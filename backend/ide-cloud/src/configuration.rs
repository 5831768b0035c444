//! A deployed function's configuration: what it is, and changing it with AWS's own judgement of what is asked.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::configuration::{
    ChangeConfiguration, Configuration, DescribeConfiguration, Figures, Logging, ReadFigures,
};
use serde_json::{Map, Value, json};

use crate::{
    client::{LAMBDA, Rest, encode, filled, text},
    error::CloudError,
    functions::{configuration_of, plain_name},
    workspace::CloudPanels,
};

impl CloudPanels {
    /// Answers the calls about configurations.
    pub(crate) fn register_configurations(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: DescribeConfiguration| async move {
                let described = this.configuration(&call.name).await?;
                Ok(described)
            })
            .on(|this, _, call: ChangeConfiguration| async move { Ok(this.configure(call).await?) })
            .on(|this, _, call: ReadFigures| {
                let figures = this.figures(&call.name);
                async move { Ok(figures) }
            });
    }

    async fn configuration(&self, name: &str) -> Result<Configuration, CloudError> {
        let described = self.described(name).await?;
        Ok(Configuration { engine: self.engine(name).await?, ..configuration(&described) })
    }

    /// Which engine runs it: AWS has no operation for that.
    async fn engine(&self, name: &str) -> Result<Option<String>, CloudError> {
        let path = format!("/_cumulo/lambda/engine?function={}", encode(name));
        match self.aws().send(Rest::new(LAMBDA, Method::GET, path)).await {
            Ok(answer) => Ok(filled(&answer.json("engine")?, "engine")),
            // It was deleted since it was described.
            Err(error) if error.is("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn configure(&self, call: ChangeConfiguration) -> Result<(), CloudError> {
        let request = Rest::new(LAMBDA, Method::PUT, configuration_of(&call.name));
        self.aws().send(request.body(changes(call).to_string())).await.map(drop)
    }

    fn figures(&self, name: &str) -> Figures {
        let (region, account, name) = (self.aws().region(), self.account(), plain_name(name));
        let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
        self.heard().figures(&arn, self.aws().now_ms())
    }
}

fn configuration(described: &Value) -> Configuration {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or_default();
    let list = |name: &str| described.get(name).and_then(Value::as_array).into_iter().flatten();
    let variables = described.pointer("/Environment/Variables").and_then(Value::as_object);
    let variable = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    let logging = &described["LoggingConfig"];
    Configuration {
        arn: text(described, "FunctionArn"),
        description: text(described, "Description"),
        runtime: text(described, "Runtime"),
        handler: text(described, "Handler"),
        role: text(described, "Role"),
        architecture: list("Architectures").filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        memory_mb: number(described, "MemorySize") as u32,
        timeout_seconds: number(described, "Timeout") as u32,
        ephemeral_mb: number(&described["EphemeralStorage"], "Size") as u32,
        environment: variables.into_iter().flatten().filter_map(variable).collect(),
        layers: list("Layers").filter_map(|layer| filled(layer, "Arn")).collect(),
        log_format: filled(logging, "LogFormat").unwrap_or_else(|| "Text".to_owned()),
        application_level: filled(logging, "ApplicationLogLevel"),
        system_level: filled(logging, "SystemLogLevel"),
        log_group: text(logging, "LogGroup"),
        code_size: number(described, "CodeSize"),
        code_sha256: text(described, "CodeSha256"),
        last_modified: text(described, "LastModified"),
        state: text(described, "State"),
        state_reason: filled(described, "StateReason"),
        last_update: filled(described, "LastUpdateStatus"),
        runtime_version: filled(&described["RuntimeVersionConfig"], "RuntimeVersionArn"),
        engine: None,
    }
}

/// What is asked of UpdateFunctionConfiguration: what is given.
fn changes(call: ChangeConfiguration) -> Value {
    let environment = call.environment.map(|variables| {
        let variables: Map<_, _> = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        json!({ "Variables": variables })
    });
    let members = [
        ("Description", call.description.map(Value::from)),
        ("Handler", call.handler.map(Value::from)),
        ("MemorySize", call.memory_mb.map(Value::from)),
        ("Timeout", call.timeout_seconds.map(Value::from)),
        ("EphemeralStorage", call.ephemeral_mb.map(|size| json!({ "Size": size }))),
        ("Environment", environment),
        ("LoggingConfig", call.logging.map(logging)),
    ];
    Value::Object(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn logging(logging: Logging) -> Value {
    let mut wanted = json!({ "LogFormat": logging.format });
    let levels =
        [("ApplicationLogLevel", logging.application_level), ("SystemLogLevel", logging.system_level)];
    for (name, level) in levels {
        if let Some(level) = level {
            wanted[name] = level.into();
        }
    }
    wanted
}
