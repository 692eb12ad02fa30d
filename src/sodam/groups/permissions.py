"""Permission groups of communities with topics: what their members may, in all of it and in single topics.

While a community's ``EnablePermission`` is on, what its members may is decided by them and no longer by the role of an
admin (types.NEEDED). Source: rest-groups.md 1.11 and 2.45 to 2.55.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_members, store_permissions, store_topics
from sodam.groups.core import Core, Operator, hold_group, not_found
from sodam.groups.model import MAX_CUSTOM, Group
from sodam.groups.store_permissions import PermissionGroup
from sodam.groups.topics import check_topics
from sodam.groups.types import Operation, check
from sodam.storage import Database, Tx

MAX_GROUPS: Final = 50
MAX_HOLDERS: Final = 10_000
MAX_NAME: Final = 150
_PREFIX: Final = "@PMG#_"
_ASSIGNED: Final = "@PMG#"
_OWN_ID: Final = re.compile(r"[\x20-\x7e]{1,48}")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Listed(NamedTuple):
    group: PermissionGroup
    members: int


class Permissions:
    """Raises ApiError 10007, 10010, 10015, and 11000 where permission groups are not on, throughout; 110006 for a
    permission group that does not exist."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def create(
        self, app: App, operator: Operator, group_id: str, permission_id: str, name: str, mask: int, custom: str
    ) -> str:
        """Make a permission group; its ID. ``permission_id`` '': the server assigns one.

        Raises ApiError 10004 (a text is too long, or there are fifty), 10015 and 10025 for the ID.
        """
        own = permission_id.removeprefix(_PREFIX)
        if permission_id and (own == permission_id or not _OWN_ID.fullmatch(own) or own.startswith(_ASSIGNED)):
            raise ApiError(Code.GROUP_ID_INVALID, f"the id of a permission group begins with {_PREFIX}")
        assigned = "".join(secrets.choice(_LETTERS) for _ in range(10))
        made = PermissionGroup(
            permission_id=permission_id or f"{_PREFIX}{_ASSIGNED}c{assigned}",
            name=name,
            permission=mask,
            custom_string=custom,
            created_at=self._core.now(),
        )
        _check_texts(made)

        async def run(tx: Tx) -> None:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_GRANTS)
            if await store_permissions.count(tx, app.sdkappid, group_id) >= MAX_GROUPS:
                raise ApiError(Code.GROUP_BAD_PARAMETER, f"a community has at most {MAX_GROUPS} permission groups")
            if not await store_permissions.insert(tx, app.sdkappid, group_id, made):
                raise ApiError(Code.GROUP_ID_TAKEN_BY_SELF, "the id is that of another permission group")

        await self._core.db.write(run)
        return made.permission_id

    async def edit(
        self,
        app: App,
        operator: Operator,
        group_id: str,
        permission_id: str,
        *,
        name: str | None = None,
        mask: int | None = None,
        custom: str | None = None,
    ) -> None:
        """Write what is given. Raises ApiError 10004."""

        async def run(tx: Tx) -> None:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_GRANTS)
            one = await _named(tx, app, group_id, permission_id)
            one.name = one.name if name is None else name
            one.permission = one.permission if mask is None else mask
            one.custom_string = one.custom_string if custom is None else custom
            _check_texts(one)
            await store_permissions.save(tx, app.sdkappid, group_id, one)

        await self._core.db.write(run)

    async def destroy(self, app: App, operator: Operator, group_id: str, ids: Sequence[str]) -> list[Code]:
        """Remove permission groups; for each 0, or 110008 for one that does not exist."""

        async def run(tx: Tx) -> list[Code]:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_GRANTS)
            found = await store_permissions.named(tx, app.sdkappid, group_id, ids)
            for permission_id in found:
                await store_permissions.delete(tx, app.sdkappid, group_id, permission_id)
            return [Code.OK if one in found else Code.PERMISSION_GROUP_DELETED for one in ids]

        return await self._core.db.write(run)

    async def named(self, app: App, group_id: str, ids: Sequence[str]) -> dict[str, Listed]:
        """Those of the permission groups that exist."""
        await self._look(app, group_id)
        found = await store_permissions.named(self._core.db, app.sdkappid, group_id, ids)
        return {one.group.permission_id: one for one in await self._counted(app, group_id, list(found.values()))}

    async def page(self, app: App, group_id: str, after: int, limit: int) -> tuple[list[Listed], int]:
        """Permission groups behind a place, in the order of making, and the next place; 0: the end."""
        await self._look(app, group_id)
        found = await store_permissions.page(self._core.db, app.sdkappid, group_id, after, limit + 1)
        listed = await self._counted(app, group_id, found[:limit])
        return listed, found[limit - 1].place if len(found) > limit else 0

    async def _counted(self, app: App, group_id: str, found: Sequence[PermissionGroup]) -> list[Listed]:
        ids = [one.permission_id for one in found]
        counts = await store_permissions.holders(self._core.db, app.sdkappid, group_id, ids)
        return [Listed(one, counts.get(one.permission_id, 0)) for one in found]

    # Members

    async def add(
        self, app: App, operator: Operator, group_id: str, permission_id: str, user_ids: Sequence[str]
    ) -> list[Code]:
        """Put members of the community in; for each 0, 10013 (it is in), 10007 (no member of the community), 110012."""

        async def run(tx: Tx) -> list[Code]:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_HOLDERS)
            await _named(tx, app, group_id, permission_id)
            members = await store_members.load(tx, app.sdkappid, group_id, user_ids)
            held = await store_permissions.held(tx, app.sdkappid, group_id, permission_id, members)
            counts = await store_permissions.holders(tx, app.sdkappid, group_id, [permission_id])
            room = MAX_HOLDERS - counts.get(permission_id, 0)
            outcome: dict[str, Code] = {}
            for user_id in user_ids:
                if user_id not in members:
                    outcome[user_id] = Code.GROUP_NOT_PERMITTED
                elif user_id in held:
                    outcome[user_id] = Code.GROUP_ALREADY_MEMBER
                elif user_id not in outcome:
                    outcome[user_id] = Code.OK if room > 0 else Code.PERMISSION_GROUP_FULL
                    room -= 1
            fresh = [user_id for user_id, code in outcome.items() if code is Code.OK]
            await store_permissions.add(tx, app.sdkappid, group_id, permission_id, fresh)
            return [outcome[user_id] for user_id in user_ids]

        return await self._core.db.write(run)

    async def remove(
        self, app: App, operator: Operator, group_id: str, permission_id: str, user_ids: Sequence[str]
    ) -> None:
        """Take users out; who is not in is passed over."""

        async def run(tx: Tx) -> None:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_HOLDERS)
            await _named(tx, app, group_id, permission_id)
            await store_permissions.remove(tx, app.sdkappid, group_id, user_ids, permission_id)

        await self._core.db.write(run)

    async def members(
        self, app: App, group_id: str, permission_id: str, after: str, limit: int
    ) -> tuple[list[str], str]:
        """In the order of UserIDs, from behind one, and the one to go on behind; '': the end."""
        await self._look(app, group_id)
        await _named(self._core.db, app, group_id, permission_id)
        found = await store_permissions.members(self._core.db, app.sdkappid, group_id, permission_id, after, limit + 1)
        return found[:limit], found[limit - 1] if len(found) > limit else ""

    # Rights in topics

    async def give(
        self, app: App, operator: Operator, group_id: str, permission_id: str, wanted: Mapping[str, int]
    ) -> dict[str, Code]:
        """Give rights in topics; for each 0, 110010 (it has rights there), 110013 (no topic of the community)."""
        return await self._put(app, operator, group_id, permission_id, wanted, _fresh)

    async def change(
        self, app: App, operator: Operator, group_id: str, permission_id: str, wanted: Mapping[str, int]
    ) -> dict[str, Code]:
        """Change rights in topics; for each 0, 110011 (it has none there), 110013."""
        return await self._put(app, operator, group_id, permission_id, wanted, _given)

    async def _put(
        self,
        app: App,
        operator: Operator,
        group_id: str,
        permission_id: str,
        wanted: Mapping[str, int],
        judge: Callable[[bool], Code],
    ) -> dict[str, Code]:
        async def run(tx: Tx) -> dict[str, Code]:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_GRANTS)
            await _named(tx, app, group_id, permission_id)
            there = {topic.group_id for topic in await store_topics.of(tx, app.sdkappid, group_id)}
            held = await store_permissions.topics(tx, app.sdkappid, group_id, permission_id)
            codes = {
                topic_id: judge(topic_id in held) if topic_id in there else Code.PERMISSION_TOPIC_INVALID
                for topic_id in wanted
            }
            done = [(topic_id, wanted[topic_id]) for topic_id, code in codes.items() if code is Code.OK]
            await store_permissions.put_topics(tx, app.sdkappid, group_id, permission_id, done)
            return codes

        return await self._core.db.write(run)

    async def withdraw(
        self, app: App, operator: Operator, group_id: str, permission_id: str, topic_ids: Sequence[str]
    ) -> dict[str, Code]:
        """Take the rights in topics back; for each 0, or 110014 where it has none."""

        async def run(tx: Tx) -> dict[str, Code]:
            await self._hold(tx, app, operator, group_id, Operation.MANAGE_GRANTS)
            await _named(tx, app, group_id, permission_id)
            held = await store_permissions.topics(tx, app.sdkappid, group_id, permission_id)
            gone = [topic_id for topic_id in topic_ids if topic_id in held]
            await store_permissions.drop_topics(tx, app.sdkappid, group_id, permission_id, gone)
            return {one: Code.OK if one in held else Code.PERMISSION_TOPIC_DELETED for one in topic_ids}

        return await self._core.db.write(run)

    async def in_topics(self, app: App, group_id: str, permission_id: str) -> dict[str, int]:
        """What it gives in each topic."""
        await self._look(app, group_id)
        await _named(self._core.db, app, group_id, permission_id)
        return await store_permissions.topics(self._core.db, app.sdkappid, group_id, permission_id)

    async def _hold(self, tx: Tx, app: App, operator: Operator, group_id: str, operation: Operation) -> None:
        community = await hold_group(tx, app.sdkappid, group_id)
        _check_on(community)
        check(community.type, operation, *await self._core.standing(tx, community, operator))

    async def _look(self, app: App, group_id: str) -> None:
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None or group.parent:
            raise not_found(group_id)
        _check_on(group)


def _fresh(held: bool) -> Code:
    return Code.PERMISSION_TOPIC_GIVEN if held else Code.OK


def _given(held: bool) -> Code:
    return Code.OK if held else Code.PERMISSION_TOPIC_NOT_GIVEN


def _check_on(community: Group) -> None:
    check_topics(community)
    if not community.profile.permissions:
        raise ApiError(Code.COMMUNITY_DISABLED, "EnablePermission of the community is off")


def _check_texts(one: PermissionGroup) -> None:
    if not one.name or len(one.name.encode()) > MAX_NAME or "\0" in one.name:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"PermissionGroupName has 1 to {MAX_NAME} bytes")
    if len(one.custom_string.encode()) > MAX_CUSTOM or "\0" in one.custom_string:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"CustomString has at most {MAX_CUSTOM} bytes")


async def _named(source: Database | Tx, app: App, group_id: str, permission_id: str) -> PermissionGroup:
    found = await store_permissions.named(source, app.sdkappid, group_id, [permission_id])
    if permission_id not in found:
        raise ApiError(Code.PERMISSION_GROUP_NOT_FOUND, f"there is no permission group {permission_id[:60]!r}")
    return found[permission_id]
