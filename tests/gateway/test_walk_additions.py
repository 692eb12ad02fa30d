"""Reactions and extensions as clients have them: every field of each command, as the documents have it (
client-protocol-groups.md 9, rest-messages.md 2.11, 6.11), every field of the notices on all devices of everyone, and
nothing for those whom it does not concern. Both engines; the commands are asked over a socket."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
import pytest_asyncio

from sodam.storage import Database, open_database
from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.rest.walk import Body, Field, Walk, walk
from tests.support.server import SDKAPPID, Engine, ServerFactory

EXT: Final = "openim_msg_ext_http_svc"
LONG: Final = 1 << 53
NAMES: Final = ("amy", "bob", "kim")
_numbers = itertools.count(1)


class Beside:
    """Reads the file of a running server, which keeps other servers off."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def scan(self, sql: str, *values: int) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.replace("$", "?"), values).fetchall()


class Site:
    """Asked by a walk as REST is, of amy's first device."""

    def __init__(self, db: Database | Beside, devices: dict[str, RawClient]) -> None:
        self.server = SimpleNamespace(db=db)
        self.app = SimpleNamespace(sdkappid=SDKAPPID)
        self.devices = devices
        self.marks: dict[str, int] = {}

    async def __call__(self, command: str, body: Any, by: str = "amy 1") -> Body:
        self.marks = {name: len(device.pushes) for name, device in self.devices.items()}
        try:
            return await self.devices[by].call(command.replace("/", "."), body)
        except Refused as refused:
            return refused.body

    async def notified(self, name: str, key: str, content: Any) -> None:
        """A device is told exactly this, once, whatever is late of earlier calls."""
        device = self.devices[name]

        def count() -> int:
            return sum(event.get(key) == content for event in device.pushes[self.marks[name] :])

        try:
            await device.wait(lambda: count() > 0)
        except TimeoutError:
            raise AssertionError((name, content, device.pushes[self.marks[name] :])) from None
        assert count() == 1, name

    def nothing(self, name: str, key: str) -> bool:
        return not any(key in event for event in self.devices[name].pushes[self.marks[name] :])


@pytest_asyncio.fixture
async def site(server_factory: ServerFactory, engine: Engine, tmp_path: Path, sign_in: SignIn) -> AsyncIterator[Site]:
    """Two devices of amy and of bob, who talk to each other and in a group; kim is a stranger to both."""
    file = tmp_path / "apps.toml"
    file.write_text(f"[[app]]\nsdkappid = {SDKAPPID}\n[app.settings.messages]\nmessage_extension = true\n")
    server = server_factory(engine, env={"SODAM_APPLY": str(file)})
    devices = {}
    for name in ("amy", "bob", "kim"):
        for number, platform in ((1, 7), (2, 2)):
            devices[f"{name} {number}"] = await sign_in(server, name, platform=platform)
    members = [{"Member_Account": name} for name in ("amy", "bob")]
    group = {"Type": "Public", "Name": "club", "GroupId": "club", "MemberList": members}
    assert (await server.rest("group_open_http_svc/create_group", group))["ErrorCode"] == 0
    directory = Path(server._env["SODAM_DATA_DIR"])
    if server.database_url is None:
        with contextlib.closing(sqlite3.connect(f"file:{directory / 'sodam.db'}?mode=ro", uri=True)) as connection:
            yield Site(Beside(connection), devices)
    else:
        database = await open_database(server.database_url, directory)
        try:
            yield Site(database, devices)
        finally:
            await database.close()


Body_ = Callable[[Site], Any]
TEXT = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]


async def sent(site: Site) -> Body:
    """A message of amy to bob that takes extensions."""
    number = next(_numbers)
    message = {"MsgSeq": number, "MsgRandom": number, "MsgClientTime": 1_700_000_000 + number, "MsgBody": TEXT}
    named = {"From_Account": "amy", "To_Account": "bob"}
    answer = await site("openim.sendmsg", {**named, **message, "SupportMessageExtension": 1})
    assert answer["ErrorCode"] == 0, answer
    return {**named, "MsgKey": answer["MsgKey"]}


