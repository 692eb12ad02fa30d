"""A robot's answer in growing pieces over REST."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sodam.rest import openim_robot_http_svc as streams
from tests.rest.conftest import Rest
from tests.rest.openim import SEND, WITHDRAW, codes, history, message, people

STREAM = "openim_robot_http_svc/send_stream_msg"
ROBOT = "@RBT#helper"


def piece(words: str, key: str = "", **fields: Any) -> dict[str, Any]:
    return {"From_Account": ROBOT, "To_Account": "omar", "Chunk": words, **({"MsgKey": key} if key else {}), **fields}


async def data(rest: Rest) -> dict[str, Any]:
    """What the newest message to omar holds."""
    answer = await history(rest, "omar", ROBOT)
    decoded: dict[str, Any] = json.loads(answer["MsgList"][-1]["MsgBody"][0]["MsgContent"]["Data"])
    return decoded


async def test_pieces(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(rest, "omar", "lena", ROBOT)
    first = await rest(STREAM, piece("The "))
    key = first["MsgKey"]
    assert await data(rest) == {"chatbotPlugin": 2, "src": 2, "chunks": ["The "], "isFinished": 0}
    assert (await rest(STREAM, piece("answer", key)))["MsgKey"] == key
    await asyncio.gather(*(rest(STREAM, piece(f" {number}", key)) for number in range(4)))
    found = (await data(rest))["chunks"]
    assert (found[:2], sorted(found[2:])) == (["The ", "answer"], [f" {number}" for number in range(4)])
    await codes(
        rest,
        STREAM,
        [
            (piece(".", key, Finish=1), 0),
            (piece("more", key), 90010),
            (piece("x", "1_2_3"), 20022),
            (piece("x", "key"), 90054),
            ({**piece("x"), "From_Account": "lena"}, 90008),
            ({**piece("x"), "From_Account": "@RBT#nobody"}, 90008),
            ({**piece("x"), "To_Account": "nobody"}, 90012),
        ],
    )
    assert (await data(rest))["isFinished"] == 1
    other = (await rest(SEND, message("hi", From_Account=ROBOT)))["MsgKey"]
    gone = (await rest(STREAM, piece("x")))["MsgKey"]
    await rest(WITHDRAW, {"From_Account": ROBOT, "To_Account": "omar", "MsgKey": gone})
    long = (await rest(STREAM, piece("x" * 20_000)))["MsgKey"]
    monkeypatch.setattr(streams, "MAX_STREAM_BYTES", 30_000)
    await codes(
        rest,
        STREAM,
        [
            (piece("x", other), 90010),
            (piece("x", gone), 20023),
            (piece("y" * 20_000, long), 93000),
            (piece("y", long), 0),
        ],
    )
