"""Buckets and objects by boto3, the AWS CLI and presigned addresses."""

import base64
import hashlib
import http.client
import os
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from test_identity import refused


@pytest.fixture
def s3(cloud):
    client = cloud.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def ask(url, method="GET", body=None, headers={}):
    """Asks an address without keys; nothing is added to what was signed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
    connection.putrequest(method, f"{parts.path}?{parts.query}", skip_host=True, skip_accept_encoding=True)
    for name, value in {"host": parts.netloc, **headers}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_objects_travel_by_the_cli(cloud, tmp_path):
    source, back = tmp_path / "source", tmp_path / "back"
    source.mkdir()
    (source / "small").write_text("small")
    (source / "large").write_bytes(os.urandom(9 << 20))
    cloud.aws("s3", "mb", "s3://bucket")
    cloud.aws("s3", "mb", "s3://other")
    cloud.aws("s3", "sync", source, "s3://bucket/there")
    # Larger than a part: copied in parts from bucket to bucket.
    cloud.aws("s3", "cp", "--recursive", "s3://bucket/there", "s3://other/again")
    cloud.aws("s3", "cp", "--recursive", "s3://other/again", back)
    for name in ("small", "large"):
        assert (back / name).read_bytes() == (source / name).read_bytes()
    listed = cloud.aws("s3", "ls", "--recursive", "s3://other")
    assert f"{9 << 20} again/large" in listed and "again/small" in listed
    assert "NoSuchBucket" in cloud.aws("s3", "ls", "s3://missing", status=255)
    cloud.aws("s3", "rm", "--recursive", "s3://other")
    cloud.aws("s3", "rb", "s3://other")
    cloud.aws("s3", "rb", "--force", "s3://bucket")
    assert cloud.aws("s3", "ls") == ""


def test_reading_an_object(cloud, s3):
    key = "a/b c+ü%2F"
    s3.put_object(Bucket="bucket", Key=key, Body=b"0123456789", ContentType="text/x", Metadata={"m": "v"})
    head = s3.head_object(Bucket="bucket", Key=key)
    assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == ("text/x", {"m": "v"}, 10)
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    for asked, body, said in [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
    ]:
        part = s3.get_object(Bucket="bucket", Key=key, Range=asked)
        assert (part["Body"].read(), part["ContentRange"]) == (body, said)
    refused(lambda: s3.get_object(Bucket="bucket", Key=key, Range="bytes=10-"), "InvalidRange", 416)
    etag = head["ETag"]
    for condition, code, status in [
        ({"IfMatch": '"other"'}, "PreconditionFailed", 412),
        ({"IfNoneMatch": etag}, "304", 304),
        ({"IfModifiedSince": head["LastModified"]}, "304", 304),
    ]:
        refused(lambda: s3.get_object(Bucket="bucket", Key=key, **condition), code, status)
    taken = {"Bucket": "bucket", "Key": key, "Body": b""}
    refused(lambda: s3.put_object(**taken, IfNoneMatch="*"), "PreconditionFailed", 412)
    refused(lambda: s3.put_object(**taken, IfMatch='"other"'), "PreconditionFailed", 412)
    refused(lambda: s3.get_object(Bucket="bucket", Key="none"), "NoSuchKey", 404)
    refused(lambda: s3.head_object(Bucket="bucket", Key="none"), "404", 404)
    refused(lambda: s3.list_objects_v2(Bucket="missing"), "NoSuchBucket", 404)
    refused(lambda: s3.delete_bucket(Bucket="bucket"), "BucketNotEmpty", 409)
    refused(lambda: s3.create_bucket(Bucket="Not_A_Name"), "InvalidBucketName", 400)


def test_what_arrives_otherwise_than_sent_is_refused(cloud, s3):
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    refused(lambda: s3.put_object(Bucket="bucket", Key="k", Body=b"x", ContentMD5=wrong), "BadDigest", 400)
    refused(lambda: s3.put_object(Bucket="bucket", Key="k", Body=b"x", ChecksumCRC32="AAAAAA=="), "BadDigest", 400)
    refused(lambda: s3.head_object(Bucket="bucket", Key="k"), "404", 404)
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        put = s3.put_object(Bucket="bucket", Key="k", Body=b"x", ChecksumAlgorithm=algorithm)
        shown = s3.head_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
        assert shown[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]


def test_listings_are_pages_of_keys_and_prefixes(cloud, s3):
    for key in ("a/1", "a/2", "b/1", "c", "d"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"")
    for operation in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(operation).paginate(
            Bucket="bucket", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        seen = [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])]
        seen += [o["Key"] for page in pages for o in page.get("Contents", [])]
        assert seen == ["a/", "b/", "c", "d"], operation
    later = s3.list_objects_v2(Bucket="bucket", StartAfter="b/1")
    assert [found["Key"] for found in later["Contents"]] == ["c", "d"]
    deleted = s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "a/1"}, {"Key": "none"}]})
    assert [gone["Key"] for gone in deleted["Deleted"]] == ["a/1", "none"]
    assert s3.list_objects_v2(Bucket="bucket", Prefix="a/")["KeyCount"] == 1


def test_uploads_in_parts_are_whole_or_not_there(cloud, s3):
    place = {"Bucket": "bucket", "Key": "k"}
    upload = s3.create_multipart_upload(**place, ContentType="text/x")["UploadId"]
    here = {**place, "UploadId": upload}
    s3.put_object(Bucket="bucket", Key="source", Body=b"0123456789")
    large = os.urandom(5 << 20)
    one = s3.upload_part(**here, PartNumber=1, Body=large)["ETag"]
    copied = s3.upload_part_copy(
        **here, PartNumber=2, CopySource={"Bucket": "bucket", "Key": "source"}, CopySourceRange="bytes=2-4"
    )
    two = copied["CopyPartResult"]["ETag"]
    assert [part["Size"] for part in s3.list_parts(**here)["Parts"]] == [5 << 20, 3]
    assert [u["UploadId"] for u in s3.list_multipart_uploads(Bucket="bucket")["Uploads"]] == [upload]

    def complete(*parts):
        named = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return s3.complete_multipart_upload(**here, MultipartUpload={"Parts": named})

    refused(lambda: complete((2, two), (1, one)), "InvalidPartOrder", 400)
    refused(lambda: complete((1, '"other"')), "InvalidPart", 400)
    refused(lambda: complete((1, one), (3, one)), "InvalidPart", 400)
    refused(lambda: s3.upload_part(**here, PartNumber=10_001, Body=b""), "InvalidArgument", 400)
    refused(lambda: s3.head_object(**place), "404", 404)
    complete((1, one), (2, two))
    assert s3.get_object(**place)["Body"].read() == large + b"234"
    refused(lambda: complete((1, one), (2, two)), "NoSuchUpload", 404)
    upload = s3.create_multipart_upload(**place)["UploadId"]
    s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(**place, UploadId=upload)
    refused(lambda: s3.list_parts(**place, UploadId=upload), "NoSuchUpload", 404)


def test_copies(cloud, s3):
    s3.put_object(Bucket="bucket", Key="a", Body=b"x", ContentType="text/x", Metadata={"m": "v"}, Tagging="t=1")
    source = {"Bucket": "bucket", "Key": "a"}
    s3.copy_object(Bucket="bucket", Key="b", CopySource=source)
    head = s3.head_object(Bucket="bucket", Key="b")
    assert (head["ContentType"], head["Metadata"]) == ("text/x", {"m": "v"})
    assert s3.get_object_tagging(Bucket="bucket", Key="b")["TagSet"] == [{"Key": "t", "Value": "1"}]
    s3.copy_object(Bucket="bucket", Key="a", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "w"})
    assert s3.head_object(Bucket="bucket", Key="a")["Metadata"] == {"n": "w"}
    refused(lambda: s3.copy_object(Bucket="bucket", Key="a", CopySource=source), "InvalidRequest", 400)
    gone = {"Bucket": "bucket", "Key": "none"}
    refused(lambda: s3.copy_object(Bucket="bucket", Key="c", CopySource=gone), "NoSuchKey", 404)
    stale = {"CopySource": source, "CopySourceIfMatch": '"other"'}
    refused(lambda: s3.copy_object(Bucket="bucket", Key="c", **stale), "PreconditionFailed", 412)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_addresses_need_no_keys(cloud, s3, version):
    """`s3` is what boto3 does unless it is told otherwise."""
    signer = cloud.client("s3", config=Config(signature_version=version, s3={"addressing_style": "path"}))
    place = {"Bucket": "bucket", "Key": "a/b c"}
    put = signer.generate_presigned_url("put_object", Params=place)
    get = signer.generate_presigned_url("get_object", Params={**place, "ResponseContentType": "text/x"})
    assert ask(put, "PUT", b"body") == (200, b"")
    assert ask(get) == (200, b"body")
    for url, method, more in [
        (get.replace("b%20c", "other"), "GET", {}),
        (get, "PUT", {}),
        (get, "DELETE", {}),
        (get.replace("text%2Fx", "text%2Fhtml"), "GET", {}),
        (put, "PUT", {"x-amz-copy-source": "bucket/secret"}),
    ]:
        status, body = ask(url, method, b"" if method == "PUT" else None, more)
        assert status == 403, (url, body)
    expired = signer.generate_presigned_url("get_object", Params=place, ExpiresIn=-1 if version == "s3" else 0)
    if version == "s3":
        status, body = ask(expired)
        assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    assert ask(cloud.aws("s3", "presign", "s3://bucket/a/b c").strip()) == (200, b"body")


def test_buckets_in_the_host_s_name(cloud, s3):
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    for host in ("localhost", "s3.localhost"):
        signer = cloud.client(
            "s3",
            endpoint_url=f"http://{host}:{cloud.port}",
            config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
        )
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
        assert url.startswith(f"http://bucket.{host}:"), url
        assert ask(url) == (200, b"x")


def test_what_is_said_of_buckets_and_objects(cloud, s3):
    s3.put_object(Bucket="bucket", Key="k", Body=b"")
    tags = {"TagSet": [{"Key": "team", "Value": "a"}]}
    refused(lambda: s3.get_bucket_tagging(Bucket="bucket"), "NoSuchTagSet", 404)
    s3.put_bucket_tagging(Bucket="bucket", Tagging=tags)
    assert s3.get_bucket_tagging(Bucket="bucket")["TagSet"] == tags["TagSet"]
    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging=tags)
    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == tags["TagSet"]
    s3.delete_object_tagging(Bucket="bucket", Key="k")
    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == []
    refused(lambda: s3.get_bucket_policy(Bucket="bucket"), "NoSuchBucketPolicy", 404)
    refused(lambda: s3.put_bucket_policy(Bucket="bucket", Policy="{"), "MalformedPolicy", 400)
    policy = '{"Version":"2012-10-17","Statement":[]}'
    s3.put_bucket_policy(Bucket="bucket", Policy=policy)
    assert s3.get_bucket_policy(Bucket="bucket")["Policy"] == policy
    block = s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    s3.put_public_access_block(Bucket="bucket", PublicAccessBlockConfiguration={"BlockPublicAcls": False})
    cloud.kill()
    cloud.start()
    s3 = cloud.client("s3")
    block = s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]
    assert block["BlockPublicAcls"] is False
    rules = s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert "Status" not in s3.get_bucket_versioning(Bucket="bucket")
    enable = {"Bucket": "bucket", "VersioningConfiguration": {"Status": "Enabled"}}
    refused(lambda: s3.put_bucket_versioning(**enable), "NotImplemented", 501)


def form(fields, name, contents):
    """What a browser posts: fields, then one file."""
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()
    ]
    file = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{contents}\r\n--limit--\r\n'
    return ("".join(parts) + file).encode()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_browser_posts_within_a_policy(cloud, s3, version):
    signer = cloud.client("s3", config=Config(signature_version=version, s3={"addressing_style": "path"}))
    kind = {"content-type": "multipart/form-data; boundary=limit"}

    def post(change={}, contents="posted", headers={}):
        made = signer.generate_presigned_post(
            "bucket",
            "in/${filename}",
            Fields={"x-amz-meta-colour": "red", "success_action_status": "201"},
            Conditions=[
                {"x-amz-meta-colour": "red"},
                ["starts-with", "$success_action_status", ""],
                ["content-length-range", 1, 10],
            ],
        )
        return ask(made["url"], "POST", form(made["fields"] | change, "a b.txt", contents), kind | headers)

    status, answer = post()
    assert status == 201 and b"<Key>in/a b.txt</Key>" in answer, answer
    kept = s3.get_object(Bucket="bucket", Key="in/a b.txt")
    assert (kept["Body"].read(), kept["Metadata"]) == (b"posted", {"colour": "red"})
    status, answer = post({"x-amz-meta-colour": "blue"})
    assert status == 403 and b'Policy Condition failed: [&quot;eq&quot;, &quot;$x-amz-meta-colour&quot;' in answer, answer
    assert b"<Code>EntityTooLarge</Code>" in post(contents="more than ten")[1]
    assert b"Extra input fields: acl" in post({"acl": "private"})[1]
    # A page may post where the bucket says so, and nowhere else.
    origin = {"origin": "https://app.test"}
    assert b"CORS is not enabled for this bucket" in post(headers=origin)[1]
    rule = {"AllowedMethods": ["POST", "GET"], "AllowedOrigins": ["https://*.test"], "MaxAgeSeconds": 60}
    s3.put_bucket_cors(Bucket="bucket", CORSConfiguration={"CORSRules": [rule]})
    assert s3.get_bucket_cors(Bucket="bucket")["CORSRules"] == [rule]
    assert post(headers=origin)[0] == 201
    url = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "in/a b.txt"})
    asks = {"access-control-request-method": "GET", "access-control-request-headers": "x-any"}
    assert ask(url, "OPTIONS", headers=origin | {"access-control-request-method": "GET"})[0] == 200
    assert ask(url, "OPTIONS", headers=origin | asks)[0] == 403
    s3.delete_bucket_cors(Bucket="bucket")
    refused(lambda: s3.get_bucket_cors(Bucket="bucket"), "NoSuchCORSConfiguration", 404)


def test_attributes_of_an_object(s3):
    s3.put_object(Bucket="bucket", Key="key", Body=b"text")
    seen = s3.get_object_attributes(Bucket="bucket", Key="key", ObjectAttributes=["ETag", "ObjectSize", "StorageClass"])
    assert (seen["ObjectSize"], seen["StorageClass"]) == (4, "STANDARD")
    assert f'"{seen["ETag"]}"' == s3.head_object(Bucket="bucket", Key="key")["ETag"]
