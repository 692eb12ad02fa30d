"""Days of an app's time zone: every page and every number asks here, so that there is one border between two days."""

from __future__ import annotations

import datetime
from typing import Final, NamedTuple

_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


class Day(NamedTuple):
    number: int
    """Days since 1970."""
    start: int
    end: int
    """Unix seconds; ``end`` is the next day's start."""


def day_of(second: float, at: datetime.tzinfo) -> Day:
    """The day that a unix second belongs to."""
    return numbered(datetime.datetime.fromtimestamp(second, at).date().toordinal() - _EPOCH, at)


def numbered(number: int, at: datetime.tzinfo) -> Day:
    return Day(number, _start(number, at), _start(number + 1, at))


def _start(number: int, at: datetime.tzinfo) -> int:
    date = datetime.date.fromordinal(number + _EPOCH)
    return int(datetime.datetime(date.year, date.month, date.day, tzinfo=at).timestamp())


def hour_start(minute: int, at: datetime.tzinfo) -> int:
    """The minute (since 1970) at which the hour of a minute begins by the clocks of a time zone."""
    return minute - datetime.datetime.fromtimestamp(minute * 60, at).minute


def date_text(number: int) -> str:
    return datetime.date.fromordinal(number + _EPOCH).isoformat()


def parse_date(text: str) -> int:
    """The number of a day written YYYY-MM-DD, from 1970 to 2999. Raises ValueError."""
    date = datetime.date.fromisoformat(text)
    if len(text) != 10 or not 1970 <= date.year < 3000:
        raise ValueError(f"{text[:20]!r} is no date that can be counted")
    return date.toordinal() - _EPOCH


def month_start(number: int) -> int:
    """The first day of the month of a day."""
    return datetime.date.fromordinal(number + _EPOCH).replace(day=1).toordinal() - _EPOCH
