"""Members: adding, removing, editing, muting and reading them (rest-groups.md 2.4, 2.5, 2.7 to 2.9, 2.12 to 2.15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sodam.accounts.model import mute_end
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import custom, store, store_members
from sodam.groups.applications import ask
from sodam.groups.core import Core, Operator, hold_group, hold_place, not_found, scene
from sodam.groups.events import MembersJoined, MembersLeft, MembersMuted, MsgFlagChanged, NameCardChanged, RoleChanged
from sodam.groups.model import MAX_NAME_CARD, Group, Member, MemberChanges, Newcomer, check_group_id, check_place
from sodam.groups.room_staff import mute_visitor
from sodam.groups.types import TYPES, Operation, Power, Role, check, may
from sodam.storage import Tx

FAILED, ADDED, ALREADY, WAITING, OVER_LIMIT = range(5)
"""What became of an invitation, as clients read it; REST answers the first three."""


_STORED = (Role.Member, Role.Admin, Role.Owner)


class Members:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(
        self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str], *, silent: bool = False
    ) -> list[int]:
        """Make users members without their consent. For each, in order: 0 failed, 1 added, 2 is a member already.

        A member's invitation follows the group's option: 3 an owner or admin has to approve it, 4 the user is in as
        many groups as may be. Raises ApiError 10007, 10010, 10015; and when all failed, the reason of the first: 10019
        unknown, 10037 is in as many groups as may be, 10014 the group is full, 10006 too many invitations wait,
        10016 the app's callback refused.
        """
        results = await self.added(app, operator, group_id, user_ids, silent=silent)
        reasons = [reason for _, reason in results if reason is not Code.OK]
        if reasons and not any(result for result, _ in results):
            raise ApiError(reasons[0])
        return [result for result, _ in results]

    async def added(
        self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str], *, silent: bool = False
    ) -> list[tuple[int, Code]]:
        """As ``add``, with the reason beside each result: 0 where there is none. That all failed raises nothing."""
        refused = await self._ask(app, operator, group_id, user_ids)
        newcomers = [Newcomer(user_id) for user_id in user_ids if user_id not in refused]
        results, reasons = await self._admit(app, group_id, newcomers, Operation.ADD, operator, silent=silent)
        why = iter(reasons)
        told = iter([(r, next(why) if r in (FAILED, OVER_LIMIT) else Code.OK) for r in results])
        return [(FAILED, Code.GROUP_CALLBACK_REFUSED) if user_id in refused else next(told) for user_id in user_ids]

    async def _ask(self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str]) -> frozenset[str]:
        """Whom the app's callback refuses. Raises ApiError 10016, or the app's own code, when it refuses all."""
        guard = self._core.guard
        if guard is None or not guard.wanted(app, "Group.CallbackBeforeInviteJoinGroup"):
            return frozenset()
        check_group_id(group_id)
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        check(group.type, Operation.ADD, Role.AppAdmin)
        return await guard.inviting(app, operator, group_id, group.type, user_ids)

    async def slice(self, app: int, group_id: str, offset: int, limit: int) -> list[Member]:
        """Members in the order of joining, for the search; of a group that the caller knows."""
        return await store_members.page(self._core.db, app, group_id, _STORED, offset, limit)

    async def import_(self, app: App, group_id: str, newcomers: Sequence[Newcomer]) -> list[int]:
        """As ``add``, with roles, times and unread numbers, and without an event; who cannot be added gets 0.

        So does a time of joining that is not after the group's creation and before now. Raises ApiError 10007, 10010,
        10015.
        """
        results, _ = await self._admit(app, group_id, newcomers, Operation.IMPORT, None)
        return results

    async def _admit(
        self,
        app: App,
        group_id: str,
        newcomers: Sequence[Newcomer],
        operation: Operation,
        operator: Operator | None,
        *,
        silent: bool = False,
    ) -> tuple[list[int], list[Code]]:
        """Results in order and the reasons of the failed ones. ``operator`` None: no event."""
        check_group_id(group_id)
        wanted = {n.user_id: n for n in reversed(newcomers)}
        await self._core.accounts.find_many(app.sdkappid, wanted)

        async def run(tx: Tx) -> tuple[list[int], list[Code]]:
            now = self._core.now()
            alive = await self._core.accounts.alive(tx, app.sdkappid, wanted)
            group = await hold_group(tx, app.sdkappid, group_id)
            waits = operator is not None and await self._must_wait(tx, group, operator)
            if operator is None or operator.admin:
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
            waiting: list[str] = []
            if fresh and waits and operator is not None:
                waiting = await ask(tx, self._core, group, operator, list(fresh))
                reasons |= dict.fromkeys(fresh.keys() - set(waiting), Code.GROUP_TOO_FREQUENT)
            elif fresh:
                outcome = await self._core.admit(tx, app, group, list(fresh.values()), now)
                reasons |= {user_id: code for user_id, code in outcome.items() if code is not Code.OK}
                if operator is not None:
                    self._core.publish_full(tx, group, operator, outcome)
                await store.save(tx, group)
            joined = [user_id for user_id in fresh if user_id not in reasons and user_id not in waiting]
            if joined and operator is not None:
                tx.emit(
                    MembersJoined(
                        scene=scene(group, operator),
                        user_ids=joined,
                        members=group.members,
                        silent=silent,
                    )
                )
            outcomes = dict.fromkeys(fresh, ADDED) | dict.fromkeys(present, ALREADY) | dict.fromkeys(waiting, WAITING)
            by_member = operator is not None and not operator.admin
            for user_id, code in reasons.items():
                outcomes[user_id] = OVER_LIMIT if by_member and code is Code.GROUP_JOINED_QUOTA else FAILED
            results = [outcomes[n.user_id] for n in newcomers]
            return results, [reasons[n.user_id] for n in newcomers if n.user_id in reasons]

        return await self._core.db.write(run)

    async def _must_wait(self, tx: Tx, group: Group, operator: Operator) -> bool:
        """Whether an invitation has to be approved. Raises ApiError 10007 for one that may not be."""
        if operator.admin:
            return False
        power = await self._core.standing(tx, group, operator)
        check(group.type, Operation.INVITE, *power)
        option = group.profile.invite_option
        if option == "DisableInvite":
            raise ApiError(Code.GROUP_NOT_PERMITTED, "nobody may be invited to this group")
        return option == "NeedPermission" and not may(group.type, Operation.DECIDE, *power)

    async def remove(
        self,
        app: App,
        operator: Operator,
        group_id: str,
        user_ids: Sequence[str],
        reason: str,
        *,
        silent: bool = False,
    ) -> None:
        """Remove members; who is none is passed over. The last one takes the group along.

        Raises ApiError 10004 for the owner and in a live room, 10007 for the role and for members whose role is no
        smaller, 10010, 10015.
        """
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            power = await self._core.standing(tx, group, operator)
            check(group.type, Operation.KICK, *power)
            if group.owner in user_ids:
                raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner cannot be removed")
            members = await store_members.load(tx, app.sdkappid, group_id, user_ids)
            if not members:
                return
            _check_above(power, members.values())
            tx.emit(
                MembersLeft(
                    scene=scene(group, operator),
                    user_ids=list(members),
                    members=group.members - len(members),
                    reason=reason,
                    silent=silent,
                )
            )
            await self._core.without(tx, group, list(members.values()), operator)

        await self._core.db.write(run)

    async def quit(self, app: App, operator: Operator, group_id: str) -> None:
        """Leave a group; the last member takes it along.

        Raises ApiError 10007 (not a member), 10009 (the owner, where the type does not allow it), 10010, 10015.
        """
        check_group_id(group_id)
        user_id = operator.user_id

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            member = (await store_members.load(tx, app.sdkappid, group_id, [user_id])).get(user_id)
            if member is None:
                raise not_member(user_id)
            if member.role is Role.Owner and not TYPES[group.type].owner_quits:
                raise ApiError(Code.GROUP_OWNER_CANNOT_QUIT)
            tx.emit(
                MembersLeft(
                    scene=scene(group, operator),
                    user_ids=[user_id],
                    members=group.members - 1,
                    reason="",
                    kicked=False,
                )
            )
            await self._core.without(tx, group, [member], operator)

        await self._core.db.write(run)

    async def edit(self, app: App, operator: Operator, group_id: str, user_id: str, wanted: MemberChanges) -> None:
        """Write fields of one member.

        One's own message option and name card anybody may write, the option of others an administrator of the app
        alone. Raises ApiError 10004 (the owner's role; a name card of more than 50 bytes), 10007 (the type has no
        admins or mutes; the role does not allow it; not a member), 10010, 10015.
        """
        check_place(group_id)
        card = wanted.name_card
        if card is not None and (len(card.encode()) > MAX_NAME_CARD or "\0" in card):
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"a name card has at most {MAX_NAME_CARD} bytes")

        async def run(tx: Tx) -> None:
            group = await hold_place(tx, app.sdkappid, group_id)
            power = await self._core.standing(tx, group, operator)
            if not TYPES[group.type].stores_members:
                await mute_visitor(self._core, tx, group, operator, power.role, user_id, wanted.mute_seconds)
                return
            check(group.type, Operation.READ_MEMBERS, *power)
            if group.parent and (wanted.role is not None or card is not None):
                raise ApiError(Code.GROUP_BAD_PARAMETER, "roles and name cards are the community's")
            if wanted.role is not None:
                check(group.type, Operation.APPOINT, *power)
            if wanted.mute_seconds is not None:
                check(group.type, Operation.MUTE, *power)
            member = (await self._core.members(tx, group, [user_id])).get(user_id)
            if member is None:
                raise not_member(user_id)
            own = operator.user_id == user_id
            if wanted.msg_flag is not None and not (own or operator.admin):
                raise ApiError(Code.GROUP_NOT_PERMITTED, "the message option of others is theirs to set")
            if card is not None and not own:
                check(group.type, Operation.EDIT_MEMBER, *power)
                _check_above(power, [member])
            if wanted.mute_seconds is not None:
                _check_above(power, [member])
            custom.check_member(app, group.type, power.role, wanted.custom or {}, own=own)
            await self._write(tx, group, operator, member, wanted)

        await self._core.db.write(run)

    async def _write(self, tx: Tx, group: Group, operator: Operator, member: Member, wanted: MemberChanges) -> None:
        here = scene(group, operator)
        if wanted.role is not None:
            if member.role is Role.Owner:
                raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner's role is changed with change_group_owner")
            if member.role is not wanted.role:
                tx.emit(RoleChanged(scene=here, user_id=member.user_id, admin=wanted.role is Role.Admin))
            member.role = wanted.role
        if wanted.msg_flag is not None and wanted.msg_flag != member.msg_flag:
            tx.emit(MsgFlagChanged(scene=here, user_id=member.user_id, msg_flag=wanted.msg_flag))
        member.msg_flag = wanted.msg_flag or member.msg_flag
        if wanted.name_card is not None and wanted.name_card != member.name_card:
            tx.emit(NameCardChanged(scene=here, user_id=member.user_id, name_card=wanted.name_card))
            member.name_card = wanted.name_card
        member.custom = custom.merged(member.custom, wanted.custom or {})
        await store_members.save(tx, group, [member])
        if wanted.mute_seconds is not None:
            until = self._until(wanted.mute_seconds)
            await store_members.mute(tx, group.app, group.group_id, [member.user_id], until)
            tx.emit(MembersMuted(scene=here, user_ids=[member.user_id], seconds=wanted.mute_seconds))

    async def mute(self, app: App, operator: Operator, group_id: str, user_ids: Sequence[str], seconds: int) -> None:
        """Mute users for some seconds, members or not; 0 ends it, 4294967295 never ends.

        A mute outlasts leaving and coming back. Accounts that do not exist are passed over. Raises ApiError 10007,
        10010, 10015.
        """
        check_place(group_id)

        async def run(tx: Tx) -> None:
            alive = sorted(await self._core.accounts.alive(tx, app.sdkappid, user_ids))
            group = await hold_place(tx, app.sdkappid, group_id)
            power = await self._core.standing(tx, group, operator)
            check(group.type, Operation.MUTE, *power)
            if not alive:
                return
            members = await store_members.load(tx, app.sdkappid, group.home, alive)
            _check_above(power, members.values())
            await store_members.mute(tx, app.sdkappid, group_id, alive, self._until(seconds))
            concerned = sorted(members) if TYPES[group.type].stores_members else alive
            if concerned:
                tx.emit(MembersMuted(scene=scene(group, operator), user_ids=concerned, seconds=seconds))

        await self._core.db.write(run)

    async def check_reader(self, group: Group, user_id: str) -> None:
        """Raises ApiError 10007 unless the user is a member, or in the live room."""
        if self._core.seats.here((group.app, group.group_id), user_id):
            return
        if user_id not in await store_members.load(self._core.db, group.app, group.group_id, [user_id]):
            raise not_member(user_id)

    async def among(self, app: int, group_id: str, user_ids: Iterable[str]) -> set[str]:
        """Those of the users that are members of a group, which may be gone."""
        return set(await store_members.load(self._core.db, app, group_id, user_ids))

    async def role_of(self, group: Group, user_id: str) -> int:
        """The user's role in a group, 0 for none."""
        found = await store_members.load(self._core.db, group.app, group.group_id, [user_id])
        return found[user_id].role if user_id in found else custom.STRANGER

    async def muted(self, group: Group, place: str = "") -> list[tuple[str, int]]:
        """Who is muted in the group or (``place``) one of its topics, and until which second, in the order of UserIDs.

        Raises ApiError 10007, and 10010 for a topic that is not there.
        """
        check(group.type, Operation.MUTE, Role.AppAdmin)
        if place and place != group.group_id and place not in await store.load(self._core.db, group.app, [place]):
            raise not_found(place)
        return await store_members.muted(self._core.db, group.app, place or group.group_id, self._core.now())

    async def mutes(self, group: Group) -> dict[str, int]:
        """As ``muted``, for any type."""
        return dict(await store_members.muted(self._core.db, group.app, group.group_id, self._core.now()))

    async def page(self, group: Group, roles: Sequence[Role], offset: int, limit: int) -> list[Member]:
        """Members with one of these roles, in the order of joining. Raises ApiError 10007."""
        check(group.type, Operation.READ_MEMBERS, Role.AppAdmin)
        return await store_members.page(self._core.db, group.app, group.group_id, roles, offset, limit)

    async def after(self, group: Group, roles: Sequence[Role], pos: int, limit: int) -> list[Member]:
        """As ``page``, from behind a member's place in the order of joining."""
        return await store_members.after(self._core.db, group.app, group.group_id, roles, pos, limit)

    async def mutes_of(self, group: Group, user_ids: Sequence[str]) -> dict[str, int]:
        """Which of these users are muted, and until when."""
        return await store_members.mutes_of(self._core.db, group.app, group.group_id, user_ids, self._core.now())

    async def ids(self, group: Group) -> list[str]:
        """All members, in the order of joining."""
        return await store_members.ids(self._core.db, group.app, group.group_id)

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


def not_member(user_id: str) -> ApiError:
    return ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not a member")


def _check_above(power: Power, members: Iterable[Member]) -> None:
    """Raises ApiError 10007 unless all of these have smaller roles; by a permission group, none is the owner."""
    rank = power.role if power.rights is None else max(power.role, Role.Owner)
    if any(member.role >= rank for member in members):
        raise ApiError(Code.GROUP_NOT_PERMITTED, "the role does not allow it against these members")
