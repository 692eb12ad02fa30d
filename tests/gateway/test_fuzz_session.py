"""Random frames against the session and the decoding of every command: documented codes, no exception."""

from __future__ import annotations

import json

from sodam.errors import ApiError, Code
from sodam.gateway.frames import Head
from sodam.gateway.session import KICKED_CODE, Close, Login, Run, Send, Session, SignOut, State
from sodam.gateway.table import commands
from sodam.gateway.tickets import Ticket, Tickets
from sodam.wire import decode_request, failure
from tests.gateway.noise import FACTOR, SEED, Noise

FRAMES = int(10_000 * max(1.0, FACTOR))
APP = 1400000042
CODES = {int(code) for code in Code} | {0, KICKED_CODE}


class Host:
    """Plays the connection's part at random, and looks at everything that would go to the client."""

    def __init__(self) -> None:
        self.tickets = Tickets(b"k" * 32)
        self.table = commands()
        ticket = Ticket(APP, "amy", 144115, 77, 7, 1_700_000_000, 1_800_000_000)
        self.a2 = self.tickets.seal(ticket)
        self.noise = Noise(self.table, ("amy", "bob", "cat"), lambda: self.a2)
        self.rng = self.noise.rng
        self.ran: set[str] = set()
        self.decoded: set[str] = set()
        self.codes: set[int] = set()
        self.closed = 0
        self.session = self.fresh()

    def fresh(self) -> Session:
        return Session(APP, self.table, self.tickets.open_ticket)

    def step(self, data: bytes) -> None:
        action = self.session.receive(data)
        if isinstance(action, Login):
            if self.rng.random() < 0.8:
                action = self.session.login_accepted(action.head, "amy", 77, b'{"ErrorCode":0}')
            else:
                action = self.session.login_refused(action.head, ApiError(Code.USERSIG_MISMATCH))
        if isinstance(action, Run):
            self.check(self.run(action))
        elif isinstance(action, Send | SignOut):
            self.check(action.frame)
        else:
            assert isinstance(action, Close), action
            assert action.code in (1008, 1009)
            self.closed += 1
            self.session = self.fresh()

    def run(self, action: Run) -> bytes:
        name = action.head.servcmd
        self.ran.add(name)
        command, body = action.command, b'{"ErrorCode":0}'
        # USER_ID_NOT_STRING is what every command gives for a UserID of another type.
        documented = {*command.errors, *command.fields.values(), Code.USER_ID_NOT_STRING}
        try:
            decode_request(command, action.body)
            self.decoded.add(name)
        except ApiError as error:
            body = failure(error, display=command.service.display)
            refused: Code | int = error.code
        else:
            refused = 0
        assert not refused or refused in documented, (name, refused)
        return self.session.answered(action.head, body)

    def check(self, frame: bytes) -> None:
        code = json.loads(frame)["body"]["ErrorCode"]
        assert code in CODES, frame
        self.codes.add(code)


def test_random_frames() -> None:
    host = Host()
    print(f"seed {SEED}")
    for number in range(FRAMES):
        if host.session.state is State.NEW and host.rng.random() < 0.5:
            proof = {"a2": "unknown"} if host.rng.random() < 0.02 else {"identifier": "amy", "usersig": "x"}
            host.step(json.dumps({"head": {"servcmd": "im_open_status.wslogin", **proof}}).encode())
        data = host.noise.frame()
        try:
            host.step(data)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, frame {number}: {data[:500]!r}") from error
        if host.rng.random() < 0.001:
            host.session.kick(host.rng.randrange(1, 4))
        if host.rng.random() < 0.002:
            host.session = host.fresh()
    # The noise is worth something only if it reaches everything.
    assert host.ran == set(host.table)
    assert host.decoded == set(host.table)
    assert host.closed
    assert {0, KICKED_CODE, Code.BODY_NOT_JSON, Code.NO_SUCH_COMMAND, Code.REQUEST_FORBIDDEN, 70001} <= host.codes


def test_broken_bodies_are_answered_to_their_own_requests() -> None:
    """Whatever is wrong behind a head that can be read, the answer says which request it is for."""
    host = Host()
    rng = host.rng
    names = sorted(host.table)
    print(f"seed {SEED}")
    host.session.receive(b'{"head":{"servcmd":"im_open_status.wslogin","identifier":"amy","usersig":"x"}}')
    host.session.login_accepted(Head("im_open_status.wslogin"), "amy", 77, b'{"ErrorCode":0}')
    refused = 0
    for number in range(FRAMES // 5):
        name = rng.choice((*names, "no.such"))
        head = json.dumps({"ver": "v4", "servcmd": name, "seq": number, "identifier": 'a"}{'}).encode()
        body = bytearray(host.noise.frame())
        for _ in range(rng.randrange(4)):
            at = rng.randrange(len(body) + 1)
            body[at : at + rng.randrange(3)] = rng.choice(
                (b"\\", b'"', b"{", b"}", b"\\ud83d", b"\xed\xa0\xbd", b"\xff", b"\x00", b"1e", b"nul", b"[" * 3000)
            )
        data = b'{"head":%b,"body":%b%b' % (head, bytes(body), rng.choice((b"", b"}", b"}}", b"}x")))
        action = host.session.receive(data)
        if isinstance(action, Run):
            frame = host.run(action)
        else:
            assert isinstance(action, Send), (SEED, number, data[:300])
            frame = action.frame
        answer = json.loads(frame)
        assert answer["head"] == {"servcmd": name, "seq": number}, (SEED, number, data[:300])
        refused += answer["body"]["ErrorCode"] != 0
    assert refused > FRAMES // 20
