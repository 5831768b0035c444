"""SNS by boto3 and the AWS CLI: topics, subscriptions, filters, HTTP endpoints, stacks, crashes."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError
from conftest import until

ACCOUNT = "000000000000"


@pytest.fixture
def sns(cloud):
    return cloud.client("sns")


@pytest.fixture
def endpoint():
    """An HTTP endpoint that keeps what it is told."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append((dict(self.headers), json.loads(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()


def topic(sns, name, **attributes):
    return sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]


def confirmed(sns, arn, url, told, **attributes):
    sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=url, Attributes=attributes)
    headers, question = until(lambda: told and told.pop(0), "the question")
    assert headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    return sns.confirm_subscription(TopicArn=arn, Token=question["Token"])["SubscriptionArn"]


def refused(call, code):
    with pytest.raises(ClientError) as error:
        call()
    assert error.value.response["Error"]["Code"] == code
    return error.value.response["Error"]["Message"]


def test_topics_are_made_listed_and_removed(cloud, sns):
    arn = topic(sns, "t", DisplayName="d")
    assert arn == f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "d"
    for n in range(105):
        topic(sns, f"many-{n}")
    pages = sns.get_paginator("list_topics").paginate()
    assert len([found for page in pages for found in page["Topics"]]) == 106
    assert arn in cloud.aws("sns", "list-topics", "--query", "Topics[].TopicArn", "--output", "text").split()
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "k", "Value": "v"}])
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    sns.delete_topic(TopicArn=arn)
    assert refused(lambda: sns.publish(TopicArn=arn, Message="m"), "NotFound") == "Topic does not exist"


def test_an_http_endpoint_confirms_and_is_told(sns, endpoint):
    url, told = endpoint
    arn = topic(sns, "t")
    subscription = confirmed(sns, arn, url, told, FilterPolicy=json.dumps({"kind": ["wanted"]}))
    for kind in ("unwanted", "wanted"):
        sns.publish(
            TopicArn=arn,
            Message=kind,
            Subject="s",
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
        )
    headers, body = until(lambda: told and told.pop(0), "the notification")
    assert headers["x-amz-sns-subscription-arn"] == subscription
    assert (body["Type"], body["Message"], body["Subject"]) == ("Notification", "wanted", "s")
    assert body["MessageAttributes"] == {"kind": {"Type": "String", "Value": "wanted"}}
    sns.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"] == []


def test_what_was_published_survives_a_crash(cloud, sns, endpoint):
    url, told = endpoint
    arn = topic(sns, "t")
    confirmed(sns, arn, url, told)
    for n in range(20):
        sns.publish(TopicArn=arn, Message=str(n))
    cloud.kill()
    cloud.start()
    until(lambda: {body["Message"] for _, body in told} >= {str(n) for n in range(20)}, "every message")


def test_batches_and_fifo_topics(sns):
    arn = topic(sns, "f.fifo", FifoTopic="true", ContentBasedDeduplication="true")
    entries = [{"Id": str(n), "Message": str(n), "MessageGroupId": "g"} for n in range(3)]
    first = sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
    again = sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
    assert (first["Successful"], first["Failed"]) == (again["Successful"], [])
    numbers = [entry["SequenceNumber"] for entry in first["Successful"]]
    assert numbers == sorted(numbers) and len(set(numbers)) == 3
    entries = [{"Id": str(n), "Message": "m"} for n in range(11)]
    refused(lambda: sns.publish_batch(TopicArn=topic(sns, "t"), PublishBatchRequestEntries=entries), "TooManyEntriesInBatchRequest")


def test_a_stack_has_a_topic_with_a_subscription(cloud, sns):
    template = {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "stacked"}},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Topic"},
                    "Protocol": "sqs",
                    "Endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q",
                    "FilterPolicy": {"a": ["b"]},
                },
            },
        }
    }
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:stacked"
    found = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"][0]["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=found)["Attributes"]["FilterPolicy"] == '{"a":["b"]}'
    stacks.delete_stack(StackName="s")
    stacks.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    refused(lambda: sns.get_topic_attributes(TopicArn=arn), "NotFound")
