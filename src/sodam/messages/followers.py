"""What is to be done outside for stored messages: topics of the outbox, chosen a message.

The message log writes these entries in the transaction that stores the messages, on PostgreSQL in the same statement.
An entry names the place of its message, which is known only there, and holds what its topic says of the message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from sodam.messages.counting import Counting
from sodam.messages.keepers import Keeper
from sodam.messages.model import Numbers
from sodam.outbox.model import New, placed_body
from sodam.outbox.service import Outbox


class OfAnApp(Protocol):
    app: int


M = TypeVar("M", bound=OfAnApp)


def _never(app: int) -> bool:
    return False


class Follow(NamedTuple):
    topic: str
    body: bytes


def entry(app: int, conv: str, seq: int, numbers: Numbers, follow: Follow) -> New:
    """What the outbox holds for a message that has its place."""
    return New(app, follow.topic, placed_body(*numbers, follow.body), conv, seq, conv)


Bodies = Callable[[Sequence[M]], list[tuple[int, bytes]]]
"""Of messages of one app that are about to be stored: what a topic says of which of them, in their order."""


def one_by_one(make: Callable[[M], bytes | None]) -> Bodies[M]:
    """``make``: what is said of a message; None: nothing."""
    return lambda messages: [(at, body) for at, message in enumerate(messages) if (body := make(message)) is not None]


class Followers(Generic[M]):
    """Who follows one kind of message."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._topics: list[tuple[str, Bodies[M], Callable[[int], bool]]] = []
        self.keepers: list[Keeper[M]] = []
        """Who writes along with every stored message."""
        self.counting: Counting[M] | None = None
        """Who counts them."""

    def add(self, topic: str, bodies: Bodies[M], idle: Callable[[int], bool] = _never) -> None:
        """Have entries of ``topic`` written as ``bodies`` says, while the topic has a consumer; a body is what the
        entry holds beside the message's place. The lane is the conversation. ``idle`` says that there are none for all
        messages of an app, whatever they are.
        """
        self._topics.append((topic, bodies, idle))

    def follow(self, app: int) -> bool:
        """Whether anybody may want messages of the app: asked once for all of a batch."""
        wants = self.outbox.wants
        for topic, _, idle in self._topics:  # noqa: SIM110 - a generator costs more than what it asks
            if wants(topic) and not idle(app):
                return True
        return False

    def of(self, message: M) -> list[Follow]:
        """For a message that is about to be stored, or will not be."""
        return [Follow(topic, body) for topic, found in self.of_all(message.app, [message]) for _, body in found]

    def of_all(self, app: int, messages: Sequence[M]) -> list[tuple[str, list[tuple[int, bytes]]]]:
        """For messages of an app that are about to be stored: by topic, of which of them there is something to do."""
        wants = self.outbox.wants
        return [
            (topic, found)
            for topic, bodies, idle in self._topics
            if wants(topic) and not idle(app) and (found := bodies(messages))
        ]
