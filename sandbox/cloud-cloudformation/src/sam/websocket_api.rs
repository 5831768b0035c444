//! `AWS::Serverless::WebSocketApi`: an API that keeps connections, a route with its integration and permission for
//! every kind of message, a stage that deploys itself, perhaps an authorizer of who connects and a custom domain.

use serde_json::{Map, Value, json};

use super::http_api::domain::{self, Zones};
use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, is_intrinsic, is_set, reference, type_name};
use super::{Cause, Outcome, Work, expect, permissions};

/// The tag of all that is made of WebSocket APIs.
const TAG: &str = "websocketapi:createdBy";
const ARN: &str = "arn:${AWS::Partition}:";
/// The routes that messages do not choose.
const SPECIAL: &[&str] = &["$connect", "$disconnect", "$default"];
/// What is made of an API that its tags pass on to.
const TAGGED: &[&str] =
    &["AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::DomainName"];

/// The API as the template has it, references to parameters resolved where that is done.
struct Given<'a> {
    id: &'a str,
    /// The API itself, for what it depends on.
    // AWS: its condition and its policies of deletion do not pass on.
    own: &'a Value,
    properties: Properties<'a>,
    auth: Option<Value>,
    routes: Value,
}

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let resolved = |name: &str| properties.get(name).map(|value| resolve(work, id, value)).transpose();
    let (auth, routes, domain) = (resolved("Auth")?, resolved("Routes")?, resolved("Domain")?);
    let auth = auth.filter(is_set);
    let given = Given { id, own: source, properties, auth, routes: routes.unwrap_or_default() };
    check(&given, domain.as_ref())?;
    let mut made = vec![(id.to_owned(), given.api())];
    if let Some(domain) = &domain {
        let of = domain::Owner { api: id, source: &Value::Null, tag: TAG };
        let parts = domain::make(work, &of, domain, Zones::Own)?;
        work.references.extend(domain::reference_to(id, &parts));
        made.extend(parts);
    }
    let mut stage = given.stage()?;
    let mut routes = Vec::new();
    for (key, route) in expect::map(id, "Routes", &given.routes)? {
        let route = expect::map(id, &format!("Routes.{key}"), route)?;
        let parts = given.route(key, route)?;
        parts.iter().try_for_each(|(_, part)| work.room.take(id, part))?;
        routes.extend(parts.first().map(|(route_id, _)| json!(route_id)));
        made.extend(parts);
    }
    // AWS: a stage with settings for routes needs the routes to be there.
    if given.properties.set("RouteSettings").is_some() {
        stage.1["DependsOn"] = json!(routes);
    }
    work.references.insert(format!("{id}.Stage"), stage.0.clone());
    made.push(stage);
    given.propagate_tags(&mut made);
    Ok(made)
}

fn check(given: &Given<'_>, domain: Option<&Value>) -> Outcome<()> {
    let wrong = |reason: &str| Err(Cause::resource(given.id, reason));
    if !is_set(&given.routes) {
        return wrong("WebSocket API must have at least one route.");
    }
    let known = |kind: &Value| is_intrinsic(kind) || *kind == "ipv4" || *kind == "dualstack";
    if given.properties.get("IpAddressType").is_some_and(|kind| !known(kind)) {
        return wrong("IpAddressType must be 'ipv4' or 'dualstack'.");
    }
    if domain.and_then(|domain| domain.get("MutualTlsAuthentication")).is_some_and(is_set) {
        return wrong("Mutual TLS domain name association is not supported for Websocket APIs.");
    }
    if given.auth.is_some() && given.routes.get("$connect").is_none() {
        return wrong("Authorization is only available if there is a $connect route.");
    }
    Ok(())
}

/// Where an API calls a function.
fn function_uri(variable: &str, function: &Value) -> Value {
    let text = format!(
        "{ARN}apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{variable}}}/invocations"
    );
    json!({ "Fn::Sub": [text, { variable: function }] })
}

