#!/usr/bin/env python3
"""Checks the deployment of template.yaml in an emulator of AWS. README.md in this folder describes it.

Prints a line for each check, `ok` or `FAILED`, and ends with status 1 if one failed.

Usage: tests/deploy/run.py [--only SCENARIO] [--binaries FOLDER] [--template FILE]
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import lifecycle
import options
import runbooks
import template as templates
import template_checks
import upgrade
from report import Report
from runbook import OPERATIONS, Runbook
from stack import Stack

SCENARIOS = (
    lifecycle.check_life,
    lifecycle.check_failed_first_deployment,
    lifecycle.check_names,
    options.check_rules,
    options.check_without_cloudfront,
    options.check_domain,
    upgrade.check_upgrade,
)


RUNBOOKS = (
    runbooks.check_redrive,
    runbooks.check_keys,
    runbooks.check_deletion,
    runbooks.check_upgrade,
    runbooks.check_move,
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="part of the name of a scenario")
    parser.add_argument("--binaries", default=templates.BINARIES, help="folder of the development binaries")
    parser.add_argument("--template", default=templates.TEMPLATE)
    parser.add_argument("--operations", default=OPERATIONS, help="page with the runbooks")
    chosen = parser.parse_args()
    template = templates.load(chosen.template)

    def new_stack(emulator, name="satchel", **place):
        return Stack(emulator, name, template, chosen.binaries, **place)

    def new_runbook(stack):
        return Runbook(stack, chosen.binaries, chosen.template, chosen.operations)

    report = Report(chosen.only)
    template_checks.check_template(report, chosen.template)
    for scenario in SCENARIOS:
        scenario(report, new_stack)
    for scenario in RUNBOOKS:
        scenario(report, new_stack, new_runbook)
    report.end()


main()
