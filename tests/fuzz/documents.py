"""Request bodies for any command: valid ones from the JSON schema of its struct, and ways to spoil them.

What a field means is guessed from its name, so that values fit together and reach behind the first check; a field
nobody has heard of gets what its type allows.
"""

from __future__ import annotations

import json
import re
import time
from functools import cache
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from sodam.wire import Empty

USERS: Final = tuple(f"user{n}" for n in range(5))
"""Accounts that exist while a fuzz test runs."""
SENT_AT: Final = int(time.time()) - 60
"""MsgTimeStamp of the messages of USERS[0] and USERS[1] to each other; their MsgSeq and MsgRandom are 0 to 2."""
LARGEST: Final = 2 * 1024 * 1024
"""Bytes to which a list is repeated: over what a request may have, and no more, as lists stand in lists."""
_SEPARATOR: Final = (",", ":")


class Token(bytes):
    """JSON text that goes into a body as it is."""


def render(value: Any) -> bytes:
    """JSON of a value in which a `Token` may stand anywhere."""
    if isinstance(value, Token):
        return bytes(value)
    if isinstance(value, dict):
        return b"{" + b",".join(json.dumps(k).encode() + b":" + render(v) for k, v in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(render, value)) + b"]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=len(value) % 2 == 0).encode("utf-8", "surrogatepass")
    return json.dumps(value, separators=_SEPARATOR).encode()


_NUMBERS: Final = (0, -1, 1, 2, 100, 101, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1)
_NUMBER_TOKENS: Final = ("1e400", "-0", "1.0", "1e2", "0.5", "-1e-400", "NaN", "-Infinity", "01", "1e", "9" * 5000)
_TEXTS: Final = (
    *("", " ", "a" * 32, "a" * 33, "a" * 501, "字" * 200, "x" * 13000, "\0", "a\0b", "\x1f", "\n", "\x7f", "\ufeff"),
    *("\U0001f600" * 40, "\u202e", "ﬀ", "%00", "' OR 1=1; --", "null", "12", "-1", "1.0", "１２", "²", "٣", "1_0"),
    *("__proto__", "../../etc/passwd", "${jndi:x}", "<script>", "administrator", "0_0_0", "1_1_99999999999999999999"),
)
_TEXT_TOKENS: Final = (
    rb'"\ud800"',
    rb'"\udc00\ud800"',
    b'"\xff\xfe"',
    b'"\xc0\x80"',
    b'"\xed\xa0\x80"',
    rb'"\x"',
    b'"',
)
_SHAPES: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [{}],
    [None],
    {"": None},
    {"a": {"b": []}},
    [1, "1", None],
)
_SHAPE_TOKENS: Final = (b"[" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"[" * 90 + b"]" * 90, b"", b"{", b"[,]")

hostile: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(_NUMBERS),
    st.sampled_from([Token(t.encode()) for t in _NUMBER_TOKENS]),
    st.sampled_from(_TEXTS),
    st.sampled_from([Token(t) for t in _TEXT_TOKENS]),
    st.sampled_from(_SHAPES),
    st.sampled_from([Token(t) for t in _SHAPE_TOKENS]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
)

_user = st.sampled_from((*USERS[:2] * 4, *USERS, "administrator", "ghost", "a" * 32))
_number = st.one_of(st.integers(0, 10), st.integers(0, 2**32 - 1))
_word = st.text(max_size=12)
_TAGS: Final = (
    *("Nick", "Gender", "BirthDay", "Location", "SelfSignature", "AllowType", "Language", "Image", "MsgSettings"),
    *("AdminForbidType", "Level", "Role"),
)
PROFILE_TAGS: Final = [f"Tag_Profile_IM_{name}" for name in _TAGS] + [
    "Tag_Profile_Custom_Text",
    "Tag_Profile_Custom_Num",
]
_tag = st.one_of(
    st.sampled_from([*PROFILE_TAGS, "Tag_Profile_Custom_None"]),
    st.sampled_from([f"Tag_SNS_IM_{name}" for name in ("Remark", "Group", "AddSource", "AddWording", "AddTime")]),
    st.sampled_from([f"Tag_SNS_Custom_{name}" for name in ("Text", "Num", "None")]),
)
_value = st.one_of(
    _word, _number, st.sampled_from(("Gender_Type_Male", "AllowType_Type_NeedConfirm", "AllowType_Type_DenyAny"))
)


def _element(kind: str, **content: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"MsgType": st.just(kind), "MsgContent": st.fixed_dictionaries(content)})


