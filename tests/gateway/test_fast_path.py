"""A client's message by the fast path and by the long way: the same answers, frames and rows, whatever is sent and
whatever changes in between."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from sodam import usersig
from sodam.apps.model import App
from sodam.c2c.model import Message
from sodam.c2c.pairs import Pairs
from sodam.errors import Code
from sodam.gateway.connection import Connection
from sodam.gateway.session import Session
from sodam.gateway.table import commands
from sodam.messages.model import FIRST_NUMBER
from sodam.moderation.model import Action, Word
from sodam.relations.model import Origin
from sodam.server import Server, build
from sodam.settings import BootstrapApp, Settings
from sodam.storage import StorageError
from tests.support.amounts import amounts
from tests.support.seeds import SEED

APP, KEY = 1400000009, "9f" * 32
STEPS = ("interceptors", "screens", "callbacks")
USERS = ("amy", "bob", "cid", "dan")
_TIME = re.compile(rb'("(?:MsgTime|MsgTimeStamp|MsgClientTime)":|_|-)(1[789]\d{8})\b')

_GIVEN = re.compile(rb'("MsgSeq":|"MsgKey":")\d{6,}')
"""A MsgSeq of the server's, which depends on the moment."""


class Wire:
    """Takes what a connection writes, push or answer, without the frames of the WebSocket around it."""

    def __init__(self) -> None:
        self.answers: dict[int, bytes] = {}
        self.events: list[bytes] = []

    def write(self, payloads: list[bytes]) -> int:
        for payload in payloads:
            seq = json.loads(payload)["head"]["seq"]
            if seq:
                self.answers[seq] = payload
            else:
                self.events.append(payload)
        return 0

    def write_frame(self, frame: bytes) -> int:
        return self.write([frame[frame.index(b"{") :]])

    def ping(self) -> None:
        return

    def waiting(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(reason)

    def abort(self) -> None:
        raise AssertionError

    def signed_in(self, signed_in: bool) -> None:
        return


class Side:
    """A server with a device of each user, and a second one of the first."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.devices: list[tuple[str, Connection, Wire]] = []
        self.seq = 100
        self.taken = 0

    @property
    def app(self) -> App:
        app = self.server.apps.get(APP)
        assert app is not None
        return app

    async def begin(self, *, fast: bool) -> None:
        await self.server.accounts.ensure(APP, USERS)
        take = self.server.hub.fast.take

        def taking(client: Any, action: Any) -> bool:
            taken = fast and take(client, action)
            self.taken += taken
            return taken

        self.server.hub.fast.take = taking  # type: ignore[method-assign]
        for number, name in enumerate((*USERS, USERS[0])):
            platform = 7 if number < len(USERS) else 2
            wire, session = Wire(), Session(APP, commands(), self.server.hub._tickets.open_ticket)
            connection = Connection(self.server.hub, session, "10.0.0.1")
            connection.opened(wire)
            signature = usersig.generate(APP, KEY, name, expire=1000, now=int(time.time()))
            head = {"servcmd": "im_open_status.wslogin", "seq": 1, "platform": platform}
            head |= {"identifier": name, "usersig": signature}
            connection.received(json.dumps({"head": head, "body": {"State": "Online"}}).encode())
            await until(lambda wire=wire: 1 in wire.answers)  # type: ignore[misc]
            assert b'"ErrorCode":0' in wire.answers[1]
            for notice in connection.catch_up.release():
                connection.deliver(notice)
            self.devices.append((name, connection, wire))

    def send(self, device: int, body: bytes) -> int:
        self.seq += 1
        head = b'{"head":{"servcmd":"openim.sendmsg","seq":%d,"platform":7},"body":' % self.seq
        self.devices[device][1].received(head + body + b"}")
        return self.seq

    async def answered(self, device: int, seqs: list[int]) -> None:
        wire = self.devices[device][2]
        await until(lambda: all(seq in wire.answers for seq in seqs))

    async def seen(self) -> list[Any]:
        """All that clients got and all that is stored, without what differs between two servers."""
        await self.server.services.c2c.announced()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        found = await self.server.accounts.find_many(APP, USERS)
        ids = {str(account.tiny_id).encode(): name.encode() for name, account in found.items()}
        columns = (
            f"conv, msg_random, MIN(msg_seq, {FIRST_NUMBER}), seq, high, client_time - msg_time > 5, flags, "
            "body, cloud, ord"
        )
        rows = await self.server.db.fetch(f"SELECT {columns} FROM c2c_message ORDER BY conv, seq")
        heads = await self.server.db.fetch("SELECT conv, last_seq, low_seq, high_seq, in_low, in_high FROM c2c_head")
        frames = [
            [(seq, clean(answer, ids)) for seq, answer in sorted(wire.answers.items()) if seq > 100]
            + [clean(event, ids) for frame in wire.events for event in events_of(frame)]
            for _, _, wire in self.devices
        ]
        received = [[(of, frame) for frame in seen] for of, seen in enumerate(frames)]
        return [[list(row) for row in rows], sorted(list(row) for row in heads), *received]


def events_of(frame: bytes) -> list[bytes]:
    """The events of a push, each with its bytes as they were sent: how many share a frame is the loop's business."""
    events: list[bytes] = [bytes(event) for event in msgspec.json.decode(frame, type=Push).body.EventArray]
    return events


class Body(msgspec.Struct):
    EventArray: list[msgspec.Raw]


class Push(msgspec.Struct):
    body: Body


def clean(data: bytes, ids: dict[bytes, bytes]) -> bytes:
    for number, name in ids.items():
        data = data.replace(number, name)
    return _GIVEN.sub(rb"\1N", _TIME.sub(rb"\1T", data))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


BODIES = [
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"hello"}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"hello"}}]',
    '[{"MsgType":"TIMTextElem","MsgContent":{"Text":"\uc548\ub155 \U0001f600"}}]'.encode(),
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a \\"quoted\\" \\\\ \\u0041 \\u0000 text"}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"half \\ud83d"}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a rude word"}}]',
    b'[ {"MsgContent": {"Text": "spaced", "More": [1]}, "MsgType": "TIMTextElem"} ]',
    b'[{"MsgType":"TIMCustomElem","MsgContent":{"Data":"d","Desc":"e","Ext":"f"}}]',
    b'[{"MsgType":"TIMFaceElem","MsgContent":{"Index":1}},{"MsgType":"TIMTextElem","MsgContent":{"Text":"two"}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":5}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"bytes \xff"}}]',
    b'[{"MsgType":"TIMNewElem","MsgContent":{}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"' + b"x" * 12_300 + b'"}}]',
    b"[]",
    b"{}",
    b"[" * 500 + b"]" * 500,
]
FIELDS = [
    *('"CloudCustomData":""', '"CloudCustomData":"cloud \\u00e9"', '"CloudCustomData":5', '"MsgClientTime":1900000000'),
    *('"MsgClientTime":-1', '"IsNeedReadReceipt":1', '"SupportMessageExtension":1', '"SendMsgControl":["NoUnread"]'),
    *('"SendMsgControl":["NoLastMsg","NoMsgCheck"]', '"OnlineOnlyFlag":1', '"MsgLifeTime":0', '"MsgLifeTime":60'),
    *('"MsgLifeTime":-1', '"OfflinePushInfo":{"PushFlag":1}', '"OfflinePushInfo":7', '"From_Account":"bob"'),
    *('"ForbidCallbackControl":["ForbidAfterSendMsgCallback"]', '"Unknown":{"a":[null,"\\ud83d"]}', '"MsgSeq":null'),
    *('"MsgSeq":0', '"MsgSeq":"12"', '"MsgSeq":-1', '"MsgRandom":"x"', '"IsNeedReadReceipt":"1"'),
]


