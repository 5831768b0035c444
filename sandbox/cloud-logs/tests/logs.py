import subprocess, time

import boto3
from botocore.exceptions import ClientError

logs = boto3.client("logs")
now = int(time.time() * 1000)


def refused(call, code, text=""):
    try:
        call()
    except ClientError as error:
        seen = error.response["Error"]
        assert seen["Code"] == code and text in seen["Message"], error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return
    raise AssertionError(f"not refused: {code}")


# Groups.
logs.create_log_group(logGroupName="app", tags={"team": "a"})
refused(lambda: logs.create_log_group(logGroupName="app"), "ResourceAlreadyExistsException", "The specified log group already exists")
refused(lambda: logs.create_log_group(logGroupName="a b"), "InvalidParameterException",
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+")
group = logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]
assert group["arn"] == "arn:aws:logs:us-east-1:000000000000:log-group:app:*" and group["logGroupArn"] == group["arn"][:-2], group
assert group["storedBytes"] == 0 and group["metricFilterCount"] == 0 and abs(group["creationTime"] - now) < 60_000, group
for n in range(5):
    logs.create_log_group(logGroupName=f"page/{n}")
pages = list(logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="page/", PaginationConfig={"PageSize": 2}))
assert [len(page["logGroups"]) for page in pages] == [2, 2, 1], pages
assert len(logs.describe_log_groups(logGroupNamePattern="AGE")["logGroups"]) == 5

assert group["deletionProtectionEnabled"] is False and "bearerTokenAuthenticationEnabled" not in group, group
too_long = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
refused(lambda: logs.create_log_group(logGroupName="g" * 513), "InvalidParameterException", too_long)
refused(lambda: logs.delete_log_group(logGroupName="a b" * 200), "InvalidParameterException", too_long)
refused(lambda: logs.create_log_stream(logGroupName="app", logStreamName="s" * 513), "InvalidParameterException", too_long)
logs.create_log_group(logGroupName="g" * 512)
logs.delete_log_group(logGroupName="g" * 512)
refused(lambda: logs.create_log_group(logGroupName="aws/x"), "InvalidParameterException", "reserved")

# Deletion protection.
logs.create_log_group(logGroupName="kept", deletionProtectionEnabled=True)
logs.create_log_stream(logGroupName="kept", logStreamName="s")
kept = logs.describe_log_groups(logGroupNamePrefix="kept")["logGroups"][0]
assert kept["deletionProtectionEnabled"] is True, kept
refused(lambda: logs.delete_log_group(logGroupName="kept"), "ValidationException",
        "Cannot delete log group with deletion protection enabled. Disable deletion protection first.")
refused(lambda: logs.delete_log_stream(logGroupName="kept", logStreamName="s"), "ValidationException", "deletion protection")
for identifier, protected in [("kept", False), ("kept", True), (kept["logGroupArn"], False)]:
    logs.put_log_group_deletion_protection(logGroupIdentifier=identifier, deletionProtectionEnabled=protected)
    seen = logs.describe_log_groups(logGroupNamePrefix="kept")["logGroups"][0]["deletionProtectionEnabled"]
    assert seen is protected, (identifier, protected)
refused(lambda: logs.put_log_group_deletion_protection(logGroupIdentifier="none", deletionProtectionEnabled=True), "ResourceNotFoundException")
for call in (logs.describe_log_streams, logs.filter_log_events, lambda **both: logs.get_log_events(logStreamName="s", **both)):
    refused(lambda: call(logGroupName="kept", logGroupIdentifier="kept"), "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.")
    refused(call, "InvalidParameterException")
logs.delete_log_group(logGroupName="kept")

# Retention and tags.
logs.put_retention_policy(logGroupName="app", retentionInDays=7)
assert logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]["retentionInDays"] == 7
refused(lambda: logs.put_retention_policy(logGroupName="app", retentionInDays=8), "InvalidParameterException")
logs.delete_retention_policy(logGroupName="app")
assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]
logs.tag_resource(resourceArn=group["logGroupArn"], tags={"b": "2"})
logs.untag_resource(resourceArn=group["logGroupArn"], tagKeys=["team"])
assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"b": "2"}
assert logs.list_tags_log_group(logGroupName="app")["tags"] == {"b": "2"}

