"""Recall, edit, one-sided deletion, receipts, imports, batches. On both engines."""

from __future__ import annotations

import asyncio

import pytest

from sodam.bus import of_user
from sodam.c2c.model import Message
from sodam.c2c.modify import EditConflict
from sodam.errors import ApiError, Code
from sodam.messages.elements import MAX_BODY_BYTES
from sodam.messages.model import HIDE_RECEIVER, IMPORTED, NEED_RECEIPT, PEER_READ, RECALLED
from tests.contract.world import START, World, place, text_body, text_of


async def _code(work: object) -> int:
    with pytest.raises(ApiError) as caught:
        await work  # type: ignore[misc]
    return int(caught.value.code)


async def test_recall(world: World) -> None:
    mine, peer = world.device("a"), world.device("b")
    sent = await world.send("a", "b", "x", seq=1, random=2)
    mine.take(), peer.take()
    await world.changes.withdraw(world.app, "a", "b", place(sent), revoker="boss", limit=False, exclude=mine.instid)
    assert mine.take() == []
    (event,) = peer.take()
    assert event == {
        "Event": 10,
        "C2cNotifyMsgArray": [
            {
                "WithdrawC2cMsgNotify": {
                    "C2cWithdrawInfoArray": [
                        {
                            "From_Account": "a",
                            "To_Account": "b",
                            "MsgSeq": 1,
                            "MsgRandom": 2,
                            "MsgTimeStamp": START,
                            "MsgTime": START,
                            "TinyId": str(sent.tiny_id),
                            "MsgClientTime": START,
                            "MsgKey": sent.key,
                            "RevokerInfo": {"Revoker_Account": "boss", "Reason": ""},
                        }
                    ]
                }
            }
        ],
    }
    (found,) = await world.c2c.histories.history(world.app, "b", "a", limit=9)
    assert found.flags & RECALLED
    again = world.changes.withdraw(world.app, "a", "b", place(sent), revoker="a", limit=False)
    assert await _code(again) == Code.C2C_ALREADY_RECALLED


async def test_recall_refused(world: World) -> None:
    sent = await world.send("a", "b")
    for args in (("b", "a", place(sent)), ("a", "c", place(sent)), ("a", "b", (START, 999, 999))):
        work = world.changes.withdraw(world.app, *args, revoker="a", limit=False)
        assert await _code(work) == Code.C2C_MESSAGE_NOT_FOUND
    world.clock.now += world.app.settings.recall_seconds + 1
    late = world.changes.withdraw(world.app, "a", "b", place(sent), revoker="a", limit=True)
    assert await _code(late) == Code.C2C_RECALL_EXPIRED
    await world.changes.withdraw(world.app, "a", "b", place(sent), revoker="boss", limit=False)


async def test_recall_at_once_happens_once(world: World) -> None:
    sent = await world.send("a", "b")
    await world.send("a", "b")
    recalls = [world.changes.withdraw(world.app, "a", "b", place(sent), revoker="a", limit=False) for _ in range(5)]
    answers = await asyncio.gather(*recalls, return_exceptions=True)
    assert sum(isinstance(answer, Message) for answer in answers) == 1
    assert await world.unread("b", "a") == 1


async def test_modify(world: World) -> None:
    mine, peer = world.device("a"), world.device("b")
    sent = await world.send("a", "b", "before", seq=1, random=2)
    mine.take(), peer.take()
    changed = await world.changes.modify(
        world.app, "a", "b", place(sent), body=text_body("after"), version=0, exclude=mine.instid
    )
    assert (changed.version, text_of(changed), changed.cloud) == (1, "after", b'""')
    assert mine.take() == []
    assert peer.take() == [
        {
            "Event": 17,
            "C2cMsgModNotifys": [
                {
                    "From_Account": "a",
                    "To_Account": "b",
                    "MsgSeq": 1,
                    "MsgRandom": 2,
                    "MsgTime": START,
                    "MsgTimeStamp": START,
                    "MsgVersion": 1,
                    "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "after"}}],
                    "CloudCustomData": "",
                }
            ],
        }
    ]
    await world.changes.modify(world.app, "a", "b", place(sent), cloud=b'"note"')
    (found,) = await world.c2c.histories.history(world.app, "b", "a", limit=9)
    assert (found.version, text_of(found), found.cloud, found.key) == (2, "after", b'"note"', sent.key)
    assert await world.unread("b", "a") == 1


