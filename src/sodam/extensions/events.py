"""What devices and followers are notified of about extensions and reactions (client-protocol-groups.md section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from sodam.extensions.model import Extension, Operation, Reaction, Ref, Subject
from sodam.messages.model import Source
from sodam.notices import Notice

_encode: Final = msgspec.json.Encoder().encode
_INFO: Final = {1: "C2cMsgInfo", 2: "GroupMsgInfo"}
_REACTED: Final = {1: "C2CMsgInfo", 2: "GroupMsgInfo"}
_SHOWN: Final = 10
"""Users that a notice names of a reaction; it counts all."""
_LISTS: Final = {Operation.SET: "SetKVInfo", Operation.DELETE: "DeleteKVInfo", Operation.CLEAR: "ClearKVInfo"}


class MessageExtended(msgspec.Struct, frozen=True, kw_only=True):
    """Extensions of a message were changed by the transaction that raises this."""

    ref: Ref
    operator: str
    """Who changed them."""
    source: Source
    operation: Operation
    extensions: list[Extension]
    """The keys that were changed, as they are now; none when all were removed."""
    last_seq: int
    """The number of the write."""


def extended(subject: Subject, operation: Operation, extensions: Sequence[Extension], last_seq: int) -> Notice:
    """Event 22: keys were set, deleted, or, without any, all removed by the write ``last_seq``."""
    if operation == Operation.CLEAR:
        changed: dict[str, Any] = {"ClearMsgSeq": last_seq}
    else:
        changed = {"MsgKeyValue": [{"Key": one.key, "Value": one.value, "Seq": one.seq} for one in extensions]}
    content = {
        "TinyId": str(subject.tiny_id),
        "MsgLastSeq": last_seq,
        "MsgOptType": int(operation),
        f"Extension{_INFO[subject.ref.type]}": {"MsgRandom": subject.random, "MsgClientTime": subject.client_time},
        _LISTS[operation]: [changed],
    }
    return Notice(_encode({"Event": 22, "MsgExtensionNotify": content}))


def reacted(subject: Subject, reactions: Sequence[Reaction]) -> Notice:
    """Event 21: these reactions as they are now, for everyone. One without users is given by nobody any more."""
    summary = []
    for one in reactions:
        item: dict[str, Any] = {"Reaction": one.id, "Count": len(one.users)}
        if one.users:  # the SDK counts 0 where it is left out
            item["Reaction_Account"] = one.users[:_SHOWN]
        summary.append(item)
    content = [{_REACTED[subject.ref.type]: _info(subject), "MsgReactionSummary": summary}]
    return Notice(_encode({"Event": 21, "MsgReactionNotifyList": content}))


def reacted_oneself(subject: Subject, reaction: str, *, added: bool) -> Notice:
    """Event 21, to one's own devices: one gave the reaction, or took it back."""
    content = {
        _REACTED[subject.ref.type]: _info(subject),
        "Reaction": reaction,
        "MsgOptType": 1 if added else 2,
    }
    return Notice(_encode({"Event": 21, "MsgReactionNotify": content}))


def _info(subject: Subject) -> dict[str, Any]:
    return {
        "TinyId": str(subject.tiny_id),
        "MsgClientTime": subject.client_time,
        "MsgRandom": subject.random,
    }
