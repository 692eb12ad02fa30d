"""What moderation raises."""

from __future__ import annotations

import msgspec

from sodam.messages.model import Source


class ContentRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A text was refused for words that its app blocks: a message, which is stored nowhere, or what a user or a group
    shows."""

    app: int
    source: Source
    scene: str
    """Where the text was to stand, as webhooks.md 10 names it."""
    sender: str
    to: str = ""
    """A message's receiver; empty for a group's."""
    group_id: str = ""
    text: str
    """The text that holds them."""
    words: tuple[str, ...]
    """As the operator wrote them, each once, in their order."""
    cloud: str = ""
    number: str
    """Names this refusal."""
