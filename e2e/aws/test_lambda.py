"""Functions by boto3 and the AWS CLI: made, invoked, versioned, refused."""

import base64
import json
import os

from conftest import ROLE, package, saying, until, zipped
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


def test_a_function_by_the_cli(cloud, tmp_path):
    (tmp_path / "echo.zip").write_bytes(package("echo"))
    (tmp_path / "greet.zip").write_bytes(package("greet"))
    out = tmp_path / "out.json"
    cloud.aws("lambda", "create-function", "--function-name", "f", "--runtime", "provided.al2023", "--handler", "bootstrap",
              "--role", ROLE, "--zip-file", f"fileb://{tmp_path / 'echo.zip'}")
    cloud.aws("lambda", "wait", "function-active-v2", "--function-name", "f")
    cloud.aws("lambda", "invoke", "--function-name", "f", "--payload", '{"n": 1}', out)
    assert json.loads(out.read_text()) == {"n": 1}
    cloud.aws("lambda", "update-function-code", "--function-name", "f", "--zip-file", f"fileb://{tmp_path / 'greet.zip'}")
    cloud.aws("lambda", "wait", "function-updated-v2", "--function-name", "f")
    cloud.aws("lambda", "invoke", "--function-name", "f", out)
    assert json.loads(out.read_text())["body"] == "hello"
    assert "ResourceNotFoundException" in cloud.aws("lambda", "get-function", "--function-name", "none", status=255)
    cloud.aws("lambda", "delete-function", "--function-name", "f")


def test_a_package_from_a_bucket(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key="greet.zip", Body=package("greet"))
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="f", Runtime="provided.al2023", Handler="bootstrap", Role=ROLE,
        Code={"S3Bucket": "packages", "S3Key": "greet.zip"},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    assert json.load(functions.invoke(FunctionName="f")["Payload"])["body"] == "hello"


