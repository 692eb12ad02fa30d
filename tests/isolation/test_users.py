"""Every client command over a real socket, as a user who is out for what belongs to others."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Set
from typing import Any, Final
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.errors import Code
from sodam.gateway import table
from sodam.gateway.session import MAX_REFUSED
from sodam.wire import Command
from tests.fuzz.documents import USERS, documents, render, valid
from tests.fuzz.seeds import tries
from tests.fuzz.servers import must, restore
from tests.fuzz.wire import FUTURE
from tests.isolation import snapshot
from tests.isolation.conftest import DISABLED, EXPIRED, OTHER, SECRET_OF_USERS, Apps, in_turn, live_in
from tests.isolation.sockets import Socket, is_json, signed_in

TRIES: Final = 400
THIEF: Final = USERS[4]
KICKED: Final = "kicked-one"
COMMANDS: Final = table.commands()
COUNTS_OF_OTHERS: Final = {
    "follow_owner": {"followers"},
    "relation_owner": {"pending", "pending_seq"},
    "group_user": {"joined"},
    "group_notice_user": {"seq"},
}
"""Columns of a user's row that count what others did: followed the user, asked to be friends, took into a group."""
NAMES_NOBODY: Final = ("c2c_recent", "group_recent", "relay_bundle", "group_day")
"""Tables whose rows hold a digest of what a user did, its text under a random name, or how many groups an app made in a
day: whose it was cannot be seen."""
GROUP_NAME: Final = 4
OF_MESSAGES: Final = {
    "openim.delete_c2c_msg_ramble",
    "openim.modify_c2c_msg",
    *(name for name in COMMANDS if name.startswith("openim_msg_ext_http_svc.")),
}
"""Commands in whose body From_Account names who sent a message, not who calls."""


def test_another_user(apps: Apps) -> None:
    """What does not name the thief stays as it was, and nothing of it is shown to the thief."""
    live_in(apps.own, SECRET_OF_USERS)
    # Befriending is asking first: a friend request must not change the other's list by itself.
    for user_id in (*USERS[:4], "administrator"):
        item = [{"Tag": "Tag_Profile_IM_AllowType", "Value": "AllowType_Type_NeedConfirm"}]
        must(apps.own, "profile/portrait_set", {"From_Account": user_id, "ProfileItem": item})
    victim = signed_in(apps.own, USERS[0])
    groups = {row["group_id"] for row in apps.snapshot()["chat_group"]}
    before = _others(apps, groups)
    assert SECRET_OF_USERS in repr(before)
    for some in in_turn(COMMANDS.items()):
        for name, command in some:
            thief = signed_in(apps.own, THIEF)
            _attack(thief, name, command)
            thief.close()
        assert _others(apps, groups) == before, [name for name, _ in some]
        victim.request("heartbeat.alive", b"{}")  # whoever says nothing for a minute is taken to be gone
    assert victim.request("heartbeat.alive", b"{}")["ErrorCode"] == 0
    victim.close()


def _others(apps: Apps, groups: Set[Any]) -> snapshot.Tables:
    found = snapshot.without(snapshot.of_app(apps.snapshot(), apps.own.sdkappid), THIEF)
    for name in NAMES_NOBODY:
        found.pop(name, None)
    # A group's name in the search index names no user.
    found["search_doc"] = [row for row in found["search_doc"] if row["kind"] != GROUP_NAME]
    # Whoever creates a group may name its first members: what is new of such a group is its creator's doing.
    for name, rows in found.items():
        found[name] = [row for row in rows if row.get("group_id") in (None, "", *groups)]
    for name, columns in COUNTS_OF_OTHERS.items():
        rows = [{key: value for key, value in row.items() if key not in columns} for row in found[name]]
        # A row that holds nothing else may come with the first count.
        found[name] = [row for row in rows if any(set(row.values()) - {row["app"], row["user_id"], 0, b"", b"[]"})]
    return found


def _attack(thief: Socket, name: str, command: Command) -> None:
    @tries(TRIES / len(COMMANDS))
    @given(documents(command.request))
    def run(body: bytes) -> None:
        if is_json(body):
            thief.request(name, body)

    run()
    for frame in thief.heard:
        assert SECRET_OF_USERS.encode() not in frame, f"{name} gave away {frame[:500]!r}"


def _names_its_sender(command: Command) -> bool:
    return any(field.encode_name == "From_Account" for field in msgspec.structs.fields(command.request))


def test_acting_for_another(apps: Apps) -> None:
    """From_Account of somebody else is refused, whatever else stands in the body; one's own is not for that reason."""
    restore(apps.own)
    thief = signed_in(apps.own, THIEF)
    checked = [name for name, command in COMMANDS.items() if _names_its_sender(command) and name not in OF_MESSAGES]
    assert {"openim.sendmsg", "profile.portrait_set", "sns.friend_add"} <= set(checked)
    for name in checked:
        _act_for(thief, name, COMMANDS[name])
    thief.close()


