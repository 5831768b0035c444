import json

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(call, code, text):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code and text in error.response["Error"]["Message"], error.response
        return
    raise AssertionError(f"not refused: {code}")


def decisions(answer):
    return [(result["EvalActionName"], result["EvalResourceName"], result["EvalDecision"]) for result in answer["EvaluationResults"]]


get = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/secret"}
b, secret = "arn:aws:s3:::b/k", "arn:aws:s3:::b/secret"
asked = {"PolicyInputList": [document(get), document(deny)], "ActionNames": ["s3:GetObject", "s3:PutObject"], "ResourceArns": [b, secret]}
answer = iam.simulate_custom_policy(**asked)
expected = [
    ("s3:GetObject", b, "allowed"),
    ("s3:GetObject", secret, "explicitDeny"),
    ("s3:PutObject", b, "implicitDeny"),
    ("s3:PutObject", secret, "implicitDeny"),
]
assert decisions(answer) == expected and answer["IsTruncated"] is False, answer
allowed, denied = answer["EvaluationResults"][:2]
place = {"Line": 1, "Column": 41}
assert allowed["MatchedStatements"] == [
    {"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": place, "EndPosition": {"Line": 1, "Column": 41 + len(json.dumps(get))}}
], allowed
assert [statement["SourcePolicyId"] for statement in denied["MatchedStatements"]] == ["PolicyInputList.2"], denied
assert allowed["ResourceSpecificResults"][0]["EvalResourceDecision"] == "allowed", allowed

pages = list(iam.get_paginator("simulate_custom_policy").paginate(PaginationConfig={"PageSize": 3}, **asked))
assert [len(page["EvaluationResults"]) for page in pages] == [3, 1], pages
assert sum(map(decisions, pages), []) == expected, pages

# Without resources, every resource is meant: a policy for one does not allow it.
answer = iam.simulate_custom_policy(PolicyInputList=[document(get)], ActionNames=["s3:GetObject"])
assert decisions(answer) == [("s3:GetObject", "*", "implicitDeny")], answer
conditional = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
answer = iam.simulate_custom_policy(PolicyInputList=[document(conditional)], ActionNames=["s3:GetObject"])
assert answer["EvaluationResults"][0]["MissingContextValues"] == ["aws:SourceIp"], answer
entry = {"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["10.1.2.3"]}
answer = iam.simulate_custom_policy(PolicyInputList=[document(conditional)], ActionNames=["s3:GetObject"], ContextEntries=[entry])
assert answer["EvaluationResults"][0]["EvalDecision"] == "allowed" and not answer["EvaluationResults"][0]["MissingContextValues"], answer
assert iam.get_context_keys_for_custom_policy(PolicyInputList=[document(conditional)])["ContextKeyNames"] == ["aws:SourceIp"]

boundary = document({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"})
answer = iam.simulate_custom_policy(PolicyInputList=[document(get)], PermissionsBoundaryPolicyInputList=[boundary], ActionNames=["s3:GetObject"], ResourceArns=[b])
result = answer["EvaluationResults"][0]
assert (result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"]) == ("implicitDeny", {"AllowedByPermissionsBoundary": False}), result

user = "arn:aws:iam::000000000000:user/anne"
lets = document({"Effect": "Allow", "Principal": {"AWS": user}, "Action": "s3:PutObject", "Resource": b})
asked = {"PolicyInputList": [document(get)], "ActionNames": ["s3:PutObject"], "ResourceArns": [b], "ResourcePolicy": lets}
assert decisions(iam.simulate_custom_policy(CallerArn=user, **asked))[0][2] == "allowed"
owner = "arn:aws:iam::111111111111:root"
assert decisions(iam.simulate_custom_policy(CallerArn=user, ResourceOwner=owner, **asked))[0][2] == "implicitDeny"
refused(lambda: iam.simulate_custom_policy(**asked), "InvalidInput", "CallerArn is required")
refused(lambda: iam.simulate_custom_policy(PolicyInputList=["{"], ActionNames=["s3:GetObject"]), "InvalidInput", "PolicyInputList.1")
refused(lambda: iam.simulate_custom_policy(PolicyInputList=[document(get)], ActionNames=["s3:Nothing"]), "InvalidInput", "s3:Nothing")
refused(lambda: iam.simulate_custom_policy(PolicyInputList=[document(get)], ActionNames=["s3:GetObject"], Marker="x"), "InvalidInput", "Marker")
costly = {"Effect": "Allow", "Action": "*", "NotResource": [f"*{'a' * 280}b"] * 20}
refused(
    lambda: iam.simulate_custom_policy(PolicyInputList=[document(costly)], ActionNames=["s3:GetObject"], ResourceArns=["arn:aws:s3:::" + "a" * 2000]),
    "InvalidInput",
    "too long to compare",
)

trust = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
role = iam.create_role(RoleName="r", Path="/team/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=document(get))
iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
asked = {"PolicySourceArn": role, "ActionNames": ["s3:GetObject", "logs:PutLogEvents", "s3:PutObject"], "ResourceArns": [b]}
answer = iam.simulate_principal_policy(**asked)
assert [decision for _, _, decision in decisions(answer)] == ["allowed", "allowed", "implicitDeny"], answer
sources = [result["MatchedStatements"][0]["SourcePolicyId"] for result in answer["EvaluationResults"][:2]]
assert sources == ["role_r_own", "AWSLambdaBasicExecutionRole"], sources
policy = iam.create_policy(PolicyName="boundary", PolicyDocument=document({"Effect": "Allow", "Action": "logs:*", "Resource": "*"}))["Policy"]["Arn"]
iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=policy)
assert iam.get_role(RoleName="r")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy
assert [decision for _, _, decision in decisions(iam.simulate_principal_policy(**asked))] == ["implicitDeny", "allowed", "implicitDeny"]
iam.delete_role_permissions_boundary(RoleName="r")
assert [decision for _, _, decision in decisions(iam.simulate_principal_policy(**asked))] == ["allowed", "allowed", "implicitDeny"]
refused(lambda: iam.delete_role_permissions_boundary(RoleName="r"), "NoSuchEntity", "")
unknown = "arn:aws:iam::000000000000:policy/none"
refused(lambda: iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=unknown), "NoSuchEntity", unknown)
refused(lambda: iam.simulate_principal_policy(PolicySourceArn=role.replace("/r", "/none"), ActionNames=["s3:GetObject"]), "NoSuchEntity", "none")
refused(lambda: iam.simulate_principal_policy(PolicySourceArn="arn:aws:s3:::not-an-entity", ActionNames=["s3:GetObject"]), "InvalidInput", "Arn")
assert iam.get_context_keys_for_principal_policy(PolicySourceArn=role, PolicyInputList=[document(conditional)])["ContextKeyNames"] == ["aws:SourceIp"]
