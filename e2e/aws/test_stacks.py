"""Stacks by boto3 and the AWS CLI: created, changed, rolled back, deleted, described, refused."""

import json

import pytest
from conftest import module_bytes, until
from test_apis import fetch
from test_identity import refused

SERVERLESS = """
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
        Old: {Type: Api, Properties: {Method: GET, Path: /old, RestApiId: !Ref Classic}}
  Classic:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      Cors: {AllowOrigin: "'https://a.example'", AllowHeaders: "'x-a'"}
Outputs:
  New: {Value: !Ref ServerlessHttpApi}
  Old: {Value: !Ref Classic}
"""


def group(name, **properties):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, **properties}}


def template(**resources):
    return json.dumps({"Resources": resources})


PARAMETERS = json.dumps({
    "Description": "a group",
    "Parameters": {
        "Name": {"Type": "String", "Default": "a", "AllowedPattern": "[a-z]+"},
        "Days": {"Type": "Number", "Default": "7", "AllowedValues": ["7", "14"]},
    },
    "Resources": {"Group": group({"Fn::Sub": "/stack/${Name}"}, RetentionInDays={"Ref": "Days"})},
    "Outputs": {"Group": {"Value": {"Ref": "Group"}, "Export": {"Name": "group"}}},
})


@pytest.fixture
def stacks(cloud):
    return cloud.client("cloudformation")


def settled(stacks, name):
    """The status once nothing is in progress."""

    def status():
        status = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return None if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS" else status

    return until(status, f"the end of what happens to {name}")


def gone(stacks, name):
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def groups(cloud):
    return {g["logGroupName"]: g.get("retentionInDays") for g in cloud.client("logs").describe_log_groups()["logGroups"]}


def parameter(key, value):
    return {"ParameterKey": key, "ParameterValue": value}


