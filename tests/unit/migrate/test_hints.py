"""What each webhook of the source has a follower look at, and which requests it takes in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sodam.migrate.hints import KINDS, hints
from sodam.migrate.listener import Hook
from sodam.migrate.store import Hint, Journal
from sodam.webhooks.samples import SAMPLES
from tests.support.receiver import Receiver, answering

PAIR = "nora_k\x1ftomas"
HIKE = "@TGS#2HIKE7QW1"
WANTED = {
    "State.StateChange": [("named", "nora_k", 0)],
    "Profile.CallbackPortraitSet": [("account", "nora_k", 0)],
    "Sns.CallbackFriendAdd": [("relations", "nora_k", 0)],
    "Sns.CallbackBlackListDelete": [("relations", "nora_k", 0)],
    "Follow.CallbackAfterFollowDelete": [("relations", "nora_k", 0)],
    "C2C.CallbackAfterSendMsg": [("pair", PAIR, 1764582600)],
    "C2C.CallbackAfterMsgWithDraw": [("pair", PAIR, 1764582600)],
    "C2C.CallbackAfterModifyMsg": [("pair", PAIR, 1764582600)],
    "C2C.CallbackAfterMsgReport": [("read", "tomas\x1fnora_k", -1764582655)],
    "C2C.CallbackAfterMsgReadReceipt": [("pair", PAIR, 1764582600)],
    "C2C.CallbackBeforeSendMsg": [],
    "Group.CallbackAfterCreateGroup": [("group", HIKE, 0)],
    "Group.CallbackAfterMemberExit": [("group", HIKE, 0)],
    "Group.CallbackAfterSendMsg": [("history", HIKE, 18)],
    "Group.CallbackAfterRecallMsg": [("history", HIKE, 18)],
    "Group.CallbackAfterReadReceipt": [("unread", HIKE, 0)],
    "Group.CallbackBeforeSendMsg": [],
}


def test_hints() -> None:
    found = {command: [(h.kind, h.id, h.since) for h in hints(SAMPLES[command])] for command in WANTED}
    assert found == WANTED
    for command, body in SAMPLES.items():
        assert all(hint.kind in KINDS for hint in hints(body)), command
    topic = {**SAMPLES["Group.CallbackAfterSendMsg"], "GroupId": "@TGS#_city", "TopicId": "@TGS#_city@TOPIC#_a"}
    assert hints(topic) == [Hint("history", "@TGS#_city\x1f@TGS#_city@TOPIC#_a", 18)]
    for passing in ({"OnlineOnlyFlag": 1}, {"Type": "AVChatRoom"}):
        assert hints(SAMPLES["Group.CallbackAfterSendMsg"] | passing) == []
    assert hints(SAMPLES["C2C.CallbackAfterSendMsg"] | {"SendMsgResult": 80001}) == []


def test_a_hint_that_comes_again_meanwhile_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "work.db")
    journal.hint([Hint("pair", PAIR, 50), Hint("pair", PAIR, 40)])
    seen = journal.hints("pair", 10)
    assert [(h.since, h.said) for h in seen] == [(40, 2)]
    journal.hint([Hint("pair", PAIR, 60)])
    journal.settle(seen)
    assert [(h.since, h.said) for h in journal.hints("pair", 10)] == [(40, 3)]
    journal.settle(journal.hints("pair", 10))
    assert journal.hints("pair", 10) == []
    journal.close()


async def asked(hook: Hook, query: str, body: bytes) -> int:
    return (await answered(hook, query, body))[0]


async def answered(hook: Hook, query: str, body: bytes) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await hook({"type": "http", "query_string": query.encode(), "headers": []}, receive, send)
    return int(sent[0]["status"]), bytes(sent[1]["body"])


@pytest.mark.parametrize("token", ["", "wh-secret-743"])
async def test_what_is_taken_in(tmp_path: Path, token: str) -> None:
    journal = Journal(tmp_path / "work.db")
    woken: list[int] = []
    hook = Hook(journal, 1400000001, token, lambda: woken.append(1))
    body = json.dumps(SAMPLES["Group.CallbackAfterSendMsg"]).encode()
    sign = hashlib.sha256(f"{token}1764582215".encode()).hexdigest()
    signed = f"SdkAppid=1400000001&Sign={sign}&RequestTime=1764582215" if token else "SdkAppid=1400000001"
    refused = [f"SdkAppid=1400000001&Sign={'0' * 64}&RequestTime=1764582215", "SdkAppid=1400000001"] if token else []
    for query in ("", "SdkAppid=1400000002", *refused):
        assert await asked(hook, query, body) == 403, query
    for wrong in (b"", b"[]", b"{}", b'{"CallbackCommand":7}', b'{"CallbackCommand":"C2C.CallbackAfterSendMsg"}'):
        assert await asked(hook, signed, wrong) == 400, wrong
    assert (journal.hints("history", 10), woken) == ([], [])
    assert await asked(hook, signed, body) == 200
    assert [h.id for h in journal.hints("history", 10)] == [HIKE]
    assert woken
    await hook.close()
    journal.close()


async def test_the_apps_own_receiver_answers(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "work.db")
    async with Receiver() as own:
        own.answer = answering({"ActionStatus": "OK", "ErrorCode": 120041, "ErrorInfo": "no"})
        hook = Hook(journal, 1400000001, "", lambda: None, forward=f"{own.url}/hook?of=shop")
        body = json.dumps(SAMPLES["C2C.CallbackBeforeSendMsg"]).encode()
        query = "SdkAppid=1400000001&CallbackCommand=C2C.CallbackBeforeSendMsg"
        status, answer = await answered(hook, query, body)
        assert (status, json.loads(answer)["ErrorCode"]) == (200, 120041)
        (got,) = own.got
        assert (got.path, got.query["of"], got.command) == ("/hook", "shop", "C2C.CallbackBeforeSendMsg")
        assert got.raw == body
        after = json.dumps(SAMPLES["C2C.CallbackAfterSendMsg"]).encode()
    assert await answered(hook, query, after) == (502, b"")  # it is away: the source may ask again
    assert [hint.id for hint in journal.hints("pair", 10)] == [PAIR]
    await hook.close()
    journal.close()
