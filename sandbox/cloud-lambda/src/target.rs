//! Lambda as a target: other services hand events to a function by its ARN, if its policy lets them.

use async_trait::async_trait;
use cloud_core::{AccountId, Arn, AwsError, Delivered, Delivery, DeliveryKind, RequestId, Target};

use crate::Lambda;
use crate::invoke::{Event, function_error};
use crate::names::FunctionName;
use crate::ops::check_payload;
use crate::state::{Sender, allows};

#[async_trait]
impl Target for Lambda {
    async fn deliver(&self, to: &Arn, delivery: Delivery) -> Result<Delivered, AwsError> {
        let function = FunctionName::parse(self.context(), &to.to_string(), None)?;
        self.expect_allowed(&function, &delivery)?;
        check_payload(&delivery.payload, delivery.kind)?;
        let request_id = RequestId::random(self.context().entropy()).to_string();
        let event = Event {
            function,
            request_id: request_id.clone(),
            payload: delivery.payload,
            client_context: None,
        };
        if delivery.kind == DeliveryKind::Event {
            self.runner().check(&event.function)?;
            self.queue().accept(event).await?;
            return Ok(Delivered { request_id, ..Delivered::default() });
        }
        let ran = self.runner().run(event).await?;
        Ok(Delivered {
            function_error: function_error(&ran.outcome),
            payload: ran.outcome.payload,
            executed_version: Some(ran.version),
            request_id,
        })
    }
}

impl Lambda {
    // AWS: a permission on the function does not cover its aliases and versions; each has a policy of its own.
    fn expect_allowed(&self, name: &FunctionName, delivery: &Delivery) -> Result<(), AwsError> {
        let Some(principal) = delivery.principal.as_deref() else { return Ok(()) };
        let function = self.runner().check(name)?;
        let policy = function.policies.get(name.qualifier.as_deref().unwrap_or_default());
        let account = delivery
            .source_arn
            .as_ref()
            .map(Arn::account)
            .filter(|account| !account.is_empty())
            .or_else(|| Some(principal).filter(|principal| AccountId::is_one(principal)))
            .unwrap_or_else(|| self.context().account().as_str());
        let sender = Sender { principal, source_arn: delivery.source_arn.as_ref(), account };
        if policy.is_some_and(|statements| allows(statements, sender)) {
            return Ok(());
        }
        let arn = name.arn(self.context());
        Err(AwsError::access_denied(format!(
            "{principal} is not authorized to perform: lambda:InvokeFunction on resource: {arn} because no \
             resource-based policy allows the lambda:InvokeFunction action"
        )))
    }
}
