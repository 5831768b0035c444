"""Runs the tables against AWS's own clients and prints what differs. Run by hand; no test: it needs what registries have.

    python compare.py python VENV/bin/python -m awslambdaric
    python compare.py node22 node_modules/.bin/aws-lambda-ric

The handler's name is put behind the command. Of traces the function's own lines are compared, since the others name files of the
client. What is known to differ, for Python: a warning before a failed start, the search path, which AWS's client leaves to what
starts it, lines of a record outside of frames, and the words for mistakes in JSON.
"""

import json
import re
import sys
import time

import test_node
import test_python
from runtime_api import NODE, PYTHON, Function, timeless

PATIENCE = 8
"""In seconds. Some functions never answer."""

TABLES = {
    "python": (PYTHON, test_python.NEW, test_python.CASES),
    "node22": (NODE, test_node.OLD, test_node.BOTH + test_node.OLD_ONLY),
    "node24": (NODE, test_node.NEW, test_node.BOTH + test_node.NEW_ONLY),
}


def told(case, command, way):
    """What a client tells and logs, without what differs from run to run."""
    env = {**case.options.get("env", {}), **way}
    with Function(command, case.files, case.handler, case.events, **{**case.options, "env": env}) as function:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and function.process.poll() is None and not function.api.idle:
            time.sleep(0.01)
        status = function.process.poll()
        printed = function.stop()
        framed = [(kind, message) for kind, _, message in function.framed] if function.frames else []
        reports = [(one.kind, one.request_id, one.body.decode(errors="replace"), len(one.chunks)) for one in function.api.reports]
        found = {"reports": reports, "printed": printed, "framed": framed, "status": status}
        return {name: own_lines(json.dumps(value).replace(str(function.task), "TASK")) for name, value in found.items()}


def own_lines(text):
    """A text without the lines of traces that are not the function's."""
    text = re.sub(r'(,\s*\\*"|\\[rn])    at (?!.{0,80}TASK)[^"\\]*(\\*"(?=[,\]]))?', "", timeless(text))
    return re.sub(r"/[^\s\"\\:]*/(bootstrap|serve|load|index)\.(py|m?js)", "CLIENT", text)


def compare(name, command):
    """Prints the rows that differ."""
    ours, way, cases = TABLES[name]
    for case in cases:
        left, right = told(case, ours, way), told(case, [*command, case.handler], way)
        for part in left:
            if left[part] != right[part]:
                print("{}: {}\n  ours   {}\n  theirs {}".format(case.name, part, left[part][:1000], right[part][:1000]))


if __name__ == "__main__":
    compare(sys.argv[1], sys.argv[2:])
