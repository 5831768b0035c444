"""Asynchronous invocations by boto3 and the AWS CLI: how they are tried, where records of them go, logs that are sent on."""

import base64
import gzip
import json
import time

import pytest
from botocore.exceptions import ClientError
from conftest import until

ACCOUNT = "000000000000"


def arn(service, resource):
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def refused(call, code):
    with pytest.raises(ClientError) as error:
        call()
    assert error.value.response["Error"]["Code"] == code
    return error.value.response["Error"]["Message"]


@pytest.fixture
def functions(cloud):
    return cloud.client("lambda")


@pytest.fixture
def queue(cloud):
    """Makes a queue, and says what comes to it."""
    sqs = cloud.client("sqs")

    def make(name):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]

        def next_message():
            asked = {"QueueUrl": url, "WaitTimeSeconds": 20, "MessageAttributeNames": ["All"]}
            message = sqs.receive_message(**asked)["Messages"][0]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return message

        return next_message

    return make


def configure(functions, name, success=None, failure=None, **others):
    config = {
        place: {"Destination": target}
        for place, target in (("OnSuccess", success), ("OnFailure", failure))
        if target
    }
    return functions.put_function_event_invoke_config(FunctionName=name, DestinationConfig=config, **others)


def test_a_configuration_is_put_changed_listed_and_deleted(cloud, functions, queue):
    queue("q")
    cloud.function("f")
    missing = refused(lambda: functions.get_function_event_invoke_config(FunctionName="f"), "ResourceNotFoundException")
    assert missing == f"The function {arn('lambda', 'function:f:$LATEST')} doesn't have an EventInvokeConfig"
    put = configure(functions, "f", success=arn("sqs", "q"), MaximumRetryAttempts=1)
    assert put["FunctionArn"].endswith(":function:f:$LATEST") and put["MaximumRetryAttempts"] == 1
    assert put["DestinationConfig"] == {"OnSuccess": {"Destination": arn("sqs", "q")}, "OnFailure": {}}
    changed = functions.update_function_event_invoke_config(FunctionName="f", MaximumEventAgeInSeconds=60)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 60)
    listed = cloud.aws("lambda", "list-function-event-invoke-configs", "--function-name", "f")
    assert [one["MaximumEventAgeInSeconds"] for one in json.loads(listed)["FunctionEventInvokeConfigs"]] == [60]
    itself = refused(lambda: configure(functions, "f", success=arn("lambda", "function:f")), "InvalidParameterValueException")
    assert itself == "You can't specify the function as a destination for itself."
    functions.delete_function_event_invoke_config(FunctionName="f")
    assert functions.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"] == []


def test_records_and_dead_letters_come_to_queues_over_a_topic_too(cloud, functions, queue):
    good, bad, dead = queue("good"), queue("bad"), queue("dead")
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="failures")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "bad"))
    sqs = cloud.client("sqs")
    lets_in = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Statement": [lets_in | {"Resource": arn("sqs", "bad")}]}
    sqs.set_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName="bad")["QueueUrl"], Attributes={"Policy": json.dumps(policy)}
    )
    cloud.function("echo")
    configure(functions, "echo", success=arn("sqs", "good"))
    functions.invoke(FunctionName="echo", InvocationType="Event", Payload=b'{"n": 1}')
    record = json.loads(good()["Body"])
    assert record["version"] == "1.0" and record["requestPayload"] == record["responsePayload"] == {"n": 1}
    context = record["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("Success", 1)
    assert context["functionArn"] == arn("lambda", "function:echo:$LATEST")
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}

    cloud.function("trap", "trap", DeadLetterConfig={"TargetArn": arn("sqs", "dead")})
    configure(functions, "trap", failure=topic, MaximumRetryAttempts=0)
    functions.invoke(FunctionName="trap", InvocationType="Event", Payload=b'{"n": 2}')
    record = json.loads(json.loads(bad()["Body"])["Message"])
    assert record["requestContext"]["condition"] == "RetriesExhausted" and record["requestPayload"] == {"n": 2}
    assert record["responseContext"]["functionError"] == "Unhandled" and "errorMessage" in record["responsePayload"]
    letter = dead()
    attributes = {name: told["StringValue"] for name, told in letter["MessageAttributes"].items()}
    assert json.loads(letter["Body"]) == {"n": 2} and attributes["ErrorCode"] == "200"
    assert attributes["RequestID"] == record["requestContext"]["requestId"]
    assert attributes["ErrorMessage"] == record["responsePayload"]["errorMessage"]


