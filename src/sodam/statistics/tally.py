"""From what happened to the rows that count it: the minute and the day of an event are fixed here, when it is counted.

Who was seen on a day is written once by each process: it remembers whom it has written, as far as that is on disk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

from sodam import zones
from sodam.apps.service import AppService
from sodam.c2c.model import Message
from sodam.messages.model import HIDE_RECEIVER, IMPORTED
from sodam.statistics import days, store
from sodam.statistics.days import Day
from sodam.statistics.model import C2C, C2C_HIDDEN, DAY, MINUTE, OF_DAYS, SENT_C2C, Counted
from sodam.storage import Tx
from sodam.storage.database import Engine

_SHARDS: Final = 32
_REMEMBERED: Final = 300_000
"""Of an app, at the most."""
GROUP_MARK: Final = "\x1f"
"""Before the ID of a group; no UserID holds it."""
_SPECIAL: Final = IMPORTED | HIDE_RECEIVER


class _Today:
    """An app's day, and who is known to be seen on it, with what they did."""

    __slots__ = ("day", "known", "zone")

    def __init__(self, zone: str, day: Day) -> None:
        self.zone = zone
        self.day = day
        self.known: dict[str, int] = {}


_NOBODY: Final = _Today("", Day(0, 0, 0))
Counts = dict[tuple[int, str, int], int]
"""By app, what, and unix second (of which the minute and the day count)."""
Sights = dict[tuple[int, int, str], int]
"""Bits by app, number of the day, and UserID, or ``GROUP_MARK`` and group ID."""


