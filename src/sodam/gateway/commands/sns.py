"""Client ``sns``: what REST does not offer. Requests that wait for an answer, fields of friends, changes of groups.

Source: docs/protocol.md section 12. A client acts for its own account alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.relations.model import Answer, Reply
from sodam.relations.pendency import COME_IN, Kind
from sodam.rest.sns import COMMON, Names, ResultAnswer, ResultItem, acting, many, names_of, origin_of, results
from sodam.rest.sns_read import FriendGetListAnswer, Index, friend_infos
from sodam.wire import Call, Service

service = Service(
    "sns",
    bad_json=Code.SNS_BAD_REQUEST,
    bad_request=Code.SNS_BAD_REQUEST,
    internal=Code.SNS_INTERNAL,
    display=True,
)
_MAX_PAGE = 200


class ResponseFriendItem(msgspec.Struct):
    To_Account: str
    ResponseAction: Answer
    Remark: str | None = None
    TagName: Names | None = None


class FriendResponse(msgspec.Struct):
    From_Account: str
    ResponseFriendItem: list[ResponseFriendItem] | ResponseFriendItem


@service.command(
    "friend_response",
    errors=(
        *COMMON,
        Code.SNS_FRIENDS_FULL,
        Code.SNS_GROUPS_FULL,
        Code.SNS_PEER_FRIENDS_FULL,
        Code.SNS_PENDING_NOT_FOUND,
    ),
)
async def friend_response(call: Call, request: FriendResponse) -> ResultAnswer:
    """Answer requests: Agree lets the asker have the user as a friend, AgreeAndAdd makes it mutual, Reject ends it.

    30614 in the item of a request that is gone. Source: rest-accounts-relations.md 6.17.
    """
    user_id = acting(call, request.From_Account)
    replies = []
    for item in many(request.ResponseFriendItem, name="ResponseFriendItem"):
        group = next(iter(names_of(item.TagName)), "")
        replies.append(Reply(item.To_Account, item.ResponseAction, item.Remark or "", group))
    return results(await call.services.relations.pendencies.answer(call.app, origin_of(call), user_id, replies))


class PendencyGet(msgspec.Struct):
    From_Account: str
    PendencyType: Kind = "Pendency_Type_Both"
    StartTime: Index = 0
    MaxLimited: Annotated[int, msgspec.Meta(ge=0)] = 100
    LastSequence: Index = 0


class PendencyItem(msgspec.Struct):
    To_Account: str
    Nick: str
    Image: str
    AddSource: str
    AddWording: str
    AddTime: int
    PendencyType: Kind


class PendencyGetAnswer(msgspec.Struct):
    PendencyItem: list[PendencyItem]
    UnreadPendencyCount: int
    StartTime: int
    CurrentSequence: int


@service.command("pendency_get", errors=COMMON)
async def pendency_get(call: Call, request: PendencyGet) -> PendencyGetAnswer:
    """Read requests, newest first: the newest hundred that came in, the newest hundred sent out, none over 30 days old.

    StartTime in the answer is where to ask on, to be sent back as it is; 0 at the end. Source: docs/protocol.md 12.
    """
    user_id = acting(call, request.From_Account)
    limit = min(request.MaxLimited or 100, _MAX_PAGE)
    listed, unread, following, seq = await call.services.relations.pendencies.get(
        call.app.sdkappid, user_id, request.PendencyType, before=request.StartTime, limit=limit
    )
    items = [PendencyItem(p.peer.user_id, p.peer.nick, p.peer.image, p.source, p.wording, p.at, p.kind) for p in listed]
    return PendencyGetAnswer(items, unread, following, seq)


class PendencyDelete(msgspec.Struct):
    From_Account: str
    To_Account: Names
    PendencyType: Kind = COME_IN


@service.command("pendency_delete", errors=(*COMMON, Code.SNS_PENDING_DELETE_NOT_FOUND))
async def pendency_delete(call: Call, request: PendencyDelete) -> ResultAnswer:
    """Delete requests that came in, were sent out, or both; they are gone for the other side, too.

    31804 in the item of one that is gone already. Source: rest-accounts-relations.md 6.17.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    pendencies = call.services.relations.pendencies
    return results(await pendencies.delete(call.app, origin_of(call), user_id, request.PendencyType, peers))


class PendencyReport(msgspec.Struct):
    From_Account: str
    LatestPendencyTimeStamp: Index | Literal[""] = 0


@service.command("pendency_report", errors=COMMON)
async def pendency_report(call: Call, request: PendencyReport) -> None:
    """Mark requests made up to a unix second as read; without one, all. Source: docs/protocol.md 12."""
    user_id = acting(call, request.From_Account)
    pendencies = call.services.relations.pendencies
    # The SDK's clock starts from the whole second of its login answer: it may lag by almost one.
    until = request.LatestPendencyTimeStamp + 1 if request.LatestPendencyTimeStamp else 2**53
    await pendencies.report(call.app, origin_of(call), user_id, until)


class FriendGetSpecified(msgspec.Struct):
    From_Account: str
    To_Account: Names
    TagList: Names | None = None


@service.command("friend_get_specified", errors=COMMON)
async def friend_get_specified(call: Call, request: FriendGetSpecified) -> FriendGetListAnswer:
    """Read friends with their profiles: all fields unless TagList names some. Source: docs/protocol.md 12."""
    user_id = acting(call, request.From_Account)
    tags = many(request.TagList, name="TagList", least=0, most=200)
    return await friend_infos(call, user_id, many(request.To_Account, name="To_Account"), tags or None)


class UpdateGroupItem(msgspec.Struct):
    To_Account: str
    UpdateType: Literal["Update_Type_Add", "Update_Type_Delete"]


class GroupUpdate(msgspec.Struct):
    From_Account: str
    GroupOldName: str
    GroupNewName: str | None = None
    UpdateGroupItem: list[UpdateGroupItem] | UpdateGroupItem | None = None


class UpdatedItem(ResultItem):
    UpdateType: str


class GroupUpdateAnswer(msgspec.Struct, omit_defaults=True):
    ResultItem: list[UpdatedItem] | None = None
    Fail_Account: list[str] | None = None


@service.command("group_update", errors=(*COMMON, Code.SNS_GROUPS_FULL, Code.SNS_GROUP_MEMBER_NOT_FRIEND))
async def group_update(call: Call, request: GroupUpdate) -> GroupUpdateAnswer:
    """Rename a friend group, or put friends into it and out of it, or both. Source: docs/protocol.md 12."""
    user_id = acting(call, request.From_Account)
    groups = call.services.relations.groups
    items = many(request.UpdateGroupItem, name="UpdateGroupItem", least=0)
    if not request.GroupNewName and not items:
        raise ApiError(Code.SNS_BAD_REQUEST, "neither GroupNewName nor UpdateGroupItem is given")
    name = request.GroupOldName
    if request.GroupNewName:
        await groups.rename(call.app, origin_of(call), user_id, name, request.GroupNewName)
        name = request.GroupNewName
    if not items:
        return GroupUpdateAnswer()
    changes = [(item.To_Account, item.UpdateType == "Update_Type_Add") for item in items]
    outcomes = await groups.update(call.app, origin_of(call), user_id, name, changes)
    failed = [to for to, code, _ in outcomes if code]
    updated = [UpdatedItem(*outcome, UpdateType=item.UpdateType) for outcome, item in zip(outcomes, items, strict=True)]
    return GroupUpdateAnswer(updated, failed or None)
