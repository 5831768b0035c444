//! Which properties each serverless type has, what each must be, and in which order AWS's transform looks at them.

use super::properties::Field;
use super::properties::Kind::{Any, Integer, List, ListOf, Map, MapOf, OneOf, Text, Truth, Word};
use super::properties::{may, must, passed};

/// The properties of `AWS::Serverless::Api`.
pub(super) const REST_API: &[Field] = &[
    may("Name", OneOf(&[Text, Map])),
    must("StageName", OneOf(&[Text, Map])),
    may("Tags", Map),
    may("PropagateTags", Truth),
    may("DefinitionBody", Map),
    may("DefinitionUri", OneOf(&[Text, Map])),
    may("MergeDefinitions", Truth).literal(),
    may("CacheClusterEnabled", Truth),
    may("CacheClusterSize", Text),
    may("Variables", Map),
    may("EndpointConfiguration", OneOf(&[Text, Map])),
    may("MethodSettings", List),
    may("BinaryMediaTypes", List),
    may("MinimumCompressionSize", Integer),
    may("Cors", OneOf(&[Text, Map])),
    may("Auth", Map),
    may("GatewayResponses", Map),
    may("AccessLogSetting", Map),
    may("CanarySetting", Map),
    may("TracingEnabled", Truth),
    may("OpenApiVersion", Text),
    may("Models", Map),
    may("Domain", Map),
    may("FailOnWarnings", Truth),
    may("Description", Text),
    may("Mode", Text),
    may("DisableExecuteApiEndpoint", Truth),
    may("ApiKeySourceType", Text),
    may("AlwaysDeploy", Truth).literal(),
    may("Policy", OneOf(&[Text, Map])),
    may("SecurityPolicy", Text),
    may("EndpointAccessMode", Text),
];

/// The properties of `AWS::Serverless::Application`.
pub(super) const APPLICATION: &[Field] = &[
    may("Location", OneOf(&[Text, Map])),
    may("TemplateUrl", Text),
    may("Parameters", Map),
    may("NotificationARNs", ListOf(&OneOf(&[Text, Map]))),
    may("Tags", Map),
    may("TimeoutInMinutes", Integer),
];

/// The properties of `AWS::Serverless::CapacityProvider`.
pub(super) const CAPACITY_PROVIDER: &[Field] = &[
    may("CapacityProviderName", OneOf(&[Text, Map])).literal(),
    must("VpcConfig", Map).literal(),
    may("OperatorRole", OneOf(&[Text, Map])).literal(),
    may("Tags", Map).literal(),
    may("PropagateTags", Truth).literal(),
    may("InstanceRequirements", Map).literal(),
    may("ScalingConfig", Map).literal(),
    may("KmsKeyArn", OneOf(&[Text, Map])).literal(),
    may("LoggingConfig", Map).literal(),
    may("ManagedResourceTags", Map).literal(),
];

/// The properties of `AWS::Serverless::Connector`.
pub(super) const CONNECTOR: &[Field] = &[
    must("Source", MapOf(&Any)),
    must("Destination", OneOf(&[MapOf(&Any), ListOf(&MapOf(&Any))])),
    must("Permissions", ListOf(&Text)),
];

/// The properties of `AWS::Serverless::Function`.
pub(super) const FUNCTION: &[Field] = &[
    may("FunctionName", OneOf(&[Text, Map])),
    passed("Handler"),
    passed("Runtime"),
    passed("CodeUri"),
    passed("ImageUri"),
    passed("PackageType"),
    passed("InlineCode"),
    may("DeadLetterQueue", Map),
    passed("Description"),
    passed("MemorySize"),
    passed("Timeout"),
    passed("VpcConfig"),
    may("Role", Text),
    may("AssumeRolePolicyDocument", Map),
    may("Policies", OneOf(&[Text, Map, ListOf(&OneOf(&[Text, Map]))])),
    passed("RolePath"),
    may("PermissionsBoundary", Text),
    may("Environment", MapOf(&Map)),
    may("Events", MapOf(&Map)),
    may("Tags", Map),
    may("PropagateTags", Truth),
    may("Tracing", OneOf(&[Map, Text])),
    passed("KmsKeyArn"),
    may("DeploymentPreference", Map),
    passed("ReservedConcurrentExecutions"),
    may("Layers", ListOf(&OneOf(&[Text, Map]))),
    may("EventInvokeConfig", Map),
    passed("EphemeralStorage"),
    may("AutoPublishAlias", OneOf(&[Text])),
    may("AutoPublishCodeSha256", OneOf(&[Text])),
    may("AutoPublishAliasAllProperties", Truth).literal(),
    passed("VersionDescription"),
    passed("ProvisionedConcurrencyConfig"),
    passed("FileSystemConfigs"),
    passed("ImageConfig"),
    passed("CodeSigningConfigArn"),
    passed("Architectures"),
    may("SnapStart", Map),
    may("FunctionUrlConfig", Map),
    passed("RuntimeManagementConfig"),
    passed("LoggingConfig"),
    passed("RecursiveLoop"),
    passed("SourceKMSKeyArn"),
    may("CapacityProviderConfig", Map),
    may("FunctionScalingConfig", Map),
    may("VersionDeletionPolicy", Word(&["Delete", "Retain"])),
    passed("PublishToLatestPublished"),
    passed("TenancyConfig"),
    may("DurableConfig", Map),
];

