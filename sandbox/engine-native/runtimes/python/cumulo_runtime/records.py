"""Records of `logging`, formatted as AWS has them. Imported with `logging`, never before it."""

import json
import logging
import traceback

from .logs import _JSON, _SECONDS, _TEXT, _frame

_OWN = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created msecs "
    "relativeCreated thread threadName processName process aws_request_id tenant_id _frame_type".split()
)
"""What every record has. All else is the function's own and goes into the document."""


def handler_of(log):
    """A handler that writes into a log."""
    handler = LambdaLoggerHandler(log)
    handler.setFormatter(_JsonFormatter() if log.is_json else _text_formatter())
    return handler


class LambdaLoggerHandler(logging.Handler):
    """Writes records into the function's log. Libraries know AWS's by this name."""

    def __init__(self, log):
        super().__init__()
        self._log = log
        # AWS: text has no levels in its frames unless a level is set.
        self._has_levels = log.is_json or bool(log.level)

    def emit(self, record):
        """Writes a record as one event. AWS: a record that cannot be formatted is an error of who logs it."""
        record.aws_request_id = self._log.request_id or ""
        record.tenant_id = self._log.tenant_id
        text = self.format(record)
        self._log.sink.event(text, self._frame_of(record))

    def _frame_of(self, record):
        if not self._has_levels:
            return None
        return _frame(_JSON if self._log.is_json else _TEXT, _step(record.levelno))


def _step(level):
    """A level as one of the six that have names."""
    return min(50, max(0, level)) // 10 * 10


def _text_formatter():
    return logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", _SECONDS
    )


class _JsonFormatter(logging.Formatter):
    """A record as a document in one line."""

    def __init__(self):
        super().__init__(datefmt=_SECONDS + "Z")
        # AWS: what JSON cannot say is written as its text, so that no record is lost.
        self._encoder = json.JSONEncoder(ensure_ascii=False, default=str)

    def format(self, record):
        """The document of a record. AWS: members without a value are left out."""
        record.levelno = _step(record.levelno)
        record.levelname = logging.getLevelName(record.levelno)
        document = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": _message(record),
            "logger": record.name,
        }
        document.update(_failure(record))
        document["requestId"] = record.aws_request_id
        document["location"] = _location(record)
        if record.tenant_id is not None:
            document["tenantId"] = record.tenant_id
        for name, value in record.__dict__.items():
            if name not in _OWN and name not in document:
                document[name] = value
        return self._encoder.encode({name: value for name, value in document.items() if value is not None}) + "\n"


def _message(record):
    """AWS: a dictionary is logged as one, if nothing is to be put into it."""
    if isinstance(record.msg, dict) and not record.args:
        return record.msg
    return record.getMessage()


def _failure(record):
    if not record.exc_info:
        return {"stackTrace": None, "errorType": None, "errorMessage": None}
    kind, value, trace = record.exc_info
    # AWS: `logging.exception` where nothing was raised is an error of who logs it.
    return {"stackTrace": traceback.format_tb(trace), "errorType": kind.__name__, "errorMessage": str(value)}


def _location(record):
    if not record.exc_info:
        return None
    return "{}:{}:{}".format(record.pathname, record.funcName, record.lineno)
