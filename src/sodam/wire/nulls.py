"""null for a field is the same as leaving the field out, in every request and at every depth.

Writers of JSON that know no absence give null for whatever was not set. Only structs of a request have fields: what is
kept byte for byte (``msgspec.Raw``), and a null in a list or a map, stays as it is. So does the null of a field that
must be given and may be null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import inspect

Cut = Callable[[bytes], bytes]
"""Makes the JSON text of a value one without such nulls. Raises what decoding does for what is no JSON."""

_fields_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items_of = msgspec.json.Decoder(list[msgspec.Raw]).decode
_write = msgspec.json.Encoder().encode


def cutter(kind: type) -> Cut | None:
    """For requests of this type; None if it has no fields."""
    return _cut(inspect.type_info(kind))


def _cut(kind: inspect.Type) -> Cut | None:
    match kind:
        case inspect.Metadata(type=inner):
            return _cut(inner)
        case inspect.StructType(fields=fields):
            return _of_struct(fields)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _of_list(_cut(item))
        case inspect.DictType(value_type=value):
            return _of_map(_cut(value))
        case inspect.UnionType(types=types):
            return _of_union([found for one in types if (found := _cut(one)) is not None])
    return None


def _of_struct(fields: tuple[inspect.Field, ...]) -> Cut | None:
    absent = frozenset(field.encode_name for field in fields if not (field.required and _takes_null(field.type)))
    inner = {field.encode_name: found for field in fields if (found := _cut(field.type)) is not None}
    if not fields:
        return None

    def cut(data: bytes) -> bytes:
        if not _begins(data, b"{"):
            return data
        kept: dict[str, Any] = {}
        for name, raw in _fields_of(data).items():
            if name in absent and bytes(raw).strip() == b"null":
                continue
            kept[name] = _inside(inner.get(name), raw)
        return _write(kept)

    return cut


def _of_list(item: Cut | None) -> Cut | None:
    if item is None:
        return None
    return lambda data: _write([_inside(item, raw) for raw in _items_of(data)]) if _begins(data, b"[") else data


def _of_map(value: Cut | None) -> Cut | None:
    if value is None:
        return None

    def cut(data: bytes) -> bytes:
        if not _begins(data, b"{"):
            return data
        return _write({name: _inside(value, raw) for name, raw in _fields_of(data).items()})

    return cut


def _of_union(members: list[Cut]) -> Cut | None:
    """Of its members at most one is an object and one a list, and each leaves what it is not as it is."""
    if len(members) < 2:
        return members[0] if members else None

    def cut(data: bytes) -> bytes:
        for one in members:
            data = one(data)
        return data

    return cut


def _takes_null(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(map(_takes_null, kind.types))
    return isinstance(kind, inspect.NoneType | inspect.AnyType | inspect.RawType)


def _begins(data: bytes, sign: bytes) -> bool:
    return data.lstrip()[:1] == sign


def _inside(cut: Cut | None, raw: msgspec.Raw) -> msgspec.Raw:
    data = bytes(raw)
    return raw if cut is None or b"null" not in data else msgspec.Raw(cut(data))
