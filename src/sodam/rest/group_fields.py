"""How groups and members look in REST answers, and what response filters leave of them (rest-groups.md 1.6, 1.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, cast

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.core import Operator
from sodam.groups.custom import Pairs, member_data
from sodam.groups.model import Group, Member
from sodam.wire import Call

Names = list[str]
Count = Annotated[int, msgspec.Meta(ge=0)]
U32 = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
COMMON: Final = (Code.GROUP_NOT_FOUND, Code.GROUP_ID_INVALID, Code.GROUP_NOT_PERMITTED)
_MAX_ANSWER: Final = 1 << 20
_encode = msgspec.json.Encoder().encode

_GROUP: Final[dict[str, Callable[[Group], Any]]] = {
    "Type": lambda g: g.type,
    "Name": lambda g: g.profile.name,
    "Appid": lambda g: g.app,
    "Introduction": lambda g: g.profile.introduction,
    "Notification": lambda g: g.profile.notification,
    "FaceUrl": lambda g: g.profile.face_url,
    "Owner_Account": lambda g: g.owner,
    "CreateTime": lambda g: g.created_at,
    "LastInfoTime": lambda g: g.info_at,
    "LastMsgTime": lambda g: g.last_msg_at,
    "NextMsgSeq": lambda g: g.next_seq,
    "MemberNum": lambda g: g.members,
    "MaxMemberNum": lambda g: g.max_members,
    "ApplyJoinOption": lambda g: g.profile.apply_option,
    "InviteJoinOption": lambda g: g.profile.invite_option,
    "MuteAllMember": lambda g: g.profile.mute_all,
    "ShutUpAllMember": lambda g: g.profile.mute_all,
}
_MORE: Final[dict[str, Callable[[Group], Any]]] = {
    "InfoSeq": lambda g: g.info_seq,
    "HistoryMsgBeforeJoin": lambda g: g.profile.history_option,
    "SupportTopic": lambda g: g.profile.support_topic,
    "EnablePermission": lambda g: g.profile.permissions,
    "DefaultPermission": lambda g: g.profile.default_permission,
}
"""Given only when a filter asks for them."""
_NOT_OF_ROOMS: Final = {"MemberNum", "MaxMemberNum", "HistoryMsgBeforeJoin"}

_MEMBER: Final[dict[str, Callable[[Member, int], Any]]] = {
    "Role": lambda m, muted: m.role.name,
    "JoinTime": lambda m, muted: m.joined_at,
    "MsgSeq": lambda m, muted: m.read_seq,
    "MsgFlag": lambda m, muted: m.msg_flag,
    "LastSendMsgTime": lambda m, muted: m.last_send_at,
    "NameCard": lambda m, muted: m.name_card,
    "MuteUntil": lambda m, muted: muted,
    "ShutUpUntil": lambda m, muted: muted,
}


def group_item(group: Group, names: Iterable[str] | None, *, room: bool) -> dict[str, Any]:
    """The profile fields named, all but the rare ones when ``names`` is None; unknown names are passed over.

    ``room``: a live room, which has no count of members.
    """
    known = _GROUP if names is None else _GROUP | _MORE
    wanted = known if names is None else [name for name in names if name in known]
    return {name: known[name](group) for name in wanted if not (room and name in _NOT_OF_ROOMS)}


def self_item(group: Group, member: Member, muted: int, names: Iterable[str], unread: int = 0) -> dict[str, Any]:
    """The fields named of somebody's own membership; ``unread`` is the unread number, if that is among them."""
    found = {name: _MEMBER[name](member, muted) for name in names if name in _MEMBER}
    if "UnreadMsgNum" in names:
        found["UnreadMsgNum"] = unread
    return found


def member_items(
    members: Iterable[Member],
    mutes: Mapping[str, int],
    names: Sequence[str] | None,
    custom: Callable[[Member], Pairs] | None = None,
) -> list[dict[str, Any]]:
    """Members with the fields named, all when ``names`` is None; the UserID always, custom fields where there are any.

    ``custom``: what of them is shown, see ``shown_custom``.
    """
    wanted = list(_MEMBER) if names is None else [name for name in names if name in _MEMBER]
    items = []
    for m in members:
        item = {"Member_Account": m.user_id} | {name: _MEMBER[name](m, mutes.get(m.user_id, 0)) for name in wanted}
        if custom is not None and m.custom and (pairs := custom(m)):
            item["AppMemberDefinedData"] = pairs
        items.append(item)
    return items


def shown_custom(
    call: Call, group: Group, role: int, filtered: Sequence[str] | None, *, all_shown: bool
) -> Callable[[Member], Pairs] | None:
    """What a caller with this role is shown of members' custom fields: those asked for, or all that it may read."""
    if (filtered is None and not all_shown) or not call.app.settings.group_member_fields:
        return None
    return lambda member: member_data(call.app, group.type, member, call.caller, role, filtered)


def bounded(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A list as it goes into the answer. Raises ApiError 10018 when it is larger than 1 MiB."""
    body = _encode(items)
    if len(body) > _MAX_ANSWER:
        raise ApiError(Code.GROUP_ANSWER_TOO_LARGE)
    return cast(list[dict[str, Any]], msgspec.Raw(body))


class CustomValue(msgspec.Struct):
    """A custom field with its value; an empty one deletes it. lite-chat writes key and value when it makes a group."""

    Key: str = ""
    Value: str = ""
    key: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if not (self.Key or self.key):
            raise ValueError("Key is missing")


def custom_of(given: list[CustomValue] | None) -> dict[str, str] | None:
    return {item.Key or item.key: item.Value or item.value for item in given} if given else None


def at_most(values: Sequence[Any], most: int, name: str, code: Code = Code.GROUP_TOO_MANY_ACCOUNTS) -> None:
    """Raises ApiError: 10004 for an empty list, ``code`` for one of more than ``most``."""
    if not values:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"{name} is empty")
    if len(values) > most:
        raise ApiError(code, f"{name} has at most {most} entries")


async def operator_of(call: Call, from_account: str | None = None) -> Operator:
    """Who does it: a client its own user, an administrator whom the request names, if anybody.

    Raises ApiError 10004 for a named account that does not exist.
    """
    if not call.admin:
        return Operator(call.caller, admin=False, instid=call.instid, source=call.source)
    if not from_account:
        return Operator(call.caller, admin=True, source=call.source)
    if await call.services.accounts.find(call.app.sdkappid, from_account) is None:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"From_Account {from_account[:40]!r} does not exist")
    return Operator(from_account, admin=True, source=call.source)
