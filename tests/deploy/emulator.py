"""Starts and stops ministack, the emulator of AWS that the tests of the deployment use.

```
with Emulator() as emulator:
    emulator.client("s3").list_buckets()
```

ministack runs in a virtual environment of its own, because it pins a version of botocore. It listens on a free port of
the loopback interface, keeps its state in memory, and ends with its functions when the block ends, or when this process
ends in any other way.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

import boto3
import botocore.config

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT = "111122223333"
REGION = "eu-central-1"
# The services whose endpoints functions take from their environment.
SERVICES = ("S3", "SES", "SECRETS_MANAGER", "SSM")
# `.ci/deploy` installs ministack there.
VENV = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "satchel-ci-ministack"


class EmulatorError(Exception):
    """The emulator did not start."""


class Emulator:
    """A running ministack."""

    def __init__(self, python=None, port=None):
        """`python` is the interpreter of the virtual environment that contains ministack."""
        self.python = str(python or os.environ.get("MINISTACK_PYTHON") or VENV / "bin" / "python")
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.folder = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts ministack, and returns when it answers."""
        if not pathlib.Path(self.python).exists():
            raise EmulatorError(f"{self.python} does not exist; `.ci/deploy --install` installs ministack there")
        self.folder = tempfile.TemporaryDirectory(prefix="satchel-deploy-")
        self.log = pathlib.Path(self.folder.name) / "ministack.log"
        # Functions inherit this environment. So it has nothing of the caller's, such as his credentials.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.folder.name,
            "TMPDIR": self.folder.name,
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            # The last part of the APIs' names. An address would make them invalid.
            "MINISTACK_HOST": "localhost",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            **{f"AWS_ENDPOINT_URL_{service}": self.url for service in SERVICES},
            "LAMBDA_EXECUTOR": "local",
            # Lambda waits a minute before it repeats an event, which is too long for a test.
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
            "LOG_LEVEL": "INFO",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.python, HERE / "ministack_patched.py"],
                env=environment, cwd=self.folder.name, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = self.log.read_text()
                self.stop()
                raise EmulatorError(f"ministack did not start:\n{text[-3000:]}")
            time.sleep(0.05)

    def stop(self):
        """Stops ministack and every function that it started."""
        if self.process:
            # Ministack and its functions are one process group.
            for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
                try:
                    os.killpg(self.process.pid, number)
                except ProcessLookupError:
                    break
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue
            self.process.wait()
            self.process = None
        if self.folder:
            self.folder.cleanup()
            self.folder = None

    def answers(self):
        """Whether ministack answers requests."""
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2) as response:
                return response.status == 200
        except OSError:
            return False

    def client(self, service, region=REGION):
        """A client of boto3 for the emulator."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="emulated",
            config=botocore.config.Config(
                retries={"max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=120,
            ),
        )

    def internal(self, path):
        """The JSON answer of one of ministack's own routes, such as `/_ministack/ses/messages`."""
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return json.load(response)

    @classmethod
    def at(cls, url):
        """An emulator that another process has started, and will stop."""
        return cls(port=int(url.rsplit(":", 1)[1]))

    def verify_account(self, verified):
        """Sets whether AWS has verified the account for CloudFront, which is so unless this is called."""
        flag = pathlib.Path(self.folder.name) / "cloudfront-unverified"
        flag.unlink(missing_ok=True)
        if not verified:
            flag.touch()

    def gaps(self):
        """Where ministack does less than AWS and is patched, one line each."""
        return [line[5:] for line in self.log.read_text().splitlines() if line.startswith("gap: ")]


def free_port():
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
