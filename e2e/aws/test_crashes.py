"""`kill -9` in the middle: what was accepted is done after the next start, what was not is wholly there or wholly absent.
The moment of the kill is what these tests vary, in seconds after the beginning; all else is awaited."""

import os
import signal
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from conftest import ROLE, members, package, until

MIB = 1 << 20


def log_of(cloud, function):
    """All messages of a function's log."""
    logs = cloud.client("logs")
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return ""
    return "".join(event["message"] for event in events)


def killed_after(cloud, seconds, work):
    """Does `work` on a thread, kills the cloud that long after it began, starts it again. What `work` returned, or
    nothing where it broke off."""
    done = []
    began = threading.Event()

    def run():
        began.set()
        try:
            done.append(work())
        except (BotoCoreError, ClientError):
            pass

    thread = threading.Thread(target=run)
    thread.start()
    began.wait()
    time.sleep(seconds)
    cloud.kill()
    thread.join()
    cloud.start()
    return done[0] if done else None


@pytest.mark.parametrize("seconds", [0, 0.05, 0.3])
def test_an_accepted_event_is_run_with_its_request_id(cloud, seconds):
    cloud.function("sleep", "sleep", Timeout=10)
    functions = cloud.client("lambda")
    accepted = [
        functions.invoke(FunctionName="sleep", InvocationType="Event", Payload=b"5")["ResponseMetadata"]["RequestId"]
        for _ in range(3)
    ]
    time.sleep(seconds)
    cloud.kill()
    cloud.start()
    for request in accepted:
        until(lambda: f"END RequestId: {request}" in log_of(cloud, "sleep"), f"the end of {request}")


def workers(cloud):
    """The worker processes of a cloud."""
    return {int(pid) for pid in members(cloud.process.pid) if int(pid) != cloud.process.pid}


def test_a_killed_worker_fails_its_invocations_and_no_others(cloud):
    functions = cloud.client("lambda")
    until(lambda: "functions can run" in cloud.log.read_text(), "the spare worker")
    mine = workers(cloud)
    for name in ("slow", "other"):
        cloud.function(name, "sleep", Timeout=20)
        # The first one gets the spare.
        assert functions.invoke(FunctionName=name, Payload=b"0")["Payload"].read() == b"0"
    answers = {}

    def invoke(name):
        answers[name] = cloud.client("lambda").invoke(FunctionName=name, Payload=b"9")

    threads = [threading.Thread(target=invoke, args=[name]) for name in ("slow", "other")]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    for pid in mine:
        os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert answers["slow"]["FunctionError"] == "Unhandled"
    assert b"signal: killed" in answers["slow"]["Payload"].read()
    assert answers["other"]["Payload"].read() == b"9"
    assert functions.invoke(FunctionName="slow", Payload=b"0")["Payload"].read() == b"0"


def test_an_object_is_the_old_or_the_new_one(cloud):
    cloud.client("s3").create_bucket(Bucket="bucket")
    cloud.client("s3").put_object(Bucket="bucket", Key="k", Body=b"0" * MIB)
    acknowledged = 0
    for turn, seconds in enumerate([0.005, 0.02, 0.05, 0.1, 0.2]):
        written = []

        def put():
            for number in range(100):
                body = str((acknowledged + number + 1) % 10).encode() * (8 * MIB)
                cloud.client("s3").put_object(Bucket="bucket", Key="k", Body=body)
                written.append(acknowledged + number + 1)

        killed_after(cloud, seconds, put)
        acknowledged = max([acknowledged, *written])
        body = cloud.client("s3").get_object(Bucket="bucket", Key="k")["Body"].read()
        assert len(set(body)) == 1 and len(body) in (MIB, 8 * MIB), f"torn in turn {turn}"
        found = int(chr(body[0]))
        assert found in (acknowledged % 10, (acknowledged + 1) % 10)
        acknowledged += found != acknowledged % 10
    blobs = [path for path in (cloud.folder / "data/cloud/s3").rglob("*") if path.is_file()]
    assert len(blobs) == 1, f"one object, one file: {blobs}"


@pytest.mark.parametrize("seconds", [0.005, 0.02, 0.05, 0.1, 0.3])
def test_a_function_is_made_or_not(cloud, seconds):
    def make():
        return cloud.client("lambda").create_function(
            FunctionName="f", Runtime="provided.al2023", Handler="b", Role=ROLE, Code={"ZipFile": package("echo")}
        )

    made = killed_after(cloud, seconds, make)
    functions = cloud.client("lambda")
    names = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    assert names in ([["f"]] if made else [["f"], []])
    if names:
        functions.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
        assert functions.invoke(FunctionName="f", Payload=b"7")["Payload"].read() == b"7"
    else:
        cloud.function("f")


