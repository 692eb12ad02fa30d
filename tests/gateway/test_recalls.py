"""Recalls are sent once whichever way they come; a client is cut for not reading, not for what it asked for."""

from __future__ import annotations

from sodam.c2c import events
from sodam.c2c.model import Message, conversation
from sodam.gateway.budget import STALL_BYTES, STALL_SECONDS, WRITE_BUDGET, WRITE_LIMIT, Budget
from sodam.gateway.recalls import Acknowledged, Recalls, key_of
from sodam.notices import Notice


def recall(number: int, revoker: str = "amy") -> Notice:
    message = Message(1, conversation("amy", "bob"), "amy", "bob", number, number, 0, b"[]", msg_time=5)
    return events.withdrawn(message, revoker)


def test_a_recall_that_comes_again_is_left_out_whoever_is_named() -> None:
    recalls = Recalls()
    live, other = recall(1, "administrator"), Notice(b'{"Event":17}')
    assert recalls.new([live, other, recall(1)]) == [live, other]
    assert recalls.sent([live, other]) == "recall-1_1_5"
    assert recalls.new([recall(1), other, recall(2)]) == [other, recall(2)]
    assert recalls.sent([other]) == ""
    assert key_of(live) == ("amy", "bob", 1, 1, 5)


def test_only_what_was_acknowledged_is_known_over_the_next_connection() -> None:
    first, kept = Recalls(), Acknowledged()
    name = first.sent([recall(1)])
    first.sent([recall(2)])
    first.acknowledged(name)
    first.acknowledged("recall-of-nothing")
    kept.put(77, first)
    early = Recalls()  # over a connection whose login is still to come
    early.remember(kept.of(77))
    assert early.new([recall(1), recall(2)]) == [recall(2)]
    second = Recalls()
    second.remember(kept.take(77))
    assert second.new([recall(1), recall(2)]) == [recall(2)]
    assert kept.take(77) == []


def test_what_is_remembered_is_bounded() -> None:
    recalls = Recalls()
    for number in range(3000):
        recalls.acknowledged(recalls.sent([recall(number)]))
    assert len(recalls.known()) == 1000
    assert recalls.new([recall(2999)]) == []


def wrote(budget: Budget, size: int, waiting: int, now: float) -> bool:
    budget.written += size
    return budget.over(waiting, now)


def test_a_client_over_its_budget_must_keep_reading() -> None:
    budget = Budget()
    budget.limit = WRITE_LIMIT
    assert not wrote(budget, WRITE_BUDGET, WRITE_BUDGET, 0.0)
    assert wrote(budget, 1000, WRITE_BUDGET + 1000, 0.0), "watch it"
    assert not wrote(budget, 1000, WRITE_BUDGET + 2000, 0.5), "it is watched already"
    waiting, now = WRITE_BUDGET + 2000, 1.0
    for _ in range(100):  # it takes little, and more comes: slow, but it reads
        now += STALL_SECONDS
        wrote(budget, STALL_BYTES, waiting, now)
        assert budget.stalled(waiting, now) is False
    assert budget.stalled(waiting, now + STALL_SECONDS - 0.1) is False
    assert budget.stalled(waiting, now + STALL_SECONDS) is True
    assert budget.stalled(WRITE_BUDGET, now) is None
