"""Extensions and reactions in storage: writers at the same time, devices that were away, and their end."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest
import pytest_asyncio

from sodam.accounts.events import AccountsDeleted
from sodam.c2c import catch_up, retention
from sodam.errors import ApiError, Code
from sodam.extensions import reactions as reactions_module
from sodam.extensions.model import Extension, Item, Operation, Subject
from sodam.extensions.one_to_one import OneToOneMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.messages.events import MessagesErased
from sodam.messages.model import EXTENSIBLE
from tests.contract.world import World, place
from tests.support.barrier import Gate

ONE, OTHER = "👍", "thanks"


class Parts(NamedTuple):
    world: World
    extensions: Extensions
    reactions: Reactions
    messages: OneToOneMessages

    async def sent(self, flags: int = EXTENSIBLE) -> Subject:
        """A message of a to b."""
        sent = await self.world.send("a", "b", flags=flags)
        return await self.messages.find(self.world.app, "a", "b", place(sent))

    async def set(self, subject: Subject, user: str, key: str, value: str, seq: int) -> tuple[Code | None, Extension]:
        done = await self.extensions.change(subject, user, Operation.SET, [Item(key, value, seq)], versions=True)
        return done.results[0]

    async def stored(self, subject: Subject) -> list[tuple[str, str, int]]:
        return [(e.key, e.value, e.seq) for e in (await self.extensions.page(subject, 0)).extensions]

    async def rows(self) -> list[int]:
        """How many rows each table has for the app."""
        found = []
        for table in ("message_extension", "message_extension_key", "message_reaction", "c2c_change"):
            (row,) = await self.world.db.fetch(f"SELECT COUNT(*) FROM {table} WHERE app = $1", self.world.app.sdkappid)
            found.append(int(row[0]))
        return found


def parts_of(world: World) -> Parts:
    extensions, reactions = Extensions(world.db, world.clock), Reactions(world.db, world.live)
    return Parts(world, extensions, reactions, OneToOneMessages(world.c2c, extensions, reactions))


@pytest_asyncio.fixture
async def parts(world: World) -> Parts:
    found = parts_of(world)
    world.db.events.subscribe(AccountsDeleted, found.reactions.forget_accounts)
    world.db.events.subscribe(MessagesErased, found.extensions.erase)
    return found


def summaries(events: list[dict[str, Any]]) -> dict[str, tuple[int, list[str]]]:
    """The last state of each reaction in pushes."""
    return {
        one["Reaction"]: (one["Count"], one.get("Reaction_Account", []))
        for event in events
        for item in event.get("MsgReactionNotifyList", [])
        for one in item["MsgReactionSummary"]
    }


async def test_who_writes_from_an_old_copy_is_told_the_new_one(parts: Parts) -> None:
    subject = await parts.sent()
    devices = [parts.world.device(user) for user in ("a", "b", "c")]
    assert await parts.set(subject, "a", "k", "1", 0) == (None, Extension("k", "1", 1))
    assert await parts.set(subject, "b", "k", "2", 0) == (Code.EXTENSION_CONFLICT, Extension("k", "1", 1))
    assert await parts.set(subject, "b", "k", "2", 1) == (None, Extension("k", "2", 2))
    assert await parts.stored(subject) == [("k", "2", 2)]
    told = [[event["MsgExtensionNotify"]["SetKVInfo"] for event in device.take()] for device in devices]
    first, second = ([{"MsgKeyValue": [{"Key": "k", "Value": v, "Seq": s}]}] for v, s in (("1", 1), ("2", 2)))
    assert told == [[first, second], [first, second], []]


async def test_two_writers_of_one_key(gate: Gate) -> None:
    """Only one of them had the newest copy."""
    parts = parts_of(await World.open(gate))
    subject = await parts.sent()
    got = await gate.together(*[lambda user=user: parts.set(subject, user, "k", user, 0) for user in "aabb"])
    outcomes = [code for code, _ in got.values]
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, *[Code.EXTENSION_CONFLICT] * 3])), got
    ((_, _, seq),) = await parts.stored(subject)
    assert seq == 1


async def test_reactions_at_their_limits(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions_module, "MAX_REACTIONS", 2)
    parts = parts_of(await World.open(gate))
    subject = await parts.sent(flags=0)
    got = await gate.together(*[lambda n=n: parts.reactions.add(subject, "a", f"r{n}") for n in range(4)])
    got.only(ApiError)
    assert [error.code for error in got.errors] == [Code.REACTION_LIMIT] * 2  # type: ignore[attr-defined]
    assert len(await parts.reactions.read(subject)) == 2


async def test_reactions(parts: Parts) -> None:
    subject = await parts.sent(flags=0)
    amy, bob = parts.world.device("a"), parts.world.device("b")
    await parts.reactions.add(subject, "a", ONE)
    await parts.reactions.add(subject, "b", ONE)
    await parts.reactions.add(subject, "b", OTHER)
    assert await parts.reactions.read(subject) == [(ONE, ["a", "b"]), (OTHER, ["b"])]
    await parts.reactions.remove(subject, "b", OTHER)
    for device in (amy, bob):
        events = device.take()
        assert summaries(events) == {ONE: (2, ["a", "b"]), OTHER: (0, [])}
        own = [event["MsgReactionNotify"] for event in events if "MsgReactionNotify" in event]
        mine = [(ONE, 1)] if device is amy else [(ONE, 1), (OTHER, 1), (OTHER, 2)]
        assert [(one["Reaction"], one["MsgOptType"]) for one in own] == mine
    for action, expected in (
        (lambda: parts.reactions.add(subject, "a", ONE), Code.REACTION_EXISTS),
        (lambda: parts.reactions.remove(subject, "a", OTHER), Code.REACTION_NOT_FOUND),
    ):
        with pytest.raises(ApiError) as refused:
            await action()
        assert refused.value.code is expected
    await parts.reactions.remove(subject, "b", ONE)
    with pytest.raises(ApiError) as refused:
        await parts.reactions.remove(subject, "b", ONE)
    assert refused.value.code is Code.REACTION_NOT_GIVEN
    for number in range(2, 101):
        await parts.reactions.add(subject, f"user {number}", ONE)
    with pytest.raises(ApiError) as refused:
        await parts.reactions.add(subject, "b", ONE)
    assert refused.value.code is Code.REACTION_USER_LIMIT
    assert summaries(amy.take())[ONE] == (100, ["a", *(f"user {number}" for number in range(2, 11))])
    for number in range(2, 11):
        await parts.reactions.add(subject, "b", f"reaction {number}")
    with pytest.raises(ApiError) as refused:
        await parts.reactions.add(subject, "b", OTHER)
    assert refused.value.code is Code.REACTION_LIMIT


async def test_what_a_device_missed(parts: Parts) -> None:
    """Every key and reaction is as it is now, each once, and a removal of all keys comes first."""
    world, subject = parts.world, await parts.sent()
    await parts.set(subject, "a", "old", "x", 0)
    since = await world.c2c.histories.position()
    await parts.set(subject, "a", "gone", "x", 0)
    await parts.extensions.change(subject, "a", Operation.CLEAR, [], versions=True)
    await parts.set(subject, "a", "k", "1", 0)
    await parts.set(subject, "b", "k", "2", 4)
    await parts.set(subject, "b", "l", "3", 0)
    await parts.extensions.change(subject, "a", Operation.DELETE, [Item("l", "", 6)], versions=True)
    for user, reaction in (("a", ONE), ("b", ONE), ("b", OTHER)):
        await parts.reactions.add(subject, user, reaction)
    await parts.reactions.remove(subject, "b", OTHER)
    for owner in ("a", "b"):
        missed = await catch_up.page_since(world.c2c.histories, world.app, owner, since)
        events = [msgspec.json.decode(notice.body) for notice in missed.notices]
        extended = [event["MsgExtensionNotify"] for event in events if "MsgExtensionNotify" in event]
        assert [one["MsgOptType"] for one in extended] == [3, 1, 2]
        assert extended[0]["ClearKVInfo"] == [{"ClearMsgSeq": 3}]
        assert extended[1]["SetKVInfo"] == [{"MsgKeyValue": [{"Key": "k", "Value": "2", "Seq": 5}]}]
        assert extended[2]["DeleteKVInfo"] == [{"MsgKeyValue": [{"Key": "l", "Value": "", "Seq": 7}]}]
        assert summaries(events) == {ONE: (2, ["a", "b"]), OTHER: (0, [])}
        own = {one["Reaction"]: one["MsgOptType"] for e in events if (one := e.get("MsgReactionNotify"))}
        assert own == {ONE: 1, OTHER: 2}
        assert [event for event in events if event["Event"] == 17] == []
    again = await catch_up.page_since(world.c2c.histories, world.app, "a", await world.c2c.histories.position())
    assert again.notices == []


async def test_they_end_with_their_message_and_their_user(parts: Parts) -> None:
    world, old = parts.world, await parts.sent()
    await parts.set(old, "a", "k", "1", 0)
    await parts.reactions.add(old, "b", ONE)
    world.clock.now += 10 * 86400
    young = await parts.sent()
    await parts.set(young, "a", "k", "1", 0)
    await parts.reactions.add(young, "a", ONE)
    await parts.reactions.add(young, "b", ONE)
    assert await parts.rows() == [2, 2, 3, 5]
    assert await retention.purge(world.db, world.app.sdkappid, int(world.clock.now) - 86400) == 1
    assert await parts.rows() == [1, 1, 2, 3]
    await world.accounts.delete(world.app, ["b"])
    assert await parts.reactions.read(young) == [(ONE, ["a"])]
    with pytest.raises(ApiError) as refused:
        await parts.set(old, "a", "k", "2", 1)
    assert refused.value.code is Code.EXTENSION_NOT_FOUND


async def test_deleted_keys_are_forgotten_some_time(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    from sodam.extensions import service

    monkeypatch.setattr(service, "MAX_TOMBSTONES", 2)
    subject = await parts.sent()
    for number in range(4):
        await parts.set(subject, "a", f"k{number}", "v", 0)
        await parts.extensions.change(
            subject, "a", Operation.DELETE, [Item(f"k{number}", "", 2 * number + 1)], versions=True
        )
    kept = (await parts.extensions.page(subject, 1)).extensions
    assert [one.key for one in kept] == ["k2", "k3"]
