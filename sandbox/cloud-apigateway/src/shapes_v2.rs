//! Shapes of the model `apigatewayv2` (2018-11-29). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ARN: Schema = Schema::string("Arn");
pub static AUTHORIZATION_SCOPES: Schema =
    Schema::list("AuthorizationScopes", &STRING_WITH_LENGTH_BETWEEN1_AND64);
pub static CORS_HEADER_LIST: Schema = Schema::list("CorsHeaderList", &STRING);
pub static CORS_METHOD_LIST: Schema = Schema::list("CorsMethodList", &STRING_WITH_LENGTH_BETWEEN1_AND64);
pub static CORS_ORIGIN_LIST: Schema = Schema::list("CorsOriginList", &STRING);
pub static ID: Schema = Schema::string("Id");
pub static INTEGER_WITH_LENGTH_BETWEEN50_AND30000: Schema =
    Schema::integer("IntegerWithLengthBetween50And30000").min(50).max(30000);
pub static INTEGER_WITH_LENGTH_BETWEEN_MINUS1_AND86400: Schema =
    Schema::integer("IntegerWithLengthBetweenMinus1And86400").min(-1).max(86400);
pub static INTEGRATION_PARAMETERS: Schema =
    Schema::map("IntegrationParameters", &STRING, &STRING_WITH_LENGTH_BETWEEN1_AND512);
pub static NEXT_TOKEN: Schema = Schema::string("NextToken");
pub static RESPONSE_PARAMETERS: Schema = Schema::map("ResponseParameters", &STRING, &INTEGRATION_PARAMETERS);
pub static ROUTE_MODELS: Schema = Schema::map("RouteModels", &STRING, &STRING_WITH_LENGTH_BETWEEN1_AND128);
pub static ROUTE_PARAMETERS: Schema = Schema::map("RouteParameters", &STRING, &PARAMETER_CONSTRAINTS);
pub static ROUTE_SETTINGS_MAP: Schema = Schema::map("RouteSettingsMap", &STRING, &ROUTE_SETTINGS);
pub static SELECTION_EXPRESSION: Schema = Schema::string("SelectionExpression");
pub static SELECTION_KEY: Schema = Schema::string("SelectionKey");
pub static STAGE_VARIABLES_MAP: Schema =
    Schema::map("StageVariablesMap", &STRING, &STRING_WITH_LENGTH_BETWEEN0_AND2048);
pub static STRING_WITH_LENGTH_BETWEEN0_AND1024: Schema = Schema::string("StringWithLengthBetween0And1024");
pub static STRING_WITH_LENGTH_BETWEEN0_AND2048: Schema = Schema::string("StringWithLengthBetween0And2048");
pub static STRING_WITH_LENGTH_BETWEEN0_AND32_K: Schema = Schema::string("StringWithLengthBetween0And32K");
pub static STRING_WITH_LENGTH_BETWEEN1_AND1024: Schema = Schema::string("StringWithLengthBetween1And1024");
pub static STRING_WITH_LENGTH_BETWEEN1_AND128: Schema = Schema::string("StringWithLengthBetween1And128");
pub static STRING_WITH_LENGTH_BETWEEN1_AND1600: Schema = Schema::string("StringWithLengthBetween1And1600");
pub static STRING_WITH_LENGTH_BETWEEN1_AND512: Schema = Schema::string("StringWithLengthBetween1And512");
pub static STRING_WITH_LENGTH_BETWEEN1_AND64: Schema = Schema::string("StringWithLengthBetween1And64");
pub static TAGS: Schema = Schema::map("Tags", &STRING, &STRING_WITH_LENGTH_BETWEEN1_AND1600);
pub static TEMPLATE_MAP: Schema = Schema::map("TemplateMap", &STRING, &STRING_WITH_LENGTH_BETWEEN0_AND32_K);
pub static URI_WITH_LENGTH_BETWEEN1_AND2048: Schema = Schema::string("UriWithLengthBetween1And2048");
pub static BOOLEAN: Schema = Schema::boolean("__boolean");
pub static DOUBLE: Schema = Schema::float("__double");
pub static INTEGER: Schema = Schema::integer("__integer");
pub static LIST_OF_API: Schema = Schema::list("__listOfApi", &API);
pub static LIST_OF_DEPLOYMENT: Schema = Schema::list("__listOfDeployment", &DEPLOYMENT);
pub static LIST_OF_INTEGRATION: Schema = Schema::list("__listOfIntegration", &INTEGRATION);
pub static LIST_OF_ROUTE: Schema = Schema::list("__listOfRoute", &ROUTE);
pub static LIST_OF_STAGE: Schema = Schema::list("__listOfStage", &STAGE);
pub static LIST_OF_STRING: Schema = Schema::list("__listOf__string", &STRING);
pub static STRING: Schema = Schema::string("__string");
pub static TIMESTAMP_ISO8601: Schema =
    Schema::timestamp("__timestampIso8601").format(cloud_wire::TimestampFormat::Iso8601);

