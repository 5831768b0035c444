//! The service's state, and how it is opened.

use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{Access, AwsError, Context, Denial, Realm};
use cloud_delivery::{Limits, Outbox, Task, Timers};
use cloud_policy::Documents;
use cloud_store::{Error, Resident, Store};
use cloud_wire::access::Asking;
use cloud_wire::{Input, Operation, Protocol, Service, ServiceModel};

use crate::error::{invalid, missing, no_subscription, no_topic};
use crate::http::{Poster, Trust};
use crate::record::{LAYOUT, OF_ENDPOINT, OF_TOPIC, SUBSCRIPTIONS, Subscription, TOPICS, Topic};
use crate::relay::Carrier;
use crate::signing::Signer;
use crate::{inbox, names, ops, policy, port, resources, shapes};

/// SNS of one realm.
pub struct Sns {
    pub(crate) context: Context,
    pub(crate) records: Records,
    /// Policies of topics as they were read.
    pub(crate) documents: Documents,
    /// Signs what is delivered.
    pub(crate) signer: Signer,
    /// Timers that go off, and messages that are delivered; they end with the service.
    tasks: Mutex<Vec<Task>>,
}

/// What transactions change. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records {
    pub context: Context,
    pub store: Store,
    pub topics: Resident<String, Topic>,
    pub subscriptions: Resident<String, Subscription>,
    pub outbox: Outbox,
}

/// An error on its way out of a transaction.
pub(crate) struct Failed(pub AwsError);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

/// Opens the service, goes on with what is to be delivered, and registers its ports with the context.
pub async fn open(context: &Context, signer: Signer) -> Result<Arc<Sns>, Error> {
    open_trusting(context, signer, Trust::System).await
}

/// The same, with those authorities trusted for HTTPS endpoints.
pub async fn open_trusting(context: &Context, signer: Signer, trust: Trust) -> Result<Arc<Sns>, Error> {
    let store = Store::open(context.database("sns"), LAYOUT).await?;
    let (topics, _) = Resident::open(&store, TOPICS, &[]).await?;
    let (subscriptions, _) = Resident::open(&store, SUBSCRIPTIONS, &[OF_TOPIC, OF_ENDPOINT]).await?;
    let timers = Timers::open(&store, context).await?;
    let poster = Poster::trusting(trust);
    let carrier = Carrier { context: context.clone(), subscriptions: subscriptions.clone(), poster };
    let (outbox, runner) = Outbox::open(&timers, Arc::new(carrier), Limits::default()).await?;
    let records = Records { context: context.clone(), store, topics, subscriptions, outbox };
    let tasks = Mutex::new(vec![Task::start(timers.run()), Task::start(runner.run())]);
    let sns =
        Arc::new(Sns { context: context.clone(), records, documents: Documents::default(), signer, tasks });
    port::register(&sns);
    resources::register(&sns);
    inbox::register(&sns);
    Ok(sns)
}

impl Service for Sns {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    // AWS: SNS says itself what is wrong, in words of its own.
    fn validates(&self, _operation: &str) -> bool {
        false
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        let mut members = operation.input.members().iter().zip(input.members());
        match members.find(|(member, value)| member.required && value.is_null()) {
            Some((member, _)) if member.name == "PublishBatchRequestEntries" => {
                Err(ops::publish_batch::empty())
            }
            Some((member, _)) if member.name == "Message" => Err(invalid("Empty message")),
            Some((member, _)) => Err(missing(member.name)),
            None => Ok(()),
        }
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        self.asked(asking)
    }

    fn host(&self, asking: &Asking<'_>) -> Option<Realm> {
        policy::host(asking)
    }

    fn denied(&self, _: Protocol, denial: &Denial) -> AwsError {
        policy::denied(denial)
    }

