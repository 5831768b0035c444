"""Functions by boto3 and the AWS CLI: made, invoked, versioned, refused."""

import base64
import json

from conftest import package, until
from test_identity import refused


def test_a_function_lives(cloud):
    functions = cloud.client("lambda")
    made = cloud.function("echo", MemorySize=256, Timeout=7, Environment={"Variables": {"COLOUR": "blue"}})
    assert made["FunctionArn"] == "arn:aws:lambda:us-east-1:000000000000:function:echo"
    shown = functions.get_function_configuration(FunctionName="echo")
    assert (shown["MemorySize"], shown["Timeout"]) == (256, 7)
    assert shown["Environment"]["Variables"] == {"COLOUR": "blue"}
    functions.update_function_configuration(FunctionName="echo", Timeout=9)
    assert functions.get_function(FunctionName="echo")["Configuration"]["Timeout"] == 9
    assert [f["FunctionName"] for f in functions.list_functions()["Functions"]] == ["echo"]
    assert '"echo"' in cloud.aws("lambda", "list-functions")
    functions.delete_function(FunctionName="echo")
    assert functions.list_functions()["Functions"] == []


def test_an_invocation_answers_with_its_log(cloud):
    functions = cloud.client("lambda")
    cloud.function("echo")
    answer = functions.invoke(FunctionName="echo", Payload=b'{"n": 1}', LogType="Tail")
    assert answer["StatusCode"] == 200 and "FunctionError" not in answer
    assert json.load(answer["Payload"]) == {"n": 1}
    tail = base64.b64decode(answer["LogResult"]).decode()
    for part in ("START RequestId: ", "echo was here", "END RequestId: ", "REPORT RequestId: ", "Billed Duration: "):
        assert part in tail, tail
    logs = cloud.client("logs")

    def written():
        groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/echo")["logGroups"]
        return groups and any(
            "echo was here" in event["message"]
            for event in logs.filter_log_events(logGroupName="/aws/lambda/echo")["events"]
        )

    until(written, "the function's log")
    assert "echo was here" in cloud.aws("logs", "filter-log-events", "--log-group-name", "/aws/lambda/echo")


def test_the_other_kinds_of_invocation(cloud):
    functions = cloud.client("lambda")
    cloud.function("echo")
    cloud.function("trap", "trap")
    assert functions.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"] == 204
    assert functions.invoke(FunctionName="echo", InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
    failed = functions.invoke(FunctionName="trap", Payload=b"{}")
    assert (failed["StatusCode"], failed["FunctionError"]) == (200, "Unhandled")
    assert "errorMessage" in json.load(failed["Payload"])


def test_versions_keep_their_code(cloud):
    functions = cloud.client("lambda")
    cloud.function("f")
    assert functions.publish_version(FunctionName="f")["Version"] == "1"
    functions.update_function_code(FunctionName="f", ZipFile=package("greet"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    first = functions.invoke(FunctionName="f", Qualifier="1", Payload=b"[1]")
    assert (first["ExecutedVersion"], json.load(first["Payload"])) == ("1", [1])
    latest = functions.invoke(FunctionName="f", Payload=b"[1]")
    assert json.load(latest["Payload"])["body"] == "hello"


def test_refusals_are_lambda_s(cloud):
    functions = cloud.client("lambda")
    message = refused(lambda: functions.get_function(FunctionName="none"), "ResourceNotFoundException", 404)
    assert message == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none"
    cloud.function("echo")
    message = refused(lambda: cloud.function("echo"), "ResourceConflictException", 409)
    assert message == "Function already exist: echo"
    refused(lambda: functions.invoke(FunctionName="echo", Payload=b"{"), "InvalidRequestContentException", 400)


def test_permissions_are_kept_once(cloud):
    functions = cloud.client("lambda")
    cloud.function("echo")
    given = dict(
        FunctionName="echo", StatementId="s", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    functions.add_permission(**given)
    refused(lambda: functions.add_permission(**given), "ResourceConflictException", 409)
    policy = json.loads(functions.get_policy(FunctionName="echo")["Policy"])
    assert [s["Sid"] for s in policy["Statement"]] == ["s"]
    functions.remove_permission(FunctionName="echo", StatementId="s")
    refused(lambda: functions.get_policy(FunctionName="echo"), "ResourceNotFoundException", 404)
