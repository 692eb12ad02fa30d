"""The session as a state machine: no sockets, no clock, no server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sodam.errors import ApiError, Code
from sodam.gateway.session import MAX_IN_FLIGHT, MAX_MALFORMED, Close, Login, Run, Send, Session, SignOut, State
from sodam.gateway.table import commands
from sodam.gateway.tickets import Ticket, Tickets
from sodam.wire import decode_request

APP = 1400000042
TICKETS = Tickets(b"k" * 32)
TICKET = Ticket(APP, "amy", 144115, 77, 7, 1_700_000_000, 1_800_000_000)
A2 = TICKETS.seal(TICKET)
LOGIN = "im_open_status.wslogin"


def session() -> Session:
    return Session(APP, commands(), TICKETS.open_ticket)


def frame(servcmd: str, body: Any = None, **head: Any) -> bytes:
    return json.dumps({"head": {"servcmd": servcmd, "seq": 5, **head}, "body": body or {}}).encode()


def answer(action: object) -> dict[str, Any]:
    assert isinstance(action, Send | SignOut), action
    document: dict[str, Any] = json.loads(action.frame)
    return document


def code(action: object) -> int:
    return int(answer(action)["body"]["ErrorCode"])


def signed_in() -> Session:
    machine = session()
    action = machine.receive(frame(LOGIN, identifier="amy", usersig="x"))
    assert isinstance(action, Login)
    accepted = machine.login_accepted(action.head, "amy", 77, b'{"ErrorCode":0}')
    assert answer(accepted)["head"] == {"servcmd": LOGIN, "seq": 5}
    assert machine.state is State.OPEN
    return machine


def test_heartbeats_are_answered_in_every_state() -> None:
    for machine in (session(), signed_in()):
        assert code(machine.receive(frame("heartbeat.alive"))) == 0


def test_nothing_is_run_before_the_login() -> None:
    machine = session()
    assert code(machine.receive(frame("openim.getmsg"))) == Code.REQUEST_FORBIDDEN
    assert code(machine.receive(frame("im_open_status.wshello"))) == Code.REQUEST_FORBIDDEN
    assert code(machine.receive(frame("nonsense"))) == Code.REQUEST_FORBIDDEN


def test_a_command_runs_as_the_one_who_signed_in() -> None:
    machine = signed_in()
    action = machine.receive(frame("openim.getmsg", {"Cookie": ""}, identifier="eve", a2=A2))
    assert isinstance(action, Run)
    assert (action.user_id, action.instid, action.ticket) == ("amy", 77, None)
    assert json.loads(machine.answered(action.head, b"{}")) == {
        "head": {"servcmd": "openim.getmsg", "seq": 5},
        "body": {},
    }


def test_a_refused_login_may_be_tried_again() -> None:
    machine = session()
    action = machine.receive(frame(LOGIN, identifier="amy", usersig="x"))
    assert isinstance(action, Login)
    assert code(machine.login_refused(action.head, ApiError(Code.USERSIG_MISMATCH))) == 70009
    assert isinstance(machine.receive(frame(LOGIN, identifier="amy", usersig="y")), Login)


def test_one_login_at_a_time() -> None:
    machine = session()
    machine.receive(frame(LOGIN, identifier="amy", usersig="x"))
    assert code(machine.receive(frame(LOGIN, identifier="amy", usersig="x"))) == Code.TOO_FREQUENT
    assert code(machine.receive(frame("openim.getmsg"))) == Code.REQUEST_FORBIDDEN


def test_a_ticket_signs_in_and_a_forged_one_is_expired() -> None:
    action = session().receive(frame(LOGIN, a2=A2, tinyid="144115"))
    assert isinstance(action, Login)
    assert action.ticket == TICKET
    for forged in (A2[:-8], "x" * 60, "é", "A" * 1000, A2[:30] + "AA" + A2[32:]):
        assert code(session().receive(frame(LOGIN, a2=forged))) == 70001


def test_a_request_sent_again_on_a_fresh_socket_runs_by_its_ticket() -> None:
    """The SDK does so before it signs in anew."""
    machine = session()
    action = machine.receive(frame("openim.sendmsg", a2=A2))
    assert isinstance(action, Run)
    assert (action.user_id, action.instid, action.ticket) == ("amy", 77, TICKET)
    assert machine.state is State.NEW
    other = Session(APP + 1, commands(), TICKETS.open_ticket)
    assert code(other.receive(frame("openim.sendmsg", a2=A2))) == Code.REQUEST_FORBIDDEN


def test_logout_keeps_the_socket_for_another_login() -> None:
    machine = signed_in()
    assert isinstance(machine.receive(frame("im_open_status.wslogout")), SignOut)
    assert machine.state is State.NEW
    assert code(machine.receive(frame("openim.getmsg"))) == Code.REQUEST_FORBIDDEN
    assert isinstance(machine.receive(frame(LOGIN, identifier="bob", usersig="x")), Login)


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_kicked_client_is_told_so_until_it_leaves(kind: int) -> None:
    machine = signed_in()
    assert machine.kick(kind)
    assert not machine.kick(kind), "once"
    for command in ("im_open_status.wshello", "openim.getmsg", "nonsense"):
        body = answer(machine.receive(frame(command)))["body"]
        assert (body["ErrorCode"], body["KickType"]) == (1002, kind)
    assert isinstance(machine.receive(frame("im_open_status.wslogout")), SignOut)
    assert isinstance(machine.receive(frame(LOGIN, identifier="amy", usersig="x")), Login)


def test_a_client_that_is_not_signed_in_cannot_be_kicked() -> None:
    assert not session().kick(3)


def test_an_unknown_command_is_named_in_the_answer() -> None:
    body = answer(signed_in().receive(frame("no." + "x" * 500)))["body"]
    assert body["ErrorCode"] == Code.NO_SUCH_COMMAND
    assert len(body["ErrorInfo"]) < 200


def test_no_more_than_so_many_requests_in_flight() -> None:
    machine = signed_in()
    running = [machine.receive(frame("openim.getmsg")) for _ in range(MAX_IN_FLIGHT)]
    assert all(isinstance(action, Run) for action in running)
    assert code(machine.receive(frame("openim.getmsg"))) == Code.TOO_FREQUENT
    first = running[0]
    assert isinstance(first, Run)
    machine.answered(first.head, b"{}")
    assert isinstance(machine.receive(frame("openim.getmsg")), Run)


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b'{"head":{}}', b'{"head":1}', b"\xff\xfe", b"[" * 5000, b'{"head":{"servcmd":"x"'],
)
def test_what_is_no_request_is_answered_and_ends_the_connection_when_it_does_not_stop(data: bytes) -> None:
    machine = signed_in()
    for _ in range(MAX_MALFORMED):
        assert code(machine.receive(data)) == Code.BODY_NOT_JSON
    action = machine.receive(data)
    assert isinstance(action, Close)
    assert action.code == 1008


BROKEN_BODIES = [
    b'{"Text":"\xed\xa0\xbd"}',
    b'{"Text":"cut\\ud8"}',
    b'{"Text":"cut\\x"}',
    b'{"Text":1e}',
    b'{"Text":"open',
    b"{" * 5000,
    b"[" * 200_000,
    b"{]",
    b"nul",
    b"",
]


@pytest.mark.parametrize("body", BROKEN_BODIES, ids=range(len(BROKEN_BODIES)))
def test_a_broken_body_is_answered_to_its_own_request(body: bytes) -> None:
    """Otherwise the SDK takes the answer for a push and waits 15 seconds; and such frames end no connection."""
    machine = signed_in()
    head = b'{"servcmd":"openim.sendmsg","seq":91,"identifier":"a{}\\"b"}'
    for data in (b'{"head":%b,"body":%b}' % (head, body), b'{"body":%b,"head":%b}' % (body, head)):
        for _ in range(MAX_MALFORMED + 5):
            action = machine.receive(data)
            if isinstance(action, Run):  # what is broken is seen when the command is decoded
                with pytest.raises(ApiError) as caught:
                    decode_request(action.command, action.body)
                assert caught.value.code == Code.C2C_BAD_PACKET
                machine.answered(action.head, b"{}")
                continue
            if data.startswith(b'{"body":"') or b"servcmd" not in data:
                continue
            assert answer(action)["head"] == {"servcmd": "openim.sendmsg", "seq": 91}, data[:60]
            assert code(action) == Code.C2C_BAD_PACKET


def test_the_head_is_read_past_one_in_the_body() -> None:
    data = b'{"body":{"head":{"x":{}},"y":"\\"head\\":{}"},"head":{"servcmd":"a.b","seq":"7"},}'
    assert answer(signed_in().receive(data))["head"] == {"servcmd": "a.b", "seq": 7}


def test_half_an_emoji_is_u_fffd() -> None:
    machine = signed_in()
    action = machine.receive(b'{"head":{"servcmd":"openim.sendmsg","seq":1},"body":{"\\udc00":"a\\uD83D\\\\ud83d"}}')
    assert isinstance(action, Run)
    assert json.loads(bytes(action.body)) == {"\ufffd": "a\ufffd\\ud83d"}


def test_numbers_sent_as_text_are_taken() -> None:
    action = session().receive(frame(LOGIN, identifier="amy", usersig="x", platform="9", status_instid="4"))
    assert isinstance(action, Login)
    assert (action.head.platform, action.head.status_instid) == (9, 4)


def test_a_ticket_of_another_key_is_none() -> None:
    assert Tickets(b"other" * 7).open_ticket(A2) is None
    assert TICKETS.open_ticket(A2) == TICKET