def test_aliases_point_at_versions(cloud):
    functions = cloud.client("lambda")
    cloud.function("f")
    functions.publish_version(FunctionName="f")
    functions.update_function_code(FunctionName="f", ZipFile=package("greet"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    functions.publish_version(FunctionName="f")
    arn = functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")["AliasArn"]
    assert functions.invoke(FunctionName=arn, Payload=b"7")["ExecutedVersion"] == "1"
    functions.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    assert functions.invoke(FunctionName="f", Qualifier="live")["ExecutedVersion"] == "2"
    assert [a["Name"] for a in functions.list_aliases(FunctionName="f")["Aliases"]] == ["live"]
    refused(lambda: functions.delete_function(FunctionName="f", Qualifier="2"), "ResourceConflictException", 409)
    functions.delete_alias(FunctionName="f", Name="live")
    functions.delete_function(FunctionName="f", Qualifier="2")
    listed = functions.list_versions_by_function(FunctionName="f")["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST", "1"]


def test_what_goes_wrong_in_a_function_is_told_to_who_asked(cloud):
    functions = cloud.client("lambda")
    cloud.function("trap", "trap")
    cloud.function("loop", "loop", Timeout=1)
    cloud.function("large", zip=saying('"' + "x" * 6_291_556 + '"'))
    cloud.function("none", zip=zipped({"index.py": b""}))
    cloud.function("nonsense", zip=zipped({"bootstrap.wasm": b"not a module"}))
    for name, kind, part in [
        ("trap", "Runtime.ExitError", "Error: "),
        ("loop", "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
        ("large", "Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes)."),
        ("none", "Runtime.InvalidEntrypoint", ""),
        ("nonsense", "Runtime.InvalidEntrypoint", ""),
    ]:
        failed = functions.invoke(FunctionName=name, Payload=b"{}")
        said = json.load(failed["Payload"])
        assert (failed["StatusCode"], failed["FunctionError"]) == (200, "Unhandled"), name
        assert (said["errorType"], part in said["errorMessage"]) == (kind, True), said


WRONG = [
    # What of a good function is otherwise; the code; part of the message.
    ({"MemorySize": 10_241}, "ValidationException", "Value '10241' at 'memorySize' failed to satisfy constraint"),
    ({"Timeout": 901}, "ValidationException", "Member must have value less than or equal to 900"),
    ({"Role": "nobody"}, "ValidationException", "at 'role' failed to satisfy constraint: Member must satisfy regular"),
    ({"Runtime": "cobol"}, "InvalidParameterValueException", "at 'runtime' failed to satisfy constraint: Member must satisfy enum"),
    ({"Runtime": "python2.7"}, "InvalidParameterValueException", "no longer supported"),
    ({"Handler": "a b"}, "ValidationException", "at 'handler'"),
    ({"FunctionName": "f" * 65}, "InvalidParameterValueException", "Member must have length less than or equal to 64"),
    ({"FunctionName": "no names"}, "ValidationException", "at 'functionName'"),
    ({"Environment": {"Variables": {"BIG": "x" * 4097}}}, "InvalidParameterValueException", "exceeded the 4KB limit"),
    ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "InvalidParameterValueException", "reserved keys"),
    ({"Environment": {"Variables": {"1A": "x"}}}, "ValidationException", "at 'environment.variables'"),
    ({"Environment": {"Variables": {"NUL": "a\0b"}}}, "InvalidParameterValueException", "not allowed"),
    ({"EphemeralStorage": {"Size": 10_241}}, "ValidationException", "at 'ephemeralStorage.size'"),
    ({"Code": {}}, "InvalidParameterValueException", "Please provide a source for function code."),
    ({"Code": {"ZipFile": b"no archive"}}, "InvalidParameterValueException", "Could not unzip uploaded file."),
    ({"Code": {"S3Bucket": "none", "S3Key": "k"}}, "InvalidParameterValueException", "S3 Error Code: NoSuchBucket"),
    ({"Code": {"ZipFile": zipped({"bomb": b"\0" * 262_144_001})}}, "InvalidParameterValueException",
     "Unzipped size must be smaller than 262144000 bytes"),
    ({"PackageType": "Image"}, "InvalidParameterValueException", "Please provide ImageUri"),
]


def test_wrong_functions_are_refused(cloud):
    functions = cloud.client("lambda")
    good = {
        "FunctionName": "f", "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": ROLE,
        "Code": {"ZipFile": package("echo")},
    }
    for otherwise, code, part in WRONG:
        message = refused(lambda: functions.create_function(**{**good, **otherwise}), code, 400)
        assert part in message, (otherwise, message)
    assert functions.list_functions()["Functions"] == []
    large = {**good, "Code": {"ZipFile": os.urandom(52 << 20)}}
    refused(lambda: functions.create_function(**large), "RequestEntityTooLargeException", 413)


def test_other_refusals_are_lambda_s(cloud):
    functions = cloud.client("lambda")
    message = refused(lambda: functions.get_function(FunctionName="none"), "ResourceNotFoundException", 404)
    assert message == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none"
    cloud.function("echo")
    message = refused(lambda: cloud.function("echo"), "ResourceConflictException", 409)
    assert message == "Function already exist: echo"
    elsewhere = "arn:aws:lambda:eu-west-1:000000000000:function:echo"
    stale = "00000000-0000-0000-0000-000000000000"
    principal = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "nobody"}
    for call, code, status in [
        (lambda f: f.invoke(FunctionName="none"), "ResourceNotFoundException", 404),
        (lambda f: f.invoke(FunctionName="echo", Qualifier="9"), "ResourceNotFoundException", 404),
        (lambda f: f.invoke(FunctionName=elsewhere), "ResourceNotFoundException", 404),
        (lambda f: f.invoke(FunctionName="111111111111:function:echo"), "AccessDeniedException", 403),
        (lambda f: f.invoke(FunctionName="echo", Payload=b"{"), "InvalidRequestContentException", 400),
        (lambda f: f.invoke(FunctionName="echo", InvocationType="Later"), "ValidationException", 400),
        (lambda f: f.invoke(FunctionName="echo", Payload=b'"' + b"x" * 6_291_456 + b'"'), "RequestTooLargeException", 413),
        (
            lambda f: f.invoke(FunctionName="echo", InvocationType="Event", Payload=b'"' + b"x" * 1_048_575 + b'"'),
            "RequestTooLargeException",
            413,
        ),
        (
            lambda f: f.update_function_code(FunctionName="echo", ZipFile=package("echo"), RevisionId=stale),
            "PreconditionFailedException",
            412,
        ),
        (lambda f: f.delete_function(FunctionName="echo", Qualifier="$LATEST"), "InvalidParameterValueException", 400),
        (lambda f: f.create_alias(FunctionName="echo", Name="12", FunctionVersion="$LATEST"), "ValidationException", 400),
        (lambda f: f.create_alias(FunctionName="echo", Name="a", FunctionVersion="9"), "ResourceNotFoundException", 404),
        (lambda f: f.get_policy(FunctionName="echo"), "ResourceNotFoundException", 404),
        (lambda f: f.add_permission(FunctionName="echo", **principal), "InvalidParameterValueException", 400),
    ]:
        refused(lambda: call(functions), code, status)
    functions.put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=0)
    refused(lambda: functions.invoke(FunctionName="echo"), "TooManyRequestsException", 429)


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
