import json

import boto3
from botocore.exceptions import ClientError

iam, sts = boto3.client("iam"), boto3.client("sts")
allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def refused(call, code, status, text=""):
    try:
        call()
    except ClientError as error:
        seen = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert seen == (code, status) and text in error.response["Error"]["Message"], error.response
        return
    raise AssertionError(f"not refused: {code}")


made = iam.create_role(RoleName="worker", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "a", "Value": "1"}])["Role"]
assert made["Arn"] == "arn:aws:iam::000000000000:role/team/worker" and made["RoleId"].startswith("AROA"), made
assert made["AssumeRolePolicyDocument"] == trust, made
assert iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"] == trust
refused(lambda: iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust)), "EntityAlreadyExists", 409)
refused(lambda: iam.create_role(RoleName="other", AssumeRolePolicyDocument="{"), "MalformedPolicyDocument", 400)
refused(lambda: iam.get_role(RoleName="none"), "NoSuchEntity", 404, "The role with name none cannot be found.")
refused(lambda: iam.create_role(RoleName="a b", AssumeRolePolicyDocument=json.dumps(trust)), "ValidationError", 400,
        "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+")

iam.put_role_policy(RoleName="worker", PolicyName="inline", PolicyDocument=json.dumps(allow))
assert iam.get_role_policy(RoleName="worker", PolicyName="inline")["PolicyDocument"] == allow
managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
iam.attach_role_policy(RoleName="worker", PolicyArn=managed)
assert iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"] == [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": managed}]
policy = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(allow))["Policy"]["Arn"]
iam.attach_role_policy(RoleName="worker", PolicyArn=policy)
assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
refused(lambda: iam.delete_policy(PolicyArn=policy), "DeleteConflict", 409)
for name in "abc":
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 3}))
assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [["a", "b", "c"], ["worker"]], pages
assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/team/")["Roles"]] == ["worker"]

answer = sts.assume_role(RoleArn=made["Arn"], RoleSessionName="me")
keys = answer["Credentials"]
assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::000000000000:assumed-role/worker/me", answer
session = dict(aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"])
token = dict(aws_session_token=keys["SessionToken"])
other = boto3.client("sts", **session, **token)
assert other.get_caller_identity()["UserId"] == made["RoleId"] + ":me"
refused(boto3.client("sts", **session).get_caller_identity, "InvalidClientTokenId", 403)
refused(boto3.client("sts", **session, aws_session_token="x").get_caller_identity, "InvalidClientTokenId", 403)
refused(lambda: other.assume_role(RoleArn=made["Arn"], RoleSessionName="again", DurationSeconds=7200), "ValidationError", 400, "role chaining")
refused(lambda: other.get_session_token(), "AccessDenied", 403)

refused(lambda: iam.delete_role(RoleName="worker"), "DeleteConflict", 409, "must detach all policies first")
iam.detach_role_policy(RoleName="worker", PolicyArn=managed)
iam.detach_role_policy(RoleName="worker", PolicyArn=policy)
refused(lambda: iam.delete_role(RoleName="worker"), "DeleteConflict", 409, "must delete policies first")
iam.delete_role_policy(RoleName="worker", PolicyName="inline")
iam.delete_role(RoleName="worker")
iam.delete_policy(PolicyArn=policy)
refused(lambda: iam.get_role(RoleName="worker"), "NoSuchEntity", 404)
