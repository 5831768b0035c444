//! Publish.

use cloud_core::{AwsError, Caller};
use cloud_store::Transaction;

use crate::error::{because, invalid};
use crate::inbox::{self, Kind, Letter};
use crate::message::{self, Message};
use crate::open::{Failed, Sns};
use crate::ops::subscribe::is_number;
use crate::publishing;
use crate::shapes::{PublishInput, PublishResponse};

// AWS: it looks at the text before it looks for the topic.
pub(crate) async fn publish(
    sns: &Sns,
    caller: &Caller,
    input: PublishInput,
) -> Result<PublishResponse, AwsError> {
    let given = input.message_attributes.unwrap_or_default();
    message::check_types(&given, "messageAttributes")?;
    if input.message.is_empty() {
        return Err(invalid("Empty message"));
    }
    let message = Message {
        id: sns.context.entropy().uuid().to_string(),
        text: input.message,
        subject: input.subject,
        attributes: message::attributes(given)?,
        group: input.message_group_id,
        duplicate: input.message_deduplication_id,
        trace: caller.trace.clone(),
        ..Message::default()
    };
    let structure = input.message_structure;
    if let Some(number) = input.phone_number {
        return send_sms(sns, number, message.check(structure.as_deref())?).await;
    }
    let topic = match (&input.topic_arn, &input.target_arn) {
        (Some(arn), _) => sns.topic("TopicArn", arn)?,
        (None, Some(arn))
            if arn.split(':').nth(5).is_some_and(|resource| resource.starts_with("endpoint/")) =>
        {
            return Err(because("TargetArn", "No endpoint found for the target arn specified"));
        }
        (None, Some(arn)) => sns.topic("TargetArn", arn)?,
        (None, None) => return Err(because("TopicArn or TargetArn", "no value for required parameter")),
    };
    message.check_ids(topic.is_fifo(), topic.is("ContentBasedDeduplication"))?;
    let message = message.check(structure.as_deref())?;
    let accepted = publishing::publish(sns, &topic, vec![message]).await?;
    let accepted = accepted.into_iter().next().unwrap_or_default();
    Ok(PublishResponse { message_id: Some(accepted.id), sequence_number: accepted.sequence })
}

/// A short message to one number: it is kept in the inbox.
async fn send_sms(sns: &Sns, number: String, message: Message) -> Result<PublishResponse, AwsError> {
    if !number.starts_with('+') || !is_number(&number) {
        let shown: String = number.chars().take(64).collect();
        return Err(because("PhoneNumber", format!("{shown} is not valid to publish to")));
    }
    let letter = Letter {
        kind: Kind::Sms,
        to: number,
        topic: None,
        subject: message.subject,
        text: message.texts.get("sms").cloned().unwrap_or(message.text),
        at_ms: sns.context.clock().now_ms(),
    };
    let put = move |transaction: &mut Transaction<'_>| Ok::<_, Failed>(inbox::put(transaction, &letter)?);
    sns.records.store.transact(put).await.map_err(|Failed(error)| error)?;
    Ok(PublishResponse { message_id: Some(message.id), sequence_number: None })
}
