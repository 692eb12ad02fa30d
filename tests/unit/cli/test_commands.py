"""The commands as a shell sees them: output, one line of complaint, exit code."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sodam import usersig, welcome
from sodam.bus import nats
from sodam.cli import checks
from sodam.cli import settings as settings_page
from sodam.cli.main import run
from sodam.storage.address import has_schema
from tests.support.nats import Nats
from tests.support.postgres import Postgres

VECTOR_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))


def refused(capsys: pytest.CaptureFixture[str], *tokens: str) -> str:
    """Run a command that must be refused; its one line."""
    assert run(tokens) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("sodam: ")
    assert out.err.count("\n") == 1
    return out.err


def test_app_create_list_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["app", "create", "Shop", "--sdkappid", "5", "--key", "secret-key", "--plan", "Pro"]) == 0
    assert capsys.readouterr().out.split() == ["SDKAppID", "5", "key", "secret-key"]
    assert run(["app", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == ["5", "Shop", "Pro", "enabled"]
    assert run(["app", "show", "5"]) == 0
    shown = capsys.readouterr().out
    assert "secret-key" in shown
    assert "administrator" in shown


def test_a_dumped_app_is_applied_elsewhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "apps.toml"
    file.write_text("[[app]]\nsdkappid = 6\nname = 'Shop'\nkey = 'k'\n[app.settings.messages]\nfriend_check = true\n")
    assert run(["app", "apply", str(file)]) == 0
    assert run(["app", "apply", str(file)]) == 0
    assert capsys.readouterr().out == "2 changes\nnothing to change\n"
    assert run(["app", "dump", "6", "--secrets"]) == 0
    first = capsys.readouterr().out
    assert 'key = "k"' in first
    file.write_text(first)
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "other"))
    assert run(["app", "apply", str(file)]) == 0
    capsys.readouterr()
    assert run(["app", "dump", "6", "--secrets"]) == 0
    assert capsys.readouterr().out == first
    file.write_text("[[app]]\nsdkappid = 6\nkey = 'k'\nx = 1\n")
    assert refused(capsys, "app", "apply", str(file)) == 'sodam: apps.toml:4: unknown key "x"\n'


@pytest.mark.parametrize(
    ("tokens", "word"),
    [
        (["app", "create", "x", "--plan", "Gold"], "Flagship"),
        (["app", "create", "x", "--sdkappid", "0"], "4294967295"),
        (["app", "create", "x", "--key", "ü"], "ASCII"),
        (["app", "create"], "NAME"),
        (["serve", "--prot", "1"], "--prot"),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--config", "missing.toml"], "missing.toml"),
        (["serve", "--data-dir", "/proc/sodam"], "/proc/sodam"),
        (["serve", "--database-url", "postgresql://127.0.0.1:1/x"], "PostgreSQL"),
        (["no-such-command"], "no-such-command"),
        (["usersig", "make", "", "--sdkappid", "5", "--key", "k"], "UserID"),
        (["app", "list"], "there is no data here"),
        (["app", "show", "6"], "there is no data here"),
        (["usersig", "make", "bob", "--sdkappid", "5"], "--key"),
        (["account", "import", "a.csv", "--sdkappid", "5"], "there is no data here"),
        (["relations", "check", "--sdkappid", "5"], "there is no data here"),
        (["relations", "export", "out.jsonl", "--sdkappid", "5"], "there is no data here"),
        (["relations", "import", "in.jsonl", "--sdkappid", "5"], "there is no data here"),
    ],
)
def test_refusals(
    capsys: pytest.CaptureFixture[str],
    tokens: list[str],
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    line = refused(capsys, *tokens)
    assert word in line
    if "no data" in line:
        assert str(tmp_path / "data" / "sodam.db") in line, "where it looked"
        assert list(tmp_path.iterdir()) == [], "and left nothing behind"


@pytest.mark.parametrize("tokens", [[], ["--help"], ["-h"]])
def test_help_lists_every_command(capsys: pytest.CaptureFixture[str], tokens: list[str]) -> None:
    """`serve` first, and what each is for."""
    assert run(tokens) == 0
    lines = [line.strip("│ ").split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    names = ["serve", "doctor", "settings", "reference", "app", "usersig", "account", "relations", "root"]
    rows = [line for line in lines if line and line[0] in names]
    assert [line[0] for line in rows] == names
    assert all(len(line) == 2 and len(line[1]) > 10 for line in rows), rows


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("app", ["create", "list", "show"]),
        ("usersig", ["make", "check"]),
        ("account", ["import"]),
        ("relations", ["check", "export", "import"]),
        ("root", ["password"]),
    ],
)
@pytest.mark.parametrize("asked", [[], ["--help"]])
def test_help_of_a_group(capsys: pytest.CaptureFixture[str], group: str, names: list[str], asked: list[str]) -> None:
    assert run([group, *asked]) == 0
    lines = [line.strip("│ ").split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    rows = [line for line in lines if line and line[0] in names and len(line) == 2]
    assert [line[0] for line in rows] == names


def test_serve_loads_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules of other commands are not needed to start a server."""
    code = (
        "import sys, sodam.cli.main as main; main.build(); print(*sorted(m for m in sys.modules if 'sodam.cli.' in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.split() == ["sodam.cli.common", "sodam.cli.main"]


@pytest.mark.parametrize(
    ("url", "host", "hinted"),
    [
        ("postgresql://user:p@ss/word@host.invalid/db", "at ss: ", True),
        ("postgresql://user:p@ss@host.invalid/db", "at host.invalid: ", True),
        ("postgresql://user:pa/ss@host.invalid/db", "at user: ", True),
        ("postgresql://user:pa#ss@host.invalid/db", "at user: ", True),
        ("postgresql://host.invalid/db", "at host.invalid: ", True),
        ("postgresql://u:pw@127.0.0.1:1/db", "at 127.0.0.1: ", False),
        ("postgresql://u:pw@[::1]:1/db", "at [::1]: ", False),
        ("postgresql://u:pw@127.0.0.1:1,127.0.0.2:1/db", "at 127.0.0.1, 127.0.0.2: ", False),
        ("postgresql:///db?host=/nowhere", "at /nowhere: ", False),
    ],
)
def test_unreachable_postgres(capsys: pytest.CaptureFixture[str], url: str, host: str, hinted: bool) -> None:
    """Says which host was tried, and how odd letters are written; never the password."""
    for command in (["serve", "--port", "0"], ["app", "list"]):
        line = refused(capsys, *command, "--database-url", url)
        assert f"PostgreSQL cannot be reached {host}" in line
        assert ("percent-encoded" in line) == hinted, line
        for part in ("word", "pa/", "pa#", "pw", "'pa"):
            assert part not in line.replace("password", "")
    assert run(["doctor", "--database-url", url]) == 1
    assert f"PostgreSQL cannot be reached {host}" in capsys.readouterr().out


async def test_an_empty_postgres_database_stays_empty(postgres: Postgres, capsys: pytest.CaptureFixture[str]) -> None:
    url = postgres.create()
    line = await asyncio.to_thread(refused, capsys, "app", "list", "--database-url", url)
    assert "there is no data in the PostgreSQL database" in line
    assert not await has_schema(url)
    assert await asyncio.to_thread(run, ["app", "create", "x", "--database-url", url]) == 0
    assert await has_schema(url)
    postgres.drop(url)


def test_a_usersig_beside_a_running_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """SQLite belongs to the server; the key is all that a signature needs."""
    assert run(["app", "create", "x", "--sdkappid", "5"]) == 0
    capsys.readouterr()
    with open(tmp_path / "data" / "sodam.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = refused(capsys, "usersig", "make", "bob", "--sdkappid", "5")
        assert "in use by another Sodam process" in line
        assert "--key" in line
        assert run(["usersig", "make", "bob", "--sdkappid", "5", "--key", "k"]) == 0


def test_unreachable_bus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats, "_FIRST_CONNECTION_S", 0.2)
    line = refused(capsys, "serve", "--port", "0", "--nats-url", "nats://user:hidden@127.0.0.1:1, nats://127.0.0.1:2")
    assert "NATS at 127.0.0.1:1" in line
    assert "hidden" not in line


def test_unknown_variable(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SODAM_PROT", "1")
    assert "SODAM_PROT" in refused(capsys, "serve")


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 is in use" in refused(capsys, "serve", "--port", str(port))


def test_same_number_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["app", "create", "x", "--sdkappid", "5"]) == 0
    capsys.readouterr()
    assert "already" in refused(capsys, "app", "create", "y", "--sdkappid", "5")


def test_usersig_make_and_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["app", "create", "x", "--sdkappid", "5"]) == 0
    capsys.readouterr()
    assert run(["usersig", "make", "bob", "--sdkappid", "5"]) == 0
    token = capsys.readouterr().out.strip()
    assert run(["usersig", "check", token]) == 0
    assert capsys.readouterr().out.endswith("valid\n")
    assert run(["usersig", "check", token, "--user-id", "amy"]) == 1
    assert "70013" in capsys.readouterr().out
    assert run(["usersig", "check", token, "--key", "other"]) == 1
    assert "70009" in capsys.readouterr().out
    assert run(["usersig", "check", "rubbish"]) == 1
    assert "70003" in capsys.readouterr().out


