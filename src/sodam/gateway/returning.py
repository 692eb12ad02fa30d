"""A device that comes back by its ticket while its old socket hangs: the same device, silently.

The old socket was lost without a word, on this node or another, and would be held for a device of its own until it was
given up. Nobody is told of its end: not the device, not the followers of its user, not the app's webhook.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from sodam.bus import Topic, of_user
from sodam.gateway.connection import Connection
from sodam.services import Services
from sodam.wire.close_codes import CloseCode

_SUBJECT: Final = "device.back"


class _Back(msgspec.Struct, array_like=True):
    app: int
    user_id: str
    instid: int
    since: int
    """Unix milliseconds: sockets that the device signed in on later are not meant, should this come late."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Back).decode


class Returning:
    def __init__(self, services: Services, unregister: Callable[[Connection], None]) -> None:
        self._live = services.live
        self._bus = services.bus
        self._unregister = unregister

    def start(self) -> None:
        self._bus.subscribe(_SUBJECT, self._hear)

    def back(self, connection: Connection, user: Topic, instid: int) -> None:
        """The device signs in by its ticket: end its older sockets, here and elsewhere."""
        here = [old for old in self._sockets(user, instid) if old is not connection]  # whatever clocks say
        self._end(here)
        connection.back = bool(here)
        self._tell(user, instid, connection.since)

    def again(self, connection: Connection) -> None:
        """What was said of it may have been lost."""
        if connection.registered is not None:
            self._tell(connection.registered, connection.instid, connection.since)

    def _tell(self, user: Topic, instid: int, since: int) -> None:
        if self._bus.heard():
            self._bus.publish(_SUBJECT, _encode(_Back(user.app, user.name, instid, since)))

    def _hear(self, data: bytes) -> None:
        back = _decode(data)
        sockets = self._sockets(of_user(back.app, back.user_id), back.instid)
        self._end([old for old in sockets if old.since <= back.since])

    def _sockets(self, user: Topic, instid: int) -> list[Connection]:
        return [old for old in self._live.local(user) if isinstance(old, Connection) and old.instid == instid]

    def _end(self, sockets: list[Connection]) -> None:
        for old in sockets:
            self._unregister(old)
            old.close(*CloseCode.RECONNECTED.frame)
