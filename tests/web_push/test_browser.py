"""Web push in a real browser: it takes our key, decrypts what it is sent with keys of its own, and its service worker,
that of ``examples/web-push``, shows the notification."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sodam.push.vendors.jwt import b64, unb64
from sodam.storage import open_database
from tests.console_e2e.test_console import ROOT, _node, browser
from tests.contract.pushing import Pushing, authority
from tests.contract.world import World
from tests.support.sqlite import prepare
from tests.support.vendors import Asked, Authority, VendorServer, replying

__all__ = ["authority", "browser"]


def whole(browser: str) -> str:
    """The shell without windows knows neither badges nor notifications: the whole browser, if it is there."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), browser)


@pytest_asyncio.fixture
async def pushing(authority: Authority, tmp_path: Path) -> AsyncIterator[Pushing]:
    database = await open_database(None, prepare(tmp_path))
    made = Pushing(await World.open(database), authority, tmp_path)
    await made.start()
    yield made
    await made.stop()
    await database.close()


def check_sender(asked: Asked, key: str, audience: str) -> None:
    """The request is signed by the key with which the browser subscribed (RFC 8292)."""
    scheme, _, words = asked.headers["authorization"].partition(" ")
    values = dict(part.strip().split("=", 1) for part in words.split(","))
    assert (scheme, values["k"]) == ("vapid", key)
    head, claims, signature = values["t"].split(".")
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(unb64(claims))["aud"] == audience


@pytest.mark.long
async def test_a_browser_shows_what_it_is_pushed(pushing: Pushing, authority: Authority, browser: str) -> None:
    async with VendorServer(authority, http2=False) as service:
        service.answer = replying(201)
        one = await pushing.push.certificates.put(pushing.app, "webpush", "", {"Subject": "mailto:a@example.org"})
        key = one.fields["PublicKey"]
        chromium = await asyncio.create_subprocess_exec(
            _node(), str(ROOT / "tests/web_push/browser.mjs"), str(ROOT), whole(browser), key, f"{service.url}/s/1",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert chromium.stdin is not None
        assert chromium.stdout is not None

        async def heard() -> Any:
            assert chromium.stdout is not None
            async with asyncio.timeout(60):
                line = await chromium.stdout.readline()
            assert line, "the browser has ended"
            return json.loads(line)

        async def shown(count: int) -> Any:
            """What the browser says of the newest request of so many."""
            assert chromium.stdin is not None
            await pushing.quiet()
            assert len(service.asked) == count
            check_sender(service.asked[-1], key, service.url)
            chromium.stdin.write(b64(service.asked[-1].body).replace("-", "+").replace("_", "/").encode() + b"\n")
            return await heard()

        try:
            said = await heard()
            # The browser's own service is out of reach here; a key that is none is refused before it is asked.
            assert said["refused"].startswith(("AbortError", "{"))
            assert said["wrong"] == "InvalidAccessError"
            await pushing.device(one, token=json.dumps(said["subscription"]))
            await pushing.send("lunch?", Title="Nora ☕", Desc="점심 먹을까?", Ext='{"page":1}')
            [first] = (told := await shown(1))["shown"]
            assert (first["title"], first["body"], first["ext"]) == ("Nora ☕", "점심 먹을까?", '{"page":1}')
            assert told["data"]["badge"] == 1
            await pushing.send("long " * 2000)
            assert len(service.asked[-1].body) <= 4096
            both = (await shown(2))["shown"]
            assert {one["tag"] for one in both} >= {first["tag"]}
            assert len(both) == 2, "each message has a notification of its own"
        finally:
            chromium.stdin.close()
            try:
                async with asyncio.timeout(30):
                    await chromium.wait()
            except TimeoutError:
                chromium.kill()
        assert chromium.returncode == 0
