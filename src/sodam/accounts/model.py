"""What an account is, and which UserIDs are allowed."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from sodam.errors import Code

MAX_USER_ID = 32
OFFICIAL = "@TOA#_"
"""What the UserIDs of official accounts begin with (officials/)."""
MAX_OFFICIAL_ID = 48
_PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
FOREVER = 0xFFFFFFFF
"""Of a mute: the seconds that mean no end, and the second at which such a mute ends."""
NICK = "Tag_Profile_IM_Nick"
IMAGE = "Tag_Profile_IM_Image"
CUSTOM = "Tag_Profile_Custom_"

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
    c2c_muted_until: int = 0
    """Unix second until which the account may not write to others; ``FOREVER`` for no end, 0 when it is not muted."""
    group_muted_until: int = 0
    """The same for groups."""
    custom_status: str = ""
    """What the user's clients say of the user beside being online or not."""

    @property
    def nick(self) -> str:
        return str(self.profile.get(NICK, ""))

    @property
    def image(self) -> str:
        return str(self.profile.get(IMAGE, ""))

    def with_profile(self, changes: Profile) -> Account:
        """The account after a profile change: each kind of field has its own sequence."""
        custom = any(tag.startswith(CUSTOM) for tag in changes)
        standard = not all(tag.startswith(CUSTOM) for tag in changes)
        return msgspec.structs.replace(
            self,
            profile=self.profile | changes,
            standard_seq=self.standard_seq + standard,
            custom_seq=self.custom_seq + custom,
        )


class Mark(NamedTuple):
    """What a session of an account is measured by: whose it is, and from when on signatures count."""

    tiny_id: int
    invalid_before: int


class Wanted(msgspec.Struct, frozen=True):
    """An account to import: its UserID, and the profile fields to write even if it exists."""

    user_id: str
    profile: Profile = {}


class Updated(msgspec.Struct, frozen=True):
    """An account after a profile change, and the fields whose value is another now."""

    account: Account
    changes: Profile


class Imported(msgspec.Struct, frozen=True):
    """What an import did."""

    failed: dict[str, Code]
    updated: list[Updated]
    """Accounts that existed and whose profile changed."""
    added: frozenset[str] = frozenset()
    """UserIDs that did not exist before."""


def mute_end(now: int, seconds: int) -> int:
    """The second at which a mute of so many seconds ends that begins now: 0 for none, ``FOREVER`` for no end."""
    return min(now + seconds, FOREVER) if seconds else 0


def valid_user_id(user_id: str) -> bool:
    """1 to 32 bytes of printable ASCII (rest-accounts-relations.md 1.6); an official account's has at most 48."""
    most = MAX_OFFICIAL_ID if user_id.startswith(OFFICIAL) else MAX_USER_ID
    return 0 < len(user_id) <= most and _PRINTABLE.issuperset(user_id)