async def said(site: Site) -> Body:
    """A message of amy in the group."""
    number = next(_numbers)
    message = {"Random": number, "ClientSeq": number, "MsgClientTime": 1_700_000_000 + number, "MsgBody": TEXT}
    answer = await site(
        "group_open_http_svc.send_group_msg", {"GroupId": "club", **message, "SupportMessageExtension": 1}
    )
    assert answer["ErrorCode"] == 0, answer
    return {"GroupId": "club", "MsgSeq": answer["MsgSeq"]}


def new(make: Body_, command: str = "", first: Body | None = None, **more: Any) -> Any:
    """A body about a new message, to which ``command`` with ``first`` was done before."""

    async def body(site: Site) -> Body:
        named = await make(site)
        if first is not None:
            answer = await site(f"{EXT}.{command}", {**named, **first})
            assert answer["ErrorCode"] == 0, answer
        return {**named, **more}

    return body


def many(make: Body_, command: str, first: Body, **more: Any) -> Any:
    """As ``new``, of a list of messages."""

    async def body(site: Site) -> Body:
        named = await new(make, command, first)(site)
        key = "MsgKey" if "MsgKey" in named else "MsgSeq"
        return {**named, f"{key}List": [named.pop(key)], **more}

    return body


def _id(site: Site) -> Body:
    """How clients know the newest message."""
    number = next(_numbers) - 1
    globals()["_numbers"] = itertools.count(number + 1)
    tiny_id = site.devices["amy 1"].head["tinyid"]
    return {"TinyId": tiny_id, "MsgClientTime": 1_700_000_000 + number, "MsgRandom": number}


DEVICES: Final = ("amy 1", "amy 2", "bob 1", "bob 2")


def told(given: bool) -> Any:
    """All four devices learn the new state of the reaction, and those of who gave it that it is theirs."""

    async def effect(site: Site, body: Body, answer: Body) -> bool:
        info = {("GroupMsgInfo" if "GroupId" in body else "C2CMsgInfo"): _id(site)}
        users = {"Count": 1, "Reaction_Account": ["amy"]} if given else {"Count": 0}
        state = [{**info, "MsgReactionSummary": [{"Reaction": body["Reaction"], **users}]}]
        for name in DEVICES:
            await site.notified(name, "MsgReactionNotifyList", state)
        own = {**info, "Reaction": body["Reaction"], "MsgOptType": 1 if given else 2}
        for name in DEVICES[:2]:
            await site.notified(name, "MsgReactionNotify", own)
        assert all(site.nothing(name, "MsgReactionNotify") for name in DEVICES[2:])
        return all(site.nothing(name, "MsgReactionNotifyList") for name in ("kim 1", "kim 2"))

    return effect


async def extended(site: Site, body: Body, answer: Body) -> bool:
    identity = _id(site)
    info = {name: identity[name] for name in ("MsgRandom", "MsgClientTime")}
    operation = int(body["OperateType"])
    kind = "ExtensionGroupMsgInfo" if "GroupId" in body else "ExtensionC2cMsgInfo"
    if operation == 3:
        what: Body = {"ClearKVInfo": [{"ClearMsgSeq": answer["Seq"]}]}
    else:
        pairs = [one["Extension"] for one in answer["ExtensionList"]]
        what = {("SetKVInfo" if operation == 1 else "DeleteKVInfo"): [{"MsgKeyValue": pairs}]}
    common = {"TinyId": identity["TinyId"], "MsgLastSeq": answer["Seq"], "MsgOptType": operation, kind: info}
    for name in DEVICES:
        await site.notified(name, "MsgExtensionNotify", {**common, **what})
    return all(site.nothing(name, "MsgExtensionNotify") for name in ("kim 1", "kim 2"))


