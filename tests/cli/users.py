"""Users of a deployment, by its API."""

import json
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"
CONTENT = b"hello"


class Answer:
    """A response of the API."""

    def __init__(self, status, body):
        self.status = status
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


def request(url, body=None, token=None, method=None, form=False):
    """Sends a request; an error is an answer too."""
    data = None
    headers = {"Accept": "application/json"}
    if body is not None:
        data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    asked = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read())


def sign_up(url, name, email=None):
    """Creates an account."""
    body = {"username": name, "password": PASSWORD} | ({"email": email} if email else {})
    answer = request(f"{url}/api/users", body)
    if answer.status != 201:
        raise RuntimeError(f"sign-up of {name}: {answer.status} {answer.body}")


def sign_in(url, name, password=PASSWORD):
    """Signs in. Returns the access token, or None if that is refused."""
    answer = request(f"{url}/api/token", {"username": name, "password": password}, form=True)
    return answer.json["access"] if answer.status == 200 else None


def me(url, token):
    """The account of a token."""
    return request(f"{url}/api/users/me", token=token)


def upload(url, token):
    """Uploads a small file by a form. Returns its id."""
    boundary = "satchel-cli"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    body = head.encode() + b"Content-Type: text/plain\r\n\r\n" + CONTENT + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={boundary}"}
    asked = urllib.request.Request(f"{url}/api/files", data=body, headers=headers)
    with urllib.request.urlopen(asked, timeout=60) as response:
        return json.load(response)["id"]
