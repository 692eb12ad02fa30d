"""The page of REST commands: every command has a form that holds its example, and its curl line, run by curl, gets the
answer that the page gets. Two apps alike: the page asks one, curl the other."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sodam import clock
from sodam.errors import Code
from sodam.rest import reference, table
from tests.support.console import ConsoleClient
from tests.support.server import ServerProcess

HERE = Path(__file__).parent
USERS = ("alice", "bob", "carol", "@RBT#helper")
MEMBERS = [{"Member_Account": user} for user in USERS[1:3]]
SCENE = {
    "im_open_login_svc/multiaccount_import": {"AccountList": [{"UserID": user} for user in USERS]},
    "group_open_http_svc/create_group": {
        "GroupId": "text",  # that of the examples
        "Name": "Examples",
        "Type": "Public",
        "Owner_Account": "alice",
        "MemberList": MEMBERS,
    },
}
CHANGING = re.compile(r"[0-9a-f]{16,}|\d{5,}|@TGS#\w+|\b\d{4}-\d\d-\d\d\b")
"""What is another one for each app and call: times, keys, names that the server gives."""

COUNTED = "openconfigsvr/getappinfo"
"""Its numbers of today follow in a moment: both have the same fields and days."""


async def made(app: int, origin: str, document: Any, more: dict[str, Any]) -> list[dict[str, Any]]:
    """What the page makes of every command: its own code, in Node."""
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.exists() else shutil.which("node") or "node"
    asked = json.dumps({"app": app, "origin": origin, "document": document, "more": more})
    process = await asyncio.create_subprocess_exec(
        node, "--no-warnings", HERE / "explorer.mjs", stdin=-1, stdout=-1, stderr=-1
    )
    out, err = await process.communicate(asked.encode())
    assert process.returncode == 0, err.decode()
    found: list[dict[str, Any]] = json.loads(out)
    return found


async def curl(line: str, signature: str) -> Any:
    """The line as somebody pastes it into a shell."""
    environment = {**os.environ, "USERSIG": signature, "NO_PROXY": "*", "CURL_HOME": "/nonexistent"}
    process = await asyncio.create_subprocess_exec("bash", "-s", stdin=-1, stdout=-1, stderr=-1, env=environment)
    out, err = await process.communicate(line.encode())
    assert process.returncode == 0, err.decode()[-2000:]
    return json.loads(out)


def same(answer: Any) -> Any:
    """An answer without what is another one each time."""
    if isinstance(answer, dict):
        return {CHANGING.sub("#", key): same(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [same(value) for value in answer]
    if isinstance(answer, str):
        return CHANGING.sub("#", answer)
    return "#" if type(answer) is int and answer > 9999 else answer


async def patiently(ask: Callable[[Any], Awaitable[Any]], form: Any) -> Any:
    """Its answer. What a group takes only so often in some seconds is asked again, until it is taken."""
    while (answer := await ask(form))["ErrorCode"] == Code.GROUP_ATTR_TOO_FREQUENT:
        await asyncio.sleep(0.2)
    return answer


async def alike(root: ConsoleClient) -> int:
    app = int((await root.call("im/RegisterIMApp", Name="Explored"))["SDKAppID"])
    await root.call("im/CreatePlanOrder", SDKAppID=app, Plan="Flagship", AcceptTerms=True)
    for command, body in SCENE.items():
        answer = await root.call("im/CallRestApi", SDKAppID=app, Command=command, Body=json.dumps(body))
        assert answer["ErrorCode"] == 0, answer
    return app


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="curl or bash is not installed")
async def test_every_form_and_its_curl_line(root: ConsoleClient, console_server: ServerProcess) -> None:
    document = (await root.http.get("/openapi.json")).json()
    one, other = await alike(root), await alike(root)
    commands = {command.path: command for command in table.commands()}
    # An example's time is older than what is kept.
    dated = [path for path, command in commands.items() if "MsgTimeStamp" in reference.example(command)]
    more = {path: {"MsgTimeStamp": int(clock.now())} for path in dated}
    forms = await made(other, console_server.url, document, more)
    forms.sort(key=lambda form: bool(re.search("delete|destroy|clear|remove", form["name"])))
    assert {form["path"] for form in forms} == commands.keys()
    for form in forms:
        command = commands[form["path"]]
        fields = {field.encode_name for field in msgspec.structs.fields(command.request)}
        assert {field["name"] for field in form["fields"]} == fields, form["path"]
        assert form["wrong"] == [], form["path"]
        assert form["body"] == form["example"] | more.get(form["path"], {}), "the form holds the example, whole"
        assert form["line"].startswith("curl "), form["path"]
    signed = await root.call("im/CreateSecretUserSig", SDKAppID=other, UserID="administrator")

    async def page(form: Any) -> Any:
        return await root.call("im/CallRestApi", SDKAppID=one, Command=form["path"], Body=json.dumps(form["body"]))

    async def shell(form: Any) -> Any:
        return await curl(form["line"], signed["UserSig"])

    asked = [await patiently(page, form) for form in forms]
    answers = [await patiently(shell, form) for form in forms]
    for form, shown, answer in zip(forms, asked, answers, strict=True):
        told = json.loads(shown["Answer"])
        if form["path"] == COUNTED:
            told, answer = ([sorted(day) for day in one["Result"]] for one in (told, answer))
        assert same(told) == same(answer), form["path"]
        assert shown["ErrorCode"] not in (Code.REQUEST_MALFORMED, Code.NO_SUCH_COMMAND), form["path"]
        assert shown["ErrorCode"] == 0 or (shown["Cause"] and shown["Cure"]), form["path"]
    done = sum(not shown["ErrorCode"] for shown in asked)
    assert done > len(forms) // 3, f"{done} of {len(forms)} examples are answered well"
