"""``openim``: batchsendmsg and importmsg (rest-messages.md 2.2 and 2.3)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest

from sodam.bus import of_user
from sodam.settings import Settings
from tests.contract.world import Device
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import BATCH, IMPORT, OK, UNREAD, codes, history, message, people, seen, text

WITHOUT = object()


def changed(**fields: Any) -> dict[str, Any]:
    body = message(**{"To_Account": ["omar", "kim"], **fields})
    return {name: value for name, value in body.items() if value is not WITHOUT}


def imported(**fields: Any) -> dict[str, Any]:
    body = message(**{"SyncFromOldSystem": 2, "MsgTimeStamp": int(time.time()) - 1000, "MsgSeq": 12, **fields})
    return {name: value for name, value in body.items() if value is not WITHOUT}


async def test_all_some_none(rest: Rest) -> None:
    await people(rest)
    answer = await rest(BATCH, changed(MsgSeq=7, MsgRandom=42))
    now = answer["MsgKey"].rsplit("_", 1)[1]
    assert answer == {**OK, "MsgKey": f"7_42_{now}"}
    for peer in ("omar", "kim"):
        (found,) = (await history(rest, peer))["MsgList"]
        assert (found["MsgKey"], found["To_Account"]) == (answer["MsgKey"], peer)
    answer = await rest(BATCH, changed(MsgSeq=8, To_Account=["omar", "ghost", "omar", "", "x" * 99]))
    assert answer == {
        **OK,
        "ActionStatus": "SomeError",
        "MsgKey": answer["MsgKey"],
        "ErrorList": [{"To_Account": name, "ErrorCode": 70107} for name in ("ghost", "", "x" * 99)],
    }
    assert await seen(rest, "omar") == ["hi", "hi"]
    await codes(rest, BATCH, [(changed(To_Account=["ghost", "nobody"]), 90012)])


async def test_every_field(rest: Rest) -> None:
    await people(rest)
    frame = len(msgspec.json.encode(text("")))
    many = [f"u{n}" for n in range(501)]
    await codes(
        rest,
        BATCH,
        [
            (b"{", 90001),
            (changed(To_Account=WITHOUT), 90028),
            (changed(To_Account="omar"), 90028),
            (changed(To_Account=None), 90028),
            (changed(To_Account=[5]), 90028),
            (changed(To_Account=[]), 90029),
            (changed(To_Account=many), 90011),
            (changed(From_Account=5), 90008),
            (changed(From_Account="nobody"), 90048),
            (changed(MsgRandom=WITHOUT), 90005),
            (changed(MsgRandom="one"), 90005),
            (changed(MsgSeq="x"), 90004),
            (changed(MsgSeq=1 << 32), 90004),
            (changed(MsgBody=WITHOUT), 90007),
            (changed(MsgBody=[{}]), 90002),
            (changed(MsgBody=[{"MsgType": "TIMStreamElem", "MsgContent": {}}]), 90010),
            (changed(SyncOtherMachine="yes"), 90031),
            (changed(SyncOtherMachine=-1), 90031),
            (changed(SyncOtherMachine=123), 90031),
            (changed(MsgLifeTime="long"), 90044),
            (changed(MsgLifeTime=-5), 90026),
            (changed(OfflinePushInfo=[1]), 90043),
            (changed(words="x" * (12288 - frame)), 0),
            (changed(words="x" * (12289 - frame)), 90055),
        ],
    )


async def test_sides_and_online_only(rest: Rest) -> None:
    await people(rest)
    mine, peer = Device(), Device()
    rest.server.live.add(of_user(SDKAPPID, "lena"), mine)
    rest.server.live.add(of_user(SDKAPPID, "omar"), peer)
    for number, fields in enumerate(({"SyncOtherMachine": 1}, {"SyncOtherMachine": 2}, {}, {"MsgLifeTime": 0})):
        await rest(BATCH, changed(words=str(number), MsgSeq=number, **fields))
    assert peer.texts() == ["0", "1", "2", "3"]
    assert mine.texts() == ["0", "0"]  # one for each receiver
    assert await seen(rest, "omar") == ["0", "1", "2"]
    assert await seen(rest, "lena", "omar") == ["0", "2"]


async def test_again_is_answered_as_before(rest: Rest) -> None:
    await people(rest)
    first = await rest(BATCH, changed(MsgSeq=7))
    answers = await asyncio.gather(*(rest(BATCH, changed(MsgSeq=7)) for _ in range(3)))
    assert answers == [first] * 3
    assert await seen(rest, "kim") == ["hi"]


async def test_five_hundred_at_once(rest: Rest) -> None:
    users = [f"u{n:03}" for n in range(500)]
    await people(rest, "lena", *users)
    answer = await rest(BATCH, changed(To_Account=users))
    assert answer == {**OK, "MsgKey": answer["MsgKey"]}
    for peer in ("u000", "u499"):
        assert [m["MsgKey"] for m in (await history(rest, peer))["MsgList"]] == [answer["MsgKey"]]


async def test_quota_of_a_minute(rest: Rest) -> None:
    users = [f"u{n:03}" for n in range(500)]
    await people(rest, "lena", "omar", "kim", *users)
    quota = rest.server.services.c2c.batch_quota
    quota._clock = lambda: 30.0
    rest.server.services.settings = Settings(rate_limits=True)
    await codes(rest, BATCH, [(changed(To_Account=users, MsgLifeTime=0), 0)] * 24 + [(changed(), 90057)])
    quota._clock = lambda: 61.0
    await codes(rest, BATCH, [(changed(), 0)])
    quota._clock = lambda: 62.0
    rest.server.services.settings = Settings(rate_limits=False)
    await codes(rest, BATCH, [(changed(To_Account=users, MsgLifeTime=0), 0)] * 25)


async def test_import_fields(rest: Rest) -> None:
    await people(rest)
    soon = int(time.time()) + 3600
    frame = len(msgspec.json.encode(text("")))
    sound = {"MsgType": "TIMSoundElem", "MsgContent": {"UUID": "old client", "Size": 5}}
    await codes(
        rest,
        IMPORT,
        [
            (b"[1]", 90001),
            (imported(SyncFromOldSystem=WITHOUT), 90030),
            (imported(SyncFromOldSystem=1), 90030),
            (imported(SyncFromOldSystem="x"), 90030),
            (imported(SyncFromOldSystem=None), 90030),
            (imported(From_Account=WITHOUT), 90008),
            (imported(From_Account=""), 90008),
            (imported(From_Account=7), 90008),
            (imported(From_Account="nobody"), 90048),
            (imported(To_Account=WITHOUT), 90003),
            (imported(To_Account=""), 90003),
            (imported(To_Account=["omar"]), 90003),
            (imported(To_Account="nobody"), 90012),
            (imported(MsgRandom=WITHOUT), 90005),
            (imported(MsgRandom="x"), 90005),
            (imported(MsgSeq=-1), 90004),
            (imported(MsgTimeStamp=WITHOUT), 90006),
            (imported(MsgTimeStamp="today"), 90006),
            (imported(MsgTimeStamp=-1), 90006),
            (imported(MsgTimeStamp=soon), 90006),
            (imported(MsgTimeStamp=soon * 1000), 90006),
            (imported(MsgTimeStamp=0), 90006),
            (imported(MsgTimeStamp=int(time.time()) - 7 * 86400 - 2), 90006),
            (imported(SyncFromOldSystem=5, MsgTimeStamp=int(time.time()) - 7 * 86400 - 2), 90006),
            (imported(SyncOtherMachine=-1), 90031),
            (imported(SyncOtherMachine=123), 90031),
            (imported(MsgBody=WITHOUT), 90007),
            (imported(MsgBody="x"), 90007),
            (imported(MsgBody=[{}]), 90002),
            (imported(MsgBody=[{"MsgType": "X", "MsgContent": {}}]), 90010),
            (imported(CloudCustomData=5), 90010),
            (imported(words="x" * (12289 - frame)), 93000),
            (imported(MsgBody=[sound], MsgSeq="88", SyncFromOldSystem="2", MsgRandom="1"), 0),
        ],
    )


async def test_import_of_history_and_of_live_messages(rest: Rest) -> None:
    await people(rest)
    peer = Device()
    rest.server.live.add(of_user(SDKAPPID, "omar"), peer)
    then = int(time.time()) - 1000
    assert await rest(IMPORT, imported(words="history", MsgTimeStamp=then, CloudCustomData="c")) == OK
    assert await rest(UNREAD, {"To_Account": "omar"}) == {**OK, "AllC2CUnreadMsgNum": 0}
    assert peer.take() == []
    assert await rest(IMPORT, imported(words="live", SyncFromOldSystem=5, MsgTimeStamp=then + 1)) == OK
    assert await rest(UNREAD, {"To_Account": "omar"}) == {**OK, "AllC2CUnreadMsgNum": 1}
    assert peer.texts() == ["live"]
    found = (await history(rest))["MsgList"]
    assert [(m["MsgKey"], m["MsgClientTime"], m["CloudCustomData"]) for m in found] == [
        (f"12_1_{then}", then, "c"),
        (f"12_1_{then + 1}", then + 1, ""),
    ]


@pytest.mark.parametrize(
    "other", [{}, {"MsgBody": text("other words")}, {"From_Account": "omar", "To_Account": "lena"}]
)
async def test_import_twice(rest: Rest, other: dict[str, Any]) -> None:
    await people(rest)
    then = int(time.time()) - 1000
    assert await rest(IMPORT, imported(MsgTimeStamp=then)) == OK
    answers = await asyncio.gather(*(rest(IMPORT, imported(MsgTimeStamp=then, **other)) for _ in range(3)))
    assert answers == [OK] * 3
    assert await seen(rest) == ["hi"]


async def test_an_import_that_nobody_could_read_says_so(rest: Rest) -> None:
    await people(rest)
    old = int(time.time()) - 7 * 86400 - 60
    answer = await rest(IMPORT, imported(SyncFromOldSystem=5, MsgTimeStamp=old))
    assert answer["ErrorCode"] == 90006
    assert "older than the history that this app keeps (7 days)" in answer["ErrorInfo"]
    assert (await rest(UNREAD, {"To_Account": "omar"}))["AllC2CUnreadMsgNum"] == 0
    assert await seen(rest) == []
    assert await rest(IMPORT, imported(MsgTimeStamp=old + 120)) == OK
    await rest.configure(settings=msgspec.structs.replace(rest.app.settings, history_days=30))
    assert await rest(IMPORT, imported(MsgTimeStamp=old)) == OK
    assert len(await seen(rest)) == 2
