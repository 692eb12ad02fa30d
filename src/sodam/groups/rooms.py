"""Live rooms (AVChatRoom): entering and leaving, who is there, marks, admins and robots (rest-groups.md 2.32 to 2.38).

Being in a room is a matter of sessions (seats.py): nothing is written for it, on any node. What is to be known of the
whole cluster is asked of all nodes at the time, and a number that every tip carries is at most some seconds old. Who
entered and left is sent to the room once a second at most, several users at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import structlog

from sodam.apps.model import App
from sodam.bus import Bus, LiveSession, Topic
from sodam.bus.ask import Asking
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store, store_bans, store_rooms
from sodam.groups.core import Core, Operator, not_found
from sodam.groups.feed import of_group
from sodam.groups.model import Group, Member, check_group_id
from sodam.groups.room_news import RoomNews
from sodam.groups.room_staff import Staff, check_room
from sodam.groups.seat_copies import SeatCopies
from sodam.groups.seat_journal import SeatJournal
from sodam.groups.seats import ALWAYS_ONLINE, HIDDEN, MAX_ROOMS, Key
from sodam.groups.tips import Op, Tips
from sodam.groups.types import TYPES, Delivery, Role
from sodam.groups.types import Topic as About
from sodam.groups.visits import Visits
from sodam.notices import Notice
from sodam.observability.loops import Loop, Loops

log = structlog.get_logger(__name__)
LISTED: Final = 1000
LISTED_WITHOUT: Final = 30
"""The newest visitors that are listed, with the app's setting and without."""
PAGE: Final = 500
MAX_MARKS: Final = 10
MAX_MARKED: Final = 1000
LEAST_MARK: Final = 1000
SWEEP_SECONDS: Final = 2.0
_MICRO: Final = 1_000_000


class Entered(NamedTuple):
    history: list[bytes]
    """JSON of the room's newest messages, as far as the app keeps any for newcomers."""
    announce: Callable[[], None]
    """Have the room know, once the newcomer has its answer."""


class Listed(NamedTuple):
    user_id: str
    joined_at: int
    """Unix microseconds."""
    marks: list[int]


def everywhere(app: int) -> Topic:
    """The topic of all who are in some room of an app."""
    return Topic("b", app, "all")


