//! CreateFunction.

use bytes::Bytes;
use cloud_core::budget::{Reservation, Source};
use cloud_core::event::Change;
use cloud_core::{AwsError, Caller, Context, OnBehalf, constraint};

use super::{Origin, describe, expect_signed, idle};
use crate::Lambda;
use crate::destinations::check_dead_letters;
use crate::lambda::Kept;
use crate::leave;
use crate::limits;
use crate::names::{FunctionName, LATEST};
use crate::packages::{code_sha256, too_large};
use crate::quotas;
use crate::ready_versions::Pending;
use crate::shapes::{
    Architecture, Code, CreateFunctionRequest, EnvironmentResponse, EphemeralStorage, FunctionCode,
    FunctionConfiguration, PackageType, TracingConfigResponse, TracingMode,
};
use crate::state::{Function, Package};

pub(crate) async fn create_function(
    service: &Lambda,
    caller: &Caller,
    input: CreateFunctionRequest,
) -> Result<FunctionConfiguration, AwsError> {
    let mut idle = idle::of_request(input.tracing_config.as_ref(), input.snap_start.as_ref());
    let answer = create(service, caller, input, Origin::Request).await?;
    idle.extend(idle::of_layers(service, &answer).await);
    cloud_wire::response_headers::without_effect(&idle);
    Ok(answer)
}

/// Creates a function. One that the same step of a template made before is the answer once more.
pub(crate) async fn create(
    service: &Lambda,
    caller: &Caller,
    mut input: CreateFunctionRequest,
    origin: Origin<'_>,
) -> Result<FunctionConfiguration, AwsError> {
    let name = new_name(service, &input.function_name)?;
    let maker = origin.maker();
    if let Some(existing) = service.records().get(&name) {
        maker.repeats(Some(&existing.made_by), || exists(&name))?;
        return Ok(describe(service, &existing, &existing.latest, None));
    }
    super::refused::of_create(&input)?;
    super::check_tags(input.tags.as_ref())?;
    if input.package_type == Some(PackageType::Image) && input.code.image_uri.is_none() {
        let message = "Please provide ImageUri when creating a function with packageType Image.";
        return Err(Code::InvalidParameterValueException.error(message));
    }
    let code_signing = input.code_signing_config_arn.take().filter(|arn| !arn.is_empty());
    expect_signed(service, &name, code_signing.as_deref())?;
    let layers = service.lay(caller, &name, &input.layers.take().unwrap_or_default()).await?;
    let kept = take_package(service, caller, &name, std::mem::take(&mut input.code)).await?;
    layers.expect_room(kept.unpacked().size())?;
    let package = kept.package.clone();
    let tags = input.tags.take().unwrap_or_default();
    let publish = input.publish == Some(true);
    let configuration = configuration(service, &name, input, &package, origin)?;
    expect_role(service.context(), &name, &configuration).await?;
    let mut function = Function::new(name.clone(), configuration, package, &service.stamp());
    if let Some(runtime) = &function.latest.configuration.runtime {
        service.versions().expect_runtime(runtime.as_str(), kept.unpacked().folder()).await?;
    }
    function.tags = tags;
    function.made_by = maker;
    function.latest.layers.clone_from(&layers.laid);
    function.code_signing = code_signing;
    let published = publish.then(|| function.publish(None, service.revisions()));
    let add = |existing: Option<&Function>| match existing {
        Some(_) => Err(exists(&name)),
        None => Ok((Some(function), published)),
    };
    let owner = service.clone();
    let answer = service.records().change_then(&name, add, move |made, published| {
        let made = made?;
        owner.begin(&made, Pending::Creating, published.as_deref());
        let mut answer = describe(&owner, &made, &made.latest, None);
        owner.announce(&made.name, Change::Created);
        owner.make_ready(made, Vec::new(), Some(kept.unpacked()));
        if let Some(version) = published {
            answer.version.clone_from(&version.configuration.version);
        }
        Some(answer)
    });
    answer.await?.ok_or_else(|| exists(&name))
}

/// Fails where Lambda may not become the role, or the role may not send dead letters.
async fn expect_role(
    context: &Context,
    name: &str,
    configuration: &FunctionConfiguration,
) -> Result<(), AwsError> {
    let role = configuration.role.as_deref();
    leave::expect_trust(context, role.unwrap_or_default(), name).await?;
    match configuration.dead_letter_config.as_ref().and_then(|config| config.target_arn.as_deref()) {
        Some(target) => check_dead_letters(context, name, role, target).await,
        None => Ok(()),
    }
}

fn exists(name: &str) -> AwsError {
    Code::ResourceConflictException.error(format!("Function already exist: {name}"))
}

// AWS: "The length constraint applies only to the full ARN. If you specify only the function name, it is limited to 64
// characters in length."
fn new_name(service: &Lambda, text: &str) -> Result<String, AwsError> {
    let name = FunctionName::unqualified(service.context(), text)?;
    if name.len() <= quotas::NAME {
        return Ok(name);
    }
    // AWS: not the code that broken constraints have elsewhere.
    let code = Code::InvalidParameterValueException.as_str();
    let longest = format!("Member must have length less than or equal to {}", quotas::NAME);
    Err(constraint::broken(code, &name, "functionName", &longest).with("Type", "User"))
}

