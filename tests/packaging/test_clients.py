"""/openapi.json as common generators read it: typed clients in Python and TypeScript, with nothing left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from driver import tool
from sodam.rest import openapi, table
from tests.support import tools

_HERE: Final = Path(__file__).parent
_BIN: Final = Path(sys.executable).parent
_ENV: Final = {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}


_PROGRAM: Final = """
import httpx
from chat_api import Client
from chat_api.models import QueryStatus
from chat_api.api.openim import openim_querystate as call
online = {"To_Account": "u", "Status": "Online", "State": "Online"}
answers = [
    {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "QueryResult": [online]},
    {"ActionStatus": "FAIL", "ErrorCode": 60003, "ErrorInfo": "no"},
]
transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answers.pop(0)))
client = Client(base_url="http://x", httpx_args={"transport": transport})
ask = dict(client=client, body=QueryStatus.from_dict({"To_Account": ["u"]}), sdkappid=1, identifier="a", usersig="s")
good, bad = call.sync(**ask), call.sync(**ask)
print(good.query_result[0].state, type(bad).__name__, bad.action_status, bad.error_code, bad.error_info)
"""


def _written(directory: Path) -> Path:
    path = directory / "openapi.json"
    path.write_text(json.dumps(openapi.document(table.commands())))
    return path


def test_openapi_python_client(tmp_path: Path) -> None:
    """Every command has its function, every answer its class, a refusal the class of refusals."""
    made = tmp_path / "chat_api"
    options = ["--path", str(_written(tmp_path)), "--output-path", str(made), "--meta", "none", "--fail-on-warning"]
    command = [str(_BIN / "openapi-python-client"), "generate", *options]
    done = subprocess.run(command, capture_output=True, text=True, env=_ENV, cwd=tmp_path, timeout=300)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arning" not in done.stdout
    functions = {path.stem for path in made.glob("api/*/*.py")} - {"__init__"}
    assert len(functions) == len(list(table.commands()))
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert ran.stdout.split() == ["Online", "Failure", "FAIL", "60003", "no"], ran.stdout + ran.stderr


def test_openapi_typescript(tmp_path: Path) -> None:
    made = tmp_path / "api.d.ts"
    cli = _HERE / "node_modules/openapi-typescript/bin/cli.js"
    tools.npm_packages(_HERE)
    command = [tool("node"), str(cli), str(_written(tmp_path)), "-o", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, env=_ENV, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    text = made.read_text()
    assert all(f'"/v4/{command.path}"' in text for command in table.commands())
    failure = text.split(" Failure: {", 1)[1].split("};", 1)[0]
    assert 'ActionStatus: "FAIL"' in failure
    assert "ErrorCode: number" in failure
    assert "ErrorInfo: string" in failure
