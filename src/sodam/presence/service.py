"""Who is online. The sessions themselves are the only record: nothing is written when somebody comes or goes.

One node answers from its own sessions. In a cluster a query goes to every node at once and waits for the nodes
known to be there, which greet each other over the bus: usually one round trip, at most ``timeout`` seconds. A node
that died holds no sessions any more, so that leaving it out is right; one that is only slow is left out too.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from sodam.bus import Bus, Live, Topic, of_user
from sodam.bus.interface import Subscription
from sodam.errors import ApiError, Code
from sodam.observability.loops import Loop, Loops
from sodam.presence.model import Device

GREET_SECONDS = 1.0
PEER_SECONDS = 3.5
TIMEOUT_SECONDS = 0.5
_encode = msgspec.json.Encoder().encode


class _Hello(msgspec.Struct, array_like=True):
    node: str
    leaving: bool = False
    new: bool = False
    """Asks the others to greet at once."""
    online: dict[int, int] = {}
    """How many users of each app are connected to the node."""


class _Request(msgspec.Struct, array_like=True):
    number: int
    node: str
    app: int
    user_ids: list[str]


class _Reply(msgspec.Struct, array_like=True):
    number: int
    node: str
    online: dict[str, list[Device]]


class _Query:
    """An answer in the making."""

    __slots__ = ("done", "online", "waiting")

    def __init__(self, waiting: set[str], done: asyncio.Future[None]) -> None:
        self.waiting = waiting
        self.done = done
        self.online: dict[str, list[Device]] = {}

    def end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


class PresenceService:
    def __init__(
        self,
        bus: Bus,
        live: Live,
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] | None = None,
        loops: Loops | None = None,
    ) -> None:
        self._bus = bus
        self._live = live
        self._timeout = timeout
        self._clock = clock or asyncio.get_running_loop().time
        self._node = secrets.token_hex(8)
        self._peers: dict[str, float] = {}
        self._queries: dict[int, _Query] = {}
        self._number = 0
        self._subscriptions: list[Subscription] = []
        self._loops = loops or Loops()
        self._greeter: Loop | None = None
        self._online: Counter[int] = Counter()
        """Users of each app with a session here."""
        self._online_there: dict[str, dict[int, int]] = {}
        live.watch("u", self._count)

    async def start(self) -> None:
        """Take part in the cluster's answers. Nothing to do on a single node."""
        if not self._bus.clustered:
            return
        hello = msgspec.json.Decoder(_Hello).decode
        ask = msgspec.json.Decoder(_Request).decode
        reply = msgspec.json.Decoder(_Reply).decode
        self._subscriptions = [
            self._bus.subscribe("presence.hello", lambda data: self._on_hello(hello(data))),
            self._bus.subscribe("presence.query", lambda data: self._on_request(ask(data))),
            self._bus.subscribe(f"presence.reply.{self._node}", lambda data: self._on_reply(reply(data))),
        ]
        self._bus.on_reconnect(lambda: self._greet(new=True))
        self._greet(new=True)
        self._greeter = self._loops.start("presence greeting", self._keep_greeting, every=GREET_SECONDS)

    async def stop(self) -> None:
        """Tell the others not to wait for this node any more."""
        if self._greeter is None:
            return
        await self._greeter.stop()
        self._greeter = None
        for subscription in self._subscriptions:
            subscription.cancel()
        self._greet(leaving=True)

    @property
    def node(self) -> str:
        """What the others know this node by."""
        return self._node

    def peers(self) -> set[str]:
        """Other nodes heard of lately."""
        oldest = self._clock() - PEER_SECONDS
        return {node for node, at in self._peers.items() if at >= oldest}

    def online(self, app: int) -> int:
        """How many users of an app are connected now: as of a second ago on other nodes, where somebody who is
        connected to two of them counts twice."""
        return self._online[app] + sum(self._online_there.get(node, {}).get(app, 0) for node in self.peers())

    def _count(self, topic: Topic, there: bool) -> None:
        self._online[topic.app] += 1 if there else -1
        if not self._online[topic.app]:
            del self._online[topic.app]

    async def status(self, app: int, user_ids: Sequence[str]) -> dict[str, list[Device]]:
        """The connected devices of those users who have any; a user who is absent is offline.

        Raises ApiError 70169 when the other nodes cannot be asked and the answer depends on them.
        """
        online = self._here(app, user_ids)
        if not self._bus.clustered:
            return online
        if not self._bus.connected():
            if any(user_id not in online for user_id in user_ids):
                raise ApiError(Code.ACCOUNT_TIMEOUT, "the other nodes cannot be asked for now")
            return online
        peers = self.peers()
        if peers:
            query = _Query(peers, asyncio.get_running_loop().create_future())
            self._number += 1
            number = self._number
            self._queries[number] = query
            self._bus.publish("presence.query", _encode(_Request(number, self._node, app, list(user_ids))))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await query.done
            del self._queries[number]
            for node in query.waiting:
                self._peers.pop(node, None)  # dead, or it will greet again: the next query need not wait for it
            for user_id, devices in query.online.items():
                online.setdefault(user_id, []).extend(devices)
        return online

    def _here(self, app: int, user_ids: Sequence[str]) -> dict[str, list[Device]]:
        return {
            user_id: [Device(session.platform, session.instid, session.login) for session in sessions]
            for user_id in user_ids
            if (sessions := self._live.local(of_user(app, user_id)))
        }

    def _on_hello(self, hello: _Hello) -> None:
        if hello.leaving:
            self._peers.pop(hello.node, None)
            self._online_there.pop(hello.node, None)
            return
        self._peers[hello.node] = self._clock()
        self._online_there[hello.node] = hello.online
        if hello.new:
            self._greet()

    def _on_request(self, ask: _Request) -> None:
        reply = _Reply(ask.number, self._node, self._here(ask.app, ask.user_ids))
        self._bus.publish(f"presence.reply.{ask.node}", _encode(reply))

    def _on_reply(self, reply: _Reply) -> None:
        self._peers[reply.node] = self._clock()
        query = self._queries.get(reply.number)
        if query is None or reply.node not in query.waiting:
            return  # too late
        for user_id, devices in reply.online.items():
            query.online.setdefault(user_id, []).extend(devices)
        query.waiting.discard(reply.node)
        if not query.waiting:
            query.end()

    def _greet(self, *, new: bool = False, leaving: bool = False) -> None:
        self._bus.publish("presence.hello", _encode(_Hello(self._node, leaving, new, self._online)))

    async def _keep_greeting(self) -> None:
        alive = self.peers()
        for node in self._peers.keys() - alive:
            del self._peers[node]
            self._online_there.pop(node, None)
        self._greet()
