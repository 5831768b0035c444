"""A Runtime API for tests, and functions that run against it as processes of their own. No engine: nothing is jailed or frozen."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

RUNTIMES = Path(__file__).parents[3] / "sandbox/engine-native/runtimes"
PYTHON = [os.environ.get("CUMULO_PYTHON", sys.executable), str(RUNTIMES / "python/bootstrap.py")]
NODE = [os.environ.get("CUMULO_NODE", "node"), str(RUNTIMES / "node/bootstrap.mjs")]
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
DEADLINE = 30
FAR = 4102444800000
"""The year 2100, in milliseconds: when events are to be answered, if nothing else is said."""


class Report:
    """What a runtime told: `kind` is `response`, `error` or `init`."""

    def __init__(self, kind, request_id, headers, body, chunks, trailers):
        self.kind, self.request_id, self.headers = kind, request_id, headers
        self.body, self.chunks, self.trailers = body, chunks, trailers

    @property
    def document(self):
        """The body as JSON."""
        return json.loads(self.body)


class RuntimeApi:
    """Hands out events and keeps what it is told. Every connection has a thread."""

    def __init__(self, events, refuse=(), chunked=False, closes=False, dribbles=False):
        self.events = list(events)
        self.refuse, self.chunked, self.closes, self.dribbles = dict(refuse), chunked, closes, dribbles
        self.reports, self.begun, self.connections = [], [], 0
        self.changed = threading.Condition()
        self.idle = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def send(self, event):
        """Hands out one event more."""
        with self.changed:
            self.events.append(event)
            self.idle = False
            self.changed.notify_all()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as file:
            try:
                while request := read_request(file, self._begin):
                    self._answer(connection, *request)
                    if self.closes:
                        return
            except OSError:
                return

    def _begin(self, method, path):
        with self.changed:
            self.begun.append((method, path))
            self.changed.notify_all()

    def _answer(self, connection, method, path, headers, body, chunks, trailers):
        parts = path.removeprefix("/2018-06-01/runtime/").split("/")
        if parts == ["invocation", "next"]:
            self._send(connection, self._next())
            return
        if parts == ["init", "error"]:
            kind, request_id = "init", ""
        else:
            kind, request_id = parts[2], parts[1]
        status = self.refuse.get(request_id, 202)
        said = b'{"status":"OK"}' if status < 300 else b'{"errorMessage":"no","errorType":"RequestEntityTooLarge"}'
        connection.sendall(head("{} X".format(status), {"Content-Length": len(said)}) + said)
        with self.changed:
            self.reports.append(Report(kind, request_id, headers, body, chunks, trailers))
            self.changed.notify_all()

    def _send(self, connection, answer):
        """Sends an answer, byte by byte if the API dribbles."""
        size = 1 if self.dribbles else len(answer)
        for start in range(0, len(answer), size):
            connection.sendall(answer[start : start + size])

    def _next(self):
        with self.changed:
            if not self.events:
                self.idle = True
                self.changed.notify_all()
            self.changed.wait_for(lambda: self.events)
            event = self.events.pop(0)
        body = event.body
        if not self.chunked:
            return head("200 OK", {**event.headers, "Content-Length": len(body)}) + body
        middle = len(body) // 2
        pieces = [piece for piece in (body[:middle], body[middle:]) if piece]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return head("200 OK", {**event.headers, "Transfer-Encoding": "chunked"}) + framed


def head(status, headers):
    lines = ["HTTP/1.1 " + status] + ["{}: {}".format(*pair) for pair in headers.items()]
    return "\r\n".join(lines + ["", ""]).encode()


def read_request(file, begun):
    """Reads a request whole: method, path, headers, body, chunks, trailers. `begun` is told of it by its head."""
    line = file.readline()
    if not line:
        return None
    method, path, _ = line.decode().split(" ")
    headers = read_fields(file)
    begun(method, path)
    if headers.get("transfer-encoding") != "chunked":
        return method, path, headers, file.read(int(headers.get("content-length", 0))), [], {}
    chunks = []
    while size := int(line_of(file), 16):
        chunks.append(file.read(size))
        line_of(file)
    return method, path, headers, b"".join(chunks), chunks, read_fields(file)


def line_of(file):
    """A line; a request that breaks off has none."""
    line = file.readline()
    if not line:
        raise ConnectionError("a request broke off")
    return line


def read_fields(file):
    fields = {}
    while (line := line_of(file).strip()) != b"":
        name, _, value = line.decode("utf-8").partition(":")
        name = name.lower()
        fields[name] = fields[name] + ", " + value.strip() if name in fields else value.strip()
    return fields


class Event:
    """An event as the API hands it out."""

    def __init__(self, payload, request_id="r1", deadline=FAR, **headers):
        self.body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": deadline,
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-" + request_id,
        }
        for name, value in headers.items():
            self.headers[name.replace("_", "-")] = value
        self.headers = {name: value for name, value in self.headers.items() if value is not None}


class Function:
    """A process that runs a runtime with a function's files. Use it with `with`.

    `assigned` has it boot before it knows its function, which it learns at once (`True`) or when `assign` says so (`"later"`).
    """

    def __init__(self, command, files, handler, events=(), env=(), assigned=False, framed=False, **api):
        self.folder = Path(tempfile.mkdtemp(prefix="function-"))
        self.task = self.folder / "task"
        for name, text in files.items():
            path = self.task / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.task.mkdir(exist_ok=True)
        self.api = RuntimeApi(events, **api)
        self.frames = None
        self._start(command, self._environment(handler, dict(env)), assigned, framed)
        if assigned is True:
            self.assign()

    def _environment(self, handler, more):
        own = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": handler,
            "LAMBDA_TASK_ROOT": str(self.task),
            "LAMBDA_RUNTIME_DIR": str(self.folder / "runtime"),
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_REGION": "us-east-1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }
        return {name: value for name, value in own.items() if value is not None}

    def _start(self, command, environment, assigned, framed):
        passed, given = [], environment
        if framed:
            reader, writer = os.pipe()
            passed.append(writer)
            self.frames = tempfile.TemporaryFile()
            pump = threading.Thread(target=copy, args=(reader, self.frames))
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(writer)
        if assigned:
            reading, self.assignment = os.pipe()
            passed.append(reading)
            given = {"PATH": os.environ["PATH"], "CUMULO_ASSIGNMENT_FD": str(reading)}
        # A waiting process starts anywhere.
        cwd = self.folder if assigned else self.task
        self.out, self.err = (self.folder / "out").open("w+b"), (self.folder / "err").open("w+b")
        self.process = subprocess.Popen(
            command, env=given, cwd=cwd, stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err, pass_fds=passed
        )
        for descriptor in passed:
            os.close(descriptor)
        if framed:
            pump.start()
            self.pump = pump
        self.environment = environment
        self.unassigned = json.dumps({"environment": environment}).encode()

    def assign(self):
        """Tells a waiting runtime what it is, or the rest of that."""
        os.write(self.assignment, self.unassigned)
        os.close(self.assignment)

    def assign_half(self):
        """Tells a runtime half of what it is, and awaits that it has read it: then it waits for the rest."""
        half = len(self.unassigned) // 2
        os.write(self.assignment, self.unassigned[:half])
        self.unassigned = self.unassigned[half:]
        self.until(lambda: unread(self.assignment) == 0, "a question for an assignment")

    def until(self, condition, what):
        """Awaits what the runtime tells the API; fails if the process ends before."""
        end = time.monotonic() + DEADLINE
        with self.api.changed:
            while not condition():
                ended = self.process.poll() is not None
                assert time.monotonic() < end and not ended, "never came: {}\n{}".format(what, self.said())
                self.api.changed.wait(0.05)

    def until_idle(self):
        """Awaits that all events are answered and the runtime asks for another."""
        self.until(lambda: self.api.idle, "a question for another event")
        return self

    def until_exit(self):
        """Awaits the end of the process; gives its status."""
        return self.process.wait(DEADLINE)

    def stop(self):
        """Kills the process if it runs; gives what it printed."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.frames:
            self.pump.join(DEADLINE)
        return self.printed

    @property
    def printed(self):
        """Standard output so far."""
        return (self.folder / "out").read_bytes().decode()

    @property
    def complained(self):
        """Standard error so far."""
        return (self.folder / "err").read_bytes().decode()

    def said(self):
        return "reports: {}\nout: {}\nerr: {}".format(
            [(one.kind, one.body[:2000]) for one in self.api.reports[-5:]], self.printed[-3000:], self.complained[-3000:]
        )

    @property
    def framed(self):
        """The frames that were logged: type, microseconds, message."""
        self.frames.seek(0)
        data, found = self.frames.read(), []
        while data:
            kind, length, at = struct.unpack(">IIQ", data[:16])
            found.append((kind, at, data[16 : 16 + length].decode()))
            data = data[16 + length :]
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.api.close()
        self.out.close()
        self.err.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def unread(pipe):
    """How many bytes of a pipe nobody has read."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def copy(reader, file):
    while piece := os.read(reader, 65536):
        file.write(piece)
        file.flush()
    os.close(reader)


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def timeless(text):
    """A log without what differs from run to run."""
    return TIME.sub("TIME", text)


def terminated(function):
    """Sends SIGTERM and gives the status."""
    function.process.send_signal(signal.SIGTERM)
    return function.until_exit()


class Case:
    """A row of a table: a function, its events, what it must tell and log."""

    def __init__(self, name, files, reports, log=None, handler="app.handler", events=None, status=None, **options):
        self.name, self.handler, self.reports, self.log, self.status = name, handler, reports, log, status
        self.files = {"app.py": files, "app.js": files} if isinstance(files, str) else files
        self.events = [Event({})] if events is None else events
        self.options = options


def check(case, command, **more):
    """Runs a case and compares all that it tells and logs."""
    options = {**case.options, **more}
    with Function(command, case.files, case.handler, case.events, **options) as function:
        if case.status is None:
            function.until_idle()
        else:
            assert function.until_exit() == case.status, function.said()
        printed = function.stop()
        if options.get("framed"):
            printed = "".join(message for _, _, message in function.framed)
        told = [(one.kind, read(one.body)) for one in function.api.reports]
        assert len(told) == len(case.reports), function.said()
        for (kind, found), (expected_kind, expected) in zip(told, case.reports):
            assert kind == expected_kind, function.said()
            assert agrees(expected, found, function.task), "{}\nis not\n{}".format(found, expected)
        if case.log is not None:
            assert agrees(case.log, timeless(printed), function.task), "{}\nis not\n{}".format(printed, case.log)
        return function


def read(body):
    """A body as JSON, or as it is."""
    try:
        return json.loads(body)
    except ValueError:
        return body


def agrees(expected, found, task):
    """Whether what was found is what was expected; a list that ends with `...` may go on, `TASK` is the function's folder."""
    if isinstance(expected, re.Pattern):
        return isinstance(found, str) and expected.search(found) is not None
    if callable(expected):
        return expected(found)
    if isinstance(expected, str):
        return isinstance(found, str) and expected.replace("TASK", str(task)) == found
    if isinstance(expected, dict):
        same = isinstance(found, dict) and list(expected) == list(found)
        return same and all(agrees(expected[name], found[name], task) for name in expected)
    if isinstance(expected, list):
        open_end = expected[-1:] == [...]
        wanted = expected[:-1] if open_end else expected
        fits = isinstance(found, list) and (len(found) >= len(wanted) if open_end else len(found) == len(wanted))
        return fits and all(agrees(one, other, task) for one, other in zip(wanted, found))
    return type(expected) is type(found) and expected == found
