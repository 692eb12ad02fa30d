"""A second opinion by a tool that knows only `/openapi.json`: do requests and answers keep to it?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import httpx
import pytest

from sodam.rest import table
from tests.fuzz.seeds import FACTOR, SEED
from tests.fuzz.wire import Caller
from tests.support.server import Engine

CHECKS: Final = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SOME: Final = 5
"""Commands that a usual run looks at, others each time; the long run looks at all."""


def _document(url: str, place: Path) -> Path:
    """What the server says of itself, as a file; in a usual run of some commands only, since the tool reads it all."""
    document = httpx.get(f"{url}/openapi.json", trust_env=False, timeout=60).json()
    if FACTOR <= 1:
        chosen = random.Random(SEED).sample(sorted(command.path for command in table.commands()), SOME)
        document["paths"] = {path: document["paths"][path] for path in (f"/v4/{one}" for one in chosen)}
    place.write_text(json.dumps(document))
    return place


@pytest.fixture(scope="module")
def target_engine() -> Engine:
    return "sqlite"


def test_operations(caller: Caller, tmp_path: Path) -> None:
    """Limits and types of every field by turns; with SODAM_FUZZ_FACTOR over 1, all commands, and random requests."""
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(
        f'[parameters]\nsdkappid = {caller.sdkappid}\nidentifier = "administrator"\n'
        f'usersig = "{unquote(caller.signature)}"\n'
    )
    url = caller.server.url
    phases = ["coverage", "fuzzing"] if FACTOR > 1 else ["coverage"]
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(settings), "run"]
    command += [
        str(_document(url, tmp_path / "openapi.json")),
        "--url",
        url,
        "--phases",
        ",".join(phases),
        "--checks",
        CHECKS,
    ]
    command += ["--seed", str(SEED), "--max-examples", str(max(1, int(10 * FACTOR))), "--no-color"]
    command += ["--suppress-health-check", "all", "--max-failures", "3", "--request-timeout", "60"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600 * FACTOR)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    print(done.stdout)
    assert "No issues found" in done.stdout
