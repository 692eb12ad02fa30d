"""Which recalls a client was notified of: each is sent once, however many ways it comes.

The SDK takes one from its unread number for every recall that it receives, of whichever message. But a recall may come
twice: as it happens, and by the catch-up from a cookie that is older. So a connection remembers those that it sent, and
a client that acknowledged them and comes back over another connection does not get them again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from sodam.notices import Key, Kind, Notice

_MOST: Final = 1000
"""Recalls remembered for a client, the newest."""
_CLIENTS: Final = 10_000
"""Clients remembered after their connection ended."""


def key_of(notice: Notice) -> Key | None:
    """What names the recalled message; None for any other notice, and for a recall that names none."""
    return notice.place.key if notice.kind is Kind.RECALL and notice.place is not None else None


class Recalls:
    """Those sent over one connection."""

    __slots__ = ("_sent", "_unacknowledged")

    def __init__(self) -> None:
        self._sent: dict[Key, bool] = {}
        """True: acknowledged."""
        self._unacknowledged: dict[str, list[Key]] = {}

    def __bool__(self) -> bool:
        """Whether any was sent."""
        return bool(self._sent)

    def new(self, notices: Iterable[Notice]) -> list[Notice]:
        """``notices`` without the recalls that were sent already, and each of the others once."""
        seen: set[Key] = set()
        found = []
        for notice in notices:
            key = key_of(notice)
            if key is not None:
                if key in self._sent or key in seen:
                    continue
                seen.add(key)
            found.append(notice)
        return found

    def sent(self, notices: Iterable[Notice]) -> str:
        """Note the recalls among notices that are being sent; the text to acknowledge them by, empty without any."""
        keys = [key for notice in notices if (key := key_of(notice)) is not None]
        if not keys:
            return ""
        for key in keys:
            self._sent.setdefault(key, False)
        while len(self._sent) > _MOST:
            del self._sent[next(iter(self._sent))]
        name = "recall-" + "_".join(map(str, keys[-1][2:]))
        self._unacknowledged[name] = keys
        if len(self._unacknowledged) > _MOST:
            del self._unacknowledged[next(iter(self._unacknowledged))]
        return name

    def acknowledged(self, name: str) -> None:
        for key in self._unacknowledged.pop(name, ()):
            if key in self._sent:
                self._sent[key] = True

    def known(self) -> list[Key]:
        """Those that the client acknowledged."""
        return [key for key, known in self._sent.items() if known]

    def remember(self, keys: Iterable[Key]) -> None:
        """Those that the client acknowledged over an earlier connection."""
        self._sent.update(dict.fromkeys(keys, True))

    def clear(self) -> None:
        if self._sent:
            self._sent.clear()
            self._unacknowledged.clear()


class Acknowledged:
    """What clients acknowledged whose connections ended, by InstId."""

    def __init__(self) -> None:
        self._clients: OrderedDict[int, list[Key]] = OrderedDict()

    def put(self, instid: int, recalls: Recalls) -> None:
        if keys := recalls.known():
            self._clients[instid] = keys
            self._clients.move_to_end(instid)
            if len(self._clients) > _CLIENTS:
                self._clients.popitem(last=False)

    def of(self, instid: int) -> list[Key]:
        return self._clients.get(instid, [])

    def take(self, instid: int) -> list[Key]:
        return self._clients.pop(instid, [])
