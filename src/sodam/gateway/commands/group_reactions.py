"""Client ``openim_msg_ext_http_svc``: reactions to messages of groups (client-protocol-groups.md section 9)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import Code
from sodam.extensions.model import MAX_USERS
from sodam.gateway.commands.openim_msg_ext_http_svc import Count, Summary, check_reaction, page_of, service, summary_of
from sodam.rest.group_extensions import ERRORS, NamedGroup, group_subject
from sodam.rest.group_messages import place_of
from sodam.rest.openim_msg_ext_http_svc import Number
from sodam.wire import Call

__all__ = ["service"]
_MAX_MESSAGES = 30


class GroupAddReaction(NamedGroup, kw_only=True):
    Reaction: str
    Add_Account: list[str] | None = None


class GroupDeleteReaction(NamedGroup, kw_only=True):
    Reaction: str
    Del_Account: list[str] | None = None


@service.command(
    "group_reaction_add",
    errors=(*ERRORS, Code.REACTION_LIMIT, Code.REACTION_USER_LIMIT, Code.REACTION_EXISTS),
)
async def group_reaction_add(call: Call, request: GroupAddReaction) -> None:
    """As ``reaction_add``, to a message of a group that one is a member of."""
    check_reaction(call, request.Reaction, request.Add_Account)
    subject = await group_subject(call, request)
    await call.services.reactions.add(subject, call.caller, request.Reaction)


@service.command("group_reaction_del", errors=(*ERRORS, Code.REACTION_NOT_FOUND, Code.REACTION_NOT_GIVEN))
async def group_reaction_del(call: Call, request: GroupDeleteReaction) -> None:
    """Take back one's own reaction."""
    check_reaction(call, request.Reaction, request.Del_Account)
    subject = await group_subject(call, request)
    await call.services.reactions.remove(subject, call.caller, request.Reaction)


class GroupMultiStat(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeqList: Annotated[list[Number], msgspec.Meta(max_length=_MAX_MESSAGES)]
    TopicId: str | None = None
    Count: Count = 10


class GroupMessageReactions(msgspec.Struct):
    MsgSeq: int
    MsgReactionSummary: list[Summary]
    ReactionList: list[Summary]
    """The same once more, under the name that lite-chat reads."""


class GroupMultiStatAnswer(msgspec.Struct):
    Results: list[GroupMessageReactions]


@service.command("group_reaction_multi_stat", errors=ERRORS)
async def group_reaction_multi_stat(call: Call, request: GroupMultiStat) -> GroupMultiStatAnswer:
    """The reactions to up to 30 messages of a group, with the first ``Count`` users of each; others are left out."""
    place = place_of(call, request.GroupId, request.TopicId)
    found_in = call.services.group_extensions
    subjects = await found_in.find_many(call.app, place, request.MsgSeqList, viewer=call.caller)
    results = []
    for subject in subjects:
        found = await call.services.reactions.read(subject)
        summary = summary_of(found, request.Count, call.caller)
        results.append(GroupMessageReactions(subject.ref.seq, summary, summary))
    return GroupMultiStatAnswer(results)


class GroupIterate(NamedGroup, kw_only=True):
    Reaction: str
    NextSeq: Number = 0
    Count: Count = MAX_USERS


class GroupIterateAnswer(msgspec.Struct):
    Reaction_Account: list[str]
    NextSeq: int
    """Where the next page begins; 0: this is the last."""


@service.command("group_reaction_iterate", errors=ERRORS)
async def group_reaction_iterate(call: Call, request: GroupIterate) -> GroupIterateAnswer:
    """The users of one reaction to a message, in the order in which they gave it."""
    found = await call.services.reactions.read(await group_subject(call, request))
    return GroupIterateAnswer(*page_of(found, request.Reaction, request.NextSeq, request.Count))
