"""Sign-in that renews itself, uploads of any size, and lists of any length."""

from collections.abc import Callable, Generator, Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from satchel_api import AuthenticatedClient, Client
from satchel_api.api.files import complete_file, create_file, list_files, sign_parts
from satchel_api.api.tokens_and_sign_in import create_token
from satchel_api.models import (
    Completion, SentPart, Credentials, File, FileList, FileStatus, MultipartUpload, NewFile, PartNumbers,
    PutUpload, SignedParts, Tokens,
)
from satchel_api.types import UNSET

Answer = TypeVar("Answer")
CHUNK_BYTES = 64 * 1024


class Session(httpx.Auth):
    """Refreshes the tokens when the access token has expired, and repeats the request."""

    requires_response_body = True

    def __init__(self, api: str, tokens: Tokens) -> None:
        self.api = api
        self.tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.tokens.access}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            refresh = {"refresh": self.tokens.refresh}
            response = yield httpx.Request("POST", f"{self.api}/api/token/refresh", json=refresh)
            self.tokens = Tokens.from_dict(response.raise_for_status().json())
            request.headers["Authorization"] = f"Bearer {self.tokens.access}"
            yield request


def sign_in(api: str, username: str, password: str) -> AuthenticatedClient:
    """Returns a client whose session renews itself."""
    tokens = expect(Tokens, create_token.sync(client=Client(api), body=Credentials(username, password)))
    return AuthenticatedClient(api, tokens.access, httpx_args={"auth": Session(api, tokens)})


def expect(kind: type[Answer], answer: object) -> Answer:
    """Returns `answer` if it is the successful one; the others are errors."""
    if not isinstance(answer, kind):
        raise RuntimeError(f"expected {kind.__name__}, got {answer}")
    return answer


def upload(satchel: AuthenticatedClient, path: Path, progress: Callable[[int, int], None]) -> File:
    """Uploads a file. `progress` receives how many bytes have been sent, and how many there are."""
    size = path.stat().st_size
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    announced = expect(File, create_file.sync(client=satchel, body=NewFile(path.name, media_type, size)))

    def send(url: str, length: int, headers: dict[str, str]) -> str:
        def chunks() -> Iterator[bytes]:
            end = source.tell() + length
            while chunk := source.read(min(end - source.tell(), CHUNK_BYTES)):
                yield chunk
                progress(source.tell(), size)

        # Without a length, httpx would send the chunks in an encoding that S3 refuses.
        response = httpx.put(url, content=chunks(), headers={**headers, "Content-Length": str(length)}, timeout=60)
        return response.raise_for_status().headers["ETag"]

    completion = Completion()
    with path.open("rb") as source:
        match announced.upload:
            case PutUpload(url=url, headers=headers):
                send(url, size, headers.additional_properties)
            case MultipartUpload(part_size=part_size, part_count=part_count):
                completion.parts = []
                for number in range(1, part_count + 1):
                    answer = sign_parts.sync(announced.id, client=satchel, body=PartNumbers([number]))
                    [part] = expect(SignedParts, answer).parts
                    etag = send(part.url, min(part_size, size - source.tell()), {})
                    completion.parts.append(SentPart(number, etag))
    file = expect(File, complete_file.sync(announced.id, client=satchel, body=completion))
    if file.status is not FileStatus.READY:
        raise RuntimeError(f"{path} is {file.status}: {file.reason}")
    return file


def files(satchel: AuthenticatedClient, limit: int = 100) -> Iterator[File]:
    """Yields all files of the account, newest first."""
    cursor = None
    while True:
        page = expect(FileList, list_files.sync(client=satchel, limit=limit, cursor=cursor or UNSET))
        yield from page.results
        if page.next_ is None:
            return
        [cursor] = parse_qs(urlsplit(page.next_).query)["cursor"]
