"""Which messages to a robot are signals, and what they say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sodam.webhooks.robots import signal


def custom(data: Any) -> dict[str, Any]:
    data = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    return {"MsgType": "TIMCustomElem", "MsgContent": {"Data": data, "Desc": "", "Ext": "", "Sound": ""}}


@pytest.mark.parametrize("version", [1, 2])
def test_what_goes_through_is_its_data(version: int) -> None:
    said = '{"msg":"가는 말 \\"하나\\""}'
    assert signal(msgspec.json.encode([custom({"chatbotPlugin": version, "src": 3, "data": said})])) == said


def test_a_stop_is_told_whole() -> None:
    stop = msgspec.json.encode({"chatbotPlugin": 2, "src": 22, "msgKey": "1_2_3"}).decode()
    assert signal(msgspec.json.encode([custom(stop)])) == stop


@pytest.mark.parametrize(
    "body",
    [
        [{"MsgType": "TIMTextElem", "MsgContent": {"Text": 'chatbotPlugin":1,"src":3'}}],
        [custom("chatbotPlugin")],
        [custom([{"chatbotPlugin": 1, "src": 3, "data": "x"}])],
        [custom({"chatbotPlugin": 3, "src": 3, "data": "x"})],
        [custom({"chatbotPlugin": 1, "src": 7})],
        [custom({"chatbotPlugin": 2, "src": 2, "chunks": ["x"], "isFinished": 1})],
        [custom({"chatbotPlugin": 1, "src": 3, "data": {"msg": "no text"}})],
        [custom({"chatbotPlugin": 1, "src": 3})],
        [custom({"chatbotPlugin": [1], "src": [3], "data": "x"})],
        [custom({"chatbotPlugin": 1, "src": 3, "data": "x"}), custom({"chatbotPlugin": 1, "src": 3, "data": "x"})],
        [{"MsgType": "TIMCustomElem", "MsgContent": {"Data": 7, "Desc": "chatbotPlugin"}}],
    ],
)
def test_others_are_none(body: Any) -> None:
    assert signal(msgspec.json.encode(body)) is None
