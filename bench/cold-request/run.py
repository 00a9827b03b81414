#!/usr/bin/env python3
"""Measures a function's cold request: from spawning its bootstrap to the response to an event that waits for it.

See README.md beside this file.
"""
import argparse
import base64
import json
import multiprocessing
import os
import pathlib
import random
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import cgroup  # noqa: E402
import services  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "target" / "release"
BARE, BARE_CALL = "bare", "bare_call"
# Lambda gives a whole processor at 1769 MB, and a share in proportion below.
WHOLE_PROCESSOR_MB = 1769
ISSUER = "satchel:bench"
# Longer than any response takes.
PATIENCE_SECONDS = 20


def settings(endpoint, bundle, memory):
    return {
        "AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory), "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
        "NATIVE_ROOTS": "true", "SSL_CERT_FILE": str(bundle),
        **{f"AWS_ENDPOINT_URL_{name}": endpoint for name in ("DYNAMODB", "S3", "SES", "SECRETS_MANAGER")},
        "TABLE_NAME": "table", "ORIGINALS_BUCKET": "originals", "RENDITIONS_BUCKET": "renditions", "ISSUER": ISSUER,
        "PUBLIC_KEYS": json.dumps([{"kid": kid, "x": services.PUBLIC_KEY} for kid in ("previous", services.KID, "next")]),
        "SIGNING_SECRET_ID": "keys", "SIGNING_KID": services.KID, "COUNTER_KEY": "key",
        "ORIGIN_SECRETS": "secret,next", "REQUIRE_CLOUDFRONT": "false", "PUBLIC_URL": "",
        "REGISTRATION": "open", "REQUIRE_EMAIL": "false", "DEFAULT_VISIBILITY": "private", "MAX_RESOURCES": "10000",
        "MAIL_FROM": "bench@example.com",
        **{f"{name}_SECONDS": "900" for name in (
            "ACCESS_TOKEN", "REFRESH_TOKEN", "SESSION", "REFRESH_GRACE", "MAIL_LINK", "UNVERIFIED_ACCOUNT", "UPLOAD_URL",
            "DOWNLOAD_URL", "PENDING", "PART_URL", "MULTIPART", "LOGIN_TOKEN", "THROTTLE", "MAIL_INTERVAL", "LINK_REPEAT",
            "KNOWN_ADDRESS", "SHARE_URL", "IDEMPOTENCY")},
        **{name: "50" for name in (
            "SIGN_INS_PER_ACCOUNT_AND_ADDRESS", "SIGN_INS_PER_ADDRESS", "SIGN_INS_PER_ACCOUNT", "GUESSES_PER_ADDRESS",
            "SIGN_UPS_PER_ADDRESS", "MAILS_PER_DAY")},
    }


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **options).stdout


