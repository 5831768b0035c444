"""What a failure is reported as: the body, the trace, X-Ray's cause. Who hears of it is not here."""

import os
import sys

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
BOOTSTRAP = os.path.join(os.path.dirname(os.path.dirname(OURS)), "bootstrap.py")


class Fault(Exception):
    """A failure that the runtime found, not the function's code; its type begins with `Runtime.`."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace


def body(message, error_type, trace, request_id=None):
    """The document that a caller gets. AWS: these four members, in this order, never null."""
    return {
        "errorMessage": message or "",
        "errorType": error_type or "",
        "requestId": request_id or "",
        "stackTrace": trace or [],
    }


def of_fault(fault, request_id=None):
    """The document and the cause of a failure that the runtime found."""
    cause = _cause("LambdaValidationError", fault.message, [])
    return body(fault.message, fault.error_type, fault.trace, request_id), cause


def of_exception(request_id=None):
    """The document and the cause of the exception that is being handled."""
    import traceback

    kind, value, trace = sys.exc_info()
    # AWS: four members of a frame, so no line of carets is drawn under what failed.
    frames = [(at.filename, at.lineno, at.name, at.line) for at in traceback.extract_tb(trace)]
    frames = _without_ours(frames)
    message = str(value)
    cause = _cause(kind.__name__, message, frames)
    return body(message, kind.__name__, traceback.format_list(frames), request_id), cause


def _without_ours(frames):
    """Leaves the runtime out. Where there is nothing else, its last frame stays: a handler of too few arguments never runs."""
    for at, frame in enumerate(frames):
        if not frame[0].startswith(OURS) and frame[0] != BOOTSTRAP:
            return frames[at:]
    return frames[-1:]


def _cause(error_type, message, frames):
    """The cause as X-Ray has it."""
    stack = [{"label": name, "path": path, "line": line} for path, line, name, _ in frames]
    return {
        "working_directory": os.getcwd(),
        "exceptions": [{"message": message, "type": error_type, "stack": stack}],
        "paths": list({frame[0] for frame in frames}),
    }
