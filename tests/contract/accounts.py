"""The accounts of a run. Their password is that of the examples in openapi.yaml, so that the examples succeed."""

import itertools
import sys
import time
import uuid

import requests

PASSWORD = "correct horse battery"
# An access token lives fifteen minutes.
RENEW_AFTER = 600
# Whose limits leave room for every size that the contract allows.
TIER = {
    "name": "Contract",
    "thumbnail_sizes": [200],
    "link_to_original": True,
    "expiring_links": True,
    "max_link_seconds": None,
    "max_file_bytes": 5497558138880,
    "max_total_bytes": 9223372036854775807,
}


class Accounts:
    def __init__(self, api):
        self.api = api
        self.numbers = itertools.count()
        self.tokens = {}
        self.leaver = None
        self.kept = {}

    def send(self, method, path, access=None, **options):
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        response = requests.request(method, self.api + path, headers=headers, timeout=60, **options)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response

    def call(self, method, path, body=None, access=None):
        response = self.send(method, path, access, json=body)
        return response.json() if response.content else None

    def text(self, path):
        return self.send("GET", path).text

    def upload(self, path, files, access):
        return self.send("POST", path, access, files=files).json()["id"]

    def sign_up(self, name):
        return self.call("POST", "/api/users", {"username": name, "password": PASSWORD})["id"]

    def sign_up_by_mail(self):
        name = f"reader-{uuid.uuid4()}"
        self.call("POST", "/api/users", {"username": name, "password": PASSWORD, "email": f"{name}@example.com"})
        return name

    def sign_in(self, name):
        self.tokens[name] = (self.call("POST", "/api/token", {"username": name, "password": PASSWORD})["access"],
                             time.monotonic())
        return self.tokens[name][0]

    def access(self, name):
        access, since = self.tokens.get(name, (None, 0))
        return access if access and time.monotonic() - since < RENEW_AFTER else self.sign_in(name)

    def id_of(self, name):
        return self.call("GET", "/api/users/me", access=self.access(name))["id"]

    def new_tier(self, access):
        body = {**TIER, "name": f"Tier {uuid.uuid4()}"}
        return self.call("POST", "/api/account-tiers", body, access)["id"]

    def prepare(self):
        """Makes the accounts that all passes use: `ada` of the examples, `user`, and `staff`."""
        for name in ("ada", "user", "staff"):
            self.sign_up(name)
        self.call("POST", "/_local/invoke/grant-staff", {"username": "staff", "staff": True})
        tier = self.call("POST", "/api/account-tiers", TIER, self.access("staff"))
        for name in ("user", "staff"):
            self.call("PATCH", f"/api/users/{self.id_of(name)}", {"tier": tier["id"]}, self.access("staff"))

    def throw_away(self):
        """The access token of an account that nobody else needs."""
        if self.leaver is None:
            name = f"leaver-{next(self.numbers)}"
            self.sign_up(name)
            self.leaver = self.sign_in(name)
        return self.leaver

    def forget_throw_away(self):
        self.leaver = None

    def substitute(self, method, identifier):
        """Another id, where a request of staff would change the account or the tier of the run."""
        if not self.kept:
            me = self.call("GET", "/api/users/me", access=self.access("staff"))
            tiers = {tier["name"]: tier["id"] for tier in self.call("GET", "/api/account-tiers")}
            self.kept = {me["id"]: self.sign_up(f"subject-{uuid.uuid4()}"), tiers[me["tier"]]: tiers["Premium"]}
        return identifier if method == "GET" else self.kept.get(identifier, identifier)


if __name__ == "__main__":
    Accounts(sys.argv[1]).prepare()
