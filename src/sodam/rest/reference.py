"""The reference pages in Markdown, derived from the declarations of the commands: fields, examples, error codes.

They are for people who call the API and have no source at hand: types are JSON's, every command has a body to copy,
and the notes on where a rule comes from, which docstrings carry for contributors, are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from sodam.errors import Code
from sodam.wire import Command, Empty

_SOURCE: Final = re.compile(
    r"\s*(?:Sources?:\s[^\n]*?(?:\.md|protocol)[^\n]*?(?:\.(?=\s|$)|$)|\((?:see )?[a-z-]+\.md [^)]*\))", re.MULTILINE
)
_RAW: Final = {
    "MsgBody": "list of elements",
    "CloudCustomData": "text",
    "OfflinePushInfo": "object",
    "EventArray": "list of events",
}
"""Fields that the server passes on as they are: what they hold."""
_TEXT_BODY: Final = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "Hello"}}]
_CHUNK: Final = {"EventType": "data", "Index": 1, "Markdown": "The answer ", "IsLast": False}
_STREAM_BODY: Final = [
    {"MsgType": "TIMStreamElem", "MsgContent": {"Chunks": [_CHUNK], "CompatibleText": "please update"}}
]
_SAMPLES: Final[dict[str, Any]] = {
    "From_Account": "alice",
    "To_Account": "bob",
    "Peer_Account": "bob",
    "Official_Account": "@TOA#_news",
    "Owner_Account": "alice",
    "Subscriber_Account": "bob",
    "Operator_Account": "alice",
    "Report_Account": "alice",
    "UserID": "alice",
    "Nick": "Alice",
    "FaceUrl": "https://example.com/alice.png",
    "MsgRandom": 880213,
    "MsgSeq": 51277,
    "MsgKey": "51277_880213_1790000123",
    "MsgTimeStamp": 1790000123,
    "MsgTime": 1790000123,
    "MinTime": 1790000000,
    "MaxTime": 1790000999,
    "MaxCnt": 20,
    "MsgBody": _TEXT_BODY,
    "C2CMsgInfo": [{"From_Account": "bob", "To_Account": "alice", "MsgKey": "51277_880213_1790000123"}],
    "Tag": "Tag_Profile_IM_Nick",
    "TagList": ["Tag_Profile_IM_Nick"],
    "AddSource": "AddSource_Type_Web",
    "AddType": "Add_Type_Both",
    "DeleteType": "Delete_Type_Both",
    "CheckType": "CheckResult_Type_Both",
    "PendencyType": "Pendency_Type_ComeIn",
    "GroupName": "Colleagues",
    "OldGroupName": "Colleagues",
    "NewGroupName": "Work",
    "MsgKeyList": ["51277_880213_1790000123"],
    "SyncOtherMachine": 1,
    "SyncFromOldSystem": 1,
    "ReqMsgNumber": 20,
    "Tags": ["stock_a"],
    "Attrs": ["tier"],
    "Duration": 3600,
    "CommandType": 1,
    "RawURL": "https://chat.example.com/media/1400000001/0/3q2-7wAAAAAAAAAAAAAAAAAA/0123456789abcdef0123456789abcdef.jpg",
    "file_name": "picture.jpg",
}
"""Values that make an example read like a call. A field that is not here gets the least that its type allows."""
_PUSH: Final = {"PushFlag": 0, "Title": "Sale", "Desc": "Starts at noon", "Ext": '{"page":"sale"}'}
_TIER: Final = [{"To_Account": "bob", "Attrs": {"tier": "gold"}}]
_TASK: Final = "1400000001_90011_1790000123000_880213"
_CHANNEL: Final = "@TOA#_news"
_OFFICIAL: Final[dict[str, dict[str, Any]]] = {
    "create_official_account": {"Owner_Account": "alice", "Name": "News", "OfficialAccountUserID": _CHANNEL},
    "modify_official_account_base_info": {"Official_Account": _CHANNEL, "Introduction": "Every morning"},
    "delete_subscriber": {"Official_Account": _CHANNEL, "SubscriberToDel_Account": ["bob"]},
    "official_account_msg_recall": {"Official_Account": _CHANNEL, "MsgKeyList": ["1790000123_12_880213"]},
    "get_subscribed_official_account_list": {"Subscriber_Account": "bob"},
}
_SAMPLES_OF: Final[dict[str, dict[str, Any]]] = {
    **{f"im_msg_audit_mgr/{name}_cloud_audit_keywords": {"LibID": "block"} for name in ("add", "delete", "get")},
    "openim_robot_http_svc/send_stream_msg": {"From_Account": "@RBT#helper"},
    "stream_msg/send_c2c_stream_msg": {"MsgBody": _STREAM_BODY},
    "stream_msg/send_group_stream_msg": {"MsgBody": _STREAM_BODY, "MsgRandom": 880213},
    **{f"official_account_open_http_svc/{name}": example for name, example in _OFFICIAL.items()},
    "sodam_call_svc/get_room_token": {"UserID": "alice", "Room": "standup"},
    "open_msg_svc/get_history": {"ChatType": "C2C", "MsgTime": "2026110918"},
    "all_member_push/im_set_attr_name": {"AttrNames": {"0": "tier", "1": "city"}},
    "all_member_push/im_set_attr": {"UserAttrs": _TIER},
    "all_member_push/im_push": {"MsgLifeTime": 3600, "Condition": {"TagsOr": ["stock_a"]}, "OfflinePushInfo": _PUSH},
    "openim/im_get_push_report": {"TaskIds": [_TASK]},
    "timpush/set_attr_name": {"AttrNames": {"0": "tier", "1": "city"}},
    "timpush/set_attr": {"UserAttrs": _TIER},
    "timpush/push": {"OfflinePushInfo": _PUSH},
    "timpush/add_sched_task": {
        "Type": "Tag",
        "SchedAt": "2026-01-31 12:00:00",
        "Content": {"MsgRandom": 771204, "Condition": {"TagsOr": ["stock_a"]}, "OfflinePushInfo": _PUSH},
    },
    "timpush/batch": {"OfflinePushInfo": _PUSH},
    "timpush/revoke": {"TaskId": _TASK, "OfflinePushInfo": {"Title": "Taken back", "Desc": "The sale is over"}},
}
"""The same for single commands."""
_ALWAYS: Final = {"From_Account", "To_Account", "UserID", "AccountList", "MsgBody", "NewGroupName"}
"""Fields that a call hardly does without, though their types allow it (another field may stand for them)."""


def without_sources(doc: str) -> str:
    """A docstring as readers of the pages get it: without references to where a rule was found."""
    return re.sub(r"\n{3,}", "\n\n", _SOURCE.sub("", doc)).strip()


def _optional(kind: inspect.Type) -> inspect.Type:
    """The type without null, which stands for absence everywhere."""
    if isinstance(kind, inspect.UnionType):
        rest = tuple(one for one in kind.types if not isinstance(one, inspect.NoneType))
        return rest[0] if len(rest) == 1 else inspect.UnionType(rest)
    return kind


def _described(kind: inspect.Type, name: str) -> str:
    """The type in words of JSON."""
    kind = _optional(kind)
    match kind:
        case inspect.Metadata(type=inner):
            return _described(inner, name)
        case inspect.IntType(ge=least, le=most):
            return f"integer{_range(least, most)}"
        case inspect.FloatType():
            return "number"
        case inspect.StrType(max_length=longest):
            return "text" if longest is None else f"text, at most {longest} characters"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(f"`{value}`" for value in values)
        case inspect.EnumType(cls=cls):
            return "one of " + ", ".join(f"`{member.value}`" for member in cls)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return f"list of {_plural(_described(item, name))}"
        case inspect.UnionType(types=types):
            return " or ".join(_described(one, name) for one in types)
        case inspect.StructType() | inspect.DictType():
            return "object"
    return _RAW.get(name, "any")


def _range(least: Any, most: Any) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f" from {least}"
    return f" up to {most}" if least is None else f" {least} to {most}"


def _plural(words: str) -> str:
    return {"text": "texts", "integer": "integers", "object": "objects"}.get(words, words)


def _structs(kind: inspect.Type) -> Iterator[tuple[str, inspect.StructType]]:
    """The objects inside a type, each with what its place adds to a field's name."""
    kind = _optional(kind)
    if isinstance(kind, inspect.Metadata):
        yield from _structs(kind.type)
    elif isinstance(kind, inspect.StructType):
        yield "", kind
    elif isinstance(kind, inspect.ListType):
        yield from (("[]" + place, struct) for place, struct in _structs(kind.item_type))
    elif isinstance(kind, inspect.UnionType):
        found = [pair for one in kind.types for pair in _structs(one)]
        # "an object or a list of such": the fields are told once, as those of the list.
        yield from {id(struct.cls): (place, struct) for place, struct in sorted(found, key=lambda p: p[0])}.values()


