"""By the account itself: a bucket, and a role that may read one prefix of it."""

import json

import boto3

iam, s3, logs = boto3.client("iam"), boto3.client("s3"), boto3.client("logs")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(name, principal, *statements, **more):
    trust = policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))


s3.create_bucket(Bucket="bucket")
for key in ("a/1", "b/1"):
    s3.put_object(Bucket="bucket", Key=key, Body=key)
s3.put_object(Bucket="bucket", Key="a/tagged", Body=b"", Tagging="team=blue")
for name in ("mine", "other"):
    logs.create_log_group(logGroupName=name)
role(
    "reader",
    {"Service": "lambda.amazonaws.com"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/a/*"},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket", "Condition": {"StringLike": {"s3:prefix": "a/*"}}},
    {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:mine:*"},
    {"Effect": "Allow", "Action": ["iam:GetRole", "iam:SimulatePrincipalPolicy"], "Resource": "arn:aws:iam::*:role/team/reader"},
    {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*", "Condition": {"StringEquals": {"iam:ResourceTag/team": "blue"}}},
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    Path="/team/",
)
everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
role("trusting", {"AWS": "000000000000"}, everything, Tags=[{"Key": "team", "Value": "blue"}])
role("distrusting", {"Service": "ec2.amazonaws.com"}, everything)
role("bounded", {"AWS": "*"}, everything)
boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=boundary["Policy"]["Arn"])
denying = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shut/*"}
naming = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:role/team/reader"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shut/*"}
s3.create_bucket(Bucket="shut")
s3.put_object(Bucket="shut", Key="k", Body=b"k")
s3.put_bucket_policy(Bucket="shut", Policy=policy(denying, naming))
