//! What a configuration may hold beyond what the model's constraints say.

use std::collections::BTreeMap;

use cloud_core::{Arn, AwsError, Context, constraint};
use sha2::{Digest, Sha256};

use crate::durable::RETENTION;
use crate::ops::Origin;
use crate::quotas;
use crate::shapes::{
    ApplicationLogLevel, Code, DeadLetterConfig, DurableConfig, LogFormat, LoggingConfig, Runtime,
    RuntimeVersionConfig, SnapStart, SnapStartApplyOn, SnapStartOptimizationStatus, SnapStartResponse,
    SystemLogLevel, VpcConfigResponse,
};

/// MB of memory where nothing is said.
pub(crate) const DEFAULT_MEMORY: i32 = 128;

/// Seconds that a function may take where nothing is said.
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
    at_most("memorySize", megabytes, quotas::MEMORY)
}

pub(crate) fn timeout(seconds: i32) -> Result<i32, AwsError> {
    at_most("timeout", seconds, quotas::TIMEOUT)
}

/// How the executions of a new function are, if it is durable.
// LIMIT: the limits are the model's; AWS has durable functions of some runtimes only.
pub(crate) fn durable(wanted: &DurableConfig) -> Result<DurableConfig, AwsError> {
    let invalid = |text: String| Err(Code::InvalidParameterValueException.error(text));
    if let Some(key) = wanted.kms_key_arn.as_deref().filter(|key| !key.is_empty()) {
        return invalid(format!(
            "The KMS key {key} does not exist: this cloud has no keys. Leave KMSKeyArn of DurableConfig out."
        ));
    }
    if wanted.execution_timeout.is_none() {
        // AWS: the words that its clients tell of.
        return invalid(
            "You cannot create a function with a durable configuration without an executionTimeout"
                .to_owned(),
        );
    }
    let retention = wanted.retention_period_in_days.unwrap_or(RETENTION);
    Ok(DurableConfig {
        execution_timeout: wanted.execution_timeout,
        retention_period_in_days: Some(retention),
        ..DurableConfig::default()
    })
}

/// How they are from now on: what is not given stays.
// AWS: "You can only enable durable execution when creating a function. You cannot enable it on existing functions."
pub(crate) fn durable_again(
    present: Option<&DurableConfig>,
    wanted: &DurableConfig,
) -> Result<DurableConfig, AwsError> {
    let Some(present) = present else {
        // LIMIT: the text is ours.
        return Err(Code::InvalidParameterValueException
            .error("You cannot add a durable configuration to a function that was created without one"));
    };
    durable(&DurableConfig {
        execution_timeout: wanted.execution_timeout.or(present.execution_timeout),
        retention_period_in_days: wanted.retention_period_in_days.or(present.retention_period_in_days),
        kms_key_arn: wanted.kms_key_arn.clone(),
    })
}

/// The model allows more than ordinary functions may have.
fn at_most(member: &str, value: i32, limit: i32) -> Result<i32, AwsError> {
    if value <= limit {
        return Ok(value);
    }
    let most = format!("Member must have value less than or equal to {limit}");
    Err(constraint::broken("ValidationException", &value.to_string(), member, &most))
}

