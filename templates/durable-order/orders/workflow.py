"""What becomes of an order. This function is run again and again until the order is through: a step that was done is not done
again, its result is taken from the execution. So what has an effect, or may differ the next time, belongs into a step."""

import json

from aws_durable_execution_sdk_python import CallbackTimeoutError, durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

import orders

# Nothing of the function runs while it waits for a person, and nothing is paid.
DECISION = CallbackConfig(timeout=Duration.from_days(3))
PATIENT = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(max_attempts=5, initial_delay=Duration.from_seconds(1), backoff_rate=2.0)
    )
)


@durable_execution
def handler(order, context):
    total = context.step(lambda _: orders.total(order), name="total")
    if total > orders.LIMIT and not approved(context):
        return {"status": "declined", "total": total}
    receipt = context.step(lambda step: charge(order, total, step.attempt), name="charge", config=PATIENT)
    context.wait(Duration.from_seconds(1), name="pack")
    parcel = context.step(lambda _: f"parcel-{order['id']}", name="ship")
    return {"status": "shipped", "total": total, "receipt": receipt, "parcel": parcel}


def approved(context):
    """Waits for somebody's decision. None in time is a no."""
    question = context.create_callback(name="decision", config=DECISION)
    try:
        return json.loads(question.result())["approved"]
    except CallbackTimeoutError:
        return False


def charge(order, total, attempt):
    """Stands for a payment provider. An order may say how often it is out of reach: to see what retries do."""
    if attempt <= order.get("unreachable", 0):
        raise ConnectionError(f"the payment provider is out of reach, attempt {attempt}")
    return f"receipt-{order['id']}-{total}"