async def test_modify_refused(world: World) -> None:
    sent = await world.send("a", "b", "x")
    await world.changes.modify(world.app, "a", "b", place(sent), cloud=b'"1"')
    with pytest.raises(EditConflict) as caught:
        await world.changes.modify(world.app, "a", "b", place(sent), cloud=b'"2"', version=0)
    assert (caught.value.code, caught.value.stored.cloud) == (Code.C2C_EDIT_VERSION, b'"1"')
    long = b'"' + b"x" * (MAX_BODY_BYTES - len(text_body("x")) + 1) + b'"'
    assert await _code(world.changes.modify(world.app, "a", "b", place(sent), cloud=long)) == Code.MSG_TOO_LONG
    unknown = world.changes.modify(world.app, "a", "b", (START, 8, 8), cloud=b'"2"')
    assert await _code(unknown) == Code.C2C_MESSAGE_NOT_FOUND
    await world.changes.withdraw(world.app, "a", "b", place(sent), revoker="a", limit=False)
    recalled = world.changes.modify(world.app, "a", "b", place(sent), cloud=b'"2"')
    assert await _code(recalled) == Code.C2C_ALREADY_RECALLED


async def test_edits_at_once_have_each_their_version(world: World) -> None:
    sent = await world.send("a", "b", "x")
    edits = [world.changes.modify(world.app, "a", "b", place(sent), body=text_body(f"{n}")) for n in range(10)]
    assert sorted(m.version for m in await asyncio.gather(*edits)) == list(range(1, 11))


async def test_one_sided_deletion(world: World) -> None:
    one, two = await world.send("a", "b", "one"), await world.send("b", "a", "two")
    await world.changes.delete_for(world.app, "b", "a", [place(one), place(two), (START, 99, 99)])
    assert (await world.texts("b", "a"), await world.texts("a", "b")) == ([], ["one", "two"])
    await world.changes.delete_for(world.app, "a", "b", [place(two)])
    assert await world.texts("a", "b") == ["one"]


async def test_receipts(world: World) -> None:
    sender = world.device("a")
    one, two = await world.send("a", "b", flags=NEED_RECEIPT), await world.send("a", "b", flags=NEED_RECEIPT)
    hidden = await world.send("a", "b", flags=HIDE_RECEIVER)
    sender.take()
    places = [place(one), place(one), (START, 99, 99), place(hidden)]
    assert await world.changes.receipt(world.app, "b", "a", places) == 1
    (event,) = sender.take()
    assert (event["Event"], event["Peer_Account"], event["PeerReadTime"]) == (16, "b", START)
    assert [info["MsgSeq"] for info in event["C2cMsgInfo"]] == [one.msg_seq]
    assert await world.changes.receipt(world.app, "b", "a", [place(one), place(two)]) == 2
    (event,) = sender.take()
    assert [info["MsgSeq"] for info in event["C2cMsgInfo"]] == [two.msg_seq]
    assert await world.changes.receipt(world.app, "b", "a", [place(one)]) == 1
    assert await world.changes.receipt(world.app, "a", "b", [place(one)]) == 0
    assert sender.take() == []
    flags = [bool(m.flags & PEER_READ) for m in await world.c2c.histories.history(world.app, "a", "b", limit=9)]
    assert sorted(flags) == [False, True, True]


def _imported(world: World, sender: str, recipient: str, time: int, seq: int = 1, text: str = "old") -> Message:
    message = world.draft(sender, recipient, text, seq=seq, random=5, flags=IMPORTED)
    message.msg_time = time
    return message


async def test_import_keeps_time_and_first(world: World) -> None:
    device = world.device("b")
    for message in (
        _imported(world, "a", "b", START - 100),
        _imported(world, "a", "b", START - 100, text="the same, other words"),
        _imported(world, "b", "a", START - 100, text="the same, other direction"),
        _imported(world, "a", "b", START - 99),
        _imported(world, "a", "b", START - 100, seq=2),
    ):
        await world.c2c.import_message(world.app, message)
    assert [row[1:] for row in await world.rows("a", "b")] == [(1, START - 100), (1, START - 99), (2, START - 100)]
    assert [row[0] for row in await world.rows("a", "b")] == [1, 2, 3]
    assert len(device.texts()) == 3
    await world.send("a", "b", "new")
    assert await world.texts("b", "a") == ["old", "old", "old", "new"]


