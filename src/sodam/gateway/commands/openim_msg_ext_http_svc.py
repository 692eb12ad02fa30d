"""Client ``openim_msg_ext_http_svc``: key-value pairs as over REST, and reactions (docs/protocol.md section 17)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.extensions.model import MAX_REACTION, MAX_USERS, Reaction
from sodam.rest import group_extensions
from sodam.rest.openim_msg_ext_http_svc import Named, Number, check_party, subject_at, subject_of
from sodam.wire import Call, Service

service = Service(
    "openim_msg_ext_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
    commands=dict(group_extensions.service.commands),
)
_MAX_MESSAGES = 30
_ERRORS = (Code.EXTENSION_NOT_FOUND, Code.GROUP_NOT_PERMITTED)
Count = Annotated[int, msgspec.Meta(ge=0)]


class AddReaction(Named, kw_only=True):
    Reaction: str
    Add_Account: list[str] | None = None


class DeleteReaction(Named, kw_only=True):
    Reaction: str
    Del_Account: list[str] | None = None


def check_reaction(call: Call, reaction: str, accounts: list[str] | None) -> None:
    """Raises ApiError 10004, and 10007 for a reaction of somebody else."""
    if not 0 < len(reaction.encode()) <= MAX_REACTION or "\0" in reaction:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"a Reaction has 1 to {MAX_REACTION} bytes, none of them 0")
    if any(account != call.caller for account in accounts or ()):
        raise ApiError(Code.GROUP_NOT_PERMITTED, "one reacts for oneself alone")


@service.command(
    "reaction_add",
    errors=(*_ERRORS, Code.REACTION_LIMIT, Code.REACTION_USER_LIMIT, Code.REACTION_EXISTS),
)
async def reaction_add(call: Call, request: AddReaction) -> None:
    """React to a message of a conversation that one takes part in: at most 10 different reactions, 100 users each."""
    check_reaction(call, request.Reaction, request.Add_Account)
    subject = await subject_of(call, request)
    await call.services.reactions.add(subject, call.caller, request.Reaction)


@service.command("reaction_del", errors=(*_ERRORS, Code.REACTION_NOT_FOUND, Code.REACTION_NOT_GIVEN))
async def reaction_del(call: Call, request: DeleteReaction) -> None:
    """Take back one's own reaction."""
    check_reaction(call, request.Reaction, request.Del_Account)
    subject = await subject_of(call, request)
    await call.services.reactions.remove(subject, call.caller, request.Reaction)


class MultiStat(msgspec.Struct, kw_only=True):
    To_Account: str
    From_Account: str | None = None
    MsgKeyList: Annotated[list[str], msgspec.Meta(max_length=_MAX_MESSAGES)]
    Count: Count = 10


class Summary(msgspec.Struct):
    Reaction: str
    Count: int
    Reaction_Account: list[str]
    ReactedByMe: int


class MessageReactions(msgspec.Struct):
    MsgKey: str
    MsgReactionSummary: list[Summary]
    ReactionList: list[Summary]
    """The same once more, under the name that lite-chat reads."""


def summary_of(found: list[Reaction], count: int, viewer: str) -> list[Summary]:
    return [Summary(one.id, len(one.users), one.users[:count], int(viewer in one.users)) for one in found]


def page_of(found: list[Reaction], reaction: str, start: int, count: int) -> tuple[list[str], int]:
    """Users of one of the reactions, and where the next page begins; 0: this is the last."""
    users = next((one.users for one in found if one.id == reaction), [])
    end = start + max(1, min(count, MAX_USERS))
    return users[start:end], end if end < len(users) else 0


class MultiStatAnswer(msgspec.Struct):
    Results: list[MessageReactions]


@service.command("reaction_multi_stat", errors=_ERRORS)
async def reaction_multi_stat(call: Call, request: MultiStat) -> MultiStatAnswer:
    """The reactions to up to 30 messages of a conversation, with the first ``Count`` users of each.

    The messages may be of either of the two; those that do not exist are left out.
    """
    sender, recipient = request.From_Account or call.caller, request.To_Account
    check_party(call, sender, recipient)
    results = []
    for key in request.MsgKeyList:
        for parties in ((sender, recipient), (recipient, sender)):
            try:
                subject = await subject_at(call, *parties, key)
            except ApiError as error:
                if error.code is not Code.EXTENSION_NOT_FOUND:
                    raise
                continue
            found = await call.services.reactions.read(subject)
            summary = summary_of(found, request.Count, call.caller)
            results.append(MessageReactions(key, summary, summary))
            break
    return MultiStatAnswer(results)


class Iterate(Named, kw_only=True):
    Reaction: str
    NextSeq: Number = 0
    Count: Count = MAX_USERS


class IterateAnswer(msgspec.Struct):
    Reaction_Account: list[str]
    NextSeq: int
    """Where the next page begins; 0: this is the last."""


@service.command("reaction_iterate", errors=_ERRORS)
async def reaction_iterate(call: Call, request: Iterate) -> IterateAnswer:
    """The users of one reaction to a message, in the order in which they gave it."""
    subject = await subject_of(call, request)
    found = await call.services.reactions.read(subject)
    return IterateAnswer(*page_of(found, request.Reaction, request.NextSeq, request.Count))
