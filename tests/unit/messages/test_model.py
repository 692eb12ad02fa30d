"""MsgKeys, conversations, and the memory of what was sent lately."""

from __future__ import annotations

import pytest

from sodam.c2c.model import Message, conversation
from sodam.errors import ApiError, Code
from sodam.messages.dedupe import WINDOW, Recent
from sodam.messages.model import Numbers, parse_key
from sodam.messages.paging import cut
from sodam.messages.quota import MinuteQuota


def message(seq: int = 1, time: int = 100, body: bytes = b"x", random: int = 0) -> Message:
    return Message(
        app=1,
        conv=conversation("a", "b"),
        sender="a",
        recipient="b",
        msg_seq=seq,
        msg_random=random,
        client_time=0,
        body=body,
        msg_time=time,
    )


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("51277_880213_1790000123", (51277, 880213, 1790000123)),
        ("0_0_0", (0, 0, 0)),
        ("4294967295_4294967295_1", (4294967295, 4294967295, 1)),
        ("4294967296_1_1", None),
        ("1_4294967296_1", None),
        ("1_1_1099511627776", None),
        ("", None),
        ("1_2", None),
        ("1_2_3_4", None),
        ("1__3", None),
        ("-1_2_3", None),
        ("+1_2_3", None),
        (" 1_2_3", None),
        ("1_2_3\n", None),
        ("\N{SUPERSCRIPT TWO}_2_3", None),
        ("\N{ARABIC-INDIC DIGIT ONE}_2_3", None),
        ("0" * 46 + "1_2_3", None),
        ("0" * 45 + "1_2_3", (1, 2, 3)),
    ],
)
def test_msg_key(text: str, parsed: tuple[int, int, int] | None) -> None:
    assert parse_key(text) == parsed


def test_conversation_is_the_same_from_both_sides() -> None:
    assert conversation("a", "b") == conversation("b", "a") == "a\x1fb"
    assert conversation("a", "a") == "a\x1fa"
    assert conversation("a", "ab") != conversation("aa", "b")


class Entry:
    dedupe = 0


NUMBERS = Numbers(100, 1)


def test_recent_knows_for_the_whole_window() -> None:
    now = [0.0]
    recent: Recent[Entry] = Recent(lambda: now[0])
    first = Entry()
    assert recent.seen(first, "x") is None
    assert recent.seen(Entry(), "x") is first
    recent.placed(first, *NUMBERS)
    for second in range(WINDOW + 1):
        now[0] = float(second)
        assert recent.seen(Entry(), "x") == NUMBERS
        assert recent.seen(Entry(), second) is None
    now[0] = WINDOW + 1.0
    assert recent.seen(Entry(), "x") is None


@pytest.mark.parametrize("moved", [-7200, -WINDOW - 1, WINDOW + 1, 7200, 10**9])
@pytest.mark.parametrize("among", [0, 5, 40])
def test_recent_knows_no_longer_than_the_window(moved: int, among: int) -> None:
    now = [2e9]
    recent: Recent[Entry] = Recent(lambda: now[0], max_generation=10)
    first, later = Entry(), Entry()
    recent.seen(first, "x")
    recent.placed(first, *NUMBERS)
    for number in range(among):
        recent.seen(Entry(), number)
    now[0] += moved
    assert recent.seen(later, "x") is None
    recent.placed(later, *NUMBERS)
    assert recent.seen(Entry(), "x") == NUMBERS


def test_recent_learns_from_the_database_when_a_message_was_stored() -> None:
    now = [1000.0]
    recent: Recent[Entry] = Recent(lambda: now[0])
    again = Entry()
    recent.seen(again, "x")
    recent.known(again, Numbers(1000 - 60, 1))
    now[0] += WINDOW - 60
    assert recent.seen(Entry(), "x") == Numbers(940, 1)
    now[0] += 1
    assert recent.seen(Entry(), "x") is None


def test_recent_says_when_it_had_to_forget_early() -> None:
    now = [0.0]
    recent: Recent[Entry] = Recent(lambda: now[0], max_generation=10)
    for number in range(1, 12):
        recent.seen(Entry(), number)
    assert not recent.short  # nothing was lost yet
    for number in range(12, 32):
        recent.seen(Entry(), number)
    assert recent.seen(Entry(), 1) is None
    assert recent.short
    now[0] = WINDOW + 1.0
    assert not recent.short


def test_recent_forgets_what_was_not_stored() -> None:
    recent: Recent[Entry] = Recent()
    first = Entry()
    recent.seen(first, "x")
    recent.forget(first)
    again = Entry()
    assert recent.seen(again, "x") is None
    assert recent.seen(Entry(), "x") is again


def test_quota() -> None:
    now = [0.0]
    quota = MinuteQuota(10, Code.MSG_BATCH_QUOTA, lambda: now[0])
    quota.take(1, 7)
    quota.take(2, 10)
    with pytest.raises(ApiError) as caught:
        quota.take(1, 4)
    assert caught.value.code == Code.MSG_BATCH_QUOTA
    quota.take(1, 3)
    now[0] = 60.0
    quota.take(1, 10)


def test_cut() -> None:
    found = [message(seq=n, time=100 - n) for n in range(6)]
    assert cut(found, 10) == found
    assert cut(found, 6) == found
    assert cut(found, 3) == found[:3]
    assert cut(found, 5, max_bytes=650) == found[:2]
    assert cut(found, 5, max_bytes=1) == found[:1]
    assert cut([], 5) == []
