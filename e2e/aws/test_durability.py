"""`kill -9` between acknowledged writes: what was answered is there after a start on the same directory."""


def test_what_was_acknowledged_survives(cloud):
    names = []
    for round in range(4):
        cloud.function(f"f{round}")
        names.append(f"f{round}")
        if round == 0:
            cloud.client("s3").create_bucket(Bucket="bucket")
        cloud.client("s3").put_object(Bucket="bucket", Key=f"k{round}", Body=f"body {round}".encode())
        cloud.client("logs").create_log_group(logGroupName=f"/g{round}")
        cloud.kill()
        cloud.start()
        functions = cloud.client("lambda")
        assert sorted(f["FunctionName"] for f in functions.list_functions()["Functions"]) == names
        assert functions.invoke(FunctionName=names[-1], Payload=b"7")["Payload"].read().strip() == b"7"
        for old in range(round + 1):
            body = cloud.client("s3").get_object(Bucket="bucket", Key=f"k{old}")["Body"].read()
            assert body == f"body {old}".encode()
            assert cloud.client("logs").describe_log_groups(logGroupNamePrefix=f"/g{old}")["logGroups"]
