//! What S3's operations ask leave for: several are called otherwise than their actions, and a bucket has a policy.
// AWS: "Required permissions for Amazon S3 API operations".

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Access, AccountId, AwsError, Caller, ConditionKeys, OnBehalf, leave};
use cloud_wire::access::Asking;
use cloud_wire::{Kind, Schema, Value, form::Form, head::Head};

use crate::ops::object::Source;
use crate::ops::post::{self, Placed};
use crate::service::S3;
use crate::{names, place, public};

/// Whether a stranger's request is read: one without a body, which takes no memory, or one on a bucket whose policy may let
/// him in.
// LIMIT: AWS reads it on a bucket that is not there, too, and says so.
pub(crate) fn admits_stranger(s3: &S3, head: &Head) -> bool {
    let has_body = head.headers.contains_key("transfer-encoding")
        || head.header("content-length").is_some_and(|length| length != "0");
    let may_be_let_in = |name: String| {
        let buckets = s3.records().buckets();
        let bucket = buckets.get(&name).filter(|bucket| !public::is_restricted(bucket));
        bucket.is_some_and(|bucket| bucket.policy.is_some())
    };
    !has_body || place::bucket_name(head).ok().flatten().is_some_and(may_be_let_in)
}

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Bucket,
    Object,
    /// An object, of which a version may be named: then the action is called `…Version…`.
    Version(&'static str),
    Nothing,
}

/// The action of an operation.
// AWS: where they are called alike, by the operation's name.
fn action(operation: &'static str) -> (&'static str, About) {
    match operation {
        "AbortMultipartUpload" => (operation, About::Object),
        "CompleteMultipartUpload"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "PutObject"
        | "UploadPart"
        | "UploadPartCopy" => ("PutObject", About::Object),
        "DeleteBucketCors" | "PutBucketCors" => ("PutBucketCORS", About::Bucket),
        "GetBucketCors" => ("GetBucketCORS", About::Bucket),
        "DeleteBucketTagging" => ("PutBucketTagging", About::Bucket),
        "DeletePublicAccessBlock" | "PutPublicAccessBlock" => ("PutBucketPublicAccessBlock", About::Bucket),
        "GetBucketNotificationConfiguration" => ("GetBucketNotification", About::Bucket),
        "PutBucketNotificationConfiguration" => ("PutBucketNotification", About::Bucket),
        "GetPublicAccessBlock" => ("GetBucketPublicAccessBlock", About::Bucket),
        "GetBucketEncryption" => ("GetEncryptionConfiguration", About::Bucket),
        "PutBucketEncryption" => ("PutEncryptionConfiguration", About::Bucket),
        "DeleteObject" | "DeleteObjects" => ("DeleteObject", About::Version("DeleteObjectVersion")),
        "GetObject" | "HeadObject" => ("GetObject", About::Version("GetObjectVersion")),
        "GetObjectAttributes" => (operation, About::Version("GetObjectVersionAttributes")),
        "GetObjectTagging" => (operation, About::Version("GetObjectVersionTagging")),
        "PutObjectTagging" => (operation, About::Version("PutObjectVersionTagging")),
        "DeleteObjectTagging" => (operation, About::Version("DeleteObjectVersionTagging")),
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => ("ListBucket", About::Bucket),
        "ListBuckets" => ("ListAllMyBuckets", About::Nothing),
        "ListMultipartUploads" => ("ListBucketMultipartUploads", About::Bucket),
        "ListParts" => ("ListMultipartUploadParts", About::Object),
        _ => (operation, About::Bucket),
    }
}

/// What an operation asks leave for, as far as its input says, and what it asks for besides, as far as that depends on what
/// is kept.
#[derive(Default)]
pub(crate) struct Asked {
    /// Who asks.
    account: AccountId,
    accesses: Vec<Access>,
    /// Asked for, too, where that object has tags.
    of_tagged: Option<(Place, Vec<Access>)>,
    /// Asked for, too, where that bucket has no such object.
    of_missing: Option<(Place, Access)>,
    /// Whether no policy of his own bucket is asked.
    is_exempt: bool,
    /// Whether the bucket is to be made: one of that name which is there has no say.
    makes_bucket: bool,
}

/// What a bucket has to do with who asks.
#[derive(Clone, Default)]
struct Said {
    /// None where there is no such bucket.
    owner: Option<AccountId>,
    policy: Option<Arc<str>>,
}

/// A bucket and a key.
type Place = (String, String);

