"""APIs in front of functions, and stacks that make them."""

import json
import urllib.request

from conftest import module_bytes, until
from test_identity import refused

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: ./code
      Events:
        New: {Type: HttpApi, Properties: {Method: GET, Path: /new}}
        Old: {Type: Api, Properties: {Method: GET, Path: /old}}
Outputs:
  New: {Value: !Ref ServerlessHttpApi}
  Old: {Value: !Ref ServerlessRestApi}
"""


def fetch(cloud, host, path):
    request = urllib.request.Request(cloud.url + path, headers={"Host": f"{host}.execute-api.localhost:{cloud.port}"})
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.headers["x-greeting"], answer.read()


def test_create_api_with_a_target_serves_at_once(cloud):
    function = cloud.function("greet", "greet")["FunctionArn"]
    api = cloud.client("apigatewayv2").create_api(Name="quick", ProtocolType="HTTP", Target=function)
    cloud.client("lambda").add_permission(
        FunctionName="greet", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    assert fetch(cloud, api["ApiId"], "/any/path") == (201, "yes", b"hello")


def test_a_sam_application_is_packaged_deployed_and_deleted(cloud, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bootstrap.wasm").write_bytes(module_bytes("greet"))
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    packaged = tmp_path / "packaged.yaml"
    cloud.aws("s3", "mb", "s3://packages")
    cloud.aws("cloudformation", "package", "--template-file", tmp_path / "template.yaml", "--s3-bucket", "packages",
              "--output-template-file", packaged)
    deploy = ["cloudformation", "deploy", "--template-file", packaged, "--stack-name", "app",
              "--capabilities", "CAPABILITY_IAM"]
    assert "Successfully created/updated stack" in cloud.aws(*deploy)
    assert "No changes to deploy" in cloud.aws(*deploy, "--no-fail-on-empty-changeset")
    stacks = cloud.client("cloudformation")
    stack = stacks.describe_stacks(StackName="app")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    out = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert fetch(cloud, out["New"], "/new") == (201, "yes", b"hello")
    assert fetch(cloud, out["Old"], "/Prod/old") == (201, "yes", b"hello")
    stacks.delete_stack(StackName="app")
    stacks.get_waiter("stack_delete_complete").wait(StackName="app", WaiterConfig={"Delay": 1})
    assert cloud.client("lambda").list_functions()["Functions"] == []


def test_a_failed_creation_is_rolled_back(cloud):
    template = {"Resources": {
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/kept/not"}},
        "Bad": {"Type": "AWS::Lambda::Permission", "DependsOn": "Log", "Properties": {
            "FunctionName": "none", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}},
    }}
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="bad", TemplateBody=json.dumps(template))

    def status():
        return stacks.describe_stacks(StackName="bad")["Stacks"][0]["StackStatus"]

    until(lambda: not status().endswith("_IN_PROGRESS"), "the end of the rollback")
    assert status() == "ROLLBACK_COMPLETE"
    assert cloud.client("logs").describe_log_groups(logGroupNamePrefix="/kept")["logGroups"] == []
    refused(lambda: stacks.describe_stacks(StackName="other"), "ValidationError", 400)
