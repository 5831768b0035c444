"""Durable functions with AWS's SDK for Python as it comes: in the function's package, and boto3 outside."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from conftest import HERE, ROLE, Cloud, until, zipped
from test_apis import fetch
from test_identity import refused
from test_templates import TEMPLATES, deployed  # noqa: F401

# It has an environment of its own, because it needs newer clients than the others do.
PYTHON = os.environ.get("CUMULO_DURABLE", sys.executable)
RUNTIME = f"python3.{sys.version_info.minor}"
# A function's first invocation reads all of boto3.
PATIENT = Config(read_timeout=120, retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def libraries():
    """The files of the SDK and of what it needs: of botocore the model of Lambda alone."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    libraries = Path(subprocess.check_output([PYTHON, "-c", where], text=True).strip())
    needed = ["aws_durable_execution_sdk_python", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3", "six.py"]
    files = {}
    for name in needed:
        found = libraries / name
        assert found.exists(), f"{PYTHON} lacks {name}: pip install -r e2e/aws/requirements-durable.txt"
        for file in [found] if found.is_file() else found.rglob("*"):
            path = file.relative_to(libraries)
            is_other = path.parts[:2] == ("botocore", "data") and len(path.parts) > 3 and path.parts[2] != "lambda"
            if file.is_file() and "__pycache__" not in path.parts and not is_other:
                files[str(path)] = file.read_bytes()
    return files


@pytest.fixture(scope="session")
def code(libraries):
    """A package with the functions."""
    return zipped(libraries | {"durable.py": (HERE / "functions" / "durable.py").read_bytes()})


def make(cloud, code, name="durable", handler="durable.handler", timeout=300, role=ROLE):
    functions = cloud.client("lambda", config=PATIENT)
    config = {"DurableConfig": {"ExecutionTimeout": timeout, "RetentionPeriodInDays": 1}} if timeout else {}
    functions.create_function(
        FunctionName=name,
        Runtime=RUNTIME,
        Handler=handler,
        Role=role,
        Code={"ZipFile": code},
        Timeout=60,
        MemorySize=512,
        **config,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return functions


def run(functions, event, name="durable"):
    answer = functions.invoke(FunctionName=name, Qualifier="$LATEST", Payload=json.dumps(event))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read()), answer["DurableExecutionArn"]


def start(functions, event, **others):
    answer = functions.invoke(
        FunctionName="durable", Qualifier="$LATEST", InvocationType="Event", Payload=json.dumps(event), **others
    )
    assert answer["StatusCode"] == 202
    return answer["DurableExecutionArn"]


def history(functions, arn):
    pages = functions.get_paginator("get_durable_execution_history").paginate(DurableExecutionArn=arn, MaxItems=5)
    events = [event for page in pages for event in page["Events"]]
    assert [event["EventId"] for event in events] == list(range(1, len(events) + 1))
    return events


def kinds(functions, arn):
    return [event["EventType"] for event in history(functions, arn)]


def ended(functions, arn, status):
    def is_so():
        found = functions.get_durable_execution(DurableExecutionArn=arn)
        return found if found["Status"] != "RUNNING" else None

    end = time.monotonic() + 90
    while not (found := is_so()):
        assert time.monotonic() < end, kinds(functions, arn)
        time.sleep(0.1)
    assert found["Status"] == status, found
    return found


def callback(functions, arn):
    def started():
        details = [event["CallbackStartedDetails"] for event in history(functions, arn) if "CallbackStartedDetails" in event]
        return details and details[0]["CallbackId"]

    return until(started, "the callback")


def post(cloud, method, path):
    """What the pinned boto3 does not know yet."""
    request = AWSRequest(method, f"{cloud.url}/2025-12-01/durable-executions/{path}", data=b"{}" if method == "POST" else None)
    keys = Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])
    SigV4Auth(keys, "lambda", cloud.ready["region"]).add_auth(request)
    with urlopen(Request(request.url, request.data, dict(request.headers), method=method)) as answer:
        return answer.status


