"""The cookie by which a client says how far it has caught up: a position in clear, within bounds.

A client may write one itself: then it reads pages of its own history, which it may read anyway, a page a call.
"""

from __future__ import annotations

from typing import Final

from sodam.c2c.model import Position

_MOST: Final = 120
_MAX_SECOND: Final = 1 << 40
_MAX_ID: Final = 1 << 62
_NOTICES: Final = "-"
"""Between the position and the newest notice of groups."""
_DIGITS: Final = 18


def position_of(cookie: str) -> Position | None:
    """The position that a cookie names; None for what is none, as for a client that has no cookie yet."""
    parts = cookie.partition(_NOTICES)[0].split(".")
    if len(parts) not in (3, 5) or len(cookie) > _MOST or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    numbers = [int(part) for part in parts]
    limits = (_MAX_SECOND, _MAX_ID, _MAX_ID, _MAX_SECOND, _MAX_ID)
    return Position(*numbers) if all(n < limit for n, limit in zip(numbers, limits, strict=False)) else None


def notices_of(cookie: str) -> int:
    """The newest notice of groups that the client has; 0 for a cookie that names none."""
    number = cookie.partition(_NOTICES)[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < _DIGITS else 0


def cookie_of(position: Position, notices: int = 0) -> str:
    text = ".".join(map(str, position if position.at_time else position[:3]))
    return f"{text}{_NOTICES}{notices}" if notices else text
