//! Operations one after the other, over restarts: conditions, readers, checksums, damage.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cloud_core::{AccountId, AwsError, Caller, Context, Region, RequestId, SystemEntropy};
use cloud_wire::Body;

use crate::{
    S3, blobs, ops,
    shapes::{
        CORSConfiguration, CORSRule, ChecksumAlgorithm, ChecksumMode, ChecksumType,
        CompleteMultipartUploadOutput, CompleteMultipartUploadRequest, CompletedMultipartUpload,
        CompletedPart, CopyObjectRequest, CreateBucketRequest, CreateMultipartUploadRequest, Delete,
        DeleteBucketCorsRequest, DeleteObjectRequest, DeleteObjectsRequest, EncodingType,
        GetBucketCorsRequest, GetBucketEncryptionRequest, GetBucketPolicyRequest, GetObjectAttributesRequest,
        GetObjectOutput, GetObjectRequest, HeadBucketRequest, HeadObjectRequest, ListBucketsRequest,
        ListMultipartUploadsRequest, ListObjectsV2Request, ObjectAttributes, ObjectIdentifier,
        PutBucketCorsRequest, PutBucketEncryptionRequest, PutBucketPolicyRequest, PutObjectRequest,
        ServerSideEncryptionConfiguration, ServerSideEncryptionRule, UploadPartCopyRequest, UploadPartOutput,
        UploadPartRequest,
    },
};

mod many;
mod power;
mod told;

const PART: usize = 5 * 1024 * 1024;

