#!/usr/bin/env python3
"""Measures a function's cold start: from spawning its bootstrap to its first poll of the Lambda Runtime API.

    cargo build --release --workspace --bins
    cargo build --release -p satchel-http --example bare
    bench/cold-start/run.py get-health list-account-tiers create-token list-files create-image

Each round starts every binary once, including the bare function, so that a change of the machine's speed affects all
of them. The script prints the median of each binary, its ratio to the bare function (target: 1.3), its size, and its
resident memory at the first poll. No service is called: the endpoints lead to a port without a listener.
"""
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

ROUNDS = 41
ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "target" / "release"
NOWHERE = "http://127.0.0.1:9"
ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
    **{f"AWS_ENDPOINT_URL_{name}": NOWHERE for name in ("DYNAMODB", "S3", "SES", "SECRETS_MANAGER")},
    "TABLE_NAME": "table", "ORIGINALS_BUCKET": "originals", "RENDITIONS_BUCKET": "renditions", "ISSUER": "satchel:bench",
    # RFC 8037, appendix A.2.
    "PUBLIC_KEYS": json.dumps([{"kid": kid, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"} for kid in "abc"]),
    "SIGNING_SECRET_ID": "keys", "SIGNING_KID": "a", "ORIGIN_SECRETS": "secret,next", "COUNTER_KEY": "key", "REQUIRE_CLOUDFRONT": "true",
    "REGISTRATION": "open", "REQUIRE_EMAIL": "false", "DEFAULT_VISIBILITY": "private", "MAX_RESOURCES": "10000", "MAIL_FROM": "bench@example.com",
    **{f"{name}_SECONDS": "900" for name in (
        "ACCESS_TOKEN", "REFRESH_TOKEN", "SESSION", "REFRESH_GRACE", "MAIL_LINK", "UNVERIFIED_ACCOUNT",
        "UPLOAD_URL", "DOWNLOAD_URL", "PENDING", "PART_URL", "MULTIPART", "LOGIN_TOKEN", "THROTTLE", "MAIL_INTERVAL", "KNOWN_ADDRESS", "SHARE_URL",
        "IDEMPOTENCY")},
    **{name: "50" for name in (
        "SIGN_INS_PER_ACCOUNT_AND_ADDRESS", "SIGN_INS_PER_ADDRESS", "SIGN_INS_PER_ACCOUNT", "GUESSES_PER_ADDRESS",
        "SIGN_UPS_PER_ADDRESS", "MAILS_PER_DAY")},
}


def resident_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def first_poll(listener, binary):
    """Milliseconds from spawn to first poll, and the resident KiB at that time."""
    port = listener.getsockname()[1]
    environment = ENVIRONMENT | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
    started = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(1024)
            took = (time.perf_counter() - started) * 1000
            assert b"/runtime/invocation/next" in request, request
            return took, resident_kib(process.pid)
    except TimeoutError:
        process.kill()
        sys.exit(f"{binary} did not poll: {process.stderr.read().decode()}")
    finally:
        process.kill()
        process.wait()


def main(names):
    binaries = {"bare lambda_http": RELEASE / "examples" / "bare"} | {name: RELEASE / name for name in names}
    times, memory = {name: [] for name in binaries}, {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        for _ in range(ROUNDS):
            for name, binary in binaries.items():
                took, memory[name] = first_poll(listener, binary)
                times[name].append(took)
    bare = statistics.median(times["bare lambda_http"])
    print(f"{'function':<28}{'first poll':>12}{'ratio':>8}{'size':>10}{'resident':>12}")
    for name, binary in binaries.items():
        median = statistics.median(times[name])
        size = os.path.getsize(binary) / 1e6
        print(f"{name:<28}{median:>9.2f} ms{median / bare:>8.2f}{size:>7.2f} MB{memory[name] / 1024:>8.1f} MiB")


main(sys.argv[1:] or sorted(path.name for path in (ROOT / "functions").iterdir()))
