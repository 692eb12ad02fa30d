"""Joining by oneself, and what owners and admins decide on (rest-groups.md 1.8)."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_applications, store_bans, store_members
from sodam.groups.core import Core, Operator, hold_group, not_found, scene
from sodam.groups.events import Asked, Decided, MembersJoined
from sodam.groups.model import Group, Newcomer, check_group_id
from sodam.groups.store_applications import Application
from sodam.groups.types import TYPES, Operation, Role, check
from sodam.storage import Tx

T = TypeVar("T")
MAX_WAITING: Final = 50
"""Applications and invitations of one user that may wait at a time, in all groups together."""
MAX_REMARK: Final = 300
"""Bytes of the text that goes with one, and with the decision."""
_LAST: Final = (1 << 63) - 1


class Applications:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def apply(self, app: App, operator: Operator, group_id: str, remark: str) -> bool:
        """Join, or apply where that needs permission; whether the user is a member now.

        An application that waits already gets the new text. Raises ApiError 10004 (the text is longer than 300
        bytes), 10006 (50 of the user wait already), 10007 (nobody may apply), 10010, 10013, 10014, 10015, 10019, 10037.
        """
        check_group_id(group_id)
        _check_remark(remark)
        await self._ask_app(app, operator, group_id)
        user_id = operator.user_id

        async def run(tx: Tx) -> bool:
            if user_id not in await self._core.accounts.alive(tx, app.sdkappid, [user_id]):
                raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND)
            group = await hold_group(tx, app.sdkappid, group_id)
            option = group.profile.apply_option
            if option == "DisableApply" or not TYPES[group.type].stores_members:
                raise ApiError(Code.GROUP_NOT_PERMITTED, "nobody may apply to join this group")
            if await store_members.load(tx, app.sdkappid, group_id, [user_id]):
                raise ApiError(Code.GROUP_ALREADY_MEMBER)
            if option == "FreeAccess":
                await self._join(tx, app, group, operator, user_id, invited=False)
                return True
            if await store_bans.of(tx, app.sdkappid, group_id, [user_id], self._core.now()):
                raise ApiError(Code.GROUP_NOT_PERMITTED, "the user is banned")
            if group.members >= group.max_members:
                raise ApiError(Code.GROUP_FULL)
            if not await ask(tx, self._core, group, operator, [""], remark):
                raise ApiError(Code.GROUP_TOO_FREQUENT, f"{MAX_WAITING} applications of the user wait already")
            return False

        return await self._tried(app, operator, group_id, run)

    async def _ask_app(self, app: App, operator: Operator, group_id: str) -> None:
        """Raises ApiError 10010, and 10016 or the app's own code when the app's callback refuses."""
        guard = self._core.guard
        if guard is None or not guard.wanted(app, "Group.CallbackBeforeApplyJoinGroup"):
            return
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        if group.profile.apply_option == "DisableApply" or not TYPES[group.type].stores_members:
            return  # it is refused in any case
        if operator.user_id in await store_members.load(self._core.db, app.sdkappid, group_id, [operator.user_id]):
            return
        await guard.applying(app, operator, group_id, group.type)

    async def _tried(self, app: App, operator: Operator, group_id: str, run: Callable[[Tx], Awaitable[T]]) -> T:
        try:
            return await self._core.db.write(run)
        except ApiError as error:
            await self._core.publish_refused(error, app, operator, group_id)
            raise

    async def decide(
        self,
        app: App,
        operator: Operator,
        group_id: str,
        applicant: str,
        invited: str,
        token: str,
        *,
        agree: bool,
        remark: str,
    ) -> None:
        """Accept or refuse an application (``invited`` is ''), or an invitation by ``applicant``.

        Raises ApiError 10004, 10007 (the role does not allow it), 10010, 10014, 10015, 10019, 10024 (nothing waits
        under this token any more), 10037.
        """
        check_group_id(group_id)
        _check_remark(remark)
        newcomer = invited or applicant

        async def run(tx: Tx) -> None:
            alive = await self._core.accounts.alive(tx, app.sdkappid, [newcomer])
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.DECIDE, *await self._core.standing(tx, group, operator))
            found = await store_applications.find(tx, app.sdkappid, group_id, applicant, invited)
            if found is None or found.token != token:
                raise ApiError(Code.GROUP_APPLICATION_HANDLED)
            if newcomer not in alive:
                raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND)
            await store_applications.remove(tx, app.sdkappid, found.num)
            if agree:
                by = Operator(applicant, admin=False, source=operator.source)
                await self._join(tx, app, group, by, newcomer, invited=bool(invited))
            tx.emit(
                Decided(
                    scene=scene(group, operator),
                    applicant=applicant,
                    invited=invited,
                    agreed=agree,
                    remark=remark,
                )
            )

        await self._tried(app, operator, group_id, run)

    async def page(self, app: int, user_id: str, before: int, limit: int) -> tuple[list[tuple[Application, str]], int]:
        """What a user may decide on, newest first, with the names of the groups, and where to go on; 0: the end."""
        found = await store_applications.page(self._core.db, app, user_id, before or _LAST, limit + 1)
        page = [(entry, type_) for entry, type_ in found[:limit]]
        groups = await store.load(self._core.db, app, [entry.group_id for entry, _ in page])
        named = [(entry, groups[entry.group_id].profile.name) for entry, _ in page if entry.group_id in groups]
        return named, page[-1][0].num if len(found) > limit else 0

    async def _join(self, tx: Tx, app: App, group: Group, operator: Operator, user_id: str, *, invited: bool) -> None:
        outcome = await self._core.admit(tx, app, group, [Newcomer(user_id)], self._core.now())
        if code := outcome[user_id]:
            raise ApiError(code)
        self._core.publish_full(tx, group, operator, outcome)
        await store.save(tx, group)
        tx.emit(
            MembersJoined(
                scene=scene(group, operator),
                user_ids=[user_id],
                members=group.members,
                invited=invited,
            )
        )


async def ask(
    tx: Tx, core: Core, group: Group, operator: Operator, invited: Sequence[str], remark: str = ""
) -> list[str]:
    """Have those who may decide on an application ([""]) or on invitations; the ones that had room to wait."""
    await store_members.count_joined(tx, group.app, [operator.user_id], 0)  # holds the user's row
    room = MAX_WAITING - await store_applications.waiting(tx, group.app, operator.user_id)
    deciders = await store_applications.deciders(
        tx, group.app, group.group_id, TYPES[group.type].least.get(Operation.DECIDE, Role.Owner)
    )
    asked = []
    for user_id in invited:
        if await store_applications.find(tx, group.app, group.group_id, operator.user_id, user_id) is None:
            if room <= 0:
                continue
            room -= 1
        now = core.now()
        wanted = Application(0, group.group_id, operator.user_id, user_id, now, remark, secrets.token_urlsafe(18))
        token = await store_applications.put(tx, group.app, wanted)
        asked.append(user_id)
        tx.emit(
            Asked(
                scene=scene(group, operator),
                invited=user_id,
                deciders=deciders,
                remark=remark,
                at=now,
                token=token,
            )
        )
    return asked


def _check_remark(remark: str) -> None:
    if len(remark.encode()) > MAX_REMARK or "\0" in remark:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"the text has at most {MAX_REMARK} bytes")
