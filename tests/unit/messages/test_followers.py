"""Who is asked what is to be done for stored messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sodam.messages.followers import Followers
from sodam.outbox.service import Outbox


class _Outbox:
    """Every topic has a consumer, but for one."""

    def wants(self, topic: str) -> bool:
        return topic != "unwanted"


class _Message:
    def __init__(self, app: int) -> None:
        self.app = app


def test_who_is_idle_for_an_app_is_not_asked_of_its_messages() -> None:
    """Whoever else follows: callbacks of an app that pushes nothing must not pay for pushes."""
    asked: list[tuple[str, int]] = []

    def bodies(topic: str) -> Any:
        def make(messages: Sequence[_Message]) -> list[tuple[int, bytes]]:
            asked.extend((topic, message.app) for message in messages)
            return [(at, topic.encode()) for at in range(len(messages))]

        return make

    followers: Followers[_Message] = Followers(cast(Outbox, _Outbox()))
    followers.add("first", bodies("first"), lambda app: app == 1)
    followers.add("second", bodies("second"))
    followers.add("unwanted", bodies("unwanted"))
    assert followers.of_all(1, [_Message(1), _Message(1)]) == [("second", [(0, b"second"), (1, b"second")])]
    assert asked == [("second", 1), ("second", 1)]
    assert [one.topic for one in followers.of(_Message(2))] == ["first", "second"]
