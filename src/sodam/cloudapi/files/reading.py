"""Reading a file of accounts piece by piece: neither the event loop nor the memory ever holds the whole.

CSV has a header line; columns are ``UserID``, ``Nick``, ``FaceUrl`` or a profile tag; ``Type`` and ``CreateTime``,
which an export has, are passed over. JSON is an array of objects with ``UserID``, ``Nick``, ``FaceUrl``, ``Profile``,
or such an object in each line. ``Identifier`` is the old name of ``UserID``. Whatever else is in a row refuses it.
A file is UTF-8, with or without a byte order mark; lines end in LF, CR LF or CR.
"""

from __future__ import annotations

import asyncio
import codecs
import csv
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from sodam.accounts.model import IMAGE, NICK
from sodam.cloudapi.files.formula import unguarded
from sodam.control import Explanation
from sodam.jobs.service import JobFailed
from sodam.profiles.model import STANDARD, whole

Format = Literal["csv", "json"]
"""What the console takes."""
Form = Literal["csv", "json", "jsonl"]
"""``jsonl``: an object in each line."""
MAX_ROW: Final = 256 * 1024
"""Letters of one row. All profile fields at their limits are a tenth of that."""
BATCH: Final = 200
_SLICE: Final = 16 * 1024
"""Letters read in one turn of the event loop, besides a row that has begun before."""
_NAMES: Final = {"Nick": NICK, "FaceUrl": IMAGE}
_PASSED_OVER: Final = ("", "UserID", "Type", "CreateTime")
_PROFILE: Final = "Tag_Profile_"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
# Finds where a value ends; numbers stay text, which has no limit of digits. What a value means msgspec says.
_scan: Final = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode


class Row(msgspec.Struct):
    """A row of a file: an account, or why it cannot be one. ``line`` is that of its beginning, from 1; for JSON the
    account's number."""

    line: int
    user_id: str
    items: list[tuple[str, object]]
    wrong: Explanation | None = None


async def batches(form: Form, parts: AsyncIterator[bytes]) -> AsyncIterator[list[Row]]:
    """The rows of a file, ``BATCH`` at a time, always divided in the same way. Other tasks have a turn after each.

    Raises JobFailed when the file cannot be read from some place on.
    """
    reader = _READERS[form]()
    batch: list[Row] = []
    async for text, last in _slices(parts):
        for row in reader.feed(text, last):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
                await asyncio.sleep(0)
        await asyncio.sleep(0)
    if batch:
        yield batch


