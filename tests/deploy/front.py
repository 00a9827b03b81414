"""A door on the loopback interface to a distribution of the emulator.

The name of a distribution, such as `d111111abcdef8.cloudfront.net`, leads to AWS. So a client of the emulator has to
connect to ministack and say in headers which distribution it means, and that the viewer used HTTPS. This door does it
for any HTTP client. It also answers two paths of the local stack, so that the walk-through of README.md can run here:

- `/_local/mail?to=<address>`: the mails of SES, with links that lead to this door. Waits for the first mail.
- `/_local/settled`: answers when no upload waits to be processed.
"""

import contextlib
import http.client
import http.server
import json
import threading
import time
import urllib.parse

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}


class Front:
    """A running door to one stack."""

    def __init__(self, stack, host=None):
        """`host` is the name that the viewer would see, by default the distribution's."""
        if "Url" not in stack.outputs:
            raise ValueError(f"the stack {stack.name} was not deployed")
        self.stack = stack
        self.host = host or urllib.parse.urlsplit(stack.outputs["Url"]).netloc
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def send(self, method, path, headers, body):
        """Sends a request through the distribution, and returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.emulator.port, timeout=60)
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
        kept |= {"Host": self.host, "X-Forwarded-Proto": "https"}
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=kept)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def mails(self, address, seconds=20):
        """The mails to an address, as soon as there is one, with links that lead to this door."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.stack.emulator.internal("/_ministack/ses/messages")
            mails = [one for mails in answer["messages"].values() for one in mails if address in json.dumps(one)]
            if mails or time.monotonic() > deadline:
                # A link has no port, because API Gateway has none.
                return json.dumps(mails).replace(f"https://{self.host.split(':')[0]}", self.url)
            time.sleep(0.1)


def handler(front):
    """The request handler of a door."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_request(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            url = urllib.parse.urlsplit(self.path)
            if url.path == "/_local/mail":
                address = urllib.parse.parse_qs(url.query).get("to", [""])[0]
                self.answer(200, [("Content-Type", "application/json")], front.mails(address).encode())
            elif url.path == "/_local/settled":
                front.stack.wait_until_settled()
                self.answer(204, [], b"")
            else:
                self.answer(*front.send(self.command, self.path, self.headers, body))

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_request

        def answer(self, status, headers, body):
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler
