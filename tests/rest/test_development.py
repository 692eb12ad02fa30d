"""Development mode: where it may be, what it begins with, and the rules of time that a moved clock shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from sodam import clock, development
from sodam.access.model import Caller
from sodam.cli.demo import DEMO_SDKAPPID, ensure_demo
from sodam.cloudapi.run import run
from sodam.cloudapi.table import TABLE
from sodam.control import ControlError
from sodam.development import NotForDevelopment, begin, seconds_of
from sodam.gateway.commands.openim import MsgInfo, MsgWithdraw, msgwithdraw
from sodam.outbound.inbox import MOST_BODY, MOST_BYTES, Caught, Inbox
from sodam.rest import table
from sodam.server import Server, build
from sodam.serving import application
from sodam.settings import BootstrapApp, Settings
from sodam.wire import Call, decode_request
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def back() -> Any:
    yield
    clock.set_ahead(0)


async def opened(path: Path, *, dev: bool = True) -> Server:
    return await build(Settings(data_dir=path), begin=partial(begin, wanted=dev))


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    server = await opened(tmp_path)
    await ensure_demo(server)
    await development.seed(server, server.services.apps.all()[0])
    yield server
    await server.close()


async def rest(server: Server, path: str, **body: Any) -> Any:
    service, _, name = path.partition("/")
    command = table.SERVICES[service].commands[name]
    app = server.apps.get(DEMO_SDKAPPID)
    assert app is not None
    call = Call(server.services, app, "administrator", admin=True)

    return await command.handler(call, decode_request(command, json.dumps(body).encode()))


async def test_where_it_may_be(tmp_path: Path) -> None:
    real = tmp_path / "real"
    await (await build(Settings(data_dir=real, bootstrap_apps=(BootstrapApp(1400000009, "9f" * 32, "Trial"),)))).close()
    with pytest.raises(NotForDevelopment, match="holds apps"):
        await opened(real)
    await (await opened(real, dev=False)).close()
    mine = tmp_path / "mine"
    await (await opened(mine)).close()
    with pytest.raises(NotForDevelopment, match="--dev"):
        await opened(mine, dev=False)
    again = await opened(mine)
    await development.advance(again, 5000)
    await again.close()
    clock.set_ahead(0)
    await (await opened(mine)).close()
    assert clock.ahead() == 5000, "a restart keeps the time"


def test_spans() -> None:
    assert [seconds_of(text) for text in ("90s", "5m", "3h", "8d")] == [90, 300, 10800, 691200]
    for wrong in ("", "8", "d", "-1d", "1w", "1.5h"):
        with pytest.raises(ValueError, match="span"):
            seconds_of(wrong)


async def test_rules_of_time(server: Server) -> None:
    app = server.apps.get(DEMO_SDKAPPID)
    assert app is not None
    # What it begins with.
    listed = await rest(
        server,
        "recentcontact/get_list",
        From_Account="alice",
        TimeStamp=0,
        StartIndex=0,
        TopTimeStamp=0,
        TopStartIndex=0,
    )
    assert len(listed.SessionItem) >= 3
    await development.seed(server, app)
    history = {"Operator_Account": "alice", "Peer_Account": "bob", "MaxCnt": 20, "MinTime": 0, "MaxTime": 1 << 31}
    assert (await rest(server, "openim/admin_getroammsg", **history)).MsgCnt == 3, "seeded once"

    # The window of a recall, and a mute.
    text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "now"}}]
    sent = await rest(server, "openim/sendmsg", From_Account="alice", To_Account="bob", MsgRandom=9, MsgBody=text)
    seq, random, at = (int(part) for part in sent.MsgKey.split("_"))
    await rest(server, "openconfigsvr/setnospeaking", Set_Account="alice", C2CmsgNospeakingTime=600)
    await development.advance(server, 150)
    client = Call(server.services, app, "alice", admin=False)
    with pytest.raises(Exception) as refused:
        await msgwithdraw(client, MsgWithdraw(MsgInfo("alice", "bob", seq, random, at)))
    assert getattr(refused.value, "code", 0) == 20016
    muted = await rest(server, "openconfigsvr/getnospeaking", Get_Account="alice")
    assert 0 < muted.C2CmsgNospeakingTime <= 450
    await development.advance(server, 500)
    assert (await rest(server, "openconfigsvr/getnospeaking", Get_Account="alice")).C2CmsgNospeakingTime == 0

    # How long messages are kept: those of five days ago and more are erased at once.
    before = await server.db.fetch("SELECT COUNT(*) FROM c2c_message")
    await development.advance(server, 3 * 86400)
    after = await server.db.fetch("SELECT COUNT(*) FROM c2c_message")
    assert before[0][0] > after[0][0] > 0
    await development.advance(server, 8 * 86400)
    assert (await server.db.fetch("SELECT COUNT(*) FROM c2c_message"))[0][0] == 0
    for wrong in (-1, 40 * 366 * 86400):
        with pytest.raises(ValueError, match="forward"):
            await development.advance(server, wrong)


async def test_over_http(server: Server, tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=application(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://sodam") as client:
        now = (await client.get("/dev/clock")).json()
        moved = await client.post("/dev/clock", json={"Advance": "2h"})
        assert (moved.status_code, moved.json()["Ahead"]) == (200, 7200)
        assert 7200 <= moved.json()["Now"] - now["Now"] < 7260
        for wrong in ({"Advance": "yesterday"}, {}, [], {"Advance": "9999999d"}):
            assert (await client.post("/dev/clock", json=wrong)).status_code == 400
        assert (await client.get("/dev/other")).status_code == 404
        shown = (await client.get("/dev/inbox", params={"SDKAppID": DEMO_SDKAPPID})).json()
        assert {one["kind"] for one in shown} >= {"callback"}
        for nobody in ("1", "x", ""):
            assert (await client.get("/dev/inbox", params={"SDKAppID": nobody})).json() == []
    other = await build(Settings(data_dir=tmp_path / "other"))
    transport = httpx.ASGITransport(app=application(other))
    async with httpx.AsyncClient(transport=transport, base_url="http://sodam") as client:
        assert (await client.post("/dev/clock", json={"Advance": "2h"})).status_code == 404, "only in this mode"
        assert (await client.get("/dev/inbox", params={"SDKAppID": DEMO_SDKAPPID})).status_code == 404
    await other.close()


async def test_slow_readers_of_the_inbox_hold_little(server: Server) -> None:
    """Each answer may be as large as the inbox; nobody makes the server hold more than a few of them."""
    inbox, started, taken = server.services.inbox, [], asyncio.Event()
    assert inbox is not None
    for _ in range(200):
        inbox.add(DEMO_SDKAPPID, "callback", "large", "u", [], b"x" * 30_000)
    scope = {"path": "/dev/inbox", "method": "GET", "query_string": b"SDKAppID=%d" % DEMO_SDKAPPID}
    largest = 0

    async def send(message: Any) -> None:
        nonlocal largest
        if "status" in message:
            started.append(message["status"])
        largest = max(largest, len(message.get("body", b"")))
        if message.get("more_body"):
            await taken.wait()

    dev: Any = development.DevelopmentApp(server)
    asked = [asyncio.create_task(dev(scope, None, send)) for _ in range(20)]
    async with asyncio.timeout(90):
        while len(started) < 20:
            await asyncio.sleep(0)
        assert (started.count(200), started.count(503), largest) == (4, 16, 65536)
        taken.set()
        await asyncio.gather(*asked)
        await dev(scope, None, send)
    assert started[-1] == 200, "there is room again"


async def test_what_goes_out_stays_in_the_inbox(server: Server) -> None:
    app, inbox = server.apps.get(DEMO_SDKAPPID), server.services.inbox
    assert app is not None
    assert inbox is not None
    text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "inboxed"}}]
    await rest(server, "openim/sendmsg", From_Account="bob", To_Account="alice", MsgRandom=7, MsgBody=text)

    def caught(name: str) -> list[Caught]:
        return [one for one in inbox.of(DEMO_SDKAPPID, 100) if one.name == name and "inboxed" in one.body]

    async with asyncio.timeout(90):
        while not (caught("xiaomi") and caught("C2C.CallbackAfterSendMsg")):
            await asyncio.sleep(0.02)
    [before], [after], [push] = map(caught, ("C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg", "xiaomi"))
    assert json.loads(before.body)["To_Account"] == "alice"
    assert f"SdkAppid={DEMO_SDKAPPID}&CallbackCommand=C2C.CallbackAfterSendMsg" in after.url
    assert {name for name, _ in after.headers} >= {"Content-Type", "webhook-id", "webhook-timestamp"}
    assert (push.user_id, dict(push.headers)["Authorization"]) == ("alice", "key=***")
    assert [one.kind for one in inbox.of(DEMO_SDKAPPID, 1, "push")] == ["push"]
    delivery = await server.services.webhooks.test(app, "Group.CallbackAfterGroupFull")
    assert delivery.outcome == "delivered"
    # Not always the newest: what became of the push is told at about the same time.
    assert "Group.CallbackAfterGroupFull" in [one.name for one in inbox.of(DEMO_SDKAPPID, 10)]
    assert inbox.of(1, 10) == [], "each app has its own"


def test_the_inbox_is_bounded() -> None:
    inbox = Inbox(lambda: 1.5)
    for number in range(1200):
        inbox.add(number % 2, "callback", "c", "u", [], b"x")
    assert len(inbox.of(0, 2000)) == 500
    assert (inbox.of(1, 1)[0].number, inbox.of(1, 1)[0].at) == (1200, 1500)
    for _ in range(300):
        inbox.add(1, "push", "p", "u", [("name", "value")], b"x" * 100_000)
    kept = inbox.of(1, 2000)
    assert inbox.oldest(1) == kept[-1].number
    assert 0 < sum(len(one.body) for one in kept) <= MOST_BYTES
    assert {len(one.body) for one in kept} == {MOST_BODY}


def test_the_inbox_is_searched_and_cleared() -> None:
    inbox = Inbox(lambda: 1.5)
    for app, body in ((1, b"Herons"), (2, b"herons"), (1, b"swans")):
        inbox.add(app, "callback", "Some.Command", "http://u", [], body)
    inbox.add(1, "push", "fcm", "http://v", [], b"{}", user_id="Hera")

    def numbers(text: str, after: int = 0) -> list[int]:
        return [one.number for one in inbox.of(1, 10, text=text, after=after)]

    assert (numbers("HER"), numbers("command"), numbers("http://V"), numbers("")) == ([4, 1], [3, 1], [4], [4, 3, 1])
    assert (numbers("", after=3), numbers("her", after=4), inbox.oldest(1)) == ([4], [], 1)
    assert (inbox.clear(1), inbox.clear(1), inbox.oldest(1), inbox.oldest(2)) == (3, 0, 5, 2)
    assert [one.app for one in inbox.of(2, 10)] == [2]
    for _ in range(300):
        inbox.add(1, "push", "p", "u", [], b"x" * MOST_BODY)
    assert sum(len(one.body) for one in inbox.of(1, 1000)) <= MOST_BYTES, "bytes are counted on after that"


async def test_the_console_reads_it(server: Server, tmp_path: Path) -> None:
    app = server.apps.get(DEMO_SDKAPPID)
    assert app is not None

    async def under_way() -> int:
        rows = await server.db.fetch(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE dead = 0) + (SELECT COUNT(*) FROM outbox_bundle)"
        )
        return int(rows[0][0])

    await eventually(under_way, 0)  # of the tests before
    await server.services.webhooks.test(app, "Group.CallbackAfterGroupFull")
    made = await in_console(server, "DescribeDevelopmentInbox", Kind="callback", Text="groupfull")
    [one] = made["Requests"]
    assert (one["Name"], one["Kind"]) == ("Group.CallbackAfterGroupFull", "callback")
    assert "Content-Type" in {header["Name"] for header in one["Headers"]}
    assert json.loads(one["Body"])["CallbackCommand"] == "Group.CallbackAfterGroupFull"
    later = await in_console(server, "DescribeDevelopmentInbox", After=one["Number"])
    assert (later["Requests"], later["Began"]) == ([], made["Began"])
    count = len(server.services.inbox.of(DEMO_SDKAPPID, 1000)) if server.services.inbox else 0
    assert (await in_console(server, "ClearDevelopmentInbox"))["Count"] == count > 0
    assert (await in_console(server, "DescribeDevelopmentInbox"))["Oldest"] > one["Number"]
    other = await build(Settings(data_dir=tmp_path / "other"))
    await ensure_demo(other)
    for action in ("DescribeDevelopmentInbox", "ClearDevelopmentInbox"):
        with pytest.raises(ControlError) as refused:
            await in_console(other, action)
        assert refused.value.code == "FailedOperation.NotInDevelopment"
    await other.close()


async def in_console(server: Server, name: str, **asked: Any) -> Any:
    """As root."""
    action, plane = TABLE.find("im", name), server.plane
    assert action is not None
    if not plane.owner_uin:
        await plane.login.start("Root-pass-123!")
    caller = Caller(user=await plane.users.get_uin(plane.owner_uin), owner_uin=plane.owner_uin)
    body = json.dumps({"SDKAppID": DEMO_SDKAPPID, **asked}).encode()
    return msgspec.to_builtins(await run(plane, action, caller, body, "1"))
