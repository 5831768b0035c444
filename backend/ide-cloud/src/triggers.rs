//! What calls a function: the sources that it is fed from, and who its policy lets in.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::{
    CallError, ErrorCode,
    function::{AddTrigger, DescribeTriggers, RemoveTrigger, SetTrigger, Trigger},
};
use serde_json::{Value, json};

use crate::{
    client::{LAMBDA, Rest, SNS, encode, filled},
    error::CloudError,
    functions::{FUNCTIONS, plain_name},
    workspace::CloudPanels,
};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

impl CloudPanels {
    /// Answers the calls about triggers.
    pub(crate) fn register_triggers(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: DescribeTriggers| async move { Ok(this.triggers(&call.name).await?) })
            .on(|this, _, call: SetTrigger| async move { Ok(this.set_trigger(&call).await?) })
            .on(|this, _, call: AddTrigger| async move { this.add_trigger(&call).await })
            .on(|this, _, call: RemoveTrigger| async move { this.remove_trigger(&call).await });
    }

    /// What calls a deployed function: sources that it polls first.
    async fn triggers(&self, name: &str) -> Result<Vec<Trigger>, CloudError> {
        let path = format!("{MAPPINGS}?FunctionName={}", encode(name));
        let mappings =
            self.aws().rest_pages(LAMBDA, &path, "EventSourceMappings", ("NextMarker", "Marker")).await?;
        let mut triggers: Vec<_> = mappings.iter().map(mapping).collect();
        let policy = match self.aws().send(Rest::new(LAMBDA, Method::GET, policy_of(name))).await {
            Ok(answer) => answer.json("GetPolicy")?,
            // Nobody is let in.
            Err(error) if error.is("ResourceNotFoundException") => return Ok(triggers),
            Err(error) => return Err(error),
        };
        let policy = policy.get("Policy").and_then(Value::as_str).unwrap_or_default();
        triggers.extend(permitted(policy));
        Ok(triggers)
    }

    async fn set_trigger(&self, call: &SetTrigger) -> Result<(), CloudError> {
        let path = format!("{MAPPINGS}/{}", encode(&call.id));
        let body = json!({ "Enabled": call.enabled }).to_string();
        self.aws().send(Rest::new(LAMBDA, Method::PUT, path).body(body)).await.map(drop)
    }

    async fn add_trigger(&self, call: &AddTrigger) -> Result<(), CallError> {
        match service_of(&call.source) {
            "sqs" => Ok(self.map(call, None).await?),
            // AWS: of a stream it has to be said where in it to begin.
            "kinesis" | "dynamodb" => Ok(self.map(call, Some("TRIM_HORIZON")).await?),
            "sns" => Ok(self.subscribe(call).await?),
            other => {
                let message = format!(
                    "a function is fed from queues and streams and subscribed to topics; '{other}' is none: give its ARN"
                );
                Err(CallError::new(ErrorCode::Unsupported, message)
                    .because("no-source", &[("service", &other)]))
            }
        }
    }

    /// Feeds the function from a queue or a stream.
    async fn map(&self, call: &AddTrigger, begin: Option<&str>) -> Result<(), CloudError> {
        let mut body = json!({ "FunctionName": call.name, "EventSourceArn": call.source });
        if let Some(begin) = begin {
            body["StartingPosition"] = begin.into();
        }
        if let Some(size) = call.batch_size {
            body["BatchSize"] = size.into();
        }
        let request = Rest::new(LAMBDA, Method::POST, MAPPINGS).body(body.to_string());
        self.aws().send(request).await.map(drop)
    }

    /// Lets a topic call the function, and subscribes it.
    async fn subscribe(&self, call: &AddTrigger) -> Result<(), CloudError> {
        let described = self.described(&call.name).await?;
        let arn = filled(&described, "FunctionArn").ok_or(CloudError::Answer("GetFunctionConfiguration"))?;
        let body = json!({
            "StatementId": statement_id(&call.source),
            "Action": "lambda:InvokeFunction",
            "Principal": "sns.amazonaws.com",
            "SourceArn": call.source,
        });
        let request = Rest::new(LAMBDA, Method::POST, policy_of(&call.name)).body(body.to_string());
        match self.aws().send(request).await {
            Ok(_) => {}
            // It may already.
            Err(error) if error.is("ResourceConflictException") => {}
            Err(error) => return Err(error),
        }
        let parameters =
            [("TopicArn", call.source.as_str()), ("Protocol", "lambda"), ("Endpoint", arn.as_str())];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.aws().query(SNS, "Subscribe", &parameters).await.map(drop)
    }

    async fn remove_trigger(&self, call: &RemoveTrigger) -> Result<(), CallError> {
        let trigger = &call.trigger;
        if let Some(id) = &trigger.id {
            let path = format!("{MAPPINGS}/{}", encode(id));
            self.aws().send(Rest::new(LAMBDA, Method::DELETE, path)).await.map_err(CallError::from)?;
            return Ok(());
        }
        let Some(statement) = &trigger.statement else {
            let message = "this trigger has neither a mapping nor a statement of the function's policy: it cannot be removed here";
            return Err(CallError::new(ErrorCode::Invalid, message).because("no-trigger", &[]));
        };
        if trigger.service == "sns" {
            self.unsubscribe(&call.name, &trigger.source).await?;
        }
        let path = format!("{}/{}", policy_of(&call.name), encode(statement));
        self.aws().send(Rest::new(LAMBDA, Method::DELETE, path)).await?;
        Ok(())
    }

    /// Ends the function's subscriptions to a topic; it may have none.
    async fn unsubscribe(&self, name: &str, topic: &str) -> Result<(), CloudError> {
        let of = [("TopicArn".to_owned(), topic.to_owned())];
        let listed = match self.aws().query_pages(SNS, "ListSubscriptionsByTopic", &of, "Subscriptions").await
        {
            Ok(listed) => listed,
            // The topic is gone, or what may call is no topic by name.
            Err(error) if error.is("NotFound") || error.is("InvalidParameter") => return Ok(()),
            Err(error) => return Err(error),
        };
        let is_of = |endpoint: &str| plain_name(endpoint) == plain_name(name);
        for subscription in &listed {
            let text = |name: &str| subscription.text_of(name).unwrap_or_default();
            if text("Protocol") == "lambda" && is_of(&text("Endpoint")) {
                let of = [("SubscriptionArn".to_owned(), text("SubscriptionArn"))];
                self.aws().query(SNS, "Unsubscribe", &of).await?;
            }
        }
        Ok(())
    }
}

