"""Runs ministack with the few patches that it needs, and prints a line for each.

Runs in ministack's own virtual environment, in a process of its own; see `emulator.py`. Each patch is a place where
ministack does less than AWS. Nothing else of it is changed.
"""

import ctypes
import json
import os
import re
import signal

from ministack import app
from ministack.services import cloudformation, cloudfront, secretsmanager
from ministack.services.cloudformation import provisioners

PR_SET_PDEATHSIG = 1


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


def main():
    end_with_parent()
    patches = (
        dial_apis_behind_cloudfront, free_path_health, generate_secrets_as_described, name_resources_by_stack_id,
    )
    for patch in patches:
        print(f"gap: {patch.__doc__}", flush=True)
        patch()
    app.main()


main()
