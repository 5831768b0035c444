"""Lambda's runtime for Python: what stands between the Runtime API and a handler.

`serve` is the loop, `api` the protocol, `handler` finds the function's code, `payload` is JSON as Lambda writes it, `fault` what
a failure is reported as, `logs` what goes into the function's log, `context` the handler's second argument, `environment` what
is read before the function's code. It is no interpreter, no jail and no clock: who starts the process is all three.

Each module imports as little as it can, since every start pays for it; what only failures or loggers need comes with the first
of them.
"""
