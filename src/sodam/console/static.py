"""The files of the built web app: hashed names for ever, compressed beforehand, ``index.html`` for every other path."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

ROOT: Final = Path(__file__).with_name("static")
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_FOREVER: Final = "public, max-age=31536000, immutable"
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob: https: http:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
}
_ABSENT: Final = (
    "The console was not built into this server. `make install` builds it; the REST API and the console API work.\n"
)
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


def built(root: Path = ROOT) -> bool:
    return (root / "index.html").is_file()


@lru_cache(maxsize=512)
def _read(path: str, changed_ns: int) -> bytes:
    return Path(path).read_bytes()


def _content(path: Path) -> bytes | None:
    try:
        found = path.stat()
        return _read(str(path), found.st_mtime_ns)
    except (OSError, ValueError):
        return None


def serve(request: Request, path: str, root: Path = ROOT) -> Response:
    """A file of the app by its path below ``/console/``; a path without a file name is a page of the app."""
    clean = [part for part in path.split("/") if part]
    # UserIDs and names stand in these addresses, with dots wherever they like.
    page = clean[:1] in (["apps"], ["access"])
    if not page and (any(part.startswith(".") for part in clean) or clean[:1] in (["api"], ["files"])):
        return PlainTextResponse("not found\n", 404)
    name = "/".join(clean)
    if page or not name or "." not in name.rsplit("/", 1)[-1]:
        name = "index.html"
    target = root / name
    if name.endswith((".br", ".gz")) or not _is_ours(target, root):
        if name == "index.html":
            return PlainTextResponse(_ABSENT, 404)
        return PlainTextResponse("not found\n", 404)
    headers = {"vary": "accept-encoding", "cache-control": "no-cache" if name == "index.html" else _cache(name)}
    body: bytes | None = None
    accepted = request.headers.get("accept-encoding", "")
    for encoding, suffix in _ENCODINGS:
        if encoding in accepted and (body := _content(target.with_name(target.name + suffix))) is not None:
            headers["content-encoding"] = encoding
            break
    if body is None:
        body = _content(target) or b""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(body, media_type=kind, headers=headers)


def _is_ours(target: Path, root: Path) -> bool:
    """Whether there is such a file below ``root``. A name that no file can have names none."""
    try:
        return target.is_file() and root in target.resolve().parents
    except (OSError, ValueError, RuntimeError):  # too long; a NUL or half a character; links in a circle
        return False


def _cache(name: str) -> str:
    """What the build put under ``assets/`` has its content's hash in its name."""
    return _FOREVER if name.startswith("assets/") else "public, max-age=3600"
