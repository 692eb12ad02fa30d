"""Writing a file in parts: CSV with a header line, or one JSON array."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec

from sodam.cloudapi.files.formula import guarded
from sodam.cloudapi.files.reading import Format


def part(
    form: Format,
    facts: Sequence[dict[str, object]],
    columns: Sequence[str],
    *,
    first: bool,
    empty: bool,
    last: bool,
) -> bytes:
    """A part of a file. ``first``, ``last``: it begins or ends the file; ``empty``: no part before it had any rows."""
    if form == "json":
        rows = b",\n".join(msgspec.json.encode(_nested(item)) for item in facts)
        return (b"[\n" if first else b"") + (b"" if empty or not rows else b",\n") + rows + (b"\n]\n" if last else b"")
    out = io.StringIO()
    writer = csv.writer(out)
    if first:
        out.write("\ufeff")  # spreadsheets take the file for UTF-8 then
        writer.writerow(columns)
    writer.writerows([guarded(item.get(name, "")) for name in columns] for item in facts)
    return out.getvalue().encode()


def _nested(item: dict[str, object]) -> dict[str, object]:
    profile = {tag: value for tag, value in item.items() if tag.startswith("Tag_")}
    rest = {name: value for name, value in item.items() if not name.startswith("Tag_")}
    return {**rest, "Profile": profile} if profile or "UserID" in rest else rest
