"""What an order is, without a cloud: `python3 -m unittest discover tests`."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "orders"))

import orders  # noqa: E402

PEARS = {"name": "pears", "price": 3, "quantity": 4}


class Orders(unittest.TestCase):
    def test_prices_are_added_up(self):
        self.assertEqual(orders.total({"items": [PEARS, {"name": "box", "price": 5, "quantity": 1}]}), 17)

    def test_what_is_no_order_is_told_whole(self):
        for order, expected in [
            ({"items": [PEARS]}, []),
            ({"items": [PEARS], "unreachable": 2}, []),
            ([], ["An order is an object."]),
            ({}, ["items: a list of 1 to 50"]),
            ({"items": [PEARS] * 51}, ["items: a list of 1 to 50"]),
            ({"items": [PEARS], "coupon": "x"}, ["coupon: there is no such member"]),
            ({"items": [PEARS], "unreachable": True}, ["unreachable: a whole number from 0 to 10"]),
            ({"items": [{"name": "pears"}]}, ["items[0]: name, price and quantity"]),
            (
                {"items": [PEARS | {"quantity": 0}]},
                ["items[0]: a price from 0 to 1000000 and a quantity from 1 to 1000"],
            ),
        ]:
            with self.subTest(order):
                self.assertEqual(orders.faults(order), expected)

    def test_ids_are_plain(self):
        for text, expected in [("a-1", True), ("", False), ("a/b", False), ("x" * 41, False)]:
            self.assertEqual(bool(orders.ID.fullmatch(text)), expected, text)


if __name__ == "__main__":
    unittest.main()
