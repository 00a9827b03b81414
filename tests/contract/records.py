"""Records that exist, for requests with the ids of the examples in openapi.yaml.

Most requests of the coverage phase have these ids, and would reach nothing but 404.
"""

import re
import time
import uuid

from accounts import PASSWORD

# The ids of the examples, and what they stand for.
EXAMPLE = re.compile(r"019c[ef][0-9a-f]{3}-.*|basic|Xq2fJ0m3.*|b7Hk2mZx.*")
MAILS = 40
LINKS = [{}, {"password": PASSWORD}, {"max_downloads": 100}]


class Records:
    def __init__(self, accounts, caller, image):
        self.accounts = accounts
        self.caller = caller
        self.image = image
        self.made = {}
        self.subjects = {}
        self.opened = 0
        self.mails = 0

    def fill(self, template, parameters):
        """Replaces the ids of examples in the path parameters of a request."""
        for name, value in list(parameters.items()):
            if isinstance(value, str) and EXAMPLE.fullmatch(value):
                parameters[name] = self.find(template, name) or value

    def gone(self, template):
        """Forgets the records of a path, because a request deleted or used one."""
        for key in [key for key in self.made if key[0] == template]:
            del self.made[key]

    def find(self, template, name):
        if (template, name) not in self.made:
            maker = self.maker(template, name)
            if maker is None:
                return None
            self.made[template, name] = maker()
        return self.made[template, name]

    def maker(self, template, name):
        if template == "/s/{token}":
            return self.share
        if name == "token":
            page = template.split("/")[-2]
            return self.mail(page)
        if self.caller not in ("user", "staff"):
            return None
        if name == "link_id":
            return lambda: self.link(template)
        if template.startswith("/api/users/"):
            return (lambda: self.of_user(template, name)) if self.caller == "staff" else None
        if template.endswith(("/parts", "/complete")):
            return self.awaiting_parts
        makers = {"files": self.file, "download": self.file, "images": self.picture, "resource": self.resource}
        if self.caller == "staff":
            makers["account-tiers"] = self.tier
        return makers.get(template.split("/")[2])

    def of_user(self, template, name):
        """A new account each time, because staff close it; and what belongs to the account."""
        if name == "id":
            self.subjects[template] = f"subject-{uuid.uuid4()}"
            return self.accounts.sign_up(self.subjects[template])
        self.find(template, "id")
        return {"file_id": self.file, "image_id": self.picture}[name](self.subjects[template])

    def access(self, owner=None):
        return self.accounts.access(owner or ("user" if self.caller == "nobody" else self.caller))

    def file(self, owner=None):
        return self.accounts.upload("/api/files", {"file": ("fox.txt", b"The quick brown fox.")}, self.access(owner))

    def awaiting_parts(self):
        film = {"filename": "film.mp4", "content_type": "video/mp4", "size": 104857601}
        return self.accounts.call("POST", "/api/files", film, self.access())["id"]

    def picture(self, owner=None):
        return self.accounts.upload("/api/images", {"image": ("dot.png", self.image)}, self.access(owner))

    def resource(self):
        return self.accounts.call("POST", "/api/resource", {"field1": "a", "field2": "b"}, self.access())["id"]

    def tier(self):
        return self.accounts.new_tier(self.access())

    def link(self, template):
        path = template.removesuffix("/{link_id}").replace("{id}", self.find(template, "id"))
        return self.accounts.call("POST", path, {}, self.access())["id"]

    def share(self):
        """A link without a password, one with a password and one with a limit in turn."""
        self.opened += 1
        path = f"/api/files/{self.file()}/links"
        link = self.accounts.call("POST", path, LINKS[self.opened % len(LINKS)], self.access())
        return link["url"].rpartition("/")[2]

    def mail(self, page):
        """A token for the page. Mails take a second each, and a caller makes no difference."""
        if self.caller != "nobody" or self.mails == MAILS:
            return None
        self.mails += 1
        return {"verify-email": self.verification, "password-reset": self.reset}[page]

    def verification(self):
        return self.mailed(self.accounts.sign_up_by_mail(), "verify-email")

    def reset(self):
        name = self.accounts.sign_up_by_mail()
        self.accounts.call("POST", f"/api/verify-email/{self.mailed(name, 'verify-email')}")
        # The interval between two mails to one address.
        time.sleep(1.1)
        self.accounts.call("POST", "/api/user/password-reset", {"email": f"{name}@example.com"})
        return self.mailed(name, "password-reset")

    def mailed(self, name, page):
        for _ in range(100):
            text = self.accounts.text(f"/_local/mail?to={name}@example.com")
            found = re.findall(rf"{page}/([A-Za-z0-9_-]+)", text)
            if found:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError(f"no mail to {name} with a link to {page}")
