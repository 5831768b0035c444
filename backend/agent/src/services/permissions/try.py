"""By a function: what its role allows, and what it does not."""

import json
import os

import boto3
from botocore.exceptions import ClientError

MODE = os.environ["MODE"]
ME = "arn:aws:sts::000000000000:assumed-role/reader/function"


def allowed(call, **parameters):
    answer = call(**parameters)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert "x-cumulo-permissions" not in headers, headers
    return answer


def denied(call, code, status, text, **parameters):
    """Refused in mode enforce, said in mode report, done in both others."""
    try:
        answer = call(**parameters)
    except ClientError as error:
        seen = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert MODE == "enforce" and seen == (code, status), error.response
        assert error.response["Error"]["Message"] == text, error.response["Error"]["Message"]
        return
    assert MODE != "enforce", f"done: {text}"
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("x-cumulo-permissions")
    assert said == (text if MODE == "report" else None), said


def lacks(who, action, resource, kind="identity-based policy"):
    about = f"on resource: {resource} " if resource else ""
    return f"User: {who} is not authorized to perform: {action} {about}because no {kind} allows the {action} action"


s3, iam, logs, sts = (boto3.client(name) for name in ("s3", "iam", "logs", "sts"))
assert allowed(sts.get_caller_identity)["Arn"] == ME
assert allowed(s3.get_object, Bucket="bucket", Key="a/1")["Body"].read() == b"a/1"
other = '"arn:aws:s3:::bucket/b/1"'
denied(s3.get_object, "AccessDenied", 403, lacks(ME, "s3:GetObject", other), Bucket="bucket", Key="b/1")
denied(s3.put_object, "AccessDenied", 403, lacks(ME, "s3:PutObject", '"arn:aws:s3:::bucket/a/1"'), Bucket="bucket", Key="a/1", Body=b"a/1")
allowed(s3.list_objects_v2, Bucket="bucket", Prefix="a/")
denied(s3.list_objects_v2, "AccessDenied", 403, lacks(ME, "s3:ListBucket", '"arn:aws:s3:::bucket"'), Bucket="bucket")
denied(s3.list_buckets, "AccessDenied", 403, lacks(ME, "s3:ListAllMyBuckets", None))
copy = {"Bucket": "shut", "Key": "copy", "CopySource": "bucket/b/1"}
denied(s3.copy_object, "AccessDenied", 403, lacks(ME, "s3:GetObject", other), **copy)

allowed(s3.copy_object, Bucket="shut", Key="copy", CopySource="bucket/a/1")
tagged = {"Bucket": "shut", "Key": "copy", "CopySource": "bucket/a/tagged"}
denied(s3.copy_object, "AccessDenied", 403, lacks(ME, "s3:GetObjectTagging", '"arn:aws:s3:::bucket/a/tagged"'), **tagged)
denied(s3.copy_object, "AccessDenied", 403, lacks(ME, "s3:PutObjectTagging", '"arn:aws:s3:::shut/copy"'), **tagged, TaggingDirective="REPLACE", Tagging="a=b")
allowed(s3.copy_object, **tagged, TaggingDirective="REPLACE")

# Whoever may not list a bucket does not learn what is not in it.
try:
    s3.get_object(Bucket="bucket", Key="a/none")
    assert False, "got what is not there"
except ClientError as error:
    seen = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert seen == (("AccessDenied", 403) if MODE == "enforce" else ("NoSuchKey", 404)), error.response

# The bucket's own policy lets the role in, and nobody read.
allowed(s3.put_object, Bucket="shut", Key="k", Body=b"k")
explicit = f'User: {ME} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::shut/k" with an explicit deny in a resource-based policy'
denied(s3.get_object, "AccessDenied", 403, explicit, Bucket="shut", Key="k")

stream = "arn:aws:logs:us-east-1:000000000000:log-group:{}:log-stream:{}"
allowed(logs.create_log_stream, logGroupName="mine", logStreamName="s")
denied(logs.create_log_stream, "AccessDeniedException", 400, lacks(ME, "logs:CreateLogStream", stream.format("other", "s")), logGroupName="other", logStreamName="s")
denied(boto3.client("lambda").list_functions, "AccessDeniedException", 403, lacks(ME, "lambda:ListFunctions", "*"))
denied(boto3.client("apigateway").get_rest_apis, "AccessDeniedException", 403, lacks(ME, "apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis"))
denied(boto3.client("cloudformation").describe_stacks, "AccessDenied", 403, lacks(ME, "cloudformation:DescribeStacks", "*"))

# Roles are named without their paths, and have tags.
allowed(iam.get_role, RoleName="reader")
allowed(iam.get_role, RoleName="trusting")
denied(iam.get_role, "AccessDenied", 403, lacks(ME, "iam:GetRole", "arn:aws:iam::000000000000:role/bounded"), RoleName="bounded")
simulated = allowed(
    iam.simulate_principal_policy,
    PolicySourceArn="arn:aws:iam::000000000000:role/team/reader",
    ActionNames=["s3:GetObject", "s3:PutObject"],
    ResourceArns=["arn:aws:s3:::bucket/a/1"],
)["EvaluationResults"]
assert [result["EvalDecision"] for result in simulated] == ["allowed", "implicitDeny"], simulated


def assume(name, **parameters):
    parameters |= {"RoleArn": f"arn:aws:iam::000000000000:role/{name}", "RoleSessionName": "session"}
    return parameters


distrusts = f"User: {ME} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/distrusting"
denied(sts.assume_role, "AccessDenied", 403, distrusts, **assume("distrusting"))


def become(name, **parameters):
    keys = allowed(sts.assume_role, **assume(name, **parameters))["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


allowed(become("trusting").client("iam").list_roles)
narrow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}}
session = become("trusting", Policy=json.dumps(narrow))
allowed(session.client("iam").list_roles)
who = "arn:aws:sts::000000000000:assumed-role/trusting/session"
denied(session.client("s3").list_buckets, "AccessDenied", 403, lacks(who, "s3:ListAllMyBuckets", None, "session policy"))
session = become("trusting", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}])
allowed(session.client("s3").list_buckets)
denied(session.client("iam").list_roles, "AccessDenied", 403, lacks(who, "iam:ListRoles", "*", "session policy"))
bounded = become("bounded")
allowed(bounded.client("s3").list_buckets)
who = "arn:aws:sts::000000000000:assumed-role/bounded/session"
denied(bounded.client("iam").list_roles, "AccessDenied", 403, lacks(who, "iam:ListRoles", "*", "permissions boundary"))

# A deployment acts as whoever asked for it.
template = {"Resources": {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "made"}}}}
narrow["Statement"]["Action"] = "cloudformation:*"
stacks = become("trusting", Policy=json.dumps(narrow)).client("cloudformation")
allowed(stacks.create_stack, StackName="stack", TemplateBody=json.dumps(template), OnFailure="DO_NOTHING")
waiter = "stack_create_complete"
try:
    stacks.get_waiter(waiter).wait(StackName="stack", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert MODE != "enforce", "deployed"
except Exception as error:
    assert MODE == "enforce" and "CREATE_FAILED" in str(error), error
    events = stacks.describe_stack_events(StackName="stack")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("is not authorized to perform: logs:CreateLogGroup" in reason for reason in reasons), reasons
