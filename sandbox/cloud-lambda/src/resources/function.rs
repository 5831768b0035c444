//! `AWS::Lambda::Function`.

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::properties::{Managed, differ, input, read, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::durable::RETENTION;
use crate::names::{FunctionName, function_arn};
use crate::ops::{self, Origin, idle};
use crate::packages::zip_of;
use crate::quotas;
use crate::shapes::{
    self, CreateFunctionRequest, DeleteFunctionRequest, RecursiveLoop, UpdateFunctionCodeRequest,
    UpdateFunctionConfigurationRequest,
};

/// Properties that are no part of CreateFunction's and UpdateFunctionConfiguration's input under that name, or that a
/// request is refused with and a template told that they change nothing.
const ELSEWHERE: &[&str] = &[
    "Tags",
    "ReservedConcurrentExecutions",
    "RuntimeManagementConfig",
    "RecursiveLoop",
    "Policy",
    "VpcConfig",
    "KmsKeyArn",
];

/// What goes into UpdateFunctionCode.
const CODE: &[&str] = &["Code", "Architectures"];

/// What UpdateFunctionConfiguration does not take of what CreateFunction does.
const OTHERWISE: &[&str] = &["Code", "Architectures", "CodeSigningConfigArn"];

pub(super) struct FunctionProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for FunctionProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::Function"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "Architectures",
            "CapacityProviderConfig",
            "Code",
            "CodeSigningConfigArn",
            "DeadLetterConfig",
            "Description",
            "DurableConfig",
            "Environment",
            "EphemeralStorage",
            "FileSystemConfigs",
            "FunctionName",
            "FunctionScalingConfig",
            "Handler",
            "ImageConfig",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "PackageType",
            "PublishToLatestPublished",
            "RecursiveLoop",
            "ReservedConcurrentExecutions",
            "Role",
            "Runtime",
            "RuntimeManagementConfig",
            "Tags",
            "TenancyConfig",
            "Timeout",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::of_property(property, value)
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        idle::of_values(self.0.context(), properties)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name =
            request.text("FunctionName").map_or_else(|| request.generated_name(quotas::NAME), str::to_owned);
        check_supported(&request.properties)?;
        let mut properties = without(&request.properties, ELSEWHERE);
        set(&mut properties, "FunctionName", json!(name));
        pack_inline_code(&mut properties)?;
        let mut wanted: CreateFunctionRequest = input(&properties)?;
        wanted.tags = Some(request.all_tags());
        let caller = request.on_behalf(self.0.context());
        ops::create(&self.0, &caller, wanted, Origin::Template(&request.token)).await?;
        self.finish(&name, request).await
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        check_supported(&request.properties)?;
        // AWS: a function is durable from the beginning or not at all.
        if old.get("DurableConfig").is_some() != request.properties.get("DurableConfig").is_some() {
            return Ok(Updated::ReplacementRequired);
        }
        let caller = request.on_behalf(self.0.context());
        // Before the code, which it is asked about.
        let signing = request.text("CodeSigningConfigArn").filter(|arn| !arn.is_empty());
        ops::set_code_signing(&self.0, physical_id, signing.map(str::to_owned)).await?;
        if differ(old, &request.properties, CODE) {
            ops::update_function_code(&self.0, &caller, code_of(physical_id, &request.properties)?).await?;
            self.0.versions().settled(physical_id).await;
        }
        let configured = |properties: &Value| without(&without(properties, ELSEWHERE), OTHERWISE);
        if configured(old) != configured(&request.properties) {
            let wanted = configuration_of(physical_id, old, &request.properties)?;
            ops::reconfigure(&self.0, &caller, wanted, Origin::Template(&request.token)).await?;
        }
        ops::replace_tags(&self.0, physical_id, request.all_tags()).await?;
        Ok(Updated::InPlace(self.finish(physical_id, request).await?))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let gone = DeleteFunctionRequest { function_name: physical_id.to_owned(), qualifier: None };
        match ops::delete_function(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

impl FunctionProvider {
    /// Sets what has an operation of its own, and waits until the function answers.
    async fn finish(&self, name: &str, request: &ResourceRequest) -> Result<Created, AwsError> {
        let apart: Apart = read(&request.properties)?;
        ops::set_concurrency(&self.0, name, apart.reserved_concurrent_executions).await?;
        ops::set_recursion(&self.0, name, apart.recursive_loop == Some(RecursiveLoop::Allow)).await?;
        let managed = apart.runtime_management_config.unwrap_or_default();
        let latest = FunctionName { name: name.to_owned(), qualifier: None };
        ops::manage_runtime(&self.0, &latest, managed.into(), Origin::Template(&request.token)).await?;
        self.0.versions().settled(name).await;
        let arn = function_arn(self.0.context(), name).to_string();
        Ok(Created::new(name, [("Arn", json!(arn))]))
    }
}

/// What has operations of its own.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Apart {
    reserved_concurrent_executions: Option<i32>,
    recursive_loop: Option<RecursiveLoop>,
    runtime_management_config: Option<Managed>,
}

fn code_of(name: &str, properties: &Value) -> Result<UpdateFunctionCodeRequest, AwsError> {
    let mut properties = properties.clone();
    pack_inline_code(&mut properties)?;
    let mut code = properties.get("Code").cloned().unwrap_or_else(|| json!({}));
    set(&mut code, "FunctionName", json!(name));
    if let Some(architectures) = properties.get("Architectures") {
        set(&mut code, "Architectures", architectures.clone());
    }
    input(&code)
}

/// A property that the template no longer has goes back to its default.
fn configuration_of(
    name: &str,
    old: &Value,
    new: &Value,
) -> Result<UpdateFunctionConfigurationRequest, AwsError> {
    let mut wanted = without(&without(new, ELSEWHERE), OTHERWISE);
    set(&mut wanted, "FunctionName", json!(name));
    let defaults = [
        ("MemorySize", json!(128)),
        ("Timeout", json!(3)),
        ("Description", json!("")),
        ("Environment", json!({ "Variables": {} })),
        ("Layers", json!([])),
        ("DeadLetterConfig", json!({ "TargetArn": "" })),
        ("EphemeralStorage", json!({ "Size": 512 })),
        ("TracingConfig", json!({ "Mode": "PassThrough" })),
        ("SnapStart", json!({ "ApplyOn": "None" })),
        ("LoggingConfig", json!({})),
    ];
    if let Some(durable) = wanted.get_mut("DurableConfig")
        && durable.get("RetentionPeriodInDays").is_none()
    {
        set(durable, "RetentionPeriodInDays", json!(RETENTION));
    }
    for (property, default) in defaults {
        if old.get(property).is_some() && new.get(property).is_none() {
            set(&mut wanted, property, default);
        }
    }
    input(&wanted)
}

/// AWS: `Code.ZipFile` of a template is source text, put into a file named `index`.
fn pack_inline_code(properties: &mut Value) -> Result<(), AwsError> {
    let runtime = properties.get("Runtime").and_then(Value::as_str).unwrap_or_default();
    let file = if runtime.starts_with("python") { "index.py" } else { "index.js" };
    let Some(code) = properties.get_mut("Code") else { return Ok(()) };
    if let Some(text) = code.get("ZipFile").and_then(Value::as_str) {
        let zip = zip_of(&[(file, text.as_bytes())]).map_err(AwsError::internal)?;
        set(code, "ZipFile", json!(BASE64_STANDARD.encode(zip)));
    }
    Ok(())
}

/// Fails on properties without which a function would be another than was asked for.
// LIMIT: no scaling of instances, and no policy but by permissions.
fn check_supported(properties: &Value) -> Result<(), AwsError> {
    let present = |name: &&str| properties.get(*name).is_some();
    match ["FunctionScalingConfig", "Policy", "PublishToLatestPublished"].into_iter().find(present) {
        None => Ok(()),
        Some(name) => Err(shapes::Code::InvalidParameterValueException
            .error(format!("The property {name} is not supported here. Leave it out."))),
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
