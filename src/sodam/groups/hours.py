"""Messages of groups of an hour, for files of a whole app."""

from __future__ import annotations

from sodam.groups.store_hours import Spot, page

__all__ = ["Spot", "page"]
