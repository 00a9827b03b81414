"""DynamoDB and Secrets Manager over TLS with a round trip, answering from a few records."""
import json
import queue
import socket
import ssl
import threading
import time
import zlib

# RFC 8037, appendix A: a key that everybody knows.
KID = "current"
PUBLIC_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
PRIVATE_KEY = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"

# The records of shared/testing.
USER, SESSION, FILE, VERSION = (f"019ce36f-2530-7000-8000-00000000000{number}" for number in (1, 2, 3, 5))
CREATED = "2026-03-12T19:03:58Z"
# What argon2-cffi 25.1 made of the password in events/create-token.json.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$aiQe0eZOcqluf9w8O1/wjA$jfg7mmbu6p1MCDPHJwBGnO7sUQlroHOcohcn93116q8")
RECORDS = [
    {"pk": f"USER#{USER}", "sk": "USER", "id": USER, "username": "ada", "email": "ada@example.com",
     "email_verified": True, "tier": "basic", "is_staff": False, "is_active": True, "auth_epoch": 3, "used_bytes": 90,
     "resource_count": 7, "created_at": CREATED},
    {"pk": f"USER#{USER}", "sk": f"SESSION#{SESSION}", "id": SESSION, "user_id": USER, "auth_epoch": 3,
     "created_at": CREATED, "last_used_at": CREATED, "expires_at": "3000-01-01T00:00:00Z", "user_agent": None,
     "refresh": None},
    {"pk": "NAME#ada", "sk": "LOGIN", "user_id": USER, "password_hash": PASSWORD_HASH, "auth_epoch": 3, "is_active": True,
     "awaits_verification": False},
    {"pk": f"OWNER#{USER}", "sk": f"FILE#{FILE}", "id": FILE, "owner": USER, "kind": "file", "version": VERSION,
     "title": "A title", "filename": "notes.txt", "content_type": "text/plain", "size": 21, "sha256": None,
     "visibility": "private", "uploaded_by": "ada", "status": "ready", "reason": None, "created_at": CREATED,
     "updated_at": CREATED, "pending_until": CREATED, "upload_until": CREATED, "multipart": None, "replacement": None,
     "old_versions": [], "sequencer": None, "picture": None, "revision": 7},
]


def attribute(value):
    match value:
        case None: return {"NULL": True}
        case bool(): return {"BOOL": value}
        case int(): return {"N": str(value)}
        case str(): return {"S": value}
        case list(): return {"L": [attribute(each) for each in value]}
    return {"M": {name: attribute(each) for name, each in value.items()}}


ITEMS = {(record["pk"], record["sk"]): attribute(record)["M"] for record in RECORDS}


def found(key):
    return ITEMS.get((key["pk"]["S"], key["sk"]["S"]))


def answer(operation, asked):
    match operation:
        case "BatchGetItem":
            items = {name: [item for key in table["Keys"] if (item := found(key))] for name, table in asked["RequestItems"].items()}
            return {"Responses": items, "UnprocessedKeys": {}}
        case "GetItem":
            item = found(asked["Key"])
            return {"Item": item} if item else {}
        case "Query":
            partitions = {value.get("S") for value in asked.get("ExpressionAttributeValues", {}).values()}
            items = [item for (partition, _), item in ITEMS.items() if partition in partitions]
            return {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        case "GetSecretValue":
            return {"SecretString": json.dumps({"keys": [{"kid": KID, "pkcs8": PRIVATE_KEY}]})}
    return {}


def whole_request(data):
    """The first line and the body of an HTTP request, or None while some of it is missing."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return None
    line, *fields = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        if not body.endswith(b"0\r\n\r\n"):
            return None
        whole = b""
        while body and not body.startswith(b"0\r\n"):
            size, _, body = body.partition(b"\r\n")
            whole, body = whole + body[:int(size, 16)], body[int(size, 16) + 2:]
        return line, whole
    return (line, body) if len(body) >= int(headers.get("content-length", 0)) else None


def converse(connection):
    """Answers the requests of one connection. `GET /` gets DynamoDB's greeting."""
    data = b""
    while received := connection.recv(1 << 16):
        data += received
        if not (whole := whole_request(data)):
            continue
        line, body = whole
        if line.startswith("GET "):
            said, kind = b"healthy: dynamodb.us-east-1.amazonaws.com ", "text/plain"
        else:
            target = next(field for field in data.split(b"\r\n") if field.lower().startswith(b"x-amz-target:"))
            operation = target.decode().rpartition(".")[2]
            said, kind = json.dumps(answer(operation, json.loads(body)), separators=(",", ":")).encode(), "application/x-amz-json-1.0"
        head = ["HTTP/1.1 200 OK", "Server: Server", "Date: Thu, 12 Mar 2026 19:03:58 GMT", f"Content-Type: {kind}",
                f"Content-Length: {len(said)}", "Connection: keep-alive",
                "x-amzn-RequestId: 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG", f"x-amz-crc32: {zlib.crc32(said)}"]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + said)
        data = b""


def carry(source, target, delay, opens):
    """Carries bytes one way; each arrives `delay` seconds after it was sent, and none before `opens`."""
    under_way = queue.SimpleQueue()

    def deliver():
        while True:
            data, due = under_way.get()
            # Sleeping is exact to about 0.1 ms.
            time.sleep(max(0, due - time.perf_counter()))
            try:
                target.sendall(data) if data else target.shutdown(socket.SHUT_WR)
            except OSError:
                return
            if not data:
                return

    threading.Thread(target=deliver, daemon=True).start()
    while True:
        try:
            data = source.recv(1 << 16)
        except OSError:
            data = b""
        under_way.put((data, max(time.perf_counter(), opens) + delay))
        if not data:
            return


def attend(client, context, round_trip):
    """Serves one connection: the way there and the way back take half a round trip each."""
    # TCP's own handshake takes a round trip before the client may send.
    opens = time.perf_counter() + round_trip
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    near, far = socket.socketpair()
    for source, target in ((client, near), (near, client)):
        threading.Thread(target=carry, args=(source, target, round_trip / 2, opens), daemon=True).start()
    try:
        with context.wrap_socket(far, server_side=True) as connection:
            converse(connection)
    except OSError:
        # The process was killed after its response.
        pass


def serve(certificate, key, round_trip, ready):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["http/1.1"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            client, _ = listener.accept()
            threading.Thread(target=attend, args=(client, context, round_trip), daemon=True).start()
