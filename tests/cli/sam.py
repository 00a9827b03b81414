"""`satchel deploy`, with the real SAM and the emulator."""

import json
import os
import pathlib
import time

import template as templates
import users
from command import Satchel
from emulator import REGION, Emulator
from front import Front
from report import require
from stack import Stack


def check_deploy(report, chosen, template):
    if not report.scenario("deploy: from an empty account to a URL"):
        return
    with Emulator() as emulator, Satchel(chosen.satchel, emulator) as satchel:
        tools = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "satchel-ci-tools" / "bin"
        satchel.environment["PATH"] = f"{tools}:{satchel.environment['PATH']}"
        source = ["--template", pathlib.Path(chosen.template).resolve()]
        mails = "Mail" in template["Parameters"]

        with report.check("deploy --check refuses a deployment without a sender, and changes nothing"):
            result = satchel.json("deploy", "--check", *source, code=3)
            blocked = {one["check"] for one in result["findings"] if one["level"] == "blocker"}
            require(result["blocked"] and "mail" in blocked, f"{result}")
            require(not emulator.client("cloudformation").list_stacks()["StackSummaries"], "there is a stack")

        with report.check("deploy --check accepts a sender that SES knows"):
            emulator.client("sesv2").create_email_identity(EmailIdentity="files.test")
            sender = ["--parameter", "MailFrom=no-reply@files.test"]
            result = satchel("deploy", "--check", *source, *sender).ok()
            result.says("the domain files.test is verified").says("WARNING")

        with report.check("deploy --check finds an architecture that was not built"):
            built = satchel.folder / ".aws-sam" / "build" / "GetFileFunction"
            built.mkdir(parents=True)
            (built / "bootstrap").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(11) + b"\xb7\x00" + bytes(64))
            (satchel.folder / "template.yaml").write_text(pathlib.Path(chosen.template).read_text())
            arguments = ["deploy", "--check", "--no-build", *sender, "--parameter", "Architecture=x86_64"]
            satchel(*arguments).exits(3).says("GetFileFunction is built for arm64")

        with report.check("deploy --check sees what a failed first deployment left, and teardown removes it"):
            leave_failed_stack(emulator, "failed")
            at = ["--stack", "failed"]
            result = satchel("deploy", "--check", *source, *sender, *at).exits(3)
            result.says("what a failed first deployment left").says("satchel teardown --stack failed")
            satchel("teardown", *at, "--yes").ok()
            satchel("deploy", "--check", *source, *sender, *at).ok().says("does not exist yet")

        # The emulator has no SAM transform, so the template is transformed here; SAM uploads and deploys it.
        packaged = satchel.folder / "packaged.json"
        stack = Stack(emulator, "satchel", template, chosen.binaries)
        stack.parameters = {"Mail": "none"} if mails else {"MailFrom": "no-reply@files.test"}
        parameters = [f"--parameter={name}={value}" for name, value in stack.values().items()]
        transformed = templates.transformed(template, stack.values(), stack.upload_code())
        packaged.write_text(json.dumps(transformed))
        # Nor can SAM make its own bucket, whose template has the transform too.
        bucket = ["--s3-bucket", templates.code_bucket(stack.region)]

        with report.check("deploy creates a stack, and shows what CloudFormation does"):
            result = satchel("deploy", "--template", packaged, *parameters, *bucket, "--no-smoke", "--yes")
            result.ok().says("CREATE_COMPLETE").says("USD a month at rest")

        with report.check("deploy updates the stack, walks through it, and creates the first staff account"):
            described = emulator.client("cloudformation").describe_stacks(StackName="satchel")["Stacks"][0]
            stack.outputs = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
            stack.make_routes(transformed)
            with Front(stack) as front:
                arguments = ["deploy", "--template", packaged, *parameters, *bucket, "--url", front.url]
                arguments += ["--staff", "chief"]
                # The emulator's gaps make the walk-through end with 3.
                result = satchel.json(*arguments, code=3)
                staff = result["staff"]
                require(staff["created"] and "password" in staff, f"{staff}")
                token = users.sign_in(front.url, "chief", staff["password"])
                require(users.me(front.url, token).json["is_staff"], "chief is not staff")
                again = satchel.json(*arguments, code=3)["staff"]
                require(again == {"username": "chief", "created": False}, f"{again}")

        with report.check("deploy says what another deployment kept or uses"):
            result = satchel("deploy", "--check", *source, *parameters).ok()
            result.says("is deployed").says("will be updated")


def leave_failed_stack(emulator, name):
    """Makes a first deployment fail, because a bucket's name is taken."""
    emulator.client("s3").create_bucket(
        Bucket="taken-by-somebody", CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    formation = emulator.client("cloudformation")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "taken-by-somebody"}}
    formation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Bucket": bucket}}))
    deadline = time.monotonic() + 30
    while formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] != "ROLLBACK_COMPLETE":
        require(time.monotonic() < deadline, "the deployment did not fail")
        time.sleep(0.1)
