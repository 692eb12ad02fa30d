"""Files of accounts: read as they were written, piece by piece, and weird ones refused with a reason."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import time
from collections.abc import AsyncIterator

import pytest

from sodam.accounts.model import NICK
from sodam.cloudapi.files.firsts import FirstLines
from sodam.cloudapi.files.formula import guarded, unguarded
from sodam.cloudapi.files.reading import BATCH, MAX_ROW, Format, Row, batches, check_head
from sodam.cloudapi.files.writing import part
from sodam.jobs.service import JobFailed
from tests.support.seeds import SEED

LEVEL = "Tag_Profile_IM_Level"
TEXTS = [
    "",
    "plain",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\ttab",
    "\rcr",
    "'=1",
    "''=1",
    "'",
    "'quoted",
    "''two",
    '"',
    'a "b", c',
    "two\nlines",
    "two\r\nlines",
    "\n",
    "한국어, 中文",
    "👩‍👩‍👧",
    "\u2028\x85\x0b\x1c",
    " spaced ",
    "007",
    "\ufeffmark",
    "\\n",
]


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def read(form: Format, data: bytes | str, size: int = 100_000) -> list[Row]:
    raw = data.encode() if isinstance(data, str) else data
    return [row async for batch in batches(form, pieces(raw, size)) for row in batch]


async def failing(form: Format, data: bytes | str) -> str:
    with pytest.raises(JobFailed) as error:
        await read(form, data)
    return str(error.value)


@pytest.mark.parametrize("text", TEXTS)
def test_a_guarded_text_comes_back(text: str) -> None:
    cell = guarded(text)
    assert isinstance(cell, str)
    assert cell[:1] not in tuple("=+-@\t\r")
    assert unguarded(cell) == text


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_what_was_written_is_read(form: Format, size: int) -> None:
    """In parts of any size, which cut letters, lines, quotes and numbers in two."""
    columns = ["UserID", "Type", "CreateTime", NICK, LEVEL, "Tag_Profile_Custom_Text"]
    facts = [
        {"UserID": f"-u{n}", "Type": "ordinary", "CreateTime": n, NICK: text, LEVEL: n, "Tag_Profile_Custom_Text": text}
        for n, text in enumerate(TEXTS)
    ]
    middle = len(facts) // 2
    data = part(form, facts[:middle], columns, first=True, empty=True, last=False)
    data += part(form, facts[middle:], columns, first=False, empty=False, last=True)
    rows = await read(form, data, size)
    assert [row.user_id for row in rows] == [fact["UserID"] for fact in facts]
    assert not any(row.wrong for row in rows)
    for row, fact in zip(rows, facts, strict=True):
        # An empty cell is a field that is not given.
        expected = {tag: fact[tag] for tag in columns[3:] if form == "json" or fact[tag] != ""}
        assert dict(row.items) == expected


def test_an_array_of_empty_pages_is_json() -> None:
    pages: list[list[dict[str, object]]] = [[], [{"UserID": "a"}], [], [{"UserID": "b"}], []]
    data, rows = b"", 0
    for number, page in enumerate(pages):
        data += part("json", page, [], first=number == 0, empty=rows == 0, last=number == len(pages) - 1)
        rows += len(page)
    assert [item["UserID"] for item in json.loads(data)] == ["a", "b"]
    assert json.loads(part("json", [], [], first=True, empty=True, last=True)) == []


@pytest.mark.parametrize("round_", range(5))
async def test_cut_anywhere_a_file_has_the_same_rows(round_: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    rng = random.Random(f"{seed} {round_}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=rng.choice(["\r\n", "\n", "\r"]), quoting=csv.QUOTE_ALL)
    writer.writerow(["UserID", "Nick"])
    letters = "ab,\"\n\r='é한👍 "
    for n in range(500):
        writer.writerow([f"u{n}", "".join(rng.choices(letters, k=rng.randrange(9)))])
    whole = await read("csv", out.getvalue())
    assert len(whole) == 500
    assert await read("csv", out.getvalue(), rng.randrange(1, 50)) == whole
    text = json.dumps([{"UserID": row.user_id, "Nick": row.items} for row in whole], indent=rng.choice([None, 1]))
    assert await read("json", text, rng.randrange(1, 50)) == await read("json", text)


async def test_ends_of_lines_marks_and_empty_lines() -> None:
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["\ufeffUserID,Nick", "a,A", "", " , ", 'b,"B', 'b"', "c"])
        rows = await read("csv", text + end)
        assert [(row.line, row.user_id) for row in rows] == [(2, "a"), (5, "b"), (7, "c")], repr(end)
        assert rows[1].items == [(NICK, f"B{end}b")]
        assert await read("csv", text) == rows
    assert await read("csv", "UserID") == []
    assert await read("csv", "\n\nUserID\nann\n") == [Row(4, "ann", [])]
    assert await read("json", "\ufeff [ ] \n") == []


@pytest.mark.parametrize(
    ("form", "data", "reason"),
    [
        ("csv", "", "empty"),
        ("csv", "\n\n", "empty"),
        ("csv", "Name\nx", "UserID among them"),
        ("csv", "UserID,Nick,Nick\n", "'Nick' is there twice"),
        ("csv", "UserID,Nick,Tag_Profile_IM_Nick\n", "is there twice"),
        ("csv", f"UserID,{'x' * 140_000}\n", "line 1: field larger than field limit"),
        ("csv", "UserID,Nick\na,A\nb," + "x" * 140_000, "line 3: field larger"),
        ("csv", 'UserID,Nick\na,"A\nb,B\n', "line 2: unexpected end of data"),
        ("csv", 'UserID,Nick\na,"A"A\nb,B\n', "line 2: ',' expected after '\"'"),
        ("csv", "UserID,Nick\na,A\rb,B\n", "line 2: new-line character seen in unquoted field"),
        ("csv", "UserID" + "," * (MAX_ROW * 2) + "\n" + "x" * 50_000, "a row is longer"),
        ("csv", "UserID,Nick\nminsu,민수\n".encode("euc-kr"), "not UTF-8"),
        ("csv", "UserID,Nick\nwei,伟大的名字\n".encode("gbk"), "not UTF-8"),
        ("csv", "UserID,Nick\nyui,結衣\n".encode("shift-jis"), "not UTF-8"),
        ("csv", "UserID,Nick\na,A\n".encode("utf-16"), "not UTF-8"),
        ("csv", "UserID\n한".encode()[:-1], "not UTF-8"),
        ("json", '[{"UserID":"민수"}]'.encode("euc-kr"), "not UTF-8"),
        ("json", "", "ends too early"),
        ("json", "{}", "no JSON array"),
        ("json", '[{"UserID":"a"}', "ends too early"),
        ("json", '[{"UserID":"a"},]', "account 2 is no JSON"),
        ("json", '[{"UserID":"a"} {"UserID":"b"}]', "'{' follows account 1"),
        ("json", '[{"UserID":"a"}] x', "something follows"),
        ("json", "[1,", "ends too early"),
        ("json", '[{"UserID":"a', "account 1 is no JSON"),
        ("json", '[{"UserID":' + "[" * 100_000 + "]" * 100_000 + "}]", "nested too deeply"),
        ("json", '["' + "x" * (MAX_ROW * 2), "longer than"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "...",
)
async def test_files_that_cannot_be_read(form: Format, data: bytes | str, reason: str) -> None:
    assert reason in await failing(form, data)


async def test_rows_that_cannot_be_read() -> None:
    data = '[1, {"UserID": 5}, {"UserID": "a", "Profile": 3}, {"UserID": "\\ud800"}, {"UserID": "b", "n": '
    data += "9" * 5000 + '}, {"UserID": "c", "n": NaN}, {"UserID": "d"}]'
    rows = await read("json", data)
    assert [(row.line, bool(row.wrong)) for row in rows] == [(n, n < 7) for n in range(1, 8)]
    [long] = await read("csv", f"UserID,{LEVEL}\na,{'9' * 5000}")
    assert long.items == [(LEVEL, "9" * 5000)]
    [many] = await read("csv", "UserID,Nick\na,b,c")
    assert many.wrong


def test_heads() -> None:
    assert check_head("csv", "\ufeffUserID,Nick, Tag_Profile_Custom_a ,,Type,CreateTime\nx") == [
        NICK,
        "Tag_Profile_Custom_a",
    ]
    assert check_head("csv", 'UserID,"Nick\n"\n' + '"' * 1_000_000) == [NICK]
    assert check_head("json", "\ufeff\n [") == []
    for form, content, reason in (
        ("csv", "", "empty"),
        ("csv", " \n", "empty"),
        ("csv", "x" * 140_000, "field larger"),
        ("csv", "UserID," + "x," * MAX_ROW, "longer than"),
        ("json", "{}", "array"),
    ):
        with pytest.raises(JobFailed, match=reason):
            check_head(form, content)  # type: ignore[arg-type]


def test_first_lines() -> None:
    firsts = FirstLines()
    names = [f"user{n}" for n in range(100_000)]
    assert all(firsts.add(name, line) == line for line, name in enumerate(names, 1))
    assert all(firsts.add(name, 10**9) == line for line, name in enumerate(names, 1))
    size = sum(a.itemsize * len(a) for a in (*firsts._hashes, *firsts._lines))
    assert size <= 100_000 * 50


@pytest.mark.parametrize("shape", ["csv", "json", "short lines", "no lines", "empty lines", "one row"])
async def test_no_turn_reads_much(shape: str) -> None:
    """Turns are measured in the processor time of this thread, the least of three, and against the whole: other load
    changes nothing."""
    data = {
        "csv": "UserID,Nick,Tag_Profile_IM_Level\n" + "".join(f"user{n},Nick {n},{n}\n" for n in range(20_000)),
        "json": json.dumps([{"UserID": f"user{n}", "Profile": {LEVEL: n}} for n in range(20_000)]),
        "short lines": "UserID\n" + "a\n" * 60_000,
        "no lines": "UserID\n" + "\n" * 600_000,
        "empty lines": "UserID\n" + ",\n" * 200_000,
        "one row": "UserID\n" + '"a\n",' * 40_000,
    }[shape]
    form: Format = "json" if shape == "json" else "csv"
    turns = [
        min(same) for same in zip(*(_turns(form, data, may_fail=shape == "one row") for _ in range(3)), strict=True)
    ]
    assert len(turns) > 10
    assert max(turns) < max(sum(turns) / 8, 0.03), (max(turns), sum(turns), len(turns))


def _turns(form: Format, data: str, *, may_fail: bool) -> list[float]:
    """Seconds of each turn."""
    turns: list[float] = []
    reading = _consume(form, data)
    try:
        while True:
            before = time.thread_time()
            try:
                reading.send(None)  # type: ignore[attr-defined]
            finally:
                turns.append(time.thread_time() - before)
    except StopIteration:
        pass
    except JobFailed:
        assert may_fail
    return turns


def _consume(form: Format, data: str) -> object:  # type: ignore[misc]
    async def work() -> None:
        async for batch in batches(form, pieces(data.encode(), 256 * 1024)):
            assert len(batch) <= BATCH

    return work()


def test_reading_gives_others_a_turn_after_every_batch() -> None:
    async def run() -> tuple[int, int]:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        count = 0
        async for _ in batches("csv", pieces(b"UserID\n" + b"a\n" * 20_000, 256 * 1024)):
            count += 1
        task.cancel()
        return count, turns

    count, turns = asyncio.run(run())
    assert count == 100
    assert turns >= count
