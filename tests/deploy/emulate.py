#!/usr/bin/env python3
"""Starts ministack, deploys template.yaml with the development binaries, and prints where it is.

With `--serve` it prints one line of JSON and runs until it is stopped (SIGINT or SIGTERM):

- `endpoint_url`: the endpoint of all services of AWS; any access key is accepted, and one of 12 digits is an account
- `region`, `stack`: where the stack is
- `url`: the service, through the emulator's CloudFront; `url` + `/_local/mail?to=<address>` has the mails
- `outputs`: the outputs of the stack
- `log`: the log file of the emulator

Usage: tests/deploy/emulate.py --serve [--stack NAME] [--region REGION] [--binaries FOLDER] [--template FILE]
           [--nothing] [PARAMETER=VALUE ...]
"""

import argparse
import json
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import emulator
import template as templates
from front import Front
from stack import Stack


def arguments():
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="run until stopped")
    parser.add_argument("--nothing", action="store_true", help="deploy nothing: an empty account")
    parser.add_argument("--stack", default="satchel", help="name of the stack")
    parser.add_argument("--region", default=emulator.REGION)
    parser.add_argument("--binaries", default=templates.BINARIES, help="folder of the development binaries")
    parser.add_argument("--template", default=templates.TEMPLATE)
    parser.add_argument("--port", type=int, help="port of the emulator, a free one by default")
    parser.add_argument("parameters", nargs="*", metavar="PARAMETER=VALUE", help="parameters of the template")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with emulator.Emulator(port=options.port) as running:
            place = {"endpoint_url": running.url, "region": options.region, "log": str(running.log)}
            if options.nothing:
                print(json.dumps(place), flush=True)
                serve(options)
                return
            stack = Stack(running, options.stack, templates.load(options.template), options.binaries, options.region)
            stack.deploy(**dict(one.split("=", 1) for one in options.parameters))
            with Front(stack) as front:
                place |= {"stack": stack.name, "url": front.url, "outputs": stack.outputs}
                print(json.dumps(place), flush=True)
                serve(options)
    except KeyboardInterrupt:
        pass


def serve(options):
    """Waits for a signal, if the caller wants it."""
    if options.serve:
        while True:
            signal.pause()


main()
