"""Runs the commands of a section of docs/operations.md word for word against a stack in the emulator.

```
with Runbook(stack) as runbook:
    runbook.run("Redrive failed events")
```

The blocks that are marked `sh` below the heading run in one shell, up to the next heading of the same level. `STACK`
and the settings of the AWS CLI are set, as for a person who has chosen a deployment. `sam` is a stand-in
(`sam_stand_in.py`). The AWS CLI is version 1, which PyPI has; the option of version 2 that it lacks is taken out, after
a check that it is there.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import template as templates
from emulator import ACCOUNT

HERE = pathlib.Path(__file__).resolve().parent
OPERATIONS = templates.ROOT / "docs" / "operations.md"
# The section with the definitions that the others use.
NAMES = "Names in the commands"
# Version 2 needs this to take JSON as a payload; version 1 always does.
RAW = "--cli-binary-format raw-in-base64-out"
AWS = f"""#!/bin/sh
case " $* " in
  *" --payload "*) case " $* " in *" {RAW} "*) ;; *) echo "--payload needs {RAW}" >&2; exit 2 ;; esac ;;
esac
for word; do
  shift
  case "$word" in --cli-binary-format | raw-in-base64-out) ;; *) set -- "$@" "$word" ;; esac
done
# Version 1 does not read the endpoint of SQS from the environment.
exec '{{aws}}' --endpoint-url "$AWS_ENDPOINT_URL" "$@"
"""


class RunbookError(Exception):
    """A section that is missing, or whose commands failed."""


class Runbook:
    """The commands of the documents, for one stack."""

    def __init__(self, stack, binaries=templates.BINARIES, template=templates.TEMPLATE, document=OPERATIONS):
        self.stack = stack
        self.document = pathlib.Path(document)
        self.folder = tempfile.TemporaryDirectory(prefix="satchel-runbook-")
        self.environment = {
            "PATH": f"{self.folder.name}/bin:{os.environ['PATH']}",
            "HOME": self.folder.name,
            "STACK": stack.name,
            "AWS_REGION": stack.region,
            "AWS_DEFAULT_REGION": stack.region,
            "AWS_ENDPOINT_URL": stack.emulator.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_PAGER": "",
            "SATCHEL_TEMPLATE": str(pathlib.Path(template).resolve()),
            "SATCHEL_BINARIES": str(pathlib.Path(binaries).resolve()),
        }

    def __enter__(self):
        programs = {
            "sam": f"#!/bin/sh\nexec '{sys.executable}' '{HERE / 'sam_stand_in.py'}' \"$@\"\n",
            "aws": AWS.format(aws=pathlib.Path(sys.executable).with_name("aws")),
        }
        folder = pathlib.Path(self.folder.name, "bin")
        folder.mkdir()
        for name, text in programs.items():
            program = folder / name
            program.write_text(text)
            program.chmod(0o755)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, heading, **variables):
        """Runs the commands below a heading, and returns what they print. `variables` are set before them."""
        text = self.document.read_text()
        script = commands(text, NAMES) + commands(text, heading)
        run = subprocess.run(
            [shutil.which("bash"), "-euo", "pipefail", "-c", script],
            cwd=self.folder.name, env=self.environment | {name: str(value) for name, value in variables.items()},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )
        if run.returncode:
            raise RunbookError(f"{heading}: status {run.returncode}\n{run.stdout[-1000:]}{run.stderr[-2000:]}")
        return run.stdout

    def file(self, name):
        """The text of a file that the commands wrote."""
        return pathlib.Path(self.folder.name, name).read_text()


def commands(text, heading):
    """The `sh` blocks of a section."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    if not found:
        raise RunbookError(f"there is no section {heading!r}")
    section = text[found.end():]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", outside_blocks(section), re.MULTILINE)
    section = section[: end.start()] if end else section
    # A block may be in an item of a list.
    blocks = re.findall(r"^ *```sh$\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    if not blocks:
        raise RunbookError(f"the section {heading!r} has no commands")
    return "\n".join(blocks)


def outside_blocks(text):
    """`text` with blocks of code blanked out, so that their comments are no headings."""
    return re.sub(r"^ *```.*?^ *```$", lambda block: " " * len(block[0]), text, flags=re.MULTILINE | re.DOTALL)
