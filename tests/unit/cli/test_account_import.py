"""Files of accounts: what comes in, what is refused, and that the report adds up."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pytest

from sodam.cli.main import run
from sodam.cloudapi.files.reading import Format
from sodam.cloudapi.files.writing import part

APP = "1400000009"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))
    assert run(["app", "create", "Test", "--sdkappid", APP]) == 0


def test_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "users.csv"
    long = "x" * 501
    file.write_text(f'UserID,Nick,FaceUrl\nann,Ann,\nbob,"Bob, Jr"\n,Nobody,\neve,{long},\n{"u" * 33},,\n')
    report = tmp_path / "report.csv"
    assert run(["account", "import", str(file), "--sdkappid", APP, "--report", str(report)]) == 1
    out = capsys.readouterr()
    assert "5 lines: 2 accounts created, 0 changed, 3 refused" in out.out
    assert [line.split(":")[0] for line in out.err.splitlines()] == ["line 4", "line 5", "line 6"]
    assert len(report.read_text().splitlines()) == 4

    file.write_text("UserID,Nick\nann,Anna\nbob,\ncy,\n")
    assert run(["account", "import", str(file), "--sdkappid", APP]) == 0
    assert "3 lines: 1 accounts created, 1 changed, 0 refused" in capsys.readouterr().out


def accounts(directory: Path) -> dict[str, dict[str, object]]:
    """The profiles of all accounts but the administrator's, by UserID."""
    connection = apsw.Connection(str(directory / "data" / "sodam.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows = list(connection.execute("SELECT user_id, profile FROM account WHERE app = ?", (int(APP),)))
    finally:
        connection.close()
    return {user_id: json.loads(profile or b"{}") for user_id, profile in rows if user_id != "administrator"}


def test_nothing_is_dropped_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Blanks around column names, profile tags, numbers, what an export adds; each row that is not taken is named."""
    file = tmp_path / "users.csv"
    lines = [
        "\ufeffUserID , Nick, Tag_Profile_IM_Gender ,Tag_Profile_IM_BirthDay,Type,CreateTime",
        "ann,Ann,Gender_Type_Female,19900101,Normal,5",
        "",
        "  ,, ,,,",
        "bob,Bob,Gender_Type_Other,,,",
        "cy,Cy,,today,,",
        "ann,Again,,,,",
        "dee,Dee,,,,,surplus",
        ",Nobody,,,,",
        ",Nobody else,,,,",
        "eve,'=1+1,,,,",
        "fay",
    ]
    file.write_text("\r\n".join(lines), encoding="utf-8")
    report = tmp_path / "report.csv"
    assert run(["account", "import", str(file), "--sdkappid", APP, "--report", str(report)]) == 1
    out = capsys.readouterr()
    assert "9 lines: 3 accounts created, 0 changed, 6 refused" in out.out
    refused = {line.split(":")[0]: line for line in out.err.splitlines()}
    assert list(refused) == ["line 5", "line 6", "line 7", "line 8", "line 9", "line 10"]
    assert "40605" in refused["line 5"]
    assert "40610" in refused["line 6"]
    assert "line 2" in refused["line 7"]
    assert "more cells" in refused["line 8"]
    assert "70402" in refused["line 9"]
    assert len(report.read_text().splitlines()) == 7
    nick = "Tag_Profile_IM_Nick"
    assert accounts(tmp_path) == {
        "ann": {nick: "Ann", "Tag_Profile_IM_Gender": "Gender_Type_Female", "Tag_Profile_IM_BirthDay": 19900101},
        "eve": {nick: "=1+1"},
        "fay": {},
    }


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_objects(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    objects: list[dict[str, object]] = [
        {"UserID": "ann", "Nick": "Ann", "Profile": {"Tag_Profile_IM_Level": "3"}, "Type": "Normal", "CreateTime": 5},
        {"Identifier": "bob", "FaceUrl": "https://b", "Tag_Profile_IM_Level": 4},
        {"UserID": "cy", "Name": "Cy"},
        {"UserID": "dee", "Nick": 5},
        {"UserID": "ann", "Nick": "Again"},
    ]
    file = tmp_path / f"users.{form}"
    file.write_text(json.dumps(objects) if form == "json" else "\n\n".join(map(json.dumps, objects)))
    assert run(["account", "import", str(file), "--sdkappid", APP]) == 1
    out = capsys.readouterr()
    assert "5 lines: 2 accounts created, 0 changed, 3 refused" in out.out
    assert "'Name'" in out.err
    assert accounts(tmp_path) == {
        "ann": {"Tag_Profile_IM_Nick": "Ann", "Tag_Profile_IM_Level": 3},
        "bob": {"Tag_Profile_IM_Image": "https://b", "Tag_Profile_IM_Level": 4},
    }


def test_what_the_console_exports_comes_back(tmp_path: Path) -> None:
    """The same file through both ends of the same reader."""
    columns = ["UserID", "Nick", "FaceUrl", "Type", "CreateTime", "Tag_Profile_IM_Level"]
    page: list[dict[str, object]] = [
        {"UserID": "ann", "Nick": "=Ann", "Type": "Normal", "CreateTime": 5, "Tag_Profile_IM_Level": 7},
        {"UserID": "bob", "Nick": "", "FaceUrl": "", "Type": "Admin", "CreateTime": 6},
    ]
    forms: tuple[Format, ...] = ("csv", "json")
    for form in forms:
        file = tmp_path / f"users.{form}"
        file.write_bytes(part(form, page, columns, first=True, empty=True, last=True))
        assert run(["account", "import", str(file), "--sdkappid", APP]) == 0
        assert accounts(tmp_path) == {"ann": {"Tag_Profile_IM_Nick": "=Ann", "Tag_Profile_IM_Level": 7}, "bob": {}}


def test_json_lines_in_many_batches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "users.jsonl"
    good = [json.dumps({"UserID": f"user{i}", "Nick": f"N{i}"}) for i in range(1200)]
    file.write_text("\n".join([*good, "", '{"UserID": 5}', "not json", '{"Identifier": "old"}']) + "\n")
    assert run(["account", "import", str(file), "--sdkappid", APP]) == 1
    assert "1203 lines: 1201 accounts created, 0 changed, 2 refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.txt", b"", ".csv"),
        ("a.csv", b"Name\nx\n", "UserID,Nick,FaceUrl"),
        ("a.csv", b"", "UserID,Nick,FaceUrl"),
        ("a.csv", b"UserID\n\xff\n", "UTF-8"),
        ("a.csv", b'UserID\n"x\n', "line"),
        ("a.csv", b"UserID,Name,Avatar\nx,X,https://x\n", "'Name'"),
        ("a.csv", b"UserID,Tag_Profile_IM_Shoe\nx,42\n", "'Tag_Profile_IM_Shoe'"),
        ("a.csv", b"UserID,Nick,Nick\nx,X,Y\n", "twice"),
        ("a.csv", b"UserID,Identifier\nx,y\n", "'Identifier'"),
        ("a.csv", b'UserID\na\nb\n"c', "line 4"),
        ("a.csv", b"UserID\n" + b"a\n" * 100_000 + b"\xff\n", "UTF-8"),
        ("a.json", b"{}", "array"),
        ("a.json", b'[{"UserID":"a"}', "too early"),
    ],
)
def test_unusable_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, word: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert run(["account", "import", str(file), "--sdkappid", APP]) == 2
    error = capsys.readouterr().err
    assert word in error
    assert accounts(tmp_path) == {}, "nothing of it was imported"
    assert error.count("\n") == 1


def test_missing_file_and_app(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["account", "import", str(tmp_path / "none.csv"), "--sdkappid", APP]) == 2
    assert "cannot be read" in capsys.readouterr().err
    file = tmp_path / "a.csv"
    file.write_text("UserID\nx\n")
    assert run(["account", "import", str(file), "--sdkappid", "7"]) == 2
    assert "no app 7" in capsys.readouterr().err
