"""What policies do not allow: refused, reported or not looked at, as the program was told."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import Cloud


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
def test_a_session_may_do_what_its_role_allows(tmp_path, mode):
    cloud = Cloud(tmp_path, "--permissions", mode)
    try:
        session(cloud, mode)
    except BaseException:
        cloud.process.kill()
        raise
    cloud.stop()


def session(cloud, mode):
    iam, s3 = cloud.client("iam"), cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    for key in ("mine/1", "other/1"):
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document(trust), Tags=[{"Key": "folder", "Value": "mine"}])["Role"]["Arn"]
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/folder}/*"}
    iam.put_role_policy(RoleName="reader", PolicyName="own", PolicyDocument=document(own))
    given = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    reader = cloud.client("s3", **keys)
    assert reader.get_object(Bucket="bucket", Key="mine/1")["Body"].read() == b"mine/1"
    who = "arn:aws:sts::000000000000:assumed-role/reader/session"
    text = f'User: {who} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::bucket/other/1" because no identity-based policy allows the s3:GetObject action'
    if mode == "enforce":
        with pytest.raises(ClientError) as raised:
            reader.get_object(Bucket="bucket", Key="other/1")
        assert raised.value.response["Error"] == {"Code": "AccessDenied", "Message": text}
    else:
        answer = reader.get_object(Bucket="bucket", Key="other/1")
        said = answer["ResponseMetadata"]["HTTPHeaders"].get("x-cumulo-permissions")
        assert said == (text if mode == "report" else None)
    assert ("mode enforce would refuse" in cloud.log.read_text()) == (mode == "report")
    simulated = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["s3:GetObject"])["EvaluationResults"][0]
    assert (simulated["EvalDecision"], simulated["MissingContextValues"]) == ("implicitDeny", ["aws:PrincipalTag/folder"])
