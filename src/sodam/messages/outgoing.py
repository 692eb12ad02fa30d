"""What a sender asks for, checked and turned into messages: the fields that REST and clients have in common.

Source: rest-messages.md 1.2, 1.4 and 2.1. An edge derives its request from ``Outgoing``, maps its decoding failures
with ``FIELDS`` and gives the decoded request to ``prepare``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages.elements import check_body, text_alone
from sodam.messages.model import (
    EMPTY_TEXT,
    EXTENSIBLE,
    MIND_MUTE,
    NEED_RECEIPT,
    NO_CHECK,
    NO_LAST,
    NO_UNREAD,
    U32,
    Source,
)
from sodam.messages.offline_push import OfflinePushInfo, Wish, check_offline_push_info, wish_of

UInt32 = Annotated[int, msgspec.Meta(ge=0, le=U32)]
Flag = Annotated[int, msgspec.Meta(ge=0, le=1)]
Names = list[str] | str
"""A list of strings; a single one may stand for a list of one."""

_FORBID_BEFORE: Final = "ForbidBeforeSendMsgCallback"
_FORBID_AFTER: Final = "ForbidAfterSendMsgCallback"
_CONTROLS: Final = {
    "NoUnread": NO_UNREAD,
    "NoLastMsg": NO_LAST,
    "NoMsgCheck": NO_CHECK,
    "WithMuteNotifications": MIND_MUTE,
}

FIELDS: Final[dict[str, Code]] = {
    "MsgBody": Code.MSG_BODY_NOT_ARRAY,
    "MsgSeq": Code.MSG_SEQ,
    "MsgRandom": Code.MSG_RANDOM,
    "MsgLifeTime": Code.MSG_LIFE_TIME_TYPE,
    "OnlineOnlyFlag": Code.MSG_FORMAT,
    "SendMsgControl": Code.MSG_FORMAT,
    "ForbidCallbackControl": Code.MSG_FORMAT,
    "CloudCustomData": Code.MSG_FORMAT,
    "SupportMessageExtension": Code.MSG_FORMAT,
    "IsNeedReadReceipt": Code.MSG_FORMAT,
    "OfflinePushInfo": Code.MSG_OFFLINE_PUSH_INFO,
}
"""The code of a field that is missing or has the wrong type (rest-messages.md 7)."""
ERRORS: Final = (
    Code.MSG_BODY_MALFORMED,
    Code.MSG_SEQ,
    Code.MSG_RANDOM,
    Code.MSG_BODY_NOT_ARRAY,
    Code.MSG_FORMAT,
    Code.MSG_LIFE_TIME_RANGE,
    Code.MSG_OFFLINE_PUSH_INFO,
    Code.MSG_LIFE_TIME_TYPE,
)
"""What ``prepare`` and the decoding of an ``Outgoing`` may refuse with, but for the code of too long a body."""


class Outgoing(msgspec.Struct, kw_only=True, gc=False):
    """The fields of a message that its sender gives. null is the same as absence.

    MsgSeq absent or 0: the next number after the conversation's messages of that second. MsgLifeTime 0 or
    OnlineOnlyFlag 1: for those online now, never stored. Else nobody is pushed the message after MsgLifeTime
    seconds (one above 604800 is taken as 604800); it stays in the history.
    ForbidCallbackControl: no webhook before, or none after the message. Of SendMsgControl, unknown
    words are ignored.
    """

    MsgRandom: UInt32
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    MsgSeq: UInt32 | None = None
    MsgLifeTime: int | None = None
    OnlineOnlyFlag: Flag | None = None
    SendMsgControl: Names | None = None
    ForbidCallbackControl: Names | None = None
    CloudCustomData: str | None = None
    SupportMessageExtension: Flag | None = None
    IsNeedReadReceipt: Flag | None = None
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


_source = lru_cache(maxsize=8192)(Source)  # a client's messages have the same one


class Content(msgspec.Struct, gc=False):
    """A checked message that lacks only sender and receiver; a batch makes many messages of one."""

    seq: int
    random: int
    body: bytes
    cloud: bytes
    flags: int
    online_only: bool = False
    push: OfflinePushInfo | None = None
    wish: Wish | None = None
    """What a receiver who is away is pushed; None: nothing."""
    before: bool = True
    after: bool = True

    def source(self, platform: str, client_ip: str) -> Source:
        """Where the message came from, with what its sender says of webhooks."""
        return _source(platform, client_ip, self.online_only, self.before, self.after)


def prepare(request: Outgoing, *, strict_required: bool, too_long: Code = Code.MSG_TOO_LONG) -> Content:
    """Check what decoding cannot. ``strict_required`` and ``too_long`` as ``check_body`` has them.

    Raises ApiError 90002, 90007, 90010 (the body), 90026 (a negative MsgLifeTime), 90043 and ``too_long``.
    """
    cloud = cloud_json(request.CloudCustomData) if request.CloudCustomData else EMPTY_TEXT
    info = check_body(
        bytes(request.MsgBody), strict_required=strict_required, too_long=too_long, extra_bytes=len(cloud) - 2
    )
    life_time = request.MsgLifeTime
    if life_time is not None and life_time < 0:
        raise ApiError(Code.MSG_LIFE_TIME_RANGE)
    push: OfflinePushInfo | None = None
    if raw := bytes(request.OfflinePushInfo):
        push = check_offline_push_info(raw) if raw != b"null" else None
    online_only = life_time == 0 or request.OnlineOnlyFlag == 1
    wish = None if online_only else wish_of(push, info.push_text, info.push_ext, info.push_sound)
    if wish is not None and life_time:
        wish.life = life_time
    forbidden = request.ForbidCallbackControl or ()
    before, after = _FORBID_BEFORE not in forbidden, _FORBID_AFTER not in forbidden
    wanted = 0
    if request.SendMsgControl or request.IsNeedReadReceipt or request.SupportMessageExtension:
        wanted = flags(request)
    seq = request.MsgSeq or 0
    return Content(seq, request.MsgRandom, info.raw, cloud, wanted, online_only, push, wish, before, after)


def plain_text(request: Outgoing, body: bytes) -> str | None:
    """The text of a request that asks for nothing but that a text be stored and delivered, whatever ``prepare`` would
    make of it: its ``body`` as it is, no flag, a push of the text. None says nothing.
    """
    if (
        request.CloudCustomData
        or request.MsgLifeTime is not None
        or request.OnlineOnlyFlag
        or request.SendMsgControl
        or request.ForbidCallbackControl
        or request.IsNeedReadReceipt
        or request.SupportMessageExtension
        or bytes(request.OfflinePushInfo)
    ):
        return None
    return text_alone(body)


def flags(request: Outgoing) -> int:
    """The flags of the message that ``request`` asks for."""
    wanted = 0
    control = request.SendMsgControl
    if control:
        for name in [control] if isinstance(control, str) else control:
            wanted |= _CONTROLS.get(name, 0)
    if request.IsNeedReadReceipt:
        wanted |= NEED_RECEIPT
    if request.SupportMessageExtension:
        wanted |= EXTENSIBLE
    return wanted


def cloud_json(text: str | None) -> bytes:
    """CloudCustomData as it is stored: a JSON string."""
    return msgspec.json.encode(text) if text else EMPTY_TEXT
