"""How much of something a test tries: little by default, much behind the marker ``long``, or what a variable says."""

from __future__ import annotations

import os
from typing import Any, TypeVar

import pytest

T = TypeVar("T", int, str)


def amounts(variable: str, *, usual: T, long: T) -> list[Any]:
    """Values for ``pytest.mark.parametrize``: the environment's alone, or ``usual`` and, marked so, ``long``."""
    given = os.environ.get(variable)
    return [type(usual)(given)] if given else [usual, pytest.param(long, marks=pytest.mark.long)]
