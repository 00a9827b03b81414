"""Runs `satchel`.

```
with Satchel("cli/target/debug/satchel", emulator) as satchel:
    satchel("staff", "grant", "ada", "--yes").ok()
```
"""

import json
import os
import pathlib
import subprocess
import tempfile

from emulator import ACCOUNT, REGION
from report import require


class Satchel:
    """The command, in a folder of its own and with an emulator instead of AWS."""

    def __init__(self, program, emulator=None, folder=None):
        """Without an `emulator`, every call to AWS fails. `folder` is the working folder, a new one by default."""
        self.program = pathlib.Path(program).resolve()
        self.temporary = None if folder else tempfile.TemporaryDirectory(prefix="satchel-cli-")
        self.folder = pathlib.Path(folder or self.temporary.name)
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | {
            "AWS_ENDPOINT_URL": emulator.url if emulator else "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.temporary:
            self.temporary.cleanup()

    def __call__(self, *arguments, seconds=300):
        """Runs the command without a terminal."""
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=seconds,
        )
        return Result(command, done)

    def json(self, *arguments, code=0, seconds=300):
        """Runs the command with `--json` and `--yes`, and returns its document."""
        result = self(*arguments, "--json", "--yes", seconds=seconds).exits(code)
        return json.loads(result.output)


class Result:
    """What the command printed, and how it ended."""

    def __init__(self, command, done):
        self.command = " ".join(command[1:])
        self.code = done.returncode
        self.output = done.stdout
        self.errors = done.stderr

    def exits(self, code):
        """Fails unless the command ended with this exit code."""
        require(
            self.code == code,
            f"`satchel {self.command}` ended with {self.code} instead of {code}:\n{self.output}{self.errors[-1200:]}",
        )
        return self

    def ok(self):
        """Fails unless the command succeeded."""
        return self.exits(0)

    def says(self, text):
        """Fails unless the text was printed."""
        require(text in self.output + self.errors, f"`satchel {self.command}` does not say `{text}`:\n{self.output}{self.errors}")
        return self
