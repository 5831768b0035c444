"""A language server that does as its first argument says, for the tests."""
import json
import os
import subprocess
import sys
import time

MODE = sys.argv[1] if len(sys.argv) > 1 else ""
texts = {}
asked = 0
shown = None


def read():
    length = None
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            end()
        if line == b"\r\n":
            break
        name, value = line.decode().split(":")
        if name.lower() == "content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length))


def end():
    while MODE.endswith(".stubborn"):
        time.sleep(1)
    sys.exit(0)


def write(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def offset(text, position):
    """An offset in UTF-16 code units, as the text is kept here: UTF-16 bytes."""
    lines = text.decode("utf-16-le").split("\n")[: position["line"]]
    return sum(len((line + "\n").encode("utf-16-le")) for line in lines) + 2 * position["character"]


def change(uri, changes):
    for one in changes:
        new = one["text"].encode("utf-16-le")
        if "range" in one:
            start, end = offset(texts[uri], one["range"]["start"]), offset(texts[uri], one["range"]["end"])
            new = texts[uri][:start] + new + texts[uri][end:]
        texts[uri] = new


def found(uri, word):
    lines = texts[uri].decode("utf-16-le").split("\n")
    places = [(number, line.index(word)) for number, line in enumerate(lines) if word in line]
    return [
        {
            "range": {"start": {"line": line, "character": at}, "end": {"line": line, "character": at + len(word)}},
            "severity": 1 if word == "broken" else 2,
            "code": word.upper(),
            "message": word,
        }
        for line, at in places
    ]


def answer(message):
    global asked
    method, params = message["method"], message.get("params") or {}
    uri = params.get("textDocument", {}).get("uri")
    if method == "initialize":
        return {"capabilities": {
            "textDocumentSync": {"change": 2, "save": True},
            "diagnosticProvider": {"interFileDependencies": True, "workspaceDiagnostics": False},
            "hoverProvider": True,
        }}
    if method == "textDocument/diagnostic":
        asked += 1
        if asked == 1:
            raise ValueError(-32802)
        return {"kind": "full", "items": found(uri, "broken")}
    if method == "textDocument/hover" and MODE == "show":
        return {"contents": json.dumps(shown)}
    if method == "textDocument/hover":
        return {"contents": texts[uri].decode("utf-16-le")}
    if method == "textDocument/definition":
        return [{"targetUri": "file://" + MODE}]
    if method == "textDocument/references":
        os._exit(3)
    if method in ("textDocument/rename", "workspace/executeCommand"):
        write({"id": "edit", "method": "workspace/applyEdit", "params": {"edit": params["edit"]}})
        while True:
            reply = read()
            if reply.get("id") == "edit":
                return reply["result"]
    if method == "textDocument/completion":
        while True:
            told = read()
            if told.get("method") == "$/cancelRequest" and told["params"]["id"] == message["id"]:
                raise ValueError(-32800)
    return None


def take(message):
    global shown
    method, params = message.get("method"), message.get("params") or {}
    if "id" in message:
        if method is None:
            shown = message.get("result") if message["id"] == "show" else shown
            return
        try:
            write({"id": message["id"], "result": answer(message)})
        except ValueError as error:
            write({"id": message["id"], "error": {"code": error.args[0], "message": "not now"}})
        return
    document = params.get("textDocument", {})
    if method == "exit":
        end()
    if method == "textDocument/didOpen":
        texts[document["uri"]] = document["text"].encode("utf-16-le")
    elif method == "textDocument/didChange":
        change(document["uri"], params["contentChanges"])
    elif method == "textDocument/didClose":
        del texts[document["uri"]]
    elif method == "textDocument/didSave":
        write({"method": "textDocument/publishDiagnostics",
               "params": {"uri": document["uri"], "diagnostics": found(document["uri"], "careless")}})
    elif method == "initialized":
        write({"id": 0, "method": "window/workDoneProgress/create", "params": {"token": "t"}})
        write({"method": "$/progress", "params": {"token": "t", "value": {"kind": "begin", "title": "indexing"}}})
        write({"method": "$/progress", "params": {"token": "t", "value": {"kind": "end"}}})
        if MODE == "show":
            write({"id": "show", "method": "window/showDocument",
                   "params": {"uri": "https://example.com", "external": True, "takeFocus": True}})
        if MODE == "garbage":
            sys.stdout.write("Content-Length: 99999999999\r\n\r\n")
            sys.stdout.flush()
        if MODE == "talk":
            write({"id": 77, "result": None})
            write({"id": "no number", "result": None})
            write({"method": "$/progress", "params": [1, 2]})
            write({"method": "textDocument/publishDiagnostics", "params": {"uri": "file:///etc/passwd", "diagnostics": 7}})


if MODE.endswith(".stubborn"):
    with open(MODE, "w") as file:
        file.write(str(os.getpid()))
if MODE.startswith("/") and MODE.endswith(".pid"):
    child = subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with open(MODE, "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
if MODE.endswith(".greedy"):
    # Each alone is within bounds, and in a session of its own.
    hold = "import time; held = bytearray(b'x') * (90 << 20); time.sleep(1000)"
    children = [subprocess.Popen([sys.executable, "-c", hold], start_new_session=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(3)]
    with open(MODE, "w") as file:
        file.write(" ".join(str(child.pid) for child in children))
while True:
    take(read())
