"""Events that anybody can cause as often as they like: refused sign-ins, and calls that are refused again and again.

The first of a kind is in the log at once. What follows within the same ten minutes is counted, and one event at their
end has the ``Count``; so a flood of any length costs a bounded number of rows. A source that is refused about too many
things has them counted together, and when there are too many sources so have they. Each node counts by itself; what a
process that is killed had counted is lost, the first of each kind is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from sodam.audit.model import Event
from sodam.audit.service import AuditLog

WINDOW_MS: Final = 600_000
PER_SOURCE: Final = 50
"""Kinds of refusals of one source in ten minutes, each with rows of its own."""
MOST: Final = 500
"""Such kinds of all sources; what more there is shares one."""
LOOK_SECONDS: Final = 30.0
Key = tuple[str, ...]


@dataclass(slots=True)
class _Window:
    source: str
    ends: int
    recorded: int = 0
    counted: int = 0
    last: Event | None = None
    alike: bool = True
    """All of them are about the same thing, which the last one tells."""


class Gatherer:
    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._windows: dict[Key, _Window] = {}
        """By what they count; the ones that end first come first."""
        self._kinds: dict[str, int] = {}
        """How many windows a source has."""

    async def add(self, source: str, about: Key, event: Event, *, at_once: int = 1) -> None:
        """Record an event, or count it when ``at_once`` of its kind were recorded within the window.

        ``source``: an address or a user; ``about``: what makes two events of a source one kind.
        """
        await self.flush()
        window = self._window(source, about, event.time_ms)
        if window.recorded < at_once:
            window.recorded += 1
            await self._log.add(event)
            return
        window.counted += 1
        window.last = event

    async def flush(self, *, everything: bool = False) -> None:
        """Record the counts of the windows that have ended."""
        now = self._log.now()
        while self._windows:
            key, window = next(iter(self._windows.items()))
            if window.ends > now and not everything:
                return
            del self._windows[key]
            self._forget(window.source)
            if window.last is not None:
                await self._log.add(_summed(window, window.last))

    def _window(self, source: str, about: Key, now: int) -> _Window:
        key = (source, *about)
        if key not in self._windows and self._kinds.get(source, 0) >= PER_SOURCE:
            key = (source,)
        if key not in self._windows and len(self._windows) >= MOST:
            key, source = (), ""
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window(source, now + WINDOW_MS, alike=len(key) > 1)
            self._kinds[source] = self._kinds.get(source, 0) + 1
        return window

    def _forget(self, source: str) -> None:
        left = self._kinds[source] - 1
        if left:
            self._kinds[source] = left
        else:
            del self._kinds[source]


def _summed(window: _Window, last: Event) -> Event:
    facts: dict[str, Any] = msgspec.json.decode(last.after) if last.after.startswith("{") and window.alike else {}
    after = msgspec.json.encode({"Count": window.counted, "Since": (window.ends - WINDOW_MS) // 1000} | facts).decode()
    if window.alike:
        return msgspec.structs.replace(last, after=after)
    return msgspec.structs.replace(last, after=after, uin=0, user_name="", ip=last.ip if window.source else "")
