"""Days of an app's time zone: every page and every number asks here, so that there is one border between two days."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "+08:00"
_OFFSET: Final = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


class Day(NamedTuple):
    number: int
    """Days since 1970."""
    start: int
    end: int
    """Unix seconds; ``end`` is the next day's start."""


@lru_cache(256)
def zone(text: str) -> datetime.tzinfo:
    """``+08:00`` or a name such as ``Europe/Berlin``. Raises ValueError for anything else."""
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
        return datetime.timezone(-offset if sign == "-" else offset)
    if len(text) > 64 or not _NAME.fullmatch(text):
        raise ValueError(f"{text[:64]!r} is no time zone")
    try:
        return ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"the time zone {text!r} is not known here") from error


def known(text: str) -> datetime.tzinfo:
    """The time zone, or that of ``DEFAULT_ZONE`` where this machine does not know it (any more)."""
    try:
        return zone(text)
    except ValueError:
        return zone(DEFAULT_ZONE)


def day_of(second: float, at: datetime.tzinfo) -> Day:
    """The day that a unix second belongs to."""
    return numbered(datetime.datetime.fromtimestamp(second, at).date().toordinal() - _EPOCH, at)


def numbered(number: int, at: datetime.tzinfo) -> Day:
    return Day(number, _start(number, at), _start(number + 1, at))


def _start(number: int, at: datetime.tzinfo) -> int:
    date = datetime.date.fromordinal(number + _EPOCH)
    return int(datetime.datetime(date.year, date.month, date.day, tzinfo=at).timestamp())


def date_text(number: int) -> str:
    return datetime.date.fromordinal(number + _EPOCH).isoformat()


def parse_date(text: str) -> int:
    """The number of a day written YYYY-MM-DD. Raises ValueError."""
    if len(text) != 10:
        raise ValueError(f"{text[:20]!r} is no date")
    return datetime.date.fromisoformat(text).toordinal() - _EPOCH


def month_start(number: int) -> int:
    """The first day of the month of a day."""
    return datetime.date.fromordinal(number + _EPOCH).replace(day=1).toordinal() - _EPOCH
