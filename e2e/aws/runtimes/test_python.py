"""The runtime for Python: handlers and events in a table, what they must tell the engine and log. AWS's words and forms."""

import json
import os
import re
import signal
import time

import pytest
from runtime_api import ARN, FAR, PYTHON, Case, Event, Function, check, terminated

NEW = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}
OLD = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"}
JSON_LOG = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}


def returns(expression, before=""):
    """A function that returns an expression."""
    return "{}\ndef handler(event, context):\n    return {}\n".format(before, expression)


def error(error_type, message, trace=(), request_id="r1"):
    """The document of an error."""
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": trace if callable(trace) else list(trace)}


def at(line, code, name="handler", file="app.py"):
    """A line of a trace."""
    return '  File "TASK/{}", line {}, in {}\n    {}\n'.format(file, line, name, code)


def init(error_type, message, trace=()):
    return [("init", error(error_type, message, trace, ""))]


CASES = [
    # What is serialised, and how.
    Case("an event comes back", returns("event"), [("response", {"a": [1, None, "é"]})], events=[Event({"a": [1, None, "é"]})]),
    Case("nothing is null", returns("None"), [("response", None)], log=""),
    Case("bytes go as they are", returns("b'\\xff\\x00'"), [("response", b"\xff\x00")]),
    Case("bytes within are text", returns("{'a': b'x', b'k': 1}"), [("response", {"a": "x", "k": 1})]),
    Case("a tuple is a list", returns("(1, (2,))"), [("response", [1, [2]])]),
    Case(
        "a named tuple is an object",
        returns("[P(1, P(2, 3))]", "from collections import namedtuple\nP = namedtuple('P', 'x y')"),
        [("response", [{"x": 1, "y": {"x": 2, "y": 3}}])],
    ),
    Case("keys are texts", returns("{1: 1, None: 2, True: 3, 1.5: 4}"), [("response", {"1": 3, "null": 2, "1.5": 4})]),
    Case(
        "decimals keep their digits",
        returns("str(context) and D('0.10000000000000000001')", "from decimal import Decimal as D"),
        [("response", 0.1)],
    ),
    Case("a decimal beside its text", returns("[D('1E+2'), '1E+2']", "from decimal import Decimal as D"), [("response", [100.0, "1E+2"])]),
    Case(
        "a circle",
        "def handler(event, context):\n    event['me'] = event\n    return event\n",
        [("error", error("Runtime.MarshalError", "Unable to marshal response: Circular reference detected"))],
    ),
    Case(
        "a circle around a decimal",
        "from decimal import Decimal\ndef handler(event, context):\n    event = [Decimal(1)]\n    event.append(event)\n    return event\n",
        [("error", error("Runtime.MarshalError", "Unable to marshal response: Circular reference detected"))],
    ),
    Case(
        "a date",
        returns("{'at': datetime.datetime.now()}", "import datetime"),
        [("error", error("Runtime.MarshalError", "Unable to marshal response: Object of type datetime is not JSON serializable"))],
        log="[ERROR] Runtime.MarshalError: Unable to marshal response: Object of type datetime is not JSON serializable\r"
        "Traceback (most recent call last):\n",
    ),
    Case(
        "a set",
        returns("{1}"),
        [("error", error("Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable"))],
    ),
    Case(
        "a coroutine: there are no async handlers",
        "import warnings\nwarnings.simplefilter('ignore')\nasync def handler(event, context):\n    return 1\n",
        [("error", error("Runtime.MarshalError", "Unable to marshal response: Object of type coroutine is not JSON serializable"))],
    ),
    Case(
        "a key that is no text",
        returns("{(1, 2): 3}"),
        [("error", error("Runtime.MarshalError", "Unable to marshal response: keys must be str, int, float, bool or None, not tuple"))],
    ),
    Case(
        "an event that is no JSON",
        returns("event"),
        [("error", error("Runtime.UnmarshalError", "Unable to unmarshal input: Expecting value: line 1 column 1 (char 0)"))],
        events=[Event(b"?")],
    ),
    Case(
        "an event with a new line in a text",
        returns("event"),
        [("error", error("Runtime.UnmarshalError", re.compile("^Unable to unmarshal input: Invalid control character")))],
        events=[Event(b'"a\nb"')],
    ),
    Case("an event that is no number", returns("event"), [("error", error("Runtime.UnmarshalError", "Unable to unmarshal input: Expecting value: NaN"))], events=[Event(b"NaN")]),
    Case("an event with spaces around", returns("event"), [("response", [1])], events=[Event(b" \n[1]\t ")]),
    Case("an event that its type says to be other", returns("event.decode()"), [("response", "?")], events=[Event(b"?", Content_Type="text/plain")]),
    # What is raised.
    Case(
        "an exception",
        "def handler(event, context):\n    inner()\n\ndef inner():\n    raise ValueError('no é')\n",
        [("error", error("ValueError", "no é", [at(2, "inner()"), at(5, "raise ValueError('no é')", "inner")]))],
        log="[ERROR] ValueError: no é\rTraceback (most recent call last):\r"
        "\u00a0\u00a0File \"TASK/app.py\", line 2, in handler\r\u00a0\u00a0\u00a0\u00a0inner()\r"
        "\u00a0\u00a0File \"TASK/app.py\", line 5, in inner\r\u00a0\u00a0\u00a0\u00a0raise ValueError('no é')\n",
    ),
    Case(
        "an exception of the function's own, without words",
        "class Odd(Exception):\n    pass\ndef handler(event, context):\n    raise Odd\n",
        [("error", error("Odd", "", [at(4, "raise Odd")]))],
    ),
    Case(
        "an exception because of another",
        "def handler(event, context):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise KeyError('k') from e\n",
        [("error", error("KeyError", "'k'", [at(5, "raise KeyError('k') from e")]))],
    ),
    Case(
        "a handler of too few arguments",
        "def handler(event):\n    return 1\n",
        [("error", error("TypeError", re.compile(r"takes 1 positional argument but 2 were given$"), [re.compile("in _called\n")]))],
    ),
    Case(
        "after an exception comes the next event",
        "def handler(event, context):\n    return 1 / event\n",
        [("error", error("ZeroDivisionError", "division by zero", [at(2, "return 1 / event")])), ("response", 1.0)],
        events=[Event(0), Event(1, "r2")],
    ),
    Case("leaving", "import sys\ndef handler(event, context):\n    print('bye')\n    sys.exit(7)\n", [], log="bye\n", status=7),
    Case("leaving at import", "raise SystemExit(8)\n", [], status=8),
    # How the function starts.
    Case("a module in a folder", {"src/in/app.py": returns("'in'")}, [("response", "in")], handler="src/in/app.handler"),
    Case("a module in a package", {"src/app.py": returns("'in'"), "src/__init__.py": "one = 1\n"}, [("response", "in")], handler="src.app.handler"),
    Case(
        "a package's own name",
        {"app/__init__.py": "from .part import handler\n", "app/part.py": returns("__name__")},
        [("response", "app.part")],
    ),
    Case("a class", "class handler:\n    def __new__(cls, event, context):\n        return event\n", [("response", {})]),
    Case(
        "a module that is not there",
        {},
        init("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'app'"),
        log="[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'app'\rTraceback (most recent call last):\n",
        status=1,
    ),
    Case(
        "a folder's module that is not there",
        {},
        init("Runtime.ImportModuleError", "Unable to import module 'src/app': No module named 'src'"),
        handler="src/app.handler",
        status=1,
    ),
    Case(
        "a module that imports what is not there",
        "import nothing_of_that_name\n",
        init("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'nothing_of_that_name'"),
        status=1,
    ),
    Case(
        "a function that is not there",
        "x = 1\n",
        init("Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        status=1,
    ),
    Case(
        "a name without a point",
        returns("1"),
        init("Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
        handler="app",
        status=1,
    ),
    Case(
        "a module of the interpreter",
        {},
        init("Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        handler="sys.exit",
        status=1,
    ),
    Case(
        "a mistake of syntax",
        "def handler(event, context)\n    return 1\n",
        init(
            "Runtime.UserCodeSyntaxError",
            re.compile(r"^Syntax error in module 'app': .*\(app.py, line 1\)$"),
            ['  File "TASK/app.py" Line 1\n    def handler(event, context)\n'],
        ),
        status=1,
    ),
    Case(
        "an exception at import",
        "raise RuntimeError('cannot start')\n",
        init("RuntimeError", "cannot start", lambda trace: "import_module" in trace[0] and "line 1, in <module>" in trace[-1]),
        log=lambda text: text.startswith("[ERROR] RuntimeError: cannot start\rTraceback") and text.count("\n") == 1,
        status=1,
    ),
    # The environment.
    Case(
        "the search path begins with the function",
        returns("[sys.path[:3], sys.path[-1], len([p for p in sys.path if 'engine-native' in p])]", "import sys"),
        [
            (
                "response",
                [
                    ["TASK", re.compile(r"^/opt/python/lib/python3\.\d+/site-packages$"), "/opt/python"],
                    re.compile("/runtime$"),
                    0,
                ],
            )
        ],
    ),
    Case(
        "a search path of the function's own",
        returns("sys.path[:2]", "import sys"),
        [("response", ["TASK", "/nowhere"])],
        env={"PYTHONPATH": "/nowhere"},
    ),
    Case(
        "files that say where more is",
        {"more.pth": "more\n", "more/extra.py": "x = 5\n", "app.py": returns("extra.x", "import extra")},
        [("response", 5)],
    ),
    Case(
        "the trace is that of the event",
        returns("os.environ.get('_X_AMZN_TRACE_ID')", "import os"),
        [("response", "Root=1-r1"), ("response", None), ("response", "Root=1-r3")],
        events=[Event(1), Event(2, "r2", Lambda_Runtime_Trace_Id=None), Event(3, "r3")],
    ),
    Case(
        "the time zone",
        returns("time.localtime(0).tm_hour", "import time"),
        [("response", 5)],
        env={"TZ": "XXX-5"},
    ),
    Case(
        "variables reach what the function starts",
        returns("subprocess.check_output('echo $COLOUR$CUMULO_ASSIGNMENT_FD', shell=True).decode()", "import subprocess"),
        [("response", "blue\n")],
        env={"COLOUR": "blue"},
    ),
    Case("the working folder", returns("os.getcwd()", "import os"), [("response", "TASK")]),
    # The context.
    Case(
        "the context",
        returns(
            "[context.function_name, context.function_version, context.memory_limit_in_mb, context.log_group_name, "
            "context.log_stream_name, context.aws_request_id, context.invoked_function_arn, context.tenant_id, "
            "context.client_context, context.identity.cognito_identity_id, round((context.get_remaining_time_in_millis() / 1000 + time.time()) / 60) == DEADLINE // 60000]",
            "import time\nDEADLINE = {}".format(FAR)
        ),
        [("response", ["f", "$LATEST", "128", "/aws/lambda/f", "stream", "r1", ARN, None, None, None, True])],
    ),
    Case(
        "a context with a client, an identity and a tenant",
        returns(
            "[context.client_context.custom, context.client_context.env, context.client_context.client.app_title, "
            "context.identity.cognito_identity_pool_id, context.tenant_id, context.w3c()]"
        ),
        [("response", [{"é": 1}, None, "T", "pool", "tenant", {"traceparent": "00-x"}])],
        events=[
            Event(
                {},
                Lambda_Runtime_Client_Context='{"custom":{"é":1},"client":{"app_title":"T"},"w3c":{"traceparent":"00-x","other":"y"}}',
                Lambda_Runtime_Cognito_Identity='{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}',
                Lambda_Runtime_Aws_Tenant_Id="tenant",
            )
        ],
    ),
    Case(
        "a context as text",
        returns("repr(context).replace(context.invoked_function_arn, 'ARN')"),
        [
            (
                "response",
                "LambdaContext([aws_request_id=r1,log_group_name=/aws/lambda/f,log_stream_name=stream,function_name=f,"
                "memory_limit_in_mb=128,function_version=$LATEST,invoked_function_arn=ARN,client_context=None,"
                "identity=CognitoIdentity([cognito_identity_id=None,cognito_identity_pool_id=None]),tenant_id=None])",
            )
        ],
    ),
    Case(
        "a client context that is no JSON",
        returns("1"),
        [
            (
                "error",
                error(
                    "Runtime.LambdaContextUnmarshalError",
                    "Unable to parse Client Context JSON: Expecting value: line 1 column 1 (char 0)",
                ),
            )
        ],
        events=[Event({}, Lambda_Runtime_Client_Context="?")],
    ),
    Case("time that is over", returns("context.get_remaining_time_in_millis()"), [("response", 0)], events=[Event({}, deadline=5)]),
    # Logs.
    Case(
        "what is printed goes as it is",
        "import sys\ndef handler(event, context):\n    print('a\\nb')\n    print('c', end='')\n    sys.stdout.write('d\\n')\n    context.log('e')\n",
        [("response", None)],
        log="a\nb\ncd\ne",
    ),
    Case(
        "records",
        "import logging\nlogging.getLogger().setLevel('INFO')\nlogging.warning('early')\ndef handler(event, context):\n"
        "    logging.info('a %s', 1)\n    logging.debug('no')\n    logging.getLogger('x').error('b\\nc')\n",
        [("response", None)],
        log="[WARNING]\tTIME\t\tearly\n[INFO]\tTIME\tr1\ta 1\n[ERROR]\tTIME\tr1\tb\rc\n",
    ),
    Case("records below a warning are not written", "import logging\ndef handler(event, context):\n    logging.info('a')\n", [("response", None)], log=""),
    Case(
        "an exception that is logged",
        "import logging\ndef handler(event, context):\n    try:\n        1 / 0\n    except Exception:\n        logging.exception('oh')\n",
        [("response", None)],
        log=re.compile(
            r'^\[ERROR\]\tTIME\tr1\toh\rTraceback \(most recent call last\):\r  File ".*/app.py", line 4, in handler\r    1 / 0\r'
            r"(    ~~\^~~\r)?ZeroDivisionError: division by zero\n$"
        ),
    ),
    Case(
        "records in frames",
        "import logging\ndef handler(event, context):\n    logging.error('a\\nb')\n    raise KeyError('k')\n",
        [("error", error("KeyError", "'k'", [at(4, "raise KeyError('k')")]))],
        log="[ERROR]\tTIME\tr1\ta\nb\n[ERROR] KeyError: 'k'\nTraceback (most recent call last):\n\u00a0\u00a0File \"TASK/app.py\", "
        "line 4, in handler\n\u00a0\u00a0\u00a0\u00a0raise KeyError('k')",
        framed=True,
    ),
    Case(
        "records as JSON",
        "import logging\ndef handler(event, context):\n    logging.getLogger('x').warning('a\\n%s', 1, extra={'own': [1], 'n': None})\n"
        "    logging.error({'k': 'é'})\n    logging.info('no')\n",
        [("response", None)],
        log='{"timestamp": "TIME", "level": "WARNING", "message": "a\\n1", "logger": "x", "requestId": "r1", "own": [1]}\n'
        '{"timestamp": "TIME", "level": "ERROR", "message": {"k": "é"}, "logger": "root", "requestId": "r1"}\n',
        env=JSON_LOG,
    ),
    Case(
        "what a record brings does not hide what it says",
        "import logging\ndef handler(event, context):\n    logging.error('a', extra={'level': 'x', 'location': 'y', 'errorType': 'z'})\n",
        [("response", None)],
        log='{"timestamp": "TIME", "level": "ERROR", "message": "a", "logger": "root", "requestId": "r1"}\n',
        env=JSON_LOG,
    ),
    Case(
        "records as JSON of a tenant, with what JSON cannot say",
        "import logging\ndef handler(event, context):\n    logging.error('a', extra={'own': {1}})\n",
        [("response", None)],
        log='{"timestamp": "TIME", "level": "ERROR", "message": "a", "logger": "root", "requestId": "r1", "tenantId": "t", "own": "{1}"}\n',
        env=JSON_LOG,
        events=[Event({}, Lambda_Runtime_Aws_Tenant_Id="t")],
    ),
    Case(
        "an exception as JSON",
        "import logging\ndef handler(event, context):\n    try:\n        1 / 0\n    except Exception:\n        logging.exception('oh')\n",
        [("response", None)],
        log=re.compile(
            r'^\{"timestamp": "TIME", "level": "ERROR", "message": "oh", "logger": "root", "stackTrace": \["  File '
            r'\\".*/app.py\\", line 4, in handler\\n    1 / 0\\n(    ~~\^~~\\n)?"\], "errorType": "ZeroDivisionError", '
            r'"errorMessage": "division by zero", "requestId": "r1", "location": ".*/app.py:handler:6"\}\n$'
        ),
        env=JSON_LOG,
    ),
    Case(
        "an error as JSON",
        "def handler(event, context):\n    raise KeyError('é')\n",
        [("error", error("KeyError", "'é'", [at(2, "raise KeyError('é')")]))],
        log='{"timestamp": "TIME", "level": "ERROR", "errorMessage": "\'é\'", "errorType": "KeyError", "requestId": "r1", '
        '"stackTrace": ["  File \\"TASK/app.py\\", line 2, in handler\\n    raise KeyError(\'é\')\\n"]}\n',
        env={**JSON_LOG, **NEW},
    ),
    Case(
        "levels of the function's configuration",
        "import logging\ndef handler(event, context):\n    logging.debug('a')\n    logging.critical('b')\n    logging.log(25, 'c')\n",
        [("response", None)],
        log='{"timestamp": "TIME", "level": "DEBUG", "message": "a", "logger": "root", "requestId": "r1"}\n'
        '{"timestamp": "TIME", "level": "CRITICAL", "message": "b", "logger": "root", "requestId": "r1"}\n'
        '{"timestamp": "TIME", "level": "INFO", "message": "c", "logger": "root", "requestId": "r1"}\n',
        env={**JSON_LOG, "AWS_LAMBDA_LOG_LEVEL": "TRACE"},
    ),
    Case(
        "a level that hides",
        "import logging\ndef handler(event, context):\n    logging.warning('a')\n    logging.critical('b')\n",
        [("response", None)],
        log='{"timestamp": "TIME", "level": "CRITICAL", "message": "b", "logger": "root", "requestId": "r1"}\n',
        env={**JSON_LOG, "AWS_LAMBDA_LOG_LEVEL": "FATAL"},
    ),
    Case(
        "a record that cannot be formatted is an error of who logs it",
        "import logging\ndef handler(event, context):\n    logging.error('%d', 'x')\n",
        [("error", error("TypeError", re.compile("^%d format: a (real )?number is required, not str$"), lambda trace: len(trace) > 1))],
    ),
    Case(
        "a module named as that of the records",
        {"logging.py": "1 / 0\n", "app.py": "import logging\ndef handler(event, context):\n    return logging.INFO\n"},
        [("response", 20)],
    ),
]


def ids(cases):
    return [case.name.replace(" ", "-") for case in cases]


@pytest.mark.parametrize("assigned", [False, True], ids=["direct", "assigned"])
@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_a_function_tells_what_it_would_on_aws(case, assigned):
    check(case, PYTHON, assigned=assigned)


@pytest.mark.parametrize(
    "environment, expression, sent",
    [
        (OLD, "'é'", rb'"\u00e9"'),
        (NEW, "'é'", '"é"'.encode()),
        (NEW, "{'a': [1, True, None, 1.0, float('nan')]}", b'{"a": [1, true, null, 1.0, NaN]}'),
        (NEW, "[D('0.10000000000000000001'), D('NaN'), D('-Infinity'), D('1E+2')]", b"[0.10000000000000000001, NaN, -Infinity, 1E+2]"),
        (NEW, "10 ** 30", b"1000000000000000000000000000000"),
        (NEW, "'\\x00\\u2028\\x7f\"'", b'"\\u0000\xe2\x80\xa8\x7f\\""'),
    ],
)
def test_responses_are_written_as_aws_does(environment, expression, sent):
    files = {"app.py": returns(expression, "from decimal import Decimal as D")}
    with Function(PYTHON, files, "app.handler", [Event({})], env=environment) as function:
        function.until_idle()
        (report,) = function.api.reports
        assert report.body == sent
        assert report.headers["content-type"] == "application/json"


def test_an_error_is_named_in_headers():
    files = {"app.py": "class Schön(Exception):\n    pass\ndef handler(event, context):\n    raise Schön('é')\n"}
    with Function(PYTHON, files, "app.handler", [Event({})]) as function:
        function.until_idle()
        (report,) = function.api.reports
        assert report.headers["lambda-runtime-function-error-type"] == "Sch?n"
        cause = json.loads(report.headers["lambda-runtime-function-xray-error-cause"])
        path = str(function.task / "app.py")
        stack = [{"label": "handler", "path": path, "line": 4}]
        assert cause == {
            "working_directory": str(function.task),
            "exceptions": [{"message": "é", "type": "Schön", "stack": stack}],
            "paths": [path],
        }


def test_bytes_have_a_type_of_their_own():
    with Function(PYTHON, {"app.py": returns("b'x'")}, "app.handler", [Event({})]) as function:
        function.until_idle()
        assert function.api.reports[0].headers["content-type"] == "application/unknown"


@pytest.mark.parametrize("api, connections", [({}, 1), ({"chunked": True}, 1), ({"closes": True}, 7), ({"dribbles": True}, 1), ({"dribbles": True, "chunked": True}, 1)])
def test_one_connection_serves_all_events_unless_it_is_closed(api, connections):
    events = [Event({"n": n}, "r{}".format(n)) for n in range(3)]
    with Function(PYTHON, {"app.py": returns("event")}, "app.handler", events, **api) as function:
        function.until_idle()
        assert [report.document for report in function.api.reports] == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert [report.request_id for report in function.api.reports] == ["r0", "r1", "r2"]
        assert function.api.connections == connections


@pytest.mark.parametrize("chunked", [False, True])
def test_long_events_and_responses_pass(chunked):
    event = Event({"text": "é" * 3_000_000})
    with Function(PYTHON, {"app.py": returns("event")}, "app.handler", [event], env=NEW, chunked=chunked) as function:
        function.until_idle()
        assert function.api.reports[0].document == {"text": "é" * 3_000_000}


def test_a_refused_response_is_logged_and_the_next_event_served():
    events = [Event(1, "big"), Event(2, "r2")]
    with Function(PYTHON, {"app.py": returns("event")}, "app.handler", events, refuse={"big": 413}) as function:
        function.until_idle()
        assert [report.document for report in function.api.reports] == [1, 2]
        assert "Failed to post handler response. Http response code: 413" in function.complained


def test_a_broken_engine_ends_the_runtime():
    with Function(PYTHON, {"app.py": returns("event")}, "app.handler", [Event(1)], refuse={"r1": 500}) as function:
        assert function.until_exit() == 1


def test_a_function_may_heed_the_signal_to_end():
    heeding = "import signal, sys\ndef end(*_):\n    print('ending')\n    sys.exit(3)\nsignal.signal(signal.SIGTERM, end)\n"
    with Function(PYTHON, {"app.py": returns("1", heeding)}, "app.handler", [Event(1)]) as function:
        function.until_idle()
        assert terminated(function) == 3
        assert function.printed == "ending\n"
    with Function(PYTHON, {"app.py": returns("1")}, "app.handler", [Event(1)]) as function:
        function.until_idle()
        assert terminated(function) == -signal.SIGTERM


def test_frames_say_level_and_time():
    files = {"app.py": "import logging\ndef handler(event, context):\n    logging.error('a')\n    context.log('b')\n    1 / 0\n"}
    kinds = {
        "TEXT": [0xA55A0003, 0xA55A0003, 0xA55A0017],
        "JSON": [0xA55A0016, 0xA55A0003, 0xA55A0016],
    }
    for form, expected in kinds.items():
        with Function(PYTHON, files, "app.handler", [Event({})], env={"AWS_LAMBDA_LOG_FORMAT": form}, framed=True) as function:
            function.until_idle()
            function.stop()
            assert [kind for kind, _, _ in function.framed] == expected
            assert all(abs(at / 1e6 - time.time()) < 60 for _, at, _ in function.framed)


def test_a_waiting_interpreter_asks_for_nothing():
    with Function(PYTHON, {"app.py": returns("event")}, "app.handler", [Event(1)], assigned="later") as function:
        function.assign_half()
        assert function.api.connections == 0
        function.assign()
        function.until_idle()
        assert function.api.reports[0].document == 1


def test_an_interpreter_that_nobody_needs_ends():
    with Function(PYTHON, {}, "app.handler", assigned="later") as function:
        os.close(function.assignment)
        assert function.until_exit() == 0
        assert (function.printed, function.complained) == ("", "")


def test_what_comes_too_late_for_an_assigned_interpreter_is_said():
    env = {"PYTHONHASHSEED": "1"}
    with Function(PYTHON, {"app.py": returns("1")}, "app.handler", [Event(1)], env=env, assigned=True) as function:
        function.until_idle()
        assert function.complained.startswith("PYTHONHASHSEED has no effect")


def test_a_start_imports_little():
    heavy = ("json", "re", "logging", "traceback", "socket", "http", "datetime", "threading", "decimal")
    expression = "[name for name in {!r} if name in sys.modules]".format(heavy)
    command = [PYTHON[0], "-S", PYTHON[1]]
    with Function(command, {"app.py": returns(expression, "import sys")}, "app.handler", [Event(1)]) as function:
        function.until_idle()
        assert function.api.reports[0].document == []
