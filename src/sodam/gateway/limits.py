"""How often a signed-in client may ask.

Always: a number of requests a second on one connection, whatever they are, so that no client takes the server from the
others, and what makes the server tell many others (``ALWAYS``). With SODAM_RATE_LIMITS=on also the rates per user and
command that the original service has for clients (rest-messages.md 6.10, client-protocol-groups.md 20); there it is the
SDK that keeps to most of them. Sending one-to-one messages has no rate of its own. All count on this node only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sodam.errors import ApiError, Code

BURST_SECONDS: Final = 2.0
"""A connection that was quiet may catch up on so many seconds at once."""
PER_USER: Final[dict[str, tuple[int, float]]] = {
    "openim/delete_c2c_msg_ramble": (1, 1.0),
    "openim/read_all_unread_msg": (1, 1.0),
    "im_open_status/ws_get_user_status": (20, 5.0),
    "im_open_status/ws_status_subscribe": (20, 5.0),
    "im_open_status/ws_status_unsubscribe": (20, 5.0),
}
"""Calls and the seconds in which one user may make them, while the documented rates are on."""
ALWAYS: Final[dict[str, tuple[int, float]]] = {"im_open_status/ws_set_custom_status": (10, 10.0)}
"""The same at any time: every device of the user, and whoever follows the user, is told."""
MAX_USERS: Final = 100_000
"""Counts that are kept; then those that are full again are forgotten, and if need be all."""


def has_own_rate(path: str) -> bool:
    return path in PER_USER or path in ALWAYS


class Bucket:
    """Tokens that come back with time. One of a connection, or of a user and a command."""

    __slots__ = ("at", "tokens")

    def __init__(self, tokens: float, at: float) -> None:
        self.tokens = tokens
        self.at = at

    def take(self, rate: float, most: float, now: float) -> bool:
        """Take a token, of which ``rate`` a second come back, up to ``most``; False when there is none."""
        tokens = self.tokens + (now - self.at) * rate
        if tokens > most:
            tokens = most
        self.at = now
        if tokens < 1:
            self.tokens = tokens
            return False
        self.tokens = tokens - 1
        return True


class ClientLimits:
    """``rate``: requests a second and connection, 0 for no limit. ``documented``: whether ``PER_USER`` applies."""

    def __init__(self, rate: int, *, documented: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._documented = documented
        self._clock = clock
        self._users: dict[tuple[int, str, str], Bucket] = {}

    def bucket(self) -> Bucket:
        """A new connection's."""
        return Bucket(self._rate * BURST_SECONDS, self._clock())

    def check(self, bucket: Bucket, sdkappid: int, user_id: str, path: str) -> None:
        """Count a request of ``service/command``. Raises ApiError 60018."""
        limit = ALWAYS.get(path)
        if limit is None and self._documented:
            limit = PER_USER.get(path)
        if not self._rate and limit is None:
            return
        now = self._clock()
        if self._rate and not bucket.take(self._rate, self._rate * BURST_SECONDS, now):
            raise ApiError(Code.TOO_FREQUENT, f"more than {self._rate} requests a second on this connection")
        if limit is not None:
            calls, seconds = limit
            key = (sdkappid, user_id, path)
            found = self._users.get(key)
            if found is None:
                self._forget(now)
                found = self._users[key] = Bucket(calls, now)
            if not found.take(calls / seconds, calls, now):
                raise ApiError(Code.TOO_FREQUENT, f"{path} is called more than {calls} times in {seconds:g} s")

    def admits(self, bucket: Bucket) -> bool:
        """As ``check``, of a command that has no rate of its own (``has_own_rate``)."""
        rate = self._rate
        return not rate or bucket.take(rate, rate * BURST_SECONDS, self._clock())

    def _forget(self, now: float) -> None:
        if len(self._users) < MAX_USERS:
            return
        longest = max(seconds for _, seconds in (*PER_USER.values(), *ALWAYS.values()))
        self._users = {key: kept for key, kept in self._users.items() if now - kept.at < longest}
        if len(self._users) >= MAX_USERS:
            self._users.clear()
