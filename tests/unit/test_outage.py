"""What is said of a database that takes no writes."""

from __future__ import annotations

import structlog

from sodam.storage.outage import Outage


def test_a_small_write_that_finds_room_on_a_full_disk_is_not_told_each_time() -> None:
    now = 100.0
    outage = Outage("SQLite", lambda: now)
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            outage.unwritten(OSError("disk full"))
            assert outage.stuck
            outage.wrote()
            assert not outage.stuck, "whoever asks is told at once"
            now += 1
        now += 10
        outage.unwritten(OSError("disk full"))
        outage.unwritten(OSError("disk full"))
        outage.wrote()
    begin, end = "the database takes no writes", "the database takes writes again"
    assert [line["event"] for line in lines] == [begin, end, begin, end]
    assert lines[-1]["refused"] == 2
