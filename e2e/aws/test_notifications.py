"""What buckets tell of their objects, by boto3: to queues, topics, functions, and as a SAM template asks for."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import package, until

ACCOUNT = "000000000000"
SOURCE = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}


def let_in(action, resource, service, conditions):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Condition": conditions}]})


def queue(cloud, name, service="s3.amazonaws.com", conditions=SOURCE):
    """A queue that lets a service in; its URL and its ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": let_in("sqs:SendMessage", arn, service, conditions)})
    return url, arn


def received(cloud, url, count):
    """So many messages of a queue, but for those that try it."""
    sqs, found = cloud.client("sqs"), []

    def more():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            if body.get("Event") != "s3:TestEvent":
                found.append(body)
        return len(found) >= count

    until(more, f"{count} messages")
    assert len(found) == count, found
    return found


def told(cloud, **configurations):
    configuration = {f"{kind}Configurations": several for kind, several in configurations.items()}
    cloud.client("s3").put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration=configuration)


def calls(cloud, function):
    """How many invocations of a function its log tells of."""
    logs = cloud.client("logs")
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}", filterPattern="REPORT")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return len(events)


def test_a_queue_is_told_of_objects(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    url, arn = queue(cloud, "q")
    told(cloud, Queue=[{"QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}])
    test = until(lambda: cloud.client("sqs").receive_message(QueueUrl=url).get("Messages"), "the trial")[0]
    assert json.loads(test["Body"])["Event"] == "s3:TestEvent"
    s3.put_object(Bucket="bucket", Key="a b@c", Body=b"text")
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "a b@c"})
    s3.delete_object(Bucket="bucket", Key="copy")
    records = [body["Records"][0] for body in received(cloud, url, 3)]
    records.sort(key=lambda record: record["s3"]["object"]["sequencer"])
    names = [record["eventName"] for record in records]
    assert names == ["ObjectCreated:Put", "ObjectCreated:Copy", "ObjectRemoved:Delete"]
    assert records[0]["s3"]["object"]["key"] == "a+b%40c"
    assert records[0]["s3"]["object"]["size"] == 4


def test_a_topic_tells_a_queue_and_a_function_is_called(cloud):
    s3, sns, functions = (cloud.client(name) for name in ("s3", "sns", "lambda"))
    s3.create_bucket(Bucket="bucket")
    topic = sns.create_topic(Name="t")["TopicArn"]
    policy = let_in("sns:Publish", topic, "s3.amazonaws.com", SOURCE)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    url, arn = queue(cloud, "q", "sns.amazonaws.com", {"ArnEquals": {"aws:SourceArn": topic}})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    function = cloud.function("f")["FunctionArn"]
    configurations = {
        "Topic": [{"TopicArn": topic, "Events": ["s3:ObjectTagging:Put"]}],
        "LambdaFunction": [{"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}],
    }
    with pytest.raises(ClientError) as error:
        told(cloud, **configurations)
    assert error.value.response["Error"]["ArgumentValue1"] == f"Not authorized to invoke function [{function}]"
    functions.add_permission(
        FunctionName="f",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceAccount=ACCOUNT,
        SourceArn="arn:aws:s3:::bucket",
    )
    told(cloud, **configurations)
    s3.put_object(Bucket="bucket", Key="k", Body=b"text")
    until(lambda: calls(cloud, "f") == 1, "the invocation")
    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    bodies = received(cloud, url, 2)
    assert {body["Subject"] for body in bodies} == {"Amazon S3 Notification"}
    messages = [json.loads(body["Message"]) for body in bodies]
    assert [record["eventName"] for message in messages for record in message.get("Records", [])] == ["ObjectTagging:Put"]


def test_what_was_put_is_told_after_a_crash(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    url, arn = queue(cloud, "q")
    told(cloud, Queue=[{"QueueArn": arn, "Events": ["s3:ObjectCreated:Put"]}])
    keys = {str(number) for number in range(20)}
    for key in sorted(keys):
        s3.put_object(Bucket="bucket", Key=key, Body=b"text")
    cloud.kill()
    cloud.start()
    sqs, found = cloud.client("sqs"), set()

    def all_came():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for record in json.loads(message["Body"]).get("Records", []):
                found.add(record["s3"]["object"]["key"])
        return found == keys

    until(all_came, "every object's record")


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
        Upload:
          Type: S3
          Properties:
            Bucket: !Ref Bucket
            Events: s3:ObjectCreated:*
            Filter: {S3Key: {Rules: [{Name: suffix, Value: .txt}]}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: bucket}
"""


def test_a_sam_template_s_function_is_called(cloud):
    s3, stacks = cloud.client("s3"), cloud.client("cloudformation")
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key="echo.zip", Body=package("echo"))
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    stacks.create_stack(StackName="s", TemplateBody=SAM, Capabilities=capabilities)
    stacks.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    s3.put_object(Bucket="bucket", Key="a.csv", Body=b"text")
    s3.put_object(Bucket="bucket", Key="a.txt", Body=b"text")
    until(lambda: calls(cloud, "told") == 1, "the invocation")
    for key in ("a.csv", "a.txt"):
        s3.delete_object(Bucket="bucket", Key=key)
    stacks.delete_stack(StackName="s")
    stacks.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