pub(crate) struct Rig {
    folder: PathBuf,
    /// What goes with it.
    _own: Option<tempfile::TempDir>,
    pub(crate) s3: S3,
    pub(crate) caller: Caller,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        let rig = Self::over(tempfile::tempdir().unwrap()).await;
        rig.create_bucket().await;
        rig
    }

    /// The service as the next process opens it, were this one killed now.
    async fn after_a_kill(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_all(&self.folder, folder.path());
        Self::over(folder).await
    }

    async fn over(own: tempfile::TempDir) -> Self {
        let rig = Self::on(own.path(), Context::for_test(own.path()).0).await;
        Self { _own: Some(own), ..rig }
    }

    /// The service in a folder that is somebody else's.
    async fn on(folder: &Path, context: Context) -> Self {
        let caller =
            Caller::root(&AccountId::default(), &Region::default(), RequestId::random(&SystemEntropy));
        Self { folder: folder.to_owned(), _own: None, s3: S3::open(context).await.unwrap(), caller }
    }

    async fn create_bucket(&self) {
        let input = CreateBucketRequest { bucket: "bucket".into(), ..CreateBucketRequest::default() };
        ops::bucket::create(&self.s3, &self.caller, input).await.unwrap();
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder.join("cloud/s3");
        blobs::files(&folder).into_iter().map(|name| folder.join(name)).collect()
    }

    /// Awaits that so many files are left.
    async fn until_files(&self, count: usize) {
        while self.files().len() != count {
            tokio::task::yield_now().await;
        }
    }

    async fn put(&self, key: &str, body: &[u8]) -> String {
        let input = PutObjectRequest {
            bucket: "bucket".into(),
            key: key.into(),
            body: Body::from(Bytes::copy_from_slice(body)),
            ..PutObjectRequest::default()
        };
        ops::object::put(&self.s3, &self.caller, input).await.unwrap().e_tag.unwrap()
    }

    async fn open(&self, change: impl FnOnce(&mut GetObjectRequest)) -> Result<GetObjectOutput, AwsError> {
        let mut input = GetObjectRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            checksum_mode: Some(ChecksumMode::Enabled),
            ..GetObjectRequest::default()
        };
        change(&mut input);
        ops::read::get(&self.s3, &self.caller, input).await
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Bytes, AwsError> {
        self.open(|input| input.key = key.into()).await?.body.collect(1 << 30).await
    }

    async fn delete(&self, key: &str, if_match: Option<&str>) -> Result<(), AwsError> {
        let input = DeleteObjectRequest {
            bucket: "bucket".into(),
            key: key.into(),
            if_match: if_match.map(str::to_owned),
            ..DeleteObjectRequest::default()
        };
        ops::object::delete(&self.s3, &self.caller, input).await.map(drop)
    }

    async fn copy(&self, change: impl FnOnce(&mut CopyObjectRequest)) -> Result<(), AwsError> {
        let mut input = CopyObjectRequest {
            bucket: "bucket".into(),
            key: "copy".into(),
            copy_source: "bucket/key".into(),
            ..CopyObjectRequest::default()
        };
        change(&mut input);
        ops::object::copy(&self.s3, &self.caller, input).await.map(drop)
    }

    async fn begin(&self, algorithm: Option<&str>, kind: Option<ChecksumType>) -> String {
        let input = CreateMultipartUploadRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            checksum_algorithm: algorithm.map(ChecksumAlgorithm::from),
            checksum_type: kind,
            ..CreateMultipartUploadRequest::default()
        };
        ops::multipart::create(&self.s3, &self.caller, input).await.unwrap().upload_id.unwrap()
    }

    async fn part(&self, id: &str, number: i32, body: &[u8]) -> Result<UploadPartOutput, AwsError> {
        let input = UploadPartRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            upload_id: id.into(),
            part_number: number,
            body: Body::from(Bytes::copy_from_slice(body)),
            ..UploadPartRequest::default()
        };
        ops::multipart::upload_part(&self.s3, &self.caller, input).await
    }

    async fn complete(
        &self,
        id: &str,
        parts: &[UploadPartOutput],
        change: impl FnOnce(&mut CompleteMultipartUploadRequest),
    ) -> Result<CompleteMultipartUploadOutput, AwsError> {
        let parts = parts.iter().enumerate().map(|(index, part)| CompletedPart {
            part_number: i32::try_from(index + 1).ok(),
            e_tag: part.e_tag.clone(),
            checksum_crc32: part.checksum_crc32.clone(),
            checksum_sha256: part.checksum_sha256.clone(),
            ..CompletedPart::default()
        });
        let mut input = CompleteMultipartUploadRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            upload_id: id.into(),
            multipart_upload: Some(CompletedMultipartUpload { parts: Some(parts.collect()) }),
            ..CompleteMultipartUploadRequest::default()
        };
        change(&mut input);
        ops::multipart::complete(&self.s3, &self.caller, input).await
    }

    /// An object of two parts.
    async fn multipart(&self) -> Bytes {
        let id = self.begin(None, None).await;
        let whole = [vec![b'a'; PART], b"the end".to_vec()].concat();
        let parts = [
            self.part(&id, 1, &whole[..PART]).await.unwrap(),
            self.part(&id, 2, &whole[PART..]).await.unwrap(),
        ];
        self.complete(&id, &parts, |_| {}).await.unwrap();
        whole.into()
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn code<T>(result: Result<T, AwsError>) -> String {
    result.err().map_or_else(|| "ok".to_owned(), |error| error.code().to_owned())
}

#[tokio::test]
async fn nothing_is_deleted_or_overwritten_whose_condition_fails() {
    let rig = Rig::new().await;
    let etag = rig.put("key", b"first").await;
    assert_eq!(code(rig.delete("key", Some("\"wrong\"")).await), "PreconditionFailed");
    assert_eq!(code(rig.delete("other", Some("*")).await), "NoSuchKey");
    let objects = [("key", Some("\"wrong\"")), ("other", Some(etag.as_str())), ("third", None)];
    let objects = objects.map(|(key, etag)| ObjectIdentifier {
        key: key.into(),
        e_tag: etag.map(str::to_owned),
        ..ObjectIdentifier::default()
    });
    let input = DeleteObjectsRequest {
        bucket: "bucket".into(),
        delete: Delete { objects: objects.into(), quiet: None },
        ..DeleteObjectsRequest::default()
    };
    let output = ops::object::delete_several(&rig.s3, &rig.caller, input).await.unwrap();
    let errors: Vec<_> = output.errors.unwrap().into_iter().map(|error| error.code.unwrap()).collect();
    assert_eq!(errors, ["PreconditionFailed", "NoSuchKey"]);
    assert_eq!(output.deleted.unwrap().len(), 1);

    rig.put("copy", b"there already").await;
    let absent = |input: &mut CopyObjectRequest| input.if_none_match = Some("*".into());
    assert_eq!(code(rig.copy(absent).await), "PreconditionFailed");
    assert_eq!(code(rig.copy(|input| input.if_match = Some("wrong".into())).await), "PreconditionFailed");
    assert_eq!(
        code(rig.copy(|input| input.copy_source_if_match = Some("x".into())).await),
        "PreconditionFailed"
    );
    assert_eq!(rig.get("copy").await.unwrap(), "there already");
    let put = |if_none_match: Option<&str>, if_match: Option<&str>| {
        let input = PutObjectRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            body: Body::from(Bytes::from_static(b"second")),
            if_none_match: if_none_match.map(str::to_owned),
            if_match: if_match.map(str::to_owned),
            ..PutObjectRequest::default()
        };
        ops::object::put(&rig.s3, &rig.caller, input)
    };
    assert_eq!(code(put(Some("*"), None).await), "PreconditionFailed");
    assert_eq!(code(put(None, Some("wrong")).await), "PreconditionFailed");
    assert_eq!(code(put(Some(&etag), None).await), "NotImplemented");
    assert_eq!(rig.get("key").await.unwrap(), "first");
    assert_eq!(rig.files().len(), 2, "what was refused left nothing");
    put(None, Some(&etag)).await.unwrap();
    assert_eq!(rig.get("key").await.unwrap(), "second");
    rig.delete("copy", Some("*")).await.unwrap();
    rig.until_files(1).await;
}

