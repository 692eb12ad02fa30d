"""What is handed out: the wheel alone, made from the sdist, serves the console; without its files a start says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.support import tree
from tests.support.server import ServerProcess

_HATCHLING: Final = Path(sys.executable).with_name("hatchling")


def _run(*command: object, cwd: Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the package as the wheel brings it, and nothing of this checkout."""
    assert (tree.ROOT / "src/sodam/console/static/index.html").is_file(), "build the console first: make web"
    directory = tmp_path_factory.mktemp("wheel")
    _run(_HATCHLING, "build", "-t", "sdist", "-d", directory, cwd=tree.ROOT)
    with tarfile.open(next(directory.glob("*.tar.gz"))) as archive:
        # Debian 12 has Python 3.11.2, which knows no filters yet.
        archive.extractall(directory, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    source = next(path for path in directory.iterdir() if path.is_dir())
    _run(_HATCHLING, "build", "-t", "wheel", "-d", directory, cwd=source)
    site = directory / "site"
    wheel = next(directory.glob("*.whl"))
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index")
    _run(*pip, "--target", site, wheel, cwd=directory)
    return site


def test_the_wheel_serves_the_console(installed: Path, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, {"PYTHONPATH": str(installed)}, fresh=True)
    try:
        page = httpx.get(f"{server.url}/console/")
        assert page.status_code == 200
        script = page.text.split('src="', 1)[1].split('"', 1)[0]
        found = httpx.get(f"{server.url}{script}")
        assert found.status_code == 200
        assert found.headers["content-type"].startswith("text/javascript")
        assert f"console    {server.url}/console" in server.output.read_text()
        assert str(installed) in Path(f"/proc/{server.pid}/environ").read_text()
    finally:
        server.kill()
    server.check_log()


def test_a_start_without_a_console_says_so(installed: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(installed, site)
    shutil.rmtree(site / "sodam/console/static")
    server = ServerProcess(tmp_path, {"PYTHONPATH": os.fspath(site)}, fresh=True)
    try:
        assert "console    none" in server.output.read_text()
        absent = httpx.get(f"{server.url}/console/")
        assert absent.status_code == 404
        assert "not built" in absent.text
    finally:
        server.kill()
    server.check_log()
