//! Subscribe.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{AccountId, Arn, AwsError, Caller, Maker};
use cloud_store::Transaction;

use crate::attributes::{self, Of};
use crate::confirming::ask_to_confirm;
use crate::error::{because, invalid, missing, no_topic};
use crate::names;
use crate::open::{Failed, Sns};
use crate::record::{OF_ENDPOINT, Protocol, Subscription, Topic};
use crate::relay::is_carried;
use crate::shapes::{Code, SubscribeInput, SubscribeResponse};

/// Subscriptions of one realm.
// LIMIT: AWS has 12,500,000 of a topic; here each is held in memory.
pub(crate) const MOST: usize = 20_000;
// LIMIT: AWS forgets what is not confirmed within three days.
/// The longest endpoint, in bytes.
const LONGEST: usize = 2048;

/// A subscription that is to be made.
pub(crate) struct Wanted {
    pub topic: Arc<Topic>,
    pub protocol: String,
    pub endpoint: Option<String>,
    pub attributes: BTreeMap<String, String>,
    pub principal: String,
    /// The account of who subscribes.
    pub account: AccountId,
    pub maker: Maker,
}

pub(crate) async fn subscribe(
    sns: &Sns,
    caller: &Caller,
    input: SubscribeInput,
) -> Result<SubscribeResponse, AwsError> {
    let returns_arn = input.return_subscription_arn == Some(true);
    let wanted = Wanted {
        topic: sns.topic("TopicArn", &input.topic_arn)?,
        protocol: input.protocol,
        endpoint: input.endpoint,
        attributes: input.attributes.unwrap_or_default(),
        principal: caller.arn.to_string(),
        account: caller.account.clone(),
        maker: Maker::NOBODY,
    };
    let made = make(sns, wanted).await?;
    let arn = names::arn(&sns.context, &made.key());
    let told = if made.is_confirmed() || returns_arn { arn } else { "pending confirmation".to_owned() };
    Ok(SubscribeResponse { subscription_arn: Some(told) })
}

/// Makes a subscription, unless there is one that is the same.
pub(crate) async fn make(sns: &Sns, wanted: Wanted) -> Result<Subscription, AwsError> {
    let subscription = read(sns, wanted)?;
    let records = sns.records.clone();
    let is_asked = subscription.is_pending && is_carried(subscription.protocol);
    let pen = if is_asked { Some(sns.signer.pen(&sns.context).await?) } else { None };
    if records.subscriptions.view().len() >= MOST {
        return Err(Code::SubscriptionLimitExceededException
            .error("There are as many subscriptions as this cloud holds: remove some first."));
    }
    let work = move |transaction: &mut Transaction<'_>| {
        let topic = records.topics.within(transaction).get(&subscription.topic)?;
        topic.filter(|topic| topic.id == subscription.topic_id).ok_or_else(no_topic).map_err(Failed)?;
        let subscriptions = records.subscriptions.within(transaction);
        let same = subscriptions.find(&OF_ENDPOINT, &subscription.place(), None, 1)?.pop();
        let same = same.map(|key| subscriptions.get(&key)).transpose()?.flatten();
        let Some(present) = same else {
            // First: what is asked finds it in memory.
            records.subscriptions.within(transaction).put(subscription.key(), subscription.clone())?;
            ask_to_confirm(&records, transaction, &subscription, pen.as_ref())?;
            return Ok(subscription);
        };
        if subscription.made_by != Maker::NOBODY && subscription.made_by != present.made_by {
            return Err(Failed(invalid("Endpoint: it is subscribed to this topic already")));
        }
        if present.attributes != subscription.attributes && !subscription.attributes.is_empty() {
            return Err(Failed(because(
                "Attributes",
                "Subscription already exists with different attributes",
            )));
        }
        let present = if present.is_pending && subscription.is_confirmed() {
            // Who asks now owns the endpoint.
            let confirmed = Subscription { is_pending: false, was_authenticated: true, ..present };
            records.subscriptions.within(transaction).put(confirmed.key(), confirmed.clone())?;
            confirmed
        } else {
            present
        };
        ask_to_confirm(&records, transaction, &present, pen.as_ref())?;
        Ok(present)
    };
    sns.records.store.transact(work).await.map_err(|Failed(error)| error)
}