def test_usersig_expired(capsys: pytest.CaptureFixture[str]) -> None:
    token = usersig.generate(1400000001, VECTOR_KEY, "administrator", expire=86400, now=1700000000)
    assert run(["usersig", "check", token, "--key", VECTOR_KEY]) == 1
    out = capsys.readouterr().out
    assert "2023-11-15 22:13:20 UTC" in out
    assert "70001" in out


def test_settings_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings"]) == 0
    assert capsys.readouterr().out == settings_page.reference()


def test_doctor(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["doctor"]) == 0
    assert "will be created" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [], "it only looks"
    assert run(["app", "create", "x"]) == 0
    assert run(["doctor"]) == 0
    assert "schema" in capsys.readouterr().out
    assert run(["doctor", "--database-url", "postgresql://127.0.0.1:1/x"]) == 1
    assert "PostgreSQL cannot be reached" in capsys.readouterr().out


async def test_doctor_sees_real_services(postgres: Postgres, postgres_url: str, nats_server: Nats) -> None:
    found = await checks.postgres(postgres_url)
    assert (found.state, "fsync, full_page_writes off" in found.detail) == ("warn", True), found
    with postgres.durable():
        found = await checks.postgres(postgres_url)
    assert (found.state, "PostgreSQL" in found.detail) == ("ok", True), found
    found = await checks.bus(nats_server.url)
    assert (found.state, "round trip" in found.detail) == ("ok", True), found
    nats_server.stop()
    assert (await checks.bus(nats_server.url)).state == "fail"


