"""OfflinePushInfo: what a sender says about the push that an absent receiver gets.

Source: `rest-messages.md` section 1.3 and `rest-operations-push.md` section 4.3; where the two give a field different
types, both are taken. SDKs that write every field of a struct send empty strings, zeros and nulls for what was not
set, so each of these stands for absence, also where the documented range has no such value. Some type numbers as text:
digits are taken for the number wherever one is meant, and an empty text for none.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages.raw_json import parse

MAX_PUSH_INFO_BYTES: Final = 12288
"""Our limit: vendors carry 4 KB at most, so anything longer is refused rather than stored with each message."""
_MAX_REASON: Final = 200

Flag = Literal[0, 1] | None
Importance = Literal["", "LOW", "NORMAL"] | None
Template = dict[str, msgspec.Raw] | str | None


class LanguageContent(msgspec.Struct, gc=False):
    """The words for one language, for example `en`, `zh-Hans`."""

    Language: str | None = None
    Title: str | None = None
    Desc: str | None = None


class AndroidInfo(msgspec.Struct, gc=False):
    """Wishes for the Android vendors' services. A channel id that is empty leaves the configured one in place."""

    Sound: str | None = None
    PushStyle: Flag = None
    HuaWeiChannelID: str | None = None
    XiaoMiChannelID: str | None = None
    OPPOChannelID: str | None = None
    GoogleChannelID: str | None = None
    HuaWeiImportance: Importance = None
    HuaWeiCategory: str | None = None
    HuaWeiImage: str | None = None
    HonorImage: str | None = None
    GoogleImage: str | None = None
    HonorImportance: Importance = None
    ExtAsHuaweiIntentParam: Flag = None
    VIVOClassification: Flag = None
    VIVOCategory: str | None = None
    VIVONotifyType: Literal["", "0", "1", "2", "3", "4", 0, 1, 2, 3, 4] | None = None
    OPPOCategory: str | None = None
    OPPONotifyLevel: Literal[0, 1, 2, 16] | None = None
    OPPOPrivateMsgTemplateId: str | None = None
    OPPOPrivateTitleParameters: Template = None
    OPPOPrivateContentParameters: Template = None
    GooglePriority: Literal["", "normal", "high"] | None = None
    MeiZuNoticeMsgType: Flag = None


class LiveActivity(msgspec.Struct, gc=False):
    """An update for, or the end of, a live activity. `LaId` has at most 64 bytes."""

    LaId: str
    Event: Literal["update", "end"]
    ContentState: dict[str, msgspec.Raw]
    DismissalDate: int | None = None


class ApnsInfo(msgspec.Struct, gc=False):
    """Wishes for Apple's service."""

    Sound: str | None = None
    BadgeMode: Flag = None
    Title: str | None = None
    SubTitle: str | None = None
    Image: str | None = None
    MutableContent: Flag = None
    InterruptionLevel: Literal["", "active", "critical", "passive", "time-sensitive"] | None = None
    ContentAvailable: Flag = None
    IsVoipPush: Flag = None
    LiveActivity: LiveActivity | None = None


class HarmonyInfo(msgspec.Struct, gc=False):
    """Wishes for HarmonyOS. `SoundDuration` is in seconds, 1 to 60."""

    Title: str | None = None
    Category: str | None = None
    Image: str | None = None
    Sound: str | None = None
    SoundDuration: Annotated[int, msgspec.Meta(ge=0, le=60)] | None = None


class OfflinePushInfo(msgspec.Struct, gc=False):
    """The whole object; every field may be absent. `PushFlag` 1 means: no offline push for this message."""

    PushFlag: Flag = None
    Title: str | None = None
    Desc: str | None = None
    Ext: str | None = None
    AndroidInfo: AndroidInfo | None = None
    ApnsInfo: ApnsInfo | None = None
    HarmonyInfo: HarmonyInfo | None = None
    MultiLanguageContent: list[LanguageContent] | None = None
    BadgeAddNum: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    BadgeSetNum: Annotated[int, msgspec.Meta(ge=0, le=999)] | None = None
    PushTemplateId: str | None = None
    PushTemplateParam: Template = None


_MAX_LIVE_ACTIVITY_ID: Final = 64
_NUMBERS: Final = frozenset(
    {
        *("PushFlag", "BadgeAddNum", "BadgeSetNum", "PushStyle", "ExtAsHuaweiIntentParam", "VIVOClassification"),
        *("OPPONotifyLevel", "MeiZuNoticeMsgType", "BadgeMode", "MutableContent", "ContentAvailable", "IsVoipPush"),
        *("SoundDuration", "DismissalDate"),
    }
)
_PARTS: Final = ("AndroidInfo", "ApnsInfo", "HarmonyInfo", "LiveActivity")
_decode: Final = msgspec.json.Decoder(OfflinePushInfo, strict=False).decode


def _without_empty_numbers(value: Any) -> Any:
    """``value``, a decoded OfflinePushInfo or a part of it, without numbers that are an empty text."""
    if not isinstance(value, dict):
        return value
    return {
        name: _without_empty_numbers(item) if name in _PARTS else item
        for name, item in value.items()
        if not (item == "" and name in _NUMBERS)
    }


def check_offline_push_info(raw: bytes) -> OfflinePushInfo:
    """Check the JSON text of an OfflinePushInfo and give it back decoded; the bytes are what is stored.

    Raises ApiError 90043: not an object, a field of the wrong type or out of its range, or over 12288 bytes.
    """
    if len(raw) > MAX_PUSH_INFO_BYTES:
        raise ApiError(Code.MSG_OFFLINE_PUSH_INFO, f"OfflinePushInfo is longer than {MAX_PUSH_INFO_BYTES} bytes")
    try:
        parsed = parse(raw)
        try:
            info = _decode(raw)
        except msgspec.ValidationError:
            info = _decode(msgspec.json.encode(_without_empty_numbers(parsed)))
    except ValueError as error:
        reason = str(error).replace("`$", "`OfflinePushInfo")[:_MAX_REASON]
        raise ApiError(Code.MSG_OFFLINE_PUSH_INFO, reason) from None
    activity = info.ApnsInfo.LiveActivity if info.ApnsInfo is not None else None
    if activity is not None and not 0 < len(activity.LaId.encode()) <= _MAX_LIVE_ACTIVITY_ID:
        raise ApiError(Code.MSG_OFFLINE_PUSH_INFO, "LiveActivity.LaId must have 1 to 64 bytes")
    return info


class Wish(msgspec.Struct, gc=False, omit_defaults=True):
    """What a message says of its push: the sender's own info, or what its elements give."""

    info: OfflinePushInfo | None = None
    text: str = ""
    """Shown where the info has no Desc."""
    ext: str = ""
    sound: str = ""
    life: int = 0
    """Seconds after which nobody is pushed it any more (MsgLifeTime); 0: the sender does not say."""


def wish_of(info: OfflinePushInfo | None, text: str, ext: str, sound: str) -> Wish | None:
    """None: no push at all. The push fields of a custom element hold only where there is no info."""
    if info is None:
        return Wish(None, text, ext, sound) if text else None
    if info.PushFlag == 1 or not (info.Desc or text or info.ApnsInfo):
        return None
    return Wish(info, text)