impl S3 {
    pub(crate) fn asked(asking: &Asking<'_>) -> Asked {
        let operation = asking.operation.name;
        let (name, about) = action(operation);
        let bucket = asking.text("Bucket").unwrap_or_default();
        let region = asking.caller.region.as_str();
        let accesses = match (operation, about) {
            (_, About::Nothing) => vec![asking.access(name, "*")],
            (_, About::Bucket) => vec![asking.access(name, names::arn(region, bucket))],
            ("DeleteObjects", About::Version(versioned)) => {
                // AWS: what may not be deleted of several objects keeps no others there.
                let one = |(place, (key, version))| {
                    let name = if version { versioned } else { name };
                    let access = asking.access(name, names::arn(region, &format!("{bucket}/{key}")));
                    Access { part: Some(place), ..access }
                };
                deleted(asking).into_iter().enumerate().map(one).collect()
            }
            (_, About::Object | About::Version(_)) => {
                let name = match about {
                    About::Version(versioned) if asking.text("VersionId").is_some() => versioned,
                    _ => name,
                };
                let key = asking.text("Key").unwrap_or_default();
                vec![asking.access(name, names::arn(region, &format!("{bucket}/{key}")))]
            }
        };
        // AWS: the account's root can always see, change and delete a bucket's policy, whatever that says.
        let is_exempt = asking.caller.arn.resource() == "root" && operation.ends_with("BucketPolicy");
        let (account, makes_bucket) = (asking.caller.account.clone(), operation == "CreateBucket");
        let mut asked = Asked { account, accesses, is_exempt, makes_bucket, ..Asked::default() };
        besides(asking, &mut asked);
        let how = if asking.head.parameter("X-Amz-Signature").is_some()
            || asking.head.parameter("Signature").is_some()
        {
            "REST-QUERY-STRING"
        } else {
            "REST-HEADER"
        };
        let tagged = asked.of_tagged.iter_mut().flat_map(|(_, accesses)| accesses);
        let missing = asked.of_missing.iter_mut().map(|(_, access)| access);
        for access in asked.accesses.iter_mut().chain(tagged).chain(missing) {
            access.keys.push(("s3:authType".to_owned(), vec![how.to_owned()]));
        }
        asked
    }

    /// A form is a PutObject, whose headers are fields.
    pub(crate) fn form_asked(&self, form: &Form, caller: &Caller) -> Asked {
        let Placed { bucket, key, headers, tags } = post::placed(form);
        let headers = headers.into_iter().filter(|(name, _)| name.starts_with("x-amz-"));
        let mut keys: ConditionKeys =
            headers.map(|(name, value)| (format!("s3:{name}"), vec![value])).collect();
        keys.push(("s3:authType".to_owned(), vec!["POST".to_owned()]));
        let resource = names::arn(self.context().region().as_str(), &format!("{bucket}/{key}"));
        let access = |action: &str| Access {
            action: action.to_owned(),
            resource: resource.clone(),
            keys: keys.clone(),
            ..Access::default()
        };
        let mut accesses = vec![access("s3:PutObject")];
        accesses.extend(tags.then(|| access("s3:PutObjectTagging")));
        Asked { account: caller.account.clone(), accesses, ..Asked::default() }
    }

    /// All of it, with what the buckets and objects say.
    pub(crate) async fn found_out(&self, asked: Asked) -> Result<Vec<Access>, AwsError> {
        let Asked { account, mut accesses, of_tagged, of_missing, is_exempt, makes_bucket } = asked;
        if makes_bucket {
            return Ok(accesses);
        }
        if let Some(((bucket, key), tagged)) = of_tagged
            && self.records().object(&bucket, &key).await?.is_some_and(|object| !object.tags.is_empty())
        {
            accesses.extend(tagged);
        }
        if let Some(((bucket, key), access)) = of_missing
            && self.lacks(&bucket, &key).await?
        {
            accesses.push(access);
        }
        let mut buckets = BTreeMap::new();
        for access in &mut accesses {
            self.tell_of(access, &account, &mut buckets).await?;
            let is_exempt = is_exempt && access.owner.as_ref() == Some(&account);
            access.policy = access.policy.take().filter(|_| !is_exempt);
        }
        if account.is_anonymous() && !buckets.is_empty() {
            // AWS: strangers, too, learn of a bucket that is not there.
            accesses.retain(|access| access.owner.is_some());
        }
        Ok(accesses)
    }