def body_of(chance: random.Random, number: int) -> bytes:
    """A request: mostly what clients send, with now and then something else, or one that came before."""
    given = number if chance.random() < 0.85 else max(1, number - chance.randrange(4))
    to = chance.choice((*USERS, "nobody", "")) if chance.random() < 0.3 else chance.choice(USERS)
    fields = [f'"To_Account":"{to}"', f'"MsgSeq":{given}', f'"MsgRandom":{given}']
    content = BODIES[0] if chance.random() < 0.5 else chance.choice(BODIES)
    fields += chance.sample(FIELDS, chance.choice((0, 0, 0, 1, 2)))
    return b'{"MsgBody":' + content + b"," + ",".join(fields).encode() + b"}"


def change_of(chance: random.Random) -> Callable[[Side], Awaitable[object]]:
    """Something that decides about messages is changed."""
    one, other = chance.sample(USERS, 2)
    by, value = Origin(one, False), chance.choice((0, 1))

    def settings(**fields: Any) -> Callable[[Side], Awaitable[object]]:
        def change(app: App) -> App:
            return msgspec.structs.replace(app, settings=msgspec.structs.replace(app.settings, **fields))

        return lambda side: side.server.apps.edit(APP, change)

    return chance.choice(
        (
            lambda side: side.server.accounts.mute(side.app, one, c2c=value * 1000),
            lambda side: side.server.services.relations.blacklists.add(side.app, by, one, [other]),
            lambda side: side.server.services.relations.blacklists.delete(side.app, by, one, [other]),
            lambda side: side.server.services.words.add(APP, [Word("rude", Action.MARK)]),
            lambda side: side.server.services.words.remove(APP, ["rude"]),
            lambda side: side.server.services.profiles.set(
                side.app, one, [("Tag_Profile_IM_Nick", f"nick {value}")], side="admin", operator=one
            ),
            settings(friend_check=bool(value)),
            settings(friend_check=False),
            settings(blacklist_check=bool(value)),
        )
    )


async def let_pass(side: Side) -> None:
    """Back to what lets messages pass."""
    for user in USERS:
        await side.server.accounts.mute(side.app, user, c2c=0)
        await side.server.services.relations.blacklists.delete(side.app, Origin(user, False), user, USERS)
    await side.server.services.words.remove(APP, ["rude"])

    def change(app: App) -> App:
        return msgspec.structs.replace(app, settings=msgspec.structs.replace(app.settings, friend_check=False))

    await side.server.apps.edit(APP, change)


