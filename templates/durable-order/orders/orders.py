"""What an order is."""

import re

# More than this is decided by a person.
LIMIT = 100
MAX_ITEMS = 50
MAX_PRICE = 1_000_000
ID = re.compile(r"[A-Za-z0-9-]{1,40}")


def total(order):
    return sum(item["price"] * item["quantity"] for item in order["items"])


def faults(order):
    """What is wrong with an order that somebody sent; nothing of one that can be worked off."""
    if not isinstance(order, dict):
        return ["An order is an object."]
    items = order.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
        return [f"items: a list of 1 to {MAX_ITEMS}"]
    found = [f"{member}: there is no such member" for member in order if member not in ("items", "unreachable")]
    if not whole(order.get("unreachable", 0), 0, 10):
        found.append("unreachable: a whole number from 0 to 10")
    for at, item in enumerate(items):
        known = isinstance(item, dict) and set(item) == {"name", "price", "quantity"}
        if not known or not isinstance(item["name"], str):
            found.append(f"items[{at}]: name, price and quantity")
        elif not whole(item["price"], 0, MAX_PRICE) or not whole(item["quantity"], 1, 1000):
            found.append(f"items[{at}]: a price from 0 to {MAX_PRICE} and a quantity from 1 to 1000")
    return found


def whole(value, least, most):
    return type(value) is int and least <= value <= most
