"""What an archive of an app is: a directory with a manifest and, for each table, files of JSON lines.

A line is one row, an object of its columns in the order of their names. Bytes are text where they are UTF-8, as nearly
all of ours are, and ``{"base64": ...}`` where they are not.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

import msgspec

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
LEFT_OUT: Final = {
    "c2c_recent": "what was sent within the last minutes, to know repetitions",
    "group_recent": "the same of groups",
    "push_access": "access tokens of push services: the new server gets its own",
    "push_decided": "for which messages pushes were decided on",
    "push_log": "pushes that were not taken, for the old server's operator",
    "troubleshooting_log": "what happened to calls within the last days, for the old server's operator",
    "search_doc": "the search index: it is made anew from what it finds",
    "search_progress": "how far the search index has come",
    "media_object": "uploaded files, whose bytes and addresses are the old server's",
    "media_usage": "how much room they take",
    "message_stream": "messages that still grow: they end on the old server",
    "webhook_certificate": "signed by the old server's authority: receivers are shown the new one's",
    "webhook_pause": "until when a receiver is left alone that did not answer",
    "outbox": "deliveries under way: they are the old server's to finish",
    "outbox_bundle": "the same, not yet begun",
}
"""Tables of an app that do not move, and why."""
REFERENCES: Final = {("c2c_change", "message"): "c2c_message"}
"""Columns that hold the growing number of a row of another table: it is another one in the target."""


class Part(msgspec.Struct, frozen=True):
    """A file of rows."""

    file: str
    rows: int
    sha256: str


class Table(msgspec.Struct, frozen=True):
    columns: dict[str, str]
    """Name to PostgreSQL's type, in the order of the names."""
    rows: int
    hash: str
    """Of all rows, whatever their order: see ``RowsHash``."""
    parts: tuple[Part, ...]
    low: int = 0
    high: int = 0
    """The smallest and the largest growing number of its rows; 0 in a table without such numbers."""


class Manifest(msgspec.Struct, frozen=True):
    sdkappid: int
    name: str
    schema: int
    """The newest migration that the rows follow."""
    exported_at: int
    """Unix seconds."""
    sodam: str
    tables: dict[str, Table]
    format: int = FORMAT


class RowsHash:
    """A hash of a set of rows: the sum of their BLAKE2b hashes of 32 bytes, modulo 2^256. The order does not matter,
    since the two engines sort text differently."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, line: bytes) -> None:
        self._sum += int.from_bytes(hashlib.blake2b(line, digest_size=32).digest())

    @property
    def text(self) -> str:
        return f"{self._sum % 2**256:064x}"


def encode_row(columns: Sequence[str], row: Sequence[Any]) -> bytes:
    """A row as a line, without the line's end."""
    return msgspec.json.encode({name: _outside(value) for name, value in zip(columns, row, strict=True)})


def decode_row(columns: dict[str, str], line: bytes) -> list[Any]:
    """The values of a line. Raises ValueError when it is no row of these columns."""
    found = msgspec.json.decode(line, type=dict[str, Any])
    if list(found) != list(columns):
        raise ValueError("the columns are not those of the manifest")
    return [_inside(value, kind) for value, kind in zip(found.values(), columns.values(), strict=True)]


def _outside(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(value).decode()}


_KINDS: Final = {"bigint": int, "text": str, "bytea": bytes, "double precision": float}


def _inside(value: Any, kind: str) -> Any:
    if kind == "bytea" and value is not None:
        value = b64decode(value["base64"], validate=True) if isinstance(value, dict) else str(value).encode()
    elif kind == "double precision" and isinstance(value, int):
        value = float(value)
    if value is not None and (not isinstance(value, _KINDS[kind]) or isinstance(value, bool)):
        raise ValueError(f"{value!r} is no {kind}")
    return value
