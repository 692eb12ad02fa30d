"""From the first start to SIGTERM, as whoever runs the server sees it."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from sodam.gateway import table as client_table
from sodam.rest import table as rest_table
from sodam_client import Client
from tests.support.server import Engine, ServerFactory, ServerProcess

DRAIN_SECONDS = 60


def banner(server: ServerProcess) -> str:
    """What was printed; it is there when the log says that the server serves."""
    return server.output.read_text()


async def test_what_the_first_start_prints_works_when_pasted(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_BOOTSTRAP_APP": ""}, fresh=True)
    text = banner(server)
    assert server.url in text

    curl = shlex.split(next(line for line in text.splitlines() if line.strip().startswith("curl ")))
    url, body = curl[1], curl[3]
    web = re.search(r"SDKAppID: (\d+), proxyServer: '([^']+)'", text)
    login = re.search(r"userID: '([^']+)', userSig: '([^']+)'", text)
    assert web
    assert login
    async with Client(web[2], int(web[1]), login[1], login[2]) as client, httpx.AsyncClient(verify=False) as http:
        answer = (await http.post(url, content=body)).json()
        assert answer["ErrorCode"] == 0, answer
        async for message in client.messages():
            assert (message.sender, message.text) == ("administrator", "Hello")
            break


def test_the_second_start_keeps_the_demo_app(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_BOOTSTRAP_APP": ""}, fresh=True)
    key = re.search(r"key +([0-9a-f]{64})", banner(server))
    assert key
    server.restart()
    assert banner(server).count(key[1]) == 2


async def test_an_app_that_was_asked_for_replaces_the_demo(server_factory: ServerFactory) -> None:
    server = server_factory()
    text = banner(server)
    assert "Demo" not in text
    assert f"SDKAppID   {server.sdkappid}" in text
    assert f"proxyServer: '{server.ws_url}'" in text
    assert "UserSig of administrator" in text
    assert server.key not in text
    curl = shlex.split(next(line for line in text.splitlines() if line.strip().startswith("curl ")))
    async with httpx.AsyncClient(verify=False) as http:
        answer = (await http.post(curl[1], content=curl[3])).json()
    assert answer["ErrorCode"] == 0, answer
    assert server.key not in server.log.read_text()


async def test_pages(server_factory: ServerFactory, engine: Engine) -> None:
    server = server_factory(engine)
    async with httpx.AsyncClient(verify=False, base_url=server.url) as http:
        assert (await http.get("/livez")).text == "ok\n"
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        version: dict[str, Any] = (await http.get("/version")).json()
        assert version["name"] == "sodam"
        assert ("SQLite" if engine == "sqlite" else "PostgreSQL") in version["database"]
        await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]}, client=http)
        metrics = (await http.get("/metrics")).text
        assert re.search(r'sodam_calls_total\{.*command="im_open_login_svc/account_check".*\} 1\.0', metrics)


async def test_counters_are_there_before_they_count(server_factory: ServerFactory, engine: Engine) -> None:
    """The first scrape of a fresh server shows every command of both edges at 0, its failure beside its success."""
    server = server_factory(engine)
    async with httpx.AsyncClient(verify=False, base_url=server.url) as http:
        first = _counters((await http.get("/metrics")).text)
        await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]}, client=http)
        async with Client(server.ws_url, server.sdkappid, "ann", server.usersig("ann")):
            second = _counters((await http.get("/metrics")).text)
    wanted = {
        ("sodam_calls_total", edge, command.path, str(code))
        for edge, commands in (("rest", rest_table.commands()), ("client", client_table.commands().values()))
        for command in commands
        for code in (0, int(command.service.internal))
    }
    wanted |= {
        ("sodam_calls_total", "client", "im_open_status/wslogin", "0"),
        ("sodam_slow_clients_cut_total", "", "", ""),
    }
    assert wanted <= first.keys(), wanted - first.keys()
    assert {value for (name, *_), value in first.items() if not name.startswith("process_")} == {0.0}
    print(f"{engine}: {len(first)} counters at 0 in the first scrape")
    new = second.keys() - first.keys()
    assert not new, f"these began with a hole: {new}"
    counted = {label[2] for label, value in second.items() if value and label[0] == "sodam_calls_total"}
    assert {"im_open_login_svc/account_check", "im_open_status/wslogin"} <= counted


def _counters(text: str) -> dict[tuple[str, str, str, str], float]:
    """Counters of calls and of clients, not those of loops, which turn by themselves: name, edge, command, code."""
    return {
        (sample.name, *(sample.labels.get(label, "") for label in ("edge", "command", "code"))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.type == "counter" and "loop" not in sample.labels
    }


async def test_sigterm_with_a_client_connected(server_factory: ServerFactory, engine: Engine) -> None:
    server = server_factory(engine)
    async with Client(server.ws_url, server.sdkappid, "ann", server.usersig("ann")):
        begin = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begin < DRAIN_SECONDS
    assert any(line.get("event") == "draining" for line in server.log_lines())


def test_sigterm_while_starting(tmp_path: Path) -> None:
    """Whoever stops a server that has just been started need not wait or kill it."""
    command = [sys.executable, "-m", "sodam", "serve", "--port", "0", "--data-dir", str(tmp_path / "data")]
    for delay in (0.05, 0.2, 0.4, 0.6, 0.8):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=tmp_path) as process:
            time.sleep(delay)  # the subject is any moment: there is no condition to wait for
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=DRAIN_SECONDS)
        assert process.returncode in (0, -signal.SIGTERM), errors.decode()
        assert b"Traceback" not in errors, errors.decode()


def test_a_second_process_on_the_same_sqlite_is_refused(server_factory: ServerFactory) -> None:
    server = server_factory()
    data = server.directory / "data"
    command = [sys.executable, "-m", "sodam", "serve", "--port", "0", "--data-dir", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("sodam: ")
    assert done.stderr.count("\n") == 1
