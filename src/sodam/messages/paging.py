"""Pages of a history: what fits."""

from __future__ import annotations

from typing import Protocol, TypeVar

FRAME_BYTES = 300
"""What a message takes on the wire beside its body, custom data and UserIDs; about."""


class Content(Protocol):
    @property
    def body(self) -> bytes: ...
    @property
    def cloud(self) -> bytes: ...


M = TypeVar("M", bound=Content)


def cut(found: list[M], limit: int, max_bytes: int | None = None) -> list[M]:
    """The page at the beginning of ``found``: at most ``limit`` messages and about ``max_bytes``, one at least."""
    size = 0
    for end, message in enumerate(found[:limit]):
        size += len(message.body) + len(message.cloud) + FRAME_BYTES
        if end and max_bytes is not None and size > max_bytes:
            return found[:end]
    return found[:limit]
