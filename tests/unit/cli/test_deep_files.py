"""Files nested so deeply that reading them takes all the stack: refused in one line, never with a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodam.cli.main import run

APP = "1400000009"
PAIRS = (("ann", "bob"), ("bob", "ann"))
DEPTHS = (20, 300, 1000, 5000, 100_000)
FORMS = {
    "accounts.json": ("account", '[{"UserID":"ann","Profile":{"Tag_Profile_IM_Nick":@}}]'),
    "accounts.jsonl": ("account", '{"UserID":"ann","Profile":{"Tag_Profile_IM_Nick":@}}\n'),
    "unknown.jsonl": ("account", '{"UserID":"ann","Elsewhere":@}\n'),
    "accounts.csv": ("account", 'UserID,Nick\nann,"@"\n'),
    "friends.jsonl": ("relations", '{"UserID":"ann","Friends":[@]}\n'),
    "elsewhere.jsonl": ("relations", '{"UserID":"ann","Elsewhere":@}\n'),
    "apps.toml": ("app", "x = @\n"),
    "app.toml": ("app", '[[app]]\nsdkappid = 1400000009\nname = "x"\nplan = @\n'),
    "settings.toml": ("settings", "port = @\n"),
}


def nested(depth: int, name: str) -> str:
    """Arrays in one another, or tables, for names with an ``a`` in front."""
    return "[" * depth + "]" * depth if not name.startswith("app.") else "{a=" * depth + "1" + "}" * depth


@pytest.mark.parametrize("name", FORMS)
def test_one_line_each(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))
    assert run(["app", "create", "Test", "--sdkappid", APP]) == 0
    what, form = FORMS[name]
    commands = {
        "account": ["account", "import", name, "--sdkappid", APP],
        "relations": ["relations", "import", name, "--sdkappid", APP],
        "app": ["app", "apply", name],
        "settings": ["app", "list", "--config", name],
    }
    for depth in DEPTHS:
        Path(name).write_text(form.replace("@", nested(depth, name)))
        capsys.readouterr()
        code = run(commands[what])
        said = capsys.readouterr()
        lines = [line for line in said.err.splitlines() if line]
        if what in ("app", "settings"):
            assert code == 2
        elif depth >= 1000 and name not in ("accounts.csv", "friends.jsonl"):
            assert "nested too deeply" in said.err
        if code:
            assert len(lines) == 1, said.err
            assert lines[0].startswith("sodam: " if code == 2 else "line ")
            assert "recursion" not in said.err.lower()
            assert len(lines[0]) < 300


def test_good_rows_beside_a_deep_one_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))
    assert run(["app", "create", "Test", "--sdkappid", APP]) == 0
    accounts = tmp_path / "accounts.jsonl"
    deep = "[" * 5000 + "]" * 5000
    accounts.write_text('{"UserID":"ann"}\n{"UserID":"x","Profile":@}\n{"UserID":"bob"}\n'.replace("@", deep))
    assert run(["account", "import", str(accounts), "--sdkappid", APP]) == 1
    relations = tmp_path / "relations.jsonl"
    friends = [f'{{"UserID":"{one}","Friends":[{{"To_Account":"{two}","AddTime":5}}]}}\n' for one, two in PAIRS]
    relations.write_text(friends[0] + f'{{"UserID":"ann","X":{deep}}}\n' + friends[1])
    assert run(["relations", "import", str(relations), "--sdkappid", APP]) == 1
    export = tmp_path / "out.jsonl"
    assert run(["relations", "export", str(export), "--sdkappid", APP]) == 0
    assert len(export.read_text().splitlines()) == 2
