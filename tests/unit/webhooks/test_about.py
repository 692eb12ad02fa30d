"""The troubleshooting log names whom a callback is about, whatever the callback."""

from __future__ import annotations

import json

import pytest

from sodam.webhooks.about import about
from sodam.webhooks.samples import SAMPLES

NOBODY = {"Group.CallbackOnDailyGroupQuotaAlarm", "Alert.RequestOverLimit"}
"""Are about the app."""


@pytest.mark.parametrize("name", SAMPLES)
def test_whoever_it_is_about_is_found(name: str) -> None:
    user, peer = about(json.dumps(SAMPLES[name]).encode())
    assert bool(user or peer) is (name not in NOBODY)


def test_who_and_where() -> None:
    known = {
        "State.StateChange": ("nora_k", ""),
        "Sns.CallbackFriendAdd": ("nora_k", "tomas"),
        "C2C.CallbackBeforeSendMsg": ("nora_k", "tomas"),
        "C2C.CallbackAfterMsgReport": ("tomas", "nora_k"),
        "Push.AllMemberPush": ("", "ines"),
    }
    assert {name: about(json.dumps(SAMPLES[name]).encode()) for name in known} == known
    for strange in (b"", b"[]", b'{"From_Account":7,"PairList":[],"Info":[7]}'):
        assert about(strange) == ("", "")
