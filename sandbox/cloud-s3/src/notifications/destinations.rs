//! Deliveries to destinations, and whether those would take them.

use cloud_core::{AccountId, Arn, AwsError, Delivery, PortError, Region, Trace};

use super::{Kind, all};
use crate::{S3, error::bad, names, shapes::NotificationConfiguration};

/// As whom S3 delivers.
pub(crate) const PRINCIPAL: &str = "s3.amazonaws.com";
/// What topics tell beside the text.
const SUBJECT: &str = "Amazon S3 Notification";

/// Where deliveries come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) region: &'a str,
    pub(crate) owner: &'a AccountId,
}

impl Sender<'_> {
    /// The bus that hears of all events, where it is to.
    // AWS: the default one of the bucket's account and region.
    pub(crate) fn event_bus(&self) -> String {
        Arn::new("events", &Region::new(self.region), self.owner, "event-bus/default").to_string()
    }

    /// A delivery from the bucket.
    pub(crate) fn delivery(&self, target: &str, payload: String, trace: Trace) -> Result<Delivery, AwsError> {
        let target: Arn = target.parse().map_err(AwsError::internal)?;
        let source = names::arn(self.region, self.bucket).parse().map_err(AwsError::internal)?;
        let delivery = Delivery::new(target, payload).from_service(PRINCIPAL, source);
        Ok(Delivery {
            source_account: Some(self.owner.clone()),
            subject: Some(SUBJECT.to_owned()),
            trace,
            ..delivery
        })
    }
}

/// What the destinations that say so are tried with.
pub(crate) fn trials(
    s3: &S3,
    sender: Sender<'_>,
    configuration: &NotificationConfiguration,
    request_id: &str,
) -> Result<Vec<Delivery>, AwsError> {
    let payload = super::message::trial(sender.bucket, request_id, s3.context().now());
    let tried = distinct(configuration).into_iter().filter(|(kind, _)| *kind != Kind::Function);
    tried.map(|(_, arn)| sender.delivery(arn, payload.clone(), Trace::default())).collect()
}

/// Fails unless each destination is there and lets the bucket in.
pub(crate) async fn expect(
    s3: &S3,
    sender: Sender<'_>,
    configuration: &NotificationConfiguration,
) -> Result<(), AwsError> {
    let mut refused: Option<AwsError> = None;
    let mut number = 0;
    for (kind, arn) in distinct(configuration) {
        let delivery = sender.delivery(arn, String::new(), Trace::default())?;
        let Err(error) = s3.context().peers().admits(delivery).await else { continue };
        let reason = match error {
            PortError::Throttled(error) => return Err(error),
            PortError::Gone(_) => missing(kind),
            PortError::Refused(_) => shut(kind, arn),
        };
        number += 1;
        let error = refused.take().unwrap_or_else(|| {
            bad("InvalidArgument", "Unable to validate the following destination configurations")
        });
        // AWS: a function is named with the qualifier that it has none of.
        let shown = if kind == Kind::Function { format!("{arn}, null") } else { arn.to_owned() };
        refused = Some(
            error
                .with(&format!("ArgumentName{number}"), shown)
                .with(&format!("ArgumentValue{number}"), reason),
        );
    }
    refused.map_or(Ok(()), Err)
}

fn missing(kind: Kind) -> String {
    let called = match kind {
        Kind::Topic => "topic",
        Kind::Queue => "queue",
        Kind::Function => "Lambda",
    };
    format!("The destination {called} does not exist")
}

fn shut(kind: Kind, arn: &str) -> String {
    let called = match kind {
        Kind::Topic => "topic",
        Kind::Queue => "queue",
        Kind::Function => return format!("Not authorized to invoke function [{arn}]"),
    };
    format!(
        "Permissions on the destination {called} do not allow S3 to publish notifications from this bucket"
    )
}

/// Each destination once.
fn distinct(configuration: &NotificationConfiguration) -> Vec<(Kind, &str)> {
    let mut found: Vec<(Kind, &str)> = Vec::new();
    for one in all(configuration) {
        if !found.contains(&(one.kind, one.arn)) {
            found.push((one.kind, one.arn));
        }
    }
    found
}