#[tokio::test]
async fn a_completion_meets_what_was_done_to_its_key_meanwhile() {
    let rig = Rig::new().await;
    let etag = rig.put("key", b"x").await;
    let id = rig.begin(None, None).await;
    let parts = [rig.part(&id, 1, b"part").await.unwrap()];
    let absent = |input: &mut CompleteMultipartUploadRequest| input.if_none_match = Some("*".into());
    assert_eq!(code(rig.complete(&id, &parts, absent).await), "PreconditionFailed");
    rig.delete("key", None).await.unwrap();
    assert_eq!(code(rig.complete(&id, &parts, absent).await), "ConditionalRequestConflict");
    let same = |input: &mut CompleteMultipartUploadRequest| input.if_match = Some(etag.clone());
    assert_eq!(code(rig.complete(&id, &parts, same).await), "NoSuchKey");
    rig.put("key", b"x").await;
    assert_eq!(code(rig.complete(&id, &parts, same).await), "ConditionalRequestConflict");
    rig.complete(&id, &parts, |_| {}).await.unwrap();
    assert_eq!(rig.get("key").await.unwrap(), "part");
}

#[tokio::test]
async fn an_upload_ends_in_the_bucket_that_it_began_in_or_in_none() {
    let rig = Rig::new().await;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let chunks = futures_util::stream::once(async move { receiver.await.map_err(AwsError::internal) });
    let input = PutObjectRequest {
        bucket: "bucket".into(),
        key: "key".into(),
        body: Body::from_stream(chunks, Some(4)),
        ..PutObjectRequest::default()
    };
    let mut slow = std::pin::pin!(ops::object::put(&rig.s3, &rig.caller, input));
    assert!(futures_util::poll!(&mut slow).is_pending());
    rig.s3.records().remove_bucket("bucket").await.unwrap();
    let other = Caller { account: AccountId::new("111111111111"), ..rig.caller.clone() };
    let input = CreateBucketRequest { bucket: "bucket".into(), ..CreateBucketRequest::default() };
    ops::bucket::create(&rig.s3, &other, input).await.unwrap();
    sender.send(Bytes::from_static(b"mine")).unwrap();
    assert_eq!(code(slow.await), "NoSuchBucket");
    assert!(rig.get("key").await.is_err(), "nothing of it is in the other's");
    rig.until_files(0).await;
}

