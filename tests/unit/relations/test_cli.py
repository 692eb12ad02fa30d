"""``sodam relations``: files there and back, reports, exit codes."""

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
    users = tmp_path / "users.csv"
    users.write_text("UserID\nann\nbob\ncy\n")
    assert run(["account", "import", str(users), "--sdkappid", APP]) == 0


def test_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {
            "UserID": "ann",
            "Groups": ["work"],
            "Friends": [{"To_Account": "bob", "AddTime": 5, "Remark": "Bobby", "GroupName": ["work"]}],
            "BlackList": [{"To_Account": "cy", "AddBlackTimeStamp": 7}],
        },
        {"UserID": "bob", "Friends": [{"To_Account": "ann", "AddTime": 6}]},
    ]
    file = tmp_path / "relations.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    capsys.readouterr()
    assert run(["relations", "import", str(file), "--sdkappid", APP]) == 0
    assert "2 lines: 2 users with 1 Groups, 2 Friends, 1 BlackList" in capsys.readouterr().out
    written = tmp_path / "out.jsonl"
    assert run(["relations", "export", str(written), "--sdkappid", APP]) == 0
    assert [json.loads(line) for line in written.read_text().splitlines()] == lines
    assert run(["relations", "export", str(written), "--sdkappid", APP, "--user", "bob", "--user", "cy"]) == 0
    assert [json.loads(line) for line in written.read_text().splitlines()] == [lines[1], {"UserID": "cy"}]
    capsys.readouterr()
    assert run(["relations", "check", "--sdkappid", APP]) == 0
    assert capsys.readouterr().out == "looked at 2 friend, 1 blacklist\nnothing is wrong\n"


def test_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "relations.jsonl"
    friends = [{"To_Account": "bob", "AddTime": 5}, {"To_Account": "nobody", "AddTime": 5}]
    file.write_text(json.dumps({"UserID": "ann", "Friends": friends}) + '\n{"UserID": 5}\n')
    report = tmp_path / "report.csv"
    assert run(["relations", "import", str(file), "--sdkappid", APP, "--report", str(report)]) == 1
    assert "1 users with 0 Groups, 1 Friends" in capsys.readouterr().out
    assert len(report.read_text().splitlines()) == 3
    assert run(["relations", "check", "--sdkappid", APP]) == 0
    assert "one-sided: 1" in capsys.readouterr().out
    assert run(["relations", "check", "--sdkappid", APP, "--one-sided", "complete"]) == 0
    assert "repaired: 1" in capsys.readouterr().out
    assert run(["relations", "check", "--sdkappid", APP]) == 0
    assert "one-sided" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--sdkappid", "1"],
        ["import", "missing.jsonl", "--sdkappid", APP],
        ["export", "no/such/directory/file", "--sdkappid", APP],
    ],
)
def test_unusable(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["relations", *command]) == 2