/// Gets the code, checks it and keeps it.
pub(crate) async fn take_package(
    service: &Lambda,
    caller: &Caller,
    name: &str,
    code: FunctionCode,
) -> Result<Kept, AwsError> {
    let invalid = |text: &str| Code::InvalidParameterValueException.error(text);
    // LIMIT: functions from container images need an engine that runs them.
    if code.image_uri.is_some() {
        return Err(invalid("Functions of package type Image cannot be made here. Use package type Zip."));
    }
    let mut _memory = None;
    let zip = match (code.zip_file, code.s3_bucket, code.s3_key) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            return Err(invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile.",
            ));
        }
        (Some(zip), None, None) => direct(zip)?,
        (None, Some(bucket), Some(key)) => {
            let version = code.s3_object_version.as_deref();
            let (zip, memory) = from_bucket(service, caller, name, (&bucket, &key, version)).await?;
            _memory = Some(memory);
            zip
        }
        _ => return Err(invalid("Please provide a source for function code.")),
    };
    service.keep_package(zip).await
}

fn direct(zip: Bytes) -> Result<Bytes, AwsError> {
    if zip.len() <= quotas::ZIPPED {
        return Ok(zip);
    }
    let message = format!("Zipped size must be smaller than {} bytes", quotas::ZIPPED);
    Err(AwsError::new("RequestEntityTooLargeException", message).status(413))
}

/// The object, and the memory that it takes.
async fn from_bucket(
    service: &Lambda,
    caller: &Caller,
    name: &str,
    (bucket, key, version): (&str, &str, Option<&str>),
) -> Result<(Bytes, Reservation), AwsError> {
    let objects = service.context().peers().objects();
    let objects = objects.ok_or_else(|| AwsError::internal("this cloud keeps no objects"))?;
    let failed = |error: AwsError| {
        if error.code() == "AccessDenied" {
            // AWS: whoever has a function made of an object must be let to that.
            let message = error.message();
            return AwsError::access_denied(format!(
                "Your access has been denied by S3, please make sure your request credentials have permission to GetObject \
                 for {bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: {message}"
            ));
        }
        Code::InvalidParameterValueException.error(format!(
            "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}",
            error.code(),
            error.message()
        ))
    };
    let reader = OnBehalf { caller, service: "lambda.amazonaws.com" };
    let head = objects.head(reader, bucket, key, version).await.map_err(failed)?;
    if head.region != service.context().region().as_str() {
        // AWS: a function's code comes from a bucket of its own region.
        let message = format!(
            "The bucket is in this region: {}. Please use this region to retry the request",
            head.region
        );
        return Err(failed(AwsError::new("PermanentRedirect", message)));
    }
    // A zip file of more cannot unpack to less.
    if head.size > quotas::UNZIPPED {
        return Err(too_large());
    }
    let memory = service.context().memory().reserve(&Source::named("function", name), head.size)?;
    Ok((objects.get(reader, bucket, key, version).await.map_err(failed)?, memory))
}

fn configuration(
    service: &Lambda,
    name: &str,
    input: CreateFunctionRequest,
    package: &Package,
    origin: Origin<'_>,
) -> Result<FunctionConfiguration, AwsError> {
    let (Some(runtime), Some(handler)) = (input.runtime, input.handler) else {
        return Err(Code::InvalidParameterValueException.error(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    };
    let variables = input.environment.and_then(|environment| environment.variables);
    let environment = variables
        .map(limits::environment)
        .transpose()?
        .map(|variables| EnvironmentResponse { variables: Some(variables), error: None });
    let runtime = limits::runtime(runtime)?;
    let snap_start = limits::snap_start(input.snap_start.unwrap_or_default(), runtime.as_str())?;
    Ok(FunctionConfiguration {
        runtime_version_config: Some(limits::runtime_version(service.context(), runtime.as_str())),
        runtime: Some(runtime),
        role: Some(limits::role(service.context(), input.role, origin)?),
        handler: Some(handler),
        code_size: Some(package.size as i64),
        code_sha256: Some(code_sha256(&package.hash)),
        description: Some(input.description.unwrap_or_default()),
        timeout: Some(limits::timeout(input.timeout.unwrap_or(limits::DEFAULT_TIMEOUT))?),
        memory_size: Some(limits::memory(input.memory_size.unwrap_or(limits::DEFAULT_MEMORY))?),
        version: Some(LATEST.to_owned()),
        dead_letter_config: limits::dead_letter(input.dead_letter_config)?,
        vpc_config: input.vpc_config.map(|_| limits::no_network()),
        environment,
        tracing_config: Some(TracingConfigResponse {
            mode: Some(
                input.tracing_config.and_then(|tracing| tracing.mode).unwrap_or(TracingMode::PassThrough),
            ),
        }),
        package_type: Some(input.package_type.unwrap_or(PackageType::Zip)),
        architectures: Some(input.architectures.unwrap_or_else(|| vec![Architecture::X8664])),
        ephemeral_storage: Some(
            input.ephemeral_storage.unwrap_or(EphemeralStorage { size: limits::DEFAULT_STORAGE }),
        ),
        snap_start: Some(snap_start),
        logging_config: Some(limits::logging(name, None, input.logging_config.unwrap_or_default())?),
        durable_config: input.durable_config.as_ref().map(limits::durable).transpose()?,
        ..FunctionConfiguration::default()
    })
}
