import os, urllib.error, urllib.request

import boto3
from botocore.exceptions import ClientError

url = os.environ["AWS_ENDPOINT_URL"]


def refused(call, code, status):
    try:
        call()
    except ClientError as error:
        seen = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert seen == (code, status), error.response
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return
    raise AssertionError(f"not refused: {code}")


def plain(path, status, headers={}):
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url + path, headers=headers))
        assert answer.status == status, answer.status
        return answer.read()
    except urllib.error.HTTPError as error:
        assert error.code == status, (path, error.code)
        return error.read()


sts = boto3.client("sts")
me = sts.get_caller_identity()
assert me["Account"] == me["UserId"] == "000000000000", me
assert me["Arn"] == "arn:aws:iam::000000000000:root", me

presigned = sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")
assert b"arn:aws:iam::000000000000:root" in plain(presigned[len(url):], 200)
plain(presigned[len(url):].replace("Action=", "Action=X"), 403)

keys = {"aws_access_key_id": "AKIAUNKNOWN", "aws_secret_access_key": "x"}
refused(boto3.client("sts", **keys).get_caller_identity, "InvalidClientTokenId", 403)
keys["aws_access_key_id"] = os.environ["AWS_ACCESS_KEY_ID"]
refused(boto3.client("sts", **keys).get_caller_identity, "SignatureDoesNotMatch", 403)
refused(boto3.client("sts", region_name="eu-west-1").get_caller_identity, "SignatureDoesNotMatch", 403)
refused(lambda: sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/none", RoleSessionName="session"), "AccessDenied", 403)
refused(lambda: boto3.client("sqs").list_queues(), "UnknownOperationException", 404)
refused(lambda: boto3.client("iam").list_users(), "InvalidAction", 400)

assert b'"status":"ok"' in plain("/_cumulo/health", 200)
assert b"MissingAuthenticationToken" in plain("/?Action=GetCallerIdentity&Version=2011-06-15", 403)
plain("/_cumulo/events", 403)
plain("/", 403, {"Origin": "http://evil.example"})
plain("/", 403, {"Sec-Fetch-Site": "cross-site"})
plain("/", 421, {"Host": "evil.example"})
plain("/", 421, {"Host": "127.0.0.1.evil.example"})
