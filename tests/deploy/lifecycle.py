"""Checks of deployments over their life: the first one, a rotation, a second region, the end, and a new beginning."""

import walk
from client import Client
from emulator import Emulator
from front import Front
from inventory import inventory
from report import require
from stack import Stack, StackError

OTHER_REGION = "us-west-2"
REGIONS = ("eu-central-1", OTHER_REGION)
# What a stack leaves on purpose: accounts, files and the keys that sign and derive.
DATA = ("table ", "bucket ", "secret ", "SSM parameter ")


def check_life(report, new_stack):
    """A deployment from the first to the last day. `new_stack` makes a `Stack` in an emulator."""
    if not report.scenario("life: deploy, rotate keys, a second region, tear down, deploy again"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        before = inventory(emulator, REGIONS)
        stack = new_stack(emulator)
        with report.check("a first deployment succeeds"):
            stack.deploy()
        with report.check("the walk-through of README.md works through CloudFront"):
            walk.walk_through(stack)
        check_rotation(report, stack)
        other = new_stack(emulator, region=OTHER_REGION)
        with report.check("a stack of the same name in a second region can be deployed beside the first"):
            other.deploy()
        with report.check("the walk-through works in the second region"):
            walk.walk_through(other)
        with report.check("the walk-through still works in the first region"):
            walk.walk_through(stack)
        with report.check("the stack in the second region can be deleted, and the first one still works"):
            other.delete()
            walk.walk_through(stack)
        with report.check("the first stack can be deleted"):
            stack.delete()
        with report.check("deleted stacks leave tables, buckets and keys, and nothing else"):
            left = inventory(emulator, REGIONS) - before
            wrong = sorted(one for one in left if not one.startswith(DATA))
            require(not wrong, f"left: {', '.join(wrong)}")
            require(any(one.startswith("table ") for one in left), f"the table is gone; left: {sorted(left)}")
        again = new_stack(emulator)
        with report.check("a stack of this name can be deployed again after the deletion"):
            again.deploy()
        with report.check("the walk-through works in the new stack"):
            walk.walk_through(again)


def check_rotation(report, stack):
    """The rotation of the signing keys by a second deployment."""
    kid = stack.outputs.get("SigningKid")
    with report.check("a second deployment with KeyGeneration=2 changes the signing key and no session"), \
            Front(stack) as front:
        ada = Client(front).sign_up("ada-rotation")
        file = ada.upload("notes.txt", b"before the rotation")
        stack.deploy(KeyGeneration=2)
        require(stack.outputs["SigningKid"] != kid, "SigningKid is the same")
        require(ada.download(file) == b"before the rotation", "the file has other bytes")
        require(ada.sign_in("ada-rotation").download(file) == b"before the rotation", "the file has other bytes")
    with report.check("the walk-through works after the rotation"):
        walk.walk_through(stack)


def check_failed_first_deployment(report, new_stack):
    """A first deployment that fails at its last resource, as in an account that AWS has not verified."""
    if not report.scenario("a first deployment fails"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        before = inventory(emulator, REGIONS)
        stack = new_stack(emulator)
        with report.check("a deployment with CloudFront fails in an account that is not verified"):
            emulator.verify_account(False)
            try:
                stack.deploy()
            except StackError as error:
                require("must be verified" in str(error), f"it failed for another reason: {error}")
                require("ROLLBACK_FAILED" not in str(error), f"the rollback failed: {error}")
                events = stack.events()
                created = {one["LogicalResourceId"] for one in events if one["ResourceStatus"] == "CREATE_COMPLETE"}
                require({"Table", "OriginalsBucket"} <= created, "it failed before it created the table and the bucket")
            else:
                require(False, "it succeeded")
        with report.check("the failed deployment leaves nothing but the stack's name"):
            left = inventory(emulator, REGIONS) - before - {f"stack {stack.region} {stack.name}"}
            require(not left, f"left: {', '.join(sorted(left))}")
        emulator.verify_account(True)
        with report.check("the deployment succeeds when it is repeated under the same name"):
            stack.deploy()
            walk.walk_through(stack)


def check_names(report, new_stack):
    """Names of stacks that are valid for CloudFormation, and not for other services."""
    if not report.scenario("names of stacks"):
        return
    for name in ("Satchel", "Satchel-For-The-Friends-Of-Ada-Lovelace-" + "X" * 40):
        with Emulator() as emulator:
            report.note_gaps(emulator)
            with report.check(f"a stack can be named {name} ({len(name)} letters)"):
                stack = new_stack(emulator, name=name).deploy()
                walk.walk_through(stack)
