#!/usr/bin/env python3
"""Measures what a release profile costs to build, and the sizes that it makes.

    bench/build-time/run.py                                                  # the profile of Cargo.toml
    bench/build-time/run.py 'profile.release.lto="fat"' profile.release.codegen-units=1

Builds five functions from nothing with the given settings, in an empty target folder, and then each of them again, as
after a change of its own code. The script prints processor time of cargo and its children, because wall time depends
on what else the machine does, and the sizes of bootstraps and their zips.
"""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTIONS = ["get-health", "verify-token", "list-files", "create-image", "process-upload"]


def cargo(target, functions, settings):
    """Processor and wall seconds of a release build."""
    command = ["cargo", "build", "--release", "--locked", "--quiet"]
    command += [word for setting in settings for word in ("--config", setting)]
    command += [word for function in functions for word in ("--package", function)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"CARGO_TARGET_DIR": target})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return processor, time.monotonic() - started


def main(settings):
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TARGET")) as target:
        processor, wall = cargo(target, FUNCTIONS, settings)
        print(f"{'five functions from nothing':<28}{processor:>8.1f} s processor{wall:>8.1f} s wall", flush=True)
        for function in FUNCTIONS:
            (ROOT / "functions" / function / "src" / "lib.rs").touch()
            processor, wall = cargo(target, [function], settings)
            code = (pathlib.Path(target) / "release" / function).read_bytes()
            print(f"{function:<28}{processor:>8.1f} s processor{wall:>8.1f} s wall"
                  f"{len(code) / 1e6:>8.2f} MB{len(zlib.compress(code, 9)) / 1e6:>7.2f} MB zipped", flush=True)


main(sys.argv[1:])
