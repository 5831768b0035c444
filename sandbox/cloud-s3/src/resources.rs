//! What CloudFormation may make of this service.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{
    AwsError, Created, Maker, ResourceProvider, ResourceRequest, Updated, event::Change, properties,
};
use serde_json::Value;

use crate::{
    S3,
    names::{self, check_bucket},
    notifications::destinations::Sender,
    ops::{configuration::read_policy, notification::Checked},
    public,
    shapes::{
        CORSRule, EventBridgeConfiguration, FilterRule, LambdaFunctionConfiguration,
        NotificationConfiguration, NotificationConfigurationFilter, PublicAccessBlockConfiguration,
        QueueConfiguration, S3KeyFilter, Tag, TopicConfiguration,
    },
    state::Bucket,
};

/// One provider for each type.
pub(crate) fn providers(s3: &S3) -> Vec<Arc<dyn ResourceProvider>> {
    vec![Arc::new(BucketProvider(s3.clone())), Arc::new(PolicyProvider(s3.clone()))]
}

/// `AWS::S3::Bucket`
struct BucketProvider(S3);

impl BucketProvider {
    fn created(&self, name: &str) -> Created {
        let region = self.0.context().region();
        let domain = region.partition().domain;
        let attributes = [
            ("Arn", names::arn(region.as_str(), name)),
            ("DomainName", format!("{name}.s3.{domain}")),
            ("RegionalDomainName", format!("{name}.s3.{region}.{domain}")),
        ];
        Created::new(name, attributes.map(|(attribute, text)| (attribute, text.into())))
    }

    /// Who is to be told of what is done in a bucket, if they may be told.
    async fn notifications(&self, name: &str, request: &ResourceRequest) -> Result<Checked, AwsError> {
        let context = self.0.context();
        let sender = Sender { bucket: name, region: context.region().as_str(), owner: context.account() };
        let by = request.on_behalf(context).request_id.to_string();
        Checked::of(&self.0, sender, notifications(&request.properties), &by, false).await
    }
}

/// Whether a property asks for what a bucket is without it.
fn is_so_anyway(name: &str, value: &Value) -> bool {
    let is = |pointer: &str, wanted: &[&str]| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.is_some_and(|text| wanted.contains(&text))
    };
    match name {
        "AccessControl" => value == "Private",
        "BucketNamespace" => value == "global",
        "AbacStatus" => value == "Disabled",
        "VersioningConfiguration" => is("/Status", &["Suspended"]),
        "AccelerateConfiguration" => is("/AccelerationStatus", &["Suspended"]),
        "OwnershipControls" => is("/Rules/0/ObjectOwnership", &["BucketOwnerEnforced"]),
        "BucketEncryption" => {
            is("/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm", &["AES256"])
        }
        _ => false,
    }
}

/// The rules for pages of other origins, in the words of templates.
fn cors(properties: &Value) -> Result<Option<Vec<CORSRule>>, AwsError> {
    let Some(rules) = properties.pointer("/CorsConfiguration/CorsRules").and_then(Value::as_array) else {
        return Ok(None);
    };
    let some = |rule: &Value, name| rule.get(name).is_some().then(|| properties::texts(rule, name));
    let read = |rule: &Value| CORSRule {
        id: properties::text(rule, "Id"),
        allowed_headers: some(rule, "AllowedHeaders"),
        allowed_methods: properties::texts(rule, "AllowedMethods"),
        allowed_origins: properties::texts(rule, "AllowedOrigins"),
        expose_headers: some(rule, "ExposedHeaders"),
        max_age_seconds: properties::integer(rule, "MaxAge"),
    };
    let rules: Vec<CORSRule> = rules.iter().map(read).collect();
    crate::cors::check(&rules)?;
    Ok(Some(rules))
}

