"""What a sender may ask for (rest-messages.md 1.2)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sodam.apps.model import App
from sodam.c2c.draft import of_content
from sodam.errors import ApiError, Code
from sodam.messages import outgoing
from sodam.messages.model import EXTENSIBLE, MIND_MUTE, NEED_RECEIPT, NO_CHECK, NO_LAST, NO_UNREAD
from sodam.messages.offline_push import Wish
from sodam.usersig import Keys

BODY = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
decode = msgspec.json.Decoder(outgoing.Outgoing, strict=False).decode


def prepare(**fields: Any) -> outgoing.Content:
    request = decode(msgspec.json.encode({"MsgRandom": 5, "MsgBody": BODY, **fields}))
    return outgoing.prepare(request, strict_required=True)


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({}, 0),
        ({"SendMsgControl": []}, 0),
        ({"SendMsgControl": ["NoUnread"]}, NO_UNREAD),
        ({"SendMsgControl": "NoLastMsg"}, NO_LAST),
        ({"SendMsgControl": ["NoLastMsg", "NoUnread"]}, NO_LAST | NO_UNREAD),
        ({"SendMsgControl": ["NoMsgCheck", "WithMuteNotifications"]}, NO_CHECK | MIND_MUTE),
        ({"SendMsgControl": ["nounread", ""]}, 0),
        ({"IsNeedReadReceipt": 1}, NEED_RECEIPT),
        ({"IsNeedReadReceipt": 0, "SupportMessageExtension": "1"}, EXTENSIBLE),
    ],
)
def test_flags(fields: dict[str, Any], flags: int) -> None:
    assert prepare(**fields).flags == flags


@pytest.mark.parametrize(
    ("fields", "online_only"),
    [
        ({}, False),
        ({"MsgLifeTime": 604800}, False),
        ({"MsgLifeTime": 604801}, False),
        ({"MsgLifeTime": 0}, True),
        ({"OnlineOnlyFlag": 1}, True),
        ({"OnlineOnlyFlag": 0}, False),
        ({"OnlineOnlyFlag": 1, "MsgLifeTime": 100}, True),
    ],
)
def test_online_only(fields: dict[str, Any], online_only: bool) -> None:
    assert prepare(**fields).online_only is online_only


def test_life_time_is_not_negative() -> None:
    with pytest.raises(ApiError) as caught:
        prepare(MsgLifeTime=-1)
    assert caught.value.code == Code.MSG_LIFE_TIME_RANGE


def test_numbers() -> None:
    content = prepare(MsgSeq="7", MsgRandom="9")
    assert (content.seq, content.random) == (7, 9)
    assert prepare().seq == prepare(MsgSeq=None).seq == prepare(MsgSeq=0).seq == 0  # the log numbers it


def test_custom_data_is_a_json_string() -> None:
    assert prepare().cloud == b'""'
    assert prepare(CloudCustomData="").cloud == b'""'
    assert prepare(CloudCustomData='{"a":"\n"}').cloud == msgspec.json.encode('{"a":"\n"}')


def test_code_of_too_long_a_message_is_the_callers() -> None:
    request = decode(msgspec.json.encode({"MsgRandom": 5, "MsgBody": BODY, "CloudCustomData": "x" * 12288}))
    with pytest.raises(ApiError) as caught:
        outgoing.prepare(request, strict_required=True, too_long=Code.MSG_BATCH_TOO_LONG)
    assert caught.value.code == Code.MSG_BATCH_TOO_LONG


def test_push_wishes() -> None:
    assert prepare().push is None
    assert prepare(OfflinePushInfo=None).push is None
    push = prepare(OfflinePushInfo={"PushFlag": 1, "Desc": "words"}).push
    assert push is not None
    assert (push.PushFlag, push.Desc) == (1, "words")
    assert prepare(OfflinePushInfo={"PushFlag": 1, "Desc": "words"}).wish is None
    assert prepare().wish == Wish(text="hi")


@pytest.mark.parametrize(
    ("client_time", "kept"), [(0, 0), (-1, 0), (1_790_000_000, 1_790_000_000), (1 << 40, 0), (1 << 70, 0)]
)
def test_clock_of_the_sender(client_time: int, kept: int) -> None:
    app = App(sdkappid=1, name="", keys=Keys(secrets=(), public_pems=()))
    assert of_content(app, "b", "a", prepare(), client_time=client_time).client_time == kept
