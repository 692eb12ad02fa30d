"""Settings that guard sign-in for everybody: rules of passwords, addresses and sessions (access-management.md 1).

Each is one row of ``server_state``, read anew whenever it is needed: a change counts at once, on every node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, Generic, TypeVar

import msgspec

from sodam.access import passwords
from sodam.access.addresses import AddressRules, refusal
from sodam.access.model import User
from sodam.access.passwords import PasswordRules
from sodam.clock import now as wall_clock
from sodam.control import invalid
from sodam.storage import Database, state

T = TypeVar("T")
_PASSWORDS: Final = "password_rules"
_ADDRESSES: Final = "login_addresses"
_SESSIONS: Final = "session_rules"
RANGES: Final = {"IdleMinutes": (5, 1440), "MaxHours": (1, 720)}


def _number(name: str) -> msgspec.Meta:
    """The range for the schema; ``check_sessions`` is what refuses, in words."""
    low, high = RANGES[name]
    return msgspec.Meta(extra_json_schema={"minimum": low, "maximum": high})


class SessionRules(msgspec.Struct, frozen=True, kw_only=True):
    """How long a console session lasts, root's too."""

    IdleMinutes: Annotated[int, _number("IdleMinutes")] = 720
    """Minutes without a person's doing, 5 to 1440 (a day)."""
    MaxHours: Annotated[int, _number("MaxHours")] = 168
    """Hours from signing in, whatever happens, 1 to 720 (30 days)."""

    @property
    def idle_seconds(self) -> int:
        return self.IdleMinutes * 60

    @property
    def max_seconds(self) -> int:
        return self.MaxHours * 3600


def check_sessions(rules: SessionRules) -> None:
    """Raises ControlError InvalidParameter for times out of range."""
    for name, (low, high) in RANGES.items():
        if not low <= getattr(rules, name) <= high:
            raise invalid(f"{name} is from {low} to {high}", detail="NumberRange", Field=name, Least=low, Most=high)
    if rules.idle_seconds > rules.max_seconds:
        raise invalid("IdleMinutes is longer than the longest session, MaxHours", detail="IdleBeyondSession")


class Stored(msgspec.Struct, Generic[T], frozen=True):
    rules: T
    updated_at: int = 0
    """Unix seconds; 0: never changed."""
    modifier: str = ""


class SecuritySettings:
    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._clock = clock

    async def passwords(self) -> Stored[PasswordRules]:
        return await self._read(_PASSWORDS, Stored[PasswordRules]) or Stored(PasswordRules())

    async def set_passwords(self, rules: PasswordRules, modifier: str) -> None:
        """Raises ControlError InvalidParameter.PasswordRuleError."""
        passwords.check_rules(rules)
        await self._write(_PASSWORDS, rules, modifier)

    async def addresses(self) -> Stored[AddressRules]:
        return await self._read(_ADDRESSES, Stored[AddressRules]) or Stored(AddressRules())

    async def set_addresses(self, rules: AddressRules, modifier: str) -> None:
        """Store rules that ``addresses.checked`` gave."""
        await self._write(_ADDRESSES, rules, modifier)

    async def sessions(self) -> Stored[SessionRules]:
        return await self._read(_SESSIONS, Stored[SessionRules]) or Stored(SessionRules())

    async def set_sessions(self, rules: SessionRules, modifier: str) -> None:
        """Raises ControlError InvalidParameter. Counts for the sessions that run too."""
        check_sessions(rules)
        await self._write(_SESSIONS, rules, modifier)

    async def guard(self, user: User | None, ip: str) -> None:
        """Raises ControlError IpInBlacklist or IpNotInWhitelist for an address that a sub-user may not come from.

        ``user`` None is somebody unknown, who may no more than a sub-user. The root account may come from everywhere,
        so that nobody can lock the house from inside.
        """
        if user is None or not user.root:
            refused = refusal((await self.addresses()).rules, ip)
            if refused is not None:
                raise refused

    async def _read(self, name: str, kind: type[T]) -> T | None:
        value = await state.get(self._db, name)
        return msgspec.json.decode(value, type=kind) if value is not None else None

    async def _write(self, name: str, rules: object, modifier: str) -> None:
        value = msgspec.json.encode(Stored(rules, int(self._clock()), modifier))
        await self._db.write(lambda tx: state.put(tx, name, value))
