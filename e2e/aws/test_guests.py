"""Who is let into another account's bucket, and into one that is public; sessions with tags."""

import json

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import Cloud
from test_identity import refused
from test_realms import OTHER, keys

MODES = ["enforce", "report", "off"]


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal, actions, *resources):
    return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": list(resources)}


@pytest.fixture(params=MODES)
def moded(request, tmp_path):
    cloud = Cloud(tmp_path, "--permissions", request.param)
    cloud.mode = request.param
    yield cloud
    cloud.process.kill()


def test_a_bucket_s_policy_lets_another_account_in(moded):
    cloud = moded
    mine = cloud.client("s3")
    mine.create_bucket(Bucket="mine")
    for key in ("shared/k", "own/k"):
        mine.put_object(Bucket="mine", Key=key, Body=b"body")
    role = f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole"
    given = keys(cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="me"))
    theirs = cloud.client("s3", **given)
    refused(lambda: theirs.get_object(Bucket="mine", Key="shared/k"), "AccessDenied", 403)
    shared = allow({"AWS": OTHER}, ["s3:GetObject", "s3:DeleteObject"], "arn:aws:s3:::mine/shared/*")
    mine.put_bucket_policy(Bucket="mine", Policy=document(shared))
    assert theirs.get_object(Bucket="mine", Key="shared/k")["Body"].read() == b"body"
    refused(lambda: theirs.get_object(Bucket="mine", Key="own/k"), "AccessDenied", 403)
    refused(lambda: theirs.get_object(Bucket="mine", Key="shared/k", ExpectedBucketOwner=OTHER), "AccessDenied", 403)
    theirs.create_bucket(Bucket="theirs")
    theirs.copy_object(Bucket="theirs", Key="copy", CopySource="mine/shared/k")
    answer = theirs.delete_objects(Bucket="mine", Delete={"Objects": [{"Key": "shared/k"}, {"Key": "own/k"}]})
    assert [deleted["Key"] for deleted in answer["Deleted"]] == ["shared/k"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("own/k", "AccessDenied")]


def test_a_public_bucket_is_read_by_strangers(moded):
    cloud = moded
    mine = cloud.client("s3")
    mine.create_bucket(Bucket="mine")
    mine.put_object(Bucket="mine", Key="k", Body=b"body")
    public = document(allow("*", "s3:GetObject", "arn:aws:s3:::mine/*"))
    unsigned = Config(signature_version=UNSIGNED, s3={"addressing_style": "path"})
    stranger = cloud.client("s3", config=unsigned)
    refused(lambda: stranger.get_object(Bucket="mine", Key="k"), "AccessDenied", 403)
    refused(lambda: mine.put_bucket_policy(Bucket="mine", Policy=public), "AccessDenied", 403)
    mine.delete_public_access_block(Bucket="mine")
    mine.put_bucket_policy(Bucket="mine", Policy=public)
    assert stranger.get_object(Bucket="mine", Key="k")["Body"].read() == b"body"
    refused(lambda: stranger.put_object(Bucket="mine", Key="k", Body=b""), "AccessDenied", 403)
    refused(lambda: stranger.list_objects_v2(Bucket="mine"), "AccessDenied", 403)
    refused(lambda: stranger.list_buckets(), "AccessDenied", 403)
    cloud.kill()
    cloud.start()
    again = cloud.client("s3", config=unsigned)
    assert again.get_object(Bucket="mine", Key="k")["Body"].read() == b"body"


def test_a_session_s_tags_say_what_it_may_do(moded):
    cloud = moded
    iam, sts, s3 = cloud.client("iam"), cloud.client("sts"), cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    for key in ("blue/k", "red/k"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"body")
    trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*"}
    iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=document(own))
    given = keys(sts.assume_role(RoleArn=role, RoleSessionName="me", Tags=[{"Key": "team", "Value": "blue"}]))
    cloud.kill()
    cloud.start()
    reader = cloud.client("s3", **given)
    reader.get_object(Bucket="bucket", Key="blue/k")
    try:
        answer = reader.get_object(Bucket="bucket", Key="red/k")
    except ClientError as error:
        assert cloud.mode == "enforce" and error.response["Error"]["Code"] == "AccessDenied"
    else:
        noted = "x-cumulo-permissions" in answer["ResponseMetadata"]["HTTPHeaders"]
        assert (cloud.mode, noted) in [("report", True), ("off", False)]