/// A request as the subscription that it wants.
// AWS: it looks at protocol and endpoint, then at attributes.
fn read(sns: &Sns, wanted: Wanted) -> Result<Subscription, AwsError> {
    let protocol = protocol(&wanted.protocol)?;
    let endpoint =
        wanted.endpoint.filter(|endpoint| !endpoint.is_empty()).ok_or_else(|| missing("Endpoint"))?;
    check_endpoint(protocol, &endpoint, &wanted.topic)?;
    let of = Of { protocol, is_fifo: wanted.topic.is_fifo() };
    let mut set = BTreeMap::new();
    for (name, value) in &wanted.attributes {
        attributes::set_subscription(&mut set, name, value, of)
            .map_err(|reason| because("Attributes", reason))?;
    }
    attributes::check_scope(&set).map_err(|reason| because("Attributes", reason))?;
    let is_asked = match protocol {
        Protocol::Http | Protocol::Https | Protocol::Email | Protocol::EmailJson => true,
        Protocol::Sqs => is_of_another(&endpoint, &wanted.account),
        // LIMIT: AWS asks a function of another account than the subscriber's, too.
        Protocol::Lambda | Protocol::Sms => false,
    };
    let is_guest = wanted.account != *sns.context.account();
    Ok(Subscription {
        topic: wanted.topic.name.clone(),
        topic_id: wanted.topic.id,
        id: sns.context.entropy().uuid().to_string(),
        protocol,
        endpoint,
        attributes: set,
        token: is_asked.then(|| sns.context.entropy().lower(64)),
        is_pending: is_asked,
        was_authenticated: !is_asked,
        principal: wanted.principal,
        owner: is_guest.then_some(wanted.account),
        made_by: wanted.maker,
        ..Subscription::default()
    })
}

/// Whether an endpoint is a queue of another account, whose owner has to agree.
// AWS: "if the endpoint and the topic are not in the same AWS account, the endpoint owner must run the ConfirmSubscription
// action"; an owner who subscribes his queue himself has agreed by that.
fn is_of_another(endpoint: &str, account: &AccountId) -> bool {
    endpoint.parse::<Arn>().is_ok_and(|arn| arn.account() != account.as_str())
}

fn protocol(name: &str) -> Result<Protocol, AwsError> {
    Ok(match name {
        "sqs" => Protocol::Sqs,
        "lambda" => Protocol::Lambda,
        "http" => Protocol::Http,
        "https" => Protocol::Https,
        "email" => Protocol::Email,
        "email-json" => Protocol::EmailJson,
        "sms" => Protocol::Sms,
        "" => return Err(missing("Protocol")),
        // LIMIT: there is neither Firehose nor push notification here.
        "application" => {
            return Err(because("Endpoint", "this cloud has no endpoints of platform applications"));
        }
        "firehose" => return Err(because("Protocol", "this cloud has no Firehose to deliver to")),
        other => {
            let shown: String = other.chars().take(200).collect();
            return Err(invalid(format!("Amazon SNS does not support this protocol string: {shown}")));
        }
    })
}

fn check_endpoint(protocol: Protocol, endpoint: &str, topic: &Topic) -> Result<(), AwsError> {
    if endpoint.len() > LONGEST {
        return Err(invalid("Endpoint"));
    }
    let arn = || endpoint.parse::<Arn>().ok().filter(|arn| !arn.resource().is_empty());
    match protocol {
        Protocol::Sqs => {
            let arn =
                arn().filter(|arn| arn.service() == "sqs").ok_or_else(|| invalid("SQS endpoint ARN"))?;
            if arn.resource().ends_with(names::FIFO) && !topic.is_fifo() {
                return Err(because(
                    "Invalid parameter: Endpoint",
                    "FIFO SQS Queues can not be subscribed to standard SNS topics",
                ));
            }
            return Ok(());
        }
        // AWS: FIFO topics deliver to queues alone.
        _ if topic.is_fifo() => {
            return Err(because(
                "Invalid parameter: Endpoint",
                "Please use an SQS queue: FIFO topics are delivered to nothing else",
            ));
        }
        Protocol::Lambda if arn().is_none_or(|arn| arn.service() != "lambda") => {
            return Err(invalid("Lambda endpoint ARN"));
        }
        Protocol::Http | Protocol::Https if !is_of_scheme(endpoint, protocol.as_str()) => {
            return Err(invalid("Endpoint must match the specified protocol"));
        }
        Protocol::Email | Protocol::EmailJson if !is_address(endpoint) => {
            return Err(invalid("Email address"));
        }
        Protocol::Sms if !is_number(endpoint) => {
            return Err(Code::InvalidParameterException
                .error(format!("Invalid parameter: Invalid SMS endpoint: {endpoint}")));
        }
        _ => {}
    }
    Ok(())
}

fn is_of_scheme(endpoint: &str, scheme: &str) -> bool {
    url::Url::parse(endpoint).is_ok_and(|url| url.scheme() == scheme && url.has_host())
}

fn is_address(endpoint: &str) -> bool {
    let has_space = endpoint.chars().any(|next| next.is_whitespace() || next.is_control());
    !has_space
        && endpoint
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// Whether a text is a telephone number: `+15555550100`, also with dashes and spaces.
pub(crate) fn is_number(text: &str) -> bool {
    let digits: String = text.chars().filter(|next| !matches!(next, ' ' | '-' | '(' | ')' | '.')).collect();
    let digits = digits.strip_prefix('+').unwrap_or(&digits);
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
