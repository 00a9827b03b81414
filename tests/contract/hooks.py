"""What schemathesis has to know about Satchel: who calls, which records a run must keep, and what no schema can say."""

import os
import re
import uuid

import schemathesis
from accounts import Accounts
from excuses import excused
from hypothesis import strategies
from records import Records

API = os.environ["CONTRACT_API"]
# nobody, user, staff, or leaver: a user whose requests may end the session or the account.
CALLER = os.environ["CONTRACT_CALLER"]
IMAGES = os.environ["CONTRACT_IMAGES"]

EXAMPLE_KEY = "6f0c9b1e-6a43-4f4e-9a39-0d7c0c6a2f11"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

accounts = Accounts(API)


if CALLER in ("user", "staff"):

    @schemathesis.auth(refresh_interval=600)
    class Session:
        """Signs in, again after ten minutes and after a 401. An access token lives fifteen."""

        def get(self, case, context):
            return accounts.sign_in(CALLER)

        def set(self, case, access, context):
            case.headers["Authorization"] = f"Bearer {access}"


if CALLER == "leaver":

    @schemathesis.auth(refresh_interval=None)
    class ThrowAway:
        """A new account after each request that ended a session or an account."""

        def get(self, case, context):
            return accounts.throw_away()

        def set(self, case, access, context):
            case.headers["Authorization"] = f"Bearer {access}"


def read(name):
    with open(os.path.join(IMAGES, name), "rb") as image:
        return image.read()


# Random bytes are never an image, so forms would only be refused.
for media_type, name in [("image/png", "one_pixel.png"), ("image/gif", "animated.gif")]:
    schemathesis.openapi.media_type(media_type, strategies.just(read(name)))


records = Records(accounts, CALLER, read("one_pixel.png"))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Says "one of two parts" as schemathesis can read it. It fails on `not`, and openapi-typescript on `anyOf`."""
    for schema in raw_schema["components"]["schemas"].values():
        parts = schema.get("not", {}).get("properties")
        if parts:
            del schema["not"]
            schema["anyOf"] = [{"required": [part]} for part in parts]


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path_parameters:
        records.fill(case.operation.path, case.path_parameters)
    if CALLER == "staff" and case.path_parameters:
        # Staff neither close the account of the run nor change its tier.
        for name, value in case.path_parameters.items():
            case.path_parameters[name] = accounts.substitute(case.method, value)
    if case.headers.get("Idempotency-Key") == EXAMPLE_KEY:
        # Each request that has the key of the examples is another request.
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        # Names of parts are text of a header, which has no control characters.
        case.body = {name: value for name, value in case.body.items() if not CONTROL.search(name)}


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code == 404 or case.method != "GET" and response.status_code < 400:
        records.gone(case.operation.path)
    if CALLER == "leaver" and case.method != "GET" and response.status_code < 300:
        accounts.forget_throw_away()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    return not excused(failure, case, response, CALLER)
