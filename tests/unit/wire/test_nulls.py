"""null for a field that may be left out is the same as leaving it out: every such field of every command there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from sodam.errors import ApiError
from sodam.gateway import table as clients
from sodam.rest import reference
from sodam.rest import table as servers
from sodam.wire import Command, Service, decode_request

Path = tuple[str | int, ...]

COMMANDS: list[Command] = list({id(one): one for one in (*servers.commands(), *clients.commands().values())}.values())


def sample(kind: inspect.Type, name: str) -> Any:
    """A value of the type with every object inside it that it can hold, and each object's required fields."""
    match kind:
        case inspect.Metadata(type=inner):
            return sample(inner, name)
        case inspect.UnionType(types=types):
            lists = [one for one in types if isinstance(one, inspect.ListType | inspect.StructType)]
            given = [one for one in types if not isinstance(one, inspect.NoneType)]
            return sample((lists or given)[0], name)
        case inspect.StructType(cls=cls, fields=fields):
            judged = hasattr(cls, "__post_init__")  # what it asks for is not in its fields: all of them are given
            wanted = (field for field in fields if field.required or judged or has_struct(field.type))
            return {field.encode_name: sample(field.type, field.encode_name) for field in wanted}
        case inspect.ListType(item_type=item):
            return [sample(item, name)]
        case inspect.VarTupleType(item_type=item):
            return [sample(item, name)]
        case inspect.TupleType(item_types=items):
            return [sample(item, name) for item in items]
        case inspect.DictType(key_type=key, value_type=value):
            return {"1" if isinstance(key, inspect.IntType) else "key": sample(value, name)}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.IntType(ge=least) | inspect.FloatType(ge=least):
            return least if least is not None else 0
        case inspect.BoolType():
            return False
        case inspect.StrType(min_length=least):
            return "x" * (least or 1)
    return []


def has_struct(kind: inspect.Type) -> bool:
    match kind:
        case inspect.StructType():
            return True
        case inspect.Metadata(type=inner) | inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner):
            return has_struct(inner)
        case inspect.DictType(value_type=inner):
            return has_struct(inner)
        case inspect.UnionType(types=types):
            return any(has_struct(one) for one in types)
    return False


def optional(kind: inspect.Type, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in ``value`` a field stands, or could stand, that may be left out."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from optional(inner, value, path)
        case inspect.UnionType(types=types):
            for one in types:
                yield from optional(one, value, path)
        case inspect.StructType(fields=fields) if isinstance(value, dict):
            for field in fields:
                here = (*path, field.encode_name)
                if not field.required:
                    yield here
                if field.encode_name in value:
                    yield from optional(field.type, value[field.encode_name], here)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) if isinstance(value, list):
            yield from optional(item, value[0], (*path, 0))
        case inspect.DictType(value_type=inner) if isinstance(value, dict):
            for key, one in value.items():
                yield from optional(inner, one, (*path, key))


def changed(value: Any, path: Path, *, null: bool) -> bytes:
    """The document with null at ``path``, or with nothing there."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if null:
        inner[path[-1]] = None
    else:
        inner.pop(path[-1], None)
    return json.dumps(copy).encode()


def decoded(command: Command, body: bytes) -> Any:
    """As plain values, so that two can be compared; a refusal as its code."""
    try:
        return plain(decode_request(command, body))
    except ApiError as error:
        return error.code


def plain(value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        return bytes(value).strip()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def test_every_optional_field_of_every_command_may_be_null() -> None:
    wrong, tried = [], 0
    for command in COMMANDS:
        kind = inspect.type_info(command.request)
        whole = sample(kind, "")
        assert isinstance(decoded(command, json.dumps(whole).encode()), dict), (command.path, whole)
        for path in optional(kind, whole):
            tried += 1
            absent = decoded(command, changed(whole, path, null=False))
            if decoded(command, changed(whole, path, null=True)) != absent or not isinstance(absent, dict):
                wrong.append((command.path, path))
    assert not wrong
    assert tried > 600


def test_all_of_them_at_once_may_be_null() -> None:
    for command in COMMANDS:
        kind = inspect.type_info(command.request)
        if not isinstance(kind, inspect.StructType):
            continue
        required = {f.encode_name: sample(f.type, f.encode_name) for f in kind.fields if f.required}
        nulls = {f.encode_name: None for f in kind.fields if not f.required}
        absent = decoded(command, json.dumps(required).encode())
        assert decoded(command, json.dumps(required | nulls, indent=1).encode()) == absent, command.path


def test_a_field_that_must_be_given_must_be_given() -> None:
    for command in servers.commands():
        body = reference.example(command)
        kind = inspect.type_info(command.request)
        if not isinstance(kind, inspect.StructType):
            continue
        for field in kind.fields:
            if field.required and not _takes_null(field.type):
                null = decoded(command, json.dumps(body | {field.encode_name: None}).encode())
                body_without = {name: value for name, value in body.items() if name != field.encode_name}
                assert null == decoded(command, json.dumps(body_without).encode()), (command.path, field.encode_name)
                assert not isinstance(null, dict)


def _takes_null(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(map(_takes_null, kind.types))
    return isinstance(kind, inspect.NoneType | inspect.AnyType | inspect.RawType)


class Inner(msgspec.Struct):
    Kept: msgspec.Raw
    Left: int = 7


class Outer(msgspec.Struct):
    Names: list[str]
    Items: list[Inner] | Inner
    Map: dict[str, Inner] = {}
    Text: str = "unset"


async def _handler(call: object, request: Outer) -> None: ...


@pytest.fixture
def command() -> Command:
    service = Service("some", bad_json=1, bad_request=2, internal=3)  # type: ignore[arg-type]
    service.command("thing")(_handler)
    return service.commands["thing"]


def test_what_is_kept_as_it_is_keeps_its_nulls_and_its_form(command: Command) -> None:
    body = b'{"Names":[], "Text" : null ,"Items": [ {"Kept": {"a": null, "n":1.0e0,"s":"\\u0041"} , "Left":null} ]}'
    request = decode_request(command, body)
    assert request.Text == "unset"
    assert request.Items[0].Left == 7
    assert bytes(request.Items[0].Kept) == b'{"a": null, "n":1.0e0,"s":"\\u0041"}'


def test_nulls_in_lists_and_maps_are_no_absence(command: Command) -> None:
    for body in (
        b'{"Names":[null],"Items":[]}',
        b'{"Names":[],"Items":[null]}',
        b'{"Names":[],"Items":[],"Map":{"a":null}}',
    ):
        with pytest.raises(ApiError):
            decode_request(command, body)


def test_a_text_that_says_null_is_a_text(command: Command) -> None:
    request = decode_request(command, '{"Names":["null","눌 null"],"Items":[],"Text":"null \\ud83d"}'.encode())
    assert request.Names == ["null", "눌 null"]
    assert request.Text == "null \ufffd"


@pytest.mark.parametrize(
    "body", [b"null", b"[null]", b"{null}", b'{"Text":null', b'{"Text":null}}', b'{"Items":{"Left":null']
)
def test_what_is_no_object_is_refused_as_before(command: Command, body: bytes) -> None:
    with pytest.raises(ApiError):
        decode_request(command, body)