    /// Asks leave for what a service reads on somebody's behalf.
    pub(crate) async fn expect_leave(
        &self,
        OnBehalf { caller, service }: OnBehalf<'_>,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<(), AwsError> {
        let region = self.context().region();
        let access = |action: &str, resource: &str| Access {
            action: action.to_owned(),
            resource: names::arn(region.as_str(), resource),
            ..Access::default()
        };
        let action = version.map_or("s3:GetObject", |_| "s3:GetObjectVersion");
        let missing = ((bucket.to_owned(), key.to_owned()), access("s3:ListBucket", bucket));
        let asked = Asked {
            account: caller.account.clone(),
            accesses: vec![access(action, &format!("{bucket}/{key}"))],
            of_missing: Some(missing),
            ..Asked::default()
        };
        let accesses = self.found_out(asked).await?;
        let keys = leave::keys_of(self.context(), region, service);
        let answer = leave::ask(self.context(), caller, &keys, &accesses).await?;
        if let Some(denial) = answer.refused {
            return Err(AwsError::new("AccessDenied", denial.sentence(true)).status(403));
        }
        if let Some(denial) = &answer.reported {
            let text = denial.sentence(true);
            tracing::warn!(service, text, "mode enforce would not let a service read an object");
            cloud_wire::response_headers::would_be_refused(&text);
        }
        Ok(())
    }

    /// What somebody asks leave for who has something put under a key; none where there is no such bucket.
    pub(crate) async fn put_access(
        &self,
        account: &AccountId,
        bucket: &str,
        key: &str,
    ) -> Result<Option<Access>, AwsError> {
        if self.records().buckets().get(bucket).is_none() {
            return Ok(None);
        }
        let resource = names::arn(self.context().region().as_str(), &format!("{bucket}/{key}"));
        let access = Access { action: "s3:PutObject".to_owned(), resource, ..Access::default() };
        let asked = Asked { account: account.clone(), accesses: vec![access], ..Asked::default() };
        Ok(self.found_out(asked).await?.pop())
    }

    /// Whether a bucket is here and has no such object.
    async fn lacks(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        let is_here = self.records().buckets().get(bucket).is_some();
        Ok(is_here && self.records().object(bucket, key).await?.is_none())
    }

    /// What a bucket has to do with an account: its policy is printed once for all objects in it.
    fn said(&self, bucket: &str, account: &AccountId) -> Said {
        let buckets = self.records().buckets();
        let Some(bucket) = buckets.get(bucket) else { return Said::default() };
        let owner = self.owner(bucket).clone();
        let is_shut = owner != *account && public::is_restricted(bucket);
        let policy = bucket.policy.as_ref().filter(|_| !is_shut);
        Said { policy: policy.map(|policy| policy.to_string().into()), owner: Some(owner) }
    }

    /// Adds what the bucket and the object say: owner, policy, tags.
    async fn tell_of(
        &self,
        access: &mut Access,
        account: &AccountId,
        buckets: &mut BTreeMap<String, Said>,
    ) -> Result<(), AwsError> {
        let Some((_, path)) = access.resource.split_once(":s3:::") else { return Ok(()) };
        let (bucket, key) = path.split_once('/').map_or((path, None), |(bucket, key)| (bucket, Some(key)));
        let said = buckets.entry(bucket.to_owned()).or_insert_with(|| self.said(bucket, account));
        (access.policy, access.owner) = (said.policy.clone(), said.owner.clone());
        access.keys.extend(
            said.owner.iter().map(|owner| ("s3:ResourceAccount".to_owned(), vec![owner.to_string()])),
        );
        let Some(key) = key else { return Ok(()) };
        if let Some(object) = self.records().object(bucket, key).await? {
            let tags = object.tags.iter();
            let keys = tags.map(|tag| (format!("s3:ExistingObjectTag/{}", tag.key), vec![tag.value.clone()]));
            access.keys.extend(keys);
        }
        Ok(())
    }
}

