"""A walk along a command's documentation: each field of its request and of its answer, as a table says.

Every field gets what is of another type, nothing, and null; the answer has to have exactly the fields of the table,
with their types. Nothing that is refused may change a row.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.rest.conftest import Rest

Body = dict[str, Any]
Effect = Callable[[Rest, Body, Body], Awaitable[Any]]
"""What is seen afterwards, of the request and its answer."""

_STRUCTURES: Final = ([], {}, [[]], [None], {"a": 1})
_WRONG: Final[dict[str, Sequence[Any]]] = {
    "text": (5, 1.5, True, *_STRUCTURES),
    "int": ("x", "", 1.5, "1.5", *_STRUCTURES),
    "u32": ("x", 1.5, -1, 1 << 32, 1 << 70, *_STRUCTURES),
    "list": (5, True, {}, {"a": 1}, [[]], [None]),
    "one or list": (5, True, {}, {"a": 1}, [[]], [None]),
    "object": (5, True, "x", [[]], [None]),
    "array": (5, True, {}, "x"),
    "code": ("x", 1.5, 99, -1, *_STRUCTURES),
}


@dataclass(frozen=True)
class Field:
    """``code``: for a value of another type. ``absent``: for none, and for null; None: it may be left out."""

    kind: str
    code: int
    absent: int | None = None
    bad: Mapping[int, Sequence[Any]] = field(default_factory=dict)
    """Codes, and the values that are refused with them, though they have the type."""
    good: Sequence[tuple[Any, Effect | Any]] = ()
    """Values that are taken, each with its effect, or with what an effect of the command gives then."""


@dataclass(frozen=True)
class Walk:
    command: str
    body: Callable[[Rest], Awaitable[Body]]
    """A new one that is taken, with every field that must be given."""
    fields: Mapping[str, Field]
    """By name, "a.b" for a field of the object in ``a`` or of the first one in the list ``a``."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """Name to type; with "?" where it is not always there."""
    effect: Effect | None = None
    envelope: Mapping[str, Any] = field(default_factory=lambda: {"ErrorInfo": ""})


class Faults(list[str]):
    def expect(self, holds: bool, *said: Any) -> None:
        if not holds:
            self.append(" ".join(f"{one!r:.400}" if not isinstance(one, str) else one for one in said))


async def walk(rest: Rest, table: Walk) -> Faults:
    faults = Faults()
    body = await table.body(rest)
    before = await _rows(rest)
    for name, known in table.fields.items():
        tried = [(value, known.code) for value in _WRONG[known.kind]]
        tried += [(value, code) for code, values in known.bad.items() for value in values]
        if known.absent is not None:
            tried.append((None, known.absent))
            answer = await rest(table.command, without(body, name))
            faults.expect(answer["ErrorCode"] == known.absent, table.command, "without", name, answer)
        for value, code in tried:
            answer = await rest(table.command, changed(body, name, value))
            refused = (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", code)
            faults.expect(refused and bool(answer["ErrorInfo"]), table.command, name, value, str(code), answer)
    after = await _rows(rest)
    moved = {name: set(rows) ^ set(before[name]) for name, rows in after.items() if rows != before[name]}
    faults.expect(not moved, table.command, "changed rows although it refused", moved)
    await _take(rest, table, faults)
    return faults


async def _take(rest: Rest, table: Walk, faults: Faults) -> None:
    async def taken(body: Body, told: str, effect: Effect | None) -> None:
        answer = await rest(table.command, body)
        faults.expect(answer["ErrorCode"] == 0, table.command, told, answer)
        if answer["ErrorCode"]:
            return
        rest_of_it = dict(answer)
        envelope = {name: rest_of_it.pop(name, None) for name in ("ActionStatus", "ErrorCode", *table.envelope)}
        wanted = {"ActionStatus": "OK", "ErrorCode": 0, **table.envelope}
        faults.expect(envelope == wanted, table.command, told, "envelope", envelope)
        faults.extend(f"{table.command} {told}: {fault}" for fault in shape(rest_of_it, table.answer))
        if effect is not None:
            faults.expect(bool(await effect(rest, body, answer)), table.command, told, "without effect", body, answer)

    await taken(await table.body(rest), "as documented", table.effect)
    await taken(await table.body(rest) | {"Unheard_Of": {"a": [None]}}, "with a field nobody knows", table.effect)
    for name, known in table.fields.items():
        if known.absent is None:
            await taken(without(await table.body(rest), name), f"without {name}", None)
            await taken(changed(await table.body(rest), name, None), f"{name} null", None)
        for value, effect in known.good:
            await taken(changed(await table.body(rest), name, value), f"{name} {value!r:.60}", effect)


def changed(body: Body, name: str, value: Any) -> Body:
    inner, last = _inside(result := copy.deepcopy(body), name)
    inner[last] = value
    return result


def without(body: Body, name: str) -> Body:
    inner, last = _inside(result := copy.deepcopy(body), name)
    inner.pop(last, None)
    return result


def _inside(body: Body, name: str) -> tuple[Body, str]:
    *path, last = name.split(".")
    for step in path:
        body = body[step][0] if isinstance(body[step], list) else body[step]
    return body, last


def shape(value: Any, wanted: Any, at: str = "answer") -> list[str]:
    """Where a value is not what is documented."""
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return [f"{at} is no object: {value!r:.80}"]
        names = {name.rstrip("?"): kind for name, kind in wanted.items()}
        faults = [f"{at}.{name} is not documented" for name in value if name not in names]
        faults += [f"{at}.{name} is missing" for name in wanted if name[-1] != "?" and name not in value]
        return faults + [f for name in names if name in value for f in shape(value[name], names[name], f"{at}.{name}")]
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [f"{at} is no list: {value!r:.80}"]
        return [fault for n, one in enumerate(value) for fault in shape(one, wanted[0], f"{at}[{n}]")]
    if isinstance(wanted, frozenset):
        return [] if value in wanted else [f"{at} is {value!r:.80}"]
    right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    return [] if right else [f"{at} is {value!r:.80}"]


_TABLES: Final = (
    *("c2c_message", "c2c_head", "c2c_member", "c2c_change", "c2c_recent", "conversation_entry", "conversation_group"),
    *("message_extension", "message_extension_key", "message_stream", "group_message", "group_member", "account"),
    *("media_object", "message_reaction"),
)


async def _rows(rest: Rest) -> dict[str, list[str]]:
    """What the app has."""
    found = {}
    for name in _TABLES:
        rows = await rest.server.db.scan(f"SELECT * FROM {name} WHERE app = $1", rest.app.sdkappid)
        found[name] = sorted(map(repr, map(tuple, rows)))
    return found
