"""Signs up, uploads the given files, lists and shares them, and signs out.

Usage: python first_steps.py http://127.0.0.1:3000 photo.jpg film.mp4
"""

import re
import sys
import time
from pathlib import Path

import httpx
from satchel import expect, files, sign_in, upload
from satchel_api import Client
from satchel_api.api.accounts import create_user
from satchel_api.api.share_links import create_file_link
from satchel_api.api.tokens_and_sign_in import logout_user
from satchel_api.models import CreatedShareLink, Message, NewAccount, NewShareLink, SignUp


def verification_link(address: str) -> str:
    """The local stack shows the mails that it would have sent."""
    while True:
        mails = httpx.get(f"{api}/_local/mail", params={"to": address}).text
        if link := re.search(r'http[^\\"\s<]*/verify-email/[\w-]+', mails):
            return link[0]
        time.sleep(0.1)


api, *names = sys.argv[1:]
username, password = f"hedy-{time.time_ns()}", "correct horse battery"
sign_up = SignUp(username, password, f"{username}@example.com")
expect(NewAccount, create_user.sync(client=Client(api), body=sign_up))
# The owner of the address opens the link in the mail and presses the button. The button sends this POST.
httpx.post(verification_link(f"{username}@example.com")).raise_for_status()

satchel = sign_in(api, username, password)
paths: dict[str, Path] = {}
for path in map(Path, names):
    paths[upload(satchel, path, lambda sent, size: print(f"{path}: {100 * sent // size} %", end="\r")).id] = path
    print()

for file in files(satchel, limit=1):
    new_link = create_file_link.sync(file.id, client=satchel, body=NewShareLink(expires_in=3600))
    link = expect(CreatedShareLink, new_link)
    # Everyone who has the URL of the link gets the file, without an account.
    received = httpx.get(link.url, follow_redirects=True).raise_for_status().content
    assert received == paths.pop(file.id).read_bytes()
    print(f"{file.filename}: {link.url}")
assert not paths

expect(Message, logout_user.sync(client=satchel))
