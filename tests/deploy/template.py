"""Prepares template.yaml for the emulator: packages the code and applies the SAM transform, as `sam deploy` does.

Nothing is changed in the template but what `sam package` changes, the `CodeUri` of each function. The code is a script
of one line that runs the development binary, because archives of 90 development binaries would have gigabytes.
"""

import copy
import io
import logging
import os
import pathlib
import platform
import shlex
import zipfile

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# It warns about metrics of its own, which nobody collects.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEMPLATE = ROOT / "template.yaml"
BINARIES = ROOT / "target" / "debug"
CODE_BUCKET = "satchel-code-"


class MissingBinaries(Exception):
    """Functions of the template that were not built."""


class NoManagedPolicies:
    """An empty list, because the template refers to no managed policy by name."""

    def load(self):
        return {}


def load(path=TEMPLATE):
    """The template in a file, with short forms such as `!Ref` written out."""
    return yaml_parse(pathlib.Path(path).read_text())


def architecture():
    """The value of the parameter `Architecture` for binaries of this machine."""
    return {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


def functions(template):
    """Each function's logical name and the name of its binary, which is the last folder of its `CodeUri`."""
    return {
        name: pathlib.PurePosixPath(resource["Properties"]["CodeUri"]).name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def code_bucket(region):
    """The bucket with the code. Lambda takes code only from a bucket of its own region."""
    return CODE_BUCKET + region


def transformed(template, parameters=(), uris=None):
    """The template after the SAM transform. `parameters` are those of the deployment, `uris` where its code is."""
    template = copy.deepcopy(template)
    for name, binary in functions(template).items():
        template["Resources"][name]["Properties"]["CodeUri"] = (uris or {}).get(binary, f"s3://code/{binary}")
    values = {name: str(one.get("Default", "")) for name, one in template.get("Parameters", {}).items()}
    return transform(template, values | dict(parameters), NoManagedPolicies())


def code(*command):
    """A deployment package with a script that runs a command, such as a development binary."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        # A fixed date, so that a function without changes keeps its hash.
        entry = zipfile.ZipInfo("bootstrap", date_time=(2000, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        package.writestr(entry, f"#!/bin/sh\nexec {shlex.join(map(str, command))}\n")
    return archive.getvalue()


def check_binaries(template, binaries):
    """Fails unless each function of the template has a binary in the folder."""
    missing = [name for name in functions(template).values() if not (pathlib.Path(binaries) / name).exists()]
    if missing:
        raise MissingBinaries(
            f"{binaries} lacks {', '.join(sorted(missing))}; build them with `cargo build --workspace --bins`"
        )
