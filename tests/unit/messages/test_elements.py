"""What a MsgBody and an OfflinePushInfo may hold, the code for what they may not, and noise."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.errors import ApiError, Code
from sodam.messages.elements import MAX_BODY_BYTES, SENDABLE_TYPES, BodyInfo, check_body
from sodam.messages.offline_push import check_offline_push_info
from sodam.messages.raw_json import MAX_DEPTH, parse
from tests.support.seeds import SEED

IMAGE = {
    "UUID": "9f0c31d2a7",
    "ImageFormat": 3,
    "ImageInfoArray": [
        {"Type": 1, "Size": 90210, "Width": 1280, "Height": 720, "URL": "https://files.example.test/a/full.png"},
        {"Type": 2, "Size": 40110, "Width": 0, "Height": 0, "URL": "https://files.example.test/a/720.png"},
        {"Type": 3, "Size": 5120, "Width": 0, "Height": 0, "URL": "https://files.example.test/a/198.png"},
    ],
}
SOUND = {"Url": "https://f.test/s", "UUID": "s1", "Size": 62351, "Second": 1, "Download_Flag": 2}
FILE = {"Url": "https://f.test/f", "UUID": "f1", "FileSize": 1773552, "FileName": "a.zip", "Download_Flag": 2}
VIDEO = {
    "VideoUrl": "https://f.test/v",
    "VideoUUID": "v1",
    "VideoSize": 1194603,
    "VideoSecond": 5.5,
    "VideoFormat": "mp4",
    "VideoDownloadFlag": 2,
    "ThumbUrl": "https://f.test/t",
    "ThumbUUID": "t1",
    "ThumbSize": 13907,
    "ThumbWidth": 720,
    "ThumbHeight": 1280,
    "ThumbFormat": "JPG",
    "ThumbDownloadFlag": 2,
}
RELAY = {
    "Title": "Trip",
    "MsgNum": 1,
    "CompatibleText": "please update",
    "AbstractList": ["lena: hi"],
    "MsgList": [
        {
            "From_Account": "u_lena",
            "To_Account": "u_omar",
            "MsgSeq": 1,
            "MsgRandom": 2,
            "MsgTimeStamp": 1790000000,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}],
            "CloudCustomData": "{}",
            "SenderId": "a field of the web client",
        }
    ],
}
CONTENTS: dict[str, dict[str, Any]] = {
    "TIMTextElem": {"Text": "dinner at 8?"},
    "TIMLocationElem": {"Desc": "pier", "Latitude": 29.34, "Longitude": -113},
    "TIMFaceElem": {"Index": 1, "Data": "a\u0000\u001fb"},
    "TIMCustomElem": {"Data": "{}", "Desc": "gift", "Ext": "url", "Sound": "ding.caf"},
    "TIMSoundElem": SOUND,
    "TIMImageElem": IMAGE,
    "TIMFileElem": FILE,
    "TIMVideoFileElem": VIDEO,
    "TIMRelayElem": RELAY,
}
PUSH_TEXTS = {
    "TIMTextElem": "dinner at 8?",
    "TIMLocationElem": "[Location]",
    "TIMFaceElem": "[Face]",
    "TIMCustomElem": "gift",
    "TIMSoundElem": "[Voice]",
    "TIMImageElem": "[Image]",
    "TIMFileElem": "[File]",
    "TIMVideoFileElem": "[Video]",
    "TIMRelayElem": "[Chat History]",
}


def element(name: str, content: object) -> dict[str, object]:
    return {"MsgType": name, "MsgContent": content}


def body(*elements: object) -> bytes:
    return json.dumps(list(elements), ensure_ascii=False, separators=(",", ":")).encode()


def code_of(raw: bytes, *, strict: bool = True, **options: Any) -> Code:
    with pytest.raises(ApiError) as caught:
        check_body(raw, strict_required=strict, **options)
    assert 0 < len(caught.value.info) <= 200
    return Code(caught.value.code)


def test_every_sendable_type_is_tried_here() -> None:
    assert set(CONTENTS) == SENDABLE_TYPES


@pytest.mark.parametrize("name", sorted(CONTENTS))
@pytest.mark.parametrize("strict", [True, False])
def test_each_type_is_accepted_and_kept_as_it_came(name: str, strict: bool) -> None:
    raw = body(element(name, {**CONTENTS[name], "Newer": {"field": [1]}}))
    info = check_body(raw, strict_required=strict)
    assert (info.raw, info.types, info.push_text) == (raw, (name,), PUSH_TEXTS[name])


def test_a_message_of_all_types() -> None:
    info = check_body(body(*(element(name, content) for name, content in CONTENTS.items())), strict_required=True)
    assert info.types == tuple(CONTENTS)
    assert info.push_text == "".join(PUSH_TEXTS[name] for name in CONTENTS)
    assert (info.push_ext, info.push_sound) == ("url", "ding.caf")


def test_text_fast_path_and_general_path_agree() -> None:
    raw = body(element("TIMTextElem", {"Text": "晚饭 🍜"}))
    assert check_body(raw, strict_required=True) == BodyInfo(raw, ("TIMTextElem",), "晚饭 🍜")
    two = check_body(
        body(element("TIMTextElem", {"Text": "a"}), element("TIMTextElem", {"Text": "b"})), strict_required=True
    )
    assert (two.types, two.push_text) == (("TIMTextElem", "TIMTextElem"), "ab")


def test_a_custom_element_without_words_gives_no_push() -> None:
    assert check_body(body(element("TIMCustomElem", {"Data": "x"})), strict_required=True).push_text == ""


def test_order_of_keys_is_free() -> None:
    raw = b'[{"MsgContent":{"Text":"x"},"MsgType":"TIMTextElem"}]'
    assert check_body(raw, strict_required=True).push_text == "x"


def test_null_is_absence() -> None:
    check_body(body(element("TIMCustomElem", {"Data": "x", "Desc": None})), strict_required=True)
    assert code_of(body(element("TIMTextElem", {"Text": None}))) is Code.MSG_FORMAT
    assert check_body(body(element("TIMTextElem", {"Text": None})), strict_required=False).push_text == ""


REQUIRED = {
    "TIMTextElem": ["Text"],
    "TIMSoundElem": ["Url", "UUID", "Download_Flag"],
    "TIMImageElem": ["UUID", "ImageInfoArray"],
    "TIMFileElem": ["Url"],
    "TIMVideoFileElem": [
        *["VideoUrl", "VideoUUID", "ThumbUrl", "ThumbUUID", "ThumbWidth", "ThumbHeight"],
        *["VideoDownloadFlag", "ThumbDownloadFlag"],
    ],
}


@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_required_fields_are_asked_of_rest_senders_only(name: str) -> None:
    for field in CONTENTS[name]:
        raw = body(element(name, {key: value for key, value in CONTENTS[name].items() if key != field}))
        check_body(raw, strict_required=False)
        if field in REQUIRED.get(name, []):
            assert code_of(raw) is Code.MSG_FORMAT, field
        else:
            check_body(raw, strict_required=True)


@pytest.mark.parametrize("field", ["URL", "Width", "Height"])
def test_required_fields_of_each_picture(field: str) -> None:
    pictures = [dict(picture) for picture in IMAGE["ImageInfoArray"]]  # type: ignore[attr-defined]
    del pictures[2][field]
    raw = body(element("TIMImageElem", {**IMAGE, "ImageInfoArray": pictures}))
    assert code_of(raw) is Code.MSG_FORMAT
    check_body(raw, strict_required=False)
    assert code_of(body(element("TIMImageElem", {**IMAGE, "ImageInfoArray": []}))) is Code.MSG_FORMAT


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("TIMSoundElem", "Download_Flag"),
        ("TIMFileElem", "Download_Flag"),
        ("TIMVideoFileElem", "VideoDownloadFlag"),
        ("TIMVideoFileElem", "ThumbDownloadFlag"),
    ],
)
def test_download_flags_must_be_2(name: str, flag: str) -> None:
    raw = body(element(name, {**CONTENTS[name], flag: 1}))
    assert code_of(raw) is Code.MSG_FORMAT
    check_body(raw, strict_required=False)


@pytest.mark.parametrize("name", sorted(CONTENTS))
@pytest.mark.parametrize("strict", [True, False])
def test_every_known_field_has_a_type(name: str, strict: bool) -> None:
    for field, value in CONTENTS[name].items():
        for wrong in (True, {}, "5" if not isinstance(value, str) else 5):
            assert code_of(body(element(name, {**CONTENTS[name], field: wrong})), strict=strict) is Code.MSG_FORMAT, (
                field
            )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", Code.MSG_BODY_NOT_ARRAY),
        (b"{}", Code.MSG_BODY_NOT_ARRAY),
        (b"null", Code.MSG_BODY_NOT_ARRAY),
        (b'"[]"', Code.MSG_BODY_NOT_ARRAY),
        (body(element("TIMTextElem", {"Text": "x"}))[1:-1], Code.MSG_BODY_NOT_ARRAY),
        (b"[]", Code.MSG_BODY_MALFORMED),
        (b"[", Code.MSG_BODY_MALFORMED),
        (b"[1]", Code.MSG_BODY_MALFORMED),
        (b"[{}]", Code.MSG_BODY_MALFORMED),
        (b"[[]]", Code.MSG_BODY_MALFORMED),
        (b'[{"MsgType":"TIMTextElem"}]', Code.MSG_BODY_MALFORMED),
        (b'[{"MsgContent":{"Text":"x"}}]', Code.MSG_BODY_MALFORMED),
        (body(element("TIMTextElem", "x")), Code.MSG_BODY_MALFORMED),
        (body({"MsgType": 3, "MsgContent": {}}), Code.MSG_BODY_MALFORMED),
        (b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"\xff"}}]', Code.MSG_BODY_MALFORMED),
        (b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"x","New":"\xff"}}]', Code.MSG_BODY_MALFORMED),
        (b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"x","New":"\\ud83d"}}]', Code.MSG_BODY_MALFORMED),
        (b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"x","New":1e999}}]', Code.MSG_BODY_MALFORMED),
        (body(element("TIMNoSuchElem", {})), Code.MSG_FORMAT),
        (body(element("x" * 3000, {})), Code.MSG_FORMAT),
        (body(element("TIMReferenceElem", {})), Code.MSG_FORMAT),
        (body(element("TIMStreamElem", {"Chunks": [], "CompatibleText": ""})), Code.MSG_FORMAT),
        (body(*[element("TIMCustomElem", {"Data": "x"})] * 2), Code.MSG_FORMAT),
        (b'[{"MsgType":"TIMTextElem","MsgType":"TIMStreamElem","MsgContent":{"Text":"x"}}]', Code.MSG_FORMAT),
        (body(element("TIMRelayElem", {"MsgList": [{"MsgBody": [{"MsgType": 1}]}]})), Code.MSG_FORMAT),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_refusals(raw: bytes, code: Code, strict: bool) -> None:
    assert code_of(raw, strict=strict) is code


def text_of_size(size: int) -> bytes:
    empty = body(element("TIMTextElem", {"Text": ""}))
    return empty.replace(b'""', b'"' + b"x" * (size - len(empty)) + b'"')


def test_the_limit_is_counted_to_the_byte_and_with_the_custom_data() -> None:
    assert len(text_of_size(MAX_BODY_BYTES)) == MAX_BODY_BYTES
    check_body(text_of_size(MAX_BODY_BYTES), strict_required=True)
    check_body(text_of_size(MAX_BODY_BYTES - 100), strict_required=True, extra_bytes=100)
    assert code_of(text_of_size(MAX_BODY_BYTES + 1)) is Code.MSG_TOO_LONG
    assert code_of(text_of_size(MAX_BODY_BYTES - 99), extra_bytes=100) is Code.MSG_TOO_LONG
    assert code_of(text_of_size(MAX_BODY_BYTES + 1), too_long=Code.MESSAGE_TOO_LONG) is Code.MESSAGE_TOO_LONG
    assert code_of(b"[" * 900_000) is Code.MSG_TOO_LONG


def test_escapes_of_a_json_writer_do_not_make_a_message_too_long() -> None:
    escaped = json.dumps([element("TIMTextElem", {"Text": "饭" * 4000})]).encode()
    assert len(escaped) > MAX_BODY_BYTES
    info = check_body(escaped, strict_required=True)
    assert len(info.raw) <= MAX_BODY_BYTES
    assert json.loads(info.raw) == json.loads(escaped)
    assert info.push_text == "饭" * 4000


@pytest.mark.parametrize("filler", ["", '\\"[[[{{{\\\\'])
def test_depth(filler: str) -> None:
    def nested(depth: int) -> bytes:
        return b'["' + filler.encode() + b'",' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"]" + b" " * 2 * MAX_DEPTH

    parse(nested(MAX_DEPTH))
    with pytest.raises(ValueError, match="nested"):
        parse(nested(MAX_DEPTH + 1))
    wide = b"[" + b",".join([b'{"a":[{}]}'] * 500) + b"]"
    assert len(parse(wide)) == 500
    deep = body(element("TIMTextElem", {"Text": "x", "New": 0})).replace(b"0", nested(100))
    assert code_of(deep) is Code.MSG_BODY_MALFORMED


PUSH: dict[str, Any] = {
    "PushFlag": 0,
    "Title": "Sale",
    "Desc": "Starts at noon",
    "Ext": '{"page":"sale"}',
    "AndroidInfo": {
        "Sound": "a.mp3",
        "PushStyle": 1,
        "HuaWeiChannelID": "c",
        "HuaWeiImportance": "LOW",
        "VIVOClassification": 1,
        "VIVONotifyType": "4",
        "OPPONotifyLevel": 16,
        "OPPOPrivateTitleParameters": {"a": "b"},
        "GooglePriority": "high",
        "MeiZuNoticeMsgType": 1,
    },
    "ApnsInfo": {
        "Sound": "a.caf",
        "BadgeMode": 1,
        "MutableContent": 1,
        "InterruptionLevel": "time-sensitive",
        "LiveActivity": {
            "LaId": "match-7",
            "Event": "update",
            "ContentState": {"goals": 1},
            "DismissalDate": 1790000000,
        },
    },
    "HarmonyInfo": {"Title": "t", "SoundDuration": 60},
    "MultiLanguageContent": [{"Language": "en", "Title": "t", "Desc": "d"}],
    "BadgeAddNum": 99,
    "BadgeSetNum": 999,
    "PushTemplateId": "1400000000-1",
    "PushTemplateParam": {"name": "x"},
}


def push(**fields: Any) -> bytes:
    return json.dumps({**PUSH, **fields}).encode()


def test_push_info_is_decoded() -> None:
    info = check_offline_push_info(push(Future={"x": 1}))
    assert (info.PushFlag, info.Desc) == (0, "Starts at noon")
    assert info.ApnsInfo is not None
    assert info.ApnsInfo.LiveActivity is not None
    assert info.ApnsInfo.LiveActivity.LaId == "match-7"


@pytest.mark.parametrize(
    "fields",
    [
        {"PushTemplateParam": '{"name":"x"}', "BadgeAddNum": 0, "BadgeSetNum": None},
        {"AndroidInfo": {"VIVONotifyType": 4, "OPPOPrivateContentParameters": "{}", "HonorImportance": ""}},
        {"AndroidInfo": {"VIVONotifyType": 0, "OPPONotifyLevel": 0, "GooglePriority": ""}},
        {"AndroidInfo": None, "ApnsInfo": {}, "HarmonyInfo": {"SoundDuration": 0}, "MultiLanguageContent": []},
        {"ApnsInfo": {"LiveActivity": None, "InterruptionLevel": ""}},
    ],
)
def test_push_info_of_sdks_that_write_unset_fields(fields: dict[str, Any]) -> None:
    check_offline_push_info(push(**fields))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b'{"x":"\xff"}',
        b'{"x":' + b"[" * 100 + b"]" * 100 + b"}",
        push(PushFlag=2),
        push(PushFlag="2"),
        push(PushFlag="yes"),
        push(AndroidInfo={"VIVOClassification": "7"}),
        push(BadgeAddNum="100"),
        push(Title=1),
        push(Ext={"page": "sale"}),
        push(BadgeAddNum=100),
        push(BadgeAddNum=-1),
        push(BadgeSetNum=1000),
        push(MultiLanguageContent={}),
        push(PushTemplateParam=[]),
        push(AndroidInfo=[]),
        push(AndroidInfo={"OPPONotifyLevel": 3}),
        push(AndroidInfo={"VIVONotifyType": "5"}),
        push(AndroidInfo={"HuaWeiImportance": "HIGH"}),
        push(ApnsInfo={"BadgeMode": 2}),
        push(ApnsInfo={"InterruptionLevel": "loud"}),
        push(ApnsInfo={"LiveActivity": {"LaId": "a", "Event": "start", "ContentState": {}}}),
        push(ApnsInfo={"LiveActivity": {"LaId": "a", "Event": "end"}}),
        push(ApnsInfo={"LiveActivity": {"LaId": "é" * 33, "Event": "end", "ContentState": {}}}),
        push(ApnsInfo={"LiveActivity": {"LaId": "", "Event": "end", "ContentState": {}}}),
        push(HarmonyInfo={"SoundDuration": 61}),
        push(Ext="x" * 20000),
    ],
)
def test_push_info_refusals(raw: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        check_offline_push_info(raw)
    assert caught.value.code is Code.MSG_OFFLINE_PUSH_INFO
    assert 0 < len(caught.value.info) <= 200


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(texts, min_size=1, max_size=5))
def test_texts_round_trip(words: list[str]) -> None:
    raw = msgspec.json.encode([element("TIMTextElem", {"Text": word}) for word in words])
    info = check_body(raw, strict_required=True)
    assert (info.raw, info.push_text, len(info.types)) == (raw, "".join(words), len(words))


ALL_FIELDS = sorted({"MsgType", "MsgContent", *PUSH, *(field for content in CONTENTS.values() for field in content)})
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ALL_FIELDS) | texts, inner, max_size=4),
    max_leaves=10,
)
elements = st.fixed_dictionaries(
    {"MsgType": st.sampled_from([*sorted(CONTENTS), "TIMStreamElem"]) | json_values},
    optional={"MsgContent": st.dictionaries(st.sampled_from(ALL_FIELDS), json_values, max_size=4) | json_values},
)
noise = st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode())


@given(raw=noise | st.lists(elements, max_size=3).map(lambda value: json.dumps(value).encode()), strict=st.booleans())
def test_noise_as_a_body_is_accepted_or_refused_with_a_code(raw: bytes, strict: bool) -> None:
    code: int = Code.OK
    try:
        info = check_body(raw, strict_required=strict)
        assert isinstance(msgspec.json.decode(info.raw), list)
        assert info.raw.decode()
    except ApiError as error:
        code = error.code
    assert code in {Code.OK, Code.MSG_BODY_NOT_ARRAY, Code.MSG_BODY_MALFORMED, Code.MSG_FORMAT}


@given(
    raw=noise
    | st.dictionaries(st.sampled_from(sorted(PUSH)), json_values).map(lambda value: json.dumps(value).encode())
)
def test_noise_as_push_info_is_accepted_or_refused_with_its_code(raw: bytes) -> None:
    code: int = Code.OK
    try:
        check_offline_push_info(raw)
    except ApiError as error:
        code = error.code
    assert code in {Code.OK, Code.MSG_OFFLINE_PUSH_INFO}


NUMBERS = {
    "": {"PushFlag": 1, "BadgeAddNum": 5, "BadgeSetNum": 999},
    "AndroidInfo": {
        "PushStyle": 1,
        "ExtAsHuaweiIntentParam": 1,
        "VIVOClassification": 0,
        "OPPONotifyLevel": 16,
        "MeiZuNoticeMsgType": 1,
    },
    "ApnsInfo": {"BadgeMode": 1, "MutableContent": 1, "ContentAvailable": 1, "IsVoipPush": 1},
    "HarmonyInfo": {"SoundDuration": 60},
}


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, names in NUMBERS.items() for name in names])
def test_push_numbers_as_text_are_numbers(part: str, name: str) -> None:
    """Server SDKs in PHP and Java type some of them as text, and leave nothing out."""
    number = NUMBERS[part][name]
    for sent, kept in ((number, number), (str(number), number), ("", None), (None, None)):
        fields: dict[str, Any] = {"Title": "t", name: sent}
        info: Any = check_offline_push_info(json.dumps({part: fields} if part else fields).encode())
        value = getattr(getattr(info, part) if part else info, name)
        assert (value, type(value)) == (kept, type(kept)), sent


def test_live_activity_date_as_text() -> None:
    activity = {"LaId": "a", "Event": "end", "ContentState": {"x": ""}, "DismissalDate": "1790000000"}
    info = check_offline_push_info(push(ApnsInfo={"LiveActivity": activity}))
    assert info.ApnsInfo is not None
    assert info.ApnsInfo.LiveActivity is not None
    assert info.ApnsInfo.LiveActivity.DismissalDate == 1790000000


def test_a_file_may_have_nothing_but_its_address() -> None:
    for content in ({"Url": "https://f.test/f"}, {"Url": "https://f.test/f", "FileName": "a", "FileSize": 1}):
        check_body(body(element("TIMFileElem", content)), strict_required=True)
    assert code_of(body(element("TIMFileElem", {"Url": "u", "Download_Flag": 1}))) is Code.MSG_FORMAT
    assert code_of(body(element("TIMFileElem", {"UUID": "f1", "Download_Flag": 2}))) is Code.MSG_FORMAT


def test_a_plain_text_read_once_is_judged_as_any_body() -> None:
    """A blank before the body has it read the long way."""

    def judged(raw: bytes) -> object:
        try:
            info = check_body(raw, strict_required=True)
        except ApiError as error:
            return error.code
        return info.types, info.push_text, info.raw.strip()

    chance = random.Random(SEED)
    pieces = [*b'"\\{}[],: \n\x00\xff\xc3', b"null", b"\\ud83d", b'"Text":"x"', b'"MsgType":"TIMFaceElem"', b',{"a":1}']
    for text in ("plain", "caf\u00e9 \u4f60\u597d \\ud83d\\ude00"):
        whole = b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"' + text.encode() + b'"}}]'
        assert judged(whole) == judged(b" " + whole) != Code.MSG_FORMAT
        for _ in range(1500):
            changed = bytearray(whole)
            for _ in range(chance.randint(1, 3)):
                at, piece = chance.randrange(48, len(changed) + 1), chance.choice(pieces)
                changed[at : at + chance.randrange(3)] = bytes([piece]) if isinstance(piece, int) else piece
            assert judged(bytes(changed)) == judged(b" " + bytes(changed)), changed
