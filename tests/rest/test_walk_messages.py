"""Messages, conversations, media, status and history files: every field of each command, as the documents have it
(rest-messages.md 1 to 3 and 5, rest-accounts-relations.md 3.5, 4 and 8, rest-operations-push.md 1.6)."""

from __future__ import annotations

from typing import Any

import msgspec

from sodam.rest.table import commands
from tests.rest.conftest import Rest
from tests.rest.openim import people, text
from tests.rest.test_media import upload
from tests.rest.walk import Body, Field, Walk, walk
from tests.rest.walk_openim import (
    EXTENSIONS,
    LONG,
    OPENIM,
    TIMES,
    number,
    numbered,
    sent_key,
    with_data,
)

ROBOT = "@RBT#helper"
PEER = {"Type": 1, "To_Account": "omar"}


async def extended(rest: Rest) -> Body:
    key = await sent_key(rest, SupportMessageExtension=1)
    pairs = [{"Key": "k", "Value": "v", "Seq": 0}]
    return {"From_Account": "lena", "To_Account": "omar", "MsgKey": key, "OperateType": 1, "ExtensionList": pairs}


async def read_pairs(rest: Rest) -> Body:
    body = await extended(rest)
    assert await rest.code(f"{EXTENSIONS}/set_key_values", body) == 0
    return {name: body[name] for name in ("From_Account", "To_Account", "MsgKey")}


def stream(**to: Any) -> Any:
    async def body(rest: Rest) -> Body:
        chunk = {"EventType": "data", "Index": 1, "Markdown": "x", "IsLast": True}
        content = {"Chunks": [chunk], "CompatibleText": "update"}
        element = {"MsgType": "TIMStreamElem", "MsgContent": content}
        return {"From_Account": "lena", "MsgRandom": number(), "MsgBody": [element], **to}

    return body


async def robot(rest: Rest) -> Body:
    return {"From_Account": ROBOT, "To_Account": "omar", "Chunk": "x", "Finish": 1}


def owned(**more: Any) -> Any:
    async def body(rest: Rest) -> Body:
        await sent_key(rest)
        return {"From_Account": "lena", **more}

    return body


async def in_a_group(rest: Rest) -> Body:
    """A conversation group that is there."""
    name = f"g{number()}"
    group = {"GroupName": name, "ContactItem": [PEER]}
    made = await rest("recentcontact/create_contact_group", {"From_Account": "lena", "GroupContactItem": [group]})
    assert made["ErrorCode"] == 0, made
    return {"From_Account": "lena", "GroupName": [name]}


async def new_group(rest: Rest) -> Body:
    for group in (await rest("recentcontact/get_contact_group", {"From_Account": "lena", "StartIndex": 0}))[
        "GroupItem"
    ]:
        await rest("recentcontact/del_contact_group", {"From_Account": "lena", "GroupName": [group["GroupName"]]})
    group = {"GroupName": f"g{number()}", "ContactItem": [PEER]}
    return {"From_Account": "lena", "GroupContactItem": [group]}


async def changed_group(rest: Rest) -> Body:
    (name,) = (await in_a_group(rest))["GroupName"]
    change = {"ContactOptType": 1, "ContactItem": {"Type": 1, "To_Account": "kim"}}
    update = {"UpdateGroupType": 2, "OldGroupName": name, "NewGroupName": "", "ContactUpdateItem": [change]}
    return {"From_Account": "lena", "UpdateType": 1, "UpdateGroup": update}


async def file_of(rest: Rest) -> Body:
    return {"RawURL": (await upload(rest, b"some file", name="a.bin"))["URL"]}


async def signed(rest: Rest) -> Body:
    return {"RawURLs": [{**await file_of(rest), "ResourceID": 7}]}


STREAMED: dict[str, Field] = {
    "From_Account": Field("text", 90008, bad={90048: ("ghost",)}),
    "MsgRandom": Field("u32", 90005, absent=90005),
    "MsgBody": Field(
        "array", 90007, absent=90007, bad={90010: (text("x"), [], [{"MsgType": "TIMStreamElem", "MsgContent": {}}])}
    ),
    "CloudCustomData": Field("text", 90010, good=[("x", with_data)]),
}
PAIR = {"Key": str, "Value": str, "Seq": int}
MESSAGE = {
    "From_Account": Field("text", 60015),
    "To_Account": Field("text", 60015, absent=10004, bad={23004: ("ghost", "kim")}),
    "MsgKey": Field("text", 10004, absent=10004, bad={10004: ("", "x", "1_2"), 23004: ("1_2_3",)}),
}


async def administrators(rest: Rest) -> Body:
    """One that the administrator sent, so that From_Account may be left out."""
    key = await sent_key(rest, From_Account="administrator", SupportMessageExtension=1)
    return await extended(rest) | {"From_Account": "administrator", "MsgKey": key}


