"""What all parts of the package share: database, accounts, clock, and the steps that several changes take."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus, Live, of_user
from sodam.errors import ApiError, Code
from sodam.groups import (
    pushes,
    store,
    store_applications,
    store_bans,
    store_members,
    store_permissions,
    store_reading,
    store_rooms,
    store_topics,
)
from sodam.groups.events import GroupDestroyed, GroupFull, Scene
from sodam.groups.feed import Feed
from sodam.groups.messages import Messages
from sodam.groups.model import Group, Member, Newcomer, Wanted
from sodam.groups.seats import Seats
from sodam.groups.types import TYPES, Power, Right, Role
from sodam.messages.events import ConversationErased, UnreadChanged
from sodam.messages.model import GROUP, Source
from sodam.notices import Kind, Notice, Place
from sodam.storage import Database, Tx

MAX_GROUPS: Final = {"Trial": 100}
"""Groups that an app of a plan may have, of all types together; plans that are absent have no limit."""
MAX_COMMUNITIES: Final = 100_000
"""Communities of an app. No code of the original is known for one more: it is refused as one live room too many."""


class Operator(NamedTuple):
    """Who acts."""

    user_id: str
    admin: bool
    """By REST, with the rights of an administrator of the app; else with those of a role in the group."""
    instid: int = 0
    """The client that asked: its answer is enough for it."""
    source: Source | None = None
    """Whence it asked, for webhooks; None: nobody asked, or the client by ``instid`` did."""


NOBODY: Final = Operator("", admin=True)
"""The server itself."""


def scene(group: Group, operator: Operator) -> Scene:
    """What all events of a group say."""
    return Scene(
        group.app, group.group_id, group.type, group.profile.name, operator.user_id, operator.instid, operator.source
    )


class Guard(Protocol):
    """Is asked before groups are made and members added."""

    def wanted(self, app: App, command: str) -> bool: ...

    async def creating(self, app: App, operator: Operator, wanted: Wanted, name: str, created: int) -> None: ...

    async def creating_topic(self, app: App, operator: Operator, group_id: str, group_type: str, name: str) -> None: ...

    async def applying(self, app: App, operator: Operator, group_id: str, group_type: str) -> None: ...

    async def inviting(
        self, app: App, operator: Operator, group_id: str, group_type: str, user_ids: Sequence[str]
    ) -> frozenset[str]: ...


class Core:
    def __init__(
        self, db: Database, bus: Bus, live: Live, accounts: AccountService, clock: Callable[[], float]
    ) -> None:
        self.guard: Guard | None = None
        self.db = db
        self.live = live
        self.accounts = accounts
        self.clock = clock
        self.messages = Messages(db, accounts, clock)
        self.feed = self.messages.feed = Feed(db, bus, live, self.messages.names)
        self.seats = Seats()
        """Who is in live rooms, of this node's sessions."""

    def now(self) -> int:
        return int(self.clock())

    def person(self, app: int, user_id: str) -> dict[str, Any]:
        """Who a tip is about, with the nick and avatar at hand."""
        account = self.accounts.peek(app, user_id)
        nick, image = (account.nick, account.image) if account else ("", "")
        return {"UserId": user_id, "NickName": nick, "ImageUrl": image}

    async def standing(self, tx: Tx, group: Group, operator: Operator, topic_id: str = "") -> Power:
        """What somebody may in a group that ``tx`` holds (``topic_id``: in this topic of it). Raises ApiError 10007 for
        who is no member."""
        if operator.admin:
            return Power(Role.AppAdmin)
        user_id = operator.user_id
        if not TYPES[group.type].stores_members:
            return Power(Role.Owner if user_id == group.owner else await self._standing_in_room(tx, group, user_id))
        found = await store_members.load(tx, group.app, group.home, [user_id])
        if user_id not in found:
            raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not a member")
        rights = await self.rights(tx, group, [user_id], topic_id)
        return Power(found[user_id].role, rights.get(user_id))

    async def rights(
        self,
        source: Database | Tx,
        group: Group,
        user_ids: Iterable[str],
        topic_id: str = "",
        over: Group | None = None,
    ) -> dict[str, int]:
        """What its members may in a community or topic by their permission groups; empty where roles decide.

        ``over``: the community of a topic, where it is at hand.
        """
        if group.parent:
            topic_id = group.group_id
            over = over or (await store.load(source, group.app, [group.parent])).get(group.parent)
        community = over or group
        if not community.profile.permissions:
            return {}
        ids = [user_id for user_id in user_ids if "\0" not in user_id]
        given = await store_permissions.given(source, group.app, community.group_id, topic_id, ids)
        return {user_id: community.profile.default_permission | given.get(user_id, 0) for user_id in ids}

    async def floor(self, group: Group, user_id: str) -> int:
        """Up to which sequence nothing of a group or topic is a member's to read. Raises ApiError 10007 for who is
        none."""
        member = (await store_members.load(self.db, group.app, group.home, [user_id])).get(user_id)
        if member is None:
            raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not a member")
        if group.parent:
            own = await store_members.load(self.db, group.app, group.group_id, [user_id])
            member = own.get(user_id) or await self.first_look(self.db, group, member)
            if member.join_seq and await self.reads_all(group, user_id):
                return group.clear_seq
        return max(member.join_seq, group.clear_seq)

    async def reads_all(self, topic: Group, user_id: str) -> bool:
        """Whether a permission group lets a member read what was written in a topic before it joined."""
        rights = (await self.rights(self.db, topic, [user_id])).get(user_id, 0)
        return bool(rights & Right.HISTORY)

    async def _standing_in_room(self, tx: Tx, group: Group, user_id: str) -> Role:
        if user_id in await store_rooms.admins(tx, group.app, group.group_id):
            return Role.Admin
        if self.seats.here((group.app, group.group_id), user_id):
            return Role.Member
        raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not in the room")

    async def members(self, tx: Tx, group: Group, user_ids: Iterable[str]) -> dict[str, Member]:
        """Those of the users that are members of a group or topic, with how they stand in it.

        In a topic the row that says so is made when a member first does something there.
        """
        if not group.parent:
            return await store_members.load(tx, group.app, group.group_id, user_ids)
        members = await store_members.load(tx, group.app, group.parent, user_ids)
        own = await store_members.load(tx, group.app, group.group_id, members)
        fresh = {
            user_id: await self.first_look(tx, group, member)
            for user_id, member in members.items()
            if user_id not in own
        }
        if fresh:
            await store_members.save(tx, group, fresh.values())
        own |= fresh
        for user_id, member in members.items():
            own[user_id].role, own[user_id].name_card = member.role, member.name_card
        return {user_id: own[user_id] for user_id in members}

    async def first_look(self, source: Database | Tx, topic: Group, member: Member) -> Member:
        """How a member of the community stands in a topic before doing anything there: what came before the second
        of joining is read, and what came in it or later is not."""
        read = await self._said_before(source, topic, member.joined_at)
        hides = topic.profile.history_option != "On"
        return Member(
            user_id=member.user_id,
            role=member.role,
            joined_at=member.joined_at,
            pos=0,
            read_seq=read,
            msg_flag=member.msg_flag,
            join_seq=read if hides else 0,
        )

    async def _said_before(self, source: Database | Tx, place: Group, second: int) -> int:
        """The sequence of the last message of a group or topic that came before a second; 0: none did."""
        low, high = 0, 0 if place.created_at > second else place.next_seq - 1
        while low < high:  # times in one place never fall
            middle = (low + high + 1) // 2
            at = await store_topics.time_of(source, place.app, place.group_id, middle)
            if at is None or at < second:
                low = middle
            else:
                high = middle - 1
        return high

    async def admit(self, tx: Tx, app: App, group: Group, newcomers: Sequence[Newcomer], now: int) -> dict[str, Code]:
        """Make these users members of a group that ``tx`` holds, as far as group and user have room.

        None of them may be a member yet, all must be alive. The outcome for each: 0, 10007, 10014 or 10037. Writes the
        members and their counts; the group's row is the caller's to save.
        """
        most = app.limits.groups_joined
        counts = await store_members.count_joined(tx, app.sdkappid, [n.user_id for n in newcomers], 0)
        outcome: dict[str, Code] = {}
        admitted: list[Member] = []
        read = group.next_seq - 1
        hides_before = group.profile.history_option != "On"
        banned = await store_bans.of(tx, app.sdkappid, group.group_id, counts, now)
        for newcomer in newcomers:
            if newcomer.user_id in banned:
                outcome[newcomer.user_id] = Code.GROUP_NOT_PERMITTED
            elif counts[newcomer.user_id] >= most:
                outcome[newcomer.user_id] = Code.GROUP_JOINED_QUOTA
            elif group.members >= group.max_members:
                outcome[newcomer.user_id] = Code.GROUP_FULL
            else:
                outcome[newcomer.user_id] = Code.OK
                known = await self._known(tx, group, newcomer) if newcomer.unread else read
                before = known
                if newcomer.joined_at:  # an import: what was said since then is its history
                    # Whoever was there when the group was made cannot say so: times of joining lie behind that second.
                    first = newcomer.joined_at == group.created_at + 1
                    before = 0 if first else min(known, await self._said_before(tx, group, newcomer.joined_at))
                admitted.append(
                    Member(
                        user_id=newcomer.user_id,
                        role=newcomer.role,
                        joined_at=newcomer.joined_at or now,
                        pos=group.next_pos,
                        read_seq=known,
                        msg_flag=TYPES[group.type].msg_flag,
                        join_seq=before if hides_before else 0,
                        custom={name: value for name, value in newcomer.custom.items() if value},
                    )
                )
                group.members += 1
                group.next_pos += 1
        if admitted:
            tx.after_commit(lambda: self._follow(group, [m.user_id for m in admitted], Kind.FOLLOW, read))
            await store_members.save(tx, group, admitted)
            for member in admitted:
                if member.read_seq < read:  # it may have written behind it, as a member before
                    await store_reading.put_read(tx, group.app, member.user_id, group.group_id, member.read_seq)
            ids = [m.user_id for m in admitted]
            await store_members.count_joined(tx, app.sdkappid, ids, 1)
            await store_applications.drop(tx, app.sdkappid, group.group_id, ids)
        return outcome

    async def _known(self, tx: Tx, group: Group, newcomer: Newcomer) -> int:
        """What somebody has read who comes with messages unread."""
        app, group_id = group.app, group.group_id
        behind = await store_reading.seq_with_unread(tx, app, newcomer.user_id, group_id, newcomer.unread)
        return max(group.clear_seq, behind)

    def publish_full(self, tx: Tx, group: Group, operator: Operator, outcome: Mapping[str, Code]) -> None:
        """After ``admit``: the group may have become full by it, or somebody found no place."""
        codes = outcome.values()
        filled = group.members >= group.max_members and Code.OK in codes
        if filled or Code.GROUP_FULL in codes:
            tx.emit(GroupFull(scene=scene(group, operator)))

    async def publish_refused(self, error: ApiError, app: App, operator: Operator, group_id: str) -> None:
        """As ``publish_full``, where the refusal has rolled everything back."""
        if error.code is not Code.GROUP_FULL:
            return

        async def run(tx: Tx) -> None:
            group = await hold_group(tx, app.sdkappid, group_id)
            tx.emit(GroupFull(scene=scene(group, operator)))

        await self.db.write(run)

    async def dismiss(self, tx: Tx, group: Group, operator: Operator, members: Sequence[str]) -> None:
        """Remove a group that ``tx`` holds, with all that belongs to it. ``members``: those whose count it is in."""
        await store_members.count_joined(tx, group.app, members, -1)
        tx.after_commit(lambda: self._follow(group, members, Kind.UNFOLLOW))
        for topic_id in await store_topics.ids(tx, group.app, [group.group_id]):
            await erase(tx, group.app, topic_id)
        await erase(tx, group.app, group.group_id)
        if not TYPES[group.type].stores_members:
            tx.after_commit(lambda: self._close(group, operator))
        tx.emit(
            GroupDestroyed(
                scene=scene(group, operator),
                owner=group.owner,
                user_ids=list(members),
            )
        )

    async def without(self, tx: Tx, group: Group, members: Sequence[Member], operator: Operator) -> None:
        """Take members out of a group that ``tx`` holds; a group that loses its last one is disbanded."""
        gone = [member.user_id for member in members]
        await store_members.remove(tx, group.app, group.group_id, gone)
        if group.profile.support_topic:
            topics = list(await store_topics.ids(tx, group.app, [group.group_id]))
            await store_topics.forget_members(tx, group.app, topics, gone)
            await store_permissions.remove(tx, group.app, group.group_id, gone)
        await store_members.count_joined(tx, group.app, gone, -1)
        behind = [member.user_id for member in members if member.read_seq < group.next_seq - 1]
        self.tell_unread(tx, group, behind)
        tx.after_commit(lambda: self._follow(group, gone, Kind.UNFOLLOW))
        group.members -= len(gone)
        if any(member.role is Role.Owner for member in members):
            group.owner = ""
        if group.members:
            await store.save(tx, group)
        else:
            await self.dismiss(tx, group, operator, [])

    def tell_unread(self, tx: Tx, group: Group, behind: Iterable[str]) -> None:
        """What these members had not read counts no more in their unread numbers."""
        if TYPES[group.type].counts_unread:
            for user_id in behind:
                tx.emit(UnreadChanged(app=group.app, user_id=user_id))

    def _close(self, group: Group, operator: Operator) -> None:
        """Tell those who are in a room that it is gone, and have nobody follow it any longer."""
        body = {"ReportType": pushes.DISSOLVED, "Operator_Account": operator.user_id}
        notice = pushes.system_notice(group, body, self.now(), random.getrandbits(32))
        self.feed.notify(group.app, group.group_id, notice, exclude=operator.instid)
        place = Place("", group.group_id, 0, 0, 0)
        self.feed.notify(group.app, group.group_id, Notice(b"null", Kind.CLOSED, place))

    def put_out(self, group: Group, user_ids: Sequence[str]) -> None:
        """Have the sessions of these users follow the group no longer."""
        self._follow(group, user_ids, Kind.UNFOLLOW)

    def _follow(self, group: Group, user_ids: Sequence[str], kind: Kind, seq: int = 0) -> None:
        """Have the sessions of these users follow the group from behind ``seq`` and the last change, or no longer."""
        notice = Notice(b"null", kind, Place("", group.group_id, group.changes, 0, 0, seq))
        for user_id in user_ids:
            topic = of_user(group.app, user_id)
            if self.live.wanted(topic):
                self.live.send(topic, notice)


async def erase(tx: Tx, app: int, group_id: str) -> None:
    """Remove a group or topic that ``tx`` holds, with all that was said there."""
    await store.delete(tx, app, group_id)
    tx.emit(ConversationErased(app=app, type=GROUP, conv=group_id))


async def hold_group(tx: Tx, app: int, group_id: str) -> Group:
    """The group, held until ``tx`` ends; a topic is none. Raises ApiError 10010."""
    group = (await store.lock(tx, app, [group_id])).get(group_id)
    if group is None or group.parent:
        raise not_found(group_id)
    return group


async def hold_place(tx: Tx, app: int, group_id: str) -> Group:
    """The group or topic, held until ``tx`` ends. Raises ApiError 10010."""
    group = (await store.lock(tx, app, [group_id])).get(group_id)
    if group is None:
        raise not_found(group_id)
    return group


def not_found(group_id: str) -> ApiError:
    return ApiError(Code.GROUP_NOT_FOUND, f"there is no group {group_id[:60]!r}")
