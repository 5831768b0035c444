"""From the name of a handler to what is called: `folder/module.function`, `package.module.function`."""

import sys
from importlib import import_module

from .fault import Fault


def load(name):
    """Imports the function's code and gives its handler."""
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        # AWS: the words are those of the exception that unpacking raises there.
        reason = "not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '{}': {}".format(name, reason))
    if module_name.split(".")[0] in sys.builtin_module_names:
        reason = "Cannot use built-in module {} as a handler module".format(module_name)
        raise Fault("Runtime.BuiltInModuleConflict", reason)
    module = _imported(module_name)
    try:
        return getattr(module, attribute)
    except AttributeError:
        reason = "Handler '{}' missing on module '{}'".format(attribute, module_name)
        raise Fault("Runtime.HandlerNotFound", reason) from None


def _imported(name):
    try:
        return import_module(name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '{}': {}".format(name, error)) from None
    except SyntaxError as error:
        place = '  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)
        reason = "Syntax error in module '{}': {}".format(name, error)
        raise Fault("Runtime.UserCodeSyntaxError", reason, [place]) from None
