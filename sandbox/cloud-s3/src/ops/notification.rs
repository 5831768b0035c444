//! Who is told of what is done to a bucket's objects.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use cloud_core::{AwsError, Caller, Delivery};

use crate::{
    S3,
    notifications::{check, destinations},
    shapes::{
        GetBucketNotificationConfigurationRequest, NotificationConfiguration,
        PutBucketNotificationConfigurationRequest,
    },
};

/// A configuration that may be kept, and what its destinations are told of that.
pub(crate) struct Checked {
    pub(crate) configuration: NotificationConfiguration,
    pub(crate) trials: Vec<Delivery>,
}

impl Checked {
    /// Checks a configuration of a bucket, with its destinations unless that is not asked for.
    pub(crate) async fn of(
        s3: &S3,
        sender: destinations::Sender<'_>,
        mut configuration: NotificationConfiguration,
        request_id: &str,
        skips_destinations: bool,
    ) -> Result<Self, AwsError> {
        // AWS: an id that it gives is a UUID in base64.
        let id = || BASE64.encode(s3.context().entropy().uuid().to_string());
        check::check(&mut configuration, sender.region, id)?;
        let trials = if skips_destinations {
            Vec::new()
        } else {
            destinations::expect(s3, sender, &configuration).await?;
            destinations::trials(s3, sender, &configuration, request_id)?
        };
        Ok(Self { configuration, trials })
    }
}

pub(crate) async fn get(
    s3: &S3,
    _: &Caller,
    input: GetBucketNotificationConfigurationRequest,
) -> Result<NotificationConfiguration, AwsError> {
    Ok(s3.records().buckets().bucket(&input.bucket)?.notifications.clone())
}

pub(crate) async fn put(
    s3: &S3,
    caller: &Caller,
    input: PutBucketNotificationConfigurationRequest,
) -> Result<(), AwsError> {
    let (region, owner) = {
        let buckets = s3.records().buckets();
        let bucket = buckets.bucket(&input.bucket)?;
        (bucket.region.clone(), s3.owner(bucket).clone())
    };
    let sender = destinations::Sender { bucket: &input.bucket, region: &region, owner: &owner };
    let request_id = caller.request_id.to_string();
    let skips = input.skip_destination_validation == Some(true);
    let checked = Checked::of(s3, sender, input.notification_configuration, &request_id, skips).await?;
    s3.records()
        .change_bucket_and_tell(&input.bucket, checked.trials, |bucket| {
            bucket.notifications = checked.configuration;
        })
        .await
}
