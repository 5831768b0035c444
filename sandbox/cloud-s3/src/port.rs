//! S3 for other services: a target that keeps what is delivered as an object, under the key that the target names behind its
//! bucket. Reading objects is `service`'s.

use async_trait::async_trait;
use cloud_core::{
    Access, AccountId, Actor, Arn, AwsError, Caller, Delivered, Delivery, Leave, PortError, Principal,
    RequestId, Target, leave,
};
use cloud_wire::Body;

use crate::error::bad_argument;
use crate::ops::object;
use crate::service::S3;
use crate::shapes::PutObjectRequest;

#[async_trait]
impl Target for S3 {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let (bucket, key) = place(&delivery.target);
        if key.is_empty() {
            return Err(bad_argument("key", "", "What is delivered to a bucket needs a key").into());
        }
        let mut caller = self.sender(&delivery.actor)?;
        caller.leave = self.expect_leave_to_put(&caller, bucket, key).await?;
        let input = PutObjectRequest {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            body: Body::from(delivery.payload),
            content_type: Some("application/json".to_owned()),
            ..PutObjectRequest::default()
        };
        object::put(self, &caller, input).await?;
        Ok(Delivered { request_id: caller.request_id.to_string(), ..Delivered::default() })
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        let (bucket, key) = place(target);
        self.put_access(self.context().account(), bucket, key).await
    }
}

/// The bucket and the key that a target names.
fn place(target: &Arn) -> (&str, &str) {
    target.resource().split_once('/').unwrap_or((target.resource(), ""))
}

impl S3 {
    /// As whom it is put.
    // LIMIT: no service puts objects of its own right.
    fn sender(&self, actor: &Actor) -> Result<Caller, AwsError> {
        let (account, region) = (self.context().account(), self.context().region());
        let id = RequestId::random(self.context().entropy());
        match actor {
            Actor::Account => Ok(Caller::root(account, region, id)),
            Actor::Foreign(account) => Ok(Caller::root(account, region, id)),
            Actor::Role(role) => {
                let account = AccountId::new(role.account());
                let user_id = format!(":{}", role.resource_id());
                Ok(Caller::of(Principal { account, arn: role.clone(), user_id }, region, id))
            }
            Actor::Service(_) => Err(AwsError::new("AccessDenied", "Access Denied").status(403)),
        }
    }

    /// What the caller goes by who may put it there; an error for who may not. A role of the account that sends is let in as
    /// the account is: its sender has asked for its leave.
    async fn expect_leave_to_put(&self, caller: &Caller, bucket: &str, key: &str) -> Result<Leave, AwsError> {
        let access = self.put_access(&caller.account, bucket, key).await?;
        let Some(access) = access.filter(|access| access.crosses(caller)) else {
            return Ok(Leave::default());
        };
        let keys = leave::keys_of(self.context(), self.context().region(), "lambda.amazonaws.com");
        let answer = leave::ask(self.context(), caller, &keys, &[access]).await?;
        match answer.refused {
            Some(denial) => Err(AwsError::new("AccessDenied", denial.sentence(true)).status(403)),
            None => Ok(answer.leave),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Rig;

    async fn deliver(rig: &Rig, target: &str, actor: Actor) -> Result<(), String> {
        let delivery = Delivery { actor, ..Delivery::new(target.parse().unwrap(), "{}") };
        let delivered = rig.s3.context().peers().deliver(delivery).await;
        delivered.map(drop).map_err(|error| error.error().code().to_owned())
    }

    #[tokio::test]
    async fn what_is_delivered_lies_under_the_key_that_the_target_names() {
        let rig = Rig::new().await;
        let arn = "arn:aws:s3:::bucket/a/b.json";
        assert_eq!(deliver(&rig, arn, Actor::Account).await, Ok(()));
        assert_eq!(rig.get("a/b.json").await.unwrap(), "{}");
        let role = Actor::Role("arn:aws:iam::000000000000:role/r".parse().unwrap());
        assert_eq!(deliver(&rig, "arn:aws:s3:::bucket/c", role).await, Ok(()));
        assert_eq!(rig.get("c").await.unwrap(), "{}");
        let code = |code: &str| Err(code.to_owned());
        assert_eq!(deliver(&rig, "arn:aws:s3:::bucket", Actor::Account).await, code("InvalidArgument"));
        assert_eq!(deliver(&rig, "arn:aws:s3:::none/a", Actor::Account).await, code("NoSuchBucket"));
        for actor in
            [Actor::Foreign(AccountId::new("111111111111")), Actor::Service("s.amazonaws.com".into())]
        {
            assert_eq!(deliver(&rig, "arn:aws:s3:::bucket/d", actor).await, code("AccessDenied"));
        }
        assert!(rig.get("d").await.is_err());
    }

    #[tokio::test]
    async fn who_wants_to_send_asks_for_the_object_and_is_told_of_no_bucket_that_is_not_there() {
        let rig = Rig::new().await;
        let access = async |arn: &str| rig.s3.context().peers().access(&arn.parse().unwrap()).await.unwrap();
        let found = access("arn:aws:s3:::bucket/a").await.expect("it is there");
        assert_eq!(
            (found.action.as_str(), found.resource.as_str()),
            ("s3:PutObject", "arn:aws:s3:::bucket/a")
        );
        assert_eq!(access("arn:aws:s3:::none/a").await, None);
    }
}
