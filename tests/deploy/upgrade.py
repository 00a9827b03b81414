"""Checks of the upgrade of a deployment that has users and files.

The earlier template comes from git, and its records from `fixtures`: they were read from a deployment of that commit.
"""

import json
import pathlib
import subprocess
import sys

import template as templates
import walk
from client import Client
from emulator import Emulator
from front import Front
from report import require
from samtranslator.yaml_helper import yaml_parse
from stack import Stack

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
FIXTURE = FIXTURES / "fdfbd8c.json"
KEPT = ("Table", "OriginalsBucket", "RenditionsBucket", "LinkSecret")


def earlier_stack(emulator, name="satchel"):
    """A deployed stack of the earlier template, with the fixture's user, file and share link."""
    fixture = json.loads(FIXTURE.read_text())
    shown = subprocess.run(
        ["git", "show", f"{fixture['commit']}:template.yaml"],
        cwd=templates.ROOT, capture_output=True, text=True,
    )
    require(shown.returncode == 0, f"this check needs the history of the repository: {shown.stderr.strip()}")
    package = templates.code(sys.executable, FIXTURES / "function.py", FIXTURE)
    stack = Stack(emulator, name, yaml_parse(shown.stdout), code=lambda _: package).deploy()
    table = stack.client("dynamodb")
    for record in fixture["records"]:
        table.put_item(TableName=stack.outputs["TableName"], Item=record)
    secrets = stack.client("secretsmanager")
    for logical, values in fixture["secrets"].items():
        for stage, value in values.items():
            secrets.put_secret_value(SecretId=stack.resource(logical), SecretString=value, VersionStages=[stage])
    stack.client("s3").put_object(
        Bucket=stack.resource("OriginalsBucket"), Key=fixture["key"], Body=fixture["content"].encode(),
        ContentType="text/plain",
    )
    return stack, fixture


def check_upgrade(report, new_stack):
    """A deployment of the earlier template becomes one of this template."""
    if not report.scenario(f"upgrade of a deployment of {FIXTURE.stem}"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        with report.check("the earlier template can be deployed"):
            earlier, fixture = earlier_stack(emulator)
            kept = {name: earlier.resource(name) for name in KEPT}
        stack = new_stack(emulator)
        with report.check("the upgrade succeeds with the names of the buckets as parameters"):
            stack.deploy(
                OriginalsBucketName=kept["OriginalsBucket"], RenditionsBucketName=kept["RenditionsBucket"],
            )
        with report.check("the upgrade keeps the table, the buckets and the secret of share links"):
            now = {name: stack.resource(name) for name in KEPT}
            require(now == kept, f"before: {kept}; after: {now}")
        with report.check("a user from before the upgrade signs in and reads a file from before it"):
            with Front(stack) as front:
                content = Client(front).sign_in(fixture["username"]).download(fixture["file"])
            require(content == fixture["content"].encode(), f"the file has other bytes: {content!r}")
        with report.check("a share link from before the upgrade opens"):
            with Front(stack) as front:
                status, _, body = front.send("GET", fixture["link"], {"Accept": "application/json"}, None)
            require(status == 200, f"status {status}: {body[:300]}")
        with report.check("the upgrade keeps the signing keys"):
            kid, expected = stack.outputs.get("SigningKid"), fixture["attributes"]["SigningKid"]
            require(kid == expected, f"before: {expected}; after: {kid}")
            with Front(stack) as front:
                keys = Client(front).request("GET", "/.well-known/jwks.json")["keys"]
            require(keys == json.loads(fixture["attributes"]["PublicKeys"]), f"published keys: {keys}")
        with report.check("the walk-through works after the upgrade"):
            walk.walk_through(stack)
        with report.check("a second deployment after the upgrade changes no bucket"):
            stack.deploy(KeyGeneration=2)
            now = {name: stack.resource(name) for name in KEPT}
            require(now == kept, f"before: {kept}; after: {now}")
