"""Writes cases.txt: addresses, and whether Django's EmailValidator accepts them.

    python3 -m venv env && env/bin/pip install django==5.2.9 && env/bin/python cases.py > cases.txt

One case a line: `yes` or `no`, a tab, and the address as a JSON string.
"""

import json
import sys

from django.conf import settings

settings.configure(USE_I18N=False)

from django.core.exceptions import ValidationError  # noqa: E402
from django.core.validators import validate_email  # noqa: E402

LOCAL_PARTS = [
    "ada", "Ada.Lovelace", "ada+satchel", "o'hara", "!#$%&'*+/=?^_`{}|~-", "1", "-", "a.b.c", ".ada", "ada.", "a..b", "",
    "a b", "a\tb", "a,b", "a;b", "a:b", "a(b)", "a[b]", "a<b", "a>b", "a\\b", "a\"b", "\"a\"", "\"\"", "\"a b\"",
    "\"a\\ b\"", "\"a\\\"b\"", "\"a\"b\"", "\"a\\\"", "\"a@b\"", "\"a,b\"", "\"a<b>\"", "\"a\\\\\"", "\"a\nb\"",
    "\"a\\\nb\"", "\"a\rb\"", "\"a\\\tb\"", "\"a\tb\"", "\"\x01\x08\x0b\x0c\x0e\x1f\x7f\"", "\"\x00\"", "\"a\"\"", "\"",
    "a@b", "x" * 64, "x" * 65, "x" * 250,
]
DOMAINS = [
    "example.com", "EXAMPLE.COM", "mail.example.co.uk", "a.b.c.d.example", "1.com", "1-2.com", "exa-mple.com",
    "exa--mple.com", "-example.com", "example-.com", "a.-b.com", "a.b-.com", "example.-com", "example.com-", "exa_mple.com",
    "example", "example.", "example.com.", ".example.com", "example..com", "", "localhost", "LOCALHOST", "localhost.", "x.c",
    "x.co", "x.c1", "x.12", "x.c-m", "x.--", "x." + "c" * 63, "x." + "c" * 64, "l" * 63 + ".com", "l" * 64 + ".com",
    "a." + "l" * 63 + ".com", "a." + "l" * 64 + ".com", "xn--bcher-kva.example", "example.xn--p1ai", "example.XN--P1AI",
    "example.xn--gteborg-90a", "example.xn--" + "a" * 59, "example.xn--" + "a" * 60, "example.xn--", "exa mple.com",
    "example.com ", "example.com\n", "exam\tple.com", "exa\x00mple.com", "exa/mple.com", "exa:mple.com", "example.com:25",
    "exa'mple.com", "exa,mple.com", "b\u00fccher.example", "B\u00dcCHER.example", "bu\u0308cher.example",
    "stra\u00dfe.example", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u4f8b\u3048.\u30c6\u30b9\u30c8",
    "example.k\u00f6ln", "example.\u00fc", "exa\u3002mple.com", "example\u3002com", "\uff45xample.com", "example.\uff43om",
    "exa\u00a0mple.com", "\u00a1.com", "\U0001d4d0.com", "\U0001f600.com", "caf\u00e9.com", "exam\u00adple.com",
    "[127.0.0.1]", "[256.0.0.1]", "[127.0.0]", "[127.0.0.01]", "[1.2.3.4", "1.2.3.4", "[::1]", "[::FFFF:1.2.3.4]",
    "[fe80::1%eth0]", "[1::2::3]", "[2001:db8:0:0:0:0:0:1]", "[2001:0db8:0000:0000:0000:0000:255.255.255.255]",
    "[0000:0000:0000:0000:0000:ffff:255.255.255.255]", "[12345::]", "[]", "[IPv6:::1]", "[127.0.0.1].com", "[abc]",
]


def takes(address):
    try:
        validate_email(address)
    except ValidationError:
        return "no"
    return "yes"


def cases():
    yield from (f"{local}@example.com" for local in LOCAL_PARTS)
    yield from (f"ada@{domain}" for domain in DOMAINS)
    yield from ("ada", "@", "", "ada@@example.com", "ada@example.com@example.org", " ada@example.com", "ada @example.com",
                "Ada <ada@example.com>", "mailto:ada@example.com", "ada@example.com\nBcc: eve@example.com")
    # The longest address has 320 characters.
    filler = ".".join(["l" * 63] * 3) + "."
    yield "x" * 64 + "@" + filler + "l" * 59 + ".com"
    yield "x" * 65 + "@" + filler + "l" * 59 + ".com"
    # The letters that Python's IGNORECASE treats as ASCII ones.
    yield from (f"{letter}ate@example.com" for letter in "\u212a\u017f\u0130\u0131\u00fc\uff41")


for address in cases():
    sys.stdout.write(f"{takes(address)}\t{json.dumps(address)}\n")