async def administrators_pairs(rest: Rest) -> Body:
    body = await administrators(rest)
    return {name: body[name] for name in ("From_Account", "To_Account", "MsgKey")}


PIECES = [
    Walk(
        f"{EXTENSIONS}/set_key_values",
        administrators,
        {
            **MESSAGE,
            "OperateType": Field(
                "int", 10004, absent=10004, bad={10004: (0, 4, -1)}, good=[(2, None), (3, None), ("1", None)]
            ),
            "ExtensionList": Field("array", 10004, absent=10004, bad={10004: ([], [5], [{"Key": "k"}] * 21)}),
            "ExtensionList.Key": Field(
                "text", 10004, absent=10004, bad={10004: ("", "k" * 101, "a\0b")}, good=[("k" * 100, None)]
            ),
            "ExtensionList.Value": Field(
                "text", 10004, bad={10004: ("v" * 1001, "a\0b")}, good=[("v" * 1000, None), ("", None)]
            ),
            "ExtensionList.Seq": Field("int", 10004, bad={10004: (-1, LONG * LONG)}, good=[(5, None)]),
        },
        {"ExtensionList": [{"ErrorCode": int, "Extension": PAIR}], "Seq": int},
    ),
    Walk(
        f"{EXTENSIONS}/get_key_values",
        administrators_pairs,
        {**MESSAGE, "StartSeq": Field("int", 10004, bad={10004: (-1, LONG * LONG)}, good=[(1, None), (LONG, None)])},
        {"CompleteFlag": frozenset({0, 1}), "LatestSeq": int, "ClearSeq": int, "ExtensionList": [PAIR]},
    ),
    Walk(
        f"{EXTENSIONS}/get_key_values",
        read_pairs,
        {},
        {
            "CompleteFlag": frozenset({1}),
            "LatestSeq": frozenset({1}),
            "ClearSeq": frozenset({0}),
            "ExtensionList": [PAIR],
        },
    ),
    Walk(
        "stream_msg/send_c2c_stream_msg",
        stream(To_Account="omar"),
        {
            **STREAMED,
            "To_Account": Field("text", 90003, absent=90003, bad={90003: ("",), 90012: ("ghost",)}),
            "SyncOtherMachine": Field("code", 90031, good=[(2, None)]),
            "MsgSeq": Field("u32", 90004, good=[(5, numbered)]),
        },
        {**TIMES, "StreamMsgID": str},
    ),
    Walk(
        "stream_msg/send_group_stream_msg",
        stream(GroupId="club"),
        {
            "GroupId": Field("text", 10004, absent=10004, bad={10010: ("nothing",)}),
            "From_Account": Field("text", 10004, bad={10004: ("ghost",)}),
            "MsgRandom": STREAMED["MsgRandom"],
            "MsgBody": STREAMED["MsgBody"],
            "CloudCustomData": Field("text", 90010),
        },
        {"MsgTime": int, "MsgSeq": int, "StreamMsgID": str},
    ),
    Walk(
        "openim_robot_http_svc/send_stream_msg",
        robot,
        {
            "From_Account": Field("text", 90008, absent=90008, bad={90008: ("", "lena", "@RBT#ghost")}),
            "To_Account": Field("text", 90003, absent=90003, bad={90012: ("ghost",)}),
            "Chunk": Field("text", 90001, absent=90001, good=[("", None)]),
            "MsgKey": Field("text", 90001, bad={90054: ("x",), 20022: ("1_2_3",)}, good=[("", None)]),
            "Finish": Field("int", 90001, bad={90001: (2, -1)}, good=[(0, None)]),
        },
        {"MsgKey": str},
    ),
]
OWNER = Field("text", 60015, absent=50002, bad={50002: ("",), 50001: ("ghost",)})
ITEM = {
    "": Field("object", 50002, absent=50002),
    "Type": Field("int", 50002, absent=50002, bad={50002: (0, 3, -1)}),
    "To_Account": Field("text", 60015, absent=50002, bad={50002: ("", "a\0b")}),
}
CONTACT = {"Type": int, "To_Account?": str, "ToGroupId?": str}
GROUP = {"GroupName": str, "GroupId": int}
KEPT = {**CONTACT, "StandardMark?": str, "CustomMark?": str, "ContactGroupId?": [int], "Timestamp?": int}
DISPLAY = {"ErrorInfo": "", "ErrorDisplay": ""}
DONE = {"ResultCode": int, "ResultInfo": str}
CURSOR = Field("int", 50002)


def item(at: str) -> dict[str, Field]:
    """The fields of a conversation that stands in the field ``at``."""
    return {f"{at}.{name}".rstrip("."): known for name, known in ITEM.items()}


