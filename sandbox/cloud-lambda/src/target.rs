//! Lambda as a target: other services hand events to a function by its ARN, if its policy lets them.

use async_trait::async_trait;
use cloud_core::{
    AccountId, Actor, Arn, AwsError, Delivered, Delivery, DeliveryKind, PortError, RequestId, Target,
};

use crate::Lambda;
use crate::invoke::{Event, undelivered};
use crate::names::FunctionName;
use crate::ops::check_payload;
use crate::state::{Sender, allows};

#[async_trait]
impl Target for Lambda {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let function = FunctionName::parse(self.context(), &delivery.target.to_string(), None)?;
        self.expect_allowed(&function, &delivery)?;
        check_payload(&delivery.payload, delivery.kind)?;
        let random = || RequestId::random(self.context().entropy()).to_string();
        let request_id = delivery.id.unwrap_or_else(random);
        let event = Event {
            function,
            request_id: request_id.clone(),
            payload: delivery.payload,
            client_context: None,
            trace: delivery.trace,
        };
        if delivery.kind == DeliveryKind::Event {
            self.runner().check(&event.function)?;
            self.queue().accept(event).await?;
            return Ok(Delivered { request_id, ..Delivered::default() });
        }
        let ran = self.runner().run(event).await.map_err(undelivered)?;
        Ok(ran.delivered(request_id))
    }
}

impl Lambda {
    // AWS: a permission on the function does not cover its aliases and versions; each has a policy of its own.
    fn expect_allowed(&self, name: &FunctionName, delivery: &Delivery) -> Result<(), AwsError> {
        let own = self.context().account().as_str();
        let principal = match &delivery.actor {
            Actor::Account => return Ok(()),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return Ok(()),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        // Another account is not told by the error which functions there are.
        let function = match self.runner().check(name) {
            Err(_) if !matches!(delivery.actor, Actor::Service(_)) => None,
            found => Some(found?),
        };
        let qualifier = name.qualifier.as_deref().unwrap_or_default();
        let policy = function.as_ref().and_then(|function| function.policies.get(qualifier));
        let account = delivery
            .source_arn
            .as_ref()
            .map(Arn::account)
            .filter(|account| !account.is_empty())
            .or_else(|| Some(principal).filter(|principal| AccountId::is_one(principal)))
            .unwrap_or(own);
        let sender = Sender { principal, source_arn: delivery.source_arn.as_ref(), account };
        let arn = name.arn(self.context());
        if policy.is_some_and(|statements| allows(statements, &arn, sender)) {
            return Ok(());
        }
        Err(AwsError::access_denied(format!(
            "{principal} is not authorized to perform: lambda:InvokeFunction on resource: {arn} because no \
             resource-based policy allows the lambda:InvokeFunction action"
        )))
    }
}
