"""The pieces of code in docs/recipes.md that need no more than what the tests have, run as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from driver import tool
from tests.support import tools, tree
from tests.support.server import ServerProcess

HERE: Final = Path(__file__).parent
PAGE: Final = (tree.ROOT / "docs/recipes.md").read_text(encoding="utf-8")


def code(heading: str, language: str) -> list[str]:
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)
    assert found, heading
    return found


def filled_in(text: str, server: ServerProcess) -> str:
    for placeholder, value in (
        ("http://127.0.0.1:8080", server.url),
        ("1400000123", str(server.sdkappid)),
        ("your-secret-key", server.key),
    ):
        assert placeholder in text, f"{placeholder} stands for the reader's own"
        text = text.replace(placeholder, value)
    return text


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=HERE)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return done.stdout.replace("'", '"').replace(" ", "")


async def test_python(server: ServerProcess) -> None:
    with_package, without = code("Python", "python")
    assert ran(sys.executable, "-c", filled_in(with_package, server)).count('"ErrorCode":0') == 3
    assert ran(sys.executable, "-c", filled_in(without, server)).count('"ErrorCode":0') == 1
    checked = await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "carol"}]})
    assert checked["ResultItem"][0]["AccountStatus"] == "Imported"


def test_node(server: ServerProcess) -> None:
    tools.npm_packages(HERE)
    text = filled_in(code("Node", "js")[0], server)
    assert ran(tool("node"), "--input-type=module", "-e", text).count('"ErrorCode":0') == 2


@pytest.mark.parametrize(
    ("heading", "language", "piece", "file", "program"),
    [
        ("PHP", "php", 1, "call.php", ["php"]),
        ("Go", "go", 1, "call.go", ["go", "run"]),
        ("Java", "java", 1, "Call.java", ["java"]),
    ],
    ids=["php", "go", "java"],
)
async def test_standard_library(
    server: ServerProcess, tmp_path: Path, heading: str, language: str, piece: int, file: str, program: list[str]
) -> None:
    """A program from nothing but what its language comes with makes a UserSig and a call."""
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    (tmp_path / file).write_text(filled_in(code(heading, language)[piece], server))
    assert ran(*program, str(tmp_path / file)).count('"ErrorCode":0') == 1
    user = {"php": "frank", "go": "grace", "java": "heidi"}[language]
    found = await server.rest("profile/portrait_get", {"To_Account": [user], "TagList": ["Tag_Profile_IM_Nick"]})
    assert found["UserProfileItem"][0]["ProfileItem"][0]["Value"] == user.title()


def test_every_recipe_is_found() -> None:
    """What the table at the head of the page links to is there, and the tests that it names are."""
    table = PAGE.split("| from |", 1)[1].split("\n\n", 1)[0]
    anchors = set(re.findall(r"\]\(#([\w-]+)\)", table))
    headings = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.*)$", PAGE, re.M)}
    assert anchors == headings, anchors ^ headings
    for name in re.findall(r"`(tests/[\w./]+)`", PAGE):
        assert (tree.ROOT / name).exists(), name
