"""Admins of live rooms, and robots: accounts that count as present without a connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.accounts.model import mute_end
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_members, store_rooms
from sodam.groups.core import Core, Operator, hold_group, not_found, scene
from sodam.groups.events import MembersMuted, RoomAdminChanged
from sodam.groups.model import Group, check_group_id
from sodam.groups.types import TYPES, Operation, Role, check
from sodam.storage import Tx

MAX_ADMINS: Final = 5
ROBOT_SECONDS: Final = 3 * 86_400


class Staff:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def appoint(
        self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str], *, remove: bool
    ) -> None:
        """Make users admins of a room, or no longer; they are notified.

        Raises ApiError 10004 (more than 5), 10007, 10010, 10015, 10019.
        """
        check_group_id(group_id)
        key = (app.sdkappid, group_id)

        async def run(tx: Tx) -> None:
            alive = await self._core.accounts.alive(tx, app.sdkappid, user_ids)
            group = await hold_group(tx, *key)
            check_room(group)
            before = set(await store_rooms.admins(tx, *key))

            def emit(changed: set[str]) -> None:
                for user_id in sorted(changed):
                    tx.emit(RoomAdminChanged(scene=scene(group, operator), user_id=user_id, admin=not remove))

            if remove:
                await store_rooms.remove(tx, "room_admin", *key, [u for u in user_ids if "\0" not in u])
                emit(before & set(user_ids))
                return
            if missing := [user_id for user_id in user_ids if user_id not in alive]:
                raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND, f"{missing[0][:40]!r} does not exist")
            if len({*before, *user_ids}) > MAX_ADMINS:
                raise ApiError(Code.GROUP_BAD_PARAMETER, f"a room has at most {MAX_ADMINS} admins")
            await store_rooms.appoint(tx, *key, user_ids, self._core.now())
            emit(set(user_ids) - before)

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


async def mute_visitor(
    core: Core, tx: Tx, group: Group, operator: Operator, role: Role, user_id: str, seconds: int | None
) -> None:
    """Write the mute of somebody in a live room, which keeps nothing else of its visitors; ``role``: the operator's.

    Raises ApiError 10007 for anything else, and for whom the role may not mute: the owner, and one admin another.
    """
    if seconds is None or user_id == group.owner:
        raise ApiError(Code.GROUP_NOT_PERMITTED, "live rooms keep nothing of their visitors but mutes")
    check(group.type, Operation.MUTE, role)
    if role <= Role.Admin and user_id in await store_rooms.admins(tx, group.app, group.group_id):
        raise ApiError(Code.GROUP_NOT_PERMITTED, "the role does not allow it against an admin")
    if user_id in await core.accounts.alive(tx, group.app, [user_id]):
        await store_members.mute(tx, group.app, group.group_id, [user_id], mute_end(core.now(), seconds))
        tx.emit(MembersMuted(scene=scene(group, operator), user_ids=[user_id], seconds=seconds))