PAIR_OF_USERS: dict[str, Field] = {
    "From_Account": Field("text", 60015, bad={10007: ("kim", "ghost")}),
    "To_Account": Field("text", 60015, absent=10004, bad={23004: ("ghost", "kim", "")}),
}
MESSAGE = {
    **PAIR_OF_USERS,
    "MsgKey": Field("text", 10004, absent=10004, bad={10004: ("", "x", "1_2"), 23004: ("1_2_3",)}),
}
GROUP = {
    "GroupId": Field("text", 10004, absent=10004, bad={10010: ("nothing",)}),
    "TopicId": Field("text", 10004),
}
IN_GROUP = {**GROUP, "MsgSeq": Field("int", 10004, absent=10004, bad={10004: (-1, LONG * LONG), 23004: (0, 9999)})}
ONESELF = {10004: ([5], [None]), 10007: (["bob"], ["amy", "bob"], [""])}
SUMMARY = {"Reaction": str, "Count": int, "Reaction_Account": [str], "ReactedByMe": frozenset({0, 1})}
LONGEST = "😀" * 25
HEART = {"Reaction": "heart"}


def adds(given: bool) -> dict[str, Field]:
    good = [(LONGEST, told(given)), ("x", told(given))] if given else []
    gone: dict[int, Any] = {} if given else {23008: ("nothing",)}
    return {
        "Reaction": Field("text", 10004, absent=10004, bad={10004: ("", LONGEST + "x", "a\0b"), **gone}, good=good),
        ("Add_Account" if given else "Del_Account"): Field(
            "array", 10004, bad=ONESELF, good=[(["amy"], told(given)), ([], told(given)), (["amy"] * 2, told(given))]
        ),
    }


async def pages(site: Site, body: Body, answer: Body) -> bool:
    return bool(answer["Reaction_Account"] == ["amy"] and answer["NextSeq"] == 0)


async def summed(site: Site, body: Body, answer: Body) -> bool:
    one = {"Reaction": "heart", "Count": 1, "Reaction_Account": ["amy"], "ReactedByMe": 1}
    (found,) = answer["Results"]
    return bool(found["MsgReactionSummary"] == found["ReactionList"] == [one])


async def without_names(site: Site, body: Body, answer: Body) -> bool:
    return [one["Reaction_Account"] for one in answer["Results"][0]["ReactionList"]] == [[]]


async def no_result(site: Site, body: Body, answer: Body) -> bool:
    return bool(answer["Results"] == [])


COUNT = Field("int", 10004, bad={10004: (-1,)}, good=[(0, without_names), (1, summed), (LONG, summed), ("1", summed)])
ITERATE = {
    "Reaction": Field("text", 10004, absent=10004),
    "NextSeq": Field("int", 10004, bad={10004: (-1, LONG * LONG)}, good=[(0, pages), (5, None), (LONG, None)]),
    "Count": Field("int", 10004, bad={10004: (-1,)}, good=[(0, pages), (1, pages), (LONG, pages)]),
}
USERS = {"Reaction_Account": [str], "NextSeq": int}


def results(key: str, kind: type) -> dict[str, Any]:
    return {"Results": [{key: kind, "MsgReactionSummary": [SUMMARY], "ReactionList": [SUMMARY]}]}