cloud_wire::enumeration! {
    pub enum AuthorizationType as AUTHORIZATION_TYPE {
        NoneValue = "NONE",
        AwsIam = "AWS_IAM",
        Custom = "CUSTOM",
        Jwt = "JWT",
    }
    pub enum ConnectionType as CONNECTION_TYPE {
        Internet = "INTERNET",
        VpcLink = "VPC_LINK",
    }
    pub enum ContentHandlingStrategy as CONTENT_HANDLING_STRATEGY {
        ConvertToBinary = "CONVERT_TO_BINARY",
        ConvertToText = "CONVERT_TO_TEXT",
    }
    pub enum DeploymentStatus as DEPLOYMENT_STATUS {
        Pending = "PENDING",
        Failed = "FAILED",
        Deployed = "DEPLOYED",
    }
    pub enum IntegrationType as INTEGRATION_TYPE {
        Aws = "AWS",
        Http = "HTTP",
        Mock = "MOCK",
        HttpProxy = "HTTP_PROXY",
        AwsProxy = "AWS_PROXY",
    }
    pub enum IpAddressType as IP_ADDRESS_TYPE {
        Ipv4 = "ipv4",
        Dualstack = "dualstack",
    }
    pub enum LoggingLevel as LOGGING_LEVEL {
        Error = "ERROR",
        Info = "INFO",
        Off = "OFF",
    }
    pub enum PassthroughBehavior as PASSTHROUGH_BEHAVIOR {
        WhenNoMatch = "WHEN_NO_MATCH",
        Never = "NEVER",
        WhenNoTemplates = "WHEN_NO_TEMPLATES",
    }
    pub enum ProtocolType as PROTOCOL_TYPE {
        Websocket = "WEBSOCKET",
        Http = "HTTP",
    }
}