async def _slices(parts: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, bool]]:
    """The text, slice by slice, and whether it ends there."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    try:
        async for part in parts:
            text = decoder.decode(part)
            for at in range(0, len(text), _SLICE):
                yield text[at : at + _SLICE], False
        yield decoder.decode(b"", True), True
    except UnicodeDecodeError:
        raise JobFailed("the file is not UTF-8", detail="FileNotUtf8") from None


def check_head(form: Form, content: str) -> list[str]:
    """What a file begins with: the tags of the profile fields that a CSV header names. Raises JobFailed."""
    head = content[:MAX_ROW]
    text = head.removeprefix("\ufeff").lstrip()
    if not text:
        raise JobFailed("the file is empty", detail="FileEmpty")
    if form == "json":
        if text[0] != "[":
            raise JobFailed("a JSON file holds one array of accounts", detail="FileNoArray")
        return []
    if form == "jsonl":
        return []
    reader = _Csv()
    next(reader.feed(text, last=len(head) == len(content)), None)
    if reader.tags is None:
        raise JobFailed(f"the first line is longer than {MAX_ROW} letters", detail="FileRowTooLong", Line=1)
    return [tag for tag in reader.tags if tag not in _PASSED_OVER]


class _More(Exception):
    """A row is not at hand to its end."""


class _Lines:
    """What the csv module reads from: lines that are at hand, those of an unfinished row again and again."""

    def __init__(self) -> None:
        self._ahead: deque[str] = deque()
        self._taken: list[str] = []
        self._rest = ""
        self._last = False
        self._end = ""
        """Lines of a file end in LF (or CR LF), or all in CR, as the first does. A CR that stands alone in a file of
        the other kind is an error of the csv module: it may not begin an account."""
        self.line = 1
        """Where the row at hand begins."""

    def add(self, text: str, last: bool) -> None:
        text = self._rest + text
        self._end = self._end or _end_of_lines(text, last)
        *lines, self._rest = text.split(self._end) if self._end else [text]
        self._ahead.extend(line + self._end for line in lines)
        self._last = last
        if last and self._rest:
            self._ahead.append(self._rest)
            self._rest = ""

    def next_row(self) -> None:
        self.line += len(self._taken)
        self._taken.clear()

    def put_back(self) -> None:
        """The row goes on in what is not at hand. Raises JobFailed when it is longer than a row may be."""
        if sum(map(len, self._taken)) + len(self._rest) > MAX_ROW:
            message = f"line {self.line}: a row is longer than {MAX_ROW} letters; is a quote not closed?"
            raise JobFailed(message, detail="FileRowTooLong", Line=self.line)
        self._ahead.extendleft(reversed(self._taken))
        self._taken.clear()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._ahead:
            line = self._ahead.popleft()
            self._taken.append(line)
            return line
        if self._last:
            raise StopIteration
        raise _More


def _end_of_lines(text: str, last: bool) -> str:
    """What lines end in, by the first end; empty while that is not at hand."""
    lf, cr = text.find("\n"), text.find("\r")
    if cr < 0 or 0 <= lf <= cr + 1:
        return "\n" if lf >= 0 else ""
    return "\r" if last or cr + 1 < len(text) else ""


class _Csv:
    def __init__(self) -> None:
        self._lines = _Lines()
        # Strict: what a lenient reader makes of a stray quote swallows the rows after it without a word.
        self._reader = csv.reader(self._lines, strict=True)
        self.tags: Sequence[str] | None = None
        """What each column is, once the header is read."""

    def feed(self, text: str, last: bool) -> Iterator[Row]:
        self._lines.add(text, last)
        for line, values in self._records():
            if not any(value.strip() for value in values):
                continue
            if self.tags is None:
                self.tags = _tags([value.strip() for value in values])
            else:
                yield self._row(line, values)
        if last and self.tags is None:
            raise JobFailed("the file is empty", detail="FileEmpty")

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            self._lines.next_row()
            try:
                values = next(self._reader)
            except _More:
                self._lines.put_back()
                return
            except StopIteration:
                return
            except csv.Error as error:
                line = self._lines.line
                raise JobFailed(f"line {line}: {error}", detail="FileUnreadable", Line=line) from None
            yield self._lines.line, values

    def _row(self, line: int, values: list[str]) -> Row:
        assert self.tags is not None
        user_id, items = "", list[tuple[str, object]]()
        for tag, value in zip(self.tags, values, strict=False):
            if tag == "UserID":
                user_id = unguarded(value)
            elif value and tag not in _PASSED_OVER:
                items.append((tag, _cell(tag, unguarded(value))))
            elif value.strip() and not tag:
                return Row(line, user_id, [], Explanation("a cell in a column that has no name", "RowTooManyCells"))
        if len(values) > len(self.tags):
            return Row(line, user_id, [], Explanation("more cells than the header names", "RowTooManyCells"))
        return Row(line, user_id, items)


def _tags(header: list[str]) -> list[str]:
    if "UserID" not in header:
        header = ["UserID" if name == "Identifier" else name for name in header]
    if "UserID" not in header:
        message = "the first line of a CSV file names its columns, UserID among them"
        raise JobFailed(message, detail="FileNoHeader")
    tags: dict[str, None] = {}
    for name in filter(None, header):
        tag = _NAMES.get(name, name)
        if tag in tags:
            raise JobFailed(f"the column {name[:80]!r} is there twice", detail="FileColumnTwice", Name=name[:80])
        tags[tag] = None
    return [_NAMES.get(name, name) for name in header]


def _cell(tag: str, value: str) -> object:
    """Numbers are text in CSV; whether a custom field takes one its own check says."""
    field = STANDARD.get(tag)
    return whole(value) if field is not None and field.type.startswith("uint") else value


class _Json:
    def __init__(self) -> None:
        self._rest = ""
        self._number = 0
        self._expected: Literal["[", "first", "value", "comma", "nothing"] = "["

    def feed(self, text: str, last: bool) -> Iterator[Row]:
        text, at = self._rest + text, 0
        while (at := _end_of_space(text, at)) < len(text):
            if self._punctuation(text[at]):
                at += 1
                continue
            end = self._end_of_value(text, at, last)
            if end is None:
                break
            self._number += 1
            self._expected = "comma"
            yield _json_row(self._number, text[at:end])
            at = end
        self._rest = text[at:]
        if last and self._expected != "nothing":
            raise JobFailed("the file is no JSON array: it ends too early", detail="FileCut")

    def _punctuation(self, letter: str) -> bool:
        """Whether a letter stands between the values of the array. Raises JobFailed for one that must not."""
        if self._expected == "nothing":
            raise JobFailed("the file is no JSON array: something follows it", detail="FileNoJson")
        if self._expected == "[" and letter == "[":
            self._expected = "first"
        elif self._expected == "comma" and letter == ",":
            self._expected = "value"
        elif self._expected in ("first", "comma") and letter == "]":
            self._expected = "nothing"
        elif self._expected in ("first", "value"):
            return False
        else:
            message = f"the file is no JSON array: {letter!r} follows account {self._number}"
            raise JobFailed(message, detail="FileBrokenAt", Number=self._number)
        return True

    def _end_of_value(self, text: str, at: int, last: bool) -> int | None:
        """None: it may go on in what is not at hand."""
        try:
            end = int(_scan(text, at)[1])
        except RecursionError:
            number = self._number + 1
            raise JobFailed(f"account {number} is nested too deeply", detail="FileBrokenAt", Number=number) from None
        except json.JSONDecodeError as error:
            if last or len(text) - at > MAX_ROW:
                number = self._number + 1
                message = f"account {number} is no JSON, or longer than {MAX_ROW} letters: {error.msg}"
                raise JobFailed(message, detail="FileBrokenAt", Number=number) from None
            return None
        return end if last or end < len(text) else None


class _JsonLines:
    def __init__(self) -> None:
        self._rest = ""
        self._line = 0

    def feed(self, text: str, last: bool) -> Iterator[Row]:
        *lines, self._rest = (self._rest + text).split("\n")
        if last:
            lines.append(self._rest)
        elif len(self._rest) > MAX_ROW:
            number = self._line + len(lines) + 1
            message = f"line {number} is longer than {MAX_ROW} letters"
            raise JobFailed(message, detail="FileRowTooLong", Line=number)
        for line in lines:
            self._line += 1
            if line.strip():
                yield _json_row(self._line, line)


_READERS: Final[dict[Form, type[_Csv] | type[_Json] | type[_JsonLines]]] = {
    "csv": _Csv,
    "json": _Json,
    "jsonl": _JsonLines,
}


def _end_of_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _json_row(line: int, text: str) -> Row:
    try:
        item: Any = msgspec.json.decode(text)
    except RecursionError:
        return Row(line, "", [], Explanation("the account is nested too deeply", "RowNoJson"))
    except (msgspec.DecodeError, ValueError) as error:
        return Row(line, "", [], Explanation(str(error), "RowNoJson"))
    if isinstance(item, dict) and "UserID" not in item and "Identifier" in item:
        item["UserID"] = item.pop("Identifier")
    if not isinstance(item, dict) or not isinstance(item.get("UserID"), str):
        return Row(line, "", [], Explanation("an account is an object with the text UserID", "RowNoUserId"))
    user_id = item["UserID"]
    profile = item.pop("Profile", None) or {}
    if not isinstance(profile, dict):
        return Row(line, user_id, [], Explanation("Profile is an object", "RowProfileNoObject"))
    items: list[tuple[str, object]] = []
    for name, value in item.items():
        if name in _NAMES:
            items += [(_NAMES[name], value)] if value else []
        elif name.startswith(_PROFILE):
            items.append((name, value))
        elif name not in _PASSED_OVER:
            said = Explanation(f"an account has no field {name[:80]!r}", "RowUnknownField", {"Name": name[:80]})
            return Row(line, user_id, [], said)
    return Row(line, user_id, items + list(profile.items()))
