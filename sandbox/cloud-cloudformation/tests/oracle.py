"""Print what AWS's own SAM transform (PyPI: aws-sam-translator) makes of a template.

Usage: oracle.py TEMPLATE...   Writes TEMPLATE with the suffix .expected.json for each:
the processed template, or {"error": message} where the transform refuses it.
"""

import json
import pathlib
import sys

import boto3
from samtranslator.model.exceptions import InvalidDocumentException, InvalidEventException
from samtranslator.parser.parser import Parser
from samtranslator.translator.transform import transform
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

MANAGED = {
    "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "AmazonS3ReadOnlyAccess": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
}


class Loader:
    def load(self):
        return MANAGED


def place(cause):
    """What a cause is sorted by: the resource or the event that holds it, or its own words."""
    if isinstance(cause, InvalidEventException):
        return cause._event_id
    return getattr(cause, "_logical_id", None) or cause.message


def message(error):
    """The cause texts in a certain order."""
    causes = " ".join(cause.message for cause in sorted(error.causes, key=place))
    return f"{error.message} {causes}"


def run(path):
    template = yaml_parse(path.read_text())
    parameters = {
        name: spec["Default"] for name, spec in template.get("Parameters", {}).items() if "Default" in spec
    }
    parameters.update({"AWS::Region": "us-east-1", "AWS::Partition": "aws", "AWS::AccountId": "000000000000"})
    try:
        session = boto3.session.Session(region_name="us-east-1")
        translator = Translator(MANAGED, Parser(), boto_session=session)
        return translator.translate(template, parameters)
    except InvalidDocumentException as error:
        return {"error": message(error)}


for name in sys.argv[1:]:
    path = pathlib.Path(name)
    result = run(path)
    path.with_suffix(".expected.json").write_text(json.dumps(result, indent=1) + "\n")