// AWS: the order of CreateFunction's own text, and of PublishLayerVersion's.
pub(crate) const SUPPORTED: &[&str] = &[
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

pub(crate) fn runtime(runtime: Runtime) -> Result<Runtime, AwsError> {
    let name = runtime.as_str();
    let message = if SUPPORTED.contains(&name) {
        return Ok(runtime);
    } else if ENDED.contains(&name) {
        format!(
            "The runtime parameter of {name} is no longer supported for creating or updating AWS Lambda functions. \
             We recommend you use a supported runtime while creating or updating functions."
        )
    } else {
        format!(
            "Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be \
             a valid ARN",
            SUPPORTED.join(", ")
        )
    };
    Err(Code::InvalidParameterValueException.error(message))
}

/// Which version of a runtime runs: here there is one of each, so its name decides.
pub(crate) fn runtime_version(context: &Context, runtime: &str) -> RuntimeVersionConfig {
    let hash = hex::encode(Sha256::digest(runtime));
    // AWS: the ARN of a runtime has no account.
    let region = context.region();
    let arn = format!("arn:{}:lambda:{region}::runtime:{hash}", region.partition().id);
    RuntimeVersionConfig { runtime_version_arn: Some(arn), error: None }
}

/// AWS: a role of another account cannot be handed to a function. A template may name one: those that are passed around
/// have a made-up account in it.
pub(crate) fn role(context: &Context, role: String, origin: Origin<'_>) -> Result<String, AwsError> {
    if is_own(context, &role) || matches!(origin, Origin::Template(_)) {
        return Ok(role);
    }
    Err(AwsError::access_denied("Cross-account pass role is not allowed."))
}

/// Whether a role is of this account.
pub(crate) fn is_own(context: &Context, role: &str) -> bool {
    role.split(':').nth(4) == Some(context.account().as_str())
}

/// Where dead letters go; an empty ARN takes that away.
// LIMIT: AWS documents no words for what is neither; it refuses with this code, and has said "Invalid dead letter queue ARN".
pub(crate) fn dead_letter(wanted: Option<DeadLetterConfig>) -> Result<Option<DeadLetterConfig>, AwsError> {
    let wanted = wanted.filter(|wanted| wanted.target_arn.as_ref().is_some_and(|arn| !arn.is_empty()));
    let arn = wanted.as_ref().and_then(|wanted| wanted.target_arn.as_deref()).unwrap_or_default();
    if wanted.is_some() && !arn.parse::<Arn>().is_ok_and(|arn| takes_dead_letters(&arn)) {
        let message = format!(
            "Invalid dead letter queue ARN: {arn} names neither an Amazon SQS queue nor an Amazon SNS topic."
        );
        return Err(Code::InvalidParameterValueException.error(message));
    }
    Ok(wanted)
}

/// Whether an ARN may be where dead letters go. A function that got its own would begin them anew, for ever.
// AWS: "TargetArn: The Amazon Resource Name (ARN) of an Amazon SQS queue or Amazon SNS topic."
pub(crate) fn takes_dead_letters(arn: &Arn) -> bool {
    matches!(arn.service(), "sqs" | "sns")
}

// AWS: what a function answers that was once asked to be in no network.
pub(crate) fn no_network() -> VpcConfigResponse {
    VpcConfigResponse {
        subnet_ids: Some(Vec::new()),
        security_group_ids: Some(Vec::new()),
        vpc_id: Some(String::new()),
        ipv6_allowed_for_dual_stack: Some(false),
    }
}

// AWS: "Lambda SnapStart … Supported features": Java 11 and later, Python 3.12 and later, .NET 8 and later.
const SNAP_START: &[&str] = &[
    "java11",
    "java17",
    "java21",
    "java25",
    "python3.12",
    "python3.13",
    "python3.14",
    "dotnet8",
    "dotnet10",
];

/// Whether versions are to start from a snapshot.
// LIMIT: none is taken; every version starts when it is called.
pub(crate) fn snap_start(wanted: SnapStart, runtime: &str) -> Result<SnapStartResponse, AwsError> {
    let apply_on = wanted.apply_on.unwrap_or(SnapStartApplyOn::NoneValue);
    if apply_on != SnapStartApplyOn::NoneValue && !SNAP_START.contains(&runtime) {
        let message = format!("{runtime} is not supported for SnapStart enabled functions.");
        return Err(Code::InvalidParameterValueException.error(message));
    }
    Ok(SnapStartResponse {
        apply_on: Some(apply_on),
        optimization_status: Some(SnapStartOptimizationStatus::Off),
    })
}

/// How a function logs: what is asked for, over what was so far.
pub(crate) fn logging(
    name: &str,
    old: Option<LoggingConfig>,
    wanted: LoggingConfig,
) -> Result<LoggingConfig, AwsError> {
    let old = old.unwrap_or_default();
    let format = wanted.log_format.or(old.log_format).unwrap_or(LogFormat::Text);
    let mut logging = LoggingConfig {
        log_group: wanted.log_group.or(old.log_group).or_else(|| Some(format!("/aws/lambda/{name}"))),
        ..LoggingConfig::default()
    };
    if format == LogFormat::Json {
        logging.application_log_level =
            wanted.application_log_level.or(old.application_log_level).or(Some(ApplicationLogLevel::Info));
        logging.system_log_level =
            wanted.system_log_level.or(old.system_log_level).or(Some(SystemLogLevel::Info));
    } else if wanted.application_log_level.is_some() || wanted.system_log_level.is_some() {
        let message = "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from your request \
                       or change the LogFormat to \"JSON\" and try again.";
        return Err(Code::InvalidParameterValueException.error(message));
    }
    logging.log_format = Some(format);
    Ok(logging)
}

pub(crate) fn environment(variables: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, AwsError> {
    const UNABLE: &str = "Lambda was unable to configure your environment variables because the environment variables you have provided";
    let refused = |text: String| Err(Code::InvalidParameterValueException.error(format!("{UNABLE} {text}")));
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
    if measured.len() > quotas::ENVIRONMENT {
        // AWS: all of it; here as much as tells what it is about.
        let shown = measured.get(..measured.floor_char_boundary(2 * quotas::ENVIRONMENT)).unwrap_or_default();
        return refused(format!("exceeded the 4KB limit. String measured: {shown}"));
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
        check("BIG", &"x".repeat(4087), Some("exceeded the 4KB limit. String measured: {\"BIG\":\"xxx"));
        check("BIG", &"x".repeat(4000), None);
        check("N", "a\0b", Some("not allowed"));
    }

    #[test]
    fn levels_come_and_go_with_json() {
        let wanted = |format: Option<LogFormat>, level: Option<ApplicationLogLevel>| LoggingConfig {
            log_format: format,
            application_log_level: level,
            ..LoggingConfig::default()
        };
        let json = logging("f", None, wanted(Some(LogFormat::Json), None)).expect("fits");
        assert_eq!(
            (json.application_log_level.clone(), json.system_log_level.clone(), json.log_group.as_deref()),
            (Some(ApplicationLogLevel::Info), Some(SystemLogLevel::Info), Some("/aws/lambda/f"))
        );
        let louder = logging("f", Some(json), wanted(None, Some(ApplicationLogLevel::Error))).expect("fits");
        assert_eq!(louder.application_log_level, Some(ApplicationLogLevel::Error));
        let text = logging("f", Some(louder), wanted(Some(LogFormat::Text), None)).expect("fits");
        assert_eq!((text.application_log_level, text.system_log_level), (None, None));
        let refused = logging("f", None, wanted(None, Some(ApplicationLogLevel::Debug)));
        assert_eq!(
            refused.map_err(|e| e.code().to_owned()),
            Err("InvalidParameterValueException".to_owned())
        );
    }

    #[test]
    fn dead_letters_go_to_a_queue_or_a_topic() {
        let taken = |arn: &str| {
            let kept = dead_letter(Some(DeadLetterConfig { target_arn: Some(arn.to_owned()) }));
            kept.map(|kept| kept.is_some()).map_err(|error| error.code().to_owned())
        };
        let refused = || Err("InvalidParameterValueException".to_owned());
        assert_eq!(taken("arn:aws:sqs:us-east-1:000000000000:q"), Ok(true));
        assert_eq!(taken("arn:aws:sns:us-east-1:000000000000:t"), Ok(true));
        assert_eq!(taken(""), Ok(false));
        assert_eq!(taken("arn:aws:lambda:us-east-1:000000000000:function:f"), refused());
        assert_eq!(taken("arn:aws:events:us-east-1:000000000000:event-bus/default"), refused());
        assert_eq!(taken("arn:aws:s3:::b"), refused());
    }

    #[test]
    fn roles_are_of_this_account() {
        let (context, _) = Context::for_test("/nowhere");
        let foreign = || "arn:aws:iam::111111111111:role/r".to_owned();
        assert!(role(&context, "arn:aws:iam::000000000000:role/r".into(), Origin::Request).is_ok());
        assert_eq!(role(&context, foreign(), Origin::Template("t")).ok(), Some(foreign()));
        let refused = role(&context, foreign(), Origin::Request);
        assert_eq!(refused.map_err(|e| e.code().to_owned()), Err("AccessDeniedException".to_owned()));
    }

    #[test]
    fn runtimes_that_never_were_are_told_from_those_that_ended() {
        for (name, words) in
            [("python2.7", "no longer supported"), ("PYTHON3.9", "Member must satisfy enum value set")]
        {
            assert!(runtime(Runtime::from(name)).is_err_and(|e| e.message().contains(words)), "{name}");
        }
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
