"""The kinds of requests whose cost run.py computes, as a user sends them."""

import dataclasses
import itertools
import json
import time
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"


@dataclasses.dataclass
class Kind:
    """A thing that users do. `send` does it once."""

    name: str
    send: object
    requests: int = 1
    """Requests to the API."""
    puts: int = 0
    """Requests to S3 by a signed URL, with the higher price."""
    gets: int = 0
    """Requests to S3 by a signed URL, with the lower price."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def send(method, url, body=None, headers=None, form=None):
    """Sends a request. Returns its JSON, or its Location."""
    headers = dict(headers or {})
    data = None
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    elif isinstance(body, bytes):
        data = body
    elif body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with OPENER.open(request, timeout=60) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        if error.code in (302, 303):
            return {"location": error.headers["Location"]}
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error
    return json.loads(text) if text[:1] in (b"{", b"[") else {}


def get(url, headers=None):
    return send("GET", url, headers=headers)


def settle(stack):
    """Waits until no function works any more: table streams and S3 events have been handled."""
    before = None
    while before != (before := {name: round(seconds, 3) for name, seconds in stack.processor_seconds().items()}):
        time.sleep(1)


def kinds(api, root):
    """Everything to measure, over the stack at `api`. Makes the accounts and files that it needs."""
    names = (f"user{number}" for number in itertools.count())

    def sign_up(email=None):
        name = next(names)
        account = {"username": name, "password": PASSWORD}
        if email:
            account["email"] = f"{name}@example.com"
        send("POST", f"{api}/api/users", account)
        return name

    def sign_in(name):
        return send("POST", f"{api}/api/token", {"username": name, "password": PASSWORD})

    ada = sign_up()
    tokens = sign_in(ada)
    caller = {"Authorization": f"Bearer {tokens['access']}"}
    photo = (root / "shared/images/tests/fixtures/photo.jpg").read_bytes()

    def upload():
        announced = send("POST", f"{api}/api/images",
                         {"filename": "photo.jpg", "content_type": "image/jpeg", "size": len(photo)}, caller)
        send("PUT", announced["upload"]["url"], photo, announced["upload"]["headers"])
        return announced["id"]

    def upload_and_see():
        image = upload()
        while get(f"{api}/api/images/{image}", caller)["status"] != "ready":
            time.sleep(0.2)
        return image

    image = upload_and_see()
    for _ in range(19):
        upload()
    body = b"The quick brown fox.\n" * 50
    announced = send("POST", f"{api}/api/files",
                     {"filename": "fox.txt", "content_type": "text/plain", "size": len(body)}, caller)
    send("PUT", announced["upload"]["url"], body, announced["upload"]["headers"])
    file = announced["id"]
    while get(f"{api}/api/files/{file}", caller)["status"] != "ready":
        time.sleep(0.2)

    return [
        Kind("reads of the caller's account", lambda: get(f"{api}/api/users/me", caller)),
        Kind("reads of a file", lambda: get(f"{api}/api/files/{file}", caller)),
        Kind("lists of 20 images", lambda: get(f"{api}/api/images?limit=20", caller)),
        Kind("downloads (302, and GET from S3)", lambda: get(f"{api}/api/download/{file}", caller), gets=1),
        Kind("thumbnails (302, and GET from S3)", lambda: get(f"{api}/api/images/{image}/thumbnail?size=200", caller), gets=1),
        Kind("token checks", lambda: send("POST", f"{api}/api/token/verify", {"token": tokens["access"]})),
        Kind("sign-ins", lambda: sign_in(ada)),
        Kind("sign-ups with an address (and a mail)", lambda: sign_up(email=True)),
        Kind("photos uploaded (announce, PUT, two thumbnails)", upload, puts=1),
        Kind("unknown paths", lambda: unknown(api)),
    ]


def unknown(api):
    """API Gateway answers this itself."""
    try:
        get(f"{api}/no-such-path")
    except RuntimeError:
        pass
