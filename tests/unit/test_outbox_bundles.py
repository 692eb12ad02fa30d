"""Bundles of the outbox give back what was put into them; what an earlier version wrote of a message is still read."""

from __future__ import annotations

import msgspec

from sodam.outbox import bundles
from sodam.outbox.model import New
from sodam.webhooks.model import StoredMessage, decode_stored, encode_stored


def test_entries_come_back_in_their_order_whatever_they_know_of_messages() -> None:
    news = [New(n % 2, f"topic {n % 3}", b"%d" % n, "conv", n, ("", "lane")[n % 2]) for n in range(500)]
    made = bundles.of_new(news)
    assert max(one.entries for one in made) <= bundles.MOST
    found = [new for one in made for new in bundles.unfold(one.app, one.topic, one.places([]), one.body)]
    assert sorted(found, key=lambda new: int(new.body)) == news
    for app in range(2):
        for topic in range(3):
            mine = [new for new in found if (new.app, new.topic) == (app, f"topic {topic}")]
            assert mine == sorted(mine, key=lambda new: int(new.body))


def test_entries_of_messages_learn_their_numbers() -> None:
    numbers = [(1000 + n, n, 2 * n) for n in range(300)]
    items = [(n, f"conv {n % 7}", b"say %d" % n) for n in range(300) if n % 5 for _ in range(2)]
    made = bundles.of_placed(1, "topic", items)
    found = [new for one in made for new in bundles.unfold(1, "topic", one.places(numbers), one.body)]
    assert found == [
        New(1, "topic", b"%d %d say %d" % (1000 + n, n, n), f"conv {n % 7}", 2 * n, f"conv {n % 7}")
        for n, _, _ in items
    ]


def test_what_an_earlier_version_said_of_a_message_is_read() -> None:
    stored = StoredMessage("evt_1", "iOS", "1.2.3.4", "a", "b", 5, 0, 0, 77, b'[{"x":1}]', b'"c"', "Command", 8)
    values = [getattr(stored, name) for name in StoredMessage.__struct_fields__]
    assert decode_stored(encode_stored(values)) == stored
    raw = [msgspec.Raw(value) if isinstance(value, bytes) else value for value in values]
    assert decode_stored(msgspec.json.encode(raw)) == stored