class Rooms:
    def __init__(self, core: Core, bus: Bus, tips: Tips) -> None:
        self._core = core
        self._seats = core.seats
        self._live = core.live
        self._bus = bus
        self.staff = Staff(core)
        self._asking: Asking | None = None
        self._loop = asyncio.get_running_loop()
        self._news = RoomNews(core, tips, self._count_elsewhere)
        self.visits = Visits(core, self._elsewhere)
        self.copies = SeatCopies(bus, core.seats)
        self._peers: Callable[[], set[str]] = set
        self._sweeper: Loop | None = None
        core.feed.closed = self._closed
        core.live.gate("b", self._to_all)

    def connect(self, node: str, peers: Callable[[], set[str]], journal: SeatJournal | None = None) -> None:
        """Who the other nodes are, without it there are none; and where to write down who sits here."""
        self._asking = Asking(self._bus, "rooms", node, peers, self._answer)
        self._peers = peers
        self.copies.connect(node, peers, journal)

    def start(self, loops: Loops) -> None:
        if self._asking is not None:
            self._asking.start()
        self.copies.start()
        self.visits.start(loops)
        self._sweeper = loops.start("room seats", self.sweep, every=SWEEP_SECONDS)

    async def stop(self) -> None:
        if self._sweeper is not None:
            await self._sweeper.stop()
        if self._asking is not None:
            self._asking.stop()
        self.copies.stop()
        self._news.stop()
        await self.visits.stop()

    # Entering and leaving

    async def enter(
        self,
        app: App,
        operator: Operator,
        group: Group,
        session: Callable[[], LiveSession | None],
    ) -> Entered:
        """Have the device of ``operator`` sit in a room, whether it does or not. ``session``: its connection by then.

        Raises ApiError 10007 for who is banned, 10016 or the app's own code where its callback refuses, 10037 when the
        device is in a hundred rooms.
        """
        key, user_id, instid = (app.sdkappid, group.group_id), operator.user_id, operator.instid
        if await store_bans.of(self._core.db, *key, [user_id], self._core.now()):
            raise ApiError(Code.GROUP_NOT_PERMITTED, "the user is banned")
        guard, command = self._core.guard, "Group.CallbackBeforeApplyJoinGroup"
        if guard is not None and guard.wanted(app, command) and not self._seats.here(key, user_id):
            await guard.applying(app, operator, group.group_id, group.type)
        most = app.settings.room_history
        history = await store_rooms.newest(self._core.db, *key, most) if most else []
        here = session()
        if here is not None and len(self._seats.rooms_of(here)) >= MAX_ROOMS:
            raise ApiError(Code.GROUP_JOINED_QUOTA)
        now = int(self._core.clock() * _MICRO)
        fresh = self._seats.take(key, user_id, instid, here, now, self._loop.time())
        if here is not None:
            await self._follow(here, key)
        self.copies.note(key, user_id, instid, here=True)
        if fresh is None:
            return Entered(history, lambda: None)
        self.visits.note(group, user_id, "Join")
        return Entered(history, lambda: self._notify(group, Op.JOINED, user_id))

    async def leave(self, app: App, user_id: str, group: Group, instid: int, session: LiveSession | None) -> None:
        """Raises ApiError 10007 (not in the room), 10009 (the owner)."""
        key = (app.sdkappid, group.group_id)
        if not self._seats.here(key, user_id):
            raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not in the room")
        if group.owner == user_id and not TYPES[group.type].owner_quits:
            raise ApiError(Code.GROUP_OWNER_CANNOT_QUIT)
        if session is not None:
            self._unfollow(session, key)
        self.copies.note(key, user_id, instid, here=False)
        if self._seats.leave(key, user_id, instid, session):
            self.visits.note(group, user_id, "Quit")
            self._notify(group, Op.QUIT, user_id)

    def _notify(self, group: Group, op: Op, user_id: str) -> None:
        if TYPES[group.type].tips[About.MEMBERS] is not Delivery.NOBODY:
            self._news.notify(group, op, user_id)

    def lost(self, session: LiveSession) -> None:
        """A session has ended; its device may come back within seconds."""
        for key in self._seats.lost(session, self._loop.time()):
            self._live.remove(of_group(*key), session)
            self._live.remove(everywhere(key[0]), session)

    def occupied(self) -> bool:
        """Whether anybody who is connected here sits in a room."""
        return self._seats.occupied

    def awaits_somebody(self) -> bool:
        """Whether a device that connects may have a seat already: here, or as other nodes know."""
        return self._seats.awaits_somebody or self.copies.known()

    async def back(self, session: LiveSession, app: int, user_id: str) -> None:
        """A device has connected again: it is in its rooms as before, also those in which another node knew it to be,
        but not where it was banned meanwhile."""
        mine = self._seats.back(app, user_id, session)
        moved = [key for key in self.copies.take(app, user_id, session.instid) if key not in mine]
        for key in moved:
            group = (await store.load(self._core.db, app, [key[1]])).get(key[1])
            if group is not None and not TYPES[group.type].stores_members:
                now = int(self._core.clock() * _MICRO)
                self._seats.take(key, user_id, session.instid, session, now, self._loop.time())
        for key in [*mine, *moved]:
            if await store_bans.of(self._core.db, *key, [user_id], self._core.now()):
                self._seats.leave(key, user_id, session.instid, session)
                self.copies.note(key, user_id, session.instid, here=False)
            elif self._seats.user_in(session, key) is not None:
                self.copies.note(key, user_id, session.instid, here=True)
                await self._follow(session, key)

    def put_out(self, session: LiveSession, app: int, group_id: str) -> None:
        """A session's user was banned."""
        key = (app, group_id)
        user_id = self._seats.user_in(session, key)
        if user_id is not None:
            self._unfollow(session, key)
            self._seats.leave(key, user_id, session.instid, session)
            self.copies.note(key, user_id, session.instid, here=False)

    async def sweep(self) -> None:
        """Take the seats of devices that did not come back, and forget rooms that are empty."""
        for key, user_id, instid in self._seats.overdue(self._loop.time()):
            self.copies.note(key, user_id, instid, here=False)
            if self._seats.leave(key, user_id, instid, None):
                await self._gone(key, user_id)
        for key, user_id in self.copies.lost(self._loop.time()):
            if not self._seats.here(key, user_id):
                await self._gone(key, user_id)
        self.copies.alive()
        self._news.sweep()

    async def _gone(self, key: Key, user_id: str) -> None:
        """Somebody did not come back."""
        group = self._news.group(key) or (await store.load(self._core.db, key[0], [key[1]])).get(key[1])
        if group is not None:
            self.visits.note(group, user_id, "HeartbeatInterrupt")
            self._notify(group, Op.QUIT, user_id)

    async def _follow(self, session: LiveSession, key: Key) -> None:
        self._live.add(of_group(*key), session)
        self._live.add(everywhere(key[0]), session)
        await self._core.feed.begin(key[0], [key[1]])

    def _unfollow(self, session: LiveSession, key: Key) -> None:
        self._live.remove(of_group(*key), session)
        if self._seats.rooms_of(session) == [key]:
            self._live.remove(everywhere(key[0]), session)

    def _closed(self, topic: Topic) -> None:
        key = (topic.app, topic.name)
        for session in list(self._live.local(topic)):
            self._unfollow(session, key)
        for (_, user_id, instid), _ in self._seats.devices(key):
            self.copies.note(key, user_id, instid, here=False)
        self._seats.empty(key)
        self._news.forget(key)

    def _to_all(self, topic: Topic, notice: Notice, exclude: int) -> None:
        """A message to all rooms: to those of this node, each as of its own."""
        for key in [key for key in self._seats.all() if key[0] == topic.app]:
            self._live.deliver(of_group(*key), pushes.in_room(notice, key[1]), exclude)

    # Who is there

    async def number(self, app: int, group_id: str) -> int:
        """How many are in a room, on all nodes, with the robots."""
        key = (app, group_id)
        return self._seats.number(key) + await self._count_elsewhere(key)

    async def _count_elsewhere(self, key: Key) -> int:
        counts = await self._ask("count", *key)
        robots = await store_rooms.robots(self._core.db, *key, self._core.now())
        silent = sum(1 for user_id, _ in robots if not self._seats.here(key, user_id))
        return int(sum(counts)) + silent

    async def page(self, app: App, group_id: str, *, before: int, mark: int | None) -> tuple[list[Listed], int]:
        """Those in a room, the newest first, and where to go on; 0: the end.

        Of the newest 1000, by pages of 500; without the app's setting the newest 30.
        """
        most = LISTED if app.settings.room_online_members else LISTED_WITHOUT
        everyone = await self.listed(app.sdkappid, group_id, most, mark)
        rest = [one for one in everyone if not before or one.joined_at < before]
        shown = rest[:PAGE]
        return shown, shown[-1].joined_at if len(rest) > PAGE else 0

    async def listed(self, app: int, group_id: str, most: int, mark: int | None) -> list[Listed]:
        key = (app, group_id)
        found = {one[0]: Listed(*one) for one in self._newest(key, most, mark)}
        for answer in await self._ask("list", *key, most, mark):
            for user_id, at, marks in answer:
                found.setdefault(user_id, Listed(user_id, at, marks))
        if mark in (None, ALWAYS_ONLINE):
            for user_id, at in await store_rooms.robots(self._core.db, *key, self._core.now()):
                one = found.get(user_id, Listed(user_id, at * _MICRO, []))
                found[user_id] = one._replace(marks=[*one.marks, ALWAYS_ONLINE])
        return sorted(found.values(), key=lambda one: (-one.joined_at, one.user_id))[:most]

    async def present(self, app: int, group_id: str, user_ids: Sequence[str]) -> list[str]:
        """Which of these users are in a room, in their order."""
        key = (app, group_id)
        found = {*self._present(key, user_ids), *await self._elsewhere(key, user_ids)}
        found.update(user_id for user_id, _ in await store_rooms.robots(self._core.db, *key, self._core.now()))
        return [user_id for user_id in dict.fromkeys(user_ids) if user_id in found]

    async def of_user(self, app: int, user_id: str) -> list[str]:
        """The rooms that a user is in, on any node, by their IDs."""
        found = set(self._seats.of_user(app, user_id))
        for answer in await self._ask("of", app, user_id):
            found.update(answer)
        return sorted(found)

    # Marks, admins, robots

    async def mark(
        self, app: App, operator: Operator, group_id: str, wanted: Mapping[str, Sequence[int]], *, remove: bool
    ) -> list[str]:
        """Mark users who are in a room, or take marks away; those with whom it worked.

        Raises ApiError 10004 for marks that may not be, 10007 unless by the app or the owner, 10010, 10015.
        """
        group = await self.group(app, group_id)
        if not operator.admin and group.owner != operator.user_id:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "marks are the owner's to set")
        own = (ALWAYS_ONLINE, HIDDEN) if operator.admin else ()
        for mark in {mark for marks in wanted.values() for mark in marks}:
            if mark < LEAST_MARK and mark not in own:
                raise ApiError(Code.GROUP_BAD_PARAMETER, f"a mark is at least {LEAST_MARK}")
        key = (app.sdkappid, group_id)
        robots = [user_id for user_id, marks in wanted.items() if ALWAYS_ONLINE in marks]
        if robots:
            await self.staff.robots(app, group_id, robots, remove=remove)
        plain = {user_id: [m for m in marks if m != ALWAYS_ONLINE] for user_id, marks in wanted.items()}
        plain = {user_id: marks for user_id, marks in plain.items() if marks}
        done = {*robots, *self._mark(key, plain, remove=remove)}
        for answer in await self._ask("mark", *key, plain, remove):
            done.update(answer)
        return [user_id for user_id in wanted if user_id in done]

    async def group(self, app: App, group_id: str) -> Group:
        """A room. Raises ApiError 10007 for a group of another type, 10010, 10015."""
        check_group_id(group_id)
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        check_room(group)
        return group

    async def membership(self, group: Group, user_id: str) -> Member | None:
        """What somebody in a room is there, in the shape of a member; None: not in it by this node."""
        visitor = self._seats.visitor((group.app, group.group_id), user_id)
        if visitor is None:
            return None
        return Member(
            user_id=user_id,
            role=await self._role(group, user_id),
            joined_at=visitor.joined_at // _MICRO,
            pos=0,
            read_seq=group.next_seq - 1,
            msg_flag=TYPES[group.type].msg_flag,
        )

    async def _role(self, group: Group, user_id: str) -> Role:
        if group.owner == user_id:
            return Role.Owner
        admins = await store_rooms.admins(self._core.db, group.app, group.group_id)
        return Role.Admin if user_id in admins else Role.Member

    async def _elsewhere(self, key: Key, user_ids: Sequence[str]) -> set[str]:
        """Which of these users are in a room by other nodes."""
        return {user_id for answer in await self._ask("present", *key, list(user_ids)) for user_id in answer}

    # Among nodes

    async def _ask(self, *question: Any) -> Sequence[Any]:
        return await self._asking.ask(*question) if self._asking is not None else ()

    def _answer(self, question: list[Any]) -> Any:
        what, app, group_id, *rest = question
        key = (int(app), str(group_id))
        match what:
            case "of":
                return self._seats.of_user(*key)
            case "count":
                return self._seats.number(key)
            case "list":
                return self._newest(key, *rest)
            case "present":
                return self._present(key, rest[0])
            case "mark":
                return self._mark(key, rest[0], remove=bool(rest[1]))
        return []  # of a newer node

    def _newest(self, key: Key, most: int, mark: int | None) -> list[tuple[str, int, list[int]]]:
        return [(v.user_id, v.joined_at, sorted(v.marks)) for v in self._seats.newest(key, most, mark, 0)]

    def _present(self, key: Key, user_ids: Iterable[str]) -> list[str]:
        return [user_id for user_id in user_ids if self._seats.here(key, user_id)]

    def _mark(self, key: Key, wanted: Mapping[str, Sequence[int]], *, remove: bool) -> list[str]:
        done = []
        for user_id, marks in wanted.items():
            visitor = self._seats.visitor(key, user_id)
            if visitor is None:
                continue
            if remove:
                visitor.marks.difference_update(marks)
            else:
                there = self._seats.marks(key)
                fresh = [m for m in marks if m in there or m == HIDDEN or len(there) < MAX_MARKS]
                fresh = [m for m in fresh if there.get(m, 0) < MAX_MARKED or m in visitor.marks]
                if len(fresh) < len(marks):
                    continue
                visitor.marks.update(fresh)
            done.append(user_id)
        return done
