"""JSON objects of a bucket of S3, with the standard library alone: so the package needs nothing beside it. Where yours brings boto3,
that does the same."""

import hashlib
import hmac
import json
import os
import xml.etree.ElementTree as xml
from datetime import datetime, timezone
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import quote, urlsplit

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class Bucket:
    def __init__(self, name):
        self.region = os.environ["AWS_REGION"]
        # Cumulo says where its cloud is; on AWS a bucket has a host of its own.
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        self.host = endpoint or f"https://{name}.s3.{self.region}.amazonaws.com"
        self.base = f"/{name}" if endpoint else ""

    def get(self, key):
        """An object and its ETag; nothing where there is none."""
        status, headers, body = self.ask("GET", key)
        if status == 404:
            return None
        expect(status, body, 200)
        return json.loads(body), headers["etag"]

    def put(self, key, value, condition):
        """Writes under a condition. 200 and the new ETag, or 404, 409 or 412."""
        headers = {"content-type": "application/json", **condition}
        status, headers, body = self.ask("PUT", key, headers=headers, body=json.dumps(value).encode())
        expect(status, body, 200, 404, 409, 412)
        return status, headers.get("etag")

    def delete(self, key, condition):
        """Deletes under a condition. 204, or 404, 409 or 412."""
        status, _, body = self.ask("DELETE", key, headers=condition)
        expect(status, body, 204, 404, 409, 412)
        return status

    def list(self, prefix, count, token):
        """A page of keys and the token of the next one; nothing for a token that is none."""
        query = {"list-type": "2", "prefix": prefix, "max-keys": str(count)}
        if token is not None:
            query["continuation-token"] = token
        status, _, body = self.ask("GET", "", query)
        if status == 400 and token is not None:
            return None
        expect(status, body, 200)
        page = xml.fromstring(body)
        keys = [entry.findtext(NAMESPACE + "Key") for entry in page.iter(NAMESPACE + "Contents")]
        return keys, page.findtext(NAMESPACE + "NextContinuationToken")

    def ask(self, method, key, query=None, headers=None, body=b""):
        path = quote(f"{self.base}/{key}")
        query = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted((query or {}).items()))
        host = urlsplit(self.host)
        headers = self.signed(method, path, query, {**(headers or {}), "host": host.netloc}, body)
        connection = (HTTPSConnection if host.scheme == "https" else HTTPConnection)(host.netloc, timeout=8)
        try:
            connection.request(method, f"{path}?{query}" if query else path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def signed(self, method, path, query, headers, body):
        """The headers with a signature of version 4."""
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        headers = {**headers, "x-amz-date": now, "x-amz-content-sha256": digest}
        if token := os.environ.get("AWS_SESSION_TOKEN"):
            headers["x-amz-security-token"] = token
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
        request = "\n".join([method, path, query, lines, names, digest])
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
        for part in [*scope.split("/"), text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
        )
        return headers


def expect(status, body, *expected):
    if status not in expected:
        raise RuntimeError(f"S3 answered {status}: {body[:500]!r}")