#[tokio::test]
async fn a_get_ends_with_the_bytes_that_it_began_with() {
    let rig = Rig::new().await;
    let whole = rig.multipart().await;
    let mut slow = rig.open(|_| {}).await.unwrap().body;
    let first = slow.next().await.unwrap().unwrap();
    // Replaced by another multipart object, by a plain one, deleted: with a second reader in between.
    rig.multipart().await;
    rig.put("key", b"small").await;
    let small = rig.open(|_| {}).await.unwrap().body;
    rig.delete("key", None).await.unwrap();
    let rest = slow.collect(1 << 30).await.unwrap();
    assert_eq!([first, rest].concat(), whole);
    rig.until_files(1).await;
    assert_eq!(small.collect(100).await.unwrap(), "small");
    rig.until_files(0).await;
    // What was freed and still read when the process ended goes at the next start.
    rig.put("key", b"again").await;
    let reading = rig.open(|_| {}).await.unwrap().body;
    rig.delete("key", None).await.unwrap();
    assert_eq!(rig.files().len(), 1);
    // A file that no record freed is nobody's to remove, and what was being written is.
    let folder = rig.folder.join("cloud/s3");
    fs::write(folder.join("unnamed"), "whose?").unwrap();
    fs::write(folder.join("incoming/cut-off"), "half").unwrap();
    let next = rig.after_a_kill().await;
    let folder = next.folder.join("cloud/s3");
    assert_eq!(blobs::files(&folder), ["unnamed"]);
    assert_eq!(blobs::files(&folder.join("incoming")), Vec::<String>::new());
    assert_eq!(reading.collect(100).await.unwrap(), "again");
}

#[tokio::test]
async fn an_object_that_was_not_moved_yet_is_read_and_moved_at_the_next_start() {
    let rig = Rig::new().await;
    rig.put("key", b"body").await;
    let file = rig.files().pop().unwrap();
    let incoming = file.parent().unwrap().join("incoming").join(file.file_name().unwrap());
    fs::rename(&file, &incoming).unwrap();
    assert_eq!(rig.get("key").await.unwrap(), "body");
    let next = rig.after_a_kill().await;
    assert_eq!(next.files().len(), 1);
    assert_eq!(next.get("key").await.unwrap(), "body");
}

#[tokio::test]
async fn damaged_contents_are_an_error_and_never_wrong_bytes() {
    let rig = Rig::new().await;
    let body: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 253) as u8).collect();
    rig.put("key", &body).await;
    let file = rig.files().pop().unwrap();
    let whole = fs::read(&file).unwrap();
    let damages: [(&str, Option<Vec<u8>>); 5] = [
        ("missing", None),
        ("emptied", Some(Vec::new())),
        ("cut", Some(whole[..whole.len() - 1].to_vec())),
        ("a bit of its first block", Some([&[whole[0] ^ 1], &whole[1..]].concat())),
        ("other bytes", Some(vec![7; whole.len()])),
    ];
    for (what, bytes) in damages {
        match bytes {
            None => fs::remove_file(&file).unwrap(),
            Some(bytes) => fs::write(&file, bytes).unwrap(),
        }
        let error = rig.open(|_| {}).await.err().unwrap_or_else(|| panic!("{what}: opened"));
        assert_eq!((error.code(), error.http_status()), ("InternalError", 500), "{what}");
        assert!(error.message().contains(file.to_str().unwrap()), "{what}: {error}");
        assert_eq!(code(rig.copy(|_| {}).await), "InternalError", "{what}: copied");
    }
    // Far behind: what comes before is right, and the rest is an error.
    let mut late = whole.clone();
    late[900_000] ^= 1;
    fs::write(&file, late).unwrap();
    let mut reading = rig.open(|_| {}).await.unwrap().body;
    let mut seen = Vec::new();
    let error = loop {
        match reading.next().await.unwrap() {
            Ok(chunk) => seen.extend_from_slice(&chunk),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "InternalError");
    assert_eq!(seen, &body[..seen.len()]);
    let sound = rig.open(|input| input.range = Some("bytes=10-19".into())).await.unwrap();
    assert_eq!(sound.body.collect(10).await.unwrap(), body[10..20]);
    fs::write(&file, whole).unwrap();
    assert_eq!(rig.get("key").await.unwrap(), body);
}

