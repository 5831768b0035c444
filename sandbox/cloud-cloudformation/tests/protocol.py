"""What boto3 and the AWS CLI see of CloudFormation. Every check names what it is about; the first that fails ends it."""

import json
import pathlib
import subprocess
import tempfile

import boto3
from botocore.exceptions import ClientError, WaiterError

cloudformation = boto3.client("cloudformation")
WAIT = {"Delay": 1, "MaxAttempts": 30}

SAM = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: A function behind an API
Parameters:
  Greeting: {Type: String, Default: hello}
  Secret: {Type: String, NoEcho: true, Default: x}
Globals:
  Function: {Timeout: 5}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: s3://bucket/key
      Environment: {Variables: {GREETING: !Ref Greeting}}
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: get}}
Outputs:
  Url: {Value: !Sub 'https://${ServerlessHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/', Export: {Name: hello-url}}
"""

PLAIN = """
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: %s, RetentionInDays: %d}}
"""


def refused(code, words, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code and words in found["Message"], found
        return
    raise AssertionError(f"{call.__name__} was not refused with {code}: {words}")


def status(name):
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def cli(*arguments, expect=0):
    done = subprocess.run(["aws", "cloudformation", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def check_cli(folder):
    template = folder / "template.yaml"
    template.write_text(SAM)
    deploy = ["deploy", "--template-file", str(template), "--stack-name", "app"]
    failed = cli(*deploy, expect=255)
    assert "Requires capabilities : [CAPABILITY_IAM]" in failed, failed
    made = cli(*deploy, "--capabilities", "CAPABILITY_IAM", "--tags", "team=cloud")
    assert "Successfully created/updated stack - app" in made, made
    again = cli(*deploy, "--no-fail-on-empty-changeset", "--capabilities", "CAPABILITY_IAM", "--tags", "team=cloud")
    assert "No changes to deploy. Stack app is up to date" in again, again
    changed = cli(*deploy, "--capabilities", "CAPABILITY_IAM", "--tags", "team=cloud", "--parameter-overrides", "Greeting=hi")
    assert "Successfully created/updated stack - app" in changed, changed
    template.write_text(SAM.replace("Timeout: 5", "Timeout: 5, Description: fail"))
    failed = cli(*deploy, "--capabilities", "CAPABILITY_IAM", expect=255)
    assert "Failed to create/update the stack" in failed, failed
    assert status("app") == "UPDATE_ROLLBACK_COMPLETE"
    template.write_text(SAM.replace("Handler: bootstrap", "Colour: red"))
    failed = cli(*deploy, "--capabilities", "CAPABILITY_IAM", expect=255)
    assert "property Colour not defined for resource of type AWS::Serverless::Function" in failed, failed
    assert "/Resources/Hello, line 11" in failed, failed
    listed = json.loads(cli("list-stacks", "--stack-status-filter", "UPDATE_ROLLBACK_COMPLETE", "--output", "json"))
    assert [stack["StackName"] for stack in listed["StackSummaries"]] == ["app"], listed


def check_descriptions():
    stack = cloudformation.describe_stacks(StackName="app")["Stacks"][0]
    assert stack["Description"] == "A function behind an API", stack
    parameters = {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack["Parameters"]}
    assert parameters == {"Greeting": "hi", "Secret": "****"}, parameters
    assert stack["Outputs"][0]["ExportName"] == "hello-url", stack
    assert stack["Capabilities"] == ["CAPABILITY_IAM"], stack
    assert stack["Tags"] == [{"Key": "team", "Value": "cloud"}], stack
    resources = cloudformation.describe_stack_resources(StackName="app")["StackResources"]
    assert [resource["LogicalResourceId"] for resource in resources] == [
        "Hello",
        "HelloGetPermission",
        "HelloRole",
        "ServerlessHttpApi",
        "ServerlessHttpApiApiGatewayDefaultStage",
    ], resources
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="app")
    assert sum(len(page["StackResourceSummaries"]) for page in pages) == 5
    one = cloudformation.describe_stack_resource(StackName="app", LogicalResourceId="Hello")
    assert one["StackResourceDetail"]["ResourceType"] == "AWS::Lambda::Function", one
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName="app")
    events = [event for page in pages for event in page["StackEvents"]]
    assert events[-1]["ResourceStatus"] == "REVIEW_IN_PROGRESS", events[-1]
    assert len({event["EventId"] for event in events}) == len(events)
    original = cloudformation.get_template(StackName="app")
    assert original["TemplateBody"] == SAM, original
    processed = cloudformation.get_template(StackName="app", TemplateStage="Processed")["TemplateBody"]
    assert processed["Resources"]["Hello"]["Type"] == "AWS::Lambda::Function", processed
    exports = cloudformation.list_exports()["Exports"]
    assert exports[0]["Name"] == "hello-url" and exports[0]["ExportingStackId"] == stack["StackId"], exports


def check_summaries():
    summary = cloudformation.get_template_summary(TemplateBody=SAM)
    assert summary["DeclaredTransforms"] == ["AWS::Serverless-2016-10-31"], summary
    assert summary["ResourceTypes"] == ["AWS::Serverless::Function"], summary
    valid = cloudformation.validate_template(TemplateBody=PLAIN % ("g", 1))
    assert valid["Parameters"] == [], valid
    for body, words in [
        ("Resources: [", "Template format error: YAML not well-formed"),
        ("{\"Resources\": ", "Template format error: JSON not well-formed"),
        ("[]", "Template format error: unsupported structure."),
        ("A: &a 1\nB: *a", "YAML aliases are not allowed"),
        ("x" * 51201, "less than or equal to 51200"),
    ]:
        refused("ValidationError", words, cloudformation.validate_template, TemplateBody=body)


def check_changes():
    create = cloudformation.create_stack(StackName="plain", TemplateBody=PLAIN % ("one", 1))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="plain", WaiterConfig=WAIT)
    refused("AlreadyExistsException", "Stack [plain] already exists", cloudformation.create_stack,
            StackName="plain", TemplateBody=PLAIN % ("one", 1))
    refused("ValidationError", "No updates are to be performed.", cloudformation.update_stack,
            StackName="plain", TemplateBody=PLAIN % ("one", 1))
    refused("ValidationError", "No updates are to be performed.", cloudformation.update_stack,
            StackName="plain", UsePreviousTemplate=True)
    cloudformation.create_change_set(StackName="plain", ChangeSetName="other", TemplateBody=PLAIN % ("two", 1))
    other = cloudformation.describe_change_set(StackName="plain", ChangeSetName="other")
    change = other["Changes"][0]["ResourceChange"]
    assert (change["Action"], change["Replacement"]) == ("Modify", "True"), change
    assert change["Details"][0]["Target"]["RequiresRecreation"] == "Always", change
    made = cloudformation.create_change_set(StackName="plain", ChangeSetName="same", TemplateBody=PLAIN % ("one", 1))
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig=WAIT)
        raise AssertionError("a change set without changes was made")
    except WaiterError as error:
        assert "didn't contain changes" in error.last_response["StatusReason"], error.last_response
    refused("InvalidChangeSetStatus", "cannot be executed in its current status of [FAILED]",
            cloudformation.execute_change_set, ChangeSetName=made["Id"])
    cloudformation.execute_change_set(StackName="plain", ChangeSetName="other")
    cloudformation.get_waiter("stack_update_complete").wait(StackName="plain", WaiterConfig=WAIT)
    names = [entry["ChangeSetName"] for entry in cloudformation.list_change_sets(StackName="plain")["Summaries"]]
    assert names == ["other"], names
    resource = cloudformation.describe_stack_resource(StackName="plain", LogicalResourceId="Group")
    assert resource["StackResourceDetail"]["PhysicalResourceId"] == "two", resource
    refused("ChangeSetNotFound", "does not exist", cloudformation.describe_change_set,
            StackName="plain", ChangeSetName="nope")
    cloudformation.delete_stack(StackName="plain")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=create["StackId"], WaiterConfig=WAIT)
    refused("ValidationError", "Stack with id plain does not exist", cloudformation.describe_stacks, StackName="plain")
    assert status(create["StackId"]) == "DELETE_COMPLETE"


def check_refusals():
    template = SAM.replace("Transform: AWS::Serverless-2016-10-31", "")
    refused("ValidationError", "Invalid template property or properties [Globals]", cloudformation.create_stack,
            StackName="x", TemplateBody=template)
    refused("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
            cloudformation.create_stack, StackName="x", TemplateBody=SAM, Capabilities=["CAPABILITY_IAM"])
    refused("ValidationError", "regular expression pattern", cloudformation.create_stack,
            StackName="bad_name", TemplateBody=PLAIN % ("x", 1))
    refused("ValidationError", "Parameters: [Nope] do not exist in the template", cloudformation.create_stack,
            StackName="x", TemplateBody=PLAIN % ("x", 1),
            Parameters=[{"ParameterKey": "Nope", "ParameterValue": "1"}])
    refused("ValidationError", "TemplateURL must be a supported URL", cloudformation.create_stack,
            StackName="x", TemplateURL="http://169.254.169.254/latest/meta-data")
    cloudformation.delete_stack(StackName="never-there")


with tempfile.TemporaryDirectory() as folder:
    check_cli(pathlib.Path(folder))
check_descriptions()
check_summaries()
check_changes()
check_refusals()
