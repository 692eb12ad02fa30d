"""One-to-one messages of an hour, for files of a whole app."""

from __future__ import annotations

from sodam.c2c.store_hours import Spot, page

__all__ = ["Spot", "page"]
