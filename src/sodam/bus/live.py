"""Who is connected here, and how a notice reaches its topic wherever the devices are.

A topic is whatever notices are for: a user, later a group or a room. Sessions register under it; ``send`` gives a
notice to the local ones and publishes it on the topic's subject, to which other nodes listen only while they hold a
session that cares. Hints may be lost on the way: clients make up for it by catching up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

from sodam.bus.interface import Bus, Subscription
from sodam.notices import Kind, Notice, Place
from sodam.observability import requests
from sodam.observability.series import MANY, SIZES, Series


class Topic(NamedTuple):
    """``kind`` "u" is a user, with the UserID as ``name``."""

    kind: str
    app: int
    name: str

    @property
    def subject(self) -> str:
        # Names may hold any printable ASCII; a NATS token may not.
        return f"{self.kind}.{self.app}.{self.name.encode().hex()}"


def of_user(app: int, user_id: str) -> Topic:
    """The topic of all devices of a user."""
    return tuple.__new__(Topic, ("u", app, user_id))  # what its constructor does, without a call: for every message


class Kick(msgspec.Struct, frozen=True):
    """Ends sessions of a user. ``kind`` as the client protocol counts: 1 account, 2 other device, 3 REST."""

    kind: int
    platform: int | None = None
    """Only sessions of this platform; None: all, but those of the platforms ``spared``."""
    newer: int = 0
    """The InstId of the login that displaces them; that session is spared."""
    reason: str = ""
    login: int = 0
    """Unix milliseconds of the login ``newer``: only sessions of earlier logins end. 0: it is the latest of all."""
    also: tuple[int, ...] = ()
    """More platforms beside ``platform``."""
    spared: tuple[int, ...] = ()
    instids: tuple[int, ...] = ()
    """Only these sessions."""

    def meets(self, session: LiveSession) -> bool:
        if session.instid == self.newer or session.platform in self.spared:
            return False
        if self.instids and session.instid not in self.instids:
            return False
        return self.platform in (None, session.platform) or session.platform in self.also


_FEW: Final = 8
"""Notices that are not counted by themselves."""


class _Envelope(msgspec.Struct, array_like=True):
    """What goes over the bus."""

    body: msgspec.Raw = msgspec.Raw()
    exclude: int = 0
    kick: Kick | None = None
    kind: Kind = Kind.OTHER
    place: Place | None = None
    trace: str = ""
    """The trace that it belongs to (W3C ``traceparent``); empty: none."""


class LiveSession(Protocol):
    """One signed-in connection."""

    @property
    def instid(self) -> int: ...
    @property
    def platform(self) -> int: ...
    @property
    def login(self) -> int:
        """Unix milliseconds of its login."""
        ...

    @property
    def client_ip(self) -> str: ...

    def deliver(self, notice: Notice) -> None: ...

    def kicked(self, kick: Kick) -> None: ...


class Item(Protocol):
    """Something of which topics are notified."""

    topics: tuple[Topic, ...]
    exclude: int
    """The InstId that is not."""


N = TypeVar("N", bound=Item)
_decode = msgspec.json.Decoder(_Envelope).decode
_encode = msgspec.json.Encoder().encode
Presence = Callable[[Topic, bool], object]
Gate = Callable[[Topic, Notice, int], None]


class Live:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._sessions: dict[Topic, dict[LiveSession, int]] = {}
        """With the InstId of each: to ask all sessions of a large topic for theirs costs more than to write to them."""
        self._interest: dict[Topic, Subscription] = {}
        self._watchers: dict[str, list[Presence]] = {}
        """By the kind of topic."""
        self._count = 0
        self._gates: dict[str, Gate] = {}
        self.seconds = Series()
        """What it took to give a notice to the sessions here."""
        self.receivers = Series(SIZES)
        """To how many of them."""

    def gate(self, kind: str, gate: Gate) -> None:
        """What reaches this node for topics of a kind goes to ``gate`` (topic, notice, excluded InstId), which calls
        ``deliver`` when its time has come."""
        self._gates[kind] = gate

    def watch(self, kind: str, watcher: Presence) -> None:
        """``watcher(topic, True)`` is called with the first session on this node of a topic of a kind, ``(topic,
        False)`` after its last one is gone. It must not raise."""
        self._watchers.setdefault(kind, []).append(watcher)

    def add(self, topic: Topic, session: LiveSession) -> None:
        here = self._sessions.get(topic)
        if here is not None:
            self._count += topic.kind == "u" and session not in here
            here[session] = session.instid
            return
        self._sessions[topic] = {session: session.instid}
        self._count += topic.kind == "u"
        if self._bus.clustered:
            self._interest[topic] = self._bus.subscribe(topic.subject, lambda data: self._hear(topic, data))
        for watcher in self._watchers.get(topic.kind, ()):
            watcher(topic, True)

    def remove(self, topic: Topic, session: LiveSession) -> None:
        here = self._sessions.get(topic)
        if here is None or session not in here:
            return
        del here[session]
        self._count -= topic.kind == "u"
        if here:
            return
        del self._sessions[topic]
        if subscription := self._interest.pop(topic, None):
            subscription.cancel()
        for watcher in self._watchers.get(topic.kind, ()):
            watcher(topic, False)

    def local(self, topic: Topic) -> Collection[LiveSession]:
        """The sessions on this node."""
        return self._sessions.get(topic, {}).keys()

    def wanted(self, topic: Topic, but: int = 0) -> bool:
        """False when nobody but the InstId ``but`` would receive a notice: it need not be made."""
        here = self._sessions.get(topic)
        if here is not None and (len(here) > 1 or not but or but not in here.values()):
            return True
        return self._bus.heard()

    def sessions(self) -> int:
        """Sessions on this node: registrations for users."""
        return self._count

    def send(self, topic: Topic, notice: Notice, *, exclude: int = 0) -> None:
        """Give ``notice`` to every session of the topic but the one with InstId ``exclude``."""
        if topic.kind in self._gates:
            self._arrive(topic, notice, exclude)
        else:
            self.deliver(topic, notice, exclude)
        if self._bus.heard():
            trace = requests.parent()
            envelope = _Envelope(msgspec.Raw(notice.body), exclude, None, notice.kind, notice.place, trace)
            self._bus.publish(topic.subject, _encode(envelope))

    def send_each(self, items: Sequence[N], make: Callable[[N], Notice]) -> None:
        """As ``send`` for every topic of every item, in their order; the topics are users. The notice of an item is
        made once, and only where somebody receives it."""
        if self._bus.heard() or "u" in self._gates or requests.traced():
            self._send_each(items, make)
            return
        started = time.perf_counter()
        find, sizes = self._sessions.get, list[int]()
        for item in items:
            notice: Notice | None = None
            exclude = item.exclude
            for topic in item.topics:
                here = find(topic)
                if here is None:
                    continue
                size = 0
                for session, instid in here.items():
                    size += 1
                    if instid != exclude:
                        if notice is None:
                            notice = make(item)
                        session.deliver(notice)
                sizes.append(size)
        if sent := len(sizes):
            receivers, seconds = self.receivers, self.seconds
            took = (time.perf_counter() - started) / sent
            if sent > _FEW:
                receivers.observe_all(sizes)
                seconds.observe_many(took, sent)
            else:
                receivers.waiting += sizes
                seconds.waiting += [took] * sent
                if len(receivers.waiting) >= MANY:
                    receivers.count_waiting()
                    seconds.count_waiting()

    def _send_each(self, items: Sequence[N], make: Callable[[N], Notice]) -> None:
        for item in items:
            notice: Notice | None = None
            for topic in item.topics:
                if self.wanted(topic, item.exclude):
                    notice = notice or make(item)
                    self.send(topic, notice, exclude=item.exclude)

    def _arrive(self, topic: Topic, notice: Notice, exclude: int) -> None:
        gate = self._gates.get(topic.kind)
        if gate is not None:
            gate(topic, notice, exclude)
        else:
            self.deliver(topic, notice, exclude)

    def deliver(self, topic: Topic, notice: Notice, exclude: int) -> None:
        """Give ``notice`` to the sessions on this node but the one with InstId ``exclude``."""
        here = self._sessions.get(topic)
        if here is None:
            return
        started = time.perf_counter()
        if exclude:
            for session, instid in here.items():
                if instid != exclude:
                    session.deliver(notice)
        else:
            for session in here:
                session.deliver(notice)
        self.seconds.observe(took := time.perf_counter() - started)
        requests.done("fan-out", took, "receivers", len(here))
        self.receivers.observe(len(here))

    def kick(self, topic: Topic, kick: Kick) -> None:
        """End sessions of a user, wherever they are."""
        self._kick_local(topic, kick)
        if self._bus.heard():
            self._bus.publish(topic.subject, _encode(_Envelope(msgspec.Raw(b"null"), 0, kick)))

    def _kick_local(self, topic: Topic, kick: Kick) -> None:
        for session in list(self._sessions.get(topic, ())):
            if kick.meets(session):
                session.kicked(kick)

    def _hear(self, topic: Topic, data: bytes) -> None:
        envelope = _decode(data)
        if envelope.kick is not None:
            self._kick_local(topic, envelope.kick)
            return
        notice = Notice(bytes(envelope.body), envelope.kind, envelope.place)
        with requests.heard(envelope.trace, "hint"):
            self._arrive(topic, notice, envelope.exclude)
