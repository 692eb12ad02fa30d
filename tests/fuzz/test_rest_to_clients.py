"""What REST accepts also reaches clients: pushes and pulled messages are whole frames, whatever was sent."""

from __future__ import annotations

from typing import Final

from hypothesis import given

from sodam.rest.table import commands
from sodam.wire import Command
from tests.fuzz.documents import SENT_AT, USERS, documents, render
from tests.fuzz.seeds import tries
from tests.fuzz.servers import restore
from tests.fuzz.wire import Caller
from tests.isolation.sockets import Socket, signed_in

ENDS_SESSIONS: Final = {"im_open_login_svc/account_delete", "im_open_login_svc/kick"}
TRIES: Final = 14
"""Of each command."""


def test_frames_stay_whole(caller: Caller) -> None:
    told = [command for command in commands() if command.path not in ENDS_SESSIONS]
    sockets = [signed_in(caller, user_id) for user_id in USERS[:2]]
    for socket in sockets:  # pushes are held back until a client has caught up
        assert socket.request("openim.getmsg", b'{"Cookie":"","SyncFlag":0}')["ErrorCode"] == 0
    for command in told:
        restore(caller)
        _call(caller, command, TRIES)
        for socket in sockets:
            _read(socket)
    assert any(b"im_open_push.msg_push" in frame for frame in sockets[0].heard), "nothing was pushed"
    assert any(b'"C2cMsgArray"' in frame for frame in sockets[0].heard), "no message was pushed"
    for socket in sockets:
        socket.close()


def _call(caller: Caller, command: Command, count: float) -> None:
    @tries(count, apart=1)  # new messages, which are pushed
    @given(documents(command.request))
    def run(body: bytes) -> None:
        caller.call(command.path, body)

    run()


def _read(socket: Socket) -> None:
    """Take in what was pushed, and pull; every frame is decoded on the way."""
    assert socket.request("heartbeat.alive", b"{}")["ErrorCode"] == 0
    times = {"MinTime": 0, "MaxTime": SENT_AT + 86400, "LastTime": 0, "MaxCnt": 20}
    for peer in (*USERS[:2], "administrator"):
        assert socket.request("openim.getroammsg", render({"Peer_Account": peer, **times}))["ErrorCode"] == 0
    assert socket.request("recentcontact.page_get", b"{}")["ErrorCode"] == 0
