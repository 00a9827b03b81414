"""Tries the runbooks of docs/operations.md: makes the situation, runs the commands of the section, checks the result."""

import json
import threading
import time

import template as templates
import upgrade
from client import Client, ClientError
from emulator import Emulator
from front import Front
from inventory import inventory
from report import require
from runbook import Runbook

OTHER_REGION = "us-west-2"
FAILING = templates.code("false")


def check_redrive(report, new_stack, new_runbook):
    """Events that failed after all retries are processed after the redrive."""
    if not report.scenario("runbook: redrive"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        stack = new_stack(emulator).deploy()
        with Front(stack) as front, new_runbook(stack) as runbook:
            with report.check("an upload that was not processed is ready after the redrive"):
                ada = Client(front).sign_up("ada")
                with Broken(stack, "ProcessUploadFunction"):
                    file = announce_and_send(ada)
                    wait_for_messages(stack, 1)
                printed = runbook.run("Redrive failed events")
                require("done:" in printed, f"it printed: {printed}")
                status = ada.request("GET", f"/api/files/{file}")["status"]
                require(status == "ready", f"the file is {status}")
                wait_for_messages(stack, 0)
            with report.check("a mail that was not sent is sent after the redrive"):
                give_up_at_once(stack, "SendMailFunctionOutbox")
                with Broken(stack, "SendMailFunction"):
                    body = {"username": "bob", "email": "bob@example.com", "password": "correct horse battery"}
                    Client(front).request("POST", "/api/users", body)
                    wait_for_messages(stack, 1)
                runbook.run("Redrive failed events")
                require("verify-email" in front.mails("bob@example.com", seconds=5), "there is no mail")
                wait_for_messages(stack, 0)
            with report.check("an event that fails again stays in the queue"):
                with Broken(stack, "ProcessUploadFunction"):
                    announce_and_send(ada)
                    wait_for_messages(stack, 1)
                    printed = runbook.run("Redrive failed events")
                require("failed again:" in printed, f"it printed: {printed}")
                wait_for_messages(stack, 1)


def check_keys(report, new_stack, new_runbook):
    """Rotations of keys and of the origin secret, while requests go on."""
    if not report.scenario("runbook: rotate keys and secrets"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        stack = new_stack(emulator).deploy()
        with Front(stack) as front, new_runbook(stack) as runbook:
            ada = Client(front).sign_up("ada")
            file = ada.upload("notes.txt", b"text")
            link = ada.request("POST", f"/api/files/{file}/links", {})
            for heading in ("Rotate the signing keys", "Replace the origin secret"):
                with report.check(f"no request fails during: {heading.lower()}"):
                    with Requests(ada, front) as requests:
                        runbook.run(heading)
                    require(requests.count > 10, f"only {requests.count} requests were sent")
                    failed = f"{len(requests.failed)} of {requests.count}: {requests.failed[:3]}"
                    require(not requests.failed, f"{failed}; logged: {stack.logged_errors()[-3:]}")
            with report.check("after a leak of the signing keys, old tokens are refused and users sign in again"):
                runbook.run("After a leak of the signing keys")
                ada.request("GET", "/api/users/me", expected=(401,))
                require(ada.sign_in("ada").download(file) == b"text", "the file has other bytes")
            with report.check("after a leak of the secret of share links, links have new URLs and old ones end"):
                stack.deploy(LinkSecretSeconds=1)
                runbook.run("After a leak of the secret of share links")
                report_of_run = json.loads(runbook.file("report.json"))
                require(report_of_run.get("done") is True, f"the last report: {report_of_run}")
                renewed = ada.request("GET", f"/api/files/{file}/links")
                url = (renewed if isinstance(renewed, list) else renewed["results"])[0]["url"]
                require(url != link["url"], "the link has the old URL")
                for address, expected in ((link["url"], 404), (url, 200)):
                    path = "/s/" + address.split("/s/")[1]
                    status, _, body = front.send("GET", path, {"Accept": "application/json"}, None)
                    require(status == expected, f"{path}: {status} {body[:200]}")


def check_deletion(report, new_stack, new_runbook):
    """A deletion that keeps everything that matters, then one that leaves nothing."""
    if not report.scenario("runbook: delete a deployment"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        before = inventory(emulator, ["eu-central-1"])
        stack = new_stack(emulator).deploy()
        with Front(stack) as front:
            ada = Client(front).sign_up("ada")
            ada.upload("notes.txt", b"text")
            deleted = ada.upload("more.txt", b"text")
            # Its bytes stay as an old version, which makes the bucket harder to delete.
            ada.request("DELETE", f"/api/files/{deleted}")
        table, bucket = stack.resource("Table"), stack.resource("OriginalsBucket")
        with new_runbook(stack) as runbook:
            with report.check("a deletion keeps the records and the files, and lists them"):
                runbook.run("Delete a deployment and keep its data")
                require(stack.client("dynamodb").scan(TableName=table)["Count"] > 0, "the table is empty")
                require(stack.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] > 0, "the bucket is empty")
                left = {one.split()[-1] for one in inventory(emulator, ["eu-central-1"]) - before}
                listed = {line.split()[-1] for line in runbook.file("left.txt").splitlines()}
                require(left <= listed, f"not in the list: {left - listed}")
            with report.check("the second runbook removes all that was left"):
                runbook.run("Delete what a deleted deployment left")
                left = inventory(emulator, ["eu-central-1"]) - before
                require(not left, f"left: {', '.join(sorted(left))}")


def check_upgrade(report, new_stack, new_runbook):
    """The upgrade of a deployment whose buckets have fixed names, with the commands of the documents."""
    if not report.scenario("runbook: upgrade"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        with report.check("the commands for the upgrade keep the buckets and their files"):
            earlier, fixture = upgrade.earlier_stack(emulator)
            with new_runbook(earlier) as runbook:
                runbook.run("Upgrade a deployment that named its buckets")
            stack = new_stack(emulator).read()
            require(stack.resource("OriginalsBucket") == earlier.resource("OriginalsBucket"), "the bucket was replaced")
            with Front(stack) as front:
                content = Client(front).sign_in(fixture["username"]).download(fixture["file"])
            require(content == fixture["content"].encode(), f"the file has other bytes: {content!r}")


def check_move(report, new_stack, new_runbook):
    """A deployment in another region takes over the users, the files and the share links."""
    if not report.scenario("runbook: move to another region"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        old, new = new_stack(emulator).deploy(), new_stack(emulator, region=OTHER_REGION).deploy()
        with report.check("the commands for another region move users, files and share links"):
            with Front(old) as front:
                ada = Client(front).sign_up("ada")
                file = ada.upload("notes.txt", b"written in the old region")
                link = ada.request("POST", f"/api/files/{file}/links", {})["url"]
            with new_runbook(old) as runbook:
                runbook.run("Move to another region", NEW_REGION=OTHER_REGION)
                audit = json.loads(runbook.file("audit.json"))
            with Front(new) as front:
                moved = Client(front).sign_in("ada")
                require(moved.download(file) == b"written in the old region", "the file has other bytes")
                path = "/s/" + link.split("/s/")[1]
                status, _, body = front.send("GET", path, {"Accept": "application/json"}, None)
                require(status == 200, f"the share link: {status} {body[:300]}")
                links = json.dumps(moved.request("GET", f"/api/files/{file}/links"))
                require(path in links, f"the owner does not see the URL of the link: {links}")
            require(audit.get("done") is not False, f"the audit: {audit}")
            found = {name: count for name, count in audit.items() if name.startswith("orphan") and count}
            require(not found, f"the audit found {found} in {audit}")


class Broken:
    """A function whose code fails, while a block runs."""

    def __init__(self, stack, logical):
        self.functions = stack.client("lambda")
        self.name = stack.resource(logical)
        binary = templates.functions(stack.template)[logical]
        self.code = stack.code(binary)

    def __enter__(self):
        self.functions.update_function_code(FunctionName=self.name, ZipFile=FAILING)

    def __exit__(self, *_):
        self.functions.update_function_code(FunctionName=self.name, ZipFile=self.code)


class Requests:
    """Requests of a user that go on while a block runs, and the responses that were not as expected."""

    def __init__(self, user, front):
        self.user, self.front = user, front
        self.count, self.failed = 0, []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.send, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def send(self):
        """Sends requests until the block ends. The sign-in uses the newest keys, the others an old token."""
        other = Client(self.front)
        while not self.ended.wait(0.05):
            for name, request in (
                ("old token", lambda: self.user.request("GET", "/api/users/me")),
                ("sign-in", lambda: other.sign_in("ada")),
                ("new token", lambda: other.request("GET", "/api/users/me")),
            ):
                self.count += 1
                try:
                    request()
                except ClientError as error:
                    self.failed.append(f"{name}: {error}")


def announce_and_send(user):
    """Sends a file whose processing is not waited for."""
    try:
        user.upload("notes.txt", b"text", seconds=0)
    except ClientError:
        pass
    return user.request("GET", "/api/files")["results"][0]["id"]


def give_up_at_once(stack, mapping):
    """Makes an event source report an event that fails for a second, and not for half a day."""
    # The emulator ignores the number of attempts.
    stack.client("lambda").update_event_source_mapping(UUID=stack.resource(mapping), MaximumRecordAgeInSeconds=1)


def wait_for_messages(stack, count, seconds=30):
    """Waits until the queue of failed events has `count` messages, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + seconds
    while True:
        answer = stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs["FailedEventsUrl"], AttributeNames=names)
        found = sum(int(answer["Attributes"][name]) for name in names)
        if found == count:
            return
        require(time.monotonic() < deadline, f"the queue has {found} messages, not {count}")
        time.sleep(0.1)
