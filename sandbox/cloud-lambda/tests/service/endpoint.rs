//! Operations through the endpoint: what is held to the model's constraints before anything is done, and how answers look.

use cloud_wire::Endpoint;
use cloud_wire::listening::{DATE, Listening, NoKeys, signature};

use super::*;

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:dead";

/// A service at an endpoint.
pub(super) struct Served {
    endpoint: Listening,
    pub(super) rig: Rig,
}

impl Served {
    pub(super) async fn start() -> Self {
        let rig = Rig::new().await;
        let account = rig.context.account().clone();
        let endpoint = Endpoint::new(rig.context.clone(), Arc::new(NoKeys));
        let endpoint = endpoint.with_any_key(account).with_service(Arc::new(rig.lambda.clone()));
        Self { endpoint: Listening::start(endpoint).await.unwrap(), rig }
    }

    /// The status and the answer's JSON.
    pub(super) async fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\n\
             authorization: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("lambda"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    async fn refused(&self, method: &str, path: &str, body: Value, status: u16, message: &str) {
        let (seen, answer) = self.ask(method, path, &body).await;
        let told = answer["message"].as_str().or(answer["Message"].as_str());
        assert_eq!((seen, told), (status, Some(message)), "{method} {path} {body}");
    }
}

#[tokio::test]
async fn an_invoke_config_is_put_changed_listed_and_deleted() {
    let served = Served::start().await;
    let dead = Arc::new(events::DeadLetters::default());
    served.rig.context.peers().add_target("sqs", dead);
    served.rig.create("f").await;
    let publish = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
    served.rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let path = "/2019-09-25/functions/f/event-invoke-config";
    let latest = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST";
    let none = format!("The function {latest} doesn't have an EventInvokeConfig");
    for method in ["GET", "DELETE"] {
        served.refused(method, path, Value::Null, 404, &none).await;
    }
    served.refused("POST", path, json!({ "MaximumRetryAttempts": 1 }), 404, &none).await;
    let wanted = json!({ "MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60 });
    let (status, put) = served.ask("PUT", path, &wanted).await;
    assert_eq!((status, &put["FunctionArn"]), (200, &json!(latest)));
    assert_eq!(put["DestinationConfig"], json!({ "OnSuccess": {}, "OnFailure": {} }));
    assert_eq!(put["LastModified"], 1_767_225_600);
    served.rig.clock.advance(Duration::from_millis(1500));
    let failure = json!({ "DestinationConfig": { "OnFailure": { "Destination": QUEUE } } });
    let (status, changed) = served.ask("POST", path, &failure).await;
    assert_eq!((status, &changed["MaximumRetryAttempts"]), (200, &json!(1)));
    assert_eq!(changed["LastModified"], 1_767_225_601.5);
    assert_eq!(
        changed["DestinationConfig"],
        json!({ "OnSuccess": {}, "OnFailure": { "Destination": QUEUE } })
    );
    assert_eq!(served.ask("GET", path, &Value::Null).await, (200, changed.clone()));
    // What is put is all there is.
    let (_, put) = served.ask("PUT", path, &json!({ "MaximumEventAgeInSeconds": 21_600 })).await;
    assert_eq!(
        (&put["MaximumRetryAttempts"], &put["DestinationConfig"]["OnFailure"]),
        (&Value::Null, &json!({}))
    );
    let of_version = format!("{path}?Qualifier=1");
    let (status, version) = served.ask("PUT", &of_version, &json!({ "MaximumRetryAttempts": 0 })).await;
    assert_eq!((status, version["FunctionArn"].as_str().unwrap().rsplit(':').next()), (200, Some("1")));
    let list = format!("{path}/list");
    let (status, listed) = served.ask("GET", &list, &Value::Null).await;
    assert_eq!((status, &listed["FunctionEventInvokeConfigs"]), (200, &json!([put, version])));
    let (_, page) = served.ask("GET", &format!("{list}?MaxItems=1"), &Value::Null).await;
    assert_eq!(page["FunctionEventInvokeConfigs"], json!([put]));
    let marker = page["NextMarker"].as_str().unwrap();
    let (_, page) = served.ask("GET", &format!("{list}?MaxItems=1&Marker={marker}"), &Value::Null).await;
    assert_eq!((&page["FunctionEventInvokeConfigs"], &page["NextMarker"]), (&json!([version]), &Value::Null));
    assert_eq!(served.ask("DELETE", path, &Value::Null).await.0, 204);
    served.refused("GET", path, Value::Null, 404, &none).await;
    let rig = served.rig.again().await;
    let input = GetFunctionEventInvokeConfigRequest { function_name: "f:1".into(), qualifier: None };
    let name = "GetFunctionEventInvokeConfig";
    let kept = rig.call::<operation::GetFunctionEventInvokeConfig>(name, input.clone()).await.unwrap();
    assert_eq!(kept.maximum_retry_attempts, Some(0));
    let gone = DeleteFunctionRequest { function_name: "f".into(), qualifier: Some("1".into()) };
    rig.call::<operation::DeleteFunction>("DeleteFunction", gone).await.unwrap();
    let missing = rig.call::<operation::GetFunctionEventInvokeConfig>(name, input).await.unwrap_err();
    assert_eq!(missing.code(), "ResourceNotFoundException", "it goes with its version");
}

#[tokio::test]
async fn an_invoke_config_that_cannot_be_is_refused() {
    let served = Served::start().await;
    served.rig.create("f").await;
    let path = "/2019-09-25/functions/f/event-invoke-config";
    let broken = |text: &str| format!("1 validation error detected: {text}");
    let number = |value: i32, member: &str, constraint: &str| {
        broken(&format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must have value {constraint}"
        ))
    };
    for method in ["PUT", "POST"] {
        for (member, value, place, constraint) in [
            ("MaximumRetryAttempts", 3, "maximumRetryAttempts", "less than or equal to 2"),
            ("MaximumRetryAttempts", -1, "maximumRetryAttempts", "greater than or equal to 0"),
            ("MaximumEventAgeInSeconds", 59, "maximumEventAgeInSeconds", "greater than or equal to 60"),
            ("MaximumEventAgeInSeconds", 21_601, "maximumEventAgeInSeconds", "less than or equal to 21600"),
        ] {
            let text = number(value, place, constraint);
            served.refused(method, path, json!({ member: value }), 400, &text).await;
        }
        let nothing = "You must specify at least one of error handling or destination setting.";
        served.refused(method, path, json!({}), 400, nothing).await;
        let nowhere = "/2019-09-25/functions/g/event-invoke-config";
        let one = json!({ "MaximumRetryAttempts": 1 });
        served.refused(method, nowhere, one.clone(), 404, "The function doesn't exist.").await;
        let version = format!("{path}?Qualifier=7");
        served.refused(method, &version, one, 404, "The function doesn't exist.").await;
    }
    let nowhere = "/2019-09-25/functions/g/event-invoke-config/list";
    served.refused("GET", nowhere, Value::Null, 404, "The function doesn't exist.").await;
    let to = |place: &str, arn: &str| json!({ "DestinationConfig": { place: { "Destination": arn } } });
    let (status, answer) = served.ask("PUT", path, &to("OnFailure", "queue")).await;
    let told = answer["message"].as_str().unwrap();
    assert!(status == 400 && told.contains("at 'destinationConfig.onFailure.destination' failed"), "{told}");
    let invalid = |success: &str, failure: &str| {
        format!(
            "The provided destination config DestinationConfig(onSuccess={success}, onFailure={failure}) is invalid."
        )
    };
    let role = "arn:aws:iam::000000000000:role/r";
    let text = invalid("null", &format!("OnFailure(destination={role})"));
    served.refused("PUT", path, to("OnFailure", role), 400, &text).await;
    let text = invalid("OnSuccess(destination=arn:aws:s3:::bucket)", "null");
    served.refused("PUT", path, to("OnSuccess", "arn:aws:s3:::bucket"), 400, &text).await;
    let own = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let text = "You can't specify the function as a destination for itself.";
    for own in [own.to_owned(), format!("{own}:prod")] {
        served.refused("PUT", path, to("OnSuccess", &own), 400, text).await;
    }
    for arn in [
        format!("{own}-other"),
        QUEUE.to_owned(),
        "arn:aws:events:us-east-1:000000000000:event-bus/default".to_owned(),
        "arn:aws:s3:::bucket".to_owned(),
    ] {
        let text = format!("The destination ARN {arn} is invalid.");
        served.refused("PUT", path, to("OnFailure", &arn), 400, &text).await;
    }
    let (status, listed) = served.ask("GET", &format!("{path}/list"), &Value::Null).await;
    assert_eq!((status, listed["FunctionEventInvokeConfigs"].as_array().map(Vec::len)), (200, Some(0)));
}

#[tokio::test]
async fn weights_and_configurations_that_cannot_be_are_refused() {
    let served = Served::start().await;
    served.rig.create("f").await;
    let publish = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
    served.rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let alias = |weights: Value| json!({ "Name": "a", "FunctionVersion": "1", "RoutingConfig": { "AdditionalVersionWeights": weights } });
    let aliases = "/2015-03-31/functions/f/aliases";
    let text = "1 validation error detected: Value '{2=1.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy \
                constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member \
                must have value greater than or equal to 0.0, Member must not be null]";
    served.refused("POST", aliases, alias(json!({ "2": 1.5 })), 400, text).await;
    let text = "Invalid function version 1. Function version 1 is already included in routing configuration.";
    served.refused("POST", aliases, alias(json!({ "1": 0.5 })), 400, text).await;
    let code = "/2015-03-31/functions/f/code";
    let zip_file = BASE64_STANDARD.encode(zip(b"two"));
    let key = "arn:aws:kms:us-east-1:000000000000:key/k";
    let text =
        format!("The KMS key {key} does not exist: this cloud has no keys. Leave SourceKMSKeyArn out.");
    served.refused("PUT", code, json!({ "ZipFile": zip_file, "SourceKMSKeyArn": key }), 400, &text).await;
}

#[tokio::test]
async fn the_engine_that_runs_a_function_is_shown_and_nothing_is_made_ready_for_that() {
    let served = Served::start().await;
    served.rig.create("f").await;
    let path = "/_cumulo/lambda/engine?function=f";
    let (status, told) = served.ask("GET", path, &Value::Null).await;
    assert_eq!((status, told), (200, json!({ "engine": "fake" })));
    assert_eq!(served.ask("GET", "/_cumulo/lambda/engine?function=g", &Value::Null).await.0, 404);
    assert_eq!(served.ask("GET", "/_cumulo/lambda/engine", &Value::Null).await.0, 400);
    let path = "/_cumulo/lambda/interpreter?runtime=python3.13";
    assert_eq!(served.ask("GET", path, &Value::Null).await, (200, json!({ "program": null })));
    assert_eq!(served.ask("GET", "/_cumulo/lambda/interpreter", &Value::Null).await.0, 400);
    assert_eq!(served.ask("GET", "/_cumulo/lambda/other", &Value::Null).await.0, 404);
}
