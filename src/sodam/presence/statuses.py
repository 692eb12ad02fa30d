"""User status: who is online, with a text of one's own, told to those who asked for it (docs/protocol.md section 14).

The node that holds a follower's session answers for what it hears: it remembers the last status of each followed user,
looks again when there is a hint that it may have changed, and notifies of differences only. Hints of a short time are
one look, and looks rest longer the longer they take: whoever comes and goes in between has not been away, and statuses
are what waits while thousands sign in at once. Hints are lost with the bus or with a node that is killed; so
everything followed is looked at again when another node is gone (which the database is asked for, as it notices
first), when the bus is back, and every ``AGAIN_SECONDS``.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Bus, Live, of_user
from sodam.bus.interface import Subscription
from sodam.bus.live import Topic
from sodam.errors import ApiError, Unavailable
from sodam.notices import Notice
from sodam.observability.loops import Loop, Loops
from sodam.presence.service import PresenceService

ONLINE: Final = 1
OFFLINE: Final = 2
MAX_FOLLOWED: Final = 200
"""Users that one session follows; with more, those it asked for first are followed no longer."""
LOOK_SECONDS: Final = 0.25
GATHER_SECONDS: Final = 0.1
"""What changes within it is looked at together."""
REST_SECONDS: Final = 1.0
"""How long looks that take long rest at most."""
_RESTS: Final = 3
"""How many times what a look took the next one waits: statuses take a quarter of a busy node's time at most."""
_YIELD_EVERY: Final = 500
"""Deliveries in one turn of the loop."""
AGAIN_SECONDS: Final = 30.0
_AT_ONCE: Final = 500
"""Users of one look at the cluster."""
_SUBJECT: Final = "presence.changed"


class Status(NamedTuple):
    """1 online or 2 offline, and the user's own text."""

    state: int
    custom: str


class Item(msgspec.Struct):
    """A status on the wire: the text goes down as base64 of UTF-8."""

    To_Account: str
    Status: int
    CustomStatus: str


class Follower(Protocol):
    """A signed-in session."""

    def deliver(self, notice: Notice) -> None: ...


Key = tuple[int, str]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Key).decode


def item(user_id: str, status: Status) -> Item:
    return Item(user_id, status.state, base64.b64encode(status.custom.encode()).decode())


def changed(user_id: str, status: Status) -> Notice:
    """What a device is notified of when a status has changed."""
    return Notice(b'{"UserStatusList":[%b]}' % _encode(item(user_id, status)))


