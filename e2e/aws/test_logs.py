"""Logs by boto3 and both AWS CLIs: written, read in pages, filtered, followed, refused."""

import os
import subprocess
import time

import pytest
from test_identity import refused

AWS2 = os.environ.get("CUMULO_AWS2", "aws")


@pytest.fixture
def logs(cloud):
    client = cloud.client("logs")
    client.create_log_group(logGroupName="/g", tags={"team": "a"})
    client.create_log_stream(logGroupName="/g", logStreamName="s")
    return client


def now():
    return int(time.time() * 1000)


def put(logs, *messages, stream="s"):
    stamp = now()
    events = [{"timestamp": stamp + n, "message": message} for n, message in enumerate(messages)]
    return logs.put_log_events(logGroupName="/g", logStreamName=stream, logEvents=events)


def messages(answer):
    return [event["message"] for event in answer["events"]]


def test_events_are_read_in_pages(cloud, logs):
    put(logs, *(f"m{n}" for n in range(25)))
    place = {"logGroupName": "/g", "logStreamName": "s"}
    first = logs.get_log_events(**place, limit=10, startFromHead=True)
    assert messages(first) == [f"m{n}" for n in range(10)]
    rest = logs.get_log_events(**place, nextToken=first["nextForwardToken"])
    assert messages(rest) == [f"m{n}" for n in range(10, 25)]
    end = logs.get_log_events(**place, nextToken=rest["nextForwardToken"])
    # AWS: the end is where the token comes back.
    assert (messages(end), end["nextForwardToken"]) == ([], rest["nextForwardToken"])
    assert messages(logs.get_log_events(**place, limit=2)) == ["m23", "m24"]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/g", PaginationConfig={"PageSize": 7})
    assert [m for page in pages for m in messages(page)] == [f"m{n}" for n in range(25)]
    text = cloud.aws("logs", "get-log-events", "--log-group-name", "/g", "--log-stream-name", "s", "--limit", "1",
                     "--query", "events[].message", "--output", "text")
    assert text.strip() == "m24"


def test_patterns_filter(logs):
    lines = ["level=ERROR code=5", "level=INFO", '{"level": "ERROR", "code": 7, "nested": {"a": ["x"]}}', "1 two three"]
    put(logs, *lines)
    for pattern, expected in [
        ("", [0, 1, 2, 3]),
        ("ERROR", [0, 2]),
        ("-ERROR", [1, 3]),
        ("?INFO ?two", [1, 3]),
        ('"level=ERROR"', [0]),
        ("%code=[0-9]%", [0]),
        ('{ $.level = "ERROR" }', [2]),
        ('{ $.level = "ERR*" && $.code > 6 }', [2]),
        ("{ $.code = 8 || $.nested.a[0] = x }", [2]),
        ("{ $.missing NOT EXISTS }", [2]),
        ("[first, second = two, third]", [3]),
        ("[..., last = three]", [3]),
    ]:
        found = logs.filter_log_events(logGroupName="/g", filterPattern=pattern)
        assert messages(found) == [lines[n] for n in expected], pattern
    for pattern in ('"open', "{ $.x = ", "[a, b"):
        call = lambda: logs.filter_log_events(logGroupName="/g", filterPattern=pattern)
        refused(call, "InvalidParameterException", 400)


def test_groups_and_streams_are_described(logs):
    logs.put_retention_policy(logGroupName="/g", retentionInDays=14)
    put(logs, "m")
    logs.create_log_stream(logGroupName="/g", logStreamName="a")
    group = logs.describe_log_groups(logGroupNamePrefix="/g")["logGroups"][0]
    assert (group["retentionInDays"], group["logGroupArn"]) == (14, "arn:aws:logs:us-east-1:000000000000:log-group:/g")
    assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"team": "a"}
    names = [s["logStreamName"] for s in logs.describe_log_streams(logGroupName="/g")["logStreams"]]
    latest = logs.describe_log_streams(logGroupName="/g", orderBy="LastEventTime", descending=True)["logStreams"]
    assert (names, latest[0]["logStreamName"]) == (["a", "s"], "s")
    by_arn = logs.filter_log_events(logGroupIdentifier=group["logGroupArn"], logStreamNames=["s"])
    assert messages(by_arn) == ["m"]
    logs.delete_log_stream(logGroupName="/g", logStreamName="s")
    logs.delete_log_group(logGroupName="/g")
    assert logs.describe_log_groups()["logGroups"] == []


def test_refusals_are_logs_own(logs):
    stamp = now()
    backwards = [{"timestamp": stamp + 1, "message": "b"}, {"timestamp": stamp, "message": "a"}]
    place = {"logGroupName": "/g", "logStreamName": "s"}
    for call, code in [
        (lambda: logs.create_log_group(logGroupName="/g"), "ResourceAlreadyExistsException"),
        (lambda: logs.create_log_group(logGroupName="!"), "InvalidParameterException"),
        (lambda: logs.create_log_stream(**place), "ResourceAlreadyExistsException"),
        (lambda: logs.create_log_stream(logGroupName="/no", logStreamName="s"), "ResourceNotFoundException"),
        (lambda: put(logs, "m", stream="no"), "ResourceNotFoundException"),
        (lambda: logs.put_log_events(**place, logEvents=backwards), "InvalidParameterException"),
        (lambda: logs.put_retention_policy(logGroupName="/g", retentionInDays=8), "InvalidParameterException"),
        (lambda: logs.get_log_events(**place, nextToken="x"), "InvalidParameterException"),
        (lambda: logs.filter_log_events(logGroupName="/no"), "ResourceNotFoundException"),
        (lambda: logs.delete_log_group(logGroupName="/no"), "ResourceNotFoundException"),
    ]:
        refused(call, code, 400)
    old = logs.put_log_events(**place, logEvents=[{"timestamp": 1, "message": "old"}])
    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    new = logs.put_log_events(**place, logEvents=[{"timestamp": now() + 4 * 3600 * 1000, "message": "new"}])
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}


def test_logs_are_followed_by_the_cli_2(cloud, logs):
    put(logs, "one", "two")
    # Older ones do not hear of an endpoint in their environment.
    tail = [AWS2, "logs", "tail", "/g", "--endpoint-url", cloud.url, "--format", "short"]
    assert [line.split()[1] for line in cloud.command(*tail).splitlines()] == ["one", "two"]
    follow = subprocess.Popen([*tail, "--follow"], env=cloud.environment(), text=True, stdout=subprocess.PIPE)
    try:
        assert [follow.stdout.readline().split()[1] for _ in range(2)] == ["one", "two"]
        put(logs, "three")
        assert follow.stdout.readline().split()[1] == "three"
    finally:
        follow.kill()
        follow.wait()
