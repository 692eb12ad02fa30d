"""Values at hand on a node, kept true by hints on the bus (docs/decisions/0032-one-cache.md).

A ``Hints`` is one subject of the bus with the caches that it keeps true; a ``Cache`` holds values by key. Only what is
there is held, never that something is missing. What a reader may rely on:

- A change that was committed before the reader asked is seen at once on the node that made it, and on another one as
  soon as the hint has arrived.
- A read of the database that a change has overtaken is not held: the reader announces it with ``loading``.
- While the bus is away nothing is taken from here; when it is back, everything is forgotten. A hint may be lost without
  anybody noticing, so that everything is forgotten every ``MAX_AGE`` seconds where there are other nodes.
- A cache never holds more than its size. What was not asked for longest goes first, roughly: values are in two
  generations, and the older one goes as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from sodam.bus.interface import Bus

MAX_AGE: Final = 30.0
"""Seconds for which a node may believe what is not true any more, at the most: a lost hint and no other word."""
_encode: Final = msgspec.json.Encoder().encode

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
M = TypeVar("M")


class Commits(Protocol):
    """A transaction, as far as hints need it."""

    def after_commit(self, callback: Callable[[], None]) -> None: ...


class Read:
    """A read of the database that is under way; of several at a time of one key all have the same."""

    __slots__ = ("overtaken", "readers")

    def __init__(self) -> None:
        self.readers = 0
        self.overtaken = False


class Facts(Protocol):
    """What decisions may be made of that are kept: a cache."""

    def watch(self, watcher: Callable[[], None]) -> None: ...

    def fresh(self) -> bool: ...

    @property
    def clustered(self) -> bool: ...


class Cache(Generic[K, V]):
    """Values by key, the most recently used ones. Made by ``Hints.cache``."""

    def __init__(self, size: int, fresh: Callable[[], bool] | None) -> None:
        """``fresh`` says whether what is held may be believed; None: always."""
        self._half = max(1, size // 2)
        self._fresh = fresh
        self._new: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._reads: dict[K, Read] = {}
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """``watcher`` is called whenever anything may have changed, held or not: what it keeps that was made of values
        from here is true until then, while ``fresh`` says so. It must not raise."""
        self._watchers.append(watcher)

    def fresh(self) -> bool:
        """Whether what is held may be believed. May call watchers."""
        return self._fresh is None or self._fresh()

    @property
    def clustered(self) -> bool:
        """False: what is held may always be believed."""
        return self._fresh is not None

    def get(self, key: K) -> V | None:
        """The value if it is at hand and may be believed; None says nothing. Not to be changed."""
        if self._fresh is not None and not self._fresh():
            return None
        value = self._new.get(key)
        if value is None and self._old:
            value = self._old.pop(key, None)
            if value is not None:
                self._put(key, value)
        return value

    def loading(self, key: K) -> Read:
        """Announce a read of the database; give its result to ``keep`` with what this returns, whatever happens."""
        read = self._reads.get(key)
        if read is None:
            read = self._reads[key] = Read()
        read.readers += 1
        return read

    def keep(self, key: K, value: V | None, read: Read) -> bool:
        """Hold what was read; None: there is nothing. False when it may have changed since ``loading``: not held."""
        read.readers -= 1
        if read.overtaken:
            return False
        if read.readers == 0:
            del self._reads[key]
        if value is not None:
            self._old.pop(key, None)
            self._put(key, value)
        return True

    async def load(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """What ``read`` reads of the database, held if nothing has overtaken it. Raises what ``read`` raises."""
        ticket = self.loading(key)
        value: V | None = None
        try:
            value = await read()
            return value
        finally:
            self.keep(key, value, ticket)

    def forget(self, key: K) -> None:
        """The value has changed: what is held of it, and what is being read, is not true any more."""
        self._changed()
        self._new.pop(key, None)
        self._old.pop(key, None)
        self._overtake(key)

    def forget_where(self, judge: Callable[[K], bool]) -> None:
        """As ``forget``, for every key that ``judge`` says yes to. Looks at all of them."""
        self._changed()
        for values in (self._new, self._old):
            for key in [key for key in values if judge(key)]:
                del values[key]
        for key in [key for key in self._reads if judge(key)]:
            self._overtake(key)

    def clear(self) -> None:
        self._changed()
        self._new.clear()
        self._old.clear()
        for key in list(self._reads):
            self._overtake(key)

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def __iter__(self) -> Iterator[K]:
        """The keys of what is held, whether or not it may be believed."""
        yield from self._old
        yield from self._new

    @property
    def reads(self) -> int:
        """Of how many keys a read is under way."""
        return len(self._reads)

    def _put(self, key: K, value: V) -> None:
        if len(self._new) >= self._half and key not in self._new:
            self._old, self._new = self._new, {}
        self._new[key] = value

    def _changed(self) -> None:
        for watcher in self._watchers:
            watcher()

    def _overtake(self, key: K) -> None:
        read = self._reads.pop(key, None)
        if read is not None:
            read.overtaken = True


class Hints(Generic[M]):
    """A subject of the bus on which nodes say what has changed, and the caches that follow it."""

    def __init__(
        self,
        bus: Bus,
        subject: str,
        kind: Any,
        forget: Callable[[M], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``kind`` is the type of a hint, ``forget`` forgets in the caches what a hint says."""
        self._bus = bus
        self._subject = subject
        self._forget = forget
        self._clock = clock
        self._clustered = bus.clustered
        self._expires = clock() + MAX_AGE
        self._caches: list[Cache[Any, Any]] = []
        decode = msgspec.json.Decoder(kind).decode
        bus.subscribe(subject, lambda data: forget(decode(data)))
        bus.on_reconnect(self.clear)

    def cache(self, size: int) -> Cache[Any, Any]:
        """A cache of at most ``size`` values that these hints keep true."""
        made: Cache[Any, Any] = Cache(size, self.fresh if self._clustered else None)
        self._caches.append(made)
        return made

    def fresh(self) -> bool:
        """Whether what is held may be believed."""
        if self._clustered:
            if not self._bus.connected():
                return False
            if self._clock() >= self._expires:
                self.clear()
        return True

    def changed(self, hint: M) -> None:
        """Forget what has changed here and on every other node. Only after the commit: see ``changed_by``."""
        self._forget(hint)
        if self._clustered:
            self._bus.publish(self._subject, _encode(hint))

    def changed_by(self, tx: Commits, hint: M) -> None:
        """As ``changed``, once ``tx`` is on disk and before whoever waits for it goes on, also where nobody waits."""
        tx.after_commit(partial(self.changed, hint))

    def clear(self) -> None:
        """Forget everything: hints may have been lost."""
        for cache in self._caches:
            cache.clear()
        self._expires = self._clock() + MAX_AGE
