"""Both kinds of API in front of functions: made by their control planes, called by strangers."""

import http.client
import json
import socket
from urllib.parse import unquote

import pytest
from conftest import saying
from test_identity import refused


class Answer:
    """What a stranger is answered."""

    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    def event(self):
        """The event that the function `mirror` was given."""
        assert self.status == 200, self.body
        return json.loads(bytes.fromhex(self.body.decode()))


def fetch(cloud, api, path, method="GET", body=None, headers=()):
    """Asks an API by its host name; the path travels as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("host", f"{api}.execute-api.localhost:{cloud.port}")
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    return Answer(connection.getresponse())


def permit(cloud, function):
    cloud.client("lambda").add_permission(
        FunctionName=function, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )


def http_api(cloud, routes, **others):
    """An HTTP API with a `$default` stage; a route is (key, function, payload format)."""
    gateway = cloud.client("apigatewayv2")
    api = gateway.create_api(Name="api", ProtocolType="HTTP", **others)["ApiId"]
    for key, function, payload in routes:
        integration = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=f"arn:aws:lambda:us-east-1:000000000000:function:{function}",
            PayloadFormatVersion=payload,
        )
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return api


def rest_api(cloud, methods, **others):
    """A REST API with a stage `prod`; a method is (verb, path, function)."""
    gateway = cloud.client("apigateway")
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:{}/invocations"
    paths = {}
    for verb, path, function in methods:
        integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri.format(function)}
        member = "x-amazon-apigateway-any-method" if verb == "ANY" else verb.lower()
        paths.setdefault(path, {})[member] = {"x-amazon-apigateway-integration": integration}
    document = {"swagger": "2.0", "info": {"title": "api", "version": "1"}, "paths": paths, **others}
    api = gateway.import_rest_api(body=json.dumps(document))["id"]
    gateway.create_deployment(restApiId=api, stageName="prod")
    return api


def test_create_api_with_a_target_serves_at_once(cloud):
    function = cloud.function("greet", "greet")["FunctionArn"]
    api = cloud.client("apigatewayv2").create_api(Name="quick", ProtocolType="HTTP", Target=function)
    # AWS: without the permission the API may not invoke, and says only that it failed.
    assert fetch(cloud, api["ApiId"], "/any/path").status == 500
    permit(cloud, "greet")
    answer = fetch(cloud, api["ApiId"], "/any/path")
    assert (answer.status, answer.headers["x-greeting"], answer.body) == (201, "yes", b"hello")
    # The form without a name to resolve.
    answer = Answer(_get(cloud, f"/_aws/execute-api/{api['ApiId']}/any/path"))
    assert (answer.status, answer.body) == (201, b"hello")


def _get(cloud, path):
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse()


def test_payload_format_2_is_as_documented(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    api = http_api(cloud, [("POST /items/{id}", "mirror", "2.0"), ("GET /{proxy+}", "mirror", "2.0")])
    event = fetch(
        cloud,
        api,
        "/items/a%20b?x=1&x=2&y=%2F+z",
        "POST",
        b'{"n":1}',
        [
            ("content-type", "application/json"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("cookie", "a=1; b=2"),
            ("user-agent", "tests"),
        ],
    ).event()
    assert (event["version"], event["routeKey"]) == ("2.0", "POST /items/{id}")
    assert (event["rawPath"], event["rawQueryString"]) == ("/items/a b", "x=1&x=2&y=%2F+z")
    assert event["queryStringParameters"] == {"x": "1,2", "y": "/ z"}
    assert event["pathParameters"] == {"id": "a b"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-twice"] == "1,2" and "cookie" not in event["headers"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"n":1}', False)
    context = event["requestContext"]
    assert (context["accountId"], context["apiId"], context["stage"]) == ("000000000000", api, "$default")
    assert context["http"]["method"] == "POST" and context["http"]["userAgent"] == "tests"
    assert context["http"]["sourceIp"] == "127.0.0.1" and context["http"]["protocol"] == "HTTP/1.1"
    assert isinstance(context["timeEpoch"], int) and context["requestId"]
    # What is not there is left out.
    event = fetch(cloud, api, "/one/two").event()
    assert event["pathParameters"] == {"proxy": "one/two"}
    assert not {"body", "cookies", "queryStringParameters", "stageVariables"} & event.keys()
    # Bytes travel in base64.
    sent = [("content-type", "application/octet-stream")]
    event = fetch(cloud, api, "/items/1", "POST", b"\xff\x00", sent).event()
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_payload_format_1_is_as_documented(cloud, kind):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    if kind == "http":
        api, stage, prefix = http_api(cloud, [("GET /items/{id}", "mirror", "1.0")]), "$default", ""
    else:
        api, stage, prefix = rest_api(cloud, [("GET", "/items/{id}", "mirror")]), "prod", "/prod"
    sent = [("x-twice", "1"), ("x-twice", "2"), ("cookie", "a=1; b=2")]
    event = fetch(cloud, api, f"{prefix}/items/a%20b?x=1&x=2", headers=sent).event()
    # AWS: only HTTP APIs, which have two formats, say which it is.
    assert event.get("version") == ("1.0" if kind == "http" else None)
    assert (event["resource"], event["httpMethod"]) == ("/items/{id}", "GET")
    # AWS: a REST API passes the path on as it was sent.
    assert event["pathParameters"] == {"id": "a b" if kind == "http" else "a%20b"}
    assert event["queryStringParameters"] == {"x": "2"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert event["headers"]["x-twice"] == "2" and event["multiValueHeaders"]["x-twice"] == ["1", "2"]
    assert (event["body"], event["isBase64Encoded"], event["stageVariables"]) == (None, False, None)
    context = event["requestContext"]
    assert (context["stage"], context["resourcePath"], context["apiId"]) == (stage, "/items/{id}", api)
    assert context["identity"]["sourceIp"] == "127.0.0.1"


ANSWERS = [
    # What the function answers; for payload format 2.0, and for a REST API: status, body, headers.
    ('"text"', (200, b"text", {"content-type": "application/json"}), 502),
    ('{"n": 1}', (200, b'{"n": 1}', {"content-type": "application/json"}), 502),
    ('{"statusCode": 204}', (204, b"", {}), (204, b"", {})),
    (
        '{"statusCode": 200, "body": "hi"}',
        (200, b"hi", {"content-type": "text/plain; charset=utf-8"}),
        (200, b"hi", {"content-type": "application/json"}),
    ),
    (
        '{"statusCode": 200, "headers": {"X-A": "1", "content-type": "text/x"}, "body": "hi"}',
        (200, b"hi", {"x-a": "1", "content-type": "text/x"}),
        (200, b"hi", {"x-a": "1", "content-type": "text/x"}),
    ),
    ('{"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}', (200, b"hi", {}), None),
    (
        '{"statusCode": 200, "cookies": ["a=1", "b=2"]}',
        (200, b"", {"set-cookie": ["a=1", "b=2"]}),
        (200, b"", {}),
    ),
    (
        '{"statusCode": 200, "multiValueHeaders": {"x-m": ["1", "2"]}}',
        (200, b"", {}),
        (200, b"", {"x-m": ["1", "2"]}),
    ),
    ('{"statusCode": "200x"}', 500, 502),
    ('{"statusCode": 200, "body": {"a": 1}}', 500, 502),
    ('{"statusCode": 200, "headers": ["x"]}', 500, 502),
    ('{"statusCode": 200, "headers": {"x": "a\\r\\nSet-Cookie: b=1"}}', 500, 502),
    ("not json", 500, 502),
]


def test_answers_of_functions_become_answers_of_apis(cloud):
    keys, verbs = [], []
    for index, (text, _, _) in enumerate(ANSWERS):
        cloud.function(f"f{index}", zip=saying(text))
        permit(cloud, f"f{index}")
        keys.append((f"GET /{index}", f"f{index}", "2.0"))
        verbs.append(("GET", f"/{index}", f"f{index}"))
    modern, classic = http_api(cloud, keys), rest_api(cloud, verbs)

    def check(answer, expected, text, message):
        if isinstance(expected, int):
            expected = (expected, json.dumps({"message": message}, separators=(",", ":")).encode(), {})
        if expected is None:
            return
        status, body, headers = expected
        assert (answer.status, answer.body) == (status, body), text
        for name, value in headers.items():
            seen = answer.headers.get_all(name)
            assert seen == (value if isinstance(value, list) else [value]), (text, name)
        assert answer.headers.get_all("set-cookie") == headers.get("set-cookie"), text

    for index, (text, format_2, rest) in enumerate(ANSWERS):
        check(fetch(cloud, modern, f"/{index}"), format_2, text, "Internal Server Error")
        check(fetch(cloud, classic, f"/prod/{index}"), rest, text, "Internal server error")


def test_what_fails_is_said_as_aws_says_it(cloud):
    cloud.function("trap", "trap")
    cloud.function("loop", "loop", Timeout=1)
    cloud.function("echo")
    for name in ("trap", "loop", "echo"):
        permit(cloud, name)
    modern = http_api(cloud, [("ANY /trap", "trap", "2.0"), ("ANY /loop", "loop", "2.0"), ("ANY /gone", "gone", "2.0")])
    classic = rest_api(cloud, [("ANY", "/trap", "trap"), ("GET", "/loop", "loop"), ("POST", "/echo", "echo")])
    large = b"x" * (10 * 1024 * 1024 + 1)
    for api, path, method, body, status, message in [
        (modern, "/none", "GET", None, 404, "Not Found"),
        (modern, "/trap", "GET", None, 500, "Internal Server Error"),
        (modern, "/loop", "GET", None, 500, "Internal Server Error"),
        (modern, "/gone", "GET", None, 500, "Internal Server Error"),
        (modern, "/trap", "POST", large, 413, "Request Entity Too Large"),
        (modern, "/none?" + "q" * 10_240, "GET", None, 431, "Request Header Fields Too Large"),
        (classic, "/prod/none", "GET", None, 403, "Missing Authentication Token"),
        (classic, "/prod/loop", "POST", None, 403, "Missing Authentication Token"),
        (classic, "/other/loop", "GET", None, 403, "Forbidden"),
        (classic, "/prod/trap", "GET", None, 502, "Internal server error"),
        (classic, "/prod/loop", "GET", None, 502, "Internal server error"),
        (classic, "/prod/echo", "POST", large, 413, "Request Entity Too Large"),
        ("none", "/", "GET", None, 404, "Not Found"),
    ]:
        answer = fetch(cloud, api, path, method, body)
        assert (answer.status, json.loads(answer.body)) == (status, {"message": message}), (path, method)
        assert answer.headers["content-type"] == "application/json"


def test_integrations_may_not_take_longer_than_they_are_given(cloud):
    cloud.function("loop", "loop", Timeout=20)
    permit(cloud, "loop")
    api = http_api(cloud, [("GET /", "loop", "2.0")])
    gateway = cloud.client("apigatewayv2")
    integration = gateway.get_integrations(ApiId=api)["Items"][0]["IntegrationId"]
    gateway.update_integration(ApiId=api, IntegrationId=integration, TimeoutInMillis=100)
    answer = fetch(cloud, api, "/")
    assert (answer.status, json.loads(answer.body)) == (503, {"message": "Service Unavailable"})


def test_paths_are_taken_as_they_come(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    api = http_api(cloud, [("GET /items", "mirror", "2.0"), ("GET /items/{id}", "mirror", "2.0")])
    for path, status in [
        ("/items", 200),
        ("/items/", 404),
        ("//items", 404),
        ("/items/a%2Fb", 200),
        ("/items/..", 200),
        ("/items/a;b=1", 200),
        ("/items/%C3%BC", 200),
        ("/other", 404),
    ]:
        answer = fetch(cloud, api, path)
        assert answer.status == status, path
        if status == 200:
            assert answer.event()["rawPath"] == unquote(path)


def test_routes_are_chosen_by_how_well_they_fit(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    keys = ["GET /a/b", "ANY /a/b", "GET /a/{x}", "GET /a/{proxy+}", "ANY /{proxy+}", "$default"]
    api = http_api(cloud, [(key, "mirror", "2.0") for key in keys])
    for method, path, expected in [
        ("GET", "/a/b", "GET /a/b"),
        ("POST", "/a/b", "ANY /a/b"),
        ("GET", "/a/c", "GET /a/{x}"),
        ("GET", "/a/c/d", "GET /a/{proxy+}"),
        ("POST", "/a/c", "ANY /{proxy+}"),
        ("GET", "/z", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
    ]:
        assert fetch(cloud, api, path, method).event()["routeKey"] == expected, (method, path)


def test_http_apis_answer_preflights(cloud):
    cloud.function("greet", "greet")
    permit(cloud, "greet")
    rules = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "AllowHeaders": ["x-a"], "MaxAge": 300}
    api = http_api(cloud, [("GET /", "greet", "2.0")], CorsConfiguration=rules)

    def preflight(origin):
        sent = [("origin", origin), ("access-control-request-method", "GET")]
        return fetch(cloud, api, "/", "OPTIONS", headers=sent)

    answer = preflight("https://a.example")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "https://a.example")
    assert answer.headers["access-control-allow-methods"] == "GET"
    assert answer.headers["access-control-max-age"] == "300"
    assert preflight("https://evil.example").headers["access-control-allow-origin"] is None
    got = fetch(cloud, api, "/", headers=[("origin", "https://a.example")])
    assert (got.status, got.headers["access-control-allow-origin"]) == (201, "https://a.example")
    cloud.client("apigatewayv2").delete_cors_configuration(ApiId=api)
    assert preflight("https://a.example").status == 404


def test_a_rest_api_answers_preflights_by_a_mock(cloud):
    gateway = cloud.client("apigateway")
    api = gateway.create_rest_api(name="mock")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    place = {"restApiId": api, "resourceId": root, "httpMethod": "OPTIONS"}
    gateway.put_method(**place, authorizationType="NONE")
    gateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.put_method_response(
        **place, statusCode="200", responseParameters={"method.response.header.Access-Control-Allow-Origin": True}
    )
    gateway.put_integration_response(
        **place,
        statusCode="200",
        responseParameters={"method.response.header.Access-Control-Allow-Origin": "'*'"},
        responseTemplates={"application/json": "{}"},
    )
    gateway.create_deployment(restApiId=api, stageName="prod")
    answer = fetch(cloud, api, "/prod", "OPTIONS", headers=[("origin", "https://a.example")])
    assert (answer.status, answer.body, answer.headers["access-control-allow-origin"]) == (200, b"{}", "*")


FRAMINGS = [
    {"headers": {"Content-Length": "99"}, "body": "hello"},
    {"headers": {"Content-Length": "2"}, "body": "hello"},
    {"headers": {"Transfer-Encoding": "chunked"}, "body": "5\r\nhello\r\n0\r\n\r\n"},
    {"headers": {"Connection": "upgrade", "Upgrade": "websocket"}, "body": "hello"},
    {"statusCode": 204, "body": "HTTP/1.1 200 OK\r\n\r\n"},
    {"statusCode": 304, "body": "HTTP/1.1 200 OK\r\n\r\n"},
    {"statusCode": 101, "body": "hello"},
    {"statusCode": 103, "body": "hello"},
]


def test_functions_do_not_frame_their_answers(cloud):
    """Whatever a function says of lengths and connections, the next answer on the connection is the next request's."""
    texts = [json.dumps({"statusCode": 200, **answer}) for answer in FRAMINGS]
    for index, text in enumerate(texts):
        cloud.function(f"f{index}", zip=saying(text))
        permit(cloud, f"f{index}")
    modern = http_api(cloud, [(f"ANY /{index}", f"f{index}", "2.0") for index in range(len(texts))])
    classic = rest_api(cloud, [("ANY", f"/{index}", f"f{index}") for index in range(len(texts))])
    for api, prefix in [(modern, ""), (classic, "/prod")]:
        for index, answer in enumerate(FRAMINGS):
            for method in ["GET", "HEAD", "POST"]:
                connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=10)
                for path in [f"{prefix}/{index}", "/none"]:
                    connection.request(method, path, headers={"host": f"{api}.execute-api.localhost:{cloud.port}"})
                    got = connection.getresponse()
                    body = got.read()
                    place = (prefix, answer, method, path)
                    if path == "/none":
                        assert got.status in (403, 404), place
                        assert method == "HEAD" or b"message" in body, place
                        continue
                    wanted = answer.get("statusCode", 200)
                    assert got.status == (wanted if wanted >= 200 else 500 if api == modern else 502), place
                    full = b"" if method == "HEAD" or wanted in (204, 304) else answer["body"].encode()
                    assert wanted < 200 or body == full, place
                connection.close()


