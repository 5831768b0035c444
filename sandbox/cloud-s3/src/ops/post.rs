//! A form that a browser posts: a PutObject in other clothes, within what its policy allows. A stranger's has no policy, and
//! is let in by the bucket's.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};
use cloud_wire::{
    Body,
    form::{self, Form, FormAnswer},
};
use futures_util::stream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    S3,
    error::{bad, bad_argument, malformed_xml},
    headers,
    notifications::cause::Event,
    ops::tagging::{Whose, checked},
    place,
    post_policy::{Bounds, PostPolicy},
    quotas,
    shapes::{PutObjectRequest, Tagging, operation::PutObject},
};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const IN_PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// The fields that are a PutObject's headers by another name or by their own.
const HEADERS: [&str; 7] = [
    "content-type",
    "content-md5",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
];
/// The fields that prove and are no headers.
const PROOF: [&str; 5] =
    ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token"];

pub(crate) async fn post(s3: &S3, caller: &Caller, form: Form) -> Result<FormAnswer, AwsError> {
    let bucket = form.path.trim_matches('/').to_owned();
    let is_old = form.field("AWSAccessKeyId").is_some();
    place::check_form(s3.records().buckets().bucket(&bucket)?, is_old, caller)?;
    let fields = fields(&form, &bucket);
    let bounds = match form.field("policy") {
        None if caller.is_anonymous() => None,
        policy => PostPolicy::of(policy.unwrap_or_default())?.check(&fields, s3.context().now())?,
    };
    let key = fields.get("key").ok_or_else(|| {
        let message =
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
        bad_argument("key", "", message)
    })?;
    let file = form
        .file
        .ok_or_else(|| bad_argument("file", "0", "POST requires exactly one file upload per request."))?;
    if key.is_empty() {
        return Err(bad_argument("key", "", "User key must have a length greater than 0."));
    }
    let labels = [("Bucket", bucket.clone()), ("Key", key.clone())];
    let body = within(file.body, bounds.unwrap_or(Bounds { least: 0, most: quotas::PUT }));
    let (head, mut input) = form::as_request::<PutObject>(&labels, as_headers(&fields), body, form.peer)?;
    headers::check("PutObject", &head)?;
    place::expect_stated(s3, s3.records().buckets().bucket(&bucket)?, &head, place::EXPECTED)?;
    tag(&mut input, fields.get("tagging"))?;
    let output = super::object::put_as(s3, caller, input, Event::Posted).await?;
    let etag = output.e_tag.unwrap_or_default();
    Ok(answer(s3, &fields, &bucket, key, etag))
}

/// The object that a form would make.
pub(crate) struct Placed {
    /// Its bucket.
    pub(crate) bucket: String,
    /// Its key.
    pub(crate) key: String,
    /// The request's headers, by their names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// Whether it would have tags.
    pub(crate) tags: bool,
}

/// What object a form would make, and how.
pub(crate) fn placed(form: &Form) -> Placed {
    let bucket = form.path.trim_matches('/').to_owned();
    let mut fields = fields(form, &bucket);
    let (headers, tags) = (as_headers(&fields), fields.contains_key("tagging"));
    Placed { bucket, key: fields.remove("key").unwrap_or_default(), headers, tags }
}

/// The fields by their names in small letters, with the file's name put in; the first of a name counts.
fn fields(form: &Form, bucket: &str) -> BTreeMap<String, String> {
    let file = form.file.as_ref().map_or("", |file| file.name.as_str());
    let mut fields = BTreeMap::new();
    fields.insert("bucket".to_owned(), bucket.to_owned());
    for (name, value) in &form.fields {
        let name = name.to_ascii_lowercase();
        if name != "bucket" {
            fields.entry(name).or_insert_with(|| value.replace("${filename}", file));
        }
    }
    fields
}

fn as_headers(fields: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value) in fields {
        let is_header = HEADERS.contains(&name.as_str())
            || (name.starts_with("x-amz-") && !PROOF.contains(&name.as_str()));
        if name == "acl" {
            headers.push(("x-amz-acl".to_owned(), value.clone()));
        } else if is_header {
            headers.push((name.clone(), value.clone()));
        }
    }
    headers
}