#[tokio::test]
async fn multipart_objects_have_checksums_of_their_kind() {
    let rig = Rig::new().await;
    let whole = [vec![b'x'; PART], b"end".to_vec()].concat();
    for (algorithm, kind, expected) in [
        (None, None, ChecksumType::FullObject),
        (Some("CRC32"), None, ChecksumType::Composite),
        (Some("CRC32"), Some(ChecksumType::FullObject), ChecksumType::FullObject),
        (Some("SHA256"), None, ChecksumType::Composite),
    ] {
        let id = rig.begin(algorithm, kind.clone()).await;
        let parts = [
            rig.part(&id, 1, &whole[..PART]).await.unwrap(),
            rig.part(&id, 2, &whole[PART..]).await.unwrap(),
        ];
        let size = |input: &mut CompleteMultipartUploadRequest| input.mpu_object_size = Some(3);
        assert_eq!(code(rig.complete(&id, &parts, size).await), "InvalidRequest", "{algorithm:?}");
        let other = |input: &mut CompleteMultipartUploadRequest| {
            input.checksum_type = Some(match expected {
                ChecksumType::Composite => ChecksumType::FullObject,
                _ => ChecksumType::Composite,
            });
        };
        assert_eq!(code(rig.complete(&id, &parts, other).await), "InvalidRequest", "{algorithm:?}");
        if expected == ChecksumType::Composite {
            let bare = |input: &mut CompleteMultipartUploadRequest| {
                for part in input.multipart_upload.as_mut().unwrap().parts.as_mut().unwrap() {
                    (part.checksum_crc32, part.checksum_sha256) = (None, None);
                }
            };
            assert_eq!(code(rig.complete(&id, &parts, bare).await), "InvalidRequest", "{algorithm:?}");
        }
        let done = rig.complete(&id, &parts, |_| {}).await.unwrap();
        assert_eq!(done.checksum_type, Some(expected.clone()), "{algorithm:?}");
        let shown = rig.open(|_| {}).await.unwrap();
        assert_eq!(shown.checksum_crc32, done.checksum_crc32);
        assert_eq!(shown.checksum_crc64_nvme, done.checksum_crc64_nvme);
        assert_eq!(shown.checksum_sha256, done.checksum_sha256);
        let part = rig.open(|input| input.part_number = Some(2)).await.unwrap();
        assert_eq!((part.parts_count, part.content_length), (Some(2), Some(3)));
        let own = part.checksum_crc32.clone().or(part.checksum_sha256.clone());
        let composite = expected == ChecksumType::Composite;
        assert_eq!(
            own,
            parts[1].checksum_crc32.clone().or(parts[1].checksum_sha256.clone()).filter(|_| composite)
        );
        assert_eq!(part.body.collect(3).await.unwrap(), "end");
        if !composite {
            // The checksum of a full object is that of the same bytes put at once.
            let sum = (done.checksum_crc32, done.checksum_crc64_nvme);
            rig.copy(|_| {}).await.unwrap();
            let copy = rig.open(|input| input.key = "copy".into()).await.unwrap();
            assert_eq!((copy.checksum_crc32, copy.checksum_crc64_nvme), sum);
        }
    }
    let head = HeadObjectRequest {
        bucket: "bucket".into(),
        key: "key".into(),
        range: Some("bytes=-3".into()),
        ..HeadObjectRequest::default()
    };
    let head = ops::read::head(&rig.s3, &rig.caller, head).await.unwrap();
    assert_eq!(
        (head.content_length, head.content_range.unwrap().as_str()),
        (Some(3), "bytes 5242880-5242882/5242883")
    );
    let beyond = rig.open(|input| input.part_number = Some(3)).await;
    assert_eq!(code(beyond), "InvalidPartNumber");
}

