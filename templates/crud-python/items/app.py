"""A REST API of items, each an object of a bucket. A change is conditional: it says which state of the item it is about."""

import base64
import json
import os
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

from objects import Bucket

PREFIX = "items/"
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_NAME = 100
MAX_QUANTITY = 1_000_000
MAX_PAGE = 100
DEFAULT_PAGE = 20


class Problem(Exception):
    """What a caller is told in place of an item."""

    def __init__(self, status, message, **details):
        super().__init__(message)
        self.status, self.body = status, {"message": message, **details}


def handler(event, context):
    return answer(Bucket(os.environ["BUCKET"]), event)


def answer(bucket, event):
    route = ROUTES.get(event["routeKey"])
    try:
        if route is None:
            raise Problem(404, "There is no such route.")
        return route(bucket, event)
    except Problem as problem:
        return response(problem.status, problem.body)


def list_items(bucket, event):
    query = event.get("queryStringParameters") or {}
    page = bucket.list(PREFIX, page_size(query.get("limit")), query.get("next"))
    if page is None:
        raise Problem(400, "next is no token of this list.")
    keys, token = page
    with ThreadPoolExecutor(16) as readers:
        found = list(readers.map(bucket.get, keys))
    # What was deleted meanwhile is left out.
    items = [shown(key, *there) for key, there in zip(keys, found) if there]
    return response(200, {"items": items, **({"next": token} if token else {})})


def create_item(bucket, event):
    wanted = body_of(event)
    given = wanted.pop("id", None) if isinstance(wanted, dict) else None
    if given is not None and not (isinstance(given, str) and ID.fullmatch(given)):
        raise Problem(400, "The item is not valid.", errors={"id": "1 to 64 letters, digits, _ and -"})
    item_id = given or str(uuid.uuid4())
    item = valid(wanted)
    status, etag = bucket.put(PREFIX + item_id, item, {"if-none-match": "*"})
    if status != 200:
        raise Problem(409, f"There is an item {item_id} already.")
    location = {"location": f"/items/{item_id}"}
    return response(201, shown(item_id, item, etag), etag, location)


def read_item(bucket, event):
    item_id = id_of(event)
    there = bucket.get(PREFIX + item_id)
    if there is None:
        raise missing(item_id)
    return response(200, shown(item_id, *there), there[1])


def write_item(bucket, event):
    item_id = id_of(event)
    item = valid(body_of(event))
    condition = condition_of(event, ["if-match", "if-none-match"])
    if condition is None:
        raise Problem(428, "Say which state is to be replaced: If-Match with its ETag, or If-None-Match: * for none.")
    status, etag = bucket.put(PREFIX + item_id, item, condition)
    if status == 404:
        raise missing(item_id)
    check(status)
    return response(201 if "if-none-match" in condition else 200, shown(item_id, item, etag), etag)


def delete_item(bucket, event):
    item_id = id_of(event)
    there = bucket.get(PREFIX + item_id)
    if there is None:
        raise missing(item_id)
    # Without a condition it is what was just looked at that goes.
    check(bucket.delete(PREFIX + item_id, condition_of(event, ["if-match"]) or {"if-match": there[1]}))
    return {"statusCode": 204}


ROUTES = {
    "GET /items": list_items,
    "POST /items": create_item,
    "GET /items/{id}": read_item,
    "PUT /items/{id}": write_item,
    "DELETE /items/{id}": delete_item,
}


def page_size(limit):
    if limit is None:
        return DEFAULT_PAGE
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= MAX_PAGE:
        raise Problem(400, f"limit is a number from 1 to {MAX_PAGE}.")
    return int(limit)


def id_of(event):
    item_id = event["pathParameters"]["id"]
    if not ID.fullmatch(item_id):
        raise missing(item_id)
    return item_id


def body_of(event):
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body)
        return json.loads(body)
    except ValueError:
        raise Problem(400, "The body is not JSON.") from None


def valid(wanted):
    """The item, if it is one."""
    if not isinstance(wanted, dict):
        raise Problem(400, "The item is not valid.", errors={"": "an object"})
    name, quantity = wanted.get("name"), wanted.get("quantity")
    errors = {member: "there is no such member" for member in wanted if member not in ("name", "quantity")}
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
        errors["name"] = f"a text of 1 to {MAX_NAME} characters"
    if type(quantity) is not int or not 0 <= quantity <= MAX_QUANTITY:
        errors["quantity"] = f"a whole number from 0 to {MAX_QUANTITY}"
    if errors:
        raise Problem(400, "The item is not valid.", errors=errors)
    return {"name": name, "quantity": quantity}


def condition_of(event, names):
    """The condition that a request states: one at most, `If-None-Match` only of anything."""
    headers = event.get("headers") or {}
    found = {name: headers[name] for name in names if name in headers}
    if len(found) > 1 or found.get("if-none-match", "*") != "*":
        raise Problem(400, "A change has one condition: If-Match with an ETag, or If-None-Match: *.")
    return found or None


def check(status):
    if status == 412:
        raise Problem(412, "The item is not in that state. Read it again.")
    if status == 409:
        raise Problem(409, "The item was just being changed. Try again.")
    if status == 404:
        raise Problem(404, "The item is gone.")


def missing(item_id):
    return Problem(404, f"There is no item {item_id}.")


def shown(key, item, etag):
    return {"id": key.removeprefix(PREFIX), **item, "etag": etag}


def response(status, body, etag=None, headers=None):
    headers = {"content-type": "application/json", **(headers or {}), **({"etag": etag} if etag else {})}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