/// The field `tagging` holds a document; PutObject takes the same as a query.
fn tag(input: &mut PutObjectRequest, document: Option<&String>) -> Result<(), AwsError> {
    let Some(document) = document else { return Ok(()) };
    let tagging: Tagging = form::document(document).map_err(|_| malformed_xml())?;
    let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let tags = checked(tagging.tag_set, Whose::Object)?;
    let pairs = tags.iter().map(|tag| format!("{}={}", encoded(&tag.key), encoded(&tag.value)));
    input.tagging = Some(pairs.collect::<Vec<_>>().join("&"));
    Ok(())
}

/// The same bytes, and an error unless they are as many as they may be.
fn within(body: Body, bounds: Bounds) -> Body {
    let chunks = stream::try_unfold((body, 0_u64), move |(mut body, before)| async move {
        let chunk = body.next().await.transpose()?;
        let size = before + chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if size > bounds.most {
            let refused = bad("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
            return Err(refused
                .with("ProposedSize", size.to_string())
                .with("MaxSizeAllowed", bounds.most.to_string()));
        }
        match chunk {
            Some(chunk) => Ok(Some((chunk, (body, size)))),
            None if size < bounds.least => {
                let refused =
                    bad("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
                Err(refused
                    .with("ProposedSize", size.to_string())
                    .with("MinSizeAllowed", bounds.least.to_string()))
            }
            None => Ok(None),
        }
    });
    Body::from_stream(chunks, None)
}

/// A redirection if one was asked for, else the status that was, else 204.
fn answer(s3: &S3, fields: &BTreeMap<String, String>, bucket: &str, key: &str, etag: String) -> FormAnswer {
    let redirect = fields.get("success_action_redirect").or_else(|| fields.get("redirect"));
    if let Some(target) = redirect.filter(|target| is_address(target)) {
        let joint = if target.contains('?') { '&' } else { '?' };
        let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let query = format!("bucket={}&key={}&etag={}", encoded(bucket), encoded(key), encoded(&etag));
        let headers = vec![("location", format!("{target}{joint}{query}")), ("etag", etag)];
        return FormAnswer { status: 303, headers, document: None };
    }
    let endpoint = s3.context().endpoint().unwrap_or_default();
    let location = format!("{endpoint}/{bucket}/{}", utf8_percent_encode(key, IN_PATH));
    let headers = vec![("location", location.clone()), ("etag", etag.clone())];
    match fields.get("success_action_status").map(String::as_str) {
        Some("200") => FormAnswer { status: 200, headers, document: None },
        Some("201") => {
            let members = vec![
                ("Location", location),
                ("Bucket", bucket.to_owned()),
                ("Key", key.to_owned()),
                ("ETag", etag),
            ];
            FormAnswer { status: 201, headers, document: Some(("PostResponse", members)) }
        }
        // AWS: any other value counts as none.
        _ => FormAnswer { status: 204, headers, document: None },
    }
}

// AWS: a redirection that cannot be read counts as none.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    use bytes::Bytes;
    use cloud_wire::form::File;

    use super::*;
    use crate::{ops, shapes::GetObjectRequest, tests::Rig};

    type Fields<'a> = &'a [(&'a str, &'a str)];

    /// Posts a file to the bucket with those fields, all of which its policy lets be anything.
    async fn posted(
        rig: &Rig,
        fields: Fields<'_>,
        more: &str,
        file: Option<&str>,
    ) -> Result<FormAnswer, AwsError> {
        let free: Vec<String> =
            fields.iter().map(|(name, _)| format!(r#"["starts-with", "${name}", ""]"#)).collect();
        let conditions = [free, vec![more.to_owned()]].concat();
        let conditions =
            conditions.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(",");
        let policy = format!(r#"{{"expiration": "2126-01-01T00:00:00Z", "conditions": [{conditions}]}}"#);
        let policy = ("Policy".to_owned(), BASE64.encode(policy));
        let given = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let form = Form {
            path: "/bucket/".into(),
            peer: None,
            fields: given.chain([policy]).collect(),
            file: file
                .map(|text| File { name: "a b.txt".into(), body: Body::from(Bytes::from(text.to_owned())) }),
        };
        post(&rig.s3, &rig.caller, form).await
    }

    fn shown(answer: &FormAnswer) -> String {
        let header = |wanted: &str| {
            answer.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
        };
        let root = answer.document.as_ref().map_or("-", |(root, _)| root);
        format!("{} {} {root}", answer.status, header("location").unwrap_or("-"))
    }

    #[tokio::test]
    async fn a_form_is_answered_as_it_asks() {
        let rig = Rig::new().await;
        let key = ("key", "in/${filename}");
        for (field, value, expected) in [
            ("x-ignore-this", "", "204 /bucket/in/a%20b.txt -"),
            ("success_action_status", "200", "200 /bucket/in/a%20b.txt -"),
            ("success_action_status", "201", "201 /bucket/in/a%20b.txt PostResponse"),
            ("success_action_status", "404", "204 /bucket/in/a%20b.txt -"),
            (
                "success_action_redirect",
                "http://x.test/?a=1",
                "303 http://x.test/?a=1&bucket=bucket&key=in%2Fa%20b.txt&etag=%22900150983cd24fb0d6963f7d28e17f72%22 -",
            ),
            ("redirect", "no address", "204 /bucket/in/a%20b.txt -"),
        ] {
            let answer = posted(&rig, &[key, (field, value)], "", Some("abc")).await.unwrap();
            assert_eq!(shown(&answer), expected, "{field}={value}");
        }
    }

    #[tokio::test]
    async fn a_form_is_a_put_object_within_its_policy() {
        let rig = Rig::new().await;
        let key = ("key", "k");
        let tags = "<Tagging><TagSet><Tag><Key>a b</Key><Value>c+d</Value></Tag></TagSet></Tagging>";
        let all = [
            key,
            ("Content-Type", "text/css"),
            ("x-amz-meta-Colour", "red"),
            ("x-amz-storage-class", "STANDARD_IA"),
            ("tagging", tags),
            ("acl", "private"),
            ("x-amz-date", "of the signature"),
        ];
        posted(&rig, &all, r#"["content-length-range", 3, 3]"#, Some("abc")).await.unwrap();
        let input =
            GetObjectRequest { bucket: "bucket".into(), key: "k".into(), ..GetObjectRequest::default() };
        let object = ops::read::get(&rig.s3, &rig.caller, input).await.unwrap();
        assert_eq!(object.content_type.as_deref(), Some("text/css"));
        assert_eq!(object.metadata.unwrap()["colour"], "red");
        assert_eq!((object.storage_class.unwrap().as_str(), object.tag_count), ("STANDARD_IA", Some(1)));
        assert_eq!(object.body.collect(9).await.unwrap(), "abc");
        for (fields, more, file, expected) in [
            (&[][..], "", Some("abc"), "InvalidArgument"),
            (&[("key", "")], "", Some("abc"), "InvalidArgument"),
            (&[key], "", None, "InvalidArgument"),
            (&[key], r#"["content-length-range", 4, 9]"#, Some("abc"), "EntityTooSmall"),
            (&[key], r#"["content-length-range", 0, 2]"#, Some("abc"), "EntityTooLarge"),
            (&[key], r#"{"bucket": "other"}"#, Some("abc"), "AccessDenied"),
            (&[key, ("acl", "public-read")], "", Some("abc"), "AccessControlListNotSupported"),
            (&[key, ("x-amz-storage-class", "Fake")], "", Some("abc"), "InvalidStorageClass"),
            (&[key, ("tagging", "a=b")], "", Some("abc"), "MalformedXML"),
            (&[key, ("x-amz-meta-a", "line\nbreak")], "", Some("abc"), "InvalidArgument"),
            (&[key, ("x-amz-checksum-crc32", "AAAAAA==")], "", Some("abc"), "BadDigest"),
        ] {
            let refused = posted(&rig, fields, more, file).await.unwrap_err();
            assert_eq!(refused.code(), expected, "{fields:?} {more}");
        }
        assert_eq!(rig.files().len(), 1, "what was refused left nothing");
    }
}
