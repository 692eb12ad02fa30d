"""What happens to messages of any type of conversation, for packages that keep something of them."""

from __future__ import annotations

import msgspec


class MessagesErased(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of a conversation are erased by the transaction that raises this, because they are too old to be kept:
    whoever keeps something of them erases it there."""

    app: int
    type: int
    """Of the conversation: 1 one-to-one, 2 group."""
    conv: str
    """Its key."""
    seqs: list[int]
    """The places of the messages in it."""
