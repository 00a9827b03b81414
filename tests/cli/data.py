"""Commands about users, failed events and data, against the emulator."""

import json
import time

import users
from report import require
from sam import emulated

# Where the emulator's CloudFront and API Gateway do less than AWS.
GAPS = {"cors", "compress", "docs-cache"}
SCENARIOS = [
    "users: smoke, staff, import and costs",
    "redrive: events that failed",
    "rotate: keys, origin secret and links",
    "restore: table and files of an earlier time",
    "teardown: with and without the data",
]


def check_users(report, satchel, stack, front):
    if not report.scenario(SCENARIOS[0]):
        return
    with report.check("smoke walks through the deployment and leaves nothing"):
        result = satchel("smoke", front.url, "--yes", "--json")
        checks = json.loads(result.output)["checks"]
        wrong = {one["name"]: one["detail"] for one in checks if one["state"] == "not_ok" and one["name"] not in GAPS}
        require(not wrong, f"not ok: {wrong}")
        seen = {one["name"] for one in checks if one["state"] == "ok"}
        missing = {"upload-once", "thumbnail", "share-link", "delete", "account", "error-401", "error-413"} - seen
        require(not missing, f"not seen: {missing}")
        buckets = [stack.resource(name) for name in ("OriginalsBucket", "RenditionsBucket")]
        left = [one["Key"] for bucket in buckets for one in objects(stack, bucket)]
        require(not left, f"left in the buckets: {left}")

    with report.check("staff grant and revoke change an account, and name an unknown one"):
        users.sign_up(front.url, "ada")
        token = users.sign_in(front.url, "ada")
        satchel("staff", "grant", "ada", "--yes").ok()
        require(users.me(front.url, token).json["is_staff"] is True, "ada is not staff")
        satchel("staff", "revoke", "ada", "--yes").ok()
        require(users.me(front.url, token).json["is_staff"] is False, "ada is still staff")
        satchel("staff", "grant", "nobody", "--yes").exits(1).says("no account has this name")

    with report.check("nothing is changed without a terminal and without --yes"):
        satchel("staff", "grant", "ada").exits(4).says("add --yes")
        token = users.sign_in(front.url, "ada")
        require(users.me(front.url, token).json["is_staff"] is False, "ada became staff")

    with report.check("import users splits a file, and skips who exists already"):
        dump = satchel.folder / "users.csv"
        names = [f"moved-{number}" for number in range(5)]
        hashed = "pbkdf2_sha256$1000$c2FsdA$" + "A" * 43 + "="
        dump.write_text("id,username,password\n" + "".join(f"{place},{name},{hashed}\n" for place, name in enumerate(names)))
        first = satchel.json("import", "users", dump, "--page", "2")
        require((first["imported"], first["skipped"]) == (5, []), f"{first}")
        again = satchel.json("import", "users", dump, "--page", "2")
        require((again["imported"], len(again["skipped"])) == (0, 5), f"{again}")
        require(not (satchel.folder / "users.csv.progress").exists(), "the progress is left")

    with report.check("costs counts what the stack has at rest"):
        costs = satchel.json("costs")
        counts = {one["what"]: one["count"] for one in costs["items"]}
        kinds = [one["ResourceType"] for one in stack.resources()]
        require(counts["secrets"] == kinds.count("AWS::SecretsManager::Secret"), f"{counts}")
        require(counts["alarm metrics"] >= kinds.count("AWS::CloudWatch::Alarm"), f"{counts}")
        satchel("costs").ok().says("USD a month")


