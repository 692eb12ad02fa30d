"""What becomes of pushes, for webhooks."""

from __future__ import annotations

import msgspec


class PushReported(msgspec.Struct, frozen=True, kw_only=True):
    """A push was handed to a vendor, or was not taken."""

    app: int
    kind: str
    """c2c, group, or task: a push to many."""
    at: int
    """Unix seconds."""
    sender: str
    user_id: str
    platform: int
    """The vendor, as webhooks number them."""
    place: str
    group: str
    task: str = ""
    data_id: str = ""
    task_time: int = 0
    code: str = ""
    """The vendor's; empty: it took the push."""
    reason: str = ""
    push_id: str = ""
