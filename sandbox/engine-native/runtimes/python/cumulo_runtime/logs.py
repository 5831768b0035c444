"""What goes into a function's log: `print`, `logging` and the runtime's own reports, as text or as JSON.

Where it goes is a sink. The engine reads standard output line by line; what must stay one event though it has several lines goes
there with carriage returns in place of new lines, or, if the engine gives a descriptor for it (`_LAMBDA_TELEMETRY_LOG_FD`), in
frames: a type of four bytes, a length of four, microseconds since 1970 in eight, the message; numbers are big-endian.

`logging` is a third of what an interpreter loads at its start. It is set up when the function imports it, and not before.
"""

import os
import sys

DESCRIPTOR = "_LAMBDA_TELEMETRY_LOG_FD"

_TEXT, _JSON = 0xA55A0003, 0xA55A0002
_SECONDS = "%Y-%m-%dT%H:%M:%S"
# AWS: lines of a trace are indented with spaces that do not break, so that its console keeps them.
_INDENT = "\u00a0"


def unbuffer():
    """Makes standard output and error write at once: a frozen or killed process must not hold back what it said."""
    import io

    sys.stdout.flush()
    sys.stderr.flush()
    for name, descriptor, errors in (("stdout", 1, sys.stdout.errors), ("stderr", 2, "backslashreplace")):
        encoding = getattr(sys, name).encoding
        raw = io.FileIO(descriptor, "wb", closefd=False)
        setattr(sys, name, io.TextIOWrapper(raw, encoding, errors, newline="\n", write_through=True))


class PlainSink:
    """Standard output."""

    def write(self, text, frame=None):
        """Writes as it is."""
        sys.stdout.write(text)

    def event(self, text, frame=None):
        """Writes one event."""
        sys.stdout.write(text.rstrip("\n").replace("\n", "\r") + "\n")


class FramedSink:
    """The engine's descriptor for frames."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        # What the function starts must not write into the middle of a frame.
        os.set_inheritable(descriptor, False)

    def write(self, text, frame=None):
        """Writes a frame."""
        import time

        message = text.encode("utf-8", "backslashreplace")
        kind = (_TEXT if frame is None else frame).to_bytes(4, "big")
        rest = kind + len(message).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big") + message
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    event = write


def _sink():
    descriptor = os.environ.pop(DESCRIPTOR, None)
    return PlainSink() if descriptor is None else FramedSink(int(descriptor))


def _frame(kind, level):
    """The type of a frame says the level, in steps of ten from 0 to 50, above the two lowest bits."""
    return kind | level // 10 * 4 + (4 if level else 0)


class Log:
    """The log of this process; `request_id` and `tenant_id` are those of the invocation that runs."""

    def __init__(self, encoder):
        self.sink = _sink()
        self.request_id = None
        self.tenant_id = None
        self.is_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
        self.level = "DEBUG" if level == "TRACE" else level.upper()
        self._encoder = encoder

    def write(self, text):
        """Writes as it is: `context.log`."""
        self.sink.write(text)

    def report(self, error):
        """Reports a failure, given as the document that the caller gets."""
        if self.is_json:
            self._report_document(error)
        else:
            self._report_lines(error)

    def _report_document(self, error):
        import time

        document = {"timestamp": time.strftime(_SECONDS + "Z", time.gmtime()), "level": "ERROR"}
        document.update(error)
        self.sink.event(self._encoder.encode(document), _frame(_JSON, 40))

    def _report_lines(self, error):
        title = ": ".join(part for part in (error["errorType"], error["errorMessage"]) if part)
        lines = ["[ERROR]" + (" " + title if title else ""), "Traceback (most recent call last):"]
        for piece in error["stackTrace"]:
            lines += [_indented(line) for line in piece.splitlines()] or [""]
        self.sink.event("\n".join(lines), _frame(_TEXT, 40))

    def set_up_when_imported(self):
        """Sets `logging` up when the function imports it, or at once if it is there."""
        if "logging" in sys.modules:
            self.set_up(sys.modules["logging"])
        else:
            sys.meta_path.insert(0, _Watch(self.set_up))

    def set_up(self, logging):
        """Gives the root logger a handler that writes into this log."""
        from .records import handler_of

        # AWS: times are UTC, whatever the function's time zone.
        import time

        logging.Formatter.converter = time.gmtime
        if self.level in logging._nameToLevel:
            logging.root.setLevel(self.level)
        logging.root.addHandler(handler_of(self))


def _indented(line):
    bare = line.lstrip(" ")
    return _INDENT * (len(line) - len(bare)) + bare


class _Watch:
    """Tells when `logging` is imported: a finder of modules that steps aside with the first import of it."""

    def __init__(self, tell):
        self._tell = tell

    def find_spec(self, name, path=None, target=None):
        """Finds `logging` in the standard library: AWS has imported it before a module of that name could be the function's."""
        if name != "logging":
            return None
        from importlib.machinery import PathFinder

        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, [os.path.dirname(os.__file__)])
        execute = spec.loader.exec_module

        def execute_and_tell(module):
            execute(module)
            self._tell(module)

        spec.loader.exec_module = execute_and_tell
        return spec
