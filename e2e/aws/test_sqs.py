"""SQS by boto3 and the AWS CLI: sent, received, hidden, moved, refused, and by a client that speaks the query protocol."""

import json
import threading
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from conftest import until

ACCOUNT = "000000000000"


@pytest.fixture
def sqs(cloud):
    return cloud.client("sqs")


def arn(name):
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


def queue(sqs, name, **attributes):
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def bodies(sqs, url, **more):
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more)
    return [message["Body"] for message in answer.get("Messages", [])]


def count(sqs, url, kind=""):
    name = f"ApproximateNumberOfMessages{kind}"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def test_messages_are_sent_received_and_deleted(cloud, sqs):
    # boto3 checks every MD5 itself.
    url = queue(sqs, "q", VisibilityTimeout="1")
    attributes = {"text": {"DataType": "String", "StringValue": "é"}, "bytes": {"DataType": "Binary", "BinaryValue": b"\0\xff"}}
    sqs.send_message(QueueUrl=url, MessageBody="héllo", MessageAttributes=attributes)
    got = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"])["Messages"][0]
    assert (got["Body"], got["MessageAttributes"]) == ("héllo", attributes)
    assert got["Attributes"]["ApproximateReceiveCount"] == "1"
    assert (bodies(sqs, url), count(sqs, url, "NotVisible")) == ([], 1)
    again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"][0]
    assert again["MessageId"] == got["MessageId"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    assert count(sqs, url) + count(sqs, url, "NotVisible") == 0
    entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(10)]
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10
    assert sorted(bodies(sqs, url)) == sorted(entry["MessageBody"] for entry in entries)
    # The AWS CLI 1 heeds no variable for the address of queues.
    here = ("--endpoint-url", cloud.url)
    url = queue(sqs, "other")
    text = cloud.aws("sqs", "get-queue-url", "--queue-name", "other", "--output", "text", *here)
    assert text.strip() == url
    cloud.aws("sqs", "send-message", "--queue-url", url, "--message-body", "from the CLI", *here)
    assert "from the CLI" in cloud.aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "5", *here)


def test_a_long_poll_is_told_at_once(sqs, cloud):
    url = queue(sqs, "q")
    found = []
    waiting = threading.Thread(target=lambda: found.extend(bodies(cloud.client("sqs"), url, WaitTimeSeconds=20)))
    began = time.monotonic()
    waiting.start()
    time.sleep(0.5)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    waiting.join()
    assert found == ["x"] and time.monotonic() - began < 10


def test_fifo_queues(sqs):
    url = queue(sqs, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    numbers = []
    for body, group in [("1", "a"), ("1", "b"), ("2", "a"), ("3", "b")]:
        numbers.append(sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)["SequenceNumber"])
    assert numbers[0] == numbers[1] and sorted(numbers) == numbers
    first = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    assert bodies(sqs, url) == ["3"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    assert bodies(sqs, url) == ["2"]


def test_dead_letters_are_moved_and_moved_back(sqs):
    dead = queue(sqs, "dead")
    redrive = json.dumps({"deadLetterTargetArn": arn("dead"), "maxReceiveCount": 1})
    url = queue(sqs, "q", RedrivePolicy=redrive, VisibilityTimeout="0")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    assert bodies(sqs, url) == ["poison"]
    assert bodies(sqs, url) == []
    assert count(sqs, dead) == 1
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]
    sqs.start_message_move_task(SourceArn=arn("dead"))
    until(lambda: sqs.list_message_move_tasks(SourceArn=arn("dead"))["Results"][0]["Status"] == "COMPLETED", "moved")
    assert bodies(sqs, url) == ["poison"]


def test_mistakes_are_told_as_aws_tells_them(sqs):
    for call, code, error in [
        (lambda: sqs.get_queue_url(QueueName="none"), "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
        (lambda: sqs.create_queue(QueueName="a b"), "InvalidParameterValue", "InvalidParameterValueException"),
    ]:
        with pytest.raises(ClientError) as raised:
            call()
        told = raised.value.response["Error"]
        assert (told["Code"], told["QueryErrorCode"]) == (code, error)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="none")


def test_the_query_protocol(cloud, sqs):
    url = queue(sqs, "q")
    session = sqs._request_signer  # Signs as any client does.
    request = AWSRequest("POST", url, data={"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": "by query"})
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    SigV4Auth(session._credentials, "sqs", "us-east-1").add_auth(request)
    answer = sqs._endpoint.http_session.send(request.prepare())
    assert answer.status_code == 200 and b"<SendMessageResponse" in answer.content, answer.content
    assert bodies(sqs, url) == ["by query"]


def test_what_was_acknowledged_survives(cloud):
    sqs = cloud.client("sqs")
    url = queue(sqs, "q", VisibilityTimeout="600")
    fifo = queue(sqs, "q.fifo", FifoQueue="true")
    fifo_send = {"QueueUrl": fifo, "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    for body in ["held", "gone", "kept"]:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    first = sqs.send_message(MessageBody="1", **fifo_send)
    held, gone = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=gone["ReceiptHandle"])
    cloud.kill()
    cloud.start()
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    assert bodies(sqs, url) == ["kept"], "what is in flight stays so"
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=held["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(sqs, url) == ["held"]
    fifo_send["QueueUrl"] = sqs.get_queue_url(QueueName="q.fifo")["QueueUrl"]
    assert sqs.send_message(MessageBody="1", **fifo_send)["MessageId"] == first["MessageId"], "a duplicate is still told"


TEMPLATE = """
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 7
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn}]
Outputs:
  Url: {Value: !Ref Queue}
  Name: {Value: !GetAtt Queue.QueueName}
"""


def test_stacks_make_queues(cloud, sqs, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    cloud.aws("cloudformation", "deploy", "--stack-name", "s", "--template-file", str(template))
    outputs = cloud.client("cloudformation").describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    assert outputs["Url"].endswith(f"/{ACCOUNT}/{outputs['Name']}")
    attributes = sqs.get_queue_attributes(QueueUrl=outputs["Url"], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "7" and "sns.amazonaws.com" in attributes["Policy"]
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3
    cloud.aws("cloudformation", "delete-stack", "--stack-name", "s")
    until(lambda: "QueueUrls" not in sqs.list_queues(), "removed")


def test_a_function_s_dead_letters_come_to_a_queue(cloud, sqs):
    url = queue(sqs, "dead")
    cloud.function("f", DeadLetterConfig={"TargetArn": arn("dead")})
    functions = cloud.client("lambda")
    # AWS: what may not run at all is given up at once.
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    functions.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 1}')
    letter = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=["All"])["Messages"][0]
    assert json.loads(letter["Body"]) == {"n": 1}
    assert {"RequestID", "ErrorCode", "ErrorMessage"} <= set(letter["MessageAttributes"])
