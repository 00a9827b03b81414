"""Commands with `--local`, against a local stack."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import time

import users
from command import Satchel
from report import require


@contextlib.contextmanager
def running(binaries, template):
    """A local stack in a new folder. Yields the folder and the URL of the API."""
    binaries = pathlib.Path(binaries).resolve()
    with tempfile.TemporaryDirectory(prefix="satchel-local-") as folder:
        command = [
            binaries / "local", "--port", "0", "--data-dir", folder, "--binaries", binaries, "--template", template,
            "--parameter", "LinkSecretSeconds=1",
        ]
        log = pathlib.Path(folder) / "stack.log"
        with log.open("wb") as output:
            stack = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )
        try:
            ready = pathlib.Path(folder) / "local.json"
            deadline = time.monotonic() + 60
            while not ready.exists():
                if stack.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the local stack did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield folder, json.loads(ready.read_text())["api"]
        finally:
            stack.terminate()
            stack.wait(20)


def check_local(report, chosen):
    if not report.scenario("local: commands with --local"):
        return
    with running(chosen.binaries, chosen.template) as (folder, url), Satchel(chosen.satchel) as satchel:
        at = f"--local={folder}"
        with report.check("smoke finds nothing wrong with a local stack"):
            result = satchel.json("smoke", at)
            states = {one["name"]: one["state"] for one in result["checks"]}
            require(states["thumbnail"] == "ok" and states["cors"] == "ok", f"{states}")

        with report.check("staff, import and rotate work on a local stack"):
            users.sign_up(url, "ada")
            satchel("staff", "grant", "ada", at, "--yes").ok()
            token = users.sign_in(url, "ada")
            require(users.me(url, token).json["is_staff"], "ada is not staff")
            dump = satchel.folder / "users.json"
            fields = {"username": "moved", "password": "!", "email": "moved@example.com"}
            dump.write_text(json.dumps([{"model": "auth.user", "pk": 1, "fields": fields}]))
            require(satchel.json("import", "users", dump, at)["imported"] == 1, "nobody was imported")
            require(satchel.json("rotate", "links", at)["generation"] == 2, "links were not rotated")
            satchel("rotate", "keys", at, "--yes").exits(2).says("--generation 2")
            satchel("rotate", "keys", "--generation", "2", at, "--yes").ok()
            require(users.me(url, token).status == 200, "the token is refused")

        with report.check("commands for a deployment say what to do instead"):
            for command in (["deploy"], ["redrive"], ["teardown"], ["costs"], ["restore", "--to", "2026-01-01T00:00:00Z"]):
                satchel(*command, at, "--yes").exits(2)
