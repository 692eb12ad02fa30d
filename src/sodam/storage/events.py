"""Events inside a transaction: what a change raises, and who writes along with it.

A service raises typed events in its transaction and knows no subscriber::

    tx.emit(FriendAdded(app=..., ...))
    tx.after_commit(lambda: live.send(...))

Subscribers are registered once, by ``server.py``, before the first write::

    db.events.subscribe(FriendAdded, outbox.friend_added)

A subscriber runs at the end of the write that raised the event, in its transaction: what it writes is as durable as
the change, and when it raises, nothing of the change is kept. It gets all events of its type that the write raised,
in their order, so that it may store them with one statement, and it may raise events itself. Like every part of a
write it may run again after a conflict: it awaits its transaction only and has no effect outside.

Callbacks given to ``after_commit`` run in the event loop once the transaction is on disk, in the order in which they
were given, before whoever waits for the write goes on; those of a write that failed or is tried again are forgotten.
They are for hints (caches, devices): a process that dies in between has not run them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

E = TypeVar("E")
Subscriber = Callable[[Any, Sequence[E]], Awaitable[None]]
"""Gets the transaction (a ``Tx``, which this file must not import) and the events."""
Callback = Callable[[], None]
log = structlog.get_logger(__name__)
_MAX_ROUNDS: Final = 8
"""How often subscribers of one write may raise events anew: more is a circle."""


class Events:
    """The subscribers of one database, by the exact type of the event."""

    def __init__(self) -> None:
        self._subscribers: dict[type, list[Subscriber[Any]]] = {}

    def subscribe(self, kind: type[E], subscriber: Subscriber[E]) -> Callable[[], None]:
        """From now on ``subscriber`` gets the events of this type, until what this returns is called.

        Several of one type run in the order in which they were registered.
        """
        listed = self._subscribers.setdefault(kind, [])
        listed.append(subscriber)
        return lambda: listed.remove(subscriber)

    def wanted(self, kind: type) -> bool:
        """Whether anybody listens; an event that nobody wants need not be made."""
        return bool(self._subscribers.get(kind))

    async def deliver(self, tx: Any, raised: list[object]) -> None:
        """Run the subscribers for what a write has raised, and for what they raise; empties ``raised``.

        Called by the drivers at the end of a write, inside its transaction. Raises what a subscriber raises.
        """
        for _ in range(_MAX_ROUNDS):
            if not raised:
                return
            kinds: dict[type, list[object]] = {}
            for event in raised:
                kinds.setdefault(type(event), []).append(event)
            raised.clear()
            for kind, events in kinds.items():
                for subscriber in self._subscribers.get(kind, ()):
                    await subscriber(tx, events)
        raise RuntimeError(f"subscribers raise events in a circle: {sorted({type(e).__name__ for e in raised})}")


class Raised:
    """What one run of a write has raised and wants called; a driver's transaction derives from it."""

    __slots__ = ("callbacks", "raised")

    def __init__(self) -> None:
        self.raised: list[object] = []
        self.callbacks: list[Callback] = []

    def emit(self, event: object) -> None:
        self.raised.append(event)

    def after_commit(self, callback: Callback) -> None:
        self.callbacks.append(callback)


def run_callbacks(callbacks: Sequence[Callback]) -> None:
    """After the commit: the change stands whatever becomes of a hint, so a callback that fails stops no other."""
    for callback in callbacks:
        try:
            callback()
        except Exception:
            log.exception("a callback after a commit failed")
