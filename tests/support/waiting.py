"""Waiting for a condition that is asked again and again, as nothing announces it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(
    ask: Callable[[], Awaitable[Any]], wanted: Any, seconds: float = 60.0, *, what: str = "the answer"
) -> float:
    """Ask until the answer is ``wanted``; the seconds that took. Fails after ``seconds``, with the last answer."""
    begin = time.monotonic()
    while (got := await ask()) != wanted:
        assert time.monotonic() - begin < seconds, f"{what} is still {got!r}, not {wanted!r}, after {seconds} s"
        await asyncio.sleep(0.02)
    return time.monotonic() - begin
