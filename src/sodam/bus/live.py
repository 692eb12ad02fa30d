"""Who is connected here, and how an event reaches a user wherever the user's devices are.

Sessions register under (sdkappid, UserID). ``send`` gives an event to the local ones and publishes it on the user's
subject, to which other nodes listen only while they hold a session of that user. An event is encoded once.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from sodam.bus.interface import Bus, Subscription


class Kick(msgspec.Struct, frozen=True):
    """Ends sessions of a user. ``kind`` as the client protocol counts: 1 account, 2 other device, 3 REST."""

    kind: int
    platform: int | None = None
    """Only sessions of this platform; None: all."""
    newer: int = 0
    """The InstId of the login that displaces them; that session is spared."""
    reason: str = ""
    login: int = 0
    """Unix milliseconds of the login ``newer``: only sessions of earlier logins end. 0: it is the latest of all."""


class _Envelope(msgspec.Struct, array_like=True):
    event: msgspec.Raw = msgspec.Raw()
    exclude: int = 0
    kick: Kick | None = None


class LiveSession(Protocol):
    """One signed-in connection."""

    @property
    def instid(self) -> int: ...
    @property
    def platform(self) -> int: ...

    def deliver(self, event: bytes) -> None:
        """An element of a push's EventArray, as JSON."""
        ...

    def kicked(self, kick: Kick) -> None: ...


Key = tuple[int, str]
_decode = msgspec.json.Decoder(_Envelope).decode
_encode = msgspec.json.Encoder().encode


def _subject(app: int, user_id: str) -> str:
    # UserIDs may hold any printable ASCII; a NATS token may not.
    return f"u.{app}.{user_id.encode().hex()}"


class Live:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._sessions: dict[Key, list[LiveSession]] = {}
        self._interest: dict[Key, Subscription] = {}

    def add(self, app: int, user_id: str, session: LiveSession) -> None:
        key = (app, user_id)
        here = self._sessions.get(key)
        if here is None:
            self._sessions[key] = [session]
            if self._bus.clustered:
                self._interest[key] = self._bus.subscribe(_subject(app, user_id), lambda data: self._hear(key, data))
        else:
            here.append(session)

    def remove(self, app: int, user_id: str, session: LiveSession) -> None:
        key = (app, user_id)
        here = self._sessions.get(key)
        if here is None or session not in here:
            return
        here.remove(session)
        if not here:
            del self._sessions[key]
            if subscription := self._interest.pop(key, None):
                subscription.cancel()

    def local(self, app: int, user_id: str) -> list[LiveSession]:
        return self._sessions.get((app, user_id), [])

    def wanted(self, app: int, user_id: str, but: int = 0) -> bool:
        """False when nobody but the InstId ``but`` would hear: the event need not be made."""
        if self._bus.heard():
            return True
        here = self._sessions.get((app, user_id))
        return here is not None and not (len(here) == 1 and here[0].instid == but)

    def count(self) -> int:
        """Sessions on this node."""
        return sum(map(len, self._sessions.values()))

    def send(self, app: int, user_id: str, event: bytes, *, exclude: int = 0) -> None:
        """Give ``event`` to every device of a user but the one with InstId ``exclude``."""
        for session in self._sessions.get((app, user_id), ()):
            if session.instid != exclude:
                session.deliver(event)
        if self._bus.heard():
            self._bus.publish(_subject(app, user_id), _encode(_Envelope(msgspec.Raw(event), exclude)))

    def kick(self, app: int, user_id: str, kick: Kick) -> None:
        self._kick_local((app, user_id), kick)
        if self._bus.heard():
            self._bus.publish(_subject(app, user_id), _encode(_Envelope(msgspec.Raw(b"null"), 0, kick)))

    def _kick_local(self, key: Key, kick: Kick) -> None:
        for session in list(self._sessions.get(key, ())):
            if session.instid != kick.newer and kick.platform in (None, session.platform):
                session.kicked(kick)

    def _hear(self, key: Key, data: bytes) -> None:
        envelope = _decode(data)
        if envelope.kick is not None:
            self._kick_local(key, envelope.kick)
            return
        event = bytes(envelope.event)
        for session in self._sessions.get(key, ()):
            if session.instid != envelope.exclude:
                session.deliver(event)