def conversations(name: str, body: Any, fields: dict[str, Field], answer: dict[str, Any] | None = None) -> Walk:
    return Walk(f"recentcontact/{name}", body, {"From_Account": OWNER, **fields}, answer or {}, None, DISPLAY)


LISTS = [
    conversations(
        "get_list",
        owned(TimeStamp=0, StartIndex=0, TopTimeStamp=0, TopStartIndex=0, AssistFlags=7),
        {
            **dict.fromkeys(("TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex"), CURSOR),
            "AssistFlags": Field("int", 50002, good=[(63, None), (-1, None), (LONG * LONG, None)]),
        },
        {
            "SessionItem": [
                {
                    "Type": frozenset({1, 2}),
                    "MsgTime": int,
                    "TopFlag": frozenset({0, 1}),
                    "To_Account?": str,
                    "GroupId?": str,
                    "StandardMark?": str,
                    "CustomMark?": str,
                    "ContactGroupId?": [int],
                }
            ],
            **dict.fromkeys(("CompleteFlag", "TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex"), int),
        },
    ),
    conversations(
        "delete",
        owned(**PEER, ClearRamble=0),
        {**{name: ITEM[name] for name in ("Type", "To_Account")}, "ClearRamble": Field("int", 50002, good=[(1, None)])},
    ),
    conversations(
        "top",
        owned(OperationType=1, RecentContactItem=[PEER]),
        {
            "OperationType": Field("int", 50002, absent=50002, bad={50002: (0, 3)}, good=[(2, None)]),
            "RecentContactItem": Field(
                "array",
                50002,
                absent=50002,
                bad={50002: ([], [PEER] * 101), 50001: ([{**PEER, "To_Account": "ghost"}],)},
            ),
            **{f"RecentContactItem.{name}": known for name, known in ITEM.items() if name},
        },
    ),
    conversations(
        "mark_contact",
        owned(
            MarkItem=[{"OptType": 3, "ContactItem": PEER, "SetMark": [1, 64], "ClearMark": [2], "CustomMark": "vip"}]
        ),
        {
            "MarkItem": Field(
                "array", 50002, absent=50002, bad={51006: ([], [{"OptType": 1, "ContactItem": PEER}] * 101)}
            ),
            "MarkItem.OptType": Field("int", 50002, absent=50002, bad={50002: (0, 4)}, good=[(1, None), (2, None)]),
            **item("MarkItem.ContactItem"),
            "MarkItem.SetMark": Field("list", 50002, bad={50002: ([0], [65], [-1], ["x"], [1.5])}),
            "MarkItem.ClearMark": Field("list", 50002, bad={50002: ([0], [65])}),
            "MarkItem.CustomMark": Field("text", 50002, good=[("", None), ("é" * 128, None)]),
        },
        {"ResultItem": [{"OptType": int, "ContactItem": CONTACT, **DONE}]},
    ),
    conversations(
        "create_contact_group",
        new_group,
        {
            "GroupContactItem": Field(
                "array", 50002, absent=50002, bad={50002: ([], [{"GroupName": "a", "ContactItem": []}] * 2)}
            ),
            "GroupContactItem.GroupName": Field(
                "text", 50002, absent=50002, bad={50002: ("",), 51011: ("x" * 33,)}, good=[("é" * 16, None)]
            ),
            "GroupContactItem.ContactItem": Field(
                "array", 50002, absent=50002, bad={51006: ([PEER] * 101,)}, good=[([], None)]
            ),
            **{f"GroupContactItem.ContactItem.{name}": known for name, known in ITEM.items() if name},
        },
        {"GroupResultItem": [{"GroupItem": GROUP, "ResultItem": [{"ContactItem": CONTACT, **DONE}]}]},
    ),
    conversations(
        "del_contact_group",
        in_a_group,
        {
            "GroupName": Field(
                "one or list", 50002, absent=50002, bad={50002: ([], ["a", "b"]), 51009: (["nothing"], "nothing")}
            )
        },
        {"GroupItem": [GROUP]},
    ),
    conversations(
        "update_contact_group",
        changed_group,
        {
            "UpdateType": Field("int", 50002, bad={50002: (0, 2)}),
            "UpdateGroup": Field("object", 50002, absent=50002),
            "UpdateGroup.UpdateGroupType": Field("int", 50002, absent=50002, bad={50002: (0, 3)}),
            "UpdateGroup.OldGroupName": Field("text", 50002, absent=50002, bad={51009: ("nothing",)}),
            "UpdateGroup.NewGroupName": Field("text", 50002),
            "UpdateGroup.ContactUpdateItem": Field("array", 50002, absent=51006, bad={51006: ([],)}),
            "UpdateGroup.ContactUpdateItem.ContactOptType": Field(
                "int", 50002, absent=50002, bad={50002: (0, 3)}, good=[(2, None)]
            ),
            **item("UpdateGroup.ContactUpdateItem.ContactItem"),
        },
        {
            "UpdateType": frozenset({1}),
            "UpdateGroupResult": {
                "UpdateGroupType": int,
                "GroupName": str,
                "GroupId": int,
                "OldGroupName": str,
                "ContactResultItem": [{"ContactOptType": int, "ContactItem": CONTACT, **DONE}],
            },
        },
    ),
    conversations(
        "search_contact_group",
        owned(ContactItem=[PEER]),
        {
            "ContactItem": Field("object", 50002, absent=50002, bad={51006: ([], [PEER] * 301)}),
            **{f"ContactItem.{name}": known for name, known in ITEM.items() if name},
        },
        {"ContactResultItem": [KEPT], "GroupItem": [GROUP]},
    ),
    conversations(
        "get_contact_group",
        owned(StartIndex=0),
        {"StartIndex": Field("int", 50002, good=[(LONG * LONG, None), (-5, None)])},
        {"ContactItem": [KEPT], "GroupItem": [GROUP], "CompleteFlag": frozenset({0, 1}), "NextStartIndex": int},
    ),
]
URL = Field("text", 60002, absent=60002, bad={60017: ("", "http://elsewhere.test/a.jpg", "/media/1/2/3/4.jpg")})
FILES = [
    Walk("im_cos_msg/forbid_illegal_object", file_of, {"RawURL": URL}),
    Walk("im_cos_msg/allow_banned_object", file_of, {"RawURL": URL}),
    Walk(
        "im_cos_msg/get_cos_sig",
        signed,
        {
            "RawURLs": Field("array", 60002, absent=60002, bad={60002: ([{"RawURL": "x"}] * 101,)}, good=[([], None)]),
            "RawURLs.RawURL": Field("text", 60002, absent=60002, good=[("nothing", None)]),
            "RawURLs.ResourceID": Field("int", 60002),
        },
        {
            "PreSigURLs": [
                {"ResourceID": int, "Code": int, "Desc": str, "PreSigURL": str, "Status": frozenset({0, 1, 2})}
            ]
        },
    ),
]


