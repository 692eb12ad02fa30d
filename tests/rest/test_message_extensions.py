"""Key-value pairs of one-to-one messages over REST (openim_msg_ext_http_svc), on both engines."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sodam.extensions import service
from tests.rest.conftest import Rest
from tests.rest.openim import SEND, WITHDRAW, codes, message, people

SET = "openim_msg_ext_http_svc/set_key_values"
GET = "openim_msg_ext_http_svc/get_key_values"


async def start(rest: Rest, **fields: Any) -> dict[str, str]:
    """The setting is on; what names a message that takes extensions."""
    await people(rest)
    await rest.configure(plan="Flagship", settings=msgspec.structs.replace(rest.app.settings, message_extension=True))
    sent = await rest(SEND, message(**{"SupportMessageExtension": 1, **fields}))
    return {"From_Account": "lena", "To_Account": "omar", "MsgKey": sent["MsgKey"]}


def pairs(**values: str) -> list[dict[str, Any]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


async def stored(rest: Rest, named: dict[str, str], **fields: Any) -> list[tuple[str, str, int]]:
    answer = await rest(GET, {**named, **fields})
    assert (answer["ErrorCode"], answer["CompleteFlag"]) == (0, 1), answer
    return [(one["Key"], one["Value"], one["Seq"]) for one in answer["ExtensionList"]]


async def test_set_delete_clear(rest: Rest) -> None:
    named = await start(rest)
    answer = await rest(SET, {**named, "OperateType": 1, "ExtensionList": pairs(a="1", b="2")})
    assert answer["ExtensionList"] == [
        {"ErrorCode": 0, "Extension": {"Key": "a", "Value": "1", "Seq": 1}},
        {"ErrorCode": 0, "Extension": {"Key": "b", "Value": "2", "Seq": 1}},
    ]
    await rest(SET, {**named, "OperateType": 1, "ExtensionList": pairs(b="3")})  # an administrator needs no Seq
    assert await stored(rest, named) == [("a", "1", 1), ("b", "3", 2)]
    answer = await rest(SET, {**named, "OperateType": 2, "ExtensionList": [{"Key": "a"}, {"Key": "nothing"}]})
    assert [one["ErrorCode"] for one in answer["ExtensionList"]] == [0, 23004]
    assert await stored(rest, named) == [("b", "3", 2)]
    assert await stored(rest, named, StartSeq=2) == [("b", "3", 2), ("a", "", 3)]
    answer = await rest(SET, {**named, "OperateType": 3})
    assert (answer["ErrorCode"], answer["ExtensionList"], answer["Seq"]) == (0, [], 4)
    answer = await rest(GET, named)
    assert (answer["LatestSeq"], answer["ClearSeq"], answer["ExtensionList"]) == (4, 4, [])


async def test_refusals(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    named = await start(rest)
    plain = (await rest(SEND, message(MsgRandom=7)))["MsgKey"]
    one = {"OperateType": 1, "ExtensionList": pairs(a="1")}
    many = [{"Key": f"k{n}", "Value": "v"} for n in range(21)]
    unknown = {**named, "MsgKey": "1_2_3"}
    await codes(
        rest,
        SET,
        [
            ({**named, **one, "MsgKey": plain}, 23002),
            ({**unknown, **one}, 23004),
            ({**named, **one, "MsgKey": "x"}, 10004),
            ({**named, **one, "To_Account": "kim"}, 23004),
            ({**named, "OperateType": 4}, 10004),
            ({**named, "OperateType": 1}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": many}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": pairs(**{"k" * 101: "v"})}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": pairs(k="v" * 1001)}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": [{"Key": "", "Value": "v"}]}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": [{"Key": "a\0b", "Value": "v"}]}, 10004),
            (b"{", 10011),
            ({**named, **one}, 0),
        ],
    )
    await codes(rest, GET, [(unknown, 23004), ({**named, "MsgKey": plain}, 0), ({"MsgKey": plain}, 10004)])
    monkeypatch.setattr(service, "MAX_KEYS", 3)
    monkeypatch.setattr(service, "MAX_WRITES", 4)
    await codes(
        rest,
        SET,
        [
            ({**named, "OperateType": 1, "ExtensionList": many[:3]}, 10004),
            ({**named, "OperateType": 1, "ExtensionList": many[:2]}, 0),
            ({**named, "OperateType": 2, "ExtensionList": many[:2]}, 0),
            ({**named, "OperateType": 1, "ExtensionList": many[5:7]}, 0),
            ({**named, **one}, 23003),
        ],
    )
    await rest(WITHDRAW, named)
    await codes(rest, SET, [({**named, **one}, 23004)])
    await rest.configure(settings=msgspec.structs.replace(rest.app.settings, message_extension=False))
    await codes(rest, SET, [({**named, **one}, 10008)])
    await codes(rest, GET, [(named, 10008)])


async def test_pages_keep_the_pairs_of_a_write_together(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    named = await start(rest)
    for write in range(4):
        some = {f"k{write}{n}": "v" for n in range(3)}
        await rest(SET, {**named, "OperateType": 1, "ExtensionList": pairs(**some)})
    monkeypatch.setattr(service, "PAGE", 7)
    found: list[str] = []
    start_seq, pages = 0, 0
    while True:
        answer = await rest(GET, {**named, "StartSeq": start_seq})
        found += [one["Key"] for one in answer["ExtensionList"]]
        pages += 1
        if answer["CompleteFlag"]:
            break
        start_seq = answer["ExtensionList"][-1]["Seq"] + 1
    assert found == [f"k{write}{n}" for write in range(4) for n in range(3)]
    assert pages == 2
