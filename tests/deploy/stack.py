"""Deploys, updates and deletes stacks in the emulator, with the calls that `sam deploy` makes.

```
stack = Stack(emulator, "satchel", template.load())
stack.deploy(MailFrom="no-reply@example.com")
stack.outputs["Url"]
stack.delete()
```
"""

import hashlib
import json
import pathlib
import time

import botocore.exceptions

import template as templates
from emulator import ACCOUNT, REGION


class StackError(Exception):
    """A deployment or deletion that failed, with the reasons that CloudFormation gives."""


class Stack:
    """A stack of Satchel's template in one region of the emulator."""

    def __init__(self, emulator, name, template, binaries=templates.BINARIES, region=REGION, code=None):
        """`code` returns the deployment package of a function by its name, by default that of its binary."""
        self.emulator = emulator
        self.name = name
        self.template = template
        if code is None:
            templates.check_binaries(template, binaries)
            folder = pathlib.Path(binaries).resolve()
            code = lambda name: templates.code(folder / name)
        self.code = code
        self.region = region
        self.parameters = {}
        self.outputs = {}

    def client(self, service):
        """A client of boto3 for the region of the stack."""
        return self.emulator.client(service, self.region)

    def deploy(self, **parameters):
        """Creates or updates the stack; parameters that are not given keep their values, as with `sam deploy`."""
        self.parameters |= {name: str(value) for name, value in parameters.items()}
        formation = self.client("cloudformation")
        update = self.exists()
        previous = self.previous_values() if update else {}
        self.parameters = previous | self.parameters
        self.verify_sender()
        transformed = self.transformed(self.upload_code())
        change = formation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"change-{time.time_ns()}",
            ChangeSetType="UPDATE" if update else "CREATE",
            TemplateURL=self.upload_template(transformed),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.values().items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        description = self.wait(
            lambda: formation.describe_change_set(ChangeSetName=change["Id"]), lambda one: one["Status"], "change set",
        )
        if description["Status"] != "CREATE_COMPLETE":
            reason = description.get("StatusReason", "")
            formation.delete_change_set(ChangeSetName=change["Id"])
            if not (update and "didn't contain changes" in reason):
                raise StackError(f"change set {description['Status']}: {reason}")
        else:
            formation.execute_change_set(ChangeSetName=change["Id"])
        final = self.settled()
        if final["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise StackError(f"{final['StackStatus']}: {self.reasons(final['StackId'])}")
        self.make_routes(transformed)
        return self.read()

    def read(self):
        """Reads the outputs of the deployed stack."""
        stack = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
        return self

    def delete(self):
        """Deletes the stack, and fails if a resource refuses it."""
        formation = self.client("cloudformation")
        stack_id = formation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        formation.delete_stack(StackName=self.name)
        final = self.settled(stack_id)
        if final["StackStatus"] != "DELETE_COMPLETE":
            raise StackError(f"{final['StackStatus']}: {self.reasons(stack_id)}")

    def exists(self):
        """Whether CloudFormation has the stack. A failed first deployment leaves one that can only be deleted."""
        try:
            status = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
        except botocore.exceptions.ClientError:
            return False
        if status == "ROLLBACK_COMPLETE":
            # `sam deploy` deletes such a stack, after asking.
            self.delete()
            return False
        return status != "REVIEW_IN_PROGRESS"

    def previous_values(self):
        """The parameters of the deployed stack."""
        stack = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}

    def resource(self, logical):
        """The physical id of a resource."""
        answer = self.client("cloudformation").describe_stack_resource(StackName=self.name, LogicalResourceId=logical)
        return answer["StackResourceDetail"]["PhysicalResourceId"]

    def resources(self):
        """Each resource of the stack, as CloudFormation describes it."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [one for page in pages for one in page["StackResourceSummaries"]]

    def events(self, stack_id=None):
        """The events of the stack, the newest first."""
        pages = self.client("cloudformation").get_paginator("describe_stack_events")
        return [one for page in pages.paginate(StackName=stack_id or self.name) for one in page["StackEvents"]]

    def reasons(self, stack_id=None):
        """Why resources failed in the last operation, in one line."""
        failed = []
        for one in self.events(stack_id):
            if one["ResourceStatus"].endswith("_FAILED"):
                failed.append(f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}")
            start = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
            if one["LogicalResourceId"] == self.name and one["ResourceStatus"] in start:
                break
        invalid = self.client("cloudformation").describe_events(StackName=stack_id or self.name)["OperationEvents"]
        failed += [
            f"{one['LogicalResourceId']}: {one['ValidationStatusReason']}"
            for one in invalid if one.get("ValidationStatus") == "FAILED"
        ]
        return "; ".join(reversed(failed))

    def values(self):
        """The parameters of the next deployment that the template knows."""
        known = self.template.get("Parameters", {})
        defaults = {"Architecture": templates.architecture()}
        if "MailFrom" in known:
            defaults["MailFrom"] = "no-reply@example.com"
        # The template sets these for each function, so functions cannot inherit them from the emulator. The second one
        # is of the template before the first one, from which a test upgrades.
        defaults["AwsEndpoint"] = defaults["DynamoDbEndpoint"] = self.emulator.url
        return {name: value for name, value in (defaults | self.parameters).items() if name in known}

    def transformed(self, uris=None):
        """The template after the SAM transform, as CloudFormation deploys it."""
        return templates.transformed(self.template, self.values(), uris)

    def upload_code(self):
        """Uploads the code as `sam package` does, under its hash, and returns the URI for each function."""
        s3 = self.client("s3")
        bucket = templates.code_bucket(self.region)
        if bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": self.region})
        uris = {}
        for binary in templates.functions(self.template).values():
            package = self.code(binary)
            key = hashlib.sha256(package).hexdigest()
            s3.put_object(Bucket=bucket, Key=key, Body=package)
            uris[binary] = f"s3://{bucket}/{key}"
        return uris

    def upload_template(self, transformed):
        """Uploads a template, and returns its URL."""
        bucket, key = templates.code_bucket(self.region), f"{self.name}.template"
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(transformed).encode())
        return f"{self.emulator.url}/{bucket}/{key}"

    def verify_sender(self):
        """Verifies the domain of the sender in SES, as an operator does before the first deployment."""
        sender = self.values().get("MailFrom")
        if sender:
            self.client("ses").verify_domain_identity(Domain=sender.split("@")[-1])

    def settled(self, stack_id=None):
        """The stack when its operation has ended."""
        formation = self.client("cloudformation")
        return self.wait(
            lambda: formation.describe_stacks(StackName=stack_id or self.name)["Stacks"][0],
            lambda one: one["StackStatus"], "stack",
        )

    def wait(self, describe, status, what, seconds=300):
        """Repeats `describe` until its status is final."""
        deadline = time.monotonic() + seconds
        while True:
            description = describe()
            if not status(description).endswith(("_PENDING", "_IN_PROGRESS")):
                return description
            if time.monotonic() > deadline:
                raise StackError(f"the {what} of {self.name} is {status(description)} after {seconds} s")
            time.sleep(0.1)

    def logged_errors(self):
        """The lines with the level ERROR in the log group of the functions."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=self.resource("LogGroup"))
        lines = [one["message"] for page in pages for one in page["events"]]
        return [line for line in lines if '"level":"ERROR"' in line]

    def wait_until_settled(self, seconds=30):
        """Waits until no announced upload waits for its bytes or for the function that checks them."""
        table = self.client("dynamodb")
        deadline = time.monotonic() + seconds
        while True:
            pages = table.get_paginator("scan").paginate(TableName=self.outputs["TableName"], ConsistentRead=True)
            items = [one for page in pages for one in page["Items"]]
            if not any(one.get("status", {}).get("S") == "pending" for one in items):
                return
            if time.monotonic() > deadline:
                raise StackError(f"uploads of {self.name} were not processed within {seconds} s")
            time.sleep(0.1)

    def make_routes(self, transformed):
        """Makes the routes of the API from its `Body`, which ministack ignores."""
        (logical, api), = [
            (name, one["Properties"]) for name, one in transformed["Resources"].items()
            if one["Type"] == "AWS::ApiGatewayV2::Api"
        ]
        gateway = self.client("apigatewayv2")
        api_id = self.resource(logical)
        known = {one["RouteKey"] for one in gateway.get_routes(ApiId=api_id)["Items"]}
        names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in self.resources()}
        integrations = gateway.get_integrations(ApiId=api_id)["Items"]
        targets = {one["IntegrationUri"]: one["IntegrationId"] for one in integrations}
        for path, methods in api["Body"]["paths"].items():
            for method, operation in methods.items():
                key = f"{method.upper()} {path}"
                integration = operation.get("x-amazon-apigateway-integration")
                if integration is None or key in known:
                    continue
                # The integration's URI names the function as `${CreateUserFunction.Arn}`.
                function = json.dumps(integration["uri"]).split("${")[-1].split(".Arn}")[0]
                arn = f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{names[function]}"
                if arn not in targets:
                    targets[arn] = gateway.create_integration(
                        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0",
                    )["IntegrationId"]
                gateway.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{targets[arn]}")
