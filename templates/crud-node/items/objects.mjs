// JSON objects of a bucket of S3, with what Node.js has alone: so the package needs nothing beside it. Where yours brings
// @aws-sdk/client-s3, that does the same.
import { createHash, createHmac } from "node:crypto";

export class Bucket {
  constructor(name) {
    const { AWS_REGION, AWS_ENDPOINT_URL } = process.env;
    this.region = AWS_REGION;
    // Cumulo says where its cloud is; on AWS a bucket has a host of its own.
    this.base = AWS_ENDPOINT_URL ? `${AWS_ENDPOINT_URL}/${name}` : `https://${name}.s3.${AWS_REGION}.amazonaws.com`;
  }

  // An object and its ETag; nothing where there is none.
  async get(key) {
    const response = await this.ask("GET", key);
    const body = await response.text();
    if (response.status === 404) return undefined;
    expect(response, body, 200);
    return { value: JSON.parse(body), etag: response.headers.get("etag") };
  }

  // Writes under a condition. 200 and the new ETag, or 404, 409 or 412.
  async put(key, value, condition) {
    const headers = { "content-type": "application/json", ...condition };
    const response = await this.ask("PUT", key, { headers, body: JSON.stringify(value) });
    expect(response, await response.text(), 200, 404, 409, 412);
    return { status: response.status, etag: response.headers.get("etag") };
  }

  // Deletes under a condition. 204, or 404, 409 or 412.
  async delete(key, condition) {
    const response = await this.ask("DELETE", key, { headers: condition });
    expect(response, await response.text(), 204, 404, 409, 412);
    return response.status;
  }

  // A page of keys and the token of the next one; nothing for a token that is none.
  async list(prefix, count, token) {
    const query = { "list-type": "2", prefix, "max-keys": String(count) };
    if (token !== undefined) query["continuation-token"] = token;
    const response = await this.ask("GET", "", { query });
    const body = await response.text();
    if (response.status === 400 && token !== undefined) return undefined;
    expect(response, body, 200);
    const texts = (name) => [...body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) => plain(text));
    return { keys: texts("Key"), next: texts("NextContinuationToken")[0] };
  }

  async ask(method, key, { query = {}, headers = {}, body = "" } = {}) {
    const url = new URL(`${this.base}/${key}`);
    const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    url.search = pairs.sort().join("&");
    const all = this.signed(method, url, { ...headers, host: url.host }, body);
    return fetch(url, { method, headers: all, body: body === "" ? undefined : body, signal: AbortSignal.timeout(8000) });
  }

  // The headers with a signature of version 4.
  signed(method, url, headers, body) {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    const now = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
    const digest = sha256(body);
    const all = { ...headers, "x-amz-date": now, "x-amz-content-sha256": digest };
    if (AWS_SESSION_TOKEN) all["x-amz-security-token"] = AWS_SESSION_TOKEN;
    const names = Object.keys(all).sort();
    const lines = names.map((name) => `${name}:${all[name].trim()}\n`).join("");
    const request = [method, url.pathname, url.search.slice(1), lines, names.join(";"), digest].join("\n");
    const scope = `${now.slice(0, 8)}/${this.region}/s3/aws4_request`;
    const text = ["AWS4-HMAC-SHA256", now, scope, sha256(request)].join("\n");
    const signing = [...scope.split("/"), text];
    const signature = signing.reduce((key, part) => createHmac("sha256", key).update(part).digest(), `AWS4${AWS_SECRET_ACCESS_KEY}`);
    const credential = `${AWS_ACCESS_KEY_ID}/${scope}`;
    const signed = `SignedHeaders=${names.join(";")}, Signature=${signature.toString("hex")}`;
    return { ...all, authorization: `AWS4-HMAC-SHA256 Credential=${credential}, ${signed}` };
  }
}

function expect(response, body, ...expected) {
  if (!expected.includes(response.status)) throw new Error(`S3 answered ${response.status}: ${body.slice(0, 500)}`);
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

// Text of an XML element.
function plain(text) {
  const names = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(\w+);/g, (whole, name) => names[name] ?? whole);
}