def _act_for(thief: Socket, name: str, command: Command) -> None:
    @tries(TRIES / len(COMMANDS))
    @given(valid(command.request), st.sampled_from([*USERS[:4], "administrator", "ghost", THIEF + "\0", THIEF.upper()]))
    def run(document: Any, other: str) -> None:
        answer = thief.request(name, render(document | {"From_Account": other}))
        assert answer["ErrorCode"] != 0, f"{name} let {THIEF} act for {other}"

    run()


@pytest.mark.parametrize("app", [None, OTHER, DISABLED, EXPIRED, 1400000001])
def test_not_signed_in(apps: Apps, app: int | None) -> None:
    sockets = _sockets(apps, app)
    for name, command in COMMANDS.items():
        socket = next(sockets)
        answer = socket.request(name, b'{"From_Account":"user0","To_Account":"user1"}')
        if command.guest:  # for those who are not signed in: it names no room here
            assert answer["ErrorCode"] != 0, name
            continue
        assert answer["ErrorCode"] == Code.REQUEST_FORBIDDEN, name
        assert set(answer) <= {"ActionStatus", "ErrorCode", "ErrorInfo", "ErrorDisplay"}
    sockets.close()


def _sockets(apps: Apps, app: int | None = None) -> Generator[Socket, None, None]:
    """A socket for each of many requests that are refused: one that is refused too often is ended."""
    while True:
        fresh = Socket(apps.own, app)
        try:
            for _ in range(MAX_REFUSED):
                yield fresh
        finally:
            fresh.close()


def test_keys_of_others(apps: Apps) -> None:
    """An A2 key serves its own app and account, as it was given out, until a kick."""
    live_in(apps.own, SECRET_OF_USERS)
    live_in(apps.other, "theirs")
    key = _key(apps, apps.own.sdkappid)
    theirs = _key(apps, OTHER)
    raw = base64.urlsafe_b64decode(theirs)
    forged = raw.replace(str(OTHER).encode(), str(apps.own.sdkappid).encode())
    assert forged != raw
    for a2 in (theirs, base64.urlsafe_b64encode(forged).decode(), key[:-4], key[::-1], "x", "字", "a" * 1000):
        sockets = _sockets(apps)
        for name in COMMANDS:
            assert next(sockets).request(name, b"{}", a2=a2)["ErrorCode"] == Code.REQUEST_FORBIDDEN, name
        assert next(sockets).request("im_open_status.wslogin", b"{}", a2=a2)["ErrorCode"] != 0
        sockets.close()
    fresh = Socket(apps.own)
    body = b'{"LastTime":0,"Peer_Account":"user1","MaxCnt":20,"MaxTime":0,"MinTime":0}'
    assert fresh.request("openim.getroammsg", body, a2=key)["ErrorCode"] == 0
    old = _key(apps, apps.own.sdkappid, KICKED, signed=-10)
    assert fresh.request("openim.getroammsg", body, a2=old)["ErrorCode"] == 0
    must(apps.own, "im_open_login_svc/kick", {"UserID": KICKED})
    assert fresh.request("openim.getroammsg", body, a2=old)["ErrorCode"] == Code.LOGIN_KICKED
    fresh.close()


def _key(apps: Apps, sdkappid: int, user_id: str = USERS[0], *, signed: int = FUTURE) -> str:
    """The A2 key of a login, whose signature is dated `signed` seconds from now."""
    socket = signed_in(apps.caller(sdkappid), user_id, signed=signed)
    key: str = socket.head["a2"]
    socket.close()
    return key


def test_login(apps: Apps) -> None:
    restore(apps.own)
    own, other = apps.own, apps.other
    signature = unquote(own.sign("user0"))
    tries_of = [
        (own, None, "user1", signature, Code.USERSIG_USER_MISMATCH),
        (own, None, "user0", unquote(other.sign("user0")), Code.USERSIG_SDKAPPID_MISMATCH),
        (own, OTHER, "user0", signature, Code.USERSIG_SDKAPPID_MISMATCH),
        (own, None, "user0", "", Code.USERSIG_EMPTY),
        (own, None, "", signature, Code.CREDENTIALS_MALFORMED),
        (own, 1400000001, "user0", signature, Code.SDKAPPID_INVALID),
        (apps.caller(DISABLED), None, "user0", unquote(apps.caller(DISABLED).sign("user0")), Code.APP_DISABLED),
        (apps.caller(EXPIRED), None, "user0", unquote(apps.caller(EXPIRED).sign("user0")), Code.PLAN_EXPIRED),
    ]
    for caller, app, user_id, text, code in tries_of:
        socket = Socket(caller, app)
        answer = socket.login(user_id, text)
        assert answer["ErrorCode"] == code
        assert "A2Key" not in answer
        assert socket.request("openim.sendmsg", json.dumps({"To_Account": "user1"}).encode())["ErrorCode"] != 0
        socket.close()
