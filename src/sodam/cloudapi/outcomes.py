"""What became of each item of a bulk action, for the audit log: some items may be carried out and others refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sodam.errors import Code
from sodam.relations.model import Outcome as Written

_NAMES: Final = ("To_Account", "UserID", "TopicId", "GroupId", "MsgSeq")
"""Of fields that say what an item is about."""


class Item(NamedTuple):
    target: str
    """UserID, GroupId, or the name of what the item was about."""
    code: int
    """0 when it was carried out."""


def of_answer(answer: Any) -> list[Item]:
    """The items that an action's answer tells of; none for an answer about one thing."""
    return _items(getattr(answer, "ResultItem", None) or getattr(answer, "Results", None) or ())


def of_write(written: Any) -> list[Item]:
    """The items that reached a transaction, by what its write gives back; those refused before are not among them."""
    if not isinstance(written, list) or not all(isinstance(one, Written) for one in written):
        return []
    return [Item(one.to, _refusal(one.code)) for one in written]


def _items(listed: Iterable[Any]) -> list[Item]:
    found = []
    for one in listed:
        target = next((str(value) for name in _NAMES if (value := getattr(one, name, None))), None)
        code = getattr(one, "ResultCode", getattr(one, "ErrorCode", None))
        if target is not None and isinstance(code, int):
            found.append(Item(target, _refusal(code)))
    return found


def _refusal(code: int) -> int:
    """The number of a refusal. A request that waits for the other side was sent, though it has a number, too."""
    return 0 if code == Code.SNS_NEEDS_CONFIRM else code


def facts(items: list[Item], **more: Any) -> dict[str, Any]:
    """What the audit log says came of them: who was done, and who was refused with which number."""
    return {
        **more,
        "Done": [item.target for item in items if not item.code],
        "Refused": {item.target: item.code for item in items if item.code},
    }
