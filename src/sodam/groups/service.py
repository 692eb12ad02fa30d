"""Groups as the edges see them: making, editing, dissolving, and reading them. Members stand in members.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus, Live
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.groups import (
    custom,
    making,
    store,
    store_applications,
    store_bans,
    store_members,
    store_permissions,
    store_reading,
    store_receipts,
    store_rooms,
)
from sodam.groups.applications import Applications
from sodam.groups.attributes import Attributes
from sodam.groups.audience import Audience
from sodam.groups.bans import Bans
from sodam.groups.broadcasts import Broadcasts
from sodam.groups.changes import GroupChanges
from sodam.groups.core import NOBODY, Core, Guard, Operator, hold_group, not_found, scene
from sodam.groups.counters import Counters
from sodam.groups.days import Days
from sodam.groups.events import GroupCreated, GroupInfoChanged, GroupNamed, MembersLeft, OwnerChanged
from sodam.groups.guests import Guests
from sodam.groups.histories import Histories
from sodam.groups.listing import Listing
from sodam.groups.members import Members
from sodam.groups.model import (
    Changes,
    Group,
    Wanted,
    check_custom_id,
    check_group_id,
    is_topic,
)
from sodam.groups.notices import GroupNotices
from sodam.groups.permissions import Permissions
from sodam.groups.pins import Pins
from sodam.groups.receipts import Receipts
from sodam.groups.rooms import Rooms
from sodam.groups.sending import Sender
from sodam.groups.tips import Tips
from sodam.groups.topics import Topics
from sodam.groups.types import TYPES, Operation, Role, check
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database, Tx
from sodam.storage.events import Events


class GroupService:
    """Raises the events of events.py inside its transactions.

    Rows are locked in one order: accounts, the app's quota of groups, groups by their IDs, users' counts by UserID.
    """

    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        accounts: AccountService,
        outbox: Outbox,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._core = Core(db, bus, live, accounts, clock)
        self._joined = store.joiner(db)
        self.feed = self._core.feed
        """What is appended, on its way to devices."""
        self.members = Members(self._core)
        self.listing = Listing(self._core)
        self.applications = Applications(self._core)
        self.notices = GroupNotices(db, live, clock)
        self.attributes = Attributes(self._core)
        self.counters = Counters(self._core)
        self.bans = Bans(self._core)
        self.receipts = Receipts(self._core)
        self.pins = Pins(self._core)
        self.tips = Tips(self._core)
        self.rooms = Rooms(self._core, bus, self.tips)
        self.broadcasts = Broadcasts(self._core)
        self.guests = Guests(self._core, live)
        self.topics = Topics(self._core, self.tips)
        self.permissions = Permissions(self._core)
        self.sending = Sender(self._core, outbox)
        self.histories = Histories(self._core)
        self.audience = Audience(self._core)
        self.changes = GroupChanges(self._core)
        self.changes.screens = self.sending.screens
        self.keepers = self._core.messages.keepers

    def follow(self, events: Events) -> None:
        """Notify members and others of what happens to groups, in the transaction that does it."""
        Days(self._core).follow(events)
        self.tips.follow(events)
        self.notices.follow(events)

    def start(self, loops: Loops) -> None:
        self.feed.start(loops)
        self.rooms.start(loops)

    async def stop(self) -> None:
        await self.sending.drain()
        await self.rooms.stop()
        await self.feed.stop()

    async def create(self, app: App, operator: Operator, wanted: Wanted, *, imported: bool = False) -> str:
        """Make a group with its first members; its ID. An import raises no event.

        Raises ApiError 10004, 10007 (members of a live room, admins where there are none), 10015 and 10021 or 10025
        for the ID, 10019 for an unknown account, and for limits 10036, 10037, 10038, 10058.
        """
        kind = wanted.kind
        making.check_offered(app, wanted)
        if wanted.group_id:
            check_custom_id(wanted.group_id, kind, imported=imported)
        if imported:
            check(kind.name, Operation.IMPORT, Role.AppAdmin)
        if wanted.newcomers:
            check(kind.name, Operation.ADD, Role.AppAdmin)
        if any(n.role is Role.Admin for n in wanted.newcomers):
            check(kind.name, Operation.APPOINT, Role.AppAdmin)
        making.check_custom(app, operator, wanted)
        profile = wanted.changes.onto(making.blank(app, wanted), kind)
        newcomers = making.first_members(wanted)
        if kind.stores_members:
            making.check_size(app, kind, wanted.max_members, len(newcomers))
        ids = [n.user_id for n in newcomers] or ([wanted.owner] if wanted.owner else [])
        await self._ask(app, operator, wanted, profile.name, imported=imported)
        await self._core.accounts.find_many(app.sdkappid, ids)  # an administrator's account is made by being asked for

        async def run(tx: Tx) -> str:
            now = self._core.now()
            alive = await self._core.accounts.alive(tx, app.sdkappid, ids)
            for user_id in ids:
                if user_id not in alive:
                    raise ApiError(Code.GROUP_ACCOUNT_NOT_FOUND, f"{user_id[:40]!r} does not exist")
            await making.check_quota(tx, app, kind.name)
            group = Group(
                app=app.sdkappid,
                group_id=wanted.group_id,
                type=kind.name,
                owner=wanted.owner,
                created_at=wanted.created_at or now,
                info_at=wanted.created_at or now,
                max_members=making.most_members(app, wanted) if kind.stores_members else 0,
                active=int(kind.starts_active or imported),
                profile=profile,
            )
            await making.insert(tx, group)
            outcome = await self._core.admit(tx, app, group, newcomers, group.created_at)
            for user_id, code in outcome.items():
                if code is not Code.OK:
                    raise ApiError(code, f"{user_id[:40]!r}: {code.meaning}")
            await store.save(tx, group)
            tx.emit(making.named(group))
            if not imported:
                if kind.stores_members:
                    self._core.publish_full(tx, group, operator, outcome)
                tx.emit(
                    GroupCreated(
                        scene=scene(group, operator),
                        owner=group.owner,
                        user_ids=[n.user_id for n in newcomers],
                        custom=profile.custom,
                    )
                )
            return group.group_id

        return await self._core.db.write(run)

    def guard(self, guard: Guard) -> None:
        """Have new groups and members pass this first."""
        self._core.guard = guard

    async def _ask(self, app: App, operator: Operator, wanted: Wanted, name: str, *, imported: bool) -> None:
        guard = self._core.guard
        if guard is None or imported or not guard.wanted(app, "Group.CallbackBeforeCreateGroup"):
            return
        owned = await store.load(
            self._core.db, app.sdkappid, await store.owned(self._core.db, app.sdkappid, wanted.owner)
        )
        created = sum(1 for group in owned.values() if group.type == wanted.kind.name) if wanted.owner else 0
        await guard.creating(app, operator, wanted, name, created)

    async def edit(
        self, app: App, operator: Operator, group_id: str, changes: Changes, max_members: int | None = None
    ) -> None:
        """Write profile fields. Raises ApiError 10004, 10007, 10010, 10015."""
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            kind = TYPES[group.type]
            power = await self._core.standing(tx, group, operator)
            if changes.edits or max_members is not None or changes.custom is None:
                check(group.type, Operation.EDIT, *power)
            custom.check_group(app, group.type, power.role, changes.custom or {})
            if changes.configures or max_members is not None:
                check(group.type, Operation.CONFIGURE, *power)
            if changes.grants and group.profile.support_topic:
                check(group.type, Operation.MANAGE_GRANTS, *power)
            before = group.profile
            group.profile = changes.onto(before, kind)
            if max_members is not None and kind.stores_members:
                making.check_size(app, kind, max_members, 0)
                group.max_members = max_members
            group.info_seq += 1
            group.info_at = self._core.now()
            await store.save(tx, group)
            old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(group.profile)
            tx.emit(making.named(group))
            tx.emit(
                GroupInfoChanged(
                    scene=scene(group, operator),
                    fields={name: new[name] for name in new if new[name] != old[name] and name != "custom"},
                    custom={
                        name: value
                        for name, value in (changes.custom or {}).items()
                        if value != before.custom.get(name, "")
                    },
                )
            )

        await self._core.db.write(run)

    async def destroy(self, app: App, operator: Operator, group_id: str) -> None:
        """Dissolve a group: nothing of it stays. Raises ApiError 10007, 10010, 10015."""
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.DISSOLVE, *await self._core.standing(tx, group, operator))
            members = await store_members.ids(tx, app.sdkappid, group_id)
            behind = await store_reading.behind(tx, app.sdkappid, group_id, group.next_seq - 1)
            self._core.tell_unread(tx, group, behind)
            await self._core.dismiss(tx, group, operator, members)

        await self._core.db.write(run)

    async def change_owner(self, app: App, operator: Operator, group_id: str, new_owner: str) -> None:
        """Make a member the owner; the old one becomes a plain member. Raises ApiError 10007, 10010, 10015."""
        check_group_id(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            check(group.type, Operation.TRANSFER, *await self._core.standing(tx, group, operator))
            found = await store_members.load(tx, app.sdkappid, group_id, [u for u in (group.owner, new_owner) if u])
            if new_owner not in found:
                raise ApiError(Code.GROUP_NOT_PERMITTED, f"{new_owner[:40]!r} is not a member")
            if group.owner == new_owner:
                return
            old = group.owner
            if old in found:
                found[old].role = Role.Member
            found[new_owner].role = Role.Owner
            await store_members.save(tx, group, found.values())
            group.owner = new_owner
            group.info_seq += 1
            group.info_at = self._core.now()
            await store.save(tx, group)
            tx.emit(
                OwnerChanged(
                    scene=scene(group, operator),
                    old=old,
                    new=new_owner,
                )
            )

        await self._core.db.write(run)

    async def get(self, app: int, group_id: str) -> Group:
        """Raises ApiError 10010, 10015."""
        check_group_id(group_id)
        group = (await store.load(self._core.db, app, [group_id])).get(group_id)
        if group is None or group.parent:
            raise not_found(group_id)
        return group

    async def get_many(self, app: int, group_ids: Sequence[str]) -> dict[str, Group]:
        """Those that exist."""
        return await store.load(self._core.db, app, [g for g in group_ids if "\0" not in g and not is_topic(g)])

    async def page(self, app: int, type_name: str, after: int, limit: int) -> tuple[int, list[str], int]:
        """How many groups of a type ('': all) there are, IDs of those after a place, and the next place; 0: the end."""
        found = await store.page(self._core.db, app, type_name, after, limit + 1)
        following = found[limit - 1][0] if len(found) > limit else 0
        total = await store.count(self._core.db, app, type_name)
        return total, [group_id for _, group_id in found[:limit]], following

    async def walk(self, tx: Tx, app: int, after: int, limit: int) -> list[tuple[int, GroupNamed]]:
        """Groups behind a number, in their order, which nobody changes until ``tx`` ends: for the search index."""
        return [(group.num, making.named(group)) for group in await store.walk(tx, app, after, limit)]

    def joined(self, app: int, user_id: str) -> Awaitable[list[tuple[str, str, int]]]:
        """ID, type and whether active, of the groups that a user is a member of, in the order of joining."""
        return self._joined(app, user_id)  # an awaitable: every sign-in asks

    async def erase(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        """Take deleted accounts out of their groups, in the deletion's transaction.

        A group that they owned has no owner then; one that they were the last member of is disbanded.
        """
        for event in events:
            groups: set[str] = set()
            for user_id in event.user_ids:
                groups.update(await store_members.groups_of(tx, event.app, user_id))
                groups.update(await store.owned(tx, event.app, user_id))
            gone = set(event.user_ids)
            for group in (await store.lock(tx, event.app, list(groups))).values():
                if group.owner in gone:
                    group.owner = ""
                members = await store_members.load(tx, event.app, group.group_id, event.user_ids)
                if not members:
                    await store.save(tx, group)
                    continue
                tx.emit(
                    MembersLeft(
                        scene=scene(group, NOBODY),
                        user_ids=list(members),
                        members=group.members - len(members),
                        reason="the account was deleted",
                        kicked=False,
                    )
                )
                await self._core.without(tx, group, list(members.values()), NOBODY)
            for user_id in event.user_ids:
                await store_members.erase_user(tx, event.app, user_id)
                await store_applications.erase_user(tx, event.app, user_id)
                await store_bans.erase_user(tx, event.app, user_id)
                await store_rooms.erase_user(tx, event.app, user_id)
                await store_receipts.erase_user(tx, event.app, user_id)
                await store_permissions.erase_user(tx, event.app, user_id)
