"""A device that comes back by its ticket while its old socket hangs: the same device, silently.

The old socket was lost without a word, on this node or another, and would be held for a device of its own until it was
given up. Nobody is told of its end: not the device, not the followers of its user, not the app's webhook. Nor is the
app told of a sign-in: that is said only when no node has answered for a moment that it held the old socket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from sodam.bus import Topic, of_user
from sodam.gateway.connection import Connection
from sodam.gateway.states import Back, unanswered
from sodam.services import Services
from sodam.wire.close_codes import CloseCode

_SUBJECT: Final = "device.back"
_HELD: Final = "device.held"
_ANSWER_SECONDS: Final = 1.0
"""Nodes that hold an old socket answer sooner; where one does not, the app hears of a sign-in twice."""


class _Back(msgspec.Struct, array_like=True):
    app: int
    user_id: str
    instid: int
    since: int
    """Unix milliseconds: sockets that the device signed in on later are not meant, should this come late."""
    asks: bool = False
    """Whether an answer is waited for."""


class _Held(msgspec.Struct, array_like=True):
    """The device's older socket was here, and is ended."""

    app: int
    user_id: str
    instid: int
    since: int
    """As in what is answered."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Back).decode
_decode_held = msgspec.json.Decoder(_Held).decode


class Returning:
    def __init__(
        self,
        services: Services,
        unregister: Callable[[Connection], None],
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._services = services
        self._live = services.live
        self._bus = services.bus
        self._unregister = unregister
        self._later = later

    def start(self) -> None:
        self._bus.subscribe(_SUBJECT, self._hear)
        self._bus.subscribe(_HELD, self._answered)

    def back(self, connection: Connection, user: Topic, instid: int) -> None:
        """The device signs in by its ticket: end its older sockets, here and elsewhere."""
        here = [old for old in self._sockets(user, instid) if old is not connection]  # whatever clocks say
        self._end(here)
        asks = not here and self._bus.heard() and self._services.webhooks.hears_states(user.app)
        connection.back = Back.YES if here else Back.ASKED if asks else Back.NO
        if asks:
            self._later(_ANSWER_SECONDS, lambda: unanswered(self._services, connection))
        self._tell(user, instid, connection.since, asks=asks)

    def again(self, connection: Connection) -> None:
        """What was said of it may have been lost."""
        if connection.registered is not None:
            self._tell(connection.registered, connection.instid, connection.since)

    def _tell(self, user: Topic, instid: int, since: int, *, asks: bool = False) -> None:
        if self._bus.heard():
            self._bus.publish(_SUBJECT, _encode(_Back(user.app, user.name, instid, since, asks)))

    def _hear(self, data: bytes) -> None:
        back = _decode(data)
        sockets = self._sockets(of_user(back.app, back.user_id), back.instid)
        older = [old for old in sockets if old.since <= back.since]
        self._end(older)
        if older and back.asks:
            self._bus.publish(_HELD, _encode(_Held(back.app, back.user_id, back.instid, back.since)))

    def _answered(self, data: bytes) -> None:
        held = _decode_held(data)
        for connection in self._sockets(of_user(held.app, held.user_id), held.instid):
            if connection.since == held.since and connection.back is Back.ASKED:
                connection.back = Back.YES

    def _sockets(self, user: Topic, instid: int) -> list[Connection]:
        return [old for old in self._live.local(user) if isinstance(old, Connection) and old.instid == instid]

    def _end(self, sockets: list[Connection]) -> None:
        for old in sockets:
            unanswered(self._services, old)  # or its sign-in might never be told
            self._unregister(old)
            old.close(*CloseCode.RECONNECTED.frame)
