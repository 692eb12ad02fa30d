"""When a disk counts as fast."""

from __future__ import annotations

from sodam.storage.pace import FAST, HUNG, LATE, SOON, STALLED, Pace

_SLOW = FAST * 2


def _held_up(pace: Pace, commits: int, seconds: float, thread: float = FAST) -> float:
    """Seconds for which the loop stood still while so many lone messages were committed."""
    total = 0.0
    for _ in range(commits):
        in_loop = pace.fast
        total += seconds if in_loop else 0.0
        pace.took(seconds if in_loop else thread, in_loop=in_loop)
    return total


def test_a_fast_disk_has_the_loop_commit_nearly_all() -> None:
    assert _held_up(Pace(), 1000, FAST) >= (1000 - SOON) * FAST * 0.999
    assert _held_up(Pace(), 1000, FAST, thread=0.01) > 0, "what the thread measures says little of the disk"


def test_a_slow_disk_is_left_to_the_thread() -> None:
    for seconds in (_SLOW, 0.01, STALLED * 2, 1.0):
        pace = Pace()
        at_first = _held_up(pace, 20_000, seconds)
        assert at_first <= 26 * seconds
        assert _held_up(pace, 100_000, seconds) <= (100_000 / LATE + 1) * 2.1 * seconds


def test_now_and_then_a_slow_commit_changes_nothing() -> None:
    pace = Pace()
    _held_up(pace, 200, FAST)
    for _ in range(1000):
        assert _held_up(pace, 1, _SLOW)
        assert _held_up(pace, 5, FAST) >= 5 * FAST * 0.999
    assert _held_up(pace, 1, STALLED * 2)
    assert pace.fast, "one that stalls once is no slow disk"


def test_a_disk_that_becomes_slow_is_noticed_at_once_and_one_that_becomes_fast_is_tried_again() -> None:
    pace = Pace()
    _held_up(pace, 1000, FAST)
    assert _held_up(pace, 500, _SLOW) <= 26 * _SLOW
    _held_up(pace, LATE, FAST)
    assert pace.fast
    assert _held_up(pace, 100, FAST) >= 100 * FAST * 0.999


def test_one_that_stood_still_is_left_alone_for_long() -> None:
    pace = Pace()
    _held_up(pace, 100, FAST)
    pace.took(HUNG * 2, in_loop=True)
    assert _held_up(pace, LATE, FAST) == 0
    assert _held_up(pace, 1, FAST) > 0
