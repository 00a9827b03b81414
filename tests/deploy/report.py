"""Prints the result of each check, goes on after a failure, and fails at the end if any failed.

```
report = Report()
with report.check("a first deployment succeeds"):
    stack.deploy()
report.end()
```
"""

import contextlib
import sys
import time


class CheckError(Exception):
    """A check whose condition does not hold."""


def require(condition, message):
    """Fails the current check with `message` unless `condition` holds."""
    if not condition:
        raise CheckError(message)


class Report:
    """The checks that have run."""

    def __init__(self, only=""):
        """`only` is a part of the names of the scenarios that shall run."""
        self.only = only
        self.passed = 0
        self.failed = []
        self.gaps = set()
        self.began = time.monotonic()

    def scenario(self, name):
        """Whether a scenario shall run; prints its name if so."""
        if self.only not in name:
            return False
        print(f"\n{name} ({time.monotonic() - self.began:.0f} s)", flush=True)
        return True

    @contextlib.contextmanager
    def check(self, name):
        """Runs a block as a check. An exception fails the check, and the checks after it still run."""
        try:
            yield
        except Exception as error:
            message = str(error) if isinstance(error, CheckError) else f"{type(error).__name__}: {error}"
            self.failed.append(name)
            print(f"FAILED {name}\n       {message.strip()[:1500]}", flush=True)
        else:
            self.passed += 1
            print(f"ok     {name}", flush=True)

    def note_gaps(self, emulator):
        """Prints where the emulator is patched, once each."""
        for gap in emulator.gaps():
            if gap not in self.gaps:
                self.gaps.add(gap)
                print(f"gap    {gap}", flush=True)

    def end(self):
        """Prints the sum, and ends the process with status 1 if a check failed."""
        print(f"\n{self.passed} checks passed, {len(self.failed)} failed ({time.monotonic() - self.began:.0f} s)")
        for name in self.failed:
            print(f"FAILED {name}")
        sys.exit(1 if self.failed else 0)
