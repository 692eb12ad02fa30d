"""What the audit log keeps."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["ok", "partly", "refused", "failed", "challenged"]
"""``partly``: some items of a bulk action were carried out, others refused.

``challenged``: the password was right, and the one-time code was asked for."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    id: int = 0
    time_ms: int
    uin: int
    """0: the server itself, or somebody who could not sign in."""
    user_name: str
    """Of a failed login the name that was tried, whether there is such a user (then ``uin`` says who) or not."""
    edge: str
    action: str
    resource: str
    about_app: int = 0
    outcome: Outcome = "ok"
    error_code: str = ""
    before: str = ""
    """JSON text, secrets blotted out."""
    after: str = ""
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; what is empty or 0 does not matter. Times are unix seconds, both ends included."""

    since: int = 0
    until: int = 0
    uin: int = 0
    action: str = ""
    """A part of ``service:Action``, any case."""
    user: str = ""
    """A part of the user's name, any case."""
    about_app: int = 0
    keyword: str = ""
    """In resource, user name, before or after, any case."""
    outcome: str = ""