class Tally:
    def __init__(self, apps: AppService, engine: Engine) -> None:
        self._apps = apps
        # Two processes rarely wait for each other's row; SQLite has one process.
        self.shard = 1 + secrets.randbelow(_SHARDS) if engine == "postgres" else 1
        self._todays: dict[int, _Today] = {}

    # Days

    def zone(self, app: int) -> str:
        found = self._apps.get(app)
        return zones.DEFAULT_ZONE if found is None else found.settings.time_zone

    def day(self, app: int, second: int) -> Day:
        """The day of a moment in the app's time zone."""
        return self.today(app, second).day

    def today(self, app: int, second: int) -> _Today:
        """The day of a moment, with who is known to be seen on it."""
        zone, today = self.zone(app), self._todays.get(app)
        if today is not None and today.zone == zone and today.day.start <= second < today.day.end:
            return today
        fresh = _Today(zone, days.day_of(second, zones.known(zone)))
        if today is None or today.zone != zone or fresh.day.start > today.day.start:
            self._todays[app] = fresh
        return fresh

    # Rows

    def sight(self, sights: Sights, app: int, second: int, name: str, bits: int) -> None:
        """Note that somebody was seen, unless that is known to be written. ``name`` is as in ``Sights``."""
        today = self.today(app, second)
        if today.known.get(name, 0) & bits != bits:
            key = (app, today.day.number, name)
            sights[key] = sights.get(key, 0) | bits

    def count_rows(self, counts: Mapping[tuple[int, str, int], int]) -> list[store.CountRow]:
        sums: dict[tuple[int, int, int, str], int] = {}
        for (app, what, second), value in counts.items():
            if not value:
                continue
            keys = [(app, DAY, self.day(app, second).number, what)]
            if what not in OF_DAYS:
                keys.append((app, MINUTE, second // 60, what))
            for key in keys:
                sums[key] = sums.get(key, 0) + value
        return [(*key, self.shard, sums[key]) for key in sorted(sums)]

    def most_rows(self, most: Counts) -> list[store.CountRow]:
        """All processes have one row for a value of which the greatest counts."""
        found: dict[tuple[int, int, int, str], int] = {}
        for (app, what, second), value in most.items():
            for key in ((app, DAY, self.day(app, second).number, what), (app, MINUTE, second // 60, what)):
                found[key] = max(value, found.get(key, 0))
        return [(*key, 0, found[key]) for key in sorted(found)]

    def seen_rows(self, sights: Sights) -> list[store.SeenRow]:
        rows = [(app, day, _who(app, day, name), bits) for (app, day, name), bits in sights.items()]
        return sorted(rows)

    def remember(self, sights: Sights) -> None:
        """These are on disk."""
        for (app, day, name), bits in sights.items():
            today = self._todays.get(app)
            if today is not None and today.day.number == day:
                if len(today.known) >= _REMEMBERED:
                    today.known.clear()  # they are written again, which changes nothing
                today.known[name] = today.known.get(name, 0) | bits

    async def write(self, tx: Tx, counts: Counts, sights: Sights) -> None:
        await store.add(tx, self.count_rows(counts), self.seen_rows(sights))
        if sights:
            tx.after_commit(lambda: self.remember(sights))

    async def counted(self, tx: Tx, events: Sequence[Counted]) -> None:
        """Write what one transaction counts, all of it at once."""
        counts: Counts = {}
        sights: Sights = {}
        for event in events:
            for what, value in event.counts.items():
                key = (event.app, what, event.at)
                counts[key] = counts.get(key, 0) + value
            for user_id, bits in event.users.items():
                self.sight(sights, event.app, event.at, user_id, bits)
            for group_id, bits in event.groups.items():
                self.sight(sights, event.app, event.at, GROUP_MARK + group_id, bits)
        await self.write(tx, counts, sights)


class C2CCounting:
    """Counts one-to-one messages: a few dictionary look-ups each.

    On PostgreSQL what is counted is written by the statement that stores them. SQLite's one process gathers it, and
    finds what it had gathered when it was killed in the rows of the messages (``recount.py``).
    """

    def __init__(self, tally: Tally, stored: Callable[[Counts, int], None]) -> None:
        """``stored`` gathers counts, and learns the number of the last message among them."""
        self._tally = tally
        self._stored = stored

    def part(self, first: int, shape: store.Shape) -> str:
        return store.part(first, shape)

    def arguments(self, tx: Tx, messages: Sequence[Message], now: int) -> tuple[store.Shape, list[object]]:
        rows, sights = self._of(messages, now)
        if sights:
            tx.after_commit(lambda: self._tally.remember(sights))
        return store.arguments(rows, self._tally.seen_rows(sights) if sights else [])

    async def count(self, tx: Tx, messages: Sequence[Message], now: int, last: int) -> None:
        sums, sights = self._sums(messages, now)
        counts: Counts = {}
        for app, (sent, hidden, _) in sums.items():
            counts[app, C2C, now // 60 * 60] = sent
            if hidden:
                counts[app, C2C_HIDDEN, now // 60 * 60] = hidden
        if counts:
            tx.after_commit(lambda: self._stored(counts, last))
        if sights:
            await store.add(tx, (), self._tally.seen_rows(sights))
            tx.after_commit(lambda: self._tally.remember(sights))

    def _of(self, messages: Sequence[Message], now: int) -> tuple[list[store.CountRow], Sights]:
        sums, sights = self._sums(messages, now)
        return self._rows(sums, now), sights

    def _sums(self, messages: Sequence[Message], now: int) -> tuple[dict[int, list[int]], Sights]:
        """By app: messages, hidden ones, the day. One pass over the batch, nearly all of which is one app's: this runs
        for every message."""
        sums: dict[int, list[int]] = {}
        sights: Sights = {}
        app, today, sum_ = 0, _NOBODY, [0, 0, 0]
        for message in messages:
            if message.app != app:
                app = message.app
                today = self._tally.today(app, now)
                sum_ = sums.setdefault(app, [0, 0, today.day.number])
            flags = message.flags & _SPECIAL
            if flags:
                if flags & IMPORTED:
                    continue
                sum_[1] += 1
            sum_[0] += 1
            sender = message.sender
            if not today.known.get(sender, 0) & SENT_C2C:
                sights[app, today.day.number, sender] = SENT_C2C
        return sums, sights

    def _rows(self, sums: Mapping[int, Sequence[int]], now: int) -> list[store.CountRow]:
        rows: list[store.CountRow] = []
        shard = self._tally.shard
        for app in sorted(sums):
            sent, hidden, day = sums[app]
            if sent:
                rows.append((app, MINUTE, now // 60, C2C, shard, sent))
                rows.append((app, DAY, day, C2C, shard, sent))
                if hidden:
                    rows.append((app, DAY, day, C2C_HIDDEN, shard, hidden))
        return rows


def _who(app: int, day: int, name: str) -> bytes:
    return blake2b(f"{app}/{day}/{name}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
