"""What others wrote for AWS, as it comes: runtimes, Powertools in both languages, and AWS's SDK for JavaScript."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import HERE, ROLE, until, zipped
from test_apis import fetch, permit, rest_api
from test_urls import fetch as fetch_url
from test_urls import publish

# What functions bring with them, as `cargo xtask test aws` lays it down: for the Python that cells find, which is the system's.
PYTHON = Path(os.environ.get("CUMULO_FUNCTION_PACKAGES", HERE.parent.parent / "target/function-packages"))
JAVASCRIPT = HERE / "js"


def tree(folder, *names):
    """The files of a folder, below these of its entries."""
    files = [file for name in names for file in sorted((folder / name).rglob("*")) if file.is_file()]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.suffix != ".pyc"}


def asked(cloud, name, event=None, **others):
    """What a function answered, what kind of error that is, and its log."""
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail", **others)
    log = base64.b64decode(answer["LogResult"]).decode()
    return json.load(answer["Payload"]), answer.get("FunctionError"), log


def make(cloud, name, files, runtime="provided.al2023", handler="app.handler", **others):
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName=name, Runtime=runtime, Handler=handler, Role=ROLE, Code={"ZipFile": packed(files)},
        **{"Timeout": 20} | others,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


def packed(files):
    """A package whose `bootstrap` may run, as one that a person packs on a Unix."""
    return zipped(files, programs={"bootstrap"})


RIC = """
import os, sys, time

if os.environ.get("BROKEN"):
    raise RuntimeError("broken")
COUNT = open("/tmp/made-by-init", "w").write("x")


def handler(event, context):
    if event == "fail":
        raise KeyError("bad")
    if event == "exit":
        sys.exit(3)
    if event == "sleep":
        time.sleep(60)
    print("asked by", context.aws_request_id)
    return {
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "client": context.client_context and [context.client_context.custom, context.client_context.env],
        "identity": context.identity.cognito_identity_id,
        "trace": os.environ["_X_AMZN_TRACE_ID"],
        "colour": os.environ["COLOUR"],
        "where": os.getcwd(),
    }
"""


def test_the_runtime_client_for_python(cloud):
    bootstrap = '#!/bin/sh\nexec python3 -m awslambdaric "$_HANDLER"\n'
    names = ["awslambdaric", "snapshot_restore_py.py", "simplejson"]
    native = [entry.name for entry in PYTHON.glob("runtime_client*.so")]
    own = {"app.py": RIC, "bootstrap": bootstrap}
    files = tree(PYTHON, "awslambdaric", "simplejson") | own
    files |= {name: (PYTHON / name).read_bytes() for name in [names[1], *native]}
    make(cloud, "ric", files, Environment={"Variables": {"COLOUR": "blue"}}, Timeout=3, MemorySize=256)
    context = base64.b64encode(b'{"custom": {"a": "b"}, "env": {"locale": "de"}}').decode()
    answer, error, log = asked(cloud, "ric", "context", ClientContext=context)
    left, trace = answer.pop("left"), answer.pop("trace")
    assert error is None and 0 < left <= 3000 and re.match(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=", trace)
    assert answer == {
        "arn": "arn:aws:lambda:us-east-1:000000000000:function:ric",
        "name": "ric",
        "memory": "256",
        "client": [{"a": "b"}, {"locale": "de"}],
        "identity": None,
        "colour": "blue",
        "where": "/var/task",
    }
    assert f"asked by {re.search('START RequestId: ([^ ]+)', log)[1]}" in log
    answer, error, log = asked(cloud, "ric", "fail")
    assert (error, answer["errorType"], answer["errorMessage"]) == ("Unhandled", "KeyError", "'bad'")
    assert "[ERROR] KeyError: 'bad'" in log
    answer, _, log = asked(cloud, "ric", "exit")
    assert answer["errorType"] == "Runtime.ExitError" and answer["errorMessage"].endswith("exit status 3")
    answer, _, log = asked(cloud, "ric", "sleep")
    assert answer["errorType"] == "Sandbox.Timedout" and "Task timed out after 3.00 seconds" in log
    assert asked(cloud, "ric", "again")[1] is None
    make(cloud, "broken", files, Environment={"Variables": {"COLOUR": "", "BROKEN": "1"}})
    answer, _, log = asked(cloud, "broken")
    assert (answer["errorType"], answer["errorMessage"]) == ("RuntimeError", "broken")
    make(cloud, "lost", files, handler="nowhere.handler", Environment={"Variables": {"COLOUR": ""}})
    assert asked(cloud, "lost")[0]["errorType"] == "Runtime.ImportModuleError"


SHELL = """#!/bin/sh
set -eu
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
post() { curl -sS --data-binary @- "$@" >/dev/null; }
if [ -n "${BROKEN:-}" ]; then
  echo '{"errorMessage": "broken", "errorType": "Shell.Broken"}' | post "$api/init/error"
  exit 1