/// The properties of `AWS::Serverless::HttpApi`.
pub(super) const HTTP_API: &[Field] = &[
    passed("Name"),
    may("StageName", OneOf(&[Text, Map])),
    may("Tags", Map),
    may("PropagateTags", Truth),
    may("DefinitionBody", Map),
    may("DefinitionUri", OneOf(&[Text, Map])),
    may("StageVariables", Map),
    may("CorsConfiguration", OneOf(&[Truth, Map])),
    may("AccessLogSettings", Map),
    may("DefaultRouteSettings", Map),
    may("Auth", Map),
    may("RouteSettings", Map),
    may("Domain", Map),
    may("FailOnWarnings", Truth),
    may("Description", Text),
    may("DisableExecuteApiEndpoint", Truth),
];

/// The properties of `AWS::Serverless::LayerVersion`.
pub(super) const LAYER_VERSION: &[Field] = &[
    may("LayerName", OneOf(&[Text, Map])),
    may("Description", Text),
    may("PublishLambdaVersion", Truth),
    must("ContentUri", OneOf(&[Text, Map])),
    may("CompatibleArchitectures", ListOf(&OneOf(&[Text, Map]))),
    may("CompatibleRuntimes", ListOf(&OneOf(&[Text, Map]))),
    may("LicenseInfo", Text),
    may("RetentionPolicy", Text),
];

/// The properties of `AWS::Serverless::SimpleTable`.
pub(super) const SIMPLE_TABLE: &[Field] = &[
    passed("PointInTimeRecoverySpecification"),
    may("PrimaryKey", MapOf(&Text)),
    may("ProvisionedThroughput", MapOf(&OneOf(&[Integer, Map]))),
    may("TableName", OneOf(&[Text, Map])),
    may("Tags", Map),
    may("SSESpecification", Map),
];

/// The properties of `AWS::Serverless::StateMachine`.
pub(super) const STATE_MACHINE: &[Field] = &[
    may("Definition", Map),
    may("DefinitionUri", OneOf(&[Text, Map])),
    may("Logging", Map),
    may("Role", Text),
    passed("RolePath"),
    may("DefinitionSubstitutions", Map),
    may("Events", MapOf(&Map)),
    may("Name", Text),
    may("Type", Text),
    may("Tags", Map),
    may("PropagateTags", Truth),
    may("Policies", OneOf(&[Text, Map, ListOf(&OneOf(&[Text, Map]))])),
    may("Tracing", Map),
    may("PermissionsBoundary", Text),
    passed("AutoPublishAlias"),
    passed("DeploymentPreference"),
    may("UseAliasAsEventTarget", Truth).literal(),
];

/// The properties of a function's event `Api`.
pub(super) const REST_EVENT: &[Field] = &[
    must("Path", Text),
    must("Method", Text),
    must("RestApiId", Text),
    may("Stage", Text),
    may("Auth", Map),
    may("RequestModel", Map),
    may("RequestParameters", List),
    may("TimeoutInMillis", Integer),
    may("ResponseTransferMode", Text),
];

/// The properties of a function's event `HttpApi`.
pub(super) const HTTP_EVENT: &[Field] = &[
    may("Path", Text),
    may("Method", Text),
    may("ApiId", Text),
    may("Stage", Text),
    may("Auth", Map),
    may("TimeoutInMillis", Integer),
    may("RouteSettings", Map),
    may("PayloadFormatVersion", Text),
];

/// The properties of a state machine's event `Api`.
pub(super) const MACHINE_EVENT: &[Field] = &[
    must("Path", Text),
    must("Method", Text),
    must("RestApiId", Text),
    may("Stage", Text),
    may("Auth", Map),
    may("UnescapeMappingTemplate", Truth).literal(),
];

/// The properties of `AWS::Serverless::WebSocketApi`.
pub(super) const WEBSOCKET_API: &[Field] = &[
    may("ApiKeySelectionExpression", Text),
    may("AccessLogSettings", Map),
    may("Auth", Map),
    may("DefaultRouteSettings", Map),
    may("Description", Text),
    may("DisableExecuteApiEndpoint", Truth),
    may("Domain", Map),
    may("DisableSchemaValidation", Truth),
    may("FailOnWarnings", Truth),
    may("IpAddressType", Text),
    may("Name", Text),
    may("PropagateTags", Truth),
    must("Routes", Map),
    may("RouteSettings", Map),
    must("RouteSelectionExpression", Text),
    may("StageName", OneOf(&[Text, Map])),
    may("StageVariables", Map),
    may("Tags", Map),
];

/// The properties of `AWS::Serverless::GraphQLApi`.
// LIMIT: AWS ignores other properties of this type; they are refused here, for they would do nothing.
pub(super) const GRAPHQL_API: &[Field] = &[
    passed("Name"),
    may("Tags", Map).literal(),
    passed("XrayEnabled"),
    must("Auth", Map).literal(),
    may("SchemaInline", Text).literal(),
    may("SchemaUri", Text).literal(),
    may("Logging", OneOf(&[Map, Truth])).literal(),
    may("DataSources", Map).literal(),
    may("Functions", Map).literal(),
    may("Resolvers", Map).literal(),
    may("ApiKeys", Map).literal(),
    may("DomainName", Map).literal(),
    may("Cache", Map).literal(),
    passed("Visibility"),
    passed("OwnerContact"),
    passed("IntrospectionConfig"),
    passed("QueryDepthLimit"),
    passed("ResolverCountLimit"),
];