/// Who is told of what is done to objects, in the words of templates: each configuration has one event.
fn notifications(properties: &Value) -> NotificationConfiguration {
    let Some(wanted) = properties.get("NotificationConfiguration") else {
        return NotificationConfiguration::default();
    };
    let list = |name: &str| wanted.get(name).and_then(Value::as_array).into_iter().flatten();
    let text = |one: &Value, name: &str| properties::text(one, name).unwrap_or_default();
    let events = |one: &Value| vec![text(one, "Event").as_str().into()];
    let topics = list("TopicConfigurations").map(|one| TopicConfiguration {
        id: None,
        topic_arn: text(one, "Topic"),
        events: events(one),
        filter: filter(one),
    });
    let queues = list("QueueConfigurations").map(|one| QueueConfiguration {
        id: None,
        queue_arn: text(one, "Queue"),
        events: events(one),
        filter: filter(one),
    });
    let functions = list("LambdaConfigurations").map(|one| LambdaFunctionConfiguration {
        id: None,
        lambda_function_arn: text(one, "Function"),
        events: events(one),
        filter: filter(one),
    });
    // AWS: "EventBridgeEnabled", true by default.
    let bridge = wanted.get("EventBridgeConfiguration");
    let bridge = bridge.filter(|bridge| {
        bridge.get("EventBridgeEnabled").is_none() || properties::truth(bridge, "EventBridgeEnabled")
    });
    NotificationConfiguration {
        topic_configurations: some(topics.collect()),
        queue_configurations: some(queues.collect()),
        lambda_function_configurations: some(functions.collect()),
        event_bridge_configuration: bridge.map(|_| EventBridgeConfiguration {}),
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

fn filter(one: &Value) -> Option<NotificationConfigurationFilter> {
    let rules = one.pointer("/Filter/S3Key/Rules")?.as_array()?;
    let rule = |rule: &Value| FilterRule {
        name: properties::text(rule, "Name").map(|name| name.as_str().into()),
        value: properties::written(rule, "Value"),
    };
    let filter_rules = Some(rules.iter().map(rule).collect());
    Some(NotificationConfigurationFilter { key: Some(S3KeyFilter { filter_rules }) })
}

/// The properties that are kept of a bucket; the stack's tags are its own, too.
fn configure(bucket: &mut Bucket, request: &ResourceRequest, cors: Option<Vec<CORSRule>>) {
    bucket.cors = cors;
    bucket.tags = request.all_tags().into_iter().map(|(key, value)| Tag { key, value }).collect();
    let keys = "/BucketEncryption/ServerSideEncryptionConfiguration/0/BucketKeyEnabled";
    bucket.has_own_key = request.properties.pointer(keys).is_some_and(|value| value == true);
    if let Some(block) = request.properties.get("PublicAccessBlockConfiguration") {
        let truth = |name| block.get(name).is_some_and(|value| value == true);
        bucket.public_access_block = Some(PublicAccessBlockConfiguration {
            block_public_acls: Some(truth("BlockPublicAcls")),
            ignore_public_acls: Some(truth("IgnorePublicAcls")),
            block_public_policy: Some(truth("BlockPublicPolicy")),
            restrict_public_buckets: Some(truth("RestrictPublicBuckets")),
        });
    }
}

#[async_trait]
impl ResourceProvider for BucketProvider {
    fn type_name(&self) -> &'static str {
        "AWS::S3::Bucket"
    }

    // LIMIT: versions, lifecycles, websites, replication, inventories, locks and other keys are not here: a bucket keeps one
    // version, encrypts with S3's own keys and belongs to its owner.
    fn effective(&self) -> &'static [&'static str] {
        &[
            "BucketName",
            "BucketNamePrefix",
            "CorsConfiguration",
            "NotificationConfiguration",
            "PublicAccessBlockConfiguration",
            "Tags",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        (!is_so_anyway(property, value)).then_some("")
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        // AWS: a prefix gives the account's own namespace; here its letters begin the generated name.
        let generated = || {
            let prefix =
                request.text("BucketNamePrefix").map(|prefix| format!("{prefix}-{}", request.suffix(12)));
            prefix.unwrap_or_else(|| request.generated_name(63)).to_lowercase()
        };
        let name = request.text("BucketName").map_or_else(generated, str::to_owned);
        check_bucket(&name)?;
        let cors = cors(&request.properties)?;
        let context = self.0.context();
        let account = Some(context.account().clone());
        let mut bucket = Bucket::new(context.now(), context.region().as_str(), account);
        configure(&mut bucket, request, cors);
        bucket.made_by = request.maker();
        let checked = self.notifications(&name, request).await?;
        bucket.notifications = checked.configuration;
        let (maker, taken) = (request.maker(), format!("{name} already exists"));
        let check = move |present: Option<&Bucket>| {
            let taken = || AwsError::new("AlreadyExists", taken).status(409);
            maker.repeats(present.map(|present| &present.made_by), taken)
        };
        if self.0.records().put_bucket_and_tell(&name, bucket, checked.trials, check).await? {
            self.0.announce(&name, Change::Created);
        }
        Ok(self.created(&name))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let cors = cors(&request.properties)?;
        self.0.expect_own(physical_id)?;
        let property = "NotificationConfiguration";
        let checked = if old.get(property) == request.properties.get(property) {
            None
        } else {
            Some(self.notifications(physical_id, request).await?)
        };
        let (configuration, trials) = checked.map(|checked| (checked.configuration, checked.trials)).unzip();
        let request = request.clone();
        let change = move |bucket: &mut Bucket| {
            configure(bucket, &request, cors);
            if let Some(configuration) = configuration {
                bucket.notifications = configuration;
            }
        };
        self.0.records().change_bucket_and_tell(physical_id, trials.unwrap_or_default(), change).await?;
        Ok(Updated::InPlace(self.created(physical_id)))
    }

    async fn delete(&self, physical_id: &str, _: &Value) -> Result<(), AwsError> {
        if self.0.expect_own(physical_id).is_err() {
            // Its name went to another account since.
            return Ok(());
        }
        match self.0.records().remove_bucket(physical_id).await {
            Err(error) if error.code() == "NoSuchBucket" => Ok(()),
            other => other,
        }
    }
}

/// A template's policy is a document, or its text.
fn wanted_policy(request: &ResourceRequest) -> Result<Option<Value>, AwsError> {
    let read = |policy: &Value| match policy {
        Value::String(text) => read_policy(text),
        document => read_policy(&document.to_string()),
    };
    request.properties.get("PolicyDocument").map(read).transpose()
}

/// `AWS::S3::BucketPolicy`
struct PolicyProvider(S3);

impl PolicyProvider {
    /// As whom it is done.
    fn who(&self, request: &ResourceRequest) -> String {
        request.on_behalf(self.0.context()).arn.to_string()
    }

    async fn put(&self, name: &str, policy: Option<Value>, who: String) -> Result<(), AwsError> {
        self.0.expect_own(name)?;
        let of = name.to_owned();
        let put = self.0.records().change_bucket(name, move |bucket| {
            match &policy {
                Some(policy) => public::check(bucket, policy, &of, &who)?,
                None => bucket.policy_made_by = Maker::NOBODY,
            }
            bucket.policy = policy;
            Ok(())
        });
        put.await?
    }
}

#[async_trait]
impl ResourceProvider for PolicyProvider {
    fn type_name(&self) -> &'static str {
        "AWS::S3::BucketPolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Bucket", "PolicyDocument"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let name = request.text("Bucket").unwrap_or_default();
        let policy = wanted_policy(request)?;
        let maker = request.maker();
        self.0.expect_own(name)?;
        // AWS: the words of the type's handler.
        let taken = format!("The bucket policy already exists on bucket {name}.");
        let (who, of) = (self.who(request), name.to_owned());
        let put = self.0.records().change_bucket(name, move |bucket| {
            let present = bucket.policy.as_ref().map(|_| &bucket.policy_made_by);
            maker.repeats(present, || AwsError::new("AlreadyExists", taken).status(409))?;
            policy.as_ref().map_or(Ok(()), |policy| public::check(bucket, policy, &of, &who))?;
            bucket.policy = policy;
            bucket.policy_made_by = maker;
            Ok::<_, AwsError>(())
        });
        put.await??;
        Ok(Created { physical_id: name.to_owned(), ..Created::default() })
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        self.put(physical_id, wanted_policy(request)?, self.who(request)).await?;
        Ok(Updated::InPlace(Created { physical_id: physical_id.to_owned(), ..Created::default() }))
    }

    async fn delete(&self, physical_id: &str, _: &Value) -> Result<(), AwsError> {
        match self.put(physical_id, None, String::new()).await {
            Err(error) if matches!(error.code(), "NoSuchBucket" | "AccessDenied") => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cloud_core::Context;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_so_anyway_is_told_from_what_is_not() {
        let encrypted = |algorithm: &str| {
            let by_default = json!({"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}});
            json!({"ServerSideEncryptionConfiguration": [by_default]})
        };
        let owned = |by: &str| json!({"Rules": [{"ObjectOwnership": by}]});
        for (property, value, expected) in [
            ("AccessControl", json!("Private"), true),
            ("AccessControl", json!("PublicRead"), false),
            ("BucketEncryption", encrypted("AES256"), true),
            ("BucketEncryption", encrypted("aws:kms"), false),
            ("OwnershipControls", owned("BucketOwnerEnforced"), true),
            ("OwnershipControls", owned("ObjectWriter"), false),
            ("VersioningConfiguration", json!({"Status": "Enabled"}), false),
            ("VersioningConfiguration", json!({"Status": "Suspended"}), true),
            ("LifecycleConfiguration", json!({}), false),
        ] {
            assert_eq!(is_so_anyway(property, &value), expected, "{property} {value}");
        }
    }

    #[test]
    fn notifications_come_from_templates() {
        let filter = json!({"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}});
        let wanted = json!({"NotificationConfiguration": {
            "EventBridgeConfiguration": {},
            "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": "arn:f", "Filter": filter}],
            "QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": "arn:q"}],
            "TopicConfigurations": [{"Event": "s3:ObjectTagging:Put", "Topic": "arn:t"}],
        }});
        let kept = serde_json::to_value(notifications(&wanted)).unwrap();
        let rules = json!({"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}});
        let expected = json!({
            "EventBridgeConfiguration": {},
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": "arn:f", "Events": ["s3:ObjectCreated:*"], "Filter": rules},
            ],
            "QueueConfigurations": [{"QueueArn": "arn:q", "Events": ["s3:ObjectRemoved:*"]}],
            "TopicConfigurations": [{"TopicArn": "arn:t", "Events": ["s3:ObjectTagging:Put"]}],
        });
        assert_eq!(kept, expected);
        let off =
            json!({"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": false}}});
        assert_eq!(notifications(&off), NotificationConfiguration::default());
    }

    #[test]
    fn rules_for_pages_come_from_templates() {
        let rule = json!({"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposedHeaders": ["ETag"], "MaxAge": 60});
        let of = |rules: Value| cors(&json!({"CorsConfiguration": {"CorsRules": rules}}));
        let rules = of(json!([rule])).unwrap().unwrap();
        let seen = rules.first().unwrap();
        assert_eq!(
            (seen.max_age_seconds, seen.expose_headers.clone()),
            (Some(60), Some(vec!["ETag".into()]))
        );
        assert_eq!(cors(&json!({})).unwrap(), None);
        let wrong = json!([{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]);
        assert_eq!(of(wrong).unwrap_err().code(), "InvalidRequest");
    }

    /// Killed between the making and the record: the repeated step meets what it made, every other step is refused.
    #[tokio::test]
    async fn a_repeated_step_finds_its_own_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let _s3 = S3::open(context.clone()).await.unwrap();
        let make = async |type_name: &str, token: &str, properties: &Value| {
            let request = ResourceRequest {
                logical_id: "X".into(),
                stack_name: "s".into(),
                stack_id: "arn".into(),
                properties: properties.clone(),
                token: token.into(),
                tags: BTreeMap::new(),
                caller: None,
            };
            context.peers().provider(type_name).unwrap().create(&request).await
        };
        let policy = json!({"Bucket": "named", "PolicyDocument": {"Statement": []}});
        for (type_name, properties) in
            [("AWS::S3::Bucket", json!({"BucketName": "named"})), ("AWS::S3::BucketPolicy", policy)]
        {
            let first = make(type_name, "1", &properties).await.unwrap();
            assert_eq!(make(type_name, "1", &properties).await.unwrap(), first);
            let refused = make(type_name, "2", &properties).await.unwrap_err();
            assert!(refused.message().contains("already exists"), "{refused}");
        }
        let unnamed = make("AWS::S3::Bucket", "3", &json!({})).await.unwrap();
        assert_eq!(make("AWS::S3::Bucket", "3", &json!({})).await.unwrap(), unnamed);
        assert_ne!(make("AWS::S3::Bucket", "4", &json!({})).await.unwrap(), unnamed);
    }
}