fi
while true; do
  event=$(curl -sSD /tmp/headers "$api/invocation/next")
  id=$(grep -i Lambda-Runtime-Aws-Request-Id /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
  case $event in
    *fail*) echo '{"errorMessage": "bad", "errorType": "Shell.Bad", "stackTrace": []}' | post "$api/invocation/$id/error" ;;
    *stream*)
      (printf one,; sleep 0.2; printf two) | curl -sS -T - -X POST -H 'Transfer-Encoding: chunked' \\
        -H 'Lambda-Runtime-Function-Response-Mode: streaming' "$api/invocation/$id/response" >/dev/null ;;
    *) echo "{\\"got\\": $event, \\"handler\\": \\"$_HANDLER\\"}" | post "$api/invocation/$id/response" ;;
  esac
done
"""


def test_a_runtime_in_shell(cloud):
    make(cloud, "shell", {"bootstrap": SHELL})
    assert asked(cloud, "shell", {"a": 1})[0] == {"got": {"a": 1}, "handler": "app.handler"}
    answer, error, _ = asked(cloud, "shell", "fail")
    assert (error, answer) == ("Unhandled", {"errorType": "Shell.Bad", "errorMessage": "bad", "stackTrace": []})
    functions = cloud.client("lambda")
    streamed = functions.invoke_with_response_stream(FunctionName="shell", Payload=b'"stream"')["EventStream"]
    pieces = [event["PayloadChunk"]["Payload"] for event in streamed if "PayloadChunk" in event]
    assert pieces == [b"one,", b"two"]
    make(cloud, "broken", {"bootstrap": SHELL}, Environment={"Variables": {"BROKEN": "1"}})
    assert asked(cloud, "broken")[0] == {"errorType": "Shell.Broken", "errorMessage": "broken"}


@pytest.mark.parametrize("runtime", ["python3.13", "nodejs22.x"])
def test_a_function_has_its_tmp_from_the_first_line_on(cloud, runtime):
    python = """
import os
os.mkdir("/tmp/folder")
open("/tmp/folder/file", "w").write("by init")
def handler(event, context):
    open("/tmp/other", "wb").write(bytes(8 << 20))
    return open("/tmp/folder/file").read()
"""
    node = """
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("/tmp/folder");
writeFileSync("/tmp/folder/file", "by init");
export const handler = async () => {
  writeFileSync("/tmp/other", Buffer.alloc(8 << 20));
  return readFileSync("/tmp/folder/file", "utf8");
};
"""
    make(cloud, "f", {"app.py": python, "app.mjs": node}, runtime=runtime)
    for _ in range(2):
        assert asked(cloud, "f")[0] == "by init"


SHOP_PYTHON = """
import json

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import (
    APIGatewayHttpResolver, APIGatewayRestResolver, LambdaFunctionUrlResolver, Response
)
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