    cloud_wire::dispatch! { crate::shapes;
        AddPermission => ops::permissions::add_permission,
        CheckIfPhoneNumberIsOptedOut => ops::phone_numbers::check_if_phone_number_is_opted_out,
        ConfirmSubscription => ops::confirm_subscription::confirm_subscription,
        CreateTopic => ops::create_topic::create_topic,
        DeleteTopic => ops::delete_topic::delete_topic,
        GetDataProtectionPolicy => ops::data_protection::get_data_protection_policy,
        GetSMSAttributes => ops::sms_attributes::get_sms_attributes,
        GetSubscriptionAttributes => ops::subscription_attributes::get_subscription_attributes,
        GetTopicAttributes => ops::topic_attributes::get_topic_attributes,
        ListPhoneNumbersOptedOut => ops::phone_numbers::list_phone_numbers_opted_out,
        ListSubscriptions => ops::lists::list_subscriptions,
        ListSubscriptionsByTopic => ops::lists::list_subscriptions_by_topic,
        ListTagsForResource => ops::tags::list_tags_for_resource,
        ListTopics => ops::lists::list_topics,
        OptInPhoneNumber => ops::phone_numbers::opt_in_phone_number,
        Publish => ops::publish::publish,
        PublishBatch => ops::publish_batch::publish_batch,
        PutDataProtectionPolicy => ops::data_protection::put_data_protection_policy,
        RemovePermission => ops::permissions::remove_permission,
        SetSMSAttributes => ops::sms_attributes::set_sms_attributes,
        SetSubscriptionAttributes => ops::subscription_attributes::set_subscription_attributes,
        SetTopicAttributes => ops::topic_attributes::set_topic_attributes,
        Subscribe => ops::subscribe::subscribe,
        TagResource => ops::tags::tag_resource,
        Unsubscribe => ops::unsubscribe::unsubscribe,
        UntagResource => ops::tags::untag_resource,
    }
}

impl Records {
    /// The subscriptions of a topic.
    pub(crate) fn subscriptions_of(&self, topic: &str) -> Vec<Arc<Subscription>> {
        let view = self.subscriptions.view();
        // No name has a colon, and this follows it.
        let range = view.range(format!("{topic}:")..format!("{topic};"));
        range.map(|(_, subscription)| Arc::clone(subscription)).collect()
    }

    /// Changes a topic that is there.
    pub(crate) async fn change_topic<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&mut Topic) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let decide = move |old: Option<&Topic>| {
            let mut topic = old.cloned().ok_or_else(no_topic).map_err(Failed)?;
            let answer = work(&mut topic).map_err(Failed)?;
            Ok((Some(topic), answer))
        };
        self.topics.change(name, decide).await.map_err(|Failed(error)| error)
    }

    /// Changes a subscription that is there.
    pub(crate) async fn change_subscription<T: Send + 'static>(
        &self,
        key: String,
        work: impl FnOnce(&mut Subscription) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let decide = move |old: Option<&Subscription>| {
            let mut subscription = old.cloned().ok_or_else(no_subscription).map_err(Failed)?;
            let answer = work(&mut subscription).map_err(Failed)?;
            subscription.changed();
            Ok((Some(subscription), answer))
        };
        self.subscriptions.change(key, decide).await.map_err(|Failed(error)| error)
    }
}

impl Sns {
    /// The topic that an ARN in a request means.
    pub(crate) fn topic(&self, parameter: &str, arn: &str) -> Result<Arc<Topic>, AwsError> {
        let name = names::topic(&self.context, parameter, arn)?;
        self.records.topics.get(&name).ok_or_else(no_topic)
    }

    /// Whether nothing waits to be delivered.
    pub async fn is_idle(&self) -> bool {
        self.records.outbox.waiting().await.is_ok_and(|bytes| bytes == 0)
    }

    /// Begins no more deliveries: those under way are made again at the next start.
    pub async fn stop(&self) {
        if let Err(error) = self.records.outbox.stop().await {
            tracing::warn!(%error, "deliveries under way count as begun at the next start");
        }
    }

    /// Closes the service: what was written is flushed, nothing is written any more, and another may open it.
    pub async fn close(&self) {
        self.stop().await;
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        self.records.store.close().await;
    }
}
