"""The HTTP edge of uploaded files: ``/media``. Uploads by an address that was given for them, or by UserSig; downloads
by signed addresses, whole or in part.

What is handed out can harm nobody's browser: the type is that of the content and of a short list, or none; nothing is
guessed; a sandbox holds what would run all the same; whatever is not on the list is saved, not shown.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import parse_qsl, quote

import msgspec
import structlog

from sodam.accounts.auth import Authenticator
from sodam.apps.model import App
from sodam.errors import ApiError, Code, Unavailable
from sodam.http import Receive, Scope, Send, declared_length
from sodam.media.links import UPLOAD
from sodam.media.model import Form, Kind, MediaError, Object, State, Upload
from sodam.media.receiving import Cut
from sodam.media.sniff import UNKNOWN
from sodam.rest.http import check_enabled
from sodam.rest.media_answers import SHOWN, ImageInfo, address, image_format, images
from sodam.services import Services

log = structlog.get_logger(__name__)
PATH: Final = "/media"
_BY_QUERY: Final = {query: form for form, query in SHOWN.items()}
_KINDS: Final = {
    "picture": Kind.PICTURE,
    "video": Kind.VIDEO,
    "sound": Kind.SOUND,
    "avatar": Kind.AVATAR,
    "file": Kind.FILE,
}
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, PUT, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type, Range, If-Range, If-None-Match"),
    (b"access-control-expose-headers", b"Accept-Ranges, Content-Range, Content-Length, ETag"),
    (b"access-control-max-age", b"86400"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_NO_ROOM: Final = 507
_CODES: Final = {
    403: Code.REQUEST_FORBIDDEN,
    404: Code.REQUEST_FORBIDDEN,
    409: Code.REQUEST_FORBIDDEN,
    415: Code.IMAGE_REFUSED,
    429: Code.TOO_FREQUENT,
    503: Code.SERVER_TIMEOUT,
    _NO_ROOM: Code.SERVER_TIMEOUT,
}


class Uploaded(msgspec.Struct, kw_only=True):
    """The answer to an upload. ImageFormat and ImageInfoArray of a picture: as TIMImageElem takes them."""

    ActionStatus: str = "OK"
    ErrorCode: int = 0
    ErrorInfo: str = ""
    URL: str
    UUID: str
    MD5: str
    Size: int
    ContentType: str
    FileName: str
    ImageFormat: int | None = None
    ImageInfoArray: list[ImageInfo] | None = None


class Refusal(msgspec.Struct):
    ErrorCode: int
    ErrorInfo: str
    ActionStatus: str = "FAIL"


class MediaApp:
    def __init__(self, services: Services, auth: Authenticator) -> None:
        self._services = services
        self._media = services.media
        self._auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        answer = _Answer(send)
        try:
            if method == "OPTIONS":
                await answer.say(204, b"")
            elif method == "PUT" and path.startswith(UPLOAD):
                upload = self._media.upload(path)
                await self._receive(scope, receive, answer, upload, self._app(str(upload.app)))
            elif method == "POST" and path == PATH + "/upload":
                await self._by_usersig(scope, receive, answer)
            elif method in ("GET", "HEAD"):
                await self._hand_out(scope, answer)
            else:
                await answer.refuse(405, Code.REQUEST_MALFORMED, "no such method here")
        except Cut:
            return
        except MediaError as error:
            await answer.refuse(error.status, _CODES.get(error.status, Code.REQUEST_MALFORMED), str(error))
        except ApiError as error:
            await answer.refuse(403, int(error.code), error.info)
        except Unavailable as error:
            log.warning("a file could not be read or written", error=str(error))
            await answer.refuse(503, Code.SERVER_TIMEOUT, "the server cannot do this now; try again")
        except Exception:
            log.exception("a request for a file failed")
            await answer.refuse(500, Code.SERVER_TIMEOUT, "the server failed; try again")

    def _app(self, number: str) -> App:
        """Raises ApiError for one that nobody may use."""
        found = self._services.apps.get(int(number)) if number.isascii() and number.isdigit() else None
        if found is None:
            raise ApiError(Code.SDKAPPID_INVALID)
        check_enabled(found)
        return found

    # Uploads

    async def _by_usersig(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        """A user uploads by its own UserSig, as REST takes it: before anything of the body is read."""
        query = scope["query_string"].decode("latin-1").replace("+", "%2B")
        given = dict(parse_qsl(query, max_num_fields=20, encoding="utf-8", errors="replace"))
        app = self._app(given.get("sdkappid", "")[:10])
        user = given.get("identifier", "")
        await self._auth.check(app, user, given.get("usersig", ""))
        if await self._services.accounts.find(app.sdkappid, user) is None:
            raise ApiError(Code.ACCOUNT_NOT_FOUND)
        kind = _KINDS.get(given.get("kind", "file"))
        if kind is None:
            raise MediaError(400, f"kind is one of {', '.join(_KINDS)}")
        upload = self._media.offer(app, user, kind, given.get("file_name", ""))
        await self._receive(scope, receive, answer, upload, app)

    async def _receive(self, scope: Scope, receive: Receive, answer: _Answer, upload: Upload, app: App) -> None:
        body = _body(receive)
        try:
            row = await self._media.receive(app, upload, body, declared_length(scope["headers"]))
        except MediaError as error:
            if error.status == _NO_ROOM:  # who is still sending would see a broken connection instead of the answer
                await _pass_over(body, self._media.most(app, upload.kind))
            raise
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secure = scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", "").lower() == "https"
        url = address(self._media, secure, headers.get(b"host", "")) + self._media.path(row)
        picture = row.width > 0
        said = Uploaded(
            URL=url,
            UUID=row.name,
            MD5=row.md5,
            Size=row.size,
            ContentType=row.type,
            FileName=row.file_name,
            ImageFormat=image_format(row) if picture else None,
            ImageInfoArray=images(row, url) if picture else None,
        )
        await answer.say(200, msgspec.json.encode(said))

    # Downloads

    async def _hand_out(self, scope: Scope, answer: _Answer) -> None:
        named = self._media.named(scope["path"])
        if named is None:
            raise MediaError(403, "this address was not made here, or has expired")
        row = await self._media.find(named.app, named.name)
        if row is None or (row.state == State.FORBIDDEN and not named.moderator):
            raise MediaError(404, "there is no such file any more")
        if not named.moderator:
            self._app(str(row.app))
        form = _BY_QUERY.get(scope["query_string"].decode("latin-1"), Form.ORIGINAL)
        if not row.has(form):
            form = Form.ORIGINAL
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        tag = f'"{row.md5}-{int(form)}"'
        described = _described(row, form, tag)
        if tag in headers.get(b"if-none-match", ""):
            await answer.start(304, described)
            return
        try:
            size = await self._media.size(row, form)
            start, end = _part(headers, size, tag)
            if (start, end) == (0, size):
                status = 200
            else:
                status = 206
                described.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
            described.append((b"content-length", b"%d" % (end - start)))
            if scope["method"] == "HEAD":
                await answer.start(status, described)
                return
            await answer.stream(status, described, self._media.read(row, form, start, end))
        except _OutOfRange as error:
            described.append((b"content-range", b"bytes */%d" % error.size))
            await answer.start(416, described)
        except FileNotFoundError:
            log.warning("the bytes of a file are gone", app=row.app, name=row.name)
            raise MediaError(404, "there is no such file any more") from None


class _OutOfRange(Exception):
    def __init__(self, size: int) -> None:
        self.size = size


def _part(headers: dict[bytes, str], size: int, tag: str) -> tuple[int, int]:
    """The bytes that are wanted: one range, or all. Several ranges, and what is no range, count as none."""
    found = _RANGE.fullmatch(headers.get(b"range", "").replace(" ", ""))
    if found is None or headers.get(b"if-range", tag) != tag or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= size or start >= end:
        raise _OutOfRange(size)
    return start, end


def _described(row: Object, form: Form, tag: str) -> list[tuple[bytes, bytes]]:
    kind = row.type if form == Form.ORIGINAL else ("image/png" if row.forms & 4 else "image/jpeg")
    shown = "attachment" if kind == UNKNOWN else "inline"
    name = f"{shown}; filename*=UTF-8''{quote(row.file_name, safe='')}"
    return [
        (b"content-type", kind.encode()),
        (b"content-disposition", name.encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", tag.encode()),
        (b"cache-control", b"private, no-cache"),  # asked each time: what is forbidden is forbidden at once
    ]


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Cut
        more = message.get("more_body", False)
        if piece := message.get("body", b""):
            yield piece


async def _pass_over(body: AsyncIterator[bytes], most: int) -> None:
    """Throw the rest of a body away, up to ``most`` bytes."""
    async for piece in body:
        most -= len(piece)
        if most < 0:
            return


class _Answer:
    """One answer; what fails after it began ends the connection, since its length was promised."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def start(self, status: int, headers: list[tuple[bytes, bytes]], *, more: bool = False) -> None:
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": [*_CORS, *headers]})
        if not more:
            await self._send({"type": "http.response.body", "body": b""})

    async def stream(self, status: int, headers: list[tuple[bytes, bytes]], pieces: AsyncIterator[bytes]) -> None:
        piece = await anext(pieces, b"")
        await self.start(status, headers, more=True)
        while piece:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await anext(pieces, b"")
        await self._send({"type": "http.response.body", "body": b""})

    async def say(self, status: int, body: bytes) -> None:
        self._begun = True
        described = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
        if status != 204:
            described.append((b"content-length", b"%d" % len(body)))
        await self._send({"type": "http.response.start", "status": status, "headers": [*_CORS, *described]})
        await self._send({"type": "http.response.body", "body": body})

    async def refuse(self, status: int, code: int, info: str) -> None:
        if self._begun:
            raise ConnectionError(f"an answer was cut off ({uuid.uuid4()}): {info}")
        await self.say(status, msgspec.json.encode(Refusal(int(code), info)))
