"""Files of accounts: what comes in, what is refused, and that the report adds up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sodam.cli.main import run

APP = "1400000009"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))
    assert run(["app", "create", "Test", "--sdkappid", APP]) == 0


def test_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "users.csv"
    long = "x" * 501
    file.write_text(f'UserID,Nick,FaceUrl,Team\nann,Ann,,red\nbob,"Bob, Jr"\n,Nobody,\neve,{long},\n{"u" * 33},,\n')
    report = tmp_path / "report.csv"
    assert run(["account", "import", str(file), "--sdkappid", APP, "--report", str(report)]) == 1
    out = capsys.readouterr()
    assert "5 lines: 2 accounts created, 0 changed, 3 refused" in out.out
    assert [line.split(":")[0] for line in out.err.splitlines()] == ["line 4", "line 5", "line 6"]
    assert len(report.read_text().splitlines()) == 4

    file.write_text("UserID,Nick\nann,Anna\nbob,\ncy,\n")
    assert run(["account", "import", str(file), "--sdkappid", APP]) == 0
    assert "3 lines: 1 accounts created, 1 changed, 0 refused" in capsys.readouterr().out


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
    assert error.count("\n") == 1


def test_missing_file_and_app(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["account", "import", str(tmp_path / "none.csv"), "--sdkappid", APP]) == 2
    assert "cannot be read" in capsys.readouterr().err
    file = tmp_path / "a.csv"
    file.write_text("UserID\nx\n")
    assert run(["account", "import", str(file), "--sdkappid", "7"]) == 2
    assert "no app 7" in capsys.readouterr().err
