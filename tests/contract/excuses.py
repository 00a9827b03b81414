"""Failures of a check that are right, because a schema cannot say what the API says."""

import pathlib
import re
import tomllib

import conventions
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import EnsureResourceAvailability, RejectedPositiveData

EXCUSES = tomllib.loads(pathlib.Path(__file__).with_name("excuses.toml").read_text())["refusal"]


def excused(failure, case, response, caller):
    if isinstance(failure, AcceptedNegativeData):
        return conventions.counts_as_valid(case)
    if isinstance(failure, (RejectedPositiveData, EnsureResourceAvailability)):
        return any(explains(excuse, case, response, caller) for excuse in EXCUSES)
    return False


def explains(excuse, case, response, caller):
    operations = excuse.get("operations")
    if operations and case.operation.definition.raw["operationId"] not in operations:
        return False
    if caller not in excuse.get("callers", [caller]):
        return False
    return response.status_code == excuse["status"] and re.fullmatch(excuse["response"], response.text)
