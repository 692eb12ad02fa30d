"""Pushes: what is read of them, and what cannot be read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sodam_client.pushes import read_push

PUSH = "im_open_push.msg_push"


def raw(body: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(body))


def test_messages_flag_and_acknowledgement_are_read() -> None:
    message = {"From_Account": "bob", "To_Account": "amy", "ConversationSeq": 4, "MsgLifeTime": 0, "News": [1]}
    push = read_push(PUSH, raw({"EventArray": [{"Event": 9, "C2cMsgArray": [message]}], "Flag": 1, "NeedAck": 1}))
    assert push is not None
    assert [(m.sender, m.place, m.life_time) for m in push.messages] == [("bob", 4, 0)]
    assert (push.pull, push.session_data, push.kick_type) == (True, "", None)


@pytest.mark.parametrize(
    ("servcmd", "body"),
    [
        (PUSH, {"EventArray": [{"Event": 10, "C2cNotifyMsgArray": [{"KickoutMsgNotify": {"KickType": 2}}]}]}),
        ("im_open_status.stat_forceoffline", {"KickType": 2}),
    ],
)
def test_both_forms_of_a_kick_are_read(servcmd: str, body: dict[str, Any]) -> None:
    push = read_push(servcmd, raw(body))
    assert push is not None
    assert push.kick_type == 2


@pytest.mark.parametrize("body", [[], 3, {"EventArray": 3}, {"EventArray": [3]}, {"EventArray": [{"C2cMsgArray": 1}]}])
def test_what_is_no_push_is_none(body: Any) -> None:
    assert read_push(PUSH, raw(body)) is None
