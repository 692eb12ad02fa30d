"""Tables of REST commands and their fields, and what runs them: good values with what they change, bad ones with their
codes, what an absent field stands for, and the shape of the answer.

In the texts of a table ``$public`` and its like stand for groups that each case gets of its own (``Scene``).
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template
from typing import Any, Final

import msgspec

from sodam.wire import Command
from tests.support.relations import Host

ABSENT: Final = "<absent>"
"""Stands where an answer has no such field."""
G: Final = "group_open_http_svc/"
M: Final = "million_group_open_http_svc/"
A: Final = "group_open_avchatroom_http_svc/"
X: Final = "openim_msg_ext_http_svc/"
Body = dict[str, Any]
TEXT: Final = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hello"}}]


@dataclass(frozen=True)
class See:
    """A place in an answer (``GroupInfo.0.Name``; ``*``: of each, ``#``: how many) and what stands there; the answer is
    that of the call at hand, or of another one."""

    at: str
    value: Any
    command: str = ""
    body: Body | None = None
    unordered: bool = False
    begins: bool = False
    """The value is the beginning of a text."""


@dataclass(frozen=True)
class Field:
    name: str
    """``A.B``: within an object, ``A[].B``: within the first item of a list."""
    good: tuple[tuple[Any, See], ...] = ()
    """Values with what they change."""
    bad: tuple[tuple[Any, int], ...] = ()
    """Values with their codes."""
    absent: int | See | None = None
    """The code of a call without it, or what there is instead; None: the base call has none."""
    loose: bool = False
    """Also takes values of another JSON type."""
    wrong: int = 10004
    """The code for those."""


@dataclass(frozen=True)
class Row:
    """A command."""

    path: str
    base: Body
    """A call that works."""
    answer: Body
    """Its fields besides the envelope: a type, a list of one shape, or an object of shapes. ``?``: may be absent."""
    fields: tuple[Field, ...]


_TOKEN: Final = re.compile(r"\$([a-z]+)")


class Scene:
    """Groups of a case's own, made when its texts first name them: u1 owns them, u2 is an admin where the type has any,
    u3 is a member. ``$new`` and ``$newcity``: IDs that nobody has."""

    _numbers = itertools.count(1)

    def __init__(self, host: Host) -> None:
        self._host = host
        self._number = next(self._numbers)
        self._made: dict[str, str] = {}

    async def filled(self, value: Any) -> Any:
        """The value with what its texts stand for."""
        text = json.dumps(value)
        for name in dict.fromkeys(_TOKEN.findall(text)):
            if name not in self._made:
                self._made[name] = await self._make(name)
        known = self._made
        text = re.sub(r'"\$([a-z]*seq)"', lambda m: known[m[1]], text)  # a number
        return json.loads(Template(text).safe_substitute(known))

    async def _ok(self, command: str, body: Body) -> Body:
        return await self._host.ok(command, body)

    async def _make(self, name: str) -> str:
        match name:
            case "new":
                return f"new-{self._number}"
            case "newcity":
                return f"@TGS#_new{self._number}"
            case "seq" | "roomseq" | "topicseq":
                return str(await self._said(name))
            case "topic":
                city = await self.filled("$city")
                topic = f"{city}@TOPIC#_food"
                await self._ok(M + "create_topic", {"GroupId": city, "TopicId": topic, "TopicName": "Food"})
                return topic
            case "rights":
                body = {"GroupId": await self.filled("$city"), "PermissionGroupId": "@PMG#_mods"}
                await self._ok(G + "create_permission_group", body | {"PermissionGroupName": "Mods", "Permission": 64})
                return "@PMG#_mods"
            case "old":
                body = {"Type": "Public", "GroupId": f"old-{self._number}", "Name": "old", "CreateTime": 1_600_000_000}
                return str((await self._ok(G + "import_group", body | {"Owner_Account": "u1"}))["GroupId"])
            case "pinseq":
                body = {"GroupId": await self.filled("$public"), "MsgSeq": await self.filled("$seq")}
                await self._ok(G + "pin_message", body)
                return str(body["MsgSeq"])
            case "granted":
                body = {"GroupId": await self.filled("$city"), "PermissionGroupId": await self.filled("$rights")}
                given = [{"TopicId": await self.filled("$topic"), "Permission": 36}]
                await self._ok(G + "add_topic_permission_group", body | {"TopicPermissionList": given})
                await self._ok(G + "add_permission_group_member", body | {"MemberList": [{"Member_Account": "u2"}]})
                return "@PMG#_mods"
            case "rich":
                return await self._joined()
        made = await self._group(name)
        if name == "attributes":
            await self._ok(G + "set_group_attr", {"GroupId": made, "GroupAttr": [{"key": "a", "value": "1"}]})
        elif name == "said":
            await self._ok(G + "send_group_msg", {"GroupId": made, "From_Account": "u1", "Random": 1, "MsgBody": TEXT})
        elif name == "crowd":
            await self._ok(A + "add_robots", {"GroupId": made, "Member_Account": ["u5"]})
        elif name == "counters":
            await self._ok(G + "update_group_counter", {"GroupId": made, "GroupCounter": [{"Key": "like", "Value": 7}]})
        return made

    async def _joined(self) -> str:
        """Somebody in a group of each type, and in a Private one whose owner has not written yet."""
        user_id = f"rich-{self._number}"
        await self._host.accounts(user_id)
        for name in ("public", "work", "meeting", "plain", "city"):
            body = {"GroupId": await self.filled(f"${name}"), "MemberList": [{"Member_Account": user_id}]}
            await self._ok(G + "add_group_member", body)
        quiet = {"Type": "Private", "GroupId": f"quiet-{self._number}", "Name": "quiet", "Owner_Account": "u1"}
        await self._ok(G + "create_group", quiet | {"MemberList": [{"Member_Account": user_id}]})
        return user_id

    async def _group(self, name: str) -> str:
        kind = {
            **dict.fromkeys(("public", "attributes", "counters", "said"), "Public"),
            **dict.fromkeys(("room", "crowd"), "AVChatRoom"),
            "work": "Private",
            "meeting": "ChatRoom",
        }.get(name)
        body: Body = {"Type": kind, "GroupId": f"{name}-{self._number}", "Name": name, "Owner_Account": "u1"}
        if kind is None:
            assert name in ("plain", "city"), name
            body |= {"Type": "Community", "GroupId": f"@TGS#_{name}{self._number}"}
            body |= {"SupportTopic": 1, "EnablePermission": 1} if name == "city" else {}
        if kind != "AVChatRoom":
            second = {"Member_Account": "u2"} | ({} if name == "work" else {"Role": "Admin"})
            body["MemberList"] = [second, {"Member_Account": "u3"}]
        made = await self._ok(G + "create_group", body)
        if name == "work":  # until its owner writes, nobody else sees it
            said = {"GroupId": made["GroupId"], "From_Account": "u1", "Random": 1, "MsgBody": TEXT}
            await self._ok(G + "send_group_msg", said)
        return str(made["GroupId"])

    async def _said(self, name: str) -> int:
        """The sequence of a message of u1's, with receipts and extensions where the group has them."""
        body: Body = {"From_Account": "u1", "Random": self._number, "MsgBody": TEXT, "SupportMessageExtension": 1}
        body["GroupId"] = await self.filled({"seq": "$public", "roomseq": "$room", "topicseq": "$city"}[name])
        body |= {"TopicId": await self.filled("$topic")} if name == "topicseq" else {}
        body |= {"NeedReadReceipt": 1} if name == "seq" else {}
        return int((await self._ok(G + "send_group_msg", body))["MsgSeq"])


def put(body: Body, name: str, value: Any) -> Body:
    """The body with a field, whose name is a path; ABSENT takes it away."""
    body = copy.deepcopy(body)
    *way, last = name.split(".")
    here: Any = body
    for step in way:
        if step.endswith("[]"):
            items = here.setdefault(step[:-2], [{}])
            here = items[0]
        else:
            here = here.setdefault(step, {})
    if value == ABSENT:
        here.pop(last, None)
    else:
        here[last] = value
    return body


def at(answer: Any, place: str) -> Any:
    """What stands in an answer at a place; ABSENT: nothing does."""
    here = answer
    for number, step in enumerate(steps := place.split(".") if place else []):
        if step == "#":
            return len(here)
        if step == "*":
            return [at(item, ".".join(steps[number + 1 :])) for item in here]
        if isinstance(here, list):
            here = here[int(step)] if int(step) < len(here) else ABSENT
        else:
            here = here.get(step, ABSENT)
        if here == ABSENT:
            return ABSENT
    return here


def differs(shape: Any, value: Any, path: str = "") -> list[str]:
    """Where a value has another shape."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{path} is {value!r:.60}, not a list"]
        return [line for n, item in enumerate(value) for line in differs(shape[0], item, f"{path}[{n}]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{path} is {value!r:.60}, not an object"]
        known = {name.rstrip("?"): (inner, name.endswith("?")) for name, inner in shape.items()}
        lines = [f"{path}.{name} is not of the answer" for name in value.keys() - known.keys()]
        for name, (inner, may_lack) in known.items():
            if name in value:
                lines += differs(inner, value[name], f"{path}.{name}")
            elif not may_lack:
                lines.append(f"{path}.{name} is missing")
        return lines
    return [] if type(value) is shape else [f"{path} is {value!r:.60}, not {shape.__name__}"]


_OTHERS: Final[dict[type, tuple[Any, ...]]] = {
    str: (7, ["x"], {"x": 1}),
    int: ("many", ["x"], 1.5),
    list: ("x", 7, {"x": 1}),
    dict: ("x", 7, ["x"]),
}


def other_types(row: Row, field: Field) -> Iterator[Any]:
    """Values of another JSON type than the field's good ones have."""
    sample = at(row.base, field.name.replace("[]", ".0"))
    if sample == ABSENT:
        sample = field.good[0][0] if field.good else None
    if isinstance(sample, str) and sample.endswith("seq"):
        sample = 1
    if not field.loose and sample is not None:
        yield from _OTHERS[type(sample)]


async def judge(host: Host, scene: Scene, row: Row, body: Body, see: See) -> None:
    """Make the call, which must work, and look."""
    path = await scene.filled(row.path)
    answer = await host.ok(path, await scene.filled(body))
    if see.command:
        answer = await host.ok(see.command, await scene.filled(see.body or {}))
    found, expected = at(answer, see.at), await scene.filled(see.value)
    if see.begins:
        found = found[: len(expected)]
    if see.unordered and found != ABSENT:
        found, expected = sorted(found), sorted(expected)
    assert found == expected, f"{row.path} {body!r:.300}: {see.command} {see.at} is {found!r:.200}, not {expected!r}"


def names_of(command: Command) -> set[str]:
    """The fields that a command's request has, as paths."""
    found: set[str] = set()

    def walk(kind: msgspec.inspect.Type, path: str) -> None:
        match kind:
            case msgspec.inspect.Metadata(type=inner):
                walk(inner, path)
            case msgspec.inspect.UnionType(types=types):
                for one in types:
                    walk(one, path)
            case msgspec.inspect.ListType(item_type=item):
                walk(item, f"{path}[]")
            case msgspec.inspect.StructType(fields=fields):
                if path:
                    found.discard(path.removesuffix("[]"))
                for field in fields:
                    below = f"{path}.{field.encode_name}" if path else field.encode_name
                    found.add(below)
                    walk(field.type, below)
            case _:
                pass

    walk(msgspec.inspect.type_info(command.request), "")
    return found
