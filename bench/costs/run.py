#!/usr/bin/env python3
"""Computes what requests cost on AWS, from what they use on the local stack and the prices in prices.json.

    cargo build --release --workspace --bins
    bench/costs/run.py [--binaries FOLDER] [--repeat N] [--architecture arm64|x86_64] [--json]

Each kind of request is sent N times over the local stack, after a few that warm up its functions. The stack counts the
calls and capacity units of every function (/_local/usage). The script reads the processor time of the functions from
/proc, and the size of what they log from the stack's output. README.md beside this file says how a duration on Lambda
follows from the processor time, and what the table leaves out.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import requests_of_a_user as user

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PRICES = {name: entry["price"] for name, entry in json.loads((HERE / "prices.json").read_text())["prices"].items()}

FULL_PROCESSOR_MB = 1769
"""The memory size at which Lambda gives one whole processor."""

MS_PER_CALL = 5
"""What a call to DynamoDB, S3 or SES in the same region takes, in milliseconds. The one figure that is assumed."""

ACCESS_LOG_BYTES = 350
"""The size of a line of API Gateway's access log, with the format of template.yaml."""

S3_PUTS = {"PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "ListObjectsV2",
           "ListMultipartUploads", "ListParts"}
"""Operations of S3 with the higher price. Deletions and aborts are free; all others have the lower price."""
S3_FREE = {"DeleteObject", "DeleteObjects", "AbortMultipartUpload"}


class Stack:
    """A running local stack, and what its functions have used so far."""

    def __init__(self, binaries, folder):
        self.log = (pathlib.Path(folder) / "stack.log").open("w+")
        options = ["--port", "0", "--data-dir", folder, "--binaries", str(binaries), "--profile", "satchel"]
        for limit in ("SignInsPerAccountAndAddress", "SignInsPerAddress", "SignInsPerAccount", "SignUpsPerAddress",
                      "MailsPerDay"):
            options += ["--parameter", f"{limit}=1000000"]
        options += ["--template", str(ROOT / "template.yaml")]
        self.process = subprocess.Popen([binaries / "local", *options], stdout=self.log, stderr=self.log, cwd=ROOT)
        ready = pathlib.Path(folder) / "local.json"
        while not (ready.exists() and ready.read_text().strip()):
            if self.process.poll() is not None:
                sys.exit(f"the stack did not start:\n{pathlib.Path(self.log.name).read_text()}")
            time.sleep(0.1)
        self.api = json.loads(ready.read_text())["api"]

    def used(self):
        """What each function has used: calls, capacity units, processor seconds, logged bytes, invocations."""
        usage = user.get(f"{self.api}/_local/usage")
        for name, seconds in self.processor_seconds().items():
            usage.setdefault(name, {})["processor"] = seconds
        for line in pathlib.Path(self.log.name).read_text(errors="replace").splitlines():
            name, separator, text = line.partition(" | ")
            if separator and re.fullmatch(r"[a-z0-9-]+", name):
                function = usage.setdefault(name, {})
                if '"platform.report"' in text:
                    function["invocations"] = function.get("invocations", 0) + 1
                # Lambda's own lines are logged only for failures.
                elif '"platform.' not in text:
                    function["logged"] = function.get("logged", 0) + len(text.encode()) + 1
        return usage

    def processor_seconds(self):
        seconds = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            for pid in task.read_text().split():
                process = pathlib.Path(f"/proc/{pid}")
                name = pathlib.Path(process.joinpath("cmdline").read_bytes().split(b"\0")[0].decode()).name
                threads = process.glob("task/*/schedstat")
                spent = sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
                seconds[name] = seconds.get(name, 0) + spent
        return seconds

    def stop(self):
        self.process.terminate()
        self.process.wait()


def memory_sizes():
    """`MemorySize` of each function of the template, by the name of its folder."""
    sizes = {}
    for block in re.split(r"\n(?=  \w+:\n)", (ROOT / "template.yaml").read_text()):
        if folder := re.search(r"CodeUri: functions/([a-z0-9-]+)/", block):
            size = re.search(r"\n      MemorySize: (\d+)", block)
            sizes[folder[1]] = int(size[1]) if size else 256
    return sizes


def difference(after, before, kind):
    return after.get(kind, 0) - before.get(kind, 0)


