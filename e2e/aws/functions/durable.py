"""A durable function that does what its event says, with AWS's SDK as it comes."""

import os

from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import JitterStrategy, RetryStrategyConfig, create_retry_strategy

SECOND = Duration.from_seconds(1)


def journey(event, context):
    first = context.step(lambda _: event["n"] + 1, name="first")
    context.wait(SECOND, name="pause")

    def flaky(step):
        if step.attempt < 3:
            raise ValueError(f"attempt {step.attempt}")
        return step.attempt

    retry = create_retry_strategy(
        RetryStrategyConfig(max_attempts=4, initial_delay=SECOND, backoff_rate=1.0, jitter_strategy=JitterStrategy.NONE)
    )
    attempts = context.step(flaky, name="flaky", config=StepConfig(retry_strategy=retry))

    def item(child, value, index, items):
        child.wait(SECOND)
        return child.step(lambda _: value * 10)

    tens = context.map([1, 2], item, name="tens").get_results()
    both = context.parallel([lambda c: c.step(lambda _: "a"), lambda c: c.step(lambda _: "b")]).get_results()
    return {"first": first, "attempts": attempts, "tens": tens, "both": both}


def asking(event, context):
    timeout = Duration.from_seconds(event.get("timeout", 60))
    return context.create_callback(name="question", config=CallbackConfig(timeout=timeout)).result()


def calling(event, context):
    durable = context.invoke(event["durable"], {"do": "journey", "n": 1}, name="durable")
    return [durable["first"], context.invoke(event["plain"], {"x": 1}, name="plain")]


def waiting(event, context):
    context.wait(Duration.from_seconds(event["seconds"]))
    return context.step(lambda _: "over")


def large(event, context):
    parts = [context.step(lambda _: "x" * 200_000) for _ in range(12)]
    context.wait(SECOND)
    return sum(map(len, parts))


def crashing(event, context):
    context.step(lambda _: "before")
    context.wait(SECOND)
    context.step(lambda _: os._exit(1))


def failing(event, context):
    raise RuntimeError("wanted")


@durable_execution
def handler(event, context):
    return globals()[event["do"]](event, context)


def plain(event, context):
    return {"got": event}