def certificates(folder):
    """Makes an authority and a certificate for `localhost`; returns the certificate, its key and a bundle of roots.

    Keys are RSA-2048, as those of AWS. The bundle holds Amazon's roots too, so that it has a usual size.
    """
    authority, key, leaf, leaf_key = (folder / name for name in ("ca.pem", "ca.key", "leaf.pem", "leaf.key"))
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl(*new, "-subj", "/CN=bench", "-keyout", key, "-out", authority)
    openssl(*new, "-subj", "/CN=localhost", "-keyout", leaf_key, "-out", leaf, "-CA", authority, "-CAkey", key,
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost")
    bundle = folder / "bundle.pem"
    bundle.write_bytes((ROOT / "shared/runtime/src/roots.pem").read_bytes() + b"\n" + authority.read_bytes())
    return leaf, leaf_key, bundle


def access_token(folder):
    """An access token for the account of `services`, valid for an hour."""
    key, message = folder / "token.key", folder / "token"
    key.write_text(f"-----BEGIN PRIVATE KEY-----\n{services.PRIVATE_KEY}\n-----END PRIVATE KEY-----\n")
    now = int(time.time())
    parts = [
        {"typ": "JWT", "alg": "EdDSA", "kid": services.KID},
        {"token_type": "access", "exp": now + 3600, "iat": now, "nbf": now, "jti": services.VERSION, "iss": ISSUER,
         "user_id": services.USER, "sid": services.SESSION},
    ]
    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    signed = b".".join(encoded(json.dumps(part).encode()) for part in parts)
    message.write_bytes(signed)
    return (signed + b"." + encoded(openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", message))).decode()


class Function:
    """A binary to measure, and the event that it gets."""

    def __init__(self, label, token):
        path = pathlib.Path(label)
        self.label, name = label, path.name.split(".")[0]
        if "/" in label:
            self.binary = path.resolve()
        else:
            self.binary = RELEASE / "examples" / label if label in (BARE, BARE_CALL) else RELEASE / label
        if not self.binary.exists():
            sys.exit(f"{self.binary} is missing: see README.md")
        event = "verify-token" if name.startswith(BARE) else name
        self.event = (ROOT / "events" / f"{event}.json").read_text().replace("ACCESS_TOKEN", token).encode()
        # What makes no AWS call is compared with the function that makes none.
        self.base = BARE if name in (BARE, "get-health") else BARE_CALL


class RuntimeApi:
    """The Lambda Runtime API for one process, which gets one event."""

    def __init__(self, listener):
        self.listener, self.connections = listener, {}

    def request(self):
        """The next whole request of the process: its connection, its first line and its body."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            ready, _, _ = select.select([self.listener, *self.connections], [], [], deadline - time.monotonic())
            if not ready:
                raise TimeoutError
            for source in ready:
                if source is self.listener:
                    connection, _ = self.listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.connections[connection] = b""
                    continue
                data = source.recv(1 << 16)
                self.connections[source] += data
                if not data:
                    del self.connections[source]
                    source.close()
                elif whole := services.whole_request(self.connections[source]):
                    self.connections[source] = b""
                    return source, *whole

    def close(self):
        for connection in self.connections:
            connection.close()


def response(status, body, *headers):
    head = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def spent(pid):
    """The processor milliseconds and the page faults of a process."""
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    nanoseconds = sum(int(thread.read_text().split()[0]) for thread in threads)
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return nanoseconds / 1e6, int(fields[7]) + int(fields[9])


def cold_request(function, listener, group, shares, environment):
    """One start: a dictionary of what it took."""
    api = RuntimeApi(listener)
    environment = environment | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}"}
    group.allow(shares[0])
    # The child inherits the group, so that its whole life is inside.
    with group:
        started = time.perf_counter()
        process = subprocess.Popen([function.binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        connection, line, _ = api.request()
        polled = time.perf_counter()
        assert line.endswith("/runtime/invocation/next HTTP/1.1"), line
        group.allow(shares[1])
        before = spent(process.pid)
        deadline = int((time.time() + 30) * 1000)
        sent = time.perf_counter()
        connection.sendall(response(
            "200 OK", function.event, "lambda-runtime-aws-request-id: 6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
            f"lambda-runtime-deadline-ms: {deadline}", "lambda-runtime-trace-id: Root=1-69b30e9e-0123456789abcdef01234567",
            "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:bench"))
        _, line, body = api.request()
        answered = time.perf_counter()
        after = spent(process.pid)
    except TimeoutError:
        process.kill()
        sys.exit(f"{function.label} did not poll or respond: {process.stdout.read().decode()}")
    finally:
        group.allow(1)
        process.kill()
        process.wait()
        api.close()
    if not line.startswith("POST") or "/response " not in line or json.loads(body).get("statusCode") != 200:
        sys.exit(f"{function.label} failed: {line} {body.decode()}\n{process.stdout.read().decode()}")
    process.stdout.close()
    start, request = (polled - started) * 1000, (answered - sent) * 1000
    return {
        "start": start, "request": request, "total": start + request, "start cpu": before[0],
        "request cpu": after[0] - before[0], "start faults": before[1], "request faults": after[1] - before[1],
    }


def table(functions, rounds):
    """Medians of each function, and medians of the ratios to the bare function in the same round."""
    columns = [("first poll", "start"), ("response", "request"), ("total", "total")]
    print(f"{'function':<34}" + "".join(f"{title:>13}{'ratio':>7}" for title, _ in columns)
          + f"{'quartiles':>13}{'processor ms':>15}{'page faults':>14}")
    for function in functions:
        runs = [one[function.label] for one in rounds]
        bases = [one[function.base] for one in rounds]
        median = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        line = f"{function.label:<34}"
        for _, key in columns:
            ratios = [run[key] / base[key] for run, base in zip(runs, bases)]
            line += f"{median[key]:>10.1f} ms{statistics.median(ratios):>7.2f}"
        low, _, high = statistics.quantiles(ratios, n=4)
        line += f"{low:>8.2f}{high:>5.2f}" + f"{median['start cpu']:>8.1f} +{median['request cpu']:>5.1f}"
        print(line + f"{median['start faults']:>7.0f} +{median['request faults']:>5.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("functions", nargs="+", help="names of functions, or paths of their binaries")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--memory", type=int, default=256, help="MB, which decide the share of a processor")
    parser.add_argument("--period", type=int, default=20, help="ms in which the share is given")
    parser.add_argument("--slowdown", type=float, default=1, help="by what the processor of Lambda is slower than this one")
    parser.add_argument("--round-trip", type=float, default=2, help="ms to an AWS service and back")
    given = parser.parse_args()
    shares = [share / given.slowdown for share in (1, min(1, given.memory / WHOLE_PROCESSOR_MB))]
    # What serves the functions must not wait for other work on the machine.
    os.nice(-19)
    with tempfile.TemporaryDirectory() as folder, cgroup.group(given.period) as group:
        folder = pathlib.Path(folder)
        leaf, leaf_key, bundle = certificates(folder)
        token = access_token(folder)
        ours, theirs = multiprocessing.Pipe()
        aws = multiprocessing.Process(target=services.serve, args=(leaf, leaf_key, given.round_trip / 1000, theirs), daemon=True)
        aws.start()
        environment = settings(f"https://localhost:{ours.recv()}", bundle, given.memory)
        labels = list(dict.fromkeys([BARE, BARE_CALL, *given.functions]))
        functions = [Function(label, token) for label in labels]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def all_once():
                order = random.sample(functions, len(functions))
                return {each.label: cold_request(each, listener, group, shares, environment) for each in order}
            # The first round reads the binaries into memory.
            rounds = [all_once() for _ in range(given.rounds + 1)][1:]
        print(f"{given.rounds} rounds, {shares[0]:.2f} of a processor until the first poll and {shares[1]:.3f} after it "
              f"({given.period} ms periods), "
              f"{given.round_trip:g} ms round trip; load {os.getloadavg()[0]:.1f}")
        table(functions, rounds)


main()
