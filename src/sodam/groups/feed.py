"""What is appended to groups, on its way to the devices of this node: in the order of the sequences, without holes.

The database gives every message a sequence; hints of it come from this node's own commits and over the bus, in any
order, and may be lost. For each group that somebody here follows, the feed knows how far it got: what comes early waits
a moment, and what does not come is read from the database. After the bus was away, and now and then, it looks at all of
them. What happens to messages afterwards (recalls, edits, what users add to them) is numbered as well, and goes the
same way in a line of its own.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

import structlog

from sodam.bus import Bus, Live, Topic, of_user
from sodam.errors import Unavailable
from sodam.groups import pushes, store_messages, store_topics
from sodam.groups.crowds import Crowds
from sodam.groups.message import GroupMessage
from sodam.groups.missed import Missed, Names
from sodam.groups.model import Group, home_of, is_topic
from sodam.groups.types import COMMUNITY_PREFIX
from sodam.notices import Kind, Notice, Place
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database

log = structlog.get_logger(__name__)
PATIENCE_SECONDS: Final = 0.2
"""For so long a message waits for those before it until they are read."""
LOOK_SECONDS: Final = 60.0
_PAGE: Final = 200
_NUMBERED: Final = (Kind.GROUP, Kind.GROUP_SKIP, Kind.GROUP_CHANGE)
_NOTHING: Final = b"null"
"""The body of a number that is not for everyone."""


def of_group(app: int, group_id: str) -> Topic:
    """The topic of all devices of a group's members."""
    return Topic("g", app, group_id)


def to_home(line: Topic) -> Topic:
    """Where the devices are to which a line goes: those of a community's topics are the community's."""
    return Topic("g", line.app, home_of(line.name)) if is_topic(line.name) else line


def _has_topics(topic: Topic) -> bool:
    return topic.name.startswith(COMMUNITY_PREFIX)


class _Line:
    """The messages, or the changes, of one group that somebody here follows."""

    __slots__ = ("changes", "filling", "last", "waiting")

    def __init__(self, *, changes: bool) -> None:
        self.changes = changes
        self.last: int | None = None
        """What was delivered last; None: where it begins is not known yet."""
        self.waiting: dict[int, tuple[Notice, int]] = {}
        self.filling = False


