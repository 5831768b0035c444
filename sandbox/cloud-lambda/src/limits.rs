//! What a configuration may hold beyond what the model's constraints say.

use std::collections::BTreeMap;

use cloud_core::AwsError;

use crate::shapes::{Code, Runtime};

// AWS: "Environment variables … 4 KB, for all environment variables associated with the function, in aggregate".
const ENVIRONMENT_BYTES: usize = 4096;

/// MB, and its default.
const MEMORY: i32 = 10_240;
pub(crate) const DEFAULT_MEMORY: i32 = 128;

/// Seconds, and its default.
const TIMEOUT: i32 = 900;
pub(crate) const DEFAULT_TIMEOUT: i32 = 3;

/// MB of `/tmp`.
pub(crate) const DEFAULT_STORAGE: i32 = 512;

// AWS: the reserved names of "Using Lambda environment variables".
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

// AWS: runtimes whose functions can neither be created nor updated any more.
const ENDED: &[&str] = &[
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "python2.7",
    "python3.6",
    "python3.7",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "java8",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
];

pub(crate) fn memory(megabytes: i32) -> Result<i32, AwsError> {
    at_most("memorySize", megabytes, MEMORY)
}

pub(crate) fn timeout(seconds: i32) -> Result<i32, AwsError> {
    at_most("timeout", seconds, TIMEOUT)
}

/// The model allows more than ordinary functions may have.
fn at_most(member: &str, value: i32, limit: i32) -> Result<i32, AwsError> {
    if value <= limit {
        return Ok(value);
    }
    Err(AwsError::validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
         Member must have value less than or equal to {limit}"
    )))
}

pub(crate) fn runtime(runtime: Runtime) -> Result<Runtime, AwsError> {
    let name = runtime.as_str();
    if !ENDED.contains(&name) {
        return Ok(runtime);
    }
    Err(Code::InvalidParameterValueException
        .error(format!(
            "The runtime parameter of {name} is no longer supported for creating or updating AWS Lambda functions. \
             We recommend you use a supported runtime while creating or updating functions."
        ))
        .with("Type", "User"))
}

pub(crate) fn environment(variables: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, AwsError> {
    const UNABLE: &str = "Lambda was unable to configure your environment variables because the environment variables you have provided";
    let refused = |text: String| {
        Err(Code::InvalidParameterValueException.error(format!("{UNABLE} {text}")).with("Type", "User"))
    };
    let reserved: Vec<&str> =
        variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return refused(format!(
            "contains reserved keys that are currently not supported for modification. \
             Reserved keys used in this request: {}",
            reserved.join(", ")
        ));
    }
    if variables.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return refused("contain a character that is not allowed (NUL).".to_owned());
    }
    // AWS: measured as the JSON text of the map.
    let measured = serde_json::to_string(&variables).map_err(AwsError::internal)?;
    if measured.len() > ENVIRONMENT_BYTES {
        return refused("exceeded the 4KB limit.".to_owned());
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, refused: Option<&str>) {
        let result = environment(BTreeMap::from([(name.to_owned(), value.to_owned())]));
        let seen = result.err().map(|error| error.message().to_owned());
        match refused {
            None => assert_eq!(seen, None),
            Some(words) => assert!(seen.as_deref().is_some_and(|text| text.contains(words)), "{seen:?}"),
        }
    }

    #[test]
    fn environments_are_small_and_leave_lambdas_names_alone() {
        check("TABLE", "t", None);
        check("AWS_REGION", "x", Some("Reserved keys used in this request: AWS_REGION"));
        check("BIG", &"x".repeat(4087), Some("exceeded the 4KB limit"));
        check("BIG", &"x".repeat(4000), None);
        check("N", "a\0b", Some("not allowed"));
    }

    #[test]
    fn sizes_end_where_lambdas_do() {
        assert!(memory(10_240).is_ok() && timeout(900).is_ok());
        assert_eq!(memory(10_241).map_err(|e| e.code().to_owned()), Err("ValidationException".to_owned()));
        assert!(timeout(901).is_err_and(|e| e.message().contains("Value '901' at 'timeout'")));
        assert!(
            runtime(Runtime::from("python2.7")).is_err() && runtime(Runtime::from("provided.al2023")).is_ok()
        );
    }
}
