"""Drives the made-up service by botocore, in every protocol, by the model that its shapes were written from."""

import datetime
import json
import pathlib
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

model, folder = map(pathlib.Path, sys.argv[1:])
PROTOCOLS = {
    "json10": ("json", "1.0", "toy"),
    "cbor": ("smithy-rpc-v2-cbor", "1.0", "toy"),
    "query": ("query", "1.0", "toy"),
    "json11": ("json", "1.1", "toy-json11"),
    "restjson": ("rest-json", "1.0", "toy-rest-json"),
    "restxml": ("rest-xml", "1.0", "toy-rest-xml"),
}


def client(name):
    protocol, version, signing_name = PROTOCOLS[name]
    described = json.loads((model / "service-2.json").read_text())
    described["metadata"] |= {
        "protocol": protocol, "protocols": [protocol], "jsonVersion": version,
        "signingName": signing_name, "endpointPrefix": signing_name,
    }
    if "rest" not in protocol:
        for operation in described["operations"].values():
            operation["http"] = {"method": "POST", "requestUri": "/"}
            if protocol == "query" and "output" in operation:
                operation["output"]["resultWrapper"] = operation["name"] + "Result"
    if signing_name != "toy" or protocol == "query":
        del described["metadata"]["awsQueryCompatible"]
    place = folder / name / "2026-11-30"
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(described))
    (place / "paginators-1.json").write_text((model / "paginators-1.json").read_text())
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths.insert(0, str(folder))
    return session.create_client(name, config=Config(inject_host_prefix=False))


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{arguments} were taken")


def told(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def drive(name):
    toy = client(name)
    wanted = {
        "Name": "a1",
        "Choice": {"Many": [{"Text": "x y"}, {"Number": -7}, {"Inner": {"Text": "<&>"}}]},
        "Data": b"\x00\xff",
        "Tags": {"k": "v", "käse": "ü"},
    }
    if "json" in name:
        wanted["Settings"] = {"deep": [1, 2.5, None, {"x": True}], "text": "t"}
    made = toy.put_thing(**wanted)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == (201 if "rest" in name else 200), made
    for member, value in wanted.items():
        assert made[member] == value, (member, made)
    assert len(made["Token"]) == 36, made
    assert made["Made"] == datetime.datetime(2026, 11, 30, 0, 0, 0, 500_000, datetime.timezone.utc), made
    assert told(toy.get_thing(Name="a1")) == told(made)

    for other in ("a2", "a3", "b1"):
        toy.put_thing(Name=other, Choice={"Number": 1})
    pages = toy.get_paginator("list_things").paginate(Prefix="a", PaginationConfig={"PageSize": 2})
    assert [page["Names"] for page in pages] == [["a1", "a2"], ["a3"]]
    token = toy.list_things(Prefix="a", MaxResults=2)["NextToken"]
    assert "a2" not in token
    assert toy.list_things(Prefix="a", NextToken=token)["Names"] == ["a3"]
    assert refused("NoSuchPage", toy.list_things, Prefix="b", NextToken=token) == "There is no such page"
    refused("NoSuchPage", toy.list_things, Prefix="a", NextToken="a2")

    missing = "Toy.NonExistentThing" if name in ("json10", "cbor", "query") else "NoSuchThing"
    assert refused(missing, toy.get_thing, Name="none") == "There is no thing none"
    refused("BadTag", toy.put_thing, Name="a1", Tags={"a": "", "b": "", "c": ""})
    refused("BadTag", toy.put_thing, Name="a1", Tags={"aws:x": ""})
    toy.remove_thing(Name="b1")
    refused(missing, toy.remove_thing, Name="b1")

    # The query protocol knows no streams of events.
    if name != "query":
        watch(toy, made)


def watch(toy, made):
    answer = toy.watch_thing(Name="a1", Times=2)
    assert answer["Name"] == "a1", answer
    events = list(answer["Events"])
    expected = []
    for time in range(2):
        expected += [
            {"Note": {"Text": f"time {time}", "Choice": made["Choice"]}},
            {"Chunk": {"Number": time, "Bytes": made["Data"]}},
            {"Pause": {}},
        ]
    assert events == expected, events
    stream = toy.watch_thing(Name="a1", Times=11)["Events"]
    seen = []
    try:
        for event in stream:
            seen.append(event)
    except EventStreamError as error:
        assert error.response["Error"] == {"Code": "NoSuchThing", "Message": "There is no thing a1"}, error.response
        assert len(seen) == 30, seen
        return
    raise AssertionError("the stream ended well")


for protocol in PROTOCOLS:
    try:
        drive(protocol)
    except Exception as error:
        raise AssertionError(protocol) from error
