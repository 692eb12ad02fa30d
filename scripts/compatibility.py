"""Print docs/compatibility.md: every REST command, webhook, client command and console feature with its state and test.

The names come from docs/compatibility.toml. A command's state comes from the code (it is declared or not), its test
from the tests (the file that names it), so that the table cannot promise what is not there. Run by `make docs`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = (
    "tests/rest",
    "tests/sdk",
    "tests/sdk_py",
    "tests/gateway",
    "tests/contract",
    "tests/unit",
    "tests/fault",
    "tests/isolation",
)


class Tests:
    """Which test file names a command."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []
        for folder in _FOLDERS:
            for path in sorted((ROOT / folder).rglob("test_*.py")):
                self._texts.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        for path in sorted((ROOT / "tests/rest").glob("fields_*.py")):  # the tables of one test
            self._texts.append(("tests/rest/test_group_fields.py", path.read_text("utf-8")))

    def naming(self, words: Iterable[str], otherwise: str) -> str:
        """The first test file with one of ``words``, tried in their order; ``otherwise`` a test of every command."""
        for word in words:
            pattern = re.compile(rf"(?<![\w/]){re.escape(word)}(?!\w)")
            for name, text in self._texts:
                if word in text and pattern.search(text):  # the pattern alone takes a hundred times as long
                    return f"`{name}`"
        return f"`{otherwise}`"


def _rest(names: list[str], states: dict[str, str], tests: Tests) -> list[str]:
    from sodam.rest import table

    declared = {command.path for command in table.commands()}
    lines = ["| command | state | test |", "|---|---|---|"]
    for name in sorted({*names, *declared}):
        works = name in declared
        short = name.rpartition("/")[2]
        test = tests.naming((name, name.replace("/", "."), short), "tests/fuzz/test_rest_bodies.py") if works else ""
        lines.append(f"| {name} | {states.get(name, 'works') if works else 'not yet'} | {test} |")
    return lines


def _client(data: dict[str, object], tests: Tests) -> list[str]:
    from sodam.gateway import session, table

    declared = {*table.commands(), session.LOGIN, session.LOGOUT, session.ALIVE, session.HELLO}
    names = data["names"]
    methods = data["methods"]
    states = data["states"]
    assert isinstance(names, list)
    assert isinstance(states, dict)
    assert isinstance(methods, dict)
    lines = ["| command | web SDK methods | state | test |", "|---|---|---|---|"]
    for name in sorted({*names, *declared}):
        works = name in declared
        used = methods.get(name, [])
        words = (*used, name, name.replace(".", "/"), name.rpartition(".")[2])
        test = tests.naming(words, "tests/isolation/test_users.py") if works else ""
        state = states.get(name, "works") if works else "not yet"
        lines.append(f"| {name} | {', '.join(used)} | {state} | {test} |")
    return lines


def _methods(data: dict[str, object]) -> list[str]:
    """Each method with up to three tests that call it; one that no test calls has no place here."""
    methods, words = data["methods"], data["words"]
    assert isinstance(methods, list)
    assert isinstance(words, dict)
    texts = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "tests/sdk").glob("test_*.py"))}
    lines = ["| method | tests in `tests/sdk` |", "|---|---|"]
    for method in methods:
        pattern = re.compile(rf"(?<!\w){words[method]}(?!\w)" if method in words else rf'"{method}"')
        found = [f"`{name}`" for name, text in texts.items() if pattern.search(text)]
        assert found, f"no test calls {method}"
        lines.append(f"| {method} | {', '.join(found[:3])} |")
    return lines


def _listed(rows: list[dict[str, str]]) -> list[str]:
    lines = ["| feature | state | test |", "|---|---|---|"]
    for row in rows:
        test = f"`{row['test']}`" if row.get("test") else ""
        if row.get("test"):
            assert (ROOT / row["test"]).exists(), f"{row['test']} does not exist"
        lines.append(f"| {row['name']} | {row['state']} | {test} |")
    return lines


def _webhook(name: str) -> dict[str, str]:
    """A command that the server causes is in its table."""
    from sodam.apps.webhooks import COMMANDS

    if name not in COMMANDS:
        return {"name": name, "state": "not yet"}
    kind = "before" if COMMANDS[name].kind == "before" else "commands"
    return {"name": name, "state": "works", "test": f"tests/webhooks/test_{kind}.py"}


def page() -> str:
    data = tomllib.loads((ROOT / "docs/compatibility.toml").read_text("utf-8"))
    tests = Tests()
    parts = [
        "# Compatibility",
        "",
        "What of the public interface Sodam serves today, and the test that shows it. Generated: `make docs`.",
        "",
        "## REST API v4",
        "",
        *_rest(data["rest"]["names"], data["rest"]["states"], tests),
        "",
        "## Client commands",
        "",
        *_client(data["client"], tests),
        "",
        "## Messages, conversations, status and search in the official web SDK",
        "",
        *_methods(data["messages"]),
        "",
        "## Groups in the official web SDK",
        "",
        *_methods(data["sdk"]),
        "",
        "## Webhooks",
        "",
        *_listed([_webhook(name) for name in data["webhooks"]["names"]]),
        "",
        "## Console",
        "",
        *_listed(data["console"]),
        "",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
