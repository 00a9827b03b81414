#!/usr/bin/env python3
"""Measures what a sign-in costs in addition to its hash, and whether its time shows which names exist.

    cargo build --release -p local -p create-token -p create-user -p manage-signing-keys
    cargo build --release -p satchel-guard --example hash
    bench/sign-in/run.py [rounds]

Each round has four steps in random order: a bare argon2id verification, a sign-in, a sign-in with a wrong password, and
one with an unknown name. They go to the local stack over one connection. The script prints:

- medians and quartiles of the time that the caller waits,
- the ratio of a sign-in to the bare hash (target: 1.1), by that time and by the processor time of the two processes,
- how often a wrong password for a known name takes longer than one for an unknown name. If the time shows nothing, this
  is 0.5 (Mann-Whitney; the interval is 1.96 standard errors on each side).
"""
import http.client
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "target" / "release"
PASSWORD = "correct horse battery"
UNTHROTTLED = ["SignInsPerAccountAndAddress", "SignInsPerAddress", "SignInsPerAccount"]


def started(folder):
    command = [RELEASE / "local", "--port", "0", "--data-dir", folder, "--binaries", RELEASE]
    for name in UNTHROTTLED:
        command += ["--parameter", f"{name}=1000000000"]
    stack = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    ready = pathlib.Path(folder) / "local.json"
    for _ in range(600):
        if ready.exists() and ready.read_text():
            return stack, json.loads(ready.read_text())["api"].removeprefix("http://")
        if stack.poll() is not None:
            sys.exit(f"the stack did not start: run {' '.join(map(str, command))}")
        time.sleep(0.1)
    sys.exit("the stack was not ready after a minute")


def processor_ms(pid):
    """The processor time of a process in milliseconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def child(stack, name):
    """The process id of a function of the stack."""
    children = pathlib.Path(f"/proc/{stack.pid}/task").glob("*/children")
    pids = {pid for task in children for pid in task.read_text().split()}
    return next(pid for pid in pids if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(name.encode()))


def post(connection, path, body, expected):
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == expected, (answer.status, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        stack, address = started(folder)
        hasher = subprocess.Popen([RELEASE / "examples" / "hash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            connection = http.client.HTTPConnection(address)
            post(connection, "/api/users", {"username": "ada", "password": PASSWORD}, 201)

            def sign_in(name, password, expected):
                begun = time.perf_counter()
                post(connection, "/api/token", {"username": name, "password": password}, expected)
                return (time.perf_counter() - begun) * 1000

            def bare():
                hasher.stdin.write("\n")
                hasher.stdin.flush()
                return int(hasher.stdout.readline()) / 1000

            kinds = {
                "bare hash": bare,
                "sign-in": lambda: sign_in("ada", PASSWORD, 200),
                "wrong password": lambda: sign_in("ada", PASSWORD + "?", 401),
                "unknown name": lambda: sign_in("eve", PASSWORD + "?", 401),
            }
            took = {kind: [] for kind in kinds}
            for number in range(ROUNDS + 10):
                for kind in random.sample(list(kinds), len(kinds)):
                    milliseconds = kinds[kind]()
                    if number >= 10:
                        took[kind].append(milliseconds)
            report(took)
            busy = {}
            for kind, pid in (("bare hash", hasher.pid), ("sign-in", child(stack, "create-token"))):
                before = processor_ms(pid)
                for _ in range(ROUNDS):
                    kinds[kind]()
                busy[kind] = (processor_ms(pid) - before) / ROUNDS
                print(f"{kind:15} {busy[kind]:6.2f} ms of processor time")
            print(f"sign-in / bare hash, processor time: {busy['sign-in'] / busy['bare hash']:.3f}")
        finally:
            hasher.kill()
            stack.send_signal(signal.SIGTERM)
            stack.wait()


def report(took):
    for kind, times in took.items():
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"{kind:15} median {middle:6.2f} ms   quartiles {low:6.2f} {high:6.2f}")
    print(f"sign-in / bare hash, time: {statistics.median(took['sign-in']) / statistics.median(took['bare hash']):.3f}")
    known, unknown = took["wrong password"], took["unknown name"]
    longer = sum((a > b) + (a == b) / 2 for a in known for b in unknown) / (len(known) * len(unknown))
    error = ((len(known) + len(unknown) + 1) / (12 * len(known) * len(unknown))) ** 0.5
    print(f"known takes longer than unknown: {longer:.3f} (if the time shows nothing: 0.5 +- {1.96 * error:.3f})")


main()
