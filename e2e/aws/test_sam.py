"""The SAM CLI as it comes: it builds, deploys, asks, and deletes."""

import json
import os

import pytest
from conftest import module_bytes
from test_apis import fetch
from test_stacks import settled

# It has an environment of its own, because it pins its dependencies otherwise than the other clients.
SAM = os.environ.get("CUMULO_SAM", "sam")

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: ./code
      Events:
        Get: {Type: HttpApi, Properties: {Method: GET, Path: /}}
Outputs:
  Api: {Value: !Ref ServerlessHttpApi}
"""


@pytest.fixture
def application(tmp_path):
    folder = tmp_path / "application"
    (folder / "code").mkdir(parents=True)
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "code" / "bootstrap.wasm").write_bytes(module_bytes("greet"))
    (folder / "code" / "Makefile").write_text("build-Hello:\n\tcp bootstrap.wasm $(ARTIFACTS_DIR)\n")
    return folder


def test_an_application_is_built_deployed_asked_and_deleted(cloud, application):
    def sam(*arguments, status=0):
        return cloud.command(SAM, *arguments, status=status, cwd=application)

    sam("validate")
    sam("build")
    deploy = ["deploy", "--stack-name", "app", "--resolve-s3", "--capabilities", "CAPABILITY_IAM"]
    assert "Successfully created/updated stack - app" in sam(*deploy)
    stacks = cloud.client("cloudformation")
    # Where the package went: a stack that the SAM CLI made for itself.
    assert settled(stacks, "aws-sam-cli-managed-default") == "CREATE_COMPLETE"
    assert "No changes to deploy. Stack app is up to date" in sam(*deploy, "--no-fail-on-empty-changeset")
    listed = sam("list", "stack-outputs", "--stack-name", "app", "--output", "json")
    api = json.loads(listed)[0]["OutputValue"]
    answer = fetch(cloud, api, "/")
    assert (answer.status, answer.body) == (201, b"hello")
    assert '"body":"hello"' in sam("remote", "invoke", "Hello", "--stack-name", "app", "--event", "{}")
    assert "REPORT RequestId" in sam("logs", "--stack-name", "app")
    sam("delete", "--stack-name", "app", "--no-prompts", "--region", cloud.ready["region"])
    names = [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    assert names == ["aws-sam-cli-managed-default"]
