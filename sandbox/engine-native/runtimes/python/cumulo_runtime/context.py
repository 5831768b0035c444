"""The handler's second argument. Its names are AWS's, and so are those of its classes, which functions print."""

import os
import time

_TRACE_CONTEXT = ("traceparent", "tracestate", "baggage")


class _Record:
    """Fields from a document; what it does not say is None."""

    __slots__ = ()

    def __init__(self, document):
        for field in self.__slots__:
            setattr(self, field, document.get(field))

    def __repr__(self):
        return _shown(self, self.__slots__)


class CognitoIdentity(_Record):
    """Who calls, if the AWS Mobile SDK does."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Record):
    """The application that calls."""

    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Record):
    """What the application says of itself."""

    __slots__ = ("custom", "env", "client")

    def __init__(self, document):
        super().__init__(document)
        if self.client is not None:
            self.client = Client(self.client)


class LambdaContext:
    """What a handler may know of its invocation."""

    def __init__(self, headers, client_context, identity, log):
        variables = os.environ
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = variables.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = variables.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = variables.get("AWS_LAMBDA_FUNCTION_NAME")
        # AWS: a text, though it is a number.
        self.memory_limit_in_mb = variables.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = variables.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self._trace_context = _take_trace_context(client_context)
        self.client_context = None if client_context is None else ClientContext(client_context)
        self.identity = _identity(identity)
        self._deadline = int(headers.get("lambda-runtime-deadline-ms") or 0)
        self._log = log

    def get_remaining_time_in_millis(self):
        """How long the handler may still run."""
        return max(0, self._deadline - int(time.time() * 1000))

    def w3c(self):
        """The trace context that came with the invocation."""
        return dict(self._trace_context)

    def log(self, msg):
        """Writes into the function's log. AWS: as it is, without a new line."""
        self._log(str(msg))

    def __repr__(self):
        return _shown(
            self,
            (
                "aws_request_id",
                "log_group_name",
                "log_stream_name",
                "function_name",
                "memory_limit_in_mb",
                "function_version",
                "invoked_function_arn",
                "client_context",
                "identity",
                "tenant_id",
            ),
        )


def _shown(record, fields):
    pairs = ",".join("{}={}".format(field, getattr(record, field)) for field in fields)
    return "{}([{}])".format(type(record).__name__, pairs)


def _identity(document):
    """AWS: always there, with nothing in it where nobody is known."""
    document = document or {}
    return CognitoIdentity(
        {
            "cognito_identity_id": document.get("cognitoIdentityId"),
            "cognito_identity_pool_id": document.get("cognitoIdentityPoolId"),
        }
    )


def _take_trace_context(client_context):
    """Takes the trace context out of what the client said: it is not the function's to see there."""
    if not isinstance(client_context, dict):
        return {}
    said = client_context.pop("w3c", None)
    if not isinstance(said, dict):
        return {}
    return {name: said[name] for name in _TRACE_CONTEXT if isinstance(said.get(name), str)}
