"""The rules of profiles: what may be written and read by whom, and who is notified of a change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from sodam.accounts.model import CUSTOM, IMAGE, NICK, Account, Profile, Updated
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Live, of_user
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.profiles.events import PortraitSet, profile_modified
from sodam.profiles.model import ALLOW_TYPE, STANDARD, Side, field_of
from sodam.storage import Tx

log = structlog.get_logger(__name__)
FriendsOf = Callable[[int, str], Awaitable[Collection[str]]]


async def nobody(app: int, user_id: str) -> Collection[str]:
    """No friends: what is assumed until the relations are wired."""
    return ()


class ProfileService:
    def __init__(
        self,
        accounts: AccountService,
        live: Live,
        *,
        friends_of: FriendsOf = nobody,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._accounts = accounts
        self._live = live
        self._clock = clock
        self.friends_of = friends_of
        """Who besides the owner hears of a change."""

    async def set(
        self,
        app: App,
        user_id: str,
        items: Sequence[tuple[str, object]],
        *,
        side: Side,
        operator: str,
        platform: str = "RESTAPI",
        client_ip: str = "",
        instid: int = 0,
    ) -> None:
        """Write fields, all or none (rest-accounts-relations.md 5.3). A tag given twice takes its last value.

        ``instid`` is the device that asked and need not be notified. Raises ApiError 40003 unknown account, 40008 no
        permission, 40009 no such field, 40601, 40605 and 40610 for values that the field does not take.
        """
        changes = checked(app, items, side)

        async def within(tx: Tx, account: Account, different: Profile) -> None:
            tx.emit(
                PortraitSet(
                    app=app.sdkappid,
                    operator=operator,
                    user_id=user_id,
                    changes=different,
                    at=int(self._clock() * 1000),
                    platform=platform,
                    client_ip=client_ip,
                )
            )

        if await self._accounts.find(app.sdkappid, user_id) is None:  # makes an administrator's account
            raise ApiError(Code.PROFILE_ACCOUNT_NOT_FOUND)
        updated = await self._accounts.update_profile(app.sdkappid, user_id, changes, within)
        if updated is None:
            raise ApiError(Code.PROFILE_ACCOUNT_NOT_FOUND)
        await self.announce(app, updated, exclude=instid)

    async def announce(self, app: App, updated: Updated, *, exclude: int = 0) -> None:
        """Tell the user's devices, but ``exclude``, and the friends' what they may read of a change.

        A hint: when it is lost, devices see the new values when they read the profile next.
        """
        changes = {tag: value for tag, value in updated.changes.items() if field_of(app, tag).readable("app")}
        if not changes:
            return
        user_id = updated.account.user_id
        notice = profile_modified(user_id, changes)
        self._live.send(of_user(app.sdkappid, user_id), notice, exclude=exclude)
        try:
            friends = await self.friends_of(app.sdkappid, user_id)
        except Exception as error:
            log.warning("friends were not notified of a profile change", error=repr(error))
            return
        for friend in friends:
            self._live.send(of_user(app.sdkappid, friend), notice)

    async def get(
        self, app: App, user_ids: Sequence[str], tags: Sequence[str], side: Side
    ) -> list[tuple[str, Profile | None]]:
        """Fields of users by the tags asked for, unset ones left out; None for an unknown account.

        Raises ApiError 40009 no such field, 40007 no permission to read it (rest-accounts-relations.md 5.4).
        """
        stored = {}
        for tag in tags:
            field = field_of(app, tag)
            if not field.readable(side):
                raise ApiError(Code.PROFILE_NO_READ_PERMISSION, f"{tag} may not be read here")
            stored[tag] = field.tag
        accounts = await self._accounts.find_many(app.sdkappid, user_ids)
        return [
            (
                user_id,
                {tag: account.profile[name] for tag, name in stored.items() if name in account.profile}
                if (account := accounts.get(user_id))
                else None,
            )
            for user_id in user_ids
        ]

    def visible(self, app: App, account: Account, side: Side) -> Profile:
        """Every field that is set and may be read."""
        declared = {
            CUSTOM + f.name for f in app.settings.user_fields if (f.app_read if side == "app" else f.admin_read)
        }
        return {tag: value for tag, value in account.profile.items() if tag in STANDARD or tag in declared}


def checked(app: App, items: Sequence[tuple[str, object]], side: Side) -> Profile:
    """The changes that ``items`` ask for, if they are all allowed; see ``ProfileService.set``."""
    changes: Profile = {}
    for tag, value in items:
        field = field_of(app, tag)
        if not field.writable(side):
            raise ApiError(Code.PROFILE_NO_WRITE_PERMISSION, f"{tag} may not be written here")
        changes[field.tag] = field.check(value)
    return changes


def of_import(nick: str | None, image: str | None) -> Profile:
    """The fields that an account import may set. Empty texts mean not given, as public SDKs send them.

    Raises ApiError 40601 for one longer than 500 bytes.
    """
    given = ((NICK, nick), (IMAGE, image))
    return {tag: STANDARD[tag].check(value) for tag, value in given if value}


def allow_type(app: App, account: Account) -> str:
    """How the user may be added as a friend: the own setting, or the app's default."""
    return str(account.profile.get(ALLOW_TYPE, app.settings.default_allow_type))
