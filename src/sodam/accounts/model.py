"""What an account is, and which UserIDs are allowed."""

from __future__ import annotations

import msgspec

MAX_USER_ID = 32
_PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
NICK = "Tag_Profile_IM_Nick"
IMAGE = "Tag_Profile_IM_Image"

ProfileValue = str | int
Profile = dict[str, ProfileValue]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    app: int
    user_id: str
    tiny_id: int
    created_at: int = 0
    invalid_before: int = 0
    """UserSig issued at or before this unix second are refused."""
    profile: Profile = {}
    standard_seq: int = 0
    custom_seq: int = 0

    @property
    def nick(self) -> str:
        return str(self.profile.get(NICK, ""))

    @property
    def image(self) -> str:
        return str(self.profile.get(IMAGE, ""))


def valid_user_id(user_id: str) -> bool:
    """1 to 32 bytes of printable ASCII (rest-accounts-relations.md 1.6)."""
    return 0 < len(user_id) <= MAX_USER_ID and _PRINTABLE.issuperset(user_id)
