"""The script that leads a page's chat kit to this server: ``GET /connect.js``. See docs/guide.md."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def script() -> bytes:
    """The text of the script, as it stands beside this file."""
    return resources.files(__name__).joinpath("connect.js").read_bytes()


async def page() -> tuple[int, bytes, bytes]:
    """Status, content type and body."""
    return 200, b"text/javascript; charset=utf-8", script()