fn policy_of(name: &str) -> String {
    format!("{FUNCTIONS}/{}/policy", encode(name))
}

/// What the statement is called that lets a topic call a function: the same for the same topic.
fn statement_id(topic: &str) -> String {
    let name = topic.rsplit(':').next().unwrap_or_default();
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    // AWS: at most 100 characters.
    format!("sns-{}", name.chars().take(96).collect::<String>())
}

fn mapping(mapping: &Value) -> Trigger {
    let source = filled(mapping, "EventSourceArn").unwrap_or_default();
    Trigger {
        service: service_of(&source).to_owned(),
        source,
        id: filled(mapping, "UUID"),
        state: filled(mapping, "State"),
        last_result: filled(mapping, "LastProcessingResult"),
        batch_size: mapping.get("BatchSize").and_then(Value::as_u64).map(|size| size as u32),
        statement: None,
    }
}

/// The service that an ARN names.
fn service_of(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// Services that a policy lets call the function, each with the resource it does that for.
fn permitted(policy: &str) -> Vec<Trigger> {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = policy.get("Statement").and_then(Value::as_array);
    let trigger = |statement: &Value| {
        let principal = statement.pointer("/Principal/Service")?.as_str()?;
        let conditions = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
        let sources = conditions.filter_map(|(_, keys)| {
            let mut keys = keys.as_object()?.iter();
            let (_, source) = keys.find(|(key, _)| key.eq_ignore_ascii_case("AWS:SourceArn"))?;
            source.as_str().map(str::to_owned)
        });
        Some(Trigger {
            service: principal.split('.').next().unwrap_or_default().to_owned(),
            source: sources.into_iter().next().unwrap_or_else(|| principal.to_owned()),
            id: None,
            state: None,
            last_result: None,
            batch_size: None,
            statement: filled(statement, "Sid"),
        })
    };
    statements.into_iter().flatten().filter_map(trigger).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_who_may_call() {
        let statement = |principal: Value, condition: Value| json!({ "Effect": "Allow", "Principal": principal, "Condition": condition });
        let arn = "arn:aws:sns:us-east-1:000000000000:orders";
        let policy = json!({ "Statement": [
            statement(json!({ "Service": "sns.amazonaws.com" }), json!({ "ArnLike": { "AWS:SourceArn": arn } })),
            statement(json!({ "Service": "events.amazonaws.com" }), json!({})),
            statement(json!({ "AWS": "arn:aws:iam::111111111111:root" }), json!({})),
        ] });
        let seen: Vec<_> =
            permitted(&policy.to_string()).into_iter().map(|one| (one.service, one.source)).collect();
        let expected = [("sns", arn), ("events", "events.amazonaws.com")];
        assert_eq!(seen, expected.map(|(service, source)| (service.to_owned(), source.to_owned())));
        assert!(permitted("no policy").is_empty());
    }

    #[test]
    fn a_mapping_says_how_it_is() {
        let source = "arn:aws:sqs:us-east-1:000000000000:jobs";
        let seen =
            mapping(&json!({ "EventSourceArn": source, "UUID": "u", "State": "Enabled", "BatchSize": 10 }));
        let expected = Trigger {
            service: "sqs".into(),
            source: source.into(),
            id: Some("u".into()),
            state: Some("Enabled".into()),
            last_result: None,
            batch_size: Some(10),
            statement: None,
        };
        assert_eq!(seen, expected);
    }
}
