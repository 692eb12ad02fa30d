"""How much is tried, and where chance begins."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, seed, settings

from tests.support.seeds import SEED

T = TypeVar("T", bound=Callable[..., Any])

FACTOR: Final = float(os.environ.get("SODAM_FUZZ_FACTOR") or 1)
"""SODAM_FUZZ_FACTOR multiplies the number of tries."""


def chosen(count: float, **others: Any) -> settings:
    """About `count` examples times FACTOR, with no clock over them."""
    return settings(
        max_examples=max(5, int(count * FACTOR)),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        **others,
    )


def tries(count: float, *, apart: int = 0) -> Callable[[T], T]:
    """For a hypothesis test: `chosen`, from SEED.

    Tests of the same documents begin with the same ones, unless they stand `apart`: a server that had them before takes
    a message for a repetition.
    """
    return lambda test: seed(SEED + apart)(chosen(count)(test))
