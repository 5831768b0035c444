"""The templates to start from: each is deployed as it is and does what its README says."""

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import until
from test_apis import fetch

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
# Where their crates are built, by their own tests too.
TARGET = Path(os.environ.get("CUMULO_TEMPLATES_TARGET", TEMPLATES.parent / "target/templates"))


@pytest.fixture
def deployed(cloud, tmp_path):
    """Deploys a template by the AWS CLI. Its outputs."""

    def deploy(name, folder=None):
        cloud.client("s3").create_bucket(Bucket="packages")
        packaged = tmp_path / "packaged.yaml"
        template = (folder or TEMPLATES / name) / "template.yaml"
        cloud.aws(
            *["cloudformation", "package", "--template-file", template, "--s3-bucket", "packages"],
            *["--output-template-file", packaged],
        )
        cloud.aws(
            *["cloudformation", "deploy", "--template-file", packaged, "--stack-name", name],
            *["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        stack = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    return deploy


def logged(cloud, function, text):
    """Awaits a text in a function's log."""
    logs = cloud.client("logs")

    def found():
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return None
        return next((event["message"] for event in events if text in event["message"]), None)

    return until(found, f"{text} in the log of {function}")


def test_jobs_are_worked_off_and_those_that_fail_lie_apart(cloud, deployed):
    outputs = deployed("queue-worker")
    sqs = cloud.client("sqs")
    jobs, dead = outputs["QueueUrl"], outputs["DeadQueueUrl"]
    # What fails comes again at once here, and not after half a minute.
    sqs.set_queue_attributes(QueueUrl=jobs, Attributes={"VisibilityTimeout": "1"})
    good = sqs.send_message(QueueUrl=jobs, MessageBody=json.dumps({"numbers": [1, 2, 3]}))["MessageId"]
    logged(cloud, outputs["FunctionName"], f"{good}: the sum is 6")
    wrong = sqs.send_message(QueueUrl=jobs, MessageBody="no job")["MessageId"]
    logged(cloud, outputs["FunctionName"], f"{wrong}: ")

    def buried():
        return sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=5).get("Messages")

    assert [message["Body"] for message in until(buried, "the dead letter")] == ["no job"]


def test_an_order_is_heard_by_whom_it_concerns(cloud, deployed):
    outputs = deployed("fan-out")
    sns = cloud.client("sns")

    def publish(message, **attributes):
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        sns.publish(TopicArn=outputs["TopicArn"], Message=message, MessageAttributes=attributes)

    publish("a letter", delivery="mail")
    publish("three pears", delivery="express-today")
    logged(cloud, outputs["LedgerName"], "noted: a letter")
    logged(cloud, outputs["LedgerName"], "noted: three pears")
    logged(cloud, outputs["ShippingName"], "shipped by express-today: three pears")
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{outputs['ShippingName']}")["events"]
    assert not any("a letter" in event["message"] for event in events)


@pytest.mark.parametrize("name", ["crud-node", "crud-python"])
def test_items_live_in_a_bucket(cloud, deployed, name):
    outputs = deployed(name)
    check_items(cloud, outputs["ApiId"], outputs["BucketName"])


def test_items_of_a_program_live_in_a_bucket(cloud, deployed, tmp_path):
    source, folder = TEMPLATES / "crud-rust", tmp_path / "crud-rust"
    build = ["cargo", "build", "--quiet", "--locked", "--manifest-path", source / "Cargo.toml"]
    subprocess.run(build, env=os.environ | {"CARGO_TARGET_DIR": str(TARGET)}, check=True)
    # As the IDE deploys it: the program that the template's package is compiled to.
    folder.mkdir()
    shutil.copy(source / "template.yaml", folder)
    shutil.copy(TARGET / "debug/crud-rust", folder / "bootstrap")
    outputs = deployed("crud-rust", folder)
    check_items(cloud, outputs["ApiId"], outputs["BucketName"])


def check_items(cloud, api, bucket):
    """A REST API of items, through one item's life, races for it, refusals and a list in pages."""

    def ask(expected, method, path, body=None, **headers):
        headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
        answer = fetch(cloud, api, path, method, body and json.dumps(body).encode(), headers)
        assert answer.status == expected, answer.body
        return json.loads(answer.body) if answer.body else None, answer.headers

    pear, more = {"name": "pear", "quantity": 3}, {"name": "pear ü", "quantity": 4}
    made, headers = ask(201, "POST", "/items", pear)
    path = headers["location"]
    assert (path, headers["etag"]) == (f"/items/{made['id']}", made["etag"])
    assert ask(200, "GET", path)[0] == made == {"id": made["id"], **pear, "etag": made["etag"]}
    ask(428, "PUT", path, more)
    changed, _ = ask(200, "PUT", path, more, if_match=made["etag"])
    assert changed["etag"] != made["etag"] and ask(200, "GET", path)[0] == changed
    # Who still has the state before changes and deletes nothing.
    ask(412, "PUT", path, pear, if_match=made["etag"])
    ask(412, "DELETE", path, if_match=made["etag"])
    ask(412, "PUT", path, pear, if_none_match="*")
    assert ask(200, "GET", path)[0] == changed
    ask(204, "DELETE", path, if_match=changed["etag"])
    for method, body, headers in [("GET", None, {}), ("DELETE", None, {}), ("PUT", pear, {"if_match": changed["etag"]})]:
        ask(404, method, path, body, **headers)

    refused, _ = ask(400, "POST", "/items", {"name": "", "quantity": "many", "colour": "green"})
    assert set(refused["errors"]) == {"name", "quantity", "colour"}
    assert fetch(cloud, api, "/items", "POST", b"no json").status == 400
    ask(404, "GET", "/nowhere")

    ids = [f"item-{number}" for number in range(5)]
    for number, id in enumerate(ids):
        ask(201, "POST", "/items", {"id": id, "name": "pear", "quantity": number})
    ask(409, "POST", "/items", {"id": ids[0], **pear})
    ask(204, "DELETE", f"/items/{ids.pop()}")
    page, _ = ask(200, "GET", "/items?limit=3")
    assert [item["id"] for item in page["items"]] == ids[:3]
    rest, _ = ask(200, "GET", f"/items?limit=3&next={quote(page['next'], safe='')}")
    assert [item["id"] for item in rest["items"]] == ids[3:] and "next" not in rest
    ask(400, "GET", "/items?next=nowhere")
    ask(400, "GET", "/items?limit=0")
    stored = cloud.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [object["Key"] for object in stored] == [f"items/{id}" for id in ids]

    with ThreadPoolExecutor(8) as together:
        raced = json.dumps({"id": "raced", **pear}).encode()
        answers = together.map(lambda _: fetch(cloud, api, "/items", "POST", raced).status, range(8))
        assert sorted(answers) == [201] + [409] * 7
