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
got = iam.get_role(RoleName="worker")["Role"]
assert got == made | {"MaxSessionDuration": 3600, "RoleLastUsed": {}}, (made, got)
assert "MaxSessionDuration" not in made and made["Tags"] == [{"Key": "a", "Value": "1"}], made
long = iam.create_role(RoleName="long", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=7200)["Role"]
assert "MaxSessionDuration" not in long and iam.get_role(RoleName="long")["Role"]["MaxSessionDuration"] == 7200, long
iam.delete_role(RoleName="long")
listed = {name: value for name, value in got.items() if name not in ("Tags", "RoleLastUsed")}
assert iam.list_roles()["Roles"] == [listed], listed
for arn in ("not-an-arn-but-long-enough", "arn:aws:iam::000000000000"):
    refused(lambda: iam.attach_role_policy(RoleName="worker", PolicyArn=arn), "ValidationError", 400, "Invalid ARN:  Could not be parsed!")
unknown = "arn:aws:iam::000000000000:policy/none"
refused(lambda: iam.attach_role_policy(RoleName="worker", PolicyArn=unknown), "NoSuchEntity", 404, f"Policy {unknown} does not exist or is not attachable.")
refused(lambda: iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust)), "EntityAlreadyExists", 409)
refused(lambda: iam.create_role(RoleName="other", AssumeRolePolicyDocument="{"), "MalformedPolicyDocument", 400)
refused(lambda: iam.get_role(RoleName="none"), "NoSuchEntity", 404, "The role with name none cannot be found.")
refused(lambda: iam.create_role(RoleName="a b", AssumeRolePolicyDocument=json.dumps(trust)), "ValidationError", 400,
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")
refused(lambda: iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=json.dumps(trust)), "ValidationError", 400,
        "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64")
refused(lambda: iam.create_role(RoleName="r", Path="x", AssumeRolePolicyDocument=json.dumps(trust)), "ValidationError", 400,
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
refused(lambda: iam.put_role_policy(RoleName="worker", PolicyName="a b", PolicyDocument=json.dumps(allow)), "ValidationError", 400,
        "The specified value for policyName is invalid.")

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
