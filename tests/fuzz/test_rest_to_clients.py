"""What REST accepts also reaches clients: pushes and pulled messages are whole frames, whatever was sent."""

from __future__ import annotations

from typing import Final

from hypothesis import given

from sodam.rest.table import commands
from sodam.wire import Command
from tests.fuzz.documents import SENT_AT, USERS, documents, render
from tests.fuzz.seeds import tries
from tests.fuzz.servers import must, restore
from tests.fuzz.wire import Caller
from tests.isolation.sockets import Socket, signed_in

ENDS_SESSIONS: Final = {"im_open_login_svc/account_delete", "im_open_login_svc/kick"}
TRIES: Final = 1300
"""Of all commands together, so that a growing table does not make the test slow."""
TURN: Final = 4
"""Commands between two looks of the sockets."""
"""Of each command."""
WORDS: Final = "a plain message"
PLAIN: Final = {
    "From_Account": "messenger",
    "To_Account": USERS[0],
    "MsgRandom": 4_000_000_000,
    "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": WORDS}}],
}


def test_frames_stay_whole(caller: Caller) -> None:
    told = [command for command in commands() if command.path not in ENDS_SESSIONS]
    sockets = [signed_in(caller, user_id) for user_id in USERS[:2]]
    for socket in sockets:  # pushes are held back until a client has caught up
        assert socket.request("openim.getmsg", b'{"Cookie":"","SyncFlag":0}')["ErrorCode"] == 0
    restore(caller)
    must(caller, "im_open_login_svc/account_import", {"UserID": PLAIN["From_Account"]})
    must(caller, "openim/sendmsg", PLAIN)
    sockets[0].hear(WORDS.encode())  # of random messages, all may be refused
    for start in range(0, len(told), TURN):
        restore(caller)
        for command in told[start : start + TURN]:
            _call(caller, command, TRIES / len(told))
        for socket in sockets:
            _read(socket)
    pushes = [frame for frame in sockets[0].heard if b"im_open_push.msg_push" in frame]
    assert any(WORDS.encode() not in frame for frame in pushes), "nothing of what was tried was pushed"
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
