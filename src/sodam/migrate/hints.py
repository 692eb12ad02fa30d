"""What a webhook of the source says to look at. Pure: a webhook is a hint, what the source answers is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sodam.migrate.messages import pair, place
from sodam.migrate.store import Hint

NAMED, ACCOUNT, RELATIONS, GROUP, HISTORY, PAIR = "named", "account", "relations", "group", "history", "pair"
READ, UNREAD = "read", "unread"
KINDS: Final = (NAMED, ACCOUNT, RELATIONS, GROUP, HISTORY, PAIR, READ, UNREAD)
"""In the order in which they are looked at: what others name comes first."""
READER: Final = "\x1f"
"""Stands between who has read and whose messages. The ``since`` of such a hint is the second, negative: so that the
latest counts."""
_RELATIONS: Final = ("FriendAdd", "FriendDelete", "BlackListAdd", "BlackListDelete")
_OF_GROUPS: Final = frozenset(
    f"Group.Callback{name}"
    for name in (
        *("AfterCreateGroup", "AfterGroupDestroyed", "AfterGroupInfoChanged", "AfterGroupAttrChanged"),
        *("AfterNewMemberJoin", "AfterMemberExit", "AfterMemberFieldChanged", "AfterChangeGroupOwner"),
        *("AfterCreateTopic", "AfterTopicDestroyed", "AfterTopicInfoChanged"),
    )
)
_ROOM: Final = "AVChatRoom"


def hints(body: Mapping[str, Any]) -> list[Hint]:
    """Nothing for a command that tells of nothing which is taken over. Raises KeyError, TypeError, ValueError for a
    body that is none of its command."""
    if "Events" in body:
        return []  # pushes to everyone come as a list
    command = body["CallbackCommand"]
    if command == "State.StateChange":
        return [Hint(NAMED, body["Info"]["To_Account"], 0)]
    if command == "Profile.CallbackPortraitSet":
        return [Hint(ACCOUNT, body["From_Account"], 0)]
    if command.startswith("Sns.Callback") and command.removeprefix("Sns.Callback") in _RELATIONS:
        return [Hint(RELATIONS, item["From_Account"], 0) for item in body["PairList"]]
    if command.startswith("Follow.CallbackAfter"):
        return [Hint(RELATIONS, body["From_Account"], 0)]
    if command.startswith("C2C.CallbackAfter"):
        return _of_pair(command.removeprefix("C2C.CallbackAfter"), body)
    if command in _OF_GROUPS:
        return [Hint(GROUP, body["GroupId"], 0)]
    return _of_group(command.removeprefix("Group.CallbackAfter"), body)


def _of_pair(command: str, body: Mapping[str, Any]) -> list[Hint]:
    if command == "MsgReport":
        return [Hint(READ, READER.join((body["Report_Account"], body["Peer_Account"])), -int(body["LastReadTime"]))]
    if command == "MsgReadReceipt":
        seconds = [int(item["MsgKey"].rsplit("_", 1)[1]) for item in body["C2CMsgInfo"]]
        return [Hint(PAIR, pair(body["Operator_Account"], body["Peer_Account"]), min(seconds))]
    if command in ("SendMsg", "ModifyMsg"):
        if body.get("OnlineOnlyFlag") or body.get("SendMsgResult"):
            return []
        second = int(body["MsgTime"])
    elif command == "MsgWithDraw":
        second = int(body["MsgKey"].rsplit("_", 1)[1])
    else:
        return []
    return [Hint(PAIR, pair(body["From_Account"], body["To_Account"]), second)]


def _of_group(command: str, body: Mapping[str, Any]) -> list[Hint]:
    if command == "ReadReceipt":
        return [Hint(UNREAD, body["GroupId"], 0)]
    if command in ("SendMsg", "ModifyMsg"):
        if body.get("OnlineOnlyFlag") or body.get("Type") == _ROOM:
            return []
        number = int(body["MsgSeq"])
    elif command == "RecallMsg" and body["MsgSeqList"]:
        number = min(int(item["MsgSeq"]) for item in body["MsgSeqList"])
    else:
        return []
    return [Hint(HISTORY, place(body["GroupId"], body.get("TopicId") or ""), number)]
