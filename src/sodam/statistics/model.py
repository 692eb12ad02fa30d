"""What is counted, under which name, and what the numbers mean.

A message counts when it is stored, whoever it is from: by a client, by the app, in anybody's name. Imported
messages and those to devices that are online alone do not count. Live rooms' messages have a number of their own.
A user is active on a day when a client of the user signs in or is connected, once however many; administrators and
robots are not.
Senders are those in whose name a message was stored, rooms apart.
"""

from __future__ import annotations

from typing import Final

import msgspec

MINUTE: Final = 1
UTC_HOUR: Final = 2
"""As earlier versions put minutes together, which a day that begins within such an hour shares with its neighbour."""
DAY: Final = 3
HOUR: Final = 4
"""Of the app's clock; it stands at the minute at which it begins."""
MINUTES_DAYS: Final = 3
"""So long minutes are kept, then hours; days are for ever."""
HOURS_DAYS: Final = 92

# In the transaction of what they count.
C2C: Final = "c2c"
GROUP: Final = "group"
"""Messages of groups that are no live rooms."""
ROOM: Final = "room"
C2C_HIDDEN: Final = "c2c.hidden"
"""Messages to somebody who blocked the sender: nobody gets them."""
GROUP_DOWN: Final = "group.down"
"""Members whom a message was for, its sender apart."""
ACCOUNTS: Final = "accounts"
ACCOUNTS_GONE: Final = "accounts.gone"
GROUPS: Final = "groups"
GROUPS_GONE: Final = "groups.gone"
JOINS: Final = "joins"
LEAVES: Final = "leaves"
FRIENDS: Final = "friends"
FRIENDS_GONE: Final = "friends.gone"
APNS: Final = "apns."
"""And ``c2c``, ``group`` or ``task`` (to many): pushes that Apple's service took."""

# Gathered for some seconds; those of a rate end with ``.ok`` or ``.bad``, before which stands the platform, if any.
LOGIN: Final = "login"
SEND_C2C: Final = "send.c2c"
SEND_GROUP: Final = "send.group"
CALLBACK: Final = "callback"
REST: Final = "rest"
PUSH: Final = "push"
ONLINE: Final = "online"
"""The most users that were connected at a time."""

# Of a day that is over.
ACTIVE: Final = "day.active"
LOGGED_IN: Final = "day.logged_in"
SENDERS: Final = "day.senders"
C2C_SENDERS: Final = "day.c2c_senders"
GROUP_SENDERS: Final = "day.group_senders"
ACTIVE_GROUPS: Final = "day.active_groups"
ACCOUNTS_TOTAL: Final = "day.accounts_total"
GROUPS_TOTAL: Final = "day.groups_total"
GROUPS_PEAK: Final = "day.groups_peak"

OF_CLOSED_DAYS: Final = (
    *(ACTIVE, LOGGED_IN, SENDERS, C2C_SENDERS, GROUP_SENDERS, ACTIVE_GROUPS),
    *(ACCOUNTS_TOTAL, GROUPS_TOTAL, GROUPS_PEAK),
)
OF_DAYS: Final = frozenset(
    (
        *(C2C_HIDDEN, GROUP_DOWN, ACCOUNTS, ACCOUNTS_GONE, JOINS, LEAVES, FRIENDS, FRIENDS_GONE),
        *(APNS + "c2c", APNS + "group", APNS + "task"),
    )
)
"""What is counted by the day alone."""

# Bits of ``statistic_seen.did``.
WAS_ACTIVE: Final = 1
DID_LOG_IN: Final = 2
SENT_C2C: Final = 4
SENT_GROUP: Final = 8
HAD_MESSAGES: Final = 16
"""Of a group."""
SEEN: Final = {
    ACTIVE: WAS_ACTIVE,
    LOGGED_IN: DID_LOG_IN,
    SENDERS: SENT_C2C | SENT_GROUP,
    C2C_SENDERS: SENT_C2C,
    GROUP_SENDERS: SENT_GROUP,
    ACTIVE_GROUPS: HAD_MESSAGES,
}
"""The number of those who have any of these bits."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be counted by the transaction that raises this."""

    app: int
    counts: dict[str, int]
    at: int
    """Unix seconds."""
    users: dict[str, int] = {}
    """Bits by UserID."""
    groups: dict[str, int] = {}
    """Bits by group ID."""
