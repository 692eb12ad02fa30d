"""Which groups a session follows, made up for after an outage."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest

from sodam.bus import Live, Topic, of_user
from sodam.bus.local import LocalBus
from sodam.errors import Unavailable
from sodam.gateway.connection import Connection
from sodam.gateway.following import Following
from sodam.groups.feed import of_group
from sodam.notices import Kind, Notice, Place


async def test_a_database_that_does_not_answer_is_asked_again_later() -> None:
    asked: list[str] = []
    followed: list[list[str]] = []
    back: list[str] = []
    away = True

    async def joined(app: int, user: str) -> list[tuple[str, int, int]]:
        asked.append(user)
        if away:
            raise Unavailable("it does not answer")
        return [("team", 0, 0)]

    async def begin(app: int, groups: list[str]) -> None:
        followed.append(groups)

    async def seats(session: object, app: int, user: str) -> None:
        back.append(user)

    live = SimpleNamespace(add=lambda topic, session: None, remove=lambda topic, session: None)
    feed = SimpleNamespace(begin=begin, crowds=SimpleNamespace())
    rooms = SimpleNamespace(awaits_somebody=lambda: True, back=seats)
    groups = SimpleNamespace(joined=joined, feed=feed, rooms=rooms)
    following = Following(cast(Any, SimpleNamespace(live=live, groups=groups)))
    session, again = cast(Any, object()), []
    await following.again(session, of_user(1, "ann"), lambda: again.append(session))
    assert (again, followed, back) == ([session], [], [])
    away = False
    await following.again(session, of_user(1, "ann"), lambda: again.append(session))
    assert (again, asked, followed, back) == ([session], ["ann", "ann"], [["team"]], ["ann"])


@pytest.mark.parametrize(("kind", "followed"), [(Kind.FOLLOW, {"old", "new"}), (Kind.UNFOLLOW, set[str]())])
async def test_a_hint_that_comes_while_the_groups_are_read_counts(kind: Kind, followed: set[str]) -> None:
    """What was read before it is read again."""
    topics: set[Topic] = set()
    reading, go = asyncio.Event(), asyncio.Event()
    rows = [("old", 0, 0)]

    async def joined(app: int, user: str) -> list[tuple[str, int, int]]:
        found = list(rows)
        reading.set()
        await go.wait()
        return found

    async def nothing(*_: object) -> None:
        return

    live = SimpleNamespace(
        add=lambda topic, session: topics.add(topic), remove=lambda topic, session: topics.discard(topic)
    )
    feed = SimpleNamespace(begin=nothing, begin_at=lambda *_: None, crowds=SimpleNamespace())
    rooms = SimpleNamespace(awaits_somebody=lambda: True, back=nothing, put_out=lambda *_: None)
    groups = SimpleNamespace(joined=joined, feed=feed, rooms=rooms)
    following = Following(cast(Any, SimpleNamespace(live=live, groups=groups)))
    session, ann = cast(Any, object()), of_user(1, "ann")
    beginning = asyncio.create_task(following.begin(session, ann))
    await reading.wait()
    group = "new" if kind is Kind.FOLLOW else "old"
    rows[:] = [("old", 0, 0), ("new", 0, 0)] if kind is Kind.FOLLOW else []
    following.change(session, ann, Notice(b"null", kind, Place("", group, 0, 0, 0)))
    go.set()
    await beginning
    assert {topic.name for topic in topics} == followed


async def test_who_joins_hears_nothing_of_before() -> None:
    """A node that follows the group already hears late of what was said there on another one."""

    async def joined(app: int, user: str) -> list[tuple[str, int, int]]:
        return [("team", 0, 0)] if user == "old" else []

    async def nothing(*_: object) -> None:
        return

    live = Live(LocalBus())
    feed = SimpleNamespace(begin=nothing, begin_at=lambda *_: None, crowds=SimpleNamespace())
    rooms = SimpleNamespace(awaits_somebody=lambda: False, put_out=lambda *_: None)
    groups = SimpleNamespace(joined=joined, feed=feed, rooms=rooms)
    following = Following(cast(Any, SimpleNamespace(live=live, groups=groups)))
    written: dict[str, list[int]] = {}
    connections: dict[str, Connection] = {}
    for user in ("old", "new"):
        hub, transport = MagicMock(following=following), MagicMock()
        connection = Connection(hub, cast(Any, SimpleNamespace(instid=1, platform=7)), "")
        transport.write_frame.return_value = transport.write.return_value = 0
        connection.transport, connection.registered = transport, of_user(1, user)
        await following.begin(connection, of_user(1, user))
        connections[user] = connection

    def say(*numbers: int) -> dict[str, list[int]]:
        for number in numbers:
            place = Place("ann", "team", number, 0, 0, number)
            live.send(of_group(1, "team"), Notice(b"%d" % number, Kind.GROUP, place))
        for user, connection in connections.items():
            notices = connection._notices or []
            written[user] = [int(notice.body) for notice in notices]
            connection.flush()
        return written

    def hint(kind: Kind, read: int = 0) -> None:
        connections["new"].deliver(Notice(b"null", kind, Place("", "team", 0, 0, 0, read)))

    assert say(4) == {"old": [4], "new": []}
    hint(Kind.FOLLOW, 7)
    assert say(5, 6, 7) == {"old": [5, 6, 7], "new": []}
    assert say(8, 9) == {"old": [8, 9], "new": [8, 9]}
    assert not connections["new"]._joined, "it is looked for no longer"
    hint(Kind.UNFOLLOW)
    assert say(10) == {"old": [10], "new": []}
    hint(Kind.FOLLOW, 12)
    hint(Kind.UNFOLLOW)
    hint(Kind.FOLLOW, 11)
    assert say(11, 12) == {"old": [11, 12], "new": [12]}, "the last time of joining counts"
