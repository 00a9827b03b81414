"""Stands in for the SAM CLI in the commands of docs/operations.md.

`sam build` does nothing, because the functions are built. `sam deploy` makes the calls that SAM makes, and in addition
the routes, which the emulator does not make (see `stack.py`). Other commands fail.
"""

import argparse
import os
import sys

import template as templates
from emulator import Emulator
from stack import Stack


def deploy(arguments):
    """Deploys, with the options of `sam deploy` that the documents use."""
    parser = argparse.ArgumentParser(prog="sam deploy")
    parser.add_argument("--stack-name", default=os.environ.get("STACK"))
    parser.add_argument("--region", default=os.environ["AWS_REGION"])
    parser.add_argument("--config-env", default="default")
    parser.add_argument("--no-confirm-changeset", action="store_true")
    parser.add_argument("--parameter-overrides", nargs="*", default=[])
    options = parser.parse_args(arguments)
    template = templates.load(os.environ["SATCHEL_TEMPLATE"])
    emulator = Emulator.at(os.environ["AWS_ENDPOINT_URL"])
    stack = Stack(emulator, options.stack_name, template, os.environ["SATCHEL_BINARIES"], options.region)
    stack.deploy(**dict(one.split("=", 1) for one in options.parameter_overrides))


def main():
    command, *arguments = sys.argv[1:]
    if command == "deploy":
        deploy(arguments)
    elif command != "build":
        sys.exit(f"sam {command} has no stand-in")


main()
