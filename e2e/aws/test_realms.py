"""Regions and accounts: one name in several of them, what is one in all, and what goes from one to another."""

import http.client
import json

import boto3
from botocore.config import Config
from conftest import until
from test_apis import fetch
from test_identity import refused

IRELAND = {"region_name": "eu-west-1"}
OTHER = "111111111111"


def keys(assumed):
    given = assumed["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def said(cloud, name, **where):
    answer = cloud.client("lambda", **where).invoke(FunctionName=name, Payload=b"[1]")
    assert "FunctionError" not in answer
    return answer["Payload"].read().strip()


def test_two_regions_have_functions_of_one_name(cloud):
    here, there = cloud.client("lambda"), cloud.client("lambda", **IRELAND)
    assert there.list_functions()["Functions"] == []
    cloud.function("same", client=here)
    made = cloud.function("same", "greet", client=there)
    assert made["FunctionArn"] == "arn:aws:lambda:eu-west-1:000000000000:function:same"
    before = said(cloud, "same"), said(cloud, "same", **IRELAND)
    assert before[0] != before[1]
    wrong = made["FunctionArn"]
    assert "eu-west-1" in refused(lambda: here.get_function(FunctionName=wrong), "ResourceNotFoundException", 404)
    until(
        lambda: cloud.client("logs", **IRELAND).describe_log_streams(logGroupName="/aws/lambda/same")["logStreams"],
        "the log in the function's own region",
    )
    cloud.kill()
    cloud.start()
    assert (said(cloud, "same"), said(cloud, "same", **IRELAND)) == before
    cloud.client("lambda").delete_function(FunctionName="same")
    assert said(cloud, "same", **IRELAND) == before[1]


def test_an_api_calls_a_function_of_another_region(cloud):
    there = cloud.client("lambda", **IRELAND)
    made = cloud.function("hello", "mirror", client=there)
    there.add_permission(
        FunctionName="hello", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    for where in ({}, IRELAND, {"region_name": "ap-south-1"}):
        gateway = cloud.client("apigatewayv2", **where)
        api = gateway.create_api(Name="api", ProtocolType="HTTP", Target=made["FunctionArn"])["ApiId"]
        answer = fetch(cloud, api, "/x?y=1")
        assert answer.event()["rawQueryString"] == "y=1"
        named = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
        region = where.get("region_name", "us-east-1")
        named.request("GET", "/z", headers={"host": f"{api}.execute-api.{region}.amazonaws.com"})
        assert named.getresponse().status == 200
    assert len(cloud.client("apigatewayv2").get_apis()["Items"]) == 1


def test_stacks_are_of_their_region(cloud):
    template = json.dumps({
        "Resources": {"G": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "of-the-stack"}}},
        "Outputs": {
            "Where": {"Value": {"Fn::Sub": "${AWS::Region} ${AWS::AccountId} ${AWS::Partition} ${AWS::URLSuffix}"}},
            "Shared": {"Value": {"Ref": "AWS::Region"}, "Export": {"Name": "shared"}},
        },
    })
    for where, expected in [
        ({}, "us-east-1 000000000000 aws amazonaws.com"),
        (IRELAND, "eu-west-1 000000000000 aws amazonaws.com"),
        ({"region_name": "cn-north-1"}, "cn-north-1 000000000000 aws-cn amazonaws.com.cn"),
    ]:
        stacks = cloud.client("cloudformation", **where)
        stacks.create_stack(StackName="same", TemplateBody=template)
        stacks.get_waiter("stack_create_complete").wait(StackName="same", WaiterConfig={"Delay": 1})
        (stack,) = stacks.describe_stacks()["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        assert outputs["Where"] == expected
        assert [export["Value"] for export in stacks.list_exports()["Exports"]] == [expected.split()[0]]
        assert len(cloud.client("logs", **where).describe_log_groups()["logGroups"]) == 1


def test_clients_follow_to_a_bucket_s_region(cloud):
    here, there = cloud.client("s3"), cloud.client("s3", **IRELAND)
    here.create_bucket(Bucket="irish", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    there.put_object(Bucket="irish", Key="k", Body=b"body")
    # botocore learns of the region and signs again.
    assert here.get_object(Bucket="irish", Key="k")["Body"].read() == b"body"
    assert here.head_bucket(Bucket="irish")["BucketRegion"] == "eu-west-1"
    assert here.get_bucket_location(Bucket="irish")["LocationConstraint"] == "eu-west-1"
    virtual = {
        "endpoint_url": f"http://s3.localhost:{cloud.port}",
        "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "virtual"}),
    }
    url = cloud.client("s3", **virtual, **IRELAND).generate_presigned_url(
        "get_object", Params={"Bucket": "irish", "Key": "k"}
    )
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    connection.request("GET", url.split(str(cloud.port), 1)[1], headers={"host": f"irish.s3.localhost:{cloud.port}"})
    assert connection.getresponse().read() == b"body"
    make = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    refused(lambda: there.create_bucket(Bucket="irish", **make), "BucketAlreadyOwnedByYou", 409)
    zipped = {"S3Bucket": "irish", "S3Key": "k"}
    making = {"Runtime": "provided.al2023", "Handler": "x", "Role": "arn:aws:iam::000000000000:role/r", "Code": zipped}
    functions = cloud.client("lambda")
    message = refused(
        lambda: functions.create_function(FunctionName="f", **making), "InvalidParameterValueException", 400
    )
    assert "PermanentRedirect" in message and "eu-west-1" in message


def test_keys_of_another_account_come_from_its_role(cloud):
    sts = cloud.client("sts")
    role = f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole"
    there = keys(sts.assume_role(RoleArn=role, RoleSessionName="me"))
    me = cloud.client("sts", **there, **IRELAND).get_caller_identity()
    assert (me["Account"], me["Arn"].split("/")[1:]) == (OTHER, ["OrganizationAccountAccessRole", "me"])
    cloud.client("iam").create_role(RoleName="mine", AssumeRolePolicyDocument=trust())
    theirs = cloud.client("iam", **there).list_roles()["Roles"]
    assert [given["RoleName"] for given in theirs] == ["OrganizationAccountAccessRole"]
    cloud.function("f")
    assert cloud.client("lambda", **there).list_functions()["Functions"] == []
    cloud.client("s3").create_bucket(Bucket="mine")
    buckets = cloud.client("s3", **there)
    assert buckets.list_buckets()["Buckets"] == []
    refused(lambda: buckets.list_objects_v2(Bucket="mine"), "AccessDenied", 403)
    refused(lambda: buckets.create_bucket(Bucket="mine"), "BucketAlreadyExists", 409)
    cloud.client("logs", **there).create_log_group(logGroupName="theirs")
    cloud.kill()
    cloud.start()
    (group,) = cloud.client("logs", **there).describe_log_groups()["logGroups"]
    assert group["arn"] == f"arn:aws:logs:us-east-1:{OTHER}:log-group:theirs:*"
    assert cloud.client("logs").describe_log_groups(logGroupNamePrefix="theirs")["logGroups"] == []


def trust():
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_every_key_is_accepted_where_that_was_asked_for(open_cloud):
    def client(service, key, region="us-east-1", **others):
        return boto3.client(
            service,
            endpoint_url=open_cloud.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key="whatever",
            **others,
        )

    for key, account in [("test", "000000000000"), (OTHER, OTHER), ("AKIAUNKNOWN", "000000000000")]:
        assert client("sts", key).get_caller_identity()["Account"] == account
    path = {"config": Config(s3={"addressing_style": "path"})}
    client("s3", OTHER, **path).create_bucket(Bucket="theirs")
    client("s3", OTHER, **path).put_object(Bucket="theirs", Key="k", Body=b"x" * 100_000)
    url = client("s3", OTHER, **path).generate_presigned_url("get_object", Params={"Bucket": "theirs", "Key": "k"})
    connection = http.client.HTTPConnection("127.0.0.1", open_cloud.port, timeout=60)
    connection.request("GET", url.split(open_cloud.port, 1)[1])
    assert len(connection.getresponse().read()) == 100_000
    assert client("s3", "test", **path).list_buckets()["Buckets"] == []
    for region in boto3.Session().get_available_regions("logs")[:5]:
        logs = client("logs", OTHER, region)
        assert logs.describe_log_groups()["logGroups"] == []
        logs.create_log_group(logGroupName="g")
        (group,) = logs.describe_log_groups()["logGroups"]
        assert group["arn"] == f"arn:aws:logs:{region}:{OTHER}:log-group:g:*"
    assert "every access key is accepted" in open_cloud.log.read_text()