def test_steps_waits_retries_and_branches_go_on_where_they_were(cloud, code):
    functions = make(cloud, code)
    error, answer, arn = run(functions, {"do": "journey", "n": 3})
    assert (error, answer) == (None, {"first": 4, "attempts": 3, "tens": [10, 20], "both": ["a", "b"]})
    told = history(functions, arn)
    of = [event["EventType"] for event in told if event.get("Name") in ("first", "pause", "flaky")]
    flaky = ["StepStarted", "StepFailed"] * 2 + ["StepStarted", "StepSucceeded"]
    assert of == ["StepStarted", "StepSucceeded", "WaitStarted", "WaitSucceeded", *flaky]
    assert told[-1]["ExecutionSucceededDetails"]["Result"]["Payload"] == json.dumps(answer)
    compact = functions.get_durable_execution_history(DurableExecutionArn=arn, IncludeExecutionData=False)["Events"]
    assert compact[0]["ExecutionStartedDetails"]["Input"] == {"Truncated": True}
    found = functions.get_durable_execution(DurableExecutionArn=arn)
    assert (found["Status"], found["Version"], json.loads(found["InputPayload"])) == ("SUCCEEDED", "$LATEST", {"do": "journey", "n": 3})
    error, answer, _ = run(functions, {"do": "large"})
    assert (error, answer) == (None, 2_400_000), "the state is told in parts"


def test_callbacks_calls_and_failures(cloud, code):
    functions = make(cloud, code)
    make(cloud, code, "plain", "durable.plain", None)
    arn = start(functions, {"do": "asking"})
    question = callback(functions, arn)
    functions.send_durable_execution_callback_heartbeat(CallbackId=question)
    functions.send_durable_execution_callback_success(CallbackId=question, Result=b"yes")
    assert json.loads(ended(functions, arn, "SUCCEEDED")["Result"]) == "yes"
    refused(lambda: functions.send_durable_execution_callback_success(CallbackId=question), "CallbackTimeoutException", 400)
    arn = start(functions, {"do": "asking"})
    error = {"ErrorType": "Rejected", "ErrorMessage": "not so"}
    functions.send_durable_execution_callback_failure(CallbackId=callback(functions, arn), Error=error)
    assert ended(functions, arn, "FAILED")["Error"]["ErrorMessage"] == "not so"
    error, answer, arn = run(functions, {"do": "asking", "timeout": 1})
    assert error == "Unhandled" and "CallbackTimedOut" in kinds(functions, arn), answer
    calls = {"do": "calling", "durable": "durable:$LATEST", "plain": "plain"}
    error, answer, arn = run(functions, calls)
    assert (error, answer) == (None, [2, {"got": {"x": 1}}])
    child = next(event for event in history(functions, arn) if event["EventType"] == "ChainedInvokeStarted")
    child = child["ChainedInvokeStartedDetails"]["DurableExecutionArn"]
    assert functions.get_durable_execution(DurableExecutionArn=child)["Status"] == "SUCCEEDED"
    error, answer, arn = run(functions, {"do": "failing"})
    assert (error, answer["errorMessage"]) == ("Unhandled", "wanted")
    arn = start(functions, {"do": "crashing"})
    crashed = until(lambda: [event for event in history(functions, arn) if event.get("InvocationCompletedDetails", {}).get("Error")], "a crash")
    assert crashed[0]["InvocationCompletedDetails"]["Error"]["Payload"]["ErrorType"] == "Runtime.ExitError"
    functions.stop_durable_execution(DurableExecutionArn=arn)
    assert functions.get_durable_execution(DurableExecutionArn=arn)["Status"] == "STOPPED"


def test_executions_are_named_listed_paused_and_deleted(cloud, code):
    functions = make(cloud, code)
    first = start(functions, {"do": "asking"}, DurableExecutionName="mine")
    assert start(functions, {"do": "asking"}, DurableExecutionName="mine") == first
    refused(lambda: start(functions, {"do": "failing"}, DurableExecutionName="mine"), "DurableExecutionAlreadyStartedException", 409)
    second = start(functions, {"do": "waiting", "seconds": 1})
    ended(functions, second, "SUCCEEDED")
    listed = functions.list_durable_executions_by_function(FunctionName="durable")["DurableExecutions"]
    assert [execution["DurableExecutionArn"] for execution in listed] == [second, first]
    running = functions.list_durable_executions_by_function(FunctionName="durable", Statuses=["RUNNING"])["DurableExecutions"]
    assert [execution["DurableExecutionName"] for execution in running] == ["mine"]
    question = callback(functions, first)
    until(lambda: kinds(functions, first)[-1] == "InvocationCompleted", "the end of the invocation")
    path = quote(first, safe="")
    assert post(cloud, "POST", f"{path}/pause") == 202
    assert functions.get_durable_execution(DurableExecutionArn=first)["Status"] == "PAUSED"
    functions.send_durable_execution_callback_success(CallbackId=question, Result=b"1")
    time.sleep(1)
    assert functions.get_durable_execution(DurableExecutionArn=first)["Status"] == "PAUSED"
    assert post(cloud, "POST", f"{path}/resume") == 202
    ended(functions, first, "SUCCEEDED")
    assert post(cloud, "DELETE", path) == 202
    until(lambda: len(functions.list_durable_executions_by_function(FunctionName="durable")["DurableExecutions"]) == 1, "its end")
    refused(lambda: functions.get_durable_execution(DurableExecutionArn=first), "ResourceNotFoundException", 404)
    refused(lambda: functions.invoke(FunctionName="durable"), "InvalidParameterValueException", 400)