/// What some operations read or write besides.
fn besides(asking: &Asking<'_>, asked: &mut Asked) {
    let operation = asking.operation.name;
    let region = asking.caller.region.as_str();
    let object = asked.accesses.first().map(|access| access.resource.clone()).unwrap_or_default();
    let source = asking.text("CopySource").and_then(|source| Source::of(source).ok());
    let source = source.map(|Source { bucket, key }| (bucket, key));
    let writes = matches!(operation, "PutObject" | "CreateMultipartUpload" | "CopyObject");
    let gives_tags = writes && asking.text("Tagging").is_some();
    let tagging = || asking.access("PutObjectTagging", object.clone());
    if let Some((bucket, key)) = &source {
        let arn = names::arn(region, &format!("{bucket}/{key}"));
        asked.accesses.push(asking.access("GetObject", arn.clone()));
        // AWS: tags go with a copy unless others are given, and are asked for where there are some.
        if operation == "CopyObject" && asking.text("TaggingDirective") != Some("REPLACE") {
            let mut tagged = vec![asking.access("GetObjectTagging", arn)];
            tagged.extend((!gives_tags).then(tagging));
            asked.of_tagged = Some(((bucket.clone(), key.clone()), tagged));
        }
    }
    if operation == "GetObjectAttributes" {
        asked.accesses.push(asking.access("GetObject", object.clone()));
    }
    asked.accesses.extend(gives_tags.then(tagging));
    let reads = matches!(operation, "GetObject" | "HeadObject" | "GetObjectAttributes");
    let own = || asking.text("Bucket").zip(asking.text("Key"));
    let own = || own().map(|(bucket, key)| (bucket.to_owned(), key.to_owned()));
    // AWS: whoever may not list a bucket does not learn what is not in it: 403 where others get 404.
    if let Some(place) = source.or_else(|| own().filter(|_| reads)) {
        let access = asking.access("ListBucket", names::arn(region, &place.0));
        asked.of_missing = Some((place, access));
    }
}

/// The keys that DeleteObjects names, and whether a version is named.
fn deleted(asking: &Asking<'_>) -> Vec<(String, bool)> {
    let Some((schema, delete)) = asking.member("Delete") else { return Vec::new() };
    let Some((schema, objects)) = field(schema, delete, "Objects") else { return Vec::new() };
    let Kind::List { element, .. } = schema.kind else { return Vec::new() };
    let one = |object: Value<'_>| {
        let key = field(element, object, "Key").and_then(|(_, key)| key.as_str()).unwrap_or_default();
        let version = field(element, object, "VersionId").and_then(|(_, version)| version.as_str());
        (key.to_owned(), version.is_some())
    };
    objects.elements().map(one).collect()
}

/// A member of a structure by its name.
fn field<'a>(schema: &'static Schema, value: Value<'a>, name: &str) -> Option<(&'static Schema, Value<'a>)> {
    let (place, member) = schema.members().iter().enumerate().find(|(_, member)| member.name == name)?;
    Some((member.schema, value.member(place)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Rig;

    #[tokio::test]
    async fn a_form_asks_as_the_request_that_it_stands_for() {
        let rig = Rig::new().await;
        let asked = async |fields: &[(&str, &str)]| {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let form = Form { path: "/bucket".into(), peer: None, fields: fields.collect(), file: None };
            let accesses = rig.s3.found_out(rig.s3.form_asked(&form, &rig.caller)).await.unwrap().into_iter();
            let show = |access: Access| {
                let keys = access.keys.iter().map(|(name, values)| format!(" {name}={}", values.join(",")));
                format!("{} {}{}", access.action, access.resource, keys.collect::<String>())
            };
            accesses.map(show).collect::<Vec<_>>()
        };
        let put = "s3:PutObject arn:aws:s3:::bucket/k";
        assert_eq!(
            asked(&[("key", "k"), ("x-amz-signature", "s")]).await,
            [format!("{put} s3:authType=POST s3:ResourceAccount=000000000000")]
        );
        let given = [
            ("key", "k"),
            ("acl", "private"),
            ("X-Amz-Storage-Class", "STANDARD"),
            ("tagging", "<Tagging/>"),
        ];
        let keys = "s3:x-amz-acl=private s3:x-amz-storage-class=STANDARD s3:authType=POST s3:ResourceAccount=000000000000";
        let tag = "s3:PutObjectTagging arn:aws:s3:::bucket/k";
        assert_eq!(asked(&given).await, [format!("{put} {keys}"), format!("{tag} {keys}")]);
    }

    #[test]
    fn every_operation_has_an_action_that_there_is() {
        for operation in crate::shapes::MODEL.operations {
            let (name, about) = action(operation.name);
            let known = |name: &str| cloud_policy::actions::is_known(&format!("s3:{name}"));
            assert!(known(name), "{} asks for {name}", operation.name);
            if let About::Version(versioned) = about {
                assert!(known(versioned), "{} asks for {versioned}", operation.name);
            }
        }
    }
}