impl Given<'_> {
    fn wrong(&self, reason: impl std::fmt::Display) -> Cause {
        Cause::resource(self.id, reason)
    }

    fn tags(&self) -> Map<String, Value> {
        let mut tags = self.properties.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default();
        tags.insert(TAG.to_owned(), json!("SAM"));
        tags
    }

    fn api(&self) -> Value {
        let name = self.properties.get("Name").cloned().unwrap_or_else(|| json!(self.id));
        Plain::new("AWS::ApiGatewayV2::Api")
            .depending(self.own)
            .copy(
                &self.properties,
                &[
                    "ApiKeySelectionExpression",
                    "Description",
                    "DisableExecuteApiEndpoint",
                    "DisableSchemaValidation",
                    "IpAddressType",
                    "RouteSelectionExpression",
                ],
            )
            .with("Name", name)
            .with("ProtocolType", "WEBSOCKET")
            .with("Tags", self.tags())
            .build()
    }

    fn stage_name(&self) -> Value {
        self.properties.get("StageName").cloned().unwrap_or_else(|| json!("default"))
    }

    fn stage(&self) -> Outcome<Made> {
        let name = self.stage_name();
        let id = match name.as_str().unwrap_or_default() {
            "$default" => return Err(self.wrong("Stages cannot be named $default for WebSocket APIs.")),
            "default" => format!("{}DefaultStage", self.id),
            name => format!("{}{name}Stage", self.id),
        };
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Cause::resource(&id, "Logical ids must be alphanumeric."));
        }
        let stage = Plain::new("AWS::ApiGatewayV2::Stage")
            .with("ApiId", reference(self.id))
            .with("StageName", name)
            .copy(
                &self.properties,
                &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"],
            )
            .with("Tags", json!({ TAG: "SAM" }))
            .with("AutoDeploy", true)
            .build();
        Ok((id, stage))
    }

    /// A route, what it calls, the permission to call it; and who may connect, where it is the route of that.
    fn route(&self, key: &str, given: &Map<String, Value>) -> Outcome<Vec<Made>> {
        let name = self.route_name(key)?;
        let [route_id, integration_id, permission_id] =
            ["Route", "Integration", "Permission"].map(|kind| format!("{}{name}{kind}", self.id));
        let get = |name: &str| given.get(name).filter(|value| !value.is_null());
        let parameters = get("RequestParameters").filter(|parameters| is_set(parameters));
        if parameters.is_some() && key != "$connect" {
            let reason = "Request parameters are only supported for the $connect route in WebSocket APIs.";
            return Err(self.wrong(reason));
        }
        let mut route = Plain::new("AWS::ApiGatewayV2::Route")
            .with("ApiId", reference(self.id))
            .with("RouteKey", key)
            .copy_as("RequestParameters", parameters)
            .with("Target", json!({ "Fn::Join": ["/", ["integrations", reference(&integration_id)]] }));
        for name in [
            "ApiKeyRequired",
            "ModelSelectionExpression",
            "OperationName",
            "RequestModels",
            "RouteResponseSelectionExpression",
        ] {
            route = route.copy_as(name, get(name));
        }
        let authorizer = self.authorize(key)?;
        if let Some((kind, authorizer)) = &authorizer {
            route = route.with("AuthorizationType", kind.as_str());
            let first = authorizer.first().map(|(id, _)| reference(id));
            route = route.maybe("AuthorizerId", first);
        }
        let function =
            given.get("FunctionArn").ok_or_else(|| self.wrong("Route must have associated function."))?;
        let integration = Plain::new("AWS::ApiGatewayV2::Integration")
            .with("ApiId", reference(self.id))
            .with("IntegrationType", "AWS_PROXY")
            .with("IntegrationUri", function_uri("FunctionArn", function))
            .copy_as("TimeoutInMillis", get("IntegrationTimeout"))
            .build();
        let mut made = vec![
            (route_id, route.build()),
            (integration_id, integration),
            (permission_id, self.permission(key, function)),
        ];
        made.extend(authorizer.into_iter().flat_map(|(_, authorizer)| authorizer));
        Ok(made)
    }

    /// The route's key inside of a logical id.
    fn route_name(&self, key: &str) -> Outcome<String> {
        let plain = if SPECIAL.contains(&key) { key.trim_start_matches('$') } else { key };
        if plain.is_empty() || !plain.chars().all(char::is_alphanumeric) {
            return Err(self.wrong(format!(
                "Route key '{key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported."
            )));
        }
        let mut letters = plain.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Ok(first.chain(letters.flat_map(char::to_lowercase)).collect())
    }

    fn permission(&self, key: &str, function: &Value) -> Value {
        let text = |stage: &str| {
            format!(
                "{ARN}execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}/{stage}/{key}",
                self.id
            )
        };
        let source = match self.stage_name() {
            Value::String(stage) => json!({ "Fn::Sub": text(&stage) }),
            stage => json!({ "Fn::Sub": [text("${__StageName__}"), { "__StageName__": stage }] }),
        };
        Plain::new("AWS::Lambda::Permission")
            .with("Action", "lambda:InvokeFunction")
            .with("FunctionName", function.clone())
            .with("Principal", "apigateway.amazonaws.com")
            .with("SourceArn", source)
            .build()
    }

    /// How the route of connections is authorized, and what is made for that.
    fn authorize(&self, key: &str) -> Outcome<Option<(String, Vec<Made>)>> {
        let Some(auth) = &self.auth else { return Ok(None) };
        let auth = expect::map(self.id, "Auth", auth)?;
        let kind = self.authorization(auth)?;
        if key != "$connect" {
            return Ok(None);
        }
        let made = if kind == "CUSTOM" { self.authorizer(auth) } else { Vec::new() };
        Ok(Some((kind, made)))
    }

    /// The kind of authorization, however its letters are written.
    fn authorization(&self, auth: &Map<String, Value>) -> Outcome<String> {
        let set = |name: &str| auth.get(name).filter(|value| is_set(value));
        let kind = set("AuthType")
            .ok_or_else(|| self.wrong("AuthType must be specified for additional auth configurations."))?;
        let kind = kind.as_str().unwrap_or_default().to_uppercase();
        match kind.as_str() {
            "CUSTOM" if set("AuthArn").is_none() => {
                Err(self.wrong("AuthArn must be specified if AuthType is CUSTOM."))
            }
            "AWS_IAM" | "NONE" if auth.len() > 1 => {
                Err(self.wrong(format!("No additional configurations supported for AuthType {kind}.")))
            }
            "CUSTOM" | "AWS_IAM" | "NONE" => Ok(kind),
            _ => Err(self.wrong("AuthType is not one of AWS_IAM, CUSTOM or NONE.")),
        }
    }

    /// The function that authorizes, and the permission to call it unless that is done by a role.
    fn authorizer(&self, auth: &Map<String, Value>) -> Vec<Made> {
        let id = format!("{}ConnectAuthorizer", self.id);
        let function = auth.get("AuthArn").cloned().unwrap_or_default();
        let name = auth.get("Name").filter(|name| is_set(name)).cloned().unwrap_or_else(|| json!(id));
        let get = |name: &str| auth.get(name).filter(|value| !value.is_null());
        let authorizer = Plain::new("AWS::ApiGatewayV2::Authorizer")
            .with("ApiId", reference(self.id))
            .copy_as("AuthorizerCredentialsArn", get("InvokeRole"))
            .with("AuthorizerType", "REQUEST")
            .with("AuthorizerUri", function_uri("AuthArn", &function))
            .copy_as("IdentitySource", get("IdentitySource"))
            .with("Name", name)
            .build();
        let mut made = vec![(id, authorizer)];
        if !auth.get("InvokeRole").is_some_and(is_set) {
            let permission = permissions::to_authorize(&Value::Null, self.id, ARN, &function);
            made.push((format!("{}AuthorizerPermission", self.id), permission));
        }
        made
    }

    fn propagate_tags(&self, made: &mut [Made]) {
        let given = self.properties.set("Tags").and(self.properties.set("PropagateTags"));
        for (_, resource) in made.iter_mut().filter(|(_, resource)| TAGGED.contains(&type_name(resource))) {
            if given.is_some() {
                resource["Properties"]["Tags"] = json!(self.tags());
            }
        }
    }
}