cloud_wire::structure! {
    pub struct AccessLogSettings as ACCESS_LOG_SETTINGS {
        destination_arn: Option<String> = Member::new("DestinationArn", &ARN).wire("destinationArn"),
        format: Option<String> = Member::new("Format", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("format"),
    }
    pub struct Api as API {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: String = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name").required(),
        protocol_type: ProtocolType = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType").required(),
        route_selection_expression: String = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression").required(),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct Cors as CORS {
        allow_credentials: Option<bool> = Member::new("AllowCredentials", &BOOLEAN).wire("allowCredentials"),
        allow_headers: Option<Vec<String>> = Member::new("AllowHeaders", &CORS_HEADER_LIST).wire("allowHeaders"),
        allow_methods: Option<Vec<String>> = Member::new("AllowMethods", &CORS_METHOD_LIST).wire("allowMethods"),
        allow_origins: Option<Vec<String>> = Member::new("AllowOrigins", &CORS_ORIGIN_LIST).wire("allowOrigins"),
        expose_headers: Option<Vec<String>> = Member::new("ExposeHeaders", &CORS_HEADER_LIST).wire("exposeHeaders"),
        max_age: Option<i32> = Member::new("MaxAge", &INTEGER_WITH_LENGTH_BETWEEN_MINUS1_AND86400).wire("maxAge"),
    }
    pub struct CreateApiRequest as CREATE_API_REQUEST {
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: String = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name").required(),
        protocol_type: ProtocolType = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType").required(),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        target: Option<String> = Member::new("Target", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("target"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
    }
    pub struct CreateApiResponse as CREATE_API_RESPONSE {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        protocol_type: Option<ProtocolType> = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct CreateDeploymentRequest as CREATE_DEPLOYMENT_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        stage_name: Option<String> = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName"),
    }
    pub struct CreateDeploymentResponse as CREATE_DEPLOYMENT_RESPONSE {
        auto_deployed: Option<bool> = Member::new("AutoDeployed", &BOOLEAN).wire("autoDeployed"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        deployment_status: Option<DeploymentStatus> = Member::new("DeploymentStatus", &DEPLOYMENT_STATUS).wire("deploymentStatus"),
        deployment_status_message: Option<String> = Member::new("DeploymentStatusMessage", &STRING).wire("deploymentStatusMessage"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
    }
    pub struct CreateIntegrationRequest as CREATE_INTEGRATION_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: IntegrationType = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType").required(),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfigInput> = Member::new("TlsConfig", &TLS_CONFIG_INPUT).wire("tlsConfig"),
    }
    pub struct CreateIntegrationResult as CREATE_INTEGRATION_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_id: Option<String> = Member::new("IntegrationId", &ID).wire("integrationId"),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_response_selection_expression: Option<String> = Member::new("IntegrationResponseSelectionExpression", &SELECTION_EXPRESSION).wire("integrationResponseSelectionExpression"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: Option<IntegrationType> = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType"),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfig> = Member::new("TlsConfig", &TLS_CONFIG).wire("tlsConfig"),
    }
    pub struct CreateRouteRequest as CREATE_ROUTE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_key: String = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey").required(),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct CreateRouteResult as CREATE_ROUTE_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_id: Option<String> = Member::new("RouteId", &ID).wire("routeId"),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct CreateStageRequest as CREATE_STAGE_REQUEST {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: String = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName").required(),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct CreateStageResponse as CREATE_STAGE_RESPONSE {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        last_deployment_status_message: Option<String> = Member::new("LastDeploymentStatusMessage", &STRING).wire("lastDeploymentStatusMessage"),
        last_updated_date: Option<jiff::Timestamp> = Member::new("LastUpdatedDate", &TIMESTAMP_ISO8601).wire("lastUpdatedDate"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: Option<String> = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName"),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct DeleteApiRequest as DELETE_API_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
    }
    pub struct DeleteCorsConfigurationRequest as DELETE_CORS_CONFIGURATION_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
    }
    pub struct DeleteDeploymentRequest as DELETE_DEPLOYMENT_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        deployment_id: String = Member::new("DeploymentId", &STRING).uri("deploymentId").required(),
    }
    pub struct DeleteIntegrationRequest as DELETE_INTEGRATION_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        integration_id: String = Member::new("IntegrationId", &STRING).uri("integrationId").required(),
    }
    pub struct DeleteRouteRequest as DELETE_ROUTE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        route_id: String = Member::new("RouteId", &STRING).uri("routeId").required(),
    }
    pub struct DeleteStageRequest as DELETE_STAGE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        stage_name: String = Member::new("StageName", &STRING).uri("stageName").required(),
    }
    pub struct Deployment as DEPLOYMENT {
        auto_deployed: Option<bool> = Member::new("AutoDeployed", &BOOLEAN).wire("autoDeployed"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        deployment_status: Option<DeploymentStatus> = Member::new("DeploymentStatus", &DEPLOYMENT_STATUS).wire("deploymentStatus"),
        deployment_status_message: Option<String> = Member::new("DeploymentStatusMessage", &STRING).wire("deploymentStatusMessage"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
    }
    pub struct GetApiRequest as GET_API_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
    }
    pub struct GetApiResponse as GET_API_RESPONSE {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        protocol_type: Option<ProtocolType> = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct GetApisRequest as GET_APIS_REQUEST {
        max_results: Option<String> = Member::new("MaxResults", &STRING).query("maxResults"),
        next_token: Option<String> = Member::new("NextToken", &STRING).query("nextToken"),
    }
    pub struct GetApisResponse as GET_APIS_RESPONSE {
        items: Option<Vec<Api>> = Member::new("Items", &LIST_OF_API).wire("items"),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN).wire("nextToken"),
    }
    pub struct GetDeploymentRequest as GET_DEPLOYMENT_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        deployment_id: String = Member::new("DeploymentId", &STRING).uri("deploymentId").required(),
    }
    pub struct GetDeploymentResponse as GET_DEPLOYMENT_RESPONSE {
        auto_deployed: Option<bool> = Member::new("AutoDeployed", &BOOLEAN).wire("autoDeployed"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        deployment_status: Option<DeploymentStatus> = Member::new("DeploymentStatus", &DEPLOYMENT_STATUS).wire("deploymentStatus"),
        deployment_status_message: Option<String> = Member::new("DeploymentStatusMessage", &STRING).wire("deploymentStatusMessage"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
    }
    pub struct GetDeploymentsRequest as GET_DEPLOYMENTS_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        max_results: Option<String> = Member::new("MaxResults", &STRING).query("maxResults"),
        next_token: Option<String> = Member::new("NextToken", &STRING).query("nextToken"),
    }
    pub struct GetDeploymentsResponse as GET_DEPLOYMENTS_RESPONSE {
        items: Option<Vec<Deployment>> = Member::new("Items", &LIST_OF_DEPLOYMENT).wire("items"),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN).wire("nextToken"),
    }
    pub struct GetIntegrationRequest as GET_INTEGRATION_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        integration_id: String = Member::new("IntegrationId", &STRING).uri("integrationId").required(),
    }
    pub struct GetIntegrationResult as GET_INTEGRATION_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_id: Option<String> = Member::new("IntegrationId", &ID).wire("integrationId"),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_response_selection_expression: Option<String> = Member::new("IntegrationResponseSelectionExpression", &SELECTION_EXPRESSION).wire("integrationResponseSelectionExpression"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: Option<IntegrationType> = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType"),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfig> = Member::new("TlsConfig", &TLS_CONFIG).wire("tlsConfig"),
    }
    pub struct GetIntegrationsRequest as GET_INTEGRATIONS_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        max_results: Option<String> = Member::new("MaxResults", &STRING).query("maxResults"),
        next_token: Option<String> = Member::new("NextToken", &STRING).query("nextToken"),
    }
    pub struct GetIntegrationsResponse as GET_INTEGRATIONS_RESPONSE {
        items: Option<Vec<Integration>> = Member::new("Items", &LIST_OF_INTEGRATION).wire("items"),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN).wire("nextToken"),
    }
    pub struct GetRouteRequest as GET_ROUTE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        route_id: String = Member::new("RouteId", &STRING).uri("routeId").required(),
    }
    pub struct GetRouteResult as GET_ROUTE_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_id: Option<String> = Member::new("RouteId", &ID).wire("routeId"),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct GetRoutesRequest as GET_ROUTES_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        max_results: Option<String> = Member::new("MaxResults", &STRING).query("maxResults"),
        next_token: Option<String> = Member::new("NextToken", &STRING).query("nextToken"),
    }
    pub struct GetRoutesResponse as GET_ROUTES_RESPONSE {
        items: Option<Vec<Route>> = Member::new("Items", &LIST_OF_ROUTE).wire("items"),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN).wire("nextToken"),
    }
    pub struct GetStageRequest as GET_STAGE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        stage_name: String = Member::new("StageName", &STRING).uri("stageName").required(),
    }
    pub struct GetStageResponse as GET_STAGE_RESPONSE {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        last_deployment_status_message: Option<String> = Member::new("LastDeploymentStatusMessage", &STRING).wire("lastDeploymentStatusMessage"),
        last_updated_date: Option<jiff::Timestamp> = Member::new("LastUpdatedDate", &TIMESTAMP_ISO8601).wire("lastUpdatedDate"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: Option<String> = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName"),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct GetStagesRequest as GET_STAGES_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        max_results: Option<String> = Member::new("MaxResults", &STRING).query("maxResults"),
        next_token: Option<String> = Member::new("NextToken", &STRING).query("nextToken"),
    }
    pub struct GetStagesResponse as GET_STAGES_RESPONSE {
        items: Option<Vec<Stage>> = Member::new("Items", &LIST_OF_STAGE).wire("items"),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN).wire("nextToken"),
    }
    pub struct GetTagsRequest as GET_TAGS_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &STRING).uri("resource-arn").required(),
    }
    pub struct GetTagsResponse as GET_TAGS_RESPONSE {
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct ImportApiRequest as IMPORT_API_REQUEST {
        basepath: Option<String> = Member::new("Basepath", &STRING).query("basepath"),
        body: String = Member::new("Body", &STRING).wire("body").required(),
        fail_on_warnings: Option<bool> = Member::new("FailOnWarnings", &BOOLEAN).query("failOnWarnings"),
    }
    pub struct ImportApiResponse as IMPORT_API_RESPONSE {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        protocol_type: Option<ProtocolType> = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct Integration as INTEGRATION {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_id: Option<String> = Member::new("IntegrationId", &ID).wire("integrationId"),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_response_selection_expression: Option<String> = Member::new("IntegrationResponseSelectionExpression", &SELECTION_EXPRESSION).wire("integrationResponseSelectionExpression"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: Option<IntegrationType> = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType"),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfig> = Member::new("TlsConfig", &TLS_CONFIG).wire("tlsConfig"),
    }
    pub struct ParameterConstraints as PARAMETER_CONSTRAINTS {
        required: Option<bool> = Member::new("Required", &BOOLEAN).wire("required"),
    }
    pub struct ReimportApiRequest as REIMPORT_API_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        basepath: Option<String> = Member::new("Basepath", &STRING).query("basepath"),
        body: String = Member::new("Body", &STRING).wire("body").required(),
        fail_on_warnings: Option<bool> = Member::new("FailOnWarnings", &BOOLEAN).query("failOnWarnings"),
    }
    pub struct ReimportApiResponse as REIMPORT_API_RESPONSE {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        protocol_type: Option<ProtocolType> = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct Route as ROUTE {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_id: Option<String> = Member::new("RouteId", &ID).wire("routeId"),
        route_key: String = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey").required(),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct RouteSettings as ROUTE_SETTINGS {
        data_trace_enabled: Option<bool> = Member::new("DataTraceEnabled", &BOOLEAN).wire("dataTraceEnabled"),
        detailed_metrics_enabled: Option<bool> = Member::new("DetailedMetricsEnabled", &BOOLEAN).wire("detailedMetricsEnabled"),
        logging_level: Option<LoggingLevel> = Member::new("LoggingLevel", &LOGGING_LEVEL).wire("loggingLevel"),
        throttling_burst_limit: Option<i32> = Member::new("ThrottlingBurstLimit", &INTEGER).wire("throttlingBurstLimit"),
        throttling_rate_limit: Option<f64> = Member::new("ThrottlingRateLimit", &DOUBLE).wire("throttlingRateLimit"),
    }
    pub struct Stage as STAGE {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        last_deployment_status_message: Option<String> = Member::new("LastDeploymentStatusMessage", &STRING).wire("lastDeploymentStatusMessage"),
        last_updated_date: Option<jiff::Timestamp> = Member::new("LastUpdatedDate", &TIMESTAMP_ISO8601).wire("lastUpdatedDate"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: String = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName").required(),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &STRING).uri("resource-arn").required(),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
    pub struct TagResourceResponse as TAG_RESOURCE_RESPONSE {
    }
    pub struct TlsConfig as TLS_CONFIG {
        server_name_to_verify: Option<String> = Member::new("ServerNameToVerify", &STRING_WITH_LENGTH_BETWEEN1_AND512).wire("serverNameToVerify"),
    }
    pub struct TlsConfigInput as TLS_CONFIG_INPUT {
        server_name_to_verify: Option<String> = Member::new("ServerNameToVerify", &STRING_WITH_LENGTH_BETWEEN1_AND512).wire("serverNameToVerify"),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &STRING).uri("resource-arn").required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &LIST_OF_STRING).query("tagKeys").required(),
    }
    pub struct UpdateApiRequest as UPDATE_API_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        target: Option<String> = Member::new("Target", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("target"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
    }
    pub struct UpdateApiResponse as UPDATE_API_RESPONSE {
        api_endpoint: Option<String> = Member::new("ApiEndpoint", &STRING).wire("apiEndpoint"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_id: Option<String> = Member::new("ApiId", &ID).wire("apiId"),
        api_key_selection_expression: Option<String> = Member::new("ApiKeySelectionExpression", &SELECTION_EXPRESSION).wire("apiKeySelectionExpression"),
        cors_configuration: Option<Cors> = Member::new("CorsConfiguration", &CORS).wire("corsConfiguration"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        disable_schema_validation: Option<bool> = Member::new("DisableSchemaValidation", &BOOLEAN).wire("disableSchemaValidation"),
        disable_execute_api_endpoint: Option<bool> = Member::new("DisableExecuteApiEndpoint", &BOOLEAN).wire("disableExecuteApiEndpoint"),
        import_info: Option<Vec<String>> = Member::new("ImportInfo", &LIST_OF_STRING).wire("importInfo"),
        ip_address_type: Option<IpAddressType> = Member::new("IpAddressType", &IP_ADDRESS_TYPE).wire("ipAddressType"),
        name: Option<String> = Member::new("Name", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("name"),
        protocol_type: Option<ProtocolType> = Member::new("ProtocolType", &PROTOCOL_TYPE).wire("protocolType"),
        route_selection_expression: Option<String> = Member::new("RouteSelectionExpression", &SELECTION_EXPRESSION).wire("routeSelectionExpression"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
        version: Option<String> = Member::new("Version", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("version"),
        warnings: Option<Vec<String>> = Member::new("Warnings", &LIST_OF_STRING).wire("warnings"),
    }
    pub struct UpdateIntegrationRequest as UPDATE_INTEGRATION_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_id: String = Member::new("IntegrationId", &STRING).uri("integrationId").required(),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: Option<IntegrationType> = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType"),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfigInput> = Member::new("TlsConfig", &TLS_CONFIG_INPUT).wire("tlsConfig"),
    }
    pub struct UpdateIntegrationResult as UPDATE_INTEGRATION_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        connection_id: Option<String> = Member::new("ConnectionId", &STRING_WITH_LENGTH_BETWEEN1_AND1024).wire("connectionId"),
        connection_type: Option<ConnectionType> = Member::new("ConnectionType", &CONNECTION_TYPE).wire("connectionType"),
        content_handling_strategy: Option<ContentHandlingStrategy> = Member::new("ContentHandlingStrategy", &CONTENT_HANDLING_STRATEGY).wire("contentHandlingStrategy"),
        credentials_arn: Option<String> = Member::new("CredentialsArn", &ARN).wire("credentialsArn"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        integration_id: Option<String> = Member::new("IntegrationId", &ID).wire("integrationId"),
        integration_method: Option<String> = Member::new("IntegrationMethod", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("integrationMethod"),
        integration_response_selection_expression: Option<String> = Member::new("IntegrationResponseSelectionExpression", &SELECTION_EXPRESSION).wire("integrationResponseSelectionExpression"),
        integration_subtype: Option<String> = Member::new("IntegrationSubtype", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("integrationSubtype"),
        integration_type: Option<IntegrationType> = Member::new("IntegrationType", &INTEGRATION_TYPE).wire("integrationType"),
        integration_uri: Option<String> = Member::new("IntegrationUri", &URI_WITH_LENGTH_BETWEEN1_AND2048).wire("integrationUri"),
        passthrough_behavior: Option<PassthroughBehavior> = Member::new("PassthroughBehavior", &PASSTHROUGH_BEHAVIOR).wire("passthroughBehavior"),
        payload_format_version: Option<String> = Member::new("PayloadFormatVersion", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("payloadFormatVersion"),
        request_parameters: Option<BTreeMap<String, String>> = Member::new("RequestParameters", &INTEGRATION_PARAMETERS).wire("requestParameters"),
        request_templates: Option<BTreeMap<String, String>> = Member::new("RequestTemplates", &TEMPLATE_MAP).wire("requestTemplates"),
        response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>> = Member::new("ResponseParameters", &RESPONSE_PARAMETERS).wire("responseParameters"),
        template_selection_expression: Option<String> = Member::new("TemplateSelectionExpression", &SELECTION_EXPRESSION).wire("templateSelectionExpression"),
        timeout_in_millis: Option<i32> = Member::new("TimeoutInMillis", &INTEGER_WITH_LENGTH_BETWEEN50_AND30000).wire("timeoutInMillis"),
        tls_config: Option<TlsConfig> = Member::new("TlsConfig", &TLS_CONFIG).wire("tlsConfig"),
    }
    pub struct UpdateRouteRequest as UPDATE_ROUTE_REQUEST {
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_id: String = Member::new("RouteId", &STRING).uri("routeId").required(),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct UpdateRouteResult as UPDATE_ROUTE_RESULT {
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        api_key_required: Option<bool> = Member::new("ApiKeyRequired", &BOOLEAN).wire("apiKeyRequired"),
        authorization_scopes: Option<Vec<String>> = Member::new("AuthorizationScopes", &AUTHORIZATION_SCOPES).wire("authorizationScopes"),
        authorization_type: Option<AuthorizationType> = Member::new("AuthorizationType", &AUTHORIZATION_TYPE).wire("authorizationType"),
        authorizer_id: Option<String> = Member::new("AuthorizerId", &ID).wire("authorizerId"),
        model_selection_expression: Option<String> = Member::new("ModelSelectionExpression", &SELECTION_EXPRESSION).wire("modelSelectionExpression"),
        operation_name: Option<String> = Member::new("OperationName", &STRING_WITH_LENGTH_BETWEEN1_AND64).wire("operationName"),
        request_models: Option<BTreeMap<String, String>> = Member::new("RequestModels", &ROUTE_MODELS).wire("requestModels"),
        request_parameters: Option<BTreeMap<String, ParameterConstraints>> = Member::new("RequestParameters", &ROUTE_PARAMETERS).wire("requestParameters"),
        route_id: Option<String> = Member::new("RouteId", &ID).wire("routeId"),
        route_key: Option<String> = Member::new("RouteKey", &SELECTION_KEY).wire("routeKey"),
        route_response_selection_expression: Option<String> = Member::new("RouteResponseSelectionExpression", &SELECTION_EXPRESSION).wire("routeResponseSelectionExpression"),
        target: Option<String> = Member::new("Target", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("target"),
    }
    pub struct UpdateStageRequest as UPDATE_STAGE_REQUEST {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_id: String = Member::new("ApiId", &STRING).uri("apiId").required(),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: String = Member::new("StageName", &STRING).uri("stageName").required(),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
    }
    pub struct UpdateStageResponse as UPDATE_STAGE_RESPONSE {
        access_log_settings: Option<AccessLogSettings> = Member::new("AccessLogSettings", &ACCESS_LOG_SETTINGS).wire("accessLogSettings"),
        api_gateway_managed: Option<bool> = Member::new("ApiGatewayManaged", &BOOLEAN).wire("apiGatewayManaged"),
        auto_deploy: Option<bool> = Member::new("AutoDeploy", &BOOLEAN).wire("autoDeploy"),
        client_certificate_id: Option<String> = Member::new("ClientCertificateId", &ID).wire("clientCertificateId"),
        created_date: Option<jiff::Timestamp> = Member::new("CreatedDate", &TIMESTAMP_ISO8601).wire("createdDate"),
        default_route_settings: Option<RouteSettings> = Member::new("DefaultRouteSettings", &ROUTE_SETTINGS).wire("defaultRouteSettings"),
        deployment_id: Option<String> = Member::new("DeploymentId", &ID).wire("deploymentId"),
        description: Option<String> = Member::new("Description", &STRING_WITH_LENGTH_BETWEEN0_AND1024).wire("description"),
        last_deployment_status_message: Option<String> = Member::new("LastDeploymentStatusMessage", &STRING).wire("lastDeploymentStatusMessage"),
        last_updated_date: Option<jiff::Timestamp> = Member::new("LastUpdatedDate", &TIMESTAMP_ISO8601).wire("lastUpdatedDate"),
        route_settings: Option<BTreeMap<String, RouteSettings>> = Member::new("RouteSettings", &ROUTE_SETTINGS_MAP).wire("routeSettings"),
        stage_name: Option<String> = Member::new("StageName", &STRING_WITH_LENGTH_BETWEEN1_AND128).wire("stageName"),
        stage_variables: Option<BTreeMap<String, String>> = Member::new("StageVariables", &STAGE_VARIABLES_MAP).wire("stageVariables"),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS).wire("tags"),
    }
}

cloud_wire::errors! {
    BadRequestException = ("BadRequestException", 400, "message"),
    ConflictException = ("ConflictException", 409, "message"),
    NotFoundException = ("NotFoundException", 404, "message"),
    TooManyRequestsException = ("TooManyRequestsException", 429, "message"),
}

cloud_wire::operations! {
    CreateApi(super::CreateApiRequest) -> super::CreateApiResponse = "POST" "/v2/apis" 201, super::CREATE_API_REQUEST, super::CREATE_API_RESPONSE;
    CreateDeployment(super::CreateDeploymentRequest) -> super::CreateDeploymentResponse = "POST" "/v2/apis/{apiId}/deployments" 201, super::CREATE_DEPLOYMENT_REQUEST, super::CREATE_DEPLOYMENT_RESPONSE;
    CreateIntegration(super::CreateIntegrationRequest) -> super::CreateIntegrationResult = "POST" "/v2/apis/{apiId}/integrations" 201, super::CREATE_INTEGRATION_REQUEST, super::CREATE_INTEGRATION_RESULT;
    CreateRoute(super::CreateRouteRequest) -> super::CreateRouteResult = "POST" "/v2/apis/{apiId}/routes" 201, super::CREATE_ROUTE_REQUEST, super::CREATE_ROUTE_RESULT;
    CreateStage(super::CreateStageRequest) -> super::CreateStageResponse = "POST" "/v2/apis/{apiId}/stages" 201, super::CREATE_STAGE_REQUEST, super::CREATE_STAGE_RESPONSE;
    DeleteApi(super::DeleteApiRequest) -> () = "DELETE" "/v2/apis/{apiId}" 204, super::DELETE_API_REQUEST, cloud_wire::shape::UNIT;
    DeleteCorsConfiguration(super::DeleteCorsConfigurationRequest) -> () = "DELETE" "/v2/apis/{apiId}/cors" 204, super::DELETE_CORS_CONFIGURATION_REQUEST, cloud_wire::shape::UNIT;
    DeleteDeployment(super::DeleteDeploymentRequest) -> () = "DELETE" "/v2/apis/{apiId}/deployments/{deploymentId}" 204, super::DELETE_DEPLOYMENT_REQUEST, cloud_wire::shape::UNIT;
    DeleteIntegration(super::DeleteIntegrationRequest) -> () = "DELETE" "/v2/apis/{apiId}/integrations/{integrationId}" 204, super::DELETE_INTEGRATION_REQUEST, cloud_wire::shape::UNIT;
    DeleteRoute(super::DeleteRouteRequest) -> () = "DELETE" "/v2/apis/{apiId}/routes/{routeId}" 204, super::DELETE_ROUTE_REQUEST, cloud_wire::shape::UNIT;
    DeleteStage(super::DeleteStageRequest) -> () = "DELETE" "/v2/apis/{apiId}/stages/{stageName}" 204, super::DELETE_STAGE_REQUEST, cloud_wire::shape::UNIT;
    GetApi(super::GetApiRequest) -> super::GetApiResponse = "GET" "/v2/apis/{apiId}" 200, super::GET_API_REQUEST, super::GET_API_RESPONSE;
    GetApis(super::GetApisRequest) -> super::GetApisResponse = "GET" "/v2/apis" 200, super::GET_APIS_REQUEST, super::GET_APIS_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    GetDeployment(super::GetDeploymentRequest) -> super::GetDeploymentResponse = "GET" "/v2/apis/{apiId}/deployments/{deploymentId}" 200, super::GET_DEPLOYMENT_REQUEST, super::GET_DEPLOYMENT_RESPONSE;
    GetDeployments(super::GetDeploymentsRequest) -> super::GetDeploymentsResponse = "GET" "/v2/apis/{apiId}/deployments" 200, super::GET_DEPLOYMENTS_REQUEST, super::GET_DEPLOYMENTS_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    GetIntegration(super::GetIntegrationRequest) -> super::GetIntegrationResult = "GET" "/v2/apis/{apiId}/integrations/{integrationId}" 200, super::GET_INTEGRATION_REQUEST, super::GET_INTEGRATION_RESULT;
    GetIntegrations(super::GetIntegrationsRequest) -> super::GetIntegrationsResponse = "GET" "/v2/apis/{apiId}/integrations" 200, super::GET_INTEGRATIONS_REQUEST, super::GET_INTEGRATIONS_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    GetRoute(super::GetRouteRequest) -> super::GetRouteResult = "GET" "/v2/apis/{apiId}/routes/{routeId}" 200, super::GET_ROUTE_REQUEST, super::GET_ROUTE_RESULT;
    GetRoutes(super::GetRoutesRequest) -> super::GetRoutesResponse = "GET" "/v2/apis/{apiId}/routes" 200, super::GET_ROUTES_REQUEST, super::GET_ROUTES_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    GetStage(super::GetStageRequest) -> super::GetStageResponse = "GET" "/v2/apis/{apiId}/stages/{stageName}" 200, super::GET_STAGE_REQUEST, super::GET_STAGE_RESPONSE;
    GetStages(super::GetStagesRequest) -> super::GetStagesResponse = "GET" "/v2/apis/{apiId}/stages" 200, super::GET_STAGES_REQUEST, super::GET_STAGES_RESPONSE, .pages("NextToken", "NextToken", &["MaxResults"]);
    GetTags(super::GetTagsRequest) -> super::GetTagsResponse = "GET" "/v2/tags/{resource-arn}" 200, super::GET_TAGS_REQUEST, super::GET_TAGS_RESPONSE;
    ImportApi(super::ImportApiRequest) -> super::ImportApiResponse = "PUT" "/v2/apis" 201, super::IMPORT_API_REQUEST, super::IMPORT_API_RESPONSE, .body_limit(6291456);
    ReimportApi(super::ReimportApiRequest) -> super::ReimportApiResponse = "PUT" "/v2/apis/{apiId}" 201, super::REIMPORT_API_REQUEST, super::REIMPORT_API_RESPONSE, .body_limit(6291456);
    TagResource(super::TagResourceRequest) -> super::TagResourceResponse = "POST" "/v2/tags/{resource-arn}" 201, super::TAG_RESOURCE_REQUEST, super::TAG_RESOURCE_RESPONSE;
    UntagResource(super::UntagResourceRequest) -> () = "DELETE" "/v2/tags/{resource-arn}" 204, super::UNTAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UpdateApi(super::UpdateApiRequest) -> super::UpdateApiResponse = "PATCH" "/v2/apis/{apiId}" 200, super::UPDATE_API_REQUEST, super::UPDATE_API_RESPONSE;
    UpdateIntegration(super::UpdateIntegrationRequest) -> super::UpdateIntegrationResult = "PATCH" "/v2/apis/{apiId}/integrations/{integrationId}" 200, super::UPDATE_INTEGRATION_REQUEST, super::UPDATE_INTEGRATION_RESULT;
    UpdateRoute(super::UpdateRouteRequest) -> super::UpdateRouteResult = "PATCH" "/v2/apis/{apiId}/routes/{routeId}" 200, super::UPDATE_ROUTE_REQUEST, super::UPDATE_ROUTE_RESULT;
    UpdateStage(super::UpdateStageRequest) -> super::UpdateStageResponse = "PATCH" "/v2/apis/{apiId}/stages/{stageName}" 200, super::UPDATE_STAGE_REQUEST, super::UPDATE_STAGE_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "apigatewayv2",
    signing_name: "apigateway",
    endpoint_prefix: "apigateway",
    protocol: cloud_wire::Protocol::RestJson,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2018-11-29",
    xml_namespace: "",
    validation_code: "ValidationException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal(
        "BadRequestException",
        400,
        "The nextToken is not one of this list. Take the one of the page before.",
    ),
    wrong_union: ServiceModel::WRONG_UNION,
};
