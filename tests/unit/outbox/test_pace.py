"""How fast a backlog may be worked off beside messages."""

from __future__ import annotations

import pytest

from sodam.outbox.pace import BURST, FLOOR, LEAST, TIMES_NEW, TIMES_NEW_BUSY, Pace
from sodam.storage.database import Engine

ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")


class Server:
    """Its messages and its clock."""

    def __init__(self, engine: Engine = "sqlite") -> None:
        self.engine = engine
        self.now = 1000.0
        self.stored = 0.0
        self.worked = 0.0
        self.entry_costs = 0.0
        """Processor seconds."""
        self.pace = Pace(lambda: self.stored, engine, lambda: self.now, lambda: self.worked)

    def taken(self, seconds: float, messages: int) -> int:
        """How many entries are taken of a backlog, while so many messages a second come."""
        total, end = 0, self.now + seconds
        while self.now < end:
            self.now += 0.02
            self.stored += messages * 0.02
            room = self.pace.room()
            some = 64 if room is None else room
            assert room is None or room <= BURST[self.engine]
            if some >= LEAST:
                self.pace.took(some)
                total += some
                self.worked += some * self.entry_costs
        return total


def test_nothing_holds_it_up_while_no_messages_come() -> None:
    assert Server().taken(2, 0) == pytest.approx(100 * 64, rel=0.02)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("many", [False, True])
def test_a_backlog_shrinks_and_leaves_room(engine: Engine, many: bool) -> None:
    messages, most = (FLOOR[engine], TIMES_NEW * FLOOR[engine]) if many else (10, FLOOR[engine])
    server = Server(engine)
    server.taken(1, messages)  # from here on it is known that messages come
    found = server.taken(10, messages)
    assert messages * 10 < found <= most * 10 * 1.01
    assert found >= most * 10 * 0.9
    server.taken(1, 0)
    assert server.pace.room() is None


def test_a_slow_machine_works_off_fewer() -> None:
    """As many as a third of a processor can, and always more than come new; all of it again when that is over."""
    server = Server()
    server.entry_costs = 0.001
    server.taken(5, 50)
    assert 200 * 10 < server.taken(10, 50) < 450 * 10
    assert 300 * TIMES_NEW_BUSY * 10 * 0.9 <= server.taken(10, 300) < 300 * TIMES_NEW * 10 * 0.9
    server.entry_costs = 0.1
    server.taken(20, 1)
    server.entry_costs = 0.0001
    server.taken(20, 50)
    assert server.taken(10, 50) == pytest.approx(FLOOR["sqlite"] * 10, rel=0.05)


def test_nobody_waits_while_no_messages_come_however_busy_it_is() -> None:
    server = Server()
    server.entry_costs = 1.0
    assert server.taken(2, 0) == pytest.approx(100 * 64, rel=0.02)
    server.entry_costs = 0.0
    server.taken(1, 50)
    assert server.taken(10, 50) >= FLOOR["sqlite"] * 10 * 0.9


def test_messages_that_another_process_stores_count_as_well() -> None:
    """One that only delivers is held to the pace by what it hears of those whose messages these are."""
    writes, delivers = Server("postgres"), Server("postgres")
    for _ in range(3):
        writes.taken(0.5, 100)
        delivers.pace.stored_elsewhere(writes.pace.new_here())
        delivers.taken(0.5, 0)
        assert delivers.pace.beside
    assert writes.pace.new_here() == 0, "each is said once"
    delivers.taken(1, 0)
    assert not delivers.pace.beside


def test_it_says_how_long_to_wait() -> None:
    server = Server()
    server.taken(1, 100)
    server.pace.took(1000)
    assert server.pace.wait() == pytest.approx(LEAST / FLOOR["sqlite"] + 0.001)
    server.now += server.pace.wait()
    assert server.pace.room() == LEAST
