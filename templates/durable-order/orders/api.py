"""The API. An order is an execution of the workflow that has the order's id as its name: so it is placed once, however often it
is sent."""

import base64
import json
import os

import boto3

import orders

functions = boto3.client("lambda")
WORKFLOW = {"FunctionName": os.environ["WORKFLOW"], "Qualifier": os.environ["ALIAS"]}


def handler(event, _context):
    order_id = event["pathParameters"]["id"]
    if not orders.ID.fullmatch(order_id):
        return answer(404, {"message": f"{order_id} is no id of an order: letters, digits and hyphens, 40 at most."})
    return ROUTES[event["routeKey"]](order_id, event)


def place(order_id, event):
    order = body_of(event)
    faults = orders.faults(order)
    if faults:
        return answer(400, {"message": "The order is not valid.", "faults": faults})
    try:
        functions.invoke(
            **WORKFLOW,
            InvocationType="Event",
            DurableExecutionName=order_id,
            Payload=json.dumps({"id": order_id, **order}, sort_keys=True),
        )
    except functions.exceptions.DurableExecutionAlreadyStartedException:
        return answer(409, {"message": f"{order_id} is another order. Choose another id."})
    return answer(202, {"id": order_id})


def look(order_id, _event):
    execution = find(order_id)
    if execution is None:
        return answer(404, {"message": f"There is no order {order_id}."})
    found = functions.get_durable_execution(DurableExecutionArn=execution)
    if found["Status"] == "SUCCEEDED":
        return answer(200, {"id": order_id, **json.loads(found["Result"])})
    if found["Status"] == "RUNNING":
        waits = question(execution) is not None
        return answer(200, {"id": order_id, "status": "to-be-decided" if waits else "in-work"})
    return answer(200, {"id": order_id, "status": "failed", "reason": found.get("Error", {}).get("ErrorMessage")})


def decide(order_id, event):
    decision = body_of(event)
    if not isinstance(decision, dict) or type(decision.get("approved")) is not bool:
        return answer(400, {"message": 'A decision is {"approved": true} or {"approved": false}.'})
    execution = find(order_id)
    callback = execution and question(execution)
    if callback is None:
        return answer(409, {"message": f"Nothing is to be decided about {order_id}."})
    result = json.dumps({"approved": decision["approved"]})
    functions.send_durable_execution_callback_success(CallbackId=callback, Result=result)
    return answer(202, {"id": order_id})


ROUTES = {"PUT /orders/{id}": place, "GET /orders/{id}": look, "POST /orders/{id}/decision": decide}


def find(order_id):
    """The execution of an order."""
    found = functions.list_durable_executions_by_function(**WORKFLOW, DurableExecutionName=order_id)
    return next((one["DurableExecutionArn"] for one in found["DurableExecutions"]), None)


def question(execution):
    """The callback that an execution waits for."""
    pages = functions.get_paginator("get_durable_execution_history").paginate(DurableExecutionArn=execution)
    waiting = {}
    for event in (event for page in pages for event in page["Events"]):
        if event["EventType"] == "CallbackStarted":
            waiting[event["Id"]] = event["CallbackStartedDetails"]["CallbackId"]
        elif event["EventType"].startswith("Callback"):
            waiting.pop(event["Id"], None)
    return next(iter(waiting.values()), None)


def body_of(event):
    body = event.get("body") or ""
    try:
        return json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except ValueError:
        return None


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
