"""Objects by boto3 and the AWS CLI."""

import os
import urllib.request

from botocore.config import Config
from test_identity import refused


def test_objects_travel_by_the_cli(cloud, tmp_path):
    source, back = tmp_path / "source", tmp_path / "back"
    source.mkdir()
    (source / "small").write_text("small")
    (source / "large").write_bytes(os.urandom(9 << 20))
    cloud.aws("s3", "mb", "s3://bucket")
    cloud.aws("s3", "sync", source, "s3://bucket/there")
    cloud.aws("s3", "cp", "--recursive", "s3://bucket/there", back)
    for name in ("small", "large"):
        assert (back / name).read_bytes() == (source / name).read_bytes()


def test_reading_an_object(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a/b c", Body=b"0123456789", ContentType="text/x")
    assert s3.head_object(Bucket="bucket", Key="a/b c")["ContentType"] == "text/x"
    part = s3.get_object(Bucket="bucket", Key="a/b c", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    signer = cloud.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "a/b c"})
    assert urllib.request.urlopen(url).read() == b"0123456789", url
    refused(lambda: s3.get_object(Bucket="bucket", Key="none"), "NoSuchKey", 404)
    refused(lambda: s3.list_objects_v2(Bucket="missing"), "NoSuchBucket", 404)
    refused(lambda: s3.delete_bucket(Bucket="bucket"), "BucketNotEmpty", 409)
