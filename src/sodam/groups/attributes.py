"""Attributes of groups: up to 16 pairs that members share (rest-groups.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups import store_attributes
from sodam.groups.core import Core, Operator, hold_group, scene
from sodam.groups.events import AttributesChanged
from sodam.groups.message import SYSTEM
from sodam.groups.model import Group, check_group_id
from sodam.groups.store_attributes import Attribute, State
from sodam.groups.types import Operation, check
from sodam.notices import Notice
from sodam.storage import Tx

MAX_KEYS: Final = 16
MAX_KEY: Final = 32
MAX_VALUE: Final = 4000
MAX_TOTAL: Final = 16_000
"""Bytes of all values together."""
WRITES_A_SECOND: Final = 5
_SET, _MODIFY, _CLEAR, _DELETE = 1, 2, 3, 4
_OPTIONS: Final = {_SET: "set", _MODIFY: "modify", _CLEAR: "clear", _DELETE: "delete"}
"""What a notice says was done."""
_encode = msgspec.json.Encoder().encode


class Given(msgspec.Struct, frozen=True):
    """One attribute of a write."""

    key: str
    value: str
    seq: int = 0
    """What the client holds of the key; 0: nothing, or it does not say."""


class Expected(msgspec.Struct, frozen=True):
    """Against whom a write is checked: the version of the whole that the client holds; 0: it has read none."""

    strict: bool = False
    main_seq: int = 0

    def check(self, now: State) -> None:
        """Raises ApiError 10056 when the client holds another version of the whole."""
        if self.strict and self.main_seq and self.main_seq != now.attr_seq:
            raise ApiError(Code.GROUP_ATTR_CONFLICT)

    def check_key(self, held: int, stored: Attribute | None) -> None:
        """The same for one key."""
        if not self.strict:
            return
        if held and (stored is None or stored.seq != held):
            raise ApiError(Code.GROUP_ATTR_CONFLICT)
        if not held and self.main_seq and stored is not None:
            raise ApiError(Code.GROUP_ATTR_CONFLICT)


NOTHING_EXPECTED: Final = Expected()


class Written(msgspec.Struct, frozen=True):
    main_seq: int
    seqs: dict[str, int]
    """Of the keys that were written."""


class Attributes:
    """Who may: members, and administrators of the app. Raises ApiError 10007, 10010 and 10015 throughout."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def get(self, group: Group) -> tuple[int, dict[str, Attribute]]:
        """The version of the whole, and all attributes."""
        now = await store_attributes.state(self._core.db, group.app, group.group_id)
        return now.attr_seq, await store_attributes.attributes(self._core.db, group.app, group.group_id)

    async def put(
        self, app: int, operator: Operator, group_id: str, given: Sequence[Given], expected: Expected, *, replace: bool
    ) -> Written:
        """Write attributes; ``replace``: the others go.

        Raises ApiError 10004, 10045, 10046, 10047, 10048 for what does not fit, 10049 after five writes in a second,
        10056 when another has written.
        """
        wanted = {item.key: item for item in given}
        _check_sizes(wanted)

        async def run(tx: Tx) -> Written:
            group, now, stored = await self._begin(tx, app, operator, group_id)
            if replace:
                expected.check(now)
            else:
                for item in wanted.values():
                    expected.check_key(item.seq, stored.get(item.key))
            fresh = {
                key: Attribute(item.value, stored[key].seq + 1 if key in stored else 1) for key, item in wanted.items()
            }
            _check_total(fresh if replace else stored | fresh)
            if replace:
                gone = stored.keys() - fresh.keys()
                await store_attributes.remove(tx, "group_attribute", app, group_id, sorted(gone))
            await store_attributes.put_attributes(tx, app, group_id, fresh)
            await self._end(tx, group, operator, now, _SET if replace else _MODIFY, fresh)
            return Written(now.attr_seq, {key: attribute.seq for key, attribute in fresh.items()})

        return await self._core.db.write(run)

    async def delete(
        self, app: int, operator: Operator, group_id: str, given: Sequence[Given], expected: Expected
    ) -> Written:
        """Delete attributes. Raises ApiError 10050 for one that does not exist, 10049, 10056."""

        async def run(tx: Tx) -> Written:
            group, now, stored = await self._begin(tx, app, operator, group_id)
            for item in given:
                if item.key not in stored:
                    raise ApiError(Code.GROUP_ATTR_NOT_FOUND)
                if item.seq:
                    expected.check_key(item.seq, stored[item.key])
            gone = {item.key: stored[item.key] for item in given}
            await store_attributes.remove(tx, "group_attribute", app, group_id, gone)
            await self._end(tx, group, operator, now, _DELETE, gone)
            return Written(now.attr_seq, {})

        return await self._core.db.write(run)

    async def clear(self, app: int, operator: Operator, group_id: str, expected: Expected) -> Written:
        """Delete all attributes. Raises ApiError 10049, 10056."""

        async def run(tx: Tx) -> Written:
            group, now, stored = await self._begin(tx, app, operator, group_id)
            expected.check(now)
            await store_attributes.remove(tx, "group_attribute", app, group_id, stored)
            await self._end(tx, group, operator, now, _CLEAR, {})
            return Written(now.attr_seq, {})

        return await self._core.db.write(run)

    async def _begin(
        self, tx: Tx, app: int, operator: Operator, group_id: str
    ) -> tuple[Group, State, dict[str, Attribute]]:
        check_group_id(group_id)
        group = await hold_group(tx, app, group_id)
        check(group.type, Operation.SHARE, *await self._core.standing(tx, group, operator))
        now = await store_attributes.state(tx, app, group_id)
        second = self._core.now()
        now.writes = now.writes + 1 if now.second == second else 1
        now.second = second
        if now.writes > WRITES_A_SECOND:
            raise ApiError(Code.GROUP_ATTR_TOO_FREQUENT)
        return group, now, await store_attributes.attributes(tx, app, group_id)

    async def _end(
        self, tx: Tx, group: Group, operator: Operator, now: State, done: int, changed: dict[str, Attribute]
    ) -> None:
        now.attr_seq += 1
        await store_attributes.save(tx, group.app, group.group_id, now)
        option = {
            "OpType": done,
            "GroupAttrSeq": now.attr_seq,
            "PushChangedAttrValFlag": 1,
            "GroupAttrInfo": [
                {"Key": key, "Val": attribute.value, "SubKeySeq": attribute.seq} for key, attribute in changed.items()
            ],
        }
        notice = shared(group, operator, {"MsgGroupNewInfo": {"GroupAttrOption": option}})
        tx.after_commit(lambda: self._core.feed.notify(group.app, group.group_id, notice))
        tx.emit(
            AttributesChanged(
                scene=scene(group, operator),
                option=_OPTIONS[done],
                attributes={key: attribute.value for key, attribute in changed.items()},
            )
        )


