"""What is to be done outside for stored messages: topics of the outbox, chosen a message.

The message log writes these entries in the transaction that stores the messages, on PostgreSQL in the same statement.
An entry names the place of its message and holds nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sodam.outbox.service import Outbox

M = TypeVar("M")


class Followers(Generic[M]):
    """Who follows one kind of message."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._topics: list[tuple[str, Callable[[M], bool]]] = []

    def add(self, topic: str, wanted: Callable[[M], bool]) -> None:
        """Have an entry of ``topic`` written for every message that is ``wanted``, while the topic has a consumer."""
        self._topics.append((topic, wanted))

    def topics(self, message: M) -> list[str]:
        """For a message that is about to be stored."""
        return [topic for topic, wanted in self._topics if self.outbox.wants(topic) and wanted(message)]

    @property
    def any(self) -> bool:
        return any(self.outbox.wants(topic) for topic, _ in self._topics)
