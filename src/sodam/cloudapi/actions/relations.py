"""The relations of a user (console.md section 10): the REST commands as actions, and requests that wait for an answer.

An action takes the fields of its REST command and ``SDKAppID``; the call is an administrator's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import msgspec

from sodam.apps.model import DEFAULT_ADMIN
from sodam.cloudapi.action import TABLE, Call, Handler, Kind, action
from sodam.cloudapi.actions.views import Limit, OfApp, Offset, UserId
from sodam.errors import ApiError, Code
from sodam.relations import pendency
from sodam.relations.model import MAX_PENDING, Answer, Origin, Reply
from sodam.rest.follow import service as follow
from sodam.rest.sns import service as sns
from sodam.rest.table import SERVICES
from sodam.wire import Call as RestCall
from sodam.wire import Command, decode_request

_COMMANDS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("DescribeFriendList", "list", "sns/friend_get"),
    ("DescribeFriends", "read", "sns/friend_get_list"),
    ("DescribeProfiles", "read", "profile/portrait_get"),
    ("AddFriend", "write", "sns/friend_add"),
    ("ImportFriends", "write", "sns/friend_import"),
    ("ModifyFriend", "write", "sns/friend_update"),
    ("DeleteFriend", "write", "sns/friend_delete"),
    ("DeleteAllFriends", "write", "sns/friend_delete_all"),
    ("CheckFriend", "read", "sns/friend_check"),
    ("DescribeFriendGroups", "list", "sns/group_get"),
    ("AddFriendGroup", "write", "sns/group_add"),
    ("DeleteFriendGroup", "write", "sns/group_delete"),
    ("DescribeBlackList", "list", "sns/black_list_get"),
    ("CheckBlackList", "read", "sns/black_list_check"),
    ("AddBlackList", "write", "sns/black_list_add"),
    ("DeleteBlackList", "write", "sns/black_list_delete"),
    ("DescribeFollowList", "list", "follow/follow_get"),
    ("DescribeFollowInfo", "read", "follow/follow_get_info"),
    ("CheckFollow", "read", "follow/follow_check"),
    ("AddFollow", "write", "follow/follow_add"),
    ("DeleteFollow", "write", "follow/follow_delete"),
)
_app_of = msgspec.json.Decoder(OfApp, strict=False).decode


def _handler(command: Command) -> Handler:
    async def run(call: Call, request: Any) -> Any:
        inner = RestCall(call.plane.services, call.the_app, DEFAULT_ADMIN, admin=True, client_ip=call.caller.ip)
        return await command.handler(inner, request)

    run.__doc__ = command.doc
    return run


def _decoder(command: Command) -> Callable[[bytes], Any]:
    def decode(body: bytes) -> Any:
        _app_of(body)
        return decode_request(command, body)

    return decode


def _declare() -> None:
    for name, kind, path in _COMMANDS:
        service, command_name = path.split("/")
        command = SERVICES[service].commands[command_name]
        TABLE.action(
            "im",
            name,
            kind=kind,
            level="app",
            request=OfApp,
            also=command.request,
            response=command.response or type(None),
            decode=_decoder(command),
        )(_handler(command))


assert {sns.name, follow.name} <= SERVICES.keys()
_declare()

Direction = Literal["received", "sent"]


class DescribeFriendRequests(OfApp):
    UserID: UserId
    Direction: Direction
    Offset: Offset = 0
    Limit: Limit = 20


class FriendRequest(msgspec.Struct):
    UserID: str
    """The other side."""
    Nick: str
    FaceUrl: str
    AddSource: str
    AddWording: str
    AddTime: int


class FriendRequests(msgspec.Struct):
    TotalCount: int
    Requests: list[FriendRequest]


def _kind(direction: Direction) -> pendency.Kind:
    return "Pendency_Type_ComeIn" if direction == "received" else "Pendency_Type_SendOut"


@action("im", "DescribeFriendRequests", kind="list", level="app")
async def describe_friend_requests(call: Call, request: DescribeFriendRequests) -> FriendRequests:
    """Friend requests that wait for an answer: those that came in, or those sent out; at most 100 wait at a time."""
    listed, *_ = await call.plane.services.relations.pendencies.get(
        request.SDKAppID, request.UserID, _kind(request.Direction), before=0, limit=MAX_PENDING
    )
    page = listed[request.Offset : request.Offset + request.Limit]
    return FriendRequests(
        len(listed),
        [FriendRequest(x.peer.user_id, x.peer.nick, x.peer.image, x.source, x.wording, x.at) for x in page],
    )


class AnswerFriendRequest(OfApp):
    UserID: UserId
    """Who was asked."""
    From: UserId
    """Who asked."""
    Accept: bool
    Both: bool = True
    """Accepting makes it mutual; otherwise only the asker gets a friend."""
    Remark: Annotated[str, msgspec.Meta(max_length=96)] = ""
    """At most 96 bytes."""


def _origin(call: Call) -> Origin:
    return Origin(DEFAULT_ADMIN, True, "RESTAPI", call.caller.ip, 0)


@action("im", "AnswerFriendRequest", kind="write", level="app")
async def answer_friend_request(call: Call, request: AnswerFriendRequest) -> None:
    """Accept or refuse a friend request in place of the user who was asked."""
    agree: Answer = "Response_Action_AgreeAndAdd" if request.Both else "Response_Action_Agree"
    reply = Reply(request.From, agree if request.Accept else "Response_Action_Reject", request.Remark)
    outcomes = await call.plane.services.relations.pendencies.answer(
        call.the_app, _origin(call), request.UserID, [reply]
    )
    for outcome in outcomes:
        if outcome.code:
            raise ApiError(Code(outcome.code))


class DeleteFriendRequest(OfApp):
    UserID: UserId
    Peer: UserId
    Direction: Direction


@action("im", "DeleteFriendRequest", kind="write", level="app")
async def delete_friend_request(call: Call, request: DeleteFriendRequest) -> None:
    """Remove a friend request without an answer."""
    outcomes = await call.plane.services.relations.pendencies.delete(
        call.the_app, _origin(call), request.UserID, _kind(request.Direction), [request.Peer]
    )
    for outcome in outcomes:
        if outcome.code:
            raise ApiError(Code(outcome.code))
