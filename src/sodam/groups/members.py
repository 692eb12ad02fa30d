"""Members: adding, removing, editing, muting and reading them (rest-groups.md 2.4, 2.5, 2.7 to 2.9, 2.12 to 2.15)."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.accounts.model import mute_end
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_members
from sodam.groups.core import Core, hold_group
from sodam.groups.events import MembersJoined, MembersLeft
from sodam.groups.model import MAX_NAME_CARD, Group, Member, MsgFlag, Newcomer, check_group_id
from sodam.groups.types import Operation, Role, check
from sodam.storage import Tx

FAILED, ADDED, ALREADY = 0, 1, 2


class Members:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(self, app: App, operator: str, group_id: str, user_ids: Sequence[str]) -> list[int]:
        """Make users members without their consent. For each, in order: 0 failed, 1 added, 2 is a member already.

        Raises ApiError 10007, 10010, 10015; and when all failed, the reason of the first: 10019 unknown, 10037 is in
        as many groups as may be, 10014 the group is full.
        """
        newcomers = [Newcomer(user_id) for user_id in user_ids]
        results, reasons = await self._admit(app, group_id, newcomers, Operation.ADD, operator)
        if reasons and not any(results):
            raise ApiError(reasons[0])
        return results

    async def import_(self, app: App, group_id: str, newcomers: Sequence[Newcomer]) -> list[int]:
        """As ``add``, with roles, times and unread numbers, and without an event; who cannot be added gets 0.

        So does a time of joining that is not after the group's creation and before now. Raises ApiError 10007, 10010,
        10015.
        """
        results, _ = await self._admit(app, group_id, newcomers, Operation.IMPORT, None)
        return results

    async def _admit(
        self, app: App, group_id: str, newcomers: Sequence[Newcomer], operation: Operation, operator: str | None
    ) -> tuple[list[int], list[Code]]:
        """Results in order and the reasons of the failed ones. ``operator`` None: no event."""
        check_group_id(group_id)
        wanted = {n.user_id: n for n in reversed(newcomers)}
        await self._core.accounts.find_many(app.sdkappid, wanted)

        async def run(tx: Tx) -> tuple[list[int], list[Code]]:
            now = self._core.now()
            alive = await self._core.accounts.alive(tx, app.sdkappid, wanted)
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, operation, Role.AppAdmin)
            if any(n.role is Role.Admin for n in newcomers):
                check(group.type, Operation.APPOINT, Role.AppAdmin)
            present = await store_members.load(tx, app.sdkappid, group_id, alive) if alive else {}
            fresh: dict[str, Newcomer] = {}
            reasons: dict[str, Code] = {}
            for newcomer in newcomers:
                user_id = newcomer.user_id
                if user_id not in alive:
                    reasons[user_id] = Code.GROUP_ACCOUNT_NOT_FOUND
                elif wanted[user_id].joined_at and not group.created_at < wanted[user_id].joined_at <= now:
                    reasons[user_id] = Code.GROUP_BAD_PARAMETER
                elif user_id not in present:
                    fresh[user_id] = wanted[user_id]
            if fresh:
                outcome = await self._core.admit(tx, app, group, list(fresh.values()), now)
                reasons |= {user_id: code for user_id, code in outcome.items() if code is not Code.OK}
                await store.save(tx, group)
            joined = [user_id for user_id in fresh if user_id not in reasons]
            if joined and operator is not None:
                tx.emit(
                    MembersJoined(
                        app=app.sdkappid,
                        group_id=group_id,
                        group_type=group.type,
                        operator=operator,
                        user_ids=joined,
                    )
                )
            results = [
                FAILED if n.user_id in reasons else ALREADY if n.user_id in present else ADDED for n in newcomers
            ]
            return results, [reasons[n.user_id] for n in newcomers if n.user_id in reasons]

        return await self._core.db.write(run)

    async def remove(self, app: App, operator: str, group_id: str, user_ids: Sequence[str], reason: str) -> None:
        """Remove members; who is none is passed over. The last one takes the group along.

        Raises ApiError 10004 for the owner and in a live room, 10010, 10015.
        """
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.KICK, Role.AppAdmin)
            if group.owner in user_ids:
                raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner cannot be removed")
            members = await store_members.load(tx, app.sdkappid, group_id, user_ids)
            if not members:
                return
            tx.emit(
                MembersLeft(
                    app=app.sdkappid,
                    group_id=group_id,
                    group_type=group.type,
                    operator=operator,
                    user_ids=list(members),
                    reason=reason,
                )
            )
            await self._core.without(tx, group, list(members.values()), operator)

        await self._core.db.write(run)

    async def edit(
        self,
        app: App,
        group_id: str,
        user_id: str,
        *,
        role: Role | None = None,
        msg_flag: MsgFlag | None = None,
        name_card: str | None = None,
        mute_seconds: int | None = None,
    ) -> None:
        """Write fields of one member; None: as it is. A mute of 0 seconds ends it, one of 4294967295 never ends.

        Raises ApiError 10004 (the owner's role; a name card of more than 50 bytes), 10007 (the type has no admins or
        mutes; not a member), 10010, 10015.
        """
        check_group_id(group_id)
        if name_card is not None and (len(name_card.encode()) > MAX_NAME_CARD or "\0" in name_card):
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"a name card has at most {MAX_NAME_CARD} bytes")

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.READ_MEMBERS, Role.AppAdmin)
            if role is not None:
                check(group.type, Operation.APPOINT, Role.AppAdmin)
            if mute_seconds is not None:
                check(group.type, Operation.MUTE, Role.AppAdmin)
            found = await store_members.load(tx, app.sdkappid, group_id, [user_id])
            member = found.get(user_id)
            if member is None:
                raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not a member")
            if role is not None:
                if member.role is Role.Owner:
                    raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner's role is changed with change_group_owner")
                member.role = role
            member.msg_flag = msg_flag or member.msg_flag
            member.name_card = member.name_card if name_card is None else name_card
            await store_members.save(tx, group, [member])
            if mute_seconds is not None:
                await store_members.mute(tx, app.sdkappid, group_id, [user_id], self._until(mute_seconds))

        await self._core.db.write(run)

    async def mute(self, app: App, group_id: str, user_ids: Sequence[str], seconds: int) -> None:
        """Mute users for some seconds, members or not; 0 ends it, 4294967295 never ends.

        A mute outlasts leaving and coming back. Accounts that do not exist are passed over. Raises ApiError 10007,
        10010, 10015.
        """
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            alive = await self._core.accounts.alive(tx, app.sdkappid, user_ids)
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.MUTE, Role.AppAdmin)
            if alive:
                await store_members.mute(tx, app.sdkappid, group_id, sorted(alive), self._until(seconds))

        await self._core.db.write(run)

    async def muted(self, group: Group) -> list[tuple[str, int]]:
        """Who is muted, and until which second, in the order of UserIDs. Raises ApiError 10007."""
        check(group.type, Operation.MUTE, Role.AppAdmin)
        return await store_members.muted(self._core.db, group.app, group.group_id, self._core.now())

    async def mutes(self, group: Group) -> dict[str, int]:
        """As ``muted``, for any type."""
        return dict(await store_members.muted(self._core.db, group.app, group.group_id, self._core.now()))

    async def page(self, group: Group, roles: Sequence[Role], offset: int, limit: int) -> list[Member]:
        """Members with one of these roles, in the order of joining. Raises ApiError 10007."""
        check(group.type, Operation.READ_MEMBERS, Role.AppAdmin)
        return await store_members.page(self._core.db, group.app, group.group_id, roles, offset, limit)

    async def named(self, group: Group, user_ids: Sequence[str]) -> dict[str, Member]:
        """Those of the users that are members. Raises ApiError 10007."""
        check(group.type, Operation.READ_MEMBERS, Role.AppAdmin)
        return await store_members.load(self._core.db, group.app, group.group_id, user_ids)

    async def of_user(self, app: int, user_id: str, group_ids: Sequence[str]) -> dict[str, tuple[Member, int]]:
        """What a user is in each of these groups, and until when muted there; 0: not."""
        members = await store_members.of_user(self._core.db, app, user_id, group_ids)
        mutes = await store_members.muted_in(self._core.db, app, user_id, group_ids, self._core.now())
        return {group_id: (member, mutes.get(group_id, 0)) for group_id, member in members.items()}

    def _until(self, seconds: int) -> int:
        return mute_end(self._core.now(), seconds)
