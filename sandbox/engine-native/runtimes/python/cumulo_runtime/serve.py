"""The life of the process: load the function, then an event after the other until it is ended.

AWS: what the function raises beyond `Exception`, `sys.exit` before all, ends the process, at import as in a handler; the engine
sees that and reports it. A failed start is reported and ends the process with status 1.
"""

import os
import sys

from . import environment, fault, handler, payload
from .api import RuntimeApi, RuntimeApiError
from .logs import Log, unbuffer

CAUSES = payload.Encoder(ascii_only=True)
"""Writes what goes into a header."""


def main():
    """Runs to the end of the process."""
    environment.await_assignment()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    unbuffer()
    environment.set_search_path()
    encoder = payload.Encoder(payload.is_ascii())
    log = Log(encoder)
    log.set_up_when_imported()
    try:
        run(api, log, encoder)
    except RuntimeApiError as error:
        sys.stderr.write("the runtime ends: {}\n".format(error))
        sys.exit(1)


def run(api, log, encoder):
    """Loads the function and serves it."""
    function = _loaded(api, log, encoder)
    while True:
        _serve(api.next(), function, api, log, encoder)


def _loaded(api, log, encoder):
    try:
        return handler.load(os.environ["_HANDLER"])
    except fault.Fault as failure:
        error, _ = fault.of_fault(failure)
    except Exception:
        error, _ = fault.of_exception()
    # LIMIT: AWS also warns here that one of its updates of the runtime may be the reason. There are none.
    log.report(error)
    api.fail_init(encoder.encode(error).encode("utf-8", "replace"), error["errorType"])
    sys.exit(1)


def _serve(invocation, function, api, log, encoder):
    headers = invocation.headers
    request_id = headers.get("lambda-runtime-aws-request-id", "")
    log.request_id = request_id
    log.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
    _set_trace(headers.get("lambda-runtime-trace-id"))
    try:
        response, content_type = _called(invocation, function, log, encoder)
    except fault.Fault as failure:
        error, cause = fault.of_fault(failure, request_id)
    except Exception:
        error, cause = fault.of_exception(request_id)
    else:
        _heed(api.respond(request_id, response, content_type), "response")
        return
    log.report(error)
    body = encoder.encode(error).encode("utf-8", "replace")
    _heed(api.fail(request_id, body, error["errorType"], CAUSES.encode(cause)), "error")


def _called(invocation, function, log, encoder):
    context = _context(invocation.headers, log)
    event = payload.read_event(invocation.body, invocation.headers.get("content-type"))
    return payload.write_response(function(event, context), encoder)


def _context(headers, log):
    from .context import LambdaContext

    client_context = _document(headers.get("lambda-runtime-client-context"), "Client Context")
    identity = _document(headers.get("lambda-runtime-cognito-identity"), "Cognito Identity")
    return LambdaContext(headers, client_context, identity, log.write)


def _document(text, name):
    if not text:
        return None
    try:
        return payload.read(text)
    except Exception as error:
        reason = "Unable to parse {} JSON: {}".format(name, error)
        raise fault.Fault("Runtime.LambdaContextUnmarshalError", reason) from None


def _set_trace(trace):
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def _heed(answer, what):
    """Looks whether the engine took a response.

    LIMIT: AWS's own client ends the process when a response is refused for its size; here it goes on with the next event, which
    AWS's client for Node.js does, too. The caller is told the same.
    """
    if answer.status < 300:
        return
    said = bytes(answer.body[:500]).decode("utf-8", "replace")
    sys.stderr.write("LAMBDA_RUNTIME Failed to post handler {}. Http response code: {}. {}\n".format(what, answer.status, said))
    if answer.status >= 500:
        # AWS: the API says so when nothing can go on; a runtime is to end promptly.
        sys.exit(1)