def check_redrive(report, satchel, stack, front):
    if not report.scenario(SCENARIOS[1]):
        return
    queue, sqs = stack.outputs["FailedEventsUrl"], stack.client("sqs")
    arn = {
        name: stack.client("lambda").get_function(FunctionName=stack.resource(name))["Configuration"]["FunctionArn"]
        for name in ("GrantStaffFunction", "SendMailFunction")
    }

    def put(function, **rest):
        context = {"requestId": "1", "functionArn": f"{arn[function]}:$LATEST", "condition": "RetriesExhausted"}
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"version": "1.0", "requestContext": context} | rest))

    with report.check("redrive invokes a function with the event that failed, and keeps what fails again"):
        users.sign_up(front.url, "grace")
        put("GrantStaffFunction", requestPayload={"username": "grace", "staff": True})
        put("GrantStaffFunction", requestPayload={"username": "nobody", "staff": True})
        result = satchel.json("redrive", code=5)
        require(result["handled"] == 1 and len(result["left"]) == 1, f"{result}")
        require("no account has this name" in result["left"][0]["why"], f"{result}")
        token = users.sign_in(front.url, "grace")
        require(users.me(front.url, token).json["is_staff"], "the event was not handled")

    with report.check("redrive sees a message that it kept again"):
        require(len(satchel.json("redrive", code=5)["left"]) == 1, "the message was not there")
        sqs.purge_queue(QueueUrl=queue)

    with report.check("redrive fetches the records of a batch from the stream, without those that the filter leaves out"):
        users.sign_up(front.url, "edith", "edith@example.com")
        front.mails("edith@example.com")
        batch = batch_of_mail(stack)
        put("SendMailFunction", DDBStreamBatchInfo=batch)
        result = satchel.json("redrive")
        require(result["handled"] == 1, f"{result}")

    with report.check("redrive keeps a batch that the stream no longer has, unless it is told to drop it"):
        lost = batch | {"startSequenceNumber": "999999999999999999999", "endSequenceNumber": "999999999999999999999"}
        put("SendMailFunction", DDBStreamBatchInfo=lost)
        result = satchel.json("redrive", code=5)
        require("no longer has its records" in result["left"][0]["why"], f"{result}")
        require(satchel.json("redrive", "--drop-lost")["dropped"] == 1, "it was not dropped")
        require(satchel.json("redrive") == {"handled": 0, "dropped": 0, "left": []}, "the queue is not empty")


