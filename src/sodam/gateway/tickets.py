"""The A2 key: proof of an earlier login, sent instead of the UserSig from then on.

It holds what the session needs to come back on any node, sealed with a key that all nodes of a cluster share, so that a
login writes nothing. It ends with the UserSig that it was made from, with that UserSig's key, and with ``kick``.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from typing import Final

import msgspec

from sodam.storage import Database

_MAC = 16
_IN_URLS: Final = bytes.maketrans(b"+/", b"-_")
_KEY_NAME = "ticket_key"


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    sdkappid: int
    user_id: str
    tiny_id: int
    instid: int
    platform: int
    issued: int
    """Unix second in which the UserSig of the login was issued."""
    expires: int
    signed_by: str = ""
    """Fingerprint of the app's key that signed the UserSig."""
    login: int = 0
    """Unix milliseconds of the login, by the database's clock: of two devices of one kind the later login stays."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Ticket).decode


class Tickets:
    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod="sha256")
        """To be copied: OpenSSL takes three times as long to begin anew."""

    @classmethod
    async def open(cls, db: Database) -> Tickets:
        """With the cluster's key, made by whoever comes first."""
        await db.execute(
            "INSERT INTO server_state (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            _KEY_NAME,
            secrets.token_bytes(32),
        )
        row = await db.fetch_one("SELECT value FROM server_state WHERE name = $1", _KEY_NAME)
        assert row is not None
        return cls(bytes(row[0]))

    def seal(self, ticket: Ticket) -> str:
        data = _encode(ticket)
        sealed = self._mac(data) + data
        return b2a_base64(sealed, newline=False).translate(_IN_URLS).decode()

    def open_ticket(self, text: str) -> Ticket | None:
        """None for anything that was not sealed here. Says nothing of its expiry."""
        if len(text) > 400:
            return None
        try:
            raw = urlsafe_b64decode(text)
            if not hmac.compare_digest(self._mac(raw[_MAC:]), raw[:_MAC]):
                return None
            return _decode(raw[_MAC:])
        except (ValueError, msgspec.DecodeError):
            return None

    def _mac(self, data: bytes) -> bytes:
        mac = self._begun.copy()
        mac.update(data)
        return mac.digest()[:_MAC]
