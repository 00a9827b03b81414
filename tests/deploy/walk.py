"""Runs the walk-through of README.md word for word through the CloudFront of the emulator.

Three things differ from the local stack. `API` is the door to the distribution. `sleep` waits until the emulator has
processed its events, because that can take longer than a second. `date` is never the same twice, because two
walk-throughs may begin within a second.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from front import Front

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class WalkError(Exception):
    """A walk-through that did not give what README.md says."""


def commands(text):
    """The blocks of README.md that are marked `sh`, in order."""
    blocks = re.findall(r"^```sh$\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    joined = "\n".join(blocks)
    if joined.count("curl") < 7:
        raise WalkError("README.md has no walk-through")
    return joined


def walk_through(stack, readme=ROOT / "README.md"):
    """Runs the walk-through, and checks that the thumbnail is that of the photo."""
    script = commands(readme.read_text())
    with Front(stack) as front, tempfile.TemporaryDirectory(prefix="satchel-walk-") as folder:
        script, count = re.subn(r"^API=.*$", f"API={front.url}", script, flags=re.MULTILINE)
        if count != 1:
            raise WalkError("README.md sets API more than once, or never")
        shutil.copytree(ROOT / "shared/images/tests/fixtures", f"{folder}/shared/images/tests/fixtures")
        start = "sleep() { curl -sf $API/_local/settled; }\n"
        # Two walk-throughs in one second would have the same name.
        start += f"date() {{ echo {time.time_ns()}; }}\n"
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", start + script],
            cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180,
        )
        thumbnail = pathlib.Path(folder, "thumbnail.jpg")
        # The photo has 480 x 640 pixels when it is upright, so the thumbnail has 150 x 200.
        if run.returncode or "150x200" not in run.stdout:
            raise WalkError(f"status {run.returncode}; it printed:\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
        if b"Exif" in thumbnail.read_bytes():
            raise WalkError("the thumbnail has the metadata of the photo")
        return run.stdout
