"""Addresses of objects and permissions to upload: signed with a key that all nodes of a cluster share.

The signature is part of the path, since clients add to the query what they want of a picture. Whoever has an address
may read the object until the address expires, or the object is erased or forbidden.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

import msgspec

from sodam.media.model import Object, Upload, suffix_of
from sodam.storage import Database, state

_KEY: Final = "media_key"
_MAC: Final = 18
_MAX_TOKEN: Final = 2000
READ: Final = re.compile(r"/media/(\d{1,10})/(m?\d{1,12})/([\w-]{24})/([0-9a-f]{32})(?:\.[a-z0-9]{1,8})?", re.ASCII)
"""app, expiry (0: none), signature, name. ``m`` before the expiry: for moderators, who see what is forbidden."""
UPLOAD: Final = "/media/upload/"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Upload).decode


MARK: Final = b"media"
"""Where this is not in a JSON text, the text names no object."""


def names(app: int, text: bytes) -> set[str]:
    """The objects of an app that a JSON text names, by addresses that may have been made here."""
    if MARK not in text:
        return set()
    plain = text.decode("utf-8", "replace").replace("\\/", "/")
    return {found[4] for found in READ.finditer(plain) if found[1] == str(app)}


class Read(NamedTuple):
    app: int
    name: str
    moderator: bool


class Links:
    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    async def open(cls, db: Database) -> Links:
        """With the cluster's key, made by whoever comes first."""
        made = secrets.token_bytes(32)
        return cls(bytes(await db.write(lambda tx: state.claim(tx, _KEY, made))))

    def path(self, thing: Object | Upload, expires: int = 0, *, moderator: bool = False) -> str:
        """Where an object is read. ``expires``: a unix second; 0: while the object is there."""
        until = f"m{expires}" if moderator else str(expires)
        signature = self._read(thing.app, thing.name, until)
        return f"/media/{thing.app}/{until}/{signature}/{thing.name}{suffix_of(thing.file_name)}"

    def reader(self, path: str, now: float, *, expired: bool = False) -> Read | None:
        """What may be read there; None for an address that was not made here, or has expired unless ``expired`` ones
        count too."""
        found = READ.fullmatch(path)
        if found is None:
            return None
        app, until, name = int(found[1]), found[2], found[4]
        if not hmac.compare_digest(self._read(app, name, until), found[3]):
            return None
        moderator, expires = until.startswith("m"), int(until.removeprefix("m"))
        return None if 0 < expires < now and not expired else Read(app, name, moderator)

    def upload_path(self, upload: Upload) -> str:
        data = _encode(upload)
        return UPLOAD + _text(self._mac(b"upload", data) + data)

    def upload(self, path: str, now: float) -> Upload | None:
        """None for what was not made here, or has expired."""
        token = path.removeprefix(UPLOAD)
        if len(token) > _MAX_TOKEN:
            return None
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            if not hmac.compare_digest(self._mac(b"upload", raw[_MAC:]), raw[:_MAC]):
                return None
            upload = _decode(raw[_MAC:])
        except (ValueError, msgspec.DecodeError):
            return None
        return upload if upload.expires >= now else None

    def _read(self, app: int, name: str, until: str) -> str:
        return _text(self._mac(b"read", f"{app}/{until}/{name}".encode()))

    def _mac(self, purpose: bytes, data: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + data, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