async def open_side(stack: AsyncExitStack, directory: Path, *, fast: bool) -> Side:
    directory.mkdir()
    made = await build(Settings(data_dir=directory, bootstrap_apps=(BootstrapApp(APP, KEY, "Flagship"),)))
    stack.push_async_callback(made.close)
    side = Side(made)
    await side.begin(fast=fast)
    return side


@pytest.mark.parametrize("steps", amounts("SODAM_TEST_FAST_STEPS", usual=120, long=4000))
async def test_both_ways_do_the_same(tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The number of a message that brings none follows those of its second, which must not end between the two sides.
    begun = time.time()
    monkeypatch.setattr("sodam.clock.time", SimpleNamespace(time=lambda: begun))
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    async with AsyncExitStack() as stack:
        sides = [await open_side(stack, tmp_path / str(fast), fast=fast) for fast in (True, False)]
        number = 0
        for _ in range(steps):
            device = chance.randrange(len(USERS) + 1)
            bodies = []
            for _ in range(chance.choice((1, 1, 3))):
                number += 1
                bodies.append(body_of(chance, number))
            change = change_of(chance) if (luck := chance.random()) < 0.15 else let_pass if luck > 0.92 else None
            for side in sides:
                if change is not None:
                    await change(side)
                await side.answered(device, [side.send(device, body) for body in bodies])
        fast, long = [await side.seen() for side in sides]
        for mine, other in zip(fast, long, strict=True):
            assert len(mine) == len(other)
            for one, another in zip(mine, other, strict=True):
                assert one == another
        assert len(fast[0]) > steps // 4, "most messages are stored"
        assert sides[0].taken > steps // 5, "many messages take the fast path"
        assert sides[1].taken == 0


async def test_a_batch_that_is_not_stored_is_answered_with_a_failure_and_may_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        side = await open_side(stack, tmp_path / "data", fast=True)
        body = b'{"To_Account":"bob","MsgSeq":7,"MsgRandom":7,"MsgBody":' + BODIES[0] + b"}"
        first = side.send(0, body.replace(b":7,", b":6,"))
        await side.answered(0, [first])
        log = side.server.services.c2c.log
        write = log._write_batch

        async def broken(batch: list[Any]) -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(log, "_write_batch", broken)
        taken, seq = side.taken, side.send(0, body)
        await side.answered(0, [seq])
        assert side.taken == taken + 1
        assert json.loads(side.devices[0][2].answers[seq])["body"]["ErrorCode"] == int(Code.C2C_INTERNAL)
        monkeypatch.setattr(log, "_write_batch", write)
        again = side.send(0, body)
        await side.answered(0, [again])
        assert json.loads(side.devices[0][2].answers[again])["body"]["ErrorCode"] == 0
        events = b"".join(side.devices[1][2].events)
        assert events.count(b'"MsgSeq":7,') == 1


async def test_a_step_added_without_facts_is_asked_about_each_message(tmp_path: Path) -> None:
    class Odd:
        def waits(self, app: App) -> bool:
            return False

        def passes(self, app: App, message: Message) -> bool:
            return b"odd" not in message.body

        async def check(self, app: App, message: Message) -> None:
            message.body = message.body.replace(b"odd", b"even")

    async with AsyncExitStack() as stack:
        side = await open_side(stack, tmp_path / "data", fast=True)
        side.server.services.c2c.interceptors.add(Odd())
        for number, word in enumerate((b"fine", b"fine", b"odd"), 1):
            content = BODIES[0].replace(b"hello", word)
            body = b'{"To_Account":"bob","MsgSeq":%d,"MsgRandom":1,"MsgBody":%b}' % (number, content)
            await side.answered(0, [side.send(0, body)])
        rows = await side.server.db.fetch("SELECT body FROM c2c_message ORDER BY seq")
        assert [b"even" in row[0] for row in rows] == [False, False, True]


async def test_while_the_bus_is_away_nothing_kept_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a node of a cluster whose caches may have missed a hint."""
    async with AsyncExitStack() as stack:
        side = await open_side(stack, tmp_path / "data", fast=True)
        cache = side.server.services.relations.facts
        body = b'{"To_Account":"bob","MsgSeq":%d,"MsgRandom":1,"MsgBody":' + BODIES[0] + b"}"
        fresh = True
        monkeypatch.setattr(cache, "_fresh", lambda: fresh)
        pairs = Pairs(side.server.accounts, *[getattr(side.server.services.c2c, name) for name in STEPS])
        for _ in range(2):
            await side.answered(0, [side.send(0, body % side.seq)])
        assert pairs.find(side.app, "amy", "bob") is not None
        fresh = False
        assert pairs.find(side.app, "amy", "bob") is None
        fresh = True
        assert pairs.find(side.app, "amy", "bob") is not None
