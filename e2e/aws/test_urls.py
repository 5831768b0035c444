"""Function URLs and answers that stream: made by AWS's client, called by strangers, by who signs, and piece by piece."""

import base64
import http.client
import json

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import ROLE, saying, zipped
from test_apis import Answer
from test_identity import refused

FORBIDDEN = "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"

STREAMING = """
const { HttpResponseStream } = awslambda;
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const asked = event.queryStringParameters ?? event;
  if (asked.fails === 'early') throw new Error('before anything');
  const prelude = { statusCode: 201, headers: { 'content-type': 'text/x', 'x-own': '1' }, cookies: ['a=1', 'b=2'] };
  if (asked.prelude) stream = HttpResponseStream.from(stream, prelude);
  else stream.setContentType('text/plain');
  stream.write('one,');
  if (asked.fails === 'late') throw new Error('in the middle');
  for (let count = 0; count < Number(asked.megabytes ?? 0); count++) {
    if (!stream.write('x'.repeat(1 << 20))) await new Promise((drained) => stream.once('drain', drained));
  }
  stream.write('two');
  stream.end();
});
"""


def connect(cloud, url, method, path, body=None, headers=()):
    """Asks a function URL by its host name; the path travels as it is."""
    host = url.split("//")[1].rstrip("/")
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"host": host, **dict(headers)}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    return connection.getresponse()


def fetch(*arguments, **others):
    return Answer(connect(*arguments, **others))


def event(answer):
    """The event that the function `mirror` was given: its answer is a text, which is the body."""
    assert answer.status == 200, answer.body
    return json.loads(bytes.fromhex(answer.body.decode()))


def publish(functions, name):
    functions.add_permission(
        FunctionName=name, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
    )
    functions.add_permission(
        FunctionName=name, StatementId="run", Action="lambda:InvokeFunction", Principal="*", InvokedViaFunctionUrl=True
    )


