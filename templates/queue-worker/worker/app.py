"""Works off jobs, each a JSON object such as {"numbers": [1, 2, 3]}."""

import json


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            job = json.loads(record["body"])
            print(f"{record['messageId']}: the sum is {sum(job['numbers'])}")
        except (ValueError, KeyError, TypeError) as error:
            print(f"{record['messageId']}: {error!r}, tried {record['attributes']['ApproximateReceiveCount']} times")
            failures.append({"itemIdentifier": record["messageId"]})
    # Only these come again; the others are done and gone from the queue.
    return {"batchItemFailures": failures}