def test_a_pasted_template_deploys_and_says_what_has_no_effect(cloud, stacks):
    """Networks, keys and made-up accounts of templates from elsewhere are said and kept out; the function runs."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "pasted",
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::123456789012:role/lambda-role",
            "Code": {"ZipFile": "exports.handler = async () => 1"},
            "VpcConfig": {"SubnetIds": ["subnet-0a1b"], "SecurityGroupIds": ["sg-0a1b"]},
            "TracingConfig": {"Mode": "Active"},
        },
    }
    stacks.create_stack(StackName="pasted", TemplateBody=template(Function=function))
    assert settled(stacks, "pasted") == "CREATE_COMPLETE"
    events = stacks.describe_stack_events(StackName="pasted")["StackEvents"]
    said = [e for e in events if "Without effect here" in e.get("ResourceStatusReason", "")]
    assert [(e["LogicalResourceId"], e["ResourceStatus"]) for e in said] == [("Function", "CREATE_COMPLETE")]
    for words in ["VpcConfig", "TracingConfig", "the account in Role"]:
        assert words in said[0]["ResourceStatusReason"]
    made = cloud.client("lambda").get_function_configuration(FunctionName="pasted")
    assert "VpcConfig" not in made
    assert (made["Role"], made["TracingConfig"]) == (function["Properties"]["Role"], {"Mode": "Active"})
    gone(stacks, "pasted")


def test_a_serverless_application_is_packaged_deployed_and_deleted(cloud, stacks, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bootstrap.wasm").write_bytes(module_bytes("greet"))
    (tmp_path / "template.yaml").write_text(SERVERLESS)
    packaged = tmp_path / "packaged.yaml"
    cloud.aws("s3", "mb", "s3://packages")
    cloud.aws("cloudformation", "package", "--template-file", tmp_path / "template.yaml", "--s3-bucket", "packages",
              "--output-template-file", packaged)
    deploy = ["cloudformation", "deploy", "--template-file", packaged, "--stack-name", "app",
              "--capabilities", "CAPABILITY_IAM"]
    assert "Successfully created/updated stack" in cloud.aws(*deploy)
    assert "No changes to deploy" in cloud.aws(*deploy, "--no-fail-on-empty-changeset")
    stack = stacks.describe_stacks(StackName="app")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    out = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    for api, path in ((out["New"], "/new"), (out["Old"], "/Prod/old")):
        answer = fetch(cloud, api, path)
        assert (answer.status, answer.headers["x-greeting"], answer.body) == (201, "yes", b"hello")
    preflight = fetch(cloud, out["Old"], "/Prod/old", "OPTIONS")
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == "https://a.example"
    assert preflight.headers["access-control-allow-methods"] == "GET,OPTIONS"
    kinds = [r["ResourceType"] for r in stacks.list_stack_resources(StackName="app")["StackResourceSummaries"]]
    assert sorted(kinds) == [
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Permission",
    ]
    gone(stacks, "app")
    assert cloud.client("lambda").list_functions()["Functions"] == []


def test_a_stack_lives(cloud, stacks):
    stacks.create_stack(StackName="s", TemplateBody=PARAMETERS, Tags=[{"Key": "team", "Value": "a"}])
    assert settled(stacks, "s") == "CREATE_COMPLETE"
    assert groups(cloud) == {"/stack/a": 7}
    stack = stacks.describe_stacks(StackName="s")["Stacks"][0]
    assert stack["Outputs"] == [{"OutputKey": "Group", "OutputValue": "/stack/a", "ExportName": "group"}]
    assert (stack["Description"], stack["Tags"]) == ("a group", [{"Key": "team", "Value": "a"}])
    message = refused(lambda: stacks.update_stack(StackName="s", UsePreviousTemplate=True), "ValidationError", 400)
    assert message == "No updates are to be performed."
    # In place, and then by a replacement.
    for change, expected in ((parameter("Days", "14"), {"/stack/a": 14}), (parameter("Name", "b"), {"/stack/b": 7})):
        stacks.update_stack(StackName="s", UsePreviousTemplate=True, Parameters=[change])
        assert settled(stacks, "s") == "UPDATE_COMPLETE"
        assert groups(cloud) == expected
    pages = stacks.get_paginator("describe_stack_events").paginate(StackName="s")
    events = [(e["LogicalResourceId"], e["ResourceStatus"]) for page in pages for e in page["StackEvents"]]
    assert events[-2:] == [("Group", "CREATE_IN_PROGRESS"), ("s", "CREATE_IN_PROGRESS")]
    assert events[0] == ("s", "UPDATE_COMPLETE") and ("Group", "DELETE_COMPLETE") in events
    resource = stacks.describe_stack_resource(StackName="s", LogicalResourceId="Group")["StackResourceDetail"]
    assert (resource["PhysicalResourceId"], resource["ResourceStatus"]) == ("/stack/b", "UPDATE_COMPLETE")
    assert stacks.get_template(StackName="s")["TemplateBody"] == json.loads(PARAMETERS)
    found = stacks.describe_stack_resources(PhysicalResourceId="/stack/b")["StackResources"]
    assert [r["StackName"] for r in found] == ["s"]
    gone(stacks, "s")
    assert groups(cloud) == {}
    refused(lambda: stacks.describe_stacks(StackName="s"), "ValidationError", 400)
    # AWS: by its id a deleted stack is still known.
    assert stacks.describe_stacks(StackName=stack["StackId"])["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    deleted = stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert [summary["StackName"] for summary in deleted] == ["s"]
    stacks.delete_stack(StackName="never-there")


def test_a_failed_creation_is_rolled_back(cloud, stacks):
    permission = {"FunctionName": "none", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    bad = {"Type": "AWS::Lambda::Permission", "DependsOn": "Log", "Properties": permission}
    body = template(Log=group("/kept/not"), Bad=bad)
    stacks.create_stack(StackName="bad", TemplateBody=body)
    assert settled(stacks, "bad") == "ROLLBACK_COMPLETE"
    assert groups(cloud) == {}
    events = stacks.describe_stack_events(StackName="bad")["StackEvents"]
    failed = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert [e["LogicalResourceId"] for e in failed] == ["Bad"]
    assert "Function not found" in failed[0]["ResourceStatusReason"]
    message = refused(lambda: stacks.update_stack(StackName="bad", TemplateBody=body), "ValidationError", 400)
    assert "is in ROLLBACK_COMPLETE state and can not be updated" in message
    stacks.create_stack(StackName="kept", TemplateBody=body, OnFailure="DO_NOTHING")
    assert settled(stacks, "kept") == "CREATE_FAILED"
    assert groups(cloud) == {"/kept/not": None}


def test_misspelt_properties_are_found(cloud, stacks):
    stacks.create_stack(StackName="s", TemplateBody=template(Group=group("/a", Retention=7)))
    assert settled(stacks, "s") == "ROLLBACK_COMPLETE"
    events = stacks.describe_stack_events(StackName="s")["StackEvents"]
    reason = next(e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED")
    expected = "Properties validation failed for resource Group with message: [#: extraneous key [Retention] is not permitted]"
    assert expected in reason


def test_a_failed_update_leaves_what_was(cloud, stacks):
    stacks.create_stack(StackName="s", TemplateBody=template(A=group("/a", RetentionInDays=7)))
    settled(stacks, "s")
    changed = template(A=group("/a", RetentionInDays=14), B=group("not a name"))
    stacks.update_stack(StackName="s", TemplateBody=changed)
    assert settled(stacks, "s") == "UPDATE_ROLLBACK_COMPLETE"
    assert groups(cloud) == {"/a": 7}
    stacks.update_stack(StackName="s", TemplateBody=template(A=group("/a", RetentionInDays=14), B=group("/b")))
    assert settled(stacks, "s") == "UPDATE_COMPLETE"
    assert groups(cloud) == {"/a": 14, "/b": None}


def test_change_sets_are_looked_at_before_they_happen(cloud, stacks):
    def change_set(name, kind, body, **others):
        stacks.create_change_set(StackName="s", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body, **others)

        def made():
            seen = stacks.describe_change_set(StackName="s", ChangeSetName=name)
            return seen if seen["Status"] in ("CREATE_COMPLETE", "FAILED") else None

        return until(made, "the change set")

    made = change_set("first", "CREATE", PARAMETERS)
    changes = [c["ResourceChange"] for c in made["Changes"]]
    assert [(c["Action"], c["LogicalResourceId"]) for c in changes] == [("Add", "Group")]
    assert settled(stacks, "s") == "REVIEW_IN_PROGRESS"
    assert groups(cloud) == {}
    stacks.execute_change_set(StackName="s", ChangeSetName="first")
    assert settled(stacks, "s") == "CREATE_COMPLETE"
    made = change_set("nothing", "UPDATE", PARAMETERS)
    assert (made["Status"], made["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "The submitted information didn't contain changes" in made["StatusReason"]
    refused(
        lambda: stacks.execute_change_set(StackName="s", ChangeSetName="nothing"), "InvalidChangeSetStatus", 400
    )
    for name, value, replacement in (("Days", "14", "False"), ("Name", "b", "True")):
        made = change_set(f"change-{name}", "UPDATE", PARAMETERS, Parameters=[parameter(name, value)])
        change = made["Changes"][0]["ResourceChange"]
        assert (change["Action"], change["Replacement"]) == ("Modify", replacement)
    listed = stacks.list_change_sets(StackName="s")["Summaries"]
    assert {"change-Days", "change-Name"} <= {s["ChangeSetName"] for s in listed}
    stacks.delete_change_set(StackName="s", ChangeSetName="change-Days")
    refused(
        lambda: stacks.describe_change_set(StackName="s", ChangeSetName="change-Days"), "ChangeSetNotFound", 404
    )
    refused(lambda: change_set("again", "CREATE", PARAMETERS), "ValidationError", 400)


def test_exports_hold_their_stack(stacks):
    importing = {"Group": group({"Fn::Join": ["", ["/by", {"Fn::ImportValue": "group"}]]})}
    stacks.create_stack(StackName="s", TemplateBody=PARAMETERS)
    settled(stacks, "s")
    stacks.create_stack(StackName="t", TemplateBody=template(**importing))
    assert settled(stacks, "t") == "CREATE_COMPLETE"
    assert [(e["Name"], e["Value"]) for e in stacks.list_exports()["Exports"]] == [("group", "/stack/a")]
    assert stacks.list_imports(ExportName="group")["Imports"] == ["t"]
    message = refused(lambda: stacks.delete_stack(StackName="s"), "ValidationError", 400)
    assert message == "Export group cannot be deleted as it is in use by t"
    gone(stacks, "t")
    gone(stacks, "s")


def test_protected_stacks_stay(stacks):
    stacks.create_stack(StackName="s", TemplateBody=PARAMETERS, EnableTerminationProtection=True)
    settled(stacks, "s")
    message = refused(lambda: stacks.delete_stack(StackName="s"), "ValidationError", 400)
    assert message == "Stack [s] cannot be deleted while TerminationProtection is enabled"
    stacks.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    gone(stacks, "s")


def test_templates_are_described_before_they_are_used(cloud, stacks, tmp_path):
    summary = stacks.get_template_summary(TemplateBody=PARAMETERS)
    assert summary["ResourceTypes"] == ["AWS::Logs::LogGroup"]
    assert {p["ParameterKey"]: p["DefaultValue"] for p in summary["Parameters"]} == {"Name": "a", "Days": "7"}
    valid = stacks.validate_template(TemplateBody=PARAMETERS)
    assert valid["Description"] == "a group"
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    valid = stacks.validate_template(TemplateBody=template(Role=role))
    assert valid["Capabilities"] == ["CAPABILITY_IAM"]
    (tmp_path / "t.json").write_text(PARAMETERS)
    assert '"a group"' in cloud.aws(
        "cloudformation", "validate-template", "--template-body", f"file://{tmp_path / 't.json'}"
    )


REFUSED = [
    ("{", "Template format error: JSON not well-formed"),
    ("Resources: [", "Template format error: YAML not well-formed"),
    ("Resources: {}", "Template format error: At least one Resources member must be defined."),
    (template(R={"Type": "AWS::No::Such"}), "Template format error: Unrecognized resource types: [AWS::No::Such]"),
    (template(R=group({"Ref": "Nope"})), "Unresolved resource dependencies [Nope] in the Resources block"),
    (
        template(A={**group("/a"), "DependsOn": "B"}, B={**group("/b"), "DependsOn": "A"}),
        "Circular dependency between resources: [A, B]",
    ),
    (template(**{f"R{n}": group(f"/{n}") for n in range(501)}), "Number of resources, 501, is greater than maximum"),
    ("x" * 51_201, "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"),
    (
        json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": {"Type": "AWS::Serverless::Function"}}}),
        "Invalid Serverless Application Specification document. Number of errors found: 1.",
    ),
    ("a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi")
    ), ""),
]


@pytest.mark.parametrize("body, message", REFUSED, ids=range(len(REFUSED)))
def test_wrong_templates_are_refused(stacks, body, message):
    seen = refused(lambda: stacks.create_stack(StackName="s", TemplateBody=body), "ValidationError", 400)
    assert message in seen
    refused(lambda: stacks.describe_stacks(StackName="s"), "ValidationError", 400)


def test_other_refusals_are_cloudformation_s(stacks):
    stacks.create_stack(StackName="s", TemplateBody=PARAMETERS)
    settled(stacks, "s")
    role = template(R={"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}})

    def update(*parameters):
        return lambda: stacks.update_stack(StackName="s", UsePreviousTemplate=True, Parameters=list(parameters))

    for call, code, message in [
        (lambda: stacks.create_stack(StackName="s", TemplateBody=PARAMETERS), "AlreadyExistsException", "Stack [s] already exists"),
        (lambda: stacks.create_stack(StackName="1x", TemplateBody=PARAMETERS), "ValidationError", "at 'stackName'"),
        (lambda: stacks.create_stack(StackName="x"), "ValidationError", "Either Template URL or Template Body must be specified."),
        (lambda: stacks.create_stack(StackName="x", TemplateURL="http://169.254.169.254/x"), "ValidationError", "TemplateURL must be a supported URL."),
        (lambda: stacks.create_stack(StackName="x", TemplateBody=role), "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]"),
        (update(parameter("Days", "8")), "ValidationError", "Parameter 'Days' must be one of AllowedValues"),
        (update(parameter("Name", "A1")), "ValidationError", "Parameter 'Name' must match pattern [a-z]+"),
        (update(parameter("Other", "1")), "ValidationError", "Parameters: [Other] do not exist in the template"),
        (lambda: stacks.update_stack(StackName="none", TemplateBody=PARAMETERS), "ValidationError", "Stack with id none does not exist"),
        (lambda: stacks.describe_stack_events(StackName="none"), "ValidationError", "Stack [none] does not exist"),
        (lambda: stacks.describe_stack_resource(StackName="s", LogicalResourceId="No"), "ValidationError", "Resource No does not exist for stack s"),
        (lambda: stacks.list_imports(ExportName="none"), "ValidationError", "Export 'none' is not imported by any stack."),
        (lambda: stacks.describe_stack_drift_detection_status(StackDriftDetectionId="x" * 36), "InvalidAction", ""),
    ]:
        assert message in refused(call, code, 400)