#[tokio::test]
async fn attributes_are_those_that_are_asked_for() {
    let rig = Rig::new().await;
    let attributes = async |key: &str, wanted: &[&str], after: Option<i32>, max: Option<i32>| {
        let input = GetObjectAttributesRequest {
            bucket: "bucket".into(),
            key: key.into(),
            object_attributes: wanted.iter().map(|name| ObjectAttributes::from(*name)).collect(),
            part_number_marker: after,
            max_parts: max,
            ..GetObjectAttributesRequest::default()
        };
        ops::read::attributes(&rig.s3, &rig.caller, input).await
    };
    let etag = rig.put("key", b"plain").await;
    let all = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
    let plain = attributes("key", &all, None, None).await.unwrap();
    assert_eq!(plain.e_tag.unwrap(), etag.trim_matches('"'));
    assert_eq!(plain.object_size, Some(5));
    assert_eq!(plain.storage_class.unwrap().as_str(), "STANDARD");
    assert!(plain.object_parts.is_none() && plain.checksum.unwrap().checksum_crc64_nvme.is_some());
    let little = attributes("key", &["ObjectSize"], None, None).await.unwrap();
    assert!(little.e_tag.is_none() && little.checksum.is_none() && little.storage_class.is_none());
    assert_eq!(code(attributes("key", &["Colour"], None, None).await), "InvalidArgument");
    assert_eq!(code(attributes("other", &all, None, None).await), "NoSuchKey");
    // A full checksum counts the parts only; a composite one lists them, without the count behind its value.
    rig.multipart().await;
    let full = attributes("key", &all, None, None).await.unwrap().object_parts.unwrap();
    assert_eq!((full.total_parts_count, full.parts.is_none(), full.max_parts), (Some(2), true, None));
    let id = rig.begin(Some("SHA256"), None).await;
    let parts = [rig.part(&id, 1, &vec![b'a'; PART]).await.unwrap(), rig.part(&id, 2, b"end").await.unwrap()];
    let done = rig.complete(&id, &parts, |_| {}).await.unwrap();
    let composite = attributes("key", &all, None, None).await.unwrap();
    let sum = composite.checksum.unwrap().checksum_sha256.unwrap();
    assert_eq!(done.checksum_sha256.unwrap(), format!("{sum}-2"));
    for (after, max, numbers, next, truncated) in [
        (None, None, &[1, 2][..], 2, false),
        (None, Some(1), &[1], 1, true),
        (Some(1), Some(1), &[2], 2, false),
        (Some(10), Some(1), &[], 0, false),
        (None, Some(0), &[], 0, true),
    ] {
        let page = attributes("key", &all, after, max).await.unwrap().object_parts.unwrap();
        let seen: Vec<i32> = page.parts.iter().flatten().filter_map(|part| part.part_number).collect();
        assert_eq!(seen, numbers, "{after:?} {max:?}");
        assert_eq!((page.next_part_number_marker, page.is_truncated), (Some(next), Some(truncated)));
        assert_eq!(page.part_number_marker, Some(after.unwrap_or(0)));
        assert!(page.parts.iter().flatten().all(|part| part.checksum_sha256.is_some()));
    }
}

