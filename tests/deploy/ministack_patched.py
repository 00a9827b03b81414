"""Runs ministack with the few patches that it needs, and prints a line for each.

Runs in ministack's own virtual environment, in a process of its own; see `emulator.py`. Each patch is a place where
ministack does less than AWS. Nothing else of it is changed.
"""

import ctypes
import json
import os
import re
import signal
import threading

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import cloudformation, cloudfront, dynamodb, lambda_svc, s3, secretsmanager
from ministack.services.cloudformation import provisioners

PR_SET_PDEATHSIG = 1
# Types that the template has or may have, and that ministack lacks.
UNKNOWN_TYPES = (
    "AWS::Logs::QueryDefinition", "AWS::Budgets::Budget", "AWS::CloudFront::PublicKey", "AWS::CloudFront::KeyGroup",
    "AWS::WAFv2::WebACLAssociation",
)


def end_with_parent():
    """Ends this process when its parent ends, also if the parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def dial_apis_behind_cloudfront():
    """CloudFront refuses API Gateway's hosts as origins: dial the emulator's API"""
    api_host = re.compile(r"([0-9a-f]{8})\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
    forward = cloudfront._forward_to_origin

    def forward_to_emulator(origin, method, uri, query_string, headers, *rest):
        api = api_host.fullmatch(origin["domain_name"].lower())
        if api:
            origin = {
                **origin,
                "domain_name": "127.0.0.1",
                "http_port": int(os.environ["GATEWAY_PORT"]),
                "protocol_policy": "http-only",
            }
            headers = {**headers, "host": f"{api[1]}.execute-api.{os.environ['MINISTACK_HOST']}"}
        return forward(origin, method, uri, query_string, headers, *rest)

    cloudfront._forward_to_origin = forward_to_emulator


def free_path_health():
    """/health of every host is answered by ministack: keep only /_ministack/health"""
    app._HEALTH_PATHS = ("/_ministack/health",)


def generate_secrets_as_described():
    """Secrets of a stack contain punctuation even with ExcludePunctuation: generate them as GetRandomPassword does"""
    declared = provisioners._sm_secret_string

    def secret_string(props):
        described = props.get("GenerateSecretString")
        if not described or props.get("SecretString"):
            return declared(props)
        _, _, body = secretsmanager._get_random_password(described)
        generated = json.loads(body)["RandomPassword"]
        if "SecretStringTemplate" not in described:
            return generated
        return json.dumps(json.loads(described["SecretStringTemplate"]) | {described["GenerateStringKey"]: generated})

    provisioners._sm_secret_string = secret_string


def name_resources_by_stack_id():
    """A stack's resources get the names that an earlier stack of this name had: take the names from the stack's id"""
    physical_name = provisioners._physical_name

    def name_by_stack_id(stack_name, logical_id, **options):
        stack = cloudformation._stacks.get(stack_name)
        seed = provisioners._NAME_SEED.get() + (stack["StackId"] if stack else "")
        token = provisioners._NAME_SEED.set(seed)
        try:
            return physical_name(stack_name, logical_id, **options)
        finally:
            provisioners._NAME_SEED.reset(token)

    provisioners._physical_name = name_by_stack_id


def finish_invocations_before_updates():
    """An update of a function kills it while it answers: let it answer first"""
    updating = threading.local()
    invalidate, release = lambda_runtime.invalidate_worker, lambda_runtime.release_worker
    kill = lambda_runtime.kill_workers

    def kill_idle(workers):
        busy = [one for one in workers if one.in_use] if getattr(updating, "now", False) else []
        for one in busy:
            one.retired = True
        kill([one for one in workers if one not in busy])

    def invalidate_idle(*arguments, **scope):
        updating.now = True
        try:
            invalidate(*arguments, **scope)
        finally:
            updating.now = False

    def release_retired(worker):
        release(worker)
        if getattr(worker, "retired", False):
            kill([worker])

    lambda_runtime.kill_workers = kill_idle
    for module in (lambda_runtime, lambda_svc):
        module.invalidate_worker = invalidate_idle
        module.release_worker = release_retired


def refuse_to_delete_data():
    """A stack's deletion removes protected tables and buckets that are not empty: refuse both"""
    handlers = provisioners._RESOURCE_HANDLERS
    delete_table = handlers["AWS::DynamoDB::Table"]["delete"]
    delete_bucket = handlers["AWS::S3::Bucket"]["delete"]

    def delete_unprotected_table(name, properties):
        if dynamodb._tables.get(name, {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"Resource handler returned message: Table '{name}' is protected against deletion")
        delete_table(name, properties)

    def delete_empty_bucket(name, properties):
        if s3._buckets.get(name, {}).get("objects"):
            raise ValueError(f"The bucket {name} you tried to delete is not empty")
        delete_bucket(name, properties)

    handlers["AWS::DynamoDB::Table"]["delete"] = delete_unprotected_table
    handlers["AWS::S3::Bucket"]["delete"] = delete_empty_bucket


def check_bucket_names():
    """CloudFormation accepts names of buckets that S3 refuses: refuse upper case, and more than 63 characters"""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create = handlers["create"]

    def create_with_valid_name(logical, properties, stack):
        name = properties.get("BucketName", "valid")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
            raise ValueError(f"Bucket name {name} is not valid: 3 to 63 lower-case letters, digits, dots and hyphens")
        return create(logical, properties, stack)

    handlers["create"] = create_with_valid_name


def refuse_cloudfront():
    """CloudFront accepts accounts that AWS has not verified: refuse them while the tests say so"""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::CloudFront::Distribution"]
    create = handlers["create"]

    def create_in_verified_account(*arguments):
        if os.path.exists(os.path.join(os.environ["HOME"], "cloudfront-unverified")):
            raise ValueError("Access denied for operation 'AWS::CloudFront::Distribution: Your account must be "
                             "verified before you can add new CloudFront resources.'")
        return create(*arguments)

    handlers["create"] = create_in_verified_account


def make_groups_of_records():
    """CloudFormation does not know AWS::Route53::RecordSetGroup: make its records one by one"""
    record = provisioners._RESOURCE_HANDLERS["AWS::Route53::RecordSet"]

    def records(properties):
        zone = {name: properties[name] for name in ("HostedZoneId", "HostedZoneName") if name in properties}
        return [zone | one for one in properties["RecordSets"]]

    def create(logical, properties, stack):
        for one in records(properties):
            record["create"](logical, one, stack)
        return f"{stack}-{logical}", {}

    def delete(_, properties):
        for one in records(properties):
            record["delete"]("", one)

    def update(physical, old, new, stack):
        delete(physical, old)
        create(physical, new, stack)
        return physical, {}

    provisioners._RESOURCE_HANDLERS["AWS::Route53::RecordSetGroup"] = {
        "create": create, "update": update, "delete": delete,
    }


def make_alarms_on_expressions():
    """CloudFormation refuses alarms on metric math: make them on the first metric of the expression"""
    record = provisioners._cw_metric_alarm_record

    def record_of_first_metric(name, properties):
        first = next((query["MetricStat"] for query in properties.get("Metrics", []) if "MetricStat" in query), None)
        if first:
            properties = {key: value for key, value in properties.items() if key != "Metrics"}
            properties |= first["Metric"] | {"Statistic": first["Stat"], "Period": first["Period"]}
        return record(name, properties)

    provisioners._cw_metric_alarm_record = record_of_first_metric


def accept_unknown_types():
    """Lets a template have types that ministack does not know; nothing is made for them."""
    for kind in UNKNOWN_TYPES:
        if kind not in provisioners._RESOURCE_HANDLERS:
            print(f"gap: CloudFormation does not know {kind}: accept it, and make nothing", flush=True)
            provisioners._RESOURCE_HANDLERS[kind] = {
                "create": lambda logical, _properties, stack: (f"{stack}-{logical}", {"Arn": f"{stack}-{logical}"}),
                "update": lambda physical, *_: (physical, {}),
                "delete": lambda *_: None,
            }


def main():
    end_with_parent()
    patches = (
        dial_apis_behind_cloudfront, free_path_health, generate_secrets_as_described, name_resources_by_stack_id,
        finish_invocations_before_updates, refuse_to_delete_data, check_bucket_names, refuse_cloudfront,
        make_groups_of_records, make_alarms_on_expressions,
    )
    for patch in patches:
        print(f"gap: {patch.__doc__}", flush=True)
        patch()
    accept_unknown_types()
    app.main()


main()