def test_addresses_of_aws_and_of_other_local_clouds_are_answered(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    modern = http_api(cloud, [("GET /a", "mirror", "2.0")])
    classic = rest_api(cloud, [("GET", "/a", "mirror")])
    for host, path in [
        (f"{modern}.execute-api.us-east-1.amazonaws.com", "/a"),
        (f"{modern}.execute-api.localhost.localstack.cloud:{cloud.port}", "/a"),
        (f"{classic}.execute-api.us-east-1.amazonaws.com", "/prod/a"),
        (f"localhost:{cloud.port}", f"/restapis/{classic}/prod/_user_request_/a"),
        (f"localhost:{cloud.port}", f"/_aws/execute-api/{classic}/prod/a"),
        (f"localhost:{cloud.port}", f"/_aws/execute-api/{modern}/$default/a"),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
        connection.request("GET", path, headers={"host": host})
        assert connection.getresponse().status == 200, (host, path)


def test_names_of_headers_reach_rest_apis_as_they_were_sent(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    api = rest_api(cloud, [("GET", "/", "mirror")])
    event = fetch(cloud, api, "/prod", headers=[("tEsT-HEADeR", "aValUE"), ("lower", "1")]).event()
    assert (event["headers"]["tEsT-HEADeR"], event["headers"]["lower"]) == ("aValUE", "1")


def test_a_request_of_two_meanings_is_refused(cloud):
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    api = http_api(cloud, [("POST /", "mirror", "2.0")])
    for lines in [
        ["content-length: 2", "content-length: 3"],
        ["content-length: 2", "transfer-encoding: chunked, identity"],
        ["transfer-encoding : chunked"],
    ]:
        with socket.create_connection(("127.0.0.1", cloud.port), timeout=30) as stranger:
            head = ["POST / HTTP/1.1", f"host: {api}.execute-api.localhost:{cloud.port}", *lines, "", "{}"]
            stranger.sendall("\r\n".join(head).encode())
            assert stranger.recv(64).startswith(b"HTTP/1.1 400 "), lines


def test_http_apis_are_changed_and_described(cloud):
    gateway = cloud.client("apigatewayv2")
    arn = cloud.function("mirror", "mirror")["FunctionArn"]
    permit(cloud, "mirror")
    api = http_api(cloud, [("GET /old", "mirror", "2.0")])
    route = gateway.get_routes(ApiId=api)["Items"][0]
    gateway.update_route(ApiId=api, RouteId=route["RouteId"], RouteKey="GET /new")
    assert fetch(cloud, api, "/old").status == 404
    assert fetch(cloud, api, "/new").event()["routeKey"] == "GET /new"
    gateway.create_stage(ApiId=api, StageName="dev", StageVariables={"colour": "blue"}, Tags={"team": "a"})
    assert fetch(cloud, api, "/dev/new").status == 404
    deployment = gateway.create_deployment(ApiId=api, StageName="dev")["DeploymentId"]
    assert gateway.get_deployment(ApiId=api, DeploymentId=deployment)["DeploymentStatus"] == "DEPLOYED"
    assert fetch(cloud, api, "/dev/new").event()["stageVariables"] == {"colour": "blue"}
    gateway.update_stage(ApiId=api, StageName="dev", StageVariables={"colour": "red"})
    assert fetch(cloud, api, "/dev/new").event()["stageVariables"] == {"colour": "red"}
    stage = f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/dev"
    gateway.tag_resource(ResourceArn=stage, Tags={"more": "b"})
    gateway.untag_resource(ResourceArn=stage, TagKeys=["team"])
    assert gateway.get_tags(ResourceArn=stage)["Tags"] == {"more": "b"}
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": arn, "payloadFormatVersion": "2.0"}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "imported", "version": "2"},
        "paths": {"/p": {"get": {"x-amazon-apigateway-integration": integration}}},
    }
    imported = gateway.import_api(Body=json.dumps(document))
    assert (imported["Name"], imported["Version"]) == ("imported", "2")
    assert [r["RouteKey"] for r in gateway.get_routes(ApiId=imported["ApiId"])["Items"]] == ["GET /p"]
    names = cloud.aws("apigatewayv2", "get-apis", "--query", "Items[].Name", "--output", "text").split()
    assert sorted(names) == ["api", "imported"]
    gateway.delete_api(ApiId=api)
    assert fetch(cloud, api, "/new").status == 404


def test_rest_apis_are_changed_and_described(cloud):
    gateway = cloud.client("apigateway")
    cloud.function("mirror", "mirror")
    permit(cloud, "mirror")
    api = rest_api(cloud, [("GET", "/a/{id}", "mirror")])
    paths = sorted(r["path"] for r in gateway.get_resources(restApiId=api)["items"])
    assert paths == ["/", "/a", "/a/{id}"]

    def change(call, path, value, **place):
        return call(restApiId=api, patchOperations=[{"op": "replace", "path": path, "value": value}], **place)

    assert change(gateway.update_rest_api, "/name", "renamed")["name"] == "renamed"
    change(gateway.update_stage, "/variables/colour", "blue", stageName="prod")
    assert fetch(cloud, api, "/prod/a/1").event()["stageVariables"] == {"colour": "blue"}
    resource = next(r for r in gateway.get_resources(restApiId=api)["items"] if r["path"] == "/a/{id}")
    place = {"restApiId": api, "resourceId": resource["id"], "httpMethod": "GET"}
    assert gateway.get_integration(**place)["type"] == "AWS_PROXY"
    gateway.delete_method(**place)
    # What is deployed stays as it was deployed.
    assert fetch(cloud, api, "/prod/a/1").status == 200
    gateway.tag_resource(resourceArn=f"arn:aws:apigateway:us-east-1::/restapis/{api}", tags={"team": "a"})
    assert gateway.get_rest_api(restApiId=api)["tags"] == {"team": "a"}
    deployment = gateway.get_deployments(restApiId=api)["items"][0]["id"]
    refused(lambda: gateway.delete_deployment(restApiId=api, deploymentId=deployment), "BadRequestException", 400)
    gateway.delete_stage(restApiId=api, stageName="prod")
    gateway.delete_deployment(restApiId=api, deploymentId=deployment)
    assert '"renamed"' in cloud.aws("apigateway", "get-rest-apis")
    gateway.delete_rest_api(restApiId=api)
    refused(lambda: gateway.get_rest_api(restApiId=api), "NotFoundException", 404)


def test_refusals_of_the_control_planes(cloud):
    modern, classic = cloud.client("apigatewayv2"), cloud.client("apigateway")
    api = modern.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    rest = classic.create_rest_api(name="r")
    root = rest["rootResourceId"]
    proxy = classic.create_resource(restApiId=rest["id"], parentId=root, pathPart="{proxy+}")["id"]
    for call, code, status in [
        (lambda: modern.get_api(ApiId="none"), "NotFoundException", 404),
        (lambda: modern.create_route(ApiId=api, RouteKey="/x"), "BadRequestException", 400),
        (lambda: modern.create_route(ApiId=api, RouteKey="GET /{p+}/x"), "BadRequestException", 400),
        (lambda: modern.create_route(ApiId=api, RouteKey="GET /x", Target="integrations/no"), "BadRequestException", 400),
        (lambda: modern.create_integration(ApiId=api, IntegrationType="AWS_PROXY"), "BadRequestException", 400),
        (lambda: modern.get_stage(ApiId=api, StageName="no"), "NotFoundException", 404),
        (
            lambda: modern.update_api(ApiId=api, CorsConfiguration={"AllowOrigins": ["*"], "AllowCredentials": True}),
            "BadRequestException",
            400,
        ),
        (lambda: modern.import_api(Body="{"), "BadRequestException", 400),
        (lambda: modern.get_tags(ResourceArn="nonsense"), "BadRequestException", 400),
        (lambda: classic.get_rest_api(restApiId="none"), "NotFoundException", 404),
        (lambda: classic.import_rest_api(body=b"{}"), "BadRequestException", 400),
        (lambda: classic.create_deployment(restApiId=rest["id"]), "BadRequestException", 400),
        (lambda: classic.create_resource(restApiId=rest["id"], parentId=root, pathPart="a b"), "BadRequestException", 400),
        (lambda: classic.create_resource(restApiId=rest["id"], parentId=proxy, pathPart="x"), "BadRequestException", 400),
        (lambda: classic.create_resource(restApiId=rest["id"], parentId=root, pathPart="{proxy+}"), "ConflictException", 409),
    ]:
        refused(call, code, status)
