"""Events on buses, by boto3: what rules send where, what S3 says of objects, and as a SAM template asks for."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import package, until

ACCOUNT = "000000000000"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def queue(cloud, name):
    """A queue that lets rules in; its URL and its ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/*"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def received(cloud, url, count):
    """So many messages of a queue, and no more."""
    sqs, found = cloud.client("sqs"), []

    def more():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        return len(found) >= count

    until(more, f"{count} messages")
    assert len(found) == count, found
    return found


def rule(cloud, name, pattern, target, **others):
    """A rule for a pattern, with a target."""
    events = cloud.client("events")
    arn = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    answer = events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target} | others])
    assert answer["FailedEntryCount"] == 0, answer
    return arn


def put(cloud, **others):
    entry = {"Source": "shop", "DetailType": "Sold", "Detail": json.dumps({"price": 30})} | others
    answer = cloud.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0, answer
    return answer["Entries"][0]["EventId"]


def calls(cloud, function):
    """How many invocations of a function its log tells of."""
    logs = cloud.client("logs")
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}", filterPattern="REPORT")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return len(events)


def test_a_rule_sends_events_to_a_queue(cloud):
    url, arn = queue(cloud, "q")
    pattern = {"source": ["shop"], "detail": {"price": [{"numeric": [">", 20]}]}}
    rule(cloud, "dear", pattern, arn)
    transformer = {"InputPathsMap": {"price": "$.detail.price"}, "InputTemplate": '{"text": "for <price>"}'}
    rule(cloud, "text", {"source": ["shop"]}, arn, InputTransformer=transformer)
    put(cloud, Detail=json.dumps({"price": 10}))
    assert received(cloud, url, 1) == [{"text": "for 10"}]
    identifier = put(cloud, Resources=["r"])
    event, text = sorted(received(cloud, url, 2), key=len, reverse=True)
    assert text == {"text": "for 30"}
    assert event.pop("time")
    expected = {"version": "0", "id": identifier, "detail-type": "Sold", "source": "shop", "account": ACCOUNT}
    assert event == expected | {"region": "us-east-1", "resources": ["r"], "detail": {"price": 30}}


def test_a_function_that_no_rule_may_call_is_not(cloud):
    function = cloud.function("f")["FunctionArn"]
    dead, dead_arn = queue(cloud, "dead")
    arn = rule(cloud, "r", {"source": ["shop"]}, function, DeadLetterConfig={"Arn": dead_arn})
    put(cloud)
    letter = received(cloud, dead, 1)[0]
    assert letter["detail"] == {"price": 30}
    cloud.client("lambda").add_permission(
        FunctionName="f",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=arn,
    )
    put(cloud)
    until(lambda: calls(cloud, "f") == 1, "the invocation")


def test_events_of_before_a_crash_are_sent(cloud):
    url, arn = queue(cloud, "q")
    rule(cloud, "r", {"source": ["shop"]}, arn)
    expected = {put(cloud) for _ in range(20)}
    cloud.kill()
    cloud.start()
    sqs, found = cloud.client("sqs"), set()

    def all_came():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.add(json.loads(message["Body"])["id"])
        return found == expected

    until(all_came, "every event")


def test_a_bus_passes_events_on(cloud):
    url, arn = queue(cloud, "q")
    events = cloud.client("events")
    bus = events.create_event_bus(Name="other")["EventBusArn"]
    rule(cloud, "on", {"source": ["shop"]}, bus)
    events.put_rule(Name="r", EventBusName="other", EventPattern='{"source":["shop"]}')
    events.put_targets(Rule="r", EventBusName="other", Targets=[{"Id": "1", "Arn": arn}])
    identifier = put(cloud)
    assert received(cloud, url, 1)[0]["id"] == identifier


def test_schedules_are_read_as_aws_reads_them(cloud):
    events = cloud.client("events")
    for expression in ("rate(5 minutes)", "rate(1 hour)", "cron(0 12 * * ? *)", "cron(0/15 8-17 ? * MON-FRI *)"):
        events.put_rule(Name="r", ScheduleExpression=expression)
        assert events.describe_rule(Name="r")["ScheduleExpression"] == expression
    for expression in ("rate(1 minutes)", "rate(0 hours)", "cron(0 12 * * * *)", "cron(0 12 * * ?)", "at(2030-01-01T00:00:00)"):
        with pytest.raises(ClientError) as error:
            events.put_rule(Name="r", ScheduleExpression=expression)
        assert error.value.response["Error"]["Code"] == "ValidationException"
    events.disable_rule(Name="r")
    assert events.list_rules()["Rules"][0]["State"] == "DISABLED"


def test_a_bucket_s_objects_are_events(cloud):
    s3 = cloud.client("s3")
    url, arn = queue(cloud, "q")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="before", Body=b"text")
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    rule(cloud, "r", {"source": ["aws.s3"], "detail": {"bucket": {"name": ["bucket"]}}}, arn)
    s3.put_object(Bucket="bucket", Key="a b", Body=b"text")
    event = received(cloud, url, 1)[0]
    assert (event["detail-type"], event["resources"]) == ("Object Created", ["arn:aws:s3:::bucket"])
    assert event["detail"]["object"]["key"] == "a b"
    assert event["detail"]["reason"] == "PutObject"
    s3.delete_object(Bucket="bucket", Key="a b")
    assert received(cloud, url, 1)[0]["detail-type"] == "Object Deleted"


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Told:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: told
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: s3://packages/echo.zip
      Events:
        Nightly:
          Type: Schedule
          Properties: {Schedule: rate(1 day), Input: '{"nightly": true}'}
        Sold:
          Type: EventBridgeRule
          Properties: {Pattern: {source: [shop]}}
        Returned:
          Type: CloudWatchEvent
          Properties: {Pattern: {source: [returns]}}
"""


def test_a_sam_template_s_function_is_called(cloud):
    s3, stacks, events = (cloud.client(name) for name in ("s3", "cloudformation", "events"))
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key="echo.zip", Body=package("echo"))
    stacks.create_stack(StackName="s", TemplateBody=SAM, Capabilities=CAPABILITIES)
    stacks.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    function = cloud.client("lambda").get_function(FunctionName="told")["Configuration"]["FunctionArn"]
    assert len(events.list_rule_names_by_target(TargetArn=function)["RuleNames"]) == 3
    put(cloud)
    put(cloud, Source="returns")
    put(cloud, Source="elsewhere")
    until(lambda: calls(cloud, "told") == 2, "the invocations")
    stacks.delete_stack(StackName="s")
    stacks.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    assert events.list_rules()["Rules"] == []
