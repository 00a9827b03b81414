"""A client of a deployment, for the checks that the walk-through of README.md does not make.

```
with Front(stack) as front:
    ada = Client(front).sign_up("ada")
    file = ada.upload("notes.txt", b"some text")
    assert ada.download(file) == b"some text"
```
"""

import json
import time
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"


class ClientError(Exception):
    """A response with another status than expected."""


class Client:
    """A user of a deployment."""

    def __init__(self, front):
        self.front = front
        self.access = None

    def request(self, method, path, body=None, expected=(200, 201, 202, 204)):
        """Sends JSON, and returns the JSON of the response."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.access:
            headers["Authorization"] = f"Bearer {self.access}"
        payload = json.dumps(body).encode() if body is not None else None
        status, _, answer = self.front.send(method, path, headers, payload)
        if status not in expected:
            raise ClientError(f"{method} {path}: {status} {answer[:300].decode(errors='replace')}")
        return json.loads(answer) if answer else None

    def sign_up(self, name):
        """Makes an account without an address, and signs in."""
        self.request("POST", "/api/users", {"username": name, "password": PASSWORD})
        return self.sign_in(name)

    def sign_in(self, name):
        """Signs in, and keeps the access token."""
        self.access = self.request("POST", "/api/token", {"username": name, "password": PASSWORD})["access"]
        return self

    def upload(self, name, content, content_type="text/plain", seconds=30):
        """Announces a file, sends its bytes to S3, and returns its id when it is ready, within `seconds`."""
        announced = self.request(
            "POST", "/api/files", {"filename": name, "content_type": content_type, "size": len(content)},
        )
        headers = {"Content-Type": content_type, "If-None-Match": "*"}
        put = urllib.request.Request(announced["upload"]["url"], data=content, method="PUT", headers=headers)
        with urllib.request.urlopen(put, timeout=30) as response:
            response.read()
        deadline = time.monotonic() + seconds
        while True:
            file = self.request("GET", f"/api/files/{announced['id']}")
            if file["status"] != "pending" or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        if file["status"] != "ready":
            raise ClientError(f"the file {name} is {file['status']}: {file.get('reason')}")
        return announced["id"]

    def download(self, file):
        """The bytes of a file, from the URL to which the service redirects."""
        headers = {"Authorization": f"Bearer {self.access}"}
        status, answered, body = self.front.send("GET", f"/api/download/{file}", headers, None)
        location = {name.lower(): value for name, value in answered}.get("location")
        if not location:
            raise ClientError(f"no redirection to the content: {status} {body[:300]}")
        with urllib.request.urlopen(location, timeout=30) as response:
            return response.read()