def test_records_of_failures_come_to_a_bucket_and_to_a_function(cloud, functions, queue):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="records")
    cloud.function("trap", "trap")
    text = refused(lambda: configure(functions, "trap", success="arn:aws:s3:::records"), "InvalidParameterValueException")
    assert "DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::records), onFailure=null) is invalid" in text
    configure(functions, "trap", failure="arn:aws:s3:::records", MaximumRetryAttempts=0)
    functions.invoke(FunctionName="trap", InvocationType="Event", Payload=b"1")
    found = until(lambda: s3.list_objects_v2(Bucket="records").get("Contents"), "the record")
    assert found[0]["Key"].startswith("aws/lambda/async/trap/20")
    record = json.load(s3.get_object(Bucket="records", Key=found[0]["Key"])["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"

    told = queue("told")
    cloud.function("echo")
    configure(functions, "echo", success=arn("sqs", "told"))
    configure(functions, "trap", failure=arn("lambda", "function:echo"), MaximumRetryAttempts=0)
    functions.invoke(FunctionName="trap", InvocationType="Event", Payload=b"2")
    assert json.loads(told()["Body"])["requestPayload"]["requestPayload"] == 2


def test_a_record_is_sent_after_a_crash(cloud, functions, queue):
    queue("q")
    cloud.function("trap", "trap")
    configure(functions, "trap", failure=arn("sqs", "q"), MaximumRetryAttempts=0)
    for n in range(20):
        functions.invoke(FunctionName="trap", InvocationType="Event", Payload=str(n).encode())
    cloud.kill()
    cloud.start()
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    told = set()

    def all_told():
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        told.update(json.loads(message["Body"])["requestPayload"] for message in got)
        return told == set(range(20))

    until(all_told, "every record")


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Watched: {Type: AWS::Logs::LogGroup}
  Told: {Type: AWS::SQS::Queue}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: watcher
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: {Bucket: code, Key: echo.zip}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        MaximumEventAgeInSeconds: 600
        DestinationConfig:
          OnSuccess: {Type: SQS, Destination: !GetAtt Told.Arn}
          OnFailure: {Type: SQS}
      Events:
        Errors:
          Type: CloudWatchLogs
          Properties: {LogGroupName: !Ref Watched, FilterPattern: ERROR}
Outputs:
  Group: {Value: !Ref Watched}
  Told: {Value: !Ref Told}
"""


def test_a_stack_sends_logs_to_a_function_and_its_records_to_a_queue(cloud, functions, tmp_path):
    from conftest import package

    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="echo.zip", Body=package("echo"))
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    deploy = ("cloudformation", "deploy", "--stack-name", "s", "--template-file", str(template))
    cloud.aws(*deploy, "--capabilities", "CAPABILITY_IAM")
    outputs = cloud.client("cloudformation").describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    config = functions.get_function_event_invoke_config(FunctionName="watcher")
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 600)
    assert "Destination" in config["DestinationConfig"]["OnFailure"]
    logs = cloud.client("logs")
    filters = logs.describe_subscription_filters(logGroupName=outputs["Group"])["subscriptionFilters"]
    assert [one["filterPattern"] for one in filters] == ["ERROR"]
    logs.create_log_stream(logGroupName=outputs["Group"], logStreamName="s")
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": text} for text in ("fine", "ERROR one", "ERROR two")]
    logs.put_log_events(logGroupName=outputs["Group"], logStreamName="s", logEvents=events)
    sqs = cloud.client("sqs")
    message = sqs.receive_message(QueueUrl=outputs["Told"], WaitTimeSeconds=20)["Messages"][0]
    data = json.loads(message["Body"])["responsePayload"]["awslogs"]["data"]
    told = json.loads(gzip.decompress(base64.b64decode(data)))
    assert (told["messageType"], told["logGroup"], told["logStream"]) == ("DATA_MESSAGE", outputs["Group"], "s")
    assert [event["message"] for event in told["logEvents"]] == ["ERROR one", "ERROR two"]
    cloud.aws("cloudformation", "delete-stack", "--stack-name", "s")
    until(lambda: not functions.list_functions()["Functions"], "removed")