class Feed:
    def __init__(self, db: Database, bus: Bus, live: Live, names: Names) -> None:
        self._db = db
        self._bus = bus
        self._live = live
        self._lines: dict[Topic, _Line] = {}
        self._changes: dict[Topic, _Line] = {}
        self.crowds = Crowds()
        self._missed = Missed(db, names)
        self.tellers = self._missed.tellers
        self._tasks: set[asyncio.Task[None]] = set()
        self._look: Loop | None = None
        self.closed: Callable[[Topic], None] | None = None
        """Is called when a group that somebody here may follow is gone."""
        self._loop = asyncio.get_running_loop()
        self._stopped = False
        live.watch("g", self._watch)
        live.gate("g", self._hear)

    def start(self, loops: Loops) -> None:
        if self._bus.clustered:
            self._bus.on_reconnect(lambda: self._spawn(self.look()))
            self._look = loops.start("group feeds", self.look, every=LOOK_SECONDS)

    async def stop(self) -> None:
        self._stopped = True
        if self._look is not None:
            await self._look.stop()
        for task in list(self._tasks):
            task.cancel()

    # The way in

    def publish(self, group: Group, message: GroupMessage, *, exclude: int = 0) -> None:
        """Notify all devices of what is stored (or, with sequence 0, is for those online) but InstId ``exclude``."""
        topic = of_group(message.app, home_of(message.group_id))
        if not message.extra.to:
            if self._live.wanted(topic, but=exclude) or topic in self._lines:
                self._live.send(topic, pushes.arrived(message, group), exclude=exclude)
        else:
            notice = pushes.arrived(message, group)
            notice.kind = Kind.OTHER
            for user_id in dict.fromkeys((*message.extra.to, message.sender)):
                self._live.send(of_user(message.app, user_id), notice, exclude=exclude)
            if message.seq:
                self._live.send(topic, pushes.skipped(message))
        for user_id in message.extra.at:
            if user_id != message.sender and message.seq:
                flags = [1, 2] if message.extra.at_all else [1]
                self._live.send(of_user(message.app, user_id), pushes.mentioned(message, flags))
        if message.extra.at_all and message.seq:
            self._live.send(topic, pushes.mentioned(message, [2]))

    def notify(self, app: int, group_id: str, notice: Notice, *, exclude: int = 0) -> None:
        """What is not stored under a sequence: recalls, edits, notices."""
        self._live.send(of_group(app, home_of(group_id)), notice, exclude=exclude)

    def open_topic(self, topic: Group) -> None:
        """A topic was made: where its community is followed, its line begins."""
        line = of_group(topic.app, topic.group_id)
        if of_group(topic.app, topic.parent) in self._lines and line not in self._lines:
            self._new_lines(line)

    def change(self, message: GroupMessage, num: int, notice: Notice, *, exclude: int = 0) -> None:
        """Notify those who have the message of the change ``num`` of the group's messages; 0: it has no number."""
        topic = of_group(message.app, home_of(message.group_id))
        if message.extra.to:
            for user_id in dict.fromkeys((*message.extra.to, message.sender)):
                self._live.send(of_user(message.app, user_id), notice, exclude=exclude)
            notice = Notice(_NOTHING)
        if num:
            notice.kind, notice.place = Kind.GROUP_CHANGE, Place("", message.group_id, num, 0, 0, num)
        if notice.body != _NOTHING or num:
            self._live.send(topic, notice, exclude=exclude)

    async def begin(self, app: int, group_ids: Iterable[str]) -> None:
        """Sessions follow these groups from now on. When this returns, whatever is stored later reaches them."""
        fresh = [g for g in group_ids if (line := self._lines.get(of_group(app, g))) is not None and line.last is None]
        if not fresh:
            return
        heads = await store_messages.heads(self._db, app, fresh)
        begun = []
        for group_id in fresh:
            head, topic = heads.get(group_id, store_messages.NO_HEAD), of_group(app, group_id)
            self.crowds.begun(topic, head)
            begun += [topic] if self._begin_lines(topic, *head.lasts) else []
        self._look_again(begun)
        if communities := [g for g in fresh if g.startswith(COMMUNITY_PREFIX)]:
            await self._begin_topics(app, communities)

    async def _begin_topics(self, app: int, group_ids: list[str]) -> None:
        begun = []
        for topic_id, heads in (await store_topics.ids(self._db, app, group_ids)).items():
            line = of_group(app, topic_id)
            if to_home(line) in self._lines and (line not in self._lines or self._lines[line].last is None):
                self._add_lines(line)
                begun += [line] if self._begin_lines(line, *heads) else []
        self._look_again(begun)

    def begin_at(self, app: int, group_id: str, seq: int, changes: int) -> None:
        """As ``begin``, where it is known that everything up to ``seq`` and ``changes`` is not for those who follow."""
        topic = of_group(app, group_id)
        if group_id.startswith(COMMUNITY_PREFIX) and not is_topic(group_id):
            self._spawn(self._begin_topics(app, [group_id]))
        self._look_again([topic] if self._begin_lines(topic, seq, changes) else [])

    def _begin_lines(self, topic: Topic, seq: int, changes: int) -> bool:
        begun = False
        for line, last in ((self._lines.get(topic), seq), (self._changes.get(topic), changes)):
            if line is not None and line.last is None:
                line.last, begun = last, True
                self._drain(topic, line)
        return begun

    def _look_again(self, begun: list[Topic]) -> None:
        """The subscription of those of one app may have begun a moment too late: one look at all of them says so."""
        if begun and self._bus.clustered:
            self._loop.call_later(PATIENCE_SECONDS, lambda: self._spawn(self._fill_to_heads(begun)))

    # On this node

    def _watch(self, topic: Topic, here: bool) -> None:
        if here:
            self._lines[topic], self._changes[topic] = _Line(changes=False), _Line(changes=True)
        else:
            self.crowds.ended(topic)
            self._lines.pop(topic, None)
            self._changes.pop(topic, None)
            for line in [t for t in self._lines if to_home(t) == topic] if _has_topics(topic) else ():
                del self._lines[line], self._changes[line]

    def _hear(self, topic: Topic, notice: Notice, exclude: int) -> None:
        if notice.kind is Kind.CLOSED:
            if self.closed is not None:
                self.closed(topic)
            return
        if notice.kind not in _NUMBERED or notice.place is None:
            self._live.deliver(topic, notice, exclude)
            return
        home = topic
        if is_topic(notice.place.recipient):
            topic = of_group(home.app, notice.place.recipient)
            if home in self._lines and topic not in self._lines:
                self._new_lines(topic)
        line = (self._changes if notice.kind is Kind.GROUP_CHANGE else self._lines).get(topic)
        if line is None:
            return
        seq = notice.place.seq
        if line.last == seq - 1 and not line.waiting:
            line.last = seq
            self._give(topic, notice, exclude)
        elif line.last is None or seq > line.last:
            line.waiting.setdefault(seq, (notice, exclude))
            if line.last is not None:
                self._drain(topic, line)

    def _add_lines(self, topic: Topic) -> None:
        self._lines.setdefault(topic, _Line(changes=False))
        self._changes.setdefault(topic, _Line(changes=True))

    def _new_lines(self, topic: Topic) -> None:
        """A topic is heard of for the first time: it is new, and what came before this is still to come, or to be read;
        or the lines of its community are just being begun."""
        self._add_lines(topic)
        if self._lines[to_home(topic)].last is not None:
            self._lines[topic].last = self._changes[topic].last = 0

    def _give(self, topic: Topic, notice: Notice, exclude: int) -> None:
        if notice.kind is not Kind.GROUP_SKIP and notice.body != _NOTHING:
            self._live.deliver(to_home(topic), notice, exclude)

    def _drain(self, topic: Topic, line: _Line) -> None:
        assert line.last is not None
        for seq in [seq for seq in line.waiting if seq <= line.last]:
            del line.waiting[seq]
        while (following := line.waiting.pop(line.last + 1, None)) is not None:
            line.last += 1
            self._give(topic, *following)
        if line.waiting and not line.filling:
            line.filling = True
            self._loop.call_later(PATIENCE_SECONDS, lambda: self._spawn(self._fill(topic, line)))

    async def _fill(self, topic: Topic, line: _Line) -> None:
        """Read what did not come, up to the newest that waits."""
        looked = False
        try:
            while line.waiting and self._is_followed(topic, line) and line.last is not None:
                if line.last + 1 in line.waiting:
                    self._drain(topic, line)
                    continue
                if not looked:  # that somebody left may have been lost, too
                    looked = True
                    home = home_of(topic.name)
                    await self.crowds.look(topic.app, [home], await store_messages.heads(self._db, topic.app, [home]))
                    continue
                await self._read(topic, line, min(min(line.waiting) - 1, line.last + _PAGE))
        finally:
            line.filling = False

    def _is_followed(self, topic: Topic, line: _Line) -> bool:
        return line in self._both(topic)

    async def _fill_to_heads(self, topics: list[Topic]) -> None:
        app, homes = topics[0].app, {home_of(topic.name) for topic in topics}
        found = await store_messages.heads(self._db, app, homes.union(topic.name for topic in topics))
        # First, as in ``look``: what is made up for is for members.
        await self.crowds.look(app, [home for home in homes if of_group(app, home) in self._lines], found)
        for topic in topics:
            lasts = found.get(topic.name, store_messages.NO_HEAD).lasts
            for line, head in zip(self._both(topic), lasts, strict=True):
                if line is not None and line.last is not None and not line.filling:
                    await self._reach(topic, line, head)

    async def _reach(self, topic: Topic, line: _Line, head: int) -> None:
        line.filling = True
        try:
            while self._is_followed(topic, line) and line.last is not None and line.last < head:
                await self._read(topic, line, min(head, line.last + _PAGE))
        finally:
            line.filling = False
        if self._is_followed(topic, line) and line.last is not None:
            self._drain(topic, line)

    async def _read(self, topic: Topic, line: _Line, high: int) -> None:
        """Deliver what is stored behind ``line.last`` up to ``high``; what is not stored is nobody's."""
        assert line.last is not None
        if line.changes:
            await self._read_changes(topic, line, high)
            return
        for message, notice in await self._missed.messages(topic, line.last + 1, high):
            if message.seq <= line.last:
                continue  # it came while this was read
            line.last = message.seq
            line.waiting.pop(message.seq, None)
            if notice is not None:
                self._make_up(topic, message, notice)
        line.last = max(line.last, high)

    async def _read_changes(self, topic: Topic, line: _Line, high: int) -> None:
        assert line.last is not None
        for num, message, recalled, notices in await self._missed.changes(topic, line.last + 1, high):
            if num <= line.last:
                continue  # it came while this was read
            line.last = num
            line.waiting.pop(num, None)
            for notice, user_id in notices:
                if user_id:
                    self._live.deliver(of_user(topic.app, user_id), notice, 0)
                elif recalled:
                    self._live.deliver(to_home(topic), notice, 0)
                else:
                    self._make_up(topic, message, notice)
        line.last = max(line.last, high)

    def _make_up(self, topic: Topic, message: GroupMessage, notice: Notice) -> None:
        """Give those here who have the message what was lost on its way."""
        users = dict.fromkeys((*message.extra.to, message.sender)) if message.extra.to else ()
        for receivers in [of_user(topic.app, user_id) for user_id in users] or [to_home(topic)]:
            self._live.deliver(receivers, notice, 0)

    async def look(self) -> None:
        """Look for what may have been lost, in all groups that somebody here follows."""
        by_app: defaultdict[int, list[str]] = defaultdict(list)
        for topic, line in self._lines.items():
            if line.last is not None and not line.filling:
                by_app[topic.app].append(topic.name)
        for app, group_ids in by_app.items():
            before = {group_id: self._lasts(of_group(app, group_id)) for group_id in group_ids}
            heads = await store_messages.heads(self._db, app, group_ids)
            await self.crowds.look(app, group_ids, heads)  # first: what is made up for is for members
            for group_id, found in heads.items():
                topic = of_group(app, group_id)
                for line_, head, last in zip(self._both(topic), found.lasts, before[group_id], strict=True):
                    if line_ is None or line_.last is None or line_.filling:
                        continue
                    if last is not None and head < last:
                        self._anew(topic, line_, head, last)
                    elif line_.last < head:
                        await asyncio.sleep(PATIENCE_SECONDS)  # the hint may be a moment behind the commit
                        await self._reach(topic, line_, head)

    def _both(self, topic: Topic) -> tuple[_Line | None, _Line | None]:
        return self._lines.get(topic), self._changes.get(topic)

    def _lasts(self, topic: Topic) -> tuple[int | None, ...]:
        return tuple(None if line is None else line.last for line in self._both(topic))

    def _anew(self, topic: Topic, line: _Line, head: int, last: int) -> None:
        """Less is stored than was delivered: the group is gone, and another has its ID. Devices hear it from behind its
        newest message; they fetch what came before, as they were asked to when the bus was back."""
        if line.last == last:
            line.last = head
            self._drain(topic, line)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopped:
            work.close()
            return

        async def run() -> None:
            try:
                await work
            except Unavailable:
                pass  # the next look finds it
            except Exception:
                log.exception("a group's feed failed")

        task = self._loop.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
