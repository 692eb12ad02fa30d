"""Admins of live rooms, and robots: accounts that count as present without a connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_rooms
from sodam.groups.core import Core, hold_group, not_found
from sodam.groups.model import Group, check_group_id
from sodam.groups.types import TYPES
from sodam.storage import Tx

MAX_ADMINS: Final = 5
ROBOT_SECONDS: Final = 3 * 86_400


class Staff:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def appoint(self, app: App, group_id: str, user_ids: Sequence[str], *, remove: bool) -> None:
        """Make users admins of a room, or no longer.

        Raises ApiError 10004 (more than 5), 10007, 10010, 10015, 10019.
        """
        check_group_id(group_id)
        key = (app.sdkappid, group_id)

        async def run(tx: Tx) -> None:
            alive = await self._core.accounts.alive(tx, app.sdkappid, user_ids)
            check_room(await hold_group(tx, *key))
            if remove:
                await store_rooms.remove(tx, "room_admin", *key, [u for u in user_ids if "\0" not in u])
                return
            if missing := [user_id for user_id in user_ids if user_id not in alive]:
                raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND, f"{missing[0][:40]!r} does not exist")
            if len({*await store_rooms.admins(tx, *key), *user_ids}) > MAX_ADMINS:
                raise ApiError(Code.GROUP_BAD_PARAMETER, f"a room has at most {MAX_ADMINS} admins")
            await store_rooms.appoint(tx, *key, user_ids, self._core.now())

        await self._core.db.write(run)

    async def admins(self, app: App, group_id: str) -> list[str]:
        check_group_id(group_id)
        found = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if found is None:
            raise not_found(group_id)
        check_room(found)
        return await store_rooms.admins(self._core.db, app.sdkappid, group_id)

    async def robots(self, app: App, group_id: str, user_ids: Sequence[str], *, remove: bool) -> None:
        """Have accounts count as present for three days, or no longer. Raises ApiError 10007, 10010, 10015, 10019."""
        check_group_id(group_id)
        key = (app.sdkappid, group_id)

        async def run(tx: Tx) -> None:
            alive = await self._core.accounts.alive(tx, app.sdkappid, user_ids)
            check_room(await hold_group(tx, *key))
            if remove:
                await store_rooms.remove(tx, "room_robot", *key, [u for u in user_ids if "\0" not in u])
                return
            if missing := [user_id for user_id in user_ids if user_id not in alive]:
                raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND, f"{missing[0][:40]!r} does not exist")
            now = self._core.now()
            await store_rooms.add_robots(tx, *key, user_ids, now, now + ROBOT_SECONDS)

        await self._core.db.write(run)


def check_room(group: Group) -> None:
    """Raises ApiError 10007 for a group of another type."""
    if TYPES[group.type].stores_members:
        raise ApiError(Code.GROUP_NOT_PERMITTED, f"{group.type} groups are no live rooms")
