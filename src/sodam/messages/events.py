"""What happens to messages of any type of conversation, for packages that keep something of them."""

from __future__ import annotations

import msgspec


class ConversationErased(msgspec.Struct, frozen=True, kw_only=True):
    """A group or topic is gone, and all that was said there."""

    app: int
    type: int
    conv: str


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


class MessagesRecalled(msgspec.Struct, frozen=True, kw_only=True):
    """Messages are blank from now on."""

    app: int
    type: int
    conv: str
    seqs: list[int]
    bodies: list[bytes]
    """What they said."""


class MessageEdited(msgspec.Struct, frozen=True, kw_only=True):
    """A message has a new body."""

    app: int
    type: int
    conv: str
    seq: int
    rank: int
    """Its place within its second; that of a group's message is its sequence."""
    at: int
    """Its unix second."""
    sender: str
    body: bytes


class UnreadChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Another number is unread for a user, though nothing was said: a group was read or its number set, messages were
    deleted for oneself, a history was cleared (for the user or for all), a conversation left the list, the user left
    a group, or the group is gone."""

    app: int
    user_id: str