REACTIONS = [
    Walk(f"{EXT}/reaction_add", new(sent, **HEART), {**MESSAGE, **adds(True)}, {}, told(True)),
    Walk(f"{EXT}/reaction_del", new(sent, "reaction_add", HEART, **HEART), {**MESSAGE, **adds(False)}, {}, told(False)),
    Walk(
        f"{EXT}/reaction_multi_stat",
        many(sent, "reaction_add", HEART, Count=3),
        {
            **PAIR_OF_USERS,
            "To_Account": Field("text", 60015, absent=10004, good=[("kim", no_result)]),
            "MsgKeyList": Field(
                "array",
                10004,
                absent=10004,
                bad={10004: ([5], [""], ["x"], ["1_2_3"] * 31)},
                good=[([], no_result), (["1_2_3"], no_result)],
            ),
            "Count": COUNT,
        },
        results("MsgKey", str),
        summed,
    ),
    Walk(f"{EXT}/reaction_iterate", new(sent, "reaction_add", HEART, **HEART), {**MESSAGE, **ITERATE}, USERS, pages),
    Walk(f"{EXT}/group_reaction_add", new(said, **HEART), {**IN_GROUP, **adds(True)}, {}, told(True)),
    Walk(
        f"{EXT}/group_reaction_del",
        new(said, "group_reaction_add", HEART, **HEART),
        {**IN_GROUP, **adds(False)},
        {},
        told(False),
    ),
    Walk(
        f"{EXT}/group_reaction_multi_stat",
        many(said, "group_reaction_add", HEART, Count=3),
        {
            **GROUP,
            "MsgSeqList": Field(
                "array",
                10004,
                absent=10004,
                bad={10004: (["x"], [-1], [LONG * LONG], [1] * 31)},
                good=[([], no_result), ([9999], no_result)],
            ),
            "Count": COUNT,
        },
        results("MsgSeq", int),
        summed,
    ),
    Walk(
        f"{EXT}/group_reaction_iterate",
        new(said, "group_reaction_add", HEART, **HEART),
        {**IN_GROUP, **ITERATE},
        USERS,
        pages,
    ),
]
PAIR = {"Key": str, "Value": str, "Seq": int}
PAIRS = [{"Key": "k", "Value": "v", "Seq": 0}]
SET: Body = {"OperateType": 1, "ExtensionList": PAIRS}
WRITE = {
    "OperateType": Field("int", 10004, absent=10004, bad={10004: (0, 4, -1)}, good=[("1", extended), (3, None)]),
    "ExtensionList": Field("array", 10004, absent=10004, bad={10004: ([], [5], [{"Key": "k"}] * 21)}),
    "ExtensionList.Key": Field(
        "text", 10004, absent=10004, bad={10004: ("", "k" * 101, "a\0b")}, good=[("k" * 100, extended)]
    ),
    "ExtensionList.Value": Field("text", 10004, bad={10004: ("v" * 1001, "a\0b")}, good=[("v" * 1000, extended)]),
    "ExtensionList.Seq": Field("int", 10004, bad={10004: (-1, LONG * LONG)}),
}
START = Field("int", 10004, bad={10004: (-1, LONG * LONG)}, good=[(1, None), (LONG, None)])
READ = {"StartSeq": START, "startSeq": START}
WRITTEN = {"ExtensionList": [{"ErrorCode": int, "Extension": PAIR}], "Seq": int}
FOUND = {"CompleteFlag": frozenset({0, 1}), "LatestSeq": int, "ClearSeq": int, "ExtensionList": [PAIR]}


async def kept(site: Site, body: Body, answer: Body) -> bool:
    return bool(answer["ExtensionList"] == [{"Key": "k", "Value": "v", "Seq": 1}])


EXTENSIONS = [
    Walk(f"{EXT}/set_key_values", new(sent, **SET), {**MESSAGE, **WRITE}, WRITTEN, extended),
    Walk(f"{EXT}/get_key_values", new(sent, "set_key_values", SET), {**MESSAGE, **READ}, FOUND, kept),
    Walk(f"{EXT}/group_set_key_values", new(said, **SET), {**IN_GROUP, **WRITE}, WRITTEN, extended),
    Walk(f"{EXT}/group_get_key_values", new(said, "group_set_key_values", SET), {**IN_GROUP, **READ}, FOUND, kept),
]


async def test_reactions(site: Site) -> None:
    faults = [fault for table in REACTIONS for fault in await walk(cast(Any, site), table)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # PostgreSQL: tests/rest/test_walk_messages.py
async def test_extensions(site: Site) -> None:
    faults = [fault for table in EXTENSIONS for fault in await walk(cast(Any, site), table)]
    assert not faults, "\n".join(faults)
