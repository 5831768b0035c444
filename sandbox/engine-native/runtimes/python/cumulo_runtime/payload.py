"""JSON as Lambda's Python runtimes read and write it.

AWS: they use `simplejson`, which differs from the standard library: decimals are numbers with all their digits, named tuples are
objects, bytes within a document are text. The standard library writes all the rest alike, and its own code in C is as fast, so
it does the work; what differs is made plain before. That code is called as it is (`_json`): the package `json` around it
loads regular expressions, which takes longer than all of the runtime, and does nothing for a document without mistakes.
"""

import marshal
import os
import sys

from .fault import Fault

try:
    import _json
except ImportError:
    _json = None

_SPACE = " \t\n\r"


def is_ascii():
    """Whether letters beyond ASCII are escaped. AWS: they are up to Python 3.11."""
    named = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
    minor = int(named) if named.isdigit() else sys.version_info[1]
    return minor < 12


def read_event(body, content_type):
    """The event of an invocation. AWS: what is not JSON by its type reaches the handler as bytes."""
    if content_type != "application/json":
        return bytes(body)
    try:
        return read(body)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: {}".format(error)) from None


def read(document):
    """A document's value. Its mistakes are found by `json`, which has words for them."""
    text = document if isinstance(document, str) else str(document, "utf-8")
    try:
        value, end = _scan(text, 0 if text[:1] not in _SPACE else len(text) - len(text.lstrip(_SPACE)))
        if not text[end:].strip(_SPACE):
            return value
    except Exception:
        # Without `json` the code in C cannot even say what is wrong.
        pass
    import json

    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name):
    """AWS: events know no NaN and no infinity, though responses do."""
    raise ValueError("Expecting value: {}".format(name))


class _Reading:
    """How documents are read: as `json` does it, constants apart."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_refuse_constant)
    memo = {}


def _scanner():
    try:
        return _json.make_scanner(_Reading)
    except (AttributeError, TypeError):
        import json

        return json.JSONDecoder().raw_decode


_scan = _scanner()


def write_response(response, encoder):
    """The body of a response and its type. AWS: bytes go as they are."""
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        # AWS: half of a surrogate pair cannot be sent; that ends the runtime there, here it is an error of this invocation.
        return encoder.encode(response).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: {}".format(error)) from None


class Encoder:
    """Writes documents; one for a process."""

    def __init__(self, ascii_only):
        self._encode = _encoder(ascii_only)

    def encode(self, value):
        """A document as text."""
        if _is_plain(value):
            try:
                return self._encode(value)
            except TypeError:
                # Bytes, or a real mistake, which the other way finds again.
                pass
        numbers = _Numbers()
        return numbers.put_into(self._encode(_made_plain(value, numbers, set())))


def _encoder(ascii_only):
    """What writes what both libraries write alike."""
    try:
        letters = _json.encode_basestring_ascii if ascii_only else _json.encode_basestring
        _json.make_encoder({}, _refuse, letters, None, ": ", ", ", False, False, True)
    except (AttributeError, TypeError):
        import json

        return json.JSONEncoder(ensure_ascii=ascii_only, default=_refuse).encode

    def encode(value):
        # The first argument is what is being written, to find circles.
        return "".join(_json.make_encoder({}, _refuse, letters, None, ": ", ", ", False, False, True)(value, 0))

    return encode


def _refuse(value):
    raise TypeError("Object of type {} is not JSON serializable".format(type(value).__name__))


def _is_plain(value):
    """Whether a value has nothing but the exact types that both libraries write alike (or none of them writes).

    `marshal` knows those alone and walks in C.
    """
    try:
        marshal.dumps(value)
    except Exception:
        return False
    return True


def _made_plain(value, numbers, above):
    """A value without what the standard library writes otherwise."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, list):
        return _inside(value, numbers, above, lambda inner: [_made_plain(item, numbers, inner) for item in value])
    fields = getattr(value, "_asdict", None)
    if callable(fields):
        return _inside(value, numbers, above, lambda inner: _made_plain(fields(), numbers, inner))
    if isinstance(value, tuple):
        return _inside(value, numbers, above, lambda inner: [_made_plain(item, numbers, inner) for item in value])
    if isinstance(value, dict):
        return _inside(
            value,
            numbers,
            above,
            lambda inner: {_key(key): _made_plain(item, numbers, inner) for key, item in value.items()},
        )
    return numbers.taken(value)


def _inside(value, numbers, above, made):
    """What is in a container, which must not be in itself."""
    if id(value) in above:
        raise ValueError("Circular reference detected")
    above.add(id(value))
    plain = made(above)
    above.discard(id(value))
    return plain


def _key(key):
    if key is None or isinstance(key, (str, int, float)):
        return key
    if isinstance(key, bytes):
        return key.decode("utf-8")
    raise TypeError("keys must be str, int, float, bool or None, not {}".format(type(key).__name__))


class _Numbers:
    """Decimals of one document: texts that nobody can guess while it is written, digits afterwards."""

    def __init__(self):
        self._mark = None

    def taken(self, value):
        """What stands for a value, if it is a decimal: a process that has none never imported the module."""
        decimal = sys.modules.get("decimal")
        if decimal is None or not isinstance(value, decimal.Decimal):
            _refuse(value)
        if value.is_nan():
            return float("nan")
        if self._mark is None:
            self._mark = os.urandom(16).hex() + ":"
        return self._mark + str(value)

    def put_into(self, text):
        """The document with digits."""
        if self._mark is None:
            return text
        import re

        return re.sub('"' + self._mark + '([^"]*)"', r"\1", text)