_elements = st.lists(
    st.one_of(
        _element("TIMTextElem", Text=_word),
        _element("TIMLocationElem", Desc=_word, Latitude=st.floats(-90, 90), Longitude=st.floats(-180, 180)),
        _element("TIMFaceElem", Index=_number, Data=_word),
        _element("TIMCustomElem", Data=_word, Desc=_word, Ext=_word, Sound=_word),
        _element("TIMFileElem", Url=_word, UUID=_word, FileSize=_number, FileName=_word, Download_Flag=st.just(2)),
        _element("TIMSoundElem", Url=_word, UUID=_word, Size=_number, Second=_number, Download_Flag=st.just(2)),
    ),
    min_size=1,
    max_size=3,
)
_seq = st.integers(0, 2)
_KEY: Final = st.one_of(
    st.builds("{0}_{0}_{1}".format, _seq, st.just(SENT_AT)),
    st.builds("{}_{}_{}".format, _number, _number, st.integers(1_700_000_000, 1_900_000_000)),
)
_KINDS: Final = (
    *("Add_Type_Both", "Add_Type_Single", "Delete_Type_Both", "Delete_Type_Single"),
    *("CheckResult_Type_Both", "CheckResult_Type_Single", "BlackCheckResult_Type_Both", "BlackCheckResult_Type_Single"),
)
_MEANINGS: Final[tuple[tuple[str, type, st.SearchStrategy[Any]], ...]] = (
    (r"Account|UserID|Identifier|Operator|Member|Owner", str, _user),
    (r"MsgKey", str, _KEY),
    (r"Tag|Attr(Name)?$", str, _tag),
    (r"Value$", str, _word),
    (r"(Add|Delete|Check)Type$", str, st.sampled_from(_KINDS)),
    (r"AddSource$", str, st.sampled_from(("AddSource_Type_App", "AddSource_Type_" + "x" * 9))),
    (r"Time", int, st.one_of(st.just(SENT_AT), st.integers(1_700_000_000, SENT_AT), st.just(0))),
)
_ANYTHING: Final = {"MsgBody": _elements, "NewMsgBody": _elements, "CloudCustomData": _word, "Value": _value}


def _named(name: str, kind: type) -> list[st.SearchStrategy[Any]]:
    """Values that the name of a field suggests, where they have its type."""
    for pattern, of, values in _MEANINGS:
        if re.search(pattern, name) and of is kind:
            return [values]
    return []


class _Schema:
    """Strategies for one JSON schema with its definitions."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions: dict[str, Any] = schema.get("$defs", {})
        self.strategy = self._of(schema, "")

    def _of(self, schema: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            definition = schema["$ref"].rsplit("/", 1)[1]
            return st.deferred(lambda: self._of(self._definitions[definition], name))
        if "anyOf" in schema:
            return st.one_of([self._of(part, name) for part in schema["anyOf"]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if name in _ANYTHING and "type" not in schema:
            return _ANYTHING[name]
        return self._typed(schema, name)

    def _typed(self, schema: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                items = self._of(schema.get("items") or {}, name)
                least = schema.get("minItems", 0)
                return st.lists(items, min_size=least, max_size=min(max(least, 4), schema.get("maxItems", 4)))
            case "integer":
                low, high = schema.get("minimum", 0), schema.get("maximum", 2**32 - 1)
                named = _named(name, int)
                return st.one_of(st.integers(low, min(high, low + 3)), st.integers(low, high), *named)
            case "number":
                return st.floats(allow_nan=False, allow_infinity=False)
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
            case "string":
                low, high = schema.get("minLength", 0), min(schema.get("maxLength", 16), 64)
                return st.one_of(_named(name, str) or [st.text(min_size=low, max_size=high)])
        return st.one_of(_value, st.lists(_value, max_size=2), st.dictionaries(_word, _value, max_size=2))

    def _object(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        properties = schema.get("properties", {})
        required = set(schema.get("required", ()))
        likely = {name for name in properties if name in _ANYTHING}  # optional in form only
        fields = {name: self._of(part, name) for name, part in properties.items()}
        return st.fixed_dictionaries(
            {name: fields[name] for name in fields if name in required | likely},
            optional={name: fields[name] for name in fields if name not in required | likely},
        )


@cache
def valid(request: type) -> st.SearchStrategy[Any]:
    """Bodies that fit the request struct of a command."""
    if request is Empty:
        return st.just({})
    # Without the defaults, as JSON schema cannot tell of all of them.
    fields = [
        (f.encode_name, f.type) if f.required else (f.encode_name, f.type, None)
        for f in msgspec.structs.fields(request)
    ]
    bare = msgspec.defstruct(request.__name__, fields, kw_only=True)
    return _Schema(msgspec.json.schema(bare)).strategy


@st.composite
def spoiled(draw: st.DrawFn, request: type) -> Any:
    """A valid body with one to three places spoiled."""
    document = draw(valid(request))
    for _ in range(draw(st.integers(1, 3))):
        document = _spoil(draw, document)
    return document


def _spoil(draw: st.DrawFn, value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict) and value and (depth == 0 or draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(value)))
        match draw(st.integers(0, 9)):
            case 0:
                return {k: v for k, v in value.items() if k != name}
            case 1:
                return value | {name.lower(): value[name]}
            case 2:
                return value | {name: [value[name]]}
            case _:
                return value | {name: _spoil(draw, value[name], depth + 1)}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(value) - 1))
        if draw(st.integers(0, 5)) == 0:
            times = draw(st.sampled_from((2, 40, 101, 501, 1001)))
            return value * max(1, min(times, LARGEST // len(render(value))))
        return [*value[:at], _spoil(draw, value[at], depth + 1), *value[at + 1 :]]
    return draw(hostile)


@st.composite
def documents(draw: st.DrawFn, request: type) -> bytes:
    """A body for a command that takes `request`: good, spoiled or useless, in this order of likelihood."""
    match draw(st.integers(0, 9)):  # not `one_of`, which would give each kind of hostile value a share of its own
        case 0:
            return render(draw(hostile))
        case 1 | 2 | 3 | 4:
            return render(draw(spoiled(request)))
    return render(draw(valid(request)))
