"""Who signs, and what is said to those who sign wrongly."""

import pytest
from botocore.exceptions import ClientError


def refused(call, code, status):
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), answer
    return answer["Error"]["Message"]


def test_the_ready_file_s_keys_are_the_account_s(cloud):
    me = cloud.client("sts").get_caller_identity()
    assert (me["Account"], me["Arn"]) == ("000000000000", "arn:aws:iam::000000000000:root")
    assert '"Account": "000000000000"' in cloud.aws("sts", "get-caller-identity")


def test_wrong_signatures_are_refused(cloud):
    unknown = cloud.client("sts", aws_access_key_id="AKIAUNKNOWN")
    refused(unknown.get_caller_identity, "InvalidClientTokenId", 403)
    wrong = cloud.client("sts", aws_secret_access_key="wrong")
    refused(wrong.get_caller_identity, "SignatureDoesNotMatch", 403)
    assert "SignatureDoesNotMatch" in cloud.aws("sts", "get-caller-identity", "--region", "eu-west-1", status=255)