def test_doctor_refuses_a_newer_schema(tmp_path: Path) -> None:
    import apsw

    connection = apsw.Connection(str(tmp_path / "sodam.db"))
    connection.execute("CREATE TABLE schema_version (version BIGINT, oldest BIGINT)")
    connection.execute("INSERT INTO schema_version VALUES (9999, 9999)")
    connection.close()
    assert checks.sqlite(tmp_path / "sodam.db").state == "fail"


def test_welcome_says_only_what_is() -> None:
    text = welcome.text(welcome.Welcome(url="http://127.0.0.1:8080", state="SQLite"))
    assert "root" not in text
    assert "kept" not in text
    text = welcome.text(welcome.Welcome(url="http://127.0.0.1:8080", state="SQLite", history_days=30))
    assert "messages   kept for 30 days in new apps (--history-days)" in text
    assert "Demo" not in text
    demo = welcome.DemoApp(7, "the-key", {"administrator": "admin-sig", "alice": "alice-sig"})
    facts = welcome.Welcome(url="http://127.0.0.1:1", state="x", console=True, root_password="pw", demo=demo)
    text = welcome.text(facts)
    for part in (
        "/console",
        "root / pw",
        "the-key",
        "proxyServer: 'ws://127.0.0.1:1'",
        "alice-sig",
        "usersig=admin-sig",
    ):
        assert part in text
