"""Many cases in one test, for calls that are refused: they change nothing, so one server is enough for all of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Test = Callable[..., Awaitable[None]]


def each(names: str | tuple[str, ...], cases: Sequence[Any]) -> Callable[[Test], Test]:
    """As ``pytest.mark.parametrize``, within one test: every case is tried, and all that fail are told."""
    listed = (names,) if isinstance(names, str) else names
    values = [(case,) if isinstance(names, str) else tuple(case) for case in cases]
    assert values
    assert all(len(case) == len(listed) for case in values)

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        async def run(**fixtures: Any) -> None:
            failed: list[Exception] = []
            for case in values:
                try:
                    await test(**fixtures, **dict(zip(listed, case, strict=True)))
                except Exception as error:
                    error.add_note(f"of {dict(zip(listed, case, strict=True))!r:.300}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(values)} cases", failed)

        asked = inspect.signature(test).parameters
        run.__signature__ = inspect.Signature([asked[name] for name in asked if name not in listed])  # type: ignore[attr-defined]
        return run

    return decorate
