"""The events of a profile change: for the app's webhook, and for devices."""

from __future__ import annotations

import msgspec

from sodam.accounts.model import Profile
from sodam.notices import Notice

_encode = msgspec.json.Encoder().encode


class PortraitSet(msgspec.Struct, frozen=True, kw_only=True):
    """A profile was changed by its owner or over REST: ``Profile.CallbackPortraitSet`` (webhooks.md 4.1)."""

    app: int
    operator: str
    user_id: str
    changes: Profile
    """The fields whose value is another now."""
    at: int
    """Unix milliseconds."""
    platform: str = "RESTAPI"
    client_ip: str = ""


def profile_modified(user_id: str, changes: Profile) -> Notice:
    """Event 8: a profile that the device may show has changed (client-protocol.md section 6)."""
    fields = [
        {"Tag": tag, "ValueBytes" if isinstance(value, str) else "ValueNum": value} for tag, value in changes.items()
    ]
    changed = {"PushType": 1, "Profile_Account": user_id, "ProfileList": fields}
    return Notice(_encode({"Event": 8, "ProfileDataMod": [changed]}))
