"""The API over a bucket in memory: `python3 -m unittest discover tests`."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "items"))

import app  # noqa: E402


class Memory:
    """A bucket that knows conditions as S3 does."""

    def __init__(self):
        self.objects, self.count = {}, 0

    def get(self, key):
        return self.objects.get(key)

    def put(self, key, value, condition):
        if "if-none-match" in condition and key in self.objects:
            return 412, None
        if "if-match" in condition:
            if key not in self.objects:
                return 404, None
            if self.objects[key][1] != condition["if-match"]:
                return 412, None
        self.count += 1
        self.objects[key] = (value, f'"{self.count}"')
        return 200, self.objects[key][1]

    def delete(self, key, condition):
        if self.objects[key][1] != condition["if-match"]:
            return 412
        del self.objects[key]
        return 204

    def list(self, prefix, count, token):
        if token is not None and token not in self.objects:
            return None
        later = sorted(key for key in self.objects if token is None or key > token)
        return later[:count], later[count - 1] if len(later) > count else None


class Api(unittest.TestCase):
    def setUp(self):
        self.bucket = Memory()

    def ask(self, route, body=None, item_id=None, headers=None, **query):
        event = {"routeKey": route, "headers": headers or {}, "queryStringParameters": query or None}
        event |= {"body": body if isinstance(body, str) else json.dumps(body), "pathParameters": {"id": item_id}}
        answer = app.answer(self.bucket, event)
        return answer["statusCode"], json.loads(answer.get("body", "null")), answer.get("headers")

    def check(self, expected, route, *others, **more):
        status, body, headers = self.ask(route, *others, **more)
        self.assertEqual(status, expected, body)
        return body, headers

    def test_an_item_lives(self):
        made, headers = self.check(201, "POST /items", {"name": "pear", "quantity": 3})
        self.assertEqual(headers["location"], f"/items/{made['id']}")
        read, headers = self.check(200, "GET /items/{id}", item_id=made["id"])
        self.assertEqual((read, headers["etag"]), (made, made["etag"]))
        more = {"name": "pear", "quantity": 4}
        changed, _ = self.check(200, "PUT /items/{id}", more, made["id"], {"if-match": made["etag"]})
        self.check(412, "PUT /items/{id}", more, made["id"], {"if-match": made["etag"]})
        self.check(412, "DELETE /items/{id}", None, made["id"], {"if-match": made["etag"]})
        self.check(204, "DELETE /items/{id}", None, made["id"], {"if-match": changed["etag"]})
        self.check(404, "GET /items/{id}", item_id=made["id"])
        self.check(404, "DELETE /items/{id}", item_id=made["id"])

    def test_what_is_there_is_not_made_again(self):
        pear = {"name": "pear", "quantity": 3}
        self.check(201, "POST /items", {"id": "p", **pear})
        self.check(409, "POST /items", {"id": "p", **pear})
        self.check(412, "PUT /items/{id}", pear, "p", {"if-none-match": "*"})
        self.check(201, "PUT /items/{id}", pear, "q", {"if-none-match": "*"})
        self.check(404, "PUT /items/{id}", pear, "r", {"if-match": '"1"'})
        self.check(428, "PUT /items/{id}", pear, "q")
        self.check(400, "PUT /items/{id}", pear, "q", {"if-match": '"1"', "if-none-match": "*"})

    def test_only_items_are_taken(self):
        for wanted, wrong in [
            ({}, {"name", "quantity"}),
            ({"name": " ", "quantity": 1}, {"name"}),
            ({"name": "p" * 101, "quantity": 1}, {"name"}),
            ({"name": "p", "quantity": -1}, {"quantity"}),
            ({"name": "p", "quantity": 1.5}, {"quantity"}),
            ({"name": "p", "quantity": True}, {"quantity"}),
            ({"name": "p", "quantity": 1, "colour": "green"}, {"colour"}),
            ({"name": "p", "quantity": 1, "id": "a/b"}, {"id"}),
            ([], {""}),
        ]:
            with self.subTest(wanted=wanted):
                body, _ = self.check(400, "POST /items", wanted)
                self.assertEqual(set(body["errors"]), wrong)
        self.check(400, "POST /items", "no json")
        self.check(404, "GET /items/{id}", item_id="../secret")

    def test_a_list_comes_in_pages(self):
        for number in range(5):
            self.check(201, "POST /items", {"id": f"i{number}", "name": "pear", "quantity": number})
        page, _ = self.check(200, "GET /items", limit="2")
        seen = [item["id"] for item in page["items"]]
        while "next" in page:
            page, _ = self.check(200, "GET /items", limit="2", next=page["next"])
            seen += [item["id"] for item in page["items"]]
        self.assertEqual(seen, ["i0", "i1", "i2", "i3", "i4"])
        for limit in ["0", "101", "many", "-1"]:
            self.check(400, "GET /items", limit=limit)
        self.check(400, "GET /items", next="nowhere")


if __name__ == "__main__":
    unittest.main()
