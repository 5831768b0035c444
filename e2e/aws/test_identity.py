"""Who signs, and what is said to those who sign wrongly or not at all."""

import datetime
import http.client
import json
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError


def refused(call, code, status):
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), answer
    return answer["Error"]["Message"]


def send(cloud, method, path, headers, body=b""):
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_ready_file_s_keys_are_the_account_s(cloud):
    me = cloud.client("sts").get_caller_identity()
    assert (me["Account"], me["Arn"]) == ("000000000000", "arn:aws:iam::000000000000:root")
    assert '"Account": "000000000000"' in cloud.aws("sts", "get-caller-identity")


def test_wrong_signatures_are_refused(cloud):
    unknown = {"aws_access_key_id": "AKIAUNKNOWN"}
    wrong = {"aws_secret_access_key": "wrong"}
    token = {"aws_session_token": "none"}
    for service, operation, keys, code, status in [
        ("sts", "get_caller_identity", unknown, "InvalidClientTokenId", 403),
        ("sts", "get_caller_identity", wrong, "SignatureDoesNotMatch", 403),
        ("sts", "get_caller_identity", token, "InvalidClientTokenId", 403),
        ("logs", "describe_log_groups", unknown, "UnrecognizedClientException", 403),
        ("logs", "describe_log_groups", wrong, "InvalidSignatureException", 403),
        ("lambda", "list_functions", unknown, "UnrecognizedClientException", 403),
        ("lambda", "list_functions", wrong, "InvalidSignatureException", 403),
        ("apigatewayv2", "get_apis", wrong, "InvalidSignatureException", 403),
        ("cloudformation", "describe_stacks", wrong, "SignatureDoesNotMatch", 403),
        ("s3", "list_buckets", unknown, "InvalidAccessKeyId", 403),
        ("s3", "list_buckets", wrong, "SignatureDoesNotMatch", 403),
        ("s3", "list_buckets", token, "InvalidToken", 400),
    ]:
        refused(getattr(cloud.client(service, **keys), operation), code, status)
    assert "SignatureDoesNotMatch" in cloud.aws("sts", "get-caller-identity", "--region", "mars-east-1", status=255)


def test_temporary_keys_are_themselves(cloud):
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    cloud.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)
    sts = cloud.client("sts")
    given = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/r", RoleSessionName="session")["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    assert cloud.client("sts", **keys).get_caller_identity()["Arn"] == "arn:aws:sts::000000000000:assumed-role/r/session"
    without = {**keys, "aws_session_token": None}
    refused(cloud.client("sts", **without).get_caller_identity, "InvalidClientTokenId", 403)


def signed(cloud, age=datetime.timedelta(0)):
    """The headers of a signed request for the log groups, made that long ago."""
    request = AWSRequest(
        "POST",
        f"{cloud.url}/",
        data=b"{}",
        headers={"content-type": "application/x-amz-json-1.1", "x-amz-target": "Logs_20140328.DescribeLogGroups"},
    )
    keys = Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])
    signer = SigV4Auth(keys, "logs", cloud.ready["region"])
    stamp = datetime.datetime.now(datetime.timezone.utc) - age
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: stamp):
        signer.add_auth(request)
    return dict(request.headers.items())


def test_no_bit_of_a_signed_request_may_change(cloud):
    headers = signed(cloud)
    assert send(cloud, "POST", "/", headers, b"{}")[0] == 200
    text = headers["Authorization"]
    for index in range(len(text)):
        for bit in range(7):
            letter = chr(ord(text[index]) ^ (1 << bit))
            if not letter.isprintable() or letter.lower() == text[index].lower():
                continue
            changed = {**headers, "Authorization": text[:index] + letter + text[index + 1 :]}
            status, body = send(cloud, "POST", "/", changed, b"{}")
            assert status in (400, 403), (index, letter, body)
    for method, path, more, body in [
        ("PUT", "/", {}, b"{}"),
        ("POST", "/x", {}, b"{}"),
        ("POST", "/?x=1", {}, b"{}"),
        ("POST", "/", {}, b"{ }"),
        ("POST", "/", {"x-amz-target": "Logs_20140328.DescribeLogStreams"}, b"{}"),
        ("POST", "/", {"x-amz-more": "unsigned"}, b"{}"),
        ("POST", "/", {"host": f"localhost:{cloud.port}"}, b"{}"),
    ]:
        status, answer = send(cloud, method, path, {**headers, **more}, body)
        assert status in (400, 403), (method, path, more, answer)


def test_clocks_may_differ_by_a_quarter_of_an_hour(cloud):
    for minutes, status in [(14, 200), (-14, 200), (16, 403), (-16, 403)]:
        headers = signed(cloud, datetime.timedelta(minutes=minutes))
        seen, body = send(cloud, "POST", "/", headers, b"{}")
        assert seen == status, body
        assert status == 200 or "InvalidSignatureException" in body


def test_what_is_not_here_says_so_in_the_form_of_its_protocol(cloud):
    for service, operation, arguments in [
        ("dynamodb", "list_tables", {}),
        ("kinesis", "list_streams", {}),
        ("rds", "describe_db_instances", {}),
        ("stepfunctions", "list_state_machines", {}),
        ("ec2", "describe_instances", {}),
        ("xray", "get_trace_summaries", {"StartTime": 1, "EndTime": 2}),
    ]:
        message = refused(
            lambda: getattr(cloud.client(service), operation)(**arguments), "UnknownOperationException", 404
        )
        assert message.startswith("This cloud has no service "), message
    asynchronous = cloud.client("lambda").invoke_async
    refused(lambda: asynchronous(FunctionName="f", InvokeArgs=b"{}"), "UnknownOperationException", 404)
    refused(cloud.client("logs").describe_queries, "UnknownOperationException", 400)
    refused(cloud.client("iam").list_users, "InvalidAction", 400)


def test_strangers_and_pages_are_kept_out(cloud):
    for method, path, headers, status, part in [
        ("GET", "/", {}, 403, "<Code>AccessDenied</Code>"),
        ("GET", "/2015-03-31/functions", {}, 403, "Missing Authentication Token"),
        ("POST", "/", {"x-amz-target": "Logs_20140328.DescribeLogGroups"}, 403, "MissingAuthenticationTokenException"),
        ("POST", "/?Action=GetCallerIdentity", {}, 403, "<Code>MissingAuthenticationToken</Code>"),
        ("GET", "/", {"host": "evil.example"}, 421, ""),
        ("GET", "/", {"origin": "http://evil.example"}, 403, "Web pages may not call this cloud."),
        ("GET", "/", {"sec-fetch-site": "cross-site"}, 403, "Web pages may not call this cloud."),
        ("OPTIONS", "/", {"origin": "null", "access-control-request-method": "PUT"}, 403, "Web pages may not"),
        ("GET", "/", {"authorization": "AWS a:b"}, 400, "Please use AWS4-HMAC-SHA256"),
        ("GET", "/", {"authorization": "AWS4-HMAC-SHA256 x"}, 400, "AuthorizationHeaderMalformed"),
    ]:
        seen, body = send(cloud, method, path, headers)
        assert (seen, part in body) == (status, True), (path, headers, body)
    assert json.loads(send(cloud, "GET", "/_cumulo/health", {})[1])["status"] == "ok"
