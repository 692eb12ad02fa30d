"""Pictures, sounds, videos and files sent with the official web SDK and its upload plugin, in a real browser."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from driver import install, tool
from scene import UserId
from tests.support import media
from tests.support.server import ServerProcess

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def browser() -> str:
    """Where Chromium is; installed where that is allowed and it is missing."""

    def find() -> str | None:
        return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)

    if find() is None:
        subprocess.run([ROOT / "scripts" / "browser"], check=False, timeout=600)
    found = find()
    if found is None or not (ROOT / "web" / "node_modules" / "playwright-core").exists():
        pytest.skip("no Chromium, or the console's packages are not installed: make web")
    install()
    return found


def file(kind: str, name: str, mime: str, content: bytes | int, *, group: bool = False) -> dict[str, Any]:
    told = {"bytes": content} if isinstance(content, int) else {"base64": base64.b64encode(content).decode()}
    return {"kind": kind, "name": name, "type": mime, "group": group, **told}


async def run(server: ServerProcess, browser: str, user_id: UserId, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What became of each file, by its name."""
    users = [user_id("amy"), user_id("bob")]
    accounts = {"AccountList": [{"UserID": user} for user in users]}
    assert (await server.rest("im_open_login_svc/multiaccount_import", accounts))["ErrorCode"] == 0
    group = {"Type": "Public", "Name": "g", "Owner_Account": users[0], "MemberList": [{"Member_Account": users[1]}]}
    made = await server.rest("group_open_http_svc/create_group", group)
    amy, bob = ({"user": user, "usersig": server.usersig(user)} for user in users)
    task = {"url": server.url, "sdkappid": server.sdkappid, "amy": amy, "bob": bob, "group": made["GroupId"]}
    process = await asyncio.create_subprocess_exec(
        tool("node"),
        str(HERE / "upload.mjs"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"CHROMIUM": browser},
    )
    out, err = await asyncio.wait_for(process.communicate(json.dumps({**task, "files": files}).encode()), 300)
    assert process.returncode == 0, err.decode()[-3000:]
    done = json.loads(out)
    assert done["problems"] == []
    return {one["name"]: one for one in done["results"]}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_uploads_in_a_browser(server: ServerProcess, browser: str, user_id: UserId) -> None:
    pictures = {"a.jpg": "JPEG", "a.png": "PNG", "a.webp": "WEBP", "a.gif": "GIF"}
    done = await run(
        server,
        browser,
        user_id,
        [
            *(file("Image", name, f"image/{kind.lower()}", media.picture(kind)) for name, kind in pictures.items()),
            file("Image", "turned.jpg", "image/jpeg", media.picture("JPEG", (1600, 900), orientation=6)),
            file("Image", "small.png", "image/png", media.picture("PNG", (90, 60))),
            file("Image", "group.jpg", "image/jpeg", media.picture("JPEG"), group=True),
            file("Audio", "a.mp3", "audio/mpeg", media.mp3()),
            file("Video", "a.mp4", "video/mp4", media.mp4()),
            file("File", "large.bin", "application/zip", 8 * MIB),
            file("File", "../../page.html", "text/html", media.HTML),
            file("Image", "bad.png", "image/png", media.SVG),
        ],
    )
    for name in (*pictures, "group.jpg"):
        images = done[name]["got"]["images"]
        assert [one["size"] for one in images] == [[900, 1200], [198, 264], [720, 960]], name
        assert [one["shown"] for one in images] == [[900, 1200], [198, 264], [720, 960]], name
    for name in (*pictures, "group.jpg", "turned.jpg", "small.png"):  # their files lack what says where they were taken
        assert done[name]["own"]["pixels"], name
        assert done[name]["got"]["pixels"] == done[name]["own"]["pixels"], name
    for name in ("a.mp3", "a.mp4", "large.bin", "../../page.html"):
        assert done[name]["got"]["digest"] == done[name]["own"]["digest"], name
    turned = done["turned.jpg"]["got"]["images"]
    assert [one["shown"] for one in turned] == [[900, 1600], [198, 352], [720, 1280]]
    assert [one["shown"] for one in done["small.png"]["got"]["images"]] == [[90, 60]] * 3
    sound, video, large = (done[name]["got"] for name in ("a.mp3", "a.mp4", "large.bin"))
    assert (sound["type"], sound["bytes"], sound["kind"]) == ("TIMSoundElem", len(media.mp3()), "audio/mpeg")
    assert (video["type"], video["bytes"], video["kind"]) == ("TIMVideoFileElem", len(media.mp4()), "video/mp4")
    assert (large["bytes"], large["part"], large["kind"]) == (8 * MIB, 10, "application/octet-stream")
    assert done["large.bin"]["steps"][-1] == 1
    assert done["../../page.html"]["got"]["kind"] == "application/octet-stream"
    assert done["bad.png"]["sent"] is False


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_hundred_megabytes(server: ServerProcess, browser: str, user_id: UserId) -> None:
    done = await run(server, browser, user_id, [file("File", "film.bin", "application/zip", 100 * MIB)])
    assert (done["film.bin"]["got"]["bytes"], done["film.bin"]["got"]["part"]) == (100 * MIB, 10)
    assert done["film.bin"]["got"]["digest"] == done["film.bin"]["own"]["digest"]
