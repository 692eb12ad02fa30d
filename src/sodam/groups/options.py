"""What an app's settings say of each type of group: tips, earlier messages, receipts (console.md section 3)."""

from __future__ import annotations

from typing import Final

from sodam.apps.model import App
from sodam.apps.plans import PLANS
from sodam.errors import ApiError, Code
from sodam.groups.types import TYPES, Delivery, Topic

_TYPES: Final = {
    "Private": "work",
    "Public": "public",
    "ChatRoom": "meeting",
    "AVChatRoom": "av_room",
    "Community": "community",
}
_TOPICS: Final = {
    Topic.MEMBERS: "member_tips",
    Topic.PROFILE: "profile_tips",
    Topic.OPTIONS: "option_tips",
    Topic.STANDING: "standing_tips",
}
_RECEIPTS: Final = "Flagship"


def _setting(app: App | None, kind: str, what: str) -> bool | None:
    """None: there is no such setting for the type."""
    found: bool | None = getattr(app.settings, f"{_TYPES[kind]}_{what}", None) if app is not None else None
    return found


def delivery(app: App | None, kind: str, topic: Topic) -> Delivery:
    """How tips about something reach the members of a group of this type."""
    wanted = _setting(app, kind, _TOPICS[topic])
    if wanted is None:
        return TYPES[kind].tips[topic]
    if not wanted:
        return Delivery.NOBODY
    return Delivery.STORED if TYPES[kind].stores_messages else Delivery.ONLINE


def history_option(app: App, kind: str) -> str:
    """Whether newcomers of a new group read what was written before they joined: On or Off."""
    wanted = _setting(app, kind, "history")
    return TYPES[kind].history_option if wanted is None else "On" if wanted else "Off"


def check_receipts(app: App, kind: str) -> None:
    """Raises ApiError 10007 for a type that has no receipts, or whose are switched off, 10059 for lesser plans."""
    wanted = _setting(app, kind, "receipts")
    if wanted is None:
        raise ApiError(Code.GROUP_NOT_PERMITTED, f"{kind} groups have no read receipts")
    if PLANS.index(app.plan) < PLANS.index(_RECEIPTS):
        raise ApiError(Code.GROUP_PLAN_REQUIRED)
    if not wanted:
        raise ApiError(Code.GROUP_NOT_PERMITTED, f"the app's read receipts of {kind} groups are off")