logger, metrics, tracer = Logger(service="shop"), Metrics(namespace="shop", service="shop"), Tracer(service="shop")


def web(app):
    @app.get("/items/<name>")
    @tracer.capture_method
    def read(name):
        if name == "none":
            raise NotFoundError("no such item")
        return {"name": name, "mine": app.current_event.headers.get("x-mine"), "q": app.current_event.query_string_parameters}

    @app.post("/items")
    def create():
        body = json.dumps(app.current_event.json_body)
        return Response(status_code=201, content_type="application/json", body=body, headers={"Location": "/items/1"})

    @app.get("/error")
    def error():
        raise RuntimeError("bad")

    @logger.inject_lambda_context
    @metrics.log_metrics
    def handler(event, context):
        logger.info("asked", extra={"path": app.current_event.path if hasattr(app, "current_event") else None})
        metrics.add_metric(name="asked", unit=MetricUnit.Count, value=1)
        return app.resolve(event, context)

    return handler


on_http, on_rest, on_url = web(APIGatewayHttpResolver()), web(APIGatewayRestResolver()), web(LambdaFunctionUrlResolver())
processor = BatchProcessor(event_type=EventType.SQS)


def job(record):
    number = record.json_body["number"]
    logger.info("job", extra={"number": number})
    if number < 0:
        raise ValueError("negative")


@logger.inject_lambda_context
def on_batch(event, context):
    return process_partial_response(event=event, record_handler=job, processor=processor, context=context)
"""

SHOP_NODE = """
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { NotFoundError, Router } from "@aws-lambda-powertools/event-handler/http";
import { Logger } from "@aws-lambda-powertools/logger";

const logger = new Logger({ serviceName: "shop" });
const app = new Router({ logger });
app.get("/items/:name", async ({ params, req }) => {
  if (params.name === "none") throw new NotFoundError("no such item");
  const q = new URL(req.url).searchParams.getAll("q");
  return { name: params.name, mine: req.headers.get("x-mine"), q: { q: q.join(",") } };
});
app.post("/items", async ({ req }) => {
  const headers = { "content-type": "application/json", location: "/items/1" };
  return new Response(JSON.stringify(await req.json()), { status: 201, headers });
});
app.get("/error", async () => {
  throw new Error("bad");
});
export const on_http = async (event, context) => {
  logger.addContext(context);
  logger.info("asked");
  return app.resolve(event, context);
};
export const on_rest = on_http;
export const on_url = on_http;

const processor = new BatchProcessor(EventType.SQS);
const job = async (record) => {
  const { number } = JSON.parse(record.body);
  logger.info("job", { number });
  if (number < 0) throw new Error("negative");
};
export const on_batch = async (event, context) => {
  logger.addContext(context);
  return processPartialResponse(event, job, processor, { context });
};
"""


@pytest.fixture(params=["python3.13", "nodejs22.x"])
def shop(cloud, request):
    """Makes a function of the shop that Powertools bring, in both languages."""

    def made(name):
        if request.param.startswith("python"):
            files = tree(PYTHON, "aws_lambda_powertools", "jmespath") | {"app.py": SHOP_PYTHON}
            files["typing_extensions.py"] = (PYTHON / "typing_extensions.py").read_bytes()
        else:
            used = [f"node_modules/{name}" for name in ["@aws-lambda-powertools", "@aws", "@standard-schema"]]
            files = tree(JAVASCRIPT, *used) | {"app.mjs": SHOP_NODE}
        off = {"POWERTOOLS_TRACE_DISABLED": "true"}
        others = {"Environment": {"Variables": off}, "MemorySize": 256, "Timeout": 8}
        make(cloud, name, files, request.param, f"app.on_{name}", **others)

    return made


def lines(cloud, function, text):
    """Awaits a text in a function's log, and reads what of it is JSON."""
    logs = cloud.client("logs")

    def found():
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return None
        return any(text in event["message"] for event in events) and events

    said = until(found, f"{text} in the log of {function}")
    return [json.loads(event["message"]) for event in said if event["message"].startswith("{")]


