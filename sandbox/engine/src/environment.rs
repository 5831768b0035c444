//! The environment variables Lambda gives to a function, beside the user's own: as a process gets them, in one block of
//! `NAME=value` and a zero byte for each.

use crate::{FunctionSpec, Invocation};

/// Variables, ready to be handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(Vec<u8>);

impl Environment {
    /// What is the same for all invocations of a version, so that it is made once: Lambda's, and the user's own, which win
    /// where a reserved name was allowed.
    pub fn of_version(function: &FunctionSpec) -> Self {
        let own = &function.environment;
        let mut all = Self(Vec::with_capacity(2048));
        of_function(function, &mut |name, value| {
            if !own.iter().any(|(other, _)| other == name) {
                all.add(name, value);
            }
        });
        for (name, value) in own {
            all.add(name, value);
        }
        all
    }

    /// What differs from one invocation to the next.
    ///
    /// The `LAMBDA_RUNTIME_*` ones carry, for runtimes that run once per event, what the Runtime API's headers of the
    /// same names carry for those that poll: a guest reads its context from them.
    pub fn of_invocation(invocation: &Invocation) -> Self {
        let mut all = Self(Vec::with_capacity(512));
        all.add("_X_AMZN_TRACE_ID", &invocation.trace_id);
        all.add("LAMBDA_RUNTIME_AWS_REQUEST_ID", &invocation.request_id);
        all.add("LAMBDA_RUNTIME_DEADLINE_MS", &invocation.deadline.as_millisecond().to_string());
        all.add("LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN", &invocation.invoked_arn);
        all.add("LAMBDA_RUNTIME_TRACE_ID", &invocation.trace_id);
        if let Some(context) = &invocation.client_context {
            all.add("LAMBDA_RUNTIME_CLIENT_CONTEXT", context);
        }
        all
    }

    /// Names and values.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let whole = std::str::from_utf8(&self.0).unwrap_or_default();
        whole.split_terminator('\0').map(|variable| variable.split_once('=').unwrap_or((variable, "")))
    }

    /// The block.
    pub fn into_block(self) -> Vec<u8> {
        self.0
    }

    fn add(&mut self, name: &str, value: &str) {
        for part in [name, "=", value, "\0"] {
            self.0.extend_from_slice(part.as_bytes());
        }
    }
}

// AWS: "Defined runtime environment variables" of the Lambda developer guide.
fn of_function(function: &FunctionSpec, add: &mut dyn FnMut(&str, &str)) {
    add("_HANDLER", &function.handler);
    add("AWS_DEFAULT_REGION", &function.region);
    add("AWS_REGION", &function.region);
    add("AWS_EXECUTION_ENV", &format!("AWS_Lambda_{}", function.runtime));
    add("AWS_LAMBDA_FUNCTION_NAME", &function.name);
    add("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &function.memory_mb.to_string());
    add("AWS_LAMBDA_FUNCTION_VERSION", &function.key.version);
    add("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    add("AWS_LAMBDA_LOG_GROUP_NAME", &function.log_group);
    add("AWS_LAMBDA_LOG_STREAM_NAME", &function.log_stream);
    add("LAMBDA_TASK_ROOT", "/var/task");
    add("LAMBDA_RUNTIME_DIR", "/var/runtime");
    add("LANG", "en_US.UTF-8");
    add("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
    add("TZ", ":UTC");
    if let Some(url) = &function.endpoint_url {
        add("AWS_ENDPOINT_URL", url);
    }
    if let Some(keys) = &function.credentials {
        add("AWS_ACCESS_KEY_ID", &keys.access_key_id);
        add("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key);
        if let Some(token) = &keys.session_token {
            add("AWS_SESSION_TOKEN", token);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{Environment, FunctionKey, FunctionSpec, Invocation};

    #[test]
    fn a_function_finds_what_aws_gives_it_and_its_own() {
        let function = FunctionSpec {
            key: FunctionKey { arn: "arn".into(), version: "$LATEST".into(), revision: "r".into() },
            name: "hello".into(),
            package: std::path::PathBuf::from("/nowhere").into(),
            layers: Vec::new(),
            runtime: "provided.al2023".into(),
            handler: "bootstrap".into(),
            environment: vec![("TABLE".into(), "a=b".into()), ("TZ".into(), ":Europe/Berlin".into())],
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            ephemeral_storage_mb: 512,
            log_group: "/aws/lambda/hello".into(),
            log_stream: "s".into(),
            region: "us-east-1".into(),
            endpoint_url: None,
            credentials: None,
        };
        let invocation = Invocation {
            request_id: "id".into(),
            payload: "{}".into(),
            deadline: jiff::Timestamp::from_millisecond(1_700_000_003_000).expect("in range"),
            trace_id: "Root=1".into(),
            invoked_arn: "arn:prod".into(),
            client_context: None,
        };
        let of_version = Environment::of_version(&function);
        let of_invocation = Environment::of_invocation(&invocation);
        let all: Vec<_> = of_version.variables().chain(of_invocation.variables()).map(owned).collect();
        let values = |wanted: &str| -> Vec<&str> {
            all.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).collect()
        };
        for (name, expected) in [
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Some("128")),
            ("AWS_EXECUTION_ENV", Some("AWS_Lambda_provided.al2023")),
            ("LAMBDA_RUNTIME_DEADLINE_MS", Some("1700000003000")),
            ("LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN", Some("arn:prod")),
            ("TABLE", Some("a=b")),
            ("TZ", Some(":Europe/Berlin")),
            ("AWS_SECRET_ACCESS_KEY", None),
        ] {
            assert_eq!(values(name), Vec::from_iter(expected), "{name}");
        }
        assert!(of_version.into_block().ends_with(b"\0TABLE=a=b\0TZ=:Europe/Berlin\0"));
    }

    fn owned((name, value): (&str, &str)) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }
}
