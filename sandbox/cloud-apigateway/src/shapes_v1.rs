//! Shapes of the model `apigateway` (2015-07-09). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the model, whose documentation is AWS's"
)]

use std::collections::BTreeMap;

use cloud_wire::{Member, Schema, ServiceModel};

pub static BLOB: Schema = Schema::blob("Blob");
pub static BOOLEAN: Schema = Schema::boolean("Boolean");
pub static DOUBLE: Schema = Schema::float("Double");
pub static INTEGER: Schema = Schema::integer("Integer");
pub static LIST_OF_DEPLOYMENT: Schema = Schema::list("ListOfDeployment", &DEPLOYMENT);
pub static LIST_OF_ENDPOINT_TYPE: Schema = Schema::list("ListOfEndpointType", &ENDPOINT_TYPE);
pub static LIST_OF_PATCH_OPERATION: Schema = Schema::list("ListOfPatchOperation", &PATCH_OPERATION);
pub static LIST_OF_RESOURCE: Schema = Schema::list("ListOfResource", &RESOURCE);
pub static LIST_OF_REST_API: Schema = Schema::list("ListOfRestApi", &REST_API);
pub static LIST_OF_STAGE: Schema = Schema::list("ListOfStage", &STAGE);
pub static LIST_OF_STRING: Schema = Schema::list("ListOfString", &STRING);
pub static MAP_OF_INTEGRATION_RESPONSE: Schema =
    Schema::map("MapOfIntegrationResponse", &STRING, &INTEGRATION_RESPONSE);
pub static MAP_OF_METHOD: Schema = Schema::map("MapOfMethod", &STRING, &METHOD);
pub static MAP_OF_METHOD_RESPONSE: Schema = Schema::map("MapOfMethodResponse", &STRING, &METHOD_RESPONSE);
pub static MAP_OF_METHOD_SETTINGS: Schema = Schema::map("MapOfMethodSettings", &STRING, &METHOD_SETTING);
pub static MAP_OF_METHOD_SNAPSHOT: Schema = Schema::map("MapOfMethodSnapshot", &STRING, &METHOD_SNAPSHOT);
pub static MAP_OF_STRING_TO_BOOLEAN: Schema = Schema::map("MapOfStringToBoolean", &STRING, &NULLABLE_BOOLEAN);
pub static MAP_OF_STRING_TO_STRING: Schema = Schema::map("MapOfStringToString", &STRING, &STRING);
pub static NULLABLE_BOOLEAN: Schema = Schema::boolean("NullableBoolean");
pub static NULLABLE_INTEGER: Schema = Schema::integer("NullableInteger");
pub static PATH_TO_MAP_OF_METHOD_SNAPSHOT: Schema =
    Schema::map("PathToMapOfMethodSnapshot", &STRING, &MAP_OF_METHOD_SNAPSHOT);
pub static STATUS_CODE: Schema = Schema::string("StatusCode").pattern("[1-5]\\d\\d");
pub static STRING: Schema = Schema::string("String");
pub static TIMESTAMP: Schema = Schema::timestamp("Timestamp");

cloud_wire::enumeration! {
    pub enum ApiKeySourceType as API_KEY_SOURCE_TYPE {
        Header = "HEADER",
        Authorizer = "AUTHORIZER",
    }
    pub enum ApiStatus as API_STATUS {
        Updating = "UPDATING",
        Available = "AVAILABLE",
        Pending = "PENDING",
        Failed = "FAILED",
    }
    pub enum CacheClusterSize as CACHE_CLUSTER_SIZE {
        V05 = "0.5",
        V16 = "1.6",
        V61 = "6.1",
        V135 = "13.5",
        V284 = "28.4",
        V582 = "58.2",
        V118 = "118",
        V237 = "237",
    }
    pub enum CacheClusterStatus as CACHE_CLUSTER_STATUS {
        CreateInProgress = "CREATE_IN_PROGRESS",
        Available = "AVAILABLE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        NotAvailable = "NOT_AVAILABLE",
        FlushInProgress = "FLUSH_IN_PROGRESS",
    }
    pub enum ConnectionType as CONNECTION_TYPE {
        Internet = "INTERNET",
        VpcLink = "VPC_LINK",
    }
    pub enum ContentHandlingStrategy as CONTENT_HANDLING_STRATEGY {
        ConvertToBinary = "CONVERT_TO_BINARY",
        ConvertToText = "CONVERT_TO_TEXT",
    }
    pub enum EndpointAccessMode as ENDPOINT_ACCESS_MODE {
        Basic = "BASIC",
        Strict = "STRICT",
    }
    pub enum EndpointType as ENDPOINT_TYPE {
        Regional = "REGIONAL",
        Edge = "EDGE",
        Private = "PRIVATE",
    }
    pub enum IntegrationType as INTEGRATION_TYPE {
        Http = "HTTP",
        Mock = "MOCK",
        AwsProxy = "AWS_PROXY",
        HttpProxy = "HTTP_PROXY",
        Aws = "AWS",
    }
    pub enum IpAddressType as IP_ADDRESS_TYPE {
        Ipv4 = "ipv4",
        Dualstack = "dualstack",
    }
    pub enum Op as OP {
        Add = "add",
        Remove = "remove",
        Move = "move",
        Test = "test",
        Replace = "replace",
        Copy = "copy",
    }
    pub enum PutMode as PUT_MODE {
        Merge = "merge",
        Overwrite = "overwrite",
    }
    pub enum ResponseTransferMode as RESPONSE_TRANSFER_MODE {
        Buffered = "BUFFERED",
        Stream = "STREAM",
    }
    pub enum SecurityPolicy as SECURITY_POLICY {
        Tls10 = "TLS_1_0",
        Tls12 = "TLS_1_2",
        SecurityPolicyTLS1313202509 = "SecurityPolicy_TLS13_1_3_2025_09",
        SecurityPolicyTLS1313FIPS202509 = "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
        SecurityPolicyTLS1312PFSPQ202509 = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        SecurityPolicyTLS1312FIPSPQ202509 = "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
        SecurityPolicyTLS1312FIPSPFSPQ202509 = "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
        SecurityPolicyTLS1312PQ202509 = "SecurityPolicy_TLS13_1_2_PQ_2025_09",
        SecurityPolicyTLS1312202106 = "SecurityPolicy_TLS13_1_2_2021_06",
        SecurityPolicyTLS132025EDGE = "SecurityPolicy_TLS13_2025_EDGE",
        SecurityPolicyTLS12PFS2025EDGE = "SecurityPolicy_TLS12_PFS_2025_EDGE",
        SecurityPolicyTLS122018EDGE = "SecurityPolicy_TLS12_2018_EDGE",
    }
    pub enum UnauthorizedCacheControlHeaderStrategy as UNAUTHORIZED_CACHE_CONTROL_HEADER_STRATEGY {
        FailWith403 = "FAIL_WITH_403",
        SucceedWithResponseHeader = "SUCCEED_WITH_RESPONSE_HEADER",
        SucceedWithoutResponseHeader = "SUCCEED_WITHOUT_RESPONSE_HEADER",
    }
}

