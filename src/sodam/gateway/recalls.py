"""Which recalls a client was told: each is told once, however many ways it comes.

The SDK takes one from its unread number for every recall that it is told, of whichever message. But a recall may come
twice: as it happens, and by the catch-up from a cookie that is older. So a connection remembers those that it told, and
a client that acknowledged them and comes back over another connection is not told again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

import msgspec

from sodam.gateway.frames import RECALL_EVENT

Key = tuple[str, str, str]
_MOST: Final = 1000
"""Recalls remembered for a client, the newest."""
_CLIENTS: Final = 10_000
"""Clients remembered after their connection ended."""


class _Info(msgspec.Struct, gc=False):
    From_Account: str
    To_Account: str
    MsgKey: str = ""
    """Absent where nothing was recalled: an unread number is lowered by a recall that names no message."""


class _Array(msgspec.Struct, gc=False):
    C2cWithdrawInfoArray: list[_Info]


class _Notice(msgspec.Struct, gc=False):
    WithdrawC2cMsgNotify: _Array


class _Event(msgspec.Struct, gc=False):
    C2cNotifyMsgArray: list[_Notice]


_decode = msgspec.json.Decoder(_Event).decode


def key_of(event: bytes) -> Key | None:
    """What names the recalled message; None for any other event, and for a recall that names none."""
    if not event.startswith(RECALL_EVENT):
        return None
    info = _decode(event).C2cNotifyMsgArray[0].WithdrawC2cMsgNotify.C2cWithdrawInfoArray[0]
    return (info.From_Account, info.To_Account, info.MsgKey) if info.MsgKey else None


class Recalls:
    """Those told over one connection."""

    __slots__ = ("_told", "_unacknowledged")

    def __init__(self) -> None:
        self._told: dict[Key, bool] = {}
        """True: acknowledged."""
        self._unacknowledged: dict[str, list[Key]] = {}

    def new(self, events: Iterable[bytes]) -> list[bytes]:
        """``events`` without the recalls that were told already, and each of the others once."""
        seen: set[Key] = set()
        found = []
        for event in events:
            key = key_of(event)
            if key is not None:
                if key in self._told or key in seen:
                    continue
                seen.add(key)
            found.append(event)
        return found

    def tell(self, events: Iterable[bytes]) -> str:
        """Note the recalls among events that are being sent; the text to acknowledge them by, empty without any."""
        keys = [key for event in events if (key := key_of(event)) is not None]
        if not keys:
            return ""
        for key in keys:
            self._told.setdefault(key, False)
        while len(self._told) > _MOST:
            del self._told[next(iter(self._told))]
        name = f"recall-{keys[-1][2]}"
        self._unacknowledged[name] = keys
        if len(self._unacknowledged) > _MOST:
            del self._unacknowledged[next(iter(self._unacknowledged))]
        return name

    def acknowledged(self, name: str) -> None:
        for key in self._unacknowledged.pop(name, ()):
            if key in self._told:
                self._told[key] = True

    def known(self) -> list[Key]:
        """Those that the client acknowledged."""
        return [key for key, known in self._told.items() if known]

    def remember(self, keys: Iterable[Key]) -> None:
        """Those that the client acknowledged over an earlier connection."""
        self._told.update(dict.fromkeys(keys, True))

    def clear(self) -> None:
        self._told.clear()
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

    def take(self, instid: int) -> list[Key]:
        return self._clients.pop(instid, [])
