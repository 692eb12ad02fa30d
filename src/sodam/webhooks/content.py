"""ContentCallback.ResultNotify (webhooks.md 10): what moderation refused, and which messages it marked."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.groups.message import GroupMessage
from sodam.messages.model import EMPTY_TEXT, Marks
from sodam.moderation.events import ContentRefused
from sodam.moderation.messages import scene
from sodam.moderation.service import new_number
from sodam.webhooks.model import StoredMessage

COMMAND: Final = "ContentCallback.ResultNotify"
_MOST_TEXT: Final = 12_288
_OF_MESSAGES: Final = ("C2C", "C2CCustom", "Group", "GroupCustom")
_decode_marks: Final = msgspec.json.Decoder(Marks).decode
Body = dict[str, Any]


def refused(one: ContentRefused, _at: int) -> Body:
    body = _body(one.scene, one.sender, [one.text], one.words, one.number)
    body |= {"CtxcbResult": 1, "CtxcbSuggestion": "Block", "CtxcbLabel": "Illegal"}
    if one.scene not in _OF_MESSAGES:
        return body
    return body | {"ContactItem": _contact(one.to, one.group_id), "CloudCustomData": one.cloud}


def marked(stored: StoredMessage, msg_time: int, msg_seq: int) -> Body:
    """A one-to-one message, which was delivered."""
    cloud = str(msgspec.json.decode(stored.cloud))
    return _review(
        _decode_marks(stored.body), stored.sender, stored.recipient, "", stored.key(msg_time, msg_seq), cloud
    )


def marked_in_group(message: GroupMessage, marks: Marks) -> Body:
    cloud = str(msgspec.json.decode(message.cloud)) if message.cloud != EMPTY_TEXT else ""
    return _review(marks, message.sender, "", message.group_id, str(message.seq) if message.seq else "", cloud)


def _review(marks: Marks, sender: str, to: str, group_id: str, name: str, cloud: str) -> Body:
    body = _body(scene(bool(group_id), custom=marks.custom), sender, marks.texts, marks.words, new_number())
    body |= {"MsgID": name, "CtxcbResult": 0, "CtxcbSuggestion": "Review", "CtxcbLabel": "Normal"}
    return body | {"ContactItem": _contact(to, group_id), "CloudCustomData": cloud}


def _contact(to: str, group_id: str) -> Body:
    return {"Type": 2 if group_id else 1, "To_Account": to, "ToGroupId": group_id}


def _body(scene: str, author: str, texts: Any, words: Any, number: str) -> Body:
    return {
        "Scene": scene,
        "From_Account": author,
        "ContentType": "Text",
        "TextContent": [text[:_MOST_TEXT] for text in texts],
        "FileURL": "",
        "MsgID": "",
        "CtxcbRequestId": number,
        "CtxcbKeywords": list(words),
    }
