"""Two apps with the same UserIDs on one server: whatever one does, the other's rows stay as they are, and unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sodam.errors import Code
from sodam.gateway import table as client_table
from sodam.rest import table
from sodam.rest.http import MAX_BODY
from sodam.wire import Command
from tests.fuzz import judge
from tests.fuzz.documents import USERS, documents
from tests.fuzz.seeds import tries
from tests.fuzz.servers import restore
from tests.isolation import snapshot
from tests.isolation.conftest import OTHER, SECRET, Apps, in_turn, live_in
from tests.isolation.sockets import Socket, asks_to_look, is_json, signed_in

REST_TRIES = 500
CLIENT_TRIES = 300


def test_rest(apps: Apps) -> None:
    live_in(apps.other, SECRET)
    live_in(apps.own, "of-our-own")
    before = snapshot.of_app(apps.snapshot(), OTHER)
    assert _has_secrets(before)
    for some in in_turn(table.commands()):
        restore(apps.own)
        for command in some:
            _rest(apps, command)
        assert snapshot.of_app(apps.snapshot(), OTHER) == before, [command.path for command in some]


def _rest(apps: Apps, command: Command) -> None:
    @tries(REST_TRIES / len(table.commands()))
    @given(documents(command.request))
    def run(body: bytes) -> None:
        answer = apps.own.call(command.path, body[:MAX_BODY])
        judge.admitted(command, answer)
        assert SECRET.encode() not in answer.body

    run()


def test_clients(apps: Apps) -> None:
    live_in(apps.other, SECRET)
    live_in(apps.own, "of-our-own")
    neighbour = signed_in(apps.other, USERS[0])
    before = snapshot.of_app(apps.snapshot(), OTHER)
    for some in in_turn(client_table.commands().items()):
        restore(apps.own)
        for name, command in some:
            sockets = [signed_in(apps.own, user_id) for user_id in USERS[:2]]
            _client(sockets, name, command)
            for socket in sockets:
                socket.close()
        assert snapshot.of_app(apps.snapshot(), OTHER) == before, [name for name, _ in some]
        heard = len(neighbour.heard)
        neighbour.request("heartbeat.alive", b"{}")  # whoever says nothing for a minute is taken to be gone
        new = [frame for frame in neighbour.heard[heard:] if not asks_to_look(frame)]
        assert len(new) == 1, new
    neighbour.close()


def _client(sockets: list[Socket], name: str, command: Command) -> None:
    @tries(CLIENT_TRIES / len(client_table.commands()))
    @given(st.sampled_from(sockets), documents(command.request))
    def run(socket: Socket, body: bytes) -> None:
        if not is_json(body):
            return  # it would spoil the frame around it; frames are fuzzed elsewhere
        answer = socket.request(name, body)
        allowed = {0, Code.USER_ID_NOT_STRING, *command.errors} - {command.service.internal}
        assert answer["ErrorCode"] in allowed, f"{name} {body!r}: {answer}"

    run()
    for socket in sockets:
        for frame in socket.heard:
            assert SECRET.encode() not in frame


def _has_secrets(tables: snapshot.Tables) -> bool:
    return SECRET in repr(tables) and sum(map(len, tables.values())) > 20