def test_a_url_lives(cloud):
    functions = cloud.client("lambda")
    arn = cloud.function("f", "mirror")["FunctionArn"]
    made = functions.create_function_url_config(FunctionName="f", AuthType="NONE", Cors={"AllowOrigins": ["https://a.example"]})
    url = made["FunctionUrl"]
    assert (made["FunctionArn"], made["AuthType"]) == (arn, "NONE")
    assert url.endswith(f".lambda-url.us-east-1.localhost:{cloud.port}/")
    refused(lambda: functions.create_function_url_config(FunctionName="f", AuthType="NONE"), "ResourceConflictException", 409)
    shut = fetch(cloud, url, "GET", "/")
    assert (shut.status, json.loads(shut.body)) == (403, {"Message": FORBIDDEN})
    publish(functions, "f")
    told = event(fetch(cloud, url, "POST", "/a%2Fb?x=1&x=2", b"hello", {"content-type": "text/plain", "cookie": "a=1"}))
    assert (told["rawPath"], told["queryStringParameters"], told["body"]) == ("/a%2Fb", {"x": "1,2"}, "hello")
    assert (told["cookies"], told["requestContext"]["accountId"]) == (["a=1"], "anonymous")
    identity = url.split("//")[1].split(".")[0]
    by_path = connect(cloud, cloud.url, "GET", f"/_aws/lambda-url/{identity}/x")
    assert event(Answer(by_path))["rawPath"] == "/x"
    asked = {"origin": "https://a.example", "access-control-request-method": "GET"}
    preflight = fetch(cloud, url, "OPTIONS", "/", None, asked)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (200, "https://a.example")
    cloud.kill()
    cloud.start()
    functions = cloud.client("lambda")
    kept = functions.get_function_url_config(FunctionName="f")
    # Another port, and the same name.
    assert kept["FunctionUrl"].split(".")[0] == url.split(".")[0]
    assert [each["FunctionArn"] for each in functions.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"]] == [arn]
    assert fetch(cloud, kept["FunctionUrl"], "GET", "/").status == 200
    functions.delete_function_url_config(FunctionName="f")
    assert fetch(cloud, kept["FunctionUrl"], "GET", "/").status == 404


def test_who_calls_a_url_of_iam_signs(cloud):
    cloud.function("f", "mirror")
    url = cloud.client("lambda").create_function_url_config(FunctionName="f", AuthType="AWS_IAM")["FunctionUrl"]
    assert fetch(cloud, url, "GET", "/").status == 403
    keys = cloud.ready["access_key_id"], cloud.ready["secret_access_key"]

    def signed(path, body, keys=keys, service="lambda"):
        request = AWSRequest("POST", url.rstrip("/") + path, headers={"content-type": "application/json"}, data=body)
        SigV4Auth(Credentials(*keys), service, "us-east-1").add_auth(request)
        return dict(request.headers.items())

    told = event(fetch(cloud, url, "POST", "/p?a=1", b"{}", signed("/p?a=1", b"{}")))
    who = told["requestContext"]["authorizer"]["iam"]
    assert (who["accessKey"], who["userArn"]) == (keys[0], "arn:aws:iam::000000000000:root")
    assert "authorization" not in told["headers"]
    changed = fetch(cloud, url, "POST", "/p?a=1", b"[]", signed("/p?a=1", b"{}"))
    assert (changed.status, changed.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")
    forged = fetch(cloud, url, "POST", "/", b"{}", signed("/", b"{}", keys=(keys[0], "guessed")))
    assert forged.status == 403
    other = fetch(cloud, url, "POST", "/", b"{}", signed("/", b"{}", service="execute-api"))
    assert other.status == 403


def test_a_function_that_fails_is_a_bad_gateway(cloud):
    functions = cloud.client("lambda")
    for name, package, status, body in [
        ("says", saying('{"statusCode": 404, "body": "none", "cookies": ["a=1"]}'), 404, b"none"),
        ("nonsense", saying("no JSON"), 502, b"Internal Server Error"),
    ]:
        cloud.function(name, zip=package)
        publish(functions, name)
        url = functions.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
        answer = fetch(cloud, url, "GET", "/")
        assert (answer.status, answer.body) == (status, body)
    functions.put_function_concurrency(FunctionName="says", ReservedConcurrentExecutions=0)
    url = functions.get_function_url_config(FunctionName="says")["FunctionUrl"]
    assert fetch(cloud, url, "GET", "/").status == 429


@pytest.fixture
def streaming(cloud):
    """A cloud with a function in JavaScript that streams."""
    functions = cloud.client("lambda")
    code = {"ZipFile": zipped({"index.js": STREAMING})}
    functions.create_function(FunctionName="s", Runtime="nodejs22.x", Handler="index.handler", Role=ROLE, Code=code, Timeout=30)
    functions.get_waiter("function_active_v2").wait(FunctionName="s", WaiterConfig={"Delay": 1})
    publish(functions, "s")
    cloud.stream_url = functions.create_function_url_config(FunctionName="s", AuthType="NONE", InvokeMode="RESPONSE_STREAM")[
        "FunctionUrl"
    ]
    return cloud


def invoke(cloud, asked, **others):
    answer = cloud.client("lambda").invoke_with_response_stream(FunctionName="s", Payload=json.dumps(asked), **others)
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    events = list(answer["EventStream"])
    pieces = [each["PayloadChunk"]["Payload"] for each in events if "PayloadChunk" in each]
    return b"".join(pieces), events[-1]["InvokeComplete"]


def test_an_invocation_streams(streaming):
    body, complete = invoke(streaming, {}, LogType="Tail")
    assert body == b"one,two"
    assert b"START RequestId" in base64.b64decode(complete["LogResult"])
    body, complete = invoke(streaming, {"prelude": True})
    head, rest = body.split(b"\0" * 8)
    assert (json.loads(head)["statusCode"], rest, complete) == (201, b"one,two", {})
    body, complete = invoke(streaming, {"megabytes": 20})
    assert len(body) == len("one,two") + (20 << 20)
    for fails, begun in [("early", b""), ("late", b"one,")]:
        body, complete = invoke(streaming, {"fails": fails})
        assert (body, complete["ErrorCode"]) == (begun, "Unhandled")
        assert json.loads(complete["ErrorDetails"])["errorType"] == "Error"


def test_a_url_streams(streaming):
    url = streaming.stream_url
    plain = fetch(streaming, url, "GET", "/")
    assert (plain.status, plain.body, plain.headers["content-type"]) == (200, b"one,two", "text/plain")
    answer = fetch(streaming, url, "GET", "/?prelude=1&megabytes=20")
    assert (answer.status, answer.headers["content-type"], answer.headers["x-own"]) == (201, "text/x", "1")
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert (answer.headers["transfer-encoding"], len(answer.body)) == ("chunked", len("one,two") + (20 << 20))
    early = fetch(streaming, url, "GET", "/?fails=early")
    assert (early.status, early.body) == (502, b"Internal Server Error")
    late = connect(streaming, url, "GET", "/?fails=late")
    assert late.status == 200
    with pytest.raises(http.client.IncompleteRead):
        late.read()
    # Who goes away stops nothing, and the function serves the next.
    left = connect(streaming, url, "GET", "/?megabytes=20")
    assert left.read(4) == b"one,"
    left.close()
    assert fetch(streaming, url, "GET", "/").body == b"one,two"


def test_an_application_with_a_url_deploys(cloud):
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "F": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Runtime": "provided.al2023",
                    "Handler": "bootstrap",
                    "CodeUri": "s3://code/f.zip",
                    "FunctionUrlConfig": {"AuthType": "NONE", "Cors": {"AllowOrigins": ["*"], "MaxAge": 3}},
                },
            }
        },
        "Outputs": {
            "Url": {"Value": {"Fn::GetAtt": ["FUrl", "FunctionUrl"]}},
            "Arn": {"Value": {"Ref": "FUrl"}},
        },
    }
    s3, stacks = cloud.client("s3"), cloud.client("cloudformation")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="f.zip", Body=saying('{"statusCode": 200, "body": "deployed"}'))
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template), Capabilities=capabilities)
    stacks.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]}
    answer = fetch(cloud, outputs["Url"], "GET", "/", None, {"origin": "https://a.example"})
    assert (answer.status, answer.body) == (200, b"deployed")
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert answer.headers["x-cumulo-permissions"] is None, "both permissions were made"
    kept = cloud.client("lambda").get_function_url_config(FunctionName=outputs["Arn"])
    assert kept["Cors"] == {"AllowOrigins": ["*"], "MaxAge": 3}
    stacks.delete_stack(StackName="s")
    stacks.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    assert fetch(cloud, outputs["Url"], "GET", "/").status == 404