cloud_wire::structure! {
    pub struct AccessLogSettings as ACCESS_LOG_SETTINGS {
        format: Option<String> = Member::new("format", &STRING),
        destination_arn: Option<String> = Member::new("destinationArn", &STRING),
    }
    pub struct CanarySettings as CANARY_SETTINGS {
        percent_traffic: Option<f64> = Member::new("percentTraffic", &DOUBLE),
        deployment_id: Option<String> = Member::new("deploymentId", &STRING),
        stage_variable_overrides: Option<BTreeMap<String, String>> = Member::new("stageVariableOverrides", &MAP_OF_STRING_TO_STRING),
        use_stage_cache: Option<bool> = Member::new("useStageCache", &BOOLEAN),
    }
    pub struct CreateDeploymentRequest as CREATE_DEPLOYMENT_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        stage_name: Option<String> = Member::new("stageName", &STRING),
        stage_description: Option<String> = Member::new("stageDescription", &STRING),
        description: Option<String> = Member::new("description", &STRING),
        cache_cluster_enabled: Option<bool> = Member::new("cacheClusterEnabled", &NULLABLE_BOOLEAN),
        cache_cluster_size: Option<CacheClusterSize> = Member::new("cacheClusterSize", &CACHE_CLUSTER_SIZE),
        variables: Option<BTreeMap<String, String>> = Member::new("variables", &MAP_OF_STRING_TO_STRING),
        canary_settings: Option<DeploymentCanarySettings> = Member::new("canarySettings", &DEPLOYMENT_CANARY_SETTINGS),
        tracing_enabled: Option<bool> = Member::new("tracingEnabled", &NULLABLE_BOOLEAN),
    }
    pub struct CreateResourceRequest as CREATE_RESOURCE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        parent_id: String = Member::new("parentId", &STRING).uri("parent_id").required(),
        path_part: String = Member::new("pathPart", &STRING).required(),
    }
    pub struct CreateRestApiRequest as CREATE_REST_API_REQUEST {
        name: String = Member::new("name", &STRING).required(),
        description: Option<String> = Member::new("description", &STRING),
        version: Option<String> = Member::new("version", &STRING),
        clone_from: Option<String> = Member::new("cloneFrom", &STRING),
        binary_media_types: Option<Vec<String>> = Member::new("binaryMediaTypes", &LIST_OF_STRING),
        minimum_compression_size: Option<i32> = Member::new("minimumCompressionSize", &NULLABLE_INTEGER),
        api_key_source: Option<ApiKeySourceType> = Member::new("apiKeySource", &API_KEY_SOURCE_TYPE),
        endpoint_configuration: Option<EndpointConfiguration> = Member::new("endpointConfiguration", &ENDPOINT_CONFIGURATION),
        policy: Option<String> = Member::new("policy", &STRING),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &MAP_OF_STRING_TO_STRING),
        disable_execute_api_endpoint: Option<bool> = Member::new("disableExecuteApiEndpoint", &BOOLEAN),
        security_policy: Option<SecurityPolicy> = Member::new("securityPolicy", &SECURITY_POLICY),
        endpoint_access_mode: Option<EndpointAccessMode> = Member::new("endpointAccessMode", &ENDPOINT_ACCESS_MODE),
    }
    pub struct CreateStageRequest as CREATE_STAGE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        stage_name: String = Member::new("stageName", &STRING).required(),
        deployment_id: String = Member::new("deploymentId", &STRING).required(),
        description: Option<String> = Member::new("description", &STRING),
        cache_cluster_enabled: Option<bool> = Member::new("cacheClusterEnabled", &BOOLEAN),
        cache_cluster_size: Option<CacheClusterSize> = Member::new("cacheClusterSize", &CACHE_CLUSTER_SIZE),
        variables: Option<BTreeMap<String, String>> = Member::new("variables", &MAP_OF_STRING_TO_STRING),
        documentation_version: Option<String> = Member::new("documentationVersion", &STRING),
        canary_settings: Option<CanarySettings> = Member::new("canarySettings", &CANARY_SETTINGS),
        tracing_enabled: Option<bool> = Member::new("tracingEnabled", &BOOLEAN),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &MAP_OF_STRING_TO_STRING),
    }
    pub struct DeleteDeploymentRequest as DELETE_DEPLOYMENT_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        deployment_id: String = Member::new("deploymentId", &STRING).uri("deployment_id").required(),
    }
    pub struct DeleteIntegrationRequest as DELETE_INTEGRATION_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
    }
    pub struct DeleteIntegrationResponseRequest as DELETE_INTEGRATION_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
    }
    pub struct DeleteMethodRequest as DELETE_METHOD_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
    }
    pub struct DeleteMethodResponseRequest as DELETE_METHOD_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
    }
    pub struct DeleteResourceRequest as DELETE_RESOURCE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
    }
    pub struct DeleteRestApiRequest as DELETE_REST_API_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
    }
    pub struct DeleteStageRequest as DELETE_STAGE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        stage_name: String = Member::new("stageName", &STRING).uri("stage_name").required(),
    }
    pub struct Deployment as DEPLOYMENT {
        id: Option<String> = Member::new("id", &STRING),
        description: Option<String> = Member::new("description", &STRING),
        created_date: Option<jiff::Timestamp> = Member::new("createdDate", &TIMESTAMP),
        api_summary: Option<BTreeMap<String, BTreeMap<String, MethodSnapshot>>> = Member::new("apiSummary", &PATH_TO_MAP_OF_METHOD_SNAPSHOT),
    }
    pub struct DeploymentCanarySettings as DEPLOYMENT_CANARY_SETTINGS {
        percent_traffic: Option<f64> = Member::new("percentTraffic", &DOUBLE),
        stage_variable_overrides: Option<BTreeMap<String, String>> = Member::new("stageVariableOverrides", &MAP_OF_STRING_TO_STRING),
        use_stage_cache: Option<bool> = Member::new("useStageCache", &BOOLEAN),
    }
    pub struct Deployments as DEPLOYMENTS {
        position: Option<String> = Member::new("position", &STRING),
        items: Option<Vec<Deployment>> = Member::new("items", &LIST_OF_DEPLOYMENT).wire("item"),
    }
    pub struct EndpointConfiguration as ENDPOINT_CONFIGURATION {
        types: Option<Vec<EndpointType>> = Member::new("types", &LIST_OF_ENDPOINT_TYPE),
        ip_address_type: Option<IpAddressType> = Member::new("ipAddressType", &IP_ADDRESS_TYPE),
        vpc_endpoint_ids: Option<Vec<String>> = Member::new("vpcEndpointIds", &LIST_OF_STRING),
    }
    pub struct GetDeploymentRequest as GET_DEPLOYMENT_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        deployment_id: String = Member::new("deploymentId", &STRING).uri("deployment_id").required(),
        embed: Option<Vec<String>> = Member::new("embed", &LIST_OF_STRING).query("embed"),
    }
    pub struct GetDeploymentsRequest as GET_DEPLOYMENTS_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        position: Option<String> = Member::new("position", &STRING).query("position"),
        limit: Option<i32> = Member::new("limit", &NULLABLE_INTEGER).query("limit"),
    }
    pub struct GetIntegrationRequest as GET_INTEGRATION_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
    }
    pub struct GetIntegrationResponseRequest as GET_INTEGRATION_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
    }
    pub struct GetMethodRequest as GET_METHOD_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
    }
    pub struct GetMethodResponseRequest as GET_METHOD_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
    }
    pub struct GetResourceRequest as GET_RESOURCE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        embed: Option<Vec<String>> = Member::new("embed", &LIST_OF_STRING).query("embed"),
    }
    pub struct GetResourcesRequest as GET_RESOURCES_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        position: Option<String> = Member::new("position", &STRING).query("position"),
        limit: Option<i32> = Member::new("limit", &NULLABLE_INTEGER).query("limit"),
        embed: Option<Vec<String>> = Member::new("embed", &LIST_OF_STRING).query("embed"),
    }
    pub struct GetRestApiRequest as GET_REST_API_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
    }
    pub struct GetRestApisRequest as GET_REST_APIS_REQUEST {
        position: Option<String> = Member::new("position", &STRING).query("position"),
        limit: Option<i32> = Member::new("limit", &NULLABLE_INTEGER).query("limit"),
    }
    pub struct GetStageRequest as GET_STAGE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        stage_name: String = Member::new("stageName", &STRING).uri("stage_name").required(),
    }
    pub struct GetStagesRequest as GET_STAGES_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        deployment_id: Option<String> = Member::new("deploymentId", &STRING).query("deploymentId"),
    }
    pub struct GetTagsRequest as GET_TAGS_REQUEST {
        resource_arn: String = Member::new("resourceArn", &STRING).uri("resource_arn").required(),
        position: Option<String> = Member::new("position", &STRING).query("position"),
        limit: Option<i32> = Member::new("limit", &NULLABLE_INTEGER).query("limit"),
    }
    pub struct ImportRestApiRequest as IMPORT_REST_API_REQUEST {
        fail_on_warnings: Option<bool> = Member::new("failOnWarnings", &BOOLEAN).query("failonwarnings"),
        parameters: Option<BTreeMap<String, String>> = Member::new("parameters", &MAP_OF_STRING_TO_STRING).query("parameters"),
        body: bytes::Bytes = Member::new("body", &BLOB).payload().required(),
    }
    pub struct Integration as INTEGRATION {
        r#type: Option<IntegrationType> = Member::new("type", &INTEGRATION_TYPE),
        http_method: Option<String> = Member::new("httpMethod", &STRING),
        uri: Option<String> = Member::new("uri", &STRING),
        connection_type: Option<ConnectionType> = Member::new("connectionType", &CONNECTION_TYPE),
        connection_id: Option<String> = Member::new("connectionId", &STRING),
        credentials: Option<String> = Member::new("credentials", &STRING),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("requestParameters", &MAP_OF_STRING_TO_STRING),
        request_templates: Option<BTreeMap<String, String>> = Member::new("requestTemplates", &MAP_OF_STRING_TO_STRING),
        passthrough_behavior: Option<String> = Member::new("passthroughBehavior", &STRING),
        content_handling: Option<ContentHandlingStrategy> = Member::new("contentHandling", &CONTENT_HANDLING_STRATEGY),
        timeout_in_millis: Option<i32> = Member::new("timeoutInMillis", &INTEGER),
        cache_namespace: Option<String> = Member::new("cacheNamespace", &STRING),
        cache_key_parameters: Option<Vec<String>> = Member::new("cacheKeyParameters", &LIST_OF_STRING),
        integration_responses: Option<BTreeMap<String, IntegrationResponse>> = Member::new("integrationResponses", &MAP_OF_INTEGRATION_RESPONSE),
        tls_config: Option<TlsConfig> = Member::new("tlsConfig", &TLS_CONFIG),
        response_transfer_mode: Option<ResponseTransferMode> = Member::new("responseTransferMode", &RESPONSE_TRANSFER_MODE),
        integration_target: Option<String> = Member::new("integrationTarget", &STRING),
    }
    pub struct IntegrationResponse as INTEGRATION_RESPONSE {
        status_code: Option<String> = Member::new("statusCode", &STATUS_CODE),
        selection_pattern: Option<String> = Member::new("selectionPattern", &STRING),
        response_parameters: Option<BTreeMap<String, String>> = Member::new("responseParameters", &MAP_OF_STRING_TO_STRING),
        response_templates: Option<BTreeMap<String, String>> = Member::new("responseTemplates", &MAP_OF_STRING_TO_STRING),
        content_handling: Option<ContentHandlingStrategy> = Member::new("contentHandling", &CONTENT_HANDLING_STRATEGY),
    }
    pub struct Method as METHOD {
        http_method: Option<String> = Member::new("httpMethod", &STRING),
        authorization_type: Option<String> = Member::new("authorizationType", &STRING),
        authorizer_id: Option<String> = Member::new("authorizerId", &STRING),
        api_key_required: Option<bool> = Member::new("apiKeyRequired", &NULLABLE_BOOLEAN),
        request_validator_id: Option<String> = Member::new("requestValidatorId", &STRING),
        operation_name: Option<String> = Member::new("operationName", &STRING),
        request_parameters: Option<BTreeMap<String, bool>> = Member::new("requestParameters", &MAP_OF_STRING_TO_BOOLEAN),
        request_models: Option<BTreeMap<String, String>> = Member::new("requestModels", &MAP_OF_STRING_TO_STRING),
        method_responses: Option<BTreeMap<String, MethodResponse>> = Member::new("methodResponses", &MAP_OF_METHOD_RESPONSE),
        method_integration: Option<Integration> = Member::new("methodIntegration", &INTEGRATION),
        authorization_scopes: Option<Vec<String>> = Member::new("authorizationScopes", &LIST_OF_STRING),
    }
    pub struct MethodResponse as METHOD_RESPONSE {
        status_code: Option<String> = Member::new("statusCode", &STATUS_CODE),
        response_parameters: Option<BTreeMap<String, bool>> = Member::new("responseParameters", &MAP_OF_STRING_TO_BOOLEAN),
        response_models: Option<BTreeMap<String, String>> = Member::new("responseModels", &MAP_OF_STRING_TO_STRING),
    }
    pub struct MethodSetting as METHOD_SETTING {
        metrics_enabled: Option<bool> = Member::new("metricsEnabled", &BOOLEAN),
        logging_level: Option<String> = Member::new("loggingLevel", &STRING),
        data_trace_enabled: Option<bool> = Member::new("dataTraceEnabled", &BOOLEAN),
        throttling_burst_limit: Option<i32> = Member::new("throttlingBurstLimit", &INTEGER),
        throttling_rate_limit: Option<f64> = Member::new("throttlingRateLimit", &DOUBLE),
        caching_enabled: Option<bool> = Member::new("cachingEnabled", &BOOLEAN),
        cache_ttl_in_seconds: Option<i32> = Member::new("cacheTtlInSeconds", &INTEGER),
        cache_data_encrypted: Option<bool> = Member::new("cacheDataEncrypted", &BOOLEAN),
        require_authorization_for_cache_control: Option<bool> = Member::new("requireAuthorizationForCacheControl", &BOOLEAN),
        unauthorized_cache_control_header_strategy: Option<UnauthorizedCacheControlHeaderStrategy> = Member::new("unauthorizedCacheControlHeaderStrategy", &UNAUTHORIZED_CACHE_CONTROL_HEADER_STRATEGY),
    }
    pub struct MethodSnapshot as METHOD_SNAPSHOT {
        authorization_type: Option<String> = Member::new("authorizationType", &STRING),
        api_key_required: Option<bool> = Member::new("apiKeyRequired", &BOOLEAN),
    }
    pub struct PatchOperation as PATCH_OPERATION {
        op: Option<Op> = Member::new("op", &OP),
        path: Option<String> = Member::new("path", &STRING),
        value: Option<String> = Member::new("value", &STRING),
        from: Option<String> = Member::new("from", &STRING),
    }
    pub struct PutIntegrationRequest as PUT_INTEGRATION_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        r#type: IntegrationType = Member::new("type", &INTEGRATION_TYPE).required(),
        integration_http_method: Option<String> = Member::new("integrationHttpMethod", &STRING).wire("httpMethod"),
        uri: Option<String> = Member::new("uri", &STRING),
        connection_type: Option<ConnectionType> = Member::new("connectionType", &CONNECTION_TYPE),
        connection_id: Option<String> = Member::new("connectionId", &STRING),
        credentials: Option<String> = Member::new("credentials", &STRING),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("requestParameters", &MAP_OF_STRING_TO_STRING),
        request_templates: Option<BTreeMap<String, String>> = Member::new("requestTemplates", &MAP_OF_STRING_TO_STRING),
        passthrough_behavior: Option<String> = Member::new("passthroughBehavior", &STRING),
        cache_namespace: Option<String> = Member::new("cacheNamespace", &STRING),
        cache_key_parameters: Option<Vec<String>> = Member::new("cacheKeyParameters", &LIST_OF_STRING),
        content_handling: Option<ContentHandlingStrategy> = Member::new("contentHandling", &CONTENT_HANDLING_STRATEGY),
        timeout_in_millis: Option<i32> = Member::new("timeoutInMillis", &NULLABLE_INTEGER),
        tls_config: Option<TlsConfig> = Member::new("tlsConfig", &TLS_CONFIG),
        response_transfer_mode: Option<ResponseTransferMode> = Member::new("responseTransferMode", &RESPONSE_TRANSFER_MODE),
        integration_target: Option<String> = Member::new("integrationTarget", &STRING),
    }
    pub struct PutIntegrationResponseRequest as PUT_INTEGRATION_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
        selection_pattern: Option<String> = Member::new("selectionPattern", &STRING),
        response_parameters: Option<BTreeMap<String, String>> = Member::new("responseParameters", &MAP_OF_STRING_TO_STRING),
        response_templates: Option<BTreeMap<String, String>> = Member::new("responseTemplates", &MAP_OF_STRING_TO_STRING),
        content_handling: Option<ContentHandlingStrategy> = Member::new("contentHandling", &CONTENT_HANDLING_STRATEGY),
    }
    pub struct PutMethodRequest as PUT_METHOD_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        authorization_type: String = Member::new("authorizationType", &STRING).required(),
        authorizer_id: Option<String> = Member::new("authorizerId", &STRING),
        api_key_required: Option<bool> = Member::new("apiKeyRequired", &BOOLEAN),
        operation_name: Option<String> = Member::new("operationName", &STRING),
        request_parameters: Option<BTreeMap<String, bool>> = Member::new("requestParameters", &MAP_OF_STRING_TO_BOOLEAN),
        request_models: Option<BTreeMap<String, String>> = Member::new("requestModels", &MAP_OF_STRING_TO_STRING),
        request_validator_id: Option<String> = Member::new("requestValidatorId", &STRING),
        authorization_scopes: Option<Vec<String>> = Member::new("authorizationScopes", &LIST_OF_STRING),
    }
    pub struct PutMethodResponseRequest as PUT_METHOD_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
        response_parameters: Option<BTreeMap<String, bool>> = Member::new("responseParameters", &MAP_OF_STRING_TO_BOOLEAN),
        response_models: Option<BTreeMap<String, String>> = Member::new("responseModels", &MAP_OF_STRING_TO_STRING),
    }
    pub struct PutRestApiRequest as PUT_REST_API_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        mode: Option<PutMode> = Member::new("mode", &PUT_MODE).query("mode"),
        fail_on_warnings: Option<bool> = Member::new("failOnWarnings", &BOOLEAN).query("failonwarnings"),
        parameters: Option<BTreeMap<String, String>> = Member::new("parameters", &MAP_OF_STRING_TO_STRING).query("parameters"),
        body: bytes::Bytes = Member::new("body", &BLOB).payload().required(),
    }
    pub struct Resource as RESOURCE {
        id: Option<String> = Member::new("id", &STRING),
        parent_id: Option<String> = Member::new("parentId", &STRING),
        path_part: Option<String> = Member::new("pathPart", &STRING),
        path: Option<String> = Member::new("path", &STRING),
        resource_methods: Option<BTreeMap<String, Method>> = Member::new("resourceMethods", &MAP_OF_METHOD),
    }
    pub struct Resources as RESOURCES {
        position: Option<String> = Member::new("position", &STRING),
        items: Option<Vec<Resource>> = Member::new("items", &LIST_OF_RESOURCE).wire("item"),
    }
    pub struct RestApi as REST_API {
        id: Option<String> = Member::new("id", &STRING),
        name: Option<String> = Member::new("name", &STRING),
        description: Option<String> = Member::new("description", &STRING),
        created_date: Option<jiff::Timestamp> = Member::new("createdDate", &TIMESTAMP),
        version: Option<String> = Member::new("version", &STRING),
        warnings: Option<Vec<String>> = Member::new("warnings", &LIST_OF_STRING),
        binary_media_types: Option<Vec<String>> = Member::new("binaryMediaTypes", &LIST_OF_STRING),
        minimum_compression_size: Option<i32> = Member::new("minimumCompressionSize", &NULLABLE_INTEGER),
        api_key_source: Option<ApiKeySourceType> = Member::new("apiKeySource", &API_KEY_SOURCE_TYPE),
        endpoint_configuration: Option<EndpointConfiguration> = Member::new("endpointConfiguration", &ENDPOINT_CONFIGURATION),
        policy: Option<String> = Member::new("policy", &STRING),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &MAP_OF_STRING_TO_STRING),
        disable_execute_api_endpoint: Option<bool> = Member::new("disableExecuteApiEndpoint", &BOOLEAN),
        root_resource_id: Option<String> = Member::new("rootResourceId", &STRING),
        security_policy: Option<SecurityPolicy> = Member::new("securityPolicy", &SECURITY_POLICY),
        endpoint_access_mode: Option<EndpointAccessMode> = Member::new("endpointAccessMode", &ENDPOINT_ACCESS_MODE),
        api_status: Option<ApiStatus> = Member::new("apiStatus", &API_STATUS),
        api_status_message: Option<String> = Member::new("apiStatusMessage", &STRING),
    }
    pub struct RestApis as REST_APIS {
        position: Option<String> = Member::new("position", &STRING),
        items: Option<Vec<RestApi>> = Member::new("items", &LIST_OF_REST_API).wire("item"),
    }
    pub struct Stage as STAGE {
        deployment_id: Option<String> = Member::new("deploymentId", &STRING),
        client_certificate_id: Option<String> = Member::new("clientCertificateId", &STRING),
        stage_name: Option<String> = Member::new("stageName", &STRING),
        description: Option<String> = Member::new("description", &STRING),
        cache_cluster_enabled: Option<bool> = Member::new("cacheClusterEnabled", &BOOLEAN),
        cache_cluster_size: Option<CacheClusterSize> = Member::new("cacheClusterSize", &CACHE_CLUSTER_SIZE),
        cache_cluster_status: Option<CacheClusterStatus> = Member::new("cacheClusterStatus", &CACHE_CLUSTER_STATUS),
        method_settings: Option<BTreeMap<String, MethodSetting>> = Member::new("methodSettings", &MAP_OF_METHOD_SETTINGS),
        variables: Option<BTreeMap<String, String>> = Member::new("variables", &MAP_OF_STRING_TO_STRING),
        documentation_version: Option<String> = Member::new("documentationVersion", &STRING),
        access_log_settings: Option<AccessLogSettings> = Member::new("accessLogSettings", &ACCESS_LOG_SETTINGS),
        canary_settings: Option<CanarySettings> = Member::new("canarySettings", &CANARY_SETTINGS),
        tracing_enabled: Option<bool> = Member::new("tracingEnabled", &BOOLEAN),
        web_acl_arn: Option<String> = Member::new("webAclArn", &STRING),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &MAP_OF_STRING_TO_STRING),
        created_date: Option<jiff::Timestamp> = Member::new("createdDate", &TIMESTAMP),
        last_updated_date: Option<jiff::Timestamp> = Member::new("lastUpdatedDate", &TIMESTAMP),
    }
    pub struct Stages as STAGES {
        item: Option<Vec<Stage>> = Member::new("item", &LIST_OF_STAGE),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("resourceArn", &STRING).uri("resource_arn").required(),
        tags: BTreeMap<String, String> = Member::new("tags", &MAP_OF_STRING_TO_STRING).required(),
    }
    pub struct Tags as TAGS {
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &MAP_OF_STRING_TO_STRING),
    }
    pub struct TlsConfig as TLS_CONFIG {
        insecure_skip_verification: Option<bool> = Member::new("insecureSkipVerification", &BOOLEAN),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("resourceArn", &STRING).uri("resource_arn").required(),
        tag_keys: Vec<String> = Member::new("tagKeys", &LIST_OF_STRING).query("tagKeys").required(),
    }
    pub struct UpdateDeploymentRequest as UPDATE_DEPLOYMENT_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        deployment_id: String = Member::new("deploymentId", &STRING).uri("deployment_id").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateIntegrationRequest as UPDATE_INTEGRATION_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateIntegrationResponseRequest as UPDATE_INTEGRATION_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateMethodRequest as UPDATE_METHOD_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateMethodResponseRequest as UPDATE_METHOD_RESPONSE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        http_method: String = Member::new("httpMethod", &STRING).uri("http_method").required(),
        status_code: String = Member::new("statusCode", &STATUS_CODE).uri("status_code").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateResourceRequest as UPDATE_RESOURCE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        resource_id: String = Member::new("resourceId", &STRING).uri("resource_id").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateRestApiRequest as UPDATE_REST_API_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
    pub struct UpdateStageRequest as UPDATE_STAGE_REQUEST {
        rest_api_id: String = Member::new("restApiId", &STRING).uri("restapi_id").required(),
        stage_name: String = Member::new("stageName", &STRING).uri("stage_name").required(),
        patch_operations: Option<Vec<PatchOperation>> = Member::new("patchOperations", &LIST_OF_PATCH_OPERATION),
    }
}

