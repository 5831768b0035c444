// The API over a bucket in memory: `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answer } from "../items/index.mjs";

// A bucket that knows conditions as S3 does.
class Memory {
  objects = new Map();
  count = 0;

  async get(key) {
    return this.objects.get(key);
  }

  async put(key, value, condition) {
    const there = this.objects.get(key);
    if ("if-none-match" in condition && there) return { status: 412 };
    if ("if-match" in condition && !there) return { status: 404 };
    if ("if-match" in condition && there.etag !== condition["if-match"]) return { status: 412 };
    const etag = `"${++this.count}"`;
    this.objects.set(key, { value, etag });
    return { status: 200, etag };
  }

  async delete(key, condition) {
    if (this.objects.get(key).etag !== condition["if-match"]) return 412;
    this.objects.delete(key);
    return 204;
  }

  async list(prefix, count, token) {
    if (token !== undefined && !this.objects.has(token)) return undefined;
    const later = [...this.objects.keys()].filter((key) => token === undefined || key > token).sort();
    return { keys: later.slice(0, count), next: later.length > count ? later[count - 1] : undefined };
  }
}

function api() {
  const bucket = new Memory();
  return async (expected, routeKey, body, { id, headers = {}, query } = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const event = { routeKey, body: text, headers, pathParameters: { id }, queryStringParameters: query };
    const answered = await answer(bucket, event);
    assert.equal(answered.statusCode, expected, answered.body);
    return { body: answered.body && JSON.parse(answered.body), headers: answered.headers };
  };
}

test("an item lives", async () => {
  const check = api();
  const { body: made, headers } = await check(201, "POST /items", { name: "pear", quantity: 3 });
  assert.equal(headers.location, `/items/${made.id}`);
  const id = made.id;
  const read = await check(200, "GET /items/{id}", undefined, { id });
  assert.deepEqual([read.body, read.headers.etag], [made, made.etag]);
  const more = { name: "pear", quantity: 4 };
  const old = { id, headers: { "if-match": made.etag } };
  const { body: changed } = await check(200, "PUT /items/{id}", more, old);
  await check(412, "PUT /items/{id}", more, old);
  await check(412, "DELETE /items/{id}", undefined, old);
  await check(204, "DELETE /items/{id}", undefined, { id, headers: { "if-match": changed.etag } });
  await check(404, "GET /items/{id}", undefined, { id });
  await check(404, "DELETE /items/{id}", undefined, { id });
});

test("what is there is not made again", async () => {
  const check = api();
  const pear = { name: "pear", quantity: 3 };
  await check(201, "POST /items", { id: "p", ...pear });
  await check(409, "POST /items", { id: "p", ...pear });
  await check(412, "PUT /items/{id}", pear, { id: "p", headers: { "if-none-match": "*" } });
  await check(201, "PUT /items/{id}", pear, { id: "q", headers: { "if-none-match": "*" } });
  await check(404, "PUT /items/{id}", pear, { id: "r", headers: { "if-match": '"1"' } });
  await check(428, "PUT /items/{id}", pear, { id: "q" });
  await check(400, "PUT /items/{id}", pear, { id: "q", headers: { "if-match": '"1"', "if-none-match": "*" } });
});

test("only items are taken", async () => {
  const check = api();
  for (const [wanted, wrong] of [
    [{}, ["name", "quantity"]],
    [{ name: " ", quantity: 1 }, ["name"]],
    [{ name: "p".repeat(101), quantity: 1 }, ["name"]],
    [{ name: "p", quantity: -1 }, ["quantity"]],
    [{ name: "p", quantity: 1.5 }, ["quantity"]],
    [{ name: "p", quantity: true }, ["quantity"]],
    [{ name: "p", quantity: 1, colour: "green" }, ["colour"]],
    [{ name: "p", quantity: 1, id: "a/b" }, ["id"]],
    [[], [""]],
  ]) {
    const { body } = await check(400, "POST /items", wanted);
    assert.deepEqual(Object.keys(body.errors).sort(), wrong);
  }
  await check(400, "POST /items", "no json");
  await check(404, "GET /items/{id}", undefined, { id: "../secret" });
});

test("a list comes in pages", async () => {
  const check = api();
  for (let number = 0; number < 5; number++) {
    await check(201, "POST /items", { id: `i${number}`, name: "pear", quantity: number });
  }
  const seen = [];
  let next;
  do {
    const query = { limit: "2", ...(next && { next }) };
    const { body } = await check(200, "GET /items", undefined, { query });
    seen.push(...body.items.map((item) => item.id));
    next = body.next;
  } while (next);
  assert.deepEqual(seen, ["i0", "i1", "i2", "i3", "i4"]);
  for (const limit of ["0", "101", "many", "-1"]) await check(400, "GET /items", undefined, { query: { limit } });
  await check(400, "GET /items", undefined, { query: { next: "nowhere" } });
});
