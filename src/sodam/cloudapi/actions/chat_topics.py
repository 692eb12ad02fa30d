"""Topics of a community: read, make, change, remove (rest-groups.md 2.40 to 2.43)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.chat_groups import OfChatGroup, PlaceId, admin
from sodam.cloudapi.actions.views import Keyword, Limit, OfApp, Offset
from sodam.errors import ApiError, Code
from sodam.groups.model import MAX_BYTES, MAX_CUSTOM, MAX_TOPIC_ID, Changes, Group, Switch, home_of
from sodam.groups.topics import MAX_TOPICS, check_topics

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BYTES["name"])]
Introduction = Annotated[str, msgspec.Meta(max_length=MAX_BYTES["introduction"])]
Notification = Annotated[str, msgspec.Meta(max_length=MAX_BYTES["notification"])]
FaceUrl = Annotated[str, msgspec.Meta(max_length=MAX_BYTES["face_url"])]
CustomString = Annotated[str, msgspec.Meta(max_length=MAX_CUSTOM)]
"""Lengths of texts are in bytes, letters may have several."""
_FIELDS: Final = {
    "Name": "name",
    "Introduction": "introduction",
    "Notification": "notification",
    "FaceUrl": "face_url",
    "CustomString": "custom_string",
    "MuteAllMember": "mute_all",
}


class DescribeTopics(OfChatGroup):
    Keyword: Keyword = ""
    """Is in the TopicID or the name."""
    Offset: Offset = 0
    Limit: Limit = 20


class TopicRow(msgspec.Struct, kw_only=True):
    TopicId: str
    Name: str
    Introduction: str
    Notification: str
    FaceUrl: str
    CustomString: str
    MuteAllMember: str
    CreateTime: int
    LastMsgTime: int
    """0: nothing was said yet."""
    NextMsgSeq: int


class TopicList(msgspec.Struct):
    TotalCount: int
    """Of what was asked for."""
    Number: int
    """Of all topics of the community."""
    Most: int
    """So many it may have."""
    Topics: list[TopicRow]
    """In the order in which they were made."""


def _row(topic: Group) -> TopicRow:
    profile = topic.profile
    return TopicRow(
        TopicId=topic.group_id,
        Name=profile.name,
        Introduction=profile.introduction,
        Notification=profile.notification,
        FaceUrl=profile.face_url,
        CustomString=profile.custom_string,
        MuteAllMember=profile.mute_all,
        CreateTime=topic.created_at,
        LastMsgTime=topic.last_msg_at,
        NextMsgSeq=topic.next_seq,
    )


def _check(call: Call) -> None:
    """Raises ApiError 11000 where the app has no topics."""
    settings = call.the_app.settings
    if not (settings.community and settings.community_topics):
        raise ApiError(Code.COMMUNITY_DISABLED)


@action("im", "DescribeTopics", kind="list", level="app")
async def describe_topics(call: Call, request: DescribeTopics) -> TopicList:
    """A page of the topics of a community, those whose TopicID or name holds the keyword."""
    _check(call)
    rows = [_row(topic) for topic in await _topics(call, request.GroupId)]
    sought = request.Keyword.casefold()
    own = len(request.GroupId)  # what all have in common is not searched
    found = [row for row in rows if sought in row.TopicId[own:].casefold() or sought in row.Name.casefold()]
    page = found[request.Offset : request.Offset + request.Limit]
    return TopicList(len(found), len(rows), MAX_TOPICS, page)


class CreateTopic(OfChatGroup, kw_only=True):
    Name: Name
    TopicId: Annotated[str, msgspec.Meta(max_length=MAX_TOPIC_ID)] = ""
    """The GroupId, then ``@TOPIC#_``, then a name; empty: the server makes one."""
    Introduction: Introduction = ""
    Notification: Notification = ""
    FaceUrl: FaceUrl = ""
    CustomString: CustomString = ""