def _rows(struct: inspect.StructType, prefix: str, outer: tuple[type, ...]) -> Iterator[tuple[str, str, bool, str]]:
    """Name, type, whether it must be given, default; the fields of inner objects follow theirs."""
    for field in struct.fields:
        required = field.required
        value = field.default
        shown = "" if value is msgspec.NODEFAULT or value is None or isinstance(value, msgspec.Raw) else f"{value}"
        name = prefix + field.encode_name
        yield name, _described(field.type, field.encode_name), required, shown
        for place, inner in _structs(field.type):
            if inner.cls not in outer:
                yield from _rows(inner, f"{name}{place}.", (*outer, inner.cls))


def _struct(kind: type | None) -> inspect.StructType | None:
    if kind is None or kind is Empty:
        return None
    info = inspect.type_info(kind)
    return info if isinstance(info, inspect.StructType) else None


def _fields(kind: type | None) -> list[str]:
    struct = _struct(kind)
    if struct is None or not struct.fields:
        return ["(no fields)", ""]
    lines = ["| field | type | required | default |", "|---|---|---|---|"]
    for name, text, required, default in _rows(struct, "", (struct.cls,)):
        shown = f"`{default}`" if default else ""
        lines.append(f"| {name} | {text.replace('|', chr(92) + '|')} | {'yes' if required else ''} | {shown} |")
    return [*lines, ""]


