"""Layers by boto3, the AWS CLI and a serverless application: what functions find of them, and who may have them.

Where the machine gives no namespaces, functions of layers do not run, and are deployed all the same.
"""

import json
import subprocess
import urllib.request

import pytest
from conftest import ROLE, until, zipped
from test_guests import moded  # noqa: F401
from test_identity import refused
from test_realms import OTHER, keys
from test_stacks import gone, stacks  # noqa: F401

RUNS = subprocess.run(["unshare", "-Urmpni", "--fork", "true"], capture_output=True).returncode == 0

HANDLER = """import greeting

def handler(event, context):
    return greeting.greet(event["name"])
"""

GREETING = "def greet(name):\n    return f'{}, {{name}}'\n"

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Handler: index.handler}
Resources:
  Words:
    Type: AWS::Serverless::LayerVersion
    Properties:
      LayerName: words
      ContentUri: ./layer
      CompatibleRuntimes: [python3.13]
      RetentionPolicy: Delete
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: hello
      CodeUri: ./code
      Layers: [!Ref Words]
Outputs:
  Words: {Value: !Ref Words}
"""


def greeting(word):
    return zipped({"python/greeting.py": GREETING.format(word)})


def publish(functions, word, name="words"):
    made = functions.publish_layer_version(
        LayerName=name, Content={"ZipFile": greeting(word)}, CompatibleRuntimes=["python3.13"], LicenseInfo="MIT"
    )
    return made["LayerVersionArn"]


def make(functions, name, *layers):
    made = functions.create_function(
        FunctionName=name, Runtime="python3.13", Handler="index.handler", Role=ROLE, Timeout=30,
        Code={"ZipFile": zipped({"index.py": HANDLER})}, Layers=list(layers),
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return made


def expect(functions, name, said):
    if RUNS:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps({"name": "you"}))
        assert json.load(answer["Payload"]) == said


def test_a_function_imports_from_a_layer(cloud):
    functions = cloud.client("lambda")
    first = publish(functions, "Hello")
    made = make(functions, "f", first)
    assert [layer["Arn"] for layer in made["Layers"]] == [first]
    expect(functions, "f", "Hello, you")
    second = publish(functions, "Good morning")
    assert second == first[:-1] + "2"
    functions.publish_version(FunctionName="f")
    functions.update_function_configuration(FunctionName="f", Layers=[second])
    functions.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    expect(functions, "f", "Good morning, you")
    expect(functions, "f:1", "Hello, you")
    for number in (1, 2):
        functions.delete_layer_version(LayerName="words", VersionNumber=number)
    cloud.kill()
    cloud.start()
    functions = cloud.client("lambda")
    assert functions.list_layers()["Layers"] == []
    expect(functions, "f", "Good morning, you")
    expect(functions, "f:1", "Hello, you")
    assert publish(functions, "again") == first[:-1] + "3"


def test_layers_are_listed_and_fetched(cloud, tmp_path):
    functions = cloud.client("lambda")
    arns = [publish(functions, str(number)) for number in range(3)]
    pages = functions.get_paginator("list_layer_versions").paginate(LayerName="words", PaginationConfig={"PageSize": 2})
    listed = [version["LayerVersionArn"] for page in pages for version in page["LayerVersions"]]
    assert listed == arns[::-1]
    latest = functions.list_layers(CompatibleRuntime="python3.13")["Layers"][0]["LatestMatchingVersion"]
    assert (latest["Version"], latest["LicenseInfo"]) == (3, "MIT")
    assert functions.list_layers(CompatibleArchitecture="arm64")["Layers"] == []
    told = functions.get_layer_version_by_arn(Arn=arns[1])
    with urllib.request.urlopen(told["Content"]["Location"]) as fetched:
        assert fetched.read() == greeting("1")
    (tmp_path / "layer.zip").write_bytes(greeting("by the CLI"))
    out = cloud.aws("lambda", "publish-layer-version", "--layer-name", "words", "--zip-file",
                    f"fileb://{tmp_path / 'layer.zip'}", "--compatible-runtimes", "python3.13")
    assert json.loads(out)["Version"] == 4
    cloud.aws("lambda", "delete-layer-version", "--layer-name", "words", "--version-number", "4")
    refused(lambda: functions.get_layer_version(LayerName="words", VersionNumber=4), "ResourceNotFoundException", 404)


def test_an_account_has_the_layers_that_another_lets_it_have(moded):  # noqa: F811
    cloud = moded
    mine = cloud.client("lambda")
    arn = publish(mine, "Hello")
    role = f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole"
    given = keys(cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="me"))
    theirs = cloud.client("lambda", **given)
    code = {"ZipFile": zipped({"index.py": HANDLER})}
    their_role = f"arn:aws:iam::{OTHER}:role/r"

    def create():
        return theirs.create_function(
            FunctionName="f", Runtime="python3.13", Handler="index.handler", Role=their_role, Code=code, Layers=[arn]
        )

    words = "because no resource-based policy allows the lambda:GetLayerVersion action"
    assert words in refused(lambda: theirs.get_layer_version_by_arn(Arn=arn), "AccessDeniedException", 403)
    assert words in refused(create, "AccessDeniedException", 403)
    mine.add_layer_version_permission(
        LayerName="words", VersionNumber=1, StatementId="s", Action="lambda:GetLayerVersion", Principal=OTHER
    )
    assert theirs.get_layer_version_by_arn(Arn=arn)["Version"] == 1
    assert create()["Layers"][0]["Arn"] == arn
    mine.delete_layer_version(LayerName="words", VersionNumber=1)
    theirs.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    assert refused(lambda: theirs.get_layer_version_by_arn(Arn=arn), "AccessDeniedException", 403)


def test_an_application_has_a_layer(cloud, stacks, tmp_path):  # noqa: F811
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text(HANDLER)
    (tmp_path / "layer" / "python").mkdir(parents=True)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    cloud.aws("s3", "mb", "s3://packages")
    functions = cloud.client("lambda")
    arns = []
    for word in ("Hello", "Good evening"):
        (tmp_path / "layer" / "python" / "greeting.py").write_text(GREETING.format(word))
        packaged = tmp_path / "packaged.yaml"
        cloud.aws("cloudformation", "package", "--template-file", tmp_path / "template.yaml", "--s3-bucket", "packages",
                  "--output-template-file", packaged)
        cloud.aws("cloudformation", "deploy", "--template-file", packaged, "--stack-name", "app",
                  "--capabilities", "CAPABILITY_IAM")
        outputs = stacks.describe_stacks(StackName="app")["Stacks"][0]["Outputs"]
        arns.append(outputs[0]["OutputValue"])
        assert functions.get_function_configuration(FunctionName="hello")["Layers"][0]["Arn"] == arns[-1]
        expect(functions, "hello", f"{word}, you")
    assert [arn.rsplit(":", 1)[1] for arn in arns] == ["1", "2"]
    # What is not retained went when the other took its place.
    assert [v["Version"] for v in functions.list_layer_versions(LayerName="words")["LayerVersions"]] == [2]
    gone(stacks, "app")
    assert functions.list_layers()["Layers"] == []


@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_environments_are_up_before_anybody_calls(cloud, qualifier):
    functions = cloud.client("lambda")
    cloud.function("f", Publish=True)
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    which = {"FunctionName": "f", "Qualifier": qualifier}
    put = functions.put_provisioned_concurrency_config(**which, ProvisionedConcurrentExecutions=2)
    assert put["Status"] == "IN_PROGRESS"

    def status():
        return functions.get_provisioned_concurrency_config(**which)["Status"]

    until(lambda: status() == "READY", "what is provisioned")
    cloud.kill()
    cloud.start()
    functions = cloud.client("lambda")
    until(lambda: status() == "READY", "what is provisioned, again")
    assert functions.invoke(FunctionName="f", Qualifier=qualifier, Payload=b"[1]")["StatusCode"] == 200
    functions.delete_provisioned_concurrency_config(**which)
    refused(status, "ProvisionedConcurrencyConfigNotFoundException", 404)
