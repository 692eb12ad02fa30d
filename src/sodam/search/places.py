"""Where a message is looked for."""

from __future__ import annotations

from sodam.c2c.model import SEPARATOR
from sodam.messages.model import ONE_TO_ONE
from sodam.search.grams import scope
from sodam.search.model import USER


def scopes(app: int, kind: int, conv: str) -> tuple[str, ...]:
    """Of a message of a conversation: in it, and among all one-to-one messages of its users."""
    own = scope(app, kind, conv)
    if kind != ONE_TO_ONE:
        return (own,)
    return (own, *(scope(app, USER, user) for user in dict.fromkeys(conv.split(SEPARATOR))))
