"""``million_group_open_http_svc``: communities (rest-groups.md 2.39). What they share with other groups is there."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.model import Changes, Switch
from sodam.groups.pushes import wire
from sodam.groups.topics import MAX_TOPICS, View
from sodam.moderation.service import Shown
from sodam.rest import group_attributes as shared
from sodam.rest.group_fields import COMMON, Count, Names, at_most, operator_of
from sodam.rest.group_online import OnlineNumber
from sodam.rest.group_online import get_online_member_num as of_group
from sodam.rest.group_open_http_svc import GroupId
from sodam.rest.group_open_http_svc import service as groups
from sodam.wire import Call, Service

service = Service(
    "million_group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)


@service.command("get_online_member_num", errors=(*COMMON, Code.ACCOUNT_TIMEOUT))
async def get_online_member_num(call: Call, request: GroupId) -> OnlineNumber:
    """How many members of a community, or of another group, are online. Source: rest-groups.md 2.39."""
    return await of_group(call, request)


service.command("get_group_attr", errors=COMMON)(shared.get_group_attr)
for _write in (shared.modify_group_attr, shared.set_group_attr, shared.clear_group_attr, shared.delete_group_attr):
    service.command(_write.__name__, errors=shared.WRITES)(_write)


_TOPICS: Final = (*COMMON, Code.COMMUNITY_DISABLED)
_WRITTEN: Final = (*_TOPICS, Code.TEXT_REFUSED)


class TopicFields(msgspec.Struct, kw_only=True):
    """What a topic is described by. null is the same as absence."""

    TopicName: str | None = None
    FaceUrl: str | None = None
    CustomString: str | None = None
    Notification: str | None = None
    Introduction: str | None = None

    async def screen(self, call: Call) -> None:
        """Raises ApiError 80001 where a text holds a word that the app refuses."""
        shown, about = (
            (self.TopicName, self.Introduction, self.Notification),
            Shown("GroupInfo", call.caller, call.source),
        )
        await call.services.words.refuse(call.app.sdkappid, shown, shown=about)

    def changes(self, mute_all: Switch | None = None) -> Changes:
        return Changes(
            name=self.TopicName,
            introduction=self.Introduction,
            notification=self.Notification,
            face_url=self.FaceUrl,
            custom_string=self.CustomString,
            mute_all=mute_all,
        )


class TopicCreate(TopicFields, kw_only=True):
    GroupId: str
    TopicName: str
    TopicId: str | None = None
    From_Account: str | None = None


class TopicId(msgspec.Struct):
    TopicId: str


@service.command(
    "create_topic",
    errors=(*_WRITTEN, Code.GROUP_ID_TAKEN_BY_SELF, Code.GROUP_JOINED_QUOTA, Code.GROUP_ACCOUNT_NOT_FOUND),
)
async def create_topic(call: Call, request: TopicCreate) -> TopicId:
    """Make a topic in a community that has them; it may have 200.

    A TopicId of one's own is the GroupId, then ``@TOPIC#_``, then a name, with 96 bytes at most. Source: rest-groups.md
    2.40.
    """
    _check(call)
    await request.screen(call)
    operator = await operator_of(call, request.From_Account)
    topics = call.services.groups.topics
    return TopicId(await topics.create(call.app, operator, request.GroupId, request.TopicId or "", request.changes()))


class TopicImport(TopicCreate, kw_only=True):
    Type: Literal["Community", ""] = ""
    CreateTime: Count = 0


@groups.command("import_topic", errors=(*_WRITTEN, Code.GROUP_ID_TAKEN, Code.GROUP_JOINED_QUOTA))
async def import_topic(call: Call, request: TopicImport) -> TopicId:
    """Make a topic with its own time of creation, for migration; nobody is notified. Source: rest-groups.md 2.44."""
    _check(call)
    await request.screen(call)
    operator = await operator_of(call, request.From_Account)
    at = request.CreateTime or call.services.c2c.now
    topics = call.services.groups.topics
    return TopicId(
        await topics.create(
            call.app, operator, request.GroupId, request.TopicId or "", request.changes(), created_at=at
        )
    )


class TopicModify(TopicFields, kw_only=True):
    GroupId: str
    TopicId: str
    From_Account: str | None = None
    MuteAllMember: Switch | None = None
    ShutUpAllMember: Switch | None = None


@service.command("modify_topic", errors=_WRITTEN)
async def modify_topic(call: Call, request: TopicModify) -> None:
    """Write the fields of a topic that are given; MuteAllMember On: only owner and admins write there.

    Source: rest-groups.md 2.42.
    """
    _check(call)
    await request.screen(call)
    operator = await operator_of(call, request.From_Account)
    changes = request.changes(request.MuteAllMember or request.ShutUpAllMember)
    await call.services.groups.topics.edit(call.app, operator, request.GroupId, request.TopicId, changes)


class TopicsDestroy(msgspec.Struct):
    GroupId: str
    TopicIdList: Names


class TopicResult(msgspec.Struct):
    TopicId: str
    ErrorCode: int
    ErrorInfo: str


class DestroyAnswer(msgspec.Struct):
    DestroyResultItem: list[TopicResult]


@service.command("destroy_topic", errors=(*_TOPICS, Code.TOPIC_ALREADY_DELETED))
async def destroy_topic(call: Call, request: TopicsDestroy) -> DestroyAnswer:
    """Remove topics with all that was written there. Items of topics that do not exist have 110003.

    Source: rest-groups.md 2.43.
    """
    _check(call)
    at_most(request.TopicIdList, MAX_TOPICS, "TopicIdList", Code.GROUP_BAD_PARAMETER)
    codes = await call.services.groups.topics.destroy(
        call.app, await operator_of(call), request.GroupId, request.TopicIdList
    )
    items = [
        TopicResult(topic_id, int(code), code.meaning if code else "")
        for topic_id, code in zip(request.TopicIdList, codes, strict=True)
    ]
    return DestroyAnswer(items)


class TopicsGet(msgspec.Struct, kw_only=True):
    GroupId: str
    From_Account: str | None = None
    TopicIdList: Names | None = None
    ResponseFilter: Names | None = None


class TopicsAnswer(msgspec.Struct):
    TopicAndSelfInfo: list[dict[str, Any]]


@service.command("get_topic", errors=(*_TOPICS, Code.TOPIC_ALREADY_DELETED))
async def get_topic(call: Call, request: TopicsGet) -> TopicsAnswer:
    """Read the topics of a community, all or those named, each with what From_Account has read of it.

    Items of topics that do not exist have 110003. NoUnreadSeqList names what does not count as unread.
    Source: rest-groups.md 2.41.
    """
    _check(call)
    wanted = list(dict.fromkeys(request.TopicIdList or ()))
    if len(wanted) > MAX_TOPICS:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"TopicIdList has at most {MAX_TOPICS} entries")
    viewer = (request.From_Account or "") if call.admin else call.caller
    _, found = await call.services.groups.topics.views(call.app, request.GroupId, wanted, viewer)
    items: list[dict[str, Any]] = []
    for topic_id in wanted or found:
        if topic_id in found:
            items.append(_shown(found[topic_id], request.ResponseFilter))
        else:
            code = Code.TOPIC_ALREADY_DELETED
            info = {"TopicId": topic_id, "GroupID": request.GroupId, "GroupId": request.GroupId}
            items.append({"ErrorCode": int(code), "ErrorInfo": code.meaning, "TopicInfo": info, "SelfInfo": {}})
    return TopicsAnswer(items)


def _shown(view: View, wanted: list[str] | None) -> dict[str, Any]:
    topic, profile = view.topic, view.topic.profile
    info: dict[str, Any] = {
        "TopicName": profile.name,
        "FaceUrl": profile.face_url,
        "Introduction": profile.introduction,
        "Notification": profile.notification,
        "CustomString": profile.custom_string,
        "CreateTime": topic.created_at,
        "LastMsgTime": topic.last_msg_at,
        "NextMsgSeq": topic.next_seq,
        "MuteAllMember": profile.mute_all,
        "ShutUpAllFlag": int(profile.mute_all == "On"),
    }
    if view.last is not None:
        info["LastMsg"] = wire(view.last, topic, view.member.user_id if view.member else "")
    if wanted:
        info = {name: value for name, value in info.items() if name in wanted}
    # lite-chat reads GroupId, and shows no topic without it.
    info |= {"GroupID": topic.parent, "GroupId": topic.parent, "TopicId": topic.group_id}
    item: dict[str, Any] = {"ErrorCode": 0, "ErrorInfo": "", "TopicInfo": info}
    if view.member is not None:
        item["SelfInfo"] = {
            "MsgSeq": view.member.read_seq,
            "MsgFlag": view.member.msg_flag,
            "ShutUpTime": view.muted_until,
            "NoUnreadSeqList": view.uncounted,
        }
    return item


def _check(call: Call) -> None:
    """Raises ApiError 11000 where the app has no topics."""
    if not (call.app.settings.community and call.app.settings.community_topics):
        raise ApiError(Code.COMMUNITY_DISABLED)
