"""Counters of groups: up to 20 numbers of 64 bits (rest-groups.md 1.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from sodam.errors import ApiError, Code
from sodam.groups import store_attributes
from sodam.groups.attributes import shared
from sodam.groups.core import Core, Operator, hold_group
from sodam.groups.model import Group, check_group_id
from sodam.groups.types import Operation, Role, check
from sodam.storage import Tx

MAX_KEYS: Final = 20
MAX_KEY: Final = 128
LEAST: Final = -(1 << 63)
MOST: Final = (1 << 63) - 1
Mode = Literal["Set", "Increase", "Decrease"]
_CHANGED, _DELETED = 0, 1
"""What a notice says was done."""


class Counters:
    """Who may: members, and administrators of the app. Raises ApiError 10007, 10010 and 10015 throughout."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def get(self, group: Group) -> tuple[int, dict[str, int]]:
        """The version of the whole, and all counters."""
        check(group.type, Operation.COUNT, Role.AppAdmin)
        now = await store_attributes.state(self._core.db, group.app, group.group_id)
        return now.counter_seq, await store_attributes.counters(self._core.db, group.app, group.group_id)

    async def update(
        self, app: int, operator: Operator, group_id: str, given: Mapping[str, int], mode: Mode
    ) -> dict[str, int]:
        """Write counters, or add to them from 0 on; the new values.

        Raises ApiError 10004 for keys and for sums that do not fit, 10063 for more than 20 counters.
        """
        check_group_id(group_id)
        for key in given:
            if not key or len(key.encode()) > MAX_KEY or "\0" in key:
                raise ApiError(Code.GROUP_BAD_PARAMETER, f"the key of a counter has 1 to {MAX_KEY} bytes")

        async def run(tx: Tx) -> dict[str, int]:
            group = await self._hold(tx, app, operator, group_id)
            stored = await store_attributes.counters(tx, app, group_id)
            sign = {"Set": 0, "Increase": 1, "Decrease": -1}[mode]
            values = {key: stored.get(key, 0) + sign * value if sign else value for key, value in given.items()}
            if len(stored.keys() | values.keys()) > MAX_KEYS:
                raise ApiError(Code.GROUP_COUNTER_TOO_MANY)
            if not all(LEAST <= value <= MOST for value in values.values()):
                raise ApiError(Code.GROUP_BAD_PARAMETER, "a counter has 64 bits")
            await store_attributes.put_counters(tx, app, group_id, values)
            await self._end(tx, group, operator, _CHANGED, values)
            return values

        return await self._core.db.write(run)

    async def delete(self, app: int, operator: Operator, group_id: str, keys: Sequence[str] | None) -> None:
        """Delete counters, None: all; one that does not exist is passed over."""
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await self._hold(tx, app, operator, group_id)
            stored = await store_attributes.counters(tx, app, group_id)
            gone = {key: value for key, value in stored.items() if keys is None or key in keys}
            if gone:
                await store_attributes.remove(tx, "group_counter", app, group_id, gone)
                await self._end(tx, group, operator, _DELETED, gone)

        await self._core.db.write(run)

    async def _hold(self, tx: Tx, app: int, operator: Operator, group_id: str) -> Group:
        group = await hold_group(tx, app, group_id)
        check(group.type, Operation.COUNT, *await self._core.standing(tx, group, operator))
        return group

    async def _end(self, tx: Tx, group: Group, operator: Operator, done: int, changed: Mapping[str, int]) -> None:
        now = await store_attributes.state(tx, group.app, group.group_id)
        now.counter_seq += 1
        await store_attributes.save(tx, group.app, group.group_id, now)
        info = {
            "Type": done,
            "GroupCounterSeq": now.counter_seq,
            "GroupCounter": [{"Key": key, "Value": value} for key, value in changed.items()],
        }
        notice = shared(group, operator, {"GroupCounterInfo": [info]})
        tx.after_commit(lambda: self._core.feed.notify(group.app, group.group_id, notice))