class StatusService:
    def __init__(
        self,
        bus: Bus,
        live: Live,
        apps: AppService,
        accounts: AccountService,
        presence: PresenceService,
        loops: Loops,
        processes: Callable[[], Awaitable[frozenset[int]]],
        *,
        look: float = LOOK_SECONDS,
        again: float = AGAIN_SECONDS,
        gather: float = GATHER_SECONDS,
    ) -> None:
        self._bus = bus
        self._live = live
        self._apps = apps
        self._accounts = accounts
        self._presence = presence
        self._loops = loops
        self._ask_processes = processes
        self._look = look
        self._again = again
        self._gather = self._rest = min(gather, look)
        self._followers: dict[Key, dict[Follower, None]] = {}
        self._followed: dict[Follower, dict[Key, None]] = {}
        self._known: dict[Key, Status] = {}
        self._due: set[Key] = set()
        self._nodes: set[str] = set()
        self._processes: frozenset[int] = frozenset()
        self._again_at = 0.0
        self._wake = asyncio.Event()
        self._subscription: Subscription | None = None
        self._loop: Loop | None = None
        live.watch("u", self._came_or_went)

    def start(self) -> None:
        if self._bus.clustered:
            self._subscription = self._bus.subscribe(_SUBJECT, lambda data: self._hint(_decode(data)))
            self._bus.on_reconnect(self._look_at_all)
        self._again_at = asyncio.get_running_loop().time() + self._again
        self._loop = self._loops.start("user status", self._work, every=0.0)

    async def stop(self) -> None:
        if self._subscription is not None:
            self._subscription.cancel()
        if self._loop is not None:
            await self._loop.stop()

    async def of(self, app: App, user_ids: Sequence[str]) -> dict[str, Status]:
        """The status of those users that exist. Raises ApiError 70169 when other nodes cannot be asked."""
        known = await self._accounts.find_many(app.sdkappid, user_ids)
        online = await self._presence.status(app.sdkappid, list(known)) if known else {}
        return {
            user_id: Status(ONLINE if online.get(user_id) else OFFLINE, account.custom_status)
            for user_id, account in known.items()
        }

    async def follow(self, app: App, follower: Follower, user_ids: Sequence[str]) -> set[str]:
        """Notify a session of changes of these users' status from now on; those of them that exist."""
        mine = self._followed.setdefault(follower, {})
        for user_id in user_ids:
            key = (app.sdkappid, user_id)
            mine.pop(key, None)
            mine[key] = None
            self._followers.setdefault(key, {})[follower] = None
        while len(mine) > MAX_FOLLOWED:
            self._end(follower, next(iter(mine)))
        found = await self.of(app, user_ids)
        for user_id in user_ids:
            key = (app.sdkappid, user_id)
            if user_id not in found:
                self._end(follower, key)
            elif key in self._followers:
                self._known.setdefault(key, found[user_id])
        return set(found)

    def unfollow(self, app: App, follower: Follower, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            self._end(follower, (app.sdkappid, user_id))

    def forget(self, follower: Follower) -> None:
        """The session is over, or follows nobody any more."""
        for key in list(self._followed.get(follower, ())):
            self._end(follower, key)

    async def set_custom(self, app: App, user_id: str, text: str) -> None:
        """Set a user's own text; ``""`` takes it away. The user's devices are notified, too."""
        await self._accounts.set_custom_status(app.sdkappid, user_id, text)
        self._live.send(of_user(app.sdkappid, user_id), changed(user_id, Status(ONLINE, text)))
        self._publish((app.sdkappid, user_id))

    def _end(self, follower: Follower, key: Key) -> None:
        mine, theirs = self._followed.get(follower), self._followers.get(key)
        if mine is not None:
            mine.pop(key, None)
            if not mine:
                del self._followed[follower]
        if theirs is not None:
            theirs.pop(follower, None)
            if not theirs:
                del self._followers[key]
                self._known.pop(key, None)

    def _came_or_went(self, topic: Topic, _: bool) -> None:
        if not self._followers and not self._bus.clustered:  # nobody asks, as where apps do without statuses
            return
        app = self._apps.get(topic.app)
        if app is not None and app.settings.user_status:
            self._publish((topic.app, topic.name))

    def _publish(self, key: Key) -> None:
        self._hint(key)
        if self._bus.clustered:
            self._bus.publish(_SUBJECT, _encode(key))

    def _hint(self, key: Key) -> None:
        if key in self._followers:
            self._due.add(key)
            self._wake.set()

    def _look_at_all(self) -> None:
        self._due.update(self._followers)
        self._wake.set()

    async def _work(self) -> None:
        """Wait for a hint, or for the time to look by oneself; then look at what may have changed."""
        await asyncio.sleep(self._rest)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(self._look - self._rest, 0)):
                await self._wake.wait()
        self._wake.clear()
        if self._bus.clustered and not self._bus.connected():
            return  # the others cannot be asked; everything is looked at when the bus is back
        time = asyncio.get_running_loop().time
        gone, now = await self._node_is_gone(), time()
        if gone or now >= self._again_at:
            self._due.update(self._followers)
            self._again_at = now + self._again
        due, self._due = self._due, set()
        by_app: dict[int, list[str]] = {}
        for app, user_id in due:
            by_app.setdefault(app, []).append(user_id)
        for app, user_ids in by_app.items():
            for at in range(0, len(user_ids), _AT_ONCE):
                await self._compare(app, user_ids[at : at + _AT_ONCE])
        self._rest = min(max(_RESTS * (time() - now), self._gather), REST_SECONDS)

    async def _node_is_gone(self) -> bool:
        """Whether another node may have ended since the last look."""
        nodes, processes = self._presence.peers(), self._processes
        if self._bus.clustered and self._followers:
            with suppress(Unavailable):
                processes = await self._ask_processes()
        gone = bool(self._nodes - nodes or self._processes - processes)
        self._nodes, self._processes = nodes, processes
        return gone

    async def _compare(self, number: int, user_ids: Collection[str]) -> None:
        app = self._apps.get(number)
        if app is None or not app.settings.user_status:
            return
        try:
            found = await self.of(app, list(user_ids))
        except ApiError:  # the other nodes cannot be asked: later again
            self._due.update((number, user_id) for user_id in user_ids)
            return
        told = 0
        for user_id in user_ids:
            key, status = (number, user_id), found.get(user_id, Status(OFFLINE, ""))
            followers = self._followers.get(key)
            if followers is None or self._known.get(key) == status:
                continue
            self._known[key] = status
            notice = changed(user_id, status)
            for follower in list(followers):
                if follower in followers:  # it may have ended it meanwhile
                    follower.deliver(notice)
                told += 1
                if told % _YIELD_EVERY == 0:
                    await asyncio.sleep(0)
