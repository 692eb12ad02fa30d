"""Who is in which live room, as far as this node holds the connections. Memory only: nothing of it is written.

A seat belongs to a device. When its connection is lost it is kept for some seconds, so that a device that comes back
still sits there; the web SDK does not join again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from sodam.bus import LiveSession

GRACE_SECONDS: Final = 20.0
MAX_ROOMS: Final = 100
"""Rooms that one device may be in."""
ALWAYS_ONLINE: Final = 500
HIDDEN: Final = 600
Key = tuple[int, str]
"""App and room."""


class Visitor:
    """A user in a room, with one device or several."""

    __slots__ = ("devices", "joined_at", "marks", "user_id")

    def __init__(self, user_id: str, joined_at: int) -> None:
        self.user_id = user_id
        self.joined_at = joined_at
        """Unix microseconds, no two of a node the same."""
        self.marks: set[int] = set()
        self.devices: dict[int, float] = {}
        """By InstId: when its connection was lost; 0: it is connected."""


class Seats:
    def __init__(self) -> None:
        self._rooms: dict[Key, dict[str, Visitor]] = {}
        self._of: dict[LiveSession, dict[Key, str]] = {}
        self._away: dict[tuple[int, str, int], dict[Key, None]] = {}
        """Seats whose device is not connected, by app, user and InstId."""
        self._last_at = 0

    def take(
        self, key: Key, user_id: str, instid: int, session: LiveSession | None, now: int, clock: float
    ) -> Visitor | None:
        """Sit down; the visitor if the user was not in the room before. ``session`` None: it is just reconnecting."""
        room = self._rooms.setdefault(key, {})
        visitor = room.get(user_id)
        fresh = visitor is None
        if visitor is None:
            self._last_at = max(now, self._last_at + 1)
            visitor = room[user_id] = Visitor(user_id, self._last_at)
        if session is None:
            visitor.devices[instid] = clock
            self._away.setdefault((key[0], user_id, instid), {})[key] = None
        else:
            visitor.devices[instid] = 0.0
            self._of.setdefault(session, {})[key] = user_id
        return visitor if fresh else None

    def leave(self, key: Key, user_id: str, instid: int, session: LiveSession | None) -> bool:
        """Stand up; whether the user is out of the room now."""
        if session is not None and (here := self._of.get(session)) is not None:
            here.pop(key, None)
            if not here:
                del self._of[session]
        place = (key[0], user_id, instid)
        if (away := self._away.get(place)) is not None:
            away.pop(key, None)
            if not away:
                del self._away[place]
        room = self._rooms.get(key, {})
        visitor = room.get(user_id)
        if visitor is None or visitor.devices.pop(instid, None) is None or visitor.devices:
            return False
        del room[user_id]
        if not room:
            del self._rooms[key]
        return True

    def rooms_of(self, session: LiveSession) -> list[Key]:
        return list(self._of.get(session, ()))

    def user_in(self, session: LiveSession, key: Key) -> str | None:
        """As whom a session sits in a room."""
        return self._of.get(session, {}).get(key)

    @property
    def occupied(self) -> bool:
        """Whether anybody who is connected sits here."""
        return bool(self._of)

    @property
    def awaits_somebody(self) -> bool:
        """Whether a device is away that may come back to its seat."""
        return bool(self._away)

    def lost(self, session: LiveSession, clock: float) -> list[Key]:
        """The session's connection is gone, or nobody is signed in there; the rooms whose topics it is to leave."""
        keys = self._of.pop(session, {})
        for key, user_id in keys.items():
            visitor = self._rooms.get(key, {}).get(user_id)
            if visitor is not None and session.instid in visitor.devices:
                visitor.devices[session.instid] = clock
                self._away.setdefault((key[0], user_id, session.instid), {})[key] = None
        return list(keys)

    def back(self, app: int, user_id: str, session: LiveSession) -> list[Key]:
        """The device is here again: its rooms."""
        keys = self._away.pop((app, user_id, session.instid), {})
        found = []
        for key in keys:
            visitor = self._rooms.get(key, {}).get(user_id)
            if visitor is not None and session.instid in visitor.devices:
                visitor.devices[session.instid] = 0.0
                self._of.setdefault(session, {})[key] = user_id
                found.append(key)
        return found

    def overdue(self, clock: float) -> list[tuple[Key, str, int]]:
        """Seats that nobody came back to: room, user and InstId."""
        return [
            (key, user_id, instid)
            for (_, user_id, instid), keys in self._away.items()
            for key in keys
            if (visitor := self._rooms.get(key, {}).get(user_id)) is not None
            and visitor.devices.get(instid, clock) + GRACE_SECONDS <= clock
        ]

    def devices(self, only: Key | None = None) -> list[tuple[tuple[int, str, int], str]]:
        """Devices (app, user, InstId), each with a room in which it sits; ``only``: those of one room."""
        return [
            ((app, visitor.user_id, instid), room)
            for app, room in ([only] if only is not None else self._rooms)
            for visitor in self._rooms.get((app, room), {}).values()
            for instid in visitor.devices
        ]

    def moved(self, device: tuple[int, str, int], room: str) -> None:
        """The device sits in the room by another node now: a seat that was kept for it here goes."""
        key = (device[0], room)
        if key in self._away.get(device, ()):
            self.leave(key, device[1], device[2], None)

    def empty(self, key: Key) -> None:
        """The room is gone."""
        for session in [s for s, keys in self._of.items() if key in keys]:
            del self._of[session][key]
            if not self._of[session]:
                del self._of[session]
        for user_id, visitor in self._rooms.pop(key, {}).items():
            for instid in visitor.devices:
                if (away := self._away.get((key[0], user_id, instid))) is not None:
                    away.pop(key, None)
                    if not away:
                        del self._away[key[0], user_id, instid]

    def here(self, key: Key, user_id: str) -> bool:
        return user_id in self._rooms.get(key, ())

    def of_user(self, app: int, user_id: str) -> list[str]:
        """The rooms of an app that a user is in."""
        return [key[1] for key, visitors in self._rooms.items() if key[0] == app and user_id in visitors]

    def visitor(self, key: Key, user_id: str) -> Visitor | None:
        return self._rooms.get(key, {}).get(user_id)

    def number(self, key: Key) -> int:
        return len(self._rooms.get(key, ()))

    def newest(self, key: Key, limit: int, mark: int | None, before: int) -> list[Visitor]:
        """The newest visitors who joined before a microsecond (0: now), of one mark or (None) those not hidden."""

        def shown(visitor: Visitor) -> bool:
            if before and visitor.joined_at >= before:
                return False
            return HIDDEN not in visitor.marks if mark is None else mark in visitor.marks

        room: Iterator[Visitor] = reversed(self._rooms.get(key, {}).values())
        return list(itertools.islice(filter(shown, room), limit))

    def marks(self, key: Key) -> dict[int, int]:
        """The marks of a room, and how many have each."""
        found: dict[int, int] = {}
        for visitor in self._rooms.get(key, {}).values():
            for mark in visitor.marks:
                found[mark] = found.get(mark, 0) + 1
        return found

    def all(self) -> Iterable[Key]:
        return self._rooms.keys()