def check_shop(ask):
    def check(expected, *arguments, **others):
        answer = ask(*arguments, **others)
        assert answer.status == expected, answer.body
        return answer

    answer = check(200, "GET", "/items/pear?q=1&q=2", headers=[("x-mine", "yes")])
    found = json.loads(answer.body)
    assert (found["name"], found["mine"], found["q"]["q"].split(",")[-1]) == ("pear", "yes", "2")
    assert json.loads(check(404, "GET", "/items/none").body)["message"] == "no such item"
    check(404, "GET", "/nowhere")
    answer = check(201, "POST", "/items", body=b'{"a": 1}', headers=[("content-type", "application/json")])
    assert (json.loads(answer.body), answer.headers["location"]) == ({"a": 1}, "/items/1")
    assert ask("GET", "/error").status in (500, 502)


def test_powertools_route_http_apis(cloud, shop):
    shop("http")
    api = cloud.client("apigatewayv2").create_api(
        Name="shop", ProtocolType="HTTP", Target="arn:aws:lambda:us-east-1:000000000000:function:http"
    )["ApiId"]
    permit(cloud, "http")
    check_shop(lambda method, path, **others: fetch(cloud, api, path, method, **others))
    said = [line for line in lines(cloud, "http", "asked") if line.get("message") == "asked"]
    assert said[0]["service"] == "shop" and said[0]["function_name"] == "http" and said[0]["cold_start"] is True
    assert [line["cold_start"] for line in said[1:]] == [False] * (len(said) - 1)


def test_powertools_route_rest_apis(cloud, shop):
    shop("rest")
    api = rest_api(cloud, [("ANY", "/{proxy+}", "rest")])
    permit(cloud, "rest")
    check_shop(lambda method, path, **others: fetch(cloud, api, f"/prod{path}", method, **others))


def test_powertools_route_urls(cloud, shop):
    shop("url")
    functions = cloud.client("lambda")
    url = functions.create_function_url_config(FunctionName="url", AuthType="NONE")["FunctionUrl"]
    publish(functions, "url")
    check_shop(lambda method, path, **others: fetch_url(cloud, url, method, path, **others))


def test_powertools_name_the_messages_that_failed(cloud, shop):
    shop("batch")
    sqs = cloud.client("sqs")
    buried = sqs.create_queue(QueueName="buried")["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:buried", "maxReceiveCount": "1"}
    attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "8"}
    jobs = sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    entries = [{"Id": str(number), "MessageBody": json.dumps({"number": number})} for number in (1, -1, 2)]
    assert not sqs.send_message_batch(QueueUrl=jobs, Entries=entries).get("Failed")
    cloud.client("lambda").create_event_source_mapping(
        FunctionName="batch", EventSourceArn="arn:aws:sqs:us-east-1:000000000000:jobs",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    done = lines(cloud, "batch", '"number":2')
    assert sorted(line["number"] for line in done if line.get("message") == "job") == [-1, 1, 2]
    messages = until(lambda: sqs.receive_message(QueueUrl=buried, WaitTimeSeconds=5).get("Messages"), "the dead letter")
    assert [json.loads(message["Body"]) for message in messages] == [{"number": -1}]


def test_the_sdk_for_javascript(cloud, tmp_path):
    handler = """
export const handler = async (event, context) => {
  if (event.fail) throw new TypeError("bad");
  console.log("asked");
  return { event, custom: context.clientContext?.custom };
};
"""
    package = tmp_path / "package.zip"
    package.write_bytes(zipped({"index.mjs": handler}))
    environment = cloud.environment() | {"AWS_REGION": cloud.ready["region"], "PACKAGE": str(package)}
    ran = subprocess.run(
        ["node", "--test", "clients.test.mjs"], cwd=JAVASCRIPT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
    )
    assert ran.returncode == 0, ran.stdout