async def _walked(rest: Rest, tables: list[Walk]) -> list[str]:
    await people(rest, "lena", "omar", "kim", ROBOT)
    await rest.configure(plan="Flagship", settings=msgspec.structs.replace(rest.app.settings, message_extension=True))
    group = {"Owner_Account": "lena", "Type": "Public", "Name": "g", "GroupId": "club"}
    assert await rest.code("group_open_http_svc/create_group", group) == 0
    return [fault for table in tables for fault in await walk(rest, table)]


async def test_messages(rest: Rest) -> None:
    faults = await _walked(rest, OPENIM)
    assert not faults, "\n".join(faults)


async def test_extensions_and_streams(rest: Rest) -> None:
    faults = await _walked(rest, PIECES)
    assert not faults, "\n".join(faults)


async def test_conversations(rest: Rest) -> None:
    faults = await _walked(rest, LISTS)
    assert not faults, "\n".join(faults)


async def test_files(rest: Rest) -> None:
    faults = await _walked(rest, FILES)
    assert not faults, "\n".join(faults)


async def test_history_files(rest: Rest) -> None:
    """Whose one good answer needs an hour's messages and a job: ``test_history_files``."""
    wrong = {
        "ChatType": (5, "c2c", "", None, []),
        "MsgTime": (5, "", None, "2026", "2026110924", "20261132", "x" * 10, []),
    }
    taken = {"ChatType": "C2C", "MsgTime": "2026110918"}
    for name, values in wrong.items():
        for value in values:
            answer = await rest("open_msg_svc/get_history", taken | {name: value})
            assert answer["ErrorCode"] in (1002, 1005), (name, value, answer)
        left = {key: one for key, one in taken.items() if key != name}
        assert await rest.code("open_msg_svc/get_history", left) == 1002


ALIASES = {"Identifier", "ToGroupid", "ToGroupId", "GroupId", "Random", "startSeq"}
"""Other names of a field that is in the tables."""


def test_no_field_is_left_out() -> None:
    """The tables have every field that the commands know."""
    walked: dict[str, set[str]] = {}
    for table in (*OPENIM, *PIECES, *LISTS, *FILES):
        walked.setdefault(table.command, set()).update(table.fields)
    walked["openim/admin_getroammsg"] |= {"From_Account", "To_Account"}  # of until 2021: test_openim_history
    walked["openim/batchsendmsg"].add("ForbidCallbackControl")  # no batch has callbacks
    declared = {command.path: command for command in commands()}
    for path, known in walked.items():
        names = {field.encode_name for field in msgspec.structs.fields(declared[path].request)}
        assert names - ALIASES <= known, path
