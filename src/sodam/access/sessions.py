"""Console sessions: a random token in a cookie, its SHA-256 in the database, so that any node knows it.

Two ends: ``IDLE_SECONDS`` without a call, and ``MAX_SECONDS`` whatever happens. The CSRF token is derived from the
session's, so that it needs no place of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final

import msgspec

from sodam.storage import Database, Row, Tx

IDLE_SECONDS: Final = 12 * 3600
MAX_SECONDS: Final = 7 * 86400
_SEEN_EVERY: Final = 60
_FIELDS = "token_hash, uin, mfa, created_at, seen_at, expires_at, ip, user_agent"


class Session(msgspec.Struct, frozen=True):
    id: str
    uin: int
    mfa: bool
    created_at: int
    seen_at: int
    expires_at: int
    ip: str
    user_agent: str


def _session(row: Row) -> Session:
    return Session(row[0], row[1], bool(row[2]), row[3], row[4], row[5], row[6], row[7])


def token_id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(token: str) -> str:
    """What a call must carry beside the cookie; it cannot be made without the cookie's value."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()[:40]


class Sessions:
    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    async def open(self, uin: int, *, mfa: bool, ip: str, user_agent: str) -> tuple[str, Session]:
        """A new session and its token. Drops sessions that have ended."""
        token, now = secrets.token_urlsafe(32), int(self._clock())
        session = Session(token_id(token), uin, mfa, now, now, now + MAX_SECONDS, ip, user_agent[:200])

        async def run(tx: Tx) -> None:
            await tx.execute(
                "DELETE FROM console_session WHERE expires_at < $1 OR seen_at < $2", now, now - IDLE_SECONDS
            )
            await tx.execute(
                f"INSERT INTO console_session ({_FIELDS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                session.id,
                session.uin,
                int(session.mfa),
                session.created_at,
                session.seen_at,
                session.expires_at,
                session.ip,
                session.user_agent,
            )

        await self._db.write(run)
        return token, session

    async def find(self, token: str) -> Session | None:
        """The session of a token, unless it has ended."""
        if not token or len(token) > 100:
            return None
        now = int(self._clock())
        row = await self._db.fetch_one(f"SELECT {_FIELDS} FROM console_session WHERE token_hash = $1", token_id(token))
        if row is None:
            return None
        session = _session(row)
        if session.expires_at < now or session.seen_at < now - IDLE_SECONDS:
            return None
        if session.seen_at < now - _SEEN_EVERY:
            await self._db.execute("UPDATE console_session SET seen_at = $2 WHERE token_hash = $1", session.id, now)
        return session

    async def of(self, uin: int) -> list[Session]:
        now = int(self._clock())
        rows = await self._db.fetch(
            f"SELECT {_FIELDS} FROM console_session WHERE uin = $1 AND expires_at >= $2 AND seen_at >= $3"
            " ORDER BY seen_at DESC LIMIT 100",
            uin,
            now,
            now - IDLE_SECONDS,
        )
        return [_session(row) for row in rows]

    async def end(self, uin: int, session_id: str) -> bool:
        """End one session of a user; False when there is none."""
        return bool(
            await self._db.execute("DELETE FROM console_session WHERE token_hash = $1 AND uin = $2", session_id, uin)
        )

    async def end_all(self, uin: int, but: str = "") -> None:
        await self._db.execute("DELETE FROM console_session WHERE uin = $1 AND token_hash <> $2", uin, but)
