"""The position of a reader: where in a user's messages it stands, as text that an application can store.

It holds the cookie of the last catch-up whose messages were all read, and marks of the messages that were read since:
the server's answer to the cookie holds them too. The answer may also repeat the last seconds before the cookie.
"""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict

import msgspec

from sodam_client.models import Message

_FORM = 1
_MARK_BYTES = 8
_UNDATED = 1 << 62
"""The time of what an earlier client has read: it counts as read at the next cookie."""
OVERLAP_SECONDS = 30
"""The server repeats at most 10 seconds before a cookie (docs/protocol.md section 6); clocks jitter."""


class _Token(msgspec.Struct, array_like=True):
    form: int
    user: str
    cookie: str
    marks: bytes


def mark(message: Message, owner: str) -> bytes:
    """A short name of a message, equal for all its copies, whichever way they came. 8 bytes.

    Of the owner's own messages only what is known before the server has answered counts.
    """
    if message.sender == owner:
        return mark_of_sent(message.recipient, message.seq, message.random)
    return _hash(message.sender, message.recipient, message.time, message.seq, message.random)


def mark_of_sent(recipient: str, seq: int, random: int) -> bytes:
    """The mark of a message that this client sends."""
    return _hash(recipient, seq, random)


def _hash(*parts: str | int) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=_MARK_BYTES).digest()


class Progress:
    """How far the application has read."""

    def __init__(self, user: str, cookie: str = "", marks: tuple[bytes, ...] = ()) -> None:
        self._user = user
        self.cookie = cookie
        self._read: OrderedDict[bytes, int] = OrderedDict.fromkeys(marks, _UNDATED)
        """Marks of what was read, or sent by us, and the server's time of it."""
        self._encoded: str | None = None

    def read(self, mark: bytes, time: int) -> None:
        """The application has this message, or sent it. `time`: unix seconds, the server's clock."""
        self._read[mark] = time
        self._encoded = None

    def reached(self, cookie: str, horizon: int) -> None:
        """Everything up to `cookie` was read; messages before `horizon` (unix seconds) do not come again with it."""
        self.cookie = cookie
        oldest = horizon - OVERLAP_SECONDS
        for known, time in list(self._read.items()):
            if time == _UNDATED:
                self._read[known] = horizon
            elif time < oldest:
                del self._read[known]
        self._encoded = None

    def token(self) -> str:
        """The position as text of letters, digits, `-` and `_`; empty before the first catch-up."""
        if not self.cookie:
            return ""
        if self._encoded is None:
            token = msgspec.msgpack.encode(_Token(_FORM, self._user, self.cookie, b"".join(self._read)))
            self._encoded = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
        return self._encoded


def parse(token: str, user: str) -> tuple[str, tuple[bytes, ...]]:
    """The cookie and the marks of a position. Raises ValueError when it is none, or another user's."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = msgspec.msgpack.decode(raw, type=_Token)
    except (ValueError, msgspec.MsgspecError):
        raise ValueError("this is no position of a client") from None
    if found.form != _FORM or not found.cookie or len(found.marks) % _MARK_BYTES:
        raise ValueError("this is no position that this version of the client can read")
    if found.user != user:
        raise ValueError(f"this position is of {found.user!r}, not of {user!r}")
    marks = found.marks
    return found.cookie, tuple(marks[at : at + _MARK_BYTES] for at in range(0, len(marks), _MARK_BYTES))
