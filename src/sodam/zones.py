"""Time zones as settings name them: ``+08:00``, or a name such as ``Europe/Berlin``."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "+08:00"
MAX_ZONE: Final = 64
_OFFSET: Final = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


@lru_cache(256)
def zone(text: str) -> datetime.tzinfo:
    """Raises ValueError for what is none, and for a name that this machine does not know."""
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
        return datetime.timezone(-offset if sign == "-" else offset)
    if len(text) > MAX_ZONE or not _NAME.fullmatch(text):
        raise ValueError(f"{text[:MAX_ZONE]!r} is no time zone: +08:00, or a name such as Europe/Berlin")
    try:
        return ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(
            f"the time zone {text!r} is not known here: +08:00, or a name such as Europe/Berlin"
        ) from error


def known(text: str) -> datetime.tzinfo:
    """The time zone, or that of ``DEFAULT_ZONE`` where this machine does not know it (any more)."""
    try:
        return zone(text)
    except ValueError:
        return zone(DEFAULT_ZONE)
