"""The files of the web app: compressed beforehand, cached by their hashed names, and nothing else of the disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from sodam.console import static


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Sodam</title>")
    (root / "assets" / "app-1a2b.js").write_text("let a = 1;" * 100)
    (root / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let a = 1;" * 100))
    (root / "assets" / "app-1a2b.js.br").write_bytes(b"brotli")
    (root / ".built").write_text("")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    return root


def get(site: Path, path: str, accept: str = "") -> Response:
    headers = [(b"accept-encoding", accept.encode())]
    return static.serve(Request({"type": "http", "method": "GET", "path": path, "headers": headers}), path, site)


def test_compressed_and_cached(site: Path) -> None:
    brotli = get(site, "assets/app-1a2b.js", "gzip, br")
    assert (brotli.headers["content-encoding"], brotli.body) == ("br", b"brotli")
    assert "immutable" in brotli.headers["cache-control"]
    assert brotli.headers["content-type"].startswith("text/javascript")
    zipped = get(site, "assets/app-1a2b.js", "gzip")
    assert gzip.decompress(bytes(zipped.body)) == b"let a = 1;" * 100
    plain = get(site, "assets/app-1a2b.js")
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    "path",
    [
        "apps/1400000001/accounts/sophia.0209@mail.example",
        "apps/7/accounts/.hidden",
        "access/users/wang.fang",
        "",
        "apps",
        "apps/1400000001/settings",
        "index.html",
    ],
)
def test_pages_are_index(site: Path, path: str) -> None:
    answer = get(site, path)
    assert b"Sodam" in answer.body
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "assets/../../secret.txt",
        ".built",
        "assets/link.txt",
        "assets/absent.js",
        "assets/app-1a2b.js.gz",
        "api/im/RegisterIMApp",
        "files/abc",
    ],
)
def test_nothing_else(site: Path, path: str) -> None:
    assert get(site, path).status_code == 404


def test_not_built(tmp_path: Path) -> None:
    assert not static.built(tmp_path)
    answer = get(tmp_path, "")
    assert answer.status_code == 404
    assert b"make install" in answer.body


def test_policy_forbids_inline_scripts() -> None:
    directives = dict(part.strip().split(" ", 1) for part in static.CSP.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
