"""What a live room drops when there is too much of it."""

from __future__ import annotations

from sodam.groups.message import PRIORITIES
from sodam.groups.shedding import Shedder

KEY = (1, "room")
RATE = 40
HIGH, NORMAL, LOW = PRIORITIES["High"], PRIORITIES["Normal"], PRIORITIES["Low"]


def test_each_second_has_its_rate() -> None:
    shedder = Shedder()
    passed = sum(shedder.take(KEY, LOW, RATE, at / 100) for at in range(1000))
    assert 10 * RATE <= passed <= 11 * RATE


def test_low_priority_goes_first() -> None:
    shedder = Shedder()
    passed = {HIGH: 0, NORMAL: 0, LOW: 0}
    for at in range(3000):
        for priority, every in ((LOW, 1), (NORMAL, 2), (HIGH, 10)):
            if at % every == 0:
                passed[priority] += shedder.take(KEY, priority, RATE, at / 100)
    assert passed[HIGH] == 300, "thirty seconds of ten a second"
    assert passed[NORMAL] >= 27 * 30
    assert passed[LOW] <= 60


def test_high_priority_alone_may_be_too_much() -> None:
    shedder = Shedder()
    passed = sum(shedder.take(KEY, HIGH, RATE, at / 1000) for at in range(10_000))
    assert passed <= 10 * RATE + RATE * 1.2


def test_rooms_do_not_count_together_and_other_nodes_do() -> None:
    shedder = Shedder()
    while shedder.take(KEY, HIGH, RATE, 0.0):
        pass
    assert shedder.take((1, "other"), LOW, RATE, 0.0)
    for _ in range(RATE * 2):
        shedder.heard((1, "other"))
    assert not shedder.take((1, "other"), HIGH, RATE, 0.0)