def cost_of_functions(before, after, repeat, sizes, architecture):
    """The cost of one request by cause, in millionths of a dollar, and what it used."""
    cost = dict.fromkeys(("Lambda", "DynamoDB", "S3", "SES", "logs"), 0.0)
    used = dict.fromkeys(("invocations", "processor ms", "read units", "write units"), 0.0)
    for name, now in after.items():
        then = before.get(name, {})
        calls = {
            (service, operation): count - then.get("calls", {}).get(service, {}).get(operation, 0)
            for service, operations in now.get("calls", {}).items()
            for operation, count in operations.items()
        }
        invocations = difference(now, then, "invocations")
        if not invocations:
            continue
        memory = sizes[name]
        processor = difference(now, then, "processor")
        waiting = sum(calls.values()) * MS_PER_CALL / 1000
        seconds = processor * max(1, FULL_PROCESSOR_MB / memory) + waiting
        # Lambda rounds each duration up to a millisecond.
        seconds += invocations * 0.0005
        cost["Lambda"] += invocations * PRICES["lambda_requests_per_million"]
        cost["Lambda"] += seconds * memory / 1024 * PRICES[f"lambda_gb_second_{architecture}"] * 1e6
        read, write = difference(now, then, "read_units"), difference(now, then, "write_units")
        cost["DynamoDB"] += read * PRICES["dynamodb_read_per_million"] + write * PRICES["dynamodb_write_per_million"]
        for (service, operation), count in calls.items():
            if service == "s3" and operation not in S3_FREE:
                kind = "s3_put_per_thousand" if operation in S3_PUTS else "s3_get_per_thousand"
                cost["S3"] += count * PRICES[kind] * 1000
            elif service == "ses":
                cost["SES"] += count * PRICES["ses_per_thousand"] * 1000
        cost["logs"] += difference(now, then, "logged") / 1e9 * PRICES["logs_gb_in"] * 1e6
        used["invocations"] += invocations
        used["processor ms"] += processor * 1000
        used["read units"] += read
        used["write units"] += write
    return {kind: amount / repeat for kind, amount in cost.items()}, {k: v / repeat for k, v in used.items()}


def measured(stack, kind, repeat, sizes, architecture):
    """One row of the table."""
    for _ in range(3):
        kind.send()
    user.settle(stack)
    before = stack.used()
    for _ in range(repeat):
        kind.send()
    user.settle(stack)
    cost, used = cost_of_functions(before, stack.used(), repeat, sizes, architecture)
    cost["logs"] += kind.requests * ACCESS_LOG_BYTES / 1e9 * PRICES["logs_gb_in"] * 1e6
    cost["API Gateway"] = kind.requests * PRICES["http_api_per_million"]
    cost["CloudFront"] = kind.requests * (PRICES["cloudfront_requests_per_million"] + PRICES["cloudfront_function_per_million"])
    cost["S3"] += kind.puts * PRICES["s3_put_per_thousand"] * 1000 + kind.gets * PRICES["s3_get_per_thousand"] * 1000
    return {"kind": kind.name, "cost": cost, "used": used}


def print_table(rows):
    causes = ["API Gateway", "Lambda", "DynamoDB", "S3", "SES", "logs", "CloudFront"]
    print("| a million of | " + " | ".join(causes) + " | **all** | without CloudFront's | read/write units |")
    print("|---|" + "---|" * (len(causes) + 3))
    for row in rows:
        cost, used = row["cost"], row["used"]
        total = sum(cost.values())
        cells = [f"{cost[cause]:.2f}" for cause in causes]
        units = f"{used['read units']:.1f} / {used['write units']:.1f}"
        print(f"| {row['kind']} | {' | '.join(cells)} | **{total:.2f}** | {total - cost['CloudFront']:.2f} | {units} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target" / "release")
    parser.add_argument("--repeat", type=int, default=50)
    parser.add_argument("--architecture", choices=["arm64", "x86_64"], default="arm64")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(options.binaries.resolve(), folder)
        try:
            sizes = memory_sizes()
            rows = [measured(stack, kind, options.repeat, sizes, options.architecture)
                    for kind in user.kinds(stack.api, ROOT)]
        finally:
            stack.stop()
    print(json.dumps(rows, indent=2)) if options.json else print_table(rows)


if __name__ == "__main__":
    main()
