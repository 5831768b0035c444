"""The runtime for Node.js: handlers and events in a table, what they must tell the engine and log. AWS's words and forms.

It has two ways, up to nodejs22.x and since nodejs24.x; both run on whichever Node.js the machine has.
"""

import base64
import json
import os
import re
import signal
import time

import pytest
from runtime_api import ARN, FAR, NODE, Case, Event, Function, check, terminated

OLD = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
NEW = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
JSON_LOG = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
DEPRECATED = (
    "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify "
    "this function to use a supported handler signature to use Node.js 24 or later. For more information see "
    "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html."
)


def returns(expression):
    """A function that returns an expression."""
    return "exports.handler = async (event, context) => ({});\n".format(expression)


def streams(body, options=""):
    """A function that streams."""
    return "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{\n{}\n}}{});\n".format(body, options)


def error(error_type, message, *trace):
    """The document of an error, whose trace begins with these lines."""
    return {"errorType": error_type, "errorMessage": message, "trace": [*trace, ...]}


def has(*parts):
    """Texts in this order."""
    return re.compile("(?s)" + ".*".join(re.escape(part) for part in parts))


# Alike in both ways.
BOTH = [
    Case("an event comes back", returns("event"), [("response", {"a": [1, None, "é"]})], events=[Event({"a": [1, None, "é"]})], log=""),
    Case("nothing is null", returns("undefined"), [("response", None)]),
    Case("members that are undefined are left out", returns("{a: undefined, b: [undefined], c: NaN}"), [("response", {"b": [None], "c": None})]),
    Case("texts keep their letters", returns("'é\\u2028'"), [("response", "é\u2028")]),
    Case("a value that is no promise, waited for", returns("{then: (done) => done(5)}"), [("response", 5)]),
    Case(
        "a function has no JSON",
        returns("() => 1"),
        [("error", error("TypeError", "Wrong arguments", "TypeError: Wrong arguments"))],
    ),
    # What is thrown.
    Case(
        "an error",
        "exports.handler = async () => {\n  throw new RangeError('no é');\n};\n",
        [
            (
                "error",
                error("RangeError", "no é", "RangeError: no é", re.compile(r"^    at .*handler.* \(.*/app\.js:2:9\)$")),
            )
        ],
        log=has('TIME\tr1\tERROR\tInvoke Error \t{"errorType":"RangeError","errorMessage":"no é","stack":["RangeError: no é","    at '),
    ),
    Case(
        "an error with members of its own",
        "exports.handler = async () => {\n  throw Object.assign(new Error('no'), { code: 'E', more: { n: 1 } });\n};\n",
        [("error", error("Error", "no", "Error: no"))],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"no","code":"E","more":{"n":1},"stack":["Error: no",'),
    ),
    Case(
        "an error with a name of its own",
        "exports.handler = async () => {\n  const e = new Error('no');\n  e.name = 'Mine';\n  throw e;\n};\n",
        [("error", error("Mine", "no"))],
    ),
    Case(
        "a text that is thrown",
        "exports.handler = async () => {\n  throw 'words';\n};\n",
        [("error", {"errorType": "string", "errorMessage": "words", "trace": []})],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"words","stack":["Error: words",'),
    ),
    Case(
        "after an error comes the next event",
        "exports.handler = async (event) => {\n  if (event === 0) throw new Error('zero');\n  return event;\n};\n",
        [("error", error("Error", "zero")), ("response", 1)],
        events=[Event(0), Event(1, "r2")],
    ),
    Case("leaving", "exports.handler = async () => {\n  console.log('bye');\n  process.exit(7);\n};\n", [], log="TIME\tr1\tINFO\tbye\n", status=7),
    # How the function starts.
    Case("a module in a folder", {"src/in/app.js": returns("'in'")}, [("response", "in")], handler="src/in/app.handler"),
    Case("a handler in an object", "exports.all = { main: async () => 'deep' };\n", [("response", "deep")], handler="app.all.main"),
    Case("a module by its extension", {"app.mjs": "export const handler = async () => import.meta.url.slice(-8);\n"}, [("response", "/app.mjs")]),
    Case("a module by its package", {"package.json": '{"type":"module"}', "app.js": "export const handler = async () => 1;\n"}, [("response", 1)]),
    Case("a script by its extension", {"package.json": '{"type":"module"}', "app.cjs": returns("typeof require")}, [("response", "function")]),
    Case(
        "a module by the package above",
        {"package.json": '{"type":"module"}', "src/app.js": "export const handler = async () => 1;\n"},
        [("response", 1)],
        handler="src/app.handler",
    ),
    Case("a module that waits", {"app.mjs": "const one = await Promise.resolve(1);\nexport const handler = async () => one;\n"}, [("response", 1)]),
    Case(
        "a package as the function",
        {"node_modules/app/index.js": returns("'package'"), "node_modules/app/package.json": "{}"},
        [("response", "package")],
    ),
    Case(
        "packages beside the function",
        {"node_modules/p/index.js": "exports.x = 5;\n", "app.js": "const p = require('p');\n" + returns("p.x")},
        [("response", 5)],
    ),
    Case(
        "packages where NODE_PATH says",
        {"own/p/index.js": "exports.x = 6;\n", "app.js": returns("require('p').x")},
        [("response", 6)],
        env={"NODE_PATH": "own"},
    ),
    # The environment.
    Case(
        "the trace is that of the event",
        returns("process.env._X_AMZN_TRACE_ID"),
        [("response", "Root=1-r1"), ("response", None), ("response", "Root=1-r3")],
        events=[Event(1), Event(2, "r2", Lambda_Runtime_Trace_Id=None), Event(3, "r3")],
    ),
    Case("the time zone", returns("new Date(0).getHours()"), [("response", 5)], env={"TZ": "Asia/Kolkata"}),
    Case(
        "the variables are the function's",
        returns("[process.env.COLOUR, process.env.CUMULO_ASSIGNMENT_FD]"),
        [("response", ["blue", None])],
        env={"COLOUR": "blue"},
    ),
    Case(
        "what NODE_OPTIONS load",
        {"before.js": "globalThis.early = 'yes';\n", "app.js": returns("globalThis.early")},
        [("response", "yes")],
        env={"NODE_OPTIONS": "--require ./before.js"},
    ),
    Case("the working folder", returns("process.cwd()"), [("response", "TASK")]),
    # The context.
    Case(
        "a context with a client, an identity and a tenant",
        returns("[context.clientContext, context.identity, context.tenantId]"),
        [("response", [{"custom": {"é": 1}}, {"cognitoIdentityId": "id"}, "tenant"])],
        events=[
            Event(
                {},
                Lambda_Runtime_Client_Context='{"custom":{"é":1}}',
                Lambda_Runtime_Cognito_Identity='{"cognitoIdentityId":"id"}',
                Lambda_Runtime_Aws_Tenant_Id="tenant",
            )
        ],
    ),
    Case(
        "how long remains",
        returns("Math.round((context.getRemainingTimeInMillis() + Date.now()) / 60000)"),
        [("response", FAR // 60000)],
    ),
    Case("time that is over", returns("context.getRemainingTimeInMillis() < 0"), [("response", True)], events=[Event({}, deadline=5)]),
    # Logs.
    Case(
        "what the console writes",
        "exports.handler = async () => {\n  console.log('a\\nb', 1, { c: [2] });\n  console.info('%s-%d', 'x', 3);\n  console.warn('w');\n"
        "  console.error(new Error('e').message);\n  console.debug('d');\n  console.trace('t');\n  console.fatal('f');\n  console.log();\n"
        "  process.stdout.write('raw\\n');\n};\n",
        [("response", None)],
        log="TIME\tr1\tINFO\ta\rb 1 { c: [ 2 ] }\nTIME\tr1\tINFO\tx-3\nTIME\tr1\tWARN\tw\nTIME\tr1\tERROR\te\nTIME\tr1\tDEBUG\td\n"
        "TIME\tr1\tTRACE\tt\nTIME\tr1\tFATAL\tf\nTIME\tr1\tINFO\tundefined\nraw\n",
    ),
    Case(
        "an error that is logged",
        "exports.handler = async () => {\n  console.log(new Error('e'));\n};\n",
        [("response", None)],
        log=re.compile(r"^TIME\tr1\tINFO\tError: e\r    at .*/app\.js:2:15\)\r"),
    ),
    Case(
        "the console in frames",
        "exports.handler = async () => {\n  console.log('a\\nb');\n};\n",
        [("response", None)],
        log="TIME\tr1\tINFO\ta\nb\n",
        framed=True,
    ),
    Case(
        "the console as JSON",
        "exports.handler = async () => {\n  console.log('a\\nb');\n  console.warn({ k: 'é' });\n  console.error('x %s', 1);\n};\n",
        [("response", None)],
        log='{"timestamp":"TIME","level":"INFO","requestId":"r1","message":"a\\nb"}\n'
        '{"timestamp":"TIME","level":"WARN","requestId":"r1","message":{"k":"é"}}\n'
        '{"timestamp":"TIME","level":"ERROR","requestId":"r1","message":"x 1"}\n',
        env=JSON_LOG,
    ),
    Case(
        "the console as JSON of a tenant, with what JSON cannot say",
        "exports.handler = async () => {\n  const a = {};\n  a.a = a;\n  console.log(a);\n};\n",
        [("response", None)],
        log='{"timestamp":"TIME","level":"INFO","requestId":"r1","tenantId":"t","message":"<ref *1> { a: [Circular *1] }"}\n',
        env=JSON_LOG,
        events=[Event({}, Lambda_Runtime_Aws_Tenant_Id="t")],
    ),
    Case(
        "errors as JSON",
        "class Mine extends Error {}\nexports.handler = async () => {\n  console.log(Object.assign(new Mine('e'), { n: 1 }));\n"
        "  console.log('words', new Mine('f'));\n  throw new Mine('g');\n};\n",
        [("error", error("Error", "g"))],
        log=has(
            '"message":{"errorType":"Mine","errorMessage":"e","stackTrace":["Error: e","    at ',
            '"n":1}}\n',
            '"message":"words ',
            '"errorType":"Mine","errorMessage":"f","stackTrace":["Error: f","',
            '"level":"ERROR","requestId":"r1","message":{"errorType":"Mine","errorMessage":"g","stackTrace":["Error: g","',
        ),
        env=JSON_LOG,
    ),
    Case(
        "a level that hides",
        "exports.handler = async () => {\n  console.log('a');\n  console.warn('b');\n  console.error('c');\n};\n",
        [("response", None)],
        log='{"timestamp":"TIME","level":"ERROR","requestId":"r1","message":"c"}\n',
        env={**JSON_LOG, "AWS_LAMBDA_LOG_LEVEL": "ERROR"},
    ),
    # Streams.
    Case(
        "a stream",
        streams("stream.write('a');\nstream.write(new Uint8Array([0, 255]));\nstream.write({ b: 1 });\nstream.end('é');"),
        [("response", b'a\x00\xff{"b":1}\xc3\xa9')],
        log="",
    ),
    Case(
        "a stream that is an HTTP response",
        streams("stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });\nstream.write('a');\nstream.end();"),
        [("response", b'{"statusCode":201}\x00\x00\x00\x00\x00\x00\x00\x00a')],
    ),
    Case(
        "a prelude goes before what is written, not before what ends",
        streams("stream = awslambda.HttpResponseStream.from(stream, {});\nstream.end('a');"),
        [("response", b"a")],
    ),
    Case(
        "a stream from a pipeline",
        streams("const { pipeline } = require('node:stream/promises');\nawait pipeline(require('node:stream').Readable.from(['x', 'y']), stream);"),
        [("response", b"xy")],
    ),
    Case(
        "a stream with a value",
        streams("stream.end('a');\nreturn 1;"),
        [("response", b"a")],
        log="TIME\tr1\tWARN\tStreaming handlers ignore return values.\n",
    ),
    Case(
        "a stream that is not marked",
        "exports.handler = async () => 1;\nexports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'both';\n",
        [("init", error("Runtime.MalformedStreamingHandler", "Only response streaming is supported."))],
        status=(129, 1),
    ),
    Case(
        "nothing cannot be written to a stream",
        streams("stream.write(null);"),
        [("response", b"")],
        log=has('Invoke Error \t{"errorType":"TypeError","errorMessage":"Cannot read properties of null (reading \'length\')"'),
    ),
    Case(
        "an error after the end of a stream",
        streams("stream.end('a');\nthrow new Error('late');"),
        [("response", b"a")],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"late"'),
    ),
    Case(
        "a content type that is no header",
        streams("stream.setContentType('a\\r\\nb');"),
        [("response", b"")],
        log=has('Invoke Error \t{"errorType":"TypeError","errorMessage":"Invalid character in header content [\\"Content-Type\\"]"'),
    ),
    Case(
        "a content type that comes too late",
        streams("stream.write('a');\nstream.setContentType('b');"),
        [("response", b"a")],
        log=has('"errorType":"Runtime.InvalidStreamingOperation","errorMessage":"Cannot set content-type, too late."'),
    ),
    Case(
        "two streams, one after the other",
        streams("stream.end(event);"),
        [("response", b"a"), ("response", b"b")],
        events=[Event("a"), Event("b", "r2")],
    ),
    # Names.
    Case(
        "a name with two points",
        {},
        [
            (
                "init",
                error(
                    "Runtime.MalformedHandlerName",
                    "'../app.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
                ),
            )
        ],
        handler="../app.handler",
        status=(129, 1),
    ),
    Case("a name without a point", returns("1"), [("init", error("Runtime.MalformedHandlerName", "Bad handler"))], handler="app", status=(129, 1)),
    Case(
        "a handler that is not there",
        "exports.x = 1;\n",
        [("init", error("Runtime.HandlerNotFound", "app.handler is undefined or not exported", re.compile("^Runtime.HandlerNotFound: app")))],
        status=(129, 1),
    ),
    Case(
        "a handler that is no function",
        "exports.handler = 'x';\n",
        [("init", error("Runtime.HandlerNotFound", "app.handler is not a function"))],
        status=(129, 1),
    ),
    Case(
        "a module that is not there",
        {},
        [("init", error("Runtime.ImportModuleError", re.compile("^Error: Cannot find module 'app'\nRequire stack:\n- .*")))],
        status=(129, 1),
    ),
    Case(
        "a module that requires what is not there",
        "require('nothing-of-that-name');\n",
        [("init", error("Runtime.ImportModuleError", has("Error: Cannot find module 'nothing-of-that-name'\nRequire stack:\n- ", "/app.js")))],
        status=(129, 1),
    ),
    Case(
        "a mistake of syntax",
        "exports.handler = async () => {\n  return 1\n",
        [("init", error("Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected end of input"))],
        status=(129, 1),
    ),
    Case(
        "an error at import",
        "throw new TypeError('cannot start');\n",
        [("init", error("TypeError", "cannot start", "TypeError: cannot start", re.compile("/app.js:1:7")))],
        status=(129, 1),
    ),
]

CONTEXT = {
    "functionVersion": "$LATEST",
    "memoryLimitInMB": "128",
    "logGroupName": "/aws/lambda/f",
    "logStreamName": "stream",
}


def with_name(context):
    """The members in the order that they had up to nodejs22.x."""
    version, *rest = context.items()
    return dict([version, ("functionName", "f"), *rest])


# Up to nodejs22.x.
OLD_ONLY = [
    Case("a callback", "exports.handler = (event, context, done) => done(null, { a: 1 });\n", [("response", {"a": 1})]),
    Case("a callback without a value", "exports.handler = (event, context, done) => done();\n", [("response", None)]),
    Case(
        "a callback with an error",
        "exports.handler = (event, context, done) => done(new Error('no'));\n",
        [("error", error("Error", "no"))],
        log=has("TIME\tr1\tERROR\tInvoke Error \t"),
    ),
    Case(
        "a callback with a text as error",
        "exports.handler = (event, context, done) => done('no');\n",
        [("error", {"errorType": "string", "errorMessage": "no", "trace": []})],
    ),
    Case(
        "a callback waits until nothing is left to do",
        "exports.handler = (event, context, done) => {\n  setTimeout(() => console.log('later'), 50);\n  done(null, 1);\n};\n",
        [("response", 1)],
        log="TIME\tr1\tINFO\tlater\n",
    ),
    Case(
        "a callback that does not wait",
        "exports.handler = (event, context, done) => {\n  context.callbackWaitsForEmptyEventLoop = false;\n"
        "  setTimeout(() => {}, 1000000);\n  done(null, 1);\n};\n",
        [("response", 1), ("response", 1)],
        events=[Event(1), Event(2, "r2")],
    ),
    Case(
        "what is left to do goes on with the next event",
        "exports.handler = (event, context, done) => {\n  context.callbackWaitsForEmptyEventLoop = false;\n"
        "  if (event === 1) setImmediate(() => setTimeout(() => globalThis.go(), 1));\n"
        "  if (event === 2) globalThis.go = () => done(null, 'went');\n  else done(null, 1);\n  globalThis.go ??= () => setTimeout(globalThis.go, 1);\n};\n",
        [("response", 1), ("response", "went")],
        events=[Event(1), Event(2, "r2")],
    ),
    Case("the first callback counts", "exports.handler = (event, context, done) => {\n  done(null, 1);\n  done(null, 2);\n  context.succeed(3);\n};\n", [("response", 1)]),
    Case("succeed", "exports.handler = (event, context) => context.succeed(1);\n", [("response", 1)]),
    Case("fail", "exports.handler = (event, context) => context.fail(new Error('no'));\n", [("error", error("Error", "no"))]),
    Case("fail without a reason", "exports.handler = (event, context) => context.fail();\n", [("error", {"errorType": "string", "errorMessage": "handled", "trace": []})]),
    Case("done", "exports.handler = (event, context) => context.done(null, 1);\n", [("response", 1)]),
    Case("a handler that says nothing", "exports.handler = () => 5;\n", [("response", None), ("response", None)], events=[Event(1), Event(2, "r2")]),
    Case("a promise that never comes", "exports.handler = () => new Promise(() => {});\n", [("response", None)]),
    Case(
        "a promise does not wait until nothing is left to do",
        "exports.handler = async () => {\n  setTimeout(() => {}, 1000000);\n  return 1;\n};\n",
        [("response", 1)],
    ),
    Case(
        "a handler that throws at once",
        "exports.handler = () => {\n  throw new Error('no');\n};\n",
        [("error", error("Error", "no", "Error: no", re.compile(r"^    at .*handler.*/app\.js:2:9\)$"), re.compile("Runtime.handleOnceNonStreaming")))],
    ),
    Case(
        "a circle",
        "exports.handler = async (event) => ((event.me = event), event);\n",
        [("error", error("Error", "Unable to stringify response body"))],
    ),
    Case(
        "an event that is no JSON",
        returns("event"),
        [("error", error("SyntaxError", re.compile("JSON")))],
        events=[Event(b"?")],
    ),
    Case("a client context that is no JSON", returns("1"), [("error", error("Error", re.compile("^Cannot parse ClientContext as json: SyntaxError: ")))], events=[Event({}, Lambda_Runtime_Client_Context="?")]),
    Case(
        "the context",
        returns("context"),
        [("response", {"callbackWaitsForEmptyEventLoop": True, **with_name(CONTEXT), "invokedFunctionArn": ARN, "awsRequestId": "r1"})],
    ),
    Case(
        "an error that nobody catches",
        "exports.handler = async () => {\n  setTimeout(() => {\n    throw new Error('nobody');\n  });\n  await new Promise(() => {});\n};\n",
        [("error", error("Error", "nobody", "Error: nobody"))],
        log=has("TIME\tr1\tERROR\tUncaught Exception \t", '"errorMessage":"nobody"'),
        status=129,
    ),
    Case(
        "a promise that nobody catches",
        "exports.handler = async () => {\n  Promise.reject(new Error('nobody'));\n  await new Promise((go) => setTimeout(go, 100000));\n};\n",
        [("error", error("Runtime.UnhandledPromiseRejection", "Error: nobody", "Runtime.UnhandledPromiseRejection: Error: nobody"))],
        log=has(
            'TIME\tr1\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: nobody",'
            '"reason":{"errorType":"Error","errorMessage":"nobody","stack":[',
            '"promise":{},"stack":[',
        ),
        status=128,
    ),
    Case(
        "a promise that nobody catches at import",
        "Promise.reject('nobody');\nsetTimeout(() => {}, 100000);\n" + returns("1"),
        [("init", error("Runtime.UnhandledPromiseRejection", "nobody"))],
        log=has("TIME\tundefined\tERROR\tUnhandled Promise Rejection \t"),
        status=128,
    ),
    Case(
        "a mistake at import is logged",
        "throw new Error('cannot start');\n",
        [("init", error("Error", "cannot start"))],
        log=has('TIME\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"cannot start","stack":["Error: cannot start",'),
        status=129,
    ),
    Case(
        "a handler that streams without a promise",
        "exports.handler = awslambda.streamifyResponse(() => 1);\n",
        [("response", b"")],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"Streaming does not support non-async handlers."'),
    ),
    Case(
        "a stream that is cut off",
        streams("stream.write('a');\nstream.destroy(new Error('cut'));"),
        [("error", error("Runtime.UnhandledPromiseRejection", "Error: cut"))],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"cut"', "Unhandled Promise Rejection"),
        status=128,
    ),
    Case(
        "null that is thrown",
        "exports.handler = async () => {\n  throw null;\n};\n",
        [("error", {"errorType": "string", "errorMessage": "handled", "trace": []})],
    ),
    Case(
        "an error that cannot be read",
        "exports.handler = async () => {\n  const e = new Error('no');\n  e.stack = undefined;\n  throw e;\n};\n",
        [("error", {"errorType": "handled", "errorMessage": re.compile("^callback called with Error argument, but ")})],
    ),
    Case("a folder as the function", {"app/index.js": returns("'folder'")}, [("response", "folder")]),
    Case("a member of a function", "exports.a = () => 1;\nexports.a.b = async () => 2;\n", [("response", 2)], handler="app.a.b"),
    Case(
        "a stream waits until nothing is left to do",
        streams("setTimeout(() => console.log('later'), 50);\nstream.end('a');"),
        [("response", b"a")],
        log="TIME\tr1\tINFO\tlater\n",
    ),
    Case(
        "libraries find the ids",
        returns("[globalThis[Symbol.for('aws.lambda.runtime.requestId')], typeof awslambda.InvokeStore]"),
        [("response", ["r1", "undefined"])],
    ),
    Case("fatal is written whatever the level", "exports.handler = async () => console.fatal('f');\n", [("response", None)], log="TIME\tr1\tFATAL\tf\n"),
]

# Since nodejs24.x.
NEW_ONLY = [
    Case(
        "callbacks are refused",
        "exports.handler = (event, context, done) => done();\n",
        [("init", error("Runtime.CallbackHandlerDeprecated", DEPRECATED))],
        log=has('TIME\t-\tERROR\tInit Error \t{"errorType":"Runtime.CallbackHandlerDeprecated"'),
        status=1,
    ),
    Case("a value is the response", "exports.handler = () => 5;\n", [("response", 5)]),
    Case("a promise that never comes ends the process", "exports.handler = () => new Promise(() => {});\n", [], status=0),
    Case(
        "a circle",
        "exports.handler = async (event) => ((event.me = event), event);\n",
        [("error", error("Runtime.JSONStringifyError", "Unable to stringify response body"))],
    ),
    Case(
        "the context",
        returns("context"),
        [("response", {"invokedFunctionArn": ARN, "awsRequestId": "r1", "xRayTraceId": "Root=1-r1", "functionName": "f", **CONTEXT})],
    ),
    Case("there are no callbacks in the context", returns("Object.keys(context).filter((key) => /^(done|fail|succeed|callback)/.test(key))"), [("response", [])]),
    Case(
        "a promise that nobody catches ends the process",
        "exports.handler = async () => {\n  Promise.reject(new Error('nobody'));\n  await new Promise((go) => setTimeout(go, 100000));\n};\n",
        [],
        status=1,
    ),
    Case(
        "a default export",
        {"app.mjs": "export default { handler: async () => 'default' };\n"},
        [("response", "default")],
    ),
    Case(
        "the store of the invocation",
        returns("[awslambda.InvokeStore.getRequestId(), awslambda.InvokeStore.getXRayTraceId(), awslambda.InvokeStore.getTenantId()]"),
        [("response", ["r1", "Root=1-r1", None])],
    ),
    Case(
        "the store refuses what is not the function's",
        returns("awslambda.InvokeStore.set(Symbol.for('_AWS_LAMBDA_REQUEST_ID'), 1)"),
        [("error", error("Error", "Cannot modify protected Lambda context field: Symbol(_AWS_LAMBDA_REQUEST_ID)"))],
    ),
    Case(
        "a handler that streams without a promise",
        "exports.handler = awslambda.streamifyResponse((event, stream, context) => 1);\n",
        [("response", b"")],
        log=has('Invoke Error \t{"errorType":"Error","errorMessage":"Streaming does not support non-async handlers."'),
    ),
    Case("a stream that is cut off ends the process", streams("stream.write('a');\nstream.destroy(new Error('cut'));"), [], status=1),
    Case(
        "null that is thrown",
        "exports.handler = async () => {\n  throw null;\n};\n",
        [("error", {"errorType": "object", "errorMessage": "null", "trace": []})],
    ),
    Case(
        "an error without a trace",
        "exports.handler = async () => {\n  const e = new Error('no');\n  e.stack = undefined;\n  throw e;\n};\n",
        [("error", {"errorType": "Error", "errorMessage": "no", "trace": []})],
    ),
    Case(
        "a member of a function is none",
        "exports.a = () => 1;\nexports.a.b = async () => 2;\n",
        [("init", error("Runtime.HandlerNotFound", "app.a.b is undefined or not exported"))],
        handler="app.a.b",
        status=1,
    ),
    Case(
        "a stream does not wait until nothing is left to do",
        streams("setTimeout(() => {}, 1000000);\nstream.end('a');"),
        [("response", b"a")],
    ),
]


def rows():
    for name, way, cases in (("old", OLD, BOTH + OLD_ONLY), ("new", NEW, BOTH + NEW_ONLY)):
        for case in cases:
            # What differs when Node.js boots before it knows its function is the same in both ways.
            for assigned in (False, True) if way is OLD else (False,):
                label = "-".join([name, "assigned" if assigned else "direct", case.name.replace(" ", "-")])
                yield pytest.param(case, way, assigned, id=label)


@pytest.mark.parametrize("case, way, assigned", list(rows()))
def test_a_function_tells_what_it_would_on_aws(case, way, assigned):
    status = case.status
    if isinstance(status, tuple):
        status = status[way is NEW]
    row = Case(case.name, case.files, case.reports, case.log, case.handler, case.events, status)
    check(row, NODE, **{**case.options, "env": {**case.options.get("env", {}), **way}, "assigned": assigned})


@pytest.fixture(params=[OLD, NEW], ids=["old", "new"])
def way(request):
    return request.param


def test_responses_are_written_as_aws_does(way):
    files = {"app.js": returns("{ é: '\\u2028\\x00', n: 1e21 }")}
    with Function(NODE, files, "app.handler", [Event({})], env=way) as function:
        function.until_idle()
        (report,) = function.api.reports
        assert report.body == '{"é":"\u2028\\u0000","n":1e+21}'.encode()
        assert report.headers["content-type"] == "application/json"


def test_an_error_is_named_in_headers(way):
    files = {"app.js": "exports.handler = async () => {\n  const e = new Error('é\\x7f');\n  e.name = 'Schön';\n  throw e;\n};\n"}
    with Function(NODE, files, "app.handler", [Event({})], env=way) as function:
        function.until_idle()
        (report,) = function.api.reports
        assert report.headers["lambda-runtime-function-error-type"] == "Sch?n"
        assert report.document["errorMessage"] == "é%7F"
        cause = json.loads(report.headers["lambda-runtime-function-xray-error-cause"])
        (exception,) = cause["exceptions"]
        assert (cause["working_directory"], exception["type"], exception["message"]) == (str(function.task), "Schön", "é%7F")
        path = str(function.task / "app.js")
        assert (exception["stack"][0]["path"], exception["stack"][0]["line"]) == (path, 2)
        assert path in cause["paths"]


def test_a_stream_is_sent_as_it_is_written(way):
    body = "stream.setContentType('text/x');\nstream.write('a');\nawait new Promise((go) => setTimeout(go, 5));\nstream.write('b');\nstream.end();"
    with Function(NODE, {"app.js": streams(body)}, "app.handler", [Event({})], env=way) as function:
        function.until_idle()
        (report,) = function.api.reports
        assert report.chunks == [b"a", b"b"]
        assert report.headers["content-type"] == "text/x"
        assert report.headers["lambda-runtime-function-response-mode"] == "streaming"
        assert report.trailers == {}


def test_a_stream_that_breaks_off_says_why_in_trailers(way):
    body = "stream.write('a');\nthrow new RangeError('mid é');"
    with Function(NODE, {"app.js": streams(body)}, "app.handler", [Event({}), Event({}, "r2")], env=way) as function:
        function.until_idle()
        for report in function.api.reports:
            assert (report.kind, report.body) == ("response", b"a")
            assert "lambda-runtime-function-error-type" in report.headers["trailer"].lower()
            assert report.trailers["lambda-runtime-function-error-type"] == "RangeError"
            told = json.loads(base64.b64decode(report.trailers["lambda-runtime-function-error-body"]))
            assert (told["errorType"], told["errorMessage"]) == ("RangeError", "mid é")
        assert len(function.api.reports) == 2


def test_a_stream_that_never_ends_keeps_the_process(way):
    with Function(NODE, {"app.js": streams("stream.write('a');")}, "app.handler", [Event({})], env=way) as function:
        function.until(lambda: ("POST", "/2018-06-01/runtime/invocation/r1/response") in function.api.begun, "the response")
        assert function.process.poll() is None and not function.api.idle


def test_an_error_that_nobody_catches_is_told_beside_a_stream():
    body = "stream.write('a');\nsetTimeout(() => {\n  throw new Error('nobody');\n});\nawait new Promise(() => {});"
    with Function(NODE, {"app.js": streams(body)}, "app.handler", [Event({})], env=OLD) as function:
        assert function.until_exit() == 129
        (report,) = function.api.reports
        assert (report.kind, report.request_id, report.document["errorMessage"]) == ("error", "r1", "nobody")
        assert function.api.connections == 2


@pytest.mark.parametrize("api, connections", [({}, 1), ({"chunked": True}, 1), ({"closes": True}, 7), ({"dribbles": True}, 1), ({"dribbles": True, "chunked": True}, 1)])
def test_one_connection_serves_all_events_unless_it_is_closed(way, api, connections):
    events = [Event({"n": n}, "r{}".format(n)) for n in range(3)]
    with Function(NODE, {"app.js": returns("event")}, "app.handler", events, env=way, **api) as function:
        function.until_idle()
        assert [report.document for report in function.api.reports] == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert [report.request_id for report in function.api.reports] == ["r0", "r1", "r2"]
        assert function.api.connections == connections


@pytest.mark.parametrize("chunked", [False, True])
def test_long_events_and_responses_pass(way, chunked):
    event = Event({"text": "é" * 3_000_000})
    with Function(NODE, {"app.js": returns("event")}, "app.handler", [event], env=way, chunked=chunked) as function:
        function.until_idle()
        assert function.api.reports[0].document == {"text": "é" * 3_000_000}


def test_a_long_stream_passes(way):
    body = "for (let n = 0; n < 1000; n++) if (!stream.write('x'.repeat(10000))) await new Promise((go) => stream.once('drain', go));\nstream.end();"
    with Function(NODE, {"app.js": streams(body, ", { highWaterMark: 1000 }")}, "app.handler", [Event({})], env=way) as function:
        function.until_idle()
        assert function.api.reports[0].body == b"x" * 10_000_000


def test_a_refused_response_is_logged_and_the_next_event_served(way):
    events = [Event(1, "big"), Event(2, "r2")]
    with Function(NODE, {"app.js": returns("event")}, "app.handler", events, env=way, refuse={"big": 413}) as function:
        function.until_idle()
        assert [report.document for report in function.api.reports] == [1, 2]
        assert "Failed to post handler response. Http response code: 413" in function.complained


def test_a_broken_engine_ends_the_runtime(way):
    with Function(NODE, {"app.js": returns("event")}, "app.handler", [Event(1)], env=way, refuse={"r1": 500}) as function:
        assert function.until_exit() == 1


def test_a_function_may_heed_the_signal_to_end(way):
    heeding = "process.on('SIGTERM', () => {\n  process.stdout.write('ending\\n');\n  process.exit(3);\n});\n"
    with Function(NODE, {"app.js": heeding + returns("1")}, "app.handler", [Event(1)], env=way) as function:
        function.until_idle()
        assert terminated(function) == 3
        assert function.printed == "ending\n"
    with Function(NODE, {"app.js": returns("1")}, "app.handler", [Event(1)], env=way) as function:
        function.until_idle()
        assert terminated(function) == -signal.SIGTERM


def test_frames_say_level_and_time(way):
    files = {"app.js": "exports.handler = async () => {\n  console.trace('a');\n  console.error('b');\n};\n"}
    for form, expected in {"TEXT": [0xA55A0007, 0xA55A0017], "JSON": [0xA55A0006, 0xA55A0016]}.items():
        env = {"AWS_LAMBDA_LOG_FORMAT": form, **way}
        with Function(NODE, files, "app.handler", [Event({})], env=env, framed=True) as function:
            function.until_idle()
            function.stop()
            assert [kind for kind, _, _ in function.framed] == expected
            assert all(abs(at / 1e6 - time.time()) < 60 for _, at, _ in function.framed)


def test_packages_are_looked_for_where_aws_does():
    with Function(NODE, {"app.js": returns("process.env.NODE_PATH")}, "app.handler", [Event({})], env=OLD, assigned=True) as function:
        function.until_idle()
        runtime = function.environment["LAMBDA_RUNTIME_DIR"]
        expected = ["/opt/nodejs/node22/node_modules", "/opt/nodejs/node_modules", runtime + "/node_modules", runtime, str(function.task)]
        assert function.api.reports[0].document.split(":") == expected


def test_a_waiting_instance_asks_for_nothing(way):
    with Function(NODE, {"app.js": returns("event")}, "app.handler", [Event(1)], env=way, assigned="later") as function:
        function.assign_half()
        assert function.api.connections == 0
        function.assign()
        function.until_idle()
        assert function.api.reports[0].document == 1


def test_an_instance_that_nobody_needs_ends():
    with Function(NODE, {}, "app.handler", assigned="later") as function:
        os.close(function.assignment)
        assert function.until_exit() == 0
        assert (function.printed, function.complained) == ("", "")


def test_what_comes_too_late_for_an_assigned_instance_is_said():
    env = {**OLD, "NODE_OPTIONS": "--no-warnings --stack-trace-limit=3", "UV_THREADPOOL_SIZE": "2"}
    with Function(NODE, {"app.js": returns("Error.stackTraceLimit")}, "app.handler", [Event(1)], env=env, assigned=True) as function:
        function.until_idle()
        assert function.api.reports[0].document == 3
        assert [line.split(" ")[0] for line in function.complained.splitlines()] == ["UV_THREADPOOL_SIZE", "--no-warnings"]


def test_a_start_loads_no_http():
    expression = "process.moduleLoadList.filter((name) => /NativeModule (_http_client|http|https|tls|crypto)$/.test(name))"
    with Function(NODE, {"app.js": returns(expression)}, "app.handler", [Event(1)], env=OLD) as function:
        function.until_idle()
        assert function.api.reports[0].document == []
