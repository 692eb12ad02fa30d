"""Which groups a session follows, made up for after an outage."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sodam.bus import Topic, of_user
from sodam.errors import Unavailable
from sodam.gateway.following import Following
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
