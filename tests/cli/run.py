#!/usr/bin/env python3
"""Runs each command of `satchel` against an emulator of AWS and against a local stack.

Reuses the emulator of tests/deploy. Prints a line for each check, `ok` or `FAILED`, and ends with status 1 if one
failed. `.ci/cli` builds what it needs.

Usage: tests/cli/run.py [--only SCENARIO] [--binaries FOLDER] [--template FILE] [--satchel FILE]
"""

import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "deploy")]

import data
import keys
import local
import sam
import template as templates
from command import Satchel
from emulator import Emulator
from front import Front
from report import Report
from stack import Stack


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="part of the name of a scenario")
    parser.add_argument("--binaries", default=templates.BINARIES, help="folder of the development binaries")
    parser.add_argument("--template", default=templates.TEMPLATE)
    parser.add_argument("--satchel", default=templates.ROOT / "cli" / "target" / "debug" / "satchel")
    chosen = parser.parse_args()
    template = templates.load(chosen.template)
    report = Report(chosen.only)
    if any(report.only in name for name in data.SCENARIOS):
        with Emulator() as emulator:
            # Functions keep the secret of share links for a second, so that its rotation need not wait ten minutes.
            stack = Stack(emulator, "satchel", template, chosen.binaries).deploy(LinkSecretSeconds=1)
            with Front(stack) as front, Satchel(chosen.satchel, emulator) as satchel:
                data.check_users(report, satchel, stack, front)
                data.check_redrive(report, satchel, stack, front)
                keys.check_rotations(report, satchel, stack, front)
                data.check_restore(report, satchel, stack, front)
                data.check_teardown(report, satchel, stack)
            report.note_gaps(emulator)
    sam.check_deploy(report, chosen, template)
    local.check_local(report, chosen)
    report.end()


main()