def test_executions_go_on_after_a_crash(cloud, code):
    functions = make(cloud, code)
    arns = [start(functions, event) for event in ({"do": "waiting", "seconds": 3}, {"do": "journey", "n": 1}, {"do": "asking"})]
    question = callback(functions, arns[2])
    for _ in range(3):
        cloud.kill()
        cloud.start()
        functions = cloud.client("lambda", config=PATIENT)
        time.sleep(0.7)
    functions.send_durable_execution_callback_success(CallbackId=question, Result=b"still")
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(lambda arn: json.loads(ended(functions, arn, "SUCCEEDED")["Result"]), arns))
    assert ends == ["over", {"first": 2, "attempts": 3, "tens": [10, 20], "both": ["a", "b"]}, "still"]
    assert kinds(functions, arns[1]).count("ExecutionSucceeded") == 1


def test_a_role_needs_leave_to_keep_what_its_function_says(tmp_path, code):
    cloud = Cloud(tmp_path, "--permissions", "enforce")
    try:
        iam = cloud.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName="durable", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
        functions = make(cloud, code, role=role)
        event = {"do": "waiting", "seconds": 1}
        error, answer, _ = run(functions, event)
        assert error == "Unhandled" and "AccessDenied" in json.dumps(answer), answer
        allow = {
            "Effect": "Allow",
            "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
            "Resource": "arn:aws:lambda:*:*:function:durable:*",
        }
        allowed = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName="durable", PolicyName="own", PolicyDocument=allowed)
        assert run(functions, event)[:2] == (None, "over")
    except BaseException:
        cloud.process.kill()
        raise
    cloud.stop()


def test_an_order_of_the_template_is_shipped_once_and_a_large_one_is_decided(cloud, deployed, libraries, tmp_path):
    folder = tmp_path / "durable-order"
    shutil.copytree(TEMPLATES / "durable-order", folder)
    # As the IDE deploys it: with what the code requires beside it.
    for name, content in libraries.items():
        file = folder / "orders" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    api = deployed("durable-order", folder)["ApiId"]

    def ask(expected, method, path, body=None):
        answer = fetch(cloud, api, path, method, body and json.dumps(body).encode())
        assert answer.status == expected, answer.body
        return json.loads(answer.body)

    def becomes(order, status):
        return until(lambda: (seen := ask(200, "GET", f"/orders/{order}"))["status"] == status and seen, status)

    pears = {"items": [{"name": "pears", "price": 3, "quantity": 4}], "unreachable": 2}
    assert ask(404, "GET", "/orders/a1")["message"] == "There is no order a1."
    ask(202, "PUT", "/orders/a1", pears)
    ask(202, "PUT", "/orders/a1", pears)
    shipped = {"id": "a1", "status": "shipped", "total": 12, "receipt": "receipt-a1-12", "parcel": "parcel-a1"}
    assert becomes("a1", "shipped") == shipped
    ask(409, "PUT", "/orders/a1", pears | {"unreachable": 0})
    assert ask(400, "PUT", "/orders/a1", {"items": []})["faults"] == ["items: a list of 1 to 50"]
    ask(409, "POST", "/orders/a1/decision", {"approved": True})
    for order, approved, status in [("a2", True, "shipped"), ("a3", False, "declined")]:
        ask(202, "PUT", f"/orders/{order}", {"items": [{"name": "piano", "price": 9000, "quantity": 1}]})
        becomes(order, "to-be-decided")
        ask(202, "POST", f"/orders/{order}/decision", {"approved": approved})
        assert becomes(order, status)["total"] == 9000
