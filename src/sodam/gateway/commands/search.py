"""Client ``message_search``, ``user_search``, ``group_search`` and ``group_member_search`` (docs/protocol.md 19)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from sodam.accounts.model import IMAGE, NICK, Account
from sodam.c2c.events import WireMessage
from sodam.c2c.events import wire as wire_message
from sodam.c2c.model import Message
from sodam.errors import ApiError, Code
from sodam.groups.message import GroupMessage
from sodam.groups.model import Group
from sodam.groups.pushes import wire as wire_group_message
from sodam.search.grams import Term, terms
from sodam.search.messages import Asked, Hits
from sodam.search.model import EVERYTHING, MAX_KEYWORDS, MAX_PAGE, MAX_SENDERS
from sodam.search.service import allow
from sodam.search.texts import ELEMENTS
from sodam.wire import Call, Service

_ERRORS: Final = (Code.PLAN_EXPIRED,)
_MAX_ID: Final = 1 << 53
_MAX_TEXT: Final = 1000
Keywords = Annotated[list[str], msgspec.Meta(max_length=MAX_KEYWORDS)]
Number = Annotated[int, msgspec.Meta(ge=0, le=_MAX_ID)]
Cursor = Annotated[str, msgspec.Meta(max_length=64)]
ANY: Final = 0
_GENDER: Final = "Tag_Profile_IM_Gender"
_BIRTHDAY: Final = "Tag_Profile_IM_BirthDay"


def _service(name: str) -> Service:
    return Service(name, bad_json=Code.BODY_NOT_JSON, bad_request=Code.SEARCH_PARAMETERS, internal=Code.SERVER_TIMEOUT)


messages = _service("message_search")
users = _service("user_search")
groups = _service("group_search")
members = _service("group_member_search")


class _Place(NamedTuple):
    """Where a page begins, and the number that the first page said."""

    before: int = EVERYTHING
    total: int = -1


def _place(cursor: str) -> _Place:
    if not cursor:
        return _Place()
    before, _, total = cursor.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (before, total)):
        raise ApiError(Code.SEARCH_PARAMETERS, "Cursor is not one that an answer gave")
    return _Place(int(before), int(total))


def _cursor(following: int, total: int) -> str:
    return f"{following}.{total}" if following else ""


def _terms(keywords: list[str]) -> list[Term]:
    if any(len(keyword) > _MAX_TEXT for keyword in keywords):
        raise ApiError(Code.SEARCH_PARAMETERS, f"a keyword has at most {_MAX_TEXT} characters")
    return terms(keywords)


def _size(count: int) -> int:
    return max(1, min(count, MAX_PAGE))


class SearchMessages(msgspec.Struct, kw_only=True):
    KeywordList: Keywords | None = None
    MatchType: Literal["or", "and"] = "or"
    PeerAccount: str = ""
    GroupID: str = ""
    MsgTypeList: Annotated[list[str], msgspec.Meta(max_length=20)] | None = None
    SendUserIDList: Annotated[list[str], msgspec.Meta(max_length=MAX_SENDERS)] | None = None
    StartTime: int | None = None
    EndTime: int | None = None
    Count: Number = 100
    Cursor: Cursor | None = None


class ConversationHits(msgspec.Struct, omit_defaults=True):
    Count: int
    UserID: str = ""
    GroupID: str = ""
    MsgList: list[Any] | None = None
    """Newest first."""
    LastMsgTime: int = 0


class MessagesFound(msgspec.Struct):
    TotalCount: int
    """Of messages in one conversation, of conversations in a search of all; exact up to 500 messages."""
    Cursor: str
    ConversationMsgs: list[ConversationHits]


@messages.command("query", rate=100, errors=_ERRORS)
async def search_messages(call: Call, request: SearchMessages) -> MessagesFound:
    """Messages that hold all or any of at most five keywords, in any script and whatever the case, in one conversation
    or all, by sender, type and time. Only what the user may read is found or counted.

    In a search of all conversations, one with several hits tells their number alone, as the SDK expects.
    """
    allow(call.app)
    if request.PeerAccount and request.GroupID:
        raise ApiError(Code.SEARCH_PARAMETERS, "PeerAccount or GroupID, not both")
    found, senders = _terms(request.KeywordList or []), tuple(request.SendUserIDList or ())
    kinds = request.MsgTypeList or ()
    elements = sum(ELEMENTS.get(kind, 0) for kind in dict.fromkeys(kinds))
    if (kinds and not elements) or any("\0" in text for text in (*senders, request.PeerAccount, request.GroupID)):
        return MessagesFound(0, "", [])
    if request.KeywordList and not found:  # nothing but blanks
        return MessagesFound(0, "", [])
    place = _place(request.Cursor or "")
    alone = bool(request.PeerAccount or request.GroupID)
    asked = Asked(
        found,
        request.MatchType == "or",
        request.PeerAccount,
        request.GroupID,
        senders,
        elements,
        _second(request.StartTime, 0),
        _second(request.EndTime, EVERYTHING),
        _size(request.Count),
        place.before,
        place.total,
    )
    async with call.connection.page_turn():
        page = await call.services.search.messages.search(call.app, call.caller, asked)
    hits = [_hits(call.caller, one, shown=alone or one.number == 1) for one in page.hits]
    return MessagesFound(page.total, _cursor(page.following, page.total), hits)


def _second(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else max(0, min(given, _MAX_ID))


def _hits(viewer: str, hits: Hits, *, shown: bool) -> ConversationHits:
    shown_messages = [_wire(viewer, m, hits.group) for m in hits.messages] if shown else None
    last = max((m.msg_time for m in hits.messages), default=0)
    return ConversationHits(
        hits.number, hits.peer, hits.group.group_id if hits.group else "", shown_messages, LastMsgTime=last
    )


def _wire(viewer: str, message: Message | GroupMessage, group: Group | None) -> WireMessage | dict[str, Any]:
    if isinstance(message, Message):
        return wire_message(message, viewer=viewer)
    assert group is not None
    return wire_group_message(message, group, viewer)


class SearchUsers(msgspec.Struct, kw_only=True):
    Keywords: Keywords
    KeywordMatchType: Literal[0, 1] = 0
    UserGenderType: str | None = None
    UserBirthStart: int | None = None
    UserBirthEnd: int | None = None
    Count: Number = 20
    Cursor: Cursor | None = None


class ProfileItem(msgspec.Struct, omit_defaults=True):
    Tag: str
    StrValue: str | None = None
    IntValue: int | None = None


class UserFound(msgspec.Struct):
    UserID: str
    ProfileItems: list[ProfileItem]


class UsersFound(msgspec.Struct):
    TotalCount: int
    Cursor: str
    Users: list[UserFound]


@users.command("query", rate=100, errors=_ERRORS)
async def search_users(call: Call, request: SearchUsers) -> UsersFound:
    """Users whose UserID or nickname holds the keywords; by gender and birthday, too."""
    allow(call.app)
    place = _place(request.Cursor or "")

    def fits(account: Account) -> bool:
        profile = account.profile
        if request.UserGenderType and profile.get(_GENDER) != request.UserGenderType:
            return False
        if request.UserBirthStart is None and request.UserBirthEnd is None:
            return True
        born = profile.get(_BIRTHDAY, 0)
        return isinstance(born, int) and _second(request.UserBirthStart, 0) <= born <= _second(
            request.UserBirthEnd, EVERYTHING
        )

    page = await call.services.search.people.accounts(
        call.app.sdkappid,
        _terms(request.Keywords),
        any_of=request.KeywordMatchType == ANY,
        count=_size(request.Count),
        before=place.before,
        fits=fits,
    )
    found = [UserFound(account.user_id, _profile(call, account)) for account in page.found]
    return UsersFound(page.total, _cursor(page.following, page.total), found)


def _profile(call: Call, account: Account) -> list[ProfileItem]:
    values = call.services.profiles.visible(call.app, account, "app")
    return [
        ProfileItem(tag, StrValue=value) if isinstance(value, str) else ProfileItem(tag, IntValue=value)
        for tag, value in values.items()
    ]


class SearchGroups(msgspec.Struct, kw_only=True):
    Keywords: Keywords
    KeywordMatchType: Literal[0, 1] = 0
    Count: Number = 20
    Cursor: Cursor | None = None


class GroupFound(msgspec.Struct):
    GroupID: str
    GroupName: str
    GroupType: str
    GroupFaceUrl: str
    GroupIntroduction: str
    GroupOwnerUserID: str
    GroupOwnerUserName: str
    GroupMemberNum: int
    GroupAddOption: str
    GroupInviteOption: str


class GroupsFound(msgspec.Struct):
    TotalCount: int
    Cursor: str
    Groups: list[GroupFound]


@groups.command("query", rate=100, errors=_ERRORS)
async def search_groups(call: Call, request: SearchGroups) -> GroupsFound:
    """Groups whose ID or name holds the keywords: those that may be found by ID, and one's own."""
    allow(call.app)
    place = _place(request.Cursor or "")
    page = await call.services.search.people.groups(
        call.app.sdkappid,
        call.caller,
        _terms(request.Keywords),
        any_of=request.KeywordMatchType == ANY,
        count=_size(request.Count),
        before=place.before,
    )
    owners = await call.services.accounts.find_many(call.app.sdkappid, {g.owner for g in page.found if g.owner})
    found = [_group(group, owners.get(group.owner)) for group in page.found]
    return GroupsFound(page.total, _cursor(page.following, page.total), found)


