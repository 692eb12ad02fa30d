"""The guide tells newcomers what the start banner and the console show."""

from __future__ import annotations

import re
from pathlib import Path

from sodam.cli.demo import DEMO_USERS

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text()


def test_the_guide_leads_to_the_console_before_the_command_line() -> None:
    start, console = GUIDE.split("\n## ")[1:3]
    assert "console's address" in start
    assert "/console" in console
    assert "**Overview**" in console
    assert console.index("**Overview**") < console.index("command line")


def test_the_guide_names_no_user_that_the_banner_does_not() -> None:
    start = GUIDE.split("\n## ")[1]
    named = set(re.findall(r"\b(administrator|alice|bob|cho|dora)\b", start))
    assert named <= {"administrator", *DEMO_USERS}
