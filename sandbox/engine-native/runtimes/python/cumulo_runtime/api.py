"""The Runtime API over one connection that stays: HTTP/1.1, as much of it as this API speaks.

It knows neither events nor errors: bodies are bytes. `http.client` would take longer to import than all of the runtime, and
`socket` more than what is needed of it.
"""

import _socket

VERSION = "/2018-06-01/runtime"

LONGEST_HEAD = 1 << 20
"""Of an answer, in bytes. A client context has 3,583; who asks may add tracing."""

LONGEST_EVENT = 64 << 20
"""In bytes. AWS: 6,291,556 for a synchronous invocation, 1 MiB for others."""

LONGEST_CAUSE = 1 << 20
"""Of an X-Ray cause, in bytes. AWS: a longer one is left out."""

_PIECE = 1 << 16


class RuntimeApiError(Exception):
    """The Runtime API cannot be reached, or answered what no answer of it is."""


class Answer:
    """What the Runtime API answered; names of headers are in lower case."""

    __slots__ = ("status", "headers", "body")

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


class RuntimeApi:
    """A client of one Runtime API, `host:port`."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._socket = None
        self._buffer = bytearray()
        self._named = " HTTP/1.1\r\nHost: {}\r\n".format(address)

    def next(self):
        """Waits for the next event."""
        answer = self._ask("GET", VERSION + "/invocation/next", "", b"")
        if answer.status != 200:
            raise RuntimeApiError("next was answered {}: {!r}".format(answer.status, bytes(answer.body[:200])))
        return answer

    def respond(self, request_id, body, content_type):
        """Answers an event."""
        head = "Content-Type: {}\r\n".format(content_type)
        return self._ask("POST", "{}/invocation/{}/response".format(VERSION, request_id), head, body)

    def fail(self, request_id, body, error_type, cause):
        """Says that an event has no answer, and why."""
        head = "Content-Type: application/json\r\n" + _type_header(error_type)
        if len(cause) < LONGEST_CAUSE:
            head += "Lambda-Runtime-Function-XRay-Error-Cause: {}\r\n".format(cause)
        return self._ask("POST", "{}/invocation/{}/error".format(VERSION, request_id), head, body)

    def fail_init(self, body, error_type):
        """Says that the function cannot start, and why."""
        head = "Content-Type: application/json\r\n" + _type_header(error_type)
        return self._ask("POST", VERSION + "/init/error", head, body)

    def _ask(self, method, path, head, body):
        size = "Content-Length: {}\r\n".format(len(body)) if method == "POST" else ""
        request = (method + " " + path + self._named + head + size + "\r\n").encode("latin-1", "replace")
        was_open = self._socket is not None
        try:
            return self._exchange(request, body)
        except (OSError, EOFError) as error:
            self.close()
            if not was_open or self._buffer:
                raise RuntimeApiError("the Runtime API went away: {}".format(error)) from None
        # The connection was closed while it lay idle.
        try:
            return self._exchange(request, body)
        except (OSError, EOFError) as error:
            raise RuntimeApiError("the Runtime API cannot be reached: {}".format(error)) from None

    def _exchange(self, request, body):
        if self._socket is None:
            self._connect()
        if len(body) > _PIECE:
            self._socket.sendall(request)
            self._socket.sendall(body)
        else:
            self._socket.sendall(request + body)
        return self._receive()

    def _connect(self):
        family = _socket.AF_INET6 if ":" in self._host else _socket.AF_INET
        # Functions start programs, which must not hold this connection.
        connection = _socket.socket(family, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        connection.connect((self._host, self._port))
        self._socket = connection

    def close(self):
        """Ends the connection; the next request makes another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _receive(self):
        del self._buffer[:]
        lines = self._read_head().decode("utf-8", "replace").split("\r\n")
        try:
            status = int(lines[0].split(" ", 2)[1])
        except (IndexError, ValueError):
            raise RuntimeApiError("an answer begins with {!r}".format(lines[0][:100])) from None
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip(" \t")
        if status < 200:
            return self._receive()
        body = self._read_body(status, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _more(self):
        piece = self._socket.recv(_PIECE)
        if not piece:
            raise EOFError("it closed the connection")
        self._buffer += piece

    def _read_head(self):
        start = 0
        while True:
            end = self._buffer.find(b"\r\n\r\n", start)
            if end >= 0:
                head = bytes(self._buffer[:end])
                del self._buffer[: end + 4]
                return head
            if len(self._buffer) > LONGEST_HEAD:
                raise RuntimeApiError("an answer's head is longer than {} bytes".format(LONGEST_HEAD))
            start = max(0, len(self._buffer) - 3)
            self._more()

    def _read_body(self, status, headers):
        if status == 204:
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        return self._read_exactly(_size(headers.get("content-length", "0"), 10))

    def _read_exactly(self, size):
        """Reads into one piece of memory of the right size, so a long event is copied once."""
        whole = bytearray(size)
        had = min(size, len(self._buffer))
        whole[:had] = self._buffer[:had]
        del self._buffer[:had]
        with memoryview(whole) as view:
            while had < size:
                count = self._socket.recv_into(view[had:])
                if not count:
                    raise EOFError("it closed the connection")
                had += count
        return whole

    def _read_chunks(self):
        pieces, total = [], 0
        while True:
            size = _size(self._read_line().split(b";", 1)[0].decode("ascii", "replace"), 16)
            if not size:
                break
            total += size
            _size(str(total), 10)
            pieces.append(self._read_exactly(size))
            self._read_line()
        while self._read_line():
            pass
        return b"".join(pieces)

    def _read_line(self):
        while True:
            end = self._buffer.find(b"\r\n")
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 2]
                return line
            if len(self._buffer) > LONGEST_HEAD:
                raise RuntimeApiError("a line of an answer is longer than {} bytes".format(LONGEST_HEAD))
            self._more()


def _size(text, base):
    """The length of a body, asked before memory is."""
    try:
        size = int(text.strip(), base)
    except ValueError:
        size = -1
    if not 0 <= size <= LONGEST_EVENT:
        raise RuntimeApiError("an answer has a length of {!r}".format(text[:40]))
    return size


def _type_header(error_type):
    """An error's type as a header. A class may be named in letters that a header cannot have."""
    name = "".join(letter if " " < letter < "\x7f" else "?" for letter in error_type)
    return "Lambda-Runtime-Function-Error-Type: {}\r\n".format(name)
