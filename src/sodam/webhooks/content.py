"""ContentCallback.ResultNotify (webhooks.md 10): what moderation refused."""

from __future__ import annotations

from typing import Any, Final

from sodam.moderation.events import ContentRefused

COMMAND: Final = "ContentCallback.ResultNotify"
_MOST_TEXT: Final = 12_288


def refused(one: ContentRefused, _at: int) -> dict[str, Any]:
    kind = 2 if one.group_id else 1
    return {
        "Scene": ("Group" if one.group_id else "C2C") + ("Custom" if one.custom else ""),
        "From_Account": one.sender,
        "ContactItem": {"Type": kind, "To_Account": one.to, "ToGroupId": one.group_id},
        "ContentType": "Text",
        "TextContent": [one.text[:_MOST_TEXT]],
        "FileURL": "",
        "MsgID": "",
        "CtxcbResult": 1,
        "CtxcbRequestId": one.number,
        "CtxcbKeywords": list(one.words),
        "CtxcbSuggestion": "Block",
        "CtxcbLabel": "Illegal",
        "CloudCustomData": one.cloud,
    }
