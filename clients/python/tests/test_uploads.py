"""A file goes up, its address into a message, and comes down at the other end."""

from __future__ import annotations

import asyncio
import urllib.request
from pathlib import Path

import pytest
from reading import Names, SignIn

from sodam_client import Element, RequestError, upload
from tests.support import media


async def test_a_picture_and_a_file(sign_in: SignIn, name: Names, tmp_path: Path) -> None:
    amy, bob = await sign_in(name("amy")), await sign_in(name("bob"))
    sent = await upload(amy, media.picture("JPEG"), "a.jpg", "picture")
    assert [one["Width"] for one in sent.images] == [900, 720, 198]
    content = {"UUID": sent.md5, "ImageFormat": sent.image_format, "ImageInfoArray": sent.images}
    await amy.send(bob.user_id, [Element("TIMImageElem", content)])
    async for message in bob.messages():
        (element,) = message.body
        assert element.msg_content["ImageInfoArray"][2]["URL"] == sent.images[2]["URL"]
        break
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(2_000_000))
    there = await upload(amy, path, path.name)

    def read() -> bytes:
        with urllib.request.urlopen(there.url) as answer:
            return bytes(answer.read())

    assert await asyncio.to_thread(read) == path.read_bytes()
    with pytest.raises(RequestError) as refused:
        await upload(amy, media.SVG, "a.svg", "picture")
    assert refused.value.code == 80004