def _group(group: Group, owner: Account | None) -> GroupFound:
    return GroupFound(
        group.group_id,
        group.profile.name,
        group.type,
        group.profile.face_url,
        group.profile.introduction,
        group.owner,
        owner.nick if owner else "",
        group.members,
        group.profile.apply_option,
        group.profile.invite_option,
    )


class SearchMembers(SearchGroups, kw_only=True):
    GroupIdList: Annotated[list[str], msgspec.Meta(max_length=MAX_PAGE)] | None = None


class MemberFound(msgspec.Struct):
    GroupID: str
    GroupName: str
    GroupType: str
    GroupFaceUrl: str
    GroupMemberUserID: str
    GroupMemberUserName: str
    GroupMemberNameCard: str
    GroupMemberAvatar: str


class MembersFound(msgspec.Struct):
    TotalCount: int
    Cursor: str
    GroupMembers: list[MemberFound]


@members.command("query", rate=50, errors=_ERRORS)
async def search_members(call: Call, request: SearchMembers) -> MembersFound:
    """Members whose UserID, nickname or name card holds the keywords, in groups that one is in."""
    allow(call.app)
    place = _place(request.Cursor or "")
    app = call.app.sdkappid
    async with call.connection.page_turn():
        page = await call.services.search.people.members(
            app,
            call.caller,
            _terms(request.Keywords),
            any_of=request.KeywordMatchType == ANY,
            group_ids=request.GroupIdList or (),
            count=_size(request.Count),
            after=0 if place.total < 0 else place.before,
        )
    known = await call.services.groups.get_many(app, list({group_id for group_id, *_ in page.found}))
    found = [
        _member(known[group_id], member.user_id, member.name_card, account)
        for group_id, member, account in page.found
        if group_id in known
    ]
    return MembersFound(page.total, _cursor(page.following, page.total), found)


def _member(group: Group, user_id: str, card: str, account: Account | None) -> MemberFound:
    profile = account.profile if account else {}
    nick, image = str(profile.get(NICK, "")), str(profile.get(IMAGE, ""))
    return MemberFound(
        group.group_id, group.profile.name, group.type, group.profile.face_url, user_id, nick, card, image
    )
