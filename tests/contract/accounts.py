"""The accounts of a run. Their password is that of the examples in openapi.yaml, so that the examples succeed."""

import itertools
import sys

import requests

PASSWORD = "correct horse battery"
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
        self.leaver = None
        self.kept = {}

    def call(self, method, path, body=None, access=None):
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        response = requests.request(method, self.api + path, json=body, headers=headers, timeout=60)
        response.raise_for_status()
        return response.json() if response.content else None

    def sign_up(self, name):
        return self.call("POST", "/api/users", {"username": name, "password": PASSWORD})["id"]

    def sign_in(self, name):
        return self.call("POST", "/api/token", {"username": name, "password": PASSWORD})["access"]

    def prepare(self):
        """Makes the accounts that all passes use: `ada` of the examples, `user`, and `staff`."""
        for name in ("ada", "user", "staff"):
            self.sign_up(name)
        self.call("POST", "/_local/invoke/grant-staff", {"username": "staff", "staff": True})
        access = self.sign_in("staff")
        tier = self.call("POST", "/api/account-tiers", TIER, access)
        for name in ("user", "staff"):
            account = self.call("GET", f"/api/users?username={name}", access=access)["results"][0]
            self.call("PATCH", f"/api/users/{account['id']}", {"tier": tier["id"]}, access)

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
            access = self.sign_in("staff")
            me = self.call("GET", "/api/users/me", access=access)
            ada = self.call("GET", "/api/users?username=ada", access=access)["results"][0]
            tiers = {tier["name"]: tier["id"] for tier in self.call("GET", "/api/account-tiers")}
            self.kept = {me["id"]: ada["id"], tiers[me["tier"]]: tiers["Premium"]}
        return identifier if method == "GET" else self.kept.get(identifier, identifier)


if __name__ == "__main__":
    Accounts(sys.argv[1]).prepare()
