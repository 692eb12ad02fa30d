"""Word lists in storage and on the way of messages."""

from __future__ import annotations

import msgspec
import pytest
import pytest_asyncio

from sodam.control import ControlError
from sodam.errors import ApiError, Code
from sodam.messages.model import MARKED, NO_CHECK
from sodam.moderation import service
from sodam.moderation.messages import WordCheck
from sodam.moderation.model import Action, Word
from sodam.moderation.service import Words
from tests.contract.world import World, place, text_body
from tests.support.barrier import Gate


@pytest_asyncio.fixture
async def words(world: World) -> Words:
    found = Words(world.db, world.bus)
    world.c2c.screens.add(WordCheck(found))
    return found


async def refused(world: World, text: str, flags: int = 0) -> bool:
    try:
        await world.send("a", "b", text, flags=flags)
    except ApiError as error:
        return error.code is Code.TEXT_REFUSED
    return False


async def test_a_list_holds_at_once(world: World, words: Words) -> None:
    app = world.app.sdkappid
    assert not await refused(world, "a fool")
    assert (
        await words.add(app, [Word("fool", Action.BLOCK), Word("坏蛋", Action.REPLACE), Word("odd", Action.MARK)]) == 3
    )
    assert await refused(world, "a FOOL")
    assert not await refused(world, "a fool", NO_CHECK)
    sent = await world.send("a", "b", "你这个坏蛋")
    odd = await world.send("a", "b", "how odd")
    assert (await world.texts("b", "a"))[-2:] == ["你这个**", "how odd"]
    assert (await world.c2c.histories.find(world.app, "a", "b", place(odd))).flags & MARKED
    with pytest.raises(ApiError) as edited:
        await world.changes.modify(world.app, "a", "b", place(sent), body=text_body("fool"))
    assert edited.value.code is Code.TEXT_REFUSED
    await world.changes.modify(world.app, "a", "b", place(sent), body=text_body("好坏蛋"))
    assert (await world.texts("b", "a"))[-2:] == ["好**", "how odd"]
    drafts = [world.draft("a", to, "坏蛋") for to in "bc"]
    await world.c2c.send_batch(world.app, drafts)
    assert (await world.texts("c", "a"))[-1] == (await world.texts("b", "a"))[-1] == "**"
    assert await words.remove(app, ["FOOL", "unknown"]) == 1
    assert not await refused(world, "a fool")
    assert await words.remove(app, ["坏蛋", "odd"]) == 2
    assert words.idle(app) is False
    assert not await refused(world, "坏蛋")
    assert words.idle(app)


async def test_data_is_never_rewritten(world: World, words: Words) -> None:
    await words.add(world.app.sdkappid, [Word("fool", Action.REPLACE), Word("bad", Action.BLOCK)])

    async def body(*elements: tuple[str, dict[str, object]]) -> bytes:
        message = world.draft("a", "b")
        message.body = msgspec.json.encode([{"MsgType": kind, "MsgContent": content} for kind, content in elements])
        await world.c2c.send(world.app, message, checked=False)
        return message.body

    custom = ("TIMCustomElem", {"Data": '{"fool":1}', "Desc": "fool"})
    where = ("TIMLocationElem", {"Desc": "fool street", "Latitude": 1.5, "Longitude": 2.0})
    decoded = msgspec.json.decode(await body(custom, where))
    assert decoded[0]["MsgContent"] == custom[1]
    assert decoded[1]["MsgContent"] == {**where[1], "Desc": "**** street"}
    inner = {"MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "bad"}}]}
    for element in (
        ("TIMCustomElem", {"Data": "bad"}),
        ("TIMFileElem", {"FileName": "bad.txt"}),
        ("TIMRelayElem", {"Title": "x", "MsgList": [inner]}),
    ):
        with pytest.raises(ApiError) as stopped:
            await body(element)
        assert stopped.value.code is Code.TEXT_REFUSED


async def test_pages_and_limits(world: World, words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    app = world.app.sdkappid
    monkeypatch.setattr(service, "MAX_WORDS", 25)
    await words.add(app, [Word(f"word{number:02}", Action.BLOCK) for number in range(20)])
    await words.add(app, [Word("WORD03", Action.ALLOW, inside=True)])
    listed: list[Word] = []
    cursor = ""
    while True:
        part, cursor = await words.page(app, cursor, 7)
        listed += part
        if not cursor:
            break
    assert (len(listed), listed[3], await words.count(app)) == (20, Word("WORD03", Action.ALLOW, True), 20)
    with pytest.raises(ControlError):
        await words.add(app, [Word(f"more{number}", Action.BLOCK) for number in range(6)])
    for wrong in ("", " ", "\u200b", "x" * 65, "a\0b"):
        with pytest.raises(ControlError):
            await words.add(app, [Word(wrong, Action.BLOCK)])
    assert await words.count(app) == 20


async def test_the_limit_holds_for_two_operators(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_WORDS", 2)
    world = await World.open(gate)
    app = world.app.sdkappid
    got = await gate.together(
        *[lambda n=n: Words(gate, world.bus).add(app, [Word(f"w{n}", Action.BLOCK)]) for n in range(4)]
    )
    got.only(ControlError)
    assert len(got.errors) == 2
    assert len((await Words(gate, world.bus).page(app, "", 10))[0]) == 2
