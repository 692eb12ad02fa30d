"""MsgBody: the elements that a message is made of, and which of them a sender may send.

Source: `rest-messages.md` sections 1.1 (elements), 1.3 (push text) and 1.4 (sizes); labels of the push text:
`rest-operations-push.md` section 4.2. A body is checked and then kept byte for byte, unknown fields included, so that a
newer client's additions reach the clients that know them.

Choices where the documents leave one open:
- an element that is no object, lacks MsgType or has no object as MsgContent: 90002; a type that cannot be sent, and a
  field of the wrong JSON type (a number written as a string too): 90010; not an array, or absent: 90007;
- null is the same as absence, integers and fractions are both numbers, true and false are not;
- a body over the limit is measured again without the whitespace and \\u escapes that some JSON writers add.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages.raw_json import parse

MAX_BODY_BYTES: Final = 12288
"""Limit on MsgBody and CloudCustomData together, as JSON in UTF-8."""
_LONGEST_FORM: Final = 6 * MAX_BODY_BYTES  # one ASCII letter as \u0041 takes six bytes
_MAX_REASON: Final = 200
_DIRECT_DOWNLOAD: Final = 2

_Text = str | None
_Number = float | None


class TextContent(msgspec.Struct, gc=False):
    Text: _Text = None


class LocationContent(msgspec.Struct, gc=False):
    Desc: _Text = None
    Latitude: _Number = None
    Longitude: _Number = None


class FaceContent(msgspec.Struct, gc=False):
    Index: _Number = None
    Data: _Text = None


class CustomContent(msgspec.Struct, gc=False):
    Data: _Text = None
    Desc: _Text = None
    Ext: _Text = None
    Sound: _Text = None


class SoundContent(msgspec.Struct, gc=False):
    Url: _Text = None
    UUID: _Text = None
    Size: _Number = None
    Second: _Number = None
    Download_Flag: _Number = None


class ImageInfo(msgspec.Struct, gc=False):
    Type: _Number = None
    Size: _Number = None
    Width: _Number = None
    Height: _Number = None
    URL: _Text = None


class ImageContent(msgspec.Struct, gc=False):
    UUID: _Text = None
    ImageFormat: _Number = None
    ImageInfoArray: list[ImageInfo] | None = None


class FileContent(msgspec.Struct, gc=False):
    Url: _Text = None
    UUID: _Text = None
    FileSize: _Number = None
    FileName: _Text = None
    Download_Flag: _Number = None


class VideoContent(msgspec.Struct, gc=False):
    VideoUrl: _Text = None
    VideoUUID: _Text = None
    VideoSize: _Number = None
    VideoSecond: _Number = None
    VideoFormat: _Text = None
    VideoDownloadFlag: _Number = None
    ThumbUrl: _Text = None
    ThumbUUID: _Text = None
    ThumbSize: _Number = None
    ThumbWidth: _Number = None
    ThumbHeight: _Number = None
    ThumbFormat: _Text = None
    ThumbDownloadFlag: _Number = None


class BundledElement(msgspec.Struct, gc=False):
    """An element inside a bundle: a copy of what was sent once, so any type and any content may stand here."""

    MsgType: str
    MsgContent: dict[str, msgspec.Raw]


class BundledMessage(msgspec.Struct, gc=False):
    From_Account: _Text = None
    To_Account: _Text = None
    GroupId: _Text = None
    MsgSeq: _Number = None
    MsgRandom: _Number = None
    MsgTimeStamp: _Number = None
    MsgBody: list[BundledElement] | None = None
    CloudCustomData: _Text = None


class RelayContent(msgspec.Struct, gc=False):
    Title: _Text = None
    MsgNum: _Number = None
    CompatibleText: _Text = None
    AbstractList: list[str] | None = None
    MsgList: list[BundledMessage] | None = None
    JsonMsgKey: _Text = None


class _Element(msgspec.Struct, tag_field="MsgType", gc=False):
    pass


class TextElement(_Element, tag="TIMTextElem"):
    MsgContent: TextContent


class LocationElement(_Element, tag="TIMLocationElem"):
    MsgContent: LocationContent


class FaceElement(_Element, tag="TIMFaceElem"):
    MsgContent: FaceContent


class CustomElement(_Element, tag="TIMCustomElem"):
    MsgContent: CustomContent


class SoundElement(_Element, tag="TIMSoundElem"):
    MsgContent: SoundContent


class ImageElement(_Element, tag="TIMImageElem"):
    MsgContent: ImageContent


class FileElement(_Element, tag="TIMFileElem"):
    MsgContent: FileContent


class VideoElement(_Element, tag="TIMVideoFileElem"):
    MsgContent: VideoContent


class RelayElement(_Element, tag="TIMRelayElem"):
    MsgContent: RelayContent


Element = (
    TextElement
    | LocationElement
    | FaceElement
    | CustomElement
    | SoundElement
    | ImageElement
    | FileElement
    | VideoElement
    | RelayElement
)

STREAM_TYPE: Final = "TIMStreamElem"
_SENDABLE: Final[tuple[type[Element], ...]] = (
    TextElement,
    LocationElement,
    FaceElement,
    CustomElement,
    SoundElement,
    ImageElement,
    FileElement,
    VideoElement,
    RelayElement,
)
_TYPE_OF: Final[dict[type, str]] = {cls: str(cls.__struct_config__.tag) for cls in _SENDABLE}
SENDABLE_TYPES: Final = frozenset(_TYPE_OF.values())
_TEXT_ONLY: Final = (_TYPE_OF[TextElement],)

# Texts and custom elements bring their own words; the rest is named.
_PUSH_LABELS: Final[dict[type, str]] = {
    LocationElement: "[Location]",
    FaceElement: "[Face]",
    SoundElement: "[Voice]",
    ImageElement: "[Image]",
    FileElement: "[File]",
    VideoElement: "[Video]",
    RelayElement: "[Chat History]",
}
_REQUIRED: Final[dict[type, tuple[str, ...]]] = {
    TextElement: ("Text",),
    SoundElement: ("Url", "UUID", "Download_Flag"),
    ImageElement: ("UUID", "ImageInfoArray"),
    FileElement: ("Url",),  # public server SDKs give nothing else
    VideoElement: (
        *("VideoUrl", "VideoUUID", "VideoDownloadFlag"),
        *("ThumbUrl", "ThumbUUID", "ThumbWidth", "ThumbHeight", "ThumbDownloadFlag"),
    ),
}
_IMAGE_REQUIRED: Final = ("URL", "Width", "Height")
_FLAGS: Final = ("Download_Flag", "VideoDownloadFlag", "ThumbDownloadFlag")

_decode: Final = msgspec.json.Decoder(list[Element]).decode


class _PlainContent(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    Text: str


class _Plain(msgspec.Struct, tag_field="MsgType", tag="TIMTextElem", forbid_unknown_fields=True, gc=False):
    """A text element that holds nothing unknown: its decoder reads all of it."""

    MsgContent: _PlainContent


_decode_plain: Final = msgspec.json.Decoder(list[_Plain]).decode
_PLAIN: Final = b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"'


class BodyInfo(msgspec.Struct, frozen=True, gc=False):
    """What the rest of the server needs to know about a body that has been checked.

    `raw` is what to store and deliver: the sender's bytes, or their compact form where only that is within the limit.
    `types` are the MsgType values in order. `push_text` is the text of an offline push whose sender gave none; empty
    means that without an OfflinePushInfo.Desc there is nothing to push. `push_ext` and `push_sound` come from the
    custom element and hold only where the message has no OfflinePushInfo.
    """

    raw: bytes
    types: tuple[str, ...]
    push_text: str
    push_ext: str = ""
    push_sound: str = ""


def check_body(
    raw: bytes, *, strict_required: bool, too_long: Code = Code.MSG_TOO_LONG, extra_bytes: int = 0
) -> BodyInfo:
    """Check the JSON text of a MsgBody, as cut out of the request, and describe it.

    `strict_required` asks for the fields that a REST sender must give (section 1.1); clients, imports and old messages
    may lack them. `extra_bytes` is the length of the CloudCustomData that counts against the limit of 12288 bytes, and
    `too_long` the code that the calling service answers above it (93000, 80002, 90055, 10020).
    Raises ApiError: 90007 not an array or absent, 90002 not well-formed, 90010 against the format. Group services
    answer 10004 for all three and translate.
    """
    if not raw:
        raise ApiError(Code.MSG_BODY_NOT_ARRAY, "MsgBody is missing")
    if len(raw) > _LONGEST_FORM:
        raise ApiError(too_long)
    if (text := text_alone(raw, extra_bytes)) is not None:
        return BodyInfo(raw, _TEXT_ONLY, text)
    try:
        body = parse(raw)
    except ValueError as error:
        raise ApiError(Code.MSG_BODY_MALFORMED, f"MsgBody is not valid JSON: {error}"[:_MAX_REASON]) from None
    if len(raw) + extra_bytes > MAX_BODY_BYTES:
        raw = msgspec.json.encode(body)
        if len(raw) + extra_bytes > MAX_BODY_BYTES:
            raise ApiError(too_long)
    try:
        elements = _decode(raw)
    except ValueError as error:
        raise _refusal(body, error) from None
    if len(elements) == 1 and type(elements[0]) is TextElement:  # nearly every message is this
        text = elements[0].MsgContent.Text
        if text is not None:
            return BodyInfo(raw, _TEXT_ONLY, text)
    if not elements:
        raise ApiError(Code.MSG_BODY_MALFORMED, "MsgBody has no element")
    if strict_required:
        for index, element in enumerate(elements):
            _check_required(index, element)
    return _describe(raw, elements)


def text_alone(raw: bytes, extra_bytes: int = 0) -> str | None:
    """The text of a body that is one text element and nothing else, as nearly every one is: read once. ``extra_bytes``
    as ``check_body`` has it, which finds nothing wrong with such a body."""
    if not raw.startswith(_PLAIN) or len(raw) + extra_bytes > MAX_BODY_BYTES:
        return None
    try:
        plain = _decode_plain(raw)
    except ValueError:  # anything else, or nothing that may be sent
        return None
    return plain[0].MsgContent.Text if len(plain) == 1 else None


def _describe(raw: bytes, elements: list[Element]) -> BodyInfo:
    custom: CustomContent | None = None
    words: list[str] = []
    for element in elements:
        if isinstance(element, TextElement):
            words.append(element.MsgContent.Text or "")
        elif isinstance(element, CustomElement):
            if custom is not None:
                raise ApiError(Code.MSG_FORMAT, "MsgBody has more than one TIMCustomElem")
            custom = element.MsgContent
            words.append(custom.Desc or "")
        else:
            words.append(_PUSH_LABELS[type(element)])
    types = tuple([_TYPE_OF[type(element)] for element in elements])
    if custom is None:
        return BodyInfo(raw, types, "".join(words))
    return BodyInfo(raw, types, "".join(words), custom.Ext or "", custom.Sound or "")


def _check_required(index: int, element: Element) -> None:
    content = element.MsgContent
    for name in _REQUIRED.get(type(element), ()):
        if getattr(content, name) is None:
            raise ApiError(Code.MSG_FORMAT, f"MsgBody[{index}].MsgContent.{name} is missing")
    for name in _FLAGS:
        if getattr(content, name, None) not in (None, _DIRECT_DOWNLOAD):
            raise ApiError(Code.MSG_FORMAT, f"MsgBody[{index}].MsgContent.{name} must be {_DIRECT_DOWNLOAD}")
    if isinstance(content, ImageContent):
        if not content.ImageInfoArray:
            raise ApiError(Code.MSG_FORMAT, f"MsgBody[{index}].MsgContent.ImageInfoArray is empty")
        for number, image in enumerate(content.ImageInfoArray):
            for name in _IMAGE_REQUIRED:
                if getattr(image, name) is None:
                    where = f"MsgBody[{index}].MsgContent.ImageInfoArray[{number}].{name}"
                    raise ApiError(Code.MSG_FORMAT, f"{where} is missing")


def _refusal(body: object, error: ValueError) -> ApiError:
    """Find the code for a body that the typed decoder refused."""
    if not isinstance(body, list):
        return ApiError(Code.MSG_BODY_NOT_ARRAY)
    for index, element in enumerate(body):
        where = f"MsgBody[{index}]"
        if not isinstance(element, dict):
            return ApiError(Code.MSG_BODY_MALFORMED, f"{where} is not an object")
        name = element.get("MsgType")
        if not isinstance(name, str):
            return ApiError(Code.MSG_BODY_MALFORMED, f"{where}.MsgType is missing or not a string")
        if not isinstance(element.get("MsgContent"), dict):
            return ApiError(Code.MSG_BODY_MALFORMED, f"{where}.MsgContent is missing or not an object")
        if name == STREAM_TYPE:
            return ApiError(Code.MSG_FORMAT, f"{where}: {STREAM_TYPE} is sent through the streaming commands only")
        if name not in SENDABLE_TYPES:
            return ApiError(Code.MSG_FORMAT, f"{where}.MsgType is not a type of element that can be sent")
    return ApiError(Code.MSG_FORMAT, str(error).replace("`$", "`MsgBody")[:_MAX_REASON])
