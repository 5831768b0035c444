//! The environment variables Lambda gives to a function, beside the user's own.

use std::borrow::Cow;

use crate::{FunctionSpec, Invocation};

/// A name and its value.
pub type Variable<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Every variable of one invocation, Lambda's first, so that where a reserved name was allowed the user's value wins.
///
/// The `LAMBDA_RUNTIME_*` ones carry, for runtimes that run once per event, what the Runtime API's headers of the
/// same names carry for those that poll: a guest reads its context from them.
pub fn environment<'a>(function: &'a FunctionSpec, invocation: &'a Invocation) -> Vec<Variable<'a>> {
    let mut all = of_function(function);
    let deadline = invocation.deadline.as_millisecond().to_string();
    all.extend([
        pair("_X_AMZN_TRACE_ID", &invocation.trace_id),
        pair("LAMBDA_RUNTIME_AWS_REQUEST_ID", &invocation.request_id),
        pair("LAMBDA_RUNTIME_DEADLINE_MS", deadline),
        pair("LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN", &invocation.invoked_arn),
        pair("LAMBDA_RUNTIME_TRACE_ID", &invocation.trace_id),
    ]);
    all.extend(invocation.client_context.as_ref().map(|c| pair("LAMBDA_RUNTIME_CLIENT_CONTEXT", c)));
    all.extend(function.environment.iter().map(|(name, value)| pair(name, value)));
    all
}

// AWS: "Defined runtime environment variables" of the Lambda developer guide.
fn of_function(function: &FunctionSpec) -> Vec<Variable<'_>> {
    let mut all = vec![
        pair("_HANDLER", &function.handler),
        pair("AWS_DEFAULT_REGION", &function.region),
        pair("AWS_REGION", &function.region),
        pair("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", function.runtime)),
        pair("AWS_LAMBDA_FUNCTION_NAME", &function.name),
        pair("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        pair("AWS_LAMBDA_FUNCTION_VERSION", &function.key.version),
        pair("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        pair("AWS_LAMBDA_LOG_GROUP_NAME", &function.log_group),
        pair("AWS_LAMBDA_LOG_STREAM_NAME", &function.log_stream),
        pair("LAMBDA_TASK_ROOT", "/var/task"),
        pair("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        pair("LANG", "en_US.UTF-8"),
        pair("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        pair("TZ", ":UTC"),
    ];
    all.extend(function.endpoint_url.as_ref().map(|url| pair("AWS_ENDPOINT_URL", url)));
    if let Some(keys) = &function.credentials {
        all.push(pair("AWS_ACCESS_KEY_ID", &keys.access_key_id));
        all.push(pair("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key));
        all.extend(keys.session_token.as_ref().map(|token| pair("AWS_SESSION_TOKEN", token)));
    }
    all
}

fn pair<'a>(name: &'a str, value: impl Into<Cow<'a, str>>) -> Variable<'a> {
    (name.into(), value.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{FunctionKey, FunctionSpec, Invocation, environment};

    #[test]
    fn a_function_finds_what_aws_gives_it_and_its_own() {
        let function = FunctionSpec {
            key: FunctionKey { arn: "arn".into(), version: "$LATEST".into(), revision: "r".into() },
            name: "hello".into(),
            package: std::path::PathBuf::from("/nowhere").into(),
            runtime: "provided.al2023".into(),
            handler: "bootstrap".into(),
            environment: vec![("TABLE".into(), "t".into())],
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
        let all = environment(&function, &invocation);
        let value = |name: &str| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_ref());
        assert_eq!(value("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), Some("128"));
        assert_eq!(value("AWS_EXECUTION_ENV"), Some("AWS_Lambda_provided.al2023"));
        assert_eq!(value("LAMBDA_RUNTIME_DEADLINE_MS"), Some("1700000003000"));
        assert_eq!(value("LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN"), Some("arn:prod"));
        assert_eq!(value("TABLE"), Some("t"));
        assert_eq!(value("AWS_SECRET_ACCESS_KEY"), None);
    }
}
