"""What becomes of pushes, for webhooks."""

from __future__ import annotations

from typing import Final

import msgspec

TO_MANY: Final = "Push.AllMemberPush"
OF_MESSAGES: Final = "Push.OfflinePush"
"""The webhooks of it."""


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
    msg_time: int = 0
    status: int = 0
    """Of the vendor's HTTP answer; 0: there was none."""
    online: bool = False
    """It went to somebody connected, as a message: no vendor had to do with it."""

    @property
    def command(self) -> str:
        return TO_MANY if self.kind == "task" else OF_MESSAGES


class PushesCounted(msgspec.Struct, frozen=True, kw_only=True):
    """So many pushes of a kind came to one end."""

    app: int
    vendor: str
    kind: str
    """c2c, group, or task."""
    outcome: str
    """ok; wait: it is tried again; gone, ours, payload: it was not taken."""
    number: int
    at: int
    """Unix seconds."""
