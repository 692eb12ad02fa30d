"""The clock of every rule is one that development mode can move."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sodam import clock
from sodam.messages.clock import uptime
from tests.support import tree

MEASURES = {
    "backup/whole.py",  # when a copy was made, for people
    "clock.py",
    "cli/demo.py",  # signatures for other machines' clocks
    "cli/usersig.py",
    "gateway/session_check.py",
    "groups/seat_journal.py",  # against the time of a file
    "media/receiving.py",  # against the times of files
    "observability/loops.py",
    "transfer/writing.py",
    "webhooks/mutual.py",  # certificates are looked at by others
}
"""Files that ask the machine for the time, because no rule goes by it."""


@pytest.fixture(autouse=True)
def back() -> Iterator[None]:
    yield
    clock.set_ahead(0)


def test_it_moves() -> None:
    before, steady = clock.now(), uptime()
    clock.set_ahead(8 * 86400)
    assert 8 * 86400 <= clock.now() - before < 8 * 86400 + 60
    assert 8 * 86400 <= uptime() - steady < 8 * 86400 + 60, "no step for those who watch the clock"
    assert clock.ahead() == 8 * 86400


def test_no_rule_has_another() -> None:
    source = tree.ROOT / "src" / "sodam"
    asking = re.compile(r"\btime\.time\b|datetime\.(?:now|utcnow)\(|\bfrom time import (?!perf_counter\b)")
    found = {str(path.relative_to(source)) for path in source.rglob("*.py") if asking.search(path.read_text("utf-8"))}
    assert found == MEASURES
