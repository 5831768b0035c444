"""The environment of a function: when it is known, and what of the interpreter follows from it.

An interpreter may boot before it knows its function. Then all that CPython reads at its start has passed, and what can be made
up for is made up for here: the search path, the time zone, the locale, some of `PYTHON…`. What cannot is said on standard error
(`FIXED`); whoever assigns functions starts those that set such a variable without waiting for an assignment. The dynamic
linker's variables, `LD_LIBRARY_PATH` before all, belong to that: give them to the waiting interpreter, they are the same for all.
"""

import os
import sys

ASSIGNMENT = "CUMULO_ASSIGNMENT_FD"
"""Names the descriptor from which a waiting interpreter reads `{"environment": {…}}`, to the end of the file."""

LONGEST_ASSIGNMENT = 1 << 20
"""In bytes. AWS allows 4 KB of variables, and sets some thirty itself."""

FIXED = (
    "PYTHONHOME",
    "PYTHONHASHSEED",
    "PYTHONINTMAXSTRDIGITS",
    "PYTHONMALLOC",
    "PYTHONOPTIMIZE",
    "PYTHONDEVMODE",
    "PYTHONTRACEMALLOC",
    "PYTHONWARNINGS",
    "PYTHONUTF8",
    "PYTHONSTARTUP",
    "PYTHON_GIL",
    "PYTHON_JIT",
)
"""Variables that an interpreter heeds at its start alone."""


def await_assignment():
    """Boots as far as is possible without a function and waits for one, if this process is told to."""
    descriptor = os.environ.get(ASSIGNMENT)
    if descriptor is None:
        return
    _warm()
    from . import payload

    with open(int(descriptor), "rb", closefd=True) as file:
        document = file.read(LONGEST_ASSIGNMENT + 1)
    if len(document) > LONGEST_ASSIGNMENT:
        raise SystemExit("the assignment is longer than {} bytes".format(LONGEST_ASSIGNMENT))
    if not document:
        # Nobody needs this interpreter any more.
        raise SystemExit(0)
    _become(payload.read(document)["environment"])


def _warm():
    """Imports what most functions import anyway, and what of the runtime is otherwise imported late."""
    import datetime  # noqa: F401
    import decimal  # noqa: F401
    import importlib.util  # noqa: F401
    import json  # noqa: F401
    import linecache  # noqa: F401
    import logging  # noqa: F401
    import traceback  # noqa: F401

    from . import context, records  # noqa: F401


def _become(environment):
    """Makes this the process's environment wholly."""
    os.environ.clear()
    os.environ.update(environment)
    import time

    time.tzset()
    _enter_task_root()
    _take_locale()
    _take_interpreter_settings()


def _enter_task_root():
    """AWS: a function starts in its own folder, which may have been laid there since this process started."""
    task = os.environ.get("LAMBDA_TASK_ROOT")
    if task:
        os.chdir(task)


def _take_locale():
    import _locale

    try:
        _locale.setlocale(_locale.LC_CTYPE, "")
    except _locale.Error:
        # As at an interpreter's start: a locale that the machine does not have is none.
        pass


def _take_interpreter_settings():
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        sys.dont_write_bytecode = True
    if os.environ.get("PYTHONPYCACHEPREFIX"):
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]
    if os.environ.get("PYTHONFAULTHANDLER"):
        import faulthandler

        faulthandler.enable()
    for name in FIXED:
        # LIMIT: an interpreter that booted beforehand cannot heed these.
        if os.environ.get(name):
            sys.stderr.write("{} has no effect: the interpreter had started before it knew its function\n".format(name))


def set_search_path():
    """Puts the function's folders before all others.

    AWS: the function's own, then those of layers, unless the function sets `PYTHONPATH`, then what that names; the folder of
    the runtime is last.
    """
    task = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    runtime = os.environ.get("LAMBDA_RUNTIME_DIR")
    own = os.environ.get("PYTHONPATH")
    folders = [task]
    if not own or own == runtime:
        folders += layers()
        if runtime:
            os.environ["PYTHONPATH"] = runtime
    named = [folder for folder in (own or "").split(os.pathsep) if folder and folder != runtime]
    rest = [folder for folder in sys.path if folder not in named and folder != runtime]
    sys.path[:] = folders + named + rest + ([runtime] if runtime else [])
    for folder in folders:
        _read_path_files(folder)


def layers():
    """Where layers have their packages."""
    version = "python{}.{}".format(*sys.version_info[:2])
    return ["/opt/python/lib/{}/site-packages".format(version), "/opt/python"]


def _read_path_files(folder):
    """Heeds the `.pth` files of a folder. AWS: the function's folder and those of layers are site directories."""
    try:
        has_any = any(name.endswith(".pth") for name in os.listdir(folder))
    except OSError:
        return
    if has_any:
        import site

        site.addsitedir(folder)
