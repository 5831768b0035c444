// A REST API of items, each an object of a bucket. A change is conditional: it says which state of the item it is about.
import { randomUUID } from "node:crypto";

import { Bucket } from "./objects.mjs";

const PREFIX = "items/";
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_NAME = 100;
const MAX_QUANTITY = 1_000_000;
const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

// What a caller is told in place of an item.
class Problem extends Error {
  constructor(status, message, details = {}) {
    super(message);
    this.status = status;
    this.body = { message, ...details };
  }
}

export async function handler(event) {
  return answer(new Bucket(process.env.BUCKET), event);
}

export async function answer(bucket, event) {
  const route = ROUTES.get(event.routeKey);
  try {
    if (route === undefined) throw new Problem(404, "There is no such route.");
    return await route(bucket, event);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return response(problem.status, problem.body);
  }
}

async function listItems(bucket, event) {
  const { limit, next } = event.queryStringParameters ?? {};
  const page = await bucket.list(PREFIX, pageSize(limit), next);
  if (page === undefined) throw new Problem(400, "next is no token of this list.");
  const found = await Promise.all(page.keys.map((key) => bucket.get(key)));
  // What was deleted meanwhile is left out.
  const items = found.flatMap((there, index) => (there ? [shown(page.keys[index].slice(PREFIX.length), there)] : []));
  return response(200, { items, next: page.next });
}

async function createItem(bucket, event) {
  let wanted = bodyOf(event);
  let id;
  if (isObject(wanted)) ({ id, ...wanted } = wanted);
  if (id !== undefined && !(typeof id === "string" && ID.test(id))) {
    throw new Problem(400, "The item is not valid.", { errors: { id: "1 to 64 letters, digits, _ and -" } });
  }
  id ??= randomUUID();
  const item = valid(wanted);
  const { status, etag } = await bucket.put(PREFIX + id, item, { "if-none-match": "*" });
  if (status !== 200) throw new Problem(409, `There is an item ${id} already.`);
  return response(201, shown(id, { value: item, etag }), { etag, location: `/items/${id}` });
}

async function readItem(bucket, event) {
  const id = idOf(event);
  const there = await bucket.get(PREFIX + id);
  if (there === undefined) throw missing(id);
  return response(200, shown(id, there), { etag: there.etag });
}

async function writeItem(bucket, event) {
  const id = idOf(event);
  const item = valid(bodyOf(event));
  const condition = conditionOf(event, ["if-match", "if-none-match"]);
  if (condition === undefined) {
    throw new Problem(428, "Say which state is to be replaced: If-Match with its ETag, or If-None-Match: * for none.");
  }
  const { status, etag } = await bucket.put(PREFIX + id, item, condition);
  if (status === 404) throw missing(id);
  check(status);
  return response("if-none-match" in condition ? 201 : 200, shown(id, { value: item, etag }), { etag });
}

async function deleteItem(bucket, event) {
  const id = idOf(event);
  const there = await bucket.get(PREFIX + id);
  if (there === undefined) throw missing(id);
  // Without a condition it is what was just looked at that goes.
  check(await bucket.delete(PREFIX + id, conditionOf(event, ["if-match"]) ?? { "if-match": there.etag }));
  return { statusCode: 204 };
}

const ROUTES = new Map([
  ["GET /items", listItems],
  ["POST /items", createItem],
  ["GET /items/{id}", readItem],
  ["PUT /items/{id}", writeItem],
  ["DELETE /items/{id}", deleteItem],
]);

function pageSize(limit) {
  if (limit === undefined) return DEFAULT_PAGE;
  if (!/^[0-9]{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE) {
    throw new Problem(400, `limit is a number from 1 to ${MAX_PAGE}.`);
  }
  return Number(limit);
}

function idOf(event) {
  const { id } = event.pathParameters;
  if (!ID.test(id)) throw missing(id);
  return id;
}

function bodyOf(event) {
  const body = event.body ?? "";
  try {
    return JSON.parse(event.isBase64Encoded ? Buffer.from(body, "base64").toString() : body);
  } catch {
    throw new Problem(400, "The body is not JSON.");
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// The item, if it is one.
function valid(wanted) {
  if (!isObject(wanted)) throw new Problem(400, "The item is not valid.", { errors: { "": "an object" } });
  const { name, quantity, ...others } = wanted;
  const errors = Object.fromEntries(Object.keys(others).map((member) => [member, "there is no such member"]));
  if (typeof name !== "string" || name.trim() === "" || [...name].length > MAX_NAME) {
    errors.name = `a text of 1 to ${MAX_NAME} characters`;
  }
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY) {
    errors.quantity = `a whole number from 0 to ${MAX_QUANTITY}`;
  }
  if (Object.keys(errors).length > 0) throw new Problem(400, "The item is not valid.", { errors });
  return { name, quantity };
}

// The condition that a request states: one at most, If-None-Match only of anything.
function conditionOf(event, names) {
  const headers = event.headers ?? {};
  const found = Object.fromEntries(names.filter((name) => name in headers).map((name) => [name, headers[name]]));
  const count = Object.keys(found).length;
  if (count > 1 || (found["if-none-match"] ?? "*") !== "*") {
    throw new Problem(400, "A change has one condition: If-Match with an ETag, or If-None-Match: *.");
  }
  return count === 1 ? found : undefined;
}

function check(status) {
  if (status === 412) throw new Problem(412, "The item is not in that state. Read it again.");
  if (status === 409) throw new Problem(409, "The item was just being changed. Try again.");
  if (status === 404) throw new Problem(404, "The item is gone.");
}

function missing(id) {
  return new Problem(404, `There is no item ${id}.`);
}

function shown(id, { value, etag }) {
  return { id, ...value, etag };
}

function response(statusCode, body, headers = {}) {
  return { statusCode, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
