"""Accounts at hand: who was asked for lately, kept true by announcements between the nodes.

Only existing accounts are kept. A change is announced after its commit. While the bus is away nothing is taken from
here; and since an announcement may be lost, everything is forgotten every ``MAX_AGE`` seconds in a cluster.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from sodam.accounts.model import Account
from sodam.bus import Bus

Key = tuple[int, str]
MAX_AGE = 30.0
_SIZE = 200_000
_encode = msgspec.json.Encoder().encode
_decode_key = msgspec.json.Decoder(Key).decode


class AccountCache:
    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._clock = clock
        self._expires = clock() + MAX_AGE
        self._loading: dict[Key, object] = {}
        self.held: dict[Key, Account] = {}
        """May be read directly when the bus is not clustered, or after ``fresh``."""
        bus.subscribe("accounts", lambda data: self._forget(_decode_key(data)))
        bus.on_reconnect(self.clear)

    def fresh(self) -> bool:
        """In a cluster: whether what is held may be believed."""
        if not self._bus.connected():
            return False
        if self._clock() >= self._expires:
            self.clear()
        return True

    def loading(self, key: Key) -> object:
        """Announce a read of the database; give the result to ``keep`` with what this returns."""
        return self._loading.setdefault(key, object())

    def keep(self, key: Key, account: Account | None, ticket: object) -> bool:
        """Hold what was read. False when the account may have changed since ``loading``: then nothing is held."""
        if self._loading.get(key) is not ticket:
            return False
        del self._loading[key]
        if account is not None:
            if len(self.held) >= _SIZE:
                for old in list(self.held)[: _SIZE // 10]:
                    del self.held[old]
            self.held[key] = account
        return True

    def changed(self, key: Key) -> None:
        """Forget an account here and on every other node."""
        self._forget(key)
        self._bus.publish("accounts", _encode(key))

    def clear(self) -> None:
        self.held.clear()
        self._loading.clear()
        self._expires = self._clock() + MAX_AGE

    def forget_app(self, app: int) -> None:
        """The app is gone; its number may be given to another."""
        for key in [key for key in self.held if key[0] == app]:
            del self.held[key]
        for key in [key for key in self._loading if key[0] == app]:
            del self._loading[key]

    def _forget(self, key: Key) -> None:
        self.held.pop(key, None)
        self._loading.pop(key, None)
