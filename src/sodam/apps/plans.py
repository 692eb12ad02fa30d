"""Plans: their limits in one place, add-ons, the operator's overrides, prices (console.md section 1)."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from sodam.control import ControlError, invalid

Plan = Literal["Trial", "Pro", "Flagship"]
DEFAULT_HISTORY_DAYS: Final = 7
PLANS: Final[tuple[Plan, ...]] = ("Trial", "Pro", "Flagship")
MIN_MONTHS: Final = 1
MAX_MONTHS: Final = 24
GRACE_SECONDS: Final = 7 * 86400
"""A paid app whose plan has expired is disabled after so long."""


class PlanLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What an app may have; None: no limit. A limit of something that does not exist yet is known, not enforced."""

    accounts: int | None = None
    """Accounts that may be imported."""
    friends: int
    max_history_days: int = DEFAULT_HISTORY_DAYS
    """The server's settings may say another number, for every plan: see ``limits_of``."""
    blacklist: int = 1000
    groups_joined: int
    group_members: int
    """Of any group but an AVChatRoom."""
    avchatrooms: int | None


PLAN_LIMITS: dict[Plan, PlanLimits] = {
    "Trial": PlanLimits(friends=20, groups_joined=50, group_members=20, avchatrooms=10),
    "Pro": PlanLimits(friends=3000, groups_joined=500, group_members=200, avchatrooms=50),
    "Flagship": PlanLimits(friends=3000, groups_joined=500, group_members=2000, avchatrooms=None),
}
ENFORCED: frozenset[str] = frozenset(
    ("accounts", "friends", "max_history_days", "blacklist", "groups_joined", "group_members", "avchatrooms")
)
"""The fields of PlanLimits that something obeys. All others are neither sold, nor set, nor shown among an app's limits:
a feature that brings a limit to life adds its name here, and nothing else."""

BESIDES: Final[dict[str, Plan]] = {"PushToEveryone": "Flagship"}
"""What the comparison of plans promises and no setting switches, with the least plan."""


class AddOns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was bought beside the plan. None or False: nothing."""

    groups_joined: int | None = None
    group_members: int | None = None
    history_days: int | None = None
    avchatrooms: bool = False
    """Unlimited instead of the plan's number."""


ADD_ON_LIMITS: Final = {
    "groups_joined": "groups_joined",
    "group_members": "group_members",
    "history_days": "max_history_days",
    "avchatrooms": "avchatrooms",
}
"""Which limit an add-on widens."""
_WIRE: Final = {"avchatrooms": "AVChatRooms", "max_history_days": "HistoryDays"}


def wire_name(name: str) -> str:
    """What the API calls a limit, an add-on or a setting: ``group_members`` is ``GroupMembers``."""
    return _WIRE.get(name) or "".join(part.capitalize() for part in name.split("_"))


def on_sale(add_on: str) -> bool:
    return ADD_ON_LIMITS[add_on] in ENFORCED


class AddOnRange(msgspec.Struct, frozen=True):
    least: int
    most: int


ADD_ON_RANGES: Final[dict[Plan, dict[str, AddOnRange]]] = {
    "Trial": {},
    "Pro": {
        "groups_joined": AddOnRange(501, 1000),
        "group_members": AddOnRange(201, 2000),
        "history_days": AddOnRange(8, 360),
    },
    "Flagship": {
        "groups_joined": AddOnRange(501, 3000),
        "group_members": AddOnRange(2001, 6000),
        "history_days": AddOnRange(8, 360),
    },
}
AVCHATROOM_ADD_ON: Final[frozenset[Plan]] = frozenset(("Pro",))

Limit = int | None | UnsetType