logs.tag_log_group(logGroupName="app", tags={"c": "3", "d": "4"})
logs.untag_log_group(logGroupName="app", tags=["c", "absent"])
assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"b": "2", "d": "4"}
refused(lambda: logs.tag_log_group(logGroupName="app", tags={str(n): "" for n in range(49)}), "InvalidParameterException", "50 tags")
refused(lambda: logs.untag_log_group(logGroupName="none", tags=["c"]), "ResourceNotFoundException", "The specified log group does not exist.")

# Streams.
refused(lambda: logs.put_log_events(logGroupName="app", logStreamName="x", logEvents=[{"timestamp": now, "message": "m"}]), "ResourceNotFoundException", "log stream")
refused(lambda: logs.create_log_stream(logGroupName="none", logStreamName="x"), "ResourceNotFoundException", "The specified log group does not exist.")
for name in ("x", "y"):
    logs.create_log_stream(logGroupName="app", logStreamName=name)
refused(lambda: logs.create_log_stream(logGroupName="app", logStreamName="x"), "ResourceAlreadyExistsException")

# Pages of streams, by name and by their last event, in both directions.
logs.create_log_group(logGroupName="many")
for n in range(7):
    logs.create_log_stream(logGroupName="many", logStreamName=f"s{n}")
    if n != 3:
        logs.put_log_events(logGroupName="many", logStreamName=f"s{n}", logEvents=[{"timestamp": now - n, "message": "m"}])
logs.create_log_stream(logGroupName="many", logStreamName="other")


def listed(**more):
    pages = list(logs.get_paginator("describe_log_streams").paginate(logGroupName="many", PaginationConfig={"PageSize": 3}, **more))
    assert all(len(page["logStreams"]) == 3 for page in pages[:-1]), pages
    return " ".join(stream["logStreamName"] for page in pages for stream in page["logStreams"])


assert listed() == "other s0 s1 s2 s3 s4 s5 s6"
assert listed(descending=True) == "s6 s5 s4 s3 s2 s1 s0 other"
assert listed(logStreamNamePrefix="s") == "s0 s1 s2 s3 s4 s5 s6"
assert listed(orderBy="LastEventTime") == "s3 other s6 s5 s4 s2 s1 s0"
assert listed(orderBy="LastEventTime", descending=True) == "s0 s1 s2 s4 s5 s6 other s3"
# What is appended between two pages makes no stream come twice, nor pass unseen that was not shown.
by_time = {"logGroupName": "many", "orderBy": "LastEventTime", "descending": True, "limit": 3}
page = logs.describe_log_streams(**by_time)
assert [stream["logStreamName"] for stream in page["logStreams"]] == ["s0", "s1", "s2"], page
logs.put_log_events(logGroupName="many", logStreamName="s2", logEvents=[{"timestamp": now + 1, "message": "m"}])
page = logs.describe_log_streams(**by_time, nextToken=page["nextToken"])
assert [stream["logStreamName"] for stream in page["logStreams"]] == ["s4", "s5", "s6"], page
refused(lambda: logs.describe_log_streams(logGroupName="many", orderBy="LastEventTime", nextToken="none"), "InvalidParameterException", "nextToken")
refused(lambda: logs.describe_log_groups(logGroupNamePrefix="many", nextToken="a"), "InvalidParameterException", "nextToken")
logs.delete_log_group(logGroupName="many")
refused(listed, "ResourceNotFoundException")
logs.create_log_group(logGroupName="many")
assert listed() == "" and logs.describe_log_groups(logGroupNamePrefix="many")["logGroups"][0]["storedBytes"] == 0
logs.create_log_stream(logGroupName="many", logStreamName="s0")
assert logs.get_log_events(logGroupName="many", logStreamName="s0")["events"] == []
logs.delete_log_group(logGroupName="many")

