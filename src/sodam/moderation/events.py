"""What moderation raises."""

from __future__ import annotations

import msgspec

from sodam.messages.model import Source


class ContentRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A message was refused for words that its app blocks. It is stored nowhere."""

    app: int
    source: Source
    sender: str
    to: str
    """The receiver; empty for a group's message."""
    group_id: str
    custom: bool
    """The words stood in an app's own data."""
    text: str
    """The text that holds them."""
    words: tuple[str, ...]
    """As the operator wrote them, each once, in their order."""
    cloud: str
    number: str
    """Names this refusal."""