TEMPLATE = """
Parameters: {Key: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}]
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/lambda/f}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Runtime: provided.al2023
      Handler: b
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: code, S3Key: !Ref Key}
      Layers: [!Ref Layer]
  Layer:
    Type: AWS::Lambda::LayerVersion
    Properties: {LayerName: named, Description: !Ref Key, Content: {S3Bucket: code, S3Key: !Ref Key}}
  LayerPermission:
    Type: AWS::Lambda::LayerVersionPermission
    Properties: {LayerVersionArn: !Ref Layer, Action: "lambda:GetLayerVersion", Principal: "*"}
  Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Function, AuthType: NONE}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: named}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Function, EventSourceArn: !GetAtt Queue.Arn}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Function, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Function}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {Name: live, FunctionName: !Ref Function, FunctionVersion: !GetAtt Version.Version}
  Events:
    Type: AWS::Lambda::EventInvokeConfig
    DependsOn: Alias
    Properties: {FunctionName: !Ref Function, Qualifier: live, MaximumRetryAttempts: 1}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: named
      PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}
      Roles: [!Ref Role]
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: named, Tags: [{Key: key, Value: !Ref Key}]}}
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Bucket, PolicyDocument: {Statement: []}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: named, Description: !Ref Key}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses: [{StatusCode: "200"}]
      MethodResponses: [{StatusCode: "200"}]
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Method, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: v}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: named, ProtocolType: HTTP}}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""


def left(cloud):
    """What stays behind of all that the template makes."""
    counted = [
        cloud.client("lambda").list_functions()["Functions"],
        cloud.client("lambda").list_layer_versions(LayerName="named")["LayerVersions"],
        cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"],
        cloud.client("sqs").list_queues().get("QueueUrls", []),
        cloud.client("iam").list_roles()["Roles"],
        cloud.client("iam").list_policies(Scope="Local")["Policies"],
        cloud.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"],
        [bucket for bucket in cloud.client("s3").list_buckets()["Buckets"] if bucket["Name"] != "code"],
        cloud.client("apigateway").get_rest_apis()["items"],
        cloud.client("apigatewayv2").get_apis()["Items"],
    ]
    return [len(items) for items in counted]


NOTHING, ONE_OF_EACH = [0] * 10, [1] * 10


def layered(cloud, status):
    """The function has an address, and the layer that the template says, which everybody may have."""
    functions = cloud.client("lambda")
    assert functions.get_function_url_config(FunctionName="f")["AuthType"] == "NONE"
    [layer] = functions.list_layer_versions(LayerName="named")["LayerVersions"]
    assert layer["Description"] == ("echo" if status == "CREATE_COMPLETE" else "greet")
    [own] = functions.get_function_configuration(FunctionName="f")["Layers"]
    assert own["Arn"] == layer["LayerVersionArn"]
    policy = functions.get_layer_version_policy(LayerName="named", VersionNumber=layer["Version"])["Policy"]
    assert policy.count('"Sid"') == 1, policy


def settled(cloud):
    """The stack's status once nothing is under way."""
    stacks = cloud.client("cloudformation")

    def status():
        try:
            status = stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"]
        except ClientError:
            return "NONE"
        return None if status.endswith("_IN_PROGRESS") else status

    return until(status, "the end of the deployment")


@pytest.mark.parametrize("seconds", [0.01, 0.03, 0.06, 0.1, 0.2, 0.4])
def test_a_deployment_goes_on_or_rolls_back(cloud, seconds):
    store = cloud.client("s3")
    store.create_bucket(Bucket="code")
    for name in ("echo", "greet"):
        store.put_object(Bucket="code", Key=name, Body=package(name))

    def deploy(operation, key):
        call = getattr(cloud.client("cloudformation"), operation)
        parameters = [{"ParameterKey": "Key", "ParameterValue": key}]
        return call(StackName="s", TemplateBody=TEMPLATE, Parameters=parameters, Capabilities=["CAPABILITY_NAMED_IAM"])

    accepted = killed_after(cloud, seconds, lambda: deploy("create_stack", "echo"))
    status = settled(cloud)
    functions = cloud.client("lambda")
    if accepted:
        assert status == "CREATE_COMPLETE"
    if status == "NONE":
        assert left(cloud) == NOTHING
        deploy("create_stack", "echo")
        assert settled(cloud) == "CREATE_COMPLETE"
    assert functions.invoke(FunctionName="f", Payload=b"7")["Payload"].read() == b"7"

    accepted = killed_after(cloud, seconds, lambda: deploy("update_stack", "greet"))
    status = settled(cloud)
    assert status in (["UPDATE_COMPLETE"] if accepted else ["UPDATE_COMPLETE", "CREATE_COMPLETE"])
    answer = cloud.client("lambda").invoke(FunctionName="f", Payload=b"7")["Payload"].read()
    assert (answer == b"7") == (status == "CREATE_COMPLETE"), answer

    assert left(cloud) == ONE_OF_EACH
    layered(cloud, status)
    killed_after(cloud, seconds, lambda: cloud.client("cloudformation").delete_stack(StackName="s"))
    if settled(cloud) != "NONE":
        cloud.client("cloudformation").delete_stack(StackName="s")
    assert settled(cloud) == "NONE"
    assert left(cloud) == NOTHING
