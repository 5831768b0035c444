"""Event source mappings by boto3: queues whose messages a function gets, from a SAM template and from requests, through failures,
dead letters, filters and the end of the process."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import package, saying, until
from test_crashes import log_of
from test_sqs import arn, bodies, count, queue
from test_stacks import gone, settled

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Failing: {Type: String}
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 1
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      Timeout: 1
      CodeUri: {Bucket: code, Key: !Ref Failing}
      Events:
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
            BatchSize: 5
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: {Filters: [{Pattern: '{"body":{"kind":["wanted"]}}'}]}
            ScalingConfig: {MaximumConcurrency: 2}
Outputs:
  Queue: {Value: !Ref Queue}
  Dead: {Value: !Ref Dead}
  Worker: {Value: !Ref Worker}
  Mapping: {Value: !Ref WorkerMessages}
  MappingArn: {Value: !GetAtt WorkerMessages.EventSourceMappingArn}
"""


@pytest.fixture
def functions(cloud):
    return cloud.client("lambda")


@pytest.fixture
def sqs(cloud):
    return cloud.client("sqs")


def state(functions, uuid, wanted):
    until(lambda: functions.get_event_source_mapping(UUID=uuid)["State"] == wanted, f"a mapping that is {wanted}")


def mapped(functions, name, source, **others):
    made = functions.create_event_source_mapping(FunctionName=name, EventSourceArn=arn(source), **others)
    assert (made["State"], made["StateTransitionReason"]) == ("Creating", "USER_INITIATED")
    if others.get("Enabled", True):
        state(functions, made["UUID"], "Enabled")
    return made["UUID"]


def empty(sqs, url):
    until(lambda: count(sqs, url) + count(sqs, url, "NotVisible") == 0, "an empty queue")


def test_a_template_s_queue_reaches_its_function_and_then_its_dead_letters(cloud, functions, sqs):
    objects, stacks = cloud.client("s3"), cloud.client("cloudformation")
    objects.create_bucket(Bucket="code")
    for name in ["echo", "trap"]:
        objects.put_object(Bucket="code", Key=name, Body=package(name))

    def deploy(operation, key):
        operation(
            StackName="s",
            TemplateBody=TEMPLATE,
            Parameters=[{"ParameterKey": "Failing", "ParameterValue": key}],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        assert settled(stacks, "s").endswith("COMPLETE")
        outputs = stacks.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    made = deploy(stacks.create_stack, "echo")
    mapping = functions.get_event_source_mapping(UUID=made["Mapping"])
    assert (mapping["State"], mapping["BatchSize"]) == ("Enabled", 5)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert made["MappingArn"] == mapping["EventSourceMappingArn"]
    wanted, other = json.dumps({"kind": "wanted"}), json.dumps({"kind": "other"})
    for body in [wanted, other, "plain"]:
        sqs.send_message(QueueUrl=made["Queue"], MessageBody=body)
    empty(sqs, made["Queue"])
    until(lambda: "echo was here" in log_of(cloud, made["Worker"]), "the function's log")
    assert count(sqs, made["Dead"]) == 0
    deploy(stacks.update_stack, "trap")
    sqs.send_message(QueueUrl=made["Queue"], MessageBody=wanted)
    until(lambda: count(sqs, made["Dead"]) == 1, "a dead letter")
    assert bodies(sqs, made["Dead"]) == [wanted]
    gone(stacks, "s")
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_function_says_what_failed(cloud, functions, sqs):
    url = queue(sqs, "q", VisibilityTimeout="3")
    cloud.function("f", zip=saying('{"batchItemFailures": [{"itemIdentifier": "of no message"}]}'))
    uuid = mapped(functions, "f", "q", FunctionResponseTypes=["ReportBatchItemFailures"])
    sqs.send_message(QueueUrl=url, MessageBody="x")
    until(lambda: log_of(cloud, "f").count("REPORT") >= 2, "a second try")
    assert count(sqs, url) + count(sqs, url, "NotVisible") == 1
    functions.update_event_source_mapping(UUID=uuid, FunctionResponseTypes=[])
    empty(sqs, url)
    state(functions, uuid, "Enabled")
    functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    state(functions, uuid, "Disabled")
    sqs.send_message(QueueUrl=url, MessageBody="y")
    functions.delete_event_source_mapping(UUID=uuid)
    until(lambda: functions.list_event_source_mappings()["EventSourceMappings"] == [], "no mapping")
    assert count(sqs, url) == 1


def test_mappings_go_on_after_the_end_of_the_process(cloud, functions, sqs):
    url = queue(sqs, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="3")
    cloud.function("f", "sleep", Timeout=3)
    uuid = mapped(functions, "f", "q.fifo", BatchSize=1)
    for number in range(6):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId=str(number % 2))
    until(lambda: count(sqs, url, "NotVisible") > 0, "messages on their way")
    cloud.kill()
    cloud.start()
    functions, sqs = cloud.client("lambda"), cloud.client("sqs")
    assert functions.get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
    cloud.function("g", "echo")
    functions.update_event_source_mapping(UUID=uuid, FunctionName="g")
    url = sqs.get_queue_url(QueueName="q.fifo")["QueueUrl"]
    empty(sqs, url)
    functions.delete_function(FunctionName="g")
    state(functions, uuid, "Disabled")


def test_wrong_mappings_are_refused(cloud, functions, sqs):
    queue(sqs, "q", VisibilityTimeout="2")
    cloud.function("f", Timeout=3)
    for source, others, message in [
        ("none", {}, "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist."),
        ("q", {}, "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds"),
        ("q", {"FunctionName": "none"}, "Function does not exist"),
        ("q", {"BatchSize": 11}, "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"),
        ("q", {"FilterCriteria": {"Filters": [{"Pattern": '{"body": "x"}'}]}}, "Invalid filter pattern definition."),
        ("q", {"MaximumRetryAttempts": 1}, "Unsupported MaximumRetryAttempts parameter for given event source mapping type."),
    ]:
        with pytest.raises(ClientError) as refused:
            functions.create_event_source_mapping(**({"FunctionName": "f", "EventSourceArn": arn(source)} | others))
        error = refused.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidParameterValueException", message)
    with pytest.raises(ClientError, match="The resource you requested does not exist."):
        functions.get_event_source_mapping(UUID="a4b1c9f0-0000-4000-8000-000000000000")