class Overrides(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits that the operator set for one app; what is unset follows plan and add-ons."""

    accounts: Limit = UNSET
    friends: int | UnsetType = UNSET
    max_history_days: int | UnsetType = UNSET
    blacklist: int | UnsetType = UNSET
    groups_joined: int | UnsetType = UNSET
    group_members: int | UnsetType = UNSET
    avchatrooms: Limit = UNSET


NO_ADD_ONS: Final = AddOns()
NO_OVERRIDES: Final = Overrides()
OVERRIDE_RANGES: Final = {
    "accounts": (0, 1_000_000_000),
    "friends": (0, 10_000),
    "max_history_days": (1, 3650),
    "blacklist": (0, 10_000),
    "groups_joined": (0, 100_000),
    "group_members": (1, 100_000),
    "avchatrooms": (0, 1_000_000),
}


def limits_of(plan: Plan, history_days: int) -> PlanLimits:
    """What a plan allows by itself; ``history_days`` is what this server lets every plan keep."""
    limits = PLAN_LIMITS[plan]
    if limits.max_history_days == history_days:
        return limits
    return msgspec.structs.replace(limits, max_history_days=history_days)


def effective(plan: Plan, add_ons: AddOns, overrides: Overrides, history_days: int) -> PlanLimits:
    """The limits in force: overrides win over add-ons, add-ons over the plan."""
    limits = limits_of(plan, history_days)
    if add_ons == NO_ADD_ONS and overrides == NO_OVERRIDES:
        return limits
    changes: dict[str, Any] = {}
    if add_ons.groups_joined is not None:
        changes["groups_joined"] = max(limits.groups_joined, add_ons.groups_joined)
    if add_ons.group_members is not None:
        changes["group_members"] = max(limits.group_members, add_ons.group_members)
    if add_ons.history_days is not None:
        changes["max_history_days"] = max(limits.max_history_days, add_ons.history_days)
    if add_ons.avchatrooms:
        changes["avchatrooms"] = None
    for name in Overrides.__struct_fields__:
        value = getattr(overrides, name)
        if value is not UNSET:
            changes[name] = value
    return msgspec.structs.replace(limits, **changes)


def misfit(plan: Plan, add_ons: AddOns) -> ControlError | None:
    """Why these add-ons cannot be had with this plan; None when they can."""
    for name, value in bought(add_ons):
        if name == "avchatrooms":
            if plan not in AVCHATROOM_ADD_ON:
                return _no_add_on(name, plan)
        elif (allowed := ADD_ON_RANGES[plan].get(name)) is None:
            return _no_add_on(name, plan)
        elif not (least := allowed.least) <= value <= (most := allowed.most):
            message = f"{wire_name(name)} is from {least} to {most} with the plan {plan}"
            return invalid(message, detail="NumberRange", Field=wire_name(name), Least=least, Most=most)
    return None


def _no_add_on(name: str, plan: Plan) -> ControlError:
    message = f"{wire_name(name)} is no add-on of the plan {plan}"
    return invalid(message, detail="NoAddOnOfPlan", Field=wire_name(name), Plan=plan)


def bought(add_ons: AddOns) -> list[tuple[str, int]]:
    """Names and values of the add-ons that are there; ``avchatrooms`` is True."""
    return [(name, value) for name, value in msgspec.structs.asdict(add_ons).items() if value]


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """Price of a month, in hundredths of the currency. A self-hosted server charges nobody: these make an estimate."""

    currency: str = "USD"
    amounts: Mapping[str, int] = {}
    """By ``Pro``, ``Flagship`` and the names of add-ons; what is absent costs nothing."""

    def between(self, name: str, start: int, end: int) -> int:
        """What something costs from one unix second to another: whole months, and of the last one its part."""
        if end <= start:
            return 0
        whole = 0
        while add_months(start, whole + 1) <= end:
            whole += 1
        begun, month = add_months(start, whole), add_months(start, whole + 1)
        price = self.amounts.get(name, 0)
        return price * whole + (2 * price * (end - begun) + (month - begun)) // (2 * (month - begun))


def add_months(second: int, months: int) -> int:
    """The same day and time of a later month, or its last day, in UTC."""
    start = datetime.datetime.fromtimestamp(second, datetime.UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def next_month(second: int) -> int:
    """The first second of the calendar month after the one in which ``second`` lies, in UTC."""
    start = datetime.datetime.fromtimestamp(second, datetime.UTC)
    first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return add_months(int(first.timestamp()), 1)


def changeable_from(changed_at: int, now: int) -> int:
    """When something that may change once a calendar month may change again; 0: now."""
    again = next_month(changed_at) if changed_at else 0
    return again if again > now else 0
