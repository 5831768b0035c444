//! What S3's operations ask leave for: several are called otherwise than their actions, and a bucket has a policy.
// AWS: "Required permissions for Amazon S3 API operations".

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Access, AwsError, ConditionKeys};
use cloud_wire::access::Asking;
use cloud_wire::{Kind, Schema, Value, form::Form};

use crate::names;
use crate::ops::object::Source;
use crate::ops::post::{self, Placed};
use crate::service::S3;

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

impl S3 {
    pub(crate) async fn asks(&self, asking: &Asking<'_>) -> Result<Vec<Access>, AwsError> {
        let operation = asking.operation.name;
        let (name, about) = action(operation);
        let bucket = asking.text("Bucket").unwrap_or_default();
        let region = asking.caller.region.as_str();
        // LIMIT: AWS deletes those of several objects that may be deleted; here one that may not refuses them all.
        let mut accesses = match (operation, about) {
            (_, About::Nothing) => vec![asking.access(name, "*")],
            (_, About::Bucket) => vec![asking.access(name, names::arn(region, bucket))],
            ("DeleteObjects", About::Version(versioned)) => {
                let one = |(key, version)| {
                    let name = if version { versioned } else { name };
                    asking.access(name, names::arn(region, &format!("{bucket}/{key}")))
                };
                deleted(asking).into_iter().map(one).collect()
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
        self.ask_besides(asking, &mut accesses).await?;
        // AWS: the account's root can always see, change and delete a bucket's policy, whatever that says.
        let exempt = asking.caller.arn.resource() == "root" && operation.ends_with("BucketPolicy");
        let mut policies = BTreeMap::new();
        for access in &mut accesses {
            self.tell_of(access, &mut policies).await?;
            access.policy = access.policy.take().filter(|_| !exempt);
            let how = if asking.head.parameter("X-Amz-Signature").is_some()
                || asking.head.parameter("Signature").is_some()
            {
                "REST-QUERY-STRING"
            } else {
                "REST-HEADER"
            };
            access.keys.push(("s3:authType".to_owned(), vec![how.to_owned()]));
        }
        Ok(accesses)
    }

    /// A form is a PutObject, whose headers are fields.
    pub(crate) async fn form_asks(&self, form: &Form) -> Result<Vec<Access>, AwsError> {
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
            policy: None,
        };
        let mut accesses = vec![access("s3:PutObject")];
        accesses.extend(tags.then(|| access("s3:PutObjectTagging")));
        let mut policies = BTreeMap::new();
        for access in &mut accesses {
            self.tell_of(access, &mut policies).await?;
        }
        Ok(accesses)
    }

    /// What some operations read or write besides.
    async fn ask_besides(&self, asking: &Asking<'_>, accesses: &mut Vec<Access>) -> Result<(), AwsError> {
        let operation = asking.operation.name;
        let region = asking.caller.region.as_str();
        let object = accesses.first().map(|access| access.resource.clone()).unwrap_or_default();
        let source = asking.text("CopySource").and_then(|source| Source::of(source).ok());
        let mut copies_tags = false;
        if let Some(Source { bucket, key }) = &source {
            let source = names::arn(region, &format!("{bucket}/{key}"));
            accesses.push(asking.access("GetObject", source.clone()));
            // AWS: tags go with a copy unless others are given, and are asked for where there are some.
            let keeps = operation == "CopyObject" && asking.text("TaggingDirective") != Some("REPLACE");
            let copied = self.records().object(bucket, key).await?;
            copies_tags = keeps && copied.is_some_and(|object| !object.tags.is_empty());
            accesses.extend(copies_tags.then(|| asking.access("GetObjectTagging", source)));
        }
        match operation {
            "GetObjectAttributes" => accesses.push(asking.access("GetObject", object)),
            "PutObject" | "CreateMultipartUpload" | "CopyObject"
                if copies_tags || asking.text("Tagging").is_some() =>
            {
                accesses.push(asking.access("PutObjectTagging", object));
            }
            _ => {}
        }
        let read = match (operation, source) {
            (_, Some(Source { bucket, key })) => Some((bucket, key)),
            ("GetObject" | "HeadObject" | "GetObjectAttributes", None) => {
                asking.text("Bucket").zip(asking.text("Key")).map(|(bucket, key)| (bucket.into(), key.into()))
            }
            _ => None,
        };
        // AWS: whoever may not list a bucket does not learn what is not in it: 403 where others get 404.
        if let Some((bucket, key)) = read
            && self.lacks(&bucket, &key).await?
        {
            accesses.push(asking.access("ListBucket", names::arn(region, &bucket)));
        }
        Ok(())
    }

    /// Whether a bucket is here and has no such object.
    async fn lacks(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        let is_here = self.records().buckets().get(bucket).is_some();
        Ok(is_here && self.records().object(bucket, key).await?.is_none())
    }

    /// Adds what the bucket and the object say: the policy, which is printed once for each bucket, and the tags.
    async fn tell_of(
        &self,
        access: &mut Access,
        policies: &mut BTreeMap<String, Option<Arc<str>>>,
    ) -> Result<(), AwsError> {
        let Some((_, path)) = access.resource.split_once(":s3:::") else { return Ok(()) };
        let (bucket, key) = path.split_once('/').map_or((path, None), |(bucket, key)| (bucket, Some(key)));
        let print = || {
            let buckets = self.records().buckets();
            let policy = buckets.get(bucket).and_then(|bucket| bucket.policy.as_ref());
            policy.map(|policy| policy.to_string().into())
        };
        access.policy = policies.entry(bucket.to_owned()).or_insert_with(print).clone();
        if let Some(key) = key
            && let Some(object) = self.records().object(bucket, key).await?
        {
            let tags = object.tags.iter();
            let keys = tags.map(|tag| (format!("s3:ExistingObjectTag/{}", tag.key), vec![tag.value.clone()]));
            access.keys.extend(keys);
        }
        Ok(())
    }
}

/// The keys that DeleteObjects names, and whether a version is named.
fn deleted(asking: &Asking<'_>) -> Vec<(String, bool)> {
    let Some((schema, delete)) = field(asking.operation.input, asking.input, "Delete") else {
        return Vec::new();
    };
    let Some((schema, Value::List(objects))) = field(schema, delete, "Objects") else { return Vec::new() };
    let Kind::List { element, .. } = schema.kind else { return Vec::new() };
    let one = |object: &Value| {
        let key = field(element, object, "Key").and_then(|(_, key)| key.as_str()).unwrap_or_default();
        let version = field(element, object, "VersionId").and_then(|(_, version)| version.as_str());
        (key.to_owned(), version.is_some())
    };
    objects.iter().map(one).collect()
}

/// A member of a structure by its name.
fn field<'a>(schema: &'static Schema, value: &'a Value, name: &str) -> Option<(&'static Schema, &'a Value)> {
    let index = schema.members().iter().position(|member| member.name == name)?;
    Some((schema.members().get(index)?.schema, value.members().get(index)?))
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
            let accesses = rig.s3.form_asks(&form).await.unwrap().into_iter();
            let show = |access: Access| {
                let keys = access.keys.iter().map(|(name, values)| format!(" {name}={}", values.join(",")));
                format!("{} {}{}", access.action, access.resource, keys.collect::<String>())
            };
            accesses.map(show).collect::<Vec<_>>()
        };
        let put = "s3:PutObject arn:aws:s3:::bucket/k";
        assert_eq!(asked(&[("key", "k"), ("x-amz-signature", "s")]).await, [format!("{put} s3:authType=POST")]);
        let given = [
            ("key", "k"),
            ("acl", "private"),
            ("X-Amz-Storage-Class", "STANDARD"),
            ("tagging", "<Tagging/>"),
        ];
        let keys = "s3:x-amz-acl=private s3:x-amz-storage-class=STANDARD s3:authType=POST";
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
