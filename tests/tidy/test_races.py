"""Every action that writes is tried against itself at the same moment (tests/contract/control_races.py)."""

from __future__ import annotations

from sodam.cloudapi.table import actions
from sodam.console.session_actions import SESSION_ACTIONS
from tests.contract.control_races import CASES, ELSEWHERE
from tests.support import tree


def test_every_action_that_writes_has_its_race() -> None:
    writes = {a.id for a in actions() if a.kind == "write" and a.handler.__module__ not in ELSEWHERE}
    writes |= {f"session:{name}" for name, action in SESSION_ACTIONS.items() if action.audited} | {"session:Login"}
    assert writes - CASES.keys() == set(), "add them to tests/contract/control_races.py"
    assert CASES.keys() - writes == set(), "there are no such actions"
    assert [path for path in ELSEWHERE.values() if not (tree.ROOT / path).is_file()] == []