async def test_import_at_once_is_one(world: World) -> None:
    pairs = [("a", "b"), ("b", "a")] * 5
    imports = [world.c2c.import_message(world.app, _imported(world, *pair, START - 100)) for pair in pairs]
    await asyncio.gather(*imports)
    assert len(await world.rows("a", "b")) == 1
    again = await world.restarted()
    await again.c2c.import_message(again.app, _imported(again, "b", "a", START - 100))
    assert len(await world.rows("a", "b")) == 1


async def test_import_of_unknown_accounts(world: World) -> None:
    for pair, code in ((("x", "b"), Code.MSG_ACCOUNT_NOT_FOUND), (("a", "x"), Code.MSG_RECEIVER_NOT_FOUND)):
        assert await _code(world.c2c.import_message(world.app, _imported(world, *pair, START))) == code


async def test_silent_import_tells_nobody(world: World) -> None:
    device = world.device("b")
    message = _imported(world, "a", "b", START - 100)
    await world.c2c.import_message(world.app, message, silent=True)
    assert device.take() == []


def _batch(world: World, recipients: list[str], text: str = "all") -> list[Message]:
    return [world.draft("a", recipient, text, seq=4, random=6) for recipient in recipients]


async def test_batch_has_one_key(world: World) -> None:
    users = [f"u{n:03}" for n in range(500)]
    await world.accounts.ensure(world.app.sdkappid, users)
    device = world.device("u007")
    batch = await world.c2c.send_batch(world.app, _batch(world, [*users, "ghost"]))
    assert (batch.sent.key, batch.failed) == (f"4_6_{START}", {"ghost": Code.ACCOUNT_NOT_FOUND})
    rows = await world.db.fetch("SELECT msg_time, seq FROM c2c_message WHERE app = $1", world.app.sdkappid)
    assert [tuple(row) for row in rows] == [(START, 1)] * 500
    assert device.texts() == ["all"]


async def test_batch_again_is_the_same(world: World) -> None:
    await world.c2c.send_batch(world.app, _batch(world, ["b"]))
    world.clock.now += 30
    world.live.remove(of_user(world.app.sdkappid, "b"), world.device("b"))
    batch = await world.c2c.send_batch(world.app, _batch(world, ["b", "c"]))
    assert batch.sent.key == f"4_6_{START}"
    assert await world.rows("a", "b") == await world.rows("a", "c") == [(1, 4, START)]
    again = await world.restarted()
    again.clock.now += 30
    await world.accounts.ensure(world.app.sdkappid, ["d"])
    batch = await again.c2c.send_batch(world.app, _batch(world, ["b", "c", "d"]))
    assert batch.sent.key == f"4_6_{START}"
    assert await world.rows("a", "b") == await world.rows("a", "c") == await world.rows("a", "d") == [(1, 4, START)]


async def test_batch_at_once_is_one(world: World) -> None:
    batches = await asyncio.gather(*(world.c2c.send_batch(world.app, _batch(world, ["b", "c"])) for _ in range(5)))
    assert {batch.sent.key for batch in batches} == {f"4_6_{START}"}
    assert await world.rows("a", "b") == await world.rows("a", "c") == [(1, 4, START)]


async def test_batch_online_only(world: World) -> None:
    device = world.device("b")
    batch = await world.c2c.send_batch(world.app, _batch(world, ["b", "ghost"]), online_only=True)
    assert (batch.sent.msg_time, list(batch.failed)) == (START, ["ghost"])
    assert device.texts() == ["all"]
    assert await world.rows("a", "b") == []


async def test_pages(world: World) -> None:
    """Following the pages gives every message once, whatever their size, also where places coincide."""
    for second in range(3):
        world.clock.now = START + second
        for number in range(7):
            await world.send(*("ab" if number % 2 else "ba"), f"{second}.{number}", seq=number // 3 + 1, random=0)
    everything = (await world.texts("a", "b"))[::-1]
    assert len(everything) == 21
    for limit, max_bytes in ((1, None), (2, None), (4, None), (5, 800), (100, 1), (20, None), (21, None), (22, None)):
        found: list[str] = []
        before = (START + 9, 0)
        for _ in range(50):
            page, complete = await world.c2c.histories.page(
                world.app, "a", "b", limit=limit, before=before, max_bytes=max_bytes
            )
            found.extend(map(text_of, page))
            if complete:
                break
            end = (page[-1].msg_time, page[-1].msg_seq, page[-1].msg_random)
            before = await world.c2c.histories.rank(world.app, "a", "b", end, backward=True)
        assert found == everything, (limit, max_bytes)
