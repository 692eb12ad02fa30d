"""Every declared command, with bodies made from its schema and spoiled: documented codes, never a failure.

A new command is covered as soon as it is declared. SODAM_FUZZ_FACTOR multiplies the number of requests.
"""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.errors import Code
from sodam.rest.http import MAX_BODY
from sodam.rest.table import commands
from sodam.wire import Command
from tests.fuzz import judge
from tests.fuzz.documents import PROFILE_TAGS, USERS, documents, render
from tests.fuzz.seeds import tries
from tests.fuzz.wire import Caller

COMMANDS: Final = {command.path: command for command in commands()}
EXAMPLES: Final = 2000 / len(COMMANDS)
"""Of each command and engine, so that a growing table does not make the test slow."""


@pytest.mark.parametrize("path", COMMANDS)
def test_body(caller: Caller, path: str) -> None:
    command = COMMANDS[path]

    @tries(EXAMPLES)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        _try(caller, command, data.draw(documents(command.request)))

    run()


def _try(caller: Caller, command: Command, body: bytes) -> None:
    answer = caller.call(command.path, body)
    if len(body) > MAX_BODY:
        assert judge.refused(answer) == Code.REQUEST_MALFORMED
        return
    judge.admitted(command, answer)


def test_what_was_stored_can_be_read(caller: Caller) -> None:
    """Nothing that was accepted spoils an answer later on."""
    for user_id in (*USERS, "administrator"):
        reads = [
            ("profile/portrait_get", {"To_Account": [user_id], "TagList": PROFILE_TAGS}),
            ("sns/friend_get", {"From_Account": user_id, "StartIndex": 0}),
            ("sns/black_list_get", {"From_Account": user_id, "StartIndex": 0, "MaxLimited": 100, "LastSequence": 0}),
        ]
        for peer in USERS:
            times = {"MinTime": 0, "MaxTime": 2**32 - 1, "MaxCnt": 100}
            reads.append(("openim/admin_getroammsg", {"Operator_Account": user_id, "Peer_Account": peer, **times}))
        for path, body in reads:
            code = judge.admitted(COMMANDS[path], caller.call(path, render(body)))
            assert code in (0, Code.SNS_ACCOUNT_NOT_FOUND), f"{path} {body}: {code}"