# Events.
logs.put_log_events(logGroupName="app", logStreamName="x", logEvents=[{"timestamp": now - 10 + n, "message": f"line {n}"} for n in range(10)])
logs.put_log_events(logGroupName="app", logStreamName="y", logEvents=[{"timestamp": now - 5, "message": '{"level": "error", "n": 3}'}])
answer = logs.put_log_events(logGroupName="app", logStreamName="y", logEvents=[{"timestamp": now + 3 * 3600_000, "message": "m"}])
assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}, answer
refused(lambda: logs.put_log_events(logGroupName="app", logStreamName="x", logEvents=[{"timestamp": now, "message": "m"}, {"timestamp": now - 1, "message": "m"}]), "InvalidParameterException", "chronological")
assert logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]["storedBytes"] > 0
streams = logs.describe_log_streams(logGroupName="app", orderBy="LastEventTime", descending=True)["logStreams"]
assert [stream["logStreamName"] for stream in streams] == ["x", "y"], streams
assert streams[0]["lastEventTimestamp"] == now - 1 and streams[0]["firstEventTimestamp"] == now - 10, streams


def read(**more):
    page = logs.get_log_events(logGroupName="app", logStreamName="x", **more)
    return [int(event["message"].split()[1]) for event in page["events"]], page


lines, page = read(limit=3, startFromHead=True)
assert lines == [0, 1, 2], lines
lines, page = read(limit=3, nextToken=page["nextForwardToken"])
assert lines == [3, 4, 5], lines
lines, back = read(limit=2, nextToken=page["nextBackwardToken"])
assert lines == [1, 2], lines
lines, page = read(limit=4)
assert lines == [6, 7, 8, 9], lines
lines, end = read(nextToken=page["nextForwardToken"])
assert lines == [] and end["nextForwardToken"] == page["nextForwardToken"], end
lines, page = read(startTime=now - 8, endTime=now - 6, startFromHead=True)
assert lines == [2, 3], lines
refused(lambda: read(nextToken="f/zz"), "InvalidParameterException", "nextToken")


def found(**more):
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="app", **more)
    return [event["message"] for page in pages for event in page["events"]]


assert len(found()) == 11
assert len(found(PaginationConfig={"PageSize": 4})) == 11
assert found(filterPattern='"line 7"') == ["line 7"]
assert found(filterPattern="{ $.level = error && $.n > 2 }") == ['{"level": "error", "n": 3}']
assert len(found(filterPattern="line", logStreamNames=["x"])) == 10
assert found(filterPattern="line", logStreamNames=["y"]) == []
assert len(found(startTime=now - 2)) == 2
assert found(logStreamNamePrefix="y") == ['{"level": "error", "n": 3}']
refused(lambda: found(filterPattern="{ $.a"), "InvalidParameterException", "Invalid filter pattern")
assert len({event["eventId"] for event in logs.filter_log_events(logGroupName="app")["events"]}) == 11

# What a function wrote through the port; asked for as `aws logs tail` of the CLI's version 2 does, and by version 1.
group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/hello"
tail = logs.get_paginator("filter_log_events").paginate(logGroupIdentifier=group, interleaved=True, startTime=now - 600_000)
assert [event["message"] for page in tail for event in page["events"]] == ["START of a function"]
cli = subprocess.run(["aws", "logs", "filter-log-events", "--log-group-name", "/aws/lambda/hello"], capture_output=True, text=True)
assert cli.returncode == 0 and "START of a function" in cli.stdout, cli

logs.delete_log_stream(logGroupName="app", logStreamName="x")
assert found() == ['{"level": "error", "n": 3}']
logs.delete_log_group(logGroupName="app")
refused(lambda: logs.delete_log_group(logGroupName="app"), "ResourceNotFoundException")
logs.create_log_group(logGroupName="app")
assert found() == [] and logs.describe_log_streams(logGroupName="app")["logStreams"] == []