class TopicMade(msgspec.Struct):
    TopicId: str


@action("im", "CreateTopic", kind="write", level="app")
async def create_topic(call: Call, request: CreateTopic) -> TopicMade:
    """Make a topic in a community that has them, up to 200; its members' devices are notified."""
    _check(call)
    changes = Changes(
        name=request.Name,
        introduction=request.Introduction,
        notification=request.Notification,
        face_url=request.FaceUrl,
        custom_string=request.CustomString,
    )
    facts = {"GroupId": request.GroupId, "Name": request.Name}
    call.changed_by(lambda made: (None, {"TopicId": made.group_id} | facts) if isinstance(made, Group) else None)
    topics = call.plane.services.groups.topics
    return TopicMade(await topics.create(call.the_app, admin(call), request.GroupId, request.TopicId, changes))


class ModifyTopic(OfApp, kw_only=True):
    """What is left out stays."""

    TopicId: PlaceId
    Name: Name | None = None
    Introduction: Introduction | None = None
    Notification: Notification | None = None
    FaceUrl: FaceUrl | None = None
    CustomString: CustomString | None = None
    MuteAllMember: Switch | None = None
    """On: nobody but owner and admins writes there."""


@action("im", "ModifyTopic", kind="write", level="app")
async def modify_topic(call: Call, request: ModifyTopic) -> TopicRow:
    """Change the texts of a topic, or mute it; its members' devices are notified."""
    _check(call)
    topics, home = call.plane.services.groups.topics, home_of(request.TopicId)
    before = await _read(call, home, request.TopicId)
    given = {wire: value for wire in _FIELDS if (value := getattr(request, wire)) is not None}
    named = {"TopicId": request.TopicId}
    call.changed(named | {wire: getattr(before, wire) for wire in given}, named | given)
    changes = Changes(**{_FIELDS[wire]: value for wire, value in given.items()})
    await topics.edit(call.the_app, admin(call), home, request.TopicId, changes)
    return await _read(call, home, request.TopicId)


async def _read(call: Call, group_id: str, topic_id: str) -> TopicRow:
    """Raises ApiError 10010 for one that does not exist."""
    for topic in await _topics(call, group_id):
        if topic.group_id == topic_id:
            return _row(topic)
    raise ApiError(Code.GROUP_NOT_FOUND, "there is no such topic")


async def _topics(call: Call, group_id: str) -> list[Group]:
    """Raises ApiError 10010, 10015, 11000."""
    groups = call.plane.services.groups
    community = await groups.get(call.the_app.sdkappid, group_id)
    check_topics(community)
    return await groups.topics.listed(community)


class DestroyTopic(OfChatGroup):
    TopicIds: Annotated[list[PlaceId], msgspec.Meta(min_length=1, max_length=100)]


class TopicOutcome(msgspec.Struct):
    TopicId: str
    ErrorCode: int
    ErrorInfo: str


class TopicOutcomes(msgspec.Struct):
    Results: list[TopicOutcome]


@action("im", "DestroyTopic", kind="write", level="app")
async def destroy_topic(call: Call, request: DestroyTopic) -> TopicOutcomes:
    """Remove topics with all that was said there; there is no way back. Each that does not exist has 110003."""
    _check(call)
    asked = list(dict.fromkeys(request.TopicIds))

    def facts(codes: list[Code]) -> tuple[None, dict[str, object]] | None:
        gone = [topic_id for topic_id, code in zip(asked, codes, strict=True) if not code]
        return (None, {"GroupId": request.GroupId, "TopicIds": gone}) if gone else None

    call.changed_by(facts)
    codes = await call.plane.services.groups.topics.destroy(call.the_app, admin(call), request.GroupId, asked)
    told = zip(asked, codes, strict=True)
    return TopicOutcomes([TopicOutcome(topic_id, int(code), code.meaning if code else "") for topic_id, code in told])
