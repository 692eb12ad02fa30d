"""The live log's windows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sodam.console import tails


async def test_what_happens_during_a_long_look_is_seen_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look may stand still for longer than is looked at again (a disk that hangs): nothing of it is passed over."""
    now, begun, windows = 1_000_000.0, list[int](), list[int]()

    async def look(_: object, action: Any, caller: Any, asked: Any, since: int, request_id: str) -> list[Any]:
        nonlocal now
        begun.append(int(now * 1000))
        windows.append(since)
        now += 60
        return []

    monkeypatch.setattr(tails, "EVERY", 0)
    monkeypatch.setattr(tails.Tails, "_look", look)
    plane: Any = SimpleNamespace(clock=lambda: now)
    stream = tails.Tails(plane, lambda: len(begun) == 3)

    async def lives() -> bool:
        return True

    action: Any = None
    caller: Any = None
    assert [part async for part in stream.follow(action, caller, {}, "r", lives)] == [b"retry: 2000\n: open\n\n"]
    for before, window in zip(begun, windows[1:], strict=False):
        assert before - tails.BACK <= window <= before