def batch_of_mail(stack):
    """A batch as Lambda describes it, which begins and ends with a mail and has other records between."""
    streams = stack.client("dynamodbstreams")
    arn = stack.client("dynamodb").describe_table(TableName=stack.outputs["TableName"])["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records = [one["dynamodb"] for one in streams.get_records(ShardIterator=iterator)["Records"]]
        mails = [place for place, one in enumerate(records) if one["Keys"]["pk"]["S"].startswith("MAIL#")]
        if mails:
            first, last = records[max(0, mails[0] - 1)], records[mails[-1]]
            return {
                "shardId": shard["ShardId"], "streamArn": arn, "batchSize": len(mails),
                "startSequenceNumber": first["SequenceNumber"], "endSequenceNumber": last["SequenceNumber"],
            }
    raise RuntimeError("the stream has no mail")


def check_restore(report, satchel, stack, front):
    if not report.scenario(SCENARIOS[3]):
        return
    if "ApplyJournalFunctionName" not in stack.outputs:
        print("gap    the template has no function apply-journal")
        return
    with report.check("restore brings back an earlier time and its files, without what was erased since"):
        users.sign_up(front.url, "lise")
        users.sign_up(front.url, "marie")
        token = users.sign_in(front.url, "marie")
        file = users.upload(front.url, token)
        before = items(stack)
        time.sleep(1.1)
        point = time.gmtime()
        time.sleep(1.1)

        leaving = users.sign_in(front.url, "lise")
        answer = users.request(f"{front.url}/api/users/me", {"password": users.PASSWORD}, leaving, "DELETE")
        require(answer.status == 204, f"the erasure: {answer.status}")
        s3, bucket = stack.client("s3"), stack.outputs["OriginalsBucket"]
        for one in objects(stack, bucket):
            s3.delete_object(Bucket=bucket, Key=one["Key"])
        # The emulator restores the present table. So the records of the restore point are put into it here.
        table = f"satchel-restored-{time.strftime('%Y%m%dT%H%M%S', point)}"
        restored_by_hand(stack, table, before)

        to = time.strftime("%Y-%m-%dT%H:%M:%SZ", point)
        result = satchel.json("restore", "--to", to, "--journal-wait", "3", "--erasure-wait", "3")
        reports = result["reports"]
        require(reports["journal"]["erased"] >= 1 and reports["files_restored"] >= 1, f"{reports}")
        require(parameter(stack, "TableName") == table, "the stack does not use the restored table")
        require(not users.sign_in(front.url, "lise"), "the erased account is back")
        require(users.me(front.url, token).status == 401, "a token from before is still valid")
        token = users.sign_in(front.url, "marie")
        url = users.request(f"{front.url}/api/download/{file}", token=token).json["url"]
        require(users.request(url).body == users.CONTENT, "the file is not back")
        settings = stack.client("dynamodb").describe_table(TableName=table)["Table"]
        require(settings["DeletionProtectionEnabled"] and settings["StreamSpecification"]["StreamEnabled"], f"{settings}")
        for function in ("ProcessUpload", "SweepLeftovers", "AuditStorage", "EraseAccount"):
            name = stack.resource(f"{function}Function")
            reserved = stack.client("lambda").get_function_concurrency(FunctionName=name)
            require("ReservedConcurrentExecutions" not in reserved, f"{function} is still stopped")
        require(not list(satchel.folder.glob("satchel-restore-*")), "the state is left")


def items(stack):
    """All records of the table."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    return [one for page in pages for one in page["Items"]]


def objects(stack, bucket):
    """The objects in a bucket."""
    return stack.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])


def restored_by_hand(stack, table, records):
    """Begins a restore of the table, and makes its records those of an earlier time."""
    client = stack.client("dynamodb")
    client.restore_table_to_point_in_time(
        SourceTableName=stack.outputs["TableName"], TargetTableName=table, UseLatestRestorableTime=True,
    )
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    for page in client.get_paginator("scan").paginate(TableName=table):
        for one in page["Items"]:
            client.delete_item(TableName=table, Key={"pk": one["pk"], "sk": one["sk"]})
    for one in records:
        client.put_item(TableName=table, Item=one)


def parameter(stack, name):
    """The value of a parameter of the stack."""
    description = stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]
    return {one["ParameterKey"]: one.get("ParameterValue") for one in description["Parameters"]}[name]


def check_teardown(report, satchel, stack):
    if not report.scenario(SCENARIOS[4]):
        return
    table = stack.outputs["TableName"]
    with report.check("teardown of everything needs the stack's name"):
        satchel("teardown", "--delete-everything", "--yes").exits(4).says("--confirm-name satchel")

    with report.check("teardown keeps the data by default, and says where it is"):
        kept = satchel.json("teardown")["kept"]
        require(table in kept["tables"] and len(kept["buckets"]) >= 2 and len(kept["secrets"]) >= 2, f"{kept}")
        require(stack.client("dynamodb").describe_table(TableName=table), "the table is gone")
        require(not stack.exists(), "the stack is still there")

    with report.check("teardown of a second stack deletes everything, and can be repeated"):
        other = type(stack)(stack.emulator, "other", stack.template, code=stack.code).deploy(**emulated(stack.emulator))
        bucket = other.resource("OriginalsBucket")
        other.client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")
        other.client("s3").put_object(Bucket=bucket, Key="a", Body=b"2")
        satchel("teardown", "--stack", "other", "--delete-everything", "--yes", "--confirm-name", "other").ok()
        buckets = [one["Name"] for one in other.client("s3").list_buckets()["Buckets"]]
        require(bucket not in buckets, "the bucket is left")
        tables = other.client("dynamodb").list_tables()["TableNames"]
        require(other.outputs["TableName"] not in tables, "the table is left")
        secrets = [one["Name"] for one in other.client("secretsmanager").list_secrets()["SecretList"]]
        ours = [name for name in secrets if "other" in name]
        require(not ours, f"secrets are left: {ours}")
        require(not list(satchel.folder.glob("satchel-teardown-*")), "the note is left")
        satchel("teardown", "--stack", "other", "--delete-everything", "--yes").exits(1).says("there is no stack other")
