"""Which groups a session follows, made up for after an outage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from sodam.bus import of_user
from sodam.errors import Unavailable
from sodam.gateway.following import Following


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
    groups = SimpleNamespace(joined=joined, feed=SimpleNamespace(begin=begin), rooms=SimpleNamespace(back=seats))
    following = Following(cast(Any, SimpleNamespace(live=live, groups=groups)))
    session, again = cast(Any, object()), []
    await following.again(session, of_user(1, "ann"), lambda: again.append(session))
    assert (again, followed, back) == ([session], [], [])
    away = False
    await following.again(session, of_user(1, "ann"), lambda: again.append(session))
    assert (again, asked, followed, back) == ([session], ["ann", "ann"], [["team"]], ["ann"])