def _sample(kind: inspect.Type, name: str) -> Any:
    kind = _optional(kind)
    if isinstance(kind, inspect.Metadata):
        return _sample(kind.type, name)
    if isinstance(kind, inspect.UnionType):
        lists = [one for one in kind.types if isinstance(one, inspect.ListType)]
        return _sample(lists[0] if lists else kind.types[0], name)
    if isinstance(kind, inspect.StructType):
        return _sample_struct(kind)
    known = _SAMPLES.get(name)
    if isinstance(kind, inspect.ListType):
        if isinstance(known, list):
            return known
        return [_sample(kind.item_type, name)]
    if isinstance(kind, inspect.LiteralType):
        return kind.values[0]
    if known is not None:
        return known
    if isinstance(kind, inspect.IntType):
        return kind.ge if kind.ge is not None else 0
    return {} if isinstance(kind, inspect.DictType) else "text"


def _sample_struct(struct: inspect.StructType) -> dict[str, Any]:
    """The fields that must be given, and of the others those that a first call needs: accounts and a body."""
    return {
        field.encode_name: _sample(field.type, field.encode_name)
        for field in struct.fields
        if field.required or field.encode_name in _ALWAYS
    }


def example(command: Command) -> dict[str, Any]:
    """A body that the command decodes: required fields, with values that read like a call."""
    struct = _struct(command.request)
    return {} if struct is None else _sample_struct(struct) | _SAMPLES_OF.get(command.path, {})


def page(commands: Iterable[Command], title: str, intro: str, *, rates: bool = True) -> str:
    """A Markdown page of commands: what each does, takes, answers and refuses."""
    lines = [f"# {title}", "", intro, ""]
    for command in commands:
        lines += [f"## {command.path}", "", without_sources(command.doc), ""]
        if rates:
            lines += [f"Rate: {command.rate} calls a second and app.", ""]
        body = json.dumps(example(command), ensure_ascii=False)
        lines += ["Request:", "", *_fields(command.request), "```json", body, "```", ""]
        lines += ["Answer, besides the envelope:", "", *_fields(command.response)]
        codes = ", ".join(f"{int(code)}" for code in command.errors)
        lines += [f"Error codes: {codes} (see [errors](errors.md)).", ""]
    return "\n".join(lines).rstrip() + "\n"


def errors() -> str:
    """A Markdown page of every error code."""
    lines = ["# Error codes", "", "| code | name | meaning |", "|---|---|---|"]
    lines += [f"| {int(code)} | {code.name} | {code.meaning} |" for code in sorted(Code)]
    return "\n".join(lines) + "\n"
