"""Topics of communities: conversations of their own that share the community's members (rest-groups.md 2.40 to 2.44).

A topic is a row among the groups, with a sequence, messages and mutes of its own, under the ID of its community and a
part of its own. Whoever is in the community is in all of its topics. What a member has read in a topic is a row that is
made when the member first does something there.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store, store_members, store_permissions, store_reading, store_topics
from sodam.groups.core import Core, Operator, erase, hold_group, not_found, scene
from sodam.groups.events import TopicCreated, TopicInfoChanged, TopicsDestroyed
from sodam.groups.message import GroupMessage
from sodam.groups.model import TOPIC_MARK, Changes, Group, Member, Profile, check_group_id, check_topic_id
from sodam.groups.tips import Op, Tips
from sodam.groups.types import Operation, check
from sodam.storage import Tx

MAX_TOPICS: Final = 200
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_NO_UNREAD_LISTED: Final = 500
_SHOWN: Final = {
    "name": "TopicName",
    "introduction": "TopicIntroduction",
    "notification": "TopicNotification",
    "face_url": "TopicFaceUrl",
    "custom_string": "CustomString",
}
"""What a tip calls the fields."""


class View(NamedTuple):
    """A topic as somebody sees it."""

    topic: Group
    member: Member | None
    """None: nobody in particular looks at it."""
    muted_until: int
    uncounted: list[int]
    """Sequences behind the read position that do not count as unread."""
    last: GroupMessage | None


class Topics:
    """Raises ApiError 10007, 10010, 10015, and 11000 for a group without topics, throughout."""

    def __init__(self, core: Core, tips: Tips) -> None:
        self._core = core
        self._tips = tips

    async def create(
        self, app: App, operator: Operator, group_id: str, topic_id: str, changes: Changes, *, created_at: int = 0
    ) -> str:
        """Make a topic; its ID. ``topic_id`` '': the server assigns one. ``created_at``: an import, of which nobody is
        notified.

        Raises ApiError 10004, 10025 (the ID is taken; 10021 in an import), 10037 (200 topics).
        """
        check_group_id(group_id)
        if topic_id:
            check_topic_id(group_id, topic_id)
            if f"{TOPIC_MARK}_{TOPIC_MARK}" in topic_id and not created_at:
                raise ApiError(Code.GROUP_ID_INVALID, "ids of this form are the server's to give")

        if not created_at:
            await self._ask(app, operator, group_id, topic_id, changes)

        async def run(tx: Tx) -> Group:
            community = await self._hold(tx, app, operator, group_id)
            if await store_topics.count(tx, app.sdkappid, group_id) >= MAX_TOPICS:
                raise ApiError(Code.GROUP_JOINED_QUOTA, f"a community has at most {MAX_TOPICS} topics")
            blank = Profile(
                name="",
                apply_option=community.profile.apply_option,
                invite_option=community.profile.invite_option,
                history_option=community.profile.history_option,
            )
            now = self._core.now()
            own = "".join(secrets.choice(_LETTERS) for _ in range(10))
            topic = Group(
                app=app.sdkappid,
                group_id=topic_id or f"{group_id}{TOPIC_MARK}_{TOPIC_MARK}c{own}",
                parent=group_id,
                type=community.type,
                owner="",
                created_at=created_at or now,
                info_at=created_at or now,
                max_members=0,
                active=1,
                profile=changes.of_topic(blank),
            )
            if not await store.insert(tx, topic):
                raise ApiError(Code.GROUP_ID_TAKEN if created_at else Code.GROUP_ID_TAKEN_BY_SELF)
            if not created_at:
                here = msgspec.structs.replace(scene(community, operator), name=topic.profile.name)
                tx.emit(TopicCreated(scene=here, topic_id=topic.group_id))
                tx.after_commit(lambda: self._created(community, topic, operator))
            return topic

        return (await self._core.db.write(run)).group_id

    async def _ask(self, app: App, operator: Operator, group_id: str, topic_id: str, changes: Changes) -> None:
        """Raises ApiError 10016, or the app's own code, when the app's callback refuses; what is refused anyway is not
        asked about."""
        guard = self._core.guard
        if guard is None or not guard.wanted(app, "Group.CallbackBeforeCreateTopic"):
            return
        changes.of_topic(Profile(name="", apply_option="", invite_option="", history_option=""))

        async def look(tx: Tx) -> Group:
            community = await self._hold(tx, app, operator, group_id)
            if topic_id and topic_id in await store.load(tx, app.sdkappid, [topic_id]):
                raise ApiError(Code.GROUP_ID_TAKEN_BY_SELF)
            return community

        community = await self._core.db.write(look)
        await guard.creating_topic(app, operator, group_id, community.type, changes.name or "")

    async def edit(self, app: App, operator: Operator, group_id: str, topic_id: str, changes: Changes) -> None:
        """Write fields of a topic; devices are told by a tip in it. Raises ApiError 10004."""
        check_topic_id(group_id, topic_id)

        async def run(tx: Tx) -> None:
            community = await self._hold(tx, app, operator, group_id, topic_id)
            topic = (await store.lock(tx, app.sdkappid, [topic_id])).get(topic_id)
            if topic is None:
                raise not_found(topic_id)
            before = msgspec.structs.asdict(topic.profile)
            topic.profile = changes.of_topic(topic.profile)
            topic.info_seq += 1
            topic.info_at = self._core.now()
            await store.save(tx, topic)
            after = msgspec.structs.asdict(topic.profile)
            changed: dict[str, Any] = {_SHOWN[n]: after[n] for n in _SHOWN if after[n] != before[n]}
            if after["mute_all"] != before["mute_all"]:
                changed["ShutupAll"] = int(after["mute_all"] == "On")
            fields = {name: after[name] for name in _SHOWN if after[name] != before[name]}
            tx.emit(TopicInfoChanged(scene=scene(community, operator), topic_id=topic_id, fields=fields))
            if changed:
                body = self._tips.body_of_topic(app.sdkappid, Op.TOPIC, operator.user_id, {"MsgTopicNewInfo": changed})
                await self._core.messages.tip(tx, topic, body, stored=False)

        await self._core.db.write(run)

    async def destroy(self, app: App, operator: Operator, group_id: str, topic_ids: Sequence[str]) -> list[Code]:
        """Remove topics with all that was written there; for each 0, or 110003 for one that does not exist."""
        check_group_id(group_id)

        async def run(tx: Tx) -> list[Code]:
            community = await hold_group(tx, app.sdkappid, group_id)
            check_topics(community)
            held = await store.lock(tx, app.sdkappid, [t for t in topic_ids if "\0" not in t])
            gone = [t for t in dict.fromkeys(topic_ids) if t in held and held[t].parent == group_id]
            for topic_id in gone or [""]:
                power = await self._core.standing(tx, community, operator, topic_id)
                check(community.type, Operation.MANAGE_TOPICS, *power)
            for topic_id in gone:
                await erase(tx, app.sdkappid, topic_id)
                await store_permissions.forget_topic(tx, app.sdkappid, topic_id)
            if gone:
                tx.emit(TopicsDestroyed(scene=scene(community, operator), topic_ids=gone))
                tx.after_commit(lambda: self._destroyed(community, gone, operator))
            return [Code.OK if topic_id in gone else Code.TOPIC_ALREADY_DELETED for topic_id in topic_ids]

        return await self._core.db.write(run)

    async def views(
        self, app: App, group_id: str, topic_ids: Sequence[str], viewer: str
    ) -> tuple[Group, dict[str, View]]:
        """The community and its topics, all or those named, in the order of their making. ``viewer`` '': nobody.

        Raises ApiError 10007 for a viewer who is no member.
        """
        check_group_id(group_id)
        db = self._core.db
        community = (await store.load(db, app.sdkappid, [group_id])).get(group_id)
        if community is None:
            raise not_found(group_id)
        check_topics(community)
        topics = await store_topics.of(db, app.sdkappid, group_id, topic_ids)
        ids = [topic.group_id for topic in topics]
        last = await store_reading.last(db, app.sdkappid, ids)
        for message in last.values():
            await self._core.messages.names([message])
        if not viewer:
            return community, {t.group_id: View(t, None, 0, [], last.get(t.group_id)) for t in topics}
        member = (await store_members.load(db, app.sdkappid, group_id, [viewer])).get(viewer)
        if member is None:
            raise ApiError(Code.GROUP_NOT_PERMITTED, f"{viewer[:40]!r} is not a member")
        own = await store_members.of_user(db, app.sdkappid, viewer, ids)
        mutes = await store_members.muted_in(db, app.sdkappid, viewer, ids, self._core.now())
        found: dict[str, View] = {}
        for topic in topics:
            here = own.get(topic.group_id) or await self._core.first_look(db, topic, member)
            uncounted = await store_topics.uncounted(
                db, app.sdkappid, topic.group_id, viewer, here.read_seq, _NO_UNREAD_LISTED
            )
            shown = last.get(topic.group_id)
            if shown is not None and shown.seq <= here.join_seq and not await self._core.reads_all(topic, viewer):
                shown = None
            found[topic.group_id] = View(topic, here, mutes.get(topic.group_id, 0), uncounted, shown)
        return community, found

    async def listed(self, community: Group) -> list[Group]:
        """The topics of a community that the caller knows, in the order of their making."""
        return await store_topics.of(self._core.db, community.app, community.group_id)

    async def sums(self, app: int, group_ids: Sequence[str], user_id: str) -> dict[str, tuple[int, int]]:
        """Of communities in which a user is a member: the sums over their topics of NextMsgSeq and of what it read."""
        db = self._core.db
        members = await store_members.of_user(db, app, user_id, group_ids)
        found: dict[str, tuple[int, int]] = {}
        for group_id, member in members.items():
            topics = await store_topics.of(db, app, group_id)
            own = await store_members.of_user(db, app, user_id, [topic.group_id for topic in topics])
            here = [own.get(topic.group_id) or await self._core.first_look(db, topic, member) for topic in topics]
            found[group_id] = (sum(topic.next_seq for topic in topics), sum(one.read_seq for one in here))
        return found

    async def _hold(self, tx: Tx, app: App, operator: Operator, group_id: str, topic_id: str = "") -> Group:
        community = await hold_group(tx, app.sdkappid, group_id)
        check_topics(community)
        check(community.type, Operation.MANAGE_TOPICS, *await self._core.standing(tx, community, operator, topic_id))
        return community

    def _created(self, community: Group, topic: Group, operator: Operator) -> None:
        self._core.feed.open_topic(topic)
        body = {"ReportType": pushes.TOPIC_CREATED, "Operator_Account": operator.user_id}
        notice = pushes.system_notice(community, body, self._core.now(), random.getrandbits(32), topic.group_id)
        self._core.feed.notify(community.app, community.group_id, notice)

    def _destroyed(self, community: Group, topic_ids: list[str], operator: Operator) -> None:
        body = {
            "ReportType": pushes.TOPICS_DELETED,
            "Operator_Account": operator.user_id,
            "TopicIdArray": topic_ids,
        }
        notice = pushes.system_notice(community, body, self._core.now(), random.getrandbits(32), topic_ids[0])
        self._core.feed.notify(community.app, community.group_id, notice)


def check_topics(community: Group) -> None:
    """Raises ApiError 11000 for a group without topics."""
    if not community.profile.support_topic:
        raise ApiError(Code.COMMUNITY_DISABLED, "the group has no topics")
