"""Starts the client of Lambda's Runtime API for functions in Python: `python3 bootstrap.py`.

It is no part of the client: that is the package beside it, which is compiled once where this file is compiled at every start.
Python 3.8 or newer, the standard library alone. Start it without switches: a function has the interpreter's site packages, boto3
among them, and its `PYTHON…` variables count; `-S` saves some milliseconds where neither is wanted. Compile the package for each
interpreter that runs it, once and where it can write (`python3 -m compileall -q .`): a start without that takes some 15 ms longer.

With `CUMULO_ASSIGNMENT_FD` in its environment it waits, booted, to learn which function it is (`cumulo_runtime.environment`).
"""

import os
import sys

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    # A function's imports must not find this folder.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    sys.path.insert(0, folder)
    from cumulo_runtime.serve import main

    sys.path.remove(folder)
    main()
