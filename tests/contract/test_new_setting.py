"""A setting needs its declaration, its behaviour and its texts: everything else finds it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import tree
from tests.support.server import Engine


def test_a_new_setting_is_everywhere(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = [request.getfixturevalue("postgres_url")] if engine == "postgres" else []
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.new_setting", str(tmp_path), *url],
        cwd=tree.ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    # The cloud API: its value, and the form that the console makes of its declaration.
    before, after = found["before"], found["after"]
    assert (before["NightQuiet"], before["NightHours"], before["Ranges"]["NightHours"]) == (
        False,
        8,
        {"Min": 2, "Max": 12},
    )
    forms = {form["Setting"]: form for section in before["Sections"] for form in section["Settings"]}
    quiet, hours = forms["NightQuiet"], forms["NightHours"]
    assert (quiet["Type"], quiet["Heading"], quiet["Value"], quiet["NeedsPlan"]) == ("switch", "who", False, "")
    assert (hours["Type"], hours["Heading"], hours["Min"], hours["Max"]) == ("number", "friends", 2, 12)
    assert (after["NightQuiet"], after["NightHours"], after["Version"]) == (True, 12, 2)
    assert {s["Section"]: s["Version"] for s in after["Sections"]} == {
        "accounts": 1,
        "login": 1,
        "messages": 2,
        "friends": 2,
        "groups": 1,
        "calls": 1,
    }
    # Its limits: the range, and the plan that has it.
    assert found["out of range"] == {"code": "InvalidParameter", "message": "NightHours is from 2 to 12"}
    assert found["locked"]["code"] == "UnsupportedOperation.PlanRequired"
    trial = {form["Setting"]: form for section in found["trial"]["Sections"] for form in section["Settings"]}
    assert trial["NightQuiet"]["NeedsPlan"] == "Flagship"
    assert "NightQuiet" in [lock["Setting"] for lock in found["trial"]["Locked"]]
    # What the comparison of plans promises.
    promised = {row["Feature"]: row for row in found["plans"]["FlagshipOnly"]}
    assert promised["NightQuiet"] == {
        "Feature": "NightQuiet",
        "Available": True,
        "Plan": "Flagship",
        "Setting": "NightQuiet",
    }
    # Storage, and the file of apps.
    assert found["stored"] == {"night_quiet": True, "night_hours": 12}
    assert "[app.settings.messages]\n" in found["dump"]
    assert "\nnight_quiet = true\n" in found["dump"]
    assert "\nnight_hours = 12\n" in found["dump"]
    assert (found["applied again"], found["applied"], found["put back"]) == (0, 1, False)
    # The documentation, and what the console's texts must hold.
    assert (
        "| `night_quiet` | `NightQuiet` | messages | switch | off |  | Flagship | On: nothing rings at night. |"
        in found["reference"]
    )
    assert found["texts"] == ["headings.who", "NightQuiet.name", "NightQuiet.on", "NightQuiet.off"]