#[tokio::test]
async fn a_policy_without_a_version_is_of_the_first() {
    let rig = Rig::new().await;
    for (policy, expected) in
        [(r#"{"Statement":[]}"#, "2008-10-17"), (r#"{"Version":"2012-10-17","Statement":[]}"#, "2012-10-17")]
    {
        let bucket = "bucket".to_owned();
        let input = PutBucketPolicyRequest {
            bucket: bucket.clone(),
            policy: policy.into(),
            ..PutBucketPolicyRequest::default()
        };
        ops::configuration::put_policy(&rig.s3, &rig.caller, input).await.unwrap();
        let input = GetBucketPolicyRequest { bucket, ..GetBucketPolicyRequest::default() };
        let kept = ops::configuration::get_policy(&rig.s3, &rig.caller, input).await.unwrap().policy.unwrap();
        let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(kept["Version"], expected);
    }
}

#[tokio::test]
async fn a_bucket_keeps_its_rules_for_pages() {
    let rig = Rig::new().await;
    let bucket = || "bucket".to_owned();
    let get = async |rig: &Rig| {
        let input = GetBucketCorsRequest { bucket: bucket(), ..GetBucketCorsRequest::default() };
        ops::cors::get(&rig.s3, &rig.caller, input).await
    };
    assert_eq!(code(get(&rig).await), "NoSuchCORSConfiguration");
    let rule = CORSRule {
        allowed_methods: vec!["GET".into()],
        allowed_origins: vec!["https://app.test".into()],
        ..CORSRule::default()
    };
    let put = |rules: Vec<CORSRule>| PutBucketCorsRequest {
        bucket: bucket(),
        cors_configuration: CORSConfiguration { cors_rules: rules },
        ..PutBucketCorsRequest::default()
    };
    assert_eq!(code(ops::cors::put(&rig.s3, &rig.caller, put(vec![])).await), "MalformedXML");
    ops::cors::put(&rig.s3, &rig.caller, put(vec![rule.clone()])).await.unwrap();
    let next = rig.after_a_kill().await;
    assert_eq!(get(&next).await.unwrap().cors_rules, Some(vec![rule]));
    let ask = |method: &str, path: &str| {
        let request = http::Request::builder().method(method).uri(path).header("origin", "https://app.test");
        let head = cloud_wire::head::Head::of(&request.body(()).unwrap(), None).unwrap();
        ops::cors::cross_origin(&next.s3, &head).map(code)
    };
    assert_eq!(ask("GET", "/bucket/key"), Some("ok".into()));
    assert_eq!(ask("GET", "/%62ucket/key"), Some("ok".into()));
    assert_eq!(ask("GET", "/%ff/key"), Some("InvalidURI".into()));
    assert_eq!(ask("PUT", "/bucket/key"), Some("AccessForbidden".into()));
    assert_eq!(ask("GET", "/other/key"), Some("AccessForbidden".into()));
    assert_eq!(ask("GET", "/"), None);
    let input = DeleteBucketCorsRequest { bucket: bucket(), ..DeleteBucketCorsRequest::default() };
    ops::cors::delete(&next.s3, &next.caller, input).await.unwrap();
    assert_eq!(code(get(&next).await), "NoSuchCORSConfiguration");
}

#[tokio::test]
async fn a_part_is_copied_with_conditions_and_uploads_are_listed_rolled_up() {
    let rig = Rig::new().await;
    rig.put("source", b"0123456789").await;
    let id = rig.begin(None, None).await;
    let copy = |change: fn(&mut UploadPartCopyRequest)| {
        let mut input = UploadPartCopyRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            upload_id: id.clone(),
            part_number: 1,
            copy_source: "bucket/source".into(),
            ..UploadPartCopyRequest::default()
        };
        change(&mut input);
        ops::multipart::upload_part_copy(&rig.s3, &rig.caller, input)
    };
    assert_eq!(code(copy(|input| input.copy_source_if_match = Some("x".into())).await), "PreconditionFailed");
    assert_eq!(
        code(copy(|input| input.copy_source_if_none_match = Some("*".into())).await),
        "PreconditionFailed"
    );
    assert_eq!(
        code(copy(|input| input.copy_source_range = Some("bytes=0-10".into())).await),
        "InvalidArgument"
    );
    copy(|input| input.copy_source_range = Some("bytes=2-4".into())).await.unwrap();
    let list = |delimiter: Option<&str>| {
        let input = ListMultipartUploadsRequest {
            bucket: "bucket".into(),
            delimiter: delimiter.map(str::to_owned),
            ..ListMultipartUploadsRequest::default()
        };
        ops::multipart::list_uploads(&rig.s3, &rig.caller, input)
    };
    let (flat, rolled) = (list(None).await.unwrap(), list(Some("e")).await.unwrap());
    assert_eq!(flat.next_key_marker.as_deref(), flat.uploads.as_ref().unwrap()[0].key.as_deref());
    assert!(flat.next_upload_id_marker.is_some_and(|id| !id.is_empty()));
    assert_eq!(
        (rolled.next_key_marker.as_deref(), rolled.next_upload_id_marker.as_deref()),
        (Some(""), Some(""))
    );
    assert_eq!((flat.uploads.unwrap().len(), flat.common_prefixes.unwrap().len()), (1, 0));
    assert_eq!((rolled.uploads.unwrap().len(), rolled.common_prefixes.unwrap().len()), (0, 1));
}

#[tokio::test]
async fn a_bucket_is_told_with_its_arn_and_keeps_what_is_said_of_its_keys() {
    let rig = Rig::new().await;
    let head = HeadBucketRequest { bucket: "bucket".into(), ..HeadBucketRequest::default() };
    let head = ops::bucket::head(&rig.s3, &rig.caller, head).await.unwrap();
    assert_eq!(
        (head.bucket_arn.as_deref(), head.access_point_alias),
        (Some("arn:aws:s3:::bucket"), Some(false))
    );
    let list = ops::bucket::list(&rig.s3, &rig.caller, ListBucketsRequest::default()).await.unwrap();
    assert_eq!(list.buckets.unwrap()[0].bucket_arn.as_deref(), Some("arn:aws:s3:::bucket"));
    let shown = async |rig: &Rig| {
        let input =
            GetBucketEncryptionRequest { bucket: "bucket".into(), ..GetBucketEncryptionRequest::default() };
        let output = ops::configuration::get_encryption(&rig.s3, &rig.caller, input).await.unwrap();
        output.server_side_encryption_configuration.unwrap().rules[0].bucket_key_enabled
    };
    assert_eq!(shown(&rig).await, Some(false));
    for enabled in [true, false, true] {
        let rule = ServerSideEncryptionRule { bucket_key_enabled: Some(enabled), ..Default::default() };
        let input = PutBucketEncryptionRequest {
            bucket: "bucket".into(),
            server_side_encryption_configuration: ServerSideEncryptionConfiguration { rules: vec![rule] },
            ..PutBucketEncryptionRequest::default()
        };
        ops::configuration::put_encryption(&rig.s3, &rig.caller, input).await.unwrap();
        assert_eq!(shown(&rig).await, Some(enabled));
    }
    assert_eq!(shown(&rig.after_a_kill().await).await, Some(true));
}

#[tokio::test]
async fn keys_are_bytes_and_no_paths() {
    let rig = Rig::new().await;
    let keys = [
        "/etc/passwd",
        "//a//",
        "a/../b",
        "a/./b",
        "%2e%2e%2fpasswd",
        "..\\..\\x",
        "new\nline\t\r",
        "\u{1b}[31m\u{1}",
        "\u{202e}txt.exe",
        "\u{e9}",
        "e\u{301}",
        "a",
        "A",
        "a ",
        "+ &=?#",
        "</Key><Key>x",
        "\u{fffe}\u{10ffff}",
    ];
    for key in keys {
        rig.put(key, key.as_bytes()).await;
    }
    let input = ListObjectsV2Request {
        bucket: "bucket".into(),
        encoding_type: Some(EncodingType::Url),
        ..ListObjectsV2Request::default()
    };
    let listed = ops::list::objects_v2(&rig.s3, &rig.caller, input).await.unwrap().contents.unwrap();
    let decode = |key: &str| percent_encoding::percent_decode_str(key).decode_utf8().unwrap().into_owned();
    let listed: Vec<_> = listed.into_iter().map(|object| decode(&object.key.unwrap())).collect();
    let mut expected = keys.map(str::to_owned);
    expected.sort();
    assert_eq!(listed, expected, "in the order of their bytes");
    for key in keys {
        assert_eq!(rig.get(key).await.unwrap(), key, "{key:?}");
        rig.delete(key, None).await.unwrap();
        assert_eq!(code(rig.get(key).await), "NoSuchKey", "{key:?}");
    }
    rig.until_files(0).await;
    assert_eq!(code(rig.copy(|input| input.key = "../copy".into()).await), "InvalidURI");
}

#[tokio::test]
async fn a_page_tells_where_it_starts_unless_a_token_says_so() {
    let rig = Rig::new().await;
    for key in ["a", "b", "c", "d"] {
        rig.put(key, b"").await;
    }
    let list = async |start: Option<&str>, token: Option<String>| {
        let input = ListObjectsV2Request {
            bucket: "bucket".into(),
            max_keys: Some(1),
            start_after: start.map(str::to_owned),
            continuation_token: token,
            ..ListObjectsV2Request::default()
        };
        let page = ops::list::objects_v2(&rig.s3, &rig.caller, input).await.unwrap();
        let key = page.contents.unwrap()[0].key.clone();
        (key.unwrap_or_default(), page.start_after, page.next_continuation_token)
    };
    let (key, start, token) = list(Some("a"), None).await;
    assert_eq!((key.as_str(), start.as_deref()), ("b", Some("a")));
    let (key, start, _) = list(Some("a"), token).await;
    assert_eq!((key.as_str(), start.as_deref()), ("c", None));
}