cloud_wire::errors! {
    BadRequestException = ("BadRequestException", 400, "message"),
    ConflictException = ("ConflictException", 409, "message"),
    LimitExceededException = ("LimitExceededException", 429, "message"),
    NotFoundException = ("NotFoundException", 404, "message"),
    ServiceUnavailableException = ("ServiceUnavailableException", 503, "message"),
    TooManyRequestsException = ("TooManyRequestsException", 429, "message"),
    UnauthorizedException = ("UnauthorizedException", 401, "message"),
}

cloud_wire::operations! {
    CreateDeployment(super::CreateDeploymentRequest) -> super::Deployment = "POST" "/restapis/{restapi_id}/deployments" 201, super::CREATE_DEPLOYMENT_REQUEST, super::DEPLOYMENT;
    CreateResource(super::CreateResourceRequest) -> super::Resource = "POST" "/restapis/{restapi_id}/resources/{parent_id}" 201, super::CREATE_RESOURCE_REQUEST, super::RESOURCE;
    CreateRestApi(super::CreateRestApiRequest) -> super::RestApi = "POST" "/restapis" 201, super::CREATE_REST_API_REQUEST, super::REST_API;
    CreateStage(super::CreateStageRequest) -> super::Stage = "POST" "/restapis/{restapi_id}/stages" 201, super::CREATE_STAGE_REQUEST, super::STAGE;
    DeleteDeployment(super::DeleteDeploymentRequest) -> () = "DELETE" "/restapis/{restapi_id}/deployments/{deployment_id}" 202, super::DELETE_DEPLOYMENT_REQUEST, cloud_wire::shape::UNIT;
    DeleteIntegration(super::DeleteIntegrationRequest) -> () = "DELETE" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 204, super::DELETE_INTEGRATION_REQUEST, cloud_wire::shape::UNIT;
    DeleteIntegrationResponse(super::DeleteIntegrationResponseRequest) -> () = "DELETE" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 204, super::DELETE_INTEGRATION_RESPONSE_REQUEST, cloud_wire::shape::UNIT;
    DeleteMethod(super::DeleteMethodRequest) -> () = "DELETE" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 204, super::DELETE_METHOD_REQUEST, cloud_wire::shape::UNIT;
    DeleteMethodResponse(super::DeleteMethodResponseRequest) -> () = "DELETE" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 204, super::DELETE_METHOD_RESPONSE_REQUEST, cloud_wire::shape::UNIT;
    DeleteResource(super::DeleteResourceRequest) -> () = "DELETE" "/restapis/{restapi_id}/resources/{resource_id}" 202, super::DELETE_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    DeleteRestApi(super::DeleteRestApiRequest) -> () = "DELETE" "/restapis/{restapi_id}" 202, super::DELETE_REST_API_REQUEST, cloud_wire::shape::UNIT;
    DeleteStage(super::DeleteStageRequest) -> () = "DELETE" "/restapis/{restapi_id}/stages/{stage_name}" 202, super::DELETE_STAGE_REQUEST, cloud_wire::shape::UNIT;
    GetDeployment(super::GetDeploymentRequest) -> super::Deployment = "GET" "/restapis/{restapi_id}/deployments/{deployment_id}" 200, super::GET_DEPLOYMENT_REQUEST, super::DEPLOYMENT;
    GetDeployments(super::GetDeploymentsRequest) -> super::Deployments = "GET" "/restapis/{restapi_id}/deployments" 200, super::GET_DEPLOYMENTS_REQUEST, super::DEPLOYMENTS, .pages("position", "position", &["limit"]);
    GetIntegration(super::GetIntegrationRequest) -> super::Integration = "GET" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 200, super::GET_INTEGRATION_REQUEST, super::INTEGRATION;
    GetIntegrationResponse(super::GetIntegrationResponseRequest) -> super::IntegrationResponse = "GET" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 200, super::GET_INTEGRATION_RESPONSE_REQUEST, super::INTEGRATION_RESPONSE;
    GetMethod(super::GetMethodRequest) -> super::Method = "GET" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 200, super::GET_METHOD_REQUEST, super::METHOD;
    GetMethodResponse(super::GetMethodResponseRequest) -> super::MethodResponse = "GET" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 200, super::GET_METHOD_RESPONSE_REQUEST, super::METHOD_RESPONSE;
    GetResource(super::GetResourceRequest) -> super::Resource = "GET" "/restapis/{restapi_id}/resources/{resource_id}" 200, super::GET_RESOURCE_REQUEST, super::RESOURCE;
    GetResources(super::GetResourcesRequest) -> super::Resources = "GET" "/restapis/{restapi_id}/resources" 200, super::GET_RESOURCES_REQUEST, super::RESOURCES, .pages("position", "position", &["limit"]);
    GetRestApi(super::GetRestApiRequest) -> super::RestApi = "GET" "/restapis/{restapi_id}" 200, super::GET_REST_API_REQUEST, super::REST_API;
    GetRestApis(super::GetRestApisRequest) -> super::RestApis = "GET" "/restapis" 200, super::GET_REST_APIS_REQUEST, super::REST_APIS, .pages("position", "position", &["limit"]);
    GetStage(super::GetStageRequest) -> super::Stage = "GET" "/restapis/{restapi_id}/stages/{stage_name}" 200, super::GET_STAGE_REQUEST, super::STAGE;
    GetStages(super::GetStagesRequest) -> super::Stages = "GET" "/restapis/{restapi_id}/stages" 200, super::GET_STAGES_REQUEST, super::STAGES;
    GetTags(super::GetTagsRequest) -> super::Tags = "GET" "/tags/{resource_arn}" 200, super::GET_TAGS_REQUEST, super::TAGS;
    ImportRestApi(super::ImportRestApiRequest) -> super::RestApi = "POST" "/restapis?mode=import" 201, super::IMPORT_REST_API_REQUEST, super::REST_API, .body_limit(6291456);
    PutIntegration(super::PutIntegrationRequest) -> super::Integration = "PUT" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 201, super::PUT_INTEGRATION_REQUEST, super::INTEGRATION;
    PutIntegrationResponse(super::PutIntegrationResponseRequest) -> super::IntegrationResponse = "PUT" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 201, super::PUT_INTEGRATION_RESPONSE_REQUEST, super::INTEGRATION_RESPONSE;
    PutMethod(super::PutMethodRequest) -> super::Method = "PUT" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 201, super::PUT_METHOD_REQUEST, super::METHOD;
    PutMethodResponse(super::PutMethodResponseRequest) -> super::MethodResponse = "PUT" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 201, super::PUT_METHOD_RESPONSE_REQUEST, super::METHOD_RESPONSE;
    PutRestApi(super::PutRestApiRequest) -> super::RestApi = "PUT" "/restapis/{restapi_id}" 200, super::PUT_REST_API_REQUEST, super::REST_API, .body_limit(6291456);
    TagResource(super::TagResourceRequest) -> () = "PUT" "/tags/{resource_arn}" 204, super::TAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UntagResource(super::UntagResourceRequest) -> () = "DELETE" "/tags/{resource_arn}" 204, super::UNTAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UpdateDeployment(super::UpdateDeploymentRequest) -> super::Deployment = "PATCH" "/restapis/{restapi_id}/deployments/{deployment_id}" 200, super::UPDATE_DEPLOYMENT_REQUEST, super::DEPLOYMENT;
    UpdateIntegration(super::UpdateIntegrationRequest) -> super::Integration = "PATCH" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 200, super::UPDATE_INTEGRATION_REQUEST, super::INTEGRATION;
    UpdateIntegrationResponse(super::UpdateIntegrationResponseRequest) -> super::IntegrationResponse = "PATCH" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 200, super::UPDATE_INTEGRATION_RESPONSE_REQUEST, super::INTEGRATION_RESPONSE;
    UpdateMethod(super::UpdateMethodRequest) -> super::Method = "PATCH" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 200, super::UPDATE_METHOD_REQUEST, super::METHOD;
    UpdateMethodResponse(super::UpdateMethodResponseRequest) -> super::MethodResponse = "PATCH" "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 201, super::UPDATE_METHOD_RESPONSE_REQUEST, super::METHOD_RESPONSE;
    UpdateResource(super::UpdateResourceRequest) -> super::Resource = "PATCH" "/restapis/{restapi_id}/resources/{resource_id}" 200, super::UPDATE_RESOURCE_REQUEST, super::RESOURCE;
    UpdateRestApi(super::UpdateRestApiRequest) -> super::RestApi = "PATCH" "/restapis/{restapi_id}" 200, super::UPDATE_REST_API_REQUEST, super::REST_API;
    UpdateStage(super::UpdateStageRequest) -> super::Stage = "PATCH" "/restapis/{restapi_id}/stages/{stage_name}" 200, super::UPDATE_STAGE_REQUEST, super::STAGE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "apigateway",
    signing_name: "apigateway",
    endpoint_prefix: "apigateway",
    protocol: cloud_wire::Protocol::RestJson,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2015-07-09",
    xml_namespace: "",
    validation_code: "ValidationException",
    names_input: true,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal(
        "BadRequestException",
        400,
        "The position is not one of this list. Take the one of the page before.",
    ),
    wrong_union: ServiceModel::WRONG_UNION,
};
