"""Console sessions: a random token in a cookie, its SHA-256 in the database, so that any node knows it.

Two ends, both from the session rules: idle time, and the longest time whatever happens. A shorter rule counts for the
sessions that run; a longer one only for later ones. The CSRF token is derived from the session's, so that it needs no
place of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from sodam.access import store_sessions, user_store
from sodam.access.model import User
from sodam.access.security import SecuritySettings, SessionRules
from sodam.clock import now as wall_clock
from sodam.control import ControlError
from sodam.storage import Database, Row, Tx

_SEEN_EVERY: Final = 60


class Session(msgspec.Struct, frozen=True):
    id: str
    uin: int
    mfa: bool
    created_at: int
    seen_at: int
    expires_at: int
    ip: str
    user_agent: str

    def ended(self, now: int, rules: SessionRules) -> bool:
        return self.expires_at < now or self.seen_at < now - rules.idle_seconds


def _session(row: Row, rules: SessionRules) -> Session:
    expires_at = min(row[5], row[3] + rules.max_seconds)
    return Session(row[0], row[1], bool(row[2]), row[3], row[4], expires_at, row[6], row[7])


def token_id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(token: str) -> str:
    """What a call must carry beside the cookie; it cannot be made without the cookie's value."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()[:40]


async def end_all(tx: Tx, uin: int, but: str = "") -> None:
    """End a user's sessions, except the one with the id ``but``; part of what makes them worthless."""
    await store_sessions.delete_all(tx, uin, but)


def unchanged(current: User | None, proved: User) -> User:
    """The user as it is now. Raises ControlError when that is no longer the one whose password was proved."""
    if current is None or not current.console_login or current.password != proved.password:
        raise ControlError("AuthFailure.LoginFailure", "wrong user name or password")
    return current


class Sessions:
    def __init__(self, db: Database, security: SecuritySettings, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._security = security
        self._clock = clock

    async def _rules(self) -> SessionRules:
        return (await self._security.sessions()).rules

    async def open(self, user: User, *, mfa: bool, ip: str, user_agent: str) -> tuple[str, Session]:
        """A new session and its token, for a user whose password was proved. Drops sessions that have ended.

        Raises ControlError AuthFailure.LoginFailure when the user was deleted, has another password or no console
        access any more: all that ended the sessions that there were, and would miss this one.
        """
        token, now, rules = secrets.token_urlsafe(32), int(self._clock()), await self._rules()
        session = Session(token_id(token), user.uin, mfa, now, now, now + rules.max_seconds, ip, user_agent[:200])

        async def run(tx: Tx) -> None:
            unchanged(await user_store.lock(tx, user.uin), user)
            await store_sessions.delete_ended(tx, now, now - rules.idle_seconds)
            token_hash, uin, mfa, *others = msgspec.structs.astuple(session)
            await store_sessions.insert(tx, [token_hash, uin, int(mfa), *others])

        await self._db.write(run)
        return token, session

    async def find(self, token: str, *, seen: bool = True) -> Session | None:
        """The session of a token, unless it has ended. ``seen``: a person is there, so its idle time begins anew."""
        if not token or len(token) > 100:
            return None
        now = int(self._clock())
        row = await store_sessions.get(self._db, token_id(token))
        if row is None:
            return None
        rules = await self._rules()
        session = _session(row, rules)
        if session.ended(now, rules):
            return None
        if seen and session.seen_at < now - _SEEN_EVERY:
            await store_sessions.seen(self._db, session.id, now)
        return session

    async def of(self, uin: int) -> list[Session]:
        """A user's running sessions, last used first; at most 100."""
        now, rules = int(self._clock()), await self._rules()
        rows = await store_sessions.of(self._db, uin, now - rules.idle_seconds)
        return [session for row in rows if not (session := _session(row, rules)).ended(now, rules)]

    async def end(self, uin: int, session_id: str) -> bool:
        """End one session of a user; False when there is none."""
        return await store_sessions.delete(self._db, session_id, uin)
