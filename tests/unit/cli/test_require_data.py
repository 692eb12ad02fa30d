"""A start that finds no data says so; where the settings want data it is refused, and makes none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sodam.cli.main import run
from sodam.storage.address import has_schema
from tests.support.server import ServerFactory, ServerProcess


def refused(capsys: pytest.CaptureFixture[str], *tokens: str) -> str:
    capsys.readouterr()  # what a fixture's programs said
    assert run(tokens) == 2
    out = capsys.readouterr()
    assert (out.out, out.err.count("\n")) == ("", 1)
    return out.err


def warned(server: ServerProcess) -> list[str]:
    return [line["place"] for line in server.log_lines() if "new data" in str(line.get("event"))]


def test_a_volume_that_is_not_mounted(
    server_factory: ServerFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "sodam.toml"
    config.write_text("require_data = false\n")
    server = server_factory(env={"SODAM_CONFIG": str(config)}, fresh=True)
    data = server.directory / "data"
    place = str(data / "sodam.db")
    said = server.output.read_text()
    assert f"data       {place}    (new: there was none before this start)" in said
    assert warned(server) == [place]

    config.write_text("require_data = true\n")
    server.restart()
    again = server.output.read_text().removeprefix(said)
    assert f"data       {place}\n" in again
    assert warned(server) == [place], "only the first start is a warning"

    server.stop()
    data.rename(tmp_path / "elsewhere")
    for made in (False, True):  # the volume's mount point is there, or is not
        if made:
            data.mkdir()
        line = refused(capsys, "serve", "--port", "0", "--require-data", "on", "--data-dir", str(data))
        assert place in line
        assert "mounted" in line
        assert data.exists() == made
        assert not made or list(data.iterdir()) == []


def test_no_command_makes_data_where_some_is_wanted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SODAM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SODAM_REQUIRE_DATA", "on")
    assert "SODAM_REQUIRE_DATA is off" in refused(capsys, "app", "create", "Shop", "--sdkappid", "5")
    assert not (tmp_path / "data").exists()
    monkeypatch.setenv("SODAM_REQUIRE_DATA", "off")
    assert run(["app", "create", "Shop", "--sdkappid", "5"]) == 0
    monkeypatch.setenv("SODAM_REQUIRE_DATA", "on")
    assert run(["app", "create", "Other", "--sdkappid", "6"]) == 0


def test_a_database_without_tables(server_factory: ServerFactory, blank_postgres_url: str) -> None:
    server = server_factory(env={"SODAM_DATABASE_URL": blank_postgres_url})
    (place,) = warned(server)
    assert place.startswith(f"the PostgreSQL database {urlsplit(blank_postgres_url).path[1:]} at ")
    assert f"data       {place}    (new" in server.output.read_text()
    server.restart()
    assert len(warned(server)) == 1
    server.stop()


def test_a_database_without_tables_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, blank_postgres_url: str
) -> None:
    tokens = ("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), "--require-data", "on")
    line = refused(capsys, *tokens, "--database-url", blank_postgres_url)
    assert f"the PostgreSQL database {urlsplit(blank_postgres_url).path[1:]} at " in line
    assert " has none" in line
    line = refused(capsys, *tokens, "--database-url", "postgresql://127.0.0.1:1/x")
    assert "PostgreSQL cannot be reached" in line
    assert not asyncio.run(has_schema(blank_postgres_url))


def test_a_volume_of_files_that_is_not_mounted(
    server_factory: ServerFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = server_factory()
    data = server.directory / "data"

    def missed() -> list[str]:
        return [line["place"] for line in server.log_lines() if "not where they were" in str(line.get("event"))]

    with httpx.Client(trust_env=False, timeout=60) as client:
        query = {**server.query(), "kind": "file", "file_name": "a.bin"}
        sent = client.post(f"{server.url}/media/upload", params=query, content=b"data")
        assert sent.status_code == 200, sent.text
        url = sent.json()["URL"]
        assert client.get(url).content == b"data"
        server.restart()
        assert missed() == []
        server.stop()
        (data / "media").rename(tmp_path / "media")
        line = refused(capsys, "serve", "--port", "0", "--require-data", "on", "--data-dir", str(data))
        assert str(data / "media") in line
        assert "mounted" in line
        server.start()
        assert missed() == [str(data / "media")]
        assert client.get(url).status_code == 404
