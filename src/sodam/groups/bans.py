"""Bans: who is taken out of a group and may not come back for a while (rest-groups.md 2.21 to 2.23)."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.accounts.model import mute_end
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store_bans, store_members
from sodam.groups.core import Core, Operator, hold_group, scene
from sodam.groups.events import Banned, MembersLeft
from sodam.groups.model import Group, check_group_id
from sodam.groups.types import TYPES, Operation, check
from sodam.storage import Tx


class Bans:
    """Raises ApiError 10007, 10010 and 10015 throughout."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def ban(
        self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str], seconds: int, reason: str
    ) -> None:
        """Ban accounts for some seconds from now, members or not; those that do not exist are passed over.

        Raises ApiError 10004 for the owner.
        """
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            alive = sorted(await self._core.accounts.alive(tx, app.sdkappid, user_ids))
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.BAN, *await self._core.standing(tx, group, operator))
            if group.owner in user_ids:
                raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner cannot be banned")
            if not alive:
                return
            await store_bans.put(tx, app.sdkappid, group_id, alive, mute_end(self._core.now(), seconds), reason)
            if not TYPES[group.type].stores_members:
                self._ban_from_room(tx, app, operator, group, alive, seconds, reason)
                return
            members = await store_members.load(tx, app.sdkappid, group_id, alive)
            if not members:
                return
            tx.emit(
                MembersLeft(
                    scene=scene(group, operator),
                    user_ids=list(members),
                    members=group.members - len(members),
                    reason=reason,
                )
            )
            await self._core.without(tx, group, list(members.values()), operator)

        await self._core.db.write(run)

    def _ban_from_room(
        self, tx: Tx, app: App, operator: Operator, group: Group, user_ids: list[str], seconds: int, reason: str
    ) -> None:
        """Raises ApiError 10007 unless the app has bans of rooms."""
        if not app.settings.room_ban:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "bans of live rooms are switched off for this app")
        tx.emit(
            Banned(
                scene=scene(group, operator),
                user_ids=user_ids,
                seconds=seconds,
                reason=reason,
            )
        )
        tx.after_commit(lambda: self._core.put_out(group, user_ids))

    async def unban(self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str]) -> None:
        """End bans; who is not banned is passed over. Nobody becomes a member again by it."""
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.BAN, *await self._core.standing(tx, group, operator))
            await store_bans.remove(tx, app.sdkappid, group_id, [u for u in user_ids if "\0" not in u])

        await self._core.db.write(run)

    async def page(self, group: Group, offset: int, limit: int) -> tuple[list[store_bans.Ban], int]:
        """Who is banned, until which second and why, in the order of the ends, and where to go on; 0: the end."""
        db, now = self._core.db, self._core.now()
        found = await store_bans.page(db, group.app, group.group_id, now, offset, limit + 1)
        return found[:limit], offset + limit if len(found) > limit else 0