def shared(group: Group, operator: Operator, body: dict[str, Any]) -> Notice:
    """For members who are online: what they share has changed (Event 6)."""
    item = {
        "From_Account": SYSTEM,
        "ToGroupId": group.group_id,
        "GroupInfo": {"GroupId": group.group_id},
        "MsgBody": {"OpType": 6, "Operator_Account": operator.user_id, **body},
    }
    return Notice(_encode({"Event": 6, "GroupTips": [item]}))


def _check_sizes(wanted: dict[str, Given]) -> None:
    if not wanted:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "GroupAttr is empty")
    for item in wanted.values():
        if not item.key or "\0" in item.key or "\0" in item.value:
            raise ApiError(Code.GROUP_BAD_PARAMETER, "an attribute has an empty key, or a NUL character")
        if len(item.key.encode()) > MAX_KEY:
            raise ApiError(Code.GROUP_ATTR_KEY_TOO_LONG)
        if len(item.value.encode()) > MAX_VALUE:
            raise ApiError(Code.GROUP_ATTR_VALUE_TOO_LONG)


def _check_total(all_of_it: dict[str, Attribute]) -> None:
    if len(all_of_it) > MAX_KEYS:
        raise ApiError(Code.GROUP_ATTR_TOO_MANY)
    if sum(len(attribute.value.encode()) for attribute in all_of_it.values()) > MAX_TOTAL:
        raise ApiError(Code.GROUP_ATTR_TOO_LARGE)
